//! One suite of laws for every store: each test runs on the store in memory and on the one on disk.
#![expect(clippy::unwrap_used, reason = "tests")]

mod effects;
mod logs;
mod names;
mod people;
mod runs;

use std::future::Future;

use namekeep_model::{DomainName, RunId, RunKind, Timestamp, WorkspaceId};
use namekeep_store::{MemoryStore, NewEntry, NewRun, SqliteStore, Store};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn workspace() -> WorkspaceId {
    WorkspaceId::new("acme").unwrap()
}

fn on_memory<F: Future<Output = ()>>(test: impl FnOnce(&'static MemoryStore) -> F) {
    // Leaked, so that tests may hand the store to tasks.
    block_on(test(Box::leak(Box::new(MemoryStore::new(workspace())))));
}

fn on_disk<F: Future<Output = ()>>(test: impl FnOnce(&'static SqliteStore) -> F) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::create(&dir.path().join("namekeep.db"), workspace()).unwrap();
    block_on(test(Box::leak(Box::new(store))));
}

/// Declares tests that hold on every store.
macro_rules! laws {
    ($(async fn $name:ident($store:ident) $body:block)*) => {
        $(async fn $name<S: namekeep_store::Store>($store: &'static S) $body)*
        mod memory { $(#[test] fn $name() { crate::on_memory(super::$name) })* }
        mod sqlite { $(#[test] fn $name() { crate::on_disk(super::$name) })* }
    };
}
use laws;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

fn entry(text: &str, second: i64) -> NewEntry {
    NewEntry { kind: "seen".to_owned(), at: at(second), bytes: text.as_bytes().to_vec() }
}

fn retirement(number: u32) -> RunId {
    RunId { kind: RunKind::Retire, number }
}

/// A run that has just been started, with one entry.
async fn started<S: Store>(store: &S, number: u32) -> RunId {
    let id = retirement(number);
    let run = NewRun {
        id,
        name: name("example.com"),
        plan: b"plan".to_vec(),
        entries: vec![entry("started", 100)],
        wake_at: None,
        at: at(100),
    };
    assert_eq!(store.create_run(run).await.unwrap().head.size, 1);
    id
}
