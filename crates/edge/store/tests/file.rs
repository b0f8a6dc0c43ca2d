//! The file: whose it is, who holds it, what is done with one that cannot be used.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::process::Command;

use namekeep_model::{DomainName, RunId, RunKind, Timestamp, WorkspaceId};
use namekeep_store::{Append, Error, NewEntry, NewRun, SqliteStore, Store};

fn acme() -> WorkspaceId {
    WorkspaceId::new("acme").unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn entry(size: usize) -> NewEntry {
    NewEntry { kind: "step".into(), at: Timestamp::UNIX_EPOCH, bytes: vec![7; size] }
}

fn start(store: &SqliteStore, number: u32) -> RunId {
    let id = RunId { kind: RunKind::Retire, number };
    let name = DomainName::parse("example.com").unwrap();
    let run = NewRun { id, name, plan: vec![1; 9_000], entries: vec![], wake_at: None, at: Timestamp::UNIX_EPOCH };
    block_on(store.create_run(run)).unwrap();
    id
}

/// Refused with this code, a hint, and not one byte of the file changed.
fn refused(path: &Path, code: &str) -> Error {
    let before = std::fs::read(path).ok();
    let error = SqliteStore::open(path, acme()).unwrap_err();
    assert_eq!(error.code(), code, "{error:?}");
    assert!(!error.hint().en.is_empty() && !error.hint().zh.is_empty());
    assert_eq!(std::fs::read(path).ok(), before);
    error
}

#[test]
fn a_workspace_is_made_once_and_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    refused(&path, "E1901");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "looking leaves nothing behind");
    drop(SqliteStore::create(&path, acme()).unwrap());
    assert_eq!(SqliteStore::create(&path, acme()).unwrap_err().code(), "E1902");
    assert_eq!(SqliteStore::open(&path, acme()).unwrap().workspace(), &acme());
    assert_eq!(SqliteStore::open(&path, WorkspaceId::new("other").unwrap()).unwrap_err().code(), "E1901");
}

#[test]
fn workspaces_of_one_file_do_not_see_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    let acme_store = SqliteStore::create(&path, acme()).unwrap();
    let id = start(&acme_store, 1);
    block_on(acme_store.put_setting("lang", "zh".into())).unwrap();
    block_on(acme_store.extend_log(0, vec![vec![1]])).unwrap();
    drop(acme_store);
    let other = SqliteStore::create(&path, WorkspaceId::new("other").unwrap()).unwrap();
    assert_eq!(block_on(other.run(id)).unwrap(), None);
    assert_eq!(block_on(other.setting("lang")).unwrap(), None);
    assert_eq!(block_on(other.log_head()).unwrap().size, 0);
    assert_eq!(block_on(other.next_run(RunKind::Retire)).unwrap(), id);
    start(&other, 1);
    assert_eq!(block_on(other.open_runs()).unwrap().len(), 1);
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    for bytes in [&b"a"[..], b"not a database, though long enough to be one".repeat(40).as_slice()] {
        std::fs::write(&path, bytes).unwrap();
        refused(&path, "E1904");
        assert_eq!(SqliteStore::create(&path, acme()).unwrap_err().code(), "E1904");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
    std::fs::remove_file(&path).unwrap();
    let foreign = rusqlite::Connection::open(&path).unwrap();
    foreign.execute_batch("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)").unwrap();
    drop(foreign);
    refused(&path, "E1904");
    assert_eq!(SqliteStore::create(&path, acme()).unwrap_err().code(), "E1904");
    std::fs::write(&path, b"").unwrap();
    refused(&path, "E1901");
    drop(SqliteStore::create(&path, acme()).unwrap());
}

#[test]
fn a_newer_schema_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    drop(SqliteStore::create(&path, acme()).unwrap());
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.pragma_update(None, "user_version", 2).unwrap();
    conn.pragma_update(None, "journal_mode", "DELETE").unwrap();
    drop(conn);
    assert!(matches!(refused(&path, "E1905"), Error::Newer { found: 2, known: 1 }));
}

#[test]
fn a_file_cut_off_anywhere_is_refused_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    let store = SqliteStore::create(&path, acme()).unwrap();
    start(&store, 1);
    drop(store);
    let whole = std::fs::read(&path).unwrap();
    for keep in [20, 99, 100, 4_095, 4_096, whole.len() / 2, whole.len() - 4_096, whole.len() - 1] {
        std::fs::write(&path, &whole[..keep]).unwrap();
        refused(&path, "E1906");
    }
    std::fs::write(&path, whole).unwrap();
    block_on(SqliteStore::open(&path, acme()).unwrap().check()).unwrap();
}

