//! The log of one run, and its head as a leaf of the workspace log.

use serde::{Deserialize, Serialize};

use crate::entry::{VERSION, check_word};
use crate::merkle::{self, Frontier};
use crate::{Checkpoint, Draft, Error, Hash, Instant, canonical};

/// A stored entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its place in the log, from 0.
    pub seq: u64,
    /// Its canonical bytes: what is stored and what is hashed, once.
    pub bytes: Vec<u8>,
    /// Its leaf hash.
    pub leaf: Hash,
}

/// The log of one run, reduced to what appending needs. A clone is cheap and undoes what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLog {
    run: String,
    frontier: Frontier,
}

impl RunLog {
    /// Starts an empty log.
    pub fn new(run: &str) -> Result<Self, Error> {
        Self::resume(run, Frontier::default())
    }

    /// Goes on where stored leaves end (`leaves.collect::<Frontier>()`), or where a kept frontier stands.
    pub fn resume(run: &str, frontier: Frontier) -> Result<Self, Error> {
        check_word("run", run)?;
        Ok(Self { run: run.to_owned(), frontier })
    }

    /// Gives an entry its place and its bytes; on an error the log is as before.
    pub fn append(&mut self, draft: &Draft) -> Result<Record, Error> {
        let seq = self.frontier.size();
        let bytes = draft.to_bytes(&self.run, seq)?;
        let leaf = merkle::leaf(&bytes);
        self.frontier.push(leaf);
        Ok(Record { seq, bytes, leaf })
    }

    /// The frontier, to be kept.
    pub fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The head of the log at an instant.
    pub fn head(&self, at: Instant) -> RunHead {
        RunHead {
            v: VERSION,
            kind: HeadKind::RunHead,
            run: self.run.clone(),
            size: self.frontier.size(),
            root: self.frontier.root(),
            at,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum HeadKind {
    RunHead,
}

/// The head of a run's log: a leaf of the workspace log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunHead {
    v: u32,
    kind: HeadKind,
    /// The run.
    pub run: String,
    /// The number of entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// When the head was taken.
    pub at: Instant,
}

impl RunHead {
    /// The bytes that are stored as a leaf of the workspace log.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        canonical::to_bytes(self)
    }

    /// The leaf hash in the workspace log.
    pub fn leaf(&self) -> Result<Hash, Error> {
        Ok(merkle::leaf(&self.to_bytes()?))
    }

    /// Reads the bytes of a leaf; only the canonical form is accepted.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let head: Self = serde_json::from_slice(bytes)?;
        if head.v == VERSION && head.to_bytes()? == bytes { Ok(head) } else { Err(Error::NotCanonical("run head")) }
    }
}

/// The proof that a leaf is in a log of a size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    /// The place of the leaf, from 0.
    pub index: u64,
    /// The size of the log.
    pub size: u64,
    /// The sibling hashes from the leaf up.
    pub path: Vec<Hash>,
}

impl Inclusion {
    /// Proves the leaf at `index` in the log over all `leaves`.
    pub fn prove(leaves: &[Hash], index: u64) -> Result<Self, Error> {
        Ok(Self { index, size: leaves.len() as u64, path: merkle::prove_inclusion(leaves, index)? })
    }

    /// Tells whether the leaf is in the log that the checkpoint heads.
    pub fn holds(&self, leaf: Hash, checkpoint: &Checkpoint) -> bool {
        self.size == checkpoint.size
            && merkle::verify_inclusion(leaf, self.index, self.size, &self.path, checkpoint.root)
    }
}
