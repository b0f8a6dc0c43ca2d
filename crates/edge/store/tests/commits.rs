//! Counts: how many commits and rows the work costs, instead of how long it takes.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::task::Poll;

use namekeep_model::{DomainName, RunId, RunKind, Timestamp, WorkspaceId};
use namekeep_store::{Append, Error, Look, NameRecord, NewEntry, NewRun, SqliteStore, Store, Summary};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn create(dir: &tempfile::TempDir) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::create(&dir.path().join("namekeep.db"), WorkspaceId::new("acme").unwrap()).unwrap())
}

fn entry(text: &str) -> NewEntry {
    NewEntry { kind: "step".into(), at: Timestamp::UNIX_EPOCH, bytes: text.into() }
}

async fn start(store: &SqliteStore, number: u32) -> RunId {
    let id = RunId { kind: RunKind::Retire, number };
    let name = DomainName::parse("example.com").unwrap();
    let run = NewRun { id, name, plan: b"plan".to_vec(), entries: vec![], wake_at: None, at: Timestamp::UNIX_EPOCH };
    store.create_run(run).await.unwrap();
    id
}

#[test]
fn a_thousand_runs_share_few_commits() {
    const RUNS: u32 = 1_000;
    let dir = tempfile::tempdir().unwrap();
    let store = create(&dir);
    block_on(async {
        let tasks: Vec<_> = (1..=RUNS)
            .map(|number| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let id = start(&store, number).await;
                    for seen in 0..3 {
                        store.append(Append::new(id, seen).entry(entry("x"))).await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let counts = store.counts();
    assert_eq!(counts.requests, 4 * u64::from(RUNS));
    // A request a commit would be 4,000; what is left depends on how the disk and the callers meet.
    assert!(counts.commits <= 400, "{counts:?}");
    assert_eq!(block_on(store.open_runs()).unwrap().len(), 1_000);
}

#[test]
fn a_lone_step_is_one_commit_of_few_rows() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(&dir);
    block_on(async {
        let id = start(&store, 1).await;
        for seen in 0..50 {
            let before = store.counts();
            store.append(Append::new(id, seen).entry(entry("x"))).await.unwrap();
            let after = store.counts();
            assert_eq!(after.commits - before.commits, 1);
            assert_eq!(after.rows - before.rows, 2, "the entry and the run");
        }
    });
}

#[test]
fn what_writes_nothing_commits_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(&dir);
    block_on(async {
        let id = start(&store, 1).await;
        let before = store.counts();
        assert!(matches!(store.append(Append::new(id, 5)).await, Err(Error::Conflict { .. })));
        store.keep(b"plan".to_vec()).await.unwrap();
        store.load(id).await.unwrap();
        assert_eq!(store.counts().commits, before.commits);
    });
}

#[test]
fn a_quiet_round_is_one_row() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(&dir);
    let name = DomainName::parse("example.com").unwrap();
    block_on(async {
        store.put_names([NameRecord::new(name.clone())].into_iter(), |known, _| known).await.unwrap();
        let look = || Look { rounds: vec![("T3".parse().unwrap(), namekeep_model::Level::Ok)], ..Look::default() };
        for (second, rows) in [(1, 2), (2, 1), (3, 1)] {
            let before = store.counts().rows;
            let at = Timestamp::from_second(second).unwrap();
            store.observe(&name, look(), at, |_| Summary::default()).await.unwrap();
            assert_eq!(store.counts().rows - before, rows, "round {second}");
        }
    });
}

#[test]
fn a_request_is_carried_out_though_nobody_waits_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(&dir);
    block_on(async {
        let id = start(&store, 1).await;
        let mut append = Box::pin(store.append(Append::new(id, 0).entry(entry("x"))));
        let begun = std::future::poll_fn(|context| Poll::Ready(append.as_mut().poll(context))).await;
        assert!(begun.is_pending(), "queued, not yet durable");
        drop(append);
        // The queue is in order: once this has answered, so has the one before.
        store.put_setting("a", true.into()).await.unwrap();
        assert_eq!(store.run(id).await.unwrap().unwrap().head.size, 1);
    });
}
