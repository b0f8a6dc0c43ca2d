//! From a look to observations: values with their source, and failures that overwrite nothing.
//!
//! A registration read by RDAP is the registry's own word; one read by WHOIS is a text of uncertain
//! age, and no plan rests on it alone. That a name is free is believed only where the delegation
//! does not say otherwise.

use jiff::tz::TimeZone;
use namekeep_assess::watch::t6;
use namekeep_model::fact::{Missing, Said, Sighting};
use namekeep_model::status::StatusSet;
use namekeep_model::{
    Confidence, Date, DomainName, FactKey, FactValue, Facts, Observation, Source, Text, Timestamp, Words,
};
use namekeep_probe::read::{Class, Note};
use namekeep_probe::tls::trust::Roots;

use super::look::{Registration, Seen};
use crate::seen::certificates;

/// What a registry's answer is asked for.
const OF_REGISTRY: [FactKey; 3] = [FactKey::RegistryExpiry, FactKey::Statuses, FactKey::TransferLock];

/// Why a registry that answers gives nothing to read.
pub(super) const NO_REGISTRATION: Text = Text::new("the registry knows no registration", "注册局无此注册");

/// Puts a look into observations; `known` is what was known before.
pub(super) fn observations(
    seen: &Seen,
    name: &DomainName,
    roots: &Roots,
    known: &Facts,
    now: Timestamp,
) -> Vec<Observation> {
    let mut out = Observations { now, list: Vec::new() };
    match &seen.registry {
        Err(why) => OF_REGISTRY.into_iter().for_each(|key| out.missing(key, why.clone())),
        Ok(said) if said.reading.class == Class::Available => {
            let delegated = seen.dns.as_ref().is_ok_and(|look| !look.delegated().is_empty());
            let why = if delegated {
                Text::new("the registry knows no registration, yet the name is delegated", "注册局无此注册，但域名已被委派")
            } else {
                NO_REGISTRATION
            };
            OF_REGISTRY.into_iter().for_each(|key| out.missing(key, why));
            if !delegated && seen.dns.is_ok() {
                out.seen(FactKey::Purged, FactValue::Bool(true), said.source, trust(said));
            }
        }
        Ok(said) => registration(&mut out, said, known),
    }
    match seen.dns.as_ref().map(|look| look.parent.ds.as_ref()) {
        Ok(Ok(ds)) => out.seen(FactKey::DsPresent, FactValue::Bool(!ds.is_empty()), Source::Dns, Confidence::High),
        Ok(Err(error)) => out.missing(FactKey::DsPresent, error.says()),
        Err(error) => out.missing(FactKey::DsPresent, error.says()),
    }
    match certificate_end(seen, name, roots, now) {
        // What an address shows is not every certificate there is.
        Ok(day) => out.seen(FactKey::CertificateEnd, FactValue::Date(day), Source::Tls, Confidence::Medium),
        Err(why) => out.missing(FactKey::CertificateEnd, why),
    }
    out.list
}

const fn trust(said: &Registration) -> Confidence {
    match said.source {
        Source::Rdap => Confidence::High,
        _ => Confidence::Medium,
    }
}

fn registration(out: &mut Observations, said: &Registration, known: &Facts) {
    let (reading, source, trust) = (&said.reading, said.source, trust(said));
    let registrars_only = reading.notes.contains(&Note::RegistrarDateOnly);
    match reading.expires.filter(|_| !registrars_only) {
        Some(when) => out.seen(FactKey::RegistryExpiry, FactValue::Date(when.day()), source, trust),
        None => out.missing(
            FactKey::RegistryExpiry,
            Text::new("the source shows no expiry date of the registry", "来源未显示注册局到期日"),
        ),
    }
    let own = reading
        .registrar_expires
        .or_else(|| said.registrar.as_ref().and_then(|other| other.registrar_expires.or(other.expires)));
    // What an account, order or person said of the registrar's date stands above a public answer.
    let weak = [Source::Rdap, Source::Whois, Source::List, Source::Assumed];
    let open = known.good(FactKey::RegistrarExpiry).is_none_or(|old| weak.contains(&old.source));
    if let Some(when) = own.filter(|_| open) {
        out.seen(FactKey::RegistrarExpiry, FactValue::Date(when.day()), source, trust.min(Confidence::Medium));
    }
    let mut words: Vec<&str> =
        reading.statuses.iter().map(|word| word.trim()).filter(|word| !word.contains(',')).collect();
    words.sort_unstable();
    words.dedup();
    if words.is_empty() {
        let why = Text::new("the source shows no statuses", "来源未显示状态");
        out.missing(FactKey::Statuses, why);
        out.missing(FactKey::TransferLock, why);
    } else {
        let mut set = StatusSet::EMPTY;
        for word in &words {
            // A registry's own word is no status of the lists and says nothing of locks.
            let _ = set.add_text(word);
        }
        out.seen(FactKey::Statuses, FactValue::Text(words.join(",")), source, trust);
        out.seen(FactKey::TransferLock, FactValue::Bool(set.transfer_locked()), source, trust);
    }
    if known.yes(FactKey::Purged) == Some(true) {
        out.seen(FactKey::Purged, FactValue::Bool(false), source, trust);
    }
}

/// The latest end of a certificate shown that is good for the name.
fn certificate_end(seen: &Seen, name: &DomainName, roots: &Roots, now: Timestamp) -> Result<Date, Words> {
    let answers = seen.tls.as_ref().map_err(Clone::clone)?;
    let ends = certificates(name, answers, roots, now).into_iter().filter_map(|(_, shows)| match shows {
        t6::Shows::Certificate { not_after, problems, .. } if problems.is_empty() => Some(not_after),
        _ => None,
    });
    let end = ends.max().map(|end| TimeZone::UTC.to_datetime(end).date());
    end.ok_or_else(|| Text::new("no address shows a good certificate", "没有地址出示有效证书").into())
}

struct Observations {
    now: Timestamp,
    list: Vec<Observation>,
}

impl Observations {
    fn seen(&mut self, key: FactKey, value: FactValue, source: Source, confidence: Confidence) {
        let said = Said::Seen(Sighting { value, source, at: self.now, confidence });
        self.list.push(Observation { key, said });
    }

    fn missing(&mut self, key: FactKey, why: impl Into<Words>) {
        self.list.push(Observation { key, said: Said::Failed(Missing { why: why.into(), at: self.now }) });
    }
}
