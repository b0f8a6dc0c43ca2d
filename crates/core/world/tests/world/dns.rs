//! Zone operations, and resolver caches that run down.

use super::common::*;
use namekeep_model::{FactKey, Op};
use namekeep_ports::{Outcome, Refusal};
use namekeep_world::{RegistryRules, Resolver, World, WorldSpec};

const ABOUT: &str = "example-shop.cn";

fn shop() -> WorldSpec {
    spec(ABOUT, "2028-12-20", RegistryRules::default())
}

fn drained(world: &mut World, when: &str) -> i64 {
    world.step_to(at(when));
    text(world, ABOUT, FactKey::DrainedPermille).parse().unwrap_or(-1)
}

fn quirk(outcome: &Outcome) -> String {
    match outcome {
        Outcome::NotDone(Refusal::Rejected { quirk, .. }) => quirk.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn caches_run_down_over_the_old_ttl() {
    let mut spec = shop();
    spec.resolvers = vec![Resolver { weight: 9, keeps_at_least: 0 }, Resolver { weight: 1, keeps_at_least: 14_400 }];
    spec.names[0].dns.ttl = 7_200;
    let mut world = world(spec);
    assert_eq!(drained(&mut world, "2026-11-24 10:00"), 0, "nothing was lowered yet");
    act(&mut world, ABOUT, "19.ttl", Op::StepDownTtl { seconds: 300 });
    assert_eq!(text(&mut world, ABOUT, FactKey::TtlMax), "600", "the edition's floor");
    // After one hour: 9/10 of the weight is halfway, 1/10 a quarter of the way.
    assert_eq!(drained(&mut world, "2026-11-24 11:00"), 475);
    assert_eq!(drained(&mut world, "2026-11-24 12:00"), 950);
    assert_eq!(world.next_event(), Some(at("2026-11-24 14:00")), "the stretching resolvers come last");
    assert_eq!(drained(&mut world, "2026-11-24 14:00"), 1_000);
}

#[test]
fn every_step_down_waits_for_the_step_before() {
    let mut spec = shop();
    spec.resolvers = vec![Resolver { weight: 1, keeps_at_least: 0 }];
    spec.names[0].dns.ttl = 86_400;
    let mut world = world(spec);
    world.step_to(at("2026-11-25 00:00"));
    act(&mut world, ABOUT, "19.ttl-a", Op::StepDownTtl { seconds: 3_600 });
    assert_eq!(drained(&mut world, "2026-11-25 06:00"), 0, "not at the target yet");
    act(&mut world, ABOUT, "19.ttl-b", Op::StepDownTtl { seconds: 600 });
    assert_eq!(drained(&mut world, "2026-11-25 12:00"), 500, "half of the first day's TTL is left");
    assert_eq!(drained(&mut world, "2026-11-26 00:00"), 1_000);
}

#[test]
fn draining_never_goes_back_while_nothing_is_published_again() {
    for (ttl, negative, keeps) in [(600, 600, 0), (3_600, 86_400, 0), (86_400, 60, 172_800), (0, 0, 0)] {
        let mut spec = shop();
        spec.resolvers = vec![Resolver { weight: 3, keeps_at_least: 0 }, Resolver { weight: 2, keeps_at_least: keeps }];
        (spec.names[0].dns.ttl, spec.names[0].dns.negative_ttl, spec.names[0].dns.floor) = (ttl, negative, 1);
        let mut world = world(spec);
        act(&mut world, ABOUT, "19.ttl", Op::StepDownTtl { seconds: 60 });
        let mut before = 0;
        for hour in 0..60 {
            let now = drained(&mut world, &format!("2026-11-{:02} {:02}:00", 25 + hour / 24, hour % 24));
            assert!(now >= before, "{ttl} {negative} {keeps}");
            before = now;
        }
        assert_eq!(before, 1_000);
    }
}

#[test]
fn a_ds_must_be_gone_and_expired_before_the_zone_is_parked() {
    let mut spec = shop();
    spec.names[0].dns.ds_ttl = Some(86_400);
    let mut world = world(spec);
    assert_eq!(text(&mut world, ABOUT, FactKey::DsPresent), "yes");
    assert_eq!(quirk(&act(&mut world, ABOUT, "19.park", Op::ParkZone)), "Q4");
    assert!(matches!(act(&mut world, ABOUT, "19.ds", Op::RemoveDs), Outcome::Done(_)));
    assert_eq!(text(&mut world, ABOUT, FactKey::DsExpired), "no");
    assert_eq!(quirk(&attempt(&mut world, ABOUT, "19.park", 2, Op::ParkZone)), "Q4");
    assert_eq!(world.next_event(), Some(at("2026-11-25 09:14")));
    world.step_to(at("2026-11-25 09:14"));
    assert_eq!(text(&mut world, ABOUT, FactKey::DsExpired), "yes");
    assert!(matches!(attempt(&mut world, ABOUT, "19.park", 3, Op::ParkZone), Outcome::Done(_)));
    assert_eq!(text(&mut world, ABOUT, FactKey::Parked), "yes");
    assert_eq!(world.ledger().len(), 2);
}

#[test]
fn no_mail_is_a_null_mx_or_no_apex_address() {
    // takes null MX, the site ended, taken, null MX published
    for (takes, ended, done) in [(true, false, true), (false, true, true), (false, false, false)] {
        let mut spec = shop();
        spec.names[0].dns.takes_null_mx = takes;
        spec.names[0].site.moved = ended;
        let mut world = world(spec);
        let outcome = act(&mut world, ABOUT, "8.close", Op::CloseMail);
        assert_eq!(matches!(outcome, Outcome::Done(_)), done);
        if !done {
            assert_eq!(quirk(&outcome), "Q1");
        }
        assert_eq!(text(&mut world, ABOUT, FactKey::MailClosed), if done { "yes" } else { "no" });
        assert_eq!(world.names()[0].dns.null_mx, takes);
    }
}

#[test]
fn detached_resources_stay_held_and_come_back_with_the_snapshot() {
    let mut spec = shop();
    spec.names[0].resources.attached = 3;
    spec.names[0].resources.dangling = 1;
    let mut world = world(spec);
    act(&mut world, ABOUT, "10.detach", Op::DetachRecords);
    assert_eq!(text(&mut world, ABOUT, FactKey::ResourcesHeld), "3");
    assert_eq!(world.names()[0].resources.dangling, 0);
    act(&mut world, ABOUT, "22.back", Op::RepublishZone);
    assert_eq!(text(&mut world, ABOUT, FactKey::ResourcesHeld), "0");
    assert_eq!(world.names()[0].resources.attached, 3);

    // Once released, the snapshot points at what anybody may claim.
    let mut spec = shop();
    spec.names[0].resources.snapshot = 3;
    let mut world = super::common::world(spec);
    act(&mut world, ABOUT, "22.back", Op::RepublishZone);
    assert_eq!(world.names()[0].resources.dangling, 3);
}

#[test]
fn a_republished_zone_has_its_old_ttl_and_mail() {
    let mut spec = shop();
    spec.names[0].dns.ttl = 3_600;
    spec.names[0].dns.takes_null_mx = true;
    let mut world = world(spec);
    for (id, op) in
        [("19.ttl", Op::StepDownTtl { seconds: 600 }), ("8.close", Op::CloseMail), ("19.park", Op::ParkZone)]
    {
        assert!(matches!(act(&mut world, ABOUT, id, op), Outcome::Done(_)));
    }
    act(&mut world, ABOUT, "22.back", Op::RepublishZone);
    for (key, value) in [(FactKey::TtlMax, "3600"), (FactKey::Parked, "no"), (FactKey::MailClosed, "no")] {
        assert_eq!(text(&mut world, ABOUT, key), value);
    }
}
