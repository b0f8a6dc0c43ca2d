//! From statuses and words to the one class.
//!
//! Order of belief: what says that the name is on its way out stands above what says that it is
//! held, because a name in redemption carries many other statuses too. A hold alone is no class
//! (see [`Class`]).

use super::{
    grammar::{Grammar, PHRASE_ORDER, Registry},
    reading::{Class, Note, Reading},
};

/// The classes statuses can give, the one believed first at the top.
const ORDER: [Class; 13] = [
    Class::Redemption,
    Class::PendingDelete,
    Class::Quarantined,
    Class::InvalidQuery,
    Class::Throttled,
    Class::Refused,
    Class::Suspended,
    Class::Expired,
    Class::Reserved,
    Class::Blocked,
    Class::Premium,
    Class::Registered,
    Class::Available,
];

/// Gives the class of a standard status.
///
/// RFC 3915, section 3.1: in redemptionPeriod and pendingRestore the name carries pendingDelete
/// as well and can be restored; pendingDelete alone cannot.
fn of_epp(status: &str) -> Option<Class> {
    Some(match status {
        "redemptionPeriod" | "pendingRestore" | "pendingDeleteRestorable" => Class::Redemption,
        "pendingDelete" | "pendingDeleteScheduledForRelease" => Class::PendingDelete,
        "ok" | "inactive" | "clientHold" | "serverHold" => Class::Registered,
        _ => return None,
    })
}

/// Gives the class of a list of statuses, by the tables of one registry and the general ones.
pub(crate) fn of_statuses_in(grammar: &Grammar, registry: Option<&Registry>, statuses: &[String]) -> Option<Class> {
    statuses
        .iter()
        .filter_map(|status| {
            registry
                .and_then(|_| grammar.word(registry, status))
                .or_else(|| of_epp(status))
                .or_else(|| grammar.word(None, status))
        })
        .min_by_key(|class| ORDER.iter().position(|c| c == class).unwrap_or(ORDER.len()))
}

/// Gives the class of a list of statuses by the general tables.
pub(crate) fn of_statuses(statuses: &[String]) -> Option<Class> {
    of_statuses_in(Grammar::embedded(), None, statuses)
}

/// Gives the class of a sentence in lower case by the general tables.
pub(crate) fn of_phrase(text: &str) -> Option<Class> {
    Grammar::embedded().phrase(None, text, true)
}

/// Gives the place of a class among sentences: lower is believed first.
pub(crate) fn phrase_rank(class: Class) -> usize {
    PHRASE_ORDER.iter().position(|c| *c == class).unwrap_or(PHRASE_ORDER.len())
}

/// Notes the statuses that keep a registered name out of the zone.
pub(crate) fn note_holds(reading: &mut Reading) {
    for hold in ["serverHold", "clientHold"] {
        if reading.statuses.iter().any(|status| status == hold) {
            reading.notes.push(Note::Held(hold.to_owned()));
        }
    }
}

/// Takes the registrar's end date where the registry gives none; notes where the two differ.
pub(crate) fn settle_end_dates(reading: &mut Reading) {
    match (reading.expires, reading.registrar_expires) {
        (None, Some(registrar)) => {
            reading.expires = Some(registrar);
            reading.notes.push(Note::RegistrarDateOnly);
        }
        (Some(registry), Some(registrar)) if registry.day() != registrar.day() => {
            reading.notes.push(Note::TwoEndDates { registry: registry.to_string(), registrar: registrar.to_string() });
        }
        _ => {}
    }
}
