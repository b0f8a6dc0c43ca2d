//! A tiny outside: one name, its registrar, a filing desk and people, on a hand-moved clock.
//!
//! It knows no playbook: it answers looks, performs operations and replies for people. Its ledger of
//! what took effect is the oracle.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use namekeep_model::action::Act;
use namekeep_model::fact::{Confidence, FactValue, Missing, Said, Sighting, ValueType};
use namekeep_model::finding::{FindingState, Level};
use namekeep_model::{
    Action, Date, EffectId, FactKey, Facts, Observation, Op, PersonId, Receipt, ReceiptKind, Source, StepNo, Task,
    TaskKind, Timestamp, Words,
};
use namekeep_ports::{ApprovalRequest, Decision, Outcome, Proof, ReadBack, Refusal};

use crate::case::{EXPIRY, calendar, cny, dates, days_after};
use crate::rng::Rng;

/// How unruly the outside is, in thousandths.
#[derive(Clone, Copy, Default)]
pub(crate) struct Trouble {
    pub(crate) refuses: u64,
    pub(crate) unknown: u64,
    pub(crate) failed_look: u64,
    pub(crate) red: u64,
    pub(crate) idle: u64,
    pub(crate) withdraws: u64,
    pub(crate) bad_receipt: u64,
    pub(crate) dispute: u64,
    pub(crate) slow_days: u64,
    /// Everybody goes away for good, some time.
    pub(crate) away: u64,
}

/// What a person will say, and when.
pub(crate) enum Coming {
    Done(Box<Task>, Receipt),
    Decided(StepNo, PersonId, Decision),
}

pub(crate) struct Outside {
    pub(crate) rng: Rng,
    pub(crate) trouble: Trouble,
    pub(crate) facts: Facts,
    pub(crate) auto_renew: bool,
    pub(crate) expiry: Date,
    pub(crate) filed: bool,
    pub(crate) deleted: Option<Date>,
    pub(crate) transferred: bool,
    pub(crate) dispute: Option<(Date, Date)>,
    pub(crate) red: BTreeMap<FactKey, (Date, Date)>,
    pub(crate) coming: Vec<(Timestamp, Coming)>,
    /// What took effect, in order: the truth.
    pub(crate) ledger: Vec<(EffectId, Op)>,
    sent: BTreeMap<EffectId, bool>,
    away_from: Option<Date>,
}

impl Outside {
    pub(crate) fn new(seed: u64, trouble: Trouble, start: Date) -> Self {
        let mut rng = Rng(seed);
        let dispute = rng.chance(trouble.dispute).then(|| {
            let from = days_after(start, i64::try_from(rng.below(260)).unwrap());
            (from, days_after(from, 20))
        });
        let away_from =
            rng.chance(trouble.away).then(|| days_after(start, i64::try_from(200 + rng.below(60)).unwrap()));
        Self {
            away_from,
            rng,
            trouble,
            facts: Facts::default(),
            auto_renew: true,
            expiry: EXPIRY,
            filed: true,
            deleted: None,
            transferred: false,
            dispute,
            red: BTreeMap::new(),
            coming: Vec::new(),
            ledger: Vec::new(),
            sent: BTreeMap::new(),
        }
    }

    fn gone_on(&self) -> Option<Date> {
        let lapsed = (self.expiry == EXPIRY && !self.auto_renew).then_some(EXPIRY);
        self.deleted.or(lapsed)
    }

    /// The registrar charges on the charge day where auto-renew is on.
    pub(crate) fn tick(&mut self, today: Date) {
        if self.auto_renew && self.expiry == EXPIRY && today >= EXPIRY && self.deleted.is_none() && !self.transferred {
            self.expiry = days_after(EXPIRY, 365);
        }
        if self.rng.chance(self.trouble.red) {
            let keys = [FactKey::Arrears, FactKey::LegalHold, FactKey::IdentityAccounts, FactKey::Covered, FactKey::Devices];
            let key = keys[usize::try_from(self.rng.below(5)).unwrap()];
            self.red.insert(key, (today, days_after(today, 5)));
        }
    }

