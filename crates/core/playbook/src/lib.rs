//! The heart: a playbook is read, a plan is made of it, a run carries the plan out.
//!
//! Knows no clock, file, socket or random number: time, facts and calendar are arguments, and what
//! a run does to the outside is returned as data. It knows finding codes, not how findings come
//! about.
//!
//! ```text
//! playbooks/*.toml --Book::parse--> Book --plan(&book, case)--> Plan (immutable, digest)
//!                    load, check          planner                 |         ^ approvals sign it
//!                                                                 v
//!        journal: Record* --apply--> Run --next(now, facts)--> Next: Do | Ask | Settle | Record |
//!                   ^                 |                              Wait | Blocked | Held | Ended
//!                   |                 '--clear(action, now, facts)--> Permit (gates read again)
//!                   '------ the driver appends what happened
//! ```

mod approval;
mod ask;
mod calendar;
mod case;
mod check;
mod check_order;
mod check_time;
mod clear;
mod closed;
mod error;
mod event;
mod explain;
mod fold;
mod gate;
mod judge;
mod keep;
mod load;
mod masks;
mod next;
mod nonempty;
mod notice;
mod plan;
mod planner;
mod profile;
mod replan;
mod run;
mod schedule;
mod spec;
mod state;
mod telling;
mod wants;
mod when;
mod wording;

#[cfg(test)]
extern crate self as namekeep_playbook;
#[cfg(test)]
mod gate_table;

pub use approval::{Approval, Statement};
pub use calendar::Calendar;
pub use case::{Approver, Bounds, Case, Charge, Condition, Dates, Offer, Params, People};
pub use closed::{Outcome, Reason, Stage, StateWord};
pub use error::{Corrupt, LoadError, PlanError};
pub use event::{Event, Record, Rested, SCHEMA as RECORD_SCHEMA};
pub use explain::{Explanation, Line, NextAct};
pub use gate::{Atom, Blocker, Bound, Mark, Mover, Test, Until, Verdict, Why};
pub use load::Book;
pub use next::{Next, WaitFor};
pub use nonempty::NonEmpty;
pub use notice::Notice;
pub use plan::{BookRef, Consent, Item, Plan, Planned, PlannedStep, Undo, Work};
pub use planner::plan;
pub use profile::{Profile, Threshold};
pub use run::Run;
pub use spec::OpWord;
pub use state::{Discarded, Given, ItemRun, ItemState, StepState};
pub use when::{Anchor, Offset, Span, Unit};

/// The retirement playbook this build ships.
pub const RETIRE: &[u8] = include_bytes!("../../../../playbooks/retire.v1.toml");
/// The renewal playbook this build ships.
pub const RENEW: &[u8] = include_bytes!("../../../../playbooks/renew.v1.toml");
/// The profile this build ships: thresholds and levels.
pub const DEFAULT_PROFILE: &[u8] = include_bytes!("../../../../profiles/default.v1.toml");
