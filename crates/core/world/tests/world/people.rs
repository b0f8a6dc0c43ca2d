//! People: office hours, leave and deputies, signatures, and work that takes its days.

use super::common::*;
use namekeep_model::fact::FactValue;
use namekeep_model::{FactKey, PersonId, StepNo, TaskKind, Timestamp, words};
use namekeep_ports::{ApprovalRequest, Decision, Ports, Reply, Request};
use namekeep_world::{Happened, Leave, RegistryRules, ScriptEvent, Scripted, World, WorldSpec};

const ABOUT: &str = "example-shop.cn";

fn shop() -> WorldSpec {
    spec(ABOUT, "2028-12-20", RegistryRules::default())
}

fn request(approver: &str, not_after: &str) -> ApprovalRequest {
    ApprovalRequest {
        run: "RET-0007".parse().unwrap(),
        step: StepNo(21),
        plan: "ab12".into(),
        approver: who(approver),
        nonce: "21-7".into(),
        says: words!(en: "auto-renew goes off", zh: "关闭自动续费"),
        not_after: at(not_after),
    }
}

fn done(replies: &[Reply]) -> Vec<(Timestamp, PersonId)> {
    replies
        .iter()
        .filter_map(|reply| match reply {
            Reply::Done { receipt, .. } => Some((receipt.at, receipt.by.clone()?)),
            Reply::Decided { .. } => None,
        })
        .collect()
}

fn decided(replies: &[Reply]) -> Vec<(String, Decision, Timestamp)> {
    replies
        .iter()
        .filter_map(|reply| match reply {
            Reply::Decided { request, decision, at } => Some((request.approver.to_string(), *decision, *at)),
            Reply::Done { .. } => None,
        })
        .collect()
}

#[test]
fn work_is_done_in_working_hours_on_working_days() {
    for seed in 0..300 {
        let mut spec = shop();
        spec.seed = seed;
        spec.calendar.days_off = vec![day("2026-11-27"), day("2026-11-30")];
        spec.people[0].jitter = 3;
        let mut world = world(spec);
        give(&mut world, ABOUT, "12.export", TaskKind::ExportData, "ops");
        let replies = until(&mut world, "2026-12-31 00:00");
        let (when, _) = done(&replies)[0];
        let local = when.in_tz("Asia/Shanghai").unwrap();
        assert!((9..18).contains(&local.hour()), "{local}");
        assert!(!["2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30"].contains(&local.date().to_string().as_str()));
        assert!(local.date() > day("2026-11-24"));
    }
}

#[test]
fn a_deputy_takes_over_after_a_while_and_only_then() {
    // leave through, who does it, day
    for (through, by, on) in [("2026-11-25", "ops", "2026-11-27"), ("2026-12-31", "sec", "2026-11-26")] {
        let mut spec = shop();
        spec.people[0].leave.push(Leave { from: day("2026-11-24"), through: day(through) });
        spec.people[0].deputy = Some(who("sec"));
        spec.people[0].deputy_after = if by == "ops" { 2 } else { 1 };
        let mut world = world(spec);
        give(&mut world, ABOUT, "12.export", TaskKind::ExportData, "ops");
        let replies = until(&mut world, "2027-02-01 00:00");
        let (when, person) = done(&replies)[0].clone();
        assert_eq!((person.as_str(), when.in_tz("Asia/Shanghai").unwrap().date()), (by, day(on)));
        let took = world.diary().iter().filter(|line| matches!(line.what, Happened::DeputyTookOver { .. })).count();
        assert_eq!(took, usize::from(by == "sec"));
    }
}

#[test]
fn a_signature_comes_from_who_gave_it_and_not_too_late() {
    let mut spec = shop();
    spec.people[2].leave.push(Leave { from: day("2026-11-20"), through: day("2026-12-20") });
    spec.people[2].deputy = Some(who("comp"));
    let mut world = world(spec);
    ready(world.ask(Request::Approval(request("sec", "2026-11-30 18:00"))));
    ready(world.ask(Request::Approval(request("legal", "2026-11-30 18:00"))));
    ready(world.ask(Request::Approval(request("brand", "2026-11-24 09:20"))));
    let replies = decided(&until(&mut world, "2026-12-31 00:00"));
    let signers: Vec<_> = replies.iter().map(|(who, decision, _)| (who.as_str(), *decision)).collect();
    assert_eq!(
        signers,
        [("sec", Decision::Approve), ("comp", Decision::Approve)],
        "the deputy signs by name; brand is too late"
    );
    assert!(replies.iter().all(|(.., when)| *when <= at("2026-11-30 18:00")));
}

