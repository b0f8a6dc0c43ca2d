//! Loading a playbook: bytes in, a checked book out, or the first thing wrong with its place.

use std::ops::Range;

use namekeep_model::{RunKind, Text, Words, words};

use crate::error::LoadError;
use crate::plan::sha256;
use crate::profile::Profile;
use crate::spec::{Head, Spec, SpecV1, V1};

/// Largest file read, in bytes: ten times the shipped book of 23 steps.
const MAX: usize = 1 << 19;

/// A playbook that was read and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    pub(crate) spec: SpecV1,
    pub(crate) profile: Profile,
    digest: String,
}

impl Book {
    /// Reads a playbook with the profile its thresholds come from.
    ///
    /// # Errors
    /// The first thing that is wrong: a word outside a closed list, an order, window or duration
    /// that cannot be, an irreversible act without its quorum. Each names its place and the cure.
    pub fn parse(bytes: &[u8], profile: &Profile) -> Result<Self, LoadError> {
        let text = text(bytes, MAX)?;
        let head: Head = toml::from_str(text).map_err(|e| toml_error(text, &e))?;
        let Spec::V1(spec) = match head.schema.as_ref().as_str() {
            V1 => Spec::V1(toml::from_str(text).map_err(|e| toml_error(text, &e))?),
            _ => {
                return Err(error(text, head.schema.span(), "E1201", UNKNOWN_SCHEMA, write_schema(V1)));
            }
        };
        crate::check::check(&spec, profile).map_err(|found| error(text, found.span, found.code, found.what, found.cure))?;
        Ok(Self { spec, profile: profile.clone(), digest: sha256(bytes) })
    }

    /// The books this build ships, with the shipped profile.
    ///
    /// # Errors
    /// Never for the shipped files; a test holds that.
    pub fn shipped(kind: RunKind) -> Result<Self, LoadError> {
        let profile = Profile::parse(crate::DEFAULT_PROFILE)?;
        let bytes = match kind {
            RunKind::Retire => crate::RETIRE,
            RunKind::Renew => crate::RENEW,
        };
        Self::parse(bytes, &profile)
    }

    /// What kind of run it is for.
    pub const fn kind(&self) -> RunKind {
        self.spec.book.kind
    }

    /// Its id and version, such as `retire.v1`.
    pub fn id(&self) -> String {
        format!("{}.v{}", self.spec.book.id, self.spec.book.version)
    }

    /// SHA-256 of its file, hex.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The numbers of its steps, in the order of the file.
    pub fn steps(&self) -> impl Iterator<Item = namekeep_model::StepNo> {
        self.spec.steps.iter().map(|step| namekeep_model::StepNo(step.as_ref().no))
    }
}

/// What a file of another format is told.
pub(crate) const UNKNOWN_SCHEMA: Text = Text::new("an unknown schema", "未知的格式");

/// The cure for a file of another format.
pub(crate) fn write_schema(known: &str) -> Words {
    words!(
        en: "write schema = \"{known}\", or use a newer version of namekeep",
        zh: "写 schema = \"{known}\"，或使用更新版本的 namekeep"
    )
}

/// The file as text, if it is of a sane size.
pub(crate) fn text(bytes: &[u8], max: usize) -> Result<&str, LoadError> {
    let refuse = |what: Text, cure: Text| LoadError {
        line: 1,
        column: 1,
        what: what.into(),
        cure: Box::new(cure.into()),
        code: "E1202",
    };
    if bytes.len() > max {
        return Err(refuse(Text::new("the file is too large", "文件过大"), Text::new("split it", "请拆分")));
    }
    std::str::from_utf8(bytes).map_err(|_| refuse(Text::new("the file is not UTF-8", "文件不是 UTF-8"), Text::new("save it as UTF-8", "请存为 UTF-8")))
}

/// An error at a place of the text.
pub(crate) fn error(
    text: &str,
    span: Range<usize>,
    code: &'static str,
    what: impl Into<Words>,
    cure: impl Into<Words>,
) -> LoadError {
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
    LoadError { line, column, what: what.into(), cure: Box::new(cure.into()), code }
}

/// A spelling error, as the TOML reader found it.
pub(crate) fn toml_error(source: &str, found: &toml::de::Error) -> LoadError {
    let what = Words::quoted(found.message());
    let cure = Text::new("use a word of the closed list, or remove the line", "请用列表中的词，或删去该行");
    error(source, found.span().unwrap_or(0..0), "E1203", what, cure)
}
