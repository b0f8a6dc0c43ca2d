//! The table of provinces and number forms, read from bytes.

use std::collections::BTreeMap;

use namekeep_model::{Text, Words, words};
use serde::Deserialize;

use super::number::NumberKind;

/// The table shipped with the product; a newer file is another [`Grammar::parse`].
pub const EMBEDDED: &str = include_str!("../../../../../rules/filing.json");

/// Bytes a grammar file may have.
const MAX_BYTES: usize = 256 * 1024;

/// Why a grammar file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GrammarError {
    /// The file is larger than any such table.
    #[error("the filing grammar has {0} bytes; the limit is 262144")]
    TooLarge(usize),
    /// The file is no JSON of the expected shape.
    #[error("the filing grammar cannot be read")]
    Shape(#[source] serde_json::Error),
    /// The file is of another version.
    #[error("the filing grammar has schema {0}, not namekeep/filing/1")]
    Schema(String),
    /// Two provinces share a code or an abbreviation.
    #[error("the filing grammar names {0} twice")]
    Twice(String),
}

impl GrammarError {
    /// Says what is wrong; a parser's words are quoted.
    pub fn says(&self) -> Words {
        match self {
            Self::TooLarge(size) => {
                words!(en: "the filing grammar has {size} bytes; the limit is {MAX_BYTES}", zh: "备案号规则有 {size} 字节，上限为 {MAX_BYTES}")
            }
            Self::Shape(source) => Words::quoted(source.to_string())
                .behind(words!(en: "the filing grammar cannot be read: ", zh: "无法读取备案号规则：")),
            Self::Schema(found) => words!(
                en: "the filing grammar has schema {found}, not namekeep/filing/1",
                zh: "备案号规则的格式为 {found}，而非 namekeep/filing/1"
            ),
            Self::Twice(name) => words!(en: "the filing grammar names {name} twice", zh: "备案号规则中 {name} 重复"),
        }
    }

    /// Says what a person can do about it.
    pub fn hint(&self) -> Text {
        Text::new("the table is part of this program: report this", "该表为本程序自带：请报告此问题")
    }

    /// Returns the number of the error page.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "E1651",
            Self::Shape(_) => "E1652",
            Self::Schema(_) => "E1653",
            Self::Twice(_) => "E1654",
        }
    }
}

/// The forms of filing numbers and the provinces that issue them.
#[derive(Clone, Debug, Deserialize)]
pub struct Grammar {
    schema: String,
    /// The day the table was last verified.
    pub verified_on: String,
    /// Where the table comes from.
    pub source: String,
    /// The provinces, each with its two abbreviations.
    pub provinces: Vec<Province>,
    pub(super) filing: Filing,
    pub(super) public_security: PublicSecurity,
    pub(super) licence: Licence,
    /// Words that stand before a number on web pages, longest first.
    pub(super) labels: Vec<String>,
    /// Traditional characters and the simplified ones numbers are written with.
    pub(super) variants: BTreeMap<char, char>,
}

/// A province and how it appears in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Province {
    /// First two digits of its GB/T 2260 code.
    pub gb2260: String,
    /// Short name.
    pub name: String,
    /// Abbreviation in numbers of the communications administrations.
    pub icp: char,
    /// Abbreviation in numbers of the public security organs.
    pub public_security: char,
    /// Whether the latter was seen in an example, not assumed.
    pub public_security_verified: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Filing {
    /// First and last year of numbers of eight digits.
    pub(super) short_years: (i16, i16),
    /// First year of numbers of ten digits.
    pub(super) long_from: i16,
    /// Greatest number of a service under a subject.
    pub(super) service_max: u32,
    pub(super) suffixes: Vec<Suffix>,
}

/// A letter after the service number and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Suffix {
    /// The letter.
    pub letter: char,
    /// The kind of service.
    pub kind: NumberKind,
    /// Whether the letter was seen in an example, not recalled.
    pub verified: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct PublicSecurity {
    pub(super) area_digits: usize,
    #[serde(rename = "type")]
    pub(super) type_digits: String,
    pub(super) serial_digits: usize,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Licence {
    pub(super) classes: Vec<String>,
    pub(super) first_year: i16,
    pub(super) legacy_digits: usize,
    /// Mark of a licence that holds in several provinces.
    pub(super) national: String,
}

impl Grammar {
    /// Reads a table from bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, GrammarError> {
        if bytes.len() > MAX_BYTES {
            return Err(GrammarError::TooLarge(bytes.len()));
        }
        let mut grammar: Self = serde_json::from_slice(bytes).map_err(GrammarError::Shape)?;
        if grammar.schema != "namekeep/filing/1" {
            return Err(GrammarError::Schema(grammar.schema));
        }
        for (at, province) in grammar.provinces.iter().enumerate() {
            for other in grammar.provinces.iter().skip(at + 1) {
                let shared = other.gb2260 == province.gb2260
                    || other.icp == province.icp
                    || other.public_security == province.public_security;
                if shared {
                    return Err(GrammarError::Twice(other.name.clone()));
                }
            }
        }
        grammar.labels.sort_by_key(|label| std::cmp::Reverse(label.chars().count()));
        Ok(grammar)
    }

    /// Finds the province an abbreviation stands for in numbers of the communications side.
    pub(super) fn by_icp(&self, abbreviation: char) -> Option<&Province> {
        self.provinces.iter().find(|province| province.icp == abbreviation)
    }

    /// Finds the province an abbreviation stands for in numbers of the public security side.
    pub(super) fn by_public_security(&self, abbreviation: char) -> Option<&Province> {
        self.provinces.iter().find(|province| province.public_security == abbreviation)
    }

    /// Tells whether two digits open the GB/T 2260 code of a province.
    pub(super) fn is_province_code(&self, digits: &str) -> bool {
        self.provinces.iter().any(|province| province.gb2260 == digits)
    }
}
