//! The registrar: what an account can spend, what is offered, and what is refused by which rule.
//!
//! Its interface behaves as published for large registrars: switching auto-renew answers at once,
//! everything else is a task that may run on; a second task on the same name waits; renewals carry
//! the expiry they were ordered against and fail when it has moved.

use std::sync::Arc;

use namekeep_model::{Date, Money, Op};
use namekeep_ports::Refusal;
use rust_decimal::Decimal;

use crate::calendar::{days_between, plus_days, plus_seconds, plus_years};
use crate::name::Name;
use crate::registry::{RegistryRules, Stage};
use crate::spec::{Account, Deletion, Funding, RealName};
use crate::world::{Applied, World};

/// A refusal by a known rule of the provider; `code` is a finding code.
pub(crate) fn rejected(code: &str, why: impl Into<String>) -> Refusal {
    let why = why.into();
    match code.parse() {
        Ok(quirk) => Refusal::Rejected { quirk, why },
        Err(_) => Refusal::Denied { why },
    }
}

pub(crate) fn conflict(why: impl Into<String>) -> Refusal {
    Refusal::Conflict { why: why.into() }
}

pub(crate) fn denied(why: impl Into<String>) -> Refusal {
    Refusal::Denied { why: why.into() }
}

impl Account {
    /// Tells why an amount cannot be spent on a day, if it cannot.
    pub(crate) fn short_of(&self, amount: Money, today: Date) -> Option<String> {
        if let Some(arrears) = self.arrears.filter(|owed| owed.amount > Decimal::ZERO) {
            return Some(format!("the account owes {arrears}"));
        }
        if amount.currency != self.balance.currency {
            return Some(format!("the account pays in {}, the price is {amount}", self.balance.currency));
        }
        let enough = match &self.funding {
            Funding::Prepaid => self.balance.amount >= amount.amount,
            Funding::CreditLine { limit } => {
                limit.currency == amount.currency && self.balance.amount.saturating_add(limit.amount) >= amount.amount
            }
            Funding::Card { until } => today <= *until,
        };
        (!enough).then(|| match &self.funding {
            Funding::Card { until } => format!("the card ended on {until}"),
            _ => format!("{amount} is more than {} allows", self.balance),
        })
    }

    /// Spends an amount, or tells why it cannot.
    pub(crate) fn spend(&mut self, amount: Money, today: Date) -> Result<(), String> {
        if let Some(why) = self.short_of(amount, today) {
            return Err(why);
        }
        if !matches!(self.funding, Funding::Card { .. }) {
            self.balance.amount = self.balance.amount.saturating_sub(amount.amount);
        }
        Ok(())
    }

    /// Takes money in: arrears first, then the balance.
    pub(crate) fn take(&mut self, amount: Money) {
        let mut rest = amount.amount;
        if let Some(owed) = self.arrears.as_mut().filter(|owed| owed.currency == amount.currency) {
            let paid = owed.amount.min(rest);
            owed.amount -= paid;
            rest -= paid;
        }
        self.arrears = self.arrears.filter(|owed| owed.amount > Decimal::ZERO);
        if amount.currency == self.balance.currency {
            self.balance.amount = self.balance.amount.saturating_add(rest);
        }
    }
}

/// Tells why the holder may not renew or redeem, if he may not.
pub(crate) fn unverified(name: &Name, rules: &RegistryRules) -> Option<String> {
    let state = name.holder.real_name;
    (rules.needs_real_name && state != RealName::Verified)
        .then(|| format!("real-name verification is {}", state.code()))
}

/// Tells what locks a name against leaving or going, if anything does.
fn locked(name: &Name) -> Option<&'static str> {
    if name.holder.dispute {
        Some("a dispute lock is on")
    } else if name.registration.registry_lock {
        Some("the registry lock is on; an authorised person lifts it by mail")
    } else if name.registration.lock {
        Some("the lock is on")
    } else {
        None
    }
}

