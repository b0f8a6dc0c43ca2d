//! Opening the file: whose it is, which schema it has, and that no other process holds it.
//!
//! ```text
//!  lock file ──held by another──> in use
//!     │ ours
//!  SQLite file? ──no──> not ours (untouched)     application_id ours? ──no──> not ours (untouched)
//!     │ yes                                          │ yes
//!  schema ──newer──> refused (untouched)          older ──> migrated in one transaction
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{Error, Result};

/// Marks the file as ours in its header (`file` shows it): the letters `nmkp`.
const APPLICATION_ID: i64 = 0x6e6d_6b70;

/// Each step brings the schema from its place in this list to the next.
const MIGRATIONS: [&str; 1] = [include_str!("schema.sql")];

/// How long a foreign program may hold the file before we give up on it.
const BUSY: Duration = Duration::from_secs(5);

/// Pages of the write-ahead log before it is worked into the file: two more fsyncs then.
const CHECKPOINT_PAGES: i64 = 4_000;

/// What is left of a write-ahead log that a large import has grown.
const LOG_BYTES: i64 = 32 << 20;

/// The page cache of the writer, in KiB: what makes a long import one pass instead of many.
const WRITER_CACHE_KIB: i64 = 64 * 1024;

/// Whether a file may be made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Create,
    Open,
}

/// The newest schema this build knows.
pub(super) const KNOWN: i64 = MIGRATIONS.len() as i64;

/// Sorts what SQLite says by what a person can do about it.
pub(super) fn classify(error: rusqlite::Error) -> Error {
    use ErrorCode::{
        CannotOpen, DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase, PermissionDenied, ReadOnly,
        SystemIoFailure,
    };
    match error.sqlite_error_code() {
        Some(DiskFull) => Error::Full,
        Some(DatabaseBusy | DatabaseLocked) => Error::Busy,
        Some(DatabaseCorrupt | NotADatabase) => Error::Damaged { what: error.to_string() },
        Some(SystemIoFailure | CannotOpen | PermissionDenied | ReadOnly) => Error::Io { source: Arc::new(error) },
        _ => Error::Internal { source: Arc::new(error) },
    }
}

/// Holds the store for this process until it is dropped or the process dies.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Drop for Lock {
    /// Lets go at once. Closing alone would not: a child being started shares the open file for a moment.
    fn drop(&mut self) {
        // Where this fails, the closing that follows does it.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock beside the store, or says which process has it.
    pub(super) fn take(store: &Path) -> Result<Self> {
        let path = lock_path(store);
        let not_writable = |source| Error::NotWritable { path: path.clone(), source: Arc::new(source) };
        // A link or a pipe in its place is refused: what it leads to is somebody else's.
        let found = std::fs::symlink_metadata(&path).ok();
        if found.is_some_and(|found| !found.is_file()) {
            return Err(Error::NotOurs { path });
        }
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(not_writable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::InUse { path: store.to_owned(), holder: holder(&mut file) });
            }
            Err(TryLockError::Error(error)) => return Err(not_writable(error)),
        }
        // Who holds it is a courtesy to the next one; the lock itself does not rest on it, so a full
        // disk is no reason to fail here.
        // More than a process id is no lock of ours, and stays as it is.
        if file.metadata().is_ok_and(|found| found.len() > 16) {
            return Err(Error::NotOurs { path });
        }
        let _ = file.set_len(0).and_then(|()| file.write_all(format!("{}\n", std::process::id()).as_bytes()));
        Ok(Self { file })
    }
}

fn lock_path(store: &Path) -> PathBuf {
    store.with_extension("lock")
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.take(16).read_to_string(&mut text));
    let digits = read.is_ok() && !text.trim().is_empty() && text.trim().bytes().all(|b| b.is_ascii_digit());
    if digits { text.trim().to_owned() } else { "?".to_owned() }
}

/// Looks at the file before SQLite does, since SQLite would take an empty one for its own.
fn check_file(path: &Path, mode: Mode) -> Result<()> {
    let not_found = || Error::NotFound { path: path.to_owned() };
    let not_ours = || Error::NotOurs { path: path.to_owned() };
    // A pipe would be waited for without end; only a plain file is opened.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Err(not_ours());
    }
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return if mode == Mode::Create { make_file(path) } else { Err(not_found()) };
        }
        Err(source) => return Err(Error::NotWritable { path: path.to_owned(), source: Arc::new(source) }),
    };
    let mut header = Vec::new();
    let wrong = |source| Error::NotWritable { path: path.to_owned(), source: Arc::new(source) };
    (&mut file).take(100).read_to_end(&mut header).map_err(wrong)?;
    if header.is_empty() {
        // A creation that was cut short, or somebody's empty file: only `create` goes on.
        return if mode == Mode::Create { Ok(()) } else { Err(not_found()) };
    }
    if !header.starts_with(b"SQLite format 3\0") {
        return Err(not_ours());
    }
    let size = file.metadata().map_err(wrong)?.len();
    check_length(&header, size, path)
}

