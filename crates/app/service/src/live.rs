//! Live runs: planned, signed, moved on, answered; each act a person's task where no adapter is.
//!
//! The loop is the same as in a rehearsal. The clock does not wait: a live run does everything that
//! can be done now and returns, with the instant at which it should be looked at again.

use std::collections::BTreeMap;

use namekeep_model::fact::ValueType;
use namekeep_model::{
    EffectId, Ending, FactKey, FactValue, Facts, Observation, PersonId, Receipt, RunId, RunKind, StepNo, TaskId, Timestamp,
    WorkspaceId, Words,
};
use namekeep_playbook::{Event, Explanation, ItemState, People, Plan, Record, Run};
use namekeep_ports::manual::Manual;
use namekeep_ports::{ApprovalRequest, Decision, Outcome as Came, Request};
use namekeep_store::{RequestKind, Store};

use crate::case::{Subject, Wish};
use crate::clock::SystemClock;
use crate::drive::{Desk, Pause, drive};
use crate::journal::Case;
use crate::rehearse::planned;
use crate::{Exit, Failure, approve, record};

/// What a live plan is asked for.
#[derive(Clone, Debug)]
pub struct PlanAsk {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// What is to be done.
    pub kind: RunKind,
    /// The name and what is known of it.
    pub subject: Subject,
    /// The ending; a renewal has none.
    pub ending: Option<Ending>,
    /// Years to pay.
    pub years: u8,
    /// The most a renewal may cost.
    pub ceiling: Option<namekeep_model::Money>,
    /// The people.
    pub people: People,
}

/// A plan that was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The plan.
    pub plan: Plan,
    /// The ending that was asked, where it is not offered, and why not.
    pub refused: Option<(Ending, Words)>,
}

/// Writes a plan and starts its run. Nothing is sent.
pub async fn plan<S: Store>(store: &S, desk: &Desk, ask: PlanAsk, now: Timestamp) -> Result<Written, Failure> {
    let today = desk.zone.to_datetime(now).date();
    let projection = ask.subject.project(&desk.rules, today)?;
    let refused = ask.ending.and_then(|ending| match projection.endings.get(ending) {
        namekeep_lifecycle::Offer::NotOffered { why, .. } => Some((ending, why.clone())),
        _ => None,
    });
    let wish = Wish {
        workspace: ask.workspace,
        run: store.next_run(ask.kind).await?,
        revision: 1,
        ending: ask.ending,
        years: ask.years,
        ceiling: ask.ceiling,
        people: ask.people,
        made: record::to_millis(now),
    };
    let plan = planned(&ask.subject, wish, &projection, desk)?;
    Case::start(store, plan.clone(), now).await?;
    Ok(Written { plan, refused })
}

/// Plans a run again; answers the new plan and the lines that differ from the old one.
pub async fn plan_again<S: Store>(
    store: &S,
    desk: &Desk,
    run: RunId,
    now: Timestamp,
) -> Result<(Plan, Vec<String>), Failure> {
    let mut case = open(store, run).await?;
    if !case.run.may_be_planned_again() {
        let says = Words {
            en: format!("{run} cannot be planned again now: it is over, or what became of an act is not known yet"),
            zh: format!("{run} 现在不能重新计划：流程已结束，或有操作的结果尚不明确"),
        };
        return Err(Failure::new("E8206", Exit::OutOfDate, says)
            .hint(Words { en: format!("`namekeep explain {run}` says which"), zh: format!("`namekeep explain {run}` 说明原因") }));
    }
    let old = case.run.plan().clone();
    let Some(plan) = crate::again::renewed(&case, desk, now)? else {
        let says = Words { en: format!("no plan can be made for {run} from what is known"), zh: format!("按现有信息无法为 {run} 制定计划") };
        return Err(Failure::new("E8207", Exit::OutOfDate, says)
            .hint(Words { en: format!("look again: `namekeep check {}`", old.name.a_label()), zh: format!("请重新检查：`namekeep check {}`", old.name.a_label()) }));
    };
    let by = plan.people.requester.clone();
    case.replan(now, plan.clone(), by).await?;
    let lines = old.diff(&plan);
    Ok((plan, lines))
}

/// What moving a run on came to.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The plan in force.
    pub plan: Plan,
    /// What was written now.
    pub records: Vec<Record>,
    /// Where it stands.
    pub explanation: Explanation,
    /// When to look again; none when it has ended.
    pub wake_at: Option<Timestamp>,
}

