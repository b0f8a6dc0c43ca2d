//! Identity numbers of filing subjects: check digits and dates, never the full number.
//!
//! - unified social credit code, 18 characters, GB 32100-2015, with the organisation code nested
//!   in characters 9 to 17;
//! - organisation code, 9 characters, GB 11714-1997;
//! - resident identity number, 18 digits, GB 11643-1999 (ISO 7064 MOD 11-2).
//!
//! A report holds a mask that shows the last four characters and a reason that quotes nothing, so
//! neither a log nor an error can leak a number. A good check digit does not prove that the number
//! was issued.

use namekeep_model::Date;
use namekeep_model::text::{Lang, Text};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use super::grammar::Grammar;

/// Alphabet of GB 32100-2015: digits and capitals without I, O, S, V, Z.
const USCC_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of GB 32100-2015: powers of 3 modulo 31.
const USCC_WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Weights of GB 11714-1997.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Weights of GB 11643-1999: powers of 2 modulo 11, from the left.
const RESIDENT_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters of GB 11643-1999 by remainder.
const RESIDENT_CHECKS: &str = "10X98765432";
/// Codes of Taiwan, Hong Kong and Macao (GB/T 2260), used on residence permits since 2018.
const FURTHER_AREAS: [&str; 4] = ["71", "81", "82", "83"];
/// Earliest year of birth taken as possible; no reference, older than any person alive.
const FIRST_BIRTH_YEAR: i16 = 1900;
/// Characters a text may have; longer ones are no identity number.
const MAX_CHARS: usize = 64;
/// Characters a mask shows.
const SHOWN: usize = 4;

/// Kind of identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdKind {
    /// Unified social credit code (统一社会信用代码).
    Uscc,
    /// Organisation code (组织机构代码).
    OrganisationCode,
    /// Resident identity number (公民身份号码).
    ResidentId,
}

/// Whether a number passes its checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdVerdict {
    /// Every check holds.
    Valid,
    /// A check fails.
    Invalid,
}

/// Why an identity number is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdFault {
    /// Nothing was given.
    Empty,
    /// No identity number has this length.
    Length,
    /// A character outside the alphabet of the kind.
    Alphabet,
    /// Characters 3 to 8 of a credit code are no area code.
    CreditArea,
    /// The check character is wrong.
    CheckCharacter,
    /// The check character of the nested organisation code is wrong.
    NestedCheckCharacter,
    /// The first two digits are no province.
    Area,
    /// Digits 7 to 14 are no day.
    BirthDate,
    /// Digits 7 to 14 are a day to come.
    BirthAhead,
    /// Fifteen digits: the form without check digit, void since 2013.
    FirstGeneration,
}

impl IdFault {
    /// Returns the word a script reads.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Length => "length",
            Self::Alphabet => "alphabet",
            Self::CreditArea | Self::Area => "area",
            Self::CheckCharacter => "check-character",
            Self::NestedCheckCharacter => "nested-check-character",
            Self::BirthDate => "birth-date",
            Self::BirthAhead => "birth-ahead",
            Self::FirstGeneration => "first-generation",
        }
    }

    /// Says it in a sentence that quotes nothing of the number.
    pub const fn text(self) -> Text {
        match self {
            Self::Empty => Text::new("no number was given", "没有给出号码"),
            Self::Length => Text::new(
                "identity numbers have 18 characters, organisation codes 9",
                "证件号码为 18 位，组织机构代码为 9 位",
            ),
            Self::Alphabet => {
                Text::new("a character does not occur in this kind of number", "含有此类号码不使用的字符")
            }
            Self::CreditArea => {
                Text::new("characters 3 to 8 are not six digits of an area", "第 3 至 8 位不是 6 位数字的行政区划码")
            }
            Self::CheckCharacter => Text::new("the check character does not agree", "校验码不符"),
            Self::NestedCheckCharacter => Text::new(
                "the check character of the organisation code in characters 9 to 17 does not agree",
                "第 9 至 17 位组织机构代码的校验码不符",
            ),
            Self::Area => Text::new("the first two digits are no province", "前两位不是省级行政区划码"),
            Self::BirthDate => Text::new("digits 7 to 14 are no day of the calendar", "第 7 至 14 位不是有效日期"),
            Self::BirthAhead => Text::new("digits 7 to 14 are a day to come", "第 7 至 14 位是将来的日期"),
            Self::FirstGeneration => Text::new(
                "numbers of 15 digits have no check digit and are void since 2013-01-01",
                "15 位号码没有校验码，自 2013-01-01 起停用",
            ),
        }
    }
}

/// What a text says as an identity number. It never holds the full number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdReport {
    /// Kind of number, as far as its form shows it.
    pub kind: Option<IdKind>,
    /// Whether it passes its checks.
    pub verdict: IdVerdict,
    /// Asterisks and the last four characters.
    pub masked: String,
    /// Why it is invalid.
    pub fault: Option<IdFault>,
}

impl IdReport {
    /// Writes the report as the flat document of the `filing id` command.
    pub fn view(&self, lang: Lang) -> IdView {
        IdView {
            kind: self.kind,
            verdict: self.verdict,
            masked: self.masked.clone(),
            reason: self.fault.map(|fault| fault.text().get(lang)),
            reason_code: self.fault.map(IdFault::code),
        }
    }
}

/// The document of the `filing id` command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdView {
    /// Kind of number.
    pub kind: Option<IdKind>,
    /// Whether it passes its checks.
    pub verdict: IdVerdict,
    /// Asterisks and the last four characters.
    pub masked: String,
    /// Why it is invalid.
    pub reason: Option<&'static str>,
    /// The same as a word a script reads.
    pub reason_code: Option<&'static str>,
}

