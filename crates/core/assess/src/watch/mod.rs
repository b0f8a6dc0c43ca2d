//! The watch: check-points that turn what was seen into findings.
//!
//! ```text
//!  dates ─────> c4 ┐
//!  statuses ──> s6 ├─> findings, worst level = level of the round (none = ok)
//!  delegation > t3 │
//!  handshakes > t6 ┘      levels and thresholds: profiles/watch.v1.toml
//! ```
//!
//! A check-point gets plain data and an instant, and raises findings; nothing raised means fine.
//! What could not be looked at is a finding of level *not checked*, never silence. The other 20
//! check-points say in [`not_checked`] why they do not run yet. Nothing here knows how a look was
//! made, and nothing acts.

pub mod c4;
mod later;
pub mod profile;
pub mod s6;
pub mod t3;
pub mod t6;

use namekeep_model::{DomainName, Finding, Level, Timestamp, Words};

pub use later::{NotYet, not_checked};
pub use profile::{Profile, ProfileError};

/// What all findings of one check-point on one name share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round<'a> {
    /// The name looked at.
    pub name: &'a DomainName,
    /// The instant the findings speak of.
    pub now: Timestamp,
    /// Digests or ids of what they rest on.
    pub evidence: &'a [String],
}

impl Round<'_> {
    /// Makes a finding, unless its level says that it is not raised.
    fn raise(&self, code: &str, level: Level, subject: Option<&str>, says: Words) -> Option<Finding> {
        // The codes are constants of the check-points; a test reads each of them.
        let code = code.parse().ok().filter(|_| level != Level::Ok)?;
        let subject = subject.map(str::to_owned);
        Some(Finding {
            code,
            level,
            name: self.name.clone(),
            subject,
            says,
            since: self.now,
            evidence: self.evidence.to_vec(),
        })
    }
}

/// The level of a round: that of its worst finding, or fine when it raised none.
pub fn level(findings: &[Finding]) -> Level {
    findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok)
}

#[cfg(test)]
mod tests;
