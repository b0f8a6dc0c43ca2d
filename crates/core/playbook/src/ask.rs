//! Asking for signatures: whom, in which order, and when somebody else.

use std::collections::BTreeSet;

use namekeep_model::{PersonId, StepNo, TaskId, Timestamp, Words};
use namekeep_ports::{ApprovalRequest, Decision, Request};

use crate::gate::Test;
use crate::judge::Scene;
use crate::next::{Found, Next, WaitFor};
use crate::run::Run;
use crate::state::ItemState;
use crate::when::Span;

/// How long an approver is waited for before somebody else is asked.
const PATIENCE: Span = Span::hours(48);

impl Run {
    /// Tells whether a step's signatures are asked before the step may begin: an act of no return whose
    /// consent names a day to ask from. People and their cooling then cost no part of its short window;
    /// what was signed still acts only when every gate stands open.
    pub(crate) fn signs_ahead(&self, index: usize) -> bool {
        let Some(planned) = self.plan.steps.get(index).filter(|planned| planned.applies()) else { return false };
        let asks = planned.consent.as_ref().is_some_and(|consent| consent.asks.is_some());
        asks && planned.work.iter().any(|item| item.work.is_irreversible())
    }

    /// Asks the next approver of a step that may not begin yet, if its signatures are asked ahead.
    pub(crate) fn signatures_ahead(&self, index: usize, scene: Scene<'_>, found: &mut Found) -> Option<Next> {
        if self.signs_ahead(index) { self.signatures_next(index, scene, found) } else { None }
    }

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
            // The entry of the journal that asks: no other question of the run has it.
            nonce: format!("{}-{}", planned.no, self.seq + 1),
            says: Words {
                en: format!("{}: {}. {}", self.plan.name, consent.act.en, consent.consequence.en),
                zh: format!("{}：{}。{}", self.plan.name, consent.act.zh, consent.consequence.zh),
            },
            not_after: consent.not_after,
        })))
    }

    /// The questions to approvers that wait for an answer: step and nonce. Those of a step that has
    /// passed, or of a run that has ended, wait no more.
    pub fn open_questions(&self) -> impl Iterator<Item = (StepNo, &str)> {
        let steps = self.plan.steps.iter().zip(&self.steps).enumerate();
        let waiting = steps.filter(|(index, _)| self.ended.is_none() && !self.finished(*index));
        waiting.flat_map(|(_, (planned, state))| {
            state.asked.values().filter(|asked| asked.open).map(|asked| (planned.no, asked.nonce.as_str()))
        })
    }

    /// The tasks people have not answered yet; none once the run has ended.
    pub fn open_tasks(&self) -> impl Iterator<Item = TaskId> {
        let slots = self.slots().filter(|_| self.ended.is_none());
        slots.filter_map(|(slot, item, run)| match &run.state {
            ItemState::Asked { task, .. } => Some(task.clone()),
            ItemState::Unknown { asked: Some(_), .. } => Some(TaskId(self.effect(slot, item, run.attempts))),
            _ => None,
        })
    }

    /// Tells whether a decision answers something that still stands: an open question, or, where a
    /// signature is taken back, the signature that was given to it.
    pub fn awaits(&self, request: &ApprovalRequest, decision: Decision) -> bool {
        match decision {
            Decision::Approve | Decision::Refuse => {
                self.open_questions().any(|open| open == (request.step, request.nonce.as_str()))
            }
            Decision::Withdraw => self.signatures(request.step).any(|given| given.statement.nonce == request.nonce),
        }
    }

    /// Whom to ask next: those whose answer is still awaited count as if they would sign.
    fn next_to_ask(&self, index: usize, now: Timestamp) -> Option<PersonId> {
        let (consent, state) = (self.plan.steps.get(index)?.consent.as_ref()?, self.steps.get(index)?);
        let given: BTreeSet<&PersonId> = self.valid(index, now).map(|given| &given.statement.approver).collect();
        let awaited = state.asked.iter().filter(|(_, asked)| PATIENCE.after(asked.at) > now).map(|(who, _)| who);
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
