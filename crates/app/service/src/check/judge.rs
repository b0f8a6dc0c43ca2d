//! From facts and looks to findings: the four check-points that run now.
//!
//! C4 judges what is *known* of the dates, an earlier reading included; S6, T3 and T6 judge what was
//! *seen* now. Evidence is the digest of each raw answer a finding rests on.

use std::collections::BTreeSet;

use namekeep_assess::watch::{self, Round, c4, s6, t3, t6};
use namekeep_lifecycle::{EventKind, Projection};
use namekeep_model::phase::PhaseKind;
use namekeep_model::status::StatusSet;
use namekeep_model::{DomainName, Ending, FactKey, FactValue, Facts, Finding, FindingCode, Intent, Level, Words};
use namekeep_probe::Tape;
use namekeep_probe::read::Class;
use namekeep_rules::Day;
use namekeep_store::Declared;

use super::look::Seen;
use super::{Desk, learn, registrar_of};
use crate::case::Subject;
use crate::portfolio::{CountsOn, registrar_id};
use crate::seen as mapped;

/// A tag by which a company marks a name that has to carry every lock.
const PROTECTED: &str = "protected";

/// What the check-points came to.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) findings: Vec<Finding>,
    pub(super) rounds: Vec<(FindingCode, Level)>,
    pub(super) counts_on: Option<CountsOn>,
    pub(super) phase: PhaseKind,
}

/// Runs the check-points on a name.
pub(super) fn judge(desk: &Desk<'_>, name: &DomainName, declared: &Declared, facts: &Facts, seen: &Seen) -> Judged {
    let profile = desk.profile;
    let today = desk.zone.to_datetime(desk.now).date();
    let projection = project(desk, name, declared, facts, seen);
    let mut judged = Judged {
        findings: Vec::new(),
        rounds: Vec::new(),
        counts_on: projection.as_ref().and_then(CountsOn::of),
        phase: PhaseKind::Unknown,
    };
    let dates = dates(projection.as_ref(), facts);
    judged.phase = dates.phase.unwrap_or(PhaseKind::Unknown);
    let (expiry, locks) = (&profile.expiry, &profile.locks);
    judged.take("C4", desk, name, &seen.registry_tape, |round| c4::check(round, expiry, today, &dates));
    let statuses = match &seen.registry {
        Ok(said) if said.reading.class == Class::Available => {
            let missing = learn::NO_REGISTRATION.into();
            s6::Statuses { seen: None, missing, expected: expected(declared) }
        }
        Ok(said) => mapped::statuses(&Ok(said.reading.clone()), expected(declared)),
        Err(why) => mapped::statuses(&Err(why.clone()), expected(declared)),
    };
    judged.take("S6", desk, name, &seen.registry_tape, |round| s6::check(round, locks, &statuses));
    let delegation = mapped::delegation(name, &seen.dns, None);
    judged.take("T3", desk, name, &seen.dns_tape, |round| t3::check(round, &profile.delegation, &delegation));
    let shown = match &seen.tls {
        Ok(answers) => mapped::certificates(name, answers, &desk.network.roots, desk.now),
        // Without an address nobody was asked, and that is said.
        Err(why) => vec![(String::new(), t6::Shows::NotAsked(why.clone()))],
    };
    judged.take("T6", desk, name, &seen.tls_tape, |round| t6::check(round, &profile.certificates, &shown));
    judged
}

impl Judged {
    fn take(
        &mut self,
        code: &str,
        desk: &Desk<'_>,
        name: &DomainName,
        tape: &Tape,
        check: impl FnOnce(&Round<'_>) -> Vec<Finding>,
    ) {
        let Ok(code) = code.parse() else { return };
        let mut found = check(&Round { name, now: desk.now, evidence: &[] });
        for finding in &mut found {
            finding.evidence = evidence(tape, finding.subject.as_deref());
        }
        self.rounds.push((code, watch::level(&found)));
        self.findings.append(&mut found);
    }
}

/// The digests of the exchanges a finding rests on, silence included: those of the address it is
/// about, else all.
fn evidence(tape: &Tape, subject: Option<&str>) -> Vec<String> {
    let about = |text: &str, exchange: &namekeep_probe::tape::Exchange| {
        let (ip, both) = (exchange.to.ip().to_string(), exchange.to.to_string());
        text.split(' ').any(|word| word == ip || word == both)
    };
    let pick = |only: Option<&str>| {
        let exchanges = tape.exchanges.iter().filter(|exchange| only.is_none_or(|text| about(text, exchange)));
        // Sorted, each once: in which order answers came says nothing.
        let digests: BTreeSet<String> = exchanges.map(namekeep_probe::tape::Exchange::digest).collect();
        digests.into_iter().collect::<Vec<_>>()
    };
    let own = subject.map(|text| pick(Some(text))).unwrap_or_default();
    if own.is_empty() { pick(None) } else { own }
}

/// Projects the name, with the registrar's rules where a rule speaks for the registrar.
fn project<'r>(
    desk: &Desk<'r>,
    name: &DomainName,
    declared: &Declared,
    facts: &Facts,
    seen: &Seen,
) -> Option<Projection<'r>> {
    let today = desk.zone.to_datetime(desk.now).date();
    let named = registrar_of(declared, seen).into_iter().filter_map(|text| registrar_id(desk.rules, &text));
    let subject = |registrar| Subject { name: name.clone(), facts: facts.clone(), registrar, assume_charge_day: false };
    // A registrar without a rule of its own is read by the registry's.
    let mut tries = named.map(Some).chain([None]);
    tries.find_map(|registrar| subject(registrar).project(desk.rules, today).ok())
}

