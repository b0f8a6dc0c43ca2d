//! Lines that could not be used, and the file they are handed back in.
//!
//! The file is CSV with the line number, a reason and the original text, safe to open in a
//! spreadsheet: a cell that would be taken for a formula is preceded by an apostrophe, and reading
//! it back removes that again.

use std::io::{self, Write};

use namekeep_model::name::NameError;
use namekeep_model::{Lang, Text, Words};

/// Characters kept of the text of a reject.
const MAX_TEXT: usize = 2_000;

/// Stands for the text of a line that may hold a password or key.
pub(super) const WITHHELD: &str = "[withheld: the table has columns with passwords or keys]";

/// Why a line or part of one was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectCode {
    /// The text is no domain name.
    Name(NameError),
    /// The name is a public suffix; nobody registers it.
    PublicSuffix,
    /// The row has no name.
    NoName,
    /// The line is longer than 1 MiB.
    LineTooLong,
    /// The line is neither UTF-8 nor GB18030.
    Undecodable,
    /// The line holds a NUL.
    Nul,
    /// A quote is not closed, or text follows a closing quote.
    Quotes,
}

impl RejectCode {
    /// Returns the word a script reads.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name(error) => error.code(),
            Self::PublicSuffix => "public-suffix",
            Self::NoName => "no-name",
            Self::LineTooLong => "line-too-long",
            Self::Undecodable => "undecodable",
            Self::Nul => "nul",
            Self::Quotes => "quotes",
        }
    }

    /// Says why, and what to do about it.
    pub fn why(&self) -> Words {
        match self {
            Self::Name(error) => {
                let (message, hint) = (error.message(), error.hint());
                Words { en: format!("{}; {}", message.en, hint.en), zh: format!("{}；{}", message.zh, hint.zh) }
            }
            Self::PublicSuffix => Text::new(
                "this is a public suffix, not a name under one; add a label in front",
                "这是公共后缀，不是其下的域名；请在前面补上一级",
            )
            .into(),
            Self::NoName => {
                Text::new("the row has no name; fill the column of names", "此行没有域名；请填写域名列").into()
            }
            Self::LineTooLong => {
                Text::new("the line is longer than 1 MiB; write one name per line", "此行超过 1 MiB；请每行写一个域名")
                    .into()
            }
            Self::Undecodable => Text::new(
                "the line is neither UTF-8 nor GB18030; save the file as UTF-8",
                "此行既不是 UTF-8 也不是 GB18030；请把文件另存为 UTF-8",
            )
            .into(),
            Self::Nul => {
                Text::new("the line holds a NUL; save the file as plain text", "此行含有 NUL；请把文件另存为纯文本")
                    .into()
            }
            Self::Quotes => Text::new(
                "a quote is not closed, or text follows it; double the quotes inside a field",
                "引号未闭合，或其后还有文字；字段内的引号应写成两个",
            )
            .into(),
        }
    }
}

/// A line or part of one that could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Line of the source, counted from 1.
    pub line: u64,
    /// The original text, as it stood and at most 2,000 characters of it; escape it before showing.
    pub text: String,
    /// Why.
    pub code: RejectCode,
}

impl Reject {
    pub(super) fn new(line: u64, text: impl Into<String>, code: RejectCode) -> Self {
        let mut text = text.into();
        if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
            text.truncate(end);
        }
        Self { line, text, code }
    }

    /// Returns the text for a terminal: at most `width` characters, nothing invisible or active.
    pub fn shown(&self, width: usize) -> String {
        shown(&self.text, width)
    }
}

/// Escapes a text from outside and cuts it to `width` characters.
pub(super) fn shown(text: &str, width: usize) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count >= width {
            out.push('…');
            break;
        }
        let active = c.is_control()
            || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
        if active { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// Writes rejects as CSV (RFC 4180) in UTF-8 with a mark, which spreadsheets ask for.
pub struct RejectFile<W> {
    out: W,
    lang: Lang,
}

impl<W: Write> RejectFile<W> {
    /// Begins the file with its headings.
    pub fn new(mut out: W, lang: Lang) -> io::Result<Self> {
        out.write_all("\u{FEFF}".as_bytes())?;
        out.write_all(match lang {
            Lang::En => "line,reason,code,text\r\n".as_bytes(),
            Lang::Zh => "行号,原因,代码,原文\r\n".as_bytes(),
        })?;
        Ok(Self { out, lang })
    }

    /// Writes one reject.
    pub fn write(&mut self, reject: &Reject) -> io::Result<()> {
        let why = reject.code.why();
        let (line, text) = (reject.line, cell(&reject.text));
        write!(self.out, "{line},{},{},{text}\r\n", cell(why.get(self.lang)), reject.code.code())
    }

    /// Ends the file.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Writes one CSV cell: quoted where needed, and never taken for a formula.
///
/// A cell starting with `= + - @`, a tab or a carriage return, or with an apostrophe before one of
/// these, gets an apostrophe in front; importing takes it away again.
pub fn cell(text: &str) -> String {
    let guard = if starts_like_formula(text.trim_start_matches('\'')) { "'" } else { "" };
    if guard.is_empty() && !text.contains(['"', ',', ';', '\t', '\n', '\r']) && text.trim() == text {
        return text.to_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

/// Takes the apostrophe of [`cell`] away.
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if starts_like_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

fn starts_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}
