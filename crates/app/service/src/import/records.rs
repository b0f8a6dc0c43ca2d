//! From lines to records: the fields of a table (RFC 4180), or lines as they stand.
//!
//! A quoted field may run over several lines. Where its end is not found within bounds, the first
//! line alone is broken and reading goes on with the next, so one stray quote costs one row.

use std::collections::VecDeque;
use std::io::Read;

use super::error::ImportError;
use super::lines::{Line, LineFault, Lines};
use super::reject::RejectCode;

/// Lines one record may span.
const MAX_RECORD_LINES: usize = 64;
/// Bytes one record of several lines may have.
const MAX_RECORD: usize = 256 * 1024;

/// One record of the source.
pub(super) enum Record {
    /// A record; without a delimiter its fields are not split.
    Whole { line: u64, text: String, fields: Vec<String> },
    /// A line that is none.
    Broken { line: u64, text: String, code: RejectCode },
}

/// How far splitting came.
enum Split {
    Whole(Vec<String>),
    /// A quote is open at the end.
    Open,
    /// Text follows a closing quote.
    Malformed,
}

pub(super) struct Records<R> {
    lines: Lines<R>,
    /// Lines looked at in search of a closing quote and not used.
    back: VecDeque<Line>,
    last: u64,
}

impl<R: Read> Records<R> {
    pub(super) fn new(lines: Lines<R>) -> Self {
        Self { lines, back: VecDeque::new(), last: 0 }
    }

    pub(super) const fn lines_read(&self) -> u64 {
        self.last
    }

    pub(super) const fn foreign_lines(&self) -> u64 {
        self.lines.foreign()
    }

    fn line(&mut self) -> Result<Option<Line>, ImportError> {
        let line = match self.back.pop_front() {
            Some(line) => Some(line),
            None => self.lines.next()?,
        };
        self.last = line.as_ref().map_or(self.last, |line| self.last.max(line.number));
        Ok(line)
    }

    /// Returns the next record; with a delimiter, its fields.
    pub(super) fn next(&mut self, delimiter: Option<char>) -> Result<Option<Record>, ImportError> {
        let Some(first) = self.line()? else { return Ok(None) };
        let line = first.number;
        if let Some(fault) = first.fault {
            let code = match fault {
                LineFault::TooLong => RejectCode::LineTooLong,
                LineFault::Undecodable => RejectCode::Undecodable,
                LineFault::Nul => RejectCode::Nul,
            };
            return Ok(Some(Record::Broken { line, text: first.text, code }));
        }
        let Some(delimiter) = delimiter else {
            return Ok(Some(Record::Whole { line, text: first.text, fields: Vec::new() }));
        };
        let mut text = first.text.clone();
        let mut more: Vec<Line> = Vec::new();
        loop {
            match split(&text, delimiter) {
                Split::Whole(fields) => return Ok(Some(Record::Whole { line, text, fields })),
                Split::Malformed => break,
                Split::Open => {}
            }
            // Only a line with a quote can close one, so the text is split again at those alone.
            let closed = loop {
                if more.len() >= MAX_RECORD_LINES || text.len() >= MAX_RECORD {
                    break false;
                }
                let Some(next) = self.line()? else { break false };
                text.push('\n');
                text.push_str(&next.text);
                let (usable, quoted) = (next.fault.is_none(), next.text.contains('"'));
                more.push(next);
                if !usable {
                    break false;
                }
                if quoted {
                    break true;
                }
            };
            if !closed {
                break;
            }
        }
        for line in more.into_iter().rev() {
            self.back.push_front(line);
        }
        Ok(Some(Record::Broken { line, text: first.text, code: RejectCode::Quotes }))
    }
}

/// Splits a heading line, where a fault means "no table".
pub(super) fn split_heading(text: &str, delimiter: char) -> Option<Vec<String>> {
    match split(text, delimiter) {
        Split::Whole(fields) => Some(fields),
        Split::Open | Split::Malformed => None,
    }
}

/// Splits a record. A quote opens a field at its start only; elsewhere it is text.
fn split(text: &str, delimiter: char) -> Split {
    let mut fields = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        let mut field = String::new();
        while chars.peek() == Some(&' ') && delimiter != ' ' {
            chars.next();
        }
        if chars.peek() == Some(&'"') {
            chars.next();
            loop {
                match chars.next() {
                    Some('"') if chars.peek() == Some(&'"') => {
                        chars.next();
                        field.push('"');
                    }
                    Some('"') => break,
                    Some(c) => field.push(c),
                    None => return Split::Open,
                }
            }
            while chars.peek() == Some(&' ') {
                chars.next();
            }
            match chars.next() {
                None => {
                    fields.push(field);
                    return Split::Whole(fields);
                }
                Some(c) if c == delimiter => fields.push(field),
                Some(_) => return Split::Malformed,
            }
        } else {
            loop {
                match chars.next() {
                    None => {
                        fields.push(field);
                        return Split::Whole(fields);
                    }
                    Some(c) if c == delimiter => break,
                    Some(c) => field.push(c),
                }
            }
            fields.push(field);
        }
    }
}
