//! An entry: one leaf of a run's log.
//!
//! The envelope is fixed and versioned; the body is opaque JSON. What verification must understand
//! (the effect of an intent, the files kept, who typed it) stands in the envelope, so a body can be
//! anything.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::instant::is_date;
use crate::page::is_hidden;
use crate::{Error, Hash, Instant, SignedStatement, canonical};

/// The largest entry in bytes; larger answers are kept as raw files. No reference.
pub const MAX_ENTRY: usize = 256 * 1024;
/// The most files one entry refers to. No reference.
const MAX_REFS: usize = 1_000;
/// The version of the envelope.
pub(crate) const VERSION: u32 = 1;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something that happened in the run.
    Event,
    /// An effect about to be tried; written before it.
    Intent,
    /// The outcome of an effect; written after it.
    Receipt,
    /// What one source said at one instant.
    Observation,
    /// A signed statement of a person: approval, refusal or withdrawal.
    Approval,
    /// A remark.
    Note,
}

impl Kind {
    /// The word used in entries.
    pub fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Intent => "intent",
            Self::Receipt => "receipt",
            Self::Observation => "observation",
            Self::Approval => "approval",
            Self::Note => "note",
        }
    }
}

/// How an effect ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not done.
    NotDone,
    /// Sent, no answer: the intent stays open until read back.
    Unknown,
}

/// A file whose bytes are withheld: only its digest is kept, until a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedRef {
    /// The digest of the withheld bytes.
    pub sha256: Hash,
    /// The day its retention ends, `YYYY-MM-DD`.
    pub until: String,
    /// Why it is withheld, such as `personal data`.
    pub why: String,
}

/// An entry before it has a place in a log.
#[derive(Clone, Debug)]
pub struct Draft {
    at: Instant,
    kind: Kind,
    body: Value,
    effect: Option<(String, Option<Outcome>)>,
    files: Vec<Hash>,
    sealed: Vec<SealedRef>,
    typed_by: Option<String>,
}

impl Draft {
    fn new(kind: Kind, at: Instant, body: Value) -> Self {
        Self { at, kind, body, effect: None, files: Vec::new(), sealed: Vec::new(), typed_by: None }
    }

    /// Something that happened in the run.
    pub fn event(at: Instant, body: Value) -> Self {
        Self::new(Kind::Event, at, body)
    }

    /// What one source said.
    pub fn observation(at: Instant, body: Value) -> Self {
        Self::new(Kind::Observation, at, body)
    }

    /// A remark.
    pub fn note(at: Instant, body: Value) -> Self {
        Self::new(Kind::Note, at, body)
    }

    /// An effect about to be tried.
    pub fn intent(at: Instant, effect: &str, body: Value) -> Self {
        Self { effect: Some((effect.to_owned(), None)), ..Self::new(Kind::Intent, at, body) }
    }

    /// The outcome of an effect.
    pub fn receipt(at: Instant, effect: &str, outcome: Outcome, body: Value) -> Self {
        Self { effect: Some((effect.to_owned(), Some(outcome))), ..Self::new(Kind::Receipt, at, body) }
    }

    /// A signed statement.
    pub fn approval(at: Instant, signed: &SignedStatement) -> Self {
        let body = json!({
            "context": signed.context,
            "statement": signed.statement,
            "signer": signed.signer,
            "signature": signed.signature,
        });
        Self::new(Kind::Approval, at, body)
    }

    /// Refers to files kept by digest.
    #[must_use]
    pub fn with_files(mut self, files: impl IntoIterator<Item = Hash>) -> Self {
        self.files.extend(files);
        self
    }

    /// Refers to files whose bytes are withheld.
    #[must_use]
    pub fn with_sealed(mut self, sealed: impl IntoIterator<Item = SealedRef>) -> Self {
        self.sealed.extend(sealed);
        self
    }

    /// Marks that a person typed the content; the log proves when, not whether true.
    #[must_use]
    pub fn typed_by(mut self, who: &str) -> Self {
        self.typed_by = Some(who.to_owned());
        self
    }

