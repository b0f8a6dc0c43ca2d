//! Reading what a person hands over: a list of names, or a table saved by a registrar's console,
//! a spreadsheet or another domain tool.
//!
//! ```text
//!  bytes ─> lines ──────> records ──────> rows ─────> Entry::{Accepted, Rejected, Duplicate}
//!           encoding      quotes,         columns     one at a time, in the order of the file
//!           per line      delimiter       by synonym
//! ```
//!
//! Every line of the source ends in exactly one way: as one or more rows, as a reject with its
//! line number and reason, as a duplicate, or as a heading, comment or blank. Nothing is guessed in
//! silence: what was repaired or left out is a notice of the row or of the whole file. Memory
//! does not grow with the rows, but for the set of names seen. Columns that hold passwords or keys
//! are never read, kept or quoted.
//!
//! It does not open files, does not know the workspace, and does not decide what happens to a name
//! that is there already.

use std::collections::HashMap;
use std::io::Read;

use jiff::tz::TimeZone;
use namekeep_model::{DomainName, Words, words};

mod columns;
mod error;
mod lines;
mod records;
mod reject;
mod row;
mod values;

pub use columns::{Column, Heading};
pub use error::ImportError;
pub use lines::Encoding;
pub use reject::{Reject, RejectCode, RejectFile, cell};
pub use row::{Row, RowNotice};
pub use values::Day;

use columns::Table;
use lines::Lines;
use records::{Record, Records};

/// What an import may take and how it reads instants.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes a source may have.
    pub max_bytes: u64,
    /// Names an import may accept.
    pub max_names: usize,
    /// The zone in which an instant without a day of its own (milliseconds since 1970) is a day.
    pub zone: TimeZone,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_bytes: 256 * 1024 * 1024, max_names: 2_000_000, zone: TimeZone::UTC }
    }
}

/// What became of one name or one line.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A name taken over.
    Accepted(Box<Row>),
    /// A line or part of one that cannot be used.
    Rejected(Reject),
    /// A name that came before; the first line stands.
    Duplicate {
        /// The line of the repetition.
        line: u64,
        /// The name.
        name: DomainName,
        /// The line that stands.
        first: u64,
    },
}

/// How the source was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Names, one or more a line, each with a day of expiry where one follows it.
    List,
    /// A table with headings.
    Table {
        /// The character between fields.
        delimiter: char,
        /// Every heading and what it was taken for.
        headings: Vec<Heading>,
    },
}

/// Counts and remarks on a whole source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines read.
    pub lines: u64,
    /// Names accepted.
    pub accepted: usize,
    /// Lines or parts rejected.
    pub rejected: usize,
    /// Names given again.
    pub duplicates: usize,
    /// Accepted rows with at least one notice.
    pub with_notices: usize,
    /// Encoding of the source.
    pub encoding: Option<Encoding>,
    /// Lines in another encoding than the rest.
    pub foreign_lines: u64,
    /// How it was read; nothing where it held no line.
    pub layout: Option<Layout>,
}

impl Summary {
    /// Says what a reader should know about the source as a whole.
    pub fn notes(&self) -> Vec<Words> {
        let mut notes = Vec::new();
        if let Some(encoding @ (Encoding::Gb18030 | Encoding::Utf16Le | Encoding::Utf16Be)) = self.encoding {
            let label = encoding.label();
            notes.push(words!(en: "read as {label}", zh: "按 {label} 读取"));
        }
        if self.foreign_lines > 0 {
            let n = self.foreign_lines;
            notes.push(words!(en: "{n} lines are in another encoding than the rest", zh: "{n} 行的编码与其余不同"));
        }
        if let Some(Layout::Table { headings, .. }) = &self.layout {
            let titles = |wanted: fn(Column) -> bool| {
                let titles: Vec<_> = headings.iter().filter(|h| wanted(h.column)).map(Heading::shown).collect();
                (!titles.is_empty()).then(|| titles.join(", "))
            };
            if let Some(titles) = titles(|column| column == Column::Secret) {
                notes.push(words!(
                    en: "columns with passwords or keys were refused and not read: {titles}",
                    zh: "含密码或密钥的列已拒绝，未读取：{titles}",
                ));
            }
            if let Some(titles) = titles(|column| column == Column::Unknown) {
                notes.push(words!(en: "columns not read: {titles}", zh: "未读取的列：{titles}"));
            }
        }
        notes
    }
}

/// Everything an import found, for sources that fit in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// Names taken over.
    pub accepted: Vec<Row>,
    /// Lines or parts rejected.
    pub rejected: Vec<Reject>,
    /// Repetitions: line, name, first line.
    pub duplicates: Vec<(u64, DomainName, u64)>,
    /// Counts and remarks.
    pub summary: Summary,
}

