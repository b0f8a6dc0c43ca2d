//! The playbook file, version 1, as it is written. Nothing is judged here but spelling.
//!
//! Unknown fields, facts, finding codes, receipts, tasks and operations are refused by their types,
//! with their place in the file. What the parts mean together is judged in `check`.

use std::collections::BTreeMap;

use namekeep_model::{Date, Ending, FactKey, FindingCode, Quorum, ReceiptKind, RunKind, TaskKind, Words};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::case::Condition;
use crate::closed::Stage;
use crate::when::{Anchor, Offset, Span};

/// The schema word of version 1.
pub(crate) const V1: &str = "namekeep/playbook/1";

/// The part of a file that tells its version.
#[derive(Deserialize)]
pub(crate) struct Head {
    pub(crate) schema: Spanned<String>,
}

/// A playbook file of any version.
pub(crate) enum Spec {
    /// The first version.
    V1(SpecV1),
}

/// A playbook file of version 1.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpecV1 {
    /// Read as the head of the file; named here because unknown fields are refused.
    #[serde(rename = "schema")]
    pub(crate) _schema: String,
    pub(crate) book: BookSpec,
    #[serde(rename = "step")]
    pub(crate) steps: Vec<Spanned<StepSpec>>,
}

/// What the book is, and which of its steps play a part.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct BookSpec {
    pub(crate) id: String,
    pub(crate) version: u16,
    pub(crate) kind: RunKind,
    pub(crate) source: String,
    pub(crate) verified_on: Date,
    pub(crate) act_step: Spanned<u8>,
    pub(crate) t0_step: Option<Spanned<u8>>,
    pub(crate) watch_step: Option<Spanned<u8>>,
    #[serde(default)]
    pub(crate) hold_on: Vec<Spanned<AtomSpec>>,
}

/// One step as written.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct StepSpec {
    pub(crate) no: u8,
    pub(crate) stage: Stage,
    pub(crate) title: Words,
    pub(crate) opens: Offset,
    #[serde(default)]
    pub(crate) opens_for: BTreeMap<Ending, Offset>,
    pub(crate) due: Offset,
    #[serde(default)]
    pub(crate) due_for: BTreeMap<Ending, Offset>,
    #[serde(default)]
    pub(crate) needs: Vec<u8>,
    /// Empty in a book without endings: it applies always.
    #[serde(default)]
    pub(crate) endings: Vec<Ending>,
    pub(crate) takes: Option<TakesSpec>,
    pub(crate) quorum: Option<Quorum>,
    pub(crate) undo: UndoSpec,
    #[serde(default)]
    pub(crate) incidents: Vec<String>,
    #[serde(default)]
    pub(crate) rounds: BTreeMap<Ending, Vec<Anchor>>,
    #[serde(default)]
    pub(crate) consent: Vec<Spanned<ConsentSpec>>,
    #[serde(default)]
    pub(crate) work: Vec<Spanned<WorkSpec>>,
    #[serde(default)]
    pub(crate) rescue: Vec<Spanned<WorkSpec>>,
    #[serde(default)]
    pub(crate) before: Vec<Spanned<AtomSpec>>,
    pub(crate) gate: Vec<Spanned<AtomSpec>>,
}

impl FactSpec {
    pub(crate) fn bound(&self) -> BoundSpec {
        BoundSpec {
            known: self.known,
            is: self.is.clone(),
            is_not: self.is_not.clone(),
            at_most: self.at_most.clone(),
            at_least: self.at_least.clone(),
        }
    }
}

impl StepSpec {
    pub(crate) fn applies_to(&self, ending: Option<Ending>) -> bool {
        ending.is_none_or(|ending| self.endings.contains(&ending))
    }

    pub(crate) fn opens(&self, ending: Option<Ending>) -> Offset {
        ending.and_then(|ending| self.opens_for.get(&ending)).copied().unwrap_or(self.opens)
    }

    pub(crate) fn due(&self, ending: Option<Ending>) -> Offset {
        ending.and_then(|ending| self.due_for.get(&ending)).copied().unwrap_or(self.due)
    }
}

/// How long a step takes at least, or, for an answer from outside, at most.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TakesSpec {
    pub(crate) span: Span,
    /// The answer may come at once and comes within the span.
    #[serde(default)]
    pub(crate) within: bool,
    #[serde(default)]
    pub(crate) when: Vec<When>,
}

/// What an approver reads and signs.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ConsentSpec {
    #[serde(default)]
    pub(crate) endings: Vec<Ending>,
    pub(crate) act: Words,
    pub(crate) consequence: Words,
    /// Asked for from here, whatever earlier steps still wait for; else when the step begins.
    pub(crate) asks: Option<Offset>,
    /// Whether a signature counts only 24 hours after it was given.
    #[serde(default = "yes")]
    pub(crate) cooling: bool,
    /// Counts through this day; else seven days past the step's due.
    pub(crate) by: Option<Offset>,
}

const fn yes() -> bool {
    true
}

