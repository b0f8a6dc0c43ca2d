//! The store in memory: for rehearsals, seeded histories and tests. Nothing survives it.
//!
//! It obeys the same conformance suite as the store on disk, and can be told to fail a write the
//! two ways a crash can: before anything happened, or after everything did.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use namekeep_evidence::Hash;
use namekeep_model::{ActionId, DomainName, Facts, RunId, RunKind, Timestamp, WorkspaceId};
use serde_json::Value;

use crate::effect::{may_intend, may_settle};
use crate::journal::{Tip, check_head, fits};
use crate::name::Rank;
use crate::time::{ceil_ms, floor_ms, instant};
use crate::{
    Append, Appended, Change, Changed, Checkpoint, Counts, EffectMove, EffectRow, EffectState, Entry, Error, Head,
    Imported, Journal, Look, NameRecord, NameRow, NewEntry, NewRun, Order, Page, PublicKey, RequestMove, RequestRow,
    Result, RunRow, RunState, Store, Summary,
};

/// How a write is to fail, as a crash around a commit looks to those who asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The crash came first: nothing was written.
    Lost,
    /// The crash came between the commit and the answer: everything was written.
    Unacknowledged,
}

/// A workspace in memory.
#[derive(Debug)]
pub struct MemoryStore {
    workspace: WorkspaceId,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    tables: Tables,
    counts: Counts,
    /// Writes still to succeed before the fault strikes.
    fault: Option<(u64, Fault)>,
}

#[derive(Debug, Default)]
struct Tables {
    /// Crashes so far.
    epoch: u64,
    settings: BTreeMap<String, Value>,
    keys: BTreeMap<String, PublicKey>,
    names: BTreeMap<DomainName, NameRecord>,
    changes: BTreeMap<DomainName, Vec<Changed>>,
    kept: HashMap<Hash, Vec<u8>>,
    runs: BTreeMap<RunId, Run>,
    effects: BTreeMap<(RunId, ActionId), Vec<EffectRow>>,
    /// Open questions hold their row; closed ones only their id.
    requests: BTreeMap<String, Option<RequestRow>>,
    last_entry_at: Option<Timestamp>,
    log: Vec<Vec<u8>>,
    log_tip: Tip,
    checkpoint: Option<Checkpoint>,
}

#[derive(Debug)]
struct Run {
    name: DomainName,
    plan: Hash,
    state: RunState,
    tip: Tip,
    entries: Vec<Entry>,
}

impl Run {
    fn row(&self, id: RunId) -> RunRow {
        let (head, at) = (self.tip.head(), instant(self.tip.at));
        RunRow { id, name: self.name.clone(), plan: self.plan, state: self.state, head, at }
    }

    fn push(&mut self, entries: Vec<NewEntry>) {
        for NewEntry { kind, at, bytes } in entries {
            let (seq, at, clock) = self.tip.push(&bytes, at);
            self.entries.push(Entry { seq, kind, at: instant(at), clock: clock.map(instant), bytes });
        }
    }
}

/// A wake-up as a table keeps it: whole milliseconds, never earlier.
fn rounded(state: RunState) -> RunState {
    match state {
        RunState::Open { wake_at: Some(at) } => RunState::Open { wake_at: Some(instant(ceil_ms(at))) },
        other => other,
    }
}

impl Tables {
    fn keep(&mut self, bytes: Vec<u8>) -> Hash {
        let digest = Hash::of(&bytes);
        self.kept.entry(digest).or_insert(bytes);
        digest
    }

    /// Works the effects of a step out without touching the table.
    fn moved(&self, step: &Append) -> Result<BTreeMap<(RunId, ActionId), Vec<EffectRow>>> {
        let mut moved = BTreeMap::new();
        for effect in &step.effects {
            let id = effect.id();
            if id.run != step.run {
                return Err(Error::EffectRefused { effect: id.clone(), why: "it belongs to another run" });
            }
            let key = (id.run, id.action.clone());
            let attempts: &mut Vec<EffectRow> =
                moved.entry(key).or_insert_with_key(|key| self.effects.get(key).cloned().unwrap_or_default());
            match effect {
                EffectMove::Intend { id, request, deadline, once } => {
                    may_intend(id, attempts.last().map(|row| (row.id.attempt, row.state)), *once)?;
                    let (state, deadline) = (EffectState::Intent, instant(ceil_ms(*deadline)));
                    attempts.push(EffectRow {
                        id: id.clone(),
                        state,
                        request: *request,
                        deadline,
                        epoch: self.epoch + 1,
                    });
                }
                EffectMove::Settle { id, outcome } => {
                    let row = attempts.iter_mut().find(|row| row.id == *id);
                    may_settle(id, row.as_ref().map(|row| row.state))?;
                    if let Some(row) = row {
                        row.state = (*outcome).into();
                    }
                }
            }
        }
        Ok(moved)
    }

