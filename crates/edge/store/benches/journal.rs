//! The journal against bare SQLite at the same durability, in the same run.
//!
//! Prints ratios: times of one machine say little. The anchor is a prepared insert of rows of the
//! same size, 1,000 to a transaction, WAL, synchronous=FULL.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use namekeep_model::{DomainName, RunId, RunKind, Timestamp, WorkspaceId};
use namekeep_store::{Append, NewEntry, NewRun, SqliteStore, Store};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(1_500);
const RUNS: u32 = 1_000;
const BODY: usize = 250;
/// Set in the child whose system calls are counted: how many durable steps it takes.
const LONE: &str = "NAMEKEEP_BENCH_LONE";

fn main() {
    if let Ok(steps) = std::env::var(LONE) {
        lone(steps.parse().unwrap());
        return;
    }
    let (mut bare, mut ours, mut group) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(bare_rows_per_second());
        let (rate, per_commit) = concurrent();
        ours.push(rate);
        group.push(per_commit);
    }
    let (bare, ours, group) = (median(bare), median(ours), median(group));
    println!("bare SQLite FULL, 1,000 rows a commit       {bare:>10.0} rows/s");
    println!("journal, 1,000 concurrent runs              {ours:>10.0} steps/s, {group:.0} steps a commit");
    println!("ratio                                       {:>10.2} (must 0.15)", ours / bare);
    match fsyncs_per_commit(4_000) {
        Some(ratio) => println!("fsyncs per durable commit of a lone run     {ratio:>10.3} (must 1.1 at most)"),
        None => {
            println!("fsyncs per durable commit of a lone run     not measured: the Debian package strace is missing")
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn bare_rows_per_second() -> f64 {
    let dir = tempfile::tempdir().unwrap();
    let mut conn = rusqlite::Connection::open(dir.path().join("bare.db")).unwrap();
    conn.pragma_update(None, "journal_mode", "WAL").unwrap();
    conn.pragma_update(None, "synchronous", "FULL").unwrap();
    conn.execute_batch("CREATE TABLE row (id INTEGER PRIMARY KEY, run INT, step INT, at INT, hash BLOB, body BLOB)")
        .unwrap();
    let (began, mut rows) = (Instant::now(), 0_i64);
    while began.elapsed() < ROUND {
        let tx = conn.transaction().unwrap();
        let mut insert =
            tx.prepare_cached("INSERT INTO row (run, step, at, hash, body) VALUES (?1, ?2, ?3, ?4, ?5)").unwrap();
        for run in 0..1_000 {
            insert.execute(rusqlite::params![run, rows, rows, [7_u8; 32], [8_u8; BODY]]).unwrap();
            rows += 1;
        }
        drop(insert);
        tx.commit().unwrap();
    }
    rows as f64 / began.elapsed().as_secs_f64()
}

fn create(dir: &Path) -> SqliteStore {
    SqliteStore::create(&dir.join("namekeep.db"), WorkspaceId::new("bench").unwrap()).unwrap()
}

fn entry(second: i64) -> NewEntry {
    NewEntry { kind: "step".to_owned(), at: Timestamp::from_second(second).unwrap(), bytes: vec![8; BODY] }
}

async fn start(store: &SqliteStore, number: u32) -> RunId {
    let id = RunId { kind: RunKind::Retire, number };
    let name = DomainName::parse(&format!("name-{number}.example")).unwrap();
    let at = Timestamp::UNIX_EPOCH;
    let run = NewRun { id, name, plan: b"plan".to_vec(), entries: Vec::new(), wake_at: None, at };
    store.create_run(run).await.unwrap();
    id
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

/// Steps a second, and steps a commit, of a thousand runs that each wait for every step.
fn concurrent() -> (f64, f64) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(create(dir.path()));
    runtime().block_on(async {
        let starts: Vec<_> =
            (1..=RUNS).map(|n| spawn(&store, move |store| async move { start(&store, n).await })).collect();
        let mut runs = Vec::new();
        for start in starts {
            runs.push(start.await.unwrap());
        }
        let (before, began) = (store.counts(), Instant::now());
        let tasks: Vec<_> = runs
            .into_iter()
            .map(|run| {
                spawn(&store, move |store| async move {
                    let mut seen = 0;
                    while began.elapsed() < ROUND {
                        let step = Append::new(run, seen).entry(entry(1));
                        seen = store.append(step).await.unwrap().head.size;
                    }
                    seen
                })
            })
            .collect();
        let mut steps = 0;
        for task in tasks {
            steps += task.await.unwrap();
        }
        let commits = store.counts().commits - before.commits;
        (steps as f64 / began.elapsed().as_secs_f64(), steps as f64 / commits as f64)
    })
}

fn spawn<F: Future + Send + 'static>(
    store: &Arc<SqliteStore>,
    task: impl FnOnce(Arc<SqliteStore>) -> F,
) -> tokio::task::JoinHandle<F::Output>
where
    F::Output: Send,
{
    tokio::spawn(task(Arc::clone(store)))
}

/// A lone run of durable steps, whose system calls the parent counts.
fn lone(steps: u64) {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    runtime().block_on(async {
        let run = start(&store, 1).await;
        for seen in 0..steps {
            store.append(Append::new(run, seen).entry(entry(1))).await.unwrap();
        }
    });
    println!("{}", store.counts().commits);
}

/// Counts from outside, since only the kernel knows what was asked of it.
fn fsyncs_per_commit(steps: u64) -> Option<f64> {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("calls");
    let child = Command::new("strace")
        .args(["-f", "-e", "trace=fsync,fdatasync,sync_file_range,msync", "-o"])
        .arg(&log)
        .arg(std::env::current_exe().unwrap())
        .env(LONE, steps.to_string())
        .output()
        .ok()?;
    let commits: f64 = String::from_utf8_lossy(&child.stdout).trim().parse().ok()?;
    let calls = std::fs::read_to_string(log).ok()?;
    let synced = calls.lines().filter(|line| line.contains("sync(") && !line.contains("resumed")).count();
    Some(synced as f64 / commits)
}
