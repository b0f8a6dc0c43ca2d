//! Going on with another plan.

use crate::error::Corrupt;
use crate::run::Run;

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
        if self.unsettled().next().is_some() {
            return Err(impossible("an outcome is unknown"));
        }
        let mut fresh = Self::start((*plan).clone());
        for (index, step) in fresh.plan.steps.iter().enumerate() {
            let Some((old, state)) = self.index(step.no).and_then(|i| self.plan.steps.get(i).zip(self.steps.get(i))) else {
                continue;
            };
            let Some(new) = fresh.steps.get_mut(index) else { continue };
            // The act and the watch over it belong to the plan they were signed under.
            if step.no == plan.act_step || plan.watch_step.is_some_and(|watch| step.no >= watch) {
                continue;
            }
            (new.passed, new.rounds, new.begun) = (state.passed, state.rounds, state.begun);
            for (item, run) in step.work.iter().zip(&mut new.items) {
                let same = old.work.iter().zip(&state.items).find(|(was, _)| was.id == item.id);
                if let Some((_, was)) = same {
                    *run = was.clone();
                }
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
