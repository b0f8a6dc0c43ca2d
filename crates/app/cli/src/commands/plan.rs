//! `namekeep plan`: an immutable plan with a digest. Nothing is sent.

use namekeep_model::action::Act;
use namekeep_model::{Money, Risk, RunKind, Text, Timestamp, Words, words};
use namekeep_playbook::{Notice, Plan, Work};
use namekeep_service::block::block_on;
use namekeep_service::live::{self, PlanAsk};
use namekeep_service::{Exit, Failure};
use namekeep_store::Store as _;
use serde_json::json;

use super::{known, session};
use crate::args::{Global, Plan as PlanVerb};
use crate::output::{Output, safe, wrap};

/// Late steps told one by one; more are told together.
const FEW: usize = 3;

pub(crate) fn run(verb: &PlanVerb, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let (workspace, output) = &session::open(global, output)?;
    let desk = session::desk(workspace);
    let (kind, subject, ending, years, ceiling, told) = match verb {
        PlanVerb::Show(args) => {
            let run = session::run_id(&args.run)?;
            let (plan, _) = block_on(live::explain(&workspace.store, &desk, run, now))?;
            print(&plan, None, None, output);
            return Ok(Exit::Ok);
        }
        PlanVerb::Again(args) => {
            let run = session::run_id(&args.run)?;
            let (plan, lines) = block_on(live::plan_again(&workspace.store, &desk, run, now))?;
            print(&plan, None, Some(&lines), output);
            if !output.json {
                for line in lines.iter().take(40) {
                    output.line(safe(line));
                }
            }
            return Ok(Exit::Ok);
        }
        PlanVerb::Retire(args) => {
            let subject = session::subject(workspace, &args.name, &args.known, now)?;
            (RunKind::Retire, subject, Some(known::ending(args.ending)), 1, None, &args.known)
        }
        PlanVerb::Renew(args) => {
            let subject = session::subject(workspace, &args.name, &args.known, now)?;
            let ceiling = args.ceiling.as_deref().map(money).transpose()?;
            (RunKind::Renew, subject, None, args.years, ceiling, &args.known)
        }
    };
    // One run at a time on one name: two plans would act against each other.
    for row in block_on(workspace.store.runs_of(&subject.name))? {
        if matches!(row.state, namekeep_store::RunState::Open { .. }) {
            let (name, id) = (&subject.name, row.id);
            let says = words!(en: "{id} is under way on {name}; nothing was planned", zh: "{name} 已有进行中的流程 {id}；未制定计划");
            return Err(Failure::new("E8205", Exit::Usage, says)
                .hint(words!(en: "`namekeep explain {id}` says where it stands", zh: "`namekeep explain {id}` 说明其进展")));
        }
    }
    let people = workspace.people()?;
    let ask = PlanAsk { workspace: workspace.id.clone(), kind, subject, ending, years, ceiling, people };
    let name = ask.subject.name.clone();
    let written = block_on(live::plan(&workspace.store, &desk, ask, now))?;
    // What was typed with the plan is a person's word like any other: its gates read it too.
    let typed = session::observations(known::facts(told, now)?);
    if !typed.is_empty() {
        block_on(live::tell(&workspace.store, &name, &workspace.settings().requester, typed, now))?;
    }
    print(&written.plan, written.refused.as_ref(), None, output);
    let run = written.plan.run;
    output.hints(&[
        words!(en: "`namekeep apply {run}` begins; `namekeep explain {run}` says what is next", zh: "`namekeep apply {run}` 开始执行；`namekeep explain {run}` 说明下一步").get(output.lang),
        words!(en: "`namekeep rehearse {}` plays it on a simulated calendar first", zh: "`namekeep rehearse {}` 先在模拟日历上演练", written.plan.name.a_label()).get(output.lang),
    ]);
    Ok(Exit::Ok)
}

/// Reads an amount.
pub(crate) fn money(text: &str) -> Result<Money, Failure> {
    Ok(text.parse::<Money>()?)
}

