//! What happens in a run, as data: the only way its state changes.
//!
//! A journal is a list of [`Record`]s with numbers from 1 without a gap. The order of two events in
//! one record never matters: there is one event in a record.

use namekeep_model::{ActionId, EffectId, FactKey, FactValue, PersonId, Receipt, Source, StepNo, TaskId, Timestamp};
use namekeep_ports::{Outcome as Came, ReadBack, Request};
use serde::{Deserialize, Serialize};

use crate::approval::Approval;
use crate::closed::{Outcome, Reason};

/// The version of the record format.
pub const SCHEMA: u16 = 1;

/// One reading a gate rested on when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rested {
    /// What.
    pub key: FactKey,
    /// Its value.
    pub value: FactValue,
    /// Who said it.
    pub source: Source,
    /// When it was said.
    pub at: Timestamp,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// The run began with this plan.
    Started {
        /// Its digest.
        plan: String,
    },
    /// The run goes on with another revision; every approval is void.
    Replanned {
        /// The new digest.
        plan: String,
        /// The new revision.
        revision: u32,
        /// Who asked for it.
        by: PersonId,
    },
    /// A task was given to a person, or a signature was asked for.
    Asked {
        /// The question.
        request: Request,
    },
    /// A person did a task.
    TaskDone {
        /// Which.
        task: TaskId,
        /// The proof.
        receipt: Receipt,
    },
    /// An approver signed.
    Approved {
        /// The signed statement.
        approval: Approval,
    },
    /// An approver refused: the step waits until the plan changes.
    Refused {
        /// The step.
        step: StepNo,
        /// Who.
        by: PersonId,
    },
    /// An approver took their signatures for a step back.
    Withdrawn {
        /// The step.
        step: StepNo,
        /// Who.
        by: PersonId,
    },
    /// An action is about to be carried out; written before anything is sent.
    Intent {
        /// The attempt.
        effect: EffectId,
        /// SHA-256 of the action's canonical JSON, hex.
        action: String,
        /// After this instant an outcome no longer comes by itself.
        deadline: Timestamp,
    },
    /// What came of an attempt.
    Settled {
        /// The attempt.
        effect: EffectId,
        /// What came.
        outcome: Came,
    },
    /// What reading an uncertain attempt back brought.
    LookedBack {
        /// The attempt.
        effect: EffectId,
        /// What was seen.
        found: ReadBack,
    },
    /// All work of a step was done and its gate was read open: the step, or its round, has passed.
    GatePassed {
        /// The step.
        step: StepNo,
        /// The round, from 1; steps without rounds have one.
        round: u16,
        /// What the gate rested on.
        rested: Vec<Rested>,
    },
    /// A receipt did not meet its gate: the work that brings it is asked again.
    Reopened {
        /// The work.
        item: ActionId,
    },
    /// A dispute holds the run: auto-renew on, approvals void, erasure frozen.
    Held {
        /// The reading that holds it.
        fact: FactKey,
    },
    /// A person let a held run go on.
    Resumed {
        /// Who.
        by: PersonId,
        /// Why.
        why: String,
    },
    /// The ending is given up and the name is kept; every approval is void.
    Keeping {
        /// Why.
        reason: Reason,
    },
    /// A person stopped the run.
    Stopped {
        /// Who.
        by: PersonId,
        /// Why.
        why: String,
    },
    /// The run is over.
    Ended {
        /// How.
        outcome: Outcome,
    },
}

/// One numbered entry of a run's journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The version of this format.
    pub v: u16,
    /// Its number, from 1, without a gap.
    pub seq: u64,
    /// When it was written.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

impl Record {
    /// A record of the present format.
    pub const fn new(seq: u64, at: Timestamp, event: Event) -> Self {
        Self { v: SCHEMA, seq, at, event }
    }
}
