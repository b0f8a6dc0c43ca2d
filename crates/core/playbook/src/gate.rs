//! Gates: conjunctions of a few kinds of predicates, and what stands in the way.
//!
//! A gate is read with facts, findings and receipts as they are now. Its verdict is *open*, *shut*
//! or *not checked*; the last two both block, and each names every predicate that fails.

use std::collections::BTreeMap;

use namekeep_model::{
    Date, Department, EffectId, FactKey, FactValue, FindingCode, Level, PersonId, Quorum, ReceiptKind, StepNo, TaskId,
    TaskKind, Timestamp, Words,
};
use serde::{Deserialize, Serialize};

use crate::nonempty::NonEmpty;
use crate::when::{Anchor, Span};

/// What a measured value must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Known at all.
    Known,
    /// Exactly this.
    Is(FactValue),
    /// Anything but this.
    IsNot(FactValue),
    /// This or less, or earlier.
    AtMost(FactValue),
    /// This or more, or later.
    AtLeast(FactValue),
    /// Bounded by a day nobody knows: never met.
    Undated(Anchor),
}

impl Bound {
    /// Tells whether a value is inside. Values of different types or currencies never are.
    pub fn holds(&self, value: &FactValue) -> bool {
        match self {
            Self::Known => true,
            Self::Is(want) => value == want,
            Self::IsNot(other) => value != other && value.value_type() == other.value_type(),
            Self::AtMost(want) => at_most(value, want),
            Self::AtLeast(want) => at_most(want, value),
            Self::Undated(_) => false,
        }
    }
}

fn at_most(a: &FactValue, b: &FactValue) -> bool {
    match (a, b) {
        (FactValue::Int(a), FactValue::Int(b)) => a <= b,
        (FactValue::Date(a), FactValue::Date(b)) => a <= b,
        (FactValue::Instant(a), FactValue::Instant(b)) => a <= b,
        (FactValue::Money(a), FactValue::Money(b)) => a.at_most(*b) == Some(true),
        _ => false,
    }
}

/// What an elapsed time is counted from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// A step passed.
    Passed(StepNo),
    /// A receipt of this kind says its work was done.
    Receipt(ReceiptKind),
    /// A piece of work of the same step was done.
    Done(String),
    /// A day of the plan; the act and T0 count from when they happened.
    Day(Anchor),
    /// The round of the step began.
    Round,
}

/// One atomic predicate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// A check-point found nothing, so many rounds in a row, and the last round is fresh.
    Absent {
        /// Which.
        code: FindingCode,
        /// How many rounds in a row.
        rounds: u16,
        /// How old the last round may be.
        fresh: Span,
    },
    /// A receipt is there, and its measured fields are inside their bounds.
    Receipt {
        /// Which kind.
        kind: ReceiptKind,
        /// How old it may be; none means as old as the run.
        fresh: Option<Span>,
        /// What its fields must be.
        within: BTreeMap<String, Bound>,
    },
    /// A fact is inside a bound, and its reading is fresh.
    Fact {
        /// Which.
        key: FactKey,
        /// What it must be.
        bound: Bound,
        /// How old the reading may be.
        fresh: Span,
    },
    /// Signatures over this plan, cooled, of enough people and departments.
    Approvals(Quorum),
    /// Enough time has gone by.
    Elapsed {
        /// Since when.
        since: Mark,
        /// How much.
        at_least: Span,
    },
    /// Today lies in no freeze.
    OutsideFreeze,
    /// Now lies in staffed hours of a working day.
    Staffed,
    /// Every date of the plan has a source, and none rests on WHOIS alone.
    Sourced,
}

/// Until when a predicate is read again after its step has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Until {
    /// Until this step begins to act.
    Step(StepNo),
    /// Through this day.
    Day(Date),
}

/// A predicate with the time in which it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Atom {
    /// The predicate.
    pub test: Test,
    /// Not read before this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Not read after this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Until>,
}

impl Atom {
    /// Tells whether it is read again once its step has passed: what was once true of the past
    /// (time gone by, signatures, staffed hours, a receipt's age) is not.
    pub const fn reread(&self) -> bool {
        matches!(self.test, Test::Absent { .. } | Test::Receipt { .. } | Test::Fact { .. })
    }
}