    fn ask(&mut self, run: RunId, request: RequestMove, opened: Timestamp) {
        match request {
            RequestMove::Open { id, kind, assignee, due, body } => {
                let due = instant(ceil_ms(due));
                self.requests.entry(id.clone()).or_insert(Some(RequestRow {
                    id,
                    run,
                    kind,
                    assignee,
                    opened,
                    due,
                    body,
                }));
            }
            RequestMove::Close { id } => {
                if let Some(row) = self.requests.get_mut(&id) {
                    *row = None;
                }
            }
        }
    }

    fn append(&mut self, step: Append) -> Result<Appended> {
        step.check_sizes()?;
        let run = self.runs.get(&step.run).ok_or(Error::UnknownRun(step.run))?;
        expect_size(step.run.to_string(), step.expected, run.tip.frontier.size())?;
        let moved = self.moved(&step)?;
        self.effects.extend(moved);
        for bytes in step.keep {
            self.keep(bytes);
        }
        let plan = step.plan.map(|bytes| self.keep(bytes));
        let run = self.runs.get_mut(&step.run).ok_or(Error::UnknownRun(step.run))?;
        let wrote = !step.entries.is_empty();
        run.push(step.entries);
        run.plan = plan.unwrap_or(run.plan);
        run.state = step.state.map_or(run.state, rounded);
        let appended = run.tip.appended();
        self.last_entry_at = run.entries.last().map(|entry| entry.at).filter(|_| wrote).or(self.last_entry_at);
        for request in step.requests {
            self.ask(step.run, request, appended.at);
        }
        Ok(appended)
    }

    fn create_run(&mut self, new: NewRun) -> Result<Appended> {
        fits("a plan", &new.plan)?;
        new.entries.iter().try_for_each(|entry| fits("an entry", &entry.bytes))?;
        if let Some(run) = self.runs.get(&new.id) {
            let found = run.tip.frontier.size().max(1);
            return Err(Error::Conflict { journal: new.id.to_string(), expected: 0, found });
        }
        let plan = self.keep(new.plan);
        let state = rounded(RunState::Open { wake_at: new.wake_at });
        let tip = Tip { at: floor_ms(new.at), ..Tip::default() };
        let mut run = Run { name: new.name, plan, state, tip, entries: Vec::new() };
        let wrote = !new.entries.is_empty();
        run.push(new.entries);
        let appended = run.tip.appended();
        self.last_entry_at = run.entries.last().map(|entry| entry.at).filter(|_| wrote).or(self.last_entry_at);
        self.runs.insert(new.id, run);
        Ok(appended)
    }
}

fn expect_size(journal: String, expected: u64, found: u64) -> Result<()> {
    if expected == found { Ok(()) } else { Err(Error::Conflict { journal, expected, found }) }
}

impl MemoryStore {
    /// Makes an empty workspace.
    pub fn new(workspace: WorkspaceId) -> Self {
        Self { workspace, inner: Mutex::default() }
    }

    /// Lets `writes` more writes succeed and then fails one; those after it succeed again, as after
    /// a restart.
    pub fn fail_after(&self, writes: u64, fault: Fault) {
        self.lock().fault = Some((writes, fault));
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(&self, rows: u64, apply: impl FnOnce(&mut Tables) -> Result<T>) -> Result<T> {
        let mut inner = self.lock();
        let fault = match inner.fault {
            Some((0, fault)) => {
                inner.fault = None;
                inner.tables.epoch += 1;
                Some(fault)
            }
            Some((left, fault)) => {
                inner.fault = Some((left - 1, fault));
                None
            }
            None => None,
        };
        if fault == Some(Fault::Lost) {
            return Err(Error::Full);
        }
        let done = apply(&mut inner.tables)?;
        inner.counts.commits += 1;
        inner.counts.requests += 1;
        inner.counts.rows += rows;
        if fault == Some(Fault::Unacknowledged) { Err(Error::Stopped) } else { Ok(done) }
    }

    fn read<T>(&self, look: impl FnOnce(&Tables) -> T) -> T {
        look(&self.lock().tables)
    }
}

/// A line's place in one order.
fn place(order: Order, row: &NameRow) -> (i64, i64, &str) {
    let Rank { level, day } = row.summary.into();
    match order {
        Order::Date => (day, 0, row.name.a_label()),
        Order::Level => (level, day, row.name.a_label()),
        Order::Name => (0, 0, row.name.a_label()),
    }
}

impl Store for MemoryStore {
    fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    fn counts(&self) -> Counts {
        self.lock().counts
    }

    async fn setting(&self, key: &str) -> Result<Option<Value>> {
        Ok(self.read(|tables| tables.settings.get(key).cloned()))
    }

