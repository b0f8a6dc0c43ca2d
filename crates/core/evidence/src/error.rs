//! What can go wrong while evidence is written, or a key or note is read.
//!
//! A dossier that does not verify is no error: that is a [`crate::Report`].

use crate::{Lang, Report};

/// Why evidence could not be written, or a key, note or checkpoint not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number that canonical JSON cannot carry without loss.
    #[error("number {0} cannot be written in canonical JSON without loss; write it as text")]
    Number(String),
    /// Values nested deeper than the bound.
    #[error("values are nested deeper than {limit} levels")]
    Depth {
        /// The bound.
        limit: usize,
    },
    /// A text that is not JSON.
    #[error("the text is not JSON")]
    Json(#[from] serde_json::Error),
    /// JSON that is not in canonical form.
    #[error("{0} is not in canonical form (RFC 8785)")]
    NotCanonical(&'static str),
    /// A field outside its grammar.
    #[error("{field}: {reason}")]
    Field {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Something larger than its bound.
    #[error("{what} is {size} bytes or items, the limit is {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size.
        size: usize,
        /// The bound.
        limit: usize,
    },
    /// A key text that cannot be read.
    #[error("key text: {0}")]
    Key(&'static str),
    /// A signed note that cannot be read.
    #[error("signed note: {0}")]
    Note(&'static str),
    /// A signature that does not hold.
    #[error("signature of {name} does not hold")]
    Signature {
        /// The name of the key.
        name: String,
    },
    /// A proof that was asked for something the log does not have.
    #[error("the log has {size} leaves; {asked} was asked for")]
    Proof {
        /// The leaves of the log.
        size: u64,
        /// The index or size asked for.
        asked: u64,
    },
    /// A dossier that its own verifier would refuse; nothing was written.
    #[error("the dossier would not verify: {}", first_line(.0))]
    Unsound(Box<Report>),
}

fn first_line(report: &Report) -> String {
    report.problems.first().map_or_else(|| "not intact".to_owned(), |problem| problem.describe(Lang::En))
}

impl Error {
    /// What is wrong; the terms of formats and keys are quoted as the specification writes them.
    pub fn says(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Number(number) => format!("数字 {number} 无法无损写入规范 JSON；请写成文本"),
            Self::Depth { limit } => format!("嵌套超过 {limit} 层"),
            Self::Json(_) => "文本不是 JSON".to_owned(),
            Self::NotCanonical(what) => format!("{what} 不是规范形式（RFC 8785）"),
            Self::Field { field, reason } => format!("字段 {field}：（原文）{reason}"),
            Self::TooLarge { what, size, limit } => format!("{what} 为 {size}（字节或条目），上限为 {limit}"),
            Self::Key(why) => format!("密钥文本：（原文）{why}"),
            Self::Note(why) => format!("签名文本：（原文）{why}"),
            Self::Signature { name } => format!("{name} 的签名不成立"),
            Self::Proof { size, asked } => format!("日志有 {size} 个叶子，请求的是 {asked}"),
            Self::Unsound(report) => {
                let first = report.problems.first().map(|problem| problem.describe(lang));
                format!("案卷将无法通过核验：{}", first.unwrap_or_else(|| "不完好".to_owned()))
            }
        }
    }

    /// The number of the error page, such as `E1801`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Number(_) => "E1801",
            Self::Depth { .. } => "E1802",
            Self::Json(_) => "E1803",
            Self::NotCanonical(_) => "E1804",
            Self::Field { .. } => "E1805",
            Self::TooLarge { .. } => "E1806",
            Self::Key(_) => "E1807",
            Self::Note(_) => "E1808",
            Self::Signature { .. } => "E1809",
            Self::Proof { .. } => "E1810",
            Self::Unsound(_) => "E1811",
        }
    }

    /// What the reader can do about it.
    pub fn hint(&self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Self::Number(_) => ("write large or fractional amounts as text", "大数或小数金额请写成文本"),
            Self::Depth { .. } => {
                ("keep the answer as a raw file and refer to its digest", "把原始应答存为文件，只引用摘要")
            }
            Self::Json(_) | Self::NotCanonical(_) => {
                ("write entries with `Draft`, never by hand", "条目只由程序写入，不手工编辑")
            }
            Self::Field { .. } => ("see docs/evidence-format.md for the grammar", "字段格式见 docs/evidence-format.md"),
            Self::TooLarge { .. } => {
                ("split the run, or keep large answers as raw files", "拆分案卷，或把大应答存为原始文件")
            }
            Self::Key(_) => {
                ("a key is one line: name+hash+base64, or a PEM file", "密钥为一行 name+hash+base64，或 PEM 文件")
            }
            Self::Note(_) => ("ask the sender for the note as a file, unchanged", "请对方以文件原样发送签名文本"),
            Self::Signature { .. } => {
                ("the text or the key was changed; ask for the original", "文本或密钥被改动，请索取原件")
            }
            Self::Proof { .. } => ("read the log again: it is shorter than assumed", "请重新读取日志：其长度短于预期"),
            Self::Unsound(_) => ("nothing was written; supply what the list names", "未写出任何文件；请补齐所列内容"),
        };
        lang.pick(en, zh)
    }
}
