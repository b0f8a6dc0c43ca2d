//! RDAP answers (RFC 9083): domain objects and errors.
//!
//! Any JSON that is a domain object is read, however oddly typed; what had to be overlooked is
//! listed in the notes. A page of HTML or nothing at all is a reading too (`unavailable`). Knows
//! nothing of HTTP: the status line of the answer is for the network part to weigh.

mod document;
mod lenient;

use std::{borrow::Cow, net::IpAddr};

use document::{Document, Entity, Event, Notice};

use super::{
    class,
    date::{self, DateHint},
    decode, epp,
    error::ReadError,
    host,
    reading::{Class, Note, Reading},
};

/// Largest document read; the largest real answers have some 100 kB.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Deepest nesting read: serde_json stops at 128 by itself, and real answers stay under 20.
pub const MAX_DEPTH: usize = 100;

/// Longest text kept from an answer, in bytes.
const MAX_TEXT: usize = 300;

/// Most values kept of one kind.
const MAX_KEPT: usize = 200;

/// Reads one RDAP answer.
pub fn parse(bytes: &[u8]) -> Result<Reading, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge { size: bytes.len(), limit: MAX_BYTES });
    }
    let bytes = bytes.trim_ascii_end();
    if bytes.is_empty() {
        return Ok(Reading::only(Class::Unavailable, "US-ASCII", Note::Empty));
    }
    // JSON between systems is UTF-8 (RFC 8259, section 8.1); what is valid is read in place.
    let (text, encoding, replaced): (Cow<'_, str>, _, _) = match std::str::from_utf8(bytes) {
        Ok(text) if !bytes.contains(&0) => (Cow::Borrowed(text.trim_start_matches('\u{FEFF}')), "UTF-8", false),
        _ => {
            let decoded = decode::decode(bytes, &[]);
            (decoded.text, decoded.encoding, decoded.replaced)
        }
    };
    let text = text.trim_start();
    if text.starts_with('<') {
        let mut reading = Reading::only(Class::Unavailable, encoding, Note::Html);
        if let Some(title) = html_title(text) {
            reading.notes.push(Note::Said(title));
        }
        return Ok(reading);
    }
    check_depth(text.as_bytes())?;
    let document: Document<'_> = serde_json::from_str(text).map_err(|error| ReadError::NotJson {
        line: error.line(),
        column: error.column(),
        what: host::clip(&error.to_string(), MAX_TEXT).into_owned(),
    })?;
    if document.odd {
        return Err(ReadError::NotADomain { what: "no JSON object".to_owned() });
    }
    let mut reading = read(&document)?;
    reading.raw_encoding = encoding.to_owned();
    if replaced {
        reading.notes.push(Note::BadBytes);
    }
    Ok(reading)
}

/// Takes the title of a web page: it often says why.
fn html_title(text: &str) -> Option<String> {
    let text = text.get(..text.len().min(4096)).or_else(|| text.get(..text.len().min(4093)))?;
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower.get(start..)?.find('<')?;
    let title = text.get(start..end)?.trim();
    (!title.is_empty()).then(|| host::clip(title, MAX_TEXT).into_owned())
}

