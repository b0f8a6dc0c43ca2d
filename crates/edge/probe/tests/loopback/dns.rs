//! Delegations on real name servers: good, lame, silent, inconsistent, missing and the rest.

use std::collections::BTreeSet;
use std::net::UdpSocket;

use namekeep_assess::watch::{Profile, Round, profile, t3};
use namekeep_model::Level;
use namekeep_probe::dns::{self, DnsLook, ParentSays};
use namekeep_probe::{Looked, ProbeError, Tape, Wire};

use crate::nsd::World;
use crate::{limits, name, now, run, seen, wire};

/// A zone with two name servers, a web address and whatever else is given.
fn zone(serial: u32, ns: &[&str], more: &str) -> String {
    let ns: String = ns.iter().map(|host| format!("@ NS {host}\n")).collect();
    format!("@ SOA ns1.hosts.test. admin.hosts.test. {serial} 3600 900 604800 60\n{ns}@ A 127.0.0.80\n{more}")
}

const HOSTS: [&str; 2] = ["ns1.hosts.test.", "ns2.hosts.test."];

/// The zone above: what it says of each child.
const PARENT: &str = "\
@ SOA a.nic.test. admin.nic.test. 1 3600 900 604800 60
@ NS a.nic.test.
a.nic A 127.0.0.1
hosts NS ns1.hosts
hosts NS ns2.hosts
ns1.hosts A 127.0.0.2
ns2.hosts A 127.0.0.3
good NS ns1.good
good NS ns2.good
ns1.good A 127.0.0.2
ns2.good A 127.0.0.3
out NS ns1.hosts
out NS ns2.hosts
lame NS ns1.hosts
lame NS ns2.hosts
silent NS ns1.hosts
silent NS dumb.hosts
closed NS ns1.hosts
closed NS closed.hosts
incons NS ns1.hosts
incons NS ns2.hosts
serial NS ns1.hosts
serial NS ns2.hosts
noglue NS ns1.hosts
noglue NS ns.noglue
ghost NS ns1.hosts
ghost NS ns1.nowhere
bare NS ns1.hosts
bare NS empty.hosts
private NS ns1.hosts
private NS private.hosts
keyless NS ns1.hosts
keyless NS ns2.hosts
keyless DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
big NS ns1.hosts
big NS ns2.hosts
single NS ns1.hosts
dead NS closed.hosts
dead NS dumb.hosts
co NS ns1.hosts
co NS ns2.hosts
plain A 127.0.0.80
";

fn world() -> World {
    let hosts =
        "ns1 A 127.0.0.2\nns2 A 127.0.0.3\ndumb A 127.0.0.8\nclosed A 127.0.0.9\nempty TXT x\nprivate A 10.255.255.1\n";
    let many: String = (1..=120).map(|n| format!("@ A 127.1.0.{n}\n")).collect();
    let both = |serial: u32| {
        vec![
            ("hosts.test", zone(1, &HOSTS, hosts)),
            (
                "good.test",
                zone(
                    1,
                    &["ns1", "ns2"],
                    "ns1 A 127.0.0.2\nns2 A 127.0.0.3\n@ MX 10 mail\nmail A 127.0.0.80\n@ CAA 0 issue \"ca.test\"\n",
                ),
            ),
            ("out.test", zone(1, &HOSTS, "")),
            ("incons.test", zone(1, &["ns1.hosts.test.", "ns3.good.test."], "")),
            ("serial.test", zone(serial, &HOSTS, "")),
            ("keyless.test", zone(1, &HOSTS, "")),
            ("big.test", zone(1, &HOSTS, &many)),
            ("co.test", zone(1, &HOSTS, "deep NS ns1.hosts.test.\ndeep NS ns2.hosts.test.\n")),
            ("deep.co.test", zone(1, &HOSTS, "")),
        ]
    };
    let mut second = both(1);
    for (child, other) in [
        ("lame.test", "ns2.hosts.test."),
        ("silent.test", "dumb.hosts.test."),
        ("closed.test", "closed.hosts.test."),
        ("noglue.test", "ns.noglue.test."),
        ("ghost.test", "ns1.nowhere.test."),
        ("bare.test", "empty.hosts.test."),
        ("private.test", "private.hosts.test."),
    ] {
        second.push((child, zone(1, &["ns1.hosts.test.", other], "")));
    }
    second.push(("single.test", zone(1, &["ns1.hosts.test."], "")));
    World::start(&[(1, vec![("test", PARENT.to_owned())]), (2, second), (3, both(2))])
}

async fn look(wire: &Wire, text: &str) -> Looked<DnsLook> {
    dns::look(wire, &name(text)).await
}

fn raised(text: &str, looked: &Looked<DnsLook>) -> Vec<(Level, String)> {
    let name = name(text);
    let digests = looked.tape.digests();
    let profile = Profile::parse(profile::DEFAULT.as_bytes()).unwrap();
    let round = Round { name: &name, now: now(), evidence: &digests };
    let seen = seen::delegation(&name, &looked.outcome, None);
    t3::check(&round, &profile.delegation, &seen)
        .into_iter()
        .map(|f| (f.level, f.subject.unwrap_or_default()))
        .collect()
}

