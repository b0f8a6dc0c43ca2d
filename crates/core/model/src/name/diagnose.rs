//! Finding the fault and its place, once a text has been refused.
//!
//! Runs on the error path only, so it may look several times. It works on the text as typed,
//! since a position in a mapped form would mean nothing to the person who typed it. Faults of
//! single characters come first, in order; then those of labels; then those of the whole name.

use std::net::IpAddr;

use icu_properties::CodePointMapData;
use icu_properties::props::{BidiClass, GeneralCategory, GeneralCategoryGroup};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens};
use unicode_normalization::UnicodeNormalization;

use super::error::{NameError, NameFault};
use super::idna2008;
use super::parse::{MAX_INPUT, MAX_LABEL, MAX_NAME, UTS46, trim};

/// Names the first fault of a text that normalising has refused.
pub(super) fn fault(input: &str) -> NameError {
    let text = trim(input);
    let start = input.chars().count().saturating_sub(input.trim_start_matches(leading).chars().count());
    if text.is_empty() || text.chars().all(is_dot) {
        return at(NameFault::Empty, start.min(input.chars().count().saturating_sub(1)));
    }
    if text.len() > MAX_INPUT {
        return at(NameFault::NameTooLong, start);
    }
    if address(text) {
        return at(NameFault::IpAddress, start);
    }
    let relative = character_fault(text).or_else(|| label_fault(text)).unwrap_or_else(|| name_fault(text));
    NameError { position: start + relative.position, ..relative }
}

fn leading(c: char) -> bool {
    c.is_whitespace() || c == '\u{FEFF}'
}

const fn at(fault: NameFault, position: usize) -> NameError {
    NameError { fault, position, found: None }
}

const fn of(fault: NameFault, position: usize, found: char) -> NameError {
    NameError { fault, position, found: Some(found) }
}

/// The full stops UTS #46 takes as label separators.
const fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{FF0E}' | '\u{FF61}')
}

/// Tells whether the text is an IPv4 or IPv6 address, in brackets, with a port or with a zone.
fn address(text: &str) -> bool {
    let folded: String = text.nfkc().map(|c| if is_dot(c) { '.' } else { c }).collect();
    let bare = folded.trim_end_matches('.');
    let inner = bare.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(bare);
    let inner = inner.split('%').next().unwrap_or(inner);
    let with_port = inner.rsplit_once(':').map(|(host, _)| host).filter(|host| !host.contains(':'));
    [Some(inner), with_port].into_iter().flatten().any(|text| text.parse::<IpAddr>().is_ok())
}

/// Finds the first character that may stand nowhere in a name.
fn character_fault(text: &str) -> Option<NameError> {
    if let Some(byte) = text.find("://") {
        let position = text.get(..byte)?.chars().count();
        return Some(of(NameFault::Url, position, ':'));
    }
    text.chars().enumerate().find_map(|(position, c)| {
        let fault = match c {
            _ if is_dot(c) => None,
            _ if is_bidi_control(c) => Some(NameFault::BidiControl),
            _ if c.is_whitespace() && !c.is_control() => Some(NameFault::WhiteSpace),
            '\t' | '\n' | '\r' => Some(NameFault::WhiteSpace),
            _ if c.is_control() => Some(NameFault::ControlCharacter),
            _ if c.is_ascii() => ascii_fault(c, position, text),
            // Full-width and other compatibility forms of ASCII are judged as what they stand for.
            _ => std::iter::once(c)
                .nfkc()
                .find_map(|folded| if folded.is_ascii() { ascii_fault(folded, position, text) } else { None })
                .or_else(|| (!usable(c)).then_some(NameFault::DisallowedCharacter)),
        };
        fault.map(|fault| of(fault, position, c))
    })
}

/// The characters of UAX #9 that open, close or force a direction, and the three marks.
const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn ascii_fault(c: char, position: usize, text: &str) -> Option<NameFault> {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' => None,
        '_' => Some(NameFault::Underscore),
        '*' if position == 0 => Some(NameFault::Wildcard),
        '@' => Some(NameFault::MailAddress),
        '/' | '\\' | '?' | '#' => Some(NameFault::Url),
        ':' if port_follows(text, position) => Some(NameFault::Port),
        ' ' => Some(NameFault::WhiteSpace),
        _ => Some(NameFault::InvalidCharacter),
    }
}

fn port_follows(text: &str, position: usize) -> bool {
    let digits = text.chars().skip(position + 1).take_while(char::is_ascii_digit).count();
    digits > 0 && matches!(text.chars().nth(position + 1 + digits), None | Some('/' | '?' | '#'))
}

