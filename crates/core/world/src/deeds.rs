//! Work of people that cannot be taken back or costs money: it stands in the ledger.

use std::sync::Arc;

use namekeep_model::fact::FactValue;
use namekeep_model::{AccountId, Date, EffectId, Money, Op, TaskKind, Text, words};
use rust_decimal::Decimal;

use crate::calendar::{days_between, plus_days};
use crate::filing::FilingAct;
use crate::ledger::{Effect, Happened};
use crate::registry::Stage;
use crate::work::{Fields, Progress};
use crate::world::{Applied, World};

/// Days a detached resource stays reserved before it is released (playbook-23, step 11).
const HOLD_DAYS: i64 = 14;

impl World {
    /// Work that destroys: it stands in the ledger.
    pub(crate) fn destroy(
        &mut self,
        kind: TaskKind,
        place: usize,
        effect: EffectId,
        begun: bool,
        fields: Fields,
    ) -> Progress {
        let setting = Arc::clone(&self.setting);
        let today = self.today();
        let Some(name) = self.names.get_mut(place) else { return Progress::Wait(None) };
        let later = |day: Date, days: i64| Progress::Wait(Some(setting.zone.at(plus_days(day, days), 0)));
        match kind {
            TaskKind::CloseTenants => {
                let changed = name.identity.closed.is_none();
                let closed = *name.identity.closed.get_or_insert(today);
                let identity = &mut name.identity;
                (identity.accounts, identity.contacts, identity.tenants) = (0, 0, 0);
                let quiet = identity.logins_on(today) == 0;
                if !begun {
                    self.accept(
                        effect,
                        Effect::Work(kind),
                        place,
                        Applied::switch(changed, Text::new("tenants closed, log-ins moved", "租户已关闭，登录已迁移")),
                    );
                }
                if quiet { fields.int("tenants-open", 0).done() } else { later(closed, 30) }
            }
            TaskKind::ReleaseResources => {
                if let Some(detached) = name.resources.detached.filter(|day| days_between(*day, today) < HOLD_DAYS) {
                    return later(detached, HOLD_DAYS);
                }
                let changed = name.resources.held > 0;
                name.resources.held = 0;
                // Certificates that would outlive the paid time are revoked.
                let expiry = name.registration.expiry;
                if let Some(end) = name.certificates.end_on(today, name.site.ended.map(|at| setting.zone.day(at))) {
                    name.certificates.latest_end = Some(end.min(expiry));
                }
                name.certificates.automatic = false;
                let attached = name.resources.attached;
                self.accept(
                    effect,
                    Effect::Work(kind),
                    place,
                    Applied::switch(changed, Text::new("resources released, keys destroyed", "资源已释放，密钥已销毁")),
                );
                fields.int("resources-left", attached).int("keys-left", 0).int("certificates-outliving", 0).done()
            }
            _ => {
                if name.privacy.open_requests > 0 || name.privacy.legal_hold {
                    return Progress::Wait(None);
                }
                let changed = !name.privacy.erased;
                name.privacy.erased = true;
                let without = name.privacy.without_law;
                self.accept(effect, Effect::Work(kind), place, Applied::switch(changed, Text::new("personal data disposed of", "个人信息已处置")));
                fields.int("sets-without-law", without).done()
            }
        }
    }

    /// Ends the service at T0: the page that was there does not come back.
    pub(crate) fn end_service(&mut self, place: usize, effect: EffectId, fields: Fields) -> Progress {
        let now = self.run.now;
        let Some(name) = self.names.get_mut(place) else { return Progress::Wait(None) };
        let changed = name.site.ended.is_none();
        name.site.ended.get_or_insert(now);
        name.site.campaigns = 0;
        self.accept(effect, Effect::Work(TaskKind::EndService), place, Applied::switch(changed, Text::new("the service ended", "服务已终止")));
        fields.yes("service-ended", true).done()
    }

    /// Hands the filing act in: one open order per subject.
    pub(crate) fn submit(&mut self, place: usize, effect: EffectId, fields: Fields) -> Progress {
        let now = self.run.now;
        let others = self.names.get(place).map_or(0, |name| self.other_orders(name));
        let Some(name) = self.names.get_mut(place) else { return Progress::Wait(None) };
        let act = name.filing.due_act();
        let fields = fields.text("act", act.code()).yes("sms-confirmed", true).yes("read-aloud", true);
        if act != FilingAct::ServiceEndOnly && (others > 0 || name.filing.order.is_some()) {
            return Progress::Wait(None);
        }
        name.site.ended.get_or_insert(now);
        if act != FilingAct::ServiceEndOnly {
            self.open_order(place, act);
        }
        let says = words!(en: "handed in: {}", zh: "已提交：{}", act.code());
        self.accept(effect, Effect::Work(TaskKind::SubmitFiling), place, Applied::switch(true, says));
        fields.done()
    }

