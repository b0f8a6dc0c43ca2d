//! The world as the far side of every port.
//!
//! Times given by the caller move the world on; the answers are ready at once. An operation on an
//! account without an interface becomes a person's task, as it would with a live manual account.

use namekeep_model::action::Act;
use namekeep_model::{
    Action, DomainName, EffectId, FactKey, Op, Permit, Task, TaskId, TaskKind, Text, Timestamp, Words, words,
};
use namekeep_ports::{Capability, Looked, Outcome, Ports, Proof, ReadBack, Refusal, Reply, Request};

use crate::calendar::plus_seconds;
use crate::faults::Fault;
use crate::faults::{Attempt, AttemptState};
use crate::ledger::Effect;
use crate::registrar::denied;
use crate::spec::Deletion;
use crate::world::{Applied, World};

/// Tells whether an operation goes to the DNS host; the others go to the registrar.
const fn of_dns(op: &Op) -> bool {
    matches!(
        op,
        Op::StepDownTtl { .. }
            | Op::DetachRecords
            | Op::ParkZone
            | Op::CloseMail
            | Op::CloseIssuance
            | Op::RepublishZone
    )
}

/// Tells whether the registrar answers with a task that runs on; switching auto-renew answers at once.
const fn is_task(op: &Op) -> bool {
    !of_dns(op) && !matches!(op, Op::SetAutoRenew { .. })
}

impl World {
    /// Performs an operation on the present state, or tells why it is refused.
    pub(crate) fn apply(&mut self, place: usize, op: &Op) -> Result<Applied, Refusal> {
        if of_dns(op) { self.apply_dns(place, op) } else { self.apply_registrar(place, op) }
    }

    fn offered(&self, name: &DomainName, op: &Op) -> Capability {
        let Some(name) = self.name(name) else {
            return Capability::NotOffered(words!(en: "the name is in no account", zh: "该域名不在任何账户中"));
        };
        let account = self.account_of(name);
        let manual = account.is_none_or(|account| account.manual);
        match (op, account.map(|account| account.deletion)) {
            (Op::DeleteRegistration, Some(Deletion::None)) => {
                Capability::NotOffered(words!(en: "the registrar does not delete", zh: "注册商不提供删除"))
            }
            (Op::DeleteRegistration, Some(Deletion::Ticket)) => Capability::ByPerson,
            _ if manual => Capability::ByPerson,
            _ => Capability::Served,
        }
    }

    /// Turns an act into a person's task with the effect's own id.
    fn hand_to_person(
        &mut self,
        action: &Action,
        effect: &EffectId,
        kind: TaskKind,
        op: Option<Op>,
        due: Timestamp,
    ) -> Outcome {
        let id = TaskId(effect.clone());
        let Some(assignee) = self.somebody_of(kind.department()) else {
            return Outcome::NotDone(denied(Text::new("nobody is there to do it", "无人可办")));
        };
        let text = op.as_ref().map_or_else(|| kind.text(), Op::text);
        let opened = self.run.now;
        self.give(
            Task { id: id.clone(), kind, name: action.name.clone(), assignee, opened, due, asks: text.into() },
            op,
        );
        Outcome::Asked(id)
    }

    fn attempt(&mut self, permit: &Permit, deadline: Timestamp) -> Outcome {
        let (action, effect) = (permit.action(), permit.effect());
        let now = self.run.now;
        let op = match &action.act {
            Act::Task(kind) => return self.hand_to_person(action, effect, *kind, None, deadline),
            Act::Op(op) => op,
        };
        let Some(place) = self.place(&action.name) else {
            return Outcome::NotDone(denied(Text::new("the name is in no account", "该域名不在任何账户中")));
        };
        match self.offered(&action.name, op) {
            Capability::Served => {}
            Capability::ByPerson if matches!(op, Op::DeleteRegistration) => {
                return self.hand_to_person(action, effect, TaskKind::DeleteByTicket, None, deadline);
            }
            Capability::ByPerson => {
                return self.hand_to_person(action, effect, TaskKind::CarryOut, Some(op.clone()), deadline);
            }
            Capability::NotOffered(why) => return Outcome::NotDone(denied(why)),
        }
        let lost = || Outcome::Unknown { why: Text::new("the answer did not arrive", "未收到答复").into() };
        match self.struck(effect, &action.name, op, false) {
            Some(Fault::Refuse(refusal)) => {
                self.leave_trace(action, effect, op, AttemptState::Refused { why: refusal.says() });
                Outcome::NotDone(refusal)
            }
            Some(Fault::Throttle { seconds }) => {
                let refusal = Refusal::Throttled { after: plus_seconds(now, seconds.into()) };
                self.leave_trace(action, effect, op, AttemptState::Refused { why: refusal.says() });
                Outcome::NotDone(refusal)
            }
            Some(Fault::NotDoneNoAnswer) => {
                self.leave_trace(action, effect, op, AttemptState::Refused { why: Text::new("it never arrived", "请求未送达").into() });
                lost()
            }
            Some(Fault::Late { minutes }) => {
                let until = plus_seconds(now, i64::from(minutes) * 60);
                self.leave_trace(action, effect, op, AttemptState::Running { until });
                lost()
            }
            Some(Fault::DoneNoAnswer) => {
                self.carry(place, action, effect, op);
                lost()
            }
            Some(Fault::UnclearReadBack) | None => self.carry(place, action, effect, op),
        }
    }