/// Does everything of a run that can be done now. Operations become people's tasks.
pub async fn apply<S: Store>(store: &S, desk: &Desk, run: RunId, now: Timestamp) -> Result<Moved, Failure> {
    let mut case = open(store, run).await?;
    let before = case.run.seq();
    for effect in unasked(&case.run, now) {
        let outcome = Came::Asked(TaskId(effect.clone()));
        case.append(now, Event::Settled { effect, outcome }).await?;
    }
    let name = case.run.plan().name.clone();
    let mut port = Manual::new(case.run.plan().people.owner.clone(), BTreeMap::from([(name, case.facts.clone())]));
    for record in crate::rehearse::records(store, run).await? {
        if let Event::TaskDone { task, receipt } = record.event {
            port.remember(task, receipt);
        }
    }
    let mut cases = [case];
    let pause = drive(&mut cases, &mut port, desk, &mut SystemClock, |_, _| {}).await?;
    let [mut case] = cases;
    let wake_at = match pause {
        Pause::AllEnded => None,
        Pause::Until(at) => {
            case.sleep_until(Some(at)).await?;
            Some(at)
        }
    };
    let explanation = case.run.explain(now, &case.facts, &desk.calendar());
    let plan = case.run.plan().clone();
    let records = crate::rehearse::records(store, run).await?.into_iter().filter(|record| record.seq > before).collect();
    Ok(Moved { plan, records, explanation, wake_at })
}

/// Attempts whose process died after the intent and before the person was asked. Here every act goes to
/// a person, so nothing was sent and nobody knows of it: within the time its gates were read for, the
/// same attempt is handed over now. Later it counts as unknown, and is looked after as such.
fn unasked(run: &Run, now: Timestamp) -> Vec<EffectId> {
    let pieces = run.plan().steps.iter().filter_map(|planned| Some((planned, run.step(planned.no)?)));
    let pieces = pieces.flat_map(|(planned, state)| {
        planned.work.iter().zip(&state.items).chain(planned.rescue.iter().zip(&state.rescue))
    });
    let unasked = pieces.filter(|(_, piece)| matches!(piece.state, ItemState::Intended { deadline, .. } if now <= deadline));
    unasked.map(|(item, piece)| EffectId { run: run.plan().run, action: item.id.clone(), attempt: piece.attempts }).collect()
}

/// Reads a run; one that is not there is a failure that names the cure.
pub async fn open<S: Store>(store: &S, run: RunId) -> Result<Case<'_, S>, Failure> {
    if store.run(run).await?.is_none() {
        let says = Words { en: format!("there is no run {run} in this workspace"), zh: format!("此工作区没有流程 {run}") };
        return Err(Failure::new("E8202", Exit::Usage, says)
            .hint(namekeep_model::Text::new("`namekeep list` shows the names, `namekeep show NAME` their runs", "`namekeep list` 列出域名，`namekeep show 域名` 显示其流程")));
    }
    Case::load(store, run).await
}

/// Explains a run as it stands.
pub async fn explain<S: Store>(store: &S, desk: &Desk, run: RunId, now: Timestamp) -> Result<(Plan, Explanation), Failure> {
    let case = open(store, run).await?;
    let explanation = case.run.explain(now.max(case.last()), &case.facts, &desk.calendar());
    Ok((case.run.plan().clone(), explanation))
}

/// What a person decided about a run's open requests to sign; answers the steps it concerned.
pub async fn decide<S: Store>(
    store: &S,
    desk: &Desk,
    run: RunId,
    person: &PersonId,
    step: Option<StepNo>,
    decision: Decision,
    now: Timestamp,
) -> Result<Vec<StepNo>, Failure> {
    let mut case = open(store, run).await?;
    let open: Vec<ApprovalRequest> =
        open_approvals(store, run).await?.into_iter().filter(|ask| ask.approver == *person).collect();
    let steps: Vec<StepNo> = match decision {
        Decision::Withdraw => case
            .run
            .plan()
            .steps
            .iter()
            .map(|planned| planned.no)
            .filter(|no| case.run.signatures(*no).any(|given| given.statement.approver == *person))
            .collect(),
        _ => open.iter().map(|ask| ask.step).collect(),
    };
    let steps: Vec<StepNo> = steps.into_iter().filter(|no| step.is_none_or(|wanted| wanted == *no)).collect();
    if steps.is_empty() {
        let says = Words {
            en: format!("{run}: nothing of {person} is open here; nothing was signed"),
            zh: format!("{run}：没有等待 {person} 处理的请求；未签署"),
        };
        return Err(Failure::new("E8102", Exit::Approval, says).hint(Words {
            en: format!("`namekeep apply {run}` asks for the signatures that are due; `namekeep explain {run}` says which"),
            zh: format!("`namekeep apply {run}` 发出到期的签名请求；`namekeep explain {run}` 说明是哪些"),
        }));
    }
    for no in &steps {
        let event = match decision {
            Decision::Approve => {
                let Some(ask) = open.iter().find(|ask| ask.step == *no) else { continue };
                let Some(approval) = approve::sign(&case.run, &desk.keys, ask)? else { continue };
                Event::Approved { approval }
            }
            Decision::Refuse => Event::Refused { step: *no, by: person.clone() },
            Decision::Withdraw => Event::Withdrawn { step: *no, by: person.clone() },
        };
        case.append(now, event).await?;
    }
    Ok(steps)
}