#[test]
fn some_refuse_by_their_mood() {
    let mut refused = 0;
    for seed in 0..1_000 {
        let mut spec = shop();
        spec.seed = seed;
        spec.people[1].refuses_permille = 250;
        let mut world = world(spec);
        ready(world.ask(Request::Approval(request("sec", "2026-11-30 18:00"))));
        refused +=
            decided(&until(&mut world, "2026-11-30 00:00")).iter().filter(|(_, d, _)| *d == Decision::Refuse).count();
    }
    assert!((200..300).contains(&refused), "{refused}");
}

#[test]
fn a_signature_can_be_taken_back() {
    let mut spec = shop();
    let withdraw = ScriptEvent::Withdraw { person: who("sec"), run: "RET-0007".parse().unwrap(), step: None };
    spec.script.push(Scripted { at: "2026-12-01T10:00".parse().unwrap(), event: withdraw });
    let mut world = world(spec);
    ready(world.ask(Request::Approval(request("sec", "2026-11-30 18:00"))));
    until(&mut world, "2026-11-30 00:00");
    let later = decided(&until(&mut world, "2026-12-01 10:00"));
    assert_eq!(later, [("sec".to_owned(), Decision::Withdraw, at("2026-12-01 10:00"))]);
}

#[test]
fn asking_twice_is_one_question_and_a_lost_answer_comes_again() {
    let mut world = world(shop());
    for _ in 0..3 {
        give(&mut world, ABOUT, "12.export", TaskKind::ExportData, "ops");
        ready(world.ask(Request::Approval(request("sec", "2026-11-30 18:00"))));
    }
    let first = until(&mut world, "2026-11-28 00:00");
    assert_eq!(first.len(), 2);
    assert!(until(&mut world, "2026-12-28 00:00").is_empty());
    give(&mut world, ABOUT, "12.export", TaskKind::ExportData, "ops");
    give(&mut world, ABOUT, "12.export", TaskKind::ExportData, "ops");
    ready(world.ask(Request::Approval(request("sec", "2026-11-30 18:00"))));
    let mut again = until(&mut world, "2026-12-28 00:00");
    again.sort_by_key(|reply| matches!(reply, Reply::Done { .. }));
    assert_eq!(again.len(), 2);
    assert!(first.iter().all(|reply| again.contains(reply)));
}

#[test]
fn idle_people_do_nothing_at_all() {
    let mut spec = shop();
    spec.accounts[0].balance = yuan(1);
    spec.names[0].privacy.open_requests = 2;
    spec.names[0].privacy.due = Some(day("2026-11-27"));
    let top_up = ScriptEvent::TopUp { account: "main".parse().unwrap(), amount: yuan(1_000) };
    spec.script.push(Scripted { at: "2026-12-09T09:00".parse().unwrap(), event: top_up });
    let lock = ScriptEvent::DisputeLock { name: name(ABOUT) };
    spec.script.push(Scripted { at: "2026-12-10T09:00".parse().unwrap(), event: lock });
    let mut busy = world(spec);
    give(&mut busy, ABOUT, "12.export", TaskKind::ExportData, "ops");
    ready(busy.ask(Request::Approval(request("sec", "2026-11-30 18:00"))));
    let mut idle = busy.idle();
    assert!(until(&mut idle, "2030-01-01 00:00").is_empty());
    assert_eq!(idle.accounts()[0].balance, yuan(1));
    assert_eq!(idle.names()[0].privacy.open_requests, 2);
    assert!(idle.names()[0].holder.dispute, "the outside goes on");
    assert_eq!(idle.names()[0].registration.expiry, day("2028-12-20"), "nobody paid");
    assert!(!idle.names()[0].registration.held());
    assert_eq!(until(&mut busy, "2026-12-31 00:00").len(), 2);
    assert_eq!(busy.accounts()[0].balance, yuan(1_001));
    assert_eq!(busy.names()[0].privacy.open_requests, 0);
}

fn receipt(world: &World, id: &str) -> Option<(Timestamp, std::collections::BTreeMap<String, FactValue>)> {
    let receipt = world.receipt_of(&namekeep_model::TaskId(effect(id, 1)))?;
    Some((receipt.at, receipt.fields.clone()))
}

