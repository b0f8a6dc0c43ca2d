//! Dates in the forms registries write them.
//!
//! One scanner for all forms: numbers, month names and zones are picked up in order, then put
//! together. The only things a registry must tell are the order of an all-number date and the
//! zone of its clock ([`DateHint`]).

use jiff::{
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

use super::reading::When;

/// Longest text looked at; a date with its zone and remarks is far shorter.
const LONGEST: usize = 96;

/// The order of an all-number date whose year does not come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// Day, month, year: the rule outside the United States.
    #[default]
    DayFirst,
    /// Month, day, year.
    MonthFirst,
}

/// What a registry's dates leave out.
#[derive(Clone, Debug, Default)]
pub(crate) struct DateHint {
    /// Order of all-number dates.
    pub(crate) order: Order,
    /// The zone of times that give none; UTC where nothing is known.
    pub(crate) zone: Option<TimeZone>,
}

/// A date that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Read {
    /// The moment.
    pub(crate) when: When,
    /// Whether the zone was assumed.
    pub(crate) assumed: bool,
}

/// Reads the first date in a text.
pub(crate) fn read(text: &str, hint: &DateHint) -> Option<Read> {
    let text = text.trim();
    if let Some(read) = iso(text) {
        return Some(read);
    }
    Scan::of(text).finish(hint)
}

/// Reads the bound in `before Aug-1996`: the first day of the month named.
///
/// Some registries began to keep dates late and say so; a year alone is too wide a bound.
pub(crate) fn bound(text: &str) -> Option<Date> {
    let (word, rest) = text.trim().split_once(char::is_whitespace)?;
    if !word.eq_ignore_ascii_case("before") {
        return None;
    }
    let scan = Scan::of(rest);
    match (scan.year, scan.month, scan.smalls) {
        (Some(year), Some(month), 0) => plausible(Date::new(year, month, 1).ok()?),
        _ => None,
    }
}

/// Reads `2030-01-31`, with or without `T10:20:30[.123]Z`: by far the commonest forms.
fn iso(text: &str) -> Option<Read> {
    let b = text.as_bytes();
    if !matches!(b.len(), 10 | 20..=30) {
        return None;
    }
    let two = |at: usize| -> Option<i8> {
        match (b.get(at)?, b.get(at + 1)?) {
            (x @ b'0'..=b'9', y @ b'0'..=b'9') => i8::try_from((x - b'0') * 10 + (y - b'0')).ok(),
            _ => None,
        }
    };
    if b.get(4)? != &b'-' || b.get(7)? != &b'-' {
        return None;
    }
    let year = i16::from(two(0)?) * 100 + i16::from(two(2)?);
    let day = plausible(Date::new(year, two(5)?, two(8)?).ok()?)?;
    if b.len() == 10 {
        return Some(Read { when: When::Day(day), assumed: false });
    }
    if b.get(10)? != &b'T' || b.get(13)? != &b':' || b.get(16)? != &b':' || b.last()? != &b'Z' {
        return None;
    }
    let mut nanos = 0i32;
    if b.len() > 20 {
        if b.get(19)? != &b'.' {
            return None;
        }
        let mut unit = 100_000_000;
        for digit in b.get(20..b.len() - 1)? {
            if !digit.is_ascii_digit() {
                return None;
            }
            nanos += i32::from(digit - b'0') * unit;
            unit /= 10;
        }
    }
    let time = Time::new(two(11)?, two(14)?, two(17)?, nanos).ok()?;
    Some(Read { when: When::Instant { day, time, offset: Offset::UTC }, assumed: false })
}

/// Keeps dates a registration can have; "0000-00-00" and "0001-01-01" mean "none".
///
/// The first name of today's DNS was registered in 1985.
fn plausible(day: Date) -> Option<Date> {
    (day.year() >= 1980).then_some(day)
}

