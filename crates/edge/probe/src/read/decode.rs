//! From bytes to text: which encoding an answer is in.
//!
//! WHOIS (RFC 3912, section 4) names no encoding and servers name none either. A byte order mark
//! or valid UTF-8 settles it; else every candidate is judged by two questions: does the whole
//! text decode, and are the characters such as people write. The registry's usual encodings
//! ([`Hint`]) are believed first.

use std::borrow::Cow;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, ISO_2022_JP, ISO_8859_2, KOI8_R, KOI8_U, SHIFT_JIS, UTF_8, UTF_16BE,
    UTF_16LE, WINDOWS_1251, WINDOWS_1252,
};

/// Bytes looked at to judge an encoding: the answer's own words come early.
const SAMPLE: usize = 64 * 1024;

/// Text together with how it was read.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    /// The text, without a byte order mark.
    pub(crate) text: Cow<'a, str>,
    /// The encoding's name.
    pub(crate) encoding: &'static str,
    /// Whether the encoding was chosen by likelihood.
    pub(crate) guessed: bool,
    /// Whether bytes had to be replaced.
    pub(crate) replaced: bool,
}

/// Encodings a registry is known to answer in, the likeliest first.
pub(crate) type Hint<'h> = &'h [&'static Encoding];

/// Reads bytes as text.
pub(crate) fn decode<'a>(bytes: &'a [u8], hint: Hint<'_>) -> Decoded<'a> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return with(encoding, bytes.get(mark..).unwrap_or_default(), false);
    }
    if let Some(encoding) = wide(bytes) {
        return with(encoding, bytes, true);
    }
    if bytes.is_ascii() {
        if bytes.contains(&0x1B) && bytes.windows(2).any(|w| w == b"\x1b$" || w == b"\x1b(") {
            return with(ISO_2022_JP, bytes, false);
        }
        return Decoded { text: String::from_utf8_lossy(bytes), encoding: "US-ASCII", guessed: false, replaced: false };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => return Decoded { text: Cow::Borrowed(text), encoding: "UTF-8", guessed: false, replaced: false },
        // Some servers cut long answers in the middle of a character, or mix in one bad field.
        Err(_) if mostly_utf8(bytes) => return with(UTF_8, bytes, false),
        Err(_) => {}
    }
    // Sets of one byte a letter decode anything: of several, what it reads like decides.
    let cyrillic = hint
        .iter()
        .filter(|encoding| [KOI8_R, KOI8_U, WINDOWS_1251].contains(encoding))
        .rev()
        .max_by_key(|encoding| cyrillic_score(encoding, bytes.get(..bytes.len().min(SAMPLE)).unwrap_or_default()));
    for encoding in cyrillic.into_iter().chain(hint) {
        if *encoding != UTF_8
            && let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes)
        {
            return Decoded { text, encoding: label(encoding, bytes), guessed: false, replaced: false };
        }
    }
    with(likeliest(bytes), bytes, true)
}

fn with<'a>(encoding: &'static Encoding, bytes: &'a [u8], guessed: bool) -> Decoded<'a> {
    let (text, replaced) = encoding.decode_without_bom_handling(bytes);
    Decoded { text, encoding: label(encoding, bytes), guessed, replaced }
}

/// Names an encoding; windows-1252 without a byte of 80-9F is ISO 8859-1.
fn label(encoding: &'static Encoding, bytes: &[u8]) -> &'static str {
    if encoding == WINDOWS_1252 && !bytes.iter().any(|b| (0x80..0xA0).contains(b)) {
        "ISO-8859-1"
    } else {
        encoding.name()
    }
}

/// Recognises UTF-16 without a mark by the zero half of its ASCII letters.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..bytes.len().min(512))?;
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let enough = sample.len() / 8;
    if sample.len() < 8 || even.max(odd) <= enough {
        None
    } else if odd > 4 * even {
        Some(UTF_16LE)
    } else if even > 4 * odd {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Tells whether good multi-byte sequences of UTF-8 far outnumber the bad places.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 0 && good >= 3 * bad
}

/// An encoding and how much a text looks like its writing.
type Candidate = (&'static Encoding, fn(&str) -> i64);

/// Chooses the encoding whose reading looks most like writing.
fn likeliest(bytes: &[u8]) -> &'static Encoding {
    let sample = bytes.get(..bytes.len().min(SAMPLE)).unwrap_or_default();
    let runs = Runs::of(sample);
    // In an alphabet with some accents, a high byte stands alone among letters.
    let candidates: &[Candidate] = &[
        (GB18030, |t| t.chars().map(han_score).sum()),
        (BIG5, |t| t.chars().map(han_score).sum()),
        (EUC_JP, |t| t.chars().map(kana_score).sum()),
        (SHIFT_JIS, |t| t.chars().map(kana_score).sum::<i64>() - 1),
        (EUC_KR, |t| t.chars().map(hangul_score).sum()),
    ];
    if runs.paired() {
        let best = candidates
            .iter()
            .filter_map(|(encoding, score)| {
                let text = encoding.decode_without_bom_handling_and_without_replacement(sample)?;
                let weight = score(&text) - rare_bytes(encoding, sample);
                (weight > 0).then_some((weight, *encoding))
            })
            .max_by_key(|(weight, _)| *weight);
        if let Some((_, encoding)) = best {
            return encoding;
        }
    }
    if runs.wordy() {
        return if cyrillic_score(KOI8_R, sample) > cyrillic_score(WINDOWS_1251, sample) {
            KOI8_R
        } else {
            WINDOWS_1251
        };
    }
    if central_european(sample) { ISO_8859_2 } else { WINDOWS_1252 }
}

/// How high bytes stand together.
struct Runs {
    even: usize,
    lone: usize,
    long: usize,
    beside_letters: usize,
}

impl Runs {
    fn of(bytes: &[u8]) -> Self {
        let mut runs = Self { even: 0, lone: 0, long: 0, beside_letters: 0 };
        let mut at = 0;
        while let Some(start) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b >= 0x80)).map(|p| at + p) {
            let len = bytes.get(start..).map_or(0, |rest| rest.iter().take_while(|b| **b >= 0x80).count());
            runs.even += usize::from(len % 2 == 0);
            runs.lone += usize::from(len == 1);
            runs.long += usize::from(len >= 4);
            let letter = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_alphabetic);
            runs.beside_letters += usize::from((start > 0 && letter(start - 1)) || letter(start + len));
            at = start + len;
        }
        runs
    }

    fn total(&self) -> usize {
        (self.even + self.lone).max(1)
    }

    /// Mostly even runs, or runs whose partners are ASCII bytes (Big5, GBK): not lone accents.
    fn paired(&self) -> bool {
        self.even * 2 >= self.total() || self.long > self.lone
    }

    /// Whole words of high bytes with few Latin letters beside them: an alphabet of its own.
    fn wordy(&self) -> bool {
        self.long > 0 && self.beside_letters * 3 <= self.total()
    }
}

