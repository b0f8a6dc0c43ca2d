//! Points and lengths of time as playbooks write them: `E-88d`, `charge-1wd`, `purge+24m`, `30d`.
//!
//! A point is an *anchor* (an instant of the name's life or of the run) and an offset. This page
//! only reads and writes them; `schedule` turns them into days.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use namekeep_model::{Text, Words, words};
use serde::{Deserialize, Serialize};

/// A text that is no point or length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct TimeError {
    text: String,
    expected: &'static str,
}

const SPAN: &str = "a length of time such as `48h`, `30d`, `20wd` or `24m`";
const OFFSET: &str = "a point of time such as `E-88d`, `T0`, `charge-1wd` or `purge+24m`";

fn wrong(text: &str, expected: &'static str) -> TimeError {
    TimeError { text: text.chars().take(40).collect(), expected }
}

/// What a length of time is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Hours.
    Hours,
    /// Calendar days.
    Days,
    /// Working days.
    WorkingDays,
    /// Calendar months.
    Months,
}

impl Unit {
    const ALL: [Self; 4] = [Self::Hours, Self::WorkingDays, Self::Days, Self::Months];

    const fn suffix(self) -> &'static str {
        match self {
            Self::Hours => "h",
            Self::Days => "d",
            Self::WorkingDays => "wd",
            Self::Months => "m",
        }
    }
}

/// A length of time, written `48h`, `30d`, `20wd` or `24m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    /// How many.
    pub count: u16,
    /// Of what.
    pub unit: Unit,
}

impl Span {
    /// The length, for people: `30 days`.
    pub fn words(self) -> Words {
        let (n, one) = (self.count, self.count == 1);
        match self.unit {
            Unit::Hours if one => words!(en: "1 hour", zh: "1 小时"),
            Unit::Hours => words!(en: "{n} hours", zh: "{n} 小时"),
            Unit::Days if one => words!(en: "1 day", zh: "1 天"),
            Unit::Days => words!(en: "{n} days", zh: "{n} 天"),
            Unit::WorkingDays if one => words!(en: "1 working day", zh: "1 个工作日"),
            Unit::WorkingDays => words!(en: "{n} working days", zh: "{n} 个工作日"),
            Unit::Months if one => words!(en: "1 month", zh: "1 个月"),
            Unit::Months => words!(en: "{n} months", zh: "{n} 个月"),
        }
    }

    /// Some hours.
    pub const fn hours(count: u16) -> Self {
        Self { count, unit: Unit::Hours }
    }

    /// Some calendar days.
    pub const fn days(count: u16) -> Self {
        Self { count, unit: Unit::Days }
    }

    /// At most this many calendar days, working days counted with a long holiday inside.
    ///
    /// 20 working days never took more than 38 calendar days in 2015-2026 (State Council notices).
    pub const fn calendar_days(self) -> i64 {
        let n = self.count as i64;
        match self.unit {
            Unit::Hours => (n + 23) / 24,
            Unit::Days => n,
            Unit::WorkingDays if n == 0 => 0,
            Unit::WorkingDays => (n + 4) / 5 * 7 + 10,
            Unit::Months => n * 31,
        }
    }

    /// The same length as a duration, for lengths counted by the clock.
    pub fn duration(self) -> SignedDuration {
        match self.unit {
            Unit::Hours => SignedDuration::from_hours(i64::from(self.count)),
            _ => SignedDuration::from_hours(24 * self.calendar_days()),
        }
    }

    /// The instant this long before another, or the earliest instant there is.
    pub(crate) fn before(self, at: Timestamp) -> Timestamp {
        at.checked_sub(self.duration()).unwrap_or(Timestamp::MIN)
    }

    /// The instant this long after another, or the latest instant there is.
    pub(crate) fn after(self, at: Timestamp) -> Timestamp {
        at.checked_add(self.duration()).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.suffix())
    }
}

impl FromStr for Span {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, suffix) = text.split_at(digits);
        let unit = Unit::ALL.into_iter().find(|unit| unit.suffix() == suffix).ok_or_else(|| wrong(text, SPAN))?;
        let count = count.parse().map_err(|_| wrong(text, SPAN))?;
        Ok(Self { count, unit })
    }
}

