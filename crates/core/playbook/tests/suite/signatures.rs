//! Attacks on signatures: none of them brings a permit, nor lets a journal fold.

use ed25519_dalek::Signer;
use namekeep_model::{ActionId, Department, EffectId, Ending, StepNo, Timestamp};
use namekeep_playbook::{Approval, Corrupt, Event, Plan, Record, Why};

use crate::case::{approver, calendar, case, key, plan_of, sign, who};
use crate::drive::{Driven, digest};
use crate::outside::{Coming, Outside, Trouble};

/// A lapse run just before its act: everything else is done, and nobody has answered the question to
/// sign it.
fn before_the_act() -> (Driven, Outside) {
    let plan = plan_of(&case(Some(Ending::Lapse)));
    let mut outside = Outside::new(3, Trouble::default(), calendar().day(plan.made));
    let mut driven = Driven::new(plan);
    let ready = |driven: &Driven| {
        let act = driven.run.plan().step(StepNo(21)).unwrap();
        let opens = act.opens.day.is_some_and(|opens| calendar().day(driven.now) >= opens);
        opens && act.needs.iter().all(|need| driven.run.passed(*need))
    };
    while !ready(&driven) {
        assert!(driven.turn(&mut outside, Timestamp::MAX), "the run goes on to its act");
        outside.coming.retain(|(_, coming)| !matches!(coming, Coming::Decided(StepNo(21), ..)));
    }
    assert!(driven.run.open_questions().any(|(step, _)| step == StepNo(21)), "the act is signed ahead of its day");
    outside.coming.clear();
    (driven, outside)
}

fn off() -> ActionId {
    "21.auto-renew-off".parse().unwrap()
}

/// Tries to clear the act `hours` after now, at the next staffed hour, with facts looked at then.
fn try_act(driven: &Driven, outside: &mut Outside, hours: i64) -> Result<(), Vec<Why>> {
    let later = driven.now.checked_add(jiff::SignedDuration::from_hours(hours)).unwrap();
    let at = calendar().next_staffed(later);
    outside.look(driven.run.wants(at), at);
    match driven.run.clear(&off(), at, &outside.facts, &calendar()) {
        Ok(permit) => {
            assert_eq!(permit.effect().attempt, 1);
            Ok(())
        }
        Err(list) => Err(list.iter().map(|blocker| blocker.why.clone()).collect()),
    }
}

fn resign(mut approval: Approval, id: &str) -> Approval {
    approval.signature = hex::encode(key(id).sign(&approval.statement.signed_bytes()).to_bytes());
    approval
}

#[test]
fn two_good_signatures_clear_the_act_after_cooling() {
    let (mut driven, mut outside) = before_the_act();
    assert!(try_act(&driven, &mut outside, 0).is_err());
    for (id, nonce) in [("legal-1", "a"), ("sec-1", "b")] {
        let approval = sign(&driven.run, 21, id, nonce);
        driven.append(Event::Approved { approval });
    }
    assert!(driven.run.discarded().is_empty());
    assert_eq!(try_act(&driven, &mut outside, 1), Err(vec![Why::Cooling]));
    assert_eq!(try_act(&driven, &mut outside, 25), Ok(()));
}

