//! Asking for signatures: whom, in which order, and when somebody else.

use std::collections::BTreeSet;

use namekeep_model::{PersonId, Timestamp, Words};
use namekeep_ports::{ApprovalRequest, Request};

use crate::gate::Test;
use crate::judge::Scene;
use crate::next::{Found, Next, WaitFor};
use crate::run::Run;
use crate::when::Span;

/// How long an approver is waited for before somebody else is asked.
const PATIENCE: Span = Span::hours(48);

impl Run {
    /// Asks the next approver, where a step still needs signatures.
    pub(crate) fn signatures_next(&self, index: usize, scene: Scene<'_>, found: &mut Found) -> Option<Next> {
        let (planned, state) = (self.plan.steps.get(index)?, self.steps.get(index)?);
        let consent = planned.consent.as_ref()?;
        let from = consent.asks.unwrap_or(scene.now);
        if from > scene.now {
            found.wake(from, WaitFor::Time(planned.no));
            return None;
        }
        let acts_left = planned.work.iter().zip(&state.items).any(|(item, run)| item.work.is_irreversible() && !run.done());
        let gate_left = planned.gate.iter().chain(&planned.before).any(|atom| matches!(atom.test, Test::Approvals(_)));
        let wanted = acts_left || gate_left;
        if !wanted || scene.now > consent.not_after || self.signed(index, scene.now, false) || !state.refused.is_empty() {
            return None;
        }
        let approver = self.next_to_ask(index, scene.now)?;
        Some(Next::Ask(Request::Approval(ApprovalRequest {
            run: self.plan.run,
            step: planned.no,
            plan: self.digest.clone(),
            approver,
            says: Words {
                en: format!("{}: {}. {}", self.plan.name, consent.act.en, consent.consequence.en),
                zh: format!("{}：{}。{}", self.plan.name, consent.act.zh, consent.consequence.zh),
            },
            not_after: consent.not_after,
        })))
    }

    /// Whom to ask next: those whose answer is still awaited count as if they would sign.
    fn next_to_ask(&self, index: usize, now: Timestamp) -> Option<PersonId> {
        let (consent, state) = (self.plan.steps.get(index)?.consent.as_ref()?, self.steps.get(index)?);
        let given: BTreeSet<&PersonId> = self.valid(index, now).map(|given| &given.statement.approver).collect();
        let awaited = state.asked.iter().filter(|(_, at)| PATIENCE.after(**at) > now).map(|(who, _)| who);
        let counted: BTreeSet<&PersonId> = given.iter().copied().chain(awaited).collect();
        let people = &self.plan.people;
        let persons = people.signers().map(|signer| &signer.person).filter(|person| counted.contains(&person.id));
        let departments: BTreeSet<_> = persons.clone().map(|person| person.department).collect();
        if consent.quorum.met_by(persons, &people.requester) {
            return None;
        }
        let free = || {
            let open = |id: &PersonId| !state.asked.contains_key(id) && !given.contains(id) && *id != people.requester;
            people.signers().map(|signer| &signer.person).filter(move |person| open(&person.id))
        };
        let other = free().find(|person| !departments.contains(&person.department));
        other.or_else(|| free().next()).map(|person| person.id.clone())
    }

    /// Who is expected to sign next.
    pub(crate) fn next_signer(&self, index: usize, now: Timestamp) -> Option<PersonId> {
        let state = self.steps.get(index)?;
        let given: BTreeSet<&PersonId> = self.valid(index, now).map(|given| &given.statement.approver).collect();
        let awaited = state.asked.keys().find(|who| !given.contains(who)).cloned();
        awaited.or_else(|| self.next_to_ask(index, now))
    }
}
