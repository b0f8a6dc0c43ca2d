//! From bytes to lines of text, whatever their encoding, in bounded memory.
//!
//! The first bytes decide between UTF-16 and the rest, and between UTF-8 and GB18030; after that
//! each line is decoded on its own, so a file pasted together from both still reads. In UTF-8 and
//! GB18030 the byte of a line feed, comma or quote never occurs inside a character.

use std::io::Read;

use encoding_rs::{CoderResult, Decoder, GB18030, UTF_16BE, UTF_16LE};

use super::error::ImportError;

/// Bytes one line may have.
pub(super) const MAX_LINE: usize = 1024 * 1024;
/// Bytes kept of a line that is too long, to show which it was.
const EXCERPT: usize = 1024;
/// Bytes read at once, and looked at for the encoding.
const CHUNK: usize = 64 * 1024;

/// Encoding of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, plain ASCII included.
    Utf8,
    /// GB18030, which includes GBK and GB 2312.
    Gb18030,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
}

impl Encoding {
    /// Returns its registered name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }
}

/// What is wrong with a line as a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineFault {
    /// Longer than [`MAX_LINE`]; the text is its beginning.
    TooLong,
    /// In no encoding known here; the text has replacement characters.
    Undecodable,
    /// Holds a NUL.
    Nul,
}

/// One line without its end.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) text: String,
    pub(super) fault: Option<LineFault>,
}

/// Reads lines ended by LF, CR LF or CR.
pub(super) struct Lines<R> {
    source: R,
    limit: u64,
    read: u64,
    ended: bool,
    encoding: Encoding,
    /// Decoder of UTF-16; the other encodings are decoded line by line.
    utf16: Option<Decoder>,
    /// Bytes read and not yet handed out; the first `start` of them are spent.
    pending: Vec<u8>,
    start: usize,
    chunk: Vec<u8>,
    number: u64,
    foreign: u64,
    /// The last line ended with CR: a LF that follows belongs to it.
    after_cr: bool,
}

impl<R: Read> Lines<R> {
    /// Begins to read and settles the encoding.
    pub(super) fn new(source: R, limit: u64) -> Result<Self, ImportError> {
        let mut lines = Self {
            source,
            limit,
            read: 0,
            ended: false,
            encoding: Encoding::Utf8,
            utf16: None,
            pending: Vec::new(),
            start: 0,
            chunk: vec![0; CHUNK],
            number: 0,
            foreign: 0,
            after_cr: false,
        };
        while lines.pending.len() < CHUNK && !lines.ended {
            lines.fill()?;
        }
        lines.settle()?;
        Ok(lines)
    }

    pub(super) const fn encoding(&self) -> Encoding {
        self.encoding
    }

    pub(super) const fn foreign(&self) -> u64 {
        self.foreign
    }

    fn settle(&mut self) -> Result<(), ImportError> {
        let sample = self.pending.as_slice();
        if sample.starts_with(b"PK\x03\x04") {
            return Err(ImportError::NotText { what: "a spreadsheet (XLSX) or ZIP archive" });
        }
        if sample.starts_with(b"\xD0\xCF\x11\xE0") {
            return Err(ImportError::NotText { what: "a spreadsheet (XLS)" });
        }
        let (encoding, mark) = detect(sample);
        self.encoding = encoding;
        let utf16 = match encoding {
            Encoding::Utf16Le => Some(UTF_16LE),
            Encoding::Utf16Be => Some(UTF_16BE),
            Encoding::Utf8 | Encoding::Gb18030 => None,
        };
        let sample = self.pending.split_off(mark);
        if let Some(utf16) = utf16 {
            self.utf16 = Some(utf16.new_decoder_without_bom_handling());
            self.pending.clear();
            self.append(&sample);
        } else {
            self.pending = sample;
        }
        Ok(())
    }

    /// Reads one chunk; UTF-16 is turned into UTF-8 on the way.
    fn fill(&mut self) -> Result<(), ImportError> {
        let count = loop {
            match self.source.read(&mut self.chunk) {
                Ok(count) => break count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(source) => return Err(ImportError::Read { after: self.read, source }),
            }
        };
        self.ended = count == 0;
        self.read = self.read.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        if self.read > self.limit {
            return Err(ImportError::TooLarge { limit: self.limit });
        }
        let chunk = std::mem::take(&mut self.chunk);
        self.append(chunk.get(..count).unwrap_or_default());
        self.chunk = chunk;
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) {
        let Some(decoder) = &mut self.utf16 else {
            self.pending.extend_from_slice(bytes);
            return;
        };
        let mut rest = bytes;
        loop {
            let mut text = String::with_capacity(3 * rest.len() + 16);
            let (outcome, used, _) = decoder.decode_to_string(rest, &mut text, self.ended);
            self.pending.extend_from_slice(text.as_bytes());
            rest = rest.get(used..).unwrap_or_default();
            if outcome == CoderResult::InputEmpty {
                return;
            }
        }
    }

