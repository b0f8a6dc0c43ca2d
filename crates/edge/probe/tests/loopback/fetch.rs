//! RDAP and WHOIS against servers with good and bad manners.

use namekeep_assess::watch::{Profile, Round, profile, s6};
use namekeep_probe::endpoint::Origin;
use namekeep_probe::read::Class;
use namekeep_probe::tls::trust::Roots;
use namekeep_probe::whois::WhoisAnswer;
use namekeep_probe::{ProbeError, Tape, rdap, whois};

use crate::servers::{Authority, Manner, http, serve, serve_tls};
use crate::{name, run, seen, wire};

const DOMAIN: &str = r#"{"objectClassName":"domain","ldhName":"good.test","status":["client transfer prohibited"],"events":[{"eventAction":"expiration","eventDate":"2027-11-10T00:00:00Z"}]}"#;

/// One server with a path for each manner.
fn answer(asked: &str) -> Manner {
    let path = asked.split(' ').nth(1).unwrap_or_default();
    let chunked = |body: &str| {
        let (a, b) = body.split_at(body.len() / 2);
        let text = format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{a}\r\n{:x};x=y\r\n{b}\r\n0\r\n\r\n",
            a.len(),
            b.len()
        );
        Manner::Says(text.into_bytes())
    };
    let redirect = |to: &str| http("302 Found", &format!("Location: {to}\r\n"), b"");
    match path.split('/').nth(1).unwrap_or_default() {
        "good" if path == "/good/domain/good.test" => {
            http("200 OK", "Content-Type: application/rdap+json\r\n", DOMAIN.as_bytes())
        }
        "unlocked" => http("200 OK", "", DOMAIN.replace("client transfer prohibited", "active").as_bytes()),
        "open" => Manner::Says(format!("HTTP/1.0 200 OK\r\n\r\n{DOMAIN}").into_bytes()),
        "chunked" => chunked(DOMAIN),
        "none" => http("404 Not Found", "", br#"{"errorCode":404,"title":"Not Found"}"#),
        "page" => http("404 Not Found", "Content-Type: text/html\r\n", b"<html>nothing here</html>"),
        "slow" => http("429 Too Many Requests", "Retry-After: 30\r\n", b""),
        "broken" => http("500 Internal Server Error", "", b""),
        "huge" => http("200 OK", "", &vec![b' '; 5 << 20]),
        "flood" => Manner::Floods,
        "drip" => Manner::Drips(b'H'),
        "hang" => Manner::Hangs,
        "deep" => http("200 OK", "", format!("{}1{}", "[".repeat(1_000), "]".repeat(1_000)).as_bytes()),
        "cut" => Manner::Says(format!("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{DOMAIN}").into_bytes()),
        "moved" => redirect("/good/domain/good.test"),
        "circle" => redirect("/circle/again"),
        "private" => redirect("http://10.0.0.1/domain/good.test"),
        "metadata" => redirect("http://169.254.169.254/latest/meta-data/"),
        "disguised" => redirect("http://[::ffff:169.254.169.254]/"),
        "decimal" => redirect("http://2852039166/"),
        "redis" => redirect("http://127.0.0.1:6379/"),
        "file" => redirect("file:///etc/passwd"),
        "unknown" => redirect("http://no-such-host.test/"),
        _ => http("400 Bad Request", "", b"{}"),
    }
}

fn raised(statuses: &s6::Statuses) -> Vec<String> {
    let name = name("good.test");
    let profile = Profile::parse(profile::DEFAULT.as_bytes()).unwrap();
    let round = Round { name: &name, now: crate::now(), evidence: &[] };
    s6::check(&round, &profile.locks, statuses).into_iter().map(|finding| finding.says.en).collect()
}

#[test]
fn rdap_answers_are_brought_and_bad_manners_end_in_an_error() {
    run(async {
        let wire = wire("127.0.0.1:1".parse().unwrap());
        let at = serve("127.0.0.31", answer).await;
        let good = name("good.test");
        let look = async |path: &str| rdap::look(&wire, &good, &format!("http://{at}/{path}/"), Origin::Typed).await;
        for (path, status, class) in [
            ("good", 200, Class::Registered),
            ("open", 200, Class::Registered),
            ("chunked", 200, Class::Registered),
            ("moved", 200, Class::Registered),
            ("none", 404, Class::Available),
            ("page", 404, Class::Unavailable),
            ("slow", 429, Class::Throttled),
            ("broken", 500, Class::Unavailable),
            ("other", 400, Class::InvalidQuery),
        ] {
            let document = look(path).await.outcome.unwrap();
            assert_eq!((document.status, document.reading(&good).unwrap().class), (status, class), "{path}");
        }
        let lock = |document: &rdap::RdapDocument| {
            raised(&seen::statuses(&document.reading(&good).map_err(|e| e.says()), s6::Expected::default()))
        };
        assert!(lock(&look("good").await.outcome.unwrap()).is_empty());
        assert_eq!(lock(&look("unlocked").await.outcome.unwrap()), ["transfer lock missing"]);
        assert_eq!(
            lock(&look("slow").await.outcome.unwrap()),
            ["statuses and locks not seen: the source answered: throttled"]
        );
        assert_eq!(look("slow").await.outcome.unwrap().retry_after.as_deref(), Some("30"));
        assert!(look("deep").await.outcome.unwrap().reading(&good).is_err(), "1,000 levels are not read");
        for (path, code) in [
            ("huge", "E1509"),
            ("flood", "E1511"),
            ("drip", "E1511"),
            ("hang", "E1505"),
            ("cut", "E1508"),
            ("circle", "E1504"),
            ("private", "E1501"),
            ("metadata", "E1501"),
            ("disguised", "E1501"),
            ("decimal", "E1504"),
            ("redis", "E1502"),
            ("file", "E1504"),
            ("unknown", "E1510"),
        ] {
            let looked = look(path).await;
            assert_eq!(
                looked.outcome.as_ref().map_err(ProbeError::code).map(|_| ()),
                Err(code),
                "{path}: {:?}",
                looked.outcome
            );
            assert!(
                looked.tape.exchanges.iter().all(|e| e.to == at || e.to.port() == 1),
                "{path}: nobody else was dialled"
            );
        }
    });
}

