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

use std::net::IpAddr;

use super::{
    super::{
        date, epp,
        grammar::Role,
        host,
        reading::{Note, When},
    },
    draft::Draft,
    line::{Kind, Line, Splitter, is_date},
};

/// Objects kept of one answer.
const MAX_OBJECTS: usize = 64;

/// Values kept of one kind.
const MAX_KEPT: usize = 100;

/// Longest text kept, in bytes.
const MAX_TEXT: usize = 200;

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
        self.draft.held |= line.holder
            && self.draft.name.is_some()
            && (line.kind == Kind::Heading || !self.splitter.grammar.is_none(line.value));
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
        // A heading nobody knows with a blank line below is no more than a sentence.
        if let Some(part) = self.part
            && (part.deeper_only
                || (part.role == Role::Quiet && part.content.is_none())
                || part.content.is_some_and(|content| content <= part.indent))
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
        // `Name Server:` with nothing after it and the next field at once below: left empty.
        if let Some(part) = self.part
            && line.kind == Kind::Pair
            && line.indent == part.indent
            && matches!(line.key, Some(key) if !key.weak && key.role != part.role)
            && (is_date(part.role)
                || matches!(part.role, Role::Name | Role::Nameserver | Role::Status | Role::Dnssec | Role::Address))
            && self.splitter.inner(part.role, line.name).is_none()
        {
            self.part = None;
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
        // "domain:  example.is" and below it, deeper, "Reserved".
        if let Some((Role::Name, indent)) = self.last
            && line.indent > indent
            && self.splitter.grammar.word(self.splitter.registry, line.value).is_some()
        {
            return self.assign(Role::Status, line.value, "");
        }
        let Some(part) = self.part else { return self.bare(line) };
        match part.role {
            Role::Registrar if self.draft.registrar.is_some() => {}
            Role::Nameserver if !line.value.contains('.') && !line.value.contains(':') => {}
            role if is_date(role) && !line.value.contains(|c: char| c.is_ascii_digit()) => {}
            Role::Name => {
                // One name under one heading: what follows is not another.
                self.part = None;
                self.assign(Role::Name, line.value, "");
            }
            Role::Registrar
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

    /// Takes a line without key and part where the registry answers with nothing else:
    /// `example ns1.example.net`.
    fn bare(&mut self, line: &Line<'_>) {
        if self.splitter.registry.is_some_and(|registry| registry.bare_nameservers)
            && let Some((label, host)) = line.value.split_once(char::is_whitespace)
            && !label.contains('.')
            && !host.trim().contains(char::is_whitespace)
        {
            self.assign(Role::Nameserver, host, "");
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
            // "before Aug-1996": the bound is the only date there is.
            None if role == Role::Created
                && let Some(bound) = date::bound(value) =>
            {
                *slot = Some(When::Day(bound));
                draft.notes.push(Note::Before(host::clip(value, 60).into_owned()));
            }
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
        // Lines of a zone file: a DS record is no server; what stands after "NS" is one.
        if [" DS ", "\tDS\t", "\tDS "].iter().any(|mark| value.contains(mark)) {
            self.draft.dnssec = Some(true);
            return;
        }
        let value = [" NS ", "\tNS\t", "\tNS "]
            .iter()
            .find_map(|mark| value.split_once(mark))
            .map_or(value, |(_, server)| server);
        for word in host::words(value).take(MAX_KEPT) {
            match word {
                host::Word::Host(name) if self.splitter.grammar.is_none(&name) || self.is_handle(&name) => {}
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

    /// Tells whether a host is the handle of a registry's object: `NS1EXAM0.SER`.
    fn is_handle(&self, name: &str) -> bool {
        self.splitter
            .registry
            .is_some_and(|registry| registry.host_handles.iter().any(|end| name.ends_with(end.as_str())))
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
