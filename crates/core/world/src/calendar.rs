//! Days: which are worked, and how a calendar day of the world's zone meets an instant.
//!
//! The world is handed its days off and make-up days; it knows no holiday table of its own. Beyond
//! the years it was handed, only weekends are days off.

use jiff::Span;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use namekeep_model::{Date, Timestamp};
use serde::{Deserialize, Serialize};

use crate::WorldError;

/// Days off and days worked, beside the weekends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Calendar {
    /// Days off that would be working days by their weekday.
    pub days_off: Vec<Date>,
    /// Saturdays and Sundays that are worked.
    pub make_up_days: Vec<Date>,
}

impl Calendar {
    /// Sorts the lists, so that look-ups may search them.
    pub(crate) fn sort(&mut self) {
        self.days_off.sort_unstable();
        self.make_up_days.sort_unstable();
    }

    /// Tells whether a day is worked.
    pub fn is_working(&self, day: Date) -> bool {
        if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            self.make_up_days.binary_search(&day).is_ok()
        } else {
            self.days_off.binary_search(&day).is_err()
        }
    }

    /// Counts working days on from a day (back, where negative). Counting starts the day after.
    pub fn add(&self, mut day: Date, working_days: i32) -> Date {
        let step = if working_days < 0 { -1 } else { 1 };
        let mut left = working_days.unsigned_abs();
        while left > 0 {
            let next = plus_days(day, step);
            if next == day {
                break; // the end of the calendar
            }
            day = next;
            left -= u32::from(self.is_working(day));
        }
        day
    }

    /// The first working day on or after a day.
    pub fn on_or_after(&self, day: Date) -> Date {
        if self.is_working(day) { day } else { self.add(day, 1) }
    }
}

/// Moves a day by calendar days; stops at the ends of the calendar.
pub(crate) fn plus_days(day: Date, days: i64) -> Date {
    day.saturating_add(Span::new().days(days.clamp(-400_000, 400_000)))
}

/// Moves a day by years; 29 February falls on the 28th where the year has no other.
pub(crate) fn plus_years(day: Date, years: i16) -> Date {
    day.saturating_add(Span::new().years(years))
}

/// Calendar days from one day to another; negative where the other is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_secs() / 86_400
}

/// Moves an instant by seconds; stops at the ends of time.
pub(crate) fn plus_seconds(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// The world's zone.
#[derive(Clone, Debug)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// Finds a zone by its IANA name.
    pub(crate) fn find(name: &str) -> Result<Self, WorldError> {
        TimeZone::get(name).map(Self).map_err(|_| WorldError::Zone(name.chars().take(40).collect()))
    }

    /// The calendar day of an instant.
    pub(crate) fn day(&self, at: Timestamp) -> Date {
        self.0.to_datetime(at).date()
    }

    /// The calendar day and the minute of the day of an instant.
    pub(crate) fn minute(&self, at: Timestamp) -> (Date, u16) {
        let local = self.0.to_datetime(at);
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        (local.date(), u16::try_from(minute).unwrap_or(0))
    }

    /// The instant of a minute of a day.
    pub(crate) fn at(&self, day: Date, minute: u16) -> Timestamp {
        let (hour, minute) = (minute / 60 % 24, minute % 60);
        let local = day.at(i8::try_from(hour).unwrap_or(0), i8::try_from(minute).unwrap_or(0), 0, 0);
        self.instant(local)
    }

    /// The instant of a wall-clock time; in a gap or fold, as RFC 5545 reads it.
    pub(crate) fn instant(&self, local: jiff::civil::DateTime) -> Timestamp {
        self.0.to_timestamp(local).unwrap_or(Timestamp::MAX)
    }

    /// The instant a day is over.
    pub(crate) fn end_of(&self, day: Date) -> Timestamp {
        self.at(plus_days(day, 1), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn working_days_step_over_weekends_and_days_off() {
        let calendar = Calendar { days_off: vec![day("2027-01-01")], make_up_days: vec![day("2027-01-03")] };
        assert_eq!(calendar.add(day("2026-12-30"), 2), day("2027-01-03"), "the 1st is off, Sunday the 3rd is worked");
        assert_eq!(calendar.add(day("2027-01-04"), -2), day("2026-12-31"));
        assert_eq!(calendar.add(day("2027-01-02"), 0), day("2027-01-02"));
        assert_eq!(calendar.on_or_after(day("2027-01-02")), day("2027-01-03"));
    }

    #[test]
    fn three_working_days_before_the_last_way_back() {
        // RET-0007 of the demo world: the way back ends on 2027-02-02.
        assert_eq!(Calendar::default().add(day("2027-02-02"), -3), day("2027-01-28"));
        assert_eq!(Calendar::default().add(day("2026-11-28"), -3), day("2026-11-25"));
    }

    #[test]
    fn the_ends_of_the_calendar_end_a_count() {
        assert_eq!(Calendar::default().add(Date::MAX, 5), Date::MAX);
        assert_eq!(plus_days(Date::MIN, i64::MIN), Date::MIN);
        assert_eq!(days_between(day("2026-02-27"), day("2026-03-01")), 2);
    }
}
