//! `namekeep rehearse`: the diary of a retirement on a simulated calendar.

use namekeep_model::{Lang, Text, Timestamp, Words, words};
use namekeep_rules::Rulebook;
use namekeep_service::block::block_on;
use namekeep_service::diary::{Weight, folded};
use namekeep_service::rehearse::{Rehearsal, Rehearsing, rehearse};
use namekeep_service::workspace::Workspace;
use namekeep_service::{Exit, Failure};
use namekeep_store::Store as _;
use serde_json::json;

use super::workdays::day;
use super::{known, session};
use crate::args::{Global, Rehearse};
use crate::output::{Output, safe, wrap};

/// The code of a folder that is no workspace.
const NO_WORKSPACE: &str = "E1901";

pub(crate) fn run(args: &Rehearse, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    // A name of the workspace is rehearsed from what is known of it, by the workspace's rules and zone;
    // any other from the options alone.
    let workspace = match Workspace::open(&global.workspace) {
        Ok(workspace) => Some(workspace),
        Err(failure) if failure.code == NO_WORKSPACE => None,
        Err(failure) => return Err(failure),
    };
    let output = &workspace.as_ref().map_or_else(|| output.clone(), |workspace| output.speaking(workspace.settings().language));
    let rules = workspace.as_ref().map_or_else(Rulebook::embedded, |workspace| Ok(workspace.rules.clone()))?;
    let zone = workspace.as_ref().map_or_else(known::zone, Workspace::zone);
    let start = match &args.at {
        Some(text) => known::morning(day(text)?, &zone)?,
        None => known::morning(zone.to_datetime(now).date(), &zone)?,
    };
    let name = known::registrable(&args.name)?;
    let kept = match &workspace {
        Some(workspace) => block_on(workspace.store.name(&name))?.is_some(),
        None => false,
    };
    let (facts, registrar) = match workspace.as_ref().filter(|_| kept) {
        Some(workspace) => {
            let subject = session::subject(workspace, &args.name, &args.known, start)?;
            (subject.facts, subject.registrar)
        }
        None => (known::facts(&args.known, start)?, args.known.registrar.clone()),
    };
    let ask = Rehearsing {
        name,
        facts,
        registrar,
        ending: known::ending(args.ending),
        seed: args.seed,
        start,
        zone,
        people: Vec::new(),
    };
    let rehearsal = rehearse(&ask, &rules)?;
    if output.json {
        output.json_document(&document(&ask, &rehearsal, output.lang));
    } else {
        print(&ask, &rehearsal, args.full, output);
    }
    Ok(Exit::Ok)
}

fn print(ask: &Rehearsing, rehearsal: &Rehearsal, full: bool, output: &Output) {
    let plan = &rehearsal.plan;
    let (name, seed, digest) = (&plan.name, ask.seed, plan.short_digest());
    let ending = plan.ending.map_or("", |ending| output.say(ending.text()));
    let title = words!(
        en: "REHEARSAL  {name}  {ending}  seed {seed}  plan {digest}",
        zh: "演练  {name}  {ending}  种子 {seed}  计划 {digest}"
    );
    output.line(output.heading(title.get(output.lang)));
    let simulated = Text::new("simulated calendar and people; nothing is sent to anybody", "日历与人员均为模拟；不向任何人发送任何内容");
    output.line(output.say(simulated));
    if let Some((asked, why)) = &rehearsal.refused {
        let (asked, why) = (output.say(asked.text()), why.get(output.lang));
        let line = words!(
            en: "!! {asked} is not offered: {why}; planned instead: {ending}",
            zh: "!! 不提供“{asked}”：{why}；改为计划：{ending}"
        );
        paragraph(output, "", line.get(output.lang));
    }
    output.line("");
    output.line(output.heading(output.say(Text::new("Assumed", "假定"))));
    let (lead, between) = if output.lang == Lang::Zh { ("  ", "；") } else { ("  ", "; ") };
    let assumed: Vec<&str> = rehearsal.assumptions.iter().map(|words| words.get(output.lang)).collect();
    paragraph(output, lead, &assumed.join(between));
    let notices: Vec<Words> = plan.notices.iter().map(namekeep_service::notice_words).collect();
    if !notices.is_empty() {
        output.line(output.heading(output.say(Text::new("The plan notes", "计划提示"))));
        for notice in &notices {
            paragraph(output, "  - ", notice.get(output.lang));
        }
    }
    output.line("");
    output.line(output.heading(output.say(Text::new("Diary", "日记"))));
    let mut before = String::new();
    let lines = if full { rehearsal.lines.clone() } else { folded(rehearsal.lines.clone()) };
    for line in lines.iter().filter(|line| full || line.weight > Weight::Detail) {
        let local = ask.zone.to_datetime(line.at);
        let date = local.date().to_string();
        let shown = if date == before { " ".repeat(10) } else { date.clone() };
        before = date;
        let step = line.step.map_or_else(String::new, |step| step.to_string());
        let prefix = format!("{shown} {step:>3} {:<2} ", line.weight.mark());
        let mut text = line.says.get(output.lang).to_owned();
        if let (true, Some(measured)) = (full, &line.measured) {
            text.push_str(&format!(" ({measured})"));
        }
        if let Some((count, last)) = line.again {
            let last = ask.zone.to_datetime(last).date();
            let again = match count {
                1 => words!(en: " (again on {last})", zh: "（{last} 再次）"),
                _ => words!(en: " ({count} times more, last on {last})", zh: "（另有 {count} 次，最后 {last}）"),
            };
            text.push_str(again.get(output.lang));
        }
        paragraph(output, &prefix, &text);
    }
    totals(rehearsal, output);
}

