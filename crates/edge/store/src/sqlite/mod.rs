//! The store on disk: one SQLite file, one process, one writer thread.
//!
//! Reading happens at once, on the calling thread, over connections of its own: a point read costs
//! microseconds, less than handing it to another thread would. Writing is queued ([`writer`]).

mod log;
mod names;
mod open;
mod runs;
mod writer;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use namekeep_evidence::Hash;
use namekeep_model::{DomainName, Facts, RunId, RunKind, Timestamp, WorkspaceId};
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;

use open::{Lock, Mode, classify};
use writer::Writer;

use crate::{
    Append, Appended, Change, Changed, Checkpoint, Counts, EffectRow, Entry, Error, Head, Imported, Journal, Look,
    NameRecord, NameRow, NewRun, Page, PublicKey, RequestRow, Result, RunRow, Store, Summary,
};

/// Reading connections kept for the next reader.
const IDLE_READERS: usize = 4;

/// A workspace in a SQLite file, held by this process alone.
///
/// Dropping it waits for the writer to finish and to fold the write-ahead log into the file; not
/// dropping it, as when the process is killed, loses nothing that was acknowledged.
#[derive(Debug)]
pub struct SqliteStore {
    workspace: WorkspaceId,
    ws: i64,
    // Dropped in this order: readers, writer, lock.
    readers: Readers,
    writer: Writer,
    _lock: Lock,
}

impl SqliteStore {
    /// Makes a workspace, and the file where there is none; refuses one that is there already.
    ///
    /// Cut short by a crash, it can simply be done again.
    pub fn create(path: &Path, workspace: WorkspaceId) -> Result<Self> {
        Self::start(path, workspace, Mode::Create)
    }

    /// Opens a workspace, bringing an older schema up to date.
    pub fn open(path: &Path, workspace: WorkspaceId) -> Result<Self> {
        Self::start(path, workspace, Mode::Open)
    }

    fn start(path: &Path, workspace: WorkspaceId, mode: Mode) -> Result<Self> {
        let is_dir = path.parent().is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir());
        if mode == Mode::Open && !(is_dir && path.exists()) {
            // Before the lock, which would leave a file behind in a folder that is none of ours.
            return Err(Error::NotFound { path: path.to_owned() });
        }
        let lock = Lock::take(path)?;
        let conn = open::writer(path, mode)?;
        let ws = find_workspace(&conn, path, &workspace, mode)?;
        let readers = Readers { path: path.to_owned(), idle: Mutex::default() };
        let spawned = Writer::start(conn);
        let writer =
            spawned.map_err(|source| Error::NotWritable { path: path.to_owned(), source: Arc::new(source) })?;
        Ok(Self { workspace, ws, readers, writer, _lock: lock })
    }

    /// Checks every page, index and journal of the file; what does not hold is an error.
    pub async fn check(&self) -> Result<()> {
        let sound: String = self
            .readers
            .read(|conn| conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(classify))?;
        if sound != "ok" {
            return Err(Error::Damaged { what: sound });
        }
        for run in self.readers.read(|conn| runs::all(conn, self.ws))? {
            self.readers.read(|conn| runs::load(conn, self.ws, run))?;
        }
        self.readers.read(|conn| log::check(conn, self.ws))
    }

    fn read<T>(&self, look: impl FnOnce(&Connection, i64) -> Result<T>) -> Result<T> {
        self.readers.read(|conn| look(conn, self.ws))
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, i64) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let ws = self.ws;
        self.writer.write(move |conn| work(conn, ws)).await
    }
}

fn find_workspace(conn: &Connection, path: &Path, workspace: &WorkspaceId, mode: Mode) -> Result<i64> {
    let sql = "SELECT ws FROM workspace WHERE name = ?1";
    let known = conn.query_row(sql, [workspace.as_str()], |row| row.get(0)).optional().map_err(classify)?;
    match (known, mode) {
        (Some(ws), Mode::Open) => Ok(ws),
        (Some(_), Mode::Create) => Err(Error::Exists { path: path.to_owned() }),
        (None, Mode::Open) => Err(Error::NotFound { path: path.to_owned() }),
        (None, Mode::Create) => {
            conn.execute("INSERT INTO workspace (name) VALUES (?1)", [workspace.as_str()]).map_err(classify)?;
            Ok(conn.last_insert_rowid())
        }
    }
}

/// Connections that only read.
#[derive(Debug)]
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Looks at one state of the store, whatever the writer does meanwhile.
    fn read<T>(&self, look: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let spare = idle().pop();
        let conn = spare.map_or_else(|| open::reader(&self.path), Ok)?;
        let run = |sql: &str| conn.prepare_cached(sql).and_then(|mut begin| begin.execute([])).map_err(classify);
        run("BEGIN")?;
        let seen = look(&conn);
        // A connection that cannot end its transaction is closed, not kept.
        if run("COMMIT").is_ok() {
            let mut idle = idle();
            if idle.len() < IDLE_READERS {
                idle.push(conn);
            }
        }
        seen
    }
}