/// Finds a file that was cut off. Only where no write-ahead log is left: with one, a file shorter
/// than its header says is what a crash during a checkpoint leaves, and SQLite mends it.
fn check_length(header: &[u8], size: u64, path: &Path) -> Result<()> {
    // SQLite file format, section 1.3: page size at 16 (1 stands for 65536), pages at 28.
    let word = |at: usize, len: usize| {
        header.get(at..at + len).map(|bytes| bytes.iter().fold(0_u64, |n, byte| n << 8 | u64::from(*byte)))
    };
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    let wal_left = std::fs::metadata(wal).is_ok_and(|wal| wal.len() > 0);
    match (word(16, 2), word(28, 4)) {
        (Some(page), Some(pages)) => {
            let page = if page == 1 { 65_536 } else { page };
            if !wal_left && page * pages > size {
                let what = format!("the file has {size} bytes of {}", page * pages);
                return Err(Error::Damaged { what });
            }
            Ok(())
        }
        _ => Err(Error::Damaged { what: "the file ends within its header".to_owned() }),
    }
}

/// Makes the file for its owner alone, and makes its name durable.
fn make_file(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let made = options.open(path).and_then(|_| File::open(folder)).and_then(|folder| folder.sync_all());
    made.map_err(|source| Error::NotWritable { path: path.to_owned(), source: Arc::new(source) })
}

/// Opens the writer's connection on a file whose lock is held.
pub(super) fn writer(path: &Path, mode: Mode) -> Result<Connection> {
    check_file(path, mode)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(classify)?;
    conn.busy_timeout(BUSY).map_err(classify)?;
    let not_ours = || Error::NotOurs { path: path.to_owned() };
    let (application, schema) = marks(&conn).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => not_ours(),
        _ => classify(error),
    })?;
    // Everything up to here has read only: a file that is refused is left as it is.
    match (application, schema) {
        (APPLICATION_ID, found) if found > KNOWN => return Err(Error::Newer { found, known: KNOWN }),
        (APPLICATION_ID, _) => {}
        // A creation that was cut short by a crash: nothing is lost, and `create` goes on.
        (0, 0) if is_empty(&conn).map_err(classify)? => {
            if mode == Mode::Open {
                return Err(Error::NotFound { path: path.to_owned() });
            }
        }
        _ => return Err(not_ours()),
    }
    let set_up = || -> rusqlite::Result<()> {
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        conn.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
        conn.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
        keep_plans(&conn)?;
        migrate(&conn, schema, &MIGRATIONS)
    };
    set_up().map_err(classify)?;
    Ok(conn)
}

/// Opens one more connection for reading.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || -> rusqlite::Result<Connection> {
        let conn = Connection::open_with_flags(path, flags)?;
        conn.busy_timeout(BUSY)?;
        conn.pragma_update(None, "query_only", true)?;
        keep_plans(&conn)?;
        Ok(conn)
    };
    open().map_err(classify)
}

/// Prepares each statement once. Without the planner's stability guarantee SQLite would prepare one
/// with a range anew for each value bound, which costs several times the statement itself.
fn keep_plans(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_prepared_statement_cache_capacity(64);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

fn marks(conn: &Connection) -> rusqlite::Result<(i64, i64)> {
    let application = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let schema = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok((application, schema))
}

fn is_empty(conn: &Connection) -> rusqlite::Result<bool> {
    conn.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))
}

/// Brings the schema up to date: wholly or not at all.
pub(super) fn migrate(conn: &Connection, schema: i64, migrations: &[&str]) -> rusqlite::Result<()> {
    let done = usize::try_from(schema).unwrap_or(0);
    let steps = migrations.get(done..).unwrap_or_default();
    if steps.is_empty() {
        return Ok(());
    }
    let tx = conn.unchecked_transaction()?;
    for step in steps {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", i64::try_from(migrations.len()).unwrap_or(i64::MAX))?;
    tx.commit()
}
