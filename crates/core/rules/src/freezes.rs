//! Freezes: windows in which nothing that cannot be undone is started.
//!
//! The embedded file has defaults; a company's own windows come from its profile in the same form.
//! A window recurs every year, follows a holiday of the holidays file, or has plain dates.

use namekeep_model::{Date, Words};
use serde::{Deserialize, Serialize};

use crate::holidays::{HolidayFile, ListedKind};
use crate::read::{inconsistent, schema, toml};
use crate::{Day, RulesError};

const FILE: &str = "rules/freezes.toml";
const SCHEMA: &str = "namekeep/freezes/1";

/// A window of the same days every year, as `MM-DD`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Yearly {
    /// First day.
    pub from: String,
    /// Last day; before the first one when the window crosses the end of a year.
    pub to: String,
}

/// A window of plain dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dated {
    /// First day, `YYYY-MM-DD`.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// One freeze of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: Words,
    /// Days that recur every year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yearly: Option<Yearly>,
    /// Plain dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated: Option<Dated>,
    /// The holiday of the holidays file whose days off it covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holiday: Option<String>,
    /// Days before the holiday that belong to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_before: Option<u8>,
    /// The dates are assumed, not published.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// Where it comes from.
    pub source: String,
}

/// One freeze at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreezeWindow<'a> {
    /// The freeze.
    pub freeze: &'a Freeze,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    verified_on: Date,
    #[serde(default)]
    freeze: Vec<Freeze>,
}

/// A compiled list of freezes.
#[derive(Clone, Debug)]
pub struct Freezes {
    /// The day the list was last verified.
    pub verified_on: Date,
    list: Vec<Freeze>,
    /// Plain windows, by index of the freeze.
    dated: Vec<(usize, Day, Day)>,
    /// Yearly windows, by index of the freeze, as month and day.
    yearly: Vec<(usize, MonthDay, MonthDay)>,
}

/// A month and a day of it.
type MonthDay = (i8, i8);

fn month_day(text: &str) -> Option<MonthDay> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A leap year accepts every day that can recur.
    Date::new(2000, month, day).ok().map(|date| (date.month(), date.day()))
}

impl Freezes {
    /// Reads a freezes file; holidays are looked up in the holidays file.
    pub fn parse(bytes: &[u8], holidays: &HolidayFile) -> Result<Self, RulesError> {
        let file: File = toml(FILE, bytes)?;
        schema(FILE, &file.schema, SCHEMA)?;
        Self::compile(file.freeze, file.verified_on, holidays)
    }

    /// Compiles freezes given elsewhere, such as those of a profile.
    pub fn compile(list: Vec<Freeze>, verified_on: Date, holidays: &HolidayFile) -> Result<Self, RulesError> {
        let (mut dated, mut yearly) = (Vec::new(), Vec::new());
        for (index, freeze) in list.iter().enumerate() {
            let path = || format!("freeze.{}", freeze.id);
            match (&freeze.yearly, &freeze.dated, &freeze.holiday) {
                (Some(days), None, None) => {
                    let both = month_day(&days.from).zip(month_day(&days.to));
                    let (from, to) = both.ok_or_else(|| inconsistent(FILE, path(), "days are written MM-DD"))?;
                    yearly.push((index, from, to));
                }
                (None, Some(days), None) => {
                    if days.to < days.from {
                        return Err(inconsistent(FILE, path(), "the window ends before it begins"));
                    }
                    dated.push((index, days.from.into(), days.to.into()));
                }
                (None, None, Some(name)) => {
                    let before = i32::from(freeze.days_before.unwrap_or(0));
                    let mut blocks: Vec<(Day, Day)> = Vec::new();
                    for day in holidays.days.iter().filter(|day| day.kind == ListedKind::Off && &day.name == name) {
                        let day = Day::from(day.date);
                        match blocks.last_mut() {
                            Some((_, to)) if day.since(*to) == 1 => *to = day,
                            _ => blocks.push((day, day)),
                        }
                    }
                    if blocks.is_empty() {
                        return Err(inconsistent(FILE, path(), format!("the holidays file lists no `{name}`")));
                    }
                    dated.extend(blocks.into_iter().map(|(from, to)| (index, from.plus(-before), to)));
                }
                _ => return Err(inconsistent(FILE, path(), "exactly one of `yearly`, `dated` and `holiday` is given")),
            }
        }
        Ok(Self { verified_on, list, dated, yearly })
    }

    /// The freezes of the list.
    pub fn list(&self) -> &[Freeze] {
        &self.list
    }

    /// The windows that contain a day.
    pub fn at(&self, date: impl Into<Day>) -> impl Iterator<Item = FreezeWindow<'_>> {
        let day = date.into();
        let (year, month, dom) = day.civil();
        let dated = self.dated.iter().filter(move |&&(_, from, to)| from <= day && day <= to).copied();
        let yearly = self.yearly.iter().filter_map(move |&(index, from, to)| {
            let at = (month, dom);
            let wraps = to < from;
            let inside = if wraps { at >= from || at <= to } else { from <= at && at <= to };
            // A window over the end of a year is named by the year in which it begins.
            let starts = if wraps && at <= to { year - 1 } else { year };
            let ends = if wraps { starts + 1 } else { starts };
            inside.then(|| (index, Day::from_civil(starts, from.0, from.1), Day::from_civil(ends, to.0, to.1)))
        });
        dated
            .chain(yearly)
            .filter_map(|(index, from, to)| Some(FreezeWindow { freeze: self.list.get(index)?, from, to }))
    }

    /// The first day from `date` on which lies in no window; `None` when a year holds none.
    pub fn first_free(&self, date: impl Into<Day>) -> Option<Day> {
        let mut day = date.into();
        for _ in 0..400 {
            match self.at(day).map(|window| window.to).max() {
                None => return Some(day),
                Some(to) => day = to.plus(1),
            }
        }
        None
    }
}
