//! The profile: thresholds that gates name, and levels check-points get. Data, not code.

use std::collections::BTreeMap;

use namekeep_model::{FindingCode, Level};
use serde::Deserialize;

use crate::error::LoadError;
use crate::load::toml_error;
use crate::plan::sha256;

/// Largest file read, in bytes: a hundred times the shipped one.
const MAX: usize = 1 << 20;
const SCHEMA: &str = "namekeep/profile/1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: toml::Spanned<String>,
    #[serde(default)]
    thresholds: BTreeMap<String, Threshold>,
    #[serde(default)]
    levels: BTreeMap<FindingCode, Level>,
}

/// One number with its provenance.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The number.
    pub value: i64,
    /// What it is counted in.
    pub unit: String,
    /// Where it comes from.
    pub source: String,
}

/// Thresholds and levels of one workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    thresholds: BTreeMap<String, Threshold>,
    levels: BTreeMap<FindingCode, Level>,
    digest: String,
}

impl Profile {
    /// Reads a profile file.
    ///
    /// # Errors
    /// Names the place and the cure.
    pub fn parse(bytes: &[u8]) -> Result<Self, LoadError> {
        let text = crate::load::text(bytes, MAX)?;
        let file: File = toml::from_str(text).map_err(|error| toml_error(text, &error))?;
        if file.schema.as_ref() != SCHEMA {
            let (what, cure) = (crate::load::UNKNOWN_SCHEMA, crate::load::write_schema(SCHEMA));
            return Err(crate::load::error(text, file.schema.span(), "E1201", what, cure));
        }
        Ok(Self { thresholds: file.thresholds, levels: file.levels, digest: sha256(bytes) })
    }

    /// A threshold by its name.
    pub fn threshold(&self, name: &str) -> Option<i64> {
        self.thresholds.get(name).map(|threshold| threshold.value)
    }

    /// Every threshold, with its provenance.
    pub fn thresholds(&self) -> impl Iterator<Item = (&str, &Threshold)> {
        self.thresholds.iter().map(|(name, threshold)| (name.as_str(), threshold))
    }

    /// The level a check-point's finding gets, where the profile says so.
    pub fn level(&self, code: FindingCode) -> Option<Level> {
        self.levels.get(&code).copied()
    }

    /// SHA-256 of the file, hex.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}
