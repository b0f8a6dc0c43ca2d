//! What each kind of task does to the world, and the receipt it brings.
//!
//! A receipt starts from the values careful work brings (the model names them for each field) and
//! takes what is really so from the world. Work that takes its time has two halves: it is begun
//! (senders told, tenants closed, mail refused), and the receipt comes when its days have run.

use std::collections::BTreeMap;
use std::sync::Arc;

use namekeep_model::fact::FactValue;
use namekeep_model::{Date, EffectId, Money, Receipt, ReceiptKind, TaskId, TaskKind, Timestamp};

use crate::calendar::{days_between, plus_days};
use crate::faults::AttemptState;
use crate::name::Name;
use crate::people::Work;
use crate::world::World;

/// How far a person got.
pub(crate) enum Progress {
    /// Done, with these fields.
    Done(BTreeMap<String, FactValue>),
    /// Not yet; not before this instant, where one is known, else the next working day.
    Wait(Option<Timestamp>),
}

/// Days a census runs before a map of dependencies rests on it (playbook-23, step 4).
const CENSUS_DAYS: i64 = 30;
/// Days mail is refused with a pointer before a sample counts (playbook-23, step 8).
const REFUSE_DAYS: i64 = 14;
/// The fields of a receipt: only those its kind has, only of their types.
pub(crate) struct Fields {
    kind: ReceiptKind,
    values: BTreeMap<String, FactValue>,
}

impl Fields {
    fn clean(kind: ReceiptKind) -> Self {
        let values = kind.fields().iter().filter_map(|field| Some((field.name.to_owned(), field.clean.value()?)));
        Self { kind, values: values.collect() }
    }

    pub(crate) fn set(mut self, name: &str, value: FactValue) -> Self {
        let fits = |field: &&namekeep_model::receipt::Field| {
            field.name == name && field.clean.value_type() == value.value_type()
        };
        if self.kind.fields().iter().any(|field| fits(&field)) {
            self.values.insert(name.to_owned(), value);
        }
        self
    }

    pub(crate) fn int(self, name: &str, n: impl Into<i64>) -> Self {
        self.set(name, FactValue::Int(n.into()))
    }

    pub(crate) fn yes(self, name: &str, yes: bool) -> Self {
        self.set(name, FactValue::Bool(yes))
    }

    pub(crate) fn text(self, name: &str, text: &str) -> Self {
        self.set(name, FactValue::Text(text.to_owned()))
    }

    pub(crate) fn money(self, name: &str, money: Option<Money>) -> Self {
        match money {
            Some(money) => self.set(name, FactValue::Money(money)),
            None => self,
        }
    }

    pub(crate) fn done(self) -> Progress {
        Progress::Done(self.values)
    }
}

impl World {
    /// A person works on a task.
    pub(crate) fn work_on(&mut self, id: usize) -> Progress {
        let Some(work) = self.run.works.get(id) else { return Progress::Wait(None) };
        let (kind, effect, begun) = (work.task.kind, work.task.id.0.clone(), work.began.is_some());
        let Some(place) = self.place(&work.task.name) else { return Progress::Wait(None) };
        let fields = Fields::clean(kind.receipt());
        let progress = match kind {
            TaskKind::CarryOut => self.carry_out(id, effect, place, fields),
            TaskKind::FindOut => self.find_out(&effect, fields),
            TaskKind::PayOrder => self.pay(place, effect, fields),
            TaskKind::DeleteByTicket | TaskKind::HandOver | TaskKind::CancelInWriting => {
                self.act(kind, place, effect, fields)
            }
            TaskKind::SubmitFiling => self.submit(place, effect, fields),
            TaskKind::CloseTenants | TaskKind::ReleaseResources | TaskKind::DisposeData => {
                self.destroy(kind, place, effect, begun, fields)
            }
            TaskKind::ReconcileFiling | TaskKind::ConfirmFiling | TaskKind::CancelPoliceRecord => {
                self.file(kind, place, fields)
            }
            TaskKind::EndService => self.end_service(place, effect, fields),
            _ => self.plain(kind, place, fields),
        };
        if let (Some(work), Some(last)) = (self.run.works.get_mut(id), self.run.ledger.last())
            && last.effect == work.task.id.0
        {
            work.reference.clone_from(&last.reference);
        }
        self.refresh_name(place);
        progress
    }

