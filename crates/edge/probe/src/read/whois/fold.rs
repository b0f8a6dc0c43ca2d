//! From lines to objects: which line belongs to what.
//!
//! ```text
//!            key without value            deeper or next lines
//! outside ----------------------> part ------------------------> values of the part
//!    ^                              |
//!    +------------------------------+  a line not deeper than the heading (if its lines were
//!                                      deeper), or a blank line (if they were not)
//! ```
//! A block whose first key is a person's or that carries a handle belongs to another object;
//! there only unmistakable keys are believed. A second domain name starts a second object.

use std::{collections::BTreeMap, net::IpAddr};

use super::{
    super::{
        date, epp,
        grammar::Role,
        host,
        reading::{Note, Reading, When},
    },
    line::{Kind, Line, Splitter, is_date},
};

/// Objects kept of one answer.
const MAX_OBJECTS: usize = 64;

/// Values kept of one kind.
const MAX_KEPT: usize = 100;

/// Longest text kept, in bytes.
const MAX_TEXT: usize = 200;

/// What is known of one object so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The name, as A-label.
    pub(super) name: Option<String>,
    /// Further names of the same registration (a bundle, RFC 9095).
    pub(super) variants: Vec<String>,
    registrar: Option<String>,
    registrar_iana_id: Option<u32>,
    created: Option<When>,
    updated: Option<When>,
    /// The block "updated" was found in.
    updated_in: usize,
    expires: Option<When>,
    registrar_expires: Option<When>,
    assumed: bool,
    assumed_zone: Option<String>,
    statuses: Vec<String>,
    nameservers: Vec<String>,
    glue: BTreeMap<String, Vec<IpAddr>>,
    dnssec: Option<bool>,
    referral: Option<String>,
    notes: Vec<Note>,
}

impl Draft {
    /// Tells whether anything but the name is known.
    pub(super) fn has_facts(&self) -> bool {
        self.has_dates()
            || !self.nameservers.is_empty()
            || self.registrar.is_some()
            || !self.statuses.is_empty()
            || self.referral.is_some()
    }

    fn has_dates(&self) -> bool {
        self.created.is_some() || self.updated.is_some() || self.expires.is_some() || self.registrar_expires.is_some()
    }

    /// Fills gaps from a later object of the same name.
    pub(super) fn fill(&mut self, other: Self) {
        fn gap<T>(mine: &mut Option<T>, other: Option<T>) {
            if mine.is_none() {
                *mine = other;
            }
        }
        gap(&mut self.registrar, other.registrar);
        gap(&mut self.registrar_iana_id, other.registrar_iana_id);
        gap(&mut self.created, other.created);
        gap(&mut self.updated, other.updated);
        gap(&mut self.expires, other.expires);
        gap(&mut self.registrar_expires, other.registrar_expires);
        gap(&mut self.dnssec, other.dnssec);
        gap(&mut self.referral, other.referral);
        gap(&mut self.assumed_zone, other.assumed_zone);
        self.assumed |= other.assumed;
        if self.statuses.is_empty() {
            self.statuses = other.statuses;
        }
        if self.nameservers.is_empty() {
            self.nameservers = other.nameservers;
            self.glue = other.glue;
        }
    }

    /// Keeps of an answer about the zone above only where to ask next.
    pub(super) fn only_referral(self) -> Self {
        Self { referral: self.referral, ..Self::default() }
    }

    /// Tells whether the object points to another server.
    pub(super) fn refers(&self) -> bool {
        self.referral.is_some()
    }

    /// Makes the record of it.
    pub(super) fn into_reading(mut self) -> Reading {
        if self.assumed {
            let zone = self.assumed_zone.clone().unwrap_or_default();
            self.notes.push(Note::ZoneAssumed(zone));
        }
        Reading {
            name: self.name,
            variants: self.variants,
            registrar: self.registrar,
            registrar_iana_id: self.registrar_iana_id,
            created: self.created,
            updated: self.updated,
            expires: self.expires,
            registrar_expires: self.registrar_expires,
            assumed_zone: self.assumed_zone.filter(|_| self.assumed),
            statuses: self.statuses,
            nameservers: self.nameservers,
            glue: self.glue,
            dnssec: self.dnssec,
            referral: self.referral,
            notes: self.notes,
            ..Reading::default()
        }
    }
}

/// The part of an answer that lines are in.
#[derive(Clone, Copy, Debug)]
struct Part {
    role: Role,
    /// Indent of the heading.
    indent: usize,
    /// Indent of its first line.
    content: Option<usize>,
    /// Only deeper lines belong to it: the heading had a value of its own.
    deeper_only: bool,
}

