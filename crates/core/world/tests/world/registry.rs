//! The clocks of registrations, as a table of suffixes: phase by phase, day by day.

use super::common::*;
use namekeep_model::{FactKey, Op};
use namekeep_world::{Happened, RegistryRules, Stage};

fn com() -> RegistryRules {
    RegistryRules { redemption_days: 29, caught_permille: 0, ..RegistryRules::default() }
}

fn cn() -> RegistryRules {
    RegistryRules { redemption_days: 14, pending_delete_days: 0, needs_real_name: true, caught_permille: 0, ..com() }
}

fn uk() -> RegistryRules {
    RegistryRules { registry_auto_renews: false, grace_days: 90, dns_stop_day: Some(31), redemption_days: 0, ..com() }
}

fn early() -> RegistryRules {
    // A registrar that deletes two days before the expiry.
    RegistryRules { registry_auto_renews: false, grace_days: -2, charge_day: -5, ..com() }
}

/// What stands on a day (at noon) with nobody renewing.
#[test]
fn each_suffix_goes_through_its_phases_on_its_days() {
    let table: [(&str, &str, RegistryRules, &[(&str, &str, bool)]); 5] = [
        (
            "h-a.com",
            "2026-12-20",
            com(),
            &[
                ("2026-12-20", "registered", true),
                ("2026-12-21", "auto_renew_grace", false),
                ("2027-01-19", "auto_renew_grace", false),
                ("2027-01-20", "redemption", false),
                ("2027-02-17", "redemption", false),
                ("2027-02-18", "pending_delete", false),
                ("2027-02-22", "pending_delete", false),
                ("2027-02-23", "released", false),
            ],
        ),
        (
            "h-a.cn",
            "2026-12-20",
            cn(),
            &[
                ("2026-12-20", "registered", true),
                ("2027-01-19", "auto_renew_grace", false),
                ("2027-02-02", "redemption", false),
                ("2027-02-03", "released", false),
            ],
        ),
        (
            "h-a.co.uk",
            "2026-11-30",
            uk(),
            &[
                ("2026-11-30", "registered", true),
                ("2026-12-01", "renewal_grace", true),
                ("2026-12-30", "renewal_grace", true),
                ("2026-12-31", "expired_held", false),
                ("2027-02-28", "expired_held", false),
                ("2027-03-01", "pending_delete", false),
                ("2027-03-06", "released", false),
            ],
        ),
        (
            "h-a.io",
            "2026-12-20",
            RegistryRules { grace_days: 0, redemption_days: 30, quarantine_days: 7, ..com() },
            &[
                ("2026-12-20", "registered", true),
                ("2026-12-21", "redemption", false),
                ("2027-01-20", "pending_delete", false),
                ("2027-01-25", "quarantine", false),
                ("2027-02-01", "released", false),
            ],
        ),
        (
            "h-a.dk",
            "2026-12-20",
            early(),
            &[
                ("2026-12-18", "registered", true),
                ("2026-12-19", "redemption", false),
                ("2027-01-16", "redemption", false),
                ("2027-01-17", "pending_delete", false),
            ],
        ),
    ];
    for (about, expiry, rules, days) in table {
        let mut spec = spec(about, expiry, rules);
        spec.names[0].registration.auto_renew = false;
        let mut world = world(spec);
        for (on, phase, resolves) in days {
            world.step_to(at(&format!("{on} 12:00")));
            assert_eq!(text(&mut world, about, FactKey::Phase), *phase, "{about} on {on}");
            let truth = world.name(&name(about)).unwrap();
            assert_eq!(truth.registration.resolves(), *resolves, "{about} on {on}");
        }
        assert!(
            world.next_event().is_none()
                || matches!(world.names()[0].registration.stage(), Stage::PendingDelete { .. })
        );
    }
}

#[test]
fn a_world_that_starts_late_stands_where_one_that_waited_stands() {
    for (about, rules) in [("h-a.com", com()), ("h-a.cn", cn()), ("h-a.co.uk", uk()), ("h-a.dk", early())] {
        for later in ["2026-12-19", "2027-01-05", "2027-02-01", "2027-02-20", "2027-04-01"] {
            let mut early = spec(about, "2026-12-18", rules.clone());
            early.names[0].registration.auto_renew = false;
            let mut late = early.clone();
            late.start = at(&format!("{later} 12:00"));
            let (mut waited, late) = (world(early), world(late));
            waited.step_to(late.now());
            assert_eq!(waited.names(), late.names(), "{about} {later}");
            assert_eq!(waited.next_event(), late.next_event(), "{about} {later}");
        }
    }
}

