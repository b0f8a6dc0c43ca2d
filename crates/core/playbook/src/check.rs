//! Judging a playbook as a whole: what its parts mean together.
//!
//! Three families of refusals: *parts* (exactly one kind of predicate or work, known thresholds and
//! fields, types that fit), *time* (windows and durations that can meet), *order* (no cycle, what
//! must never come before what). The order rules know steps by what they do, not by their numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use namekeep_model::fact::ValueType;
use namekeep_model::{Ending, Quorum, ReceiptKind, RunKind};
use toml::Spanned;

use crate::check_order;
use crate::check_time;
use crate::profile::Profile;
use crate::spec::{AtomSpec, BoundSpec, Operand, OpWord, RiskWord, SpecV1, StepSpec, WorkSpec};
use crate::when::Offset;

/// What is wrong, where, and the cure.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub(crate) span: Range<usize>,
    pub(crate) code: &'static str,
    pub(crate) what: String,
    pub(crate) cure: String,
}

pub(crate) fn wrong<T>(span: Range<usize>, code: &'static str, what: impl Into<String>, cure: &str) -> Result<T, Wrong> {
    Err(Wrong { span, code, what: what.into(), cure: cure.to_owned() })
}

/// Steps are kept in masks of 64 bits.
const MAX_STEPS: usize = 64;
/// Pieces of work and predicates in one list; the shipped book has at most 11.
const MAX_PARTS: usize = 32;

/// A book while it is judged.
pub(crate) struct Judged<'a> {
    pub(crate) spec: &'a SpecV1,
    pub(crate) at: BTreeMap<u8, usize>,
}

impl Judged<'_> {
    pub(crate) fn step(&self, no: u8) -> Option<&StepSpec> {
        self.at.get(&no).and_then(|index| self.spec.steps.get(*index)).map(Spanned::as_ref)
    }

    pub(crate) fn steps(&self) -> impl Iterator<Item = (Range<usize>, &StepSpec)> {
        self.spec.steps.iter().map(|step| (step.span(), step.as_ref()))
    }

    /// The endings a book knows; one without endings has one way.
    pub(crate) fn ways(&self) -> Vec<Option<Ending>> {
        match self.spec.book.kind {
            RunKind::Retire => Ending::ALL.into_iter().map(Some).collect(),
            RunKind::Renew => vec![None],
        }
    }

    /// Everything that leads to a step, itself not counted.
    pub(crate) fn leads_to(&self, no: u8) -> std::collections::BTreeSet<u8> {
        let mut seen = std::collections::BTreeSet::new();
        let mut open = vec![no];
        while let Some(no) = open.pop() {
            let needs = self.step(no).map_or(&[][..], |step| step.needs.as_slice());
            open.extend(needs.iter().copied().filter(|need| seen.insert(*need)));
        }
        seen
    }
}

/// Judges a book.
pub(crate) fn check(spec: &SpecV1, profile: &Profile) -> Result<(), Wrong> {
    if spec.steps.is_empty() || spec.steps.len() > MAX_STEPS {
        return wrong(0..0, "E1210", "a book has 1 to 64 steps", "split the book");
    }
    if spec.book.id.is_empty() || spec.book.source.is_empty() {
        return wrong(0..0, "E1210", "the book has no id or no source", "name both under [book]");
    }
    let mut at = BTreeMap::new();
    for (index, step) in spec.steps.iter().enumerate() {
        if at.insert(step.as_ref().no, index).is_some() {
            return wrong(step.span(), "E1211", format!("step {} stands twice", step.as_ref().no), "give each step its own number");
        }
    }
    let book = Judged { spec, at };
    let roles = [Some(&spec.book.act_step), spec.book.t0_step.as_ref(), spec.book.watch_step.as_ref()];
    for role in roles.into_iter().flatten() {
        if book.step(*role.as_ref()).is_none() {
            return wrong(role.span(), "E1212", format!("there is no step {}", role.as_ref()), "name a step of this book");
        }
    }
    atoms(&book, None, &spec.book.hold_on, profile)?;
    for (span, step) in book.steps() {
        parts(&book, span, step, profile)?;
    }
    check_order::check(&book)?;
    check_time::check(&book)
}