/// Folds lines into objects.
pub(super) struct Fold<'g> {
    splitter: Splitter<'g>,
    drafts: Vec<Draft>,
    draft: Draft,
    part: Option<Part>,
    /// Whether the block belongs to another object than the domain.
    foreign: bool,
    /// Whether a block has begun.
    in_block: bool,
    /// Blocks begun so far.
    block: usize,
    /// Whether the block began with the object's name.
    in_name_block: bool,
    /// Role and indent of the last key, for values that go on in the next line.
    last: Option<(Role, usize)>,
    last_host: Option<String>,
    unknown: Vec<String>,
}

/// Reads a name as answers write it: `EXAMPLE.ORG (example)`, `"example.org"`, `例子.中国 (xn--...)`.
pub(super) fn name_in(value: &str) -> Option<String> {
    let value = value.trim();
    if let Some(name) = host::a_label(value) {
        return Some(name);
    }
    let first = value
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '"' | ',' | '\''))
        .find(|word| !word.is_empty())?;
    if !first.contains('.') && value.split_whitespace().nth(1).is_some_and(|next| !next.starts_with(['(', '['])) {
        return None;
    }
    host::a_label(first)
}

impl<'g> Fold<'g> {
    pub(super) fn new(splitter: Splitter<'g>) -> Self {
        Self {
            splitter,
            drafts: Vec::new(),
            draft: Draft::default(),
            part: None,
            foreign: false,
            in_block: false,
            block: 0,
            in_name_block: false,
            last: None,
            last_host: None,
            unknown: Vec::new(),
        }
    }

    /// Gives the objects and the keys nobody knew.
    pub(super) fn finish(mut self) -> (Vec<Draft>, Vec<String>) {
        self.drafts.push(self.draft);
        (self.drafts, self.unknown)
    }

    /// Takes one line.
    pub(super) fn take(&mut self, raw: &str) {
        let line = self.splitter.split(raw);
        match line.kind {
            Kind::Blank => return self.blank(),
            Kind::Remark => return self.remark(&line),
            _ => {}
        }
        self.leave_part(&line);
        if !self.in_block {
            self.in_block = true;
            if self.part.is_none() {
                self.foreign = matches!(line.key, Some(key) if matches!(key.role, Role::Contact | Role::Signed))
                    || line.handle
                    || (line.contact && line.kind == Kind::Heading);
            }
        } else if line.handle && self.part.is_none() {
            self.foreign = true;
        }
        if matches!(line.key, Some(key) if key.role == Role::Name) {
            self.foreign = false;
        }
        match line.kind {
            Kind::Heading => self.heading(&line),
            Kind::Pair => self.pair(&line),
            _ => self.loose(&line),
        }
    }

    /// Ends what a blank line ends.
    fn blank(&mut self) {
        self.block += usize::from(self.in_block);
        self.in_block = false;
        self.in_name_block = false;
        self.foreign = false;
        self.last = None;
        if let Some(part) = self.part
            && (part.deeper_only || part.content.is_some_and(|content| content <= part.indent))
        {
            self.part = None;
        }
    }

    /// Some servers head their blocks with remarks (`% Registrar:`).
    fn remark(&mut self, line: &Line<'_>) {
        if let Some(key) = line.key
            && matches!(key.role, Role::Contact | Role::Registrar | Role::Domain)
        {
            self.blank();
            self.part = Some(Part { role: key.role, indent: line.indent, content: None, deeper_only: false });
        }
    }

    /// Leaves the open part where the line stands outside it.
    fn leave_part(&mut self, line: &Line<'_>) {
        let Some(part) = &mut self.part else { return };
        match part.content {
            None if part.deeper_only && line.indent <= part.indent => self.part = None,
            None if line.indent < part.indent => self.part = None,
            None => part.content = Some(line.indent),
            Some(content) if content > part.indent && line.indent <= part.indent => self.part = None,
            Some(_) if line.indent < part.indent => self.part = None,
            Some(_) => {}
        }
    }

    fn in_contact(&self) -> bool {
        self.foreign || self.part.is_some_and(|part| matches!(part.role, Role::Contact | Role::Legal | Role::Quiet))
    }

    fn heading(&mut self, line: &Line<'_>) {
        self.last = None;
        if let Some(part) = self.part
            && let Some(role) = self.splitter.inner(part.role, line.name)
            && part.role != role
        {
            // A field of the part that is left empty.
            self.last = Some((role, line.indent));
            return;
        }
        let role = match line.key {
            Some(key) if key.weak && self.in_contact() => return,
            Some(key) => key.role,
            None if line.contact => Role::Contact,
            // An empty field inside a part is no heading of its own.
            None if self
                .part
                .is_some_and(|part| line.indent > part.indent || part.content.is_none_or(|c| c >= line.indent)) =>
            {
                return;
            }
            None => {
                self.note_unknown(line);
                Role::Quiet
            }
        };
        self.part = Some(Part { role, indent: line.indent, content: None, deeper_only: false });
    }

