//! The one writer: a thread that drains a queue, which is the group commit.
//!
//! ```text
//!   callers ──> queue ──> take all that wait ─> BEGIN ─> each in its own savepoint ─> COMMIT + fsync ─> answer all
//!                 ^                                                                                       │
//!                 └──────────────────── meanwhile the next group gathers ─────────────────────────────────┘
//! ```
//!
//! Nobody waits for company: a lone request is committed at once, and a crowd gathers only while the
//! disk works. A request that is refused is rolled back alone; a commit that fails fails its whole
//! group, since an answer that rests on an uncommitted neighbour would be worth nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::open::classify;
use crate::{Counts, Error, Result};

/// The most requests of one commit: bounds how long the first of them waits.
const GROUP: usize = 4_096;

/// A request on its way: applied to the open transaction, then answered once that is durable.
trait Request: Send {
    /// Applies it, and keeps its outcome until the commit.
    fn apply(&mut self, conn: &Connection) -> Result<()>;
    /// Answers: with its own outcome, or with what became of the commit.
    fn answer(self: Box<Self>, failed: Option<&Error>);
}

struct Pending<F, T> {
    work: Option<F>,
    outcome: Option<Result<T>>,
    caller: oneshot::Sender<Result<T>>,
}

impl<F, T> Request for Pending<F, T>
where
    F: FnOnce(&Connection) -> Result<T> + Send,
    T: Send,
{
    fn apply(&mut self, conn: &Connection) -> Result<()> {
        let work = self.work.take().ok_or(Error::Stopped)?;
        let outcome = work(conn);
        let fine = outcome.as_ref().map(|_| ()).map_err(Clone::clone);
        self.outcome = Some(outcome);
        fine
    }

    fn answer(self: Box<Self>, failed: Option<&Error>) {
        let outcome = match failed {
            Some(error) => Err(error.clone()),
            None => self.outcome.unwrap_or(Err(Error::Stopped)),
        };
        // A caller that has gone away is no fault: the request was carried out all the same.
        let _ = self.caller.send(outcome);
    }
}

#[derive(Debug, Default)]
struct Counters {
    commits: AtomicU64,
    requests: AtomicU64,
    rows: AtomicU64,
}

/// The queue to the writer thread.
#[derive(Debug)]
pub(super) struct Writer {
    /// Taken when the store is dropped, which ends the thread.
    queue: Option<Sender<Box<dyn Request>>>,
    thread: Option<JoinHandle<()>>,
    counters: Arc<Counters>,
}

impl Writer {
    /// Gives the connection to a thread of its own.
    pub(super) fn start(conn: Connection) -> std::io::Result<Self> {
        let (queue, requests) = mpsc::channel();
        let counters = Arc::new(Counters::default());
        let seen = Arc::clone(&counters);
        let thread = std::thread::Builder::new()
            .name("namekeep-store".to_owned())
            .spawn(move || serve(&conn, &requests, &seen))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), counters })
    }

    /// Queues work and waits until it is durable.
    pub(super) async fn write<F, T>(&self, work: F) -> Result<T>
    where
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let request = Box::new(Pending { work: Some(work), outcome: None, caller });
        let queue = self.queue.as_ref().ok_or(Error::Stopped)?;
        queue.send(request).map_err(|_| Error::Stopped)?;
        answer.await.unwrap_or(Err(Error::Stopped))
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            commits: self.counters.commits.load(Ordering::Relaxed),
            requests: self.counters.requests.load(Ordering::Relaxed),
            rows: self.counters.rows.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Writer {
    /// Waits until the queue is empty and the file is closed.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has already rolled back; its callers were told.
            let _ = thread.join();
        }
    }
}

fn serve(conn: &Connection, requests: &Receiver<Box<dyn Request>>, counters: &Counters) {
    let mut incarnation = Incarnation::Old;
    while let Ok(first) = requests.recv() {
        let mut group = vec![first];
        group.extend(requests.try_iter().take(GROUP - 1));
        let rows = conn.total_changes();
        let committed = commit(conn, &mut group, &mut incarnation);
        if committed.is_ok() {
            let rows = conn.total_changes().saturating_sub(rows);
            counters.rows.fetch_add(rows, Ordering::Relaxed);
            counters.requests.fetch_add(group.len() as u64, Ordering::Relaxed);
            counters.commits.fetch_add(u64::from(rows > 0), Ordering::Relaxed);
        }
        let failed = committed.err();
        for request in group {
            request.answer(failed.as_ref());
        }
    }
}

/// Whether this process has stamped its own epoch and nonce into the store.
///
/// It does so with its first write, not when it opens: reading costs no commit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Incarnation {
    Old,
    New,
}

fn commit(conn: &Connection, group: &mut [Box<dyn Request>], incarnation: &mut Incarnation) -> Result<()> {
    let outcome = transact(conn, group, *incarnation);
    if outcome.is_ok() {
        *incarnation = Incarnation::New;
    } else if !conn.is_autocommit() {
        // SQLite ends a transaction by itself after some faults, and not after others. Where even
        // the rollback fails the next BEGIN fails too, and says so.
        let _ = conn.execute_batch("ROLLBACK");
    }
    outcome
}

fn transact(conn: &Connection, group: &mut [Box<dyn Request>], incarnation: Incarnation) -> Result<()> {
    let run = |sql: &str| conn.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map_err(classify);
    run("BEGIN IMMEDIATE")?;
    if incarnation == Incarnation::Old {
        run("UPDATE store SET epoch = epoch + 1, nonce = randomblob(16)")?;
    }
    for request in group.iter_mut() {
        run("SAVEPOINT request")?;
        if let Err(refused) = request.apply(conn) {
            if conn.is_autocommit() {
                // The fault took the whole transaction with it: disk full, I/O error, no memory.
                return Err(refused);
            }
            run("ROLLBACK TO request")?;
        }
        run("RELEASE request")?;
    }
    run("COMMIT").map(drop)
}