#[test]
fn a_changed_byte_of_an_entry_is_found_when_it_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    let store = SqliteStore::create(&path, acme()).unwrap();
    let id = start(&store, 1);
    block_on(store.append(Append::new(id, 0).entry(entry(100)))).unwrap();
    drop(store);
    let mut bytes = std::fs::read(&path).unwrap();
    let place = bytes.windows(100).rposition(|window| window == [7; 100]).unwrap();
    bytes[place + 50] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let store = SqliteStore::open(&path, acme()).unwrap();
    assert_eq!(block_on(store.load(id)).unwrap_err().code(), "E1906");
    assert_eq!(block_on(store.check()).unwrap_err().code(), "E1906");
}

#[test]
fn what_was_recorded_cannot_be_rewritten_by_a_statement() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    let store = SqliteStore::create(&path, acme()).unwrap();
    let id = start(&store, 1);
    block_on(store.append(Append::new(id, 0).entry(entry(10)))).unwrap();
    block_on(store.extend_log(0, vec![vec![1]])).unwrap();
    drop(store);
    let conn = rusqlite::Connection::open(&path).unwrap();
    for statement in [
        "UPDATE entry SET bytes = x'00'",
        "DELETE FROM entry",
        "UPDATE log_leaf SET bytes = x'00'",
        "DELETE FROM log_leaf",
        "UPDATE kept SET bytes = x'00'",
    ] {
        assert!(conn.execute(statement, []).is_err(), "{statement}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    // Nobody, not even the superuser, makes files there.
    let path = Path::new("/proc/self/namekeep.db");
    assert_eq!(SqliteStore::create(path, acme()).unwrap_err().code(), "E1908");
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("no-such-folder/namekeep.db");
    assert_eq!(SqliteStore::create(&missing, acme()).unwrap_err().code(), "E1908");
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    let store = SqliteStore::create(&path, acme()).unwrap();
    start(&store, 1);
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        if file.file_name() != "namekeep.lock" {
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", file.file_name());
        }
    }
}

#[test]
fn a_second_holder_is_told_who_the_first_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    let first = SqliteStore::create(&path, acme()).unwrap();
    let error = SqliteStore::open(&path, acme()).unwrap_err();
    assert!(matches!(&error, Error::InUse { holder, .. } if *holder == std::process::id().to_string()), "{error:?}");
    drop(first);
    SqliteStore::open(&path, acme()).unwrap();
}

#[test]
fn a_link_or_another_file_in_place_of_the_lock_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    drop(SqliteStore::create(&path, acme()).unwrap());
    let (lock, victim) = (dir.path().join("namekeep.lock"), dir.path().join("victim"));
    std::fs::write(&victim, "precious").unwrap();
    std::fs::remove_file(&lock).unwrap();
    std::os::unix::fs::symlink(&victim, &lock).unwrap();
    assert!(matches!(SqliteStore::open(&path, acme()), Err(Error::NotOurs { .. })));
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    std::fs::remove_file(&lock).unwrap();
    std::fs::write(&lock, "somebody's own longer text").unwrap();
    assert!(matches!(SqliteStore::open(&path, acme()), Err(Error::NotOurs { .. })));
    assert_eq!(std::fs::read_to_string(&lock).unwrap(), "somebody's own longer text");
    std::fs::remove_file(&lock).unwrap();
    SqliteStore::open(&path, acme()).unwrap();
}

#[test]
fn a_foreign_program_that_holds_the_file_is_waited_for_and_then_reported() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    let store = SqliteStore::create(&path, acme()).unwrap();
    let foreign = rusqlite::Connection::open(&path).unwrap();
    foreign.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(block_on(store.put_setting("a", 1.into())).unwrap_err().code(), "E1910");
    assert_eq!(block_on(store.setting("a")).unwrap(), None, "reading is not held up");
    foreign.execute_batch("ROLLBACK").unwrap();
    block_on(store.put_setting("a", 1.into())).unwrap();
}

/// This very test, run as another process that holds the store until it is killed.
const HOLD: &str = "NAMEKEEP_TEST_HOLD";

#[test]
fn the_lock_goes_with_a_killed_process() {
    if let Ok(path) = std::env::var(HOLD) {
        let store = SqliteStore::open(Path::new(&path), acme()).unwrap();
        start(&store, 7);
        std::fs::write(Path::new(&path).with_extension("held"), b"").unwrap();
        loop {
            std::thread::park();
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    drop(SqliteStore::create(&path, acme()).unwrap());
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_lock_goes_with_a_killed_process"])
        .env(HOLD, &path)
        .spawn()
        .unwrap();
    while !path.with_extension("held").exists() {
        assert!(holder.try_wait().unwrap().is_none(), "the holder ended early");
        std::thread::yield_now();
    }
    let error = SqliteStore::open(&path, acme()).unwrap_err();
    assert!(matches!(&error, Error::InUse { holder: pid, .. } if *pid == holder.id().to_string()), "{error:?}");
    holder.kill().unwrap();
    holder.wait().unwrap();
    let store = SqliteStore::open(&path, acme()).unwrap();
    assert_eq!(block_on(store.open_runs()).unwrap().len(), 1, "what it wrote is there");
    block_on(store.check()).unwrap();
}
