//! What a run does next: the first thing that can be done now, in a fixed order.
//!
//! ```text
//! over? -> unknown outcomes -> dispute? -> must the name be kept? -> steps in the order of the book:
//!                                                 signatures asked, work begun, gate read
//! nothing to do: what blocks and who can move it, or the next date
//! ```
//! Deterministic: the same run, instant, facts and calendar give the same answer. No counter and no
//! timer leads to an irreversible act; they only lead to looking again.

use namekeep_model::action::Act;
use namekeep_model::{Action, EffectId, Facts, StepNo, Task, TaskId, TaskKind, Timestamp, words};
use namekeep_ports::Request;

use crate::calendar::Calendar;
use crate::closed::Outcome;
use crate::event::Event;
use crate::gate::{Blocker, Mover, Why};
use crate::judge::Scene;
use crate::nonempty::NonEmpty;
use crate::plan::{Item, Work};
use crate::run::{Run, Slot};
use crate::state::ItemState;
use crate::when::Span;

/// How long a far side gets for an answer before the outcome counts as unknown.
const ANSWER: Span = Span::hours(1);
/// How soon blocked things are looked at again.
const POLL: Span = Span::hours(24);
/// How long a person gets for a task without a due day of its own.
const TASK: Span = Span::days(7);
/// Waits before each look back at an uncertain outcome, in minutes; the last one repeats.
const LOOK_BACK: [i64; 6] = [0, 1, 5, 30, 120, 360];

/// What the driver does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Append this event; nothing outside is touched.
    Record(Event),
    /// Clear this action, append its intent, perform it, append what came.
    Do {
        /// The action.
        action: Action,
        /// The attempt.
        effect: EffectId,
        /// After this instant the outcome counts as unknown.
        deadline: Timestamp,
    },
    /// Read this attempt back and append what was seen; never send it again.
    Settle {
        /// The attempt.
        effect: EffectId,
        /// What was attempted.
        action: Action,
    },
    /// Put this question to a person and append that it was asked.
    Ask(Request),
    /// Only time moves it.
    Wait {
        /// Until when.
        until: Timestamp,
        /// For what.
        why: WaitFor,
    },
    /// Something or somebody else must move; look again then.
    Blocked {
        /// What is in the way.
        by: NonEmpty<Blocker>,
        /// When to look again.
        until: Timestamp,
    },
    /// A dispute holds the run until a person lets it go on.
    Held {
        /// What holds it.
        by: NonEmpty<Blocker>,
        /// When to look again.
        until: Timestamp,
    },
    /// It is over.
    Ended(Outcome),
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitFor {
    /// A step opens.
    Opens(StepNo),
    /// Time goes by, signatures cool, or office hours begin, for a step.
    Time(StepNo),
    /// The renewal of a kept name.
    Renewal,
    /// An outcome is read back again.
    LookBack,
}

/// What was found in the way while looking for something to do.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) blockers: Vec<Blocker>,
    wake: Option<(Timestamp, WaitFor)>,
}

impl Found {
    pub(crate) fn wake(&mut self, at: Timestamp, why: WaitFor) {
        if self.wake.is_none_or(|(before, _)| at < before) {
            self.wake = Some((at, why));
        }
    }
}

impl Run {
    /// The first thing that can be done now.
    pub fn next(&self, now: Timestamp, facts: &Facts, calendar: &Calendar<'_>) -> Next {
        let scene = Scene { now, facts, calendar };
        let mut found = Found::default();
        self.look_for_work(scene, &mut found).unwrap_or_else(|| self.idle(now, found))
    }

    /// Everything in the way now, for people: what [`Run::next`] finds where it finds no work.
    pub(crate) fn survey(&self, scene: Scene<'_>) -> (Option<Next>, Vec<Blocker>) {
        let mut found = Found::default();
        let next = self.look_for_work(scene, &mut found);
        (next, found.blockers)
    }

    fn look_for_work(&self, scene: Scene<'_>, found: &mut Found) -> Option<Next> {
        if let Some(outcome) = self.ended {
            return Some(Next::Ended(outcome));
        }
        if self.started.is_none() {
            return Some(Next::Record(Event::Started { plan: self.digest.clone() }));
        }
        if let Some(next) = self.settle_next(scene.now, found) {
            return Some(next);
        }
        if let Some(next) = self.keep_next(scene, found) {
            return Some(next);
        }
        let mut open = false;
        for index in 0..self.plan.steps.len() {
            if self.finished(index) {
                continue;
            }
            open = true;
            if let Some(next) = self.step_next(index, scene, found) {
                return Some(next);
            }
        }
        (!open).then(|| Next::Record(Event::Ended { outcome: self.natural_end() }))
    }

