//! The plan of one run: immutable data with a digest. What it prints is what `apply` does.
//!
//! Everything is concrete: days, people, operations with their arguments, gates with their numbers.
//! A changed case is a new plan with a new revision; approvals of the old one are void.

use std::collections::BTreeSet;

use namekeep_model::action::Act;
use namekeep_model::{
    Action, ActionId, Date, DomainName, Ending, FactKey, PersonId, Quorum, RunId, StepNo, TaskKind, Timestamp, Words,
    WorkspaceId,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::case::{Condition, Dates, Params, People};
use crate::closed::Stage;
use crate::gate::Atom;
use crate::notice::Notice;
use crate::when::{Anchor, Offset};

/// The playbook a plan was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookRef {
    /// Its id, such as `retire`.
    pub id: String,
    /// Its version.
    pub version: u16,
    /// SHA-256 of its file, hex.
    pub digest: String,
    /// SHA-256 of the profile its thresholds come from, hex.
    pub profile: String,
}

/// A point of time of the playbook, as a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// How the playbook says it.
    pub rule: Offset,
    /// The day, by what is known; none where its anchor is not known.
    pub day: Option<Date>,
    /// The day rests on an unpublished year or an unsettled rule.
    pub provisional: bool,
}

/// What is done when a step has to be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
    /// Nothing was changed.
    NothingChanged,
    /// The run stops and auto-renew stays on.
    StopAndKeep,
    /// The plan is made again.
    Replan,
    /// The work is done again.
    Repeat,
    /// Nothing is rewritten; a correction is added.
    AppendOnly,
    /// What was released does not come back; the rest is set back.
    PartlyGone,
    /// It does not come back.
    NoReturn,
    /// An operation sets it back.
    Act(crate::spec::OpWord),
    /// A person sets it back.
    Task(TaskKind),
}

/// What one piece of work is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Facts are looked at; no effect.
    Look(Vec<FactKey>),
    /// A person is asked; nothing costs and everything can be set back.
    Task(TaskKind),
    /// An act which needs a permit, by a port or by a person.
    Act(Action),
}

impl Work {
    /// Tells whether it can never be set back.
    pub const fn is_irreversible(&self) -> bool {
        matches!(self, Self::Act(action) if action.risk.is_irreversible())
    }

    /// The task a person gets for it, if it is one.
    pub const fn task(&self) -> Option<TaskKind> {
        match self {
            Self::Task(kind) | Self::Act(Action { act: Act::Task(kind), .. }) => Some(*kind),
            _ => None,
        }
    }
}

/// One piece of work of a step, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its id, such as `19.ttl-floor`.
    pub id: ActionId,
    /// What it is.
    pub work: Work,
    /// Who gets it, where a person does it.
    pub assignee: PersonId,
    /// What exactly is to be done, and which proof is asked.
    pub asks: Words,
    /// What must hold before it, beyond what the step asks.
    pub before: Vec<Atom>,
}

/// What signatures a step's acts need, and what is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// How many people of how many departments.
    pub quorum: Quorum,
    /// What will be done.
    pub act: Words,
    /// What cannot be undone.
    pub consequence: Words,
    /// From when it is asked for; none means when the step opens.
    pub asks: Option<Timestamp>,
    /// The last instant at which a signature counts.
    pub not_after: Timestamp,
    /// Signatures rest 24 hours before they count; a second let-it-go does not.
    pub cooling: bool,
}

/// One step of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// Its number: a label, not an order.
    pub no: StepNo,
    /// Its name.
    pub title: Words,
    /// The part it belongs to.
    pub stage: Stage,
    /// Why it does not apply; none when it does.
    pub not_applicable: Option<Words>,
    /// Not before.
    pub opens: Planned,
    /// Planned to have passed by.
    pub due: Planned,
    /// After this day the ending can no longer be reached in this cycle.
    pub last: Option<Date>,
    /// After this day it can only be reached if others answer faster than they must.
    pub last_sure: Option<Date>,
    /// The steps that must have passed before.
    pub needs: Vec<StepNo>,
    /// The signatures its acts need.
    pub consent: Option<Consent>,
    /// Its work, in order.
    pub work: Vec<Item>,
    /// What must hold before each of its acts.
    pub before: Vec<Atom>,
    /// What must hold for it to pass.
    pub gate: Vec<Atom>,
    /// The transitions at which it is armed again; empty for a step with one round.
    pub rounds: Vec<(Anchor, Option<Date>)>,
    /// What brings the name back while that is possible.
    pub rescue: Vec<Item>,
    /// How it is taken back.
    pub undo: Undo,
    /// The incidents behind it.
    pub incidents: Vec<String>,
}

impl PlannedStep {
    /// Tells whether the step applies.
    pub const fn applies(&self) -> bool {
        self.not_applicable.is_none()
    }
}

