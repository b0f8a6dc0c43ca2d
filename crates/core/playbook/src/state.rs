//! The parts of a run's state: pieces of work, steps, signatures. Data only; `fold` changes them.

use std::collections::{BTreeMap, BTreeSet};

use namekeep_model::{PersonId, TaskId, Timestamp, Words};

use crate::approval::Statement;
use crate::plan::PlannedStep;

/// How far one piece of work is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemState {
    /// Not begun.
    Todo,
    /// An attempt is under way; after the deadline its outcome is unknown.
    Intended {
        /// When it began.
        since: Timestamp,
        /// Until when an outcome may come by itself.
        deadline: Timestamp,
    },
    /// A person has the task.
    Asked {
        /// Which task.
        task: TaskId,
        /// Since when.
        since: Timestamp,
        /// By when.
        due: Timestamp,
    },
    /// It may or may not have happened.
    Unknown {
        /// Since when.
        since: Timestamp,
        /// How often it was looked back at.
        reads: u16,
        /// When it was looked back at last.
        last: Timestamp,
        /// When a person was asked to find out, if so.
        asked: Option<Timestamp>,
    },
    /// The last attempt did not happen; nothing changed.
    NotDone {
        /// Since when that is known.
        since: Timestamp,
        /// The far side's reason.
        why: Words,
        /// No new attempt before; none where only another plan can try again.
        retry: Option<Timestamp>,
    },
    /// It is done.
    Done {
        /// Since when.
        at: Timestamp,
    },
}

/// A piece of work and its attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRun {
    /// How far it is.
    pub state: ItemState,
    /// Attempts, or rounds of asking, so far.
    pub attempts: u16,
}

impl ItemRun {
    const NEW: Self = Self { state: ItemState::Todo, attempts: 0 };

    /// Tells whether it is done.
    pub const fn done(&self) -> bool {
        matches!(self.state, ItemState::Done { .. })
    }
}

/// How far one step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepState {
    /// When it passed (its first round).
    pub passed: Option<Timestamp>,
    /// Rounds that passed.
    pub rounds: u16,
    /// When something first happened in it.
    pub begun: Option<Timestamp>,
    /// Its work, as in the plan.
    pub items: Vec<ItemRun>,
    /// Its rescue work, as in the plan.
    pub rescue: Vec<ItemRun>,
    /// Approvers asked under the present plan.
    pub asked: BTreeMap<PersonId, Asked>,
    /// Approvers who refused.
    pub refused: BTreeSet<PersonId>,
    /// Signatures recorded up to here no longer count: their attempt was made and did not happen.
    pub spent: u64,
}

impl StepState {
    pub(crate) fn new(step: &PlannedStep) -> Self {
        Self {
            passed: None,
            rounds: 0,
            begun: None,
            items: vec![ItemRun::NEW; step.work.len()],
            rescue: vec![ItemRun::NEW; step.rescue.len()],
            asked: BTreeMap::new(),
            refused: BTreeSet::new(),
            spent: 0,
        }
    }
}

/// A question to an approver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// When it was put.
    pub at: Timestamp,
    /// Its nonce; the answer carries it.
    pub nonce: String,
    /// Whether it still waits for its answer.
    pub open: bool,
}

/// A signature that counts as far as the journal alone can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// What was signed.
    pub statement: Statement,
    /// When it was recorded.
    pub at: Timestamp,
    /// The record's number.
    pub seq: u64,
}

/// A signature that was refused when it was recorded, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discarded {
    /// The record's number.
    pub seq: u64,
    /// Why it does not count.
    pub why: &'static str,
}
