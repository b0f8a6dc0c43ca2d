//! The vocabulary of namekeep: what every other part speaks of.
//!
//! Knows no file, clock, socket or rule table. Time is always an argument; instants are UTC
//! [`Timestamp`]s, calendar facts (an expiry day, a filing day) are [`Date`]s.
//!
//! ```text
//! Observation -> Fact -> Finding -> Gate -> Action (+ Permit) -> Effect -> Receipt -> Entry
//!   fact.rs      fact    finding   (playbook)   action.rs                  receipt.rs  (evidence)
//! ```

pub mod action;
pub mod fact;
pub mod finding;
pub mod id;
pub mod money;
pub mod name;
pub mod person;
pub mod phase;
pub mod portfolio;
pub mod receipt;
pub mod status;
pub mod task;
pub mod text;

pub use action::{Action, Op, Permit, Risk};
pub use fact::{Confidence, Fact, FactKey, FactValue, Facts, Observation, Source};
pub use finding::{Finding, FindingCode, FindingState, Level};
pub use id::{AccountId, ActionId, EffectId, PersonId, RunId, RunKind, StepNo, TaskId, WorkspaceId};
pub use jiff::{Timestamp, civil::Date};
pub use money::{Currency, Money};
pub use name::DomainName;
pub use person::{Department, Person, Quorum};
pub use portfolio::{Ending, Intent};
pub use receipt::{Clean, Receipt, ReceiptKind};
pub use task::{Task, TaskKind};
pub use text::{Lang, Text, Words};
