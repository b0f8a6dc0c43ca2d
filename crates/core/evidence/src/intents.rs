//! Intent before effect, receipt after: the order that makes a log honest about what was tried.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Envelope, Kind, Outcome};

/// The most intents open at once before the checker gives up. No reference; a run has a handful.
const MAX_OPEN: usize = 4_096;

/// A break of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Breach {
    /// A receipt whose effect has no open intent before it.
    ReceiptWithoutIntent,
    /// A second intent for an effect that is still open.
    IntentWhileOpen,
    /// More open intents than the checker keeps; the order is not judged further.
    TooManyOpen,
}

/// Follows the entries of one run and knows which intents are open.
#[derive(Debug, Default)]
pub struct Intents {
    open: BTreeMap<String, u64>,
    settled: u64,
}

impl Intents {
    /// Takes the next entry.
    pub fn take(&mut self, entry: &Envelope<'_>) -> Result<(), Breach> {
        let Some(effect) = &entry.effect else { return Ok(()) };
        match (entry.kind, entry.outcome) {
            (Kind::Intent, _) if self.open.contains_key(&**effect) => return Err(Breach::IntentWhileOpen),
            (Kind::Intent, _) if self.open.len() >= MAX_OPEN => return Err(Breach::TooManyOpen),
            (Kind::Intent, _) => {
                self.open.insert(effect.clone().into_owned(), entry.seq);
            }
            (Kind::Receipt, Some(Outcome::Unknown)) if self.open.contains_key(&**effect) => {}
            (Kind::Receipt, _) if self.open.remove(&**effect).is_some() => self.settled += 1,
            _ => return Err(Breach::ReceiptWithoutIntent),
        }
        Ok(())
    }

    /// The effects whose intent is open, with the entry of the intent.
    pub fn open(&self) -> impl Iterator<Item = (&str, u64)> {
        self.open.iter().map(|(effect, seq)| (effect.as_str(), *seq))
    }

    /// How many intents were settled.
    pub fn settled(&self) -> u64 {
        self.settled
    }
}
