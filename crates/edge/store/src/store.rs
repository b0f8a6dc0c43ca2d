//! The trait: every durable step of the product, as one transaction each.

use std::future::Future;

use namekeep_evidence::Hash;
use namekeep_model::{DomainName, Facts, RunId, RunKind, Timestamp, WorkspaceId};
use serde_json::Value;

use crate::{
    Append, Appended, Change, Changed, Checkpoint, EffectRow, Entry, Head, Imported, Journal, Look, NameRecord,
    NameRow, NewRun, Page, PublicKey, RequestRow, Result, RunRow, Summary,
};

/// What a store has done since it was opened, for tests that assert counts instead of times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Transactions made durable. On SQLite each costs one fsync, besides those of checkpoints.
    pub commits: u64,
    /// Requests answered by those transactions.
    pub requests: u64,
    /// Rows written, changed or removed.
    pub rows: u64,
}

/// One workspace's durable state.
///
/// Each method is one transaction: answered means durable, failed means nothing was written. A
/// request that has been polled once is carried out even when its future is dropped.
pub trait Store: Send + Sync {
    /// The workspace this handle works in.
    fn workspace(&self) -> &WorkspaceId;

    /// What was done since the store was opened.
    fn counts(&self) -> Counts;

    // Settings and keys.

    /// Reads a setting.
    fn setting(&self, key: &str) -> impl Future<Output = Result<Option<Value>>> + Send;

    /// Writes a setting; `Null` removes it.
    fn put_setting(&self, key: &str, value: Value) -> impl Future<Output = Result<()>> + Send;

    /// Lists the public keys of people, retired ones included, by id.
    fn keys(&self) -> impl Future<Output = Result<Vec<PublicKey>>> + Send;

    /// Adds a public key, or replaces the row of the same id (to retire it).
    fn put_key(&self, key: PublicKey) -> impl Future<Output = Result<()>> + Send;

    // Names.

    /// Puts any number of names in one transaction, memory flat in their number.
    ///
    /// Where a name is there already, `merge` is given what the store has and what is put, and says
    /// what to keep. Both run on the store's writer.
    fn put_names<I, M>(&self, names: I, merge: M) -> impl Future<Output = Result<Imported>> + Send
    where
        I: Iterator<Item = NameRecord> + Send + 'static,
        M: FnMut(NameRecord, NameRecord) -> NameRecord + Send + 'static;

    /// Reads one name.
    fn name(&self, name: &DomainName) -> impl Future<Output = Result<Option<NameRecord>>> + Send;

    /// Reads one page of the list of names.
    fn names(&self, page: Page<'_>) -> impl Future<Output = Result<Vec<NameRow>>> + Send;

    /// Removes a name; its runs and evidence stay. Tells whether it was there.
    fn remove_name(&self, name: &DomainName) -> impl Future<Output = Result<bool>> + Send;

    /// Takes a round of looking at a name in, and returns what changed.
    ///
    /// Only changes are logged; `judge` says what the facts come to now. It runs on the writer.
    fn observe<J>(
        &self,
        name: &DomainName,
        look: Look,
        at: Timestamp,
        judge: J,
    ) -> impl Future<Output = Result<Vec<Change>>> + Send
    where
        J: FnOnce(&Facts) -> Summary + Send + 'static;

    /// Lists what changed about a name, the newest first.
    fn changes(&self, name: &DomainName, limit: usize) -> impl Future<Output = Result<Vec<Changed>>> + Send;

    /// Keeps bytes by their digest; the same bytes are kept once.
    fn keep(&self, bytes: Vec<u8>) -> impl Future<Output = Result<Hash>> + Send;

    /// Reads bytes that were kept: a raw answer or a plan.
    fn kept(&self, digest: &Hash) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send;

    // Runs and their journals.

    /// Offers the next free id. It is taken by [`create_run`](Store::create_run), not by asking.
    fn next_run(&self, kind: RunKind) -> impl Future<Output = Result<RunId>> + Send;

    /// Starts a run: its plan, its first entries, its wake-up. A taken id is a conflict.
    fn create_run(&self, run: NewRun) -> impl Future<Output = Result<Appended>> + Send;

    /// Appends one step of a run, if its journal is still the one the caller has seen.
    fn append(&self, step: Append) -> impl Future<Output = Result<Appended>> + Send;

    /// Reads a run whole, and checks its journal against its head.
    fn load(&self, run: RunId) -> impl Future<Output = Result<Journal>> + Send;

    /// Reads a run without its journal.
    fn run(&self, run: RunId) -> impl Future<Output = Result<Option<RunRow>>> + Send;

    /// Reads entries of a journal from a place on.
    fn entries(&self, run: RunId, from: u64, limit: usize) -> impl Future<Output = Result<Vec<Entry>>> + Send;

    /// Lists the open runs by id. The cost grows with them, not with the ended ones.
    fn open_runs(&self) -> impl Future<Output = Result<Vec<RunRow>>> + Send;

    /// Lists every run on a name by id, ended ones included.
    fn runs_of(&self, name: &DomainName) -> impl Future<Output = Result<Vec<RunRow>>> + Send;

    /// Lists open runs whose wake-up has come, the longest overdue first. Never one too early.
    fn due(&self, now: Timestamp, limit: usize) -> impl Future<Output = Result<Vec<RunId>>> + Send;

    /// The next wake-up of any open run.
    fn next_wake(&self) -> impl Future<Output = Result<Option<Timestamp>>> + Send;

    /// Lists attempts that may have been sent and are not settled, of one run or of all.
    fn unsettled(&self, run: Option<RunId>) -> impl Future<Output = Result<Vec<EffectRow>>> + Send;

    /// Lists open questions, of one run or of all, the earliest due first.
    fn open_requests(&self, run: Option<RunId>) -> impl Future<Output = Result<Vec<RequestRow>>> + Send;

    /// The instant of the entry appended last, in any journal: a clock behind it has jumped back.
    fn last_entry_at(&self) -> impl Future<Output = Result<Option<Timestamp>>> + Send;

    // The workspace log, whose leaves are run heads.

    /// Appends leaves to the workspace log, if it still has the size the caller has seen.
    fn extend_log(&self, expected: u64, leaves: Vec<Vec<u8>>) -> impl Future<Output = Result<Head>> + Send;

    /// The head of the workspace log.
    fn log_head(&self) -> impl Future<Output = Result<Head>> + Send;

    /// Reads leaves of the workspace log from a place on.
    fn log_leaves(&self, from: u64, limit: usize) -> impl Future<Output = Result<Vec<Vec<u8>>>> + Send;

    /// Keeps a signed head of the workspace log. One beyond the log's size is refused.
    fn put_checkpoint(&self, checkpoint: Checkpoint) -> impl Future<Output = Result<()>> + Send;

    /// The newest signed head.
    fn checkpoint(&self) -> impl Future<Output = Result<Option<Checkpoint>>> + Send;
}
