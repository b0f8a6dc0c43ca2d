//! Findings: numbered statements about a name, each with a level a profile decides.
//!
//! Codes are one letter and a number. `T C L S` are the 24 check-points of the watch (six each),
//! `P` preflight, `R` rule packs, `F` finance, `Q` provider quirks. *Not checked* is a level of its
//! own: it never looks like fine and never like a failure, and it blocks a gate like red.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{DomainName, Text, Timestamp, Words};

/// A letter of the closed list and a number, such as `C4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FindingCode {
    family: char,
    number: u8,
}

/// A code outside the closed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a finding code")]
pub struct UnknownFinding(String);

/// The families and the highest number of each.
const FAMILIES: [(char, u8); 8] =
    [('T', 6), ('C', 6), ('L', 6), ('S', 6), ('P', 16), ('R', 99), ('F', 99), ('Q', 99)];

impl FindingCode {
    /// The 24 check-points of the watch, in order.
    pub fn watch() -> impl Iterator<Item = Self> {
        ['T', 'C', 'L', 'S'].into_iter().flat_map(|family| (1..=6).map(move |number| Self { family, number }))
    }

    /// The side of the watch the code belongs to, for the check-points.
    pub const fn dimension(self) -> Option<Text> {
        match self.family {
            'T' => Some(Text::new("technical", "技术")),
            'C' => Some(Text::new("commercial", "商务")),
            'L' => Some(Text::new("legal", "法律")),
            'S' => Some(Text::new("security", "安全")),
            _ => None,
        }
    }
}

impl FromStr for FindingCode {
    type Err = UnknownFinding;

    fn from_str(text: &str) -> Result<Self, UnknownFinding> {
        let wrong = || UnknownFinding(text.chars().take(16).collect());
        let mut chars = text.chars();
        let family = chars.next().ok_or_else(wrong)?.to_ascii_uppercase();
        let digits = chars.as_str();
        if digits.is_empty() || digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let number: u8 = digits.parse().map_err(|_| wrong())?;
        let known = FAMILIES.iter().any(|(letter, last)| *letter == family && number <= *last);
        if known { Ok(Self { family, number }) } else { Err(wrong()) }
    }
}

impl TryFrom<String> for FindingCode {
    type Error = UnknownFinding;
    fn try_from(text: String) -> Result<Self, UnknownFinding> {
        text.parse()
    }
}

impl From<FindingCode> for String {
    fn from(code: FindingCode) -> Self {
        code.to_string()
    }
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}{}", self.family, self.number))
    }
}

/// How grave a finding is. Ordered from fine to critical, with *not checked* between fine and a
/// notice, so that the worst of several is their maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Checked, nothing found.
    Ok,
    /// Nobody could look, and why is said.
    NotChecked,
    /// Worth knowing.
    Notice,
    /// To be dealt with.
    Warning,
    /// To be dealt with now.
    Critical,
}

impl Level {
    /// The ASCII mark for tables (ambiguous-width signs shift columns in CJK terminals).
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotChecked => "??",
            Self::Notice => "--",
            Self::Warning => "!",
            Self::Critical => "!!",
        }
    }

    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Ok => Text::new("ok", "正常"),
            Self::NotChecked => Text::new("not checked", "未检查"),
            Self::Notice => Text::new("notice", "提示"),
            Self::Warning => Text::new("warning", "警告"),
            Self::Critical => Text::new("critical", "紧急"),
        }
    }
}

/// What a check-point says now, as a gate reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingState {
    /// The level of the last round.
    pub level: Level,
    /// When the last round was.
    pub at: Timestamp,
    /// Rounds in a row that found nothing (0 unless `level` is `ok`).
    pub clean_rounds: u16,
}

impl FindingState {
    /// The state after one more round.
    pub fn after(previous: Option<&Self>, level: Level, at: Timestamp) -> Self {
        let before = previous.map_or(0, |state| state.clean_rounds);
        let clean_rounds = if level == Level::Ok { before.saturating_add(1) } else { 0 };
        Self { level, at, clean_rounds }
    }
}

/// A numbered statement about a name, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Which check-point.
    pub code: FindingCode,
    /// How grave.
    pub level: Level,
    /// About which name.
    pub name: DomainName,
    /// The part of the name it is about, where it is not the whole: a host, an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// One sentence: the fact and its consequence.
    pub says: Words,
    /// Since when it stands.
    pub since: Timestamp,
    /// Digests or ids of the observations it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_a_closed_list() {
        for code in ["T1", "C6", "L6", "S6", "P16", "Q12"] {
            assert_eq!(code.parse::<FindingCode>().map(|c| c.to_string()).as_deref(), Ok(code));
        }
        for code in ["", "T", "T0", "T7", "X1", "C04", "C4x", "T300", "é1"] {
            assert!(code.parse::<FindingCode>().is_err(), "{code}");
        }
        assert_eq!(FindingCode::watch().count(), 24);
    }

    #[test]
    fn clean_rounds_count_only_in_a_row() {
        let at = Timestamp::UNIX_EPOCH;
        let one = FindingState::after(None, Level::Ok, at);
        let two = FindingState::after(Some(&one), Level::Ok, at);
        assert_eq!(two.clean_rounds, 2);
        let broken = FindingState::after(Some(&two), Level::NotChecked, at);
        assert_eq!(FindingState::after(Some(&broken), Level::Ok, at).clean_rounds, 1);
    }
}
