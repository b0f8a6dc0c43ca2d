//! Keeping the name: the answer to every doubt about an act that lets it go.
//!
//! ```text
//! window missed, gate red, signature withdrawn, not let go in time, dispute or stop after the act,
//! expired while the run was still under way
//!        |
//!        v
//! auto-renew back ON (no signature, no office hours) -> a renewal task for a person
//!        -> after E: renew in grace, restore in redemption, each at most at its planned price
//!        -> the later expiry is read back: Ended(renewed)
//! ```

use namekeep_model::phase::PhaseKind;
use namekeep_model::{Date, Ending, FactKey, FactValue, Op, StepNo};

use crate::case::Charge;
use crate::closed::{Outcome, Reason};
use crate::event::Event;
use crate::gate::{Blocker, Mover, Verdict, Why};
use crate::judge::Scene;
use crate::next::{Found, Next, WaitFor};
use crate::plan::Work;
use crate::run::Run;
use crate::state::ItemState;
use crate::schedule::anchor_day;
use crate::when::{Anchor, Span};

/// So near to its expiry a name is watched whatever its run waits for, and auto-renew found off is
/// switched on: the book has it on from step 20, a month ahead, until the signed act.
const NEAR: i64 = 31;
/// The facts that tell until when a name is paid.
const PAID: [FactKey; 2] = [FactKey::PaidUntil, FactKey::RegistrarExpiry];
/// How soon a kept or held run is looked at again.
const POLL: Span = Span::hours(24);

impl Run {
    /// What must happen before any step, because the name is held or kept.
    pub(crate) fn keep_next(&self, scene: Scene<'_>, found: &mut Found) -> Option<Next> {
        if self.plan.ending.is_some() && !self.act_in_the_past() && scene.facts.yes(FactKey::Purged) == Some(true) {
            return Some(Next::Record(Event::Ended { outcome: Outcome::Lost }));
        }
        if self.held.is_none() && self.keeping.is_none() {
            if let Verdict::Shut(by) = self.guards(scene) {
                return Some(Next::Record(Event::Held { fact: disputed(by.first()) }));
            }
            if let Some(reason) = self.must_keep(scene) {
                return Some(Next::Record(Event::Keeping { reason }));
            }
        }
        // Somebody renewed it in spite of the act: it is kept, and the run has nothing more to let go.
        let renewed = scene.facts.date(FactKey::PaidUntil).filter(|day| *day > self.plan.dates.expiry.typical);
        if let Some(day) = renewed.filter(|_| self.plan.ending == Some(Ending::Lapse) && self.act_in_force()) {
            return Some(Next::Record(Event::Ended { outcome: Outcome::Renewed(day) }));
        }
        let back = !self.act_in_force() && (self.switched_off || self.found_off(scene));
        if self.held.is_none() && self.keeping.is_none() && self.stopped.is_none() && !back {
            return None;
        }
        if let Some(next) = self.auto_renew_on(scene, found) {
            return Some(next);
        }
        let until = POLL.after(scene.now);
        if let Some((fact, since)) = self.held {
            if self.letting_go(scene) || self.keeping.is_some() || self.running_out(scene) {
                return self.keeping.is_none().then_some(Next::Record(Event::Keeping { reason: Reason::Held })).or_else(|| self.renewal(scene, found));
            }
            let by = match self.guards(scene) {
                Verdict::Open => crate::nonempty::NonEmpty::one(Blocker {
                    step: self.plan.steps.first().map_or(StepNo(0), |step| step.no),
                    why: Why::Held(fact),
                    since: Some(since),
                    mover: Mover::Department(namekeep_model::Department::Legal),
                }),
                Verdict::Shut(by) | Verdict::NotChecked(by) => by,
            };
            return Some(Next::Held { by, until });
        }
        if self.keeping.is_some() {
            return self.renewal(scene, found);
        }
        if self.stopped.is_some() {
            let event = if self.letting_go(scene) {
                Event::Keeping { reason: Reason::Stopped }
            } else {
                Event::Ended { outcome: Outcome::Stopped }
            };
            return Some(Next::Record(event));
        }
        None
    }