impl World {
    /// Performs an operation at the registrar, or tells why it is refused. Nothing has changed then.
    pub(crate) fn apply_registrar(&mut self, place: usize, op: &Op) -> Result<Applied, Refusal> {
        let setting = Arc::clone(&self.setting);
        let (now, today) = (self.run.now, self.today());
        let rules = setting.name_rules.get(place).ok_or_else(|| denied("no rules"))?;
        let name = self.names.get_mut(place).ok_or_else(|| denied("no such name"))?;
        let account = setting.accounts.get(&name.account).and_then(|at| self.accounts.get_mut(*at as usize));
        let account = account.ok_or_else(|| denied("no such account"))?;
        if !name.registration.held() {
            return Err(denied("the name is not in this account"));
        }
        let gone = || conflict(format!("the name is in {}", name.registration.phase(rules).code()));
        match op {
            Op::SetAutoRenew { on } => {
                let changed = name.registration.auto_renew != *on;
                name.registration.auto_renew = *on;
                name.registration.drifted = false;
                Ok(Applied::switch(changed, if *on { "auto-renew is on" } else { "auto-renew is off" }))
            }
            Op::Renew { years, expected_expiry, ceiling } => {
                if !name.registration.renewable() {
                    return Err(gone());
                }
                let expiry = name.registration.expiry;
                if expiry != *expected_expiry {
                    return Err(conflict(format!("the expiry is {expiry}, not {expected_expiry}")));
                }
                if !(1..=10).contains(years) {
                    return Err(denied("1 to 10 years"));
                }
                if plus_years(expiry, i16::from(*years)) > plus_years(today, i16::from(rules.longest_years)) {
                    return Err(denied(format!("beyond {} years from today", rules.longest_years)));
                }
                if let Some(why) = unverified(name, rules) {
                    return Err(rejected("Q5", why));
                }
                let cost = times(name.price, *years);
                within(cost, *ceiling)?;
                account.spend(cost, today).map_err(|why| rejected("F1", why))?;
                name.registration.extend(*years);
                let until = name.registration.expiry;
                Ok(Applied { changed: true, cost: Some(cost), says: format!("renewed for {cost}, until {until}") })
            }
            Op::Restore { ceiling } => {
                let Stage::Redemption { until } = name.registration.stage() else { return Err(gone()) };
                if let Some(why) = unverified(name, rules) {
                    return Err(rejected("Q5", why));
                }
                let cost = name.restore_price.ok_or_else(|| denied("no restore price; ask support"))?;
                within(cost, *ceiling)?;
                account.spend(cost, today).map_err(|why| rejected("F1", why))?;
                let report = plus_days(today, i64::from(rules.report_days));
                name.registration.stage = Some(Stage::PendingRestore { until, report });
                Ok(Applied { changed: true, cost: Some(cost), says: format!("restore ordered for {cost}") })
            }
            Op::SetTransferLock { on } => {
                if name.registration.registry_lock && !on {
                    return Err(rejected("Q6", "the registry lock is on; an authorised person lifts it by mail"));
                }
                let changed = name.registration.lock != *on;
                name.registration.lock = *on;
                Ok(Applied::switch(changed, if *on { "the lock is on" } else { "the lock is off" }))
            }
            Op::Transfer { to } => {
                if !name.registration.renewable() {
                    return Err(gone());
                }
                if let Some(why) = locked(name) {
                    return Err(rejected("Q6", why));
                }
                name.registration.stage = Some(Stage::HandedOver { since: now });
                Ok(Applied::switch(true, format!("handed over to {to}")))
            }
            Op::DeleteRegistration => {
                if account.deletion != Deletion::Listed {
                    return Err(rejected("Q3", "deletion is open to listed accounts only"));
                }
                delete(name, rules, today)
            }
            Op::RemoveDs => {
                let ttl = name.dns.ds_ttl.take();
                if let Some(ttl) = ttl {
                    name.dns.ds_gone = Some(plus_seconds(now, i64::from(ttl)));
                }
                Ok(Applied::switch(ttl.is_some(), "no DS at the parent"))
            }
            Op::DeleteHosts => {
                if name.dns.foreign_users > 0 {
                    return Err(rejected("Q7", "a host object serves names of others"));
                }
                let changed = name.dns.hosts > 0;
                name.dns.hosts = 0;
                Ok(Applied::switch(changed, "no host objects"))
            }
            _ => Err(denied("the registrar does not offer this")),
        }
    }

    /// Deletes by ticket or in writing: staff do it, on the same rules.
    pub(crate) fn delete_by_staff(&mut self, place: usize) -> Result<Applied, Refusal> {
        let today = self.today();
        let setting = Arc::clone(&self.setting);
        let rules = setting.name_rules.get(place).ok_or_else(|| denied("no rules"))?;
        let name = self.names.get_mut(place).ok_or_else(|| denied("no such name"))?;
        if self.accounts.iter().any(|account| account.id == name.account && account.deletion == Deletion::None) {
            return Err(rejected("Q3", "the registrar does not delete"));
        }
        // The ticket asks staff to lift the registrar's lock as well.
        if !name.registration.registry_lock {
            name.registration.lock = false;
        }
        delete(name, rules, today)
    }

    /// Renewals of the account that fall due within 30 days, this day's expired names included.
    pub(crate) fn due_soon(&self, name: &Name) -> Decimal {
        let today = self.today();
        let same = self.names.iter().filter(|other| other.account == name.account && other.registration.renewable());
        let due =
            same.filter(|other| other.registration.auto_renew && days_between(today, other.registration.expiry) <= 30);
        due.fold(Decimal::ZERO, |sum, other| sum.saturating_add(other.price.amount))
    }
}

fn delete(name: &mut Name, rules: &RegistryRules, today: Date) -> Result<Applied, Refusal> {
    if !name.registration.renewable() {
        return Err(conflict(format!("the name is in {}", name.registration.phase(rules).code())));
    }
    if let Some(why) = locked(name) {
        return Err(rejected("Q6", why));
    }
    // RFC 5731 section 3.2.2: not while subordinate hosts serve others.
    if name.dns.foreign_users > 0 {
        return Err(rejected("Q7", "a host object serves names of others"));
    }
    name.registration.delete(rules, today);
    let says = match name.registration.stage() {
        Stage::Redemption { until } => format!("deleted; may be restored until {until}"),
        _ => "deleted; nothing brings it back".to_owned(),
    };
    Ok(Applied::switch(true, says))
}

fn times(price: Money, years: u8) -> Money {
    let amount = price.amount.saturating_mul(Decimal::from(years));
    Money { amount, ..price }
}

fn within(cost: Money, ceiling: Money) -> Result<(), Refusal> {
    match cost.at_most(ceiling) {
        Some(true) => Ok(()),
        _ => Err(conflict(format!("the price is {cost}, the ceiling {ceiling}"))),
    }
}