    fn pair(&mut self, line: &Line<'_>) {
        if let Some(part) = self.part
            && let Some(role) = self.splitter.inner(part.role, line.name)
        {
            self.last = Some((role, line.indent));
            return self.assign(role, line.value, line.name);
        }
        let Some(key) = line.key else {
            self.last = None;
            if self.part.is_some_and(|part| part.role == Role::Signed) {
                // Whatever stands under "Keys:" is key material.
                return self.assign(Role::Signed, line.value, line.name);
            }
            if line.contact || self.in_contact() || self.part.is_some_and(|part| part.role != Role::Domain) {
                return;
            }
            return self.note_unknown(line);
        };
        if key.weak && (self.in_contact() || self.part.is_some_and(|part| part.role == Role::Registrar)) {
            self.last = None;
            return;
        }
        self.last = Some((key.role, line.indent));
        self.assign(key.role, line.value, line.name);
        if matches!(key.role, Role::Contact | Role::Registrar) {
            let open_deeper = self.part.is_none_or(|part| line.indent <= part.indent || part.role == Role::Domain);
            if open_deeper {
                self.part = Some(Part { role: key.role, indent: line.indent, content: None, deeper_only: true });
            }
        }
    }

    /// Takes a line without a key: a value of the open part, or more of the last key's.
    fn loose(&mut self, line: &Line<'_>) {
        if let Some((role, indent)) = self.last
            && (line.indent > indent || role == Role::Nameserver)
            && matches!(role, Role::Nameserver | Role::Status | Role::Address)
            && (role != Role::Nameserver || host::leads_with_host(line.value))
        {
            return self.assign(role, line.value, "");
        }
        let Some(part) = self.part else { return };
        match part.role {
            Role::Registrar if self.draft.registrar.is_some() => {}
            Role::Nameserver if !line.value.contains('.') && !line.value.contains(':') => {}
            role if is_date(role) && !line.value.contains(|c: char| c.is_ascii_digit()) => {}
            Role::Name if self.draft.name.is_some() => {}
            Role::Name
            | Role::Registrar
            | Role::Status
            | Role::Nameserver
            | Role::Address
            | Role::Dnssec
            | Role::Signed
            | Role::RegistrarId => {
                self.assign(part.role, line.value, "");
            }
            role if is_date(role) => self.assign(role, line.value, ""),
            _ => {}
        }
    }

    fn note_unknown(&mut self, line: &Line<'_>) {
        if self.unknown.len() < MAX_KEPT && line.name.len() <= 60 && line.name.split_whitespace().count() <= 5 {
            let text = if line.value.is_empty() {
                format!("{}:", line.name)
            } else {
                format!("{}: {}", line.name, line.value)
            };
            self.unknown.push(host::clip(&text, MAX_TEXT).into_owned());
        }
    }

    /// Files a value.
    fn assign(&mut self, role: Role, value: &str, name: &str) {
        let grammar = self.splitter.grammar;
        match role {
            Role::Name => self.name(value),
            Role::Registrar => {
                if self.draft.registrar.is_none() && !grammar.is_none(value) {
                    let end = ["[Tag", "(http", "( http"]
                        .iter()
                        .filter_map(|mark| value.find(mark))
                        .min()
                        .unwrap_or(value.len());
                    let value = value.get(..end).unwrap_or(value).trim();
                    self.draft.registrar = Some(host::clip(value, MAX_TEXT).into_owned());
                }
            }
            Role::RegistrarId => {
                if self.draft.registrar_iana_id.is_none() {
                    self.draft.registrar_iana_id = value.trim().parse().ok();
                }
            }
            Role::Created | Role::Updated | Role::Expires | Role::RegistrarExpires => self.date(role, value, name),
            Role::Status => self.status(value),
            Role::Nameserver => self.nameserver(value),
            Role::Address => self.address(value),
            Role::Dnssec => {
                if self.draft.dnssec.is_none() {
                    self.draft.dnssec = grammar.dnssec(value);
                }
            }
            Role::Signed => {
                if !grammar.is_none(value) && self.draft.dnssec != Some(true) {
                    self.draft.dnssec = Some(grammar.dnssec(value).unwrap_or(true));
                }
            }
            Role::Referral => {
                if self.draft.referral.is_none() && !grammar.is_none(value) {
                    let server = value.trim_start_matches("whois://").split_whitespace().next().unwrap_or_default();
                    self.draft.referral = Some(host::clip(server, MAX_TEXT).to_ascii_lowercase());
                }
            }
            Role::Domain | Role::Contact | Role::Legal | Role::Quiet => {}
        }
    }

