//! What a folder of the story holds: every row of the store, every file, in one comparable form.
//!
//! Left out is only what says *who wrote when it was started*: the incarnation a store and an attempt
//! are stamped with, and what repeating adds by its meaning: a repeated seal repeats its leaf in the
//! workspace log (equal leaves count once), facts told twice count a round in which nothing was new, a
//! run applied again looks again at what it waits for, and looks that bring nothing are noted.
//! Everything drawn at random (ids, keys, nonces, signatures) can be masked, for comparing two runs
//! that both drew; the store's own check, and the verifier, hold those together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use namekeep_evidence::{SigningKey, Verdict};
use namekeep_model::WorkspaceId;
use namekeep_service::block::block_on;
use namekeep_store::{Error, SqliteStore};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::Value;

/// The workspace folder, in a story's folder.
const FOLDER: &str = "domains";

/// Tables that only grow: what is in them after a fault lies between before and after, in order.
const GROWING: [&str; 4] = ["entry", "kept", "obs_log", "log_leaf"];

/// A folder's content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// Rows by table, each as one text.
    pub(crate) tables: BTreeMap<String, Vec<String>>,
    /// Files by name.
    pub(crate) files: BTreeMap<String, String>,
    /// Files under the names whole files have while they are written.
    pub(crate) strays: Vec<String>,
}

impl State {
    /// Reads a folder, leaving it as it is; every file must be whole, every log match its head.
    pub(crate) fn read(home: &Path) -> Result<Self, String> {
        let mut state = Self::default();
        state.read_files(home, home)?;
        let (place, aside) = (home.join(FOLDER), crate::scratch("aside"));
        // A copy: opening a store mends what a crash left, and that is the next command's work.
        for name in ["namekeep.db", "namekeep.db-wal"] {
            if place.join(name).is_file() {
                std::fs::copy(place.join(name), aside.path().join(name)).map_err(|e| format!("{name}: {e}"))?;
            }
        }
        let file = aside.path().join("namekeep.db");
        if file.is_file() && check(&place, &file)? {
            state.tables = rows(&file).map_err(|e| format!("the store cannot be read: {e}"))?;
        }
        Ok(state)
    }

    fn read_files(&mut self, home: &Path, folder: &Path) -> Result<(), String> {
        let listed = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for path in listed.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                self.read_files(home, &path)?;
                continue;
            }
            let name = path.strip_prefix(home).unwrap_or(&path).display().to_string();
            // The store is read by its rows; the lock names the process that had it last.
            if name.starts_with("domains/namekeep.") {
                continue;
            }
            if name.ends_with(".new") || name.starts_with("namekeep-list-") {
                self.strays.push(name);
                continue;
            }
            let content = whole(&path).map_err(|why| format!("{name} is not whole: {why}"))?;
            self.files.insert(name, content);
        }
        Ok(())
    }

    /// The same with everything drawn at random masked.
    pub(crate) fn masked(&self) -> Self {
        let masked = |(name, rows): (&String, &Vec<String>)| {
            let mut rows: Vec<String> = rows.iter().map(|row| mask(row)).collect();
            // These stand in the order of what was drawn.
            if name == "public_key" {
                rows.sort();
            }
            (name.clone(), rows)
        };
        let tables = self.tables.iter().map(masked).collect();
        let files = self.files.iter().map(|(name, text)| (name.clone(), mask(text))).collect();
        Self { tables, files, strays: self.strays.clone() }
    }

    /// Says what differs, the first difference of each table and file.
    pub(crate) fn differs(&self, other: &Self) -> Option<String> {
        let mut lines = Vec::new();
        let (mine, theirs) = (&self.tables, &other.tables);
        for name in mine.keys().chain(theirs.keys().filter(|name| !mine.contains_key(*name))) {
            let empty = Vec::new();
            let (mine, theirs) = (mine.get(name).unwrap_or(&empty), theirs.get(name).unwrap_or(&empty));
            if let Some(at) = (0..mine.len().max(theirs.len())).find(|&at| mine.get(at) != theirs.get(at)) {
                lines.push(format!("{name}: {} rows, {} expected", mine.len(), theirs.len()));
                lines.push(format!("   found    {:?}", mine.get(at)));
                lines.push(format!("   expected {:?}", theirs.get(at)));
            }
        }
        for name in self.files.keys().chain(other.files.keys().filter(|name| !self.files.contains_key(*name))) {
            let (mine, theirs) = (self.files.get(name), other.files.get(name));
            if mine != theirs {
                lines.push(format!("{name}: {mine:.300?}, not {theirs:.300?}"));
            }
        }
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// Says what is here that must not be, between the states before and after a command: what had
    /// been recorded is there, nothing else was recorded, and each file is the old one or the new one.
    pub(crate) fn strays_from(&self, before: &Self, after: &Self) -> Option<String> {
        for table in GROWING {
            let rows = |state: &Self| state.tables.get(table).cloned().unwrap_or_default();
            let (old, now, new) = (rows(before), rows(self), rows(after));
            if !now.starts_with(&old) {
                return Some(format!("{table}: what was acknowledged is lost: {} rows of {}", now.len(), old.len()));
            }
            if !new.starts_with(&now) {
                return Some(format!("{table}: something foreign: {:?}", now.iter().zip(&new).find(|(now, new)| now != new)));
            }
        }
        for (name, text) in &self.files {
            let known = [before, after].iter().any(|state| state.files.get(name) == Some(text));
            if !known {
                return Some(format!("{name} is neither the old file nor the new one: {text:.300}"));
            }
        }
        let lost = before.files.keys().find(|name| !self.files.contains_key(*name));
        lost.map(|name| format!("{name} is lost"))
    }
}

