//! The ticks of a registration's clock, and the money that goes with them.

use std::sync::Arc;

use namekeep_model::{Date, Money, Text};

use crate::calendar::{plus_days, plus_seconds, plus_years};
use crate::ledger::Happened;
use crate::registrar::unverified;
use crate::registry::{RegistryRules, Stage, Tick};
use crate::rng;
use crate::world::World;

impl World {
    /// Brings a registration without a stage to where its clock has it at the start.
    pub(crate) fn settle_registration(&mut self, place: usize) {
        let setting = Arc::clone(&self.setting);
        let Some(rules) = setting.name_rules.get(place) else { return };
        let Some(name) = self.names.get_mut(place).filter(|name| name.registration.stage.is_none()) else { return };
        name.registration.stage = Some(Stage::Registered);
        // A contract until cancelled may step many years; every other life ends after ten ticks.
        for _ in 0..1_000 {
            let Some(name) = self.names.get(place) else { return };
            match name.registration.next(rules, &setting.zone) {
                Some((at, tick)) if at < setting.start => {
                    self.apply_tick(place, rules, tick, setting.zone.day(plus_seconds(at, -1)), false)
                }
                _ => return,
            }
        }
    }

    /// The registration's clock has come to its next tick.
    pub(crate) fn tick_registry(&mut self, place: usize) {
        let setting = Arc::clone(&self.setting);
        let next = self.names.get(place).zip(setting.name_rules.get(place));
        let next = next.and_then(|(name, rules)| Some((rules, name.registration.next(rules, &setting.zone)?)));
        if let Some((rules, (at, tick))) = next.filter(|(_, (at, _))| *at <= self.run.now) {
            self.apply_tick(place, rules, tick, setting.zone.day(plus_seconds(at, -1)), true);
        }
        self.refresh_name(place);
    }

    /// Applies one tick. `day` is the day that is over (or, for a charge, running); a tick that is
    /// not `live` lies before the start: it costs nothing and is not in the diary.
    fn apply_tick(&mut self, place: usize, rules: &RegistryRules, tick: Tick, day: Date, live: bool) {
        let setting = Arc::clone(&self.setting);
        let Some(name) = self.names.get_mut(place) else { return };
        let price = name.price;
        let dispute = name.holder.dispute;
        let reg = &mut name.registration;
        let happened = match tick {
            Tick::Charge => {
                reg.charged = Some(reg.expiry);
                // Before the start the balance already says what was charged; the expiry, too.
                return if live && reg.auto_renew && !rules.until_cancelled {
                    self.charge(place, rules)
                };
            }
            Tick::Expire if rules.until_cancelled && !reg.cancelled => {
                reg.extend(1);
                let until = reg.expiry;
                if live {
                    self.bill(place, price);
                }
                Happened::ContractRenewed { price, until }
            }
            Tick::Expire if rules.until_cancelled => {
                reg.delete(rules, reg.expiry);
                redemption_or_end(reg.stage())
            }
            Tick::Expire => {
                reg.stage = Some(Stage::Grace);
                if rules.registry_auto_renews && reg.shown_expiry() <= reg.expiry {
                    reg.registry_expiry = Some(plus_years(reg.expiry, 1));
                    if live {
                        self.note(Some(place), Happened::Expired);
                    }
                    Happened::RegistryRenewed { shown: plus_years(day, 1) }
                } else {
                    Happened::Expired
                }
            }
            Tick::StopDns => {
                reg.stopped = true;
                Happened::DnsStopped
            }
            Tick::Delete => {
                reg.delete(rules, reg.grace_end(rules));
                redemption_or_end(reg.stage())
            }
            Tick::EndRedemption if rules.auctions && reg.bid && !dispute => {
                reg.stage = Some(Stage::Auctioned { since: setting.zone.end_of(day) });
                Happened::Auctioned
            }
            Tick::EndRedemption => {
                let until = plus_days(day, i64::from(rules.pending_delete_days));
                reg.stage = Some(Stage::PendingDelete { until });
                Happened::PendingDelete { until }
            }
            Tick::Report if reg.report_fails => {
                let until = match reg.stage() {
                    Stage::PendingRestore { until, .. } => until.max(day),
                    _ => day,
                };
                reg.stage = Some(Stage::Redemption { until });
                Happened::RestoreMissed
            }
            Tick::Report => {
                reg.extend(1);
                name.dns.lost = true;
                Happened::Restored { until: name.registration.expiry }
            }
            Tick::Purge if rules.quarantine_days > 0 => {
                reg.stage = Some(Stage::Quarantine { until: plus_days(day, i64::from(rules.quarantine_days)) });
                Happened::Purged
            }
            Tick::Purge | Tick::Release => {
                let since = setting.zone.end_of(day);
                let words = [name.name.a_label(), "catch"];
                let caught = rng::chance(setting.seed, &words, rules.caught_permille).then(|| {
                    // Caught names go within a minute, most of them at once.
                    let seconds = rng::below(setting.seed, &[name.name.a_label(), "catch-after"], 60);
                    plus_seconds(since, i64::try_from(seconds).unwrap_or(0))
                });
                name.registration.stage = Some(Stage::Released { since, caught, taken: false });
                if live && tick == Tick::Purge {
                    self.note(Some(place), Happened::Purged);
                }
                Happened::Released
            }
            Tick::Catch => match reg.stage() {
                Stage::Released { since, caught, .. } => {
                    reg.stage = Some(Stage::Released { since, caught, taken: true });
                    let at = caught.unwrap_or(since);
                    Happened::Caught { seconds: since.duration_until(at).as_secs() }
                }
                _ => return,
            },
        };
        if live {
            self.note(Some(place), happened);
        }
    }

    /// The charge day: the registrar renews on its own, if it is paid.
    fn charge(&mut self, place: usize, rules: &RegistryRules) {
        let today = self.today();
        let Some((price, account)) = self.names.get(place).map(|name| (name.price, name.account.clone())) else {
            return;
        };
        let paid = match self.names.get(place).and_then(|name| unverified(name, rules)) {
            Some(why) => Err(why),
            None => match self.account_place(&account).and_then(|at| self.accounts.get_mut(at)) {
                Some(account) => account.spend(price, today),
                None => Err(Text::new("no such account", "没有该账户").into()),
            },
        };
        let happened = match (paid, self.names.get_mut(place)) {
            (Ok(()), Some(name)) => {
                name.registration.extend(1);
                Happened::Charged { price, until: name.registration.expiry }
            }
            (Err(why), _) => Happened::ChargeFailed { price, why },
            (Ok(()), None) => return,
        };
        self.note(Some(place), happened);
    }

    /// Bills what a contract costs, paid or owed.
    fn bill(&mut self, place: usize, price: Money) {
        let today = self.today();
        let Some(account) = self.names.get(place).map(|name| name.account.clone()) else { return };
        let Some(account) = self.account_place(&account).and_then(|at| self.accounts.get_mut(at)) else { return };
        if account.spend(price, today).is_err() {
            let owed = account.arrears.unwrap_or(Money::zero(price.currency));
            account.arrears = Some(owed.plus(price).unwrap_or(price));
        }
    }
}

fn redemption_or_end(stage: Stage) -> Happened {
    match stage {
        Stage::Redemption { until } => Happened::Redemption { until },
        Stage::PendingDelete { until } => Happened::PendingDelete { until },
        _ => Happened::Expired,
    }
}
