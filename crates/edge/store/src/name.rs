//! Names as the store keeps them: what the company says, what was seen, and what that comes to.

use std::collections::BTreeSet;

use namekeep_model::{
    AccountId, Date, DomainName, Ending, Facts, FindingCode, Intent, Level, Observation, PersonId, Timestamp,
};
use serde::{Deserialize, Serialize};

/// What the company says of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// What it wants of the name.
    pub intent: Intent,
    /// How a retirement is to end.
    pub ending: Option<Ending>,
    /// Who answers for the name.
    pub owner: Option<PersonId>,
    /// Who pays.
    pub cost_centre: Option<String>,
    /// The account it is held in.
    pub account: Option<AccountId>,
    /// The registrar, as the list or the registry names it.
    pub registrar: Option<String>,
    /// Free labels.
    pub tags: BTreeSet<String>,
}

/// What the facts of a name come to: kept beside them, so that a list is one walk of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The date that counts.
    pub counts_on: Option<Date>,
    /// The gravest level.
    pub level: Level,
}

impl Default for Summary {
    /// Nothing has been looked at.
    fn default() -> Self {
        Self { counts_on: None, level: Level::NotChecked }
    }
}

/// One line of a list of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameRow {
    /// The name.
    pub name: DomainName,
    /// What the company says of it.
    pub declared: Declared,
    /// What is known of it, in short.
    pub summary: Summary,
}

/// One name with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameRecord {
    /// Its line in a list.
    pub row: NameRow,
    /// The facts and the rounds of the check-points.
    pub facts: Facts,
    /// Rounds in a row that brought nothing new.
    pub quiet_rounds: u32,
}

impl NameRecord {
    /// Makes a record of a name nothing is known of.
    pub fn new(name: DomainName) -> Self {
        let row = NameRow { name, declared: Declared::default(), summary: Summary::default() };
        Self { row, facts: Facts::default(), quiet_rounds: 0 }
    }
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By the date that counts, the nearest first; names without one come last.
    #[default]
    Date,
    /// By level, the gravest first, then by date.
    Level,
    /// By A-label.
    Name,
}

/// One page of a list: the lines after a line, so that every page costs the same.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The order.
    pub order: Order,
    /// The last line of the page before.
    pub after: Option<&'a NameRow>,
    /// How many lines at most.
    pub limit: usize,
}

/// What putting many names came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Names that are new.
    pub added: u64,
    /// Names that were there and have changed.
    pub changed: u64,
    /// Names that were there and are as they were.
    pub unchanged: u64,
}

/// What one round of looking at a name brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// What sources said.
    pub observations: Vec<Observation>,
    /// The level each check-point came to.
    pub rounds: Vec<(FindingCode, Level)>,
    /// The raw answers, kept by their digests.
    pub raw: Vec<Vec<u8>>,
}

/// Something about a name that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// A source says something else, fails where it answered, or answers where it failed.
    Fact(Observation),
    /// A check-point has another level.
    Finding(FindingCode, Level),
}

/// A change and its instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// When it was noticed.
    pub at: Timestamp,
    /// What changed.
    pub what: Change,
}

impl NameRecord {
    /// Takes a round in and returns what changed; the facts carry the newest instants either way.
    pub(crate) fn take(&mut self, look: Look, at: Timestamp) -> Vec<Change> {
        let mut changes = Vec::new();
        for observation in look.observations {
            let fact = self.facts.by_key.entry(observation.key).or_default();
            let failed = fact.failed().map(|missing| missing.why.clone());
            let value_changed = fact.take(observation.said.clone());
            if value_changed || failed.as_ref() != fact.failed().map(|missing| &missing.why) {
                changes.push(Change::Fact(observation));
            }
        }
        for (code, level) in look.rounds {
            let before = self.facts.findings.get(&code);
            if before.is_none_or(|state| state.level != level) {
                changes.push(Change::Finding(code, level));
            }
            let state = namekeep_model::FindingState::after(before, level, at);
            self.facts.findings.insert(code, state);
        }
        self.quiet_rounds = if changes.is_empty() { self.quiet_rounds.saturating_add(1) } else { 0 };
        changes
    }
}

/// The day a name without a date that counts is sorted under: after every day there is.
const NO_DAY: i64 = 99_999_999;

/// A line's place in every order, in the types the indexes use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// Small is grave.
    pub level: i64,
    /// The date that counts, written as one number: 2026-12-24 is 20261224.
    pub day: i64,
}

/// Every level, the gravest first; the place in this list is what indexes keep.
const GRAVEST_FIRST: [Level; 5] = [Level::Critical, Level::Warning, Level::Notice, Level::NotChecked, Level::Ok];

impl From<Summary> for Rank {
    fn from(summary: Summary) -> Self {
        let level = GRAVEST_FIRST.iter().zip(0..).find(|(level, _)| **level == summary.level).map_or(0, |(_, n)| n);
        let day = summary
            .counts_on
            .map_or(NO_DAY, |day| i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day()));
        Self { level, day }
    }
}

impl Rank {
    /// Reads a place back; `None` for a level or day no summary has.
    pub(crate) fn summary(self) -> Option<Summary> {
        let level = *GRAVEST_FIRST.get(usize::try_from(self.level).ok()?)?;
        if self.day == NO_DAY {
            return Some(Summary { counts_on: None, level });
        }
        let (year, rest) = (self.day.div_euclid(10_000), self.day.rem_euclid(10_000));
        let (month, day) = (i8::try_from(rest / 100).ok()?, i8::try_from(rest % 100).ok()?);
        let counts_on = Some(Date::new(i16::try_from(year).ok()?, month, day).ok()?);
        Some(Summary { counts_on, level })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_and_keeps_the_order_of_days() {
        let mut last = None;
        for year in [-9999_i16, -1, 0, 1, 1999, 2024, 2026, 9999] {
            for (month, day) in [(1, 1), (2, 28), (9, 30), (12, 31)] {
                for level in GRAVEST_FIRST {
                    let summary = Summary { counts_on: Some(Date::new(year, month, day).unwrap()), level };
                    assert_eq!(Rank::from(summary).summary(), Some(summary));
                }
                let rank = Rank::from(Summary { counts_on: Date::new(year, month, day).ok(), level: Level::Ok });
                assert!(last.is_none_or(|last| last < rank.day) && rank.day < NO_DAY);
                last = Some(rank.day);
            }
        }
        assert_eq!(Rank::from(Summary::default()).summary(), Some(Summary::default()));
        assert_eq!(Rank { level: 5, day: 20_260_101 }.summary(), None);
        assert_eq!(Rank { level: 0, day: 20_261_301 }.summary(), None);
    }
}