/// Open requests to sign, of one run.
pub async fn open_approvals<S: Store>(store: &S, run: RunId) -> Result<Vec<ApprovalRequest>, Failure> {
    let rows = store.open_requests(Some(run)).await?;
    let mut found = Vec::new();
    for row in rows.into_iter().filter(|row| row.kind == RequestKind::Approval) {
        if let Ok(Request::Approval(ask)) = serde_json::from_slice(&row.body) {
            found.push(ask);
        }
    }
    Ok(found)
}

/// Open tasks, of one run or of all, the earliest due first.
pub async fn open_tasks<S: Store>(store: &S, run: Option<RunId>) -> Result<Vec<namekeep_model::Task>, Failure> {
    let rows = store.open_requests(run).await?;
    let mut found = Vec::new();
    for row in rows.into_iter().filter(|row| row.kind == RequestKind::Task) {
        if let Ok(Request::Task(task)) = serde_json::from_slice(&row.body) {
            found.push(task);
        }
    }
    Ok(found)
}

/// One open task.
async fn open_task<S: Store>(store: &S, task: &TaskId) -> Result<namekeep_model::Task, Failure> {
    let open = open_tasks(store, Some(task.0.run)).await?;
    open.into_iter().find(|open| open.id == *task).ok_or_else(|| {
        let says = Words { en: format!("{task} is not open; nothing was written"), zh: format!("任务 {task} 未开启；未写入任何内容") };
        Failure::new("E8203", Exit::Usage, says)
            .hint(namekeep_model::Text::new("`namekeep task list` shows the open ones", "`namekeep task list` 列出未完成任务"))
    })
}

/// A task reported done by a person, with the facts that became known with it.
pub async fn task_done<S: Store>(
    store: &S,
    task: &TaskId,
    by: PersonId,
    fields: BTreeMap<String, FactValue>,
    facts: Vec<Observation>,
    files: Vec<Vec<u8>>,
    now: Timestamp,
) -> Result<(), Failure> {
    let asked = open_task(store, task).await?;
    let mut case = open_case(store, task).await?;
    crate::measured::complete(case.run.plan(), asked.kind.receipt(), &fields)?;
    let mut digests = Vec::new();
    for file in files {
        digests.push(store.keep(file).await?.to_string());
    }
    for digest in attached(store, task).await? {
        digests.push(digest);
    }
    if let Some(who) = Some(&by).filter(|_| !facts.is_empty()) {
        tell(store, &asked.name, who, facts, now).await?;
    }
    let receipt = Receipt { kind: asked.kind.receipt(), at: record::to_millis(now), by: Some(by), fields, files: digests };
    case.append(now, Event::TaskDone { task: task.clone(), receipt }).await
}

/// Keeps facts a person states of a name, and the statement itself as a raw answer with their name.
pub async fn tell<S: Store>(
    store: &S,
    name: &namekeep_model::DomainName,
    by: &PersonId,
    facts: Vec<Observation>,
    now: Timestamp,
) -> Result<(), Failure> {
    let statement = serde_json::json!({ "told_by": by, "at": record::to_millis(now), "name": name, "facts": facts });
    let raw = vec![statement.to_string().into_bytes()];
    let look = namekeep_store::Look { observations: facts, raw, ..namekeep_store::Look::default() };
    let summary = store.name(name).await?.map(|record| record.row.summary).unwrap_or_default();
    store.observe(name, look, now, move |_: &Facts| summary).await?;
    Ok(())
}

async fn open_case<'s, S: Store>(store: &'s S, task: &TaskId) -> Result<Case<'s, S>, Failure> {
    open(store, task.0.run).await
}

/// Keeps a file as proof of an open task, until the task is reported done.
pub async fn attach<S: Store>(store: &S, task: &TaskId, bytes: Vec<u8>) -> Result<String, Failure> {
    open_task(store, task).await?;
    let digest = store.keep(bytes).await?.to_string();
    let mut list = attached(store, task).await?;
    if !list.contains(&digest) {
        list.push(digest.clone());
    }
    store.put_setting(&format!("attached/{task}"), serde_json::json!(list)).await?;
    Ok(digest)
}

async fn attached<S: Store>(store: &S, task: &TaskId) -> Result<Vec<String>, Failure> {
    let value = store.setting(&format!("attached/{task}")).await?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default())
}

/// Reads a typed value for a fact, by the fact's own type.
pub fn fact_value(key: FactKey, text: &str) -> Option<FactValue> {
    typed(key.value_type(), text)
}

/// Reads a value of a type.
pub fn typed(kind: ValueType, text: &str) -> Option<FactValue> {
    Some(match kind {
        ValueType::Bool => FactValue::Bool(yes_or_no(text)?),
        ValueType::Int => FactValue::Int(text.parse().ok()?),
        ValueType::Text => FactValue::Text(text.to_owned()),
        ValueType::Date => FactValue::Date(text.parse().ok()?),
        ValueType::Instant => FactValue::Instant(text.parse().ok()?),
        ValueType::Money => FactValue::Money(text.parse().ok()?),
    })
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "是" => Some(true),
        "no" | "false" | "否" => Some(false),
        _ => None,
    }
}

