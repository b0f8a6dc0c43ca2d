//! A run told as a diary: one sentence per record, in both languages.
//!
//! The same sentences are printed by `rehearse`, shown by `demo`, and linked to their entries in a
//! dossier's page, so that a stranger reads what the people saw.

use namekeep_model::action::Act;
use namekeep_model::{ActionId, Receipt, StepNo, Text, Timestamp, Words, words};
use namekeep_playbook::{Event, Plan, Record, Work};
use namekeep_ports::{Outcome as Came, ReadBack, Request};
use serde::Serialize;

/// What kind of line it is: for a mark beside it and for leaving detail out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Only in a full diary: a question asked, an intent.
    Detail,
    /// What people and ports did.
    Work,
    /// A step passed.
    Step,
    /// Something went another way than planned.
    Turn,
    /// What cannot be undone, and the end.
    Final,
}

impl Weight {
    /// The ASCII mark of the line.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Detail => " ",
            Self::Work => "-",
            Self::Step => "ok",
            Self::Turn => "!",
            Self::Final => "!!",
        }
    }
}

/// One line of a diary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiaryLine {
    /// When.
    pub at: Timestamp,
    /// The record's number in the journal, from 1; none for what happened outside by itself.
    pub seq: Option<u64>,
    /// The step it belongs to, if to one.
    pub step: Option<StepNo>,
    /// What kind of line it is.
    pub weight: Weight,
    /// The sentence.
    pub says: Words,
    /// What was measured: the fields of a receipt, for readers who want them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<String>,
    /// The same sentence came so many times more, last at that instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<(u32, Timestamp)>,
}

/// Tells one record.
pub fn tell(plan: &Plan, record: &Record) -> DiaryLine {
    let (step, weight, says) = sentence(plan, &record.event);
    let measured = match &record.event {
        Event::TaskDone { receipt, .. } if !receipt.fields.is_empty() => {
            let fields: Vec<String> = receipt.fields.iter().map(|(name, value)| format!("{name} {value}")).collect();
            Some(fields.join(", "))
        }
        _ => None,
    };
    DiaryLine { at: record.at, seq: Some(record.seq), step, weight, says, measured, again: None }
}

/// Folds repeats: a sentence of a step that comes again and again stands once, with a count.
pub fn folded(lines: Vec<DiaryLine>) -> Vec<DiaryLine> {
    let mut out: Vec<DiaryLine> = Vec::new();
    for line in lines {
        let before = out.iter_mut().find(|told| told.step.is_some() && told.step == line.step && told.says == line.says);
        match before {
            Some(told) => told.again = Some((told.again.map_or(1, |(count, _)| count + 1), line.at)),
            None => out.push(line),
        }
    }
    out
}

