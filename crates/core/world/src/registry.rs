//! The registry's clock for one registration: expiry, grace, redemption, purge, release.
//!
//! The machine holds no timers. What comes next is a function of the state and the rules, so a
//! state read from a file goes on exactly where it stood. Days are calendar days of the world's
//! zone; a period of n days after a day ends when the n-th day is over.
//!
//! ```text
//! Registered --expiry--> Grace --end--> Redemption --end--> PendingDelete --> Quarantine --> Released
//!     ^  ^  |              | renew         |   ^                                                |
//!     |  +--+-- charge day +               |   | no report                             a stranger catches
//!     +----------- report --- PendingRestore --+
//! deletion: Registered | Grace --> Redemption.  hand-over: --> HandedOver.  auction: --> Auctioned
//! ```

use namekeep_model::phase::PhaseKind;
use namekeep_model::status::{EppStatus, RgpStatus, StatusSet};
use namekeep_model::{Date, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{Zone, plus_days, plus_years};
use crate::spec::yes;

/// The rules of a suffix at a registrar, as plain numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct RegistryRules {
    /// The registry adds a year at expiry on its own (`autoRenewPeriod`, RFC 3915).
    pub registry_auto_renews: bool,
    /// Days after expiry at the normal price. Negative where the registrar deletes before expiry.
    pub grace_days: i16,
    /// The name stops resolving at the start of this day after expiry; none: only with the grace.
    pub dns_stop_day: Option<u16>,
    /// Days in which a restore is possible; 0 where there is none.
    pub redemption_days: u16,
    /// Days in which nothing is possible, before the purge.
    pub pending_delete_days: u16,
    /// Days in which nobody may register the purged name.
    pub quarantine_days: u16,
    /// The registrar charges on this day, counted from expiry.
    pub charge_day: i16,
    /// The registrar hands in the restore report so many days after the restore (RFC 3915 section 2).
    pub report_days: u16,
    /// A contract that runs until it is cancelled in writing: not renewing is not cancelling.
    pub until_cancelled: bool,
    /// Renewing and redeeming need a verified real name.
    pub needs_real_name: bool,
    /// The registrar auctions names it may delete.
    pub auctions: bool,
    /// Chance that a stranger registers a released name at once, in thousandths.
    pub caught_permille: u16,
    /// The registry speaks WHOIS only, no RDAP.
    pub whois_only: bool,
    /// Longest registration, in years from today.
    pub longest_years: u8,
}

/// The template of generic suffixes at a registrar with 30 days of grace; a tenth of released names
/// is caught (Miramirkhani et al. 2018).
impl Default for RegistryRules {
    fn default() -> Self {
        Self {
            registry_auto_renews: true,
            grace_days: 30,
            dns_stop_day: Some(1),
            redemption_days: 30,
            pending_delete_days: 5,
            quarantine_days: 0,
            charge_day: 0,
            report_days: 1,
            until_cancelled: false,
            needs_real_name: false,
            auctions: false,
            caught_permille: 100,
            whois_only: false,
            longest_years: 10,
        }
    }
}

/// Where a registration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Running.
    Registered,
    /// Past its expiry, renewable at the normal price.
    Grace,
    /// Deleted, may be restored.
    Redemption {
        /// Its last day.
        until: Date,
    },
    /// Restored, the report is due.
    PendingRestore {
        /// The last day of the redemption it came from.
        until: Date,
        /// The day of the report.
        report: Date,
    },
    /// Nothing brings it back.
    PendingDelete {
        /// Its last day.
        until: Date,
    },
    /// Purged, closed to everybody.
    Quarantine {
        /// Its last day.
        until: Date,
    },
    /// Open to the public, or registered by a stranger since.
    Released {
        /// When.
        since: Timestamp,
        /// When a stranger takes it, or took it.
        caught: Option<Timestamp>,
        /// A stranger has it.
        taken: bool,
    },
    /// With the holder it was handed to.
    HandedOver {
        /// Since when.
        since: Timestamp,
    },
    /// With the winner of the registrar's auction: gone, never purged.
    Auctioned {
        /// Since when.
        since: Timestamp,
    },
}