    /// Work that tells, moves or measures, and can be taken back.
    fn plain(&mut self, kind: TaskKind, place: usize, fields: Fields) -> Progress {
        let setting = Arc::clone(&self.setting);
        let today = self.today();
        let Some(name) = self.names.get_mut(place) else { return Progress::Wait(None) };
        let from = |day: Date, days: i64| Progress::Wait(Some(setting.zone.at(plus_days(day, days), 0)));
        match kind {
            TaskKind::CharterCase => {
                let named: Vec<_> = setting.people.iter().filter(|colleague| colleague.approver).collect();
                let deputies = named.iter().filter(|colleague| colleague.deputy.is_some()).count();
                let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
                // A world without named approvers says nothing against the charter.
                if named.is_empty() {
                    return fields.done();
                }
                fields.int("approvers", count(named.len())).int("deputies", count(deputies)).done()
            }
            TaskKind::SearchDisputes => fields
                .int("disputes", i64::from(name.holder.dispute))
                .yes("holder-lawful", name.holder.consistent)
                .done(),
            TaskKind::MapDependencies => {
                let since = *name.mail.census_since.get_or_insert(today);
                if days_between(since, today) < CENSUS_DAYS {
                    return from(since, CENSUS_DAYS);
                }
                fields.int("unowned", name.dependencies.unowned).done()
            }
            TaskKind::ScoreTrust => fields.int("score", score(name, today)).done(),
            TaskKind::NotifyParties => {
                let since = *name.site.noticed.get_or_insert(today);
                name.mail.noticed.get_or_insert(today);
                let days = i64::from(name.site.notice_days);
                if days_between(since, today) < days {
                    return from(since, days);
                }
                let told = &name.dependencies;
                let fields = fields.int("parties-missing", told.unreachable).int("objections-open", told.objections);
                fields.int("notice-days", days_between(since, today)).done()
            }
            TaskKind::RefuseMail => {
                let since = *name.mail.refused_since.get_or_insert(today);
                if days_between(since, today) < REFUSE_DAYS {
                    return from(since, REFUSE_DAYS);
                }
                // Filing and tenants still send their last confirmations to the name.
                if name.filing.order.is_some() || name.identity.tenants > 0 {
                    return Progress::Wait(None);
                }
                fields.int("days", days_between(since, today)).int("confirmations-awaited", 0).done()
            }
            TaskKind::MoveSite => {
                name.site.campaigns = 0;
                name.site.organic_per_day = name.site.organic_after_move.min(name.site.organic_per_day);
                name.site.moved = true;
                fields.int("campaigns-running", name.site.campaigns).done()
            }
            TaskKind::InventoryResources => {
                // Who lists them reserves what lies open and removes records that point at nothing.
                name.resources.unreserved = 0;
                name.resources.dangling = 0;
                fields.int("unreserved", name.resources.unreserved).done()
            }
            TaskKind::ExportData => {
                name.watch.copies = name.watch.copies.max(3);
                fields.int("copies", name.watch.copies).int("copies-verified", name.watch.copies).done()
            }
            TaskKind::DrillRestore => {
                name.watch.failback = true;
                fields.int("rto-minutes", name.watch.rto_minutes).int("rpo-minutes", name.watch.rpo_minutes).done()
            }
            TaskKind::ClearDisplays => {
                name.filing.displays = 0;
                name.filing.mainland_nodes = 0;
                fields.int("displays", 0).int("mainland-nodes", 0).done()
            }
            TaskKind::RehomeHosts => {
                if name.dns.movable {
                    name.dns.foreign_users = 0;
                    name.dependencies.foreign_ns_users = 0;
                }
                fields.int("foreign-users", name.dns.foreign_users).done()
            }
            TaskKind::QuotePrices => {
                let restore = setting.name_rules.get(place).and_then(|rules| name.way_back_price(rules));
                let approved = !name.premium && restore.is_some();
                let fields = fields.money("renewal", Some(name.price)).money("restore", restore);
                fields.yes("premium", name.premium).yes("approved", approved).done()
            }
            TaskKind::DrillFailback => {
                name.watch.failback = true;
                fields.int("rto-minutes", name.watch.rto_minutes).yes("ready", true).done()
            }
            // Signing, sealing, closing and reviewing change nothing outside the papers.
            _ => fields.done(),
        }
    }