fn han_score(c: char) -> i64 {
    match c {
        '\u{4E00}'..='\u{9FFF}' => 2,
        '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FF5E}' => 1,
        '\u{E000}'..='\u{F8FF}' => -8,
        c if c.is_ascii() => 0,
        _ => -2,
    }
}

fn kana_score(c: char) -> i64 {
    match c {
        '\u{3041}'..='\u{30FF}' => 4,
        '\u{4E00}'..='\u{9FFF}' | '\u{3000}'..='\u{303F}' => 1,
        '\u{FF61}'..='\u{FF9F}' => -3,
        c if c.is_ascii() => 0,
        _ => -2,
    }
}

fn hangul_score(c: char) -> i64 {
    match c {
        '\u{AC00}'..='\u{D7A3}' => 3,
        '\u{4E00}'..='\u{9FFF}' => -1,
        c if c.is_ascii() => 0,
        _ => -1,
    }
}

/// Weighs lead bytes that a double-byte set holds but people seldom write.
///
/// The everyday characters stand first in each set: GB 2312 level 1 and KS X 1001 Hangul have
/// lead bytes up to D7 and C8, Big5 level 1 A4 to C6.
fn rare_bytes(encoding: &'static Encoding, bytes: &[u8]) -> i64 {
    let usual = match encoding.name() {
        "GBK" | "gb18030" => 0xB0..=0xD7,
        "Big5" => 0xA4..=0xC6,
        "EUC-KR" => 0xB0..=0xC8,
        "EUC-JP" => 0xA1..=0xCF,
        _ => return 0,
    };
    let mut weight = 0;
    let mut rest = bytes.iter();
    while let Some(lead) = rest.next() {
        if *lead >= 0x80 {
            weight += if usual.contains(lead) { 0 } else { 2 };
            rest.next();
        }
    }
    weight
}

/// The wrong one of two sets turns case upside down and common letters into rare ones.
fn cyrillic_score(encoding: &'static Encoding, bytes: &[u8]) -> i64 {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let mut score = 0;
    let mut after_lower = false;
    for c in text.chars() {
        // The commonest letters of Russian, Ukrainian and Belarusian, half of all text.
        score += match c {
            'о' | 'е' | 'а' | 'и' | 'н' | 'т' | 'р' | 'с' | 'О' | 'Е' | 'А' | 'И' | 'Н' | 'Т' | 'Р' | 'С' => {
                2
            }
            'а'..='я' | 'А'..='Я' => 0,
            c => -i64::from(!c.is_ascii()),
        };
        score -= i64::from(after_lower && c.is_uppercase());
        after_lower = c.is_lowercase();
    }
    score
}

/// Letters of Central Europe that stand in Latin-2 where Latin-1 has signs (B1-BF, A1-AF).
fn central_european(bytes: &[u8]) -> bool {
    let sign = |b: &u8| matches!(b, 0xA1 | 0xA3 | 0xA5 | 0xA6 | 0xA9..=0xAC | 0xAE | 0xAF | 0xB1 | 0xB3 | 0xB5 | 0xB6 | 0xB9..=0xBC | 0xBE | 0xBF);
    bytes.windows(3).any(|w| matches!(w, [a, b, c] if sign(b) && a.is_ascii_alphabetic() && c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 3] =
        ["Домен не найден в базе", "ВЛАСНИК ДОМЕНУ: ПРИКЛАД ТА СИНИ", "Организация Пример, Москва, улица Садовая"];

    #[test]
    fn cyrillic_sets_are_told_apart_in_either_case() {
        for text in WORDS {
            for encoding in [KOI8_U, WINDOWS_1251] {
                let (bytes, _, lost) = encoding.encode(text);
                assert!(!lost);
                let known = decode(&bytes, &[KOI8_U, WINDOWS_1251]);
                assert_eq!((known.encoding, known.text.as_ref()), (encoding.name(), text));
                let guessed = decode(&bytes, &[]);
                assert_eq!(guessed.encoding == "windows-1251", encoding == WINDOWS_1251, "{text}");
                assert!(guessed.guessed);
            }
        }
    }

    #[test]
    fn wide_text_needs_no_mark() {
        let text = "Domain Name: example.cn\r\nRegistrant: 例子\r\n";
        for big in [false, true] {
            let wide: Vec<u8> = text
                .encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect();
            assert_eq!(decode(&wide, &[]).text, text);
        }
    }
}
