//! The registrar: what an account can spend, what is offered, and what is refused by which rule.
//!
//! Its interface behaves as published for large registrars: switching auto-renew answers at once,
//! everything else is a task that may run on; a second task on the same name waits; renewals carry
//! the expiry they were ordered against and fail when it has moved.

use std::sync::Arc;

use namekeep_model::{Date, Money, Op, Text, Words, words};
use namekeep_ports::Refusal;
use rust_decimal::Decimal;

use crate::calendar::{days_between, plus_days, plus_seconds, plus_years};
use crate::name::Name;
use crate::registry::{RegistryRules, Stage};
use crate::spec::{Account, Deletion, Funding, RealName};
use crate::world::{Applied, World};

/// Why a name under the registry's own lock does not move.
const REGISTRY_LOCK: Text =
    Text::new("the registry lock is on; an authorised person lifts it by mail", "注册局安全锁已打开；须由授权人邮件解除");

/// A refusal by a known rule of the provider; `code` is a finding code.
pub(crate) fn rejected(code: &str, why: impl Into<Words>) -> Refusal {
    let why = why.into();
    match code.parse() {
        Ok(quirk) => Refusal::Rejected { quirk, why },
        Err(_) => Refusal::Denied { why },
    }
}

pub(crate) fn conflict(why: impl Into<Words>) -> Refusal {
    Refusal::Conflict { why: why.into() }
}

pub(crate) fn denied(why: impl Into<Words>) -> Refusal {
    Refusal::Denied { why: why.into() }
}

impl Account {
    /// Tells why an amount cannot be spent on a day, if it cannot.
    pub(crate) fn short_of(&self, amount: Money, today: Date) -> Option<Words> {
        if let Some(arrears) = self.arrears.filter(|owed| owed.amount > Decimal::ZERO) {
            return Some(words!(en: "the account owes {arrears}", zh: "账户欠费 {arrears}"));
        }
        if amount.currency != self.balance.currency {
            let pays = self.balance.currency;
            return Some(words!(en: "the account pays in {pays}, the price is {amount}", zh: "账户以 {pays} 付款，价格为 {amount}"));
        }
        let enough = match &self.funding {
            Funding::Prepaid => self.balance.amount >= amount.amount,
            Funding::CreditLine { limit } => {
                limit.currency == amount.currency && self.balance.amount.saturating_add(limit.amount) >= amount.amount
            }
            Funding::Card { until } => today <= *until,
        };
        (!enough).then(|| match &self.funding {
            Funding::Card { until } => words!(en: "the card ended on {until}", zh: "付款卡已于 {until} 到期"),
            _ => words!(en: "{amount} is more than {} allows", zh: "{amount} 超出余额 {} 所允许", self.balance),
        })
    }

