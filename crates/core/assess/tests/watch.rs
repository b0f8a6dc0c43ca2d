//! The four check-points that run, on plain data: what is raised, at which level, and what is not.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use namekeep_assess::watch::t3::{Above, Did, Seen, Server, Unresolved};
use namekeep_assess::watch::t6::{Problem, Shows};
use namekeep_assess::watch::{Profile, Round, c4, level, profile, s6, t3, t6};
use namekeep_model::phase::PhaseKind;
use namekeep_model::status::{EppStatus, RgpStatus, StatusSet};
use namekeep_model::{Date, DomainName, Finding, Level, Timestamp, Words};

fn profile() -> Profile {
    Profile::parse(profile::DEFAULT.as_bytes()).unwrap()
}

fn name() -> DomainName {
    DomainName::parse("shop.example").unwrap()
}

fn round(name: &DomainName) -> Round<'_> {
    Round { name, now: "2026-11-24T00:00:00Z".parse().unwrap(), evidence: &[] }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn counts(text: &str) -> Option<(Date, Words)> {
    Some((day(text), Words { en: "registrar".into(), zh: "注册商".into() }))
}

fn dates(today: &str, dates: &c4::Dates) -> Vec<Finding> {
    c4::check(&round(&name()), &profile().expiry, day(today), dates)
}

