//! What ends an import altogether; a bad line never does.

use namekeep_model::{Words, words};

use super::reject::shown;

/// Why a source cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The source could not be read.
    #[error("the list could not be read after {after} bytes")]
    Read {
        /// Bytes read before.
        after: u64,
        /// The fault.
        #[source]
        source: std::io::Error,
    },
    /// The source is larger than allowed.
    #[error("the list is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// The source holds more names than allowed.
    #[error("the list holds more than {limit} names (line {line})")]
    TooManyNames {
        /// The limit.
        limit: usize,
        /// The line of the first name too many.
        line: u64,
    },
    /// The source is no text.
    #[error("this is {what}, not a text file")]
    NotText {
        /// What it is.
        what: &'static str,
    },
    /// The headings are known but none is the name.
    #[error("line {line} has headings, but no column of names: {titles}")]
    NoNameColumn {
        /// The line of the headings.
        line: u64,
        /// The headings.
        titles: String,
    },
}

impl ImportError {
    /// Returns the number of the error page.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "E1601",
            Self::TooLarge { .. } => "E1602",
            Self::TooManyNames { .. } => "E1603",
            Self::NotText { .. } => "E1604",
            Self::NoNameColumn { .. } => "E1605",
        }
    }

    /// Says what went wrong.
    pub fn says(&self) -> Words {
        match self {
            Self::Read { after, .. } => words!(
                en: "the list could not be read after {after} bytes; nothing was imported",
                zh: "读取 {after} 字节后无法继续读取名单；未导入任何内容",
            ),
            Self::TooLarge { limit } => words!(
                en: "the list is larger than {limit} bytes; nothing was imported",
                zh: "名单超过 {limit} 字节；未导入任何内容",
            ),
            Self::TooManyNames { limit, line } => words!(
                en: "the list holds more than {limit} names (line {line}); nothing was imported",
                zh: "名单超过 {limit} 个域名（第 {line} 行）；未导入任何内容",
            ),
            Self::NotText { what } => words!(
                en: "this is {what}, not a text file; nothing was imported",
                zh: "这是 {what}，不是文本文件；未导入任何内容",
            ),
            Self::NoNameColumn { line, titles } => {
                let titles = shown(titles, 200);
                words!(
                    en: "line {line} has headings, but no column of names: {titles}",
                    zh: "第 {line} 行有表头，但没有域名列：{titles}",
                )
            }
        }
    }

    /// Says what to do about it.
    pub fn hint(&self) -> Words {
        match self {
            Self::Read { .. } => words!(
                en: "check that the file is still there and readable, then run it again",
                zh: "确认文件仍在且可读，然后重新运行",
            ),
            Self::TooLarge { .. } | Self::TooManyNames { .. } => words!(
                en: "split the list and import the parts",
                zh: "把名单分成几份分别导入",
            ),
            Self::NotText { .. } => words!(
                en: "save the sheet as CSV (UTF-8) and import that file",
                zh: "把表格另存为 CSV（UTF-8），再导入该文件",
            ),
            Self::NoNameColumn { .. } => words!(
                en: "head the column of names with: domain, or 域名",
                zh: "请把域名列的表头写为：域名，或 domain",
            ),
        }
    }
}
