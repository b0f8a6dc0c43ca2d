//! One line of WHOIS text: what is key, what is value, what is neither.
//!
//! Every family of answers is a way to set a key off from its value: `Key: value`,
//! `Key......: value`, `[Key] value`, `a. [Key] value`, `Key<tab>value`, `Key   value`, and the
//! half-sentence `Record expires on 2030-01-31`. The last two are keys only if the tables know
//! them, since prose looks the same. Knows nothing of the lines around.

use super::super::{
    grammar::{Grammar, Key, Registry, Role, normal},
    host,
};

/// Longest key, in bytes; longer "keys" are sentences with a colon in them.
const MAX_KEY: usize = 100;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Blank,
    /// A remark of the server (`%`, `#`, `>>>`).
    Remark,
    /// A key with a value.
    Pair,
    /// A key without a value: what follows belongs to it.
    Heading,
    /// Text without a key.
    Loose,
}

/// One line, taken apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    /// What it is.
    pub(super) kind: Kind,
    /// White space before it.
    pub(super) indent: usize,
    /// The key as written.
    pub(super) name: &'t str,
    /// The value, or the whole line where there is no key.
    pub(super) value: &'t str,
    /// What the tables know of the key.
    pub(super) key: Option<Key>,
    /// Whether the key marks its block as another object.
    pub(super) handle: bool,
    /// Whether the key speaks of a person by its first word.
    pub(super) contact: bool,
    /// Whether the key speaks of the holder of the name.
    pub(super) holder: bool,
}

/// Takes lines apart with one set of tables.
pub(super) struct Splitter<'g> {
    pub(super) grammar: &'g Grammar,
    pub(super) registry: Option<&'g Registry>,
    buffer: String,
}

impl<'g> Splitter<'g> {
    pub(super) fn new(grammar: &'g Grammar, registry: Option<&'g Registry>) -> Self {
        Self { grammar, registry, buffer: String::with_capacity(128) }
    }

