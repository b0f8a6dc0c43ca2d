//! `namekeep task`: work that only a person can do.

use std::collections::BTreeMap;

use namekeep_model::fact::{Said, Sighting, UnknownFact};
use namekeep_model::{Confidence, FactKey, Observation, Source, TaskId, TaskKind, Text, Timestamp, Words, words};
use namekeep_service::block::block_on;
use namekeep_service::{Exit, Failure, live, measured, record};
use serde_json::json;

use super::{input, session};
use crate::args::{Global, TaskVerb, Tell};
use crate::output::{Output, safe};

/// The largest proof kept, in bytes (the store's own limit).
const LARGEST: usize = 4 << 20;

pub(crate) fn run(verb: &TaskVerb, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let (workspace, output) = &session::open(global, output)?;
    match verb {
        TaskVerb::List => {
            let tasks = block_on(live::open_tasks(&workspace.store, None))?;
            print(&tasks, &workspace.zone(), now, output);
        }
        TaskVerb::Done(args) => {
            let task = task_id(&args.task)?;
            let open = block_on(live::open_tasks(&workspace.store, Some(task.0.run)))?;
            // What a task that is not open would measure is nobody's business: it is refused below.
            let kind = open.iter().find(|open| open.id == task).map(|open| open.kind.receipt());
            let mut fields = BTreeMap::new();
            for (text, kind) in args.fields.iter().zip(std::iter::repeat(kind)) {
                let (name, value) = pair(text)?;
                if let Some(kind) = kind {
                    fields.insert(name.to_owned(), measured::read(kind, name, value)?);
                }
            }
            let facts = told(&args.facts, now)?;
            block_on(live::task_done(&workspace.store, &task, session::member(workspace, &args.by)?, fields, facts, Vec::new(), now))?;
            if output.json {
                output.json_document(&json!({ "schema": "namekeep/task-done/1", "task": task }));
            } else {
                let run = task.0.run;
                output.line(words!(en: "{task} is done; it stands in the journal", zh: "任务 {task} 已完成，已记入日志").get(output.lang));
                output.hints(&[words!(en: "`namekeep apply {run}` goes on", zh: "`namekeep apply {run}` 继续执行").get(output.lang)]);
            }
        }
        TaskVerb::Attach(args) => {
            let task = task_id(&args.task)?;
            let bytes = input::document(&args.file, LARGEST)?;
            let digest = block_on(live::attach(&workspace.store, &task, bytes))?;
            if output.json {
                output.json_document(&json!({ "schema": "namekeep/task-attach/1", "task": task, "sha256": digest }));
            } else {
                output.line(words!(en: "kept for {task}, SHA-256 {digest}", zh: "已为任务 {task} 保存，SHA-256 {digest}").get(output.lang));
            }
        }
    }
    Ok(Exit::Ok)
}

/// What a task asks, in short: an operation done by hand is named with its arguments.
fn what(task: &namekeep_model::Task) -> Words {
    if task.kind == TaskKind::CarryOut { task.asks.clone() } else { task.kind.text().into() }
}

/// Prints open tasks, as a table or as one document.
pub(crate) fn print(tasks: &[namekeep_model::Task], zone: &jiff::tz::TimeZone, now: Timestamp, output: &Output) {
    if output.json {
        let items: Vec<_> = tasks
            .iter()
            .map(|task| {
                let fields: Vec<_> = task
                    .kind
                    .receipt()
                    .fields()
                    .iter()
                    .map(|field| json!({ "name": field.name, "type": field.clean.value_type().code() }))
                    .collect();
                let mut item = json!(task);
                if let Some(item) = item.as_object_mut() {
                    item.insert("receipt".to_owned(), json!({ "kind": task.kind.receipt(), "fields": fields }));
                }
                item
            })
            .collect();
        output.json_document(&json!({
            "schema": "namekeep/task-list/1", "generated_at": now, "as_of": now, "items": items,
            "not_checked": [], "next_steps": [],
        }));
        return;
    }
    if tasks.is_empty() {
        output.line(output.say(Text::new("no open tasks", "没有未完成任务")));
        return;
    }
    let rows: Vec<Vec<String>> = tasks
        .iter()
        .map(|task| {
            let mark = if task.due < now { "!" } else { "" };
            vec![
                zone.to_datetime(task.due).date().to_string(), mark.to_owned(), task.id.to_string(),
                safe(task.assignee.as_str()), task.name.to_string(), what(task).get(output.lang).to_owned(),
            ]
        })
        .collect();
    let headings = [
        Text::new("DUE", "截止"), Text::new("", ""), Text::new("TASK", "任务"), Text::new("WHO", "人员"),
        Text::new("NAME", "域名"), Text::new("WHAT", "内容"),
    ].map(|text| output.say(text));
    output.table(&headings, &rows, &[]);
    if let Some(first) = tasks.first() {
        let (id, who, fields) = (&first.id, &first.assignee, measured::options(first.kind.receipt()));
        output.hints(&[Words {
            en: format!("`namekeep task done {id} --by {who} {}` reports the first", fields.en),
            zh: format!("`namekeep task done {id} --by {who} {}` 报告第一项完成", fields.zh),
        }
        .get(output.lang)]);
    }
}