    async fn put_setting(&self, key: &str, value: Value) -> Result<()> {
        self.write(1, |tables| {
            match value {
                Value::Null => tables.settings.remove(key),
                value => tables.settings.insert(key.to_owned(), value),
            };
            Ok(())
        })
    }

    async fn keys(&self) -> Result<Vec<PublicKey>> {
        Ok(self.read(|tables| tables.keys.values().cloned().collect()))
    }

    async fn put_key(&self, mut key: PublicKey) -> Result<()> {
        key.added = instant(floor_ms(key.added));
        key.retired = key.retired.map(|at| instant(floor_ms(at)));
        self.write(1, |tables| {
            tables.keys.insert(key.id.clone(), key);
            Ok(())
        })
    }

    async fn put_names<I, M>(&self, names: I, mut merge: M) -> Result<Imported>
    where
        I: Iterator<Item = NameRecord> + Send + 'static,
        M: FnMut(NameRecord, NameRecord) -> NameRecord + Send + 'static,
    {
        self.write(0, |tables| {
            let mut imported = Imported::default();
            for put in names {
                let name = put.row.name.clone();
                match tables.names.get(&name) {
                    None => {
                        tables.names.insert(name, put);
                        imported.added += 1;
                    }
                    Some(known) => {
                        let mut merged = merge(known.clone(), put);
                        merged.row.name = name.clone();
                        if *known == merged {
                            imported.unchanged += 1;
                        } else {
                            tables.names.insert(name, merged);
                            imported.changed += 1;
                        }
                    }
                }
            }
            Ok(imported)
        })
    }

    async fn name(&self, name: &DomainName) -> Result<Option<NameRecord>> {
        Ok(self.read(|tables| tables.names.get(name).cloned()))
    }

    async fn names(&self, page: Page<'_>) -> Result<Vec<NameRow>> {
        let Page { order, after, limit } = page;
        let after = after.map(|row| place(order, row));
        Ok(self.read(|tables| {
            let rows = tables.names.values().map(|record| &record.row);
            let mut rows: Vec<_> = rows.filter(|row| after.is_none_or(|after| after < place(order, row))).collect();
            rows.sort_by_key(|row| place(order, row));
            rows.into_iter().take(limit).cloned().collect()
        }))
    }

    async fn remove_name(&self, name: &DomainName) -> Result<bool> {
        self.write(1, |tables| Ok(tables.names.remove(name).is_some()))
    }

    async fn observe<J>(&self, name: &DomainName, look: Look, at: Timestamp, judge: J) -> Result<Vec<Change>>
    where
        J: FnOnce(&Facts) -> Summary + Send + 'static,
    {
        look.raw.iter().try_for_each(|bytes| fits("a raw answer", bytes))?;
        self.write(1, |tables| {
            let unknown = || Error::UnknownName(name.a_label().to_owned());
            let mut look = look;
            let raw = std::mem::take(&mut look.raw);
            let record = tables.names.get_mut(name).ok_or_else(unknown)?;
            let changes = record.take(look, at);
            record.row.summary = judge(&record.facts);
            let at = instant(floor_ms(at));
            let log = tables.changes.entry(name.clone()).or_default();
            log.extend(changes.iter().map(|what| Changed { at, what: what.clone() }));
            for bytes in raw {
                tables.keep(bytes);
            }
            Ok(changes)
        })
    }

    async fn changes(&self, name: &DomainName, limit: usize) -> Result<Vec<Changed>> {
        Ok(self.read(|tables| tables.changes.get(name).into_iter().flatten().rev().take(limit).cloned().collect()))
    }

    async fn keep(&self, bytes: Vec<u8>) -> Result<Hash> {
        fits("a raw answer", &bytes)?;
        self.write(1, |tables| Ok(tables.keep(bytes)))
    }

    async fn kept(&self, digest: &Hash) -> Result<Option<Vec<u8>>> {
        Ok(self.read(|tables| tables.kept.get(digest).cloned()))
    }

    async fn next_run(&self, kind: RunKind) -> Result<RunId> {
        let last = self.read(|tables| tables.runs.keys().filter(|id| id.kind == kind).map(|id| id.number).max());
        Ok(RunId { kind, number: last.unwrap_or(0).saturating_add(1) })
    }

    async fn create_run(&self, run: NewRun) -> Result<Appended> {
        self.write(2, |tables| tables.create_run(run))
    }

    async fn append(&self, step: Append) -> Result<Appended> {
        let rows = (1 + step.entries.len() + step.effects.len() + step.requests.len()) as u64;
        self.write(rows, |tables| tables.append(step))
    }