/// An import in progress: an iterator over what becomes of each name.
pub struct Import<R> {
    records: Records<R>,
    options: Options,
    mode: Mode,
    /// Entries of the present record not yet handed out, last first.
    ready: Vec<Entry>,
    seen: HashMap<DomainName, u64>,
    summary: Summary,
    done: bool,
}

enum Mode {
    /// Nothing but comments and blanks so far.
    Unknown,
    List,
    Table(Table),
}

impl<R: Read> Import<R> {
    /// Begins to read; looks at the first bytes for the encoding.
    pub fn new(source: R, options: Options) -> Result<Self, ImportError> {
        let lines = Lines::new(source, options.max_bytes)?;
        let summary = Summary { encoding: Some(lines.encoding()), ..Summary::default() };
        let records = Records::new(lines);
        Ok(Self {
            records,
            options,
            mode: Mode::Unknown,
            ready: Vec::new(),
            seen: HashMap::new(),
            summary,
            done: false,
        })
    }

    /// Returns the counts so far; complete once the iterator has ended.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Reads to the end and keeps everything.
    pub fn collect_all(mut self) -> Result<Imported, ImportError> {
        let mut imported = Imported::default();
        for entry in &mut self {
            match entry? {
                Entry::Accepted(row) => imported.accepted.push(*row),
                Entry::Rejected(reject) => imported.rejected.push(reject),
                Entry::Duplicate { line, name, first } => imported.duplicates.push((line, name, first)),
            }
        }
        imported.summary = self.summary;
        Ok(imported)
    }

    fn advance(&mut self) -> Result<Option<Entry>, ImportError> {
        loop {
            if let Some(entry) = self.ready.pop() {
                return self.count(entry).map(Some);
            }
            let delimiter = match &self.mode {
                Mode::Table(table) => Some(table.delimiter()),
                Mode::Unknown | Mode::List => None,
            };
            let record = self.records.next(delimiter)?;
            self.summary.lines = self.records.lines_read();
            self.summary.foreign_lines = self.records.foreign_lines();
            let Some(record) = record else { return Ok(None) };
            self.take(record)?;
            self.ready.reverse();
        }
    }

    /// Turns one record into entries, in order.
    fn take(&mut self, record: Record) -> Result<(), ImportError> {
        let (line, text, fields) = match record {
            Record::Broken { line, text, code } => {
                let text = if self.holds_secrets() { reject::WITHHELD.to_owned() } else { text };
                self.ready.push(Entry::Rejected(Reject::new(line, text, code)));
                return Ok(());
            }
            Record::Whole { line, text, fields } => (line, text, fields),
        };
        let bare = text.trim();
        if bare.is_empty()
            || bare.starts_with('#')
            || fields.iter().all(|field| field.trim().is_empty()) && !fields.is_empty()
        {
            return Ok(());
        }
        if matches!(self.mode, Mode::Unknown) {
            match Table::detect(bare, line)? {
                columns::Detected::Delimiter => return Ok(()),
                columns::Detected::Heading(table) => {
                    let headings = table.headings().to_vec();
                    self.summary.layout = Some(Layout::Table { delimiter: table.delimiter(), headings });
                    self.mode = Mode::Table(table);
                    return Ok(());
                }
                columns::Detected::Names => {
                    self.summary.layout = Some(Layout::List);
                    self.mode = Mode::List;
                }
            }
        }
        match &self.mode {
            Mode::Table(table) => row::from_table(table, line, &text, fields, &self.options.zone, &mut self.ready),
            Mode::List | Mode::Unknown => row::from_list(line, bare, &self.options.zone, &mut self.ready),
        }
        Ok(())
    }

    fn holds_secrets(&self) -> bool {
        matches!(&self.mode, Mode::Table(table) if table.holds_secrets())
    }

    /// Counts an entry, after turning a name that came before into a duplicate.
    fn count(&mut self, entry: Entry) -> Result<Entry, ImportError> {
        let Entry::Accepted(row) = entry else {
            self.summary.rejected += 1;
            return Ok(entry);
        };
        if let Some(first) = self.seen.get(&row.name) {
            self.summary.duplicates += 1;
            return Ok(Entry::Duplicate { line: row.line, name: row.name, first: *first });
        }
        if self.seen.len() >= self.options.max_names {
            return Err(ImportError::TooManyNames { limit: self.options.max_names, line: row.line });
        }
        self.seen.insert(row.name.clone(), row.line);
        self.summary.accepted += 1;
        self.summary.with_notices += usize::from(!row.notices.is_empty());
        Ok(Entry::Accepted(row))
    }
}

impl<R: Read> Iterator for Import<R> {
    type Item = Result<Entry, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let next = self.advance().transpose();
        self.done = !matches!(next, Some(Ok(_)));
        next
    }
}

#[cfg(test)]
mod tests;
