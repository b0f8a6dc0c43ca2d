//! The calendar a plan and a run count by: a zone, working days, freezes, staffed hours.
//!
//! Borrowed from the rulebook of the moment: a newer holidays file reaches a running case, the plan
//! stays as it is. A day outside the published years is never surer than its bounds.

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use namekeep_model::Words;
use namekeep_rules::{Freezes, WorkCalendar};

use crate::when::{Span, Unit};

/// Office hours in which acts by people happen, 09:00 to 18:00.
///
/// No reference: the house's default; a workspace sets its own.
pub(crate) const STAFFED: (i8, i8) = (9, 18);

/// The calendar of one workspace at one time.
#[derive(Clone, Copy, Debug)]
pub struct Calendar<'a> {
    /// Its zone.
    pub zone: &'a TimeZone,
    /// Its working days.
    pub work: &'a WorkCalendar,
    /// Its freezes.
    pub freezes: &'a Freezes,
}

impl Calendar<'_> {
    /// The day of an instant in the workspace's zone.
    pub fn day(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// The instant of an hour on a day.
    pub fn at(&self, day: Date, hour: i8) -> Timestamp {
        let clock = day.to_datetime(Time::new(hour.clamp(0, 23), 0, 0, 0).unwrap_or(Time::midnight()));
        self.zone.to_ambiguous_timestamp(clock).compatible().unwrap_or(Timestamp::MAX)
    }

    /// The last instant of a day: the next day's first.
    pub fn end_of(&self, day: Date) -> Timestamp {
        self.at(shift(day, 1), 0)
    }

    /// Tells whether a day is a working day; beyond the data, weekends alone decide.
    pub fn works(&self, day: Date) -> bool {
        self.work.is_working(day).map_or(day.weekday().to_monday_zero_offset() < 5, |answer| answer.working)
    }

    /// The last working day on or before a day, and whether that is provisional.
    pub fn on_or_before(&self, day: Date) -> (Date, bool) {
        self.work.on_or_before(day).map_or((day, true), |moved| (moved.day.date(), moved.provisional))
    }

    /// A day moved by a span: towards the past the latest, towards the future the typical day.
    pub fn shift(&self, day: Date, span: Span, back: bool) -> (Date, bool) {
        let n = i64::from(span.count) * if back { -1 } else { 1 };
        match span.unit {
            Unit::Hours => (shift(day, (n + n.signum() * 23) / 24), false),
            Unit::Days => (shift(day, n), false),
            Unit::Months => (day.checked_add((n as i32).months()).unwrap_or(day), false),
            Unit::WorkingDays => {
                self.work.add(day, n).map_or_else(|_| (shift(day, n * 7 / 5), true), |m| (m.day.date(), m.provisional))
            }
        }
    }

    /// The latest day a count of working days can end on; gates and plans wait for this one.
    pub fn latest(&self, day: Date, span: Span) -> Date {
        match span.unit {
            Unit::WorkingDays => self
                .work
                .add(day, i64::from(span.count))
                .map_or_else(|_| shift(day, span.calendar_days()), |moved| moved.latest.date()),
            _ => self.shift(day, span, false).0,
        }
    }

    /// The freeze a day lies in.
    pub fn freeze(&self, day: Date) -> Option<&Words> {
        self.freezes.at(day).next().map(|window| &window.freeze.name)
    }

    /// Tells whether an instant lies in staffed hours of a working day.
    pub fn staffed(&self, at: Timestamp) -> bool {
        let local = self.zone.to_datetime(at);
        (STAFFED.0..STAFFED.1).contains(&local.hour()) && self.works(local.date())
    }

    /// The first instant from `at` that is staffed and outside every freeze.
    pub fn next_staffed(&self, at: Timestamp) -> Timestamp {
        let today = self.day(at);
        // A freeze and a long holiday together never last this long.
        for ahead in 0..120 {
            let day = shift(today, ahead);
            let (from, to) = (self.at(day, STAFFED.0), self.at(day, STAFFED.1));
            if at < to && self.works(day) && self.freeze(day).is_none() {
                return at.max(from);
            }
        }
        self.at(shift(today, 120), STAFFED.0)
    }
}

/// A day some days later, held at the ends of time.
pub(crate) fn shift(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap_or(if days < 0 { Date::MIN } else { Date::MAX })
}
