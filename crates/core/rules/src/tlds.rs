//! The suffix table: one row per top-level domain, as read from registry and registrar texts.
//!
//! Free words of the sources stay as they are; what the engine decides by stands beside them in
//! closed words (`may`, `price`, `dns_off`, `traps`, `offered`). A suffix without a row gets the
//! row of general gTLD policy, or an honest `unknown` with its reason.

use std::collections::{BTreeMap, HashMap};

use namekeep_model::status::{EppStatus, RgpStatus};
use namekeep_model::{Confidence, Date, Words};
use serde::{Deserialize, Serialize};

use crate::RulesError;
use crate::read::{inconsistent, json, schema};
use crate::row::{Class, Row, SourceRef};

const FILE: &str = "rules/tlds.json";
const SCHEMA: &str = "namekeep/tlds/1";
/// Most phases of a row; the widest row read has four.
const MAX_PHASES: usize = 5;
/// Longest suffix looked up, in octets (RFC 1035 section 2.3.4).
const MAX_SUFFIX: usize = 253;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IdnCountry {
    a_label: String,
    country: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Special {
    tld: String,
    why: Words,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Errp {
    applies_to: String,
    pre_expiry_notices: Vec<String>,
    post_expiry_notice: String,
    delivery: String,
    dns_interruption: String,
    rgp: String,
    rgp_dns: String,
    restore_after_renewal: String,
    confidence: Confidence,
    source: Vec<String>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    as_of: String,
    verified_on: Date,
    how_to_use: String,
    confidence_scale: BTreeMap<Confidence, String>,
    optional_row_fields: BTreeMap<String, String>,
    epp_statuses_rfc5731: Vec<EppStatus>,
    rgp_statuses_rfc3915: Vec<RgpStatus>,
    rgp_state_machine: BTreeMap<String, BTreeMap<String, String>>,
    icann_errp: Errp,
    traps: Vec<String>,
    idn_cctlds: Vec<IdnCountry>,
    special: Vec<Special>,
    rows: Vec<Row>,
    sources: BTreeMap<String, SourceRef>,
}

/// What a look-up found for a suffix.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// A row of its own, reached from the suffix by dropping `climbed` labels.
    Row {
        /// The row.
        row: &'a Row,
        /// Labels dropped: 1 for `co.uk` read by the row `uk`.
        climbed: u8,
    },
    /// The row of general gTLD policy.
    Template {
        /// The row.
        row: &'a Row,
    },
    /// Nothing is known: a person has to ask.
    Unknown {
        /// The row, where one exists without phases.
        row: Option<&'a Row>,
        /// Why nothing is known.
        why: UnknownWhy<'a>,
    },
}

/// Why nothing is known about a suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownWhy<'a> {
    /// The row says that no life cycle was read.
    NotRead,
    /// A country-code suffix without a row.
    NoRow,
    /// A restricted or reserved suffix, with its reason.
    Special(&'a Words),
    /// The text is no suffix.
    NotASuffix,
}

impl<'a> Found<'a> {
    /// The row that answers, where one exists.
    pub const fn row(&self) -> Option<&'a Row> {
        match *self {
            Self::Row { row, .. } | Self::Template { row } => Some(row),
            Self::Unknown { row, .. } => row,
        }
    }
}

/// The suffix table with its index.
#[derive(Debug)]
pub struct TldTable {
    file: File,
    index: HashMap<String, usize>,
    template: usize,
}

