//! The filing desk: reviews in working days, returns, and one open order a subject.

use super::common::*;
use namekeep_model::fact::FactValue;
use namekeep_model::{FactKey, TaskKind, Words};
use namekeep_ports::Reply;
use namekeep_world::{FilingAct, Happened, Order, RegistryRules, ScriptEvent, Scripted, World, WorldSpec};

const ABOUT: &str = "example-shop.cn";

fn shop() -> WorldSpec {
    let mut spec = spec(ABOUT, "2027-12-20", RegistryRules::default());
    spec.desk.min_days = 10;
    spec.desk.max_days = 10;
    let filing = &mut spec.names[0].filing;
    filing.filed = true;
    filing.subject = "S2".into();
    filing.other_services = 3;
    filing.displays = 2;
    filing.police = true;
    spec
}

fn fields(replies: &[Reply], n: usize) -> &std::collections::BTreeMap<String, FactValue> {
    match &replies[n] {
        Reply::Done { receipt, .. } => &receipt.fields,
        other => panic!("{other:?}"),
    }
}

fn events(world: &World) -> Vec<&'static str> {
    world
        .diary()
        .iter()
        .filter_map(|line| match line.what {
            Happened::FilingReturned { .. } => Some("returned"),
            Happened::FilingResubmitted { .. } => Some("again"),
            Happened::FilingApproved { .. } => Some("approved"),
            _ => None,
        })
        .collect()
}

#[test]
fn an_order_is_answered_after_its_working_days() {
    let mut world = world(shop());
    give(&mut world, ABOUT, "16.submit", TaskKind::SubmitFiling, "comp");
    give(&mut world, ABOUT, "17.confirm", TaskKind::ConfirmFiling, "comp");
    let replies = until(&mut world, "2026-11-25 23:00");
    assert_eq!(replies.len(), 1, "the query cannot be captured before the answer");
    assert_eq!(fields(&replies, 0)["act"], FactValue::Text("cancel-service".into()));
    assert_eq!(text(&mut world, ABOUT, FactKey::FilingOrders), "1");
    // Handed in on Wednesday 11-25; the tenth working day is Wednesday 12-09.
    until(&mut world, "2026-12-09 14:59");
    assert_eq!(text(&mut world, ABOUT, FactKey::Filed), "yes");
    world.step_to(at("2026-12-09 15:00"));
    assert_eq!(text(&mut world, ABOUT, FactKey::Filed), "no");
    assert_eq!(text(&mut world, ABOUT, FactKey::FilingOrders), "0");
    let replies = until(&mut world, "2026-12-10 18:00");
    assert_eq!(fields(&replies, 0)["filed"], FactValue::Bool(false));
    assert_eq!(world.ledger().iter().filter(|line| line.task().is_some()).count(), 1);
}

#[test]
fn a_returned_order_starts_its_clock_anew() {
    let mut spec = shop();
    spec.names[0].filing.order = Some(Order {
        submitted: at("2026-11-06 10:00"),
        act: FilingAct::CancelService,
        round: 1,
        answer: None,
        returned: None,
    });
    spec.script.push(Scripted {
        at: "2026-12-03T10:00".parse().unwrap(),
        event: ScriptEvent::FilingReturned { name: name(ABOUT), reason: Words::quoted("confirm phone") },
    });
    let mut world = world(spec);
    world.step_to(at("2026-12-03 10:00"));
    assert_eq!(events(&world), ["returned"]);
    // Mended within a working day, then ten working days from Friday 12-04.
    world.step_to(at("2026-12-04 11:00"));
    assert_eq!(events(&world), ["returned", "again"]);
    world.step_to(at("2026-12-18 14:59"));
    assert_eq!(events(&world).len(), 2);
    world.step_to(at("2026-12-18 15:00"));
    assert_eq!(events(&world), ["returned", "again", "approved"]);
    assert_eq!(world.names()[0].filing.returns, 1);
}

#[test]
fn nobody_hands_a_returned_order_in_again_in_an_idle_world() {
    let mut spec = shop();
    spec.names[0].filing.phone = false;
    spec.names[0].filing.order = Some(Order {
        submitted: at("2026-11-20 10:00"),
        act: FilingAct::CancelService,
        round: 1,
        answer: None,
        returned: None,
    });
    let mut idle = world(spec.clone()).idle();
    idle.step_to(at("2027-06-01 00:00"));
    assert_eq!(events(&idle), ["returned"], "a dead phone returns every order");
    let mut busy = world(spec);
    busy.step_to(at("2027-06-01 00:00"));
    assert_eq!(events(&busy), ["returned", "again", "approved"]);
}

