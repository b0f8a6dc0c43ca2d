//! WHOIS answers (RFC 3912): text for people, in as many forms as there are registries.
//!
//! ```text
//! bytes -> decode -> lines (line.rs) -> objects (fold.rs) -> the object asked for, its class
//!                      keys.toml         indents, blocks      phrases.toml, registries.toml
//! ```
//!
//! Knows no registry by name: what is special to one is a row of the tables. Never takes silence
//! for freedom: `available` needs the server's own words for it.

mod draft;
mod fold;
mod line;

use draft::Draft;
use fold::Fold;
use line::{Kind, Splitter};

use super::{
    class, decode,
    error::ReadError,
    grammar::{Grammar, Registry, Role},
    host,
    reading::{Class, Note, Reading},
};

/// Largest answer read; the largest real ones have some 50 kB.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Longest line read. One line of half the whole is still walked once.
pub const MAX_LINE: usize = 512 * 1024;

/// Most lines read.
pub const MAX_LINES: usize = 20_000;

/// Text searched for the server's own words, in bytes: they come early, terms of use late.
const PHRASE_WINDOW: usize = 64 * 1024;

/// Longest text kept from an answer, in bytes.
const MAX_TEXT: usize = 300;

/// Reads one WHOIS answer with the tables built in.
///
/// `server` is the host asked, `domain` the name asked; both may be unknown, both help.
pub fn parse(bytes: &[u8], server: Option<&str>, domain: Option<&str>) -> Result<Reading, ReadError> {
    parse_with(Grammar::embedded(), bytes, server, domain)
}

/// Reads one WHOIS answer with tables of the caller's own.
pub fn parse_with(
    grammar: &Grammar,
    bytes: &[u8],
    server: Option<&str>,
    domain: Option<&str>,
) -> Result<Reading, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge { size: bytes.len(), limit: MAX_BYTES });
    }
    let asked = domain.and_then(host::a_label);
    // The name stated tells the usual encodings too; it is ASCII in all of them.
    let registry = grammar.registry(server, asked.as_deref()).or_else(|| {
        std::str::from_utf8(bytes).err()?;
        grammar.registry(None, stated_name(grammar, &String::from_utf8_lossy(bytes)).as_deref())
    });
    let decoded = decode::decode(bytes, registry.map_or(&[], |r| &r.encodings));
    let text = after_root(&decoded.text);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if text.is_empty() {
        let mut reading = Reading::only(Class::Unavailable, decoded.encoding, Note::Empty);
        reading.name = asked;
        return Ok(reading);
    }
    check_lines(text)?;

    let registry = registry.or_else(|| grammar.registry(None, stated_name(grammar, text).as_deref()));
    let mut fold = Fold::new(Splitter::new(grammar, registry));
    for raw in lines(text) {
        fold.take(raw);
    }
    let (drafts, unknown) = fold.finish();
    let (mut reading, held) = choose(drafts, asked.as_deref());
    reading.raw_encoding = decoded.encoding.to_owned();
    judge(grammar, registry, text, &mut reading, held);
    if reading.class.is_about_the_service() {
        reading.unknown.clear();
    } else {
        reading.unknown = unknown;
    }
    if reading.class == Class::Unknown && reading.unknown.is_empty() {
        let said = text.lines().map(str::trim).filter(|line| !line.is_empty());
        reading.unknown.extend(said.take(20).map(|line| host::clip(line, MAX_TEXT).into_owned()));
    }
    if decoded.replaced {
        reading.notes.push(Note::BadBytes);
    }
    if decoded.guessed {
        reading.notes.push(Note::EncodingGuessed);
    }
    if let Some(domain) = domain {
        reading.asked_for(domain);
    }
    Ok(reading)
}

/// Leaves out the root's answer where a client put it before the registry's.
///
/// Such clients head each further answer with the host they asked: `# whois.nic.example`.
fn after_root(text: &str) -> &str {
    let head = text.get(..text.len().min(200)).unwrap_or(text);
    if !head.trim_start().starts_with("% IANA WHOIS server") {
        return text;
    }
    let mut from = 0;
    for line in text.split_inclusive('\n').take(500) {
        from += line.len();
        if let Some(host) = line.trim_end().strip_prefix("# ")
            && !host.contains(' ')
            && host::leads_with_host(host)
        {
            let rest = text.get(from..).unwrap_or_default();
            return if rest.trim().is_empty() { text } else { rest };
        }
    }
    text
}

