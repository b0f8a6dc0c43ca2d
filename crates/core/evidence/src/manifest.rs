//! `manifest.json`: what a dossier is about, whose keys are in it and what its raw files are.
//!
//! It repeats nothing that another file states, except what a reader wants at a glance; verification
//! compares each such figure with the thing itself.

use serde::{Deserialize, Serialize};

use crate::{Both, Error, Hash, Instant, PublicKey, Role, canonical};

/// The schema of this version.
pub(crate) const SCHEMA: &str = "namekeep/dossier/1";

/// The manifest of a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The schema, `namekeep/dossier/1`.
    pub schema: String,
    /// The program that sealed it, with its version.
    pub generator: String,
    /// The run.
    pub run: String,
    /// What the run is about.
    pub title: Both,
    /// Whether it is from the demo world, whose names, people and money are invented.
    pub demo: bool,
    /// The instant of the first entry.
    pub from: Instant,
    /// The instant of the last entry.
    pub to: Instant,
    /// When it was sealed.
    pub sealed_at: Instant,
    /// The fingerprint of the key that sealed it.
    pub sealer: Hash,
    /// The number of entries.
    pub entries: u64,
    /// The keys, sorted by role and key line.
    pub keys: Vec<KeyRecord>,
    /// The raw files, sorted by digest.
    pub files: Vec<FileRecord>,
}

/// A public key in its role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRecord {
    /// What it may sign.
    pub role: Role,
    /// The verifier key line.
    pub key: PublicKey,
}

impl KeyRecord {
    /// Puts a key into a role.
    pub fn new(role: Role, key: PublicKey) -> Self {
        Self { role, key }
    }

    /// The order of keys in a manifest.
    pub(crate) fn order(&self) -> (Role, String) {
        (self.role, self.key.to_string())
    }
}

/// What a raw file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// The answer of a source, as received.
    Answer,
    /// A file that a person handed in.
    Upload,
    /// The text of a law at the time of the event.
    Law,
    /// A document of the program, such as the plan.
    Document,
}

/// A raw file, kept under the digest of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRecord {
    /// The digest of the bytes, and the name under `raw/`.
    pub sha256: Hash,
    /// The number of bytes.
    pub bytes: u64,
    /// What it is.
    pub kind: FileKind,
    /// Its media type, such as `application/rdap+json`.
    pub media: String,
    /// What a reader calls it, such as `RDAP answer of the registry`.
    pub label: String,
}

impl Manifest {
    /// Writes the canonical bytes.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        canonical::to_bytes(self)
    }

    /// Reads a manifest; only the canonical form with sorted lists is accepted.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let manifest: Self = serde_json::from_slice(bytes)?;
        if manifest.schema != SCHEMA {
            return Err(Error::Field { field: "schema", reason: "a version this reader does not know" });
        }
        let sorted = manifest.keys.is_sorted_by(|a, b| a.order() < b.order())
            && manifest.files.is_sorted_by(|a, b| a.sha256 < b.sha256);
        if sorted && manifest.to_bytes()? == bytes { Ok(manifest) } else { Err(Error::NotCanonical("manifest")) }
    }

    /// The keys of one role.
    pub(crate) fn keys_of(&self, role: Role) -> impl Iterator<Item = &PublicKey> {
        self.keys.iter().filter(move |record| record.role == role).map(|record| &record.key)
    }

    /// The place of a raw file in the list.
    pub(crate) fn file_index(&self, digest: &Hash) -> Option<usize> {
        self.files.binary_search_by(|file| file.sha256.cmp(digest)).ok()
    }
}

/// The schema that a manifest names, when it can be read at all.
pub(crate) fn schema_of(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Schema {
        schema: String,
    }
    serde_json::from_slice::<Schema>(bytes).ok().map(|read| read.schema)
}
