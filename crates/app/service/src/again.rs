//! Planning again: a new revision from what is known now, for a run that is under way.
//!
//! Steps that passed stay passed; every signature of the old plan is void. A live run is planned
//! again by its requester; a rehearsal does it as the requester would, and its diary says so.

use namekeep_model::{StepNo, Timestamp};
use namekeep_playbook::{Charge, Plan};
use namekeep_store::Store;

use crate::case::{self, Subject, Wish};
use crate::drive::Desk;
use crate::journal::Case;
use crate::{Failure, record};

/// Plans a run again; answers whether a new plan is in force. A case no plan can be made of, or a
/// plan that was made today already, changes nothing.
pub async fn plan<S: Store>(case: &mut Case<'_, S>, desk: &Desk, now: Timestamp) -> Result<bool, Failure> {
    // What happened must be known first.
    if !case.run.may_be_planned_again() {
        return Ok(false);
    }
    let old = case.run.plan();
    let today = desk.zone.to_datetime(now).date();
    if desk.zone.to_datetime(old.made).date() >= today {
        return Ok(false);
    }
    let Some(new) = renewed(case, desk, now)? else { return Ok(false) };
    let by = new.people.requester.clone();
    case.looked = None;
    case.replan(now, new, by).await?;
    Ok(true)
}

/// The next revision of a run's plan, from the facts as they are now.
pub fn renewed<S: Store>(case: &Case<'_, S>, desk: &Desk, now: Timestamp) -> Result<Option<Plan>, Failure> {
    let old = case.run.plan();
    let today = desk.zone.to_datetime(now).date();
    let subject = Subject {
        name: old.name.clone(),
        facts: case.facts.clone(),
        registrar: case.registrar.as_deref().and_then(|words| crate::portfolio::registrar_id(&desk.rules, words)),
        assume_charge_day: matches!(old.dates.charge, Charge::Assumed(_)),
    };
    let projection = subject.project(&desk.rules, today)?;
    let wish = Wish {
        workspace: old.workspace.clone(),
        run: old.run,
        revision: old.revision + 1,
        ending: old.ending,
        years: old.params.years,
        ceiling: Some(old.params.ceiling),
        people: old.people.clone(),
        made: record::to_millis(now),
    };
    let book = namekeep_playbook::Book::shipped(old.run.kind)?;
    let mut plan_case = case::build(&subject, wish, &projection, &desk.rules)?;
    // What the case rested on stays: a name that was filed at the start is retired as a filed name.
    plan_case.conditions = old.conditions.clone();
    plan_case.passed = old.steps.iter().map(|step| step.no).filter(|no: &StepNo| case.run.passed(*no)).collect();
    Ok(namekeep_playbook::plan(&book, &plan_case, &desk.calendar()).ok())
}
