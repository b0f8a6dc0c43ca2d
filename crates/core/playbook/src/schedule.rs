//! Days of a plan: anchors, windows, and the last day on which each step still fits.
//!
//! ```text
//!  forward:  earliest(s) = max(today, opens(s), earliest of its needs) + what it takes at least
//!  backward: last(act)   = its due;  last(s) = min over those that need s of (last - what they take)
//!  earliest(s) > last(s): the ending is out of reach in this cycle
//! ```

use namekeep_model::{Date, Ending};

use crate::calendar::{Calendar, shift};
use crate::case::{Case, Charge, Dates};
use crate::spec::{SpecV1, StepSpec};
use crate::when::{Anchor, Offset, Span};

/// The day of an anchor: a loss counts from its earliest day, a wait for the purge to its latest.
pub(crate) fn anchor_day(dates: &Dates, paid_end: Date, anchor: Anchor) -> Option<Date> {
    match anchor {
        Anchor::Expiry => Some(dates.expiry.earliest),
        Anchor::Charge => Some(match &dates.charge {
            Charge::Known(day) | Charge::Assumed(day) => day.earliest,
            Charge::Ask => dates.expiry.earliest,
        }),
        Anchor::DnsStop => dates.dns_stop.as_ref().map(|day| day.earliest),
        Anchor::GraceEnd => dates.grace_end.as_ref().map(|day| day.earliest),
        Anchor::RedemptionEnd => dates.redemption_end.as_ref().map(|day| day.earliest),
        Anchor::Purge => dates.purge.as_ref().map(|day| day.latest),
        Anchor::Rescue => dates.rescue.as_ref().map(|day| day.earliest),
        Anchor::PaidEnd => Some(paid_end),
        Anchor::Start | Anchor::T0 | Anchor::Act => None,
    }
}

/// Whether the day of an anchor is settled.
pub(crate) fn provisional(dates: &Dates, anchor: Anchor) -> bool {
    let day = match anchor {
        Anchor::Expiry => Some(&dates.expiry),
        Anchor::DnsStop => dates.dns_stop.as_ref(),
        Anchor::GraceEnd => dates.grace_end.as_ref(),
        Anchor::RedemptionEnd => dates.redemption_end.as_ref(),
        Anchor::Purge => dates.purge.as_ref(),
        Anchor::Rescue => dates.rescue.as_ref(),
        _ => None,
    };
    day.is_some_and(|day| day.provisional) || (anchor == Anchor::Charge && !matches!(dates.charge, Charge::Known(_)))
}

/// Every day a plan is made with.
pub(crate) struct Schedule<'a> {
    spec: &'a SpecV1,
    case: &'a Case,
    calendar: &'a Calendar<'a>,
    pub(crate) today: Date,
    pub(crate) paid_end: Date,
    pub(crate) t0: Option<(Date, bool)>,
    pub(crate) act: Date,
    /// By step: what it takes at least, and at most where an answer comes from outside.
    takes: Vec<(Span, Span)>,
    pub(crate) last: Vec<Option<Date>>,
    pub(crate) last_sure: Vec<Option<Date>>,
    pub(crate) earliest: Vec<Date>,
    pub(crate) slowest: Vec<Date>,
}

impl<'a> Schedule<'a> {
    pub(crate) fn new(spec: &'a SpecV1, case: &'a Case, calendar: &'a Calendar<'a>, paid_end: Date) -> Self {
        let today = calendar.day(case.made);
        let steps = spec.steps.len();
        let mut made = Self {
            spec,
            case,
            calendar,
            today,
            paid_end,
            t0: None,
            act: case.dates.expiry.earliest,
            takes: Vec::new(),
            last: vec![None; steps],
            last_sure: vec![None; steps],
            earliest: vec![today; steps],
            slowest: vec![today; steps],
        };
        made.takes = spec.steps.iter().map(|step| made.takes_of(step.as_ref())).collect();
        let act = made.find(*spec.book.act_step.as_ref());
        if let Some(day) = act.and_then(|step| made.day(step.due(case.ending))) {
            made.act = day.0;
        }
        let t0 = spec.book.t0_step.as_ref().and_then(|no| made.find(*no.as_ref()));
        if let Some((due, _)) = t0.and_then(|step| made.day(step.due(case.ending))) {
            // A late case ends its service on the first working day that can still be.
            made.t0 = Some(calendar.on_or_before(due.max(today)));
        }
        made.forward();
        made.backward();
        made
    }

