//! Working days, by rank and select.
//!
//! Inside the published years two tables answer everything in constant time: `rank[i]` is the
//! number of working days before day `i`, `select[k]` is the day of working day `k`. Outside, only
//! weekends are known: such answers are provisional and carry bounds, never a silent guess.
//!
//! ```text
//!        first                                   last published        |  nothing known
//!   -----+--------------------------------------------+----------------+------------------
//!  refuse|  exact                                     |  provisional: weekends only .. + 10 a year
//! ```
//! Counting starts the day after. Going forward, weekends alone give the earliest day; going back,
//! they give the latest.

use namekeep_model::Date;

use crate::holidays::{HolidayFile, ListedKind};
use crate::read::inconsistent;
use crate::{Day, RulesError, holidays};

/// Working days a year that holidays may take away from weekdays beyond make-up days.
///
/// The published years 2015-2026 take 10 to 13 in a whole year and at most 7 in any run of 30
/// weekdays; the figure is the house's rule for gates (decision 9), counted for each year reached.
const YEARLY_SLACK: i64 = 10;

/// Tells whether one day is a working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Working {
    /// The answer.
    pub working: bool,
    /// The year is unpublished: the answer knows weekends only.
    pub provisional: bool,
}

/// Where a count of working days ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The day, by what is known.
    pub day: Day,
    /// The earliest day it can turn out to be.
    pub earliest: Day,
    /// The latest day it can turn out to be; gates wait for this one.
    pub latest: Day,
    /// The count reaches an unpublished year.
    pub provisional: bool,
}

/// Working days between two days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    /// The number, by what is known; negative when the second day is the earlier one.
    pub days: i64,
    /// The smallest number it can turn out to be.
    pub least: i64,
    /// The largest number it can turn out to be.
    pub most: i64,
    /// The span reaches an unpublished year.
    pub provisional: bool,
}

/// A compiled working calendar.
#[derive(Clone, Debug)]
pub struct WorkCalendar {
    first: Day,
    /// The first day after the published years.
    end: Day,
    rank: Vec<u32>,
    select: Vec<Day>,
    source: String,
}

/// Weekdays (Monday to Friday) before `day`, counted from a fixed Monday.
const fn weekdays_before(day: Day) -> i64 {
    // 1969-12-29 was a Monday.
    let n = day.number() as i64 + 3;
    let rest = n.rem_euclid(7);
    n.div_euclid(7) * 5 + if rest < 5 { rest } else { 5 }
}

/// The weekday with `before` weekdays before it, the inverse of [`weekdays_before`].
const fn weekday_at(before: i64) -> Day {
    Day::from_number(before.div_euclid(5) * 7 + before.rem_euclid(5) - 3)
}

impl WorkCalendar {
    /// Builds the tables, checking them against the totals of the file.
    pub fn new(file: &HolidayFile) -> Result<Self, RulesError> {
        let (first, end) = (Day::from(file.coverage.from), Day::from(file.coverage.to).plus(1));
        let mut rank = Vec::with_capacity(usize::try_from(end.since(first)).unwrap_or(0) + 1);
        let mut select = Vec::with_capacity(rank.capacity());
        let mut listed = file.days.iter().map(|day| (Day::from(day.date), day.kind)).peekable();
        let mut day = first;
        while day < end {
            rank.push(u32::try_from(select.len()).unwrap_or(u32::MAX));
            let kind = listed.next_if(|&(date, _)| date == day).map(|(_, kind)| kind);
            if kind.map_or(!day.is_weekend(), |kind| kind == ListedKind::Work) {
                select.push(day);
            }
            day = day.plus(1);
        }
        rank.push(u32::try_from(select.len()).unwrap_or(u32::MAX));
        let calendar = Self {
            first,
            end,
            rank,
            select,
            source: format!(
                "{}, {} to {}, verified {}",
                file.jurisdiction, file.coverage.from, file.coverage.to, file.verified_on
            ),
        };
        for (year, total) in &file.year_summary {
            let path = || format!("year_summary.{year}");
            let number: i16 = year.parse().map_err(|_| inconsistent(holidays::FILE, path(), "the key is no year"))?;
            let (a, b) = (Day::from_civil(number, 1, 1), Day::from_civil(number, 12, 31));
            if a < first || b >= end {
                return Err(inconsistent(holidays::FILE, path(), "the year is outside the coverage"));
            }
            let counted = calendar.rank_of(b.plus(1)) - calendar.rank_of(a);
            if counted != i64::from(total.working_days_in_year) || b.since(a) + 1 != i32::from(total.calendar_days) {
                return Err(inconsistent(holidays::FILE, path(), format!("the list gives {counted} working days")));
            }
        }
        Ok(calendar)
    }

    /// The first day the calendar knows.
    pub const fn first(&self) -> Day {
        self.first
    }

    /// The last day whose year is published.
    pub const fn last_published(&self) -> Day {
        self.end.plus(-1)
    }

    /// Where the calendar comes from, for people.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Working days before `day`, counted from the first day; weekdays only once unpublished.
    fn rank_of(&self, day: Day) -> i64 {
        let index = usize::try_from(day.since(self.first)).unwrap_or(0);
        match self.rank.get(index) {
            Some(&rank) => i64::from(rank),
            None => self.total() + weekdays_before(day) - weekdays_before(self.end),
        }
    }

