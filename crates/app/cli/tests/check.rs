//! `check`, the real program against a world of real servers on this machine's loopback addresses:
//! NSD with good, lame, inconsistent and missing zones, TLS servers with good and bad certificates,
//! RDAP and WHOIS with good and bad manners. Every planted fault is found, and nothing is raised on
//! what is good.
#![expect(clippy::unwrap_used, reason = "tests")]
#![allow(dead_code, reason = "helpers of another test are used in part")]

mod common;
#[path = "../../../edge/probe/tests/loopback/nsd.rs"]
mod nsd;
#[path = "../../../edge/probe/tests/loopback/servers.rs"]
mod servers;

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;

use common::{Home, schema};
use serde_json::Value;

use crate::nsd::World;
use crate::servers::{Authority, Life, Manner, http, self_signed, serve, serve_tls};

/// A life that runs for years to come, and one that is over.
const RUNNING: Life = ((2020, 1, 1), (2039, 1, 1));
const OVER: Life = ((2019, 1, 1), (2020, 1, 1));

/// Names with a zone of their own: the name, the last byte of its address, its second name server.
const ZONES: [(&str, Option<u8>, &str); 9] = [
    ("good", Some(41), "ns2.hosts"),
    ("lame", Some(47), "ns2.hosts"),
    ("incons", None, "ns2.hosts"),
    ("expired", Some(42), "ns2.hosts"),
    ("wrong", Some(43), "ns2.hosts"),
    ("own", Some(44), "ns2.hosts"),
    ("hang", Some(45), "ns2.hosts"),
    ("unlocked", None, "ns2.hosts"),
    ("whois", None, "ns2.hosts"),
];
/// Names about whose registration the world answers in bad manners; their delegation is good.
const RUDE: [&str; 4] = ["huge", "deep", "endless", "throttled"];

fn zone(ns: &[&str], rest: &str) -> String {
    let servers: String = ns.iter().map(|host| format!("@ NS {host}\n")).collect();
    format!("@ SOA ns1.hosts.test. host.hosts.test. 1 3600 900 1209600 300\n{servers}{rest}")
}

/// Two name servers and the zone above them.
fn name_servers() -> World {
    let mut parent = "@ SOA a.nic.test. host.nic.test. 1 3600 900 1209600 300\n@ NS a.nic.test.\na.nic A 127.0.0.1\n\
         hosts NS ns1.hosts\nhosts NS ns2.hosts\nns1.hosts A 127.0.0.2\nns2.hosts A 127.0.0.3\n"
        .to_owned();
    let own = ["ns1.hosts.test.", "ns2.hosts.test."];
    let hosts = || ("hosts.test".to_owned(), zone(&own, "ns1 A 127.0.0.2\nns2 A 127.0.0.3\nns3 A 127.0.0.2\n"));
    let mut both = vec![vec![hosts()], vec![hosts()]];
    let names = ZONES.iter().copied().chain(RUDE.iter().map(|name| (*name, None, "ns2.hosts")));
    for (name, address, second) in names {
        parent.push_str(&format!("{name} NS ns1.hosts\n{name} NS {second}\n"));
        let address = address.map_or_else(String::new, |last| format!("@ A 127.0.0.{last}\n"));
        let inside = if name == "incons" { ["ns1.hosts.test.", "ns3.hosts.test."] } else { own };
        let text = zone(&inside, &address);
        both[0].push((format!("{name}.test"), text.clone()));
        // A lame server is listed and does not know the zone.
        if name != "lame" {
            both[1].push((format!("{name}.test"), text));
        }
    }
    let borrowed = |list: &'static [(String, String)]| list.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let both: &'static [Vec<(String, String)>] = Box::leak(both.into_boxed_slice());
    World::start(&[(1, vec![("test", parent)]), (2, borrowed(&both[0])), (3, borrowed(&both[1]))])
}

fn registration(name: &str) -> String {
    let locks = match name {
        "unlocked.test" => r#""active""#,
        _ => r#""client transfer prohibited","client delete prohibited","client update prohibited""#,
    };
    format!(
        r#"{{"objectClassName":"domain","ldhName":"{name}","status":[{locks}],"events":[{{"eventAction":"registration","eventDate":"2019-03-14T00:00:00Z"}},{{"eventAction":"expiration","eventDate":"2038-11-10T00:00:00Z"}}]}}"#
    )
}

