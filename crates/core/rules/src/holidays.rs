//! The holidays file: days off and make-up working days, as the yearly notices list them.
//!
//! A notice may list days of the year before, so days are indexed by date, never by notice year.

use std::collections::BTreeMap;

use namekeep_model::Date;
use serde::{Deserialize, Serialize};

use crate::RulesError;
use crate::read::{inconsistent, json, schema};

/// The file's name in messages.
pub(crate) const FILE: &str = "rules/holidays.json";
const SCHEMA: &str = "namekeep/holidays/1";

/// What a notice says of a listed day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ListedKind {
    /// Not a working day, even from Monday to Friday.
    Off,
    /// A make-up working day (调休), even on a weekend.
    Work,
}

/// One listed day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedDay {
    /// The day.
    pub date: Date,
    /// Its weekday, as a check: `Mon` to `Sun`.
    pub weekday: String,
    /// The holiday it belongs to.
    pub name: String,
    /// Off or work.
    pub kind: ListedKind,
    /// The year of the notice that lists it.
    pub notice_year: i16,
}

/// The years a file covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// First day of the first year covered.
    pub from: Date,
    /// Last day of the last year covered.
    pub to: Date,
    /// What is known of the year after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_year: Option<String>,
}

/// What the yearly notices add up to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearSummary {
    /// Days listed as off.
    pub listed_off: u16,
    /// Days listed as work.
    pub listed_work: u16,
    /// Working days of the year.
    pub working_days_in_year: u16,
    /// Days of the year.
    pub calendar_days: u16,
}

/// A worked example which the file brings along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// The day the count starts from.
    pub start: Date,
    /// Working days counted.
    pub n: i64,
    /// Counting begins the day after.
    pub exclude_start: bool,
    /// The answer.
    pub end_working_days: Date,
    /// The wrong answer without holidays.
    pub end_if_weekends_only: Date,
    /// The wrong answer in calendar days.
    pub end_plus_20_calendar_days: Date,
}

/// The worked examples by question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vectors {
    /// Adding working days.
    pub add_working_days: Vec<Vector>,
}

/// A holidays file as parsed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidayFile {
    /// The schema of the file.
    pub schema: String,
    /// Whose calendar it is.
    pub jurisdiction: String,
    /// The years covered.
    pub coverage: Coverage,
    /// How to read the list; for people.
    pub semantics: BTreeMap<String, String>,
    /// Where the list comes from.
    pub provenance: Vec<BTreeMap<String, String>>,
    /// The State Council papers per year.
    pub papers: BTreeMap<String, Vec<String>>,
    /// How the list was compared with others.
    pub cross_check: serde_json::Value,
    /// What the list does not know; for people.
    pub caveats: Vec<String>,
    /// Worked examples.
    pub test_vectors: Vectors,
    /// Totals per year, checked when the calendar is built.
    pub year_summary: BTreeMap<String, YearSummary>,
    /// The day the list was last compared with its sources.
    pub verified_on: Date,
    /// The listed days.
    pub days: Vec<ListedDay>,
}

impl HolidayFile {
    /// Reads a holidays file.
    pub fn parse(bytes: &[u8]) -> Result<Self, RulesError> {
        let file: Self = json(FILE, bytes)?;
        schema(FILE, &file.schema, SCHEMA)?;
        let (from, to) = (file.coverage.from, file.coverage.to);
        let whole = (from.month(), from.day(), to.month(), to.day()) == (1, 1, 12, 31) && from < to;
        if !whole || from.year() < 1949 || to.year() > 2200 {
            return Err(inconsistent(FILE, "coverage", "whole years between 1949 and 2200 are covered"));
        }
        let mut before = None;
        for day in &file.days {
            if before.is_some_and(|before| before >= day.date) {
                return Err(inconsistent(FILE, format!("days.{}", day.date), "days are listed once each, in order"));
            }
            before = Some(day.date);
            if day.date < from || day.date > to {
                return Err(inconsistent(FILE, format!("days.{}", day.date), "the day is outside the coverage"));
            }
            const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
            let index = usize::try_from(day.date.weekday().to_monday_zero_offset()).unwrap_or(0);
            if NAMES.get(index) != Some(&day.weekday.as_str()) {
                return Err(inconsistent(
                    FILE,
                    format!("days.{}", day.date),
                    format!("that day is no {}", day.weekday),
                ));
            }
        }
        Ok(file)
    }
}
