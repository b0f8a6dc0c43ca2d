//! Names of domains and name servers as answers spell them.
//!
//! Knows spelling only: whether a name exists or may be registered is for others.

use std::{borrow::Cow, net::IpAddr};

/// Longest name in text form (RFC 1035, section 2.3.4: 255 octets on the wire).
const MAX_NAME: usize = 253;

/// Turns a name in any spelling into lower-case A-labels without a final dot.
///
/// Gives nothing where the text is not a name: spaces, empty labels, forbidden characters.
pub(crate) fn a_label(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['.', '。']);
    if text.is_empty() || text.len() > 4 * MAX_NAME {
        return None;
    }
    if text.is_ascii() && !has_a_label(text.as_bytes()) {
        return is_host(text).then(|| text.to_ascii_lowercase());
    }
    let ascii = idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::EMPTY).ok()?;
    is_host(&ascii).then(|| ascii.to_ascii_lowercase())
}

/// Tells whether a label may start with `xn--`, which asks for a check of its own.
fn has_a_label(bytes: &[u8]) -> bool {
    bytes.windows(4).any(|w| w.eq_ignore_ascii_case(b"xn--"))
}

/// Tells whether ASCII text has the form of a host name: labels of letters, digits, `-`, `_`.
fn is_host(text: &str) -> bool {
    text.len() <= MAX_NAME
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

/// One word of a line on name servers.
pub(crate) enum Word {
    /// A host name.
    Host(String),
    /// An address of the host before it.
    Address(IpAddr),
}

/// Picks host names and addresses out of a line such as `ns1.example.net. (192.0.2.1) [OK]`.
pub(crate) fn words(line: &str) -> impl Iterator<Item = Word> + '_ {
    line.split(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']' | '/' | '|' | '"' | '<' | '>')
    })
    .filter_map(|word| {
        let word = word.trim_matches(|c: char| matches!(c, '.' | ':' | '-' | '*') && c != ':').trim_end_matches('.');
        if word.len() < 3 {
            return None;
        }
        if let Ok(address) = word.parse::<IpAddr>() {
            return Some(Word::Address(address));
        }
        let word = word.trim_matches(':');
        if !word.contains('.') || word.contains("..") || word.contains('@') {
            return None;
        }
        let host = a_label(word)?;
        // "1.", "2.3" and "192.0.2.300" are not hosts: a top-level label has a letter.
        let top = host.rsplit('.').next()?;
        top.bytes().any(|b| b.is_ascii_alphabetic()).then_some(Word::Host(host))
    })
}

/// Tells whether a line begins with a host name, so that it may go on a list of name servers.
pub(crate) fn leads_with_host(line: &str) -> bool {
    matches!(words(first_words(line)).next(), Some(Word::Host(_)))
}

/// Cuts a line after its second word: a list entry may carry a number before the host.
fn first_words(line: &str) -> &str {
    let line = line.trim();
    match line.match_indices(char::is_whitespace).nth(1) {
        Some((at, _)) => line.get(..at).unwrap_or(line),
        None => line,
    }
}

/// Shortens text from outside to what a record keeps, at a character boundary.
pub(crate) fn clip(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Cow::Owned(format!("{}...", text.get(..end).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_lower_case_a_labels() {
        for (text, want) in [
            ("Example.COM.", Some("example.com")),
            ("例子.中国", Some("xn--fsqu00a.xn--fiqs8s")),
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("xn--bcher-kva.example", Some("xn--bcher-kva.example")),
            ("com", Some("com")),
            ("two words", None),
            ("a..b", None),
            ("", None),
            ("-a.example", None),
        ] {
            assert_eq!(a_label(text).as_deref(), want, "{text}");
        }
        assert_eq!(a_label(&"a".repeat(70)), None);
        assert_eq!(a_label(&"é.".repeat(5_000)), None);
    }

    #[test]
    fn hosts_and_addresses_are_told_apart() {
        for (line, hosts, addresses) in [
            ("ns1.example.net. (192.0.2.1) [OK]", "ns1.example.net", "192.0.2.1"),
            ("NS2.EXAMPLE.NET 2001:db8::1, 192.0.2.2", "ns2.example.net", "2001:db8::1 192.0.2.2"),
            ("1. ns1.example.net - 2. ns2.example.net.", "ns1.example.net ns2.example.net", ""),
            ("hostmaster@example.net", "", ""),
            ("none", "", ""),
            ("192.0.2.300", "", ""),
            ("a.dns.example[2001:db8::7][192.0.2.7]", "a.dns.example", "2001:db8::7 192.0.2.7"),
        ] {
            let mut got = (Vec::new(), Vec::new());
            for word in words(line) {
                match word {
                    Word::Host(host) => got.0.push(host),
                    Word::Address(address) => got.1.push(address.to_string()),
                }
            }
            assert_eq!((got.0.join(" "), got.1.join(" ")), (hosts.to_owned(), addresses.to_owned()), "{line}");
        }
    }
}