impl TldTable {
    /// Reads a suffix table.
    pub fn parse(bytes: &[u8]) -> Result<Self, RulesError> {
        let file: File = json(FILE, bytes)?;
        schema(FILE, &file.schema, SCHEMA)?;
        let mut index = HashMap::with_capacity(file.rows.len());
        let mut template = None;
        for (at, row) in file.rows.iter().enumerate() {
            let path = || format!("rows.{}", row.tld);
            let double = match (&row.a_label, row.class) {
                (Some(label), class) if class != Class::Template => index.insert(label.clone(), at).is_some(),
                (None, Class::Template) => template.replace(at).is_some(),
                _ => return Err(inconsistent(FILE, path(), "only the template has no A-label")),
            };
            if double {
                return Err(inconsistent(FILE, path(), "the row stands twice"));
            }
            let cited = row.sources.iter().chain(&row.lookup_sources);
            let cited = cited.chain(row.locks.iter().flat_map(|locks| &locks.source));
            let mut cited = cited.chain(row.additions.iter().flat_map(|addition| &addition.sources));
            if let Some(id) = cited.find(|id| !file.sources.contains_key(*id)) {
                return Err(inconsistent(FILE, path(), format!("the source `{id}` is not listed")));
            }
            if row.sources.is_empty() {
                return Err(inconsistent(FILE, path(), "the row names no source"));
            }
            if row.phases.len() > MAX_PHASES {
                return Err(inconsistent(FILE, path(), format!("more than {MAX_PHASES} phases")));
            }
            for phase in &row.phases {
                let days = [phase.days_min, phase.days_typical, phase.days_max].into_iter().flatten();
                if days.clone().any(|days| !(-400..=1000).contains(&days)) || !days.is_sorted() {
                    return Err(inconsistent(
                        FILE,
                        format!("rows.{}.{}", row.tld, phase.name),
                        "days run min, typical, max within -400..1000",
                    ));
                }
            }
        }
        let template = template.ok_or_else(|| inconsistent(FILE, "rows", "there is no template row"))?;
        Ok(Self { file, index, template })
    }

    /// Every row, the template included.
    pub fn rows(&self) -> &[Row] {
        &self.file.rows
    }

    /// A source by its id.
    pub fn source(&self, id: &str) -> Option<&SourceRef> {
        self.file.sources.get(id)
    }

    /// The age of the table, in the words of its reader.
    pub fn as_of(&self) -> &str {
        &self.file.as_of
    }

    /// Finds what is known for a suffix given as A-label, climbing label by label.
    ///
    /// A suffix of two ASCII letters is a country's (ISO 3166-1, ICP-1); IDN country suffixes are
    /// listed; restricted and reserved strings are listed; every other string is read by general
    /// gTLD policy, which binds whatever registry runs it.
    pub fn find(&self, suffix: &str) -> Found<'_> {
        let lower = suffix.trim_end_matches('.').to_ascii_lowercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if lower.is_empty()
            || lower.len() > MAX_SUFFIX
            || !lower.chars().all(plain)
            || lower.split('.').any(str::is_empty)
        {
            return Found::Unknown { row: None, why: UnknownWhy::NotASuffix };
        }
        let (mut rest, mut climbed) = (lower.as_str(), 0_u8);
        loop {
            if let Some(row) = self.index.get(rest).and_then(|&at| self.file.rows.get(at)) {
                return if row.is_known() {
                    Found::Row { row, climbed }
                } else {
                    Found::Unknown { row: Some(row), why: UnknownWhy::NotRead }
                };
            }
            match rest.split_once('.') {
                Some((_, parent)) => (rest, climbed) = (parent, climbed.saturating_add(1)),
                None => break,
            }
        }
        if let Some(special) = self.file.special.iter().find(|special| special.tld == rest) {
            return Found::Unknown { row: None, why: UnknownWhy::Special(&special.why) };
        }
        let two_letters = rest.len() == 2 && rest.bytes().all(|b| b.is_ascii_alphabetic());
        let idn_country = self.file.idn_cctlds.iter().any(|idn| idn.a_label == rest);
        let numeric = rest.bytes().all(|b| b.is_ascii_digit());
        match self.file.rows.get(self.template) {
            _ if two_letters || idn_country => Found::Unknown { row: None, why: UnknownWhy::NoRow },
            Some(row) if !numeric => Found::Template { row },
            _ => Found::Unknown { row: None, why: UnknownWhy::NotASuffix },
        }
    }

    #[doc(hidden)]
    pub fn to_json(&self) -> Option<serde_json::Value> {
        serde_json::to_value(&self.file).ok()
    }
}
