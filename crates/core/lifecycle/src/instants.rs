//! The dates to come, as numbers: what a lapse would do, when, and how long it can be stopped.

use namekeep_model::Text;
use namekeep_rules::{Day, May, WorkCalendar};
use serde::Serialize;

use crate::life::{Life, Reach, Stage};
use crate::standing::{Bounds, Standing};

/// Working days kept free before the last way back (house policy; no reference).
pub const SAFETY_DAYS: i64 = 3;
/// Days without resolution that policy asks for before a deletion (ERRP section 2.2.1).
const DARK_DAYS: i32 = 8;

/// A kind of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Renewal opens.
    RenewalOpens,
    /// The last renewal order that is still promised.
    OrderDeadline,
    /// Auto-renew charges the account.
    ChargeDay,
    /// The expiry.
    Expiry,
    /// Resolution stops.
    DnsStop,
    /// The last working day on which a rescue is safe.
    LastSafeRescueDay,
    /// The end of renewal, or of the auction that takes its place.
    GraceEnd,
    /// The deletion at the registrar: only a restore helps from here.
    RedemptionStart,
    /// The end of restore.
    RedemptionEnd,
    /// The registry purges the name; anybody may register it.
    Purge,
    /// The end of a time after the purge in which nobody may register it.
    QuarantineEnd,
}

impl EventKind {
    /// Every kind, in the order of a life.
    pub const ALL: [Self; 11] = [
        Self::RenewalOpens,
        Self::OrderDeadline,
        Self::ChargeDay,
        Self::Expiry,
        Self::DnsStop,
        Self::LastSafeRescueDay,
        Self::GraceEnd,
        Self::RedemptionStart,
        Self::RedemptionEnd,
        Self::Purge,
        Self::QuarantineEnd,
    ];

    /// The word used in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RenewalOpens => "renewal_opens",
            Self::OrderDeadline => "order_deadline",
            Self::ChargeDay => "charge_day",
            Self::Expiry => "expiry",
            Self::DnsStop => "dns_stop",
            Self::LastSafeRescueDay => "last_safe_rescue_day",
            Self::GraceEnd => "grace_end",
            Self::RedemptionStart => "redemption_start",
            Self::RedemptionEnd => "redemption_end",
            Self::Purge => "purge",
            Self::QuarantineEnd => "quarantine_end",
        }
    }

    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::RenewalOpens => Text::new("renewal opens", "开放续费"),
            Self::OrderDeadline => Text::new("last order for a renewal", "续费下单截止"),
            Self::ChargeDay => Text::new("auto-renew charges", "自动续费扣款"),
            Self::Expiry => Text::new("expiry date", "到期日"),
            Self::DnsStop => Text::new("resolution stopped", "停止解析"),
            Self::LastSafeRescueDay => Text::new("last safe rescue day", "最后安全挽回日"),
            Self::GraceEnd => Text::new("end of the renewal grace period or of an auction", "续费宽限期或竞价结束"),
            Self::RedemptionStart => Text::new("redemption period begins", "赎回期开始"),
            Self::RedemptionEnd => Text::new("end of the redemption period", "赎回期结束"),
            Self::Purge => Text::new("purged, goes to the public", "清除并释放"),
            Self::QuarantineEnd => Text::new("end of the quarantine", "隔离期结束"),
        }
    }
}

/// The dates of a life by kind, without words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instants {
    days: [Option<Bounds>; EventKind::ALL.len()],
    /// The last safe rescue day reaches an unpublished year.
    pub rescue_is_provisional: bool,
}

impl Instants {
    /// Works the dates out of a standing.
    pub fn of(life: &Life, standing: &Standing, calendar: &WorkCalendar) -> Self {
        let mut all = Self { days: [None; EventKind::ALL.len()], rescue_is_provisional: false };
        let (expiry, ends, stages) = (Bounds::exactly(standing.expiry()), standing.ends(), life.stages());
        let end_of = |stage: usize| ends.get(stage).copied();
        all.set(EventKind::Expiry, Some(expiry));
        all.set(
            EventKind::RenewalOpens,
            life.opens_before.map(|days| Bounds::exactly(standing.expiry().plus(-i32::from(days)))),
        );
        all.set(EventKind::OrderDeadline, life.order_before.map(|days| before(expiry, days)));
        all.set(EventKind::DnsStop, dns_stop(life, standing));
        let last = life.last_renewable();
        all.set(EventKind::GraceEnd, if last > 0 { end_of(last) } else { None });
        let restorable = life.restorable();
        if let Some(first) = restorable {
            all.set(EventKind::RedemptionStart, first.checked_sub(1).and_then(end_of));
            let is_restorable = |stage: &Stage| stage.rights.has(May::Restore) && !stage.rights.has(May::Renew);
            all.set(EventKind::RedemptionEnd, stages.iter().rposition(is_restorable).and_then(end_of));
        }
        // A quarantine in which nothing helps comes after the purge.
        let closed = stages
            .last()
            .is_some_and(|stage| stage.kind == namekeep_model::phase::PhaseKind::Quarantine && !stage.rights.saves());
        let purge = stages.len() - 1 - usize::from(closed);
        all.set(EventKind::Purge, end_of(purge).filter(|_| stages.len() > 1));
        all.set(EventKind::QuarantineEnd, end_of(stages.len() - 1).filter(|_| closed));
        all.rescue(life, standing, calendar);
        all
    }