    /// Takes one line apart.
    pub(super) fn split<'t>(&mut self, raw: &'t str) -> Line<'t> {
        let raw = raw.trim_end_matches(|c: char| c == '\0' || c.is_whitespace());
        let text = raw.trim_start();
        let indent = width(raw.get(..raw.len() - text.len()).unwrap_or_default());
        let line = |kind, name, value| Line {
            kind,
            indent,
            name,
            value,
            key: None,
            handle: false,
            contact: false,
            holder: false,
        };
        if text.is_empty() {
            return line(Kind::Blank, "", "");
        }
        if text.starts_with(['%', '#', ';']) || text.starts_with(">>>") || text.starts_with("//") {
            let words = text.trim_start_matches(['%', '#', ';', '>', '/', ' ', '\t']);
            let mut remark = line(Kind::Remark, "", words);
            if let Some(name) = words.strip_suffix(':') {
                remark.key = self.look_up(name);
                remark.name = name;
            }
            return remark;
        }
        if is_banner(text) {
            return line(Kind::Remark, "", text);
        }
        let text = text.trim_start_matches('*').trim_start();
        if let Some((name, value)) = bracketed(text).or_else(|| colon(text)).or_else(|| dotted(text)) {
            return self.keyed(line(if value.is_empty() { Kind::Heading } else { Kind::Pair }, name, value));
        }
        if text.len() > 2 * MAX_KEY {
            return line(Kind::Loose, "", text);
        }
        // The forms below are believed only where the tables know the key.
        if let Some((name, value, key)) = self.spaced(text) {
            return Line { key: Some(key), ..line(Kind::Pair, name, value) };
        }
        if let Some((name, value)) = self.prose_date(text) {
            let key = self.look_up(name);
            return Line { key, ..line(Kind::Pair, name, value) };
        }
        // "Domain EXAMPLE.KG" and nothing else on the line.
        if let Some((name, value)) = text.split_once(' ')
            && name.eq_ignore_ascii_case("domain")
            && value.contains('.')
            && !value.trim().contains(char::is_whitespace)
        {
            return Line { key: self.look_up(name), ..line(Kind::Pair, name, value) };
        }
        if text.len() <= 60
            && text.split_ascii_whitespace().take(7).count() <= 6
            && let Some(key) = self.look_up(text)
            && opens(key.role)
        {
            let holder = key.role == Role::Contact && self.grammar.is_holder(&self.buffer);
            return Line { key: Some(key), holder, ..line(Kind::Heading, text, "") };
        }
        line(Kind::Loose, "", text)
    }

    fn look_up(&mut self, name: &str) -> Option<Key> {
        normal(name, &mut self.buffer);
        self.grammar.key(self.registry, &self.buffer)
    }

    fn keyed<'t>(&mut self, mut line: Line<'t>) -> Line<'t> {
        line.key = self.look_up(line.name);
        line.handle = self.grammar.is_handle(&self.buffer);
        line.contact = line.key.is_none() && self.grammar.is_contact(&self.buffer);
        line.holder = (line.contact || matches!(line.key, Some(key) if key.role == Role::Contact))
            && self.grammar.is_holder(&self.buffer);
        if let Some(role) = self.grammar.by_value(self.registry, &self.buffer, line.value) {
            line.key = Some(Key { role, weak: false });
        }
        line
    }

    /// Takes apart `key<tab>value` and `key  value`; a key may itself have wide gaps
    /// (`Domain  name    example.md`), so the longest known one counts.
    fn spaced<'t>(&mut self, text: &'t str) -> Option<(&'t str, &'t str, Key)> {
        let mut found = None;
        let mut from = 0;
        for _ in 0..3 {
            let rest = text.get(from..)?;
            let at = match (rest.find('\t'), rest.find("  ")) {
                (Some(a), Some(b)) => a.min(b),
                (Some(at), None) | (None, Some(at)) => at,
                (None, None) => break,
            };
            let (name, tail) = (text.get(..from + at)?.trim_end(), rest.get(at..)?);
            let value = tail.trim_start();
            if value.is_empty() {
                break;
            }
            if let Some(key) = self.look_up(name) {
                found = Some((name, value.trim_end(), key));
            } else if found.is_some() {
                break;
            }
            from = text.len() - value.len();
        }
        found
    }

    /// Finds a key within the lines of a registrar, a domain or a name server.
    pub(super) fn inner(&mut self, scope: Role, name: &str) -> Option<Role> {
        normal(name, &mut self.buffer);
        self.grammar.inner(scope, &self.buffer)
    }

    /// Takes apart `Record expires on 31 January 2030`: known words up to the first figure.
    fn prose_date<'t>(&mut self, text: &'t str) -> Option<(&'t str, &'t str)> {
        let figure = text.bytes().take(60).position(|b| b.is_ascii_digit())?;
        let mut end = figure;
        // "on Thu Jan 31" - a weekday and a month may stand between.
        for _ in 0..3 {
            let name = text.get(..end)?.trim_end();
            if name.is_empty() {
                return None;
            }
            if let Some(key) = self.look_up(name) {
                if !is_date(key.role) {
                    return None;
                }
                return Some((name, text.get(name.len()..)?.trim_start()));
            }
            end = name.rfind(char::is_whitespace)?;
        }
        None
    }
}

/// Tells whether a role holds a date.
pub(super) const fn is_date(role: Role) -> bool {
    matches!(role, Role::Created | Role::Updated | Role::Expires | Role::RegistrarExpires)
}

/// Tells whether a bare line of known words opens a part of the answer.
const fn opens(role: Role) -> bool {
    matches!(
        role,
        Role::Nameserver
            | Role::Registrar
            | Role::Contact
            | Role::Domain
            | Role::Legal
            | Role::Status
            | Role::Signed
            | Role::Name
    ) || is_date(role)
}

/// Counts white space; a tab reaches the next multiple of eight.
fn width(space: &str) -> usize {
    space.chars().fold(0, |at, c| if c == '\t' { (at / 8 + 1) * 8 } else { at + 1 })
}

