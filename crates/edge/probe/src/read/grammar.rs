//! The tables that say how registries write: keys, words, phrases and what each leaves out.
//!
//! The reader has one grammar for all of them ("key and value, heading and lines, block after
//! block"); everything that differs from one registry to the next is data. [`Grammar::parse`]
//! takes the three TOML files of `data/whois/`; [`Grammar::embedded`] is the copy built in.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::LazyLock,
};

use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{
    date::{DateHint, Order},
    error::ReadError,
    reading::Class,
};

/// What a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    /// The domain's name.
    Name,
    /// The registrar's name.
    Registrar,
    /// The registrar's number at IANA.
    RegistrarId,
    /// First registered.
    Created,
    /// Last changed.
    Updated,
    /// End at the registry.
    Expires,
    /// End at the registrar.
    RegistrarExpires,
    /// A status.
    Status,
    /// A name server, with or without addresses.
    Nameserver,
    /// An address of the name server before it.
    Address,
    /// Whether the delegation is signed.
    Dnssec,
    /// Key material: its presence means "signed".
    Signed,
    /// The server to ask next.
    Referral,
    /// Opens or belongs to facts about the domain.
    Domain,
    /// Opens or belongs to a person, an organisation or another object.
    Contact,
    /// Terms of use and the like.
    Legal,
    /// Known and not used.
    Quiet,
}

/// A key's role, and whether it is believed everywhere or only among facts of the domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// The role.
    pub(crate) role: Role,
    /// "created" or "status" may belong to a person as well: believed only outside such blocks.
    pub(crate) weak: bool,
}

/// A short-key hash (FNV-1a): keys are our own words, not an attacker's choice of buckets.
#[derive(Clone, Debug)]
pub(crate) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

type Table<V> = HashMap<Box<str>, V, BuildHasherDefault<Fnv>>;

/// What one registry does differently.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// Order and zone of its dates.
    pub(crate) dates: DateHint,
    /// The zone's name.
    pub(crate) zone_name: Option<String>,
    /// Encodings it answers in.
    pub(crate) encodings: Vec<&'static Encoding>,
    keys: Table<Key>,
    words: Table<Class>,
    phrases: Vec<(Class, String)>,
    values: Vec<ValueRule>,
    /// Whether a status carries the end date: `Connected (2030/03/31)`.
    pub(crate) end_in_status: bool,
    /// Whether a bare line is `label host`, a name server of the name asked.
    pub(crate) bare_nameservers: bool,
    /// Endings of object handles that look like host names.
    pub(crate) host_handles: Vec<String>,
}

/// A key whose meaning depends on its value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueRule {
    key: String,
    contains: String,
    role: Role,
}

