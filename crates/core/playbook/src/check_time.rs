//! Windows and durations: whether a case begun on time can keep every window of a book.
//!
//! Only points that count from the expiry can be compared without a case: T0 and the act stand for
//! the due of their steps, the charge day for the expiry. Others (grace, purge) differ by suffix.

use std::ops::Range;

use namekeep_model::{Ending, Text, words};

use crate::check::{Judged, Wrong, wrong};
use crate::spec::{SpecV1, StepSpec};
use crate::when::{Anchor, Offset, Unit};

pub(crate) fn check(book: &Judged<'_>) -> Result<(), Wrong> {
    for way in book.ways() {
        for (span, step) in book.steps().filter(|(_, step)| step.applies_to(way)) {
            window(book, span, step, way)?;
        }
    }
    Ok(())
}

fn window(book: &Judged<'_>, span: Range<usize>, step: &StepSpec, way: Option<Ending>) -> Result<(), Wrong> {
    let no = step.no;
    let (opens, due) = (day(book.spec, step.opens(way), way), day(book.spec, step.due(way), way));
    let takes = step.takes.as_ref().map_or(0, |takes| takes.span.calendar_days());
    if let Some((opens, due)) = opens.zip(due) {
        if opens > due {
            return wrong(span, "E1230", words!(en: "step {no} is due before it opens", zh: "第 {no} 步的截止早于开始"), Text::new("move opens or due", "调整 opens 或 due"));
        }
        if opens + takes > due {
            return wrong(span, "E1231", words!(en: "step {no} takes {takes} days and has {}", zh: "第 {no} 步需要 {takes} 天，只有 {} 天", due - opens), Text::new("open it earlier, or make it due later", "提前开始，或推迟截止"));
        }
    }
    for need in step.needs.iter().filter_map(|no| book.step(*no)).filter(|need| need.applies_to(way)) {
        let first = day(book.spec, need.due(way), way);
        if let Some((first, due)) = first.zip(due) {
            // A step that is armed again is satisfied by its first round.
            let armed_again = !need.rounds.is_empty();
            if !armed_again && first + takes > due {
                return wrong(
                    span,
                    "E1232",
                    words!(en: "step {no} needs step {}, is due {} days after it and takes {takes}", zh: "第 {no} 步依赖第 {} 步，在其后 {} 天截止，需要 {takes} 天", need.no, due - first),
                    Text::new("make the needed step due earlier, or this one later", "让所依赖的步骤更早截止，或推迟本步"),
                );
            }
        }
    }
    // A step that is armed again must end: its last round has a day.
    if step.rounds.values().any(Vec::is_empty) {
        return wrong(span, "E1233", words!(en: "step {no} has an ending with no round", zh: "第 {no} 步有结局没有对应轮次"), Text::new("name at least one transition, or drop the ending", "至少写一个阶段变化，或删去该结局"));
    }
    if let Some(ending) = step.rounds.keys().find(|ending| !step.applies_to(Some(**ending))) {
        return wrong(span, "E1233", words!(en: "step {no} has rounds for {}, to which it does not apply", zh: "第 {no} 步为不适用的 {} 写了轮次", ending.code()), Text::new("drop them", "请删去"));
    }
    Ok(())
}

/// The point in days from the expiry, where that can be said without a case.
pub(crate) fn day(spec: &SpecV1, point: Offset, way: Option<Ending>) -> Option<i64> {
    let step = |no: u8| spec.steps.iter().map(toml::Spanned::as_ref).find(|step| step.no == no);
    // The due of a role is never counted from itself: that is refused as a cycle of one.
    let due_of = |no: u8| {
        let due = step(no)?.due(way);
        matches!(due.anchor, Anchor::Expiry | Anchor::Charge).then(|| day(spec, due, way))?
    };
    let base = match point.anchor {
        Anchor::Expiry | Anchor::Charge => 0,
        Anchor::T0 => due_of(*spec.book.t0_step.as_ref()?.as_ref())?,
        Anchor::Act => due_of(*spec.book.act_step.as_ref())?,
        // A renewal counts from its own start; nothing else may be mixed with it.
        Anchor::Start if way.is_none() => 0,
        _ => return None,
    };
    let span = match point.span.unit {
        // A working day back is at least a day; a long holiday is the plan's affair.
        Unit::WorkingDays => i64::from(point.span.count),
        _ => point.span.calendar_days(),
    };
    Some(if point.back { base - span } else { base + span })
}
