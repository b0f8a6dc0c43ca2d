//! Going on with another plan.

use crate::error::Corrupt;
use crate::run::Run;
use crate::state::{ItemRun, ItemState};

impl Run {
    /// Goes on with another plan: work done stays done, signatures are void, the act is taken anew.
    pub(crate) fn replan(&mut self, digest: &str, revision: u32, seq: u64) -> Result<(), Corrupt> {
        let impossible = |why| Corrupt::Impossible { seq, why };
        let known = self.known.iter().find(|(known, _)| known == digest);
        let plan = known.map(|(_, plan)| plan.clone()).ok_or_else(|| Corrupt::Plan(digest.to_owned()))?;
        if plan.run != self.plan.run || plan.workspace != self.plan.workspace || plan.name != self.plan.name {
            return Err(impossible("the new plan is for something else"));
        }
        if plan.revision != revision || revision <= self.plan.revision {
            return Err(impossible("a new plan has a higher revision"));
        }
        if !self.may_be_planned_again() {
            return Err(impossible("an outcome is not known yet"));
        }
        let mut fresh = Self::start((*plan).clone());
        for (index, step) in fresh.plan.steps.iter().enumerate() {
            let Some((old, state)) = self.index(step.no).and_then(|i| self.plan.steps.get(i).zip(self.steps.get(i))) else {
                continue;
            };
            let Some(new) = fresh.steps.get_mut(index) else { continue };
            // The act and the watch over it belong to the plan they were signed under. Attempts are
            // counted on: none has the number of an earlier one.
            let anew = step.no == plan.act_step || plan.watch_step.is_some_and(|watch| step.no >= watch);
            if !anew {
                (new.passed, new.rounds, new.begun) = (state.passed, state.rounds, state.begun);
            }
            let work = step.work.iter().zip(&mut new.items).map(|pair| (pair, &old.work, &state.items));
            let rescue = step.rescue.iter().zip(&mut new.rescue).map(|pair| (pair, &old.rescue, &state.rescue));
            for ((item, run), old, was) in work.chain(rescue) {
                let Some((_, was)) = old.iter().zip(was).find(|(was, _)| was.id == item.id) else { continue };
                let outdated = matches!(was.state, ItemState::NotDone { retry: None, .. });
                *run = if anew || outdated { ItemRun { state: ItemState::Todo, ..was.clone() } } else { was.clone() };
            }
        }
        fresh.seq = self.seq;
        fresh.started = self.started;
        fresh.last = self.last;
        fresh.known = std::mem::take(&mut self.known);
        fresh.nonces = std::mem::take(&mut self.nonces);
        fresh.discarded = std::mem::take(&mut self.discarded);
        fresh.receipts = std::mem::take(&mut self.receipts);
        fresh.returned = self.returned;
        fresh.switched_off = self.switched_off;
        fresh.held = self.held;
        fresh.stopped = self.stopped;
        *self = fresh;
        Ok(())
    }
}