    /// Returns the next line, or nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Line>, ImportError> {
        let mut excerpt: Option<Vec<u8>> = None;
        let mut searched = 0;
        loop {
            if self.after_cr && self.start < self.pending.len() {
                self.start += usize::from(self.pending.get(self.start) == Some(&b'\n'));
                self.after_cr = false;
            }
            let rest = self.pending.get(self.start..).unwrap_or_default();
            let found =
                rest.iter().skip(searched).position(|byte| matches!(byte, b'\n' | b'\r')).map(|at| at + searched);
            match found {
                Some(length) => {
                    self.after_cr = rest.get(length) == Some(&b'\r');
                    let line = self.line(excerpt, length);
                    self.start += length + 1;
                    return Ok(Some(line));
                }
                None if self.ended && rest.is_empty() && excerpt.is_none() => return Ok(None),
                None if self.ended => {
                    let length = rest.len();
                    let line = self.line(excerpt, length);
                    self.start += length;
                    return Ok(Some(line));
                }
                None => {
                    searched = rest.len();
                    if searched > MAX_LINE {
                        let kept = rest.get(..EXCERPT).unwrap_or_default().to_vec();
                        excerpt.get_or_insert(kept);
                        self.start += searched;
                        searched = 0;
                    }
                    self.pending.drain(..self.start);
                    self.start = 0;
                    self.fill()?;
                }
            }
        }
    }

    /// Decodes a line of `length` pending bytes, or what was kept of a longer one.
    fn line(&mut self, excerpt: Option<Vec<u8>>, length: usize) -> Line {
        self.number += 1;
        let bytes = self.pending.get(self.start..self.start + length).unwrap_or_default();
        let (bytes, long) = match &excerpt {
            Some(excerpt) => (excerpt.as_slice(), true),
            None if bytes.len() > MAX_LINE => (bytes.get(..EXCERPT).unwrap_or_default(), true),
            None => (bytes, false),
        };
        let (text, encoding) = decode(bytes, self.encoding);
        let fault = match encoding {
            _ if long => Some(LineFault::TooLong),
            None => Some(LineFault::Undecodable),
            _ if text.contains('\0') => Some(LineFault::Nul),
            _ => None,
        };
        let base = if self.utf16.is_some() { Encoding::Utf8 } else { self.encoding };
        self.foreign += u64::from(!long && encoding.is_some_and(|found| found != base));
        Line { number: self.number, text, fault }
    }
}

/// Tells the encoding and the length of its mark from the first bytes.
fn detect(sample: &[u8]) -> (Encoding, usize) {
    for (mark, encoding) in [
        (&b"\xEF\xBB\xBF"[..], Encoding::Utf8),
        (b"\xFF\xFE", Encoding::Utf16Le),
        (b"\xFE\xFF", Encoding::Utf16Be),
        (b"\x84\x31\x95\x33", Encoding::Gb18030),
    ] {
        if sample.starts_with(mark) {
            return (encoding, mark.len());
        }
    }
    // Names and delimiters are ASCII, so UTF-16 without a mark shows as every second byte zero.
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = sample.len() / 5;
    if odd > many && even * 8 < odd {
        return (Encoding::Utf16Le, 0);
    }
    if even > many && odd * 8 < even {
        return (Encoding::Utf16Be, 0);
    }
    // Three bytes in a row that form one UTF-8 character are seldom anything else; a line of
    // GB18030 that happens to be UTF-8 has two-byte characters only.
    let (mut utf8, mut other) = (0_usize, 0_usize);
    let end = sample.iter().rposition(|byte| *byte == b'\n').unwrap_or(sample.len());
    for line in sample.get(..end).unwrap_or_default().split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        match std::str::from_utf8(line) {
            Ok(text) if text.chars().any(|c| c.len_utf8() > 2) => utf8 += 1,
            Ok(_) => {}
            Err(_) => other += 1,
        }
    }
    (if other > utf8 { Encoding::Gb18030 } else { Encoding::Utf8 }, 0)
}

/// Decodes one line: in the encoding of the file if that fits, else in the other of the two.
fn decode(bytes: &[u8], base: Encoding) -> (String, Option<Encoding>) {
    if bytes.is_ascii() {
        let base = if base == Encoding::Gb18030 { base } else { Encoding::Utf8 };
        return (String::from_utf8_lossy(bytes).into_owned(), Some(base));
    }
    let utf8 = std::str::from_utf8(bytes).ok();
    let surely_utf8 = utf8.is_some_and(|text| text.chars().any(|c| c.len_utf8() > 2));
    if let Some(text) = utf8.filter(|_| base != Encoding::Gb18030 || surely_utf8) {
        return (text.to_owned(), Some(Encoding::Utf8));
    }
    match GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => (text.into_owned(), Some(Encoding::Gb18030)),
        None => (String::from_utf8_lossy(bytes).into_owned(), None),
    }
}