#[test]
fn long_work_has_two_halves() {
    let mut spec = shop();
    let about = &mut spec.names[0];
    (about.identity.accounts, about.identity.logins, about.identity.tenants) = (7, 12, 2);
    about.mail.per_day = 30;
    about.resources.attached = 2;
    let mut world = world(spec);
    for (id, kind, person) in [
        ("4.map", TaskKind::MapDependencies, "sec"),
        ("6.notify", TaskKind::NotifyParties, "brand"),
        ("7.tenants", TaskKind::CloseTenants, "sec"),
        ("8.refuse", TaskKind::RefuseMail, "ops"),
        ("11.release", TaskKind::ReleaseResources, "sec"),
    ] {
        give(&mut world, ABOUT, id, kind, person);
    }
    act(&mut world, ABOUT, "10.detach", namekeep_model::Op::DetachRecords);
    until(&mut world, "2026-11-26 00:00");
    // Begun at once: closed, counted, refused; in the ledger at once, too.
    assert_eq!(text(&mut world, ABOUT, FactKey::IdentityAccounts), "0");
    assert_eq!(text(&mut world, ABOUT, FactKey::IdentityLogins), "12");
    assert_eq!(world.ledger().iter().filter(|line| line.task().is_some()).count(), 1);
    for id in ["4.map", "6.notify", "7.tenants", "8.refuse", "11.release"] {
        assert_eq!(receipt(&world, id), None, "{id}");
    }
    until(&mut world, "2026-12-10 18:00");
    assert_eq!(text(&mut world, ABOUT, FactKey::IdentityLogins), "6", "half of the thirty days are over");
    assert_eq!(text(&mut world, ABOUT, FactKey::MailPerDay), "15");
    assert_eq!(receipt(&world, "8.refuse").unwrap().1["days"], FactValue::Int(14));
    assert_eq!(text(&mut world, ABOUT, FactKey::ResourcesHeld), "0");
    assert_eq!(receipt(&world, "4.map"), None);
    until(&mut world, "2026-12-28 18:00");
    for id in ["4.map", "6.notify", "7.tenants"] {
        let (when, _) = receipt(&world, id).unwrap();
        assert!(when >= at("2026-12-25 00:00"), "{id} {when}");
    }
    assert_eq!(text(&mut world, ABOUT, FactKey::MailCensusDays), "33");
    assert_eq!(world.ledger().iter().filter(|line| line.task().is_some()).count(), 2);
}

#[test]
fn nothing_is_erased_under_a_hold_or_an_open_request() {
    for (requests, hold) in [(2, false), (0, true)] {
        let mut spec = shop();
        spec.names[0].privacy.open_requests = requests;
        spec.names[0].privacy.legal_hold = hold;
        let answered = ScriptEvent::RequestsAnswered { name: name(ABOUT) };
        spec.script.push(Scripted { at: "2026-12-10T10:00".parse().unwrap(), event: answered });
        let mut world = world(spec);
        give(&mut world, ABOUT, "18.erase", TaskKind::DisposeData, "legal");
        assert!(until(&mut world, "2026-12-10 08:00").is_empty());
        assert!(world.ledger().is_empty());
        let after = until(&mut world, "2026-12-14 18:00");
        assert_eq!(after.len(), usize::from(!hold));
        assert_eq!(world.names()[0].privacy.erased, !hold);
    }
}

#[test]
fn who_looks_finds_out_what_happened_and_sends_nothing() {
    use namekeep_world::{Fault, FaultRule};
    for (fault, done) in
        [(Fault::DoneNoAnswer, true), (Fault::NotDoneNoAnswer, false), (Fault::Late { minutes: 6_000 }, true)]
    {
        let mut spec = shop();
        spec.faults.push(FaultRule::on_op("registrar.auto-renew", fault));
        let mut world = world(spec);
        act(&mut world, ABOUT, "21.off", namekeep_model::Op::SetAutoRenew { on: false });
        give(&mut world, ABOUT, "21.off", TaskKind::FindOut, "ops");
        let replies = until(&mut world, "2026-12-05 00:00");
        let [Reply::Done { receipt, .. }] = &replies[..] else { panic!("{replies:?}") };
        assert_eq!(receipt.fields["done"], FactValue::Bool(done));
        assert_eq!(world.ledger().len(), usize::from(done));
    }
}

#[test]
fn finding_out_about_a_persons_task_waits_for_the_person() {
    let mut spec = shop();
    spec.people[1].days = 10;
    let mut world = world(spec);
    give(&mut world, ABOUT, "18.erase", TaskKind::DisposeData, "sec");
    give(&mut world, ABOUT, "18.erase", TaskKind::FindOut, "ops");
    assert!(until(&mut world, "2026-12-07 00:00").is_empty());
    assert_eq!(until(&mut world, "2026-12-12 00:00").len(), 2);
    assert_eq!(world.ledger().len(), 1, "the same id is one piece of work");
}