#[test]
fn every_planted_fault_is_found_and_the_good_ones_raise_nothing() {
    use Level::{Critical, NotChecked, Notice, Warning};
    let world = world();
    // Takes questions and never answers; nothing at all listens on 127.0.0.9.
    let _dumb = UdpSocket::bind(world.address(8)).unwrap();
    let wire = wire(world.address(1));
    let cases: &[(&str, &[(Level, &str)])] = &[
        ("good.test", &[]),
        ("out.test", &[]),
        ("big.test", &[]),
        ("deep.co.test", &[]),
        ("missing.test", &[(Critical, "")]),
        ("plain.test", &[(Critical, "")]),
        ("lame.test", &[(Warning, "ns2.hosts.test 127.0.0.3")]),
        ("silent.test", &[(Warning, "dumb.hosts.test 127.0.0.8")]),
        ("closed.test", &[(Warning, "closed.hosts.test 127.0.0.9")]),
        ("incons.test", &[(Warning, "ns"), (Warning, "ns3.good.test")]),
        ("serial.test", &[(Notice, "serial")]),
        ("noglue.test", &[(Warning, "ns.noglue.test")]),
        ("ghost.test", &[(Critical, "ns1.nowhere.test")]),
        ("bare.test", &[(Warning, "empty.hosts.test")]),
        ("private.test", &[]),
        ("keyless.test", &[(Critical, "ds")]),
        ("single.test", &[(Notice, "ns-count")]),
        (
            "dead.test",
            &[(Critical, ""), (Warning, "closed.hosts.test 127.0.0.9"), (Warning, "dumb.hosts.test 127.0.0.8")],
        ),
    ];
    run(async {
        for (text, expected) in cases {
            let looked = look(&wire, text).await;
            let expected: BTreeSet<(Level, String)> = expected.iter().map(|(l, s)| (*l, (*s).to_owned())).collect();
            let found: BTreeSet<(Level, String)> = raised(text, &looked).into_iter().collect();
            assert_eq!(found, expected, "{text}: {looked:#?}");
        }
        the_good_one_in_full(&look(&wire, "good.test").await.outcome.unwrap());
        let big = look(&wire, "big.test").await;
        assert_eq!(big.outcome.as_ref().unwrap().addresses().len(), 121, "more addresses than a datagram holds");
        assert!(big.tape.exchanges.iter().any(|e| e.via == namekeep_probe::tape::Via::DnsTcp));
        // A resolver that is one of the name's own servers and knows no zone above.
        let own = crate::wire(world.address(3));
        let seen = look(&own, "out.test").await;
        assert!(matches!(seen.outcome.as_ref().unwrap().parent.says, ParentSays::HoldsTheZone { .. }), "{seen:?}");
        assert_eq!(raised("out.test", &seen), []);
        assert_eq!(dns::addresses(&wire, &name("good.test")).await.outcome.unwrap().len(), 1);
        // Without a resolver that answers, nothing is claimed.
        let nowhere = crate::wire(world.address(9));
        let blind = look(&nowhere, "good.test").await;
        assert_eq!(blind.outcome, Err(ProbeError::ConnectionRefused));
        assert_eq!(raised("good.test", &blind), [(NotChecked, String::new())]);
    });
}

fn the_good_one_in_full(look: &DnsLook) {
    assert_eq!(look.parent.zone, "test");
    let ParentSays::Delegated { servers } = &look.parent.says else { panic!("{look:?}") };
    assert_eq!(
        servers.iter().map(|s| (s.host.as_str(), s.glue.len())).collect::<Vec<_>>(),
        [("ns1.good.test", 1), ("ns2.good.test", 1)]
    );
    assert_eq!(look.apexes().count(), 2);
    for (_, apex) in look.apexes() {
        assert_eq!((apex.serial, apex.ttl_max, apex.failed.len()), (1, 300, 0));
        assert_eq!(apex.mx.iter().collect::<Vec<_>>(), [&(10, "mail.good.test".to_owned())]);
        assert_eq!(apex.caa.iter().collect::<Vec<_>>(), [&(0, "issue".to_owned(), "ca.test".to_owned())]);
    }
}

#[test]
fn a_tape_replays_the_same_look_without_a_socket() {
    let world = world();
    let (live, text) = run(async {
        let live = look(&wire(world.address(1)), "lame.test").await;
        let text = live.tape.to_lines().unwrap();
        (live, text)
    });
    let resolver = world.address(1);
    drop(world);
    run(async {
        let tape = Tape::parse(text.as_bytes()).unwrap();
        let replay = look(&wire(resolver).replaying(tape.clone()), "lame.test").await;
        assert_eq!(replay.outcome, live.outcome);
        let other = look(&wire(resolver).replaying(tape), "good.test").await;
        assert!(other.outcome.is_err() || other.outcome.unwrap().apexes().count() == 0);
    });
}

#[test]
fn a_strict_policy_asks_no_loopback_server_and_a_budget_ends_the_look() {
    let world = world();
    let resolver = world.address(1);
    run(async {
        // The same world behind a resolver that does not imply the loopback.
        let strict = Wire::new(namekeep_probe::DialPolicy::default(), limits(), vec![resolver], now())
            .with_dns_port(resolver.port());
        let looked = look(&strict, "good.test").await;
        assert!(matches!(looked.outcome, Err(ProbeError::Forbidden { .. })), "{looked:?}");
        assert!(looked.tape.exchanges.iter().all(|exchange| exchange.to == resolver), "only what was typed was asked");
        let few = Wire::new(
            namekeep_probe::DialPolicy::default().with_resolver(resolver),
            namekeep_probe::Limits { questions: 9, ..limits() },
            vec![resolver],
            now(),
        )
        .with_dns_port(resolver.port());
        assert_eq!(look(&few, "good.test").await.tape.exchanges.len(), 9);
    });
}