    /// Spends an amount, or tells why it cannot.
    pub(crate) fn spend(&mut self, amount: Money, today: Date) -> Result<(), Words> {
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
pub(crate) fn unverified(name: &Name, rules: &RegistryRules) -> Option<Words> {
    let state = name.holder.real_name;
    (rules.needs_real_name && state != RealName::Verified)
        .then(|| words!(en: "real-name verification is {}", zh: "实名认证状态为 {}", state.code()))
}

/// Tells what locks a name against leaving or going, if anything does.
fn locked(name: &Name) -> Option<Text> {
    if name.holder.dispute {
        Some(Text::new("a dispute lock is on", "处于争议锁定"))
    } else if name.registration.registry_lock {
        Some(REGISTRY_LOCK)
    } else if name.registration.lock {
        Some(Text::new("the lock is on", "转移锁已打开"))
    } else {
        None
    }
}

impl World {
    /// Performs an operation at the registrar, or tells why it is refused. Nothing has changed then.
    pub(crate) fn apply_registrar(&mut self, place: usize, op: &Op) -> Result<Applied, Refusal> {
        let setting = Arc::clone(&self.setting);
        let (now, today) = (self.run.now, self.today());
        let rules = setting.name_rules.get(place).ok_or_else(|| denied(Text::new("no rules", "没有对应规则")))?;
        let name = self.names.get_mut(place).ok_or_else(|| denied(Text::new("no such name", "没有该域名")))?;
        let account = setting.accounts.get(&name.account).and_then(|at| self.accounts.get_mut(*at as usize));
        let account = account.ok_or_else(|| denied(Text::new("no such account", "没有该账户")))?;
        if !name.registration.held() {
            return Err(denied(Text::new("the name is not in this account", "该域名不在此账户中")));
        }
        let gone = || conflict(words!(en: "the name is in {}", zh: "域名处于 {}", name.registration.phase(rules).code()));
        match op {
            Op::SetAutoRenew { on } => {
                let changed = name.registration.auto_renew != *on;
                name.registration.auto_renew = *on;
                name.registration.drifted = false;
                Ok(Applied::switch(changed, if *on { Text::new("auto-renew is on", "自动续费已打开") } else { Text::new("auto-renew is off", "自动续费已关闭") }))
            }
            Op::Renew { years, expected_expiry, ceiling } => {
                if !name.registration.renewable() {
                    return Err(gone());
                }
                let expiry = name.registration.expiry;
                if expiry != *expected_expiry {
                    return Err(conflict(words!(en: "the expiry is {expiry}, not {expected_expiry}", zh: "到期日为 {expiry}，而非 {expected_expiry}")));
                }
                if !(1..=10).contains(years) {
                    return Err(denied(Text::new("1 to 10 years", "只能续费 1 至 10 年")));
                }
                if plus_years(expiry, i16::from(*years)) > plus_years(today, i16::from(rules.longest_years)) {
                    return Err(denied(words!(en: "beyond {} years from today", zh: "超出今日起 {} 年", rules.longest_years)));
                }
                if let Some(why) = unverified(name, rules) {
                    return Err(rejected("Q5", why));
                }
                let cost = times(name.price, *years);
                within(cost, *ceiling)?;
                account.spend(cost, today).map_err(|why| rejected("F1", why))?;
                name.registration.extend(*years);
                let until = name.registration.expiry;
                Ok(Applied { changed: true, cost: Some(cost), says: words!(en: "renewed for {cost}, until {until}", zh: "以 {cost} 续费，至 {until}") })
            }
            Op::Restore { ceiling } => {
                let Stage::Redemption { until } = name.registration.stage() else { return Err(gone()) };
                if let Some(why) = unverified(name, rules) {
                    return Err(rejected("Q5", why));
                }
                let cost = name.restore_price.ok_or_else(|| denied(Text::new("no restore price; ask support", "没有赎回价格；请询问客服")))?;
                within(cost, *ceiling)?;
                account.spend(cost, today).map_err(|why| rejected("F1", why))?;
                let report = plus_days(today, i64::from(rules.report_days));
                name.registration.stage = Some(Stage::PendingRestore { until, report });
                Ok(Applied { changed: true, cost: Some(cost), says: words!(en: "restore ordered for {cost}", zh: "已以 {cost} 提交赎回") })
            }
            Op::SetTransferLock { on } => {
                if name.registration.registry_lock && !on {
                    return Err(rejected("Q6", REGISTRY_LOCK));
                }
                let changed = name.registration.lock != *on;
                name.registration.lock = *on;
                Ok(Applied::switch(changed, if *on { Text::new("the lock is on", "转移锁已打开") } else { Text::new("the lock is off", "转移锁已关闭") }))
            }
            Op::Transfer { to } => {
                if !name.registration.renewable() {
                    return Err(gone());
                }
                if let Some(why) = locked(name) {
                    return Err(rejected("Q6", why));
                }
                name.registration.stage = Some(Stage::HandedOver { since: now });
                Ok(Applied::switch(true, words!(en: "handed over to {to}", zh: "已移交给 {to}")))
            }
            Op::DeleteRegistration => {
                if account.deletion != Deletion::Listed {
                    return Err(rejected("Q3", Text::new("deletion is open to listed accounts only", "仅向白名单账户开放删除")));
                }
                delete(name, rules, today)
            }
            Op::RemoveDs => {
                let ttl = name.dns.ds_ttl.take();
                if let Some(ttl) = ttl {
                    name.dns.ds_gone = Some(plus_seconds(now, i64::from(ttl)));
                }
                Ok(Applied::switch(ttl.is_some(), Text::new("no DS at the parent", "父区已无 DS")))
            }
            Op::DeleteHosts => {
                if name.dns.foreign_users > 0 {
                    return Err(rejected("Q7", Text::new("a host object serves names of others", "有主机对象正被他人域名使用")));
                }
                let changed = name.dns.hosts > 0;
                name.dns.hosts = 0;
                Ok(Applied::switch(changed, Text::new("no host objects", "已无主机对象")))
            }
            _ => Err(denied(Text::new("the registrar does not offer this", "注册商不提供此操作"))),
        }
    }

    /// Deletes by ticket or in writing: staff do it, on the same rules.
    pub(crate) fn delete_by_staff(&mut self, place: usize) -> Result<Applied, Refusal> {
        let today = self.today();
        let setting = Arc::clone(&self.setting);
        let rules = setting.name_rules.get(place).ok_or_else(|| denied(Text::new("no rules", "没有对应规则")))?;
        let name = self.names.get_mut(place).ok_or_else(|| denied(Text::new("no such name", "没有该域名")))?;
        if self.accounts.iter().any(|account| account.id == name.account && account.deletion == Deletion::None) {
            return Err(rejected("Q3", Text::new("the registrar does not delete", "注册商不提供删除")));
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
        return Err(conflict(words!(en: "the name is in {}", zh: "域名处于 {}", name.registration.phase(rules).code())));
    }
    if let Some(why) = locked(name) {
        return Err(rejected("Q6", why));
    }
    // RFC 5731 section 3.2.2: not while subordinate hosts serve others.
    if name.dns.foreign_users > 0 {
        return Err(rejected("Q7", Text::new("a host object serves names of others", "有主机对象正被他人域名使用")));
    }
    name.registration.delete(rules, today);
    let says = match name.registration.stage() {
        Stage::Redemption { until } => words!(en: "deleted; may be restored until {until}", zh: "已删除；{until} 前可赎回"),
        _ => Text::new("deleted; nothing brings it back", "已删除；无法恢复").into(),
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
        _ => Err(conflict(words!(en: "the price is {cost}, the ceiling {ceiling}", zh: "价格为 {cost}，上限为 {ceiling}"))),
    }
}