impl Store for SqliteStore {
    fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    fn counts(&self) -> Counts {
        self.writer.counts()
    }

    async fn setting(&self, key: &str) -> Result<Option<Value>> {
        self.read(|conn, ws| log::setting(conn, ws, key))
    }

    async fn put_setting(&self, key: &str, value: Value) -> Result<()> {
        let key = key.to_owned();
        self.write(move |conn, ws| log::put_setting(conn, ws, &key, &value)).await
    }

    async fn keys(&self) -> Result<Vec<PublicKey>> {
        self.read(log::keys)
    }

    async fn put_key(&self, key: PublicKey) -> Result<()> {
        self.write(move |conn, ws| log::put_key(conn, ws, &key)).await
    }

    async fn put_names<I, M>(&self, names: I, merge: M) -> Result<Imported>
    where
        I: Iterator<Item = NameRecord> + Send + 'static,
        M: FnMut(NameRecord, NameRecord) -> NameRecord + Send + 'static,
    {
        self.write(move |conn, ws| names::put_many(conn, ws, names, merge)).await
    }

    async fn name(&self, name: &DomainName) -> Result<Option<NameRecord>> {
        self.read(|conn, ws| names::get(conn, ws, name))
    }

    async fn names(&self, page: Page<'_>) -> Result<Vec<NameRow>> {
        self.read(|conn, ws| names::list(conn, ws, &page))
    }

    async fn remove_name(&self, name: &DomainName) -> Result<bool> {
        let name = name.clone();
        self.write(move |conn, ws| names::remove(conn, ws, &name)).await
    }

    async fn observe<J>(&self, name: &DomainName, look: Look, at: Timestamp, judge: J) -> Result<Vec<Change>>
    where
        J: FnOnce(&Facts) -> Summary + Send + 'static,
    {
        let name = name.clone();
        self.write(move |conn, ws| names::observe(conn, ws, &name, look, at, judge)).await
    }

    async fn changes(&self, name: &DomainName, limit: usize) -> Result<Vec<Changed>> {
        self.read(|conn, ws| names::changes(conn, ws, name, limit))
    }

    async fn keep(&self, bytes: Vec<u8>) -> Result<Hash> {
        self.write(move |conn, ws| names::keep(conn, ws, &bytes)).await
    }

    async fn kept(&self, digest: &Hash) -> Result<Option<Vec<u8>>> {
        self.read(|conn, ws| names::kept(conn, ws, digest))
    }

    async fn next_run(&self, kind: RunKind) -> Result<RunId> {
        self.read(|conn, ws| runs::next(conn, ws, kind))
    }

    async fn create_run(&self, run: NewRun) -> Result<Appended> {
        self.write(move |conn, ws| runs::create(conn, ws, &run)).await
    }

    async fn append(&self, step: Append) -> Result<Appended> {
        self.write(move |conn, ws| runs::append(conn, ws, &step)).await
    }

    async fn load(&self, run: RunId) -> Result<Journal> {
        self.read(|conn, ws| runs::load(conn, ws, run))
    }

    async fn run(&self, run: RunId) -> Result<Option<RunRow>> {
        self.read(|conn, ws| runs::get(conn, ws, run))
    }

    async fn entries(&self, run: RunId, from: u64, limit: usize) -> Result<Vec<Entry>> {
        self.read(|conn, ws| runs::entries(conn, ws, run, from, limit))
    }

    async fn open_runs(&self) -> Result<Vec<RunRow>> {
        self.read(runs::open)
    }

    async fn runs_of(&self, name: &DomainName) -> Result<Vec<RunRow>> {
        self.read(|conn, ws| runs::of_name(conn, ws, name.a_label()))
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<RunId>> {
        self.read(|conn, ws| runs::due(conn, ws, now, limit))
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>> {
        self.read(runs::next_wake)
    }

    async fn unsettled(&self, run: Option<RunId>) -> Result<Vec<EffectRow>> {
        self.read(|conn, ws| runs::unsettled(conn, ws, run))
    }

    async fn open_requests(&self, run: Option<RunId>) -> Result<Vec<RequestRow>> {
        self.read(|conn, ws| runs::open_requests(conn, ws, run))
    }

    async fn last_entry_at(&self) -> Result<Option<Timestamp>> {
        self.read(runs::last_entry_at)
    }

    async fn extend_log(&self, expected: u64, leaves: Vec<Vec<u8>>) -> Result<Head> {
        self.write(move |conn, ws| log::extend(conn, ws, expected, &leaves)).await
    }

    async fn log_head(&self) -> Result<Head> {
        self.read(|conn, ws| Ok(log::tip(conn, ws)?.head()))
    }

    async fn log_leaves(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>> {
        self.read(|conn, ws| log::leaves(conn, ws, from, limit))
    }

    async fn put_checkpoint(&self, checkpoint: Checkpoint) -> Result<()> {
        self.write(move |conn, ws| log::put_checkpoint(conn, ws, &checkpoint)).await
    }

    async fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        self.read(log::checkpoint)
    }
}