/// Who can move a blocker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mover {
    /// This person.
    Person(PersonId),
    /// Somebody of this department.
    Department(Department),
    /// Only time, at this instant.
    Time(Timestamp),
    /// Nobody in the company: an authority, a registry, the far side.
    Outside,
}

/// Why something may not happen now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A finding stands.
    Finding {
        /// Which.
        code: FindingCode,
        /// How grave.
        level: Level,
        /// Clean rounds so far.
        rounds: u16,
        /// Clean rounds wanted.
        wanted: u16,
    },
    /// A check-point was never read, or its last round is too old.
    FindingUnread(FindingCode),
    /// A fact is outside its bound.
    Fact {
        /// Which.
        key: FactKey,
        /// What was found.
        found: FactValue,
        /// What it must be.
        bound: Bound,
    },
    /// A fact was never read, its reading is too old, or the last look failed.
    FactUnread {
        /// Which.
        key: FactKey,
        /// Why the last look failed.
        failed: Option<Words>,
    },
    /// A receipt is missing or too old.
    ReceiptMissing(ReceiptKind),
    /// A receipt's field is outside its bound, or missing.
    ReceiptField {
        /// Which kind.
        kind: ReceiptKind,
        /// Which field.
        field: String,
        /// What was found.
        found: Option<FactValue>,
        /// What it must be.
        bound: Bound,
    },
    /// Signatures are missing.
    Signatures {
        /// People whose signatures count now.
        have: u8,
        /// What is wanted.
        want: Quorum,
    },
    /// Signatures are there and still cooling.
    Cooling,
    /// An approver refused; only another plan goes on.
    Refused(PersonId),
    /// Signatures for this plan are no longer possible: their last instant is over.
    TooLateToSign,
    /// Not enough time has gone by.
    TooEarly(Span),
    /// What the time is counted from has not happened.
    NotBegun(Mark),
    /// Today lies in a freeze.
    Frozen(Words),
    /// Now lies outside staffed hours.
    NotStaffed,
    /// A date of the plan has no source that may be relied on.
    Unsourced(Anchor),
    /// A required step has not passed.
    Needs(StepNo),
    /// The step is not open yet.
    Opens(Date),
    /// Earlier work of the step is not done.
    EarlierWork,
    /// A person has a task.
    TaskOpen {
        /// Which.
        task: TaskId,
        /// What.
        kind: TaskKind,
        /// By when.
        due: Timestamp,
    },
    /// An act may or may not have happened.
    Unsettled(EffectId),
    /// The far side refused the last attempt.
    NotDone(Words),
    /// The far side refused the last attempt because the state is not the planned one: only another
    /// plan goes on.
    Outdated(Words),
    /// The run is held by a dispute.
    Held(FactKey),
    /// The run keeps the name and does nothing else.
    Keeping,
    /// The run is over.
    Over,
    /// The action is no part of the plan, or its work is done.
    NotPlanned,
}

/// One thing in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blocker {
    /// The step whose gate or work is in the way.
    pub step: StepNo,
    /// Why.
    pub why: Why,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// Who can move it.
    pub mover: Mover,
}

/// What a gate says now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every predicate holds.
    Open,
    /// At least one predicate is known to fail.
    Shut(NonEmpty<Blocker>),
    /// No predicate is known to fail, and at least one could not be read. Blocks like red.
    NotChecked(NonEmpty<Blocker>),
}

impl Verdict {
    /// Tells whether it is open.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }

    /// What is in the way.
    pub fn blockers(self) -> Vec<Blocker> {
        match self {
            Self::Open => Vec::new(),
            Self::Shut(list) | Self::NotChecked(list) => list.into_vec(),
        }
    }
}

impl Why {
    /// Tells whether nobody could look, rather than somebody saw that it fails.
    pub const fn not_checked(&self) -> bool {
        matches!(
            self,
            Self::FindingUnread(_)
                | Self::ReceiptMissing(_)
                | Self::FactUnread { .. }
                | Self::Fact { bound: Bound::Undated(_), .. }
                | Self::ReceiptField { found: None, .. }
                // Clean as often as it was looked at, and not looked at often enough yet.
                | Self::Finding { level: namekeep_model::Level::Ok, .. }
        )
    }
}
