//! The Rulebook: all rule files of one moment, parsed, with the digest of their bytes.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::calendar::WorkCalendar;
use crate::freezes::Freezes;
use crate::holidays::HolidayFile;
use crate::law::LawCorpus;
use crate::overlays::OverlayTable;
use crate::tlds::TldTable;
use crate::{RulesError, read};

/// The bytes of the rule files.
#[derive(Clone, Copy, Debug)]
pub struct RulebookBytes<'a> {
    /// Suffix rows.
    pub tlds: &'a [u8],
    /// Registrar overlays.
    pub overlays: &'a [u8],
    /// Holidays.
    pub holidays: &'a [u8],
    /// Freezes.
    pub freezes: &'a [u8],
    /// Law.
    pub law: &'a [u8],
}

impl RulebookBytes<'static> {
    /// The files this version was built with.
    pub const EMBEDDED: Self = Self {
        tlds: include_bytes!("../../../../rules/tlds.json"),
        overlays: include_bytes!("../../../../rules/overlays.json"),
        holidays: include_bytes!("../../../../rules/holidays.json"),
        freezes: include_bytes!("../../../../rules/freezes.toml"),
        law: include_bytes!("../../../../rules/law.json"),
    };
}

/// The SHA-256 of a rulebook's bytes: what evidence names when it says which rules were used.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Debug)]
struct Parts {
    tlds: TldTable,
    overlays: OverlayTable,
    holidays: HolidayFile,
    calendar: WorkCalendar,
    freezes: Freezes,
    law: LawCorpus,
    digest: Digest,
}

/// Parsed rules; cheap to clone and to share.
#[derive(Clone, Debug)]
pub struct Rulebook(Arc<Parts>);

impl Rulebook {
    /// The rules this version was built with.
    ///
    /// # Errors
    /// Never in a release: a test parses the embedded files.
    pub fn embedded() -> Result<Self, RulesError> {
        Self::parse(RulebookBytes::EMBEDDED)
    }

    /// Parses rule files; any part may be newer than the embedded one.
    ///
    /// # Errors
    /// Names the file and the place of the first thing wrong.
    pub fn parse(parts: RulebookBytes<'_>) -> Result<Self, RulesError> {
        let tlds = TldTable::parse(parts.tlds)?;
        let overlays = OverlayTable::parse(parts.overlays)?;
        for overlay in overlays.all() {
            let unknown = |name: &&String| !tlds.rows().iter().any(|row| &row.registry == *name);
            if let Some(name) = overlay.rules.iter().flat_map(|rule| &rule.match_registries).find(unknown) {
                return Err(read::inconsistent(
                    "rules/overlays.json",
                    &overlay.id,
                    format!("no row has the registry `{name}`"),
                ));
            }
        }
        let holidays = HolidayFile::parse(parts.holidays)?;
        let calendar = WorkCalendar::new(&holidays)?;
        let freezes = Freezes::parse(parts.freezes, &holidays)?;
        let law = LawCorpus::parse(parts.law)?;
        let digest = digest(parts);
        Ok(Self(Arc::new(Parts { tlds, overlays, holidays, calendar, freezes, law, digest })))
    }

    /// The suffix rows.
    pub fn tlds(&self) -> &TldTable {
        &self.0.tlds
    }

    /// The registrar overlays.
    pub fn overlays(&self) -> &OverlayTable {
        &self.0.overlays
    }

    /// The holidays file.
    pub fn holidays(&self) -> &HolidayFile {
        &self.0.holidays
    }

    /// The working calendar.
    pub fn calendar(&self) -> &WorkCalendar {
        &self.0.calendar
    }

    /// The freezes.
    pub fn freezes(&self) -> &Freezes {
        &self.0.freezes
    }

    /// The law corpus.
    pub fn law(&self) -> &LawCorpus {
        &self.0.law
    }

    /// The digest of the bytes these rules were parsed from.
    pub fn digest(&self) -> Digest {
        self.0.digest
    }
}

/// Hashes the files with their lengths, so that no byte can move from one file to the next.
fn digest(parts: RulebookBytes<'_>) -> Digest {
    let mut hash = Sha256::new();
    for part in [parts.tlds, parts.overlays, parts.holidays, parts.freezes, parts.law] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    Digest(hash.finalize().into())
}
