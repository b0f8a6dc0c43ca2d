//! From what is known of a name to what a plan is made of: dates, offers, conditions, people.
//!
//! Facts stay facts with their sources; a projection turns them into dates; the planner gets both.
//! Nothing is decided here that rules or the planner could decide.

use std::collections::{BTreeMap, BTreeSet};

use namekeep_lifecycle::{self as lifecycle, ChargeDay, EventKind, ExpiryFact, NameState, Projection, Which};
use namekeep_model::status::StatusSet;
use namekeep_model::{
    Currency, Date, DomainName, Ending, FactKey, FactValue, Facts, Money, RunId, Source, Timestamp, WorkspaceId, Words,
};
use namekeep_playbook::{Bounds, Case as PlanCase, Charge, Condition, Dates, Offer, Params, People};
use namekeep_rules::{Day, Rulebook};

use crate::{Exit, Failure};

/// What is known of one name, as a use case has gathered it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The name; the registry holds its registrable part.
    pub name: DomainName,
    /// Its facts.
    pub facts: Facts,
    /// Its registrar: an overlay id or an IANA number.
    pub registrar: Option<String>,
    /// An unknown charge day is assumed to be the expiry day: rehearsal and demo, always said.
    pub assume_charge_day: bool,
}

impl Subject {
    /// The input of a projection.
    pub fn state(&self, today: Date) -> NameState {
        let expiry = |key| {
            let sighting = self.facts.good(key)?;
            let FactValue::Date(date) = &sighting.value else { return None };
            let seen = jiff::tz::TimeZone::UTC.to_datetime(sighting.at).date();
            Some(ExpiryFact { confidence: sighting.confidence, ..ExpiryFact::new(*date, sighting.source, seen) })
        };
        let mut statuses = StatusSet::EMPTY;
        if let Some(FactValue::Text(words)) = self.facts.value(FactKey::Statuses) {
            for word in words.split(',').map(str::trim).filter(|word| !word.is_empty()) {
                // A word outside both lists says nothing about the life cycle.
                let _ = statuses.add_text(word);
            }
        }
        let statuses_on = self.facts.good(FactKey::Statuses).map(|s| jiff::tz::TimeZone::UTC.to_datetime(s.at).date());
        NameState {
            name: self.name.a_label().to_owned(),
            suffix: self.name.registry_suffix().to_owned(),
            registry_expiry: expiry(FactKey::RegistryExpiry),
            registrar_expiry: expiry(FactKey::RegistrarExpiry),
            paid_until: expiry(FactKey::PaidUntil),
            statuses,
            statuses_on: statuses_on.map(|day| day.min(today)),
            released: self.facts.yes(FactKey::Purged).unwrap_or(false),
            registrar: self.registrar.clone(),
            resolves: None,
            auto_renew: self.facts.yes(FactKey::AutoRenew),
            charge_day: if self.assume_charge_day { ChargeDay::AssumeExpiry } else { ChargeDay::Unknown },
            identity_verified: match self.facts.value(FactKey::RealName) {
                Some(FactValue::Text(word)) => Some(word == "verified" || word == "none"),
                _ => None,
            },
        }
    }

    /// Projects the name to a day.
    pub fn project<'r>(&self, rules: &'r Rulebook, today: Date) -> Result<Projection<'r>, Failure> {
        Ok(lifecycle::project(&self.state(today), rules, today)?)
    }
}

/// What a use case asks a plan for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The run.
    pub run: RunId,
    /// The revision, from 1.
    pub revision: u32,
    /// The ending; a renewal has none.
    pub ending: Option<Ending>,
    /// Years to pay.
    pub years: u8,
    /// The most one renewal may cost, where somebody set it.
    pub ceiling: Option<Money>,
    /// The people.
    pub people: People,
    /// When the plan is made.
    pub made: Timestamp,
}

/// Builds the planner's case. An ending that is not offered is replaced by its fall-back, and the
/// case says which was asked.
pub fn build(subject: &Subject, wish: Wish, projection: &Projection<'_>, rules: &Rulebook) -> Result<PlanCase, Failure> {
    let choice = projection.choice.ok_or_else(|| no_date(&subject.name))?;
    let source = match choice.which {
        Which::Registry => source_of(subject, FactKey::RegistryExpiry),
        Which::Registrar => source_of(subject, FactKey::RegistrarExpiry),
        Which::PaidUntil => source_of(subject, FactKey::PaidUntil),
    };
    let dates = dates(projection, choice.date, choice.provisional, source, subject.assume_charge_day);
    let offers = offers(projection);
    let (ending, asked) = match wish.ending {
        Some(wanted) => {
            let taken = offered(projection, wanted);
            (Some(taken), (taken != wanted).then_some(wanted))
        }
        None => (None, None),
    };
    let (mut conditions, assumed) = Condition::from_facts(&subject.facts);
    conditions.extend(from_projection(projection, ending));
    if ending.is_some_and(Ending::keeps) {
        conditions.insert(Condition::PayYears);
    }
    if matches!(dates.charge, Charge::Ask) {
        conditions.insert(Condition::ChargeUnknown);
    }
    Ok(PlanCase {
        workspace: wish.workspace,
        run: wish.run,
        revision: wish.revision,
        name: subject.name.clone(),
        ending,
        asked,
        conditions,
        assumed,
        people: wish.people,
        dates,
        params: params(subject, wish.years, wish.ceiling, ending),
        offers,
        rulebook: rules.digest().to_string(),
        made: wish.made,
        passed: BTreeSet::new(),
    })
}

