//! The Rulebook: what is known about suffixes, registrars, holidays, freezes and law, as parsed data.
//!
//! A [`Rulebook`] is a value which the caller owns and hands on; there is no global one. The files
//! embedded in the binary are only its default bytes: a newer file is another
//! [`Rulebook::parse`]. Every number carries its source and the day it was verified. This crate
//! parses and indexes; what the data mean for a name at an instant is `namekeep-lifecycle`.
//!
//! ```text
//!  rules/tlds.json      -> row.rs, tlds.rs  one row per suffix, look-up from a suffix to its TLD
//!  rules/overlays.json  -> overlays.rs  what a registrar does differently
//!  rules/holidays.json  -> holidays.rs  -> calendar.rs (working days by rank and select)
//!  rules/freezes.toml   -> freezes.rs   windows in which nothing final is started
//!  rules/law.json       -> law.rs       articles, citations, deadlines -> citation.rs
//! ```

pub mod book;
pub mod calendar;
pub mod citation;
mod day;
mod error;
pub mod freezes;
pub mod holidays;
pub mod law;
pub mod overlays;
mod read;
pub mod row;
pub mod tlds;

pub use book::{Digest, Rulebook, RulebookBytes};
pub use calendar::{Between, Moved, WorkCalendar, Working};
pub use citation::{Citation, Rejection};
pub use day::Day;
pub use error::RulesError;
pub use freezes::{Freeze, FreezeWindow, Freezes};
pub use holidays::{HolidayFile, ListedDay, ListedKind};
pub use law::{
    Article, ClockKind, Deadline, DeadlineVector, Direction, Instrument, LawCorpus, RejectedCitation, Roll, Standing,
    Version,
};
pub use namekeep_model::Confidence;
pub use overlays::{DeleteOffer, Overlay, OverlayRule, OverlayTable, Term};
pub use row::{Class, Conflict, ExplicitDelete, May, Offered, Price, Row, RowPhase, SourceRef, TrapCode, WayBack};
pub use tlds::{Found, TldTable, UnknownWhy};
