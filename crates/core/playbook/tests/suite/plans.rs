//! Plans of particular cases: late ones, light ones, endings nobody offers; and what is explained.

use std::collections::BTreeSet;

use jiff::civil::date;
use namekeep_model::{Date, Ending, RunKind, Source, StepNo, words};
use namekeep_playbook::{
    Bounds, Case, Charge, Condition, Dates, Notice, Offer, Outcome, Plan, PlanError, Reason, StateWord, plan,
};

use crate::case::{book, calendar, case, days_after, plan_of};
use crate::drive::Driven;
use crate::outside::{Outside, Trouble};

/// The case of the demo: a `.cn` name that expires on a Sunday, its filing submitted 36 days late.
fn late() -> Case {
    let expiry = date(2026, 12, 20);
    let day = |days: i64| Some(Bounds::sure(days_after(expiry, days), Source::Registrar));
    let mut case = case(Some(Ending::Lapse));
    case.dates = Dates {
        expiry: Bounds::sure(expiry, Source::Registrar),
        charge: Charge::Known(Bounds::sure(expiry, Source::Registrar)),
        dns_stop: day(1),
        grace_end: day(30),
        redemption_end: day(44),
        purge: day(44),
        rescue: day(39),
    };
    case.made = calendar().at(date(2026, 11, 6), 9);
    case.passed = (1..=7).chain(9..=10).chain(12..=15).map(StepNo).collect();
    case
}

fn step_day(plan: &Plan, no: u8) -> Option<Date> {
    plan.step(StepNo(no)).and_then(|step| step.due.day)
}

#[test]
fn a_late_filing_tells_the_last_day_of_its_answer() {
    let plan = plan_of(&late());
    // The act falls on the Friday before the Sunday of the charge.
    assert_eq!(step_day(&plan, 21), Some(date(2026, 12, 18)));
    // 18 December less two days of drain and fourteen of refused mail.
    let answer = plan.notices.iter().find_map(|notice| match notice {
        Notice::LastAnswer { step: StepNo(17), answer, returned } => Some((*answer, *returned)),
        _ => None,
    });
    assert_eq!(answer, Some((date(2026, 12, 2), date(2026, 11, 4))));
    let fast = |notice: &Notice| matches!(notice, Notice::FitsIfFast { step: StepNo(17), slowest, .. } if *slowest == date(2026, 12, 4));
    assert!(plan.notices.iter().any(fast), "{:?}", plan.notices);
    assert!(!plan.notices.iter().any(|notice| matches!(notice, Notice::TooLate { .. })));
}

#[test]
fn seven_days_before_the_expiry_is_too_late_for_a_filing() {
    let mut case = case(Some(Ending::Lapse));
    case.made = calendar().at(days_after(crate::case::EXPIRY, -7), 9);
    let plan = plan_of(&case);
    assert!(plan.notices.iter().any(|notice| matches!(notice, Notice::TooLate { step: StepNo(17), .. })));
    assert!(plan.notices.contains(&Notice::Propose(Ending::HoldDark)));
    // Begun all the same, it keeps the name: auto-renew stays on and E moves a year.
    let mut outside = Outside::new(1, Trouble::default(), calendar().day(case.made));
    let mut driven = Driven::new(plan);
    assert_eq!(driven.drive_on(&mut outside), Some(Outcome::Renewed(days_after(crate::case::EXPIRY, 365))));
    assert!(matches!(driven.run.keeping(), Some(Reason::WindowMissed(_))));
}

#[test]
fn a_light_case_goes_through_the_same_steps_without_their_waits() {
    for ending in Ending::ALL {
        let mut light = case(Some(ending));
        light.conditions = BTreeSet::from([Condition::Light]);
        if ending.keeps() {
            light.conditions.insert(Condition::PayYears);
        }
        let plan = plan_of(&light);
        let full = plan_of(&case(Some(ending)));
        let work = |plan: &Plan| plan.steps.iter().map(|step| step.work.len()).sum::<usize>();
        assert_eq!(plan.steps.len(), 23);
        assert!(work(&plan) < work(&full));
        let mut outside = Outside::new(1, Trouble::default(), calendar().day(light.made));
        outside.filed = false;
        let mut driven = Driven::new(plan);
        // What was never filed is proven not to be, by the check of step 15.
        let horizon = jiff::Timestamp::MAX;
        let mut turns = 0;
        while turns < 20_000 && driven.turn(&mut outside, horizon) {
            turns += 1;
            for (_, coming) in &mut outside.coming {
                if let crate::outside::Coming::Done(task, receipt) = coming
                    && task.kind == namekeep_model::TaskKind::ReconcileFiling
                {
                    receipt.fields.insert("filed".into(), namekeep_model::FactValue::Bool(false));
                }
            }
        }
        assert!(driven.run.outcome().is_some(), "{ending:?}: {:#?}", driven.run.explain(driven.now, &outside.facts, &calendar()));
        assert_ne!(driven.run.outcome().map(Outcome::code), Some("lost"));
    }
}

#[test]
fn an_ending_nobody_offers_names_its_fall_back() {
    let mut asked = case(Some(Ending::Delete));
    let why = words!(en: "the registry takes no deletions", zh: "注册局不受理删除");
    asked.offers.insert(Ending::Delete, Offer::No(why.clone()));
    let refused = plan(book(RunKind::Retire), &asked, &calendar()).unwrap_err();
    assert_eq!(refused, PlanError::NotOffered { ending: Ending::Delete, why: why.clone(), fallback: Ending::Lapse });
    assert!(refused.hint().en.contains("lapse"));
    // Planned as its fall-back, the plan says what was asked for.
    asked.asked = Some(Ending::Delete);
    asked.ending = Some(Ending::Lapse);
    let made = plan_of(&asked);
    assert!(made.notices.contains(&Notice::FallBack { asked: Ending::Delete, planned: Ending::Lapse, why }));
    asked.dates.grace_end = None;
    asked.ending = Some(Ending::Delete);
    assert!(matches!(plan(book(RunKind::Retire), &asked, &calendar()), Err(PlanError::NotOffered { fallback: Ending::HoldDark, .. })));
}

#[test]
fn what_is_explained_names_state_person_and_what_happens_if_nobody_acts() {
    let plan = plan_of(&case(Some(Ending::Lapse)));
    let mut outside = Outside::new(1, Trouble::default(), calendar().day(plan.made));
    let mut driven = Driven::new(plan);
    let mut words = BTreeSet::new();
    let mut sentences = BTreeSet::new();
    while driven.turn(&mut outside, jiff::Timestamp::MAX) {
        let told = driven.run.explain(driven.now, &outside.facts, &calendar());
        assert!(told.headline.en.starts_with("RET-0007 example-shop.cn "), "{}", told.headline.en);
        assert!(!told.if_nobody_acts.zh.is_empty());
        assert_eq!(told.state == StateWord::Done, driven.run.outcome().is_some());
        words.insert(told.state);
        sentences.insert(told.if_nobody_acts.en.split(' ').take(3).collect::<Vec<_>>().join(" "));
    }
    for word in [StateWord::Working, StateWord::WaitingForAPerson, StateWord::WaitingForADate, StateWord::Done] {
        assert!(words.contains(&word), "{words:?}");
    }
    for start in ["Auto-renew stays on,", "Without a second", "The name lapses:", "Nothing further happens."] {
        assert!(sentences.contains(start), "{sentences:?}");
    }
}