    async fn load(&self, run: RunId) -> Result<Journal> {
        let journal = self.read(|tables| {
            let found = tables.runs.get(&run)?;
            let plan = tables.kept.get(&found.plan).cloned()?;
            Some(Journal { run: found.row(run), plan, entries: found.entries.clone() })
        });
        let journal = journal.ok_or(Error::UnknownRun(run))?;
        check_head(run, journal.run.head, &journal.entries)?;
        Ok(journal)
    }

    async fn run(&self, run: RunId) -> Result<Option<RunRow>> {
        Ok(self.read(|tables| tables.runs.get(&run).map(|found| found.row(run))))
    }

    async fn entries(&self, run: RunId, from: u64, limit: usize) -> Result<Vec<Entry>> {
        self.read(|tables| {
            let found = tables.runs.get(&run).ok_or(Error::UnknownRun(run))?;
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            Ok(found.entries.iter().skip(from).take(limit).cloned().collect())
        })
    }

    async fn open_runs(&self) -> Result<Vec<RunRow>> {
        Ok(self.read(|tables| {
            let runs = tables.runs.iter().filter(|(_, run)| run.state != RunState::Ended);
            runs.map(|(id, run)| run.row(*id)).collect()
        }))
    }

    async fn runs_of(&self, name: &DomainName) -> Result<Vec<RunRow>> {
        Ok(self.read(|tables| {
            let runs = tables.runs.iter().filter(|(_, run)| run.name == *name);
            runs.map(|(id, run)| run.row(*id)).collect()
        }))
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<RunId>> {
        Ok(self.read(|tables| {
            let mut due: Vec<_> = tables
                .runs
                .iter()
                .filter_map(|(id, run)| match run.state {
                    RunState::Open { wake_at: Some(at) } if at <= instant(floor_ms(now)) => Some((at, *id)),
                    _ => None,
                })
                .collect();
            due.sort();
            due.into_iter().take(limit).map(|(_, id)| id).collect()
        }))
    }

    async fn next_wake(&self) -> Result<Option<Timestamp>> {
        Ok(self.read(|tables| {
            let wakes = tables.runs.values().filter_map(|run| match run.state {
                RunState::Open { wake_at } => wake_at,
                RunState::Ended => None,
            });
            wakes.min()
        }))
    }

    async fn unsettled(&self, run: Option<RunId>) -> Result<Vec<EffectRow>> {
        Ok(self.read(|tables| {
            let rows = tables.effects.values().flatten();
            let open = rows.filter(|row| !row.state.is_settled() && run.is_none_or(|run| run == row.id.run));
            let mut open: Vec<_> = open.cloned().collect();
            open.sort_by_cached_key(|row| (row.id.run, row.id.action.to_string()));
            open
        }))
    }

    async fn open_requests(&self, run: Option<RunId>) -> Result<Vec<RequestRow>> {
        Ok(self.read(|tables| {
            let rows = tables.requests.values().flatten();
            let mut open: Vec<_> = rows.filter(|row| run.is_none_or(|run| run == row.run)).cloned().collect();
            open.sort_by(|a, b| (a.due, &a.id).cmp(&(b.due, &b.id)));
            open
        }))
    }

    async fn last_entry_at(&self) -> Result<Option<Timestamp>> {
        Ok(self.read(|tables| tables.last_entry_at))
    }

    async fn extend_log(&self, expected: u64, leaves: Vec<Vec<u8>>) -> Result<Head> {
        leaves.iter().try_for_each(|leaf| fits("a leaf", leaf))?;
        self.write(leaves.len() as u64, |tables| {
            expect_size("the workspace log".to_owned(), expected, tables.log_tip.frontier.size())?;
            for leaf in leaves {
                tables.log_tip.push(&leaf, Timestamp::UNIX_EPOCH);
                tables.log.push(leaf);
            }
            Ok(tables.log_tip.head())
        })
    }

    async fn log_head(&self) -> Result<Head> {
        Ok(self.read(|tables| tables.log_tip.head()))
    }

    async fn log_leaves(&self, from: u64, limit: usize) -> Result<Vec<Vec<u8>>> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(self.read(|tables| tables.log.iter().skip(from).take(limit).cloned().collect()))
    }

    async fn put_checkpoint(&self, checkpoint: Checkpoint) -> Result<()> {
        fits("a checkpoint", checkpoint.note.as_bytes())?;
        self.write(1, |tables| {
            let size = tables.log_tip.frontier.size();
            if checkpoint.size > size {
                return Err(Error::Conflict {
                    journal: "the workspace log".into(),
                    expected: checkpoint.size,
                    found: size,
                });
            }
            if tables.checkpoint.as_ref().is_none_or(|kept| kept.size <= checkpoint.size) {
                tables.checkpoint = Some(checkpoint);
            }
            Ok(())
        })
    }

    async fn checkpoint(&self) -> Result<Option<Checkpoint>> {
        Ok(self.read(|tables| tables.checkpoint.clone()))
    }
}