    /// Why the ending must be given up now, if it must.
    fn must_keep(&self, scene: Scene<'_>) -> Option<Reason> {
        let ending = self.plan.ending?;
        if self.running_out(scene) {
            return Some(Reason::Expired);
        }
        if ending.keeps() {
            return None;
        }
        let act = self.index(self.plan.act_step)?;
        let today = scene.calendar.day(scene.now);
        if !self.act_done(act) {
            let path = (0..self.plan.steps.len()).filter(|i| *i == act || self.closure.get(act).is_some_and(|m| m >> i & 1 == 1));
            let late = path.filter(|i| !self.satisfied(*i)).filter_map(|i| self.plan.steps.get(i));
            return late.filter(|step| step.last.is_some_and(|last| today > last)).map(|step| Reason::WindowMissed(step.no)).next();
        }
        if !self.letting_go(scene) {
            return None;
        }
        // The act was done and never seen to hold: somebody undid it, or it did not take.
        if ending == Ending::Lapse && !self.satisfied(act) && today >= self.plan.dates.expiry.earliest {
            return Some(Reason::WindowMissed(self.plan.act_step));
        }
        if !self.stays_signed(act, None) {
            return Some(Reason::Withdrawn(self.plan.act_step));
        }
        if let Some(reason) = self.not_let_go(scene) {
            return Some(reason);
        }
        let mut blockers = Vec::new();
        self.standing(act, scene, &mut blockers);
        if self.satisfied(act) {
            self.stands(act, scene, &mut blockers);
        }
        // What nobody could look at is looked at again, until the way back is about to close.
        let last_look = self.rescue_day().is_some_and(|day| crate::calendar::shift(today, 3) >= day);
        let red = blockers.into_iter().find(|blocker| last_look || !blocker.why.not_checked());
        red.map(|blocker| Reason::GateReddened(blocker.step))
    }

    /// The second let-it-go: missing when its last instant is over.
    fn not_let_go(&self, scene: Scene<'_>) -> Option<Reason> {
        let watch = self.index(self.plan.watch_step?)?;
        let consent = self.plan.steps.get(watch)?.consent.as_ref()?;
        (scene.now > consent.not_after && !self.stays_signed(watch, None)).then_some(Reason::NotLetGo)
    }

    /// Tells whether the irreversible work of the act step was done under the present plan.
    fn act_done(&self, act: usize) -> bool {
        let (Some(planned), Some(state)) = (self.plan.steps.get(act), self.steps.get(act)) else { return false };
        let mut work = planned.work.iter().zip(&state.items);
        work.any(|(item, run)| item.work.is_irreversible() && run.done())
    }

    fn act_in_the_past(&self) -> bool {
        self.index(self.plan.act_step).is_some_and(|act| self.act_done(act))
    }

    fn act_in_force(&self) -> bool {
        self.act_in_the_past() && self.keeping.is_none()
    }

    /// Tells whether the name is on its way out by this run's act, and can still come back.
    fn letting_go(&self, scene: Scene<'_>) -> bool {
        let releases = match self.plan.ending {
            Some(Ending::Lapse) => true,
            // A deletion comes back only where a restore is offered.
            Some(Ending::Delete) => self.rescue(|op| matches!(op, Op::Restore { .. })).is_some(),
            _ => false,
        };
        let open = self.rescue_day().is_none_or(|day| scene.calendar.day(scene.now) <= day);
        releases && self.act_in_the_past() && (open || recoverable(scene))
    }

    /// Tells whether auto-renew is off while the expiry comes near: somebody else switched it off, or
    /// nobody had it on. While an outcome is unknown it may be our own act that is seen.
    fn found_off(&self, scene: Scene<'_>) -> bool {
        self.near(scene.now) && self.unsettled().next().is_none() && scene.facts.yes(FactKey::AutoRenew) == Some(false)
    }

    fn near(&self, now: jiff::Timestamp) -> bool {
        let from = crate::calendar::shift(self.plan.dates.expiry.earliest, -NEAR).at(0, 0, 0, 0);
        let from = jiff::tz::TimeZone::UTC.to_timestamp(from);
        self.plan.ending.is_some() && from.is_ok_and(|from| from <= now)
    }

    /// Tells whether the name is past its expiry, unpaid, and nothing was signed to let it go.
    fn running_out(&self, scene: Scene<'_>) -> bool {
        let dates = &self.plan.dates;
        let due = match &dates.charge {
            Charge::Known(day) | Charge::Assumed(day) => day.latest.max(dates.expiry.latest),
            Charge::Ask => dates.expiry.latest,
        };
        // A run that waits for years, held by a dispute, sees its name renewed more than once.
        let due = PAID.into_iter().filter_map(|key| scene.facts.date(key)).fold(due, Date::max);
        let over = scene.calendar.day(scene.now) > crate::calendar::shift(due, 1);
        let gone = scene.facts.yes(FactKey::Purged) == Some(true) || scene.facts.yes(FactKey::Held) == Some(false);
        over && self.near(scene.now) && !self.act_in_the_past() && !gone
    }

    /// The expiry that was paid for beyond the planned one and lies ahead, if any.
    fn paid_later(&self, scene: Scene<'_>) -> Option<Date> {
        let (planned, today) = (self.plan.dates.expiry.typical, scene.calendar.day(scene.now));
        PAID.into_iter().filter_map(|key| scene.facts.date(key)).filter(|day| *day > planned && *day >= today).max()
    }

    fn rescue_day(&self) -> Option<Date> {
        anchor_day(&self.plan.dates, self.plan.paid_end, Anchor::Rescue)
    }

