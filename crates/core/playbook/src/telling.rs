//! What a reader of a plan is told: too late, assumed, provisional, replaced, frozen.

use namekeep_model::{Ending, words};

use crate::case::{Charge, Condition, Offer};
use crate::notice::Notice;
use crate::plan::PlannedStep;
use crate::planner::Maker;
use crate::schedule::anchor_day;
use crate::when::{Anchor, Span};

impl Maker<'_> {
    pub(crate) fn notices(&self, steps: &[PlannedStep]) -> Vec<Notice> {
        let (case, schedule) = (self.case, &self.schedule);
        let mut out = Vec::new();
        if let Some((asked, planned)) = case.asked.zip(case.ending).filter(|(asked, planned)| asked != planned) {
            let why = match case.offers.get(&asked) {
                Some(Offer::No(why)) => why.clone(),
                _ => words!(en: "its dates are not known", zh: "所需日期未知"),
            };
            out.push(Notice::FallBack { asked, planned, why });
        }
        out.extend(case.assumed.iter().map(|condition| Notice::Assumed(*condition)));
        match &case.dates.charge {
            Charge::Known(_) => {}
            Charge::Assumed(day) => out.push(Notice::ChargeAssumed(day.typical)),
            Charge::Ask => out.push(Notice::ChargeUnknown),
        }
        if case.conditions.contains(&Condition::CancelInWriting) && case.ending == Some(Ending::Lapse) {
            out.push(Notice::CancelInWriting);
        }
        let mut out_of_reach = false;
        for (index, step) in steps.iter().enumerate().filter(|(_, step)| step.applies() && !case.passed.contains(&step.no)) {
            let (Some(&earliest), Some(&slowest)) = (schedule.earliest.get(index), schedule.slowest.get(index)) else { continue };
            match step.last {
                Some(last) if earliest > last => {
                    out_of_reach = true;
                    out.push(Notice::TooLate { step: step.no, earliest, last });
                }
                Some(last) if slowest > last && schedule.most(index) != Span::days(0) => {
                    out.push(Notice::FitsIfFast { step: step.no, slowest, last });
                }
                _ => {}
            }
            let within = self.book.spec.steps.get(index).and_then(|spec| spec.as_ref().takes.as_ref()).is_some_and(|t| t.within);
            if let Some(answer) = step.last.filter(|_| within && schedule.most(index) != Span::days(0)) {
                out.push(Notice::LastAnswer { step: step.no, answer, returned: schedule.back(answer, schedule.most(index)) });
            }
            let planned = schedule.day(step.due.rule).map(|(day, _)| day);
            if let Some((planned, now)) = planned.zip(step.due.day).filter(|(planned, now)| planned < now) {
                out.push(Notice::Late { step: step.no, planned, now });
            }
        }
        if out_of_reach {
            out.push(Notice::Propose(Ending::HoldDark));
        }
        let release = [Anchor::DnsStop, Anchor::GraceEnd, Anchor::RedemptionEnd, Anchor::Purge, Anchor::Rescue];
        let releases = case.ending.is_some_and(Ending::releases);
        let anchors = [Anchor::Expiry, Anchor::Charge].into_iter().chain(release.into_iter().filter(|_| releases));
        for anchor in anchors {
            if anchor != Anchor::Charge && crate::schedule::provisional(&case.dates, anchor) {
                out.push(Notice::Provisional(anchor));
            }
            let day = anchor_day(&case.dates, schedule.paid_end, anchor).filter(|_| anchor != Anchor::Rescue && releases);
            if let Some((day, freeze)) = day.and_then(|day| self.calendar.freeze(day).map(|freeze| (day, freeze.clone()))) {
                out.push(Notice::Frozen { anchor, day, freeze });
            }
        }
        if let (Some(Ending::Lapse), Some(grace)) = (case.ending, &case.dates.grace_end)
            && grace.earliest <= schedule.act {
                out.push(Notice::NoTimeToLetGo);
            }
        out
    }
}