    pub(crate) fn look(&mut self, keys: impl IntoIterator<Item = FactKey>, now: Timestamp) {
        let today = calendar().day(now);
        for key in keys {
            let said = if self.rng.chance(self.trouble.failed_look) {
                Said::Failed(Missing { why: Words::quoted("timed out"), at: now })
            } else {
                let value = self.value(key, today);
                Said::Seen(Sighting { value, source: Source::Registrar, at: now, confidence: Confidence::High })
            };
            self.facts.take(Observation { key, said });
        }
        let code = "T5".parse().unwrap();
        let state = FindingState::after(self.facts.findings.get(&code), Level::Ok, now);
        self.facts.findings.insert(code, state);
    }

    fn value(&self, key: FactKey, today: Date) -> FactValue {
        let red = self.red.get(&key).is_some_and(|(from, to)| (*from..=*to).contains(&today));
        let purge = dates().purge.unwrap().latest;
        let gone = self.gone_on().is_some_and(|_| today >= purge);
        let yes = |truth: bool| FactValue::Bool(truth != red);
        match key {
            FactKey::Held => yes(!gone && !self.transferred),
            FactKey::RegistrarExpiry | FactKey::PaidUntil => FactValue::Date(self.expiry),
            FactKey::ChargeDay => FactValue::Date(EXPIRY),
            FactKey::AutoRenew => FactValue::Bool(self.auto_renew),
            FactKey::Dispute => FactValue::Bool(self.dispute.is_some_and(|(from, to)| (from..to).contains(&today))),
            FactKey::HolderConsistent | FactKey::RegistrantAlive | FactKey::Covered => yes(true),
            FactKey::MailClosed | FactKey::DsExpired | FactKey::IssuanceClosed | FactKey::FailbackReady => yes(true),
            FactKey::Phase => FactValue::Text(if self.deleted.is_some() { "redemption" } else { "registered" }.into()),
            FactKey::Transferred => FactValue::Bool(self.transferred),
            FactKey::Filed => FactValue::Bool(self.filed),
            FactKey::Purged => FactValue::Bool(gone),
            FactKey::RenewalPrice => FactValue::Money(cny(39)),
            FactKey::RestorePrice => FactValue::Money(cny(900)),
            FactKey::MailCensusDays => FactValue::Int(90),
            FactKey::DrainedPermille => FactValue::Int(1000),
            FactKey::TtlMax => FactValue::Int(600),
            FactKey::RescueUntil => FactValue::Date(dates().rescue.unwrap().earliest),
            FactKey::CertificateEnd => FactValue::Date(EXPIRY),
            _ => match key.value_type() {
                ValueType::Bool => yes(false),
                ValueType::Int => FactValue::Int(i64::from(red)),
                ValueType::Text => FactValue::Text("prepaid".into()),
                ValueType::Date => FactValue::Date(EXPIRY),
                ValueType::Instant => FactValue::Instant(Timestamp::UNIX_EPOCH),
                ValueType::Money => FactValue::Money(cny(1000)),
            },
        }
    }

    fn delay(&mut self, now: Timestamp, least_days: i64) -> Timestamp {
        let more = i64::try_from(self.rng.below(self.trouble.slow_days * 24 + 1)).unwrap();
        now.checked_add(SignedDuration::from_hours(least_days * 24 + 2 + more)).unwrap()
    }

    /// A person gets a task and will answer, or never does.
    pub(crate) fn give(&mut self, task: Task, now: Timestamp) {
        if self.rng.chance(self.trouble.idle) || self.away_from.is_some_and(|from| calendar().day(now) >= from) {
            return;
        }
        let days = if task.kind == TaskKind::ConfirmFiling { 12 } else { 0 };
        let at = self.delay(now, days);
        let bad = self.rng.chance(self.trouble.bad_receipt);
        let receipt = receipt(task.kind.receipt(), at, bad);
        self.coming.push((at, Coming::Done(Box::new(task), receipt)));
    }