#[test]
fn the_act_follows_from_what_is_filed() {
    let table: [(FilingAct, fn(&mut namekeep_world::Filing)); 5] = [
        (FilingAct::CancelService, |_| {}),
        (FilingAct::Change, |f| f.other_names = 1),
        (FilingAct::CancelSubject, |f| f.other_services = 0),
        (FilingAct::ServiceEndOnly, |f| f.filed = false),
        (FilingAct::CancelAccess, |f| f.act = Some(FilingAct::CancelAccess)),
    ];
    for (act, change) in table {
        let mut spec = shop();
        change(&mut spec.names[0].filing);
        let mut world = world(spec);
        give(&mut world, ABOUT, "16.submit", TaskKind::SubmitFiling, "comp");
        let replies = until(&mut world, "2026-11-25 23:00");
        assert_eq!(fields(&replies, 0)["act"], FactValue::Text(act.code().into()));
        assert_eq!(world.names()[0].filing.order.is_some(), act != FilingAct::ServiceEndOnly);
    }
}

#[test]
fn a_subject_has_one_open_order() {
    let mut spec = shop();
    let mut other = plain("h-gift.cn", "2027-12-12");
    other.filing = spec.names[0].filing.clone();
    other.filing.order = Some(Order {
        submitted: at("2026-11-20 10:00"),
        act: FilingAct::Change,
        round: 1,
        answer: None,
        returned: None,
    });
    spec.names.push(other);
    let mut world = world(spec);
    give(&mut world, ABOUT, "16.submit", TaskKind::SubmitFiling, "comp");
    assert_eq!(until(&mut world, "2026-12-04 14:00").len(), 0, "waits for the other order");
    assert_eq!(text(&mut world, ABOUT, FactKey::FilingOrders), "1");
    assert_eq!(until(&mut world, "2026-12-07 18:00").len(), 1, "answered on 12-04 at 15:00, then handed in");
}

#[test]
fn drawn_reviews_stay_inside_their_bounds_and_fall_on_working_days() {
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..400 {
        let mut spec = shop();
        spec.seed = seed;
        (spec.desk.min_days, spec.desk.max_days) = (3, 20);
        spec.names[0].filing.order = Some(Order {
            submitted: at("2026-11-24 09:00"),
            act: FilingAct::CancelService,
            round: 1,
            answer: None,
            returned: None,
        });
        let world = world(spec);
        let answer = world.names()[0].filing.order.as_ref().and_then(|order| order.answer).unwrap();
        assert!((at("2026-11-27 00:00")..at("2026-12-23 00:00")).contains(&answer), "{answer}");
        seen.insert(answer);
    }
    assert_eq!(seen.len(), 18, "every duration from 3 to 20 working days occurs");
}

#[test]
fn what_the_filing_left_behind_is_cleared_by_people() {
    let mut world = world(shop());
    give(&mut world, ABOUT, "17.police", TaskKind::CancelPoliceRecord, "comp");
    give(&mut world, ABOUT, "17.displays", TaskKind::ClearDisplays, "brand");
    assert_eq!(text(&mut world, ABOUT, FactKey::FilingDisplays), "2");
    assert_eq!(until(&mut world, "2026-11-26 18:00").len(), 2);
    assert_eq!(text(&mut world, ABOUT, FactKey::FilingDisplays), "0");
    assert!(!world.names()[0].filing.police);
}

#[test]
fn a_return_is_told_once_and_the_next_capture_waits_for_the_answer() {
    let mut spec = shop();
    spec.desk.returns_permille = 1_000;
    let mut world = world(spec);
    give(&mut world, ABOUT, "16.submit", TaskKind::SubmitFiling, "comp");
    give(&mut world, ABOUT, "17.confirm", TaskKind::ConfirmFiling, "comp");
    until(&mut world, "2026-11-26 00:00");
    // Handed in on 11-25, returned on 12-09 at 15:00, told on the next working day.
    let replies = until(&mut world, "2026-12-10 23:00");
    assert_eq!(fields(&replies, 0)["returned"], FactValue::Bool(true));
    assert_eq!(fields(&replies, 0)["filed"], FactValue::Bool(true));
    give(&mut world, ABOUT, "17.confirm-again", TaskKind::ConfirmFiling, "comp");
    assert!(until(&mut world, "2026-12-23 00:00").is_empty(), "the second review runs");
    assert_eq!(world.names()[0].filing.order.as_ref().unwrap().round, 2);
}