/// One piece of work as written: exactly one of `look`, `task`, `act`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct WorkSpec {
    pub(crate) id: String,
    pub(crate) look: Option<Vec<FactKey>>,
    pub(crate) task: Option<TaskKind>,
    pub(crate) act: Option<OpWord>,
    #[serde(default)]
    pub(crate) risk: RiskWord,
    /// Target of a TTL step, never below the floor of the DNS edition.
    pub(crate) seconds: Option<u32>,
    pub(crate) asks: Option<Words>,
    #[serde(default)]
    pub(crate) endings: Vec<Ending>,
    #[serde(default)]
    pub(crate) when: Vec<When>,
    #[serde(default)]
    pub(crate) before: Vec<Spanned<AtomSpec>>,
}

/// A predicate as written: exactly one kind, and the cases it is for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct AtomSpec {
    pub(crate) absent: Option<AbsentSpec>,
    pub(crate) receipt: Option<ReceiptSpec>,
    pub(crate) fact: Option<FactSpec>,
    pub(crate) elapsed: Option<ElapsedSpec>,
    pub(crate) approvals: Option<Quorum>,
    pub(crate) outside_freeze: Option<bool>,
    pub(crate) staffed: Option<bool>,
    pub(crate) sourced: Option<bool>,
    #[serde(default)]
    pub(crate) endings: Vec<Ending>,
    #[serde(default)]
    pub(crate) when: Vec<When>,
    pub(crate) from: Option<Offset>,
    pub(crate) until_day: Option<Offset>,
    pub(crate) until_step: Option<u8>,
}

/// A check-point that must find nothing.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AbsentSpec {
    pub(crate) code: FindingCode,
    #[serde(default = "one")]
    pub(crate) rounds: u16,
    pub(crate) fresh: Span,
}

const fn one() -> u16 {
    1
}

/// A receipt that must be there, with its fields inside their bounds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiptSpec {
    pub(crate) kind: ReceiptKind,
    pub(crate) fresh: Option<Span>,
    #[serde(default)]
    pub(crate) within: BTreeMap<String, BoundSpec>,
}

/// A fact that must be inside a bound.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FactSpec {
    pub(crate) key: FactKey,
    pub(crate) fresh: Span,
    pub(crate) known: Option<bool>,
    pub(crate) is: Option<Operand>,
    pub(crate) is_not: Option<Operand>,
    pub(crate) at_most: Option<Operand>,
    pub(crate) at_least: Option<Operand>,
}

/// A bound on a receipt's field.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct BoundSpec {
    pub(crate) known: Option<bool>,
    pub(crate) is: Option<Operand>,
    pub(crate) is_not: Option<Operand>,
    pub(crate) at_most: Option<Operand>,
    pub(crate) at_least: Option<Operand>,
}

/// A yes or no, a number, or a word: a threshold of the profile, a day, an amount of the case.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Operand {
    Bool(bool),
    Int(i64),
    Word(String),
}

/// Time that must have gone by: exactly one beginning.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ElapsedSpec {
    pub(crate) passed: Option<u8>,
    pub(crate) receipt: Option<ReceiptKind>,
    pub(crate) done: Option<String>,
    pub(crate) day: Option<Anchor>,
    #[serde(default)]
    pub(crate) round: bool,
    pub(crate) at_least: Span,
}

/// How a step is taken back: a closed word, an operation or a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum UndoSpec {
    NothingChanged,
    StopAndKeep,
    Replan,
    Repeat,
    AppendOnly,
    PartlyGone,
    NoReturn,
    Act(OpWord),
    Task(TaskKind),
}

/// A risk as written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RiskWord {
    #[default]
    Reversible,
    Costly,
    Irreversible,
}

/// An operation as playbooks name it; its arguments come from the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpWord {
    /// Switches automatic renewal on.
    AutoRenewOn,
    /// Switches automatic renewal off.
    AutoRenewOff,
    /// Renews, against the expected expiry and at most at the ceiling.
    Renew,
    /// Restores from redemption, at most at the ceiling.
    Restore,
    /// Sets the transfer lock.
    LockOn,
    /// Lifts the transfer lock.
    LockOff,
    /// Hands over to the agreed receiver.
    Transfer,
    /// Deletes the registration.
    DeleteRegistration,
    /// Lowers the TTL.
    StepDownTtl,
    /// Withdraws the DS record.
    RemoveDs,
    /// Removes records, keeps resources.
    DetachRecords,
    /// Parks the zone.
    ParkZone,
    /// Publishes that no mail is taken.
    CloseMail,
    /// Closes certificate issuance.
    CloseIssuance,
    /// Publishes the zone snapshot again.
    RepublishZone,
    /// Deletes own host objects.
    DeleteHosts,
}

/// A condition or its opposite: `filed`, `not-filed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct When {
    pub(crate) condition: Condition,
    pub(crate) holds: bool,
}

impl TryFrom<String> for When {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let (word, holds) = text.strip_prefix("not-").map_or((text.as_str(), true), |word| (word, false));
        let found = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(word);
        let condition = Condition::deserialize(found).map_err(|_| format!("`{text}` is not a condition of a case"))?;
        Ok(Self { condition, holds })
    }
}
