//! Approvals: signatures over the digest of exactly what will happen.
//!
//! A [`Statement`] names workspace, run, revision, step, the full plan digest, the act, its
//! consequence, the last instant it may be used, and a nonce. An [`Approval`] is a statement with
//! an Ed25519 signature (RFC 8032) over its canonical JSON (RFC 8785) behind a domain prefix. It
//! counts only if it verifies under the key the plan names for the approver.

use ed25519_dalek::{Signature, VerifyingKey};
use namekeep_model::{PersonId, RunId, StepNo, Timestamp, Words, WorkspaceId};
use serde::{Deserialize, Serialize};

/// Stands in front of every signed statement, so that no other signature can be taken for one.
///
/// The form of `namekeep-evidence` for statements of the context `approval`, so that a dossier's
/// verifier checks the same bytes.
const PREFIX: &[u8] = b"namekeep statement v1\napproval\n";

/// What an approver signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The run.
    pub run: RunId,
    /// The plan's revision.
    pub revision: u32,
    /// The step whose act is approved.
    pub step: StepNo,
    /// The full plan digest, hex.
    pub plan: String,
    /// What will be done.
    pub act: Words,
    /// What cannot be undone.
    pub consequence: Words,
    /// The last instant at which it counts.
    pub not_after: Timestamp,
    /// Who signs.
    pub approver: PersonId,
    /// Makes every signature a new one; counts once in a run.
    pub nonce: String,
}

impl Statement {
    /// The bytes a signature is made over.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = PREFIX.to_vec();
        bytes.extend(crate::plan::canonical(self));
        bytes
    }
}

/// A statement with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// What was signed.
    pub statement: Statement,
    /// The Ed25519 signature, 64 bytes in hex.
    pub signature: String,
}

impl Approval {
    /// Tells whether the signature verifies under a key (32 bytes in hex).
    ///
    /// Uses the strict check: keys of small order and malleable signatures are refused (RFC 8032
    /// section 5.1.7 leaves them open).
    pub fn verifies_under(&self, key: &str) -> bool {
        let Some(key) = bytes::<32>(key).and_then(|key| VerifyingKey::from_bytes(&key).ok()) else { return false };
        let Some(signature) = bytes::<64>(&self.signature) else { return false };
        key.verify_strict(&self.statement.signed_bytes(), &Signature::from_bytes(&signature)).is_ok()
    }
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}
