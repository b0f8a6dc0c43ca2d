//! One name in one line: the date that counts, how long is left, what renews it and what it costs.

use jiff::tz::TimeZone;
use namekeep_lifecycle::{Projection, Reason, Which};
use namekeep_model::phase::PhaseKind;
use namekeep_model::{
    Confidence, Date, DomainName, Ending, FactKey, FactValue, Facts, Intent, Level, Money, Source, Timestamp, Words,
};
use namekeep_rules::Rulebook;
use namekeep_store::NameRecord;
use serde::Serialize;

use crate::Failure;

/// A value with who said it and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told<T> {
    /// The value.
    pub value: T,
    /// Who said it.
    pub source: Source,
    /// When.
    pub at: Timestamp,
}

impl<T> Told<T> {
    /// A fact as a told value, where it has the wanted type.
    pub fn of(facts: &Facts, key: FactKey, read: impl Fn(&FactValue) -> Option<T>) -> Option<Self> {
        let seen = facts.good(key)?;
        Some(Self { value: read(&seen.value)?, source: seen.source, at: seen.at })
    }
}

/// The date that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CountsOn {
    /// The date.
    pub date: Date,
    /// Which of the three it is.
    pub which: Which,
    /// Why, as a code.
    pub reason: Reason,
    /// Why, in words.
    pub why: Words,
    /// How far it is trusted.
    pub confidence: Confidence,
    /// A person has to ask before a plan rests on it.
    pub provisional: bool,
}

impl CountsOn {
    /// The date that counts of a projection.
    pub fn of(projection: &Projection<'_>) -> Option<Self> {
        projection.choice.map(|choice| Self {
            date: choice.date.date(),
            which: choice.which,
            reason: choice.reason,
            why: choice.reason.text().into(),
            confidence: choice.confidence,
            provisional: choice.provisional,
        })
    }
}

/// How long is left until a day begins, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Left {
    /// The day is over, that many days ago.
    Over(i64),
    /// The day is today.
    Today,
    /// Fewer than 48 hours until it begins.
    Hours(i64),
    /// Calendar days.
    Days(i64),
}

impl Left {
    /// Counts from an instant to a day in a zone.
    pub fn until(day: Date, now: Timestamp, zone: &TimeZone) -> Self {
        let today = zone.to_datetime(now).date();
        let days = i64::from(namekeep_rules::Day::from(day).since(today.into()));
        if days <= 0 {
            return if days == 0 { Self::Today } else { Self::Over(-days) };
        }
        // A day begins at its first instant there, which is not 0:00 everywhere.
        let begins = zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible();
        match begins.map(|begins| begins.duration_since(now).as_hours()) {
            Ok(hours) if hours < 48 => Self::Hours(hours.max(0)),
            _ => Self::Days(days),
        }
    }
}

/// One name of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The name.
    pub name: DomainName,
    /// The date that counts; absent where none is known.
    pub date_that_counts: Option<CountsOn>,
    /// How long is left until it.
    pub left: Option<Left>,
    /// Where the name stands.
    pub phase: PhaseKind,
    /// Whether it renews by itself.
    pub auto_renew: Option<Told<bool>>,
    /// The price of a year.
    pub price: Option<Told<Money>>,
    /// The gravest level found.
    pub level: Level,
    /// What the company wants of it.
    pub intent: Intent,
    /// How a retirement is to end.
    pub ending: Option<Ending>,
    /// The account it is held in.
    pub account: Option<String>,
    /// The registrar, as the list or the registry names it.
    pub registrar: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who pays.
    pub cost_centre: Option<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// When anything about it was read last.
    pub seen: Option<Timestamp>,
}

impl Line {
    /// Sums a record up at an instant.
    pub fn of(record: &NameRecord, rules: &Rulebook, now: Timestamp, zone: &TimeZone) -> Result<Self, Failure> {
        let projection = super::subject(record, rules).project(rules, zone.to_datetime(now).date())?;
        Ok(Self::from_projection(record, &projection, now, zone))
    }

    pub(super) fn from_projection(
        record: &NameRecord,
        projection: &Projection<'_>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let (facts, declared) = (&record.facts, &record.row.declared);
        let date_that_counts = CountsOn::of(projection);
        let told = facts.by_key.values().filter_map(|fact| Some(fact.good()?.at));
        Self {
            name: record.row.name.clone(),
            left: date_that_counts.as_ref().map(|counts| Left::until(counts.date, now, zone)),
            date_that_counts,
            phase: projection.phase.kind,
            auto_renew: Told::of(facts, FactKey::AutoRenew, |value| match value {
                FactValue::Bool(on) => Some(*on),
                _ => None,
            }),
            price: Told::of(facts, FactKey::RenewalPrice, |value| match value {
                FactValue::Money(money) => Some(*money),
                _ => None,
            }),
            level: super::level(facts),
            intent: declared.intent,
            ending: declared.ending,
            account: declared.account.as_ref().map(ToString::to_string),
            registrar: declared.registrar.clone(),
            owner: declared.owner.as_ref().map(ToString::to_string),
            cost_centre: declared.cost_centre.clone(),
            tags: declared.tags.iter().cloned().collect(),
            seen: told.chain(facts.findings.values().map(|state| state.at)).max(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_rounds_down() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let now: Timestamp = "2026-11-24T01:14:00Z".parse().unwrap();
        for (day, left) in [
            ("2026-11-10", Left::Over(14)),
            ("2026-11-23", Left::Over(1)),
            ("2026-11-24", Left::Today),
            ("2026-11-25", Left::Hours(14)),
            ("2026-11-26", Left::Hours(38)),
            ("2026-11-27", Left::Days(3)),
            ("2026-12-09", Left::Days(15)),
        ] {
            assert_eq!(Left::until(day.parse().unwrap(), now, &zone), left, "{day}");
        }
        // In another zone the same instant is still the day before.
        let zone = TimeZone::get("America/New_York").unwrap();
        assert_eq!(Left::until("2026-11-23".parse().unwrap(), now, &zone), Left::Today);
    }
}
