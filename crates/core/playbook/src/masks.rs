//! Which steps lead to which, as bit masks: the loader refuses books of more than 64 steps.

use namekeep_model::StepNo;

use crate::plan::Plan;

/// Bit masks over steps: what each needs, and everything that leads to it.
pub(crate) fn masks(plan: &Plan) -> (Vec<u64>, Vec<u64>) {
    let bit = |no: &StepNo| plan.steps.iter().position(|step| step.no == *no).map_or(0, |i| 1_u64 << (i & 63));
    let mut needs: Vec<u64> = plan.steps.iter().map(|step| step.needs.iter().map(bit).fold(0, |all, one| all | one)).collect();
    // A step that does not apply counts as satisfied; what it needed is needed in its stead.
    for _ in 0..needs.len() {
        for index in 0..needs.len() {
            let mine = needs.get(index).copied().unwrap_or(0);
            let skipped = bits(mine).filter(|need| plan.steps.get(*need).is_some_and(|step| !step.applies()));
            let whole = skipped.fold(mine, |all, need| all | needs.get(need).copied().unwrap_or(0));
            if let Some(slot) = needs.get_mut(index) {
                *slot = whole;
            }
        }
    }
    let mut closure = needs.clone();
    // The loader refuses cycles, so as many sweeps as steps reach everything.
    for _ in 0..closure.len() {
        let grown = closure.iter().map(|mask| bits(*mask).fold(*mask, |all, i| all | closure.get(i).copied().unwrap_or(0)));
        let grown: Vec<u64> = grown.collect();
        if grown == closure {
            break;
        }
        closure = grown;
    }
    (needs, closure)
}

/// The places of the bits of a mask, lowest first.
pub(crate) fn bits(mask: u64) -> impl Iterator<Item = usize> {
    let mut left = mask;
    std::iter::from_fn(move || {
        let lowest = (left != 0).then(|| left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(lowest)
    })
}
