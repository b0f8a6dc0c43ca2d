//! A statement that a person signed, such as an approval.
//!
//! What is in the statement is its author's affair; here it is canonical JSON text, kept as it was
//! signed. The signed bytes start with a line of their own and the context, so that no statement can
//! pass for a checkpoint or a seal, nor one context for another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::entry::check_word;
use crate::{Error, PublicKey, SigningKey, canonical};

/// The first line of the signed bytes.
const DOMAIN: &str = "namekeep statement v1";

/// Canonical JSON with the key that signed it and the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedStatement {
    /// What kind of statement it is, such as `approval`.
    pub context: String,
    /// The statement: canonical JSON, exactly as signed.
    pub statement: String,
    /// The signer's verifier key line.
    pub signer: PublicKey,
    /// The Ed25519 signature in base64.
    pub signature: String,
}

impl SignedStatement {
    /// Signs a statement.
    pub fn sign(context: &str, statement: &impl Serialize, key: &SigningKey) -> Result<Self, Error> {
        check_word("context", context)?;
        let statement = canonical::to_text(statement)?;
        let signature = STANDARD.encode(key.sign(&message(context, &statement)));
        Ok(Self { context: context.to_owned(), statement, signer: key.public().clone(), signature })
    }

    /// The bytes that are signed: domain line, context line, statement.
    pub fn message(&self) -> Vec<u8> {
        message(&self.context, &self.statement)
    }

    /// Verifies that the statement is canonical and the signer signed it, and returns it parsed.
    ///
    /// Whether the signer may sign such a thing is for the caller to judge.
    pub fn verify(&self, context: &str) -> Result<serde_json::Value, Error> {
        check_word("context", &self.context)?;
        if self.context != context {
            return Err(Error::Field { field: "context", reason: "signed for something else" });
        }
        let bad = || Error::Signature { name: self.signer.name().to_owned() };
        let signature = STANDARD.decode(&self.signature).map_err(|_| bad())?;
        if !self.signer.verify(&self.message(), &signature) {
            return Err(bad());
        }
        canonical::parse(self.statement.as_bytes())
    }
}

fn message(context: &str, statement: &str) -> Vec<u8> {
    format!("{DOMAIN}\n{context}\n{statement}").into_bytes()
}