#[test]
fn rdap_over_tls_trusts_only_its_roots_and_replays() {
    let own = Authority::new("Authority A");
    let identity = own.issue("127.0.0.32", ((2026, 1, 1), (2027, 1, 1)));
    run(async {
        let at = serve_tls("127.0.0.32", 0, &identity, answer).await;
        let good = name("good.test");
        let base = format!("https://{at}/good");
        let trusting = || wire("127.0.0.1:1".parse().unwrap()).with_roots(Roots::from_pem(own.pem.as_bytes()).unwrap());
        let looked = rdap::look(&trusting(), &good, &base, Origin::Typed).await;
        assert_eq!(looked.outcome.as_ref().unwrap().body, DOMAIN.as_bytes());
        let strange = rdap::look(&wire("127.0.0.1:1".parse().unwrap()), &good, &base, Origin::Typed).await;
        assert_eq!(strange.outcome.unwrap_err().code(), "E1512");
        let tape = Tape::parse(looked.tape.to_lines().unwrap().as_bytes()).unwrap();
        let replay = rdap::look(&trusting().replaying(tape), &good, &base, Origin::Typed).await;
        assert_eq!(replay.outcome, looked.outcome);
    });
}

#[test]
fn a_base_from_a_table_obeys_the_policy_where_a_typed_one_does_not() {
    run(async {
        let at = serve("127.0.0.33", answer).await;
        let base = format!("http://{at}/good");
        let policy = namekeep_probe::DialPolicy::default();
        let wire = namekeep_probe::Wire::new(policy, crate::limits(), Vec::new(), crate::now());
        let good = name("good.test");
        assert!(rdap::look(&wire, &good, &base, Origin::Typed).await.outcome.is_ok());
        let found = rdap::look(&wire, &good, &base, Origin::Found).await;
        assert_eq!(found.outcome.unwrap_err().code(), "E1501");
        assert!(found.tape.exchanges.is_empty());
    });
}

#[test]
fn whois_answers_are_brought_as_they_came_with_one_referral() {
    run(async {
        let wire = wire("127.0.0.1:1".parse().unwrap());
        let good = name("good.test");
        // "Registrant: ..." in GB18030: 注册人.
        let gb18030 =
            [b"Domain Name: good.test\r\nRegistrant: ".as_slice(), &[0xd7, 0xa2, 0xb2, 0xe1, 0xc8, 0xcb], b"\r\n"]
                .concat();
        let says = gb18030.clone();
        let registry = serve("127.0.0.34", move |asked| {
            assert_eq!(asked, "good.test\r\n");
            Manner::Says(says.clone())
        })
        .await;
        let one = whois::look(&wire, &good, &registry.to_string(), Origin::Typed, |_| None).await.outcome.unwrap();
        assert_eq!((one.first.bytes.as_slice(), one.referred), (gb18030.as_slice(), None));
        // One hop, to the same port as the first, and no further.
        let port = registry.port();
        let next = |to: String| move |answer: &WhoisAnswer| (answer.server == "127.0.0.34").then(|| to.clone());
        for (to, code) in [
            ("10.0.0.1".to_owned(), Some("E1501")),
            ("127.0.0.34:25".to_owned(), None),
            (format!("127.0.0.36:{port}"), Some("E1506")),
            ("127.0.0.35:25".to_owned(), Some("E1502")),
            ("https://a.example/".to_owned(), Some("E1503")),
        ] {
            let looked =
                whois::look(&wire, &good, &registry.to_string(), Origin::Typed, next(to.clone())).await.outcome;
            let referred =
                looked.as_ref().unwrap().referred.as_ref().map(|r| r.as_ref().map_err(ProbeError::code).map(|_| ()));
            let refused_port = to == "127.0.0.34:25";
            assert_eq!(referred, if refused_port { Some(Err("E1502")) } else { code.map(Err) }, "{to}");
        }
    });
}

#[test]
fn whois_that_never_ends_is_cut_with_an_error() {
    run(async {
        let wire = wire("127.0.0.1:1".parse().unwrap());
        let good = name("good.test");
        for (manner, code) in [(Manner::Floods, "E1509"), (Manner::Drips(b'x'), "E1505"), (Manner::Hangs, "E1505")] {
            let at = serve("127.0.0.37", move |_| manner.clone()).await;
            let looked = whois::look(&wire, &good, &at.to_string(), Origin::Typed, |_| None).await;
            assert_eq!(looked.outcome.unwrap_err().code(), code);
        }
        let empty = serve("127.0.0.37", |_| Manner::Says(Vec::new())).await;
        let looked = whois::look(&wire, &good, &empty.to_string(), Origin::Typed, |_| None).await;
        assert_eq!(looked.outcome.unwrap().first.bytes, b"");
        let closed = whois::look(&wire, &good, "127.0.0.38:1", Origin::Typed, |_| None).await;
        assert_eq!(closed.outcome.unwrap_err(), ProbeError::ConnectionRefused);
    });
}
