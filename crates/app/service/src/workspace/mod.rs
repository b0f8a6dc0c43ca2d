//! A workspace: one folder with a company's names, people, settings, rules and evidence.
//!
//! ```text
//! domains/
//!   workspace.json   who it is: an id that signatures name
//!   namekeep.db      names, facts, runs, settings, public keys   (one process at a time)
//!   keys/NAME.pem    private keys, 0600; handed to their people, never in the store
//!   rules/*.json     rule files newer than the embedded ones, where somebody imported any
//! ```
//!
//! Opening and creating, settings, people with their keys, and the rules in force. It does not know
//! what a use case does with them, and reads no clock: time is an argument.

mod folder;
mod people;
mod rules;
mod settings;

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use namekeep_model::{Date, Timestamp, WorkspaceId};
use namekeep_rules::Rulebook;
use namekeep_store::{SqliteStore, Store as _};

use crate::Failure;
use crate::block::block_on;
use crate::keys::Keyring;

pub use people::NewPerson;
pub use rules::RuleFile;
pub use settings::{DEFAULT_ZONE, PersonRecord, Settings, zone_named};

/// The store's file in the folder.
const STORE: &str = "namekeep.db";
/// Where the settings lie in the store.
const SETTINGS: &str = "settings";
/// The code of a workspace that is not there.
const NOT_FOUND: &str = "E1901";
/// When the workspace was made.
const CREATED: &str = "created";

/// An open workspace. No other process can open it until this one lets go.
#[derive(Debug)]
pub struct Workspace {
    folder: PathBuf,
    /// Its id, which every signature names.
    pub id: WorkspaceId,
    /// Names, runs and everything else durable.
    pub store: SqliteStore,
    /// Private keys.
    pub keys: Keyring,
    /// The rules in force: embedded, or newer files of the folder.
    pub rules: Rulebook,
    settings: Settings,
}

impl Workspace {
    /// Tells whether a workspace lies in a folder, without opening it.
    pub fn exists(folder: &Path) -> bool {
        folder::marker(folder).is_file() && folder.join(STORE).exists()
    }

    /// Makes a workspace; one that is there already is refused.
    ///
    /// Cut short by a crash, it can simply be done again.
    pub fn create(folder: &Path, settings: Settings, now: Timestamp) -> Result<Self, Failure> {
        folder::make(folder)?;
        let keys = Keyring::Folder(folder.join("keys"));
        let id = match folder::read_id(folder)? {
            Some(id) => id,
            None => folder::write_id(folder, &keys)?,
        };
        let place = folder.join(STORE);
        let store = match SqliteStore::create(&place, id.clone()) {
            // A creation that was cut short after the store was made goes on; a finished one stands.
            Err(namekeep_store::Error::Exists { path }) => {
                let store = SqliteStore::open(&place, id.clone())?;
                if block_on(store.setting(SETTINGS))?.is_some() {
                    return Err(namekeep_store::Error::Exists { path }.into());
                }
                store
            }
            made => made?,
        };
        let rules = rules::of(folder)?;
        let mut workspace = Self { folder: folder.to_owned(), id, store, keys, rules, settings: settings.clone() };
        block_on(workspace.store.put_setting(CREATED, now.to_string().into()))?;
        // The settings come last: with them the workspace is there.
        workspace.change(settings)?;
        Ok(workspace)
    }

    /// Opens the workspace of a folder; none where there is none yet, or one whose creation was cut short.
    pub fn open_if_made(folder: &Path) -> Result<Option<Self>, Failure> {
        match Self::open(folder) {
            Err(failure) if failure.code == NOT_FOUND => Ok(None),
            opened => opened.map(Some),
        }
    }

    /// Opens a workspace: a missing one, one in use and one of a newer version are told apart.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let missing = || namekeep_store::Error::NotFound { path: folder.to_owned() };
        let id = folder::read_id(folder)?.ok_or_else(missing)?;
        let store = SqliteStore::open(&folder.join(STORE), id.clone()).map_err(|error| match error {
            namekeep_store::Error::NotFound { .. } => missing(),
            other => other,
        })?;
        let settings = match block_on(store.setting(SETTINGS))? {
            Some(value) => settings::read(value)?,
            // A creation that was cut short after the store was made: making it goes on from here.
            None => return Err(missing().into()),
        };
        let rules = rules::of(folder)?;
        let keys = Keyring::Folder(folder.join("keys"));
        Ok(Self { folder: folder.to_owned(), id, store, keys, rules, settings })
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its settings.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Keeps new settings: durable first, then in force.
    pub fn change(&mut self, settings: Settings) -> Result<(), Failure> {
        block_on(self.store.put_setting(SETTINGS, settings::write(&settings)?))?;
        self.settings = settings;
        Ok(())
    }

    /// The zone of its calendar days.
    pub fn zone(&self) -> TimeZone {
        self.settings.time_zone()
    }

    /// The day of an instant in its zone.
    pub fn day(&self, at: Timestamp) -> Date {
        self.zone().to_datetime(at).date()
    }

    /// Keeps a rule file that is newer than the embedded one, once the whole rulebook reads with it.
    pub fn import_rules(&mut self, bytes: &[u8]) -> Result<RuleFile, Failure> {
        let (kind, rules) = rules::import(&self.folder, bytes)?;
        self.rules = rules;
        Ok(kind)
    }

    /// The rule files the folder has instead of the embedded ones.
    pub fn own_rules(&self) -> Vec<RuleFile> {
        rules::own(&self.folder)
    }
}

#[cfg(test)]
mod tests;
