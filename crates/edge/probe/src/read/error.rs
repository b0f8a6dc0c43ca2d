//! What a document can be refused for.
//!
//! An answer that says "no", "later" or "not here" is a [`Reading`](super::Reading); an error
//! here means the bytes are not an answer this reader may judge at all.

use std::fmt;

use namekeep_model::text::{Text, Words};
use namekeep_model::words;
use thiserror::Error;

/// The reason why a document was not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The document is larger than the reader accepts.
    TooLarge {
        /// Bytes given.
        size: usize,
        /// Bytes accepted.
        limit: usize,
    },
    /// One line is longer than the reader accepts.
    LongLine {
        /// Line number, counted from 1.
        line: usize,
        /// Bytes of the line.
        size: usize,
        /// Bytes accepted.
        limit: usize,
    },
    /// The text has more lines than the reader accepts.
    ManyLines {
        /// Lines accepted.
        limit: usize,
    },
    /// JSON is nested more deeply than the reader accepts.
    TooDeep {
        /// Levels accepted.
        limit: usize,
        /// Byte offset of the first level too many.
        at: usize,
    },
    /// The bytes are not JSON.
    NotJson {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
        /// What the parser met.
        what: String,
    },
    /// The JSON is of another kind than a domain or an error.
    NotADomain {
        /// What was found instead.
        what: String,
    },
    /// A grammar file cannot be used.
    BadGrammar {
        /// The table and the reason.
        what: String,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says().en)
    }
}

impl ReadError {
    /// Why the document was not read, for people; a parser's words are quoted.
    pub fn says(&self) -> Words {
        match self {
            Self::TooLarge { size, limit } => words!(
                en: "the document has {size} bytes or more, the limit is {limit}", zh: "文档不少于 {size} 字节，上限为 {limit}"
            ),
            Self::LongLine { line, size, limit } => words!(
                en: "line {line} has {size} bytes, the limit is {limit}", zh: "第 {line} 行有 {size} 字节，上限为 {limit}"
            ),
            Self::ManyLines { limit } => words!(en: "the text has more than {limit} lines", zh: "文本超过 {limit} 行"),
            Self::TooDeep { limit, at } => words!(
                en: "the JSON is nested more than {limit} levels deep (at byte {at})",
                zh: "JSON 嵌套超过 {limit} 层（第 {at} 字节处）"
            ),
            Self::NotJson { line, column, what } => Words::quoted(what).behind(words!(
                en: "not valid JSON (line {line}, column {column}): ", zh: "不是有效的 JSON（第 {line} 行第 {column} 列）："
            )),
            Self::NotADomain { what } => Words::quoted(what)
                .behind(words!(en: "the document is not an RDAP domain: ", zh: "文档不是 RDAP 域名对象：")),
            Self::BadGrammar { what } => {
                Words::quoted(what).behind(words!(en: "the WHOIS grammar is not usable: ", zh: "WHOIS 语法不可用："))
            }
        }
    }

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
                "an answer about one name has a few kilobytes: check that the file holds one answer of one server",
                "一个域名的应答只有几千字节：请确认文件中只有一台服务器的一次应答",
            ),
            Self::TooDeep { .. } => Text::new(
                "a real RDAP answer has fewer than 20 levels: the file is damaged or hostile",
                "真实的 RDAP 应答不超过 20 层：文件已损坏或带有恶意",
            ),
            Self::NotJson { .. } => Text::new(
                "save the answer again; for a WHOIS text use `namekeep whois parse`",
                "请重新保存应答；WHOIS 文本请使用 `namekeep whois parse`",
            ),
            Self::NotADomain { .. } => Text::new(
                "ask the server for /domain/NAME and give that answer",
                "请向服务器查询 /domain/NAME，并使用该应答",
            ),
            Self::BadGrammar { .. } => Text::new(
                "correct the grammar file at the place named, or use the embedded one",
                "请在指出的位置修正语法文件，或使用内置文件",
            ),
        }
    }
}