fn rdap(asked: &str) -> Manner {
    let path = asked.split(' ').nth(1).unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    match name {
        "huge.test" => http("200 OK", "", &vec![b' '; 50 << 20]),
        "deep.test" => http("200 OK", "", format!("{}1{}", "[".repeat(1_000), "]".repeat(1_000)).as_bytes()),
        "throttled.test" => http("429 Too Many Requests", "Retry-After: 60\r\n", b""),
        "whois.test" | "endless.test" => http("500 Internal Server Error", "", b"<html>"),
        "missing.test" => http("404 Not Found", "", br#"{"errorCode":404,"title":"Not Found"}"#),
        _ => http("200 OK", "Content-Type: application/rdap+json\r\n", registration(name).as_bytes()),
    }
}

fn whois(asked: &str) -> Manner {
    match asked.trim() {
        "whois.test" => Manner::Says(
            b"Domain Name: WHOIS.TEST\r\nRegistry Expiry Date: 2038-11-10T00:00:00Z\r\nRegistrar: Example Registrar\r\n\
              Domain Status: clientTransferProhibited\r\nDomain Status: clientDeleteProhibited\r\nDomain Status: clientUpdateProhibited\r\n"
                .to_vec(),
        ),
        "endless.test" => Manner::Floods,
        _ => Manner::Says(Vec::new()),
    }
}

/// The servers in this process; they end with it.
struct Services {
    rdap: SocketAddr,
    whois: SocketAddr,
    tls: u16,
    roots: String,
}

fn services() -> Services {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let own = Authority::new("Authority A");
            let port = TcpListener::bind("127.0.0.41:0").unwrap().local_addr().unwrap().port();
            let says = |_: &str| Manner::Says(Vec::new());
            for (at, identity) in [
                ("127.0.0.41", own.issue("good.test", RUNNING)),
                ("127.0.0.42", own.issue("expired.test", OVER)),
                ("127.0.0.43", own.issue("other.test", RUNNING)),
                ("127.0.0.44", self_signed("own.test", RUNNING)),
                ("127.0.0.47", own.issue("lame.test", RUNNING)),
            ] {
                serve_tls(at, port, &identity, says).await;
            }
            let hanging = tokio::net::TcpListener::bind(("127.0.0.45", port)).await.unwrap();
            let (rdap, whois) = (serve("127.0.0.31", rdap).await, serve("127.0.0.32", whois).await);
            tell.send(Services { rdap, whois, tls: port, roots: own.pem }).unwrap();
            let mut held = Vec::new();
            while let Ok((stream, _)) = hanging.accept().await {
                held.push(stream);
            }
        });
    });
    told.recv().unwrap()
}

struct All {
    name_servers: World,
    services: Services,
    home: Home,
}

impl All {
    fn start(home: Home) -> Self {
        let (name_servers, services) = (name_servers(), services());
        home.write("roots.pem", &services.roots);
        Self { name_servers, services, home }
    }

    /// The options that lead a check into this world and nowhere else.
    fn options(&self) -> Vec<String> {
        let resolver = self.name_servers.address(1);
        let Services { rdap, whois, tls, .. } = &self.services;
        vec![
            format!("--resolver={resolver}"),
            format!("--dns-port={}", resolver.port()),
            format!("--rdap-base=http://{rdap}/"),
            format!("--whois-server={whois}"),
            format!("--tls-port={tls}"),
            "--tls-roots=roots.pem".to_owned(),
        ]
    }

    fn args<'a>(options: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
        let options = options.iter().map(String::as_str);
        std::iter::once("check").chain(more.iter().copied()).chain(options).collect()
    }
}

/// What a document says: name, code, level.
fn found(document: &Value) -> BTreeSet<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let items = document["items"].as_array().unwrap().iter();
    let items = items.map(|item| (text(&item["name"]["a_label"]), text(&item["code"]), text(&item["level"])));
    let unseen = document["not_checked"].as_array().unwrap().iter().filter(|entry| !entry["name"].is_null());
    let unseen = unseen.map(|entry| (text(&entry["name"]["a_label"]), text(&entry["code"]), "not-checked".to_owned()));
    items.chain(unseen).collect()
}

