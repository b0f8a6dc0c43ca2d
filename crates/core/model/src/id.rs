//! Typed ids: a run, a step, an action, an effect, a task, a person, an account, a workspace.
//!
//! Ids are short, printable and stable, because people read them aloud and scripts keep them. An
//! effect's id is derived from what it does (run, action, attempt), so that the same attempt has
//! the same id in every process.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An id which is not written as its kind of id must be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {expected}")]
pub struct IdError {
    text: String,
    expected: &'static str,
}

/// Longest id accepted, in bytes: ids come from files and command lines.
const MAX_ID: usize = 64;

fn plain(text: &str, expected: &'static str) -> Result<String, IdError> {
    let fits = !text.is_empty()
        && text.len() <= MAX_ID
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if fits { Ok(text.to_owned()) } else { Err(IdError { text: text.chars().take(MAX_ID).collect(), expected }) }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an id: 1 to 64 letters (of any script), digits, `-`, `_` or `.`.
            pub fn new(text: &str) -> Result<Self, IdError> {
                plain(text, $expected).map(Self)
            }

            /// The id as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

text_id!(
    /// A workspace: one company's names, people, rules and evidence.
    WorkspaceId, "a workspace id"
);
text_id!(
    /// An account at a registrar, DNS host or biller.
    AccountId, "an account id"
);
text_id!(
    /// A person, by role: `legal-1`, `运维甲`.
    PersonId, "a person id"
);

/// What a run does to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunKind {
    /// A retirement (23 steps).
    Retire,
    /// A renewal.
    Renew,
}

impl RunKind {
    /// The three letters before the number: `RET`, `REN`.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Retire => "RET",
            Self::Renew => "REN",
        }
    }
}

/// One run of a playbook on one name, written `RET-0007`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId {
    /// What the run does.
    pub kind: RunKind,
    /// Its number within the workspace, from 1.
    pub number: u32,
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}", self.kind.prefix(), self.number)
    }
}

impl FromStr for RunId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError { text: text.chars().take(MAX_ID).collect(), expected: "a run id such as RET-0007" };
        let (prefix, number) = text.split_once('-').ok_or_else(wrong)?;
        let kind = [RunKind::Retire, RunKind::Renew]
            .into_iter()
            .find(|kind| kind.prefix().eq_ignore_ascii_case(prefix))
            .ok_or_else(wrong)?;
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        let number = number.parse().map_err(|_| wrong())?;
        Ok(Self { kind, number })
    }
}

impl TryFrom<String> for RunId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.to_string()
    }
}

/// The number of a step in its playbook: a label, not an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepNo(pub u8);

impl fmt::Display for StepNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One piece of work inside a step, written `21.auto-renew-off`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ActionId {
    /// The step the work belongs to.
    pub step: StepNo,
    /// The work's own name: lower-case letters, digits and hyphens.
    pub item: String,
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.step, self.item)
    }
}

impl FromStr for ActionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError { text: text.chars().take(MAX_ID).collect(), expected: "an action id such as 19.ttl-down" };
        let (step, item) = text.split_once('.').ok_or_else(wrong)?;
        let step = step.parse().map_err(|_| wrong())?;
        let fits = !item.is_empty()
            && item.len() <= MAX_ID
            && item.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self { step: StepNo(step), item: item.to_owned() }) } else { Err(wrong()) }
    }
}

impl TryFrom<String> for ActionId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<ActionId> for String {
    fn from(id: ActionId) -> Self {
        id.to_string()
    }
}

/// One attempt to carry one action of one run out, written `RET-0007/21.auto-renew-off/1`.
///
/// Two attempts are two effects; the second exists only after the first is proven not done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EffectId {
    /// The run.
    pub run: RunId,
    /// The action.
    pub action: ActionId,
    /// The attempt, from 1.
    pub attempt: u16,
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.run, self.action, self.attempt)
    }
}

impl FromStr for EffectId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError { text: text.chars().take(MAX_ID).collect(), expected: "an effect id such as RET-0007/19.ttl-down/1" };
        let mut parts = text.split('/');
        let (Some(run), Some(action), Some(attempt), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        Ok(Self { run: run.parse()?, action: action.parse()?, attempt: attempt.parse().map_err(|_| wrong())? })
    }
}

impl TryFrom<String> for EffectId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<EffectId> for String {
    fn from(id: EffectId) -> Self {
        id.to_string()
    }
}

/// One task a person was asked to do, written `RET-0007/16.submit/1` (the round counts from 1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub EffectId);

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TaskId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_as_written() {
        for text in ["RET-0007/21.auto-renew-off/1", "REN-12345/3.pay/2"] {
            assert_eq!(text.parse::<EffectId>().map(|id| id.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("ret-7".parse::<RunId>().map(|id| id.to_string()).as_deref(), Ok("RET-0007"));
    }

    #[test]
    fn malformed_ids_are_refused() {
        for text in ["", "RET", "RET-", "RET--1", "RET-+1", "XXX-1", "RET-99999999999"] {
            assert!(text.parse::<RunId>().is_err(), "{text}");
        }
        for text in ["21", "21.", "x.y", "21.A", "300.a"] {
            assert!(text.parse::<ActionId>().is_err(), "{text}");
        }
        assert!(PersonId::new("运维甲").is_ok());
        assert!(PersonId::new("a b").is_err());
        assert!(PersonId::new(&"x".repeat(65)).is_err());
    }
}