/// The pieces of a date, as they are found.
#[derive(Default)]
struct Scan {
    /// Numbers of one or two digits that are not part of the time, in order.
    small: [i16; 3],
    smalls: usize,
    year: Option<i16>,
    /// Small numbers seen before the year.
    before_year: usize,
    month: Option<i8>,
    /// Small numbers seen before the month name.
    before_month: usize,
    whole: Option<Date>,
    clock: Option<Time>,
    offset: Option<Offset>,
    zone_word: bool,
}

impl Scan {
    fn of(text: &str) -> Self {
        let end = (0..=LONGEST.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        let text = text.get(..end).unwrap_or_default();
        let mut scan = Self::default();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if first.is_ascii_digit() {
                rest = scan.number(rest);
            } else if first.is_alphabetic() {
                let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
                let (word, tail) = rest.split_at(end);
                rest = if scan.word(word) { tail } else { "" };
            } else if matches!(first, '+' | '-') && (scan.clock.is_some() || scan.zone_word) && scan.offset_free() {
                let tail = rest.get(1..).unwrap_or_default();
                rest = scan.distance(tail, first == '-').unwrap_or(tail);
            } else if first == '#' && scan.has_date() {
                break; // a transaction number follows (nic.br)
            } else {
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        scan
    }

    fn offset_free(&self) -> bool {
        self.offset.is_none() || self.zone_word
    }

    fn has_date(&self) -> bool {
        self.whole.is_some() || self.year.is_some()
    }

    /// Takes a number and gives what follows it.
    fn number<'t>(&mut self, rest: &'t str) -> &'t str {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, tail) = rest.split_at(end);
        if end <= 2
            && self.clock.is_none()
            && tail.strip_prefix(':').is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit()))
            && let Some((time, tail)) = clock(rest)
        {
            self.clock = Some(time);
            return tail;
        }
        let Ok(value) = digits.parse::<u64>() else { return tail };
        match end {
            1 | 2 => {
                if let (Some(slot), Ok(value)) = (self.small.get_mut(self.smalls), i16::try_from(value)) {
                    *slot = value;
                    self.smalls += 1;
                }
            }
            4 if self.year.is_none() && self.whole.is_none() => {
                self.year = i16::try_from(value).ok().filter(|year| *year >= 1980);
                self.before_year = self.smalls;
            }
            8 | 12 | 14 if self.whole.is_none() && self.year.is_none() => self.packed(digits),
            _ => {}
        }
        tail
    }

    /// Takes `20300131`, `203001311020` or `20300131102030`.
    fn packed(&mut self, digits: &str) {
        let part = |from: usize, to: usize| digits.get(from..to).and_then(|d| d.parse::<i16>().ok());
        let small = |from: usize| part(from, from + 2).and_then(|d| i8::try_from(d).ok());
        let (Some(year), Some(month), Some(day)) = (part(0, 4), small(4), small(6)) else { return };
        self.whole = Date::new(year, month, day).ok();
        if let (Some(hour), Some(minute)) = (small(8), small(10)) {
            self.clock = Time::new(hour, minute, small(12).unwrap_or(0), 0).ok();
        }
    }

    /// Takes a word; tells whether reading goes on.
    fn word(&mut self, word: &str) -> bool {
        if self.month.is_none()
            && let Some(month) = month(word)
        {
            self.month = Some(month);
            self.before_month = self.smalls;
        } else if let Some(pm) = meridiem(word) {
            if let Some(time) = self.clock {
                let hour = time.hour() % 12 + if pm { 12 } else { 0 };
                self.clock = Time::new(hour, time.minute(), time.second(), time.subsec_nanosecond()).ok();
            }
        } else if self.clock.is_some()
            && let Some(offset) = zone(word)
        {
            if self.offset.is_none() {
                self.offset = Some(offset);
            }
            self.zone_word = offset == Offset::UTC && !word.eq_ignore_ascii_case("z");
        } else if matches!(word, "by" | "before" | "prior") && (self.has_date() || self.smalls > 0) {
            return false; // "changed: 2030-01-31 by somebody 12"
        }
        true
    }

    /// Takes the number after a sign as a distance from UTC.
    fn distance<'t>(&mut self, rest: &'t str, west: bool) -> Option<&'t str> {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, mut tail) = rest.split_at(end);
        let (hours, mut minutes) = match end {
            1 | 2 => (digits.parse::<i32>().ok()?, 0),
            4 => (digits.get(..2)?.parse::<i32>().ok()?, digits.get(2..)?.parse::<i32>().ok()?),
            _ => return None,
        };
        if end <= 2 && tail.starts_with(':') {
            let end = tail.get(1..)?.find(|c: char| !c.is_ascii_digit()).map_or(tail.len(), |i| i + 1);
            minutes = tail.get(1..end)?.parse().ok()?;
            tail = tail.get(end..)?;
        }
        if hours > 14 || minutes > 59 {
            return None;
        }
        let seconds = hours * 3600 + minutes * 60;
        self.offset = Some(Offset::from_seconds(if west { -seconds } else { seconds }).ok()?);
        self.zone_word = false;
        Some(tail)
    }

    fn date(&self, order: Order) -> Option<Date> {
        if self.whole.is_some() {
            return self.whole;
        }
        let [a, b, c] = self.small;
        let (year, month, day) = match (self.year, self.month, self.smalls) {
            (Some(year), Some(month), 1..) => (year, month.into(), a),
            (Some(year), None, 2..) if self.before_year == 0 => (year, a, b),
            (Some(year), None, 2..) => match order {
                _ if a > 12 => (year, b, a),
                _ if b > 12 => (year, a, b),
                Order::DayFirst => (year, b, a),
                Order::MonthFirst => (year, a, b),
            },
            (None, Some(month), 2..) if self.before_month > 0 => (century(b), month.into(), a),
            (None, None, 3) if a > 31 => (century(a), b, c),
            (None, None, 3) => match order {
                _ if a > 12 => (century(c), b, a),
                _ if b > 12 => (century(c), a, b),
                Order::DayFirst => (century(c), b, a),
                Order::MonthFirst => (century(c), a, b),
            },
            _ => return None,
        };
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    fn finish(self, hint: &DateHint) -> Option<Read> {
        let day = plausible(self.date(hint.order)?)?;
        let Some(time) = self.clock else { return Some(Read { when: When::Day(day), assumed: false }) };
        if let Some(offset) = self.offset {
            return Some(Read { when: When::Instant { day, time, offset }, assumed: false });
        }
        let offset = match &hint.zone {
            Some(zone) => offset_at(zone, day.to_datetime(time))?,
            None => Offset::UTC,
        };
        Some(Read { when: When::Instant { day, time, offset }, assumed: true })
    }
}