/// Takes apart `[Key] value` and `a. [Key] value` (JPRS, MYNIC).
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let open = match text.find('[')? {
        0 => 0,
        at @ 1..=4 if text.starts_with(|c: char| c.is_ascii_alphanumeric()) => at,
        _ => return None,
    };
    if open > 0 && !text.get(1..open)?.chars().all(|c| c == '.' || c == ' ' || c.is_ascii_digit()) {
        return None;
    }
    let rest = text.get(open + 1..)?;
    let close = rest.find(']')?;
    let name = rest.get(..close)?;
    if name.is_empty() || name.len() > MAX_KEY || !name.contains(char::is_alphabetic) {
        return None;
    }
    Some((name.trim(), rest.get(close + 1..)?.trim_start_matches([':', ' ', '\t', '\u{3000}']).trim()))
}

/// Takes apart `key: value`; the colon may be full-width.
fn colon(text: &str) -> Option<(&str, &str)> {
    let colon = text.bytes().take(MAX_KEY + 1).position(|b| b == b':');
    let wide = if text.is_ascii() { None } else { text.find('：').filter(|at| *at <= MAX_KEY) };
    let (at, size) = match (colon, wide) {
        (Some(colon), Some(wide)) if wide < colon => (wide, '：'.len_utf8()),
        (Some(colon), _) => (colon, 1),
        (None, wide) => (wide?, '：'.len_utf8()),
    };
    let name = text.get(..at)?.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    let name = unnumbered(name);
    let value = text.get(at + size..)?;
    // "Record expires on 2030-01-31 10:20:30" has its colon inside the time.
    if name.ends_with(|c: char| c.is_ascii_digit()) && value.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if name.is_empty()
        || name.len() > MAX_KEY
        || !name.contains(char::is_alphabetic)
        || name.split_ascii_whitespace().count() > 12
    {
        return None;
    }
    // "http://..." and "2001:db8::1" are no keys.
    if value.starts_with("//")
        || (name.bytes().all(|b| b.is_ascii_hexdigit()) && text.parse::<std::net::IpAddr>().is_ok())
    {
        return None;
    }
    // "ns1.example.net:192.0.2.1" and "ns1.example.net 2001:db8::1" are hosts with addresses.
    if !value.is_empty()
        && name.split_whitespace().next().is_some_and(|first| first.contains('.') && host::leads_with_host(first))
    {
        return None;
    }
    let value = value.trim_start_matches([':', '.', ' ', '\t', '\u{3000}']).trim();
    // RWhois (RFC 2167) sets the class before the key: "domain:Created:20300131".
    if name.eq_ignore_ascii_case("domain")
        && let Some((attribute, value)) = value.split_once(':')
        && !attribute.contains(['.', ' '])
    {
        return Some((attribute.split(';').next().unwrap_or(attribute), value.trim()));
    }
    Some((name, value))
}

/// Cuts the number of a form's field off: `1a. Domain Name`.
fn unnumbered(name: &str) -> &str {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 2 {
        return name;
    }
    let rest = name.get(digits..).unwrap_or_default();
    let rest = rest.strip_prefix(|c: char| c.is_ascii_lowercase()).unwrap_or(rest);
    rest.strip_prefix('.').map_or(name, str::trim_start)
}

/// Takes apart `key........ value`.
fn dotted(text: &str) -> Option<(&str, &str)> {
    let at = text.get(..text.len().min(MAX_KEY)).or(Some(text))?.find("...")?;
    let name = text.get(..at)?.trim_end();
    let value = text.get(at..)?.trim_start_matches('.').trim();
    (name.contains(char::is_alphabetic) && !value.is_empty()).then_some((name, value))
}

/// Tells whether a line is the banner of a WHOIS client: `[Querying whois.nic.example]`,
/// `[whois.nic.example]`.
fn is_banner(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return false };
    let mut words = inner.split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(host), None, None) => host.contains('.') && host::leads_with_host(host),
        (Some("Querying" | "Redirected"), Some(_), _) => true,
        _ => false,
    }
}