fn sentence(plan: &Plan, event: &Event) -> (Option<StepNo>, Weight, Words) {
    match event {
        Event::Started { .. } => {
            let name = &plan.name;
            let digest = plan.short_digest();
            let run = plan.run;
            let what = plan.ending.map_or(Text::new("renewal", "续费"), |ending| ending.text());
            (None, Weight::Work, both(
                format!("{run} begins for {name}: {}, plan {digest}", what.en),
                format!("{run} 开始：{name}，{}，计划 {digest}", what.zh),
            ))
        }
        Event::Replanned { revision, by, .. } => (None, Weight::Turn, words!(
            en: "revision {revision} of the plan, asked by {by}: every signature is void",
            zh: "计划第 {revision} 版，由 {by} 提出：全部签名作废"
        )),
        Event::Asked { request } => asked(request),
        Event::TaskDone { task, receipt } => done(plan, &task.0.action, receipt),
        Event::Approved { approval } => {
            let (who, step) = (&approval.statement.approver, approval.statement.step);
            (Some(step), Weight::Work, words!(en: "{who} signs step {step}", zh: "{who} 签署第 {step} 步"))
        }
        Event::Refused { step, by } => {
            (Some(*step), Weight::Turn, words!(en: "{by} refuses step {step}: only another plan goes on", zh: "{by} 拒绝第 {step} 步：须另订计划"))
        }
        Event::Withdrawn { step, by } => {
            (Some(*step), Weight::Turn, words!(en: "{by} takes the signature of step {step} back", zh: "{by} 撤回第 {step} 步的签名"))
        }
        Event::Intent { effect, .. } => {
            let what = what(plan, &effect.action);
            (Some(effect.action.step), Weight::Detail, both(
                format!("about to {}", what.en), format!("即将{}", what.zh),
            ))
        }
        Event::Settled { effect, outcome } => settled(plan, &effect.action, outcome),
        Event::LookedBack { effect, found } => looked_back(plan, &effect.action, found),
        Event::GatePassed { step, round, .. } => {
            let title = plan.step(*step).map_or_else(|| both(String::new(), String::new()), |planned| planned.title.clone());
            let many = plan.step(*step).is_some_and(|planned| planned.rounds.len() > 1);
            let (round_en, round_zh) =
                if many { (format!(", round {round}"), format!("，第 {round} 轮")) } else { (String::new(), String::new()) };
            (Some(*step), Weight::Step, both(
                format!("gate G{step} open: {}{round_en}", title.en),
                format!("关卡 G{step} 通过：{}{round_zh}", title.zh),
            ))
        }
        Event::Reopened { item } => {
            let what = what(plan, item);
            (Some(item.step), Weight::Turn, both(
                format!("the proof did not meet the gate, asked again: {}", what.en),
                format!("凭证未达关卡要求，重新要求：{}", what.zh),
            ))
        }
        Event::Held { fact } => {
            let fact = fact.text();
            (None, Weight::Turn, both(
                format!("held: {}; auto-renew stays on, signatures are void, erasure is frozen", fact.en),
                format!("冻结：{}；自动续费保持开启，签名作废，停止删除数据", fact.zh),
            ))
        }
        Event::Resumed { by, why } => {
            (None, Weight::Turn, words!(en: "{by} lets the run go on: {why}", zh: "{by} 让流程继续：{why}"))
        }
        Event::Keeping { reason } => {
            let reason = reason.words();
            (None, Weight::Turn, both(
                format!("the name is kept: {}; every signature is void", reason.en),
                format!("域名予以保留：{}；全部签名作废", reason.zh),
            ))
        }
        Event::Stopped { by, why } => (None, Weight::Turn, words!(en: "{by} stops the run: {why}", zh: "{by} 停止流程：{why}")),
        Event::Ended { outcome } => {
            let outcome = outcome.words();
            (None, Weight::Final, both(format!("end: {}", outcome.en), format!("结束：{}", outcome.zh)))
        }
    }
}

/// What an event is, for a reader who has no plan at hand.
pub fn outline(event: &Event) -> Words {
    match event {
        Event::Started { .. } => Text::new("the run begins", "流程开始").into(),
        Event::Replanned { revision, .. } => words!(en: "planned again, revision {revision}", zh: "重新计划，第 {revision} 版"),
        Event::Asked { request: Request::Task(task) } => {
            let (id, who) = (&task.id.0.action, &task.assignee);
            words!(en: "{who} is asked: {id}", zh: "请 {who} 办理：{id}")
        }
        Event::Asked { request: Request::Approval(ask) } => {
            let (who, step) = (&ask.approver, ask.step);
            words!(en: "{who} is asked to sign step {step}", zh: "请 {who} 签署第 {step} 步")
        }
        Event::TaskDone { task, .. } => words!(en: "done: {}", zh: "已完成：{}", task.0.action),
        Event::Approved { approval } => {
            let (who, step) = (&approval.statement.approver, approval.statement.step);
            words!(en: "{who} signs step {step}", zh: "{who} 签署第 {step} 步")
        }
        Event::Refused { step, by } => words!(en: "{by} refuses step {step}", zh: "{by} 拒绝第 {step} 步"),
        Event::Withdrawn { step, by } => {
            words!(en: "{by} takes the signature of step {step} back", zh: "{by} 撤回第 {step} 步的签名")
        }
        Event::Intent { effect, .. } => words!(en: "about to act: {}", zh: "即将执行：{}", effect.action),
        Event::Settled { effect, .. } => words!(en: "outcome of {}", zh: "{} 的结果", effect.action),
        Event::LookedBack { effect, .. } => words!(en: "read back: {}", zh: "读回核实：{}", effect.action),
        Event::GatePassed { step, .. } => words!(en: "gate G{step} open", zh: "关卡 G{step} 通过"),
        Event::Reopened { item } => words!(en: "asked again: {item}", zh: "重新要求：{item}"),
        Event::Held { fact } => {
            let fact = fact.text();
            both(format!("held: {}", fact.en), format!("冻结：{}", fact.zh))
        }
        Event::Resumed { by, .. } => words!(en: "{by} lets the run go on", zh: "{by} 让流程继续"),
        Event::Keeping { reason } => reason.words().behind(Text::new("the name is kept: ", "域名予以保留：")),
        Event::Stopped { by, .. } => words!(en: "{by} stops the run", zh: "{by} 停止流程"),
        Event::Ended { outcome } => outcome.words().behind(Text::new("end: ", "结束：")),
    }
}