    /// Tells whether a step needs nothing more: it does not apply, or all its rounds passed.
    pub(crate) fn finished(&self, index: usize) -> bool {
        let (Some(planned), Some(state)) = (self.plan.steps.get(index), self.steps.get(index)) else { return true };
        !planned.applies() || usize::from(state.rounds) >= planned.rounds.len().max(1)
    }

    /// How the run ends when every step has passed.
    fn natural_end(&self) -> Outcome {
        use namekeep_model::Ending;
        match self.plan.ending {
            None => Outcome::Renewed(self.plan.paid_end),
            Some(Ending::HoldDark | Ending::HoldLive) => Outcome::HeldUntil(self.plan.paid_end),
            Some(Ending::Transfer) => Outcome::Transferred,
            Some(Ending::Lapse) => Outcome::Lapsed,
            Some(Ending::Delete) => Outcome::Deleted,
        }
    }

    /// Uncertain attempts come first; an attempt in time is waited for.
    fn settle_next(&self, now: Timestamp, found: &mut Found) -> Option<Next> {
        for (slot, item, run) in self.slots() {
            let Work::Act(action) = &item.work else { continue };
            let effect = || self.effect(slot, item, run.attempts);
            // Work handed to a person is never uncertain: the process died before it was recorded
            // that they were asked. Asking again under the same id is one question.
            if let (Act::Task(kind), ItemState::Intended { .. } | ItemState::Unknown { .. }) = (&action.act, &run.state) {
                return Some(Next::Ask(Request::Task(self.asked_again(item, *kind, effect(), now))));
            }
            let due = match run.state {
                ItemState::Intended { deadline, .. } => deadline,
                ItemState::Unknown { reads, last, asked, since } => {
                    let step = LOOK_BACK.get(usize::from(reads)).or(LOOK_BACK.last()).copied().unwrap_or(0);
                    if usize::from(reads) >= LOOK_BACK.len() && asked.is_none() {
                        return Some(Next::Ask(Request::Task(self.find_out(effect(), now))));
                    }
                    found.blockers.push(Blocker {
                        step: item.id.step,
                        why: Why::Unsettled(effect()),
                        since: Some(since),
                        mover: Mover::Person(self.plan.people.owner.clone()),
                    });
                    last.checked_add(jiff::SignedDuration::from_mins(step)).unwrap_or(last)
                }
                _ => continue,
            };
            if due <= now {
                return Some(Next::Settle { effect: effect(), action: action.clone() });
            }
            found.wake(due, WaitFor::LookBack);
        }
        None
    }

    fn asked_again(&self, item: &Item, kind: TaskKind, effect: EffectId, now: Timestamp) -> Task {
        Task {
            id: TaskId(effect),
            kind,
            name: self.plan.name.clone(),
            assignee: item.assignee.clone(),
            opened: now,
            due: TASK.after(now),
            asks: item.asks.clone(),
        }
    }

    fn find_out(&self, effect: EffectId, now: Timestamp) -> Task {
        let asks = words!(
            en: "find out at the far side whether {effect} happened, and say so; do not do it again",
            zh: "请在对方系统查明 {effect} 是否已发生并填写结果；请勿重复操作"
        );
        Task {
            id: TaskId(effect),
            kind: TaskKind::FindOut,
            name: self.plan.name.clone(),
            assignee: self.plan.people.owner.clone(),
            opened: now,
            due: POLL.after(now),
            asks,
        }
    }

    /// One step: its signatures, its work in order, its gate.
    fn step_next(&self, index: usize, scene: Scene<'_>, found: &mut Found) -> Option<Next> {
        let (planned, state) = (self.plan.steps.get(index)?, self.steps.get(index)?);
        if !self.needs_met(index) {
            return self.signatures_ahead(index, scene, found);
        }
        if let Some(opens) = self.opens_at(index, scene).filter(|opens| *opens > scene.now) {
            found.wake(opens, WaitFor::Opens(planned.no));
            return self.signatures_ahead(index, scene, found);
        }
        if let Some(next) = self.signatures_next(index, scene, found) {
            return Some(next);
        }
        let (mut acts_done, mut all_done) = (true, true);
        for (place, (item, run)) in planned.work.iter().zip(&state.items).enumerate() {
            let slot = Slot { step: index, item: place, rescue: false };
            if matches!(item.work, Work::Look(_)) || run.done() {
                continue;
            }
            let act = matches!(item.work, Work::Act(_));
            // A task waits for the acts before it, an act for everything before it.
            if if act { all_done } else { acts_done }
                && let Some(next) = self.item_next(slot, item, scene, found) {
                    return Some(next);
                }
            all_done = false;
            acts_done &= !act;
        }
        if all_done { self.gate_next(index, scene, found) } else { None }
    }

