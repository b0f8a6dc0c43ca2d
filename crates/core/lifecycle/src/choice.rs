//! The date that counts: one of three expiry dates, with the reason.
//!
//! The account decides what may still be done, so its date outranks the registry's; where two
//! dates differ the earlier one counts, because the name can be lost by it. A registry that renews
//! by itself shows a year too much: that year is recognised and not believed. What rests on WHOIS
//! alone says so.

use namekeep_model::status::{EppStatus, RgpStatus, StatusSet};
use namekeep_model::{Confidence, Source, Text};
use namekeep_rules::Day;
use serde::Serialize;

use crate::life::Life;
use crate::state::{ExpiryFact, NameState};

/// Days by which two records of one expiry may differ: time zones, and 29 February.
const SAME: i32 = 3;
/// Most days a registry keeps an auto-renewed name in its grace period (45 in gTLD agreements).
const AUTO_RENEW_DAYS: i32 = 45;

/// Days after expiry within which a deleted name is as a rule still seen (45 + 30 + 5 in gTLD
/// agreements).
const DELETED_DAYS: i32 = 80;

/// Which of the three dates counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The registry's.
    Registry,
    /// The registrar's.
    Registrar,
    /// The last paid one.
    PaidUntil,
}

impl Which {
    /// The word used in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Registrar => "registrar",
            Self::PaidUntil => "paid_until",
        }
    }

    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Registry => Text::new("registry expiry", "注册局到期日"),
            Self::Registrar => Text::new("registrar expiry", "注册商到期日"),
            Self::PaidUntil => Text::new("paid until", "已付费至"),
        }
    }
}

/// Why a date counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// All dates known agree.
    Agree,
    /// The account record decides what may still be done.
    Account,
    /// Only the account's date is known.
    AccountAlone,
    /// The registry's date is one year ahead after an automatic renewal.
    RegistryJumped,
    /// Only a registry date is known and it carries an unpaid year, which was taken off.
    YearTakenOff,
    /// Only a registry date is known, it lies ahead although the name is deleted, and a year was
    /// taken off.
    DeletedBeforeDate,
    /// The registry shows the old date for days after a paid renewal.
    RegistryLags,
    /// Two dates differ; the earlier one counts.
    Earlier,
    /// Only the registry's date is known.
    RegistryAlone,
    /// Only the registry's date is known, and it can hold an unpaid year.
    RegistryPerhapsJumped,
}

impl Reason {
    /// The reason for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Agree => Text::new("all known dates agree", "已知日期一致"),
            Self::Account => {
                Text::new("the account record decides what may still be done", "以账号记录为准，它决定还能做什么")
            }
            Self::AccountAlone => {
                Text::new("the only date known; the registry was not compared", "唯一已知的日期；未与注册局比对")
            }
            Self::RegistryJumped => Text::new(
                "the registry renews by itself at expiry and shows one year too much; that year is not paid for and not believed",
                "注册局到期自动续费，显示多出一年；该年未付费，不作依据",
            ),
            Self::YearTakenOff => Text::new(
                "only a registry date is known and the name is in the auto-renew period: one year is taken off; the account has to be asked",
                "仅有注册局日期且处于自动续费宽限期：减去一年；须向账号核实",
            ),
            Self::DeletedBeforeDate => Text::new(
                "only a registry date is known and it lies ahead although the name is deleted: the year the registry added by itself is taken off; the account has to be asked",
                "仅有注册局日期，且域名已被删除而该日期仍在将来：减去注册局自动增加的一年；须向账号核实",
            ),
            Self::RegistryLags => Text::new(
                "the registry keeps showing the old date for some days after a paid renewal",
                "付费续费后，注册局在数日内仍显示旧日期",
            ),
            Self::Earlier => Text::new(
                "two dates differ: the earlier one counts until they agree",
                "两个日期不一致：在一致之前以较早者为准",
            ),
            Self::RegistryAlone => Text::new(
                "only the registry's date is known; the account was not asked",
                "仅有注册局日期；未向账号核实",
            ),
            Self::RegistryPerhapsJumped => Text::new(
                "only the registry's date is known; less than 45 days have passed since the day one year before it, so it can hold a year nobody paid: the account has to be asked",
                "仅有注册局日期；距其前一年的同日不足 45 天，可能含未付费的一年：须向账号核实",
            ),
        }
    }
}

/// The date that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The date.
    pub date: Day,
    /// Which of the three it is.
    pub which: Which,
    /// Why.
    pub reason: Reason,
    /// How far it is trusted.
    pub confidence: Confidence,
    /// A person has to ask before a plan rests on it.
    pub provisional: bool,
    /// Nothing but WHOIS says so: no plan rests on it.
    pub rests_on_whois_only: bool,
}

fn near(a: Day, b: Day) -> bool {
    a.since(b).abs() <= SAME
}

