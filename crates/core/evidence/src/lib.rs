//! Evidence: what was done, so that a stranger can check it without us and without a network.
//!
//! ```text
//! entry bytes -> leaf -> run log (RFC 6962) -> run head -> workspace log -> checkpoint (C2SP signed note)
//!    |                                                                          |
//!    +--- raw answers by SHA-256 digest ---+--- SHA256SUMS + seal signature ----+--> RUN.dossier --> verify
//! ```
//!
//! Bytes only: this crate knows no other namekeep crate, no file, clock, socket or randomness. Seeds of
//! keys and instants are arguments. An entry is canonical JSON (RFC 8785), hashed once when it is
//! stored; verification hashes bytes first and parses later. The format is described for a second
//! implementer in `docs/evidence-format.md`.

pub mod canonical;
mod checkpoint;
mod container;
mod entry;
mod error;
mod instant;
mod intents;
mod key;
mod lang;
mod log;
mod manifest;
pub mod merkle;
mod note;
mod page;
mod recipe;
mod render;
mod report;
mod seal;
mod statement;
mod sums;
mod tally;
mod verify;
mod walk;

pub use checkpoint::Checkpoint;
pub use entry::{Draft, Envelope, Kind, MAX_ENTRY, Outcome, SealedRef};
pub use error::Error;
pub use instant::Instant;
pub use intents::{Breach, Intents};
pub use key::{PublicKey, Role, SigningKey, TrustedKey};
pub use lang::{Both, Lang};
pub use log::{Inclusion, Record, RunHead, RunLog};
pub use manifest::{FileKind, FileRecord, KeyRecord, Manifest};
pub use merkle::Hash;
pub use note::{Note, NoteSignature};
pub use page::{Line, Section, Story, visible};
pub use report::{Check, NotJudged, Place, Problem, Range, Report, SealedFile, Signer, State, Verdict, Why};
pub use seal::{RawFile, Sealing, Stamp, seal};
pub use statement::SignedStatement;
pub use verify::{entries, verify};

/// The largest container read or written, in bytes: ZIP without its 64-bit extension (APPNOTE 4.3.9).
pub const MAX_CONTAINER: usize = u32::MAX as usize;

/// The most files of one container. ZIP counts them in 16 bits (APPNOTE 4.4.22); the rest is room.
pub const MAX_FILES: usize = 60_000;