    /// Begins one piece of work, or notes what is in the way.
    pub(crate) fn item_next(&self, slot: Slot, item: &Item, scene: Scene<'_>, found: &mut Found) -> Option<Next> {
        let blockers = self.in_the_way(slot, scene);
        if blockers.is_empty() {
            let run = self.at(slot)?;
            let effect = self.effect(slot, item, run.attempts + 1);
            return Some(match &item.work {
                Work::Act(action) => Next::Do { action: action.clone(), effect, deadline: ANSWER.after(scene.now) },
                Work::Task(kind) => Next::Ask(Request::Task(self.task(slot, item, *kind, effect, scene))),
                Work::Look(_) => return None,
            });
        }
        for blocker in &blockers {
            if let Mover::Time(at) = blocker.mover {
                found.wake(at, WaitFor::Time(blocker.step));
            }
        }
        if let Some(at) = self.gate_opens(slot.step, scene) {
            found.wake(at, WaitFor::Time(item.id.step));
        }
        found.blockers.extend(blockers);
        None
    }

    fn task(&self, slot: Slot, item: &Item, kind: TaskKind, effect: EffectId, scene: Scene<'_>) -> Task {
        let due = self.plan.steps.get(slot.step).and_then(|step| step.due.day).map(|day| scene.calendar.end_of(day));
        // Work of a rescue, or of a step that is late, is due in a week.
        let due = due.filter(|due| *due > scene.now && !slot.rescue).unwrap_or_else(|| TASK.after(scene.now));
        Task {
            id: TaskId(effect),
            kind,
            name: self.plan.name.clone(),
            assignee: item.assignee.clone(),
            opened: scene.now,
            due,
            asks: item.asks.clone(),
        }
    }

    /// All work is done: the step passes, its work is asked again, or the gate stays in the way.
    fn gate_next(&self, index: usize, scene: Scene<'_>, found: &mut Found) -> Option<Next> {
        let (planned, state) = (self.plan.steps.get(index)?, self.steps.get(index)?);
        if !planned.rounds.is_empty() {
            // Undated rounds are over when their transition is: nobody can say when that was.
            if let Some(begins) = self.round_begins(index, scene).filter(|begins| *begins > scene.now) {
                found.wake(begins, WaitFor::Opens(planned.no));
                return None;
            }
        }
        let mut blockers = Vec::new();
        self.read_gate(index, scene, &mut blockers);
        if blockers.is_empty() {
            let rested = self.rested(planned, scene.facts);
            return Some(Next::Record(Event::GatePassed { step: planned.no, round: state.rounds + 1, rested }));
        }
        if let Some(item) = self.to_ask_again(index, &blockers) {
            return Some(Next::Record(Event::Reopened { item }));
        }
        for blocker in &blockers {
            if let Mover::Time(at) = blocker.mover {
                found.wake(at, WaitFor::Time(planned.no));
            }
        }
        found.blockers.extend(blockers);
        None
    }

    /// The work whose receipt does not meet the gate, if a gate waits for a better one.
    fn to_ask_again(&self, index: usize, blockers: &[Blocker]) -> Option<namekeep_model::ActionId> {
        let (planned, state) = (self.plan.steps.get(index)?, self.steps.get(index)?);
        blockers.iter().find_map(|blocker| {
            let (Why::ReceiptField { kind, .. } | Why::ReceiptMissing(kind)) = &blocker.why else { return None };
            let mut work = planned.work.iter().zip(&state.items);
            let brings = |item: &Item| item.work.task().is_some_and(|task| task.receipt() == *kind);
            work.find(|(item, run)| run.done() && brings(item)).map(|(item, _)| item.id.clone())
        })
    }

    fn idle(&self, now: Timestamp, found: Found) -> Next {
        let soon = POLL.after(now);
        let until = found.wake.map_or(soon, |(at, _)| at);
        let timed = found.blockers.iter().all(|blocker| matches!(blocker.mover, Mover::Time(_)));
        match (NonEmpty::new(found.blockers), found.wake) {
            (Some(by), _) if !timed => Next::Blocked { by, until: until.min(soon) },
            (_, Some((until, why))) => Next::Wait { until, why },
            (Some(by), None) => Next::Blocked { by, until: soon },
            (None, None) => Next::Wait { until: soon, why: WaitFor::Time(self.plan.act_step) },
        }
    }
}