/// Chooses the date that counts on a day; `None` where no date is known.
pub fn choose(state: &NameState, life: Option<&Life>, at: Day) -> Option<Choice> {
    let jumps = life.is_none_or(|life| life.auto_renews || life.date_jumps);
    let statuses = state.statuses;
    let account = account(state, statuses, at);
    let registry = state.registry_expiry;
    let which_of = |fact: &ExpiryFact| matches!(fact.source, Source::Whois);
    match (account, registry) {
        (None, None) => None,
        (Some((fact, which, agreed)), None) => Some(Choice {
            date: fact.date.into(),
            which,
            reason: if agreed { Reason::Agree } else { Reason::AccountAlone },
            confidence: fact.confidence,
            provisional: false,
            rests_on_whois_only: which_of(&fact),
        }),
        (None, Some(fact)) => Some(from_registry(&fact, statuses, jumps, at)),
        (Some((fact, which, agreed)), Some(registry)) => {
            let (ours, theirs) = (Day::from(fact.date), Day::from(registry.date));
            let keep = |reason, confidence| Choice {
                date: ours,
                which,
                reason,
                confidence,
                provisional: false,
                rests_on_whois_only: which_of(&fact) && which_of(&registry),
            };
            let renewed_by_itself =
                near(theirs, ours.plus_years(1)) && (jumps || statuses.has_rgp(RgpStatus::AutoRenewPeriod));
            let lags = life.map_or(0, |life| i32::from(life.date_lags));
            Some(if near(ours, theirs) {
                keep(if agreed { Reason::Agree } else { Reason::Account }, fact.confidence)
            } else if renewed_by_itself {
                keep(Reason::RegistryJumped, fact.confidence)
            } else if lags > 0 && near(ours, theirs.plus_years(1)) && at <= theirs.plus(lags) {
                keep(Reason::RegistryLags, fact.confidence)
            } else if theirs < ours {
                Choice {
                    date: theirs,
                    which: Which::Registry,
                    provisional: true,
                    ..keep(Reason::Earlier, Confidence::Low)
                }
            } else {
                Choice { provisional: true, ..keep(Reason::Earlier, fact.confidence.min(Confidence::Medium)) }
            })
        }
    }
}

/// The account's date: the registrar's or the paid one, the earlier where they differ; and whether
/// both are known and agree.
fn account(state: &NameState, statuses: StatusSet, at: Day) -> Option<(ExpiryFact, Which, bool)> {
    match (state.registrar_expiry, state.paid_until) {
        (Some(registrar), Some(paid)) => {
            let same = near(registrar.date.into(), paid.date.into());
            Some(if same || registrar.date < paid.date {
                (registrar, Which::Registrar, same)
            } else {
                (paid, Which::PaidUntil, false)
            })
        }
        (None, Some(paid)) => Some((paid, Which::PaidUntil, false)),
        (Some(registrar), None) => {
            // A registrar that copies the registry's date shows the unpaid year as well.
            let day = Day::from(registrar.date);
            let copied = statuses.has_rgp(RgpStatus::AutoRenewPeriod)
                && day.plus_years(-1) <= at
                && at.since(day.plus_years(-1)) <= AUTO_RENEW_DAYS
                && state.registry_expiry.is_some_and(|registry| near(registry.date.into(), day))
                && registrar.source != Source::Registrar;
            let date = if copied { day.plus_years(-1).date() } else { registrar.date };
            let confidence = if copied { Confidence::Low } else { registrar.confidence };
            Some((ExpiryFact { date, confidence, ..registrar }, Which::Registrar, false))
        }
        (None, None) => None,
    }
}

fn from_registry(fact: &ExpiryFact, statuses: StatusSet, jumps: bool, at: Day) -> Choice {
    let day = Day::from(fact.date);
    let whois = fact.source == Source::Whois;
    let base = Choice {
        date: day,
        which: Which::Registry,
        reason: Reason::RegistryAlone,
        confidence: if whois { Confidence::Low } else { fact.confidence.min(Confidence::Medium) },
        provisional: whois,
        rests_on_whois_only: whois,
    };
    let year_before = day.plus_years(-1);
    if statuses.has_rgp(RgpStatus::AutoRenewPeriod) && day > at {
        return Choice {
            date: year_before,
            reason: Reason::YearTakenOff,
            confidence: Confidence::Low,
            provisional: true,
            ..base
        };
    }
    let deleted = statuses.has(EppStatus::PendingDelete)
        || [RgpStatus::RedemptionPeriod, RgpStatus::PendingRestore, RgpStatus::PendingDelete]
            .iter()
            .any(|&s| statuses.has_rgp(s));
    if deleted && jumps && day > at && (0..=DELETED_DAYS).contains(&at.since(year_before)) {
        return Choice {
            date: year_before,
            reason: Reason::DeletedBeforeDate,
            confidence: Confidence::Low,
            provisional: true,
            ..base
        };
    }
    let paid = statuses.has_rgp(RgpStatus::RenewPeriod) || statuses.has_rgp(RgpStatus::AddPeriod);
    if jumps && !paid && (0..=AUTO_RENEW_DAYS).contains(&at.since(year_before)) {
        return Choice {
            reason: Reason::RegistryPerhapsJumped,
            confidence: Confidence::Low,
            provisional: true,
            ..base
        };
    }
    base
}