    /// The last working day on which a rescue is safe, before the last way back.
    ///
    /// Its earliest day stands before the earliest loss by any bound: a plan rests on that one.
    fn rescue(&mut self, life: &Life, standing: &Standing, calendar: &WorkCalendar) {
        let Some(mut loss) = standing.ends().get(life.last_way_back()).copied() else { return };
        // Where nothing helps after the expiry, the order deadline is the last way.
        if life.last_way_back() == 0
            && let Some(order) = self.get(EventKind::OrderDeadline)
        {
            let first = |a: Option<Day>, b: Option<Day>| a.into_iter().chain(b).min();
            loss = Bounds {
                earliest: loss.earliest.min(order.earliest),
                typical: first(order.typical, loss.typical),
                latest: loss.latest,
            };
        }
        let back = |day| calendar.add(day, -SAFETY_DAYS).ok();
        let Some(earliest) = back(loss.earliest) else { return };
        let (typical, latest) = (loss.typical.and_then(back), loss.latest.and_then(back));
        self.rescue_is_provisional =
            [Some(earliest), typical, latest].into_iter().flatten().any(|moved| moved.provisional);
        let days =
            Bounds { earliest: earliest.earliest, typical: typical.map(|m| m.day), latest: latest.map(|m| m.latest) };
        self.set(EventKind::LastSafeRescueDay, Some(days));
    }

    fn set(&mut self, kind: EventKind, days: Option<Bounds>) {
        if let Some(slot) = self.days.get_mut(kind as usize) {
            *slot = days;
        }
    }

    /// Adds or replaces a date which the life does not know, such as the charge day.
    pub fn with(mut self, kind: EventKind, days: Bounds) -> Self {
        self.set(kind, Some(days));
        self
    }

    /// The date of a kind.
    pub fn get(&self, kind: EventKind) -> Option<Bounds> {
        self.days.get(kind as usize).copied().flatten()
    }

    /// The dates by kind, in the order of a life.
    pub fn iter(&self) -> impl Iterator<Item = (EventKind, Bounds)> + '_ {
        EventKind::ALL.into_iter().zip(self.days).filter_map(|(kind, days)| Some((kind, days?)))
    }
}

/// A date some days before another: the most days give the earliest one.
pub(crate) fn before(from: Bounds, days: Reach) -> Bounds {
    let minus = |day: Option<Day>, days: Option<i16>| Some(day?.plus(-i32::from(days?)));
    Bounds {
        earliest: from.earliest.plus(-i32::from(days.max.unwrap_or(days.min))),
        typical: minus(from.typical, days.typical),
        latest: minus(from.latest, Some(days.min)),
    }
}

/// When resolution stops: the first stage that may stop it bounds the earliest day, the first that
/// surely does the latest.
fn dns_stop(life: &Life, standing: &Standing) -> Option<Bounds> {
    let (ends, stages) = (standing.ends(), life.stages());
    let (mut earliest, mut typical, mut latest) = (None, None, None);
    for (at, stage) in stages.iter().enumerate().skip(1) {
        let (Some(off), Some(&start), Some(&end)) = (stage.dns_off, ends.get(at - 1), ends.get(at)) else { continue };
        let days = start.plus(off);
        earliest = earliest.or(Some(days.earliest));
        // Policy keeps the last days before a deletion dark, whatever the registrar does.
        let dark =
            |day: Option<Day>| day.map(|day| day.plus(-DARK_DAYS).max(start.earliest)).filter(|_| stage.dark_at_end);
        typical = typical.or(days.typical).or_else(|| dark(end.typical));
        latest = latest.or(days.latest).or_else(|| dark(end.latest));
        if latest.is_some() {
            break;
        }
    }
    // Stopping resolution is the latest with the purge.
    let gone = ends.last().copied()?;
    let earliest = earliest.unwrap_or(gone.earliest);
    typical = life.dns_stop_day.map(|day| standing.expiry().plus(i32::from(day))).or(typical).or(gone.typical);
    latest = latest.or(gone.latest);
    let typical = typical.map(|day| day.max(earliest)).map(|day| latest.map_or(day, |latest| day.min(latest)));
    Some(Bounds { earliest, typical, latest })
}
