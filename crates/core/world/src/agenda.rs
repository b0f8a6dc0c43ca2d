//! The agenda: what comes next in the world, by instant.
//!
//! Each actor (a registration's clock, a running task, a person's work ...) has at most one entry.
//! The agenda is derived: it is rebuilt from the state when a world is loaded. At one instant the
//! lanes go in the order below, then by position in the spec; the order of insertion never counts,
//! so one more name changes nothing for the others.

use std::collections::{BTreeMap, BTreeSet};

use namekeep_model::Timestamp;

/// A kind of actor; at the same instant an earlier lane goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// The script (a top-up at ten comes before the charge at ten).
    Script,
    /// A registrar's running task.
    Attempt,
    /// A registration's clock.
    Registry,
    /// The filing desk's answer, or papers handed in again.
    Desk,
    /// Data requests falling due.
    Privacy,
    /// A count reaching a mark: caches run down, days of a census.
    Mark,
    /// A person's work.
    Work,
    /// A person's decision to sign.
    Signature,
}

/// One actor: its lane and its place there.
pub(crate) type Actor = (Lane, u32);

/// The entries in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agenda {
    order: BTreeSet<(Timestamp, Actor)>,
    entry: BTreeMap<Actor, Timestamp>,
}

impl Agenda {
    /// Sets, moves or removes an actor's entry.
    pub(crate) fn set(&mut self, actor: Actor, at: Option<Timestamp>) {
        let old = match at {
            Some(at) => self.entry.insert(actor, at),
            None => self.entry.remove(&actor),
        };
        if old == at {
            return;
        }
        if let Some(old) = old {
            self.order.remove(&(old, actor));
        }
        if let Some(at) = at {
            self.order.insert((at, actor));
        }
    }

    /// The first entry.
    pub(crate) fn first(&self) -> Option<(Timestamp, Actor)> {
        self.order.first().copied()
    }

    /// Takes the first entry out, if it is due.
    pub(crate) fn pop(&mut self, now: Timestamp) -> Option<(Timestamp, Actor)> {
        let (at, actor) = self.first().filter(|(at, _)| *at <= now)?;
        self.order.pop_first();
        self.entry.remove(&actor);
        Some((at, actor))
    }
}