#[test]
fn every_planted_fault_is_found_and_the_good_ones_raise_nothing() {
    let all = All::start(Home::new());
    let options = all.options();
    let names = [
        "good.test", "lame.test", "incons.test", "missing.test", "expired.test", "wrong.test", "own.test", "hang.test",
        "unlocked.test", "whois.test", "huge.test", "deep.test", "endless.test", "throttled.test", "bad..test",
    ];
    let ran = all.home.run(&All::args(&options, &[&names[..], &["--json", "--record", "tape.jsonl"]].concat()));
    assert_eq!(ran.code, 1, "{}", ran.whole());
    let document = ran.json();
    schema::check("check", &document);
    let expected: BTreeSet<(String, String, String)> = [
        ("lame.test", "T3", "warning"),
        ("incons.test", "T3", "warning"),
        ("missing.test", "T3", "critical"),
        ("missing.test", "C4", "critical"),
        ("missing.test", "S6", "not-checked"),
        ("expired.test", "T6", "critical"),
        ("wrong.test", "T6", "critical"),
        ("own.test", "T6", "critical"),
        ("hang.test", "T6", "warning"),
        ("unlocked.test", "S6", "warning"),
    ]
    .into_iter()
    .chain(["huge.test", "deep.test", "endless.test", "throttled.test"].into_iter().flat_map(|name| {
        [(name, "C4", "not-checked"), (name, "S6", "not-checked")]
    }))
    .map(|(name, code, level)| (name.to_owned(), code.to_owned(), level.to_owned()))
    .collect();
    assert_eq!(found(&document), expected, "{document:#}");
    let good = &document["names"][0];
    assert_eq!((&good["level"], &good["registry"]), (&"ok".into(), &"RDAP: registered".into()));
    assert_eq!(good["date_that_counts"]["date"], "2038-11-10");
    assert_eq!(document["names"][9]["registry"], "WHOIS: registered", "a failing RDAP service falls back to WHOIS");
    assert_eq!(document["rejected"][0]["place"], 15);
    assert_eq!(document["counts"]["run"], 4);
    let later = document["not_checked"].as_array().unwrap().iter().filter(|entry| entry["name"].is_null()).count();
    assert_eq!(later, 20);
    // What was found names what it rests on; silence and hanging servers are shown too.
    let mut looked = document["items"].as_array().unwrap().iter().filter(|item| item["level"] != "not-checked");
    assert!(looked.all(|item| item["evidence"][0].as_str().is_some()), "{document:#}");
    let text = document.to_string();
    assert!(text.contains("longer than") && text.contains("throttled"), "{text}");

    // The world is gone: the tape answers alone, with the same document.
    let All { name_servers, home, .. } = all;
    drop(name_servers);
    let replay = |more: &[&str]| {
        let more = [&names[..], &["--replay", "tape.jsonl"], more].concat();
        home.run(&All::args(&options, &more))
    };
    assert_eq!(replay(&["--json"]).json(), document);
    assert_eq!(replay(&["--fail-on", "never"]).code, 0);
    let table = replay(&["--full", "--why"]);
    assert_eq!(table.code, 1);
    assert!(table.err.contains("name 15 `bad..test` is left out"), "{}", table.err);
    let lines: Vec<&str> = table.out.lines().collect();
    let starts = |text: &str| lines.iter().position(|line| line.split_whitespace().collect::<Vec<_>>().join(" ").starts_with(text));
    assert_eq!(starts("LEVEL CODE NAME FINDING SEEN"), Some(0), "{}", table.out);
    let order = ["!! critical C4 missing.test", "! warning S6 unlocked.test", "?? not checked C4 S6 deep.test", "ok ok good.test until 2038-11-10"];
    let order: Vec<Option<usize>> = order.iter().map(|text| starts(text)).collect();
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{order:?}\n{}", table.out);
    let summary = "14 names: 4 critical, 4 warnings, 4 not checked, 2 fine.  24 check-points: 4 run, 20 not checked (`--why`)";
    assert!(lines.contains(&summary), "{}", table.out);
    assert!(starts("T5 records that point to unclaimed resources").is_some(), "{}", table.out);
    assert!(table.err.contains("hint: `namekeep explain C4`"), "{}", table.err);
    assert!(replay(&["--lang", "zh"]).out.contains("14 个域名：紧急 4，警告 4，未检查 4，正常 2。"));
    // Another tape, another question: nothing is dialled in its place.
    let other = home.run(&["check", "never-asked.test", "--replay", "tape.jsonl"]);
    assert_eq!(other.code, 41, "{}", other.whole());
}

