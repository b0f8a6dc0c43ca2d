//! Questions put to people, and the public keys they sign with.

use namekeep_model::{PersonId, RunId, Timestamp};

/// What a person is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestKind {
    /// To do something and hand in a receipt.
    Task,
    /// To sign, or to refuse.
    Approval,
}

impl RequestKind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Approval => "approval",
        }
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Task, Self::Approval].into_iter().find(|kind| kind.word() == word)
    }
}

/// A change to the open questions, in the same commit as its journal entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestMove {
    /// Asks. Asking under an id that exists already is the same question and changes nothing.
    Open {
        /// The question's id, unique in the workspace.
        id: String,
        /// What is asked for.
        kind: RequestKind,
        /// Who is asked.
        assignee: PersonId,
        /// When it is due.
        due: Timestamp,
        /// The question itself, as its asker writes it.
        body: Vec<u8>,
    },
    /// Answered or no longer needed. Closing a question that is not open changes nothing.
    Close {
        /// The question's id.
        id: String,
    },
}

/// One open question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// Its id.
    pub id: String,
    /// The run that asks.
    pub run: RunId,
    /// What is asked for.
    pub kind: RequestKind,
    /// Who is asked.
    pub assignee: PersonId,
    /// When it was asked.
    pub opened: Timestamp,
    /// When it is due.
    pub due: Timestamp,
    /// The question itself.
    pub body: Vec<u8>,
}

/// The public key a person signs with. Private keys are never in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The key's name: its fingerprint, unique in the workspace.
    pub id: String,
    /// Whose it is.
    pub person: PersonId,
    /// What it may sign.
    pub role: String,
    /// The key itself.
    pub bytes: Vec<u8>,
    /// Since when it counts.
    pub added: Timestamp,
    /// Since when it no longer counts.
    pub retired: Option<Timestamp>,
}
