//! Money, the charge day and what the registrar refuses.

use super::common::*;
use namekeep_model::{DomainName, FactKey, Op, TaskKind};
use namekeep_ports::{Capability, Outcome, Ports, ReadBack, Refusal};
use namekeep_world::{Deletion, Funding, Happened, RealName, RegistryRules, Stage, World, WorldSpec};
use rust_decimal::Decimal;

const ABOUT: &str = "example-shop.cn";

fn shop() -> WorldSpec {
    spec(ABOUT, "2026-12-20", RegistryRules { redemption_days: 14, needs_real_name: true, ..RegistryRules::default() })
}

fn renew(expected: &str, years: u8, ceiling: i64) -> Op {
    Op::Renew { years, expected_expiry: day(expected), ceiling: yuan(ceiling) }
}

fn refusal(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::NotDone(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn quirk(outcome: Outcome) -> String {
    match refusal(outcome) {
        Refusal::Rejected { quirk, .. } => quirk.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_charge_day_charges_or_fails_by_what_the_account_can_spend() {
    let credit = Funding::CreditLine { limit: yuan(50) };
    let card = |until: &str| Funding::Card { until: day(until) };
    // balance, arrears, funding, flag, real name, renewed, balance after
    let table = [
        (1_000, 0, Funding::Prepaid, true, RealName::Verified, true, 961),
        (39, 0, Funding::Prepaid, true, RealName::Verified, true, 0),
        (38, 0, Funding::Prepaid, true, RealName::Verified, false, 38),
        (1_000, 12, Funding::Prepaid, true, RealName::Verified, false, 1_000),
        (1_000, 0, Funding::Prepaid, false, RealName::Verified, false, 1_000),
        (1_000, 0, Funding::Prepaid, true, RealName::Failed, false, 1_000),
        (0, 0, credit.clone(), true, RealName::Verified, true, -39),
        (-12, 0, credit, true, RealName::Verified, false, -12),
        (0, 0, card("2026-12-20"), true, RealName::Verified, true, 0),
        (0, 0, card("2026-12-19"), true, RealName::Verified, false, 0),
    ];
    for (balance, arrears, funding, flag, real, renewed, after) in table {
        let mut spec = shop();
        spec.accounts[0].balance = yuan(balance);
        spec.accounts[0].arrears = (arrears > 0).then(|| yuan(arrears));
        spec.accounts[0].funding = funding;
        spec.names[0].registration.auto_renew = flag;
        spec.names[0].holder.real_name = real;
        let mut world = world(spec);
        world.step_to(at("2026-12-20 09:59"));
        assert_eq!(world.names()[0].registration.expiry, day("2026-12-20"));
        world.step_to(at("2026-12-21 12:00"));
        let expiry = world.names()[0].registration.expiry;
        assert_eq!(expiry, day(if renewed { "2027-12-20" } else { "2026-12-20" }), "{balance} {arrears} {flag}");
        assert_eq!(world.accounts()[0].balance, yuan(after));
        let failed = world.diary().iter().filter(|line| matches!(line.what, Happened::ChargeFailed { .. })).count();
        assert_eq!(failed, usize::from(flag && !renewed));
        assert!(world.ledger().is_empty(), "the registrar's own charge is no effect of ours");
    }
}

#[test]
fn one_balance_pays_for_the_names_that_come_first() {
    let mut spec = shop();
    spec.accounts[0].balance = yuan(100);
    for (about, expiry) in [("h-gift.cn", "2026-12-12"), ("h-sale.cn", "2026-12-18"), ("h-vip.cn", "2026-12-22")] {
        spec.names.push(plain(about, expiry));
    }
    let mut world = world(spec);
    world.step_to(at("2026-12-31 00:00"));
    let renewed: Vec<_> =
        world.names().iter().filter(|n| n.registration.expiry > day("2027-01-01")).map(|n| n.name.a_label()).collect();
    assert_eq!(renewed, ["h-gift.cn", "h-sale.cn"], "12-12 and 12-18 are paid, 12-20 finds 22.00");
}

#[test]
fn a_renewal_is_a_compare_and_set_under_a_ceiling() {
    let mut world = world(shop());
    assert!(matches!(refusal(act(&mut world, ABOUT, "1.a", renew("2027-12-20", 1, 39))), Refusal::Conflict { .. }));
    assert!(matches!(refusal(act(&mut world, ABOUT, "1.b", renew("2026-12-20", 1, 38))), Refusal::Conflict { .. }));
    assert!(matches!(refusal(act(&mut world, ABOUT, "1.c", renew("2026-12-20", 0, 39))), Refusal::Denied { .. }));
    assert!(matches!(refusal(act(&mut world, ABOUT, "1.d", renew("2026-12-20", 10, 390))), Refusal::Denied { .. }));
    assert!(world.ledger().is_empty());
    assert!(matches!(act(&mut world, ABOUT, "1.e", renew("2026-12-20", 2, 78)), Outcome::Done(_)));
    // Sent again against the old expiry, it does not renew twice.
    assert!(matches!(
        refusal(attempt(&mut world, ABOUT, "1.e", 2, renew("2026-12-20", 2, 78))),
        Refusal::Conflict { .. }
    ));
    assert_eq!(world.names()[0].registration.expiry, day("2028-12-20"));
    assert_eq!(world.accounts()[0].balance, yuan(922));
    assert_eq!(world.ledger().len(), 1);
    assert_eq!(world.ledger()[0].cost, Some(yuan(78)));
}

#[test]
fn refusals_carry_the_rule_that_refused() {
    let table: [(&str, Op, fn(&mut WorldSpec)); 7] = [
        ("Q3", Op::DeleteRegistration, |s| s.accounts[0].deletion = Deletion::Listed),
        ("Q6", Op::Transfer { to: "buyer".into() }, |_| {}),
        ("Q6", Op::SetTransferLock { on: false }, |s| s.names[0].registration.registry_lock = true),
        ("Q5", renew("2026-12-20", 1, 39), |s| s.names[0].holder.real_name = RealName::Failed),
        ("F1", renew("2026-12-20", 1, 39), |s| s.accounts[0].balance = yuan(1)),
        ("Q7", Op::DeleteHosts, |s| s.names[0].dns.foreign_users = 3),
        ("Q7", Op::DeleteRegistration, |s| {
            s.names[0].registration.lock = false;
            s.names[0].dns.foreign_users = 3;
        }),
    ];
    for (code, op, change) in table {
        let mut spec = shop();
        change(&mut spec);
        let mut world = world(spec);
        let before = world.names().to_vec();
        // A listed account may delete; what stands in the way is then the lock.
        let code = if op == Op::DeleteRegistration && code == "Q3" { "Q6" } else { code };
        assert_eq!(quirk(act(&mut world, ABOUT, "21.act", op.clone())), code, "{op:?}");
        assert_eq!(world.names(), before, "a refusal changes nothing");
        assert!(world.ledger().is_empty());
    }
}

#[test]
fn deletion_is_offered_by_account_and_blocked_by_locks() {
    let offered = |world: &World| world.capability(&name(ABOUT), &Op::DeleteRegistration);
    let mut spec = shop();
    assert_eq!(offered(&world(spec.clone())), Capability::Served);
    spec.accounts[0].deletion = Deletion::Ticket;
    assert_eq!(offered(&world(spec.clone())), Capability::ByPerson);
    let mut by_ticket = world(spec.clone());
    assert!(matches!(act(&mut by_ticket, ABOUT, "21.delete", Op::DeleteRegistration), Outcome::Asked(_)));
    let replies = until(&mut by_ticket, "2026-11-27 18:00");
    assert_eq!(replies.len(), 1);
    assert!(
        matches!(by_ticket.names()[0].registration.stage(), Stage::Redemption { .. }),
        "staff lift the lock and delete"
    );
    spec.accounts[0].deletion = Deletion::None;
    assert!(matches!(offered(&world(spec.clone())), Capability::NotOffered(_)));
    let mut never = world(spec);
    assert!(matches!(act(&mut never, ABOUT, "21.delete", Op::DeleteRegistration), Outcome::NotDone(_)));

    for locked in [true, false] {
        let mut spec = shop();
        spec.names[0].registration.lock = locked;
        let mut world = world(spec);
        assert_eq!(matches!(act(&mut world, ABOUT, "21.delete", Op::DeleteRegistration), Outcome::Done(_)), !locked);
        let phase = text(&mut world, ABOUT, FactKey::Phase);
        assert_eq!(phase, if locked { "registered" } else { "redemption" });
    }
}

#[test]
fn tasks_of_the_registrar_run_on_and_are_read_back() {
    let mut spec = shop();
    spec.accounts[0].task_minutes = 5;
    let mut world = world(spec);
    let op = renew("2026-12-20", 1, 39);
    assert!(matches!(act(&mut world, ABOUT, "1.renew", op.clone()), Outcome::Unknown { .. }));
    assert!(matches!(read(&mut world, ABOUT, "1.renew", 1, op.clone()), ReadBack::Unclear { .. }));
    assert_eq!(text(&mut world, ABOUT, FactKey::OpenTasks), "1");
    // Another task on the same name waits; switching auto-renew is no task.
    let other = act(&mut world, ABOUT, "1.lock", Op::SetTransferLock { on: false });
    assert!(matches!(refusal(other), Refusal::Throttled { after } if after == at("2026-11-24 09:19")));
    assert!(matches!(act(&mut world, ABOUT, "1.flag", Op::SetAutoRenew { on: false }), Outcome::Done(_)));
    world.step_to(at("2026-11-24 09:19"));
    assert!(matches!(read(&mut world, ABOUT, "1.renew", 1, op), ReadBack::Done(_)));
    assert_eq!(world.ledger().len(), 2);

    // The expiry moves while the task waits: it fails, and is proven not done.
    let op = renew("2027-12-20", 1, 39);
    act(&mut world, ABOUT, "2.renew", op.clone());
    let mut outside = world.to_spec();
    outside.names[0].registration.expiry = day("2028-12-20");
    let saved = serde_json::to_value(&world).unwrap();
    let mut saved = saved.as_object().unwrap().clone();
    saved.insert("spec".into(), serde_json::to_value(&outside).unwrap());
    let mut world: World = serde_json::from_value(saved.into()).unwrap();
    world.step_to(at("2026-11-24 09:30"));
    assert!(matches!(read(&mut world, ABOUT, "2.renew", 1, op), ReadBack::NotDone(_)));
    assert_eq!(world.ledger().len(), 2);
}

#[test]
fn an_account_without_interface_hands_operations_to_people() {
    let mut spec = shop();
    spec.accounts[0].manual = true;
    let mut world = world(spec);
    let op = Op::SetAutoRenew { on: false };
    let asked = act(&mut world, ABOUT, "21.auto-renew-off", op.clone());
    assert!(matches!(&asked, Outcome::Asked(task) if task.0 == effect("21.auto-renew-off", 1)));
    assert!(matches!(read(&mut world, ABOUT, "21.auto-renew-off", 1, op.clone()), ReadBack::Unclear { .. }));
    assert_eq!(until(&mut world, "2026-11-26 18:00").len(), 1);
    assert!(matches!(read(&mut world, ABOUT, "21.auto-renew-off", 1, op.clone()), ReadBack::Done(_)));
    assert_eq!(world.ledger()[0].op(), Some(&op));
    assert!(!world.names()[0].registration.auto_renew);
}

#[test]
fn a_payment_by_people_tops_the_account_up_first() {
    let mut spec = shop();
    spec.accounts[0].balance = yuan(10);
    spec.accounts[0].arrears = Some(yuan(5));
    let mut world = world(spec);
    give(&mut world, ABOUT, "3.pay", TaskKind::PayOrder, "fin");
    assert_eq!(until(&mut world, "2026-11-26 18:00").len(), 1);
    assert_eq!(world.names()[0].registration.expiry, day("2027-12-20"));
    assert!(world.accounts()[0].balance.amount >= Decimal::ZERO && world.accounts()[0].arrears.is_none());
    assert_eq!(world.ledger().len(), 1);
    assert_eq!(world.ledger()[0].cost, Some(yuan(39)));
}

#[test]
fn a_name_that_left_answers_nobody() {
    let mut spec = shop();
    spec.names[0].registration.lock = false;
    let mut world = world(spec);
    assert!(matches!(act(&mut world, ABOUT, "21.transfer", Op::Transfer { to: "buyer".into() }), Outcome::Done(_)));
    assert_eq!(text(&mut world, ABOUT, FactKey::Transferred), "yes");
    for op in [Op::SetAutoRenew { on: true }, renew("2026-12-20", 1, 39), Op::ParkZone, Op::DeleteRegistration] {
        assert!(matches!(refusal(act(&mut world, ABOUT, "22.late", op)), Refusal::Denied { .. }));
    }
    let stranger: DomainName = name("stranger.example");
    let looked = ready(world.look(&stranger, &[FactKey::Held], world.now()));
    assert_eq!(looked.rounds.len(), 0);
}