fn offset_at(zone: &TimeZone, local: DateTime) -> Option<Offset> {
    zone.to_ambiguous_timestamp(local).compatible().ok().map(|at| zone.to_offset(at))
}

/// Two-digit years: no registration is older than 1980.
const fn century(year: i16) -> i16 {
    if year >= 80 { 1900 + year } else { 2000 + year }
}

/// Reads `10:20`, `10:20:30` or `10:20:30.123` and gives what follows.
fn clock(text: &str) -> Option<(Time, &str)> {
    let mut parts = [0i8; 3];
    let mut rest = text;
    let mut count = 0;
    for part in &mut parts {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if end == 0 || end > 2 {
            return None;
        }
        *part = rest.get(..end)?.parse().ok()?;
        rest = rest.get(end..)?;
        count += 1;
        match rest.strip_prefix(':') {
            Some(tail) if count < 3 && tail.starts_with(|c: char| c.is_ascii_digit()) => rest = tail,
            _ => break,
        }
    }
    let mut nanos = 0i32;
    if count == 3
        && let Some(tail) = rest.strip_prefix(['.', ','])
    {
        let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let mut unit = 100_000_000;
        for digit in tail.get(..end)?.bytes() {
            nanos += i32::from(digit - b'0') * unit;
            unit /= 10;
        }
        if end > 0 {
            rest = tail.get(end..)?;
        }
    }
    let [hour, minute, second] = parts;
    // Leap seconds and "24:00:00" are written by some; the day is what counts.
    let time = Time::new(if hour == 24 { 0 } else { hour }, minute, second.min(59), nanos).ok()?;
    Some((time, rest))
}

