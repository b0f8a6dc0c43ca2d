//! What a person meets when something cannot be done: a code, a sentence, a cure, an exit code.
//!
//! Every crate has its own error type; this one is where they meet the user. It never repeats a
//! source, never holds a secret, and always says whether anything was sent.

use std::fmt;

use namekeep_model::{Lang, Text, Words, words};

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
        let (path, Text { en, zh }) = (path.display(), what);
        let says = system(error).behind(words!(en: "{path}: {en}: ", zh: "{path}：{zh}："));
        Self::new("E4001", Exit::File, says)
            .hint(Text::new("check the path, the permissions and the free space", "请检查路径、权限与剩余空间"))
    }

    /// A value on the command line that cannot be read.
    pub fn usage(says: impl Into<Words>) -> Self {
        Self::new("E2001", Exit::Usage, says)
    }

    /// A fault of this program or of its files, told by a part that speaks English only.
    pub fn inner(code: &'static str, exit: Exit, lead: Text, what: impl fmt::Display) -> Self {
        Self::new(code, exit, Words::quoted(what.to_string()).behind(lead))
    }

    /// The sentence in one language.
    pub fn sentence(&self, lang: Lang) -> &str {
        self.says.get(lang)
    }
}

/// The system's word for a fault of a file: the usual ones in both languages, the others quoted.
pub fn system(error: &std::io::Error) -> Words {
    use std::io::ErrorKind as K;
    let zh = match error.kind() {
        K::NotFound => "没有该文件或文件夹",
        K::PermissionDenied => "没有权限",
        K::AlreadyExists => "已存在",
        K::IsADirectory => "这是文件夹",
        K::NotADirectory => "路径中有一段不是文件夹",
        K::StorageFull | K::QuotaExceeded => "磁盘空间不足",
        K::ReadOnlyFilesystem => "文件系统只读",
        K::FileTooLarge => "文件过大",
        K::InvalidData => "内容不是有效文本",
        K::BrokenPipe => "管道已断开",
        _ => return Words::quoted(error.to_string()),
    };
    Words { en: error.to_string(), zh: zh.to_owned() }
}

/// A refusal of the evidence format, in both languages.
pub fn evidence_says(error: &namekeep_evidence::Error) -> Words {
    use namekeep_evidence::Lang as L;
    Words { en: error.says(L::En), zh: error.says(L::Zh) }
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
        Self::new(error.code(), Exit::Usage, error.says()).hint(error.hint())
    }
}

impl From<namekeep_assess::filing::GrammarError> for Failure {
    fn from(error: namekeep_assess::filing::GrammarError) -> Self {
        Self::new(error.code(), Exit::Internal, error.says()).hint(error.hint())
    }
}

impl From<namekeep_model::money::MoneyError> for Failure {
    fn from(error: namekeep_model::money::MoneyError) -> Self {
        Self::usage(error.says()).hint(Text::new("write it as `CNY 100` or `USD 12.50`", "请写成 `CNY 100` 或 `USD 12.50`"))
    }
}

impl From<namekeep_model::name::NameError> for Failure {
    fn from(error: namekeep_model::name::NameError) -> Self {
        Self::new(error.number(), Exit::Usage, error.message()).hint(error.hint())
    }
}

impl From<namekeep_playbook::PlanError> for Failure {
    fn from(error: namekeep_playbook::PlanError) -> Self {
        Self::new(error.code(), Exit::Usage, error.says()).hint(error.hint())
    }
}

impl From<namekeep_playbook::LoadError> for Failure {
    fn from(error: namekeep_playbook::LoadError) -> Self {
        Self::new(error.code(), Exit::Usage, error.says()).hint(error.hint())
    }
}