/// A plan: who does what, when, under which conditions, on one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// `namekeep/plan/1`.
    pub schema: String,
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The run.
    pub run: RunId,
    /// The revision, from 1.
    pub revision: u32,
    /// The playbook.
    pub book: BookRef,
    /// SHA-256 of the rulebook, hex.
    pub rulebook: String,
    /// The name.
    pub name: DomainName,
    /// The ending; a renewal has none.
    pub ending: Option<Ending>,
    /// What holds for the name.
    pub conditions: BTreeSet<Condition>,
    /// Its people.
    pub people: People,
    /// Its days.
    pub dates: Dates,
    /// Its numbers.
    pub params: Params,
    /// The zone its days are in.
    pub zone: String,
    /// When it was made.
    pub made: Timestamp,
    /// The working day on which the filed service ends.
    pub t0: Option<Planned>,
    /// The end of the years paid, once the plan is carried out.
    pub paid_end: Date,
    /// The step with the act.
    pub act_step: StepNo,
    /// The step armed again at each transition.
    pub watch_step: Option<StepNo>,
    /// The step T0 belongs to.
    pub t0_step: Option<StepNo>,
    /// What holds the run whenever it is red.
    pub hold_on: Vec<Atom>,
    /// Its steps, in the order of the book.
    pub steps: Vec<PlannedStep>,
    /// What a reader should know: what is too late, assumed, provisional, replaced.
    pub notices: Vec<Notice>,
    /// The versions of every operation in it.
    pub ops: BTreeSet<String>,
}

/// The version of the plan format.
pub(crate) const SCHEMA: &str = "namekeep/plan/1";

/// Canonical JSON (RFC 8785). Everything hashed here has string keys and integers only, which
/// always serialise; an empty answer could at worst make two things unequal to everything.
pub(crate) fn canonical(value: &impl Serialize) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).unwrap_or_default()
}

/// SHA-256, hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// SHA-256 of an action's canonical JSON, as intents carry it.
pub(crate) fn action_digest(action: &Action) -> String {
    sha256(&canonical(action))
}

impl Plan {
    /// The plan as canonical JSON (RFC 8785): the bytes that are hashed and stored.
    pub fn canonical(&self) -> Vec<u8> {
        canonical(self)
    }

    /// SHA-256 of the canonical bytes, hex: what approvals sign.
    pub fn digest(&self) -> String {
        sha256(&self.canonical())
    }

    /// The digest shortened for people, such as `9f2c-41ab-77de`. Never compared.
    pub fn short_digest(&self) -> String {
        short(&self.digest())
    }

    /// One step by its number.
    pub fn step(&self, no: StepNo) -> Option<&PlannedStep> {
        self.steps.iter().find(|step| step.no == no)
    }

    /// One piece of work by its id, rescue work included.
    pub fn item(&self, id: &ActionId) -> Option<&Item> {
        self.step(id.step).and_then(|step| step.work.iter().chain(&step.rescue).find(|item| item.id == *id))
    }

    /// The operation versions in it that are not among `served`.
    pub fn unserved_ops<'a>(&'a self, served: &'a [&str]) -> impl Iterator<Item = &'a str> {
        self.ops.iter().map(String::as_str).filter(move |op| !served.contains(op))
    }

    /// The lines that differ from another plan, as `- old` and `+ new`, for people.
    pub fn diff(&self, new: &Self) -> Vec<String> {
        let (old, new) = (lines(self), lines(new));
        let gone = old.iter().filter(|line| !new.contains(*line)).map(|line| format!("- {line}"));
        let came = new.iter().filter(|line| !old.contains(*line)).map(|line| format!("+ {line}"));
        gone.chain(came).collect()
    }
}

/// Shortens a hex digest for people.
pub(crate) fn short(digest: &str) -> String {
    let part = |from: usize| digest.get(from..from + 4).unwrap_or("----");
    format!("{}-{}-{}", part(0), part(4), part(8))
}

/// Every leaf of the plan's JSON as one `path: value` line.
fn lines(plan: &Plan) -> BTreeSet<String> {
    fn walk(path: &str, value: &serde_json::Value, out: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(map) => {
                for (key, value) in map {
                    walk(&format!("{path}.{key}"), value, out);
                }
            }
            serde_json::Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    // A step is named by its number, so that an inserted step moves no other line.
                    let name = value.get("no").or_else(|| value.get("id")).map_or(index.to_string(), |v| v.to_string());
                    walk(&format!("{path}[{name}]"), value, out);
                }
            }
            leaf => {
                out.insert(format!("{}: {leaf}", path.trim_start_matches('.')));
            }
        }
    }
    let mut out = BTreeSet::new();
    if let Ok(value) = serde_json::to_value(plan) {
        walk("", &value, &mut out);
    }
    out
}