/// Reads a file, and tells whether it is whole by its own kind.
fn whole(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    let text = || String::from_utf8(bytes.clone()).map_err(|e| e.to_string());
    match path.extension().and_then(|ext| ext.to_str()) {
        Some("dossier") => {
            let report = namekeep_evidence::verify(&bytes, &[]);
            if report.verdict != Verdict::Intact {
                return Err(format!("{:?}", report.verdict));
            }
            // What it tells, not the head of the workspace log it was sealed under.
            let entries = namekeep_evidence::entries(&bytes);
            Ok(entries.into_iter().map(|entry| format!("{}\n", String::from_utf8_lossy(entry))).collect())
        }
        Some("pem") => {
            let key = SigningKey::from_pem("key", &text()?).map_err(|e| e.to_string())?;
            Ok(key.public().fingerprint().to_string())
        }
        Some("json") => serde_json::from_str(&text()?).map(|value| known(value).to_string()).map_err(|e| e.to_string()),
        _ => text(),
    }
}

/// Checks a copy of the store by its own check; tells whether there is one yet.
fn check(place: &Path, file: &Path) -> Result<bool, String> {
    let Ok(text) = std::fs::read_to_string(place.join("workspace.json")) else { return Ok(false) };
    let marker: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let id = WorkspaceId::new(marker["id"].as_str().unwrap_or_default()).map_err(|e| e.to_string())?;
    match SqliteStore::open(file, id) {
        Ok(store) => block_on(store.check()).map(|()| true).map_err(|e| format!("the store's own check: {e}")),
        Err(Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(format!("the store cannot be opened: {error}")),
    }
}

/// Columns that say which incarnation wrote a row, grow with repeated leaves, or count how often nothing
/// new was told.
fn left_out(table: &str, column: &str) -> bool {
    matches!(
        (table, column),
        ("effect", "epoch" | "nonce")
            | ("workspace", "log_size" | "log_peaks")
            | ("log_leaf", "seq")
            | ("obs_log", "id")
            | ("name", "quiet_rounds")
    )
}

fn rows(file: &Path) -> rusqlite::Result<BTreeMap<String, Vec<String>>> {
    let conn = Connection::open(file)?;
    let mut names = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut tables = BTreeMap::new();
    for name in names.into_iter().filter(|name| name != "store" && name != "checkpoint") {
        let mut statement = conn.prepare(&format!("SELECT * FROM {name}"))?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut found = statement.query([])?;
        let mut rows: Vec<String> = Vec::new();
        while let Some(row) = found.next()? {
            let mut text = String::new();
            for (n, column) in columns.iter().enumerate().filter(|(_, column)| !left_out(&name, column)) {
                let mut value = shown(row.get_ref(n)?);
                if let Some(facts) = Some(&value).filter(|_| column == "facts").and_then(|text| serde_json::from_str(text).ok()) {
                    value = known(facts).to_string();
                }
                text.push_str(&format!(" {column}={value}"));
            }
            let again = name == "log_leaf" && rows.last() == Some(&text);
            if !(again || name == "obs_log" && text.contains(r#""said":{"failed""#)) {
                rows.push(text);
            }
        }
        tables.insert(name, rows);
    }
    // A head of the whole workspace log is signed, or there is no log.
    let sql = "SELECT count(*) FROM workspace WHERE log_size > 0 AND NOT EXISTS \
        (SELECT 1 FROM checkpoint WHERE checkpoint.ws = workspace.ws AND size = log_size)";
    let unsigned: i64 = conn.query_row(sql, [], |row| row.get(0))?;
    tables.insert("log without a signed head".to_owned(), vec![String::new(); usize::try_from(unsigned).unwrap_or(1)]);
    Ok(tables)
}

/// Facts, wherever they stand in a document, without the notes of looks that brought nothing.
fn known(mut value: Value) -> Value {
    match &mut value {
        Value::Array(items) => items.iter_mut().for_each(|item| *item = known(item.take())),
        Value::Object(fields) => {
            if let Some(by_key) = fields.get_mut("by_key").and_then(Value::as_object_mut) {
                by_key.values_mut().filter_map(Value::as_object_mut).for_each(|fact| drop(fact.remove("failed")));
                by_key.retain(|_, fact| fact.as_object().is_none_or(|fact| !fact.is_empty()));
            }
            fields.values_mut().for_each(|field| *field = known(field.take()));
        }
        _ => {}
    }
    value
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(x) => x.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if text.starts_with('{') => text.to_owned(),
            _ => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        },
    }
}

/// Masks ids, keys, digests, nonces and signatures: runs of hexadecimal digits and of base64.
fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    let put = |out: &mut String, word: &mut String| {
        // 13 decimals are an instant in milliseconds.
        let instant = word.len() == 13 && word.bytes().all(|b| b.is_ascii_digit());
        let hex = word.len() >= 12 && !instant && word.bytes().all(|b| b.is_ascii_hexdigit());
        out.push_str(if hex || word.len() >= 40 { "#" } else { word });
        word.clear();
    };
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '+' | '/') {
            word.push(c);
        } else {
            put(&mut out, &mut word);
            // What ends base64 goes with it.
            if c != '=' || !out.ends_with('#') {
                out.push(c);
            }
        }
    }
    put(&mut out, &mut word);
    out
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path: PathBuf = entry?.path();
        let place = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &place)?;
        } else {
            std::fs::copy(&path, place)?;
        }
    }
    Ok(())
}