/// Splits at LF or CR LF, as RFC 3912 asks; at CR where the text has no LF at all.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let end = if text.contains('\n') { '\n' } else { '\r' };
    text.split(end).map(|line| line.strip_suffix('\r').unwrap_or(line))
}

fn check_lines(text: &str) -> Result<(), ReadError> {
    for (number, line) in lines(text).enumerate() {
        if number >= MAX_LINES {
            return Err(ReadError::ManyLines { limit: MAX_LINES });
        }
        if line.len() > MAX_LINE {
            return Err(ReadError::LongLine { line: number + 1, size: line.len(), limit: MAX_LINE });
        }
    }
    Ok(())
}

/// Finds the first domain name an answer states, to learn which registry speaks.
fn stated_name(grammar: &Grammar, text: &str) -> Option<String> {
    let mut splitter = Splitter::new(grammar, None);
    let mut headed = false;
    lines(text).take(500).find_map(|raw| {
        let line = splitter.split(raw);
        let named = matches!(line.key, Some(key) if key.role == Role::Name);
        let value = match line.kind {
            Kind::Pair if named => line.value,
            Kind::Loose if headed => line.value,
            _ => "",
        };
        headed = named && line.kind == Kind::Heading;
        fold::name_in(value).filter(|name| name.contains('.'))
    })
}

/// Takes the object closest to the question: the name itself, else the longest name above it,
/// else the first with facts; tells whether the answer names a holder of it. Later objects of the same name fill gaps: a registrar's answer
/// often follows the registry's.
fn choose(drafts: Vec<Draft>, asked: Option<&str>) -> (Reading, bool) {
    let mut names: Vec<&str> = drafts.iter().filter_map(|draft| draft.name.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    let count = names.len();
    let rank = |draft: &Draft| -> usize {
        match (draft.name.as_deref(), asked) {
            // "domain: example" for example.eu: the label without its suffix.
            (Some(name), Some(asked)) if asked.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')) => 3,
            (Some(name), Some(asked)) if name == asked || draft.variants.iter().any(|variant| variant == asked) => 4,
            (Some(name), Some(asked)) if asked.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')) => {
                usize::from(name.contains('.')) + 1
            }
            (Some(name), None) => 2 + usize::from(name.contains('.')),
            (Some(_), Some(_)) => 1,
            (None, _) if draft.has_facts() => 1,
            (None, _) => 0,
        }
    };
    let Some(best) = drafts.iter().map(rank).max() else { return (Reading::default(), false) };
    let mut chosen: Option<Draft> = None;
    for draft in drafts.into_iter().filter(|draft| rank(draft) == best) {
        match &mut chosen {
            None => chosen = Some(draft),
            Some(first) if first.name == draft.name || draft.name.is_none() => first.fill(draft),
            Some(_) => {}
        }
    }
    // A root's answer to "example.com" is about "com": it says nothing of the name asked.
    if let Some(asked) = asked
        && let Some(draft) = chosen.take_if(|draft| {
            draft.name.as_deref().is_some_and(|name| {
                (draft.refers() || !name.contains('.'))
                    && asked.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
            })
        })
    {
        chosen = Some(draft.only_referral());
    }
    let held = chosen.as_ref().is_some_and(|draft| draft.held);
    let mut reading = chosen.map(Draft::into_reading).unwrap_or_default();
    if let Some(asked) = asked
        && let Some(name) = &reading.name
        && asked.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
    {
        reading.name = Some(asked.to_owned());
    }
    // The label asked for stands first, the other labels of the bundle beside it.
    if let Some(asked) = asked
        && let Some(at) = reading.variants.iter().position(|variant| variant == asked)
        && let Some(first) = reading.name.replace(asked.to_owned())
        && let Some(slot) = reading.variants.get_mut(at)
    {
        *slot = first;
    }
    if count > 1 && reading.variants.is_empty() {
        reading.notes.push(Note::SeveralObjects(count));
    }
    (reading, held)
}

