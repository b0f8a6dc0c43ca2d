//! A calendar day as a number: what the tables and the projection count with.

use std::fmt;

use namekeep_model::Date;

/// A day of the proleptic Gregorian calendar, as days since 1970-01-01.
///
/// Every [`Date`] has its day, so none is changed by passing through here; registries do write
/// 9999-12-31 for "never". Arithmetic saturates at that range, so that no sum of days can panic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// The first day counted with, that of [`Date`]: -9999-01-01.
    pub const MIN: Self = Self(-4_371_587);
    /// The last day counted with, that of [`Date`]: 9999-12-31.
    pub const MAX: Self = Self(2_932_896);

    /// The number of the day since 1970-01-01.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day of a number, brought into range.
    pub const fn from_number(number: i64) -> Self {
        if number < Self::MIN.0 as i64 {
            Self::MIN
        } else if number > Self::MAX.0 as i64 {
            Self::MAX
        } else {
            Self(number as i32)
        }
    }

    /// The day `days` later, or earlier when negative; saturates at the range.
    pub const fn plus(self, days: i32) -> Self {
        Self::from_number(self.0 as i64 + days as i64)
    }

    /// Days from `earlier` to this day.
    pub const fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// The weekday, 0 for Monday to 6 for Sunday.
    pub const fn weekday(self) -> i32 {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7)
    }

    /// Tells Saturday and Sunday.
    pub const fn is_weekend(self) -> bool {
        self.weekday() >= 5
    }

    /// The day's year, month and day of month.
    ///
    /// Counts in eras of 400 years which begin on 1 March, so that leap days come last.
    pub const fn civil(self) -> (i16, i8, i8) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + (month <= 2) as i32;
        (year as i16, month as i8, day as i8)
    }

    /// The day of a year, month and day of month which exist.
    pub const fn from_civil(year: i16, month: i8, day: i8) -> Self {
        let y = year as i32 - (month <= 2) as i32;
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let m = month as i32;
        let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + day as i32 - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        Self::from_number((era * 146_097 + doe - 719_468) as i64)
    }

    /// The same day `years` later; 29 February becomes 28 February where there is none.
    pub const fn plus_years(self, years: i16) -> Self {
        let (year, month, day) = self.civil();
        let year = year.saturating_add(years);
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        let day = if month == 2 && day == 29 && !leap { 28 } else { day };
        Self::from_civil(year, month, day)
    }

    /// The calendar date.
    pub fn date(self) -> Date {
        let (year, month, day) = self.civil();
        Date::new(year, month, day).unwrap_or(Date::ZERO)
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self::from_civil(date.year(), date.month(), date.day())
    }
}

impl From<Day> for Date {
    fn from(day: Day) -> Self {
        day.date()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_date_library_on_every_day_of_four_centuries() {
        let mut date = Date::new(1900, 1, 1).unwrap();
        let mut number = Day::from(date).number();
        while date.year() < 2300 {
            let day = Day::from(date);
            assert_eq!((day.number(), day.date()), (number, date));
            assert_eq!(day.weekday(), i32::from(date.weekday().to_monday_zero_offset()), "{date}");
            date = date.tomorrow().unwrap();
            number += 1;
        }
    }

    #[test]
    fn no_date_is_changed_by_becoming_a_day() {
        assert_eq!((Day::MIN.date(), Day::MAX.date()), (Date::MIN, Date::MAX));
        for (year, month, day) in [(9999, 12, 31), (9999, 1, 1), (9000, 1, 2), (1899, 12, 31), (0, 2, 29), (-1, 3, 1)] {
            let date = Date::new(year, month, day).unwrap();
            assert_eq!(Day::from(date).date(), date);
        }
        assert_eq!(Day::from_civil(9999, 2, 28).plus_years(1), Day::MAX);
    }

    #[test]
    fn sums_stay_in_range() {
        assert_eq!(Day::MAX.plus(i32::MAX), Day::MAX);
        assert_eq!(Day::MIN.plus(i32::MIN), Day::MIN);
        assert_eq!(Day::from(Date::MAX), Day::MAX);
        assert_eq!(Day::from(Date::MIN), Day::MIN);
    }

    #[test]
    fn a_year_later_is_the_same_day() {
        let leap = Day::from_civil(2028, 2, 29);
        assert_eq!(leap.plus_years(1), Day::from_civil(2029, 2, 28));
        assert_eq!(leap.plus_years(4), Day::from_civil(2032, 2, 29));
        assert_eq!(Day::from_civil(2027, 11, 10).plus_years(-1), Day::from_civil(2026, 11, 10));
    }
}