/// What C4 needs of a projection and the facts.
fn dates(projection: Option<&Projection<'_>>, facts: &Facts) -> c4::Dates {
    let choice = projection.and_then(|projection| projection.choice);
    let counts = choice.map(|choice| (choice.date.date(), Words::from(choice.which.text())));
    let rescue = projection.and_then(|projection| {
        let event = projection.events.iter().find(|event| event.kind == EventKind::LastSafeRescueDay)?;
        event.earliest.or(event.typical).map(Day::date)
    });
    let failed = facts.by_key.get(&FactKey::RegistryExpiry).and_then(|fact| fact.failed());
    let mut statuses = StatusSet::EMPTY;
    if let Some(FactValue::Text(words)) = facts.value(FactKey::Statuses) {
        for word in words.split(',') {
            // A word outside both lists says nothing about the life cycle.
            let _ = statuses.add_text(word);
        }
    }
    // That the registry holds the name no more needs no rule of the suffix.
    let purged = facts.yes(FactKey::Purged) == Some(true);
    let phase = projection.map(|projection| projection.phase.kind);
    c4::Dates {
        counts,
        missing: failed.map(|missing| missing.why.clone()).unwrap_or_default(),
        phase: if purged { Some(PhaseKind::Released) } else { phase },
        last_safe_rescue: rescue,
        registry: facts.date(FactKey::RegistryExpiry),
        registrar: facts.date(FactKey::RegistrarExpiry),
        paid_until: facts.date(FactKey::PaidUntil),
        statuses,
    }
}

/// What a company's decision about a name makes of its statuses.
pub fn expected(declared: &Declared) -> s6::Expected {
    let ending = declared.ending.filter(|_| declared.intent == Intent::Retire);
    s6::Expected {
        protected: declared.tags.iter().any(|tag| tag == PROTECTED),
        transfer: ending == Some(Ending::Transfer),
        deletion: ending.is_some_and(Ending::releases),
        ..s6::Expected::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use namekeep_probe::tape::{Exchange, Via};

    #[test]
    fn evidence_is_the_answers_of_the_address_a_finding_is_about() {
        let exchange = |to: &str, byte: u8| Exchange {
            at: namekeep_model::Timestamp::UNIX_EPOCH,
            millis: 1,
            via: Via::Udp,
            to: to.parse().unwrap(),
            name: None,
            sent: Vec::new(),
            got: Ok(vec![byte]),
        };
        let tape = Tape {
            exchanges: vec![exchange("192.0.2.1:53", 1), exchange("192.0.2.11:53", 2), exchange("192.0.2.1:53", 1)],
        };
        assert_eq!(evidence(&tape, None).len(), 2, "each answer once");
        assert_eq!(evidence(&tape, Some("ns1.a.example 192.0.2.1")).len(), 1);
        assert_eq!(evidence(&tape, Some("192.0.2.11:53")), [exchange("192.0.2.11:53", 2).digest()]);
        // About nobody who answered: everything that was seen.
        assert_eq!(evidence(&tape, Some("ns3.a.example 192.0.2.3")).len(), 2);
    }

    #[test]
    fn only_a_decision_makes_a_deletion_expected() {
        let mut declared = Declared { ending: Some(Ending::Lapse), ..Declared::default() };
        assert_eq!(expected(&declared), s6::Expected::default());
        declared.intent = Intent::Retire;
        assert!(expected(&declared).deletion && !expected(&declared).transfer);
        declared.tags.insert(PROTECTED.to_owned());
        assert!(expected(&declared).protected);
    }
}