fn meridiem(word: &str) -> Option<bool> {
    if word.eq_ignore_ascii_case("am") {
        Some(false)
    } else if word.eq_ignore_ascii_case("pm") {
        Some(true)
    } else {
        None
    }
}

/// Knows month names by their first three letters, in English and where registries write their own.
fn month(word: &str) -> Option<i8> {
    let mut start = [0u8; 3];
    let bytes = word.as_bytes();
    for (slot, byte) in start.iter_mut().zip(bytes) {
        *slot = byte.to_ascii_lowercase();
    }
    if bytes.len() < 3 || bytes.len() > 12 {
        return None;
    }
    Some(match &start {
        b"jan" | b"ene" => 1,
        b"feb" | b"fev" => 2,
        b"mar" => 3,
        b"apr" | b"abr" | b"avr" => 4,
        b"may" | b"mai" | b"maj" => 5,
        b"jun" => 6,
        b"jul" => 7,
        b"aug" | b"ago" | b"ao\xc3" => 8,
        b"sep" | b"set" => 9,
        b"oct" | b"okt" | b"out" => 10,
        b"nov" => 11,
        b"dec" | b"dez" | b"dic" | b"des" => 12,
        _ => return None,
    })
}

/// Zone abbreviations that mean one thing only (RFC 5322, section 4.3, and tz database names).
///
/// Those with several meanings (CST, IST, BST, AST) are left to the registry's own zone.
fn zone(word: &str) -> Option<Offset> {
    let minutes: i32 = match word.to_ascii_uppercase().as_str() {
        "Z" | "UTC" | "GMT" | "UCT" | "WET" => 0,
        "CET" | "MET" | "WEST" => 60,
        "CEST" | "MEST" | "EET" => 120,
        "EEST" | "MSK" | "EAT" => 180,
        "MSD" => 240,
        "UZT" => 300,
        "HKT" | "SGT" => 480,
        "JST" | "KST" => 540,
        "AEST" => 600,
        "AEDT" => 660,
        "NZST" => 720,
        "NZDT" => 780,
        "BRT" | "CLST" => -180,
        "EDT" | "CLT" => -240,
        "EST" => -300,
        "PDT" => -420,
        "PST" => -480,
        _ => return None,
    };
    Offset::from_seconds(minutes * 60).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, hint: &DateHint) -> String {
        read(text, hint)
            .map_or_else(|| "-".to_owned(), |read| format!("{}{}", read.when, if read.assumed { "?" } else { "" }))
    }

    #[test]
    fn forms_of_the_registries() {
        let plain = DateHint::default();
        for (text, want) in [
            ("2030-01-31", "2030-01-31"),
            ("2030-01-31T10:20:30Z", "2030-01-31T10:20:30Z"),
            ("2030-01-31T10:20:30.5Z", "2030-01-31T10:20:30.5Z"),
            ("2030-01-31T10:20:30.0Z", "2030-01-31T10:20:30Z"),
            ("2030-01-31T10:20:30+08:00", "2030-01-31T10:20:30+08:00"),
            ("2030-01-31T10:20:30-0300", "2030-01-31T10:20:30-03:00"),
            ("2030-01-31 10:20:30+02", "2030-01-31T10:20:30+02:00"),
            ("15 août 2030", "2030-08-15"),
            ("2030年1月31日", "2030-01-31"),
            ("2030-01-31 10:20:30", "2030-01-31T10:20:30Z?"),
            ("2030-01-31T10:20:30", "2030-01-31T10:20:30Z?"),
            ("2030/01/31 10:20:30 (JST)", "2030-01-31T10:20:30+09:00"),
            ("2030/01/31", "2030-01-31"),
            ("2030.01.31 10:20:30", "2030-01-31T10:20:30Z?"),
            ("2030. 01. 31.", "2030-01-31"),
            ("31-01-2030", "2030-01-31"),
            ("31.1.2030 15:00:00", "2030-01-31T15:00:00Z?"),
            ("31/01/2030", "2030-01-31"),
            ("01/31/2030", "2030-01-31"),
            ("05/06/2030", "2030-06-05"),
            ("31-Jan-2030", "2030-01-31"),
            ("31-jan-2030 10:20:30 UTC", "2030-01-31T10:20:30Z"),
            ("2030-Jan-31.", "2030-01-31"),
            ("31 January 2030", "2030-01-31"),
            ("January 31, 2030", "2030-01-31"),
            ("31st January 2030 at 10:20:30.000", "2030-01-31T10:20:30Z?"),
            ("Thu Jan 31 10:20:30 GMT 2030", "2030-01-31T10:20:30Z"),
            ("Thu Jan 31 2030", "2030-01-31"),
            ("20300131", "2030-01-31"),
            ("20300131 #12345", "2030-01-31"),
            ("20300131102030", "2030-01-31T10:20:30Z?"),
            ("2030-01-31 10:20:30 (GMT+6:00)", "2030-01-31T10:20:30+06:00"),
            ("2030-01-31 10:20:30 (GMT+0:00)", "2030-01-31T10:20:30Z"),
            ("2030-01-31 10:20:30 CEST", "2030-01-31T10:20:30+02:00"),
            ("2030-01-31 (YYYY-MM-DD)", "2030-01-31"),
            ("31-Jan-30", "2030-01-31"),
            ("99/12/31", "1999-12-31"),
            ("1/31/2030 3:04:05 PM", "2030-01-31T15:04:05Z?"),
            ("before Aug-1996", "-"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
            ("0000-00-00", "-"),
            ("0001-01-01T00:00:00Z", "-"),
            ("2030-02-30", "-"),
            ("N/A", "-"),
            ("", "-"),
            ("12345678901234567890", "-"),
            ("é€😀", "-"),
        ] {
            assert_eq!(show(text, &plain), want, "{text}");
        }
    }

    #[test]
    fn a_registry_tells_order_and_zone() {
        let us = DateHint { order: Order::MonthFirst, zone: None };
        assert_eq!(show("05/06/2030", &us), "2030-05-06");
        let cn = DateHint { order: Order::DayFirst, zone: Some(TimeZone::get("Asia/Shanghai").unwrap()) };
        assert_eq!(show("2030-01-31 10:20:30", &cn), "2030-01-31T10:20:30+08:00?");
        let de = DateHint { order: Order::DayFirst, zone: Some(TimeZone::get("Europe/Berlin").unwrap()) };
        assert_eq!(show("2030-07-31 10:20:30", &de), "2030-07-31T10:20:30+02:00?");
        assert_eq!(show("2030-07-31T10:20:30Z", &de), "2030-07-31T10:20:30Z");
    }

    #[test]
    fn a_bound_is_a_month_not_a_year() {
        let day = |year, month| Date::new(year, month, 1).ok();
        for (text, want) in [
            ("before Aug-1996", day(1996, 8)),
            ("Before  August 1996", day(1996, 8)),
            ("before 2001", None),
            ("before 31-Aug-1996", None),
            ("after Aug-1996", None),
            ("before", None),
            ("", None),
        ] {
            assert_eq!(bound(text), want, "{text}");
        }
    }
}
