//! Looking, check-points, and the receipts of every kind of task.

use super::common::*;
use namekeep_model::fact::{FactValue, Said};
use namekeep_model::{Confidence, FactKey, FindingCode, Level, Source, TaskKind, Words};
use namekeep_ports::{Ports, Reply};
use namekeep_world::{Blind, RegistryRules, ScriptEvent, Scripted, Trouble, World, WorldSpec};

const ABOUT: &str = "example-shop.cn";

fn shop() -> WorldSpec {
    spec(ABOUT, "2028-12-20", RegistryRules::default())
}

fn level(world: &mut World, code: &str) -> Level {
    let now = world.now();
    let looked = ready(world.look(&name(ABOUT), &[], now));
    let code: FindingCode = code.parse().unwrap();
    looked.rounds.iter().find(|(of, _)| *of == code).unwrap().1
}

#[test]
fn every_fact_is_told_in_its_type() {
    let mut world = world(shop());
    let looked = ready(world.look(&name(ABOUT), FactKey::ALL, world.now()));
    assert_eq!(looked.observations.len(), FactKey::ALL.len());
    for seen in looked.observations {
        match seen.said {
            Said::Seen(sighting) => {
                assert_eq!(sighting.value.value_type(), seen.key.value_type(), "{}", seen.key);
                assert!(sighting.confidence > Confidence::Unknown);
            }
            Said::Failed(missing) => panic!("{}: {}", seen.key, missing.why.en),
        }
    }
    assert_eq!(looked.rounds.len(), 24);
    assert!(looked.rounds.iter().all(|(code, level)| *level == Level::Ok || panic!("{code}")));
}

#[test]
fn a_registry_with_whois_alone_is_believed_less() {
    for (whois_only, source, confidence) in
        [(false, Source::Rdap, Confidence::High), (true, Source::Whois, Confidence::Medium)]
    {
        let mut world = world(spec(ABOUT, "2028-12-20", RegistryRules { whois_only, ..RegistryRules::default() }));
        let looked = ready(world.look(&name(ABOUT), &[FactKey::RegistryExpiry], world.now()));
        let Said::Seen(seen) = &looked.observations[0].said else { panic!() };
        assert_eq!((seen.source, seen.confidence), (source, confidence));
    }
}

#[test]
fn planted_failures_fail_as_often_as_they_say() {
    let mut spec = shop();
    let timed_out = |key, source, times| Blind { key, source, times, why: Words::quoted(format!("timed out {times:?}")) };
    spec.names[0].blind.push(timed_out(None, Some(Source::Rdap), Some(2)));
    spec.names[0].blind.push(timed_out(Some(FactKey::Balance), None, None));
    let mut world = world(spec);
    let keys = [FactKey::RegistryExpiry, FactKey::Statuses, FactKey::Balance, FactKey::AutoRenew];
    for round in 0..4 {
        let now = world.now();
        let looked = ready(world.look(&name(ABOUT), &keys, now));
        let failed: Vec<bool> = looked.observations.iter().map(|seen| matches!(seen.said, Said::Failed(_))).collect();
        assert_eq!(failed, [round < 2, round < 2, true, false], "round {round}");
        let s6 = looked.rounds.iter().find(|(code, _)| code.to_string() == "S6").unwrap().1;
        assert_eq!(s6, if round < 2 { Level::NotChecked } else { Level::Ok });
    }
}

#[test]
fn each_planted_truth_raises_its_check_point() {
    let table: [(&str, Level, fn(&mut WorldSpec)); 22] = [
        ("T2", Level::Critical, |s| s.names[0].watch.errors_permille = 60),
        ("T3", Level::Warning, |s| s.names[0].dns.lame = true),
        ("T4", Level::Critical, |s| (s.names[0].dns.ds_ttl, s.names[0].dns.parked) = (Some(60), true)),
        ("T5", Level::Critical, |s| s.names[0].resources.dangling = 1),
        ("T6", Level::Critical, |s| s.names[0].certificates.broken = true),
        ("T6", Level::Critical, |s| s.names[0].certificates.latest_end = Some(day("2026-11-23"))),
        ("T6", Level::Warning, |s| s.names[0].certificates.latest_end = Some(day("2026-12-01"))),
        ("C1", Level::Critical, |s| s.accounts[0].arrears = Some(yuan(12))),
        ("C2", Level::Critical, |s| {
            (s.accounts[0].balance, s.names[0].registration.expiry) = (yuan(38), day("2026-12-09"))
        }),
        ("C2", Level::Warning, |s| {
            (s.accounts[0].balance, s.names[0].registration.expiry) = (yuan(100), day("2026-12-09"))
        }),
        ("C4", Level::Critical, |s| s.names[0].registration.expiry = day("2026-11-10")),
        ("C4", Level::Notice, |s| s.names[0].registration.expiry = day("2026-12-20")),
        ("C5", Level::Warning, |s| s.accounts[0].contacts_under_own_name = true),
        ("C6", Level::Warning, |s| s.names[0].premium = true),
        ("L1", Level::Critical, |s| s.names[0].holder.alive = false),
        ("L2", Level::Warning, |s| s.names[0].filing.by_stranger = true),
        ("L3", Level::Warning, |s| s.names[0].filing.shell = true),
        ("L5", Level::Warning, |s| s.names[0].filing.displays = 2),
        ("L6", Level::Critical, |s| s.names[0].holder.dispute = true),
        ("S2", Level::Warning, |s| s.accounts[0].orphaned_key = true),
        ("S4", Level::Warning, |s| s.names[0].mail.closed = true),
        ("S6", Level::Warning, |s| s.names[0].registration.lock = false),
    ];
    for (code, expected, plant) in table {
        assert_eq!(level(&mut world(shop()), code), Level::Ok, "{code} on a good name");
        let mut spec = shop();
        plant(&mut spec);
        assert_eq!(level(&mut world(spec), code), expected, "{code}");
    }
}