/// `tell`: facts a person states; they stand as typed by a person, for as long as a gate takes them.
pub(crate) fn tell(args: &Tell, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let (workspace, output) = &session::open(global, output)?;
    let record = block_on(namekeep_service::portfolio::find(&workspace.store, &args.name))?;
    let by = session::member(workspace, &args.by)?;
    let facts = told(&args.facts, now)?;
    let count = facts.len();
    block_on(live::tell(&workspace.store, &record.row.name, &by, facts, now))?;
    let name = &record.row.name;
    if output.json {
        output.json_document(&json!({ "schema": "namekeep/tell/1", "name": name, "by": by, "facts": count }));
    } else {
        let shown = super::words::count(count as u64, "fact", "facts");
        output.line(words!(en: "{shown} of {name} kept, as typed by {by}", zh: "已记录 {name} 的 {count} 项事实，由 {by} 填写").get(output.lang));
    }
    Ok(Exit::Ok)
}

/// Reads facts, KEY=VALUE, each of its own type.
fn told(texts: &[String], now: Timestamp) -> Result<Vec<Observation>, Failure> {
    let mut facts = Vec::new();
    for text in texts {
        let (name, value) = pair(text)?;
        let key = FactKey::try_from(name.to_owned()).map_err(|e| no_fact(name, &e))?;
        let value = live::fact_value(key, value).ok_or_else(|| {
            let shown = safe(text);
            Failure::usage(words!(en: "`{shown}`: the value has not the type of {key}", zh: "`{shown}`：值的类型与 {key} 不符"))
        })?;
        let said =
            Said::Seen(Sighting { value, source: Source::Person, at: record::to_millis(now), confidence: Confidence::Medium });
        facts.push(Observation { key, said });
    }
    Ok(facts)
}

/// A fact outside the closed list; the nearest keys are the cure.
fn no_fact(text: &str, error: &UnknownFact) -> Failure {
    let (family, word) = text.split_once('.').unwrap_or((text, text));
    let codes = || FactKey::ALL.iter().map(|key| key.code());
    let of = |fits: &dyn Fn(&str) -> bool| codes().filter(|code| fits(code)).collect::<Vec<_>>();
    let near = [of(&|code| code.contains(word)), of(&|code| code.starts_with(family)), codes().step_by(9).collect()];
    let near = near.into_iter().find(|list| !list.is_empty()).unwrap_or_default();
    let near = near.into_iter().take(12).collect::<Vec<_>>().join(" ");
    Failure::usage(error.says()).hint(words!(en: "facts are, for example: {near}", zh: "事实例如：{near}"))
}

fn task_id(text: &str) -> Result<TaskId, Failure> {
    text.parse().map_err(|_| {
        let shown = safe(text);
        Failure::usage(words!(en: "`{shown}` is no task", zh: "`{shown}` 不是任务编号"))
            .hint(Text::new("`namekeep task list` shows the open ones", "`namekeep task list` 列出未完成任务"))
    })
}

fn pair(text: &str) -> Result<(&str, &str), Failure> {
    text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        let shown = safe(text);
        Failure::usage(words!(en: "`{shown}` is not NAME=VALUE", zh: "`{shown}` 不是 名称=值"))
    })
}