/// Prints a plan: dates, steps, what cannot be undone; `changes` are the lines that differ from the plan
/// before, where there was one.
fn print(
    plan: &Plan,
    refused: Option<&(namekeep_model::Ending, Words)>,
    changes: Option<&[String]>,
    output: &Output,
) {
    if output.json {
        let mut document = json!({
            "schema": "namekeep/plan-view/1",
            "generated_at": plan.made,
            "as_of": plan.made,
            "run": plan.run,
            "digest": plan.digest(),
            "short_digest": plan.short_digest(),
            "refused": refused.map(|(ending, why)| json!({ "ending": ending, "why": why })),
            "plan": plan,
            "items": plan.steps,
            "not_checked": [],
            "next_steps": [format!("namekeep apply {}", plan.run)],
        });
        if let (Some(changes), Some(fields)) = (changes, document.as_object_mut()) {
            fields.insert("changes".to_owned(), json!(changes));
        }
        output.json_document(&document);
        return;
    }
    let lang = output.lang;
    let (run, revision, digest, name) = (plan.run, plan.revision, plan.short_digest(), &plan.name);
    let ending = plan.ending.map_or(output.say(Text::new("renew", "续费")), |ending| output.say(ending.text()));
    let book = format!("{}.v{}", plan.book.id, plan.book.version);
    let title = words!(
        en: "Plan {run} rev {revision}   digest {digest}   playbook {book}",
        zh: "计划 {run} 第 {revision} 版   摘要 {digest}   剧本 {book}"
    );
    output.line(output.heading(title.get(lang)));
    let (expiry, why) = (plan.dates.expiry.typical, output.say(plan.dates.expiry.source.text()));
    let line = words!(
        en: "{name}  {ending}  date that counts {expiry} ({why})", zh: "{name}  {ending}  采用日期 {expiry}（{why}）"
    );
    output.line(line.get(lang));
    if let Some((asked, why)) = refused {
        let (asked, why) = (output.say(asked.text()), why.get(lang));
        say(output, "!! ", words!(en: "{asked} is not offered: {why}", zh: "不提供“{asked}”：{why}").get(lang));
    }
    if plan.notices.iter().any(|notice| matches!(notice, Notice::TooLate { .. })) {
        let text = Text::new(
            "out of reach in this cycle: as it stands the name is kept and renewed, and a person is asked to see to it",
            "本周期内无法完成：按此计划将保留并续费该域名，并请人员办理",
        );
        say(output, "!! ", output.say(text));
    }
    let late: Vec<String> = plan.notices.iter().filter_map(|notice| match notice {
        Notice::Late { step, .. } => Some(step.to_string()),
        _ => None,
    }).collect();
    // A plan begun late is late everywhere: its steps are named once, the table below has the days.
    let fold = late.len() > FEW;
    for notice in plan.notices.iter().filter(|notice| !(fold && matches!(notice, Notice::Late { .. }))) {
        say(output, "!  ", notice.words().get(lang));
    }
    if fold {
        let (n, steps) = (late.len(), late.join(" "));
        let says = words!(
            en: "{n} steps are later than the playbook plans, the days below are what can be: {steps}",
            zh: "{n} 个步骤晚于剧本原定，下表为可行的日期：{steps}"
        );
        say(output, "!  ", says.get(lang));
    }
    let mut counts = [0_usize; 4];
    let mut rows = Vec::new();
    for step in plan.steps.iter().filter(|step| step.applies()) {
        let day = |planned: &namekeep_playbook::Planned| {
            planned.day.map_or_else(|| "--".to_owned(), |day| format!("{day}{}", if planned.provisional { "*" } else { "" }))
        };
        let needs: Vec<String> = step.needs.iter().map(ToString::to_string).collect();
        rows.push(vec![
            step.no.to_string(), day(&step.opens), day(&step.due), needs.join(" "), step.title.get(lang).to_owned(),
        ]);
        for item in &step.work {
            let (mark, what) = match &item.work {
                Work::Look(_) => continue,
                Work::Task(kind) => (1, kind.text()),
                Work::Act(action) => {
                    let what = match &action.act {
                        Act::Op(op) => op.text(),
                        Act::Task(kind) => kind.text(),
                    };
                    let mark = match action.risk {
                        Risk::Reversible => 0,
                        Risk::Costly { .. } => 2,
                        Risk::Irreversible { .. } => 3,
                    };
                    (mark, what)
                }
            };
            if let Some(count) = counts.get_mut(mark) {
                *count += 1;
            }
            let sign = ["~", "@", "$", "!!"].get(mark).copied().unwrap_or_default();
            rows.push(vec![String::new(), String::new(), String::new(), format!("{sign:>2}"), output.say(what).to_owned()]);
        }
    }
    output.line("");
    let headings = [
        Text::new("STEP", "步骤"), Text::new("OPENS", "开始"), Text::new("DUE", "截止"), Text::new("NEEDS", "前置"),
        Text::new("WHAT", "内容"),
    ].map(|text| output.say(text));
    output.table(&headings, &rows, &[0]);
    let skipped: Vec<String> = plan.steps.iter().filter(|step| !step.applies()).map(|step| step.no.to_string()).collect();
    if !skipped.is_empty() {
        let skipped = skipped.join(" ");
        say(output, "", words!(en: "not applicable: {skipped}", zh: "不适用：{skipped}").get(lang));
    }
    let [reversible, tasks, costly, last] = counts;
    let sum = words!(
        en: "~ {reversible} reversible, @ {tasks} by people, $ {costly} that cost, !! {last} without return. Nothing has been sent.",
        zh: "~ {reversible} 项可恢复，@ {tasks} 项由人办理，$ {costly} 项产生费用，!! {last} 项不可恢复。尚未发送任何操作。"
    );
    say(output, "", sum.get(lang));
}

fn say(output: &Output, prefix: &str, text: &str) {
    for (i, line) in wrap(&safe(text), output.width.saturating_sub(prefix.len()).max(30)).iter().enumerate() {
        let before = if i == 0 { prefix } else { "   " };
        output.line(format!("{}{line}", if prefix.is_empty() { "" } else { before }));
    }
}
