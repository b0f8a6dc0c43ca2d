//! What is asked of the outside: one trait, its outcomes and its error classes.
//!
//! A run knows the outside only through [`Ports`]: it looks, it performs one permitted action, it
//! reads an uncertain outcome back, it asks people and hears their replies. The simulated world
//! implements the trait for rehearsals and tests; a live workspace implements it with probes, with
//! adapters where an account is connected, and with people where none is ([`manual`]).
//!
//! An outcome is one of three: done, proven not done, or unknown. *Unknown* is never settled by
//! sending again, only by [`Ports::read_back`].

pub mod manual;

use std::fmt;
use std::future::Future;

use namekeep_model::{
    Action, DomainName, EffectId, FactKey, FindingCode, Level, Observation, Op, Permit, PersonId, Receipt, RunId,
    StepNo, Task, TaskId, Text, Timestamp, Words, words,
};
use serde::{Deserialize, Serialize};

/// How an operation is offered for a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// The port performs it and can read it back.
    Served,
    /// A person performs it: the port turns it into a task.
    ByPerson,
    /// Nobody offers it for this name, and why.
    NotOffered(Words),
}

/// Proof that something was done, or was found not to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// The far side's own reference: a request id, task number or ticket.
    pub reference: String,
    /// One line of what was seen.
    pub says: Words,
    /// SHA-256 (hex) of the raw answer, when one was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// Why an operation did not happen: nothing changed on the far side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Too many calls; nothing was done.
    Throttled {
        /// When a new attempt may start.
        after: Timestamp,
    },
    /// The far side could not be reached before anything was sent.
    Transient {
        /// What failed.
        why: Words,
    },
    /// The key may not do this.
    Denied {
        /// The far side's own sentence.
        why: Words,
    },
    /// The state is not the one the action was planned against (compare-and-set failed).
    Conflict {
        /// What differs.
        why: Words,
    },
    /// The provider refuses this by a known rule.
    Rejected {
        /// The quirk's finding code (`Q…`).
        quirk: FindingCode,
        /// The far side's own sentence.
        why: Words,
    },
}

impl Refusal {
    /// The refusal, for people.
    pub fn says(&self) -> Words {
        match self {
            Self::Throttled { after } => words!(en: "throttled, try again after {after}", zh: "被限流，{after} 之后再试"),
            Self::Transient { why } => why.behind(Text::new("not reachable: ", "无法连通：")),
            Self::Denied { why } => why.behind(Text::new("denied: ", "被拒绝：")),
            Self::Conflict { why } => why.behind(Text::new("the state changed: ", "状态已变：")),
            Self::Rejected { quirk, why } => why.behind(words!(en: "refused by rule {quirk}: ", zh: "按规则 {quirk} 拒绝：")),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says().en)
    }
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done.
    Done(Proof),
    /// It was not done, and nothing changed.
    NotDone(Refusal),
    /// It was sent, and no usable answer came: it may or may not have happened.
    Unknown {
        /// What is known of it.
        why: Words,
    },
    /// A person has been asked; the receipt comes as a [`Reply::Done`] of this task.
    Asked(TaskId),
}

/// What reading an uncertain attempt back brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadBack {
    /// The effect is there.
    Done(Proof),
    /// The effect is proven absent and can no longer arrive.
    NotDone(Proof),
    /// It cannot be told yet, or could not be read.
    Unclear {
        /// Why.
        why: Words,
    },
}

/// What one look brought: observations for facts, and rounds of scanners.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Looked {
    /// One observation for each key asked (a value, or a failure with its reason).
    pub observations: Vec<Observation>,
    /// Check-points this outside judges itself, with the level of this round.
    pub rounds: Vec<(FindingCode, Level)>,
}

/// What a person is asked for when an act needs signatures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequest {
    /// The run.
    pub run: RunId,
    /// The step whose act waits for signatures.
    pub step: StepNo,
    /// The full plan digest, hex.
    pub plan: String,
    /// Who is asked.
    pub approver: PersonId,
    /// The nonce of this one question, unique in its run; the statement that answers it carries it, so
    /// that one question is answered once and an answer to an earlier one counts for nothing.
    pub nonce: String,
    /// What will happen, and what cannot be undone.
    pub says: Words,
    /// No signature after this instant.
    pub not_after: Timestamp,
}

/// A question to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Do this.
    Task(Task),
    /// Sign this, or refuse.
    Approval(ApprovalRequest),
}

/// What an approver decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Signs.
    Approve,
    /// Refuses: the run holds until the plan changes.
    Refuse,
    /// Takes a signature back.
    Withdraw,
}

/// What a person answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// The task is done; here is the proof.
    Done {
        /// Which task.
        task: TaskId,
        /// The proof.
        receipt: Receipt,
    },
    /// The request to sign was decided.
    Decided {
        /// Which request.
        request: ApprovalRequest,
        /// How.
        decision: Decision,
        /// When.
        at: Timestamp,
    },
}

/// The outside, as a run sees it.
///
/// Only `service::effects` may call [`Ports::perform`] (a lint refuses every other caller).
pub trait Ports {
    /// Tells how an operation is offered for a name.
    fn capability(&self, name: &DomainName, op: &Op) -> Capability;

    /// Looks: one observation for each key asked, a failure where nothing could be read.
    fn look(&mut self, name: &DomainName, keys: &[FactKey], now: Timestamp) -> impl Future<Output = Looked> + Send;

    /// Carries one permitted action out, once, and tells what came of it by `deadline`.
    fn perform(&mut self, permit: Permit, deadline: Timestamp) -> impl Future<Output = Outcome> + Send;

    /// Looks whether an earlier attempt took effect. Never sends it again.
    fn read_back(
        &mut self,
        effect: &EffectId,
        action: &Action,
        now: Timestamp,
    ) -> impl Future<Output = ReadBack> + Send;

    /// Puts a question to people. Asking the same thing twice is one question.
    fn ask(&mut self, request: Request) -> impl Future<Output = ()> + Send;

    /// The next instant at which this outside knows that something will happen by itself; none where
    /// nobody can tell. A simulated calendar jumps there.
    fn wake_at(&self) -> Option<Timestamp> {
        None
    }

    /// Collects the replies that have come in since the last call.
    fn replies(&mut self, now: Timestamp) -> impl Future<Output = Vec<Reply>> + Send;
}
