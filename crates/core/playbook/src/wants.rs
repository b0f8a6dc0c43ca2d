//! What the driver looks at before it goes on: the facts and check-points that gates read now.

use std::collections::BTreeSet;

use namekeep_model::{FactKey, FindingCode, Timestamp};

use crate::gate::Verdict;
use crate::judge::{Scene, codes, keys, looked, verdict};
use crate::masks::bits;
use crate::plan::PlannedStep;
use crate::run::Run;

impl Run {
    /// The facts which the gates that matter now read: what the driver looks at before it goes on.
    pub fn wants(&self, now: Timestamp) -> BTreeSet<FactKey> {
        let mut wanted: BTreeSet<FactKey> = keys(&self.plan.hold_on).collect();
        self.each_read_now(|planned| {
            let before = planned.work.iter().flat_map(|item| keys(&item.before));
            wanted.extend(keys(&planned.gate).chain(keys(&planned.before)).chain(before).chain(looked(&planned.work)));
        });
        wanted.extend(self.keep_wants(now));
        wanted
    }

    /// The check-points which the gates that matter now read.
    pub fn wants_rounds(&self) -> BTreeSet<FindingCode> {
        let mut wanted: BTreeSet<_> = codes(&self.plan.hold_on).collect();
        self.each_read_now(|planned| wanted.extend(codes(&planned.gate).chain(codes(&planned.before))));
        wanted
    }

    fn each_read_now(&self, mut visit: impl FnMut(&PlannedStep)) {
        let mut mask = 0_u64;
        for index in 0..self.plan.steps.len() {
            if !self.finished(index) && self.needs_met(index) {
                mask |= self.closure.get(index).copied().unwrap_or(0) | 1 << index;
            }
        }
        if let Some(index) = self.index(self.plan.act_step).filter(|_| self.leaving()) {
            mask |= self.closure.get(index).copied().unwrap_or(0) | 1 << index;
        }
        bits(mask).filter_map(|index| self.plan.steps.get(index)).filter(|step| step.applies()).for_each(&mut visit);
    }

    /// What holds the run now, as a verdict.
    pub(crate) fn guards(&self, scene: Scene<'_>) -> Verdict {
        let mut blockers = Vec::new();
        self.read_guards(scene, &mut blockers);
        verdict(blockers)
    }
}