/// An instant of the name's life, or of the run, that others are counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anchor {
    /// The day the plan was made.
    Start,
    /// The expiry that counts.
    #[serde(rename = "E")]
    Expiry,
    /// The working day on which the filed service ends.
    #[serde(rename = "T0")]
    T0,
    /// The registrar's charge day for automatic renewal.
    Charge,
    /// The act itself.
    Act,
    /// The registrar stops the resolution.
    DnsStop,
    /// The last day of renewal at the normal price.
    GraceEnd,
    /// The last day of redemption.
    RedemptionEnd,
    /// The registry purges the registration.
    Purge,
    /// The last safe rescue day.
    Rescue,
    /// The end of the years paid.
    PaidEnd,
}

impl Anchor {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Start, "start"),
        (Self::Expiry, "E"),
        (Self::T0, "T0"),
        (Self::Charge, "charge"),
        (Self::Act, "act"),
        (Self::DnsStop, "dns-stop"),
        (Self::GraceEnd, "grace-end"),
        (Self::RedemptionEnd, "redemption-end"),
        (Self::Purge, "purge"),
        (Self::Rescue, "rescue"),
        (Self::PaidEnd, "paid-end"),
    ];

    /// The word used in playbooks.
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(anchor, _)| *anchor == self).map_or("E", |(_, code)| code)
    }

    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Start => Text::new("start", "开始日"),
            Self::Expiry => Text::new("expiry", "到期日"),
            Self::T0 => Text::new("end of service", "停止服务日"),
            Self::Charge => Text::new("charge day", "扣费日"),
            Self::Act => Text::new("the act", "执行日"),
            Self::DnsStop => Text::new("resolution stopped", "停止解析"),
            Self::GraceEnd => Text::new("end of grace", "宽限期结束"),
            Self::RedemptionEnd => Text::new("end of redemption", "赎回期结束"),
            Self::Purge => Text::new("purge", "清除"),
            Self::Rescue => Text::new("last safe rescue day", "最后安全挽回日"),
            Self::PaidEnd => Text::new("end of the years paid", "已付费年限结束"),
        }
    }
}

/// A point of time: an anchor and an offset, written `E-88d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Offset {
    /// What it is counted from.
    pub anchor: Anchor,
    /// Counted towards the past.
    pub back: bool,
    /// How far.
    pub span: Span,
}

impl Offset {
    /// The anchor itself.
    pub const fn at(anchor: Anchor) -> Self {
        Self { anchor, back: false, span: Span::days(0) }
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.anchor.code())?;
        match self.span.count {
            0 => Ok(()),
            _ => write!(f, "{}{}", if self.back { '-' } else { '+' }, self.span),
        }
    }
}

impl FromStr for Offset {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let anchor = |word: &str| {
            Anchor::ALL.iter().find(|(_, code)| *code == word).map(|(a, _)| *a).ok_or_else(|| wrong(text, OFFSET))
        };
        match text.rfind(['+', '-']).map(|at| (at, text.split_at(at))) {
            Some((_, (word, rest))) if rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) => {
                let span = rest.get(1..).unwrap_or_default().parse().map_err(|_| wrong(text, OFFSET))?;
                Ok(Self { anchor: anchor(word)?, back: rest.starts_with('-'), span })
            }
            _ => Ok(Self::at(anchor(text)?)),
        }
    }
}

macro_rules! as_text {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = TimeError;
            fn try_from(text: String) -> Result<Self, TimeError> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }
    )*};
}
as_text!(Span Offset);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_lengths_read_back_as_written() {
        for text in ["E-210d", "T0", "charge-1wd", "purge+24m", "grace-end-14d", "act+48h", "dns-stop", "paid-end"] {
            assert_eq!(text.parse::<Offset>().map(|o| o.to_string()).as_deref(), Ok(text));
        }
        for text in ["48h", "30d", "20wd", "24m", "0d"] {
            assert_eq!(text.parse::<Span>().map(|s| s.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn free_text_is_no_time() {
        for text in ["", "soon", "E-", "E-x", "E--1d", "E-1", "e-1d", "E-1y", "T1", "each transition", "E-99999999d"] {
            assert!(text.parse::<Offset>().is_err(), "{text}");
        }
        for text in ["", "d", "-1d", "30", "30 d", "1.5d", "70000d"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