/// Sets the class.
///
/// Facts of a registration (dates, name servers, a registrar) outweigh every sentence, for terms
/// of use speak of limits, reservations and availability in every answer. Without facts the
/// server's sentences decide.
fn judge(grammar: &Grammar, registry: Option<&Registry>, text: &str, reading: &mut Reading, held: bool) {
    let facts = reading.created.is_some()
        || reading.expires.is_some()
        || reading.registrar_expires.is_some()
        || !reading.nameservers.is_empty();
    let by_status = class::of_statuses_in(grammar, registry, &reading.statuses);
    class::settle_end_dates(reading);
    reading.class = match by_status {
        Some(Class::Available) if facts => Class::Registered,
        Some(class) if facts || class != Class::Registered => class,
        None if facts => Class::Registered,
        by_status => {
            let (spoken, said) = sentence(grammar, registry, text);
            match (spoken, by_status) {
                // An object with a holder is there, even if its details are held back for a time.
                (Some(class), None) if class.is_about_the_service() && held => Class::Registered,
                (Some(class), _) => {
                    if let Some(said) = said {
                        reading.notes.push(Note::Said(host::clip(said, MAX_TEXT).into_owned()));
                    }
                    class
                }
                (None, Some(class)) => class,
                // An object with a registrar or an update, or any unknown status, is there.
                (None, None)
                    if reading.name.is_some()
                        && (held
                            || reading.registrar.is_some()
                            || reading.updated.is_some()
                            || !reading.statuses.is_empty()) =>
                {
                    Class::Registered
                }
                (None, None) => Class::Unknown,
            }
        }
    };
    if reading.class == Class::Available {
        // "Last updated on ..." below a "no match" is the clock of the data base.
        reading.updated = None;
    } else {
        class::note_holds(reading);
    }
    if reading.class == Class::Unknown
        && let Some(referral) = &reading.referral
    {
        reading.notes.push(Note::ReferredTo(referral.clone()));
    }
}

/// Finds the sentence that gives the class.
///
/// A single word or the start of a phrase counts only where a paragraph opens with it.
///
/// Terms of use speak of limits, reservations and free names in every answer, so a line of
/// running prose is believed only where no line standing for itself says anything. Among lines
/// of one kind the class believed first wins over the line that comes first.
fn sentence<'t>(grammar: &Grammar, registry: Option<&Registry>, text: &'t str) -> (Option<Class>, Option<&'t str>) {
    let mut end = text.len().min(PHRASE_WINDOW);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    // The signs that make a remark of a line are no words; a line of nothing else is blank.
    let bare = |line: &'t str| line.trim().trim_start_matches(['%', '#', '*', '-', '>', ';', ' ', '\t']);
    let window: Vec<&str> = lines(text.get(..end).unwrap_or_default()).map(bare).collect();
    let mut best: Option<((bool, usize), Class, &str)> = None;
    let mut prose = false;
    for (at, line) in window.iter().enumerate() {
        let next = window.get(at + 1).copied().unwrap_or_default();
        let before = at.checked_sub(1).and_then(|at| window.get(at)).copied().unwrap_or_default();
        prose = is_prose(line, next, prose.then_some(before));
        let head = line.get(..line.len().min(1_000)).unwrap_or(line);
        // A line of its own that is a status word ("Restricted", "Available") is a sentence too.
        let opens = before.is_empty();
        let word = || {
            if opens && head.len() <= 40 {
                grammar.word(registry, head).filter(|class| *class != Class::Registered)
            } else {
                None
            }
        };
        if let Some(class) = grammar.phrase(registry, &head.to_lowercase(), opens).or_else(word) {
            let rank = (prose, class::phrase_rank(class));
            if best.is_none_or(|(known, ..)| rank < known) {
                best = Some((rank, class, line));
            }
        }
    }
    best.map_or((None, None), |(_, class, line)| (Some(class), Some(line)))
}

/// Tells whether a line is part of running prose: long and followed by more, or the rest of a
/// prose line that did not end. Widths are those of text wrapped for terminals.
fn is_prose(line: &str, next: &str, after_prose: Option<&str>) -> bool {
    if line.is_empty() {
        return false;
    }
    let carries_on = after_prose.is_some_and(|before| !before.ends_with(['.', '!', '<', ':']));
    carries_on || (line.len() >= 55 && (after_prose.is_some() || next.len() >= 30)) || line.len() > 160
}