    /// The bytes this entry has at a place of a run's log.
    pub(crate) fn to_bytes(&self, run: &str, seq: u64) -> Result<Vec<u8>, Error> {
        let mut fields = json!({
            "v": VERSION, "kind": self.kind, "run": run, "seq": seq, "at": self.at, "body": self.body,
        });
        if let Value::Object(fields) = &mut fields {
            if let Some((effect, outcome)) = &self.effect {
                fields.insert("effect".to_owned(), json!(effect));
                if let Some(outcome) = outcome {
                    fields.insert("outcome".to_owned(), json!(outcome));
                }
            }
            if !self.files.is_empty() {
                fields.insert("files".to_owned(), json!(self.files));
            }
            if !self.sealed.is_empty() {
                fields.insert("sealed".to_owned(), json!(self.sealed));
            }
            if let Some(who) = &self.typed_by {
                fields.insert("typed_by".to_owned(), json!(who));
            }
        }
        let bytes = canonical::to_bytes(&fields)?;
        Envelope::parse(&bytes)?;
        Ok(bytes)
    }
}

/// The envelope of a stored entry, read from its bytes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope<'a> {
    /// The version of the envelope.
    pub v: u32,
    /// What the entry is.
    pub kind: Kind,
    /// The run it belongs to.
    #[serde(borrow)]
    pub run: Cow<'a, str>,
    /// Its place in the run's log, from 0.
    pub seq: u64,
    /// When it was written.
    #[serde(borrow)]
    pub at: Cow<'a, str>,
    /// The body as it stands.
    #[serde(borrow)]
    pub body: &'a RawValue,
    /// The effect of an intent or receipt.
    #[serde(borrow, default)]
    pub effect: Option<Cow<'a, str>>,
    /// The outcome of a receipt.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// The files it refers to.
    #[serde(default)]
    pub files: Vec<Hash>,
    /// The withheld files it refers to.
    #[serde(default)]
    pub sealed: Vec<SealedRef>,
    /// Who typed it, when a person did.
    #[serde(borrow, default)]
    pub typed_by: Option<Cow<'a, str>>,
}

impl<'a> Envelope<'a> {
    /// Reads the envelope of an entry and checks its fields.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_ENTRY {
            return Err(Error::TooLarge { what: "entry", size: bytes.len(), limit: MAX_ENTRY });
        }
        let envelope: Self = serde_json::from_slice(bytes)?;
        envelope.check()?;
        Ok(envelope)
    }

    fn check(&self) -> Result<(), Error> {
        let fault = |field, reason| Err(Error::Field { field, reason });
        if self.v != VERSION {
            return fault("v", "a version this reader does not know");
        }
        check_word("run", &self.run)?;
        if !crate::instant::is_utc(self.at.as_bytes()) {
            return fault("at", "not an RFC 3339 instant in UTC");
        }
        match (self.kind, &self.effect, self.outcome) {
            (Kind::Intent, Some(effect), None) | (Kind::Receipt, Some(effect), Some(_)) => {
                check_word("effect", effect)?
            }
            (Kind::Intent | Kind::Receipt, ..) => return fault("effect", "an intent or receipt names its effect"),
            (_, None, None) => {}
            _ => return fault("effect", "only an intent or receipt has an effect"),
        }
        if self.files.len() + self.sealed.len() > MAX_REFS {
            return fault("files", "more than 1,000 files");
        }
        if self.sealed.iter().any(|sealed| !is_date(&sealed.until) || !is_phrase(&sealed.why)) {
            return fault("sealed", "needs a date and a reason");
        }
        if self.typed_by.as_ref().is_some_and(|who| !is_phrase(who)) {
            return fault("typed_by", "1 to 200 bytes without hidden characters");
        }
        Ok(())
    }

    /// The signed statement of an approval.
    pub fn statement(&self) -> Result<SignedStatement, Error> {
        Ok(serde_json::from_str(self.body.get())?)
    }
}

/// Checks an identifier: 1 to 128 of `A-Z a-z 0-9 . _ : / -`.
pub(crate) fn check_word(field: &'static str, word: &str) -> Result<(), Error> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/-".contains(&byte);
    if (1..=128).contains(&word.len()) && word.bytes().all(allowed) {
        Ok(())
    } else {
        Err(Error::Field { field, reason: "1 to 128 of A-Z a-z 0-9 . _ : / -" })
    }
}

/// Tells whether a text is a short line without hidden characters.
pub(crate) fn is_phrase(text: &str) -> bool {
    (1..=200).contains(&text.len()) && !text.chars().any(is_hidden)
}
