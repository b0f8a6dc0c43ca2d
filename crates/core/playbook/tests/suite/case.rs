//! One case with its people, keys and dates; tests change what they are about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use ed25519_dalek::{Signer, SigningKey};
use jiff::civil::date;
use jiff::tz::TimeZone;
use namekeep_model::{
    Currency, Date, Department, Ending, Money, Person, PersonId, RunId, RunKind, Source, StepNo, WorkspaceId,
};
use namekeep_playbook::{
    Approval, Approver, Book, Bounds, Calendar, Case, Charge, Condition, Dates, Offer, Params, People, Plan, Run, plan,
};
use namekeep_rules::Rulebook;

pub(crate) const EXPIRY: Date = date(2026, 9, 20);

fn rules() -> &'static Rulebook {
    static RULES: OnceLock<Rulebook> = OnceLock::new();
    RULES.get_or_init(|| Rulebook::embedded().unwrap())
}

pub(crate) fn calendar() -> Calendar<'static> {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    let zone = ZONE.get_or_init(|| TimeZone::get("Asia/Shanghai").unwrap());
    Calendar { zone, work: rules().calendar(), freezes: rules().freezes() }
}

pub(crate) fn book(kind: RunKind) -> &'static Book {
    static BOOKS: OnceLock<[Book; 2]> = OnceLock::new();
    let [retire, renew] =
        BOOKS.get_or_init(|| [RunKind::Retire, RunKind::Renew].map(|kind| Book::shipped(kind).unwrap()));
    match kind {
        RunKind::Retire => retire,
        RunKind::Renew => renew,
    }
}

pub(crate) fn who(id: &str) -> PersonId {
    PersonId::new(id).unwrap()
}

/// The key of a person: a seed of their name. Test keys sign nothing real.
pub(crate) fn key(id: &str) -> SigningKey {
    let mut seed = [7_u8; 32];
    for (slot, byte) in seed.iter_mut().zip(id.bytes()) {
        *slot = byte;
    }
    SigningKey::from_bytes(&seed)
}

pub(crate) fn approver(id: &str, department: Department) -> Approver {
    let person = Person { id: who(id), department, deputy: None };
    Approver { person, key: hex::encode(key(id).verifying_key().as_bytes()) }
}

pub(crate) fn people() -> People {
    People {
        requester: who("ops-1"),
        owner: who("ops-1"),
        duty: who("ops-2"),
        approvers: vec![approver("legal-1", Department::Legal), approver("sec-1", Department::Security)],
        deputies: vec![approver("legal-2", Department::Legal), approver("fin-1", Department::Finance)],
        assignees: BTreeMap::from([(Department::Legal, who("legal-3")), (Department::Finance, who("fin-1"))]),
    }
}

/// The days of a name like most `.com` names at a registrar with 30 days of grace.
pub(crate) fn dates() -> Dates {
    let day = |days: i64| Some(Bounds::sure(days_after(EXPIRY, days), Source::Registrar));
    Dates {
        expiry: Bounds::sure(EXPIRY, Source::Registrar),
        charge: Charge::Known(Bounds::sure(EXPIRY, Source::Registrar)),
        dns_stop: day(1),
        grace_end: day(30),
        redemption_end: day(60),
        purge: day(65),
        rescue: day(55),
    }
}

pub(crate) fn days_after(day: Date, days: i64) -> Date {
    day.checked_add(jiff::ToSpan::days(days)).unwrap()
}

pub(crate) fn cny(yuan: i64) -> Money {
    Money::cents(Currency::CNY, yuan * 100)
}

/// A filed name with mail, begun on time: 215 days before its expiry.
pub(crate) fn case(ending: Option<Ending>) -> Case {
    let kind = if ending.is_some() { RunKind::Retire } else { RunKind::Renew };
    let made = calendar().at(days_after(EXPIRY, if ending.is_some() { -215 } else { -40 }), 9);
    let mut conditions = BTreeSet::from([Condition::Filed, Condition::PoliceFiled, Condition::Mail, Condition::Signed]);
    conditions.extend([Condition::OwnHosts, Condition::SharedSubject, Condition::Shop]);
    if ending.is_none_or(Ending::keeps) {
        conditions.insert(Condition::PayYears);
    }
    Case {
        workspace: WorkspaceId::new("acme").unwrap(),
        run: RunId { kind, number: 7 },
        revision: 1,
        name: "example-shop.cn".parse().unwrap(),
        ending,
        asked: None,
        conditions,
        assumed: BTreeSet::new(),
        people: people(),
        dates: dates(),
        params: Params {
            ceiling: cny(100),
            restore_ceiling: Some(cny(1200)),
            years: 1,
            ttl_floor: 600,
            receiver: (ending == Some(Ending::Transfer)).then(|| "buyer-1".to_owned()),
        },
        offers: Ending::ALL.into_iter().map(|ending| (ending, Offer::Yes)).collect(),
        rulebook: "00".repeat(32),
        made,
        passed: BTreeSet::new(),
    }
}

pub(crate) fn plan_of(case: &Case) -> Plan {
    plan(book(case.run.kind), case, &calendar()).unwrap()
}

pub(crate) fn every_way() -> impl Iterator<Item = Option<Ending>> {
    Ending::ALL.into_iter().map(Some).chain([None])
}

/// A signature of a person over a step of a run, as it stands now.
pub(crate) fn sign(run: &Run, step: u8, id: &str, nonce: &str) -> Approval {
    let statement = run.statement(StepNo(step), &who(id), nonce).unwrap();
    let signature = hex::encode(key(id).sign(&statement.signed_bytes()).to_bytes());
    Approval { statement, signature }
}