/// The ending that will be planned: the one wanted, or the first fall-back that is offered.
pub fn offered(projection: &Projection<'_>, wanted: Ending) -> Ending {
    let mut ending = wanted;
    // Fall-backs lead to HOLD, which is always offered: at most as many hops as endings.
    for _ in Ending::ALL {
        match projection.endings.get(ending) {
            lifecycle::Offer::NotOffered { fallback, .. } => ending = *fallback,
            _ => return ending,
        }
    }
    Ending::HoldDark
}

fn source_of(subject: &Subject, key: FactKey) -> Source {
    subject.facts.good(key).map_or(Source::Assumed, |sighting| sighting.source)
}

fn no_date(name: &DomainName) -> Failure {
    let says = Words {
        en: format!("{name}: no expiry date is known, so nothing can be planned"),
        zh: format!("{name}：到期日未知，无法制定计划"),
    };
    Failure::new("E8201", Exit::Usage, says).hint(Words {
        en: format!("look it up with `namekeep check {name}`, or give it with `--expires DATE`"),
        zh: format!("用 `namekeep check {name}` 查询，或用 `--expires 日期` 给出"),
    })
}

fn dates(projection: &Projection<'_>, expiry: Day, provisional: bool, source: Source, assume: bool) -> Dates {
    let of = |kind: EventKind| {
        let event = projection.events.iter().find(|event| event.kind == kind)?;
        let earliest = event.earliest.or(event.typical)?.date();
        let typical = event.typical.map_or(earliest, Day::date);
        let latest = event.latest.map_or(typical, Day::date);
        Some(Bounds { earliest, typical, latest, provisional: event.provisional, source })
    };
    let expiry_bounds = Bounds { provisional, ..Bounds::sure(expiry.date(), source) };
    let charge = if assume { Charge::Assumed(of(EventKind::ChargeDay).unwrap_or_else(|| expiry_bounds.clone())) } else { Charge::Ask };
    Dates {
        charge,
        dns_stop: of(EventKind::DnsStop),
        grace_end: of(EventKind::GraceEnd),
        redemption_end: of(EventKind::RedemptionEnd),
        purge: of(EventKind::Purge),
        rescue: of(EventKind::LastSafeRescueDay),
        expiry: expiry_bounds,
    }
}

fn offers(projection: &Projection<'_>) -> BTreeMap<Ending, Offer> {
    let offer = |ending: Ending| match projection.endings.get(ending) {
        lifecycle::Offer::NotOffered { why, .. } => Offer::No(why.clone()),
        _ => Offer::Yes,
    };
    Ending::ALL.into_iter().map(|ending| (ending, offer(ending))).collect()
}

fn from_projection(projection: &Projection<'_>, ending: Option<Ending>) -> Vec<Condition> {
    let conditional = |ending: Ending| matches!(projection.endings.get(ending), lifecycle::Offer::Conditional { .. });
    let mut found = Vec::new();
    if ending == Some(Ending::Lapse) && conditional(Ending::Lapse) {
        found.push(Condition::CancelInWriting);
    }
    if ending == Some(Ending::Delete) && conditional(Ending::Delete) {
        found.push(Condition::DeleteByTicket);
    }
    found
}

/// Ceilings where nobody set one: twice the known price, or CNY 500 (no reference: house defaults a
/// workspace sets for itself; a higher price stops the act and asks).
fn params(subject: &Subject, years: u8, ceiling: Option<Money>, ending: Option<Ending>) -> Params {
    let known = |key| match subject.facts.value(key) {
        Some(FactValue::Money(money)) => Some(*money),
        _ => None,
    };
    let twice = |money: Money| money.plus(money).unwrap_or(money);
    let ceiling = ceiling
        .or_else(|| known(FactKey::RenewalPrice).map(twice))
        .unwrap_or_else(|| Money::cents(Currency::CNY, 50_000));
    let restore = known(FactKey::RestorePrice).unwrap_or_else(|| Money::cents(Currency::CNY, 200_000));
    Params {
        ceiling,
        restore_ceiling: Some(restore),
        years,
        // The free and personal DNS editions of the first registrar allow no less.
        ttl_floor: 600,
        receiver: (ending == Some(Ending::Transfer)).then(|| "agreed receiver".to_owned()),
    }
}
