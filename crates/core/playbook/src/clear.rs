//! Clearing: every gate read again, and a permit for one attempt, or everything in the way.

use namekeep_model::{ActionId, Facts, Permit, Timestamp};

use crate::calendar::Calendar;
use crate::gate::{Blocker, Mover, Why};
use crate::judge::Scene;
use crate::nonempty::NonEmpty;
use crate::plan::{Item, Work};
use crate::run::{Run, Slot};
use crate::state::ItemState;

impl Run {
    /// Reads the gates of an action's step and of everything that led to it again, now, and mints
    /// the permit for the next attempt.
    ///
    /// # Errors
    /// Everything in the way, each with who can move it. Nothing was sent.
    pub fn clear(
        &self,
        action: &ActionId,
        now: Timestamp,
        facts: &Facts,
        calendar: &Calendar<'_>,
    ) -> Result<Permit, NonEmpty<Blocker>> {
        let refuse = |why| NonEmpty::one(Blocker { step: action.step, why, since: None, mover: Mover::Outside });
        let (slot, item, run) = self.slot(action).ok_or_else(|| refuse(Why::NotPlanned))?;
        let Work::Act(planned) = &item.work else { return Err(refuse(Why::NotPlanned)) };
        let blockers = self.in_the_way(slot, Scene { now, facts, calendar });
        match NonEmpty::new(blockers) {
            Some(list) => Err(list),
            None => {
                #[expect(clippy::disallowed_methods, reason = "the run machine is the one minter of permits")]
                let permit = Permit::mint(planned.clone(), self.effect(slot, item, run.attempts + 1), now);
                Ok(permit)
            }
        }
    }

    /// Everything in the way of one piece of work being begun now.
    pub(crate) fn in_the_way(&self, slot: Slot, scene: Scene<'_>) -> Vec<Blocker> {
        let Some(step) = self.plan.steps.get(slot.step) else { return Vec::new() };
        let list = if slot.rescue { &step.rescue } else { &step.work };
        let Some(item) = list.get(slot.item) else { return Vec::new() };
        let mut out = Vec::new();
        let mut push = |why, since, mover| out.push(Blocker { step: step.no, why, since, mover });

        if self.ended.is_some() || self.started.is_none() {
            push(Why::Over, None, Mover::Outside);
        }
        self.attempt_blocks(slot, item, scene.now, &mut push);
        if slot.rescue {
            // Keeping the name needs no gate, no signature and no office hours: only that it is not
            // done twice at once.
            return out;
        }
        if let Some((fact, since)) = self.held {
            push(Why::Held(fact), Some(since), Mover::Department(namekeep_model::Department::Legal));
        }
        if let Some((_, since)) = self.keeping {
            push(Why::Keeping, Some(since), Mover::Outside);
        }
        if self.stopped.is_some() || !step.applies() {
            push(Why::NotPlanned, None, Mover::Outside);
        }
        let irreversible = item.work.is_irreversible();
        if irreversible {
            for (effect, _) in self.unsettled() {
                push(Why::Unsettled(effect), None, Mover::Person(self.plan.people.owner.clone()));
            }
        }
        let earlier = self.steps.get(slot.step).map(|state| state.items.iter().take(slot.item));
        let looks = step.work.iter().map(|item| matches!(item.work, Work::Look(_)));
        if earlier.is_some_and(|mut items| items.by_ref().zip(looks).any(|(item, look)| !look && !item.done())) {
            push(Why::EarlierWork, None, self.owner_of(slot.step));
        }
        if let Some(opens) = self.opens_at(slot.step, scene).filter(|opens| *opens > scene.now) {
            push(Why::Opens(scene.calendar.day(opens)), None, Mover::Time(opens));
        }
        self.read_guards(scene, &mut out);
        // A task that costs nothing and can be set back needs its own step's leave only.
        if matches!(item.work, Work::Act(_)) {
            self.standing(slot.step, scene, &mut out);
        }
        self.read_all(slot.step, &step.before, false, scene, &mut out);
        self.read_all(slot.step, &item.before, false, scene, &mut out);
        if irreversible {
            self.signatures_block(slot.step, scene, &mut out);
        }
        out
    }

    /// What the state of the work itself puts in the way.
    fn attempt_blocks(&self, slot: Slot, item: &Item, now: Timestamp, push: &mut impl FnMut(Why, Option<Timestamp>, Mover)) {
        let Some(run) = self.at(slot) else { return };
        match &run.state {
            ItemState::Todo => {}
            ItemState::Done { .. } if slot.rescue => {}
            ItemState::Done { .. } => push(Why::NotPlanned, None, Mover::Outside),
            ItemState::NotDone { since, why, retry: Some(retry) } if *retry > now => {
                push(Why::NotDone(why.clone()), Some(*since), Mover::Time(*retry));
            }
            ItemState::NotDone { since, why, retry: None } => {
                let mover = Mover::Person(self.plan.people.requester.clone());
                push(Why::Outdated(why.clone()), Some(*since), mover);
            }
            ItemState::NotDone { .. } => {}
            ItemState::Asked { task, since, due } => {
                let kind = item.work.task().unwrap_or(namekeep_model::TaskKind::CarryOut);
                push(Why::TaskOpen { task: task.clone(), kind, due: *due }, Some(*since), Mover::Person(item.assignee.clone()));
            }
            ItemState::Intended { since, .. } | ItemState::Unknown { since, .. } => {
                let effect = self.effect(slot, item, run.attempts);
                push(Why::Unsettled(effect), Some(*since), Mover::Person(self.plan.people.owner.clone()));
            }
        }
    }

    /// The quorum of an irreversible act, whether or not a gate asks for it.
    fn signatures_block(&self, index: usize, scene: Scene<'_>, out: &mut Vec<Blocker>) {
        let (Some(step), Some(state)) = (self.plan.steps.get(index), self.steps.get(index)) else { return };
        let Some(consent) = &step.consent else {
            out.push(Blocker { step: step.no, why: Why::NotPlanned, since: None, mover: Mover::Outside });
            return;
        };
        let mut push = |why, mover| out.push(Blocker { step: step.no, why, since: state.begun, mover });
        if let Some(who) = state.refused.first() {
            push(Why::Refused(who.clone()), Mover::Person(self.plan.people.requester.clone()));
        }
        if self.signed(index, scene.now, true) {
            return;
        }
        if scene.now > consent.not_after {
            push(Why::TooLateToSign, Mover::Person(self.plan.people.requester.clone()));
        } else if self.signed(index, scene.now, false) {
            let rested = self.valid(index, scene.now).map(|given| crate::run::COOLING.after(given.at)).max();
            push(Why::Cooling, rested.map_or(Mover::Outside, Mover::Time));
        } else {
            let have = u8::try_from(self.valid(index, scene.now).count()).unwrap_or(u8::MAX);
            let mover = self.next_signer(index, scene.now).map_or(Mover::Outside, Mover::Person);
            push(Why::Signatures { have, want: consent.quorum }, mover);
        }
    }

    /// Not before: the later of the day the plan says and what it counts from.
    pub(crate) fn opens_at(&self, index: usize, scene: Scene<'_>) -> Option<Timestamp> {
        let step = self.plan.steps.get(index)?;
        let rule = step.opens.rule;
        match self.happened(rule.anchor) {
            Some(from) if rule.back => Some(rule.span.before(from)),
            Some(from) => Some(rule.span.after(from)),
            None => step.opens.day.map(|day| scene.calendar.at(day, 0)),
        }
    }
}
