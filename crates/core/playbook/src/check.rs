//! Judging a playbook as a whole: what its parts mean together.
//!
//! Three families of refusals: *parts* (exactly one kind of predicate or work, known thresholds and
//! fields, types that fit), *time* (windows and durations that can meet), *order* (no cycle, what
//! must never come before what). The order rules know steps by what they do, not by their numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use namekeep_model::fact::ValueType;
use namekeep_model::{Ending, Quorum, ReceiptKind, RunKind, Text, Words, words};
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
    pub(crate) what: Words,
    pub(crate) cure: Text,
}

pub(crate) fn wrong<T>(span: Range<usize>, code: &'static str, what: impl Into<Words>, cure: Text) -> Result<T, Wrong> {
    Err(Wrong { span, code, what: what.into(), cure })
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
        return wrong(0..0, "E1210", Text::new("a book has 1 to 64 steps", "剧本须有 1 至 64 个步骤"), Text::new("split the book", "拆分剧本"));
    }
    if spec.book.id.is_empty() || spec.book.source.is_empty() {
        return wrong(0..0, "E1210", Text::new("the book has no id or no source", "剧本缺少编号或来源"), Text::new("name both under [book]", "在 [book] 下写明二者"));
    }
    let mut at = BTreeMap::new();
    for (index, step) in spec.steps.iter().enumerate() {
        if at.insert(step.as_ref().no, index).is_some() {
            return wrong(step.span(), "E1211", words!(en: "step {} stands twice", zh: "第 {} 步出现两次", step.as_ref().no), Text::new("give each step its own number", "每步各用一个编号"));
        }
    }
    let book = Judged { spec, at };
    let roles = [Some(&spec.book.act_step), spec.book.t0_step.as_ref(), spec.book.watch_step.as_ref()];
    for role in roles.into_iter().flatten() {
        if book.step(*role.as_ref()).is_none() {
            return wrong(role.span(), "E1212", words!(en: "there is no step {}", zh: "没有第 {} 步", role.as_ref()), Text::new("name a step of this book", "请写本剧本中的步骤"));
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
            return wrong(span, "E1213", words!(en: "a text of step {no} is missing in one language, or shouts", zh: "第 {no} 步的文字缺少一种语言，或带有感叹号"), Text::new("write both, calmly", "两种语言都写，语气平和"));
        }
    }
    let endings_fit = match book.spec.book.kind {
        RunKind::Retire => !step.endings.is_empty(),
        RunKind::Renew => step.endings.is_empty(),
    };
    if !endings_fit {
        return wrong(span, "E1214", words!(en: "step {no} names no ending, or one where there is none", zh: "第 {no} 步未写结局，或在没有结局处写了结局"), Text::new("list the endings the step applies to", "列出该步骤适用的结局"));
    }
    for need in &step.needs {
        if book.step(*need).is_none() {
            return wrong(span, "E1212", words!(en: "step {no} needs step {need}, which is not in the book", zh: "第 {no} 步依赖第 {need} 步，但剧本中没有"), Text::new("name a step of this book", "请写本剧本中的步骤"));
        }
    }
    if let Some(quorum) = step.quorum {
        let least = Quorum::TWO_OF_TWO;
        if quorum.people < least.people || quorum.departments < least.departments || quorum.departments > quorum.people {
            return wrong(span, "E1215", words!(en: "the quorum of step {no} is too small", zh: "第 {no} 步的签名人数过少"), Text::new("ask two people of two departments, or more", "至少要求两个部门的两人"));
        }
    }
    if step.gate.is_empty() {
        return wrong(span, "E1216", words!(en: "step {no} has no gate", zh: "第 {no} 步没有关卡"), Text::new("say by a predicate when the step has passed", "用判断条件说明何时通过"));
    }
    if step.work.len().max(step.gate.len()).max(step.before.len()) > MAX_PARTS {
        return wrong(span, "E1216", words!(en: "step {no} has too many parts", zh: "第 {no} 步的组成过多"), Text::new("split the step", "拆分该步骤"));
    }
    atoms(book, Some(step), &step.gate, profile)?;
    atoms(book, Some(step), &step.before, profile)?;
    let mut ids = std::collections::BTreeSet::new();
    for work in step.work.iter().chain(&step.rescue) {
        if !ids.insert(work.as_ref().id.as_str()) {
            return wrong(work.span(), "E1217", words!(en: "work `{}` stands twice in step {no}", zh: "工作 `{}` 在第 {no} 步出现两次", work.as_ref().id), Text::new("give each its own id", "各用一个编号"));
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
    wrong(span, "E1216", words!(en: "step {} has no gate for {way}", zh: "第 {} 步在 {way} 下没有关卡", step.no), Text::new("say by a predicate when the step has passed", "用判断条件说明何时通过"))
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
            words!(en: "step {} has irreversible work without a quorum", zh: "第 {} 步有不可恢复的工作却没有 quorum", step.no),
            Text::new("write quorum = { people = 2, departments = 2 }", "写 quorum = { people = 2, departments = 2 }"),
        );
    }
    let hasty = step.consent.iter().any(|consent| mine(&consent.as_ref().endings) && !consent.as_ref().cooling);
    if acts && hasty {
        return wrong(span, "E1215", words!(en: "step {} acts without return and without cooling", zh: "第 {} 步为不可逆操作，却没有冷静期", step.no), Text::new("leave out cooling = false", "删去 cooling = false"));
    }
    if !step.consent.iter().any(|consent| mine(&consent.as_ref().endings)) {
        return wrong(span, "E1218", words!(en: "step {} says nothing to sign", zh: "第 {} 步没有可签署的内容", step.no), Text::new("write act and consequence under consent", "在 consent 下写明 act 与 consequence"));
    }
    Ok(())
}

