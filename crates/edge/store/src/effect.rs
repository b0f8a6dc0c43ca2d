//! Effects: attempts to act on the outside, and the rules that keep one from happening twice.
//!
//! ```text
//!              intend                        settle
//!   (nothing) ────────> intent ──────────────────────────> done
//!                          │  └── unknown ──> read back ─┬> done
//!                          │                             └> not done ──> attempt + 1 may be intended
//!                          └─────────────────────────────> not done
//! ```
//! After *done* the next attempt may be intended only at an act that can be repeated (a switch found
//! turned by somebody else); an act that happens once is never intended again.
//!
//! The rules are pure and shared by every store; the tables repeat them as unique indexes.

use namekeep_evidence::Hash;
use namekeep_model::{EffectId, Timestamp};

use crate::{Error, Result};

/// Where one attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EffectState {
    /// Recorded; it may have been sent.
    Intent,
    /// Sent without a usable answer; only reading back settles it.
    Unknown,
    /// It took effect.
    Done,
    /// Proven not to have taken effect, and unable to arrive later.
    NotDone,
}

impl EffectState {
    /// Tells whether nothing more will be learnt about the attempt.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::NotDone)
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Unknown => "unknown",
            Self::Done => "done",
            Self::NotDone => "not-done",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Intent, Self::Unknown, Self::Done, Self::NotDone].into_iter().find(|state| state.word() == word)
    }
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settled {
    /// It took effect.
    Done,
    /// It did not, and cannot any more.
    NotDone,
    /// Nobody can tell yet.
    Unknown,
}

impl From<Settled> for EffectState {
    fn from(settled: Settled) -> Self {
        match settled {
            Settled::Done => Self::Done,
            Settled::NotDone => Self::NotDone,
            Settled::Unknown => Self::Unknown,
        }
    }
}

/// A change to the table of effects, in the same commit as its journal entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectMove {
    /// An attempt is about to be made.
    Intend {
        /// Its id.
        id: EffectId,
        /// The digest of exactly what will be sent.
        request: Hash,
        /// After this instant no answer is waited for.
        deadline: Timestamp,
        /// Whether the act, once done, is never begun again.
        once: bool,
    },
    /// An attempt has an outcome, or its outcome was read back.
    Settle {
        /// Its id.
        id: EffectId,
        /// What became of it.
        outcome: Settled,
    },
}

impl EffectMove {
    /// The attempt it is about.
    pub const fn id(&self) -> &EffectId {
        match self {
            Self::Intend { id, .. } | Self::Settle { id, .. } => id,
        }
    }
}

/// One row of the table of effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectRow {
    /// Its id.
    pub id: EffectId,
    /// Where it stands.
    pub state: EffectState,
    /// The digest of what was to be sent.
    pub request: Hash,
    /// After this instant no answer is waited for.
    pub deadline: Timestamp,
    /// The incarnation of the store that recorded the intent: a later one never resends it.
    pub epoch: u64,
}

/// Decides whether an attempt may be intended, given the newest attempt at the same action.
pub(crate) fn may_intend(id: &EffectId, newest: Option<(u16, EffectState)>, once: bool) -> Result<()> {
    let refuse = |why| Err(Error::EffectRefused { effect: id.clone(), why });
    match newest {
        None if id.attempt == 1 => Ok(()),
        None => refuse("the first attempt has number 1"),
        Some((_, EffectState::Intent | EffectState::Unknown)) => refuse("an earlier attempt is not settled"),
        Some((_, EffectState::Done)) if once => refuse("it took effect, and what cannot be set back happens once"),
        Some((last, _)) if last.checked_add(1) == Some(id.attempt) => Ok(()),
        Some(_) => refuse("attempts are numbered without gaps"),
    }
}

/// Decides whether an attempt may be settled, given where it stands.
pub(crate) fn may_settle(id: &EffectId, current: Option<EffectState>) -> Result<()> {
    let refuse = |why| Err(Error::EffectRefused { effect: id.clone(), why });
    match current {
        None => refuse("no such attempt was recorded"),
        Some(state) if state.is_settled() => refuse("the attempt is settled already"),
        Some(_) => Ok(()),
    }
}
