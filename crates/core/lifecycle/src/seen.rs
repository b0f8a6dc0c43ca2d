//! What statuses say about where a name stands: an observation, which outranks the clock.

use namekeep_model::phase::PhaseKind;
use namekeep_model::status::{EppStatus, RgpStatus, StatusSet};
use namekeep_rules::Day;

use crate::life::Life;

/// What was seen on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing that says where the name stands.
    Nothing,
    /// The name stands in this stage.
    Stage(u8),
    /// The name stands in this stage or an earlier one.
    AtMost(u8),
    /// The name stands in a phase which its suffix is not known to have.
    Outside(PhaseKind),
    /// A restore is asked for, out of this stage.
    Restoring(u8),
    /// The name was seen unregistered.
    Released,
}

impl Seen {
    /// Reads statuses seen on a day, for a name whose expiry is known or not.
    ///
    /// RDAP and WHOIS write one `pending delete` for two things: the EPP status that also stands
    /// through redemption (RFC 3915 section 3.1), and the period after it. With `redemptionPeriod`
    /// or `pendingRestore` beside it, it is the first; alone it is the second, where the suffix has
    /// one that lasts.
    pub fn of(statuses: StatusSet, released: bool, life: &Life, expiry: Option<Day>, on: Day) -> Self {
        let place = |at: Option<usize>| at.and_then(|at| u8::try_from(at).ok());
        let restorable = place(life.restorable());
        if released {
            return Self::Released;
        }
        if statuses.has_rgp(RgpStatus::PendingRestore) {
            return restorable.map_or(Self::Outside(PhaseKind::PendingRestore), Self::Restoring);
        }
        if statuses.has_rgp(RgpStatus::RedemptionPeriod) {
            return restorable.map_or(Self::Outside(PhaseKind::Redemption), Self::Stage);
        }
        if statuses.has(EppStatus::PendingDelete) || statuses.has_rgp(RgpStatus::PendingDelete) {
            let lasts =
                |&at: &usize| life.stages().get(at).is_some_and(|stage| stage.length.max.is_none_or(|max| max > 0));
            let lost = place(life.lost().filter(lasts));
            return match (lost, restorable) {
                (Some(lost), _) => Self::Stage(lost),
                (None, Some(restorable)) => Self::Stage(restorable),
                (None, None) => Self::Outside(PhaseKind::PendingDelete),
            };
        }
        let expired = expiry.is_some_and(|expiry| on >= expiry);
        if !expired || statuses.is_empty() {
            return Self::Nothing;
        }
        let last = life.last_renewable();
        let held = life.stages().iter().skip(1).position(|stage| stage.kind == PhaseKind::ExpiredHeld);
        if let Some(held) = held.map(|at| at + 1).filter(|&at| statuses.on_hold() && at <= last) {
            return place(Some(held)).map_or(Self::Nothing, Self::Stage);
        }
        // Where redemption would be shown and is not, the name has not got there.
        let shown = life.stages().iter().skip(last + 1).any(|stage| stage.shows_pending_delete);
        let auto = statuses.has_rgp(RgpStatus::AutoRenewPeriod);
        if (shown || auto) && last > 0 { place(Some(last)).map_or(Self::Nothing, Self::AtMost) } else { Self::Nothing }
    }
}