/// Refuses nesting before anything is built.
///
/// Few documents have as many brackets as the limit in all, so the walk is seldom taken.
fn check_depth(bytes: &[u8]) -> Result<(), ReadError> {
    if bytes.iter().filter(|b| matches!(b, b'{' | b'[')).count() <= MAX_DEPTH {
        return Ok(());
    }
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(ReadError::TooDeep { limit: MAX_DEPTH, at });
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn read(document: &Document<'_>) -> Result<Reading, ReadError> {
    let kind = document.class.get();
    if let [only] = &*document.found.items
        && kind.is_none()
    {
        return read(only);
    }
    if !document.found.items.is_empty() && kind.is_none() {
        return Err(ReadError::NotADomain {
            what: format!("a search result with {} domains", document.found.items.len()),
        });
    }
    match kind {
        Some(kind) if kind.eq_ignore_ascii_case("domain") => Ok(domain(document)),
        Some(kind) => Err(ReadError::NotADomain { what: format!("objectClassName is \"{}\"", host::clip(kind, 60)) }),
        None if document.error_code.value.is_some() => Ok(error(document)),
        // Some servers leave the class out; a name with facts is a domain all the same.
        None if document.ldh_name.get().is_some() || document.unicode_name.get().is_some() => {
            let mut reading = domain(document);
            reading.notes.push(Note::OddForm("objectClassName".to_owned()));
            Ok(reading)
        }
        None if document.title.get().is_some()
            || !document.description.items.is_empty()
            || !document.notices.items.is_empty() =>
        {
            Ok(error(document))
        }
        None => Err(ReadError::NotADomain { what: "objectClassName is missing".to_owned() }),
    }
}

/// Reads an error answer (RFC 9083, section 6; the codes are those of HTTP, RFC 7480).
fn error(document: &Document<'_>) -> Reading {
    let code = document.error_code.value.and_then(|code| u16::try_from(code).ok());
    let mut said: Vec<&str> = Vec::new();
    said.extend(document.title.get());
    said.extend(document.description.items.iter().filter_map(|word| word.get()));
    for notice in &document.notices.items {
        said.extend(notice.title.get());
        said.extend(notice.description.items.iter().filter_map(|word| word.get()));
    }
    let said = said.join(" ");
    let spoken = class::of_phrase(&said.to_lowercase());
    let class = match code {
        Some(404) => match spoken {
            // A registry may answer 404 for a name it keeps back and say so in words.
            Some(class @ (Class::Reserved | Class::Blocked | Class::Premium | Class::Throttled)) => class,
            _ => Class::Available,
        },
        Some(429) => Class::Throttled,
        Some(400 | 422) => Class::InvalidQuery,
        Some(401 | 403 | 451) => {
            if spoken == Some(Class::Throttled) {
                Class::Throttled
            } else {
                Class::Refused
            }
        }
        Some(500..) => Class::Unavailable,
        _ => spoken.filter(|class| class.is_about_the_service()).unwrap_or(Class::Unknown),
    };
    let mut reading = Reading { class, ..Reading::default() };
    reading.notes.extend(code.map(Note::ErrorCode));
    if !said.is_empty() {
        reading.notes.push(Note::Said(host::clip(&said, MAX_TEXT).into_owned()));
    }
    if let Some(name) = document.ldh_name.get() {
        reading.name = host::a_label(name);
    }
    reading
}

fn domain(document: &Document<'_>) -> Reading {
    let mut reading = Reading::default();
    let names = [document.ldh_name.get(), document.unicode_name.get()];
    reading.name = names.into_iter().flatten().find_map(host::a_label);
    if reading.name.is_none() {
        reading.notes.push(Note::OddForm("ldhName".to_owned()));
    }
    statuses(document, &mut reading);
    for event in &document.events.items {
        date_of(event, &mut reading);
    }
    registrar(&document.entities.items, &mut reading);
    nameservers(document, &mut reading);
    let dns = &document.secure_dns;
    // DS or key data without the flag is a signed delegation all the same.
    reading.dnssec = dns
        .delegation_signed
        .value
        .or_else(|| (!dns.ds.items.is_empty() || !dns.keys.items.is_empty()).then_some(true));
    for variant in &document.variants.items {
        for name in &variant.names.items {
            let name = name.ldh_name.get().or(name.unicode_name.get()).and_then(host::a_label);
            keep(&mut reading.variants, name, "variants", &mut reading.notes);
        }
    }
    for redacted in &document.redacted.items {
        let name = redacted
            .name
            .description
            .get()
            .or(redacted.name.kind.get())
            .map(|text| host::clip(text, MAX_TEXT).into_owned());
        keep(&mut reading.redacted, name, "redacted", &mut reading.notes);
    }
    for other in &document.others {
        keep(&mut reading.unknown, Some(host::clip(other, 100).into_owned()), "unknown", &mut reading.notes);
    }
    forms(document, &mut reading.notes);
    reading.referral = document
        .links
        .items
        .iter()
        .find(|link| link.rel.get() == Some("related") && link.kind.get().is_some_and(|kind| kind.contains("rdap")))
        .and_then(|link| link.href.get())
        .map(|href| host::clip(href, MAX_TEXT).into_owned());
    finish(document, &mut reading);
    reading
}

/// Sets the class, from the statuses first and the words of notices and remarks second.
fn finish(document: &Document<'_>, reading: &mut Reading) {
    let class = class::of_statuses(&reading.statuses);
    let bare = reading.created.is_none()
        && reading.expires.is_none()
        && reading.nameservers.is_empty()
        && reading.registrar.is_none();
    reading.class = match class {
        Some(class) => class,
        None if bare => document
            .remarks
            .items
            .iter()
            .chain(&document.notices.items)
            .flat_map(words_of)
            .find_map(|text| class::of_phrase(&text.to_lowercase()).map(|class| (class, text)))
            .map_or(Class::Registered, |(class, text)| {
                reading.notes.push(Note::Said(host::clip(text, MAX_TEXT).into_owned()));
                class
            }),
        None => Class::Registered,
    };
    class::note_holds(reading);
    class::settle_end_dates(reading);
}

fn words_of<'n>(notice: &'n Notice<'_>) -> impl Iterator<Item = &'n str> {
    notice.title.get().into_iter().chain(notice.description.items.iter().filter_map(|word| word.get()))
}

fn statuses(document: &Document<'_>, reading: &mut Reading) {
    for word in document.status.items.iter().filter_map(|word| word.get()) {
        let status = match word {
            // RFC 8056, section 2: the RDAP word for EPP "ok".
            "active" => "ok",
            word => epp::read(word),
        };
        let status = host::clip(status, 100).into_owned();
        if !reading.statuses.contains(&status) {
            keep(&mut reading.statuses, Some(status), "statuses", &mut reading.notes);
        }
    }
}

/// Files one event by its action (the values of the IANA registry "RDAP JSON Values").
fn date_of(event: &Event<'_>, reading: &mut Reading) {
    let Some(action) = event.action.get() else { return };
    let slot = if is(action, "registration") {
        &mut reading.created
    } else if is(action, "last changed") {
        &mut reading.updated
    } else if is(action, "expiration") {
        &mut reading.expires
    } else if is(action, "registrar expiration") {
        &mut reading.registrar_expires
    } else {
        return;
    };
    if slot.is_some() {
        return;
    }
    match event.date.get() {
        None => {}
        Some(text) => match date::read(text, &DateHint::default()) {
            Some(read) => {
                *slot = Some(read.when);
                if read.assumed {
                    assume_utc(reading);
                }
            }
            None => {
                reading.notes.push(Note::OddDate { field: action.to_owned(), text: host::clip(text, 100).into_owned() })
            }
        },
    }
}

fn assume_utc(reading: &mut Reading) {
    if reading.assumed_zone.is_none() {
        reading.assumed_zone = Some("UTC".to_owned());
        reading.notes.push(Note::ZoneAssumed("UTC".to_owned()));
    }
}

/// Compares an action word whatever its case and spaces.
fn is(word: &str, action: &str) -> bool {
    word.len() <= 2 * action.len()
        && word
            .bytes()
            .filter(|b| !b" -_".contains(b))
            .map(|b| b.to_ascii_lowercase())
            .eq(action.bytes().filter(|b| *b != b' '))
}

fn registrar(entities: &[Entity<'_>], reading: &mut Reading) {
    let Some(entity) = entities
        .iter()
        .find(|entity| entity.roles.items.iter().any(|role| role.get().is_some_and(|role| is(role, "registrar"))))
    else {
        return;
    };
    let name = entity
        .vcard
        .full_name
        .as_deref()
        .filter(|name| !name.is_empty())
        .or(entity.vcard.organisation.as_deref())
        .or(entity.handle.get());
    reading.registrar = name.map(|name| host::clip(name, MAX_TEXT).into_owned());
    reading.registrar_iana_id = entity
        .public_ids
        .items
        .iter()
        .filter(|id| id.kind.get().is_none_or(|kind| kind.to_ascii_lowercase().contains("registrar")))
        .find_map(|id| id.identifier.get()?.parse().ok());
}

fn nameservers(document: &Document<'_>, reading: &mut Reading) {
    for server in &document.nameservers.items {
        let Some(name) =
            [server.ldh_name.get(), server.unicode_name.get()].into_iter().flatten().find_map(host::a_label)
        else {
            continue;
        };
        let addresses: Vec<IpAddr> = server
            .addresses
            .v4
            .items
            .iter()
            .chain(&server.addresses.v6.items)
            .filter_map(|word| word.get()?.parse().ok())
            .take(MAX_KEPT)
            .collect();
        if !addresses.is_empty() {
            reading.glue.insert(name.clone(), addresses);
        }
        if !reading.nameservers.contains(&name) {
            keep(&mut reading.nameservers, Some(name), "nameservers", &mut reading.notes);
        }
    }
}

/// Notes values that had another form than RFC 9083 asks for.
fn forms(document: &Document<'_>, notes: &mut Vec<Note>) {
    let places = [
        (document.status.odd, "status"),
        (document.events.odd || document.events.items.iter().any(|event| event.odd), "events"),
        (
            document.entities.odd || document.entities.items.iter().any(|entity| entity.odd || entity.roles.odd),
            "entities",
        ),
        (document.nameservers.odd || document.nameservers.items.iter().any(|server| server.odd), "nameservers"),
        (document.secure_dns.odd || document.secure_dns.delegation_signed.odd, "secureDNS"),
        (document.variants.odd, "variants"),
        (document.notices.odd, "notices"),
        (document.remarks.odd, "remarks"),
        (document.ldh_name.odd, "ldhName"),
    ];
    notes.extend(places.into_iter().filter(|(odd, _)| *odd).map(|(_, place)| Note::OddForm(place.to_owned())));
}

fn keep(list: &mut Vec<String>, item: Option<String>, name: &'static str, notes: &mut Vec<Note>) {
    let Some(item) = item else { return };
    if list.len() < MAX_KEPT {
        list.push(item);
    } else if !notes.contains(&Note::Shortened(name)) {
        notes.push(Note::Shortened(name));
    }
}
