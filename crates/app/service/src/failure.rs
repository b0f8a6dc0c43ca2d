//! What a person meets when something cannot be done: a code, a sentence, a cure, an exit code.
//!
//! Every crate has its own error type; this one is where they meet the user. It never repeats a
//! source, never holds a secret, and always says whether anything was sent.

use std::fmt;

use namekeep_model::{Lang, Text, Words};

/// The exit codes scripts rely on (see `docs/exit-codes.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Fine.
    Ok = 0,
    /// Findings at or above `--fail-on`.
    Findings = 1,
    /// The command line or its input is wrong.
    Usage = 2,
    /// A fault of this program.
    Internal = 10,
    /// Evidence was altered.
    Altered = 30,
    /// Evidence is incomplete.
    Incomplete = 31,
    /// Evidence was not judged.
    NotJudged = 32,
    /// A file could not be read or written.
    File = 40,
    /// The network could not be reached.
    Network = 41,
    /// The daemon or workspace is held by another process.
    Busy = 42,
    /// Denied.
    Denied = 60,
    /// Throttled.
    Throttled = 61,
    /// Refused by a provider's rule.
    Quirk = 62,
    /// The outcome is unknown.
    Unknown = 70,
    /// A gate is shut.
    Gate = 80,
    /// An approval is missing.
    Approval = 81,
    /// The plan is out of date.
    OutOfDate = 82,
    /// A freeze window forbids it.
    Freeze = 83,
}

/// Something that could not be done, as its user reads it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The stable code, with a page in `docs/errors/`.
    pub code: &'static str,
    /// What did not happen and why.
    pub says: Words,
    /// What to do about it: at most two lines, runnable as printed where they are commands.
    pub hints: Vec<Words>,
    /// The exit code.
    pub exit: Exit,
}

impl Failure {
    /// Makes a failure with a sentence in both languages.
    pub fn new(code: &'static str, exit: Exit, says: impl Into<Words>) -> Self {
        Self { code, says: says.into(), hints: Vec::new(), exit }
    }

    /// Adds a cure.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Words>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// A file that could not be used.
    pub fn file(path: &std::path::Path, what: Text, error: &std::io::Error) -> Self {
        let path = path.display();
        let (en, zh) = (what.en, what.zh);
        Self::new("E4001", Exit::File, Words { en: format!("{path}: {en}: {error}"), zh: format!("{path}：{zh}：{error}") })
            .hint(Text::new("check the path, the permissions and the free space", "请检查路径、权限与剩余空间"))
    }

    /// A value on the command line that cannot be read.
    pub fn usage(says: impl Into<Words>) -> Self {
        Self::new("E2001", Exit::Usage, says)
    }

    /// The sentence in one language.
    pub fn sentence(&self, lang: Lang) -> &str {
        self.says.get(lang)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.says.en)
    }
}

impl std::error::Error for Failure {}

impl From<namekeep_store::Error> for Failure {
    fn from(error: namekeep_store::Error) -> Self {
        use namekeep_store::Error as E;
        let exit = match &error {
            E::InUse { .. } | E::Busy => Exit::Busy,
            E::Conflict { .. } => Exit::OutOfDate,
            E::Damaged { .. } | E::EffectRefused { .. } => Exit::Internal,
            _ => Exit::File,
        };
        Self::new(error.code(), exit, error.says()).hint(error.hint())
    }
}

impl From<namekeep_rules::RulesError> for Failure {
    fn from(error: namekeep_rules::RulesError) -> Self {
        let says = error.to_string();
        Self::new(error.code(), Exit::Usage, Words { zh: says.clone(), en: says }).hint(error.hint())
    }
}

impl From<namekeep_assess::filing::GrammarError> for Failure {
    fn from(error: namekeep_assess::filing::GrammarError) -> Self {
        let says = error.to_string();
        Self::new(error.code(), Exit::Internal, Words { zh: says.clone(), en: says })
    }
}

impl From<namekeep_model::name::NameError> for Failure {
    fn from(error: namekeep_model::name::NameError) -> Self {
        Self::new(error.number(), Exit::Usage, error.message()).hint(error.hint())
    }
}

impl From<namekeep_playbook::PlanError> for Failure {
    fn from(error: namekeep_playbook::PlanError) -> Self {
        let says = error.to_string();
        Self::new(error.code(), Exit::Usage, Words { zh: says.clone(), en: says }).hint(error.hint())
    }
}

impl From<namekeep_playbook::LoadError> for Failure {
    fn from(error: namekeep_playbook::LoadError) -> Self {
        let (says, hint) = (error.to_string(), error.hint().to_owned());
        Self::new(error.code(), Exit::Usage, Words { zh: says.clone(), en: says }).hint(Words { zh: hint.clone(), en: hint })
    }
}