/// One step by itself.
fn parts(book: &Judged<'_>, span: Range<usize>, step: &StepSpec, profile: &Profile) -> Result<(), Wrong> {
    let no = step.no;
    for text in [&step.title].into_iter().chain(step.work.iter().filter_map(|work| work.as_ref().asks.as_ref())) {
        if text.en.trim().is_empty() || text.zh.trim().is_empty() || text.en.contains('!') || text.zh.contains(['!', '！']) {
            return wrong(span, "E1213", format!("a text of step {no} is missing in one language, or shouts"), "write both, calmly");
        }
    }
    let endings_fit = match book.spec.book.kind {
        RunKind::Retire => !step.endings.is_empty(),
        RunKind::Renew => step.endings.is_empty(),
    };
    if !endings_fit {
        return wrong(span, "E1214", format!("step {no} names no ending, or one where there is none"), "list the endings the step applies to");
    }
    for need in &step.needs {
        if book.step(*need).is_none() {
            return wrong(span, "E1212", format!("step {no} needs step {need}, which is not in the book"), "name a step of this book");
        }
    }
    if let Some(quorum) = step.quorum {
        let least = Quorum::TWO_OF_TWO;
        if quorum.people < least.people || quorum.departments < least.departments || quorum.departments > quorum.people {
            return wrong(span, "E1215", format!("the quorum of step {no} is too small"), "ask two people of two departments, or more");
        }
    }
    if step.gate.is_empty() {
        return wrong(span, "E1216", format!("step {no} has no gate"), "say by a predicate when the step has passed");
    }
    if step.work.len().max(step.gate.len()).max(step.before.len()) > MAX_PARTS {
        return wrong(span, "E1216", format!("step {no} has too many parts"), "split the step");
    }
    atoms(book, Some(step), &step.gate, profile)?;
    atoms(book, Some(step), &step.before, profile)?;
    let mut ids = std::collections::BTreeSet::new();
    for work in step.work.iter().chain(&step.rescue) {
        if !ids.insert(work.as_ref().id.as_str()) {
            return wrong(work.span(), "E1217", format!("work `{}` stands twice in step {no}", work.as_ref().id), "give each its own id");
        }
        one_work(book, step, work, profile)?;
    }
    for way in book.ways().into_iter().filter(|way| step.applies_to(*way)) {
        gate_for(span.clone(), step, way)?;
        consent_for(span.clone(), step, way)?;
    }
    Ok(())
}

/// Every ending a step applies to has at least one predicate in its gate, or no work at all.
fn gate_for(span: Range<usize>, step: &StepSpec, way: Option<Ending>) -> Result<(), Wrong> {
    let mine = |endings: &[Ending]| endings.is_empty() || way.is_some_and(|ending| endings.contains(&ending));
    if step.gate.iter().any(|atom| mine(&atom.as_ref().endings)) {
        return Ok(());
    }
    let way = way.map_or("", Ending::code);
    wrong(span, "E1216", format!("step {} has no gate for {way}", step.no), "say by a predicate when the step has passed")
}

/// Irreversible work has a quorum and words to sign, for every ending it is done in.
fn consent_for(span: Range<usize>, step: &StepSpec, way: Option<Ending>) -> Result<(), Wrong> {
    let mine = |endings: &[Ending]| endings.is_empty() || way.is_some_and(|ending| endings.contains(&ending));
    let acts = step.work.iter().map(Spanned::as_ref).any(|work| work.risk == RiskWord::Irreversible && mine(&work.endings));
    let asks = step.gate.iter().chain(&step.before).map(Spanned::as_ref).any(|atom| atom.approvals.is_some() && mine(&atom.endings));
    if !(acts || asks) {
        return Ok(());
    }
    if step.quorum.is_none() {
        return wrong(
            span,
            "E1215",
            format!("step {} has irreversible work without a quorum", step.no),
            "write quorum = { people = 2, departments = 2 }",
        );
    }
    if !step.consent.iter().any(|consent| mine(&consent.as_ref().endings)) {
        return wrong(span, "E1218", format!("step {} says nothing to sign", step.no), "write act and consequence under consent");
    }
    Ok(())
}