fn one_work(book: &Judged<'_>, step: &StepSpec, spanned: &Spanned<WorkSpec>, profile: &Profile) -> Result<(), Wrong> {
    let work = spanned.as_ref();
    let id_fits = !work.id.is_empty()
        && work.id.len() <= 32
        && work.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !id_fits {
        return wrong(spanned.span(), "E1217", words!(en: "`{}` is no id of work", zh: "`{}` 不是工作编号", work.id), Text::new("use lower-case letters, digits and hyphens", "用小写字母、数字与连字符"));
    }
    let kinds = usize::from(work.look.is_some()) + usize::from(work.task.is_some()) + usize::from(work.act.is_some());
    if kinds != 1 {
        return wrong(spanned.span(), "E1217", words!(en: "work `{}` is not exactly one of look, task, act", zh: "工作 `{}` 须恰为 look、task、act 之一", work.id), Text::new("keep one", "只留一个"));
    }
    if work.task.is_some() && work.asks.is_none() {
        return wrong(spanned.span(), "E1213", words!(en: "task `{}` does not say what is asked", zh: "任务 `{}` 未写明要求", work.id), Text::new("write asks in zh and en", "用中英文写明 asks"));
    }
    let target = work.act == Some(OpWord::StepDownTtl);
    if target != work.seconds.is_some() {
        return wrong(spanned.span(), "E1217", words!(en: "work `{}` and its seconds do not fit", zh: "工作 `{}` 与其秒数不符", work.id), Text::new("give seconds to step-down-ttl alone", "只为 step-down-ttl 写 seconds"));
    }
    let spends = matches!(work.act, Some(OpWord::Renew | OpWord::Restore));
    if spends != (work.risk == RiskWord::Costly) {
        return wrong(spanned.span(), "E1219", words!(en: "work `{}` spends money and is not costly, or the reverse", zh: "工作 `{}` 会花钱却未标 costly，或相反", work.id), Text::new("write risk = \"costly\" on renew and restore alone", "只在 renew 与 restore 上写 risk = \"costly\""));
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
        return wrong(spanned.span(), "E1215", words!(en: "work `{}` does not come back and is not marked so", zh: "工作 `{}` 不可恢复却未标明", work.id), Text::new("write risk = \"irreversible\" and a quorum", "写明 risk = \"irreversible\" 与 quorum"));
    }
    atoms(book, Some(step), &work.before, profile)
}