#[test]
fn a_script_plants_and_lifts_troubles() {
    let mut spec = shop();
    spec.names[0].troubles.push(Trouble { code: "S1".parse().unwrap(), level: Level::Warning, note: String::new() });
    let s3 = ScriptEvent::NameServersChanged { name: name(ABOUT) };
    let s1 = ScriptEvent::Trouble { name: name(ABOUT), code: "S1".parse().unwrap(), level: Level::Ok };
    let c3 = ScriptEvent::AutoRenewSwitched { name: name(ABOUT), on: false };
    for (when, event) in [("2026-12-01T02:13", s3), ("2026-12-02T00:00", s1), ("2026-12-03T00:00", c3)] {
        spec.script.push(Scripted { at: when.parse().unwrap(), event });
    }
    let mut world = world(spec);
    assert_eq!((level(&mut world, "S1"), level(&mut world, "S3")), (Level::Warning, Level::Ok));
    world.step_to(at("2026-12-01 02:13"));
    assert_eq!((level(&mut world, "S3"), level(&mut world, "S6")), (Level::Critical, Level::Warning));
    world.step_to(at("2026-12-04 00:00"));
    assert_eq!((level(&mut world, "S1"), level(&mut world, "C3")), (Level::Ok, Level::Warning));
    act(&mut world, ABOUT, "3.flag", namekeep_model::Op::SetAutoRenew { on: true });
    assert_eq!(level(&mut world, "C3"), Level::Ok);
}

#[test]
fn every_kind_of_task_ends_in_its_receipt_with_every_field() {
    for kind in TaskKind::ALL {
        let mut spec = shop();
        spec.accounts[0].deletion = namekeep_world::Deletion::Ticket;
        for person in &mut spec.people[1..3] {
            person.approver = true;
            person.deputy = Some(who("comp"));
        }
        let mut world = world(spec);
        give(&mut world, ABOUT, "1.task", *kind, "ops");
        let replies = until(&mut world, "2027-03-01 00:00");
        let [Reply::Done { receipt, .. }] = &replies[..] else { panic!("{}: {replies:?}", kind.code()) };
        assert_eq!(receipt.kind, kind.receipt());
        for field in receipt.kind.fields() {
            let value = receipt.fields.get(field.name).unwrap_or_else(|| panic!("{}: no {}", kind.code(), field.name));
            assert_eq!(value.value_type(), field.clean.value_type(), "{} {}", kind.code(), field.name);
        }
        assert_eq!(receipt.fields.len(), receipt.kind.fields().len(), "{}", kind.code());
    }
}

#[test]
fn receipts_say_what_is_so() {
    let table: [(TaskKind, &str, FactValue, fn(&mut WorldSpec)); 9] = [
        (TaskKind::SearchDisputes, "disputes", FactValue::Int(1), |s| s.names[0].holder.dispute = true),
        (TaskKind::SearchDisputes, "holder-lawful", FactValue::Bool(false), |s| s.names[0].holder.consistent = false),
        (TaskKind::MapDependencies, "unowned", FactValue::Int(4), |s| s.names[0].dependencies.unowned = 4),
        (TaskKind::ScoreTrust, "score", FactValue::Int(40), |s| s.names[0].dependencies.devices = 12_000),
        (TaskKind::NotifyParties, "parties-missing", FactValue::Int(2), |s| s.names[0].dependencies.unreachable = 2),
        (TaskKind::DrillRestore, "rto-minutes", FactValue::Int(300), |s| s.names[0].watch.rto_minutes = 300),
        (TaskKind::ReconcileFiling, "blocking-red", FactValue::Int(3), |s| s.names[0].filing.blocking_red = 3),
        (TaskKind::RehomeHosts, "foreign-users", FactValue::Int(3), |s| {
            (s.names[0].dns.foreign_users, s.names[0].dns.movable) = (3, false)
        }),
        (TaskKind::QuotePrices, "approved", FactValue::Bool(false), |s| s.names[0].premium = true),
    ];
    for (kind, field, value, plant) in table {
        let mut spec = shop();
        plant(&mut spec);
        let mut world = world(spec);
        give(&mut world, ABOUT, "1.task", kind, "ops");
        let replies = until(&mut world, "2027-03-01 00:00");
        let [Reply::Done { receipt, .. }] = &replies[..] else { panic!("{}: {replies:?}", kind.code()) };
        assert_eq!(receipt.fields[field], value, "{}", kind.code());
    }
}

#[test]
fn a_bundle_is_one_registration_with_several_labels() {
    let mut spec = spec("示例学院.中国", "2028-12-20", RegistryRules::default());
    spec.names[0].labels.push(name("示例學院.中国"));
    let mut world = world(spec);
    act(&mut world, "示例學院.中国", "20.flag", namekeep_model::Op::SetAutoRenew { on: false });
    assert_eq!(text(&mut world, "示例学院.中国", FactKey::AutoRenew), "no");
    assert_eq!(world.ledger().len(), 1);
}
