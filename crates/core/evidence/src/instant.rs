//! An instant as text: RFC 3339 in UTC.
//!
//! Evidence keeps the text that was written and never computes with it, so no calendar library is
//! needed and no rounding can change a byte.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Error;

/// An instant in UTC, `YYYY-MM-DDTHH:MM:SS[.fraction]Z` (RFC 3339 section 5.6).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Instant(String);

impl Instant {
    /// Reads an instant, such as the text of a `jiff::Timestamp`.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if is_utc(text.as_bytes()) {
            Ok(Self(text))
        } else {
            Err(Error::Field { field: "at", reason: "not an RFC 3339 instant in UTC ending in Z" })
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Instant {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl From<Instant> for String {
    fn from(instant: Instant) -> Self {
        instant.0
    }
}

/// Tells whether bytes are an RFC 3339 instant in UTC; leap seconds are refused, as nothing here reads them.
pub(crate) fn is_utc(text: &[u8]) -> bool {
    let Some((head, tail)) = text.split_at_checked(19) else { return false };
    let shape = head.iter().zip(b"dddd-dd-ddTdd:dd:dd").all(|(&byte, &want)| match want {
        b'd' => byte.is_ascii_digit(),
        other => byte == other,
    });
    shape && in_calendar(head) && is_fraction(tail)
}

fn is_fraction(tail: &[u8]) -> bool {
    match tail {
        [b'Z'] => true,
        [b'.', digits @ .., b'Z'] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn in_calendar(head: &[u8]) -> bool {
    let number = |from: usize, to: usize| {
        head.get(from..to).unwrap_or_default().iter().fold(0_u32, |sum, &digit| sum * 10 + u32::from(digit - b'0'))
    };
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day) && number(11, 13) < 24 && number(14, 16) < 60 && number(17, 19) < 60
}

/// Tells whether bytes are a calendar date, `YYYY-MM-DD`.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && is_utc(format!("{text}T00:00:00Z").as_bytes())
}
