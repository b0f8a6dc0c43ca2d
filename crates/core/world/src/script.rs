//! The script: what happens by itself, at wall-clock times of the world's zone.

use std::sync::Arc;

use jiff::civil::DateTime;
use namekeep_model::{AccountId, DomainName, FindingCode, Level, Money, PersonId, RunId, StepNo, Words};
use serde::{Deserialize, Serialize};

use crate::agenda::Lane;
use crate::ledger::Happened;
use crate::money;
use crate::name::{Name, Trouble};
use crate::registry::Stage;
use crate::spec::RealName;
use crate::world::World;

/// Something that happens by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scripted {
    /// When, on the wall clock of the world's zone.
    pub at: DateTime,
    /// What.
    #[serde(rename = "do")]
    pub event: ScriptEvent,
}

/// What a script can make happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ScriptEvent {
    /// People pay money into an account.
    TopUp {
        /// Which.
        account: AccountId,
        /// How much.
        #[serde(with = "money")]
        amount: Money,
    },
    /// People answer the open requests of data subjects.
    RequestsAnswered {
        /// About which name.
        name: DomainName,
    },
    /// The desk returns the open order.
    FilingReturned {
        /// Of which name.
        name: DomainName,
        /// Why.
        reason: Words,
    },
    /// The desk approves the open order.
    FilingApproved {
        /// Of which name.
        name: DomainName,
    },
    /// A dispute lock arrives.
    DisputeLock {
        /// On which name.
        name: DomainName,
    },
    /// The dispute is over.
    DisputeLifted {
        /// On which name.
        name: DomainName,
    },
    /// Somebody changes the name servers without a ticket, and the lock is off.
    NameServersChanged {
        /// Of which name.
        name: DomainName,
    },
    /// The confirming phone of the filing goes dead.
    PhoneCutOff {
        /// Of which name.
        name: DomainName,
    },
    /// Real-name verification changes.
    RealName {
        /// Of which name.
        name: DomainName,
        /// To what.
        state: RealName,
    },
    /// Somebody switches automatic renewal in the console.
    AutoRenewSwitched {
        /// Of which name.
        name: DomainName,
        /// On or off.
        on: bool,
    },
    /// Somebody renews the name in the console.
    RenewedElsewhere {
        /// Which name.
        name: DomainName,
        /// Years added.
        years: u8,
    },
    /// Somebody bids for the name in the registrar's auction.
    AuctionBid {
        /// Which name.
        name: DomainName,
    },
    /// A stranger registers the released name.
    Caught {
        /// Which name.
        name: DomainName,
    },
    /// A signature is taken back.
    Withdraw {
        /// Whose.
        person: PersonId,
        /// Of which run.
        run: RunId,
        /// Of which step; none takes back every signature of the run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepNo>,
    },
    /// A check-point starts to show a level, or (with `ok`) to follow the truth again.
    Trouble {
        /// Of which name.
        name: DomainName,
        /// Which check-point.
        code: FindingCode,
        /// Which level.
        level: Level,
    },
}

impl World {
    pub(crate) fn refresh_script(&mut self) {
        let next = self.setting.script.get(self.run.scripted as usize);
        let next = next.map(|scripted| self.setting.zone.instant(scripted.at));
        self.set_agenda(Lane::Script, 0, next);
    }

    /// The next script entry happens. What people do in a script does not happen in an idle world.
    pub(crate) fn run_script(&mut self) {
        let setting = Arc::clone(&self.setting);
        if let Some(scripted) = setting.script.get(self.run.scripted as usize) {
            self.run.scripted += 1;
            if !(self.idle && scripted.event.is_of_people()) {
                self.happen(&scripted.event);
            }
        }
        self.refresh_script();
    }

    /// Changes a name and writes what happened; `None` where nothing did.
    fn change(&mut self, about: &DomainName, change: impl FnOnce(&mut Name) -> Option<Happened>) {
        let Some(place) = self.place(about) else { return };
        if let Some(happened) = self.names.get_mut(place).and_then(change) {
            self.note(Some(place), happened);
        }
        self.refresh_name(place);
    }

    fn happen(&mut self, event: &ScriptEvent) {
        match event {
            ScriptEvent::TopUp { account, amount } => {
                if let Some(at) = self.account_place(account).and_then(|at| self.accounts.get_mut(at)) {
                    at.take(*amount);
                    self.note(None, Happened::ToppedUp { account: account.clone(), amount: *amount });
                }
            }
            ScriptEvent::RequestsAnswered { name } => {
                if let Some(place) = self.place(name) {
                    self.answer_requests(place);
                }
            }
            ScriptEvent::FilingReturned { name, reason } => {
                if let Some(place) = self.place(name) {
                    self.return_order(place, reason.clone());
                }
            }
            ScriptEvent::FilingApproved { name } => {
                if let Some(place) = self.place(name) {
                    self.approve_order(place);
                }
            }
            ScriptEvent::DisputeLock { name } => self.change(name, |name| {
                name.holder.dispute = true;
                Some(Happened::DisputeLocked)
            }),
            ScriptEvent::DisputeLifted { name } => self.change(name, |name| {
                name.holder.dispute = false;
                Some(Happened::DisputeLifted)
            }),
            ScriptEvent::NameServersChanged { name } => self.change(name, |name| {
                name.registration.lock = false;
                name.dns.tampered = true;
                Some(Happened::NameServersChanged)
            }),
            ScriptEvent::PhoneCutOff { name } => self.change(name, |name| {
                name.filing.phone = false;
                Some(Happened::PhoneCutOff)
            }),
            ScriptEvent::RealName { name, state } => self.change(name, |name| {
                name.holder.real_name = *state;
                Some(Happened::RealNameChanged { state: *state })
            }),
            ScriptEvent::AutoRenewSwitched { name, on } => self.change(name, |name| {
                let drifted = name.registration.auto_renew != *on;
                name.registration.drifted |= drifted;
                name.registration.auto_renew = *on;
                drifted.then_some(Happened::AutoRenewSwitched { on: *on })
            }),
            ScriptEvent::RenewedElsewhere { name, years } => self.change(name, |name| {
                name.registration.renewable().then(|| {
                    name.registration.extend(*years);
                    Happened::RenewedElsewhere { until: name.registration.expiry }
                })
            }),
            ScriptEvent::AuctionBid { name } => self.change(name, |name| {
                name.registration.bid = true;
                Some(Happened::AuctionBid)
            }),
            ScriptEvent::Caught { name } => {
                let now = self.run.now;
                self.change(name, |name| match name.registration.stage() {
                    Stage::Released { since, taken: false, .. } => {
                        name.registration.stage = Some(Stage::Released { since, caught: Some(now), taken: true });
                        Some(Happened::Caught { seconds: since.duration_until(now).as_secs() })
                    }
                    _ => None,
                });
            }
            ScriptEvent::Withdraw { person, run, step } => self.withdraw(person, *run, *step),
            ScriptEvent::Trouble { name, code, level } => self.change(name, |name| {
                name.troubles.retain(|trouble| trouble.code != *code);
                let on = *level != Level::Ok;
                if on {
                    name.troubles.push(Trouble { code: *code, level: *level, note: String::new() });
                }
                Some(Happened::Trouble { code: code.to_string(), on })
            }),
        }
    }
}

impl ScriptEvent {
    /// Tells whether it is the company's own people who do it.
    const fn is_of_people(&self) -> bool {
        matches!(
            self,
            Self::TopUp { .. } | Self::RequestsAnswered { .. } | Self::Withdraw { .. } | Self::RenewedElsewhere { .. }
        )
    }
}