    pub(crate) fn ask(&mut self, request: &ApprovalRequest, now: Timestamp) {
        if self.rng.chance(self.trouble.idle) || self.away_from.is_some_and(|from| calendar().day(now) >= from) {
            return;
        }
        let at = self.delay(now, 0);
        let who = request.approver.clone();
        self.coming.push((at, Coming::Decided(request.step, who.clone(), Decision::Approve)));
        if self.rng.chance(self.trouble.withdraws) {
            let later = self.delay(at, 3);
            self.coming.push((later, Coming::Decided(request.step, who, Decision::Withdraw)));
        }
    }

    pub(crate) fn perform(&mut self, action: &Action, effect: &EffectId, now: Timestamp) -> Outcome {
        if self.rng.chance(self.trouble.refuses) {
            self.sent.insert(effect.clone(), false);
            return Outcome::NotDone(Refusal::Transient { why: Words::quoted("not reachable") });
        }
        let lost_answer = self.rng.chance(self.trouble.unknown);
        let happens = !lost_answer || self.rng.chance(500);
        self.sent.insert(effect.clone(), happens);
        if happens {
            match &action.act {
                Act::Op(op) => self.take_effect(effect, op, now),
                Act::Task(kind) => {
                    let task = Task {
                        id: namekeep_model::TaskId(effect.clone()),
                        kind: *kind,
                        name: action.name.clone(),
                        assignee: PersonId::new("ops-1").unwrap(),
                        opened: now,
                        due: now,
                        asks: kind.text().into(),
                    };
                    if *kind == TaskKind::SubmitFiling {
                        self.filed = false;
                    }
                    self.give(task, now);
                    if !lost_answer {
                        return Outcome::Asked(namekeep_model::TaskId(effect.clone()));
                    }
                }
            }
        }
        if lost_answer { Outcome::Unknown { why: Words::quoted("no answer for 30 s") } } else { Outcome::Done(proof()) }
    }

    pub(crate) fn read_back(&mut self, effect: &EffectId) -> ReadBack {
        if self.rng.chance(300) {
            return ReadBack::Unclear { why: Words::quoted("not seen yet") };
        }
        if self.sent.get(effect) == Some(&true) { ReadBack::Done(proof()) } else { ReadBack::NotDone(proof()) }
    }

    fn take_effect(&mut self, effect: &EffectId, op: &Op, now: Timestamp) {
        self.ledger.push((effect.clone(), op.clone()));
        let today = calendar().day(now);
        match op {
            Op::SetAutoRenew { on } => self.auto_renew = *on,
            Op::Renew { years, expected_expiry, .. } if *expected_expiry == self.expiry && self.deleted.is_none() => {
                self.expiry = days_after(self.expiry, 365 * i64::from(*years));
            }
            Op::Restore { .. } => {
                // RFC 3915: a restored name has the expiry it had; after it, a year is added.
                self.deleted = None;
                if today >= EXPIRY {
                    self.expiry = days_after(EXPIRY, 365);
                }
            }
            Op::DeleteRegistration => self.deleted = Some(today),
            Op::Transfer { .. } => self.transferred = true,
            _ => {}
        }
    }
}

pub(crate) fn proof() -> Proof {
    Proof { reference: "8FC97E44".into(), says: Words::quoted("seen"), raw: None }
}

/// What careful work brings; a bad receipt misses every bound it can.
pub(crate) fn receipt(kind: ReceiptKind, at: Timestamp, bad: bool) -> Receipt {
    let value = |field: &namekeep_model::receipt::Field| match (field.clean.value(), bad) {
        (Some(FactValue::Bool(yes)), true) => FactValue::Bool(!yes),
        (Some(FactValue::Int(n)), true) => FactValue::Int(if n == 0 { 1 } else { n * 100 * i64::from(n > 40) }),
        (Some(value), _) => value,
        (None, _) => match field.clean.value_type() {
            ValueType::Money => FactValue::Money(cny(39)),
            _ => FactValue::Date(EXPIRY),
        },
    };
    let fields = kind.fields().iter().map(|field| (field.name.to_owned(), value(field))).collect();
    Receipt { kind, at, by: Some(PersonId::new("ops-1").unwrap()), fields, files: Vec::new() }
}
