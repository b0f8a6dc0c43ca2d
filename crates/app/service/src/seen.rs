//! Hands what the probes saw to the check-points of the watch, in their own plain words.
//!
//! Probes and check-points do not know each other; they meet here. Nothing is judged: a
//! certificate's problems are what [`judge`] found, a level comes later. The probes' own tests use
//! this same file, so that it is tested against real servers.

use std::collections::{BTreeMap, BTreeSet};

use namekeep_assess::watch::{s6, t3, t6};
use namekeep_model::status::StatusSet;
use namekeep_model::{DomainName, Timestamp, Words, words};

use namekeep_probe::dns::{DnsLook, NoAddress, ParentSays, ServerOutcome};
use namekeep_probe::error::ProbeError;
use namekeep_probe::read::Reading;
use namekeep_probe::tls::TlsAnswer;
use namekeep_probe::tls::judge::{CertificateProblem, judge};
use namekeep_probe::tls::trust::Roots;

/// What T3 needs of a DNS look; `registrar` is the registrar's own list of servers, where known.
pub fn delegation(
    name: &DomainName,
    look: &Result<DnsLook, ProbeError>,
    registrar: Option<BTreeSet<String>>,
) -> t3::Seen {
    let empty = |above| t3::Seen {
        above,
        above_dissent: 0,
        ds_without_key: None,
        zone: BTreeSet::new(),
        registrar: None,
        servers: Vec::new(),
        unresolved: BTreeMap::new(),
        serials: BTreeMap::new(),
        missing_glue: BTreeSet::new(),
    };
    let look = match look {
        Ok(look) => look,
        Err(error) => return empty(t3::Above::NotSeen(error.says())),
    };
    let above = match &look.parent.says {
        ParentSays::Delegated { .. } | ParentSays::HoldsTheZone { .. } => {
            t3::Above::Delegates(look.delegated().iter().map(|server| server.host.clone()).collect())
        }
        ParentSays::NoSuchName => t3::Above::NoSuchName,
        ParentSays::NotDelegated => t3::Above::NotDelegated,
    };
    let compared = look.consistency(name);
    let servers = look.servers.iter().map(|server| t3::Server {
        host: server.host.clone(),
        address: server.address.to_string(),
        did: match &server.outcome {
            ServerOutcome::Serves(_) => t3::Did::Serves,
            ServerOutcome::Lame { said } => t3::Did::Lame(said.clone()),
            ServerOutcome::Silent { error } => t3::Did::Silent(error.says()),
            ServerOutcome::NotAsked { error } => t3::Did::NotAsked(error.says()),
        },
    });
    let unresolved = look.unresolved.iter().map(|(host, why)| {
        let why = match why {
            NoAddress::NoSuchDomain { domain } => t3::Unresolved::NoSuchDomain(domain.clone()),
            NoAddress::NoSuchName => t3::Unresolved::NoSuchName,
            NoAddress::Empty => t3::Unresolved::NoAddress,
            NoAddress::Failed { why } => t3::Unresolved::NotSeen(why.clone()),
        };
        (host.clone(), why)
    });
    t3::Seen {
        above,
        above_dissent: look.parent.dissent.len(),
        ds_without_key: ds_without_key(look),
        zone: look.apexes().flat_map(|(_, apex)| apex.ns.iter().cloned()).collect(),
        registrar,
        servers: servers.collect(),
        unresolved: unresolved.collect(),
        serials: compared.serials,
        missing_glue: compared.missing_glue,
    }
}

/// Whether DS records stand above, none of which marks a key that every server shows; none where
/// DS or keys could not be read.
fn ds_without_key(look: &DnsLook) -> Option<bool> {
    let ds = look.parent.ds.as_ref().ok()?;
    if ds.is_empty() {
        return Some(false);
    }
    let mut readable = look.apexes().filter(|(_, apex)| !apex.failed.contains_key("DNSKEY")).peekable();
    readable.peek()?;
    Some(readable.any(|(_, apex)| !ds.iter().any(|mark| apex.keys.contains(mark))))
}

/// What T6 needs of a TLS look.
pub fn certificates(
    name: &DomainName,
    answers: &[TlsAnswer],
    roots: &Roots,
    now: Timestamp,
) -> Vec<(String, t6::Shows)> {
    let shows = |answer: &TlsAnswer| match &answer.shown {
        Ok(shown) => match judge(shown, name.a_label(), roots, now) {
            Ok(report) => t6::Shows::Certificate {
                not_before: report.certificate.not_before,
                not_after: report.certificate.not_after,
                left_permille: report.left_permille,
                problems: report.problems.into_iter().map(problem).collect(),
            },
            Err(error) => t6::Shows::NoHandshake(error.says()),
        },
        Err(ProbeError::ConnectionRefused) => t6::Shows::Closed,
        Err(error) if error.is_ours() => t6::Shows::NotAsked(error.says()),
        Err(error) => t6::Shows::NoHandshake(error.says()),
    };
    answers.iter().map(|answer| (answer.address.to_string(), shows(answer))).collect()
}

fn problem(problem: CertificateProblem) -> t6::Problem {
    match problem {
        CertificateProblem::Expired => t6::Problem::Expired,
        CertificateProblem::NotYetValid => t6::Problem::NotYetValid,
        CertificateProblem::WrongName => t6::Problem::WrongName,
        CertificateProblem::SelfSigned => t6::Problem::SelfSigned,
        CertificateProblem::ChainBroken { why } => t6::Problem::ChainBroken(why),
        CertificateProblem::WeakKey => t6::Problem::WeakKey,
    }
}

/// What S6 needs of a reading; words outside EPP and RGP are left to the reading's own notes.
pub fn statuses(reading: &Result<Reading, Words>, expected: s6::Expected) -> s6::Statuses {
    match reading {
        Ok(reading) => {
            let mut seen = StatusSet::EMPTY;
            for word in &reading.statuses {
                // A registry's own word is no status of the lists and says nothing of locks.
                let _ = seen.add_text(word);
            }
            let missing = match reading.class.is_about_the_service() {
                true => words!(en: "the source answered: {}", zh: "来源答复：{}", reading.class.word()),
                false => Words::default(),
            };
            s6::Statuses { seen: Some(seen), missing, expected }
        }
        Err(why) => s6::Statuses { seen: None, missing: why.clone(), expected },
    }
}
