//! Normalising: a short way for plain ASCII, the long way through UTS #46 for everything else.
//!
//! The short way is a byte loop and one `String`; it takes what it is sure of and leaves every
//! doubt (an `xn--` label, a non-ASCII letter, any fault) to the long way.

use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, ErrorPolicy, Hyphens, ProcessingSuccess, Uts46};

use super::error::NameError;
use super::{diagnose, idna2008};

/// Octets a name may have without its final dot (RFC 1035 2.3.4 as text).
pub(super) const MAX_NAME: usize = 253;
/// Octets a label may have (RFC 1035 2.3.4).
pub(super) const MAX_LABEL: usize = 63;
/// Bytes of input looked at. A name of 253 octets has at most 253 characters of 4 bytes, plus
/// what normalising drops; more is refused unread, which bounds the work.
pub(super) const MAX_INPUT: usize = 2048;

/// The one configuration of UTS #46 used here (decision 8); joiner and bidi checks are always on.
pub(super) const UTS46: Uts46 = Uts46::new();

/// Normalises a text to lower-case A-labels without a final dot.
pub(super) fn normalise(text: &str) -> Result<String, NameError> {
    let trimmed = trim(text);
    if plain(trimmed.as_bytes()) {
        let mut name = trimmed.to_owned();
        name.make_ascii_lowercase();
        return Ok(name);
    }
    through_uts46(trimmed).ok_or_else(|| diagnose::fault(text))
}

/// Cuts white space and a byte order mark off both ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')
}

/// Returns the U-label form of a normalised name.
pub(super) fn unicode_of(ascii: &str) -> Cow<'_, str> {
    if ascii.contains("xn--") {
        UTS46.to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::Check).0
    } else {
        Cow::Borrowed(ascii)
    }
}

/// Tells whether the bytes are a name of plain labels that needs no more than lower-casing.
fn plain(bytes: &[u8]) -> bool {
    if bytes.is_empty() || bytes.len() > MAX_NAME {
        return false;
    }
    let mut labels = 0_usize;
    let mut digits_only = false;
    for label in bytes.split(|byte| *byte == b'.') {
        let (Some(first), Some(last)) = (label.first(), label.last()) else { return false };
        if label.len() > MAX_LABEL || *first == b'-' || *last == b'-' || label.get(2..4) == Some(b"--") {
            return false;
        }
        digits_only = true;
        for byte in label {
            match byte {
                b'0'..=b'9' => {}
                b'a'..=b'z' | b'A'..=b'Z' | b'-' => digits_only = false,
                _ => return false,
            }
        }
        labels += 1;
    }
    labels >= 2 && !digits_only
}

/// Runs UTS #46 with every check, then IDNA2008; nothing is returned where any of them objects.
fn through_uts46(text: &str) -> Option<String> {
    if text.len() > MAX_INPUT {
        return None;
    }
    let (unicode, ascii) = both_forms(text)?;
    let unicode = unicode.strip_suffix('.').unwrap_or(&unicode);
    let ascii_len = ascii.len() - usize::from(ascii.ends_with('.'));
    let mut ascii = ascii;
    ascii.truncate(ascii_len);
    let fits = ascii.len() <= MAX_NAME && ascii.split('.').all(|label| (1..=MAX_LABEL).contains(&label.len()));
    let tld = ascii.rsplit_once('.')?.1;
    let named = tld.bytes().any(|byte| !byte.is_ascii_digit());
    let permitted = unicode.is_ascii() || unicode.split('.').all(|label| idna2008::fault(label).is_none());
    (fits && named && permitted).then_some(ascii)
}

/// Runs UTS #46 once for the U-label and the A-label form.
fn both_forms(text: &str) -> Option<(String, String)> {
    let (mut unicode, mut ascii) = (String::new(), String::new());
    let outcome = UTS46.process(
        text.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::Check,
        ErrorPolicy::FailFast,
        |_, _, _| true,
        &mut unicode,
        Some(&mut ascii),
    );
    match outcome {
        Ok(ProcessingSuccess::Passthrough) => Some((text.to_owned(), text.to_owned())),
        Ok(ProcessingSuccess::WroteToSink) if ascii.is_empty() => Some((unicode.clone(), unicode)),
        Ok(ProcessingSuccess::WroteToSink) => Some((unicode, ascii)),
        Err(_) => None,
    }
}