fn one_work(book: &Judged<'_>, step: &StepSpec, spanned: &Spanned<WorkSpec>, profile: &Profile) -> Result<(), Wrong> {
    let work = spanned.as_ref();
    let id_fits = !work.id.is_empty()
        && work.id.len() <= 32
        && work.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !id_fits {
        return wrong(spanned.span(), "E1217", format!("`{}` is no id of work", work.id), "use lower-case letters, digits and hyphens");
    }
    let kinds = usize::from(work.look.is_some()) + usize::from(work.task.is_some()) + usize::from(work.act.is_some());
    if kinds != 1 {
        return wrong(spanned.span(), "E1217", format!("work `{}` is not exactly one of look, task, act", work.id), "keep one");
    }
    if work.task.is_some() && work.asks.is_none() {
        return wrong(spanned.span(), "E1213", format!("task `{}` does not say what is asked", work.id), "write asks in zh and en");
    }
    let target = work.act == Some(OpWord::StepDownTtl);
    if target != work.seconds.is_some() {
        return wrong(spanned.span(), "E1217", format!("work `{}` and its seconds do not fit", work.id), "give seconds to step-down-ttl alone");
    }
    let spends = matches!(work.act, Some(OpWord::Renew | OpWord::Restore));
    if spends != (work.risk == RiskWord::Costly) {
        return wrong(spanned.span(), "E1219", format!("work `{}` spends money and is not costly, or the reverse", work.id), "write risk = \"costly\" on renew and restore alone");
    }
    let final_act = matches!(
        work.act,
        Some(OpWord::AutoRenewOff | OpWord::Transfer | OpWord::DeleteRegistration | OpWord::DeleteHosts)
    ) || matches!(
        work.task,
        Some(
            namekeep_model::TaskKind::CloseTenants
                | namekeep_model::TaskKind::ReleaseResources
                | namekeep_model::TaskKind::SubmitFiling
                | namekeep_model::TaskKind::DisposeData
                | namekeep_model::TaskKind::DeleteByTicket
                | namekeep_model::TaskKind::HandOver
                | namekeep_model::TaskKind::CancelInWriting
        )
    );
    if final_act && work.risk != RiskWord::Irreversible {
        return wrong(spanned.span(), "E1215", format!("work `{}` does not come back and is not marked so", work.id), "write risk = \"irreversible\" and a quorum");
    }
    atoms(book, Some(step), &work.before, profile)
}

fn atoms(book: &Judged<'_>, step: Option<&StepSpec>, list: &[Spanned<AtomSpec>], profile: &Profile) -> Result<(), Wrong> {
    for spanned in list {
        let (span, atom) = (spanned.span(), spanned.as_ref());
        let flags = [atom.outside_freeze, atom.staffed, atom.sourced];
        if flags.contains(&Some(false)) {
            return wrong(span, "E1220", "a predicate is switched off", "remove it");
        }
        let kinds = usize::from(atom.absent.is_some())
            + usize::from(atom.receipt.is_some())
            + usize::from(atom.fact.is_some())
            + usize::from(atom.elapsed.is_some())
            + usize::from(atom.approvals.is_some())
            + flags.into_iter().flatten().count();
        if kinds != 1 {
            return wrong(span, "E1220", "a predicate is not exactly one of its kinds", "keep one of absent, receipt, fact, elapsed, approvals, outside-freeze, staffed, sourced");
        }
        if let Some(no) = atom.until_step.filter(|no| book.step(*no).is_none()) {
            return wrong(span, "E1212", format!("there is no step {no}"), "name a step of this book");
        }
        if atom.approvals.is_some() && atom.approvals != step.and_then(|step| step.quorum) {
            return wrong(span, "E1215", "the approvals asked are not the quorum of the step", "write the same quorum");
        }
        if let Some(receipt) = &atom.receipt {
            for (name, bound) in &receipt.within {
                let Some(field) = receipt.kind.fields().iter().find(|field| field.name == name) else {
                    return wrong(span, "E1221", format!("a {} has no field `{name}`", receipt.kind.code()), "use a field of the receipt");
                };
                bound_fits(&span, bound, field.clean.value_type(), profile)?;
            }
            brought(book, &span, receipt.kind)?;
        }
        if let Some(fact) = &atom.fact {
            bound_fits(&span, &fact.bound(), fact.key.value_type(), profile)?;
        }
        if atom.absent.as_ref().is_some_and(|absent| absent.rounds == 0) {
            return wrong(span, "E1220", "no round in a row is no predicate", "write rounds = 1 or more");
        }
        elapsed_fits(book, step, &span, atom)?;
    }
    Ok(())
}

