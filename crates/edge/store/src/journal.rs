//! Runs and their journals: what is appended, and what is read back.
//!
//! A journal is a log of entries; an entry is bytes its writer made, kept as they are. The store
//! adds the place in the log, the RFC 6962 head over it, and an instant that never decreases within
//! a journal: a clock that jumped back is recorded beside it, not believed.

use namekeep_evidence::Hash;
use namekeep_evidence::merkle::{self, Frontier};
use namekeep_model::{DomainName, RunId, Timestamp};

use crate::time::{floor_ms, instant};
use crate::{EffectMove, Error, RequestMove, Result};

/// The largest entry, plan, raw answer or question kept, in bytes.
///
/// No reference: RDAP and WHOIS answers are bounded at 1 MiB by those who read them; a plan of 23
/// steps is about 50 kB.
pub const MAX_ITEM: usize = 4 << 20;

/// An entry about to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// What kind of entry it is: a word its writer chooses, for reading without parsing.
    pub kind: String,
    /// When it happened, by the caller's clock.
    pub at: Timestamp,
    /// The entry itself: hashed as it is, read back as it is.
    pub bytes: Vec<u8>,
}

/// An entry of a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the journal, from 0 (its leaf index in the log).
    pub seq: u64,
    /// What kind of entry it is.
    pub kind: String,
    /// When it happened, never before the entry in front of it.
    pub at: Timestamp,
    /// What the clock said, where it had jumped back behind the entry in front.
    pub clock: Option<Timestamp>,
    /// The entry itself.
    pub bytes: Vec<u8>,
}

/// Whether a run goes on, and when it is to be looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// It goes on.
    Open {
        /// The instant it waits for; nothing where it waits for people or for the outside.
        wake_at: Option<Timestamp>,
    },
    /// It has ended.
    Ended,
}

/// A run about to be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRun {
    /// Its id, as [`Store::next_run`](crate::Store::next_run) offers it.
    pub id: RunId,
    /// The name it works on.
    pub name: DomainName,
    /// The plan: kept by its digest, never changed.
    pub plan: Vec<u8>,
    /// The first entries of its journal.
    pub entries: Vec<NewEntry>,
    /// When it is to be looked at.
    pub wake_at: Option<Timestamp>,
    /// When it starts.
    pub at: Timestamp,
}

/// One step of a run: everything that becomes durable together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    /// Which run.
    pub run: RunId,
    /// How many entries the caller has seen. If there are more, nothing is written.
    pub expected: u64,
    /// What happened.
    pub entries: Vec<NewEntry>,
    /// What it means for effects.
    pub effects: Vec<EffectMove>,
    /// What it means for open questions.
    pub requests: Vec<RequestMove>,
    /// Raw answers to keep by their digests.
    pub keep: Vec<Vec<u8>>,
    /// A new plan, from now on.
    pub plan: Option<Vec<u8>>,
    /// A new state; unchanged where nothing is said.
    pub state: Option<RunState>,
}

impl Append {
    /// Starts a step that as yet writes nothing.
    pub const fn new(run: RunId, expected: u64) -> Self {
        Self {
            run,
            expected,
            entries: Vec::new(),
            effects: Vec::new(),
            requests: Vec::new(),
            keep: Vec::new(),
            plan: None,
            state: None,
        }
    }

    /// Adds an entry.
    #[must_use]
    pub fn entry(mut self, entry: NewEntry) -> Self {
        self.entries.push(entry);
        self
    }

    /// Adds a change to the effects.
    #[must_use]
    pub fn effect(mut self, effect: EffectMove) -> Self {
        self.effects.push(effect);
        self
    }

    /// Adds a change to the open questions.
    #[must_use]
    pub fn request(mut self, request: RequestMove) -> Self {
        self.requests.push(request);
        self
    }

    /// Sets the state.
    #[must_use]
    pub const fn state(mut self, state: RunState) -> Self {
        self.state = Some(state);
        self
    }

    pub(crate) fn check_sizes(&self) -> Result<()> {
        self.entries.iter().try_for_each(|entry| fits("an entry", &entry.bytes))?;
        self.keep.iter().try_for_each(|bytes| fits("a raw answer", bytes))?;
        self.plan.iter().try_for_each(|bytes| fits("a plan", bytes))?;
        self.requests.iter().try_for_each(|request| match request {
            RequestMove::Open { body, .. } => fits("a question", body),
            RequestMove::Close { .. } => Ok(()),
        })
    }
}

/// Refuses what is too large to keep.
pub(crate) fn fits(what: &'static str, bytes: &[u8]) -> Result<()> {
    if bytes.len() <= MAX_ITEM { Ok(()) } else { Err(Error::TooLarge { what, size: bytes.len(), limit: MAX_ITEM }) }
}

/// The head of a log: its size and its RFC 6962 root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// The number of entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// What an append came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The log's head after it.
    pub head: Head,
    /// The instant of the newest entry: later than the caller's clock where that had jumped back.
    pub at: Timestamp,
}

/// One run, without its journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// The name it works on.
    pub name: DomainName,
    /// The digest of its present plan.
    pub plan: Hash,
    /// Whether it goes on.
    pub state: RunState,
    /// The head of its journal.
    pub head: Head,
    /// The instant of its newest entry, or of its start.
    pub at: Timestamp,
}

/// One run with everything needed to fold it. Its head has been computed from the entries anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// The run.
    pub run: RunRow,
    /// Its present plan; earlier ones are kept by their digests.
    pub plan: Vec<u8>,
    /// Its entries, in order.
    pub entries: Vec<Entry>,
}

/// A signed head of the workspace log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The size it signs.
    pub size: u64,
    /// The signed note, as its signer wrote it.
    pub note: String,
}

/// The growing end of a log: what is needed to append, and nothing of what is behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tip {
    pub frontier: Frontier,
    /// The newest instant, in milliseconds.
    pub at: i64,
}

impl Tip {
    /// The head at this point.
    pub(crate) fn head(&self) -> Head {
        Head { size: self.frontier.size(), root: self.frontier.root() }
    }

    /// Takes the next leaf in: its place, its instant, and the clock where that had jumped back.
    pub(crate) fn push(&mut self, bytes: &[u8], clock: Timestamp) -> (u64, i64, Option<i64>) {
        let seq = self.frontier.size();
        self.frontier.push(merkle::leaf(bytes));
        let clock = floor_ms(clock);
        self.at = self.at.max(clock);
        (seq, self.at, (clock < self.at).then_some(clock))
    }

    pub(crate) fn appended(&self) -> Appended {
        Appended { head: self.head(), at: instant(self.at) }
    }
}

/// Compares entries with the head kept beside them.
pub(crate) fn check_head(run: RunId, head: Head, entries: &[Entry]) -> Result<()> {
    let frontier: Frontier = entries.iter().map(|entry| merkle::leaf(&entry.bytes)).collect();
    let in_order = entries.iter().zip(0..).all(|(entry, seq)| entry.seq == seq);
    if in_order && (Head { size: frontier.size(), root: frontier.root() }) == head {
        Ok(())
    } else {
        Err(Error::Damaged { what: format!("the journal of {run} does not match its own head") })
    }
}