    /// Carries an operation out: at once, or as a task of the registrar that runs on.
    fn carry(&mut self, place: usize, action: &Action, effect: &EffectId, op: &Op) -> Outcome {
        let now = self.run.now;
        let minutes =
            self.names.get(place).and_then(|name| self.account_of(name)).map_or(0, |account| account.task_minutes);
        if minutes > 0 && is_task(op) {
            if let Some(after) = self.busy_until(&action.name) {
                let refusal = Refusal::Throttled { after };
                self.leave_trace(
                    action,
                    effect,
                    op,
                    AttemptState::Refused { why: Text::new("another task runs on this name", "该域名上有另一任务在执行").into() },
                );
                return Outcome::NotDone(refusal);
            }
            let until = plus_seconds(now, i64::from(minutes) * 60);
            let reference = self.leave_trace(action, effect, op, AttemptState::Running { until });
            return Outcome::Unknown { why: words!(en: "accepted as {reference}, still running", zh: "已受理为 {reference}，仍在执行") };
        }
        match self.apply(place, op) {
            Ok(applied) => {
                let says = applied.says.clone();
                let reference = self.accept(effect.clone(), Effect::Op(op.clone()), place, applied);
                self.leave_trace_as(action, effect, op, AttemptState::Done, reference.clone(), says.clone());
                self.refresh_name(place);
                Outcome::Done(Proof { reference, says, raw: None })
            }
            Err(refusal) => {
                self.leave_trace(action, effect, op, AttemptState::Refused { why: refusal.says() });
                Outcome::NotDone(refusal)
            }
        }
    }

    fn leave_trace(&mut self, action: &Action, effect: &EffectId, op: &Op, state: AttemptState) -> String {
        let reference = self.reference("T");
        let says = match &state {
            AttemptState::Refused { why } => why.clone(),
            _ => Words::default(),
        };
        self.leave_trace_as(action, effect, op, state, reference.clone(), says);
        reference
    }

    fn leave_trace_as(
        &mut self,
        action: &Action,
        effect: &EffectId,
        op: &Op,
        state: AttemptState,
        reference: String,
        says: Words,
    ) {
        let (effect, name, op, at) = (effect.clone(), action.name.clone(), op.clone(), self.run.now);
        self.run.attempts.push(Attempt { effect, name, op, at, state, reference, says });
        self.refresh_attempt(self.run.attempts.len().saturating_sub(1));
    }

    /// The traces of every attempt that reached the far side, in order.
    pub fn attempts(&self) -> &[Attempt] {
        &self.run.attempts
    }
}

impl Ports for World {
    fn capability(&self, name: &DomainName, op: &Op) -> Capability {
        self.offered(name, op)
    }

    async fn look(&mut self, name: &DomainName, keys: &[FactKey], now: Timestamp) -> Looked {
        self.step_to(now);
        self.look_at(name, keys)
    }

    async fn perform(&mut self, permit: Permit, deadline: Timestamp) -> Outcome {
        self.step_to(permit.cleared_at());
        self.attempt(&permit, deadline)
    }

    async fn read_back(&mut self, effect: &EffectId, action: &Action, now: Timestamp) -> ReadBack {
        self.step_to(now);
        if let Act::Op(op) = &action.act
            && self.struck(effect, &action.name, op, true).is_some()
        {
            return ReadBack::Unclear { why: Text::new("the far side could not be read", "对方状态无法读取").into() };
        }
        self.trace(effect)
    }

    async fn ask(&mut self, request: Request) {
        match request {
            Request::Task(task) => self.give(task, None),
            Request::Approval(request) => self.ask_to_sign(request),
        }
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.next_event()
    }

    async fn replies(&mut self, now: Timestamp) -> Vec<Reply> {
        self.step_to(now);
        std::mem::take(&mut self.run.outbox)
    }
}