    fn name(&mut self, value: &str) {
        let Some(name) = name_in(value) else { return };
        let same = self.draft.name.as_deref() == Some(name.as_str());
        // Two names at the head of one block are one registration with several labels.
        if let Some(first) = &self.draft.name
            && !same
            && self.in_name_block
            && !self.draft.has_facts()
            && first.contains('.')
        {
            if self.draft.variants.len() < MAX_KEPT && !self.draft.variants.contains(&name) {
                self.draft.variants.push(name);
            }
            return;
        }
        self.in_name_block = true;
        if self.draft.name.is_some() && (self.draft.has_facts() || !same) && self.drafts.len() < MAX_OBJECTS {
            self.drafts.push(std::mem::take(&mut self.draft));
        }
        if self.draft.name.is_none() {
            self.draft.name = Some(name);
        }
        self.last_host = None;
    }

    fn date(&mut self, role: Role, value: &str, name: &str) {
        let registry = self.splitter.registry;
        let default = date::DateHint::default();
        let hint = registry.map_or(&default, |r| &r.dates);
        let draft = &mut self.draft;
        let slot = match role {
            Role::Created => &mut draft.created,
            Role::Updated => &mut draft.updated,
            Role::Expires => &mut draft.expires,
            _ => &mut draft.registrar_expires,
        };
        // Of several changes listed together the latest counts; of other dates the first.
        if slot.is_some() && (role != Role::Updated || draft.updated_in != self.block) {
            return;
        }
        match date::read(value, hint) {
            Some(read) if slot.is_some_and(|known| known.day() >= read.when.day()) => {}
            Some(read) => {
                *slot = Some(read.when);
                if role == Role::Updated {
                    draft.updated_in = self.block;
                }
                if read.assumed {
                    draft.assumed = true;
                    draft.assumed_zone =
                        Some(registry.and_then(|r| r.zone_name.clone()).unwrap_or_else(|| "UTC".to_owned()));
                }
            }
            None if self.splitter.grammar.is_none(value) => {}
            None => {
                if draft.notes.len() < MAX_KEPT {
                    draft.notes.push(Note::OddDate {
                        field: host::clip(name, 60).into_owned(),
                        text: host::clip(value, 100).into_owned(),
                    });
                }
            }
        }
    }

    /// Takes one status or a list of them (`a, b` and `a / b`).
    fn status(&mut self, value: &str) {
        let grammar = self.splitter.grammar;
        let whole = grammar.word(self.splitter.registry, value).is_some();
        if !whole && grammar.is_none(value) {
            return;
        }
        if let Some(registry) = self.splitter.registry
            && registry.end_in_status
            && let Some((_, end)) = value.split_once('(')
            && self.draft.expires.is_none()
        {
            self.draft.expires = date::read(end, &registry.dates).map(|read| read.when);
        }
        let parts: Vec<&str> = if whole || value.contains("http") || value.contains('(') {
            vec![value]
        } else {
            value.split([',', ';']).flat_map(|part| part.split(" / ")).collect()
        };
        for part in parts {
            let status = host::clip(epp::read(part), MAX_TEXT);
            let status = status.trim();
            if !status.is_empty()
                && self.draft.statuses.len() < MAX_KEPT
                && !self.draft.statuses.iter().any(|known| known.eq_ignore_ascii_case(status))
            {
                self.draft.statuses.push(status.to_owned());
            }
        }
    }

    fn nameserver(&mut self, value: &str) {
        if self.splitter.grammar.is_none(value) {
            return;
        }
        // A line of a zone file: what stands after "NS" is the server.
        let value = [" NS ", "\tNS\t", "\tNS "]
            .iter()
            .find_map(|mark| value.split_once(mark))
            .map_or(value, |(_, server)| server);
        for word in host::words(value).take(MAX_KEPT) {
            match word {
                host::Word::Host(name) if self.splitter.grammar.is_none(&name) => {}
                host::Word::Host(name) => {
                    self.last_host = Some(name.clone());
                    if self.draft.nameservers.len() < MAX_KEPT && !self.draft.nameservers.contains(&name) {
                        self.draft.nameservers.push(name);
                    }
                }
                host::Word::Address(address) => self.glue(address),
            }
        }
    }

    fn address(&mut self, value: &str) {
        for word in host::words(value).take(MAX_KEPT) {
            if let host::Word::Address(address) = word {
                self.glue(address);
            }
        }
    }

    fn glue(&mut self, address: IpAddr) {
        if let Some(name) = &self.last_host {
            let known = self.draft.glue.entry(name.clone()).or_default();
            if known.len() < MAX_KEPT && !known.contains(&address) {
                known.push(address);
            }
        }
    }
}
