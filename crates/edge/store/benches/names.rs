//! Lists and imports of 1,000,000 names, with the bare statement on the same file beside them.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench")]

use std::hint::black_box;
use std::path::Path;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use namekeep_model::fact::{Said, Sighting};
use namekeep_model::{
    Confidence, Date, DomainName, FactKey, FactValue, Level, Observation, Source, Timestamp, WorkspaceId,
};
use namekeep_store::{NameRecord, NameRow, Order, Page, SqliteStore, Store};

const NAMES: u64 = 1_000_000;

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("namekeep.db");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let bare = bare_import(&dir.path().join("bare.db"));
    let store = SqliteStore::create(&path, WorkspaceId::new("bench").unwrap()).unwrap();
    let began = Instant::now();
    let made = (0..NAMES).map(record).fold(0, |n, record| n + record.row.name.a_label().len());
    let making = began.elapsed().as_secs_f64();
    black_box(made);
    let began = Instant::now();
    let imported = runtime.block_on(store.put_names((0..NAMES).map(record), |known, _| known)).unwrap();
    let import = began.elapsed().as_secs_f64();
    assert_eq!(imported.added, NAMES);
    let size = std::fs::metadata(&path).unwrap().len() as f64;
    println!("making 1M records alone                     {:>10.0} names/s", NAMES as f64 / making);
    println!("import, three indexes, facts, one commit    {:>10.0} names/s", NAMES as f64 / import);
    println!("bare insert, one unique index, one commit   {:>10.0} rows/s", NAMES as f64 / bare);
    println!("ratio                                       {:>10.2}", bare / import);
    println!("bytes a name                                {:>10.0}", size / NAMES as f64);

    let began = Instant::now();
    let known = runtime.block_on(store.put_names((0..NAMES / 10).map(|n| record(n * 10)), |known, _| known)).unwrap();
    println!(
        "import again, nothing new                   {:>10.0} names/s",
        known.unchanged as f64 / began.elapsed().as_secs_f64()
    );

    for order in [Order::Level, Order::Date, Order::Name] {
        let (ours, bare) = lists(&store, &path, order);
        println!(
            "ten first of 1M by {order:<6}                    {ours:>10.1} us; bare indexed query {bare:.1} us; ratio {:.1}",
            ours / bare,
            order = format!("{order:?}")
        );
    }
    let (first, last) = ends(&store);
    println!(
        "page of 50, first and last of 1M            {first:>10.1} us and {last:.1} us; ratio {:.1}",
        last / first
    );
}

/// A name of no real registrant, spread over ten years and all levels; order of labels is random.
fn record(n: u64) -> NameRecord {
    let scattered = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let mut record = NameRecord::new(DomainName::parse(&format!("n{scattered:011x}.example")).unwrap());
    let (year, month, day) = (2026 + scattered % 10, 1 + scattered / 10 % 12, 1 + scattered / 120 % 28);
    let date = Date::new(year as i16, month as i8, day as i8).unwrap();
    record.row.summary.counts_on = Some(date);
    record.row.summary.level = if scattered.is_multiple_of(1_000) { Level::Critical } else { Level::NotChecked };
    record.row.declared.cost_centre = Some(format!("CC-{}", scattered % 100));
    let (value, at) = (FactValue::Date(date), Timestamp::UNIX_EPOCH);
    let said = Said::Seen(Sighting { value, source: Source::List, at, confidence: Confidence::Low });
    record.facts.take(Observation { key: FactKey::RegistrarExpiry, said });
    record
}

fn bare_import(path: &Path) -> f64 {
    let mut conn = rusqlite::Connection::open(path).unwrap();
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;\
        CREATE TABLE row (id INTEGER PRIMARY KEY, label TEXT UNIQUE, day TEXT, owner TEXT, cost TEXT, tags TEXT)",
    )
    .unwrap();
    let began = Instant::now();
    let tx = conn.transaction().unwrap();
    let mut insert = tx.prepare("INSERT INTO row (label, day, owner, cost, tags) VALUES (?1, ?2, ?3, ?4, ?5)").unwrap();
    for n in 0..NAMES {
        let scattered = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let label = format!("n{scattered:011x}.example");
        insert.execute(rusqlite::params![label, "2026-12-24", "ops", "CC-1", "[]"]).unwrap();
    }
    drop(insert);
    tx.commit().unwrap();
    began.elapsed().as_secs_f64()
}

/// Polls a future that is ready at once, as those that read are.
fn now<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("a read waited"),
    }
}

/// Microseconds of our list and of the bare statement it rests on.
fn lists(store: &SqliteStore, path: &Path, order: Order) -> (f64, f64) {
    const TIMES: u32 = 2_000;
    let conn = rusqlite::Connection::open(path).unwrap();
    let key = match order {
        Order::Level => "level, day, a_label",
        Order::Date => "day, a_label",
        Order::Name => "a_label",
    };
    let sql = format!(
        "SELECT a_label, intent, ending, owner, cost_centre, account, registrar, tags, day, level FROM name WHERE ws = 1 ORDER BY {key} LIMIT 10"
    );
    let mut statement = conn.prepare(&sql).unwrap();
    let (mut ours, mut bare) = (f64::MAX, f64::MAX);
    for _ in 0..5 {
        let began = Instant::now();
        for _ in 0..TIMES {
            let rows = statement
                .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(7)?, row.get::<_, i64>(8)?)))
                .unwrap();
            assert_eq!(black_box(rows.collect::<Result<Vec<_>, _>>().unwrap()).len(), 10);
        }
        bare = bare.min(began.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES));
        let began = Instant::now();
        for _ in 0..TIMES {
            let page = Page { order, after: None, limit: 10 };
            assert_eq!(black_box(now(store.names(page)).unwrap()).len(), 10);
        }
        ours = ours.min(began.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES));
    }
    (ours, bare)
}

/// Microseconds of the first and of the last page of 50 by date.
fn ends(store: &SqliteStore) -> (f64, f64) {
    let timed = |after: Option<&NameRow>| {
        let began = Instant::now();
        for _ in 0..200 {
            let page = Page { order: Order::Date, after, limit: 50 };
            black_box(now(store.names(page)).unwrap());
        }
        began.elapsed().as_secs_f64() * 1e6 / 200.0
    };
    let mut late = NameRecord::new(DomainName::parse("a.example").unwrap()).row;
    late.summary.counts_on = Date::new(2035, 12, 27).ok();
    (timed(None), timed(Some(&late)))
}
