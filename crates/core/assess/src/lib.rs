//! Findings from facts: filing and identity numbers first, the watch and its check-points later.
//!
//! Knows no file, clock or socket; rule tables and the day are arguments. It does not know
//! playbooks: the two meet in finding codes only.

pub mod filing;
pub mod watch;