    fn find(&self, no: u8) -> Option<&'a StepSpec> {
        self.spec.steps.iter().map(toml::Spanned::as_ref).find(|step| step.no == no)
    }

    fn place(&self, no: u8) -> Option<usize> {
        self.spec.steps.iter().position(|step| step.as_ref().no == no)
    }

    pub(crate) fn holds(&self, when: &[crate::spec::When]) -> bool {
        when.iter().all(|when| self.case.conditions.contains(&when.condition) == when.holds)
    }

    fn takes_of(&self, step: &StepSpec) -> (Span, Span) {
        match &step.takes {
            Some(takes) if self.holds(&takes.when) => {
                (if takes.within { Span::days(0) } else { takes.span }, takes.span)
            }
            _ => (Span::days(0), Span::days(0)),
        }
    }

    /// The day of a point of the playbook, and whether it is provisional.
    pub(crate) fn day(&self, point: Offset) -> Option<(Date, bool)> {
        let (base, unsure) = match point.anchor {
            Anchor::Start => (self.today, false),
            Anchor::T0 => self.t0?,
            Anchor::Act => (self.act, false),
            anchor => (anchor_day(&self.case.dates, self.paid_end, anchor)?, provisional(&self.case.dates, anchor)),
        };
        let (day, more) = self.calendar.shift(base, point.span, point.back);
        Some((day, unsure || more))
    }

    fn applies(&self, step: &StepSpec) -> bool {
        step.applies_to(self.case.ending)
    }

    fn done(&self, step: &StepSpec) -> bool {
        self.case.passed.contains(&namekeep_model::StepNo(step.no))
    }

    fn after(&self, day: Date, span: Span, slowest: bool) -> Date {
        if slowest { self.calendar.latest(day, span) } else { self.calendar.shift(day, span, false).0 }
    }

    fn forward(&mut self) {
        // Steps need earlier ones in any order of the file: as many sweeps as steps settle all.
        for _ in 0..self.spec.steps.len() {
            let mut moved = false;
            for (index, step) in self.spec.steps.iter().map(toml::Spanned::as_ref).enumerate() {
                if !self.applies(step) || self.done(step) {
                    continue;
                }
                let opens = self.day(step.opens(self.case.ending)).map_or(self.today, |(day, _)| day).max(self.today);
                let needs: Vec<usize> = step.needs.iter().filter_map(|no| self.place(*no)).collect();
                let ready = |list: &[Date]| needs.iter().filter_map(|i| list.get(*i)).copied().fold(opens, Date::max);
                let (least, most) = self.takes.get(index).copied().unwrap_or((Span::days(0), Span::days(0)));
                let early = self.after(ready(&self.earliest), least, false);
                let slow = self.after(ready(&self.slowest), most, true);
                for (list, day) in [(&mut self.earliest, early), (&mut self.slowest, slow)] {
                    if let Some(slot) = list.get_mut(index).filter(|slot| **slot < day) {
                        *slot = day;
                        moved = true;
                    }
                }
            }
            if !moved {
                return;
            }
        }
    }

    fn backward(&mut self) {
        if self.case.ending.is_none_or(Ending::keeps) {
            return;
        }
        let Some(act) = self.place(*self.spec.book.act_step.as_ref()) else { return };
        let end = self.act;
        for list in [&mut self.last, &mut self.last_sure] {
            if let Some(slot) = list.get_mut(act) {
                *slot = Some(end);
            }
        }
        for _ in 0..self.spec.steps.len() {
            for (index, step) in self.spec.steps.iter().map(toml::Spanned::as_ref).enumerate() {
                if !self.applies(step) {
                    continue;
                }
                let (least, most) = self.takes.get(index).copied().unwrap_or((Span::days(0), Span::days(0)));
                let last = |list: &[Option<Date>]| list.get(index).copied().flatten();
                let latest = last(&self.last).map(|day| self.calendar.shift(day, least, true).0);
                let surely = last(&self.last_sure).map(|day| self.back(day, most));
                let needs: Vec<usize> = step.needs.iter().filter_map(|no| self.place(*no)).collect();
                for need in needs {
                    lower(&mut self.last, need, latest);
                    lower(&mut self.last_sure, need, surely);
                }
            }
        }
    }

    /// The last day from which a span surely ends by another day.
    pub(crate) fn back(&self, day: Date, span: Span) -> Date {
        let mut from = self.calendar.shift(day, span, true).0;
        // Where a year is unpublished the latest end lies behind the typical one.
        for _ in 0..40 {
            if self.calendar.latest(from, span) <= day {
                break;
            }
            from = shift(from, -1);
        }
        from
    }

    pub(crate) fn most(&self, index: usize) -> Span {
        self.takes.get(index).map_or(Span::days(0), |takes| takes.1)
    }
}

fn lower(list: &mut [Option<Date>], index: usize, day: Option<Date>) {
    if let Some((slot, day)) = list.get_mut(index).zip(day) {
        *slot = Some(slot.map_or(day, |before| before.min(day)));
    }
}
