//! Folding: one record after the other changes the state of a run, or is refused.
//!
//! The fold verifies: signatures against the keys the plan names, and that no irreversible intent
//! was written without its quorum. So a journal that folds is a journal that could have happened.

use namekeep_model::action::Act;
use namekeep_model::{
    ActionId, EffectId, FactValue, Op, PersonId, Receipt, ReceiptKind, StepNo, TaskId, TaskKind, Text, Timestamp,
    Words,
};
use namekeep_ports::{Outcome as Came, ReadBack, Refusal, Request};

use crate::approval::Approval;
use crate::error::Corrupt;
use crate::event::{Event, Record, SCHEMA};
use crate::plan::{Plan, Work, action_digest};
use crate::run::{Run, Slot};
use crate::state::{Asked, Discarded, Given, ItemRun, ItemState, StepState};
use crate::when::Span;

/// Wait before a new attempt where the far side names no time.
///
/// No reference: long enough for a passing trouble, short against every window.
const RETRY: Span = Span::hours(6);

impl Run {
    /// Folds a journal: the same records give the same run, for ever.
    ///
    /// # Errors
    /// Refuses a journal no run can have written.
    pub fn fold<'a>(
        plans: impl IntoIterator<Item = Plan>,
        journal: impl IntoIterator<Item = &'a Record>,
    ) -> Result<Self, Corrupt> {
        let mut plans = plans.into_iter();
        let first = plans.next().ok_or_else(|| Corrupt::Plan("none".to_owned()))?;
        let mut run = Self::start(first);
        plans.for_each(|plan| run.adopt(plan));
        journal.into_iter().try_for_each(|record| run.apply(record))?;
        Ok(run)
    }

    /// Takes in the next record.
    ///
    /// # Errors
    /// Refuses a record that cannot follow; the run is then as before.
    pub fn apply(&mut self, record: &Record) -> Result<(), Corrupt> {
        if record.v != SCHEMA {
            return Err(Corrupt::Format(record.seq));
        }
        if record.seq != self.seq + 1 {
            return Err(Corrupt::Gap { wanted: self.seq + 1, found: record.seq });
        }
        let impossible = |why| Corrupt::Impossible { seq: record.seq, why };
        if self.started.is_none() != matches!(record.event, Event::Started { .. }) {
            return Err(impossible("a run begins once, and with its start"));
        }
        if self.ended.is_some() {
            return Err(impossible("the run is over"));
        }
        self.take(record, record.at)?;
        self.seq = record.seq;
        self.last = self.last.max(record.at);
        Ok(())
    }

    fn take(&mut self, record: &Record, at: Timestamp) -> Result<(), Corrupt> {
        let impossible = |why| Corrupt::Impossible { seq: record.seq, why };
        match &record.event {
            Event::Started { plan } if *plan == self.digest => self.started = Some(at),
            Event::Started { plan } => return Err(Corrupt::Plan(plan.clone())),
            Event::Replanned { plan, revision, .. } => self.replan(plan, *revision, record.seq)?,
            Event::Asked { request } => self.asked(request, at).ok_or_else(|| impossible("nobody could be asked this"))?,
            Event::TaskDone { task, receipt } => {
                self.task_done(task, receipt, record.seq, at).ok_or_else(|| impossible("the task was not open"))?;
            }
            Event::Approved { approval } => self.approved(approval, record.seq, at),
            Event::Refused { step, by } => {
                let state = self.state_mut(*step).ok_or_else(|| impossible("there is no such step"))?;
                state.refused.insert(by.clone());
                // One refusal settles it until the plan changes: nobody else is waited for.
                state.asked.values_mut().for_each(|asked| asked.open = false);
                self.withdraw(*step, by);
            }
            Event::Withdrawn { step, by } => self.withdraw(*step, by),
            Event::Intent { effect, action, deadline } => self.intent(effect, action, *deadline, record)?,
            Event::Settled { effect, outcome } => {
                let slot = self.open(effect).ok_or_else(|| impossible("no such attempt is open"))?;
                self.settle(slot, effect, outcome, record.seq, at);
            }
            Event::LookedBack { effect, found } => {
                let slot = self.open(effect).ok_or_else(|| impossible("no such attempt is open"))?;
                self.looked_back(slot, found, record.seq, at);
            }
            Event::GatePassed { step, round, .. } => {
                self.gate_passed(*step, *round, at).ok_or_else(|| impossible("the step's work is not done"))?;
            }
            Event::Reopened { item } => self.reopen(item, record.seq, at).ok_or_else(|| impossible("that work cannot be asked again"))?,
            Event::Held { fact } => {
                self.held = Some((*fact, at));
                self.void();
            }
            Event::Resumed { .. } => self.held = None,
            Event::Keeping { reason } => {
                self.keeping.get_or_insert((*reason, at));
                self.void();
            }
            Event::Stopped { .. } => self.stopped = Some(at),
            Event::Ended { outcome } => self.ended = Some(*outcome),
        }
        Ok(())
    }

    fn void(&mut self) {
        self.approvals.clear();
        self.steps.iter_mut().for_each(|state| state.asked.clear());
    }

    fn state_mut(&mut self, no: StepNo) -> Option<&mut StepState> {
        let index = self.index(no)?;
        self.steps.get_mut(index)
    }

    fn withdraw(&mut self, step: StepNo, by: &PersonId) {
        self.approvals.retain(|given| given.statement.step != step || given.statement.approver != *by);
        if let Some(state) = self.state_mut(step) {
            state.asked.remove(by);
        }
    }

    fn asked(&mut self, request: &Request, at: Timestamp) -> Option<()> {
        match request {
            Request::Task(task) if task.kind == TaskKind::FindOut => {
                let slot = self.open(&task.id.0)?;
                match &mut self.item_mut(slot)?.state {
                    ItemState::Unknown { asked, .. } => asked.get_or_insert(at),
                    _ => return None,
                };
            }
            Request::Task(task) => {
                let (slot, item, run) = self.slot(&task.id.0.action)?;
                // An act whose process died before the person was recorded as asked: the same question.
                let again = task.id.0 == self.effect(slot, item, run.attempts)
                    && matches!(run.state, ItemState::Intended { .. } | ItemState::Unknown { .. })
                    && item.work.task() == Some(task.kind);
                if again {
                    self.set(slot, ItemState::Asked { task: task.id.clone(), since: at, due: task.due });
                    return Some(());
                }
                let next = task.id.0 == self.effect(slot, item, run.attempts + 1);
                let free = matches!(run.state, ItemState::Todo) && matches!(item.work, Work::Task(kind) if kind == task.kind);
                if !(next && free) {
                    return None;
                }
                let state = ItemState::Asked { task: task.id.clone(), since: at, due: task.due };
                self.begin(slot, at, state);
            }
            Request::Approval(ask) => {
                let step = self.state_mut(ask.step)?;
                step.asked.insert(ask.approver.clone(), Asked { at, nonce: ask.nonce.clone(), open: true });
                step.begun.get_or_insert(at);
            }
        }
        Some(())
    }

    /// Counts one more attempt and sets what it is.
    fn begin(&mut self, slot: Slot, at: Timestamp, state: ItemState) {
        if let Some(step) = self.steps.get_mut(slot.step) {
            step.begun.get_or_insert(at);
        }
        if let Some(item) = self.item_mut(slot) {
            *item = ItemRun { state, attempts: item.attempts.saturating_add(1) };
        }
    }

    fn task_done(&mut self, task: &TaskId, receipt: &Receipt, seq: u64, at: Timestamp) -> Option<()> {
        let (slot, item, run) = self.slot(&task.0.action)?;
        let act = matches!(item.work, Work::Act(_));
        let mine = task.0 == self.effect(slot, item, run.attempts);
        let done = receipt.fields.get("done") != Some(&FactValue::Bool(false));
        match &run.state {
            // Somebody found out what happened to an uncertain attempt.
            ItemState::Unknown { asked: Some(_), .. } if mine => {
                if done {
                    self.done(slot, at);
                } else {
                    self.not_done(slot, Text::new("found out not to have happened", "查明并未发生").into(), Some(at), seq, at);
                }
                return Some(());
            }
            ItemState::Asked { task: open, .. } if open == task => {}
            // The process died after a person was asked and before that was recorded: their own
            // proof settles the attempt, so that the work is never asked again.
            ItemState::Intended { .. } | ItemState::Unknown { .. } if act && mine => {}
            _ => return None,
        }
        if receipt.kind == ReceiptKind::FilingQuery && receipt.fields.get("returned") == Some(&FactValue::Bool(true)) {
            self.returned = Some(receipt.at);
        }
        // "I did not do it" is an answer too: the next attempt of an act is a new one.
        if !done && act {
            self.not_done(slot, Text::new("not done by hand", "人工未执行").into(), Some(at), seq, at);
            return Some(());
        }
        self.receipts.insert(receipt.kind, receipt.clone());
        self.done(slot, at);
        Some(())
    }

    fn done(&mut self, slot: Slot, at: Timestamp) {
        let op = self.plan.steps.get(slot.step).and_then(|step| {
            let list = if slot.rescue { &step.rescue } else { &step.work };
            match &list.get(slot.item)?.work {
                Work::Act(action) => match &action.act {
                    Act::Op(Op::SetAutoRenew { on }) => Some(*on),
                    _ => None,
                },
                _ => None,
            }
        });
        if let Some(on) = op {
            self.switched_off = !on;
        }
        if let Some(item) = self.item_mut(slot) {
            item.state = ItemState::Done { at };
        }
    }

    fn approved(&mut self, approval: &Approval, seq: u64, at: Timestamp) {
        let said = &approval.statement;
        if let Some(state) = self.state_mut(said.step) {
            // Who has signed for somebody they stand in for is not waited for a second time.
            let mine = state.asked.iter_mut().filter(|(who, asked)| asked.nonce == said.nonce || **who == said.approver);
            mine.for_each(|(_, asked)| asked.open = false);
        }
        match self.judge_signature(approval, at) {
            Ok(()) => {
                self.nonces.insert(approval.statement.nonce.clone());
                self.approvals.push(Given { statement: approval.statement.clone(), at, seq });
            }
            Err(why) => self.discarded.push(Discarded { seq, why }),
        }
    }

    /// Tells why a signature does not count, if it does not. The costly check comes last.
    fn judge_signature(&self, approval: &Approval, at: Timestamp) -> Result<(), &'static str> {
        let said = &approval.statement;
        let due = self.statement(said.step, &said.approver, &said.nonce).ok_or("the step needs no signature")?;
        if said.workspace != due.workspace || said.run != due.run {
            return Err("signed for another run");
        }
        if said.revision != due.revision || said.plan != due.plan {
            return Err("signed for another plan");
        }
        if said.act != due.act || said.consequence != due.consequence {
            return Err("signed for another act");
        }
        if at > said.not_after || said.not_after > due.not_after {
            return Err("signed too late");
        }
        if said.nonce.is_empty() || self.nonces.contains(&said.nonce) {
            return Err("the same signature again");
        }
        if said.approver == self.plan.people.requester {
            return Err("the requester does not sign");
        }
        if self.held.is_some() || self.keeping.is_some() || self.stopped.is_some() {
            return Err("nothing is signed while the run is held, kept or stopped");
        }
        let signer = self.plan.people.signers().find(|signer| signer.person.id == said.approver);
        let signer = signer.ok_or("the plan does not name the signer")?;
        if approval.verifies_under(&signer.key) { Ok(()) } else { Err("the signature does not verify under the key of the plan") }
    }

    fn intent(&mut self, effect: &EffectId, action: &str, deadline: Timestamp, record: &Record) -> Result<(), Corrupt> {
        let impossible = |why| Corrupt::Impossible { seq: record.seq, why };
        let (slot, item, run) = self.slot(&effect.action).ok_or_else(|| impossible("the action is no part of the plan"))?;
        let Work::Act(planned) = &item.work else { return Err(impossible("the work is no act")) };
        if *effect != self.effect(slot, item, run.attempts + 1) {
            return Err(impossible("the attempt is not the next one"));
        }
        // Bringing the name back may have to be done again: somebody else may have undone it.
        let free = matches!(run.state, ItemState::Todo | ItemState::NotDone { .. }) || (slot.rescue && run.done());
        if !free {
            return Err(impossible("the work is under way or done"));
        }
        if action_digest(planned) != action {
            return Err(impossible("the action is not the planned one"));
        }
        if planned.risk.is_irreversible() && !self.signed(slot.step, record.at, true) {
            return Err(Corrupt::Unsigned { seq: record.seq, step: effect.action.step });
        }
        self.begin(slot, record.at, ItemState::Intended { since: record.at, deadline });
        Ok(())
    }

    /// The place of the attempt, if it is the open one of its work.
    fn open(&self, effect: &EffectId) -> Option<Slot> {
        let (slot, item, run) = self.slot(&effect.action)?;
        let open = matches!(run.state, ItemState::Intended { .. } | ItemState::Unknown { .. });
        (open && *effect == self.effect(slot, item, run.attempts)).then_some(slot)
    }

    fn settle(&mut self, slot: Slot, effect: &EffectId, outcome: &Came, seq: u64, at: Timestamp) {
        match outcome {
            Came::Done(_) => self.done(slot, at),
            Came::NotDone(refusal) => {
                let retry = match refusal {
                    Refusal::Throttled { after } => Some(*after),
                    // The same order against the same state is refused again; keeping the name tries on.
                    Refusal::Conflict { .. } if !slot.rescue => None,
                    _ => Some(RETRY.after(at)),
                };
                self.not_done(slot, refusal.says(), retry, seq, at);
            }
            Came::Unknown { .. } => self.set(slot, ItemState::Unknown { since: at, reads: 0, last: at, asked: None }),
            Came::Asked(task) => {
                let due = self.plan.steps.get(slot.step).and_then(|step| step.consent.as_ref()).map(|c| c.not_after);
                let task = if task.0 == *effect { task.clone() } else { TaskId(effect.clone()) };
                self.set(slot, ItemState::Asked { task, since: at, due: due.unwrap_or_else(|| RETRY.after(at)) });
            }
        }
    }

    fn looked_back(&mut self, slot: Slot, found: &ReadBack, seq: u64, at: Timestamp) {
        match found {
            ReadBack::Done(_) => self.done(slot, at),
            ReadBack::NotDone(proof) => self.not_done(slot, proof.says.clone(), Some(at), seq, at),
            ReadBack::Unclear { .. } => {
                let Some(item) = self.item_mut(slot) else { return };
                let (since, reads, asked) = match item.state {
                    ItemState::Unknown { since, reads, asked, .. } => (since, reads, asked),
                    _ => (at, 0, None),
                };
                item.state = ItemState::Unknown { since, reads: reads.saturating_add(1), last: at, asked };
            }
        }
    }

    fn set(&mut self, slot: Slot, state: ItemState) {
        if let Some(item) = self.item_mut(slot) {
            item.state = state;
        }
    }

    /// Nothing changed on the far side. The signatures of an irreversible attempt are spent.
    fn not_done(&mut self, slot: Slot, why: Words, retry: Option<Timestamp>, seq: u64, at: Timestamp) {
        self.set(slot, ItemState::NotDone { since: at, why, retry });
        let planned = self.plan.steps.get(slot.step);
        let list = planned.map(|step| if slot.rescue { &step.rescue } else { &step.work });
        let irreversible = list.and_then(|list| list.get(slot.item)).is_some_and(|item| item.work.is_irreversible());
        if let (true, Some(step)) = (irreversible, self.steps.get_mut(slot.step)) {
            step.spent = seq;
            step.asked.clear();
        }
    }

    fn gate_passed(&mut self, no: StepNo, round: u16, at: Timestamp) -> Option<()> {
        let index = self.index(no)?;
        let planned = self.plan.steps.get(index)?;
        let rounds = u16::try_from(planned.rounds.len()).ok()?.max(1);
        let applies = planned.applies() && self.needs_met(index);
        let looks = planned.work.iter().map(|item| matches!(item.work, Work::Look(_)));
        let state = self.steps.get_mut(index)?;
        let work_done = state.items.iter().zip(looks).all(|(item, look)| look || item.done());
        if !applies || !work_done || round != state.rounds + 1 || round > rounds {
            return None;
        }
        state.rounds = round;
        state.begun.get_or_insert(at);
        state.passed.get_or_insert(at);
        Some(())
    }

    /// Asks done work again. An irreversible act needs new signatures for that.
    fn reopen(&mut self, id: &ActionId, seq: u64, at: Timestamp) -> Option<()> {
        let (slot, item, run) = self.slot(id)?;
        if !run.done() || matches!(item.work, Work::Look(_)) {
            return None;
        }
        if item.work.is_irreversible() {
            self.not_done(slot, Text::new("its receipt does not meet the gate", "其凭证未达关卡要求").into(), Some(at), seq, at);
        } else {
            self.set(slot, ItemState::Todo);
        }
        Some(())
    }
}
