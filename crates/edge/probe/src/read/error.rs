//! What a document can be refused for.
//!
//! An answer that says "no", "later" or "not here" is a [`Reading`](super::Reading); an error
//! here means the bytes are not an answer this reader may judge at all.

use namekeep_model::text::Text;
use thiserror::Error;

/// The reason why a document was not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The document is larger than the reader accepts.
    #[error("the document has {size} bytes, the limit is {limit}")]
    TooLarge {
        /// Bytes given.
        size: usize,
        /// Bytes accepted.
        limit: usize,
    },
    /// One line is longer than the reader accepts.
    #[error("line {line} has {size} bytes, the limit is {limit}")]
    LongLine {
        /// Line number, counted from 1.
        line: usize,
        /// Bytes of the line.
        size: usize,
        /// Bytes accepted.
        limit: usize,
    },
    /// The text has more lines than the reader accepts.
    #[error("the text has more than {limit} lines")]
    ManyLines {
        /// Lines accepted.
        limit: usize,
    },
    /// JSON is nested more deeply than the reader accepts.
    #[error("the JSON is nested more than {limit} levels deep (at byte {at})")]
    TooDeep {
        /// Levels accepted.
        limit: usize,
        /// Byte offset of the first level too many.
        at: usize,
    },
    /// The bytes are not JSON.
    #[error("not valid JSON (line {line}, column {column}): {what}")]
    NotJson {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
        /// What the parser met.
        what: String,
    },
    /// The JSON is of another kind than a domain or an error.
    #[error("the document is not an RDAP domain: {what}")]
    NotADomain {
        /// What was found instead.
        what: String,
    },
    /// A grammar file cannot be used.
    #[error("the WHOIS grammar is not usable: {what}")]
    BadGrammar {
        /// The table and the reason.
        what: String,
    },
}

impl ReadError {
    /// Gives the stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "E1401",
            Self::LongLine { .. } => "E1402",
            Self::ManyLines { .. } => "E1403",
            Self::TooDeep { .. } => "E1404",
            Self::NotJson { .. } => "E1405",
            Self::NotADomain { .. } => "E1406",
            Self::BadGrammar { .. } => "E1407",
        }
    }

    /// Says what a person can do about it.
    pub const fn hint(&self) -> Text {
        match self {
            Self::TooLarge { .. } | Self::LongLine { .. } | Self::ManyLines { .. } => Text::new(
                "An answer about one name has a few kilobytes: check that the file holds one answer of one server.",
                "一个域名的应答只有几千字节:请确认文件中只有一台服务器的一次应答。",
            ),
            Self::TooDeep { .. } => Text::new(
                "A real RDAP answer has fewer than 20 levels: the file is damaged or hostile.",
                "真实的 RDAP 应答不超过 20 层:文件已损坏或带有恶意。",
            ),
            Self::NotJson { .. } => Text::new(
                "Save the answer again; for a WHOIS text use `whois parse`.",
                "请重新保存应答;WHOIS 文本请使用 `whois parse`。",
            ),
            Self::NotADomain { .. } => Text::new(
                "Ask the server for /domain/NAME and give that answer.",
                "请向服务器查询 /domain/NAME,并使用该应答。",
            ),
            Self::BadGrammar { .. } => Text::new(
                "Correct the grammar file at the place named, or use the embedded one.",
                "请在指出的位置修正语法文件,或使用内置文件。",
            ),
        }
    }
}