fn atoms(book: &Judged<'_>, step: Option<&StepSpec>, list: &[Spanned<AtomSpec>], profile: &Profile) -> Result<(), Wrong> {
    for spanned in list {
        let (span, atom) = (spanned.span(), spanned.as_ref());
        let flags = [atom.outside_freeze, atom.staffed, atom.sourced];
        if flags.contains(&Some(false)) {
            return wrong(span, "E1220", Text::new("a predicate is switched off", "判断条件被关闭"), Text::new("remove it", "请删去"));
        }
        let kinds = usize::from(atom.absent.is_some())
            + usize::from(atom.receipt.is_some())
            + usize::from(atom.fact.is_some())
            + usize::from(atom.elapsed.is_some())
            + usize::from(atom.approvals.is_some())
            + flags.into_iter().flatten().count();
        if kinds != 1 {
            return wrong(span, "E1220", Text::new("a predicate is not exactly one of its kinds", "判断条件须恰为一种"), Text::new("keep one of absent, receipt, fact, elapsed, approvals, outside-freeze, staffed, sourced", "只留 absent、receipt、fact、elapsed、approvals、outside-freeze、staffed、sourced 之一"));
        }
        if let Some(no) = atom.until_step.filter(|no| book.step(*no).is_none()) {
            return wrong(span, "E1212", words!(en: "there is no step {no}", zh: "没有第 {no} 步"), Text::new("name a step of this book", "请写本剧本中的步骤"));
        }
        if atom.approvals.is_some() && atom.approvals != step.and_then(|step| step.quorum) {
            return wrong(span, "E1215", Text::new("the approvals asked are not the quorum of the step", "要求的签名与该步骤的 quorum 不符"), Text::new("write the same quorum", "写相同的 quorum"));
        }
        if let Some(receipt) = &atom.receipt {
            for (name, bound) in &receipt.within {
                let Some(field) = receipt.kind.fields().iter().find(|field| field.name == name) else {
                    return wrong(span, "E1221", words!(en: "a {} has no field `{name}`", zh: "{} 没有字段 `{name}`", receipt.kind.code()), Text::new("use a field of the receipt", "使用该凭证的字段"));
                };
                bound_fits(&span, bound, field.clean.value_type(), profile)?;
            }
            brought(book, &span, receipt.kind)?;
        }
        if let Some(fact) = &atom.fact {
            bound_fits(&span, &fact.bound(), fact.key.value_type(), profile)?;
        }
        if atom.absent.as_ref().is_some_and(|absent| absent.rounds == 0) {
            return wrong(span, "E1220", Text::new("no round in a row is no predicate", "连续 0 次不成条件"), Text::new("write rounds = 1 or more", "写 rounds = 1 或更多"));
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
    wrong(span.clone(), "E1221", words!(en: "no task of the book brings a {}", zh: "剧本中没有任务产生 {}", kind.code()), Text::new("add the task, or drop the predicate", "补上任务，或删去该条件"))
}

fn elapsed_fits(book: &Judged<'_>, step: Option<&StepSpec>, span: &Range<usize>, atom: &AtomSpec) -> Result<(), Wrong> {
    let Some(elapsed) = &atom.elapsed else { return Ok(()) };
    let kinds = usize::from(elapsed.passed.is_some())
        + usize::from(elapsed.receipt.is_some())
        + usize::from(elapsed.done.is_some())
        + usize::from(elapsed.day.is_some())
        + usize::from(elapsed.round);
    if kinds != 1 {
        return wrong(span.clone(), "E1220", Text::new("an elapsed time has not exactly one beginning", "时长须恰有一个起点"), Text::new("keep one of passed, receipt, done, day, round", "只留 passed、receipt、done、day、round 之一"));
    }
    if let (Some(no), Some(step)) = (elapsed.passed, step)
        && !book.leads_to(step.no).contains(&no) {
            return wrong(span.clone(), "E1222", words!(en: "step {} counts from step {no}, which need not have passed", zh: "第 {} 步从第 {no} 步起算，但后者未必已通过", step.no), Text::new("add it to needs", "加入 needs"));
        }
    if let (Some(name), Some(step)) = (&elapsed.done, step)
        && !step.work.iter().any(|work| work.as_ref().id == *name) {
            return wrong(span.clone(), "E1220", words!(en: "step {} has no work `{name}`", zh: "第 {} 步没有工作 `{name}`", step.no), Text::new("name work of the same step", "请写同一步骤的工作"));
        }
    elapsed.receipt.map_or(Ok(()), |kind| brought(book, span, kind))
}

fn bound_fits(span: &Range<usize>, bound: &BoundSpec, value_type: ValueType, profile: &Profile) -> Result<(), Wrong> {
    let operands = [&bound.is, &bound.is_not, &bound.at_most, &bound.at_least];
    let given = operands.iter().filter(|operand| operand.is_some()).count() + bound.known.into_iter().filter(|yes| *yes).count();
    if given != 1 || bound.known == Some(false) {
        return wrong(span.clone(), "E1220", Text::new("a value is not bounded exactly once", "数值须恰有一个界限"), Text::new("keep one of known, is, is-not, at-most, at-least", "只留 known、is、is-not、at-most、at-least 之一"));
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
    wrong(span.clone(), "E1223", Text::new("the bound does not fit the value, or names no threshold of the profile", "界限与数值类型不符，或配置中没有该阈值"), Text::new("use a value of the right type, a threshold, a day such as `E`, or a ceiling", "使用类型正确的值、阈值、`E` 之类的日期或上限"))
}
