//! The journal and everything durable: one trait of domain transactions, two implementations.
//!
//! ```text
//!   service ── Append, Look, NewRun, .. ──> trait Store ──┬─> MemoryStore   rehearsal, histories, tests
//!                                                         └─> SqliteStore   one file, one process
//!
//!   SqliteStore:   callers ──queue──> writer thread: [BEGIN  request, request, ..  COMMIT + fsync] ──> answers
//!                  callers ────────── reader connections (WAL: readers and the writer never wait) ──> answers
//! ```
//!
//! Every method is one atomic, durable step: when it has answered, the step survives `kill -9` and,
//! where the disk honours fsync, power loss; when it has failed, nothing of it is there (a failed
//! commit may turn out to be *whole* after a crash, never half: load again before deciding).
//! Requests that wait together share one commit and one fsync.
//!
//! The store keeps bytes and never reads them: what an entry, a plan or a request says is known to
//! those who wrote it. It has no clock (time is an argument) and keeps no private key. It is the
//! last line of two promises: an acknowledged entry is never lost, and of each action of a run at
//! most one attempt is unsettled, and a further one exists only after a proof that nothing happened.

mod effect;
mod error;
mod journal;
mod memory;
mod name;
mod request;
mod sqlite;
mod store;
mod time;

pub use effect::{EffectMove, EffectRow, EffectState, Settled};
pub use error::{Error, Result};
pub use journal::{Append, Appended, Checkpoint, Entry, Head, Journal, MAX_ITEM, NewEntry, NewRun, RunRow, RunState};
pub use memory::{Fault, MemoryStore};
pub use name::{Change, Changed, Declared, Imported, Look, NameRecord, NameRow, Order, Page, Summary};
pub use namekeep_evidence::Hash;
pub use request::{PublicKey, RequestKind, RequestMove, RequestRow};
pub use sqlite::SqliteStore;
pub use store::{Counts, Store};