    /// The working day with `rank` working days before it; `None` before the first day.
    fn select_of(&self, rank: i64) -> Option<Day> {
        match self.select.get(usize::try_from(rank).ok()?) {
            Some(&day) => Some(day),
            None => {
                let at = weekdays_before(self.end).checked_add(rank - self.total())?;
                let day = weekday_at(at);
                (day < Day::MAX).then_some(day)
            }
        }
    }

    fn total(&self) -> i64 {
        i64::try_from(self.select.len()).unwrap_or(i64::MAX)
    }

    fn known(&self, day: Day) -> Result<(), RulesError> {
        if day >= self.first {
            Ok(())
        } else {
            Err(RulesError::BeforeCalendar { day: day.date(), first: self.first.date() })
        }
    }

    /// Working days by which holidays of unpublished years may move a count that reaches `far`.
    fn slack(&self, far: Day) -> i64 {
        if far < self.end {
            return 0;
        }
        (i64::from(far.civil().0) - i64::from(self.end.civil().0) + 1) * YEARLY_SLACK
    }

    /// Tells whether `date` is a working day.
    pub fn is_working(&self, date: impl Into<Day>) -> Result<Working, RulesError> {
        let day = date.into();
        self.known(day)?;
        let provisional = day >= self.end;
        let working = if provisional { !day.is_weekend() } else { self.rank_of(day.plus(1)) > self.rank_of(day) };
        Ok(Working { working, provisional })
    }

    /// The day `n` working days after `date`, or before it when `n` is negative.
    ///
    /// The start is not counted, whether it works or not; zero gives the start itself.
    ///
    /// # Errors
    /// Refuses a start or an answer before the first day of the data.
    pub fn add(&self, date: impl Into<Day>, n: i64) -> Result<Moved, RulesError> {
        let start = date.into();
        self.known(start)?;
        let at = |steps: i64| -> Result<Day, RulesError> {
            let rank = match steps {
                1.. => self.rank_of(start.plus(1)).checked_add(steps - 1),
                0 => return Ok(start),
                _ => self.rank_of(start).checked_add(steps),
            };
            let rank = rank.ok_or(RulesError::OutOfRange)?;
            match self.select_of(rank) {
                Some(day) => Ok(day),
                None if rank < 0 => {
                    Err(RulesError::BeforeCalendar { day: self.first.plus(-1).date(), first: self.first.date() })
                }
                None => Err(RulesError::OutOfRange),
            }
        };
        let day = at(n)?;
        let slack = if n == 0 { 0 } else { self.slack(day.max(start)) };
        let provisional = slack > 0;
        let (earliest, latest) = match (provisional, n > 0) {
            (false, _) => (day, day),
            (true, true) => (day, at(n.saturating_add(slack))?),
            (true, false) => (at(n.saturating_sub(slack))?, day),
        };
        Ok(Moved { day, earliest, latest, provisional })
    }

    /// Working days after `from`, through `to`; negative when `to` is before `from`.
    pub fn between(&self, from: impl Into<Day>, to: impl Into<Day>) -> Result<Between, RulesError> {
        let (from, to) = (from.into(), to.into());
        self.known(from.min(to))?;
        let (low, high) = (from.min(to), from.max(to));
        let days = self.rank_of(high.plus(1)) - self.rank_of(low.plus(1));
        // What lies in published years is certain; only the rest can shrink.
        let certain = if high < self.end { days } else { (self.total() - self.rank_of(low.plus(1))).max(0) };
        let slack = self.slack(high).min(days - certain);
        let (least, most) = (days - slack, days);
        let provisional = high >= self.end && low != high;
        Ok(if from <= to {
            Between { days, least, most, provisional }
        } else {
            Between { days: -days, least: -most, most: -least, provisional }
        })
    }

    /// The first working day on or after a day; bounds stay wide where the year is unpublished.
    pub fn on_or_after(&self, date: impl Into<Day>) -> Result<Moved, RulesError> {
        let day = date.into();
        let asked = self.is_working(day)?;
        if !asked.provisional {
            return if asked.working {
                Ok(Moved { day, earliest: day, latest: day, provisional: false })
            } else {
                self.add(day, 1)
            };
        }
        let first = if asked.working { day } else { self.add(day, 1)?.day };
        Ok(Moved { day: first, earliest: first, latest: self.add(day, 1 + YEARLY_SLACK)?.day, provisional: true })
    }

    /// The last working day on or before a day.
    pub fn on_or_before(&self, date: impl Into<Day>) -> Result<Moved, RulesError> {
        let day = date.into();
        let asked = self.is_working(day)?;
        if !asked.provisional {
            return if asked.working {
                Ok(Moved { day, earliest: day, latest: day, provisional: false })
            } else {
                self.add(day, -1)
            };
        }
        let last = if asked.working { day } else { self.add(day, -1)?.day };
        Ok(Moved { day: last, earliest: self.add(day, -1 - YEARLY_SLACK)?.day, latest: last, provisional: true })
    }

    /// The published days as a list of working days, for comparisons.
    pub fn published(&self) -> &[Day] {
        &self.select
    }
}

impl From<Moved> for Date {
    fn from(moved: Moved) -> Self {
        moved.day.date()
    }
}
