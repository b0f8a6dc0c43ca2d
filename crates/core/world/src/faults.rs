//! Attempts and how they fail: refused, throttled, answered late, or not answered at all.
//!
//! Every attempt leaves a trace here, whatever the caller was told. Reading back looks at the
//! traces: what never arrived is proven absent, what still runs is unclear.

use namekeep_model::{ActionId, DomainName, EffectId, Op, TaskKind, Text, Timestamp, Words, words};
use namekeep_ports::{Proof, ReadBack, Refusal};
use serde::{Deserialize, Serialize};

use crate::agenda::Lane;
use crate::ledger::{Effect, Happened};
use crate::world::World;

/// How some attempts fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FaultRule {
    /// Only operations whose version word starts so, such as `registrar.renew`; empty matches all.
    #[serde(default)]
    pub op: String,
    /// Only this action of a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionId>,
    /// Only on this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DomainName>,
    /// From the n-th matching call on, counted from 1.
    #[serde(default = "first")]
    pub from: u32,
    /// For so many matching calls.
    #[serde(default = "first")]
    pub times: u32,
    /// What goes wrong.
    pub fault: Fault,
    /// Matching calls seen so far.
    #[serde(default)]
    pub seen: u32,
}

const fn first() -> u32 {
    1
}

impl FaultRule {
    /// A rule for the first matching call of an action.
    pub const fn on_action(action: ActionId, fault: Fault) -> Self {
        Self { op: String::new(), action: Some(action), name: None, from: 1, times: 1, fault, seen: 0 }
    }

    /// A rule for the first matching call of an operation, by the start of its version word.
    pub fn on_op(op: &str, fault: Fault) -> Self {
        Self { op: op.to_owned(), action: None, name: None, from: 1, times: 1, fault, seen: 0 }
    }
}

/// What goes wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Refused before anything happens.
    Refuse(Refusal),
    /// Too many calls: refused, to be tried again after so many seconds.
    Throttle {
        /// Seconds to wait.
        seconds: u32,
    },
    /// Done, and the answer is lost.
    DoneNoAnswer,
    /// Not done, and the answer is lost.
    NotDoneNoAnswer,
    /// The answer is lost, and it takes effect only after so many minutes.
    Late {
        /// Minutes until it takes effect.
        minutes: u32,
    },
    /// Reading back brings nothing clear.
    UnclearReadBack,
}

/// How an attempt stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttemptState {
    /// It takes effect, or fails, at an instant.
    Running {
        /// When.
        until: Timestamp,
    },
    /// It took effect.
    Done,
    /// It did not.
    Refused {
        /// Why.
        why: Words,
    },
}

/// The trace of one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// The attempt.
    pub effect: EffectId,
    /// On which name.
    pub name: DomainName,
    /// What was to be done.
    pub op: Op,
    /// When it arrived.
    pub at: Timestamp,
    /// How it stands.
    pub state: AttemptState,
    /// The far side's reference.
    pub reference: String,
    /// One line of what came of it.
    pub says: Words,
}

impl World {
    /// The fault that strikes a call, if one does. Reading back has faults of its own.
    pub(crate) fn struck(&mut self, effect: &EffectId, name: &DomainName, op: &Op, reading: bool) -> Option<Fault> {
        let mut struck = None;
        for rule in &mut self.faults {
            let fits = (rule.fault == Fault::UnclearReadBack) == reading
                && op.version().starts_with(rule.op.as_str())
                && rule.action.as_ref().is_none_or(|action| *action == effect.action)
                && rule.name.as_ref().is_none_or(|about| about == name);
            if !fits {
                continue;
            }
            rule.seen = rule.seen.saturating_add(1);
            let last = rule.from.saturating_add(rule.times);
            if struck.is_none() && (rule.from..last).contains(&rule.seen) {
                struck = Some(rule.fault.clone());
            }
        }
        struck
    }

    pub(crate) fn refresh_attempt(&mut self, id: usize) {
        let until = self.run.attempts.get(id).and_then(|attempt| match attempt.state {
            AttemptState::Running { until } => Some(until),
            _ => None,
        });
        self.set_agenda(Lane::Attempt, id, until);
    }

    /// A running task ends: the rules are read again now, as the far side would.
    pub(crate) fn finish_attempt(&mut self, id: usize) {
        let Some(attempt) = self.run.attempts.get(id).cloned() else { return };
        if !matches!(attempt.state, AttemptState::Running { .. }) {
            return;
        }
        let Some(place) = self.place(&attempt.name) else { return };
        let (state, says) = match self.apply(place, &attempt.op) {
            Ok(applied) => {
                let says = applied.says.clone();
                self.accept(attempt.effect, Effect::Op(attempt.op), place, applied);
                (AttemptState::Done, says)
            }
            Err(refusal) => {
                let why = refusal.says();
                let op = attempt.op.version().to_owned();
                self.note(Some(place), Happened::TaskFailed { op, why: why.clone() });
                (AttemptState::Refused { why: why.clone() }, why)
            }
        };
        if let Some(attempt) = self.run.attempts.get_mut(id) {
            attempt.state = state;
            attempt.says = says;
        }
        self.refresh_attempt(id);
        self.refresh_name(place);
    }

    /// The instant until which another task of the registrar runs on a name.
    pub(crate) fn busy_until(&self, name: &DomainName) -> Option<Timestamp> {
        let running = self.run.attempts.iter().filter(|attempt| attempt.name == *name);
        running
            .filter_map(|attempt| match attempt.state {
                AttemptState::Running { until } => Some(until),
                _ => None,
            })
            .max()
    }

    /// What reading an attempt back brings. The state decides, not what the caller was told.
    pub(crate) fn trace(&self, effect: &EffectId) -> ReadBack {
        let of = |attempt: &&Attempt| attempt.effect == *effect;
        // The same attempt may have been sent twice: one that took effect decides.
        let done = |attempt: &&Attempt| of(attempt) && attempt.state == AttemptState::Done;
        let running = |attempt: &&Attempt| of(attempt) && matches!(attempt.state, AttemptState::Running { .. });
        let traces = || self.run.attempts.iter().rev();
        let proof = |reference: &str, says: Words| Proof { reference: reference.into(), says, raw: None };
        if let Some(attempt) = traces().find(done) {
            return ReadBack::Done(proof(&attempt.reference, attempt.says.clone()));
        }
        if let Some(attempt) = traces().find(running) {
            return ReadBack::Unclear { why: words!(en: "{} is still being processed", zh: "{} 仍在处理", attempt.reference) };
        }
        if let Some(attempt) = traces().find(of) {
            return ReadBack::NotDone(proof(&attempt.reference, attempt.says.clone()));
        }
        if let Some(work) =
            self.run.works.iter().find(|work| work.task.id.0 == *effect && work.task.kind != TaskKind::FindOut)
        {
            return match &work.receipt {
                Some(_) => ReadBack::Done(proof(&work.reference, Text::new("carried out by a person", "由人员执行").into())),
                None => ReadBack::Unclear { why: words!(en: "{} was asked and has not answered", zh: "已请 {} 办理，尚未答复", work.worker) },
            };
        }
        ReadBack::NotDone(proof("-", Text::new("no trace of it", "没有任何痕迹").into()))
    }
}