/// All tables.
#[derive(Debug)]
pub struct Grammar {
    keys: Table<Key>,
    contact_prefixes: Vec<String>,
    holder_prefixes: Vec<String>,
    handles: Vec<String>,
    inner_registrar: Table<Role>,
    inner_domain: Table<Role>,
    inner_nameserver: Table<Role>,
    words: Table<Class>,
    phrases: Vec<(Class, String)>,
    signed: Vec<String>,
    unsigned: Vec<String>,
    none: Vec<String>,
    registries: Vec<Registry>,
    by_host: Table<usize>,
    by_suffix: Table<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysFile {
    #[expect(dead_code, reason = "provenance, for people")]
    source: Vec<String>,
    #[expect(dead_code, reason = "provenance, for people")]
    verified_on: String,
    strong: HashMap<Role, Vec<String>>,
    weak: HashMap<Role, Vec<String>>,
    contact_prefixes: Vec<String>,
    holder_prefixes: Vec<String>,
    handles: Vec<String>,
    inner: Inner,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inner {
    registrar: HashMap<Role, Vec<String>>,
    domain: HashMap<Role, Vec<String>>,
    nameserver: HashMap<Role, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhrasesFile {
    #[expect(dead_code, reason = "provenance, for people")]
    source: Vec<String>,
    #[expect(dead_code, reason = "provenance, for people")]
    verified_on: String,
    words: HashMap<Class, Vec<String>>,
    phrases: HashMap<Class, Vec<String>>,
    signed: Vec<String>,
    unsigned: Vec<String>,
    none: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistriesFile {
    #[expect(dead_code, reason = "provenance, for people")]
    source: Vec<String>,
    #[expect(dead_code, reason = "provenance, for people")]
    verified_on: String,
    registry: Vec<RegistryRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistryRow {
    id: String,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    suffixes: Vec<String>,
    zone: Option<String>,
    #[serde(default)]
    month_first: bool,
    #[serde(default)]
    end_in_status: bool,
    #[serde(default)]
    bare_nameservers: bool,
    #[serde(default)]
    host_handles: Vec<String>,
    #[serde(default)]
    encodings: Vec<String>,
    #[serde(default)]
    keys: HashMap<Role, Vec<String>>,
    #[serde(default)]
    words: HashMap<Class, Vec<String>>,
    #[serde(default)]
    phrases: HashMap<Class, Vec<String>>,
    #[serde(default)]
    values: Vec<ValueRule>,
    /// Free text for people.
    #[serde(default)]
    #[expect(dead_code, reason = "for people")]
    why: String,
}

/// The order in which phrases of several classes are believed: what the server says of itself or
/// of the question comes before what it says of the name, and "free" comes last.
pub(crate) const PHRASE_ORDER: [Class; 14] = [
    Class::Throttled,
    Class::Refused,
    Class::Unavailable,
    Class::InvalidQuery,
    Class::Premium,
    Class::Redemption,
    Class::PendingDelete,
    Class::Quarantined,
    Class::Suspended,
    Class::Expired,
    Class::Blocked,
    Class::Reserved,
    Class::Available,
    Class::Registered,
];

/// Writes a key or status word in the one form the tables use: lower case, without remarks in
/// brackets, with single spaces for every kind of joint, without a number at its end.
pub(crate) fn normal(text: &str, out: &mut String) {
    out.clear();
    let mut depth = 0u32;
    let mut gap = false;
    // Plain ASCII without brackets is the rule by far.
    if text.bytes().all(|b| b.is_ascii() && b != b'(') {
        for b in text.bytes() {
            if matches!(b, b' ' | b'\t' | b'_' | b'-' | b'.' | b':' | b'*' | b')') {
                gap = true;
                continue;
            }
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(char::from(b.to_ascii_lowercase()));
        }
        return cut_number(out);
    }
    for c in text.chars() {
        match c {
            '(' | '（' => depth += 1,
            ')' | '）' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            ' ' | '\t' | '_' | '-' | '.' | '\u{A0}' | '\u{3000}' | ':' | '*' => gap = true,
            c => {
                if gap && !out.is_empty() {
                    out.push(' ');
                }
                gap = false;
                if c.is_ascii() {
                    out.push(c.to_ascii_lowercase());
                } else {
                    out.extend(c.to_lowercase());
                }
            }
        }
    }
    cut_number(out);
}

/// Cuts the number off the end of a key; a key that is nothing else stays.
fn cut_number(out: &mut String) {
    let kept = out.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ' || c == '#').len();
    if kept > 0 {
        out.truncate(kept);
    }
}

fn normalised(text: &str) -> String {
    let mut out = String::new();
    normal(text, &mut out);
    out
}

impl Grammar {
    /// Parses the three tables: keys, phrases, registries.
    pub fn parse(keys: &str, phrases: &str, registries: &str) -> Result<Self, ReadError> {
        let bad =
            |table: &str, error: &dyn std::fmt::Display| ReadError::BadGrammar { what: format!("{table}: {error}") };
        let keys: KeysFile = toml::from_str(keys).map_err(|e| bad("keys", &e))?;
        let spoken: PhrasesFile = toml::from_str(phrases).map_err(|e| bad("phrases", &e))?;
        let rows: RegistriesFile = toml::from_str(registries).map_err(|e| bad("registries", &e))?;

        let mut table: Table<Key> = Table::default();
        for (list, weak) in [(keys.strong, false), (keys.weak, true)] {
            for (role, words) in list {
                for word in words {
                    let word = normalised(&word);
                    if table.insert(word.clone().into(), Key { role, weak }).is_some() {
                        return Err(ReadError::BadGrammar { what: format!("keys: \"{word}\" stands twice") });
                    }
                }
            }
        }
        let mut grammar = Self {
            keys: table,
            contact_prefixes: keys.contact_prefixes.iter().map(|p| normalised(p)).collect(),
            holder_prefixes: keys.holder_prefixes.iter().map(|p| normalised(p)).collect(),
            handles: keys.handles.iter().map(|h| normalised(h)).collect(),
            inner_registrar: inner(keys.inner.registrar),
            inner_domain: inner(keys.inner.domain),
            inner_nameserver: inner(keys.inner.nameserver),
            words: classes(spoken.words),
            phrases: ordered(spoken.phrases),
            signed: spoken.signed,
            unsigned: spoken.unsigned,
            none: spoken.none,
            registries: Vec::new(),
            by_host: Table::default(),
            by_suffix: Table::default(),
        };
        for row in rows.registry {
            let at = grammar.registries.len();
            for host in &row.hosts {
                if grammar.by_host.insert(host.as_str().into(), at).is_some() {
                    return Err(ReadError::BadGrammar { what: format!("registries: host {host} stands twice") });
                }
            }
            for suffix in &row.suffixes {
                let suffix = super::host::a_label(suffix)
                    .ok_or_else(|| ReadError::BadGrammar { what: format!("registries: suffix {suffix}") })?;
                if grammar.by_suffix.insert(suffix.as_str().into(), at).is_some() {
                    return Err(ReadError::BadGrammar { what: format!("registries: suffix {suffix} stands twice") });
                }
            }
            grammar.registries.push(registry(row)?);
        }
        Ok(grammar)
    }

    /// Gives the tables built in.
    ///
    /// They are parsed once and never change: a newer file is another [`Grammar`], handed to
    /// [`whois::parse_with`](super::whois::parse_with).
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Grammar> = LazyLock::new(|| {
            let parsed = Grammar::parse(
                include_str!("../../data/whois/keys.toml"),
                include_str!("../../data/whois/phrases.toml"),
                include_str!("../../data/whois/registries.toml"),
            );
            #[expect(clippy::panic, reason = "the embedded bytes are checked by a test")]
            parsed.unwrap_or_else(|error| panic!("embedded grammar: {error}"))
        });
        &EMBEDDED
    }

    /// Finds the registry by the server asked, else by the longest suffix of the name.
    pub(crate) fn registry(&self, server: Option<&str>, name: Option<&str>) -> Option<&Registry> {
        let by_server = server.and_then(|server| {
            let host = server.trim().trim_end_matches('.').to_ascii_lowercase();
            let host = host.split(':').next().unwrap_or_default();
            self.by_host.get(host)
        });
        let found = by_server.or_else(|| {
            let mut suffix = name?;
            loop {
                if let Some(at) = self.by_suffix.get(suffix) {
                    return Some(at);
                }
                suffix = suffix.split_once('.')?.1;
            }
        });
        self.registries.get(*found?)
    }

    /// Finds a normalised key, first among the registry's own.
    pub(crate) fn key(&self, registry: Option<&Registry>, key: &str) -> Option<Key> {
        if key.is_empty() || key.len() > 80 {
            return None;
        }
        registry.and_then(|r| r.keys.get(key)).or_else(|| self.keys.get(key)).copied().or_else(|| {
            // "ns1 hostname", "server 2 name": a number inside is no part of the key.
            if key.bytes().any(|b| b.is_ascii_digit()) {
                let plain: String = key.chars().filter(|c| !c.is_ascii_digit()).collect();
                return self.keys.get(plain.trim()).copied();
            }
            // "Nome de domínio / Domain Name": bilingual keys.
            let (first, last) = key.split_once(" / ").or_else(|| key.split_once('/'))?;
            self.keys.get(last.trim()).or_else(|| self.keys.get(first.trim())).copied()
        })
    }

    /// Finds the role of a key whose value decides.
    pub(crate) fn by_value(&self, registry: Option<&Registry>, key: &str, value: &str) -> Option<Role> {
        let rules = &registry?.values;
        rules
            .iter()
            .find(|rule| rule.key == key && (rule.contains.is_empty() || contains_ignoring_case(value, &rule.contains)))
            .map(|rule| rule.role)
    }

    /// Tells whether a key speaks of a person or organisation by its first word.
    pub(crate) fn is_contact(&self, key: &str) -> bool {
        self.contact_prefixes.iter().any(|prefix| {
            key.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    }

    /// Tells whether a key speaks of the holder of the name by its first word.
    pub(crate) fn is_holder(&self, key: &str) -> bool {
        self.holder_prefixes.iter().any(|prefix| {
            key.strip_prefix(prefix.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    }

    /// Tells whether a key marks its whole block as another object than the domain.
    pub(crate) fn is_handle(&self, key: &str) -> bool {
        self.handles.iter().any(|handle| handle == key)
    }

    /// Finds a key within the registrar's, the domain's or a name server's lines.
    pub(crate) fn inner(&self, scope: Role, key: &str) -> Option<Role> {
        match scope {
            Role::Registrar => self.inner_registrar.get(key),
            Role::Domain | Role::Name => self.inner_domain.get(key),
            Role::Nameserver => self.inner_nameserver.get(key),
            _ => None,
        }
        .copied()
    }

    /// Gives the class a status word stands for.
    pub(crate) fn word(&self, registry: Option<&Registry>, status: &str) -> Option<Class> {
        let mut key = String::with_capacity(status.len());
        normal(status, &mut key);
        registry.and_then(|r| r.words.get(key.as_str())).or_else(|| self.words.get(key.as_str())).copied()
    }

    /// Gives the class a sentence stands for; the text is in lower case.
    pub(crate) fn phrase(&self, registry: Option<&Registry>, text: &str, opens: bool) -> Option<Class> {
        let own = registry.map_or(&[][..], |r| &r.phrases);
        own.iter().chain(&self.phrases).find(|(_, phrase)| says(text, phrase, opens)).map(|(class, _)| *class)
    }

    /// Reads the value of a key on DNSSEC.
    pub(crate) fn dnssec(&self, value: &str) -> Option<bool> {
        let mut key = String::new();
        normal(value, &mut key);
        let starts = |list: &[String]| {
            list.iter().any(|word| {
                key == *word || key.strip_prefix(word.as_str()).is_some_and(|rest| rest.starts_with([' ', ',']))
            })
        };
        if starts(&self.unsigned) {
            Some(false)
        } else if starts(&self.signed) {
            Some(true)
        } else {
            None
        }
    }

    /// Tells whether a value says that there is none.
    pub(crate) fn is_none(&self, value: &str) -> bool {
        value.len() <= 40 && {
            let value = value.trim_matches(|c: char| {
                c.is_whitespace() || matches!(c, '-' | '.' | '*' | '<' | '>' | '(' | ')' | '[' | ']')
            });
            value.is_empty() || self.none.iter().any(|word| value.eq_ignore_ascii_case(word))
        }
    }
}

/// Looks for a phrase: `^` binds it to the start of a paragraph, `$` to the end of the line.
fn says(line: &str, phrase: &str, opens: bool) -> bool {
    if let Some(start) = phrase.strip_prefix('^') {
        return opens && line.trim_start_matches(['%', '#', '*', '-', '"', ' ']).starts_with(start);
    }
    match phrase.strip_suffix('$') {
        Some(end) => line.trim_end_matches(['.', '!', '"', ' ', '*', '\'']).ends_with(end),
        None => line.contains(phrase),
    }
}

/// Looks for ASCII text whatever its case.
fn contains_ignoring_case(text: &str, part: &str) -> bool {
    text.len() >= part.len()
        && text.as_bytes().windows(part.len().max(1)).any(|w| w.eq_ignore_ascii_case(part.as_bytes()))
}

fn inner(list: HashMap<Role, Vec<String>>) -> Table<Role> {
    list.into_iter()
        .flat_map(|(role, words)| words.into_iter().map(move |word| (normalised(&word).into(), role)))
        .collect()
}

fn classes(list: HashMap<Class, Vec<String>>) -> Table<Class> {
    list.into_iter()
        .flat_map(|(class, words)| words.into_iter().map(move |word| (normalised(&word).into(), class)))
        .collect()
}

fn ordered(mut list: HashMap<Class, Vec<String>>) -> Vec<(Class, String)> {
    PHRASE_ORDER
        .into_iter()
        .flat_map(|class| list.remove(&class).unwrap_or_default().into_iter().map(move |p| (class, p.to_lowercase())))
        .collect()
}

fn registry(row: RegistryRow) -> Result<Registry, ReadError> {
    let wrong = |what: String| ReadError::BadGrammar { what: format!("registries: {}: {what}", row.id) };
    let zone = match &row.zone {
        Some(name) => Some(TimeZone::get(name).map_err(|e| wrong(e.to_string()))?),
        None => None,
    };
    let encodings = row
        .encodings
        .iter()
        .map(|name| Encoding::for_label(name.as_bytes()).ok_or_else(|| wrong(format!("encoding {name}"))))
        .collect::<Result<_, _>>()?;
    Ok(Registry {
        dates: DateHint { order: if row.month_first { Order::MonthFirst } else { Order::DayFirst }, zone },
        zone_name: row.zone,
        end_in_status: row.end_in_status,
        bare_nameservers: row.bare_nameservers,
        host_handles: row.host_handles,
        encodings,
        keys: row
            .keys
            .into_iter()
            .flat_map(|(role, words)| {
                words.into_iter().map(move |word| (normalised(&word).into(), Key { role, weak: false }))
            })
            .collect(),
        words: classes(row.words),
        phrases: ordered(row.phrases),
        values: row.values.into_iter().map(|rule| ValueRule { key: normalised(&rule.key), ..rule }).collect(),
    })
}