    /// The act of an ending, done by people at the registrar.
    pub(crate) fn act(&mut self, kind: TaskKind, place: usize, effect: EffectId, fields: Fields) -> Progress {
        let now = self.run.now;
        let applied = match kind {
            TaskKind::DeleteByTicket => self.delete_by_staff(place),
            TaskKind::HandOver => {
                let Some(name) = self.names.get_mut(place) else { return Progress::Wait(None) };
                if name.holder.dispute || name.registration.registry_lock || !name.registration.renewable() {
                    return Progress::Wait(None);
                }
                name.registration.lock = false;
                name.registration.stage = Some(Stage::HandedOver { since: now });
                Ok(Applied::switch(true, Text::new("handed over to the agreed holder", "已移交给约定的持有者")))
            }
            _ => {
                let Some(name) = self.names.get_mut(place) else { return Progress::Wait(None) };
                let changed = !name.registration.cancelled;
                name.registration.cancelled = true;
                name.registration.auto_renew = false;
                Ok(Applied::switch(changed, Text::new("cancelled in writing", "已书面注销")))
            }
        };
        match applied {
            Ok(applied) => {
                let reference = self.accept(effect, Effect::Work(kind), place, applied);
                fields.yes("done", true).text("reference", &reference).done()
            }
            Err(_) => Progress::Wait(None),
        }
    }

    /// Sees that a name is renewed: pays a year, or what bringing it back costs where it is in
    /// redemption. People who run short of a prepaid balance pay money in first.
    pub(crate) fn pay(&mut self, place: usize, effect: EffectId, fields: Fields) -> Progress {
        let Some(name) = self.names.get(place) else { return Progress::Wait(None) };
        let redeemed = name.restore_price.filter(|_| matches!(name.registration.stage(), Stage::Redemption { .. }));
        if !name.registration.renewable() && redeemed.is_none() {
            return Progress::Wait(None);
        }
        let (price, account) = (redeemed.unwrap_or(name.price), name.account.clone());
        self.pay_in(&account, price);
        let paid = match redeemed {
            Some(ceiling) => self.apply(place, &Op::Restore { ceiling }).is_ok(),
            None => self.pay_year(place, &account, price),
        };
        let Some(name) = self.names.get(place).filter(|_| paid) else { return Progress::Wait(None) };
        let until = name.registration.expiry;
        let applied = Applied { changed: true, cost: Some(price), says: words!(en: "paid {price}, until {until}", zh: "已付 {price}，至 {until}") };
        self.accept(effect, Effect::Work(TaskKind::PayOrder), place, applied);
        let fields = fields.yes("paid", true).set("paid-until", FactValue::Date(until));
        fields.money("price", Some(price)).done()
    }

    fn pay_year(&mut self, place: usize, account: &AccountId, price: Money) -> bool {
        let today = self.today();
        let paid = self.account_place(account).and_then(|at| self.accounts.get_mut(at)).is_some_and(|a| a.spend(price, today).is_ok());
        if let Some(name) = self.names.get_mut(place).filter(|_| paid) {
            name.registration.extend(1);
        }
        paid
    }

    /// Pays money into an account that is short of a price.
    fn pay_in(&mut self, account: &AccountId, price: Money) {
        let today = self.today();
        let Some(account) = self.account_place(account).and_then(|at| self.accounts.get_mut(at)) else { return };
        if account.short_of(price, today).is_some() {
            let owed = account.arrears.map_or(Decimal::ZERO, |owed| owed.amount);
            let amount = price.amount.saturating_add(owed).saturating_sub(account.balance.amount.max(Decimal::ZERO));
            let amount = Money { amount: amount.max(price.amount), ..price };
            account.take(amount);
            let id = account.id.clone();
            self.note(None, Happened::ToppedUp { account: id, amount });
        }
    }

    /// Carries an operation out by hand, on the same rules as a port.
    pub(crate) fn carry_out(&mut self, id: usize, effect: EffectId, place: usize, fields: Fields) -> Progress {
        let Some(op) = self.run.works.get(id).and_then(|work| work.op.clone()) else {
            // Asked for in words alone: it is done as the words say, and changes nothing here.
            return fields.yes("done", true).done();
        };
        match self.apply(place, &op) {
            Ok(applied) => {
                let reference = self.accept(effect, Effect::Op(op), place, applied);
                fields.yes("done", true).text("reference", &reference).done()
            }
            Err(_) => Progress::Wait(None),
        }
    }
}