fn asked(request: &Request) -> (Option<StepNo>, Weight, Words) {
    match request {
        Request::Task(task) => {
            let (who, kind) = (&task.assignee, task.kind.text());
            (Some(task.id.0.action.step), Weight::Detail, both(
                format!("{who} is asked to {}", kind.en), format!("请 {who} {}", kind.zh),
            ))
        }
        Request::Approval(ask) => {
            let (who, step) = (&ask.approver, ask.step);
            (Some(step), Weight::Detail, words!(en: "{who} is asked to sign step {step}", zh: "请 {who} 签署第 {step} 步"))
        }
    }
}

fn done(plan: &Plan, action: &ActionId, receipt: &Receipt) -> (Option<StepNo>, Weight, Words) {
    let what = what(plan, action);
    let (who_en, who_zh) = receipt.by.as_ref().map_or_else(
        || (String::new(), String::new()),
        |by| (format!("{by}: "), format!("{by}：")),
    );
    let kind = receipt.kind.text();
    let irreversible = plan.item(action).is_some_and(|item| item.work.is_irreversible());
    let weight = if irreversible { Weight::Final } else { Weight::Work };
    (Some(action.step), weight, both(
        format!("{who_en}{}: {}", what.en, kind.en),
        format!("{who_zh}{}：{}", what.zh, kind.zh),
    ))
}

fn settled(plan: &Plan, action: &ActionId, outcome: &Came) -> (Option<StepNo>, Weight, Words) {
    let what = what(plan, action);
    let irreversible = plan.item(action).is_some_and(|item| item.work.is_irreversible());
    let (weight, says) = match outcome {
        Came::Done(proof) => {
            let weight = if irreversible { Weight::Final } else { Weight::Work };
            let (saw, reference) = (&proof.says, &proof.reference);
            (weight, both(
                format!("{}: done, {} [{reference}]", what.en, saw.en),
                format!("{}：已完成，{} [{reference}]", what.zh, saw.zh),
            ))
        }
        Came::NotDone(refusal) => (Weight::Turn, refusal.says().behind(both(
            format!("{}: not done, nothing changed: ", what.en),
            format!("{}：未执行，没有任何变化：", what.zh),
        ))),
        Came::Unknown { why } => (Weight::Turn, why.behind(both(
            format!("{}: no answer, it may or may not have happened: ", what.en),
            format!("{}：没有答复，可能已发生也可能没有：", what.zh),
        ))),
        Came::Asked(_) => (Weight::Detail, both(
            format!("{}: a person has been asked", what.en), format!("{}：已交由人员办理", what.zh),
        )),
    };
    (Some(action.step), weight, says)
}

fn looked_back(plan: &Plan, action: &ActionId, found: &ReadBack) -> (Option<StepNo>, Weight, Words) {
    let what = what(plan, action);
    let (weight, says) = match found {
        ReadBack::Done(proof) => {
            let lead = both(format!("{}: read back, done: ", what.en), format!("{}：读回核实，已完成：", what.zh));
            (Weight::Work, proof.says.behind(lead))
        }
        ReadBack::NotDone(proof) => {
            let lead =
                both(format!("{}: read back, proven not done: ", what.en), format!("{}：读回核实，确认未发生：", what.zh));
            (Weight::Turn, proof.says.behind(lead))
        }
        ReadBack::Unclear { why } => (Weight::Turn, why.behind(both(
            format!("{}: read back, still unclear: ", what.en), format!("{}：读回仍不明确：", what.zh),
        ))),
    };
    (Some(action.step), weight, says)
}

/// What a piece of work is, for people.
pub fn what(plan: &Plan, action: &ActionId) -> Words {
    match plan.item(action).map(|item| &item.work) {
        Some(Work::Act(act)) => match &act.act {
            Act::Op(op) => op.text().into(),
            Act::Task(kind) => kind.text().into(),
        },
        Some(Work::Task(kind)) => kind.text().into(),
        Some(Work::Look(_)) => Text::new("look", "查看").into(),
        None => both(action.to_string(), action.to_string()),
    }
}

fn both(en: String, zh: String) -> Words {
    Words { en, zh }
}