/// Somebody in the book brings the receipt.
fn brought(book: &Judged<'_>, span: &Range<usize>, kind: ReceiptKind) -> Result<(), Wrong> {
    let mut work = book.steps().flat_map(|(_, step)| step.work.iter().chain(&step.rescue));
    if work.any(|work| work.as_ref().task.is_some_and(|task| task.receipt() == kind)) {
        return Ok(());
    }
    wrong(span.clone(), "E1221", format!("no task of the book brings a {}", kind.code()), "add the task, or drop the predicate")
}

fn elapsed_fits(book: &Judged<'_>, step: Option<&StepSpec>, span: &Range<usize>, atom: &AtomSpec) -> Result<(), Wrong> {
    let Some(elapsed) = &atom.elapsed else { return Ok(()) };
    let kinds = usize::from(elapsed.passed.is_some())
        + usize::from(elapsed.receipt.is_some())
        + usize::from(elapsed.done.is_some())
        + usize::from(elapsed.day.is_some())
        + usize::from(elapsed.round);
    if kinds != 1 {
        return wrong(span.clone(), "E1220", "an elapsed time has not exactly one beginning", "keep one of passed, receipt, done, day, round");
    }
    if let (Some(no), Some(step)) = (elapsed.passed, step)
        && !book.leads_to(step.no).contains(&no) {
            return wrong(span.clone(), "E1222", format!("step {} counts from step {no}, which need not have passed", step.no), "add it to needs");
        }
    if let (Some(name), Some(step)) = (&elapsed.done, step)
        && !step.work.iter().any(|work| work.as_ref().id == *name) {
            return wrong(span.clone(), "E1220", format!("step {} has no work `{name}`", step.no), "name work of the same step");
        }
    elapsed.receipt.map_or(Ok(()), |kind| brought(book, span, kind))
}

fn bound_fits(span: &Range<usize>, bound: &BoundSpec, value_type: ValueType, profile: &Profile) -> Result<(), Wrong> {
    let operands = [&bound.is, &bound.is_not, &bound.at_most, &bound.at_least];
    let given = operands.iter().filter(|operand| operand.is_some()).count() + bound.known.into_iter().filter(|yes| *yes).count();
    if given != 1 || bound.known == Some(false) {
        return wrong(span.clone(), "E1220", "a value is not bounded exactly once", "keep one of known, is, is-not, at-most, at-least");
    }
    let ordered = bound.at_most.is_some() || bound.at_least.is_some();
    let Some(operand) = operands.into_iter().flatten().next() else { return Ok(()) };
    let fits = match (operand, value_type) {
        (Operand::Bool(_), ValueType::Bool) => !ordered,
        (Operand::Int(_), ValueType::Int) => true,
        (Operand::Word(name), ValueType::Int) => profile.threshold(name).is_some(),
        (Operand::Word(name), ValueType::Money) => matches!(name.as_str(), "ceiling" | "restore-ceiling"),
        (Operand::Word(name), ValueType::Date) => name.parse::<Offset>().is_ok(),
        (Operand::Word(_), ValueType::Text) => !ordered,
        _ => false,
    };
    if fits {
        return Ok(());
    }
    wrong(span.clone(), "E1223", "the bound does not fit the value, or names no threshold of the profile", "use a value of the right type, a threshold, a day such as `E`, or a ceiling")
}