#[test]
fn the_ladder_rises_and_never_falls_until_the_name_is_renewed() {
    let mut last = Level::Ok;
    let mut reached = BTreeSet::new();
    let dates_of = |phase| c4::Dates { counts: counts("2026-12-31"), phase, ..c4::Dates::default() };
    let mut today = day("2026-01-01");
    while today < day("2027-01-20") {
        let phase = (today > day("2026-12-31")).then_some(PhaseKind::RenewalGrace);
        let now = level(&dates(&today.to_string(), &dates_of(phase)));
        assert!(now >= last, "{today}");
        reached.insert(now);
        last = now;
        today = today.tomorrow().unwrap();
    }
    let all = [Level::Ok, Level::Notice, Level::Warning, Level::Critical];
    assert_eq!(reached.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn each_rung_begins_on_its_day() {
    let at = |today: &str| {
        let found = dates(today, &c4::Dates { counts: counts("2026-12-31"), ..c4::Dates::default() });
        (level(&found), found.len())
    };
    for (today, expected) in [
        ("2026-07-03", (Level::Ok, 0)),
        ("2026-07-04", (Level::Notice, 1)),
        ("2026-11-30", (Level::Notice, 1)),
        ("2026-12-01", (Level::Warning, 1)),
        ("2026-12-23", (Level::Warning, 1)),
        ("2026-12-24", (Level::Critical, 1)),
        ("2026-12-31", (Level::Critical, 1)),
        ("2027-01-01", (Level::Critical, 1)),
    ] {
        assert_eq!(at(today), expected, "{today}");
    }
}

#[test]
fn after_expiry_alarms_count_to_the_last_safe_rescue_day() {
    let says = |today: &str, phase, rescue: Option<&str>| {
        let known = c4::Dates {
            counts: counts("2026-11-10"),
            phase: Some(phase),
            last_safe_rescue: rescue.map(day),
            ..c4::Dates::default()
        };
        let found = dates(today, &known);
        assert_eq!((found.len(), level(&found)), (1, Level::Critical), "{today}");
        found[0].says.en.clone()
    };
    assert!(
        says("2026-11-24", PhaseKind::RenewalGrace, Some("2026-11-25"))
            .ends_with("last safe rescue day 2026-11-25, in 1 day")
    );
    assert!(says("2026-11-24", PhaseKind::Redemption, Some("2026-11-23")).contains("has passed"));
    assert!(says("2026-11-24", PhaseKind::Redemption, None).contains("not known"));
    assert!(says("2026-11-24", PhaseKind::PendingDelete, None).contains("nothing the holder can do"));
}

#[test]
fn a_year_the_registry_added_by_itself_is_not_believed() {
    let auto = StatusSet::EMPTY.with_rgp(RgpStatus::AutoRenewPeriod);
    let case = |registry: &str, registrar: Option<&str>, paid: Option<&str>, statuses, counted: &str, phase| {
        let known = c4::Dates {
            counts: counts(counted),
            phase: Some(phase),
            registry: Some(day(registry)),
            registrar: registrar.map(day),
            paid_until: paid.map(day),
            statuses,
            ..c4::Dates::default()
        };
        dates("2026-11-24", &known)
    };
    let trap = |found: &[Finding]| {
        found.iter().any(|f| f.subject.as_deref() == Some("auto-renewed") && f.level == Level::Critical)
    };
    let grace = PhaseKind::AutoRenewGrace;
    // The registrar's date has passed and the registry shows a year more.
    assert!(trap(&case("2027-11-10", Some("2026-11-10"), None, auto, "2026-11-10", grace)));
    assert!(trap(&case("2027-11-10", Some("2026-11-10"), None, StatusSet::EMPTY, "2026-11-10", grace)));
    // Nothing is known of payment and the registry says how the year came about.
    let unknown = case("2027-11-10", None, None, auto, "2026-11-10", grace);
    assert!(trap(&unknown) && unknown[0].says.en.ends_with("since 2026-11-10"), "{unknown:?}");
    // The day that still saves it is said with it, in one finding.
    let lab = c4::Dates {
        counts: counts("2026-11-10"),
        phase: Some(grace),
        registry: Some(day("2027-11-10")),
        registrar: Some(day("2026-11-10")),
        last_safe_rescue: Some(day("2026-12-10")),
        statuses: auto,
        ..c4::Dates::default()
    };
    let found = dates("2026-11-24", &lab);
    assert!(found.len() == 1 && found[0].says.en.ends_with("last safe rescue day 2026-12-10"), "{found:?}");
    // Paid for the year shown.
    for paid in ["2027-11-10", "2027-11-11", "2028-11-10"] {
        assert!(case("2027-11-10", Some("2026-11-10"), Some(paid), auto, "2027-11-10", grace).is_empty(), "{paid}");
    }
    // An ordinary name whose dates agree, and one long before its date.
    assert!(
        case("2027-11-10", Some("2027-11-10"), None, StatusSet::EMPTY, "2027-11-10", PhaseKind::Registered).is_empty()
    );
    assert!(!trap(&case("2027-11-10", None, None, StatusSet::EMPTY, "2027-11-10", PhaseKind::Registered)));
}

#[test]
fn no_date_is_not_checked_and_a_registrar_that_deletes_early_is_told() {
    let found = dates("2026-11-24", &c4::Dates { missing: Words::quoted("RDAP timed out twice"), ..c4::Dates::default() });
    assert_eq!(level(&found), Level::NotChecked);
    assert!(found[0].says.en.contains("RDAP timed out twice") && found[0].says.zh.contains("RDAP timed out twice"));
    let early = c4::Dates {
        counts: counts("2026-12-12"),
        phase: Some(PhaseKind::Registered),
        last_safe_rescue: Some(day("2026-12-05")),
        ..c4::Dates::default()
    };
    assert!(dates("2026-11-24", &early).iter().any(|f| f.subject.as_deref() == Some("rescue")));
    assert!(!dates("2026-11-01", &early).iter().any(|f| f.subject.as_deref() == Some("rescue")));
}

fn statuses(words: &[&str], expected: s6::Expected) -> Vec<(Level, String)> {
    let mut seen = StatusSet::EMPTY;
    for word in words {
        seen.add_text(word).unwrap();
    }
    let seen = s6::Statuses { seen: Some(seen), expected, ..s6::Statuses::default() };
    let found = s6::check(&round(&name()), &profile().locks, &seen);
    found.into_iter().map(|f| (f.level, f.subject.unwrap_or_default())).collect()
}

#[test]
fn locks_and_holds_are_compared_with_what_is_expected() {
    use s6::Expected;
    let none = Expected::default();
    let list = |pairs: &[(Level, &str)]| pairs.iter().map(|(l, s)| (*l, (*s).to_owned())).collect::<Vec<_>>();
    for (words, expected, found) in [
        (&["clientTransferProhibited"][..], none, list(&[])),
        (&["server transfer prohibited"], none, list(&[])),
        (&["active"], none, list(&[(Level::Warning, "transfer-lock")])),
        (&["ok"], Expected { transfer: true, ..none }, list(&[])),
        (&["ok"], Expected { no_locks: true, ..none }, list(&[])),
        (&["clientTransferProhibited", "serverHold"], none, list(&[(Level::Critical, "serverHold")])),
        (&["clientTransferProhibited", "clientHold"], none, list(&[(Level::Critical, "clientHold")])),
        (&["clientTransferProhibited", "clientHold"], Expected { hold: true, ..none }, list(&[])),
        (&["pendingDelete", "redemptionPeriod"], none, list(&[(Level::Critical, "redemptionPeriod")])),
        (&["pendingDelete"], none, list(&[(Level::Critical, "pendingDelete")])),
        (&["pendingDelete", "redemptionPeriod"], Expected { deletion: true, ..none }, list(&[])),
        (&["pendingDelete", "pendingRestore"], none, list(&[(Level::Warning, "pendingRestore")])),
        (&["clientTransferProhibited", "pendingTransfer"], none, list(&[(Level::Critical, "pendingTransfer")])),
        (&["clientTransferProhibited", "inactive"], none, list(&[(Level::Warning, "inactive")])),
    ] {
        assert_eq!(statuses(words, expected), found, "{words:?}");
    }
    let protected = Expected { protected: true, ..none };
    let subjects: Vec<String> =
        statuses(&["clientTransferProhibited"], protected).into_iter().map(|(_, s)| s).collect();
    assert_eq!(subjects, ["delete-lock", "update-lock", "registry-lock"]);
}

#[test]
fn statuses_that_nobody_shows_are_not_checked() {
    for seen in [None, Some(StatusSet::EMPTY)] {
        let found = s6::check(&round(&name()), &profile().locks, &s6::Statuses { seen, ..s6::Statuses::default() });
        assert_eq!((found.len(), level(&found)), (1, Level::NotChecked));
    }
    assert!(StatusSet::EMPTY.with(EppStatus::Ok).has(EppStatus::Ok));
}

fn set(hosts: &[&str]) -> BTreeSet<String> {
    hosts.iter().map(|host| (*host).to_owned()).collect()
}

fn server(host: &str, did: Did) -> Server {
    Server { host: host.to_owned(), address: "192.0.2.1".to_owned(), did }
}

fn good() -> Seen {
    Seen {
        above: Above::Delegates(set(&["ns1.a.example", "ns2.a.example"])),
        above_dissent: 0,
        ds_without_key: Some(false),
        zone: set(&["ns1.a.example", "ns2.a.example"]),
        registrar: Some(set(&["ns1.a.example", "ns2.a.example"])),
        servers: vec![server("ns1.a.example", Did::Serves), server("ns2.a.example", Did::Serves)],
        unresolved: BTreeMap::new(),
        serials: BTreeMap::from([(7, set(&["ns1.a.example", "ns2.a.example"]))]),
        missing_glue: BTreeSet::new(),
    }
}

fn delegation(edit: impl FnOnce(&mut Seen)) -> Vec<(Level, String)> {
    let mut seen = good();
    edit(&mut seen);
    let found = t3::check(&round(&name()), &profile().delegation, &seen);
    found.into_iter().map(|f| (f.level, f.subject.unwrap_or_default())).collect()
}

#[test]
fn a_name_below_a_registration_needs_no_delegation_of_its_own() {
    let below = DomainName::parse("www.shop.example").unwrap();
    let seen = Seen { above: Above::NotDelegated, ..good() };
    assert_eq!(t3::check(&round(&below), &profile().delegation, &seen), []);
}

#[test]
fn a_good_delegation_raises_nothing_and_each_fault_exactly_its_finding() {
    use Level::{Critical, NotChecked, Notice, Warning};
    let one = |level, subject: &str| vec![(level, subject.to_owned())];
    assert_eq!(delegation(|_| ()), []);
    assert_eq!(delegation(|s| s.above = Above::NoSuchName), one(Critical, ""));
    assert_eq!(delegation(|s| s.above = Above::NotDelegated), one(Critical, ""));
    assert_eq!(delegation(|s| s.above = Above::NotSeen(Words::quoted("x"))), one(NotChecked, ""));
    assert_eq!(delegation(|s| s.servers[1].did = Did::Lame("REFUSED".into())), one(Warning, "ns2.a.example 192.0.2.1"));
    assert_eq!(delegation(|s| s.servers[1].did = Did::Silent(Words::quoted("x"))), one(Warning, "ns2.a.example 192.0.2.1"));
    assert_eq!(delegation(|s| s.servers[1].did = Did::NotAsked(Words::quoted("no IPv6"))), []);
    assert_eq!(delegation(|s| assert!(s.zone.insert("ns3.a.example".into()))), one(Warning, "ns"));
    assert_eq!(delegation(|s| s.registrar = Some(set(&["ns1.a.example"]))), one(Warning, "ns-registrar"));
    assert_eq!(delegation(|s| s.registrar = None), []);
    assert_eq!(delegation(|s| drop(s.serials.insert(8, set(&["ns2.a.example"])))), one(Notice, "serial"));
    assert_eq!(
        delegation(|s| assert!(s.missing_glue.insert("ns.shop.example".into()))),
        one(Warning, "ns.shop.example")
    );
    assert_eq!(delegation(|s| s.ds_without_key = Some(true)), one(Critical, "ds"));
    assert_eq!(delegation(|s| s.ds_without_key = None), []);
    assert_eq!(delegation(|s| s.above_dissent = 1), one(Warning, "parent"));
    for (why, level) in [
        (Unresolved::NoSuchDomain("a.example".into()), Critical),
        (Unresolved::NoSuchName, Warning),
        (Unresolved::NoAddress, Warning),
        (Unresolved::NotSeen(Words::quoted("x")), Warning),
    ] {
        assert_eq!(delegation(|s| drop(s.unresolved.insert("ns2.a.example".into(), why))), one(level, "ns2.a.example"));
    }
    let dead = delegation(|s| s.servers.iter_mut().for_each(|server| server.did = Did::Silent(Words::quoted("x"))));
    assert_eq!((dead[0].clone(), dead.len()), ((Critical, String::new()), 3));
    let unseen = delegation(|s| s.servers.iter_mut().for_each(|server| server.did = Did::NotAsked(Words::quoted("no IPv6"))));
    assert_eq!(unseen, one(NotChecked, ""));
    // Only servers below the name, and no address for any: nobody can find them.
    let lost = delegation(|s| {
        s.servers.clear();
        s.zone.clear();
        s.missing_glue = set(&["ns.shop.example"]);
        s.unresolved = BTreeMap::from([("ns.shop.example".into(), Unresolved::NotSeen(Words::quoted("SERVFAIL")))]);
    });
    assert_eq!(lost, [(Critical, String::new()), (Warning, "ns.shop.example".to_owned())]);
}

fn certificate(left_permille: u16, problems: &[Problem]) -> Shows {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    Shows::Certificate {
        not_before: at("2026-10-01T00:00:00Z"),
        not_after: at("2026-12-31T00:00:00Z"),
        left_permille,
        problems: problems.to_vec(),
    }
}

fn certificates(shows: &[Shows]) -> Vec<Level> {
    let seen: Vec<_> = shows.iter().enumerate().map(|(n, s)| (format!("192.0.2.{n}:443"), s.clone())).collect();
    t6::check(&round(&name()), &profile().certificates, &seen).into_iter().map(|f| f.level).collect()
}

#[test]
fn certificates_are_judged_by_their_share_of_life_and_their_chain() {
    use Level::{Critical, NotChecked, Notice, Warning};
    for (left, level) in [
        (1000, None),
        (334, None),
        (333, None),
        (332, Some(Notice)),
        (166, Some(Warning)),
        (82, Some(Critical)),
        (0, Some(Critical)),
    ] {
        assert_eq!(certificates(&[certificate(left, &[])]), Vec::from_iter(level), "{left}");
    }
    // What is over does not run out as well.
    assert_eq!(certificates(&[certificate(0, &[Problem::Expired])]), [Critical]);
    for problem in [Problem::WrongName, Problem::SelfSigned, Problem::ChainBroken("x".into()), Problem::NotYetValid] {
        assert_eq!(certificates(&[certificate(900, &[problem])]), [Critical]);
    }
    assert_eq!(certificates(&[certificate(900, &[Problem::WeakKey])]), [Warning]);
    assert_eq!(certificates(&[Shows::NoHandshake(Words::quoted("x"))]), [Warning]);
    assert_eq!(certificates(&[]), []);
    assert_eq!(certificates(&[Shows::Closed]), []);
    assert_eq!(certificates(&[certificate(900, &[]), Shows::Closed]), [Warning]);
    assert_eq!(certificates(&[Shows::NotAsked(Words::quoted("x"))]), [NotChecked]);
    assert_eq!(certificates(&[certificate(900, &[]), Shows::NotAsked(Words::quoted("x"))]), []);
}