#[test]
fn the_registry_shows_a_year_nobody_paid_for() {
    // example-lab.net of the demo world: expired, shown a year later, in its grace until 12-10.
    let mut world = world(spec("example-lab.net", "2026-11-10", com()));
    assert_eq!(text(&mut world, "example-lab.net", FactKey::RegistryExpiry), "2027-11-10");
    assert_eq!(text(&mut world, "example-lab.net", FactKey::PaidUntil), "2026-11-10");
    assert_eq!(
        text(&mut world, "example-lab.net", FactKey::Statuses),
        "autoRenewPeriod,clientDeleteProhibited,clientHold,clientTransferProhibited"
    );
    until(&mut world, "2026-12-11 00:00");
    assert_eq!(text(&mut world, "example-lab.net", FactKey::RegistryExpiry), "2026-11-10", "the year is given back");
    assert!(text(&mut world, "example-lab.net", FactKey::Statuses).contains("redemptionPeriod"));
}

#[test]
fn the_last_safe_rescue_day_is_three_working_days_before_the_end() {
    for (about, expiry, rules, rescue) in [
        ("example-shop.cn", "2026-12-20", cn(), "2027-01-28"),
        ("h-lost.cn", "2026-10-15", cn(), "2026-11-25"),
        ("hyexample.co.uk", "2026-11-12", uk(), "2027-02-05"),
    ] {
        let mut world = world(spec(about, expiry, rules));
        assert_eq!(text(&mut world, about, FactKey::RescueUntil), rescue, "{about}");
    }
}

#[test]
fn a_restore_needs_its_report() {
    let op = Op::Restore { ceiling: yuan(600) };
    for (fails, phase, expiry) in [(false, "registered", "2027-11-10"), (true, "redemption", "2026-11-10")] {
        let mut spec = spec("h-a.com", "2026-11-10", RegistryRules { grace_days: 5, ..com() });
        spec.names[0].registration.report_fails = fails;
        let mut world = world(spec);
        assert!(matches!(act(&mut world, "h-a.com", "9.restore", op.clone()), namekeep_ports::Outcome::Done(_)));
        assert_eq!(text(&mut world, "h-a.com", FactKey::Phase), "pending_restore");
        assert_eq!(world.accounts()[0].balance, yuan(610));
        until(&mut world, "2026-11-26 00:00");
        assert_eq!(text(&mut world, "h-a.com", FactKey::Phase), phase);
        assert_eq!(text(&mut world, "h-a.com", FactKey::PaidUntil), expiry);
    }
}

#[test]
fn not_renewing_is_not_cancelling_where_contracts_run_on() {
    for (cancelled, phase) in [(false, "registered"), (true, "redemption")] {
        let mut spec = spec("h-a.de", "2026-12-20", RegistryRules { until_cancelled: true, ..com() });
        spec.names[0].registration.auto_renew = false;
        spec.names[0].registration.cancelled = cancelled;
        let mut world = world(spec);
        until(&mut world, "2026-12-21 12:00");
        assert_eq!(text(&mut world, "h-a.de", FactKey::Phase), phase);
        let billed = world.diary().iter().any(|line| matches!(line.what, Happened::ContractRenewed { .. }));
        assert_eq!(billed, !cancelled);
        assert_eq!(world.accounts()[0].balance, yuan(if cancelled { 1_000 } else { 961 }));
    }
}

#[test]
fn released_names_are_caught_as_often_as_the_rules_say() {
    let rules =
        RegistryRules { caught_permille: 100, redemption_days: 0, pending_delete_days: 0, grace_days: 0, ..com() };
    let mut spec = spec("h-0.com", "2026-11-30", rules);
    spec.names[0].registration.auto_renew = false;
    for n in 1..1_000 {
        let mut more = spec.names[0].clone();
        more.name = name(&format!("h-{n}.com"));
        spec.names.push(more);
    }
    let mut world = world(spec);
    world.step_to(at("2026-12-02 00:00"));
    let caught = world.names().iter().filter(|n| matches!(n.registration.stage(), Stage::Released { taken: true, .. }));
    let caught = caught.count();
    assert!((70..130).contains(&caught), "{caught} of 1000");
    let seconds = world.diary().iter().filter_map(|line| match line.what {
        Happened::Caught { seconds } => Some(seconds),
        _ => None,
    });
    assert!(seconds.clone().count() == caught && seconds.clone().all(|s| (0..60).contains(&s)));
}

#[test]
fn an_auctioned_name_is_gone_and_never_purged() {
    let mut spec = spec("h-old.com", "2026-10-19", RegistryRules { auctions: true, ..com() });
    spec.names[0].registration.bid = true;
    let mut world = world(spec);
    assert_eq!(text(&mut world, "h-old.com", FactKey::Phase), "redemption");
    until(&mut world, "2026-12-17 23:59");
    assert_eq!(text(&mut world, "h-old.com", FactKey::Held), "yes");
    until(&mut world, "2026-12-18 00:00");
    assert_eq!(text(&mut world, "h-old.com", FactKey::Held), "no");
    assert_eq!(text(&mut world, "h-old.com", FactKey::Purged), "no");
    assert_eq!(text(&mut world, "h-old.com", FactKey::Reregistered), "yes");
}
