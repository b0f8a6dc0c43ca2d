//! What the four check-points of today find in the world: their inputs come from its truth, so that
//! no name server is asked and no connection opened.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use namekeep_assess::watch::{Profile, Round, c4, s6, t3, t6};
use namekeep_lifecycle::{EventKind, Projection};
use namekeep_model::fact::FactValue;
use namekeep_model::status::StatusSet;
use namekeep_model::{Date, FactKey, Facts, Finding, FindingCode, Text, Timestamp, Words};
use namekeep_rules::Day;
use namekeep_world::Name;

use crate::portfolio::CountsOn;

/// Days a certificate of the world is issued for.
const CERTIFICATE_DAYS: i64 = 90;

/// One name, looked at.
pub(super) struct Scene<'a> {
    pub(super) name: &'a Name,
    /// Its place in the scenario: its address has this number.
    pub(super) place: usize,
    pub(super) facts: &'a Facts,
    pub(super) projection: &'a Projection<'a>,
    pub(super) today: Date,
    pub(super) now: Timestamp,
    pub(super) profile: &'a Profile,
    pub(super) zone: &'a TimeZone,
    /// The company decided to let the name go.
    pub(super) decided_to_release: bool,
}

impl Scene<'_> {
    /// One round of each check-point.
    pub(super) fn rounds(&self) -> Vec<(FindingCode, Vec<Finding>)> {
        let round = Round { name: &self.name.name, now: self.now, evidence: &[] };
        let profile = self.profile;
        // A name that was let go on purpose has no date to keep any more.
        let let_go = self.facts.yes(FactKey::Held) == Some(false) && self.decided_to_release;
        let dates = if let_go { Vec::new() } else { c4::check(&round, &profile.expiry, self.today, &self.dates()) };
        let found = [
            ("C4", dates),
            ("S6", s6::check(&round, &profile.locks, &self.statuses())),
            ("T3", t3::check(&round, &profile.delegation, &self.delegation())),
            ("T6", t6::check(&round, &profile.certificates, &self.certificates())),
        ];
        found.into_iter().filter_map(|(code, findings)| Some((code.parse().ok()?, findings))).collect()
    }

    /// Why a key was not read, where it was not.
    fn unread(&self, key: FactKey) -> Option<Words> {
        let fact = self.facts.by_key.get(&key)?;
        fact.failed().filter(|_| fact.good().is_none()).map(|missing| missing.why.clone())
    }

    fn seen_statuses(&self) -> Option<StatusSet> {
        let Some(FactValue::Text(words)) = self.facts.value(FactKey::Statuses) else { return None };
        let mut set = StatusSet::EMPTY;
        for word in words.split(',').filter(|word| !word.is_empty()) {
            let _ = set.add_text(word);
        }
        Some(set)
    }

    fn dates(&self) -> c4::Dates {
        let event = |kind| self.projection.events.iter().find(|event| event.kind == kind);
        c4::Dates {
            counts: CountsOn::of(self.projection).map(|counts| (counts.date, counts.why)),
            missing: self.unread(FactKey::RegistrarExpiry).unwrap_or_default(),
            phase: Some(self.projection.phase.kind),
            last_safe_rescue: event(EventKind::LastSafeRescueDay).and_then(|event| event.typical.or(event.earliest)).map(Day::date),
            registry: self.facts.date(FactKey::RegistryExpiry),
            registrar: self.facts.date(FactKey::RegistrarExpiry),
            paid_until: self.facts.date(FactKey::PaidUntil),
            statuses: self.seen_statuses().unwrap_or(StatusSet::EMPTY),
        }
    }

    fn statuses(&self) -> s6::Statuses {
        let account = self.name.account.as_str();
        let missing = match self.facts.yes(FactKey::Held) {
            Some(false) => Text::new("the name is not ours any more", "该域名已不属于我方").into(),
            _ => self.unread(FactKey::Statuses).unwrap_or_default(),
        };
        s6::Statuses {
            seen: self.seen_statuses().filter(|_| missing.is_empty()),
            missing,
            // The reseller and the ex-agency sell no locks.
            expected: s6::Expected { no_locks: account == "manual", ..s6::Expected::default() },
        }
    }

    fn address(&self, server: usize) -> String {
        // Documentation ranges (RFC 5737): two for name servers, one for sites.
        match server {
            0 => format!("192.0.2.{}", 1 + self.place % 250),
            1 => format!("198.51.100.{}", 1 + self.place % 250),
            _ => format!("203.0.113.{}", 1 + self.place % 250),
        }
    }

    fn resolves(&self) -> bool {
        self.name.registration.resolves()
    }

    fn delegation(&self) -> t3::Seen {
        let (name, dns) = (&self.name.name, &self.name.dns);
        let own = dns.hosts > 0;
        let host = |n: u8| if own { format!("ns{n}.{}", name.a_label()) } else { format!("ns{n}.hyexample-dns.com") };
        let servers: BTreeSet<String> = [host(1), host(2)].into();
        let blind = self.unread(FactKey::TtlMax);
        let above = match blind {
            Some(why) => t3::Above::NotSeen(why),
            None if !self.resolves() => t3::Above::NotSeen(
                Text::new("the registrar stopped resolution, or the name is not ours", "注册商已停止解析，或域名不属于我方").into(),
            ),
            None => t3::Above::Delegates(servers.clone()),
        };
        let answers = |place: usize, n: u8| t3::Server {
            host: host(n),
            address: self.address(place),
            did: if dns.lame && n == 1 { t3::Did::Lame("REFUSED".to_owned()) } else { t3::Did::Serves },
        };
        t3::Seen {
            above,
            above_dissent: 0,
            ds_without_key: Some(dns.ds_ttl.is_some() && dns.parked),
            zone: servers.clone(),
            registrar: Some(servers),
            servers: vec![answers(0, 1), answers(1, 2)],
            unresolved: BTreeMap::new(),
            serials: BTreeMap::new(),
            missing_glue: BTreeSet::new(),
        }
    }

    fn certificates(&self) -> Vec<(String, t6::Shows)> {
        let ended = self.name.site.ended.map(|at| self.zone.to_datetime(at).date());
        let serves = ended.is_none() && !self.name.dns.parked && self.resolves();
        let address = self.address(2);
        if let Some(why) = self.unread(FactKey::CertificateEnd) {
            return vec![(address, t6::Shows::NotAsked(why))];
        }
        let Some(end) = self.name.certificates.end_on(self.today, ended).filter(|_| serves) else {
            return vec![(address, t6::Shows::Closed)];
        };
        let at = |day: Date| self.zone.to_ambiguous_timestamp(day.at(0, 0, 0, 0)).compatible().unwrap_or(self.now);
        let left = i64::from(Day::from(end).since(self.today.into())).clamp(0, CERTIFICATE_DAYS);
        let problems = if end < self.today { vec![t6::Problem::Expired] } else { Vec::new() };
        let shows = t6::Shows::Certificate {
            not_before: at(end.saturating_sub(jiff::Span::new().days(CERTIFICATE_DAYS))),
            not_after: at(end),
            left_permille: u16::try_from(left * 1_000 / CERTIFICATE_DAYS).unwrap_or(0),
            problems,
        };
        vec![(address, shows)]
    }
}