#[test]
fn a_workspace_keeps_what_was_seen_and_the_second_run_is_one_line() {
    let all = All::start(Home::with("good.test\nlame.test\nunlocked.test\n"));
    let options = all.options();
    let first = all.home.run(&All::args(&options, &["--fail-on", "warning"]));
    assert_eq!(first.code, 1, "{}", first.whole());
    assert!(first.out.contains("lame.test") && !first.out.contains("good.test"), "{}", first.whole());
    let second = all.home.run(&All::args(&options, &["--fail-on", "warning"]));
    assert_eq!(second.out.lines().count(), 1, "{}", second.whole());
    assert!(second.out.contains("3 names: 2 warnings, 1 fine") && second.out.contains("Nothing changed"), "{}", second.out);
    assert_eq!(second.code, 1, "what was found before still counts");
    let since = |document: &Value| document["items"][0]["since"].as_str().unwrap().to_owned();
    // Documents speak of whole seconds: look again until another one has come.
    let third = (0..100)
        .map(|_| all.home.run(&All::args(&options, &["--json", "lame.test"])).json())
        .find(|document| since(document) != document["as_of"].as_str().unwrap());
    let third = third.expect("a finding keeps its first day");

    let finding = all.home.run(&["explain", "T3", "lame.test", "--json"]).json();
    schema::check("explain-finding", &finding);
    assert_eq!((since(&finding), finding["items"][0]["evidence"][0].as_str().unwrap().len()), (since(&third), 71));
    let shown = all.home.run(&["explain", "t3", "lame.test"]);
    assert!(shown.out.contains("does not serve the zone") && shown.out.contains("proof sha256:") && shown.out.contains("What to do: "), "{}", shown.whole());
    let fine = all.home.run(&["explain", "T6", "good.test"]);
    assert!(fine.code == 2 && fine.err.contains("E8403"), "{}", fine.whole());
    let name = all.home.run(&["explain", "unlocked.test"]);
    assert!(name.out.contains("2038-11-10 counts") && name.out.contains("If nobody acts"), "{}", name.whole());
    let unknown = all.home.run(&["explain", "other.test"]);
    assert!(unknown.code == 2 && unknown.err.contains("E1913"), "{}", unknown.whole());
    // What was read is in the list and the sheet.
    assert!(all.home.run(&["list"]).out.contains("2038-11-10"));
}

#[test]
fn without_a_network_nothing_is_green_and_nothing_is_stored() {
    let home = Home::with("example.com\n示例.中国\n");
    // Nothing listens there, and every other way leads through it.
    let nowhere = ["--resolver", "127.0.0.9:9", "--dns-port", "9"];
    let ran = home.run(&[&["check"], &nowhere[..]].concat());
    assert_eq!(ran.code, 41, "{}", ran.whole());
    assert!(ran.out.contains("2 names: 2 not checked") && ran.out.contains("0 run, 24 not checked"), "{}", ran.whole());
    assert!(!ran.out.contains("ok ok") && ran.err.contains("E4101") && ran.err.contains("namekeep demo"), "{}", ran.whole());
    let json = home.run(&[&["check", "--json"], &nowhere[..]].concat());
    let document = json.json();
    schema::check("check", &document);
    assert_eq!((json.code, document["items"].as_array().unwrap().len()), (41, 0));
    assert_eq!(document["not_checked"].as_array().unwrap().len(), 2 * 4 + 20, "{document:#}");
    assert_eq!(document["next_steps"][0], "namekeep demo");
    let explained = home.run(&["explain", "example.com"]);
    assert!(explained.out.contains("Nothing has been checked yet"), "{}", explained.whole());
}

#[test]
fn what_cannot_be_used_is_told_with_its_place_and_nothing_is_asked() {
    let home = Home::new();
    let none = home.run(&["check", "bad..test", "a b.test", "--resolver", "127.0.0.9:9"]);
    assert_eq!(none.code, 2, "{}", none.whole());
    assert!(none.err.contains("name 1 `bad..test`") && none.err.contains("name 2 `a b.test`") && none.err.contains("E8401"));
    let none = home.run(&["check"]);
    assert!(none.code != 0 && none.err.contains("E1901"), "{}", none.whole());
    for (args, code) in [
        (["--resolver", "resolver.example"], "E1503"),
        (["--rdap-base", "ftp://127.0.0.1/"], "E1503"),
        (["--whois-server", "a b"], "E1503"),
        (["--allow-net", "10.0.0.1/8"], "E1503"),
        (["--tls-roots", "missing.pem"], "E4001"),
        (["--replay", "missing.tape"], "E4001"),
    ] {
        let ran = home.run(&[&["check", "good.test"], &args[..]].concat());
        assert!(ran.err.contains(code), "{args:?}: {}", ran.whole());
    }
}