    /// Work around the filing that can be taken back.
    fn file(&mut self, kind: TaskKind, place: usize, fields: Fields) -> Progress {
        let others = self.names.get(place).map_or(0, |name| self.other_orders(name));
        let Some(name) = self.names.get_mut(place) else { return Progress::Wait(None) };
        let filing = &mut name.filing;
        match kind {
            TaskKind::ReconcileFiling => {
                // A dead phone is found here and mended, by a change of the papers.
                filing.phone = true;
                if others > 0 || filing.order.is_some() {
                    return Progress::Wait(None);
                }
                let fields = fields.yes("filed", filing.filed).int("blocking-red", filing.blocking_red);
                fields.yes("phone-tested", true).int("open-orders", 0).done()
            }
            TaskKind::ConfirmFiling => {
                // A return is told at once, and once: the review's clock starts anew with it.
                if filing.returns > filing.returns_told {
                    filing.returns_told = filing.returns;
                    return fields.yes("filed", filing.filed).yes("returned", true).done();
                }
                // The query shows what the ministry holds: nothing to capture before the answer.
                if filing.filed || filing.order.is_some() {
                    return Progress::Wait(None);
                }
                fields.yes("filed", false).yes("returned", false).done()
            }
            _ => {
                filing.police = false;
                fields.yes("cancelled", true).done()
            }
        }
    }

    /// Looks whether any attempt of an action took effect.
    fn find_out(&mut self, effect: &EffectId, fields: Fields) -> Progress {
        let same = |other: &EffectId| other.run == effect.run && other.action == effect.action;
        let running = |state: &AttemptState| matches!(state, AttemptState::Running { .. });
        if self.run.attempts.iter().any(|attempt| same(&attempt.effect) && running(&attempt.state)) {
            return Progress::Wait(None);
        }
        // A person may still have the act itself on the desk.
        let pending =
            |work: &Work| work.task.kind != TaskKind::FindOut && same(&work.task.id.0) && work.receipt.is_none();
        if self.run.works.iter().any(pending) {
            return Progress::Wait(None);
        }
        let found = self.run.ledger.iter().rev().find(|line| same(&line.effect));
        let reference = found.map_or("-", |line| line.reference.as_str()).to_owned();
        fields.yes("done", found.is_some()).text("reference", &reference).done()
    }

    /// The receipt of a task, once a person has given it.
    pub fn receipt_of(&self, task: &TaskId) -> Option<&Receipt> {
        self.run.works.iter().rev().filter(|work| work.task.id == *task).find_map(|work| work.receipt.as_ref())
    }

    /// The tasks people were given, in order.
    pub fn works(&self) -> &[Work] {
        &self.run.works
    }
}

/// A residual-trust score, 0 to 100, where the spec names none: what still trusts the name adds up
/// (no reference: the weights are assumed).
fn score(name: &Name, today: Date) -> u16 {
    if let Some(score) = name.dependencies.score {
        return score.min(100);
    }
    let dep = &name.dependencies;
    let parts = [
        u64::from(name.mail.per_day_on(today)),
        u64::from(name.mail.confidential_senders > 0) * 40,
        u64::from(dep.devices > 0) * 40,
        u64::from(dep.foreign_ns_users > 0) * 40,
        u64::from(name.identity.accounts.min(50)) / 5,
        u64::from(name.site.organic_per_day / 1_000).min(10),
        u64::from(dep.unknown_permille) / 10,
    ];
    u16::try_from(parts.iter().sum::<u64>().min(100)).unwrap_or(100)
}
