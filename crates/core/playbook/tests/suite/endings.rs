//! Every ending, in an outside where everything goes well: how it ends and what took effect.

use namekeep_model::{Ending, Op, StepNo};
use namekeep_playbook::Outcome;

use crate::case::{EXPIRY, calendar, case, days_after, every_way, plan_of};
use crate::drive::Driven;
use crate::outside::{Outside, Trouble};

fn run(way: Option<Ending>) -> (Driven, Outside, Option<Outcome>) {
    let case = case(way);
    let mut outside = Outside::new(1, Trouble::default(), calendar().day(case.made));
    let mut driven = Driven::new(plan_of(&case));
    let outcome = driven.drive_on(&mut outside);
    (driven, outside, outcome)
}

#[test]
fn every_ending_ends_as_it_says() {
    for way in every_way() {
        let (driven, outside, outcome) = run(way);
        let year = days_after(EXPIRY, 365);
        let want = match way {
            Some(Ending::HoldDark | Ending::HoldLive) => Outcome::HeldUntil(year),
            Some(Ending::Transfer) => Outcome::Transferred,
            Some(Ending::Lapse) => Outcome::Lapsed,
            Some(Ending::Delete) => Outcome::Deleted,
            None => Outcome::Renewed(year),
        };
        println!("{way:?}: {outcome:?} after {} records, {} nexts, {:?}", driven.journal.len(), driven.nexts, outside.ledger.len());
        if outcome != Some(want) {
            let last = driven.run.explain(driven.now, &outside.facts, &calendar());
            panic!("{way:?} ended {outcome:?} at {}: {last:#?}", driven.now);
        }
        let off = outside.ledger.iter().any(|(_, op)| *op == Op::SetAutoRenew { on: false });
        assert_eq!(off, way == Some(Ending::Lapse), "auto-renew goes off for a lapse alone");
        for step in driven.run.plan().steps.iter().filter(|step| step.applies()) {
            assert!(driven.run.passed(step.no), "{way:?}: step {}", step.no);
        }
        if way.is_some_and(Ending::keeps) {
            assert!(driven.run.plan().step(StepNo(22)).is_some_and(|step| !step.applies()));
        }
    }
}