/// A registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Registration {
    /// The last day an order has paid for: the registrar's expiry.
    pub expiry: Date,
    /// What the registry shows; none until a world settles it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry_expiry: Option<Date>,
    /// The registrar renews on the charge day.
    #[serde(default = "yes")]
    pub auto_renew: bool,
    /// Somebody else switched automatic renewal since it was last decided.
    #[serde(default)]
    pub drifted: bool,
    /// The registrar's lock: no transfer, no deletion.
    #[serde(default = "yes")]
    pub lock: bool,
    /// The registry's lock: a person lifts it by mail.
    #[serde(default)]
    pub registry_lock: bool,
    /// The stage; none until a world settles it from the expiry and the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// The expiry whose charge day has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charged: Option<Date>,
    /// Resolution was stopped after the expiry.
    #[serde(default)]
    pub stopped: bool,
    /// The contract was cancelled in writing.
    #[serde(default)]
    pub cancelled: bool,
    /// Somebody bids for it in the registrar's auction.
    #[serde(default)]
    pub bid: bool,
    /// A pending restore will bring no report.
    #[serde(default)]
    pub report_fails: bool,
}

/// What the clock does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tick {
    /// The registrar tries to charge a year.
    Charge,
    /// The paid time is over.
    Expire,
    /// The registrar stops resolution.
    StopDns,
    /// The registrar deletes the name.
    Delete,
    /// The way back is over.
    EndRedemption,
    /// The restore report is accepted, or missed.
    Report,
    /// The registry purges the name.
    Purge,
    /// The name opens to the public.
    Release,
    /// A stranger registers it.
    Catch,
}

/// The hour at which a registrar charges, in minutes of the day (no reference: assumed).
pub(crate) const CHARGE_MINUTE: u16 = 10 * 60;

impl Registration {
    /// A registration paid until a day.
    pub const fn until(expiry: Date) -> Self {
        Self {
            expiry,
            registry_expiry: None,
            auto_renew: true,
            drifted: false,
            lock: true,
            registry_lock: false,
            stage: None,
            charged: None,
            stopped: false,
            cancelled: false,
            bid: false,
            report_fails: false,
        }
    }

    /// The stage, once settled.
    pub fn stage(&self) -> Stage {
        self.stage.unwrap_or(Stage::Registered)
    }

    /// The expiry the registry shows.
    pub fn shown_expiry(&self) -> Date {
        self.registry_expiry.unwrap_or(self.expiry)
    }

    /// The registrar's charge day of this cycle.
    pub fn charge_day(&self, rules: &RegistryRules) -> Date {
        plus_days(self.expiry, i64::from(rules.charge_day))
    }

    /// The last day of renewal at the normal price.
    pub fn grace_end(&self, rules: &RegistryRules) -> Date {
        plus_days(self.expiry, i64::from(rules.grace_days))
    }

    /// The last day on which anything brings the name back, while there is such a day.
    pub fn last_way_back(&self, rules: &RegistryRules) -> Option<Date> {
        match self.stage() {
            Stage::Registered | Stage::Grace => {
                Some(plus_days(self.grace_end(rules), i64::from(rules.redemption_days)))
            }
            Stage::Redemption { until } | Stage::PendingRestore { until, .. } => Some(until),
            _ => None,
        }
    }

    /// Tells whether the company still holds it, in whatever grace.
    pub fn held(&self) -> bool {
        matches!(
            self.stage(),
            Stage::Registered | Stage::Grace | Stage::Redemption { .. } | Stage::PendingRestore { .. }
        )
    }

    /// Tells whether it may be renewed at the normal price.
    pub fn renewable(&self) -> bool {
        matches!(self.stage(), Stage::Registered | Stage::Grace)
    }

    /// Tells whether it resolves, as far as the registration goes.
    pub fn resolves(&self) -> bool {
        matches!(self.stage(), Stage::Registered | Stage::Grace) && !self.stopped
    }

    /// The phase as people know it.
    pub fn phase(&self, rules: &RegistryRules) -> PhaseKind {
        match self.stage() {
            Stage::Registered | Stage::HandedOver { .. } => PhaseKind::Registered,
            Stage::Grace if rules.registry_auto_renews => PhaseKind::AutoRenewGrace,
            Stage::Grace if self.stopped => PhaseKind::ExpiredHeld,
            Stage::Grace => PhaseKind::RenewalGrace,
            Stage::Redemption { .. } => PhaseKind::Redemption,
            Stage::PendingRestore { .. } => PhaseKind::PendingRestore,
            Stage::PendingDelete { .. } => PhaseKind::PendingDelete,
            Stage::Quarantine { .. } => PhaseKind::Quarantine,
            Stage::Released { .. } | Stage::Auctioned { .. } => PhaseKind::Released,
        }
    }