#[test]
fn attacks_bring_no_permit() {
    type Attack = (&'static str, fn(&mut Driven));
    fn put(driven: &mut Driven, approval: Approval) {
        driven.append(Event::Approved { approval });
    }
    fn good(driven: &mut Driven, id: &str, nonce: &str) {
        let approval = sign(&driven.run, 21, id, nonce);
        put(driven, approval);
    }
    let attacks: [Attack; 17] = [
        ("nobody signs", |_| {}),
        ("one signs", |d| good(d, "legal-1", "a")),
        ("one signs twice", |d| {
            good(d, "legal-1", "a");
            good(d, "legal-1", "b");
        }),
        ("one department twice", |d| {
            good(d, "legal-1", "a");
            good(d, "legal-2", "b");
        }),
        ("the requester signs", |d| {
            good(d, "legal-1", "a");
            let approval = resign(sign(&d.run, 21, "ops-1", "b"), "ops-1");
            put(d, approval);
        }),
        ("a stranger signs", |d| {
            good(d, "legal-1", "a");
            let approval = resign(sign(&d.run, 21, "eve", "b"), "eve");
            put(d, approval);
        }),
        ("the wrong key", |d| {
            good(d, "legal-1", "a");
            let approval = resign(sign(&d.run, 21, "sec-1", "b"), "eve");
            put(d, approval);
        }),
        ("another plan's digest", |d| {
            good(d, "legal-1", "a");
            let mut approval = sign(&d.run, 21, "sec-1", "b");
            approval.statement.plan = "0".repeat(64);
            put(d, resign(approval, "sec-1"));
        }),
        ("another revision", |d| {
            good(d, "legal-1", "a");
            let mut approval = sign(&d.run, 21, "sec-1", "b");
            approval.statement.revision = 2;
            put(d, resign(approval, "sec-1"));
        }),
        ("another run", |d| {
            good(d, "legal-1", "a");
            let mut approval = sign(&d.run, 21, "sec-1", "b");
            approval.statement.run.number = 8;
            put(d, resign(approval, "sec-1"));
        }),
        ("another workspace", |d| {
            good(d, "legal-1", "a");
            let mut approval = sign(&d.run, 21, "sec-1", "b");
            approval.statement.workspace = "other".parse().unwrap();
            put(d, resign(approval, "sec-1"));
        }),
        ("another step's signature", |d| {
            good(d, "legal-1", "a");
            let mut approval = sign(&d.run, 18, "sec-1", "b");
            approval.statement.step = StepNo(21);
            put(d, approval);
        }),
        ("milder words", |d| {
            good(d, "legal-1", "a");
            let mut approval = sign(&d.run, 21, "sec-1", "b");
            approval.statement.consequence.en = "Nothing happens".into();
            put(d, resign(approval, "sec-1"));
        }),
        ("a longer last instant", |d| {
            good(d, "legal-1", "a");
            let mut approval = sign(&d.run, 21, "sec-1", "b");
            approval.statement.not_after = Timestamp::MAX;
            put(d, resign(approval, "sec-1"));
        }),
        ("the statement changed after signing", |d| {
            good(d, "legal-1", "a");
            let mut approval = sign(&d.run, 18, "sec-1", "b");
            approval.statement = d.run.statement(StepNo(21), &who("sec-1"), "b").unwrap();
            put(d, approval);
        }),
        ("the same signature again, after it was withdrawn", |d| {
            good(d, "legal-1", "a");
            let approval = sign(&d.run, 21, "sec-1", "b");
            put(d, approval.clone());
            d.append(Event::Withdrawn { step: StepNo(21), by: who("sec-1") });
            put(d, approval);
        }),
        ("one refuses", |d| {
            good(d, "legal-1", "a");
            good(d, "sec-1", "b");
            d.append(Event::Refused { step: StepNo(21), by: who("legal-1") });
        }),
    ];
    for (name, attack) in attacks {
        let (mut driven, mut outside) = before_the_act();
        attack(&mut driven);
        let whys = try_act(&driven, &mut outside, 30).expect_err(name);
        let about = |why: &Why| matches!(why, Why::Signatures { .. } | Why::Refused(_) | Why::TooLateToSign);
        assert!(whys.iter().any(about), "{name}: {whys:?}");
        // Nor does a journal fold that begins the act all the same.
        let item = driven.run.plan().item(&off()).unwrap();
        let namekeep_playbook::Work::Act(action) = &item.work else { panic!("an act") };
        let effect = EffectId { run: driven.run.plan().run, action: off(), attempt: 1 };
        let event = Event::Intent { effect, action: digest(action), deadline: driven.now };
        let at = driven.now.checked_add(jiff::SignedDuration::from_hours(30)).unwrap();
        let forged = Record::new(driven.run.seq() + 1, at, event);
        let mut run = driven.run.clone();
        assert!(matches!(run.apply(&forged), Err(Corrupt::Unsigned { .. })), "{name} folds");
        assert_eq!(run, driven.run, "a refused record changes nothing");
    }
}

#[test]
fn a_withdrawal_during_cooling_stops_the_act() {
    let (mut driven, mut outside) = before_the_act();
    for (id, nonce) in [("legal-1", "a"), ("sec-1", "b")] {
        let approval = sign(&driven.run, 21, id, nonce);
        driven.append(Event::Approved { approval });
    }
    driven.append(Event::Withdrawn { step: StepNo(21), by: who("sec-1") });
    assert!(try_act(&driven, &mut outside, 30).is_err());
}

#[test]
fn signatures_run_out_at_their_last_instant() {
    let (mut driven, mut outside) = before_the_act();
    for (id, nonce) in [("legal-1", "a"), ("sec-1", "b")] {
        let approval = sign(&driven.run, 21, id, nonce);
        driven.append(Event::Approved { approval });
    }
    let whys = try_act(&driven, &mut outside, 24 * 30).unwrap_err();
    assert!(whys.contains(&Why::TooLateToSign), "{whys:?}");
}

/// The lapse plan of the second revision, different in one number.
fn second(driven: &Driven) -> Plan {
    let mut changed = case(Some(Ending::Lapse));
    changed.revision = 2;
    changed.params.years = 2;
    changed.made = driven.now;
    changed.passed = (1..=20).map(StepNo).collect();
    plan_of(&changed)
}

#[test]
fn replanning_voids_every_signature_and_keeps_the_work() {
    let (mut driven, mut outside) = before_the_act();
    let old = sign(&driven.run, 21, "legal-1", "a");
    driven.append(Event::Approved { approval: old.clone() });
    let approval = sign(&driven.run, 21, "sec-1", "b");
    driven.append(Event::Approved { approval });
    let plan = second(&driven);
    let digest = plan.digest();
    driven.run.adopt(plan);
    driven.append(Event::Replanned { plan: digest.clone(), revision: 2, by: who("ops-1") });
    assert_eq!(driven.run.plan_digest(), digest);
    assert_eq!(driven.run.signatures(StepNo(21)).count(), 0);
    assert!((1..=20).all(|no| driven.run.passed(StepNo(no))), "work done stays done");
    assert!(try_act(&driven, &mut outside, 30).is_err());
    // The old signature again is for another plan.
    driven.append(Event::Approved { approval: old });
    assert_eq!(driven.run.discarded().last().map(|d| d.why), Some("signed for another plan"));
    // Fresh signatures over the new digest do it.
    for (id, nonce) in [("legal-1", "c"), ("sec-1", "d")] {
        let approval = sign(&driven.run, 21, id, nonce);
        driven.append(Event::Approved { approval });
    }
    assert_eq!(try_act(&driven, &mut outside, 30), Ok(()));
}

#[test]
fn an_attempt_that_did_not_happen_spends_its_signatures() {
    let (mut driven, mut outside) = before_the_act();
    for (id, nonce) in [("legal-1", "a"), ("sec-1", "b")] {
        let approval = sign(&driven.run, 21, id, nonce);
        driven.append(Event::Approved { approval });
    }
    outside.trouble.refuses = 1000;
    while driven.journal.iter().all(|record| !matches!(record.event, Event::Settled { .. }) || record.seq < 5)
        || driven.run.signatures(StepNo(21)).count() == 2 && driven.run.step(StepNo(21)).unwrap().items.iter().all(|i| i.attempts == 0)
    {
        assert!(driven.turn(&mut outside, Timestamp::MAX));
    }
    assert!(driven.run.step(StepNo(21)).unwrap().spent > 0);
    outside.trouble.refuses = 0;
    let whys = {
        let at = calendar().next_staffed(driven.now.checked_add(jiff::SignedDuration::from_hours(7)).unwrap());
        outside.look(driven.run.wants(at), at);
        driven.run.clear(&off(), at, &outside.facts, &calendar()).unwrap_err()
    };
    assert!(whys.iter().any(|blocker| matches!(blocker.why, Why::Signatures { have: 0, .. })), "{whys:?}");
}

#[test]
fn a_plan_names_people_who_can_make_a_quorum() {
    use namekeep_playbook::{PlanError, plan};
    let book = crate::case::book(namekeep_model::RunKind::Retire);
    let tried = |change: fn(&mut namekeep_playbook::Case)| {
        let mut case = case(Some(Ending::Lapse));
        change(&mut case);
        plan(book, &case, &calendar()).map(|_| ())
    };
    let one_department = tried(|case| case.people.approvers[1] = approver("legal-9", Department::Legal));
    assert_eq!(one_department, Err(PlanError::Approvers));
    let requester = tried(|case| case.people.approvers[1] = approver("ops-1", Department::Security));
    assert_eq!(requester, Err(PlanError::Approvers));
    let twice = tried(|case| case.people.approvers[1].key = case.people.approvers[0].key.clone());
    assert_eq!(twice, Err(PlanError::Twice(who("sec-1"))));
    let unread = tried(|case| case.people.approvers[1].key = "12".into());
    assert_eq!(unread, Err(PlanError::Key(who("sec-1"))));
    assert!(matches!(tried(|case| { case.offers.remove(&Ending::Lapse); }), Err(PlanError::NotOffered { fallback: Ending::HoldDark, .. })));
    assert!(matches!(tried(|case| case.dates.rescue = None), Err(PlanError::DateUnknown { .. })));
}
