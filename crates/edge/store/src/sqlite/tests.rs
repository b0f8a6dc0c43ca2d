//! Faults that need the writer's own connection.

use namekeep_model::{DomainName, RunId, RunKind, Timestamp, WorkspaceId};
use rusqlite::Connection;

use super::{SqliteStore, names, open, runs};
use crate::{Append, NewEntry, NewRun, Order, Store};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

const ID: RunId = RunId { kind: RunKind::Retire, number: 1 };

async fn start(store: &SqliteStore) {
    let (name, at) = (DomainName::parse("example.com").unwrap(), Timestamp::UNIX_EPOCH);
    let run = NewRun { id: ID, name, plan: b"plan".to_vec(), entries: vec![], wake_at: None, at };
    store.create_run(run).await.unwrap();
}

fn large(seen: u64) -> Append {
    Append::new(ID, seen).entry(NewEntry { kind: "raw".into(), at: Timestamp::UNIX_EPOCH, bytes: vec![3; 300_000] })
}

async fn limit_pages(store: &SqliteStore, pages: i64) {
    let set = move |conn: &Connection, _| Ok(conn.pragma_update(None, "max_page_count", pages).is_ok());
    store.write(set).await.unwrap();
}

#[test]
fn a_full_disk_refuses_whole_groups_and_is_forgotten_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::create(&dir.path().join("namekeep.db"), WorkspaceId::new("acme").unwrap()).unwrap();
    block_on(async {
        start(&store).await;
        let pages: i64 =
            store.read(|conn, _| Ok(conn.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap())).unwrap();
        limit_pages(&store, pages + 20).await;
        // Together in one group: the fault takes the transaction, so neither may be answered well.
        let (small, big) = tokio::join!(store.put_setting("a", true.into()), store.append(large(0)));
        assert_eq!(big.unwrap_err().code(), "E1907");
        let kept = store.setting("a").await.unwrap().is_some();
        assert_eq!(small.is_ok(), kept, "answered and kept are the same");
        assert_eq!(store.run(ID).await.unwrap().unwrap().head.size, 0);
        limit_pages(&store, 1_000_000).await;
        assert_eq!(store.append(large(0)).await.unwrap().head.size, 1);
        store.check().await.unwrap();
    });
}

#[test]
fn a_writer_that_panics_is_reported_and_loses_only_what_it_was_doing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    let store = SqliteStore::create(&path, WorkspaceId::new("acme").unwrap()).unwrap();
    block_on(async {
        start(&store).await;
        let broken = store.put_names(std::iter::once_with(|| panic!("a caller's fault")), |known, _| known).await;
        assert_eq!(broken.unwrap_err().code(), "E1916");
        assert_eq!(store.append(large(0)).await.unwrap_err().code(), "E1916");
        assert_eq!(store.run(ID).await.unwrap().unwrap().head.size, 0, "reading goes on");
    });
    drop(store);
    let store = SqliteStore::open(&path, WorkspaceId::new("acme").unwrap()).unwrap();
    assert_eq!(block_on(store.append(large(0))).unwrap().head.size, 1);
}

#[test]
fn lists_and_wake_ups_walk_an_index() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::create(&dir.path().join("namekeep.db"), WorkspaceId::new("acme").unwrap()).unwrap();
    let plan = |sql: &str| -> String {
        let steps = |conn: &Connection| -> rusqlite::Result<Vec<String>> {
            let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            // Without values: only the plan is asked for.
            let (mut rows, mut steps) = (statement.raw_query(), Vec::new());
            while let Some(row) = rows.next()? {
                steps.push(row.get(3)?);
            }
            Ok(steps)
        };
        store.read(|conn, _| Ok(steps(conn).unwrap().join("; "))).unwrap()
    };
    let page = names::page_sql;
    for (sql, index) in [
        (page(Order::Date).as_str(), "name_by_day"),
        (page(Order::Level).as_str(), "name_by_level"),
        (page(Order::Name).as_str(), "name_by_label"),
        (runs::DUE, "run_due"),
        (&[runs::COLUMNS, runs::OPEN].concat(), "run_open"),
        (runs::UNSETTLED, "effect_unsettled"),
        (runs::OPEN_REQUESTS, "request_open"),
    ] {
        let plan = plan(sql);
        let walks = plan.contains(index) && !plan.contains("SCAN");
        // Runs due at the same instant are put in order (`LAST 2 TERMS`); nothing else is sorted.
        let sorts = plan.contains("TEMP B-TREE FOR ORDER BY");
        assert!(walks && !sorts, "{sql}: {plan}");
    }
}

#[test]
fn an_older_schema_is_brought_up_to_date_wholly_or_not_at_all() {
    let conn = Connection::open_in_memory().unwrap();
    let schema = || conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap();
    open::migrate(&conn, 0, &["CREATE TABLE a (x); INSERT INTO a VALUES (1)"]).unwrap();
    let broken = ["", "ALTER TABLE a ADD y DEFAULT 2", "no statement"];
    assert!(open::migrate(&conn, schema(), &broken).is_err());
    assert_eq!(schema(), 1);
    assert!(conn.prepare("SELECT y FROM a").is_err(), "the step before the broken one is undone");
    open::migrate(&conn, schema(), &broken[..2]).unwrap();
    assert_eq!(conn.query_row("SELECT x + y FROM a", [], |row| row.get::<_, i64>(0)).unwrap(), 3);
    assert_eq!(schema(), 2);
    open::migrate(&conn, schema(), &broken[..2]).unwrap();
}