/// Checks a text as an identity number, as seen on the day `at`.
///
/// Spaces, hyphens and full-width forms are folded, letters put in capitals.
pub fn check(text: &str, grammar: &Grammar, at: Date) -> IdReport {
    let folded: Vec<char> = text
        .nfkc()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{200B}' | '\u{FEFF}'))
        .map(|c| c.to_ascii_uppercase())
        .take(MAX_CHARS + 1)
        .collect();
    let (kind, outcome) = judge(&folded, grammar, at);
    let (verdict, fault) = match outcome {
        Ok(()) => (IdVerdict::Valid, None),
        Err(fault) => (IdVerdict::Invalid, Some(fault)),
    };
    IdReport { kind, verdict, masked: mask(&folded), fault }
}

/// Shows the last four characters where that leaves most of the number hidden.
fn mask(chars: &[char]) -> String {
    let shown_from = if chars.len() > 2 * SHOWN { chars.len() - SHOWN } else { chars.len() };
    let show = |(at, c): (usize, &char)| if at >= shown_from && c.is_ascii_alphanumeric() { *c } else { '*' };
    chars.iter().take(MAX_CHARS).enumerate().map(show).collect()
}

fn judge(chars: &[char], grammar: &Grammar, at: Date) -> (Option<IdKind>, Result<(), IdFault>) {
    let body_is_digits = |upto: usize| chars.iter().take(upto).all(char::is_ascii_digit);
    match chars.len() {
        0 => (None, Err(IdFault::Empty)),
        9 => (Some(IdKind::OrganisationCode), organisation(chars, IdFault::CheckCharacter)),
        15 if body_is_digits(15) => (Some(IdKind::ResidentId), Err(IdFault::FirstGeneration)),
        18 if body_is_digits(17) && chars.last().is_some_and(|c| c.is_ascii_digit() || *c == 'X') => {
            // Seventeen digits fit both kinds: a province and a day say person; else a credit code
            // whose checks hold, or that opens with 9 (market administration, no province).
            let as_person = resident(chars, grammar, at);
            let as_body = credit(chars);
            let person = matches!(as_person, Ok(()) | Err(IdFault::CheckCharacter));
            if !person && (as_body.is_ok() || chars.first() == Some(&'9')) {
                (Some(IdKind::Uscc), as_body)
            } else {
                (Some(IdKind::ResidentId), as_person)
            }
        }
        18 => (Some(IdKind::Uscc), credit(chars)),
        _ => (None, Err(IdFault::Length)),
    }
}

/// Checks a unified social credit code (GB 32100-2015).
fn credit(chars: &[char]) -> Result<(), IdFault> {
    let values = chars.iter().map(|c| position(USCC_ALPHABET, *c)).collect::<Option<Vec<u32>>>();
    let values = values.ok_or(IdFault::Alphabet)?;
    if !chars.iter().skip(2).take(6).all(char::is_ascii_digit) {
        return Err(IdFault::CreditArea);
    }
    let sum: u32 = values.iter().zip(USCC_WEIGHTS).map(|(value, weight)| value * weight).sum();
    if values.last() != Some(&((31 - sum % 31) % 31)) {
        return Err(IdFault::CheckCharacter);
    }
    organisation(chars.get(8..17).unwrap_or_default(), IdFault::NestedCheckCharacter)
}

/// Checks an organisation code (GB 11714-1997): eight characters and a check character.
fn organisation(chars: &[char], wrong: IdFault) -> Result<(), IdFault> {
    let (Some(body), Some(check)) = (chars.get(..8), chars.get(8)) else { return Err(IdFault::Length) };
    let values = body.iter().map(|c| if c.is_ascii() { c.to_digit(36) } else { None }).collect::<Option<Vec<u32>>>();
    let values = values.ok_or(IdFault::Alphabet)?;
    if !(check.is_ascii_digit() || *check == 'X') {
        return Err(IdFault::Alphabet);
    }
    let sum: u32 = values.iter().zip(ORGANISATION_WEIGHTS).map(|(value, weight)| value * weight).sum();
    let due = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    if *check == due { Ok(()) } else { Err(wrong) }
}

/// Checks a resident identity number (GB 11643-1999): area, day of birth, check digit.
fn resident(chars: &[char], grammar: &Grammar, at: Date) -> Result<(), IdFault> {
    let area: String = chars.iter().take(2).collect();
    if !grammar.is_province_code(&area) && !FURTHER_AREAS.contains(&area.as_str()) {
        return Err(IdFault::Area);
    }
    let digits: Vec<u32> = chars.iter().take(17).filter_map(|c| c.to_digit(10)).collect();
    let number = |from: usize, count: usize| {
        let digits = digits.iter().skip(from).take(count);
        i16::try_from(digits.fold(0, |sum, digit| sum * 10 + digit)).unwrap_or_default()
    };
    let (month, day) = (i8::try_from(number(10, 2)), i8::try_from(number(12, 2)));
    match Date::new(number(6, 4), month.unwrap_or_default(), day.unwrap_or_default()) {
        Ok(birth) if birth > at => return Err(IdFault::BirthAhead),
        Ok(birth) if birth.year() >= FIRST_BIRTH_YEAR => {}
        _ => return Err(IdFault::BirthDate),
    }
    let sum: u32 = digits.iter().zip(RESIDENT_WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let due = RESIDENT_CHECKS.chars().nth(usize::try_from(sum % 11).unwrap_or_default());
    if chars.last().copied() == due { Ok(()) } else { Err(IdFault::CheckCharacter) }
}

fn position(alphabet: &str, wanted: char) -> Option<u32> {
    u32::try_from(alphabet.chars().position(|c| c == wanted)?).ok()
}