    /// The statuses the registry shows.
    pub fn statuses(&self, rules: &RegistryRules, dispute: bool) -> StatusSet {
        let mut set = StatusSet::EMPTY;
        match self.stage() {
            Stage::Registered => {}
            Stage::Grace if rules.registry_auto_renews => set = set.with_rgp(RgpStatus::AutoRenewPeriod),
            Stage::Grace => {}
            Stage::Redemption { .. } => {
                set = set.with(EppStatus::PendingDelete).with_rgp(RgpStatus::RedemptionPeriod);
            }
            Stage::PendingRestore { .. } => {
                set = set.with(EppStatus::PendingDelete).with_rgp(RgpStatus::PendingRestore);
            }
            Stage::PendingDelete { .. } => {
                set = set.with(EppStatus::PendingDelete).with_rgp(RgpStatus::PendingDelete);
            }
            // Not ours any more: whatever it shows is a stranger's.
            _ => return set,
        }
        if self.stopped && self.renewable() {
            set = set.with(EppStatus::ClientHold);
        }
        if self.lock {
            set = set.with(EppStatus::ClientTransferProhibited).with(EppStatus::ClientDeleteProhibited);
        }
        if self.registry_lock || dispute {
            set = set.with(EppStatus::ServerTransferProhibited).with(EppStatus::ServerDeleteProhibited);
        }
        if set.is_empty() { set.with(EppStatus::Ok) } else { set }
    }

    /// What comes next, and when.
    pub(crate) fn next(&self, rules: &RegistryRules, zone: &Zone) -> Option<(Timestamp, Tick)> {
        match self.stage() {
            Stage::Registered | Stage::Grace => {
                let expired = matches!(self.stage(), Stage::Grace);
                let charge = (self.charged != Some(self.expiry))
                    .then(|| (zone.at(self.charge_day(rules), CHARGE_MINUTE), Tick::Charge));
                let expire = (!expired).then(|| (zone.end_of(self.expiry), Tick::Expire));
                let stop = rules
                    .dns_stop_day
                    .filter(|_| expired && !self.stopped)
                    .map(|n| (zone.at(plus_days(self.expiry, i64::from(n)), 0), Tick::StopDns));
                // A contract until cancelled never runs into a grace: it expires into its next year.
                let delete = (expired || (rules.grace_days < 0 && !rules.until_cancelled))
                    .then(|| (zone.end_of(self.grace_end(rules)), Tick::Delete));
                // Earliest first; at one instant in the order of this list.
                [charge, expire, stop, delete].into_iter().flatten().min_by_key(|(at, _)| *at)
            }
            Stage::Redemption { until } => Some((zone.end_of(until), Tick::EndRedemption)),
            Stage::PendingRestore { report, .. } => Some((zone.end_of(report), Tick::Report)),
            Stage::PendingDelete { until } => Some((zone.end_of(until), Tick::Purge)),
            Stage::Quarantine { until } => Some((zone.end_of(until), Tick::Release)),
            Stage::Released { caught: Some(at), taken: false, .. } => Some((at, Tick::Catch)),
            Stage::Released { .. } | Stage::HandedOver { .. } | Stage::Auctioned { .. } => None,
        }
    }

    /// Adds paid years: the one way a registration becomes longer.
    pub(crate) fn extend(&mut self, years: u8) {
        self.expiry = plus_years(self.expiry, i16::from(years));
        self.registry_expiry = Some(self.expiry.max(self.shown_expiry()));
        self.stage = Some(Stage::Registered);
        self.stopped = false;
        self.bid = false;
    }

    /// The registrar deletes: into redemption, where there is one.
    pub(crate) fn delete(&mut self, rules: &RegistryRules, last_day: Date) {
        // A year the registry had added on its own is given back.
        self.registry_expiry = Some(self.expiry);
        self.stopped = true;
        let days = i64::from(rules.redemption_days);
        self.stage = Some(if days > 0 {
            Stage::Redemption { until: plus_days(last_day, days) }
        } else {
            Stage::PendingDelete { until: plus_days(last_day, i64::from(rules.pending_delete_days)) }
        });
    }
}
