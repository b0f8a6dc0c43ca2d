//! What can be wrong with a rule file or a question to it.

use std::fmt;

use namekeep_model::{Date, Words, words};

/// An error of the rules, with a stable code and a cure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// A rule file is not of the shape its schema says.
    Shape {
        /// The file.
        file: &'static str,
        /// Where in the file, as a path of keys.
        path: String,
        /// The line, from 1; 0 when the parser does not say.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// A rule file carries a schema this version does not read.
    Schema {
        /// The file.
        file: &'static str,
        /// The schema found.
        found: String,
        /// The schema read by this version.
        expected: &'static str,
    },
    /// A rule file contradicts itself.
    Inconsistent {
        /// The file.
        file: &'static str,
        /// The row or key.
        path: String,
        /// What does not fit.
        what: String,
    },
    /// A working-day question about a day before the holidays file begins.
    BeforeCalendar {
        /// The day asked about.
        day: Date,
        /// The first day of the data.
        first: Date,
    },
    /// A date that leaves the range of the calendar.
    OutOfRange,
    /// A citation which is not in the corpus, or is known to be wrong.
    Rejected {
        /// The citation as given.
        cited: String,
        /// Why it is refused.
        why: String,
        /// What to cite instead, by id.
        instead: Vec<String>,
    },
    /// A deadline id which is not in the corpus.
    NoDeadline(String),
    /// A clock without a number: the date stands in a notice, or is house policy.
    NoNumber {
        /// The deadline.
        id: String,
        /// What the corpus says about it.
        note: String,
    },
    /// A clock of hours asked with a plain date.
    NeedsInstant(String),
    /// A registrar which is in no overlay.
    NoRegistrar(String),
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says().en)
    }
}

impl RulesError {
    /// What is wrong, for people; words of a parser or of the corpus are quoted as they stand.
    pub fn says(&self) -> Words {
        match self {
            Self::Shape { file, path, line, what } => Words::quoted(what)
                .behind(words!(en: "{file}: at `{path}` (line {line}): ", zh: "{file}：`{path}` 处（第 {line} 行）：")),
            Self::Schema { file, found, expected } => {
                words!(en: "{file}: schema `{found}` is not `{expected}`", zh: "{file}：格式 `{found}` 不是 `{expected}`")
            }
            Self::Inconsistent { file, path, what } => {
                Words::quoted(what).behind(words!(en: "{file}: `{path}`: ", zh: "{file}：`{path}` 前后不一致："))
            }
            Self::BeforeCalendar { day, first } => words!(
                en: "{day} is before {first}, the first day of the holidays file",
                zh: "{day} 早于节假日文件的首日 {first}"
            ),
            Self::OutOfRange => words!(en: "the date is out of range", zh: "日期超出范围"),
            Self::Rejected { cited, why, .. } => {
                Words::quoted(why).behind(words!(en: "`{cited}` is refused: ", zh: "不接受引用 `{cited}`："))
            }
            Self::NoDeadline(id) => words!(en: "there is no deadline `{id}`", zh: "没有期限 `{id}`"),
            Self::NoNumber { id, note } => {
                Words::quoted(note).behind(words!(en: "`{id}` sets no number: ", zh: "`{id}` 未规定天数："))
            }
            Self::NeedsInstant(id) => words!(
                en: "`{id}` runs in hours and needs an instant, not a date",
                zh: "`{id}` 按小时计，需要时刻而非日期"
            ),
            Self::NoRegistrar(id) => {
                words!(en: "no overlay is known for the registrar `{id}`", zh: "没有注册商 `{id}` 的规则")
            }
        }
    }

    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Shape { .. } => "E1101",
            Self::Schema { .. } => "E1102",
            Self::Inconsistent { .. } => "E1103",
            Self::BeforeCalendar { .. } => "E1110",
            Self::OutOfRange => "E1111",
            Self::Rejected { .. } => "E1120",
            Self::NoDeadline(_) => "E1121",
            Self::NoNumber { .. } => "E1122",
            Self::NeedsInstant(_) => "E1123",
            Self::NoRegistrar(_) => "E1130",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Words {
        match self {
            Self::Shape { file, .. } => words!(
                en: "mend that place in {file}, or leave the option out to use the embedded file",
                zh: "修正 {file} 的该处，或不指定该文件以使用内置数据", file = file
            ),
            Self::Schema { expected, .. } => {
                words!(en: "take a file of schema {e}, or a newer namekeep", zh: "使用 {e} 格式的文件，或更新 namekeep", e = expected)
            }
            Self::Inconsistent { path, .. } => words!(en: "check the entry {p}", zh: "检查条目 {p}", p = path),
            Self::BeforeCalendar { first, .. } => {
                words!(en: "ask from {f} on, or import a holidays file which goes further back", zh: "请从 {f} 起查询，或导入更早的节假日文件", f = first)
            }
            Self::OutOfRange => {
                words!(en: "use dates before the year 10000", zh: "请使用 10000 年以前的日期")
            }
            Self::Rejected { instead, .. } if !instead.is_empty() => {
                words!(en: "cite {c}", zh: "改引 {c}", c = instead.join(", "))
            }
            Self::Rejected { .. } => words!(
                en: "cite an article of the shipped corpus, as instrument@version:article",
                zh: "只引用内置法规库中的条文，格式：法规@版本:条"
            ),
            Self::NoDeadline(_) => words!(en: "list the deadlines with their ids", zh: "先列出期限及其编号"),
            Self::NoNumber { .. } => {
                words!(en: "enter the date by hand, with its source", zh: "请手工填写日期并注明来源")
            }
            Self::NeedsInstant(_) => words!(
                en: "give date, time and offset, such as 2026-10-01T23:30:00+08:00",
                zh: "请给出日期、时间和时区，例如 2026-10-01T23:30:00+08:00"
            ),
            Self::NoRegistrar(_) => words!(
                en: "leave the registrar out: the bounds of the registry then stand alone",
                zh: "不指定注册商，仅按注册局的范围计算"
            ),
        }
    }
}
