//! Filing numbers (备案号) and identity numbers: grammar, repair and plausibility.
//!
//! The grammar is data (`rules/filing.json`, with source and day of verification); the parsers
//! are written by hand over normalised text. A well-formed number may still belong to nobody:
//! the administrations' registers are not asked here.

mod grammar;
pub mod id;
pub mod number;
mod reason;
mod repair;

pub use grammar::{EMBEDDED, Grammar, GrammarError, Province, Suffix};
pub use id::{IdFault, IdKind, IdReport, IdVerdict, IdView};
pub use number::{LicenceForm, NumberKind, NumberReport, NumberVerdict, NumberView};
pub use reason::{Notice, NoticeView, Reason};