/// Tells whether a non-ASCII character can occur in some valid label.
///
/// The character is tried alone, after a Latin letter (marks) and after an Arabic one (Arabic
/// digits); a joiner is left to the context rule.
fn usable(c: char) -> bool {
    let permitted = |label: &str| {
        let (unicode, outcome) = UTS46.to_unicode(label.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow);
        outcome.is_ok()
            && !unicode.chars().any(|c| {
                idna2008::fault(c.encode_utf8(&mut [0; 4])).is_some_and(|(_, f)| f == NameFault::DisallowedCharacter)
            })
    };
    is_joiner(c)
        || permitted(c.encode_utf8(&mut [0; 4]))
        || permitted(&format!("a{c}"))
        || permitted(&format!("\u{627}{c}"))
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Finds the first label that is no label.
fn label_fault(text: &str) -> Option<NameError> {
    let without_root = match text.chars().next_back() {
        Some(last) if is_dot(last) => text.get(..text.len() - last.len_utf8())?,
        _ => text,
    };
    let mut start = 0;
    for label in without_root.split(is_dot) {
        if let Some(fault) = one_label(label) {
            return Some(NameError { position: start + fault.position, ..fault });
        }
        start += label.chars().count() + 1;
    }
    None
}

/// Judges one label as typed; positions count from its start.
fn one_label(label: &str) -> Option<NameError> {
    let (unicode, outcome) = UTS46.to_unicode(label.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
    if unicode.is_empty() {
        return Some(at(NameFault::EmptyLabel, 0));
    }
    if outcome.is_err() {
        return Some(refused(label));
    }
    if let Some((c, fault)) = idna2008::fault(&unicode) {
        // A label in punycode hides the character, a mapped one shows another form of it.
        if label.is_ascii() {
            return Some(of(NameFault::InvalidALabel, 0, c));
        }
        let typed =
            label.chars().enumerate().find(|(_, typed)| *typed == c || std::iter::once(*typed).nfkc().any(|f| f == c));
        return Some(typed.map_or(at(fault, 0), |(position, typed)| of(fault, position, typed)));
    }
    let ascii = UTS46.to_ascii(label.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Ignore).ok()?;
    (ascii.len() > MAX_LABEL).then_some(at(NameFault::LabelTooLong, 0))
}

/// Says why UTS #46 refuses a label whose characters are all usable.
fn refused(label: &str) -> NameError {
    let (mapped, without_hyphens) = UTS46.to_unicode(label.as_bytes(), AsciiDenyList::STD3, Hyphens::Allow);
    let punycode = label.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("xn--"));
    let last = label.chars().count().saturating_sub(1);
    if punycode {
        // Too long to be one: that is the plainer thing to say.
        let fault = if label.len() > MAX_LABEL { NameFault::LabelTooLong } else { NameFault::InvalidALabel };
        return at(fault, 0);
    }
    if without_hyphens.is_ok() {
        let position = match () {
            () if mapped.starts_with('-') => 0,
            () if mapped.ends_with('-') => last,
            () => 2.min(last),
        };
        return of(NameFault::Hyphen, position, '-');
    }
    let first = label.chars().next().unwrap_or('-');
    if GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(first)) {
        return of(NameFault::InitialMark, 0, first);
    }
    if let Some((position, joiner)) = label.chars().enumerate().find(|(_, c)| is_joiner(*c)) {
        return of(NameFault::ContextRule, position, joiner);
    }
    bidi_fault(label)
}

/// Points at the character that breaks the bidi rule (RFC 5893 section 2): the first one against
/// the label's own direction, else the first digit of a second kind, else the last character.
fn bidi_fault(label: &str) -> NameError {
    let class = |c: char| CodePointMapData::<BidiClass>::new().get(c);
    let right_to_left = |class| matches!(class, BidiClass::RightToLeft | BidiClass::ArabicLetter);
    let digit = |class| matches!(class, BidiClass::EuropeanNumber | BidiClass::ArabicNumber);
    let opens = label.chars().next().map(class).is_some_and(right_to_left);
    let digits = label.chars().map(class).find(|class| digit(*class));
    let against = |c: char| match class(c) {
        BidiClass::LeftToRight => opens,
        BidiClass::ArabicNumber if !opens => true,
        found if right_to_left(found) => !opens,
        found => digit(found) && Some(found) != digits,
    };
    let offender = label.chars().enumerate().find(|(_, c)| against(*c)).or_else(|| label.chars().enumerate().last());
    offender.map_or(at(NameFault::BidiRule, 0), |(position, c)| of(NameFault::BidiRule, position, c))
}

/// Says what is wrong with a name of good labels.
fn name_fault(text: &str) -> NameError {
    let ascii = UTS46.to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Ignore);
    let Ok(ascii) = ascii else { return cross_label_bidi(text) };
    let name = ascii.strip_suffix('.').unwrap_or(&ascii);
    match name.rsplit_once('.') {
        _ if name.len() > MAX_NAME => at(NameFault::NameTooLong, 0),
        None => at(NameFault::SingleLabel, 0),
        Some(_) => {
            let typed = text.trim_end_matches(is_dot);
            let tld = typed.chars().count() - typed.rsplit(is_dot).next().unwrap_or_default().chars().count();
            at(NameFault::NumericTld, tld)
        }
    }
}

/// Finds the label that may not stand beside right-to-left ones (RFC 5893 section 2).
fn cross_label_bidi(text: &str) -> NameError {
    let mut start = 0;
    for label in text.split(is_dot) {
        let beside = format!("{label}.\u{627}");
        if UTS46.to_unicode(beside.as_bytes(), AsciiDenyList::STD3, Hyphens::Check).1.is_err() {
            return at(NameFault::BidiRule, start);
        }
        start += label.chars().count() + 1;
    }
    at(NameFault::BidiRule, 0)
}