fn totals(rehearsal: &Rehearsal, output: &Output) {
    let totals = &rehearsal.totals;
    output.line("");
    output.line(output.heading(output.say(Text::new("Totals", "合计"))));
    let tasks: u32 = totals.tasks.values().sum();
    let by: Vec<String> = totals
        .tasks
        .iter()
        .map(|(department, count)| format!("{} {count}", output.say(department.text())))
        .collect();
    let by = by.join(if output.lang == Lang::Zh { "，" } else { ", " });
    let (days, steps, signatures, operations) = (totals.days, totals.steps, totals.signatures, totals.operations);
    let turns = totals.turns;
    let lines = [
        words!(en: "{days} days, {steps} gates passed, {turns} turns", zh: "历时 {days} 天，通过 {steps} 个关卡，{turns} 次变故"),
        words!(en: "{tasks} tasks of people: {by}", zh: "{tasks} 项人工任务：{by}"),
        words!(en: "{signatures} signatures, {operations} operations", zh: "{signatures} 份签名，{operations} 次操作"),
    ];
    for line in &lines {
        paragraph(output, "  ", line.get(output.lang));
    }
    let money: Vec<String> = totals.spent.iter().map(ToString::to_string).collect();
    let money = if money.is_empty() { output.say(Text::new("nothing", "无")).to_owned() } else { money.join(" + ") };
    let spent = words!(en: "spent {money}", zh: "花费 {money}");
    paragraph(output, "  ", spent.get(output.lang));
    let outcome = match rehearsal.outcome {
        Some(outcome) => outcome.words(),
        None => {
            for line in &rehearsal.explanation.lines {
                for says in &line.says {
                    let step = line.step;
                    paragraph(output, &format!("  !! {step:>2}  "), says.get(output.lang));
                }
            }
            Text::new("still under way four years after the expiry: something blocks for good", "到期四年后仍未结束：有事项长期受阻").into()
        }
    };
    let result = words!(en: "Result  {}", zh: "结论  {}", outcome.get(output.lang));
    output.line(output.heading(result.get(output.lang)));
}

/// Prints a text behind a prefix, wrapped, continued below the text.
fn paragraph(output: &Output, prefix: &str, text: &str) {
    let indent = crate::output::cells(prefix);
    let room = output.width.max(40).saturating_sub(indent);
    for (i, line) in wrap(&safe(text), room).iter().enumerate() {
        let before = if i == 0 { prefix.to_owned() } else { " ".repeat(indent) };
        output.line(format!("{before}{line}").trim_end());
    }
}

fn document(ask: &Rehearsing, rehearsal: &Rehearsal, lang: Lang) -> serde_json::Value {
    let items: Vec<_> = rehearsal
        .lines
        .iter()
        .map(|line| json!({
            "at": line.at, "seq": line.seq, "step": line.step, "weight": line.weight, "says": line.says.get(lang),
            "measured": line.measured,
        }))
        .collect();
    json!({
        "schema": "namekeep/rehearsal/1",
        "generated_at": ask.start,
        "as_of": ask.start,
        "name": rehearsal.plan.name,
        "ending": rehearsal.plan.ending,
        "refused": rehearsal.refused.as_ref().map(|(ending, why)| json!({ "ending": ending, "why": why.get(lang) })),
        "seed": ask.seed,
        "plan": rehearsal.plan.digest(),
        "assumptions": rehearsal.assumptions.iter().map(|words| words.get(lang)).collect::<Vec<_>>(),
        "outcome": rehearsal.outcome.map_or("open", |outcome| outcome.code()),
        "outcome_says": rehearsal.outcome.map(|outcome| outcome.words().get(lang).to_owned()),
        "explanation": rehearsal.explanation,
        "items": items,
        "totals": rehearsal.totals,
        "not_checked": [],
        "next_steps": [],
    })
}