    /// Switches auto-renew back on, if this run or somebody else switched it off.
    fn auto_renew_on(&self, scene: Scene<'_>, found: &mut Found) -> Option<Next> {
        if !self.switched_off && scene.facts.yes(FactKey::AutoRenew) != Some(false) {
            return None;
        }
        if scene.facts.yes(FactKey::Purged) == Some(true) || scene.facts.yes(FactKey::Held) == Some(false) {
            return None;
        }
        let (slot, item, run) = self.rescue(|op| matches!(op, Op::SetAutoRenew { on: true }))?;
        // Somebody switched it off again after this run switched it on: once a day is enough.
        if let ItemState::Done { at } = run.state
            && !self.switched_off && POLL.after(at) > scene.now {
                return None;
            }
        self.item_next(slot, item, scene, found)
    }

    /// Brings the renewal about, and ends the run when it is read back.
    fn renewal(&self, scene: Scene<'_>, found: &mut Found) -> Option<Next> {
        let expiry = self.plan.dates.expiry.typical;
        if let Some(day) = self.paid_later(scene) {
            return Some(Next::Record(Event::Ended { outcome: Outcome::Renewed(day) }));
        }
        if scene.facts.yes(FactKey::Purged) == Some(true) || scene.facts.yes(FactKey::Held) == Some(false) {
            return Some(Next::Record(Event::Ended { outcome: Outcome::Lost }));
        }
        let today = scene.calendar.day(scene.now);
        let grace = anchor_day(&self.plan.dates, self.plan.paid_end, Anchor::GraceEnd).unwrap_or(expiry);
        let restore = self.rescue(|op| matches!(op, Op::Restore { .. }));
        let restored = restore.is_some_and(|(_, _, run)| run.done());
        // A deleted name is in redemption whatever its expiry was.
        let deleted = self.plan.ending == Some(Ending::Delete) && self.act_in_the_past() && !restored;
        // What the registry says now outranks the day: the earliest end of grace may lie before E.
        let redeemable = phase(scene).map_or(today > grace, |phase| phase == PhaseKind::Redemption);
        // A renewal is ordered against the planned expiry only: once that has moved, a person orders it.
        let moved = PAID.into_iter().filter_map(|key| scene.facts.date(key)).any(|day| day > expiry);
        let order = [
            (!deleted && today > expiry && !redeemable && !moved, self.rescue(|op| matches!(op, Op::Renew { .. }))),
            (deleted || redeemable, restore),
        ];
        for (slot, item, run) in order.into_iter().filter(|(now, _)| *now).filter_map(|(_, found)| found) {
            if !run.done()
                && let Some(next) = self.item_next(slot, item, scene, found) {
                    return Some(next);
                }
        }
        let task = self.slots().find(|(slot, item, _)| slot.rescue && matches!(item.work, Work::Task(_)));
        if let Some((slot, item, run)) = task
            && !run.done()
                && let Some(next) = self.item_next(slot, item, scene, found) {
                    return Some(next);
                }
        found.wake(POLL.after(scene.now), WaitFor::Renewal);
        Some(match crate::nonempty::NonEmpty::new(std::mem::take(&mut found.blockers)) {
            Some(by) => Next::Blocked { by, until: POLL.after(scene.now) },
            None => Next::Wait { until: POLL.after(scene.now), why: WaitFor::Renewal },
        })
    }

    /// The facts that tell whether a name on its way out, held or kept is safe.
    pub(crate) fn keep_wants(&self, now: jiff::Timestamp) -> impl Iterator<Item = FactKey> + use<> {
        let watched = self.near(now) || self.held.is_some() || self.keeping.is_some() || self.switched_off || self.stopped.is_some();
        let keys =
            [FactKey::AutoRenew, FactKey::PaidUntil, FactKey::RegistrarExpiry, FactKey::Held, FactKey::Purged, FactKey::Phase];
        keys.into_iter().filter(move |_| watched)
    }
}

/// The phase as the registry tells it now.
fn phase(scene: Scene<'_>) -> Option<PhaseKind> {
    match scene.facts.value(FactKey::Phase) {
        Some(FactValue::Text(word)) => PhaseKind::from_code(word),
        _ => None,
    }
}

/// Tells whether the name, as read now, still has a way back: a doubt is answered as long as anything
/// helps, beyond the last safe rescue day too.
fn recoverable(scene: Scene<'_>) -> bool {
    let gone = scene.facts.yes(FactKey::Held) == Some(false);
    !gone && phase(scene).is_some_and(|phase| phase.renewable() || phase == PhaseKind::Redemption)
}

fn disputed(blocker: &Blocker) -> FactKey {
    match &blocker.why {
        Why::Fact { key, .. } | Why::FactUnread { key, .. } => *key,
        _ => FactKey::Dispute,
    }
}
