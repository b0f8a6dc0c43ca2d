//! `namekeep demo`: the tour, and the verbs of the closed world.

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use namekeep_assess::watch;
use namekeep_evidence::{Lang as EvidenceLang, Report};
use namekeep_model::{Finding, FindingCode, Lang, Level, RunId, Text, words};
use namekeep_playbook::Notice;
use namekeep_service::block::block_on;
use namekeep_service::demo::{Demo, FOLDER, Stage, Step, TOLD, Tour, TourLine, moral};
use namekeep_service::portfolio::{self, ListAsk};
use namekeep_service::{Exit, Failure, live};
use namekeep_store::Order;
use serde_json::json;

use super::words::instant;
use super::{explain, list, show, task};
use crate::args::{Demo as Args, DemoVerb, Explain, SpanArg};
use crate::output::{Output, cells, safe, wrap};

/// Names of the tour's table.
const ROWS: usize = 12;
/// Longest pause between two lines of the live display, and the longest of all of them together.
const PAUSE: Duration = Duration::from_millis(120);
const SHOW: Duration = Duration::from_millis(4_000);

pub(crate) fn run(args: &Args, output: &Output) -> Result<Exit, Failure> {
    let folder = args.folder.as_deref().unwrap_or_else(|| Path::new(FOLDER));
    let mut demo = Demo::open_or_create(folder)?;
    let command = command(args.folder.as_deref());
    let output = &output.in_demo(command.clone());
    match &args.verb {
        None => return tour(&demo, &command, output),
        Some(DemoVerb::Reset) => demo.reset()?,
        Some(DemoVerb::Advance(by)) => {
            let step = match by.unit {
                SpanArg::Hours => Step::Hours(by.count),
                SpanArg::Days => Step::Days(by.count),
                SpanArg::WorkingDays => Step::WorkingDays(by.count),
            };
            let before = demo.stage()?;
            demo.advance(step)?;
            return advanced(&before, &demo.stage()?, &command, output);
        }
        Some(_) => {}
    }
    let stage = demo.stage()?;
    banner(&stage, output);
    match &args.verb {
        Some(DemoVerb::List(args)) => {
            let listing = block_on(portfolio::list(&stage.store, &stage.desk.rules, &stage.desk.zone, list::ask(args), stage.now))?;
            list::print(&listing, &stage.desk.zone, stage.now, output);
        }
        Some(DemoVerb::Show(args)) => {
            let sheet = block_on(portfolio::sheet(&stage.store, &stage.desk.rules, &stage.desk.zone, &args.name, stage.now))?;
            show::print(&sheet, &stage.desk.zone, stage.now, output);
        }
        Some(DemoVerb::Explain(args)) => explain_what(args, &stage, output)?,
        Some(DemoVerb::Task) => {
            let tasks = block_on(live::open_tasks(&stage.store, None))?;
            task::print(&tasks, &stage.desk.zone, stage.now, output);
        }
        _ => {
            if output.json {
                output.json_document(&json!({ "schema": "namekeep/demo-clock/1", "now": stage.now }));
            }
        }
    }
    Ok(Exit::Ok)
}

/// The command that leads back into this demo.
fn command(folder: Option<&Path>) -> String {
    match folder.map(|folder| folder.display().to_string()) {
        None => "namekeep demo".to_owned(),
        Some(folder) if folder.chars().all(|c| c.is_alphanumeric() || "/._-+".contains(c)) => {
            format!("namekeep demo --folder {folder}")
        }
        Some(folder) => format!("namekeep demo --folder '{}'", folder.replace('\'', r"'\''")),
    }
}

/// Says that nothing here is real, and what time it is here.
fn banner(stage: &Stage, output: &Output) {
    if output.json {
        return;
    }
    let (names, at) = (stage.world.names().len(), instant(stage.now, &stage.desk.zone));
    let says = words!(
        en: "DEMO 演示  {at}  {names} invented names, own clock, no network; nothing real is touched",
        zh: "DEMO 演示  {at}  {names} 个虚构域名，自有时钟，不联网；不触及任何真实对象"
    );
    output.line(output.heading(says.get(output.lang)));
    output.line("");
}

/// `demo explain`.
fn explain_what(args: &Explain, stage: &Stage, output: &Output) -> Result<(), Failure> {
    if let Ok(run) = args.what.parse::<RunId>() {
        let (plan, explanation) = stage.runs.get(&run).ok_or_else(|| {
            Failure::new("E8202", Exit::Usage, words!(en: "there is no run {run} in the demo", zh: "演示中没有流程 {run}"))
                .hint(Text::new("`namekeep demo explain RET-0007` explains the one there is", "`namekeep demo explain RET-0007` 说明演示中的流程"))
        })?;
        explain::print_run(plan, explanation, &stage.desk.zone, stage.now, output);
        return Ok(());
    }
    if let Some(text) = explain::page(&args.what) {
        let Some(name) = &args.name else {
            explain::print_page(&args.what, text, output);
            return Ok(());
        };
        let wanted = args.what.to_ascii_uppercase();
        name_found(name, stage, |finding| finding.code.to_string() == wanted, output)?;
        if !output.json {
            output.line("");
            explain::print_page(&args.what, text, output);
        }
        return Ok(());
    }
    name_found(&args.what, stage, |_| true, output)
}

/// What was found about one name, and which check-points did not run and why.
fn name_found(name: &str, stage: &Stage, wanted: impl Fn(&Finding) -> bool, output: &Output) -> Result<(), Failure> {
    let record = block_on(portfolio::find(&stage.store, name))?;
    let found = stage.findings.get(&record.row.name).map(Vec::as_slice).unwrap_or_default();
    let found: Vec<&Finding> = found.iter().filter(|finding| wanted(finding)).collect();
    let later: Vec<_> = FindingCode::watch().filter_map(|code| Some((code, watch::not_checked(code)?))).collect();
    if output.json {
        let later: Vec<_> = later
            .iter()
            .map(|(code, why)| json!({ "code": code, "looks_at": why.looks_at.get(output.lang), "needs": why.needs.get(output.lang) }))
            .collect();
        output.json_document(&json!({
            "schema": "namekeep/explain-name/1", "generated_at": stage.now, "as_of": stage.now,
            "name": record.row.name, "items": found, "not_checked": later, "next_steps": [],
        }));
        return Ok(());
    }
    output.line(output.heading(&safe(&record.row.name.to_string())));
    for finding in &found {
        print_finding(finding, false, output);
    }
    if found.is_empty() {
        output.line(output.say(Text::new("ok  the check-points that ran found nothing", "ok  已运行的检查点没有发现问题")));
    }
    let codes: Vec<String> = later.iter().map(|(code, _)| code.to_string()).collect();
    let (n, codes) = (later.len(), codes.join(" "));
    let says = words!(
        en: "?? not checked: {n} check-points do not run yet ({codes}); each says why: `namekeep explain T5`",
        zh: "?? 未检查：{n} 个检查点尚未运行（{codes}）；各自的原因见 `namekeep explain T5`"
    );
    paragraph("", says.get(output.lang), output);
    Ok(())
}

fn print_finding(finding: &Finding, named: bool, output: &Output) {
    let level = output.level(finding.level);
    let name = if named { format!("  {}", safe(&finding.name.to_string())) } else { String::new() };
    let prefix = format!("{level}  {}{name}  ", finding.code);
    paragraph(&prefix, finding.says.get(output.lang), output);
}

/// `demo advance`: what has happened since.
fn advanced(before: &Stage, after: &Stage, command: &str, output: &Output) -> Result<Exit, Failure> {
    let happened: Vec<_> = after.world.diary().iter().filter(|happening| happening.at > before.now).collect();
    if output.json {
        let items: Vec<_> = happened
            .iter()
            .map(|happening| json!({ "at": happening.at, "name": happening.name, "says": happening.what.says().get(output.lang) }))
            .collect();
        output.json_document(&json!({ "schema": "namekeep/demo-advance/1", "from": before.now, "now": after.now, "items": items }));
        return Ok(Exit::Ok);
    }
    banner(after, output);
    for happening in &happened {
        let at = after.desk.zone.to_datetime(happening.at);
        // What happens at midnight ends the day before, as the tour tells it.
        let midnight = at.time() == jiff::civil::Time::midnight();
        let day = if midnight {
            let day = at.date().yesterday().unwrap_or(at.date());
            format!("{day} 24:00")
        } else {
            at.strftime("%Y-%m-%d %H:%M").to_string()
        };
        let name = happening.name.as_ref().map_or_else(|| "--".to_owned(), ToString::to_string);
        let pad = 22_usize.saturating_sub(cells(&name));
        paragraph(&format!("{day}  {name}{:pad$}  ", ""), happening.what.says().get(output.lang), output);
    }
    if happened.is_empty() {
        output.line(output.say(Text::new("nothing happened in that time", "此期间没有发生任何事")));
    }
    for (_, explanation) in after.runs.values() {
        paragraph("", explanation.headline.get(output.lang), output);
    }
    output.hints(&[words!(en: "`{command} explain {TOLD}` says where the run stands", zh: "`{command} explain {TOLD}` 说明流程进展").get(output.lang)]);
    Ok(Exit::Ok)
}

/// The tour.
fn tour(demo: &Demo, command: &str, output: &Output) -> Result<Exit, Failure> {
    let tour = demo.tour()?;
    if output.json {
        output.json_document(&document(demo, &tour, output.lang)?);
        return Ok(exit(&tour));
    }
    banner(&tour.start, output);
    portfolio_by_risk(&tour.start, output)?;
    worst(&tour.start, output);
    where_it_stands(&tour.start, output);
    played(&tour, output);
    evidence(demo, &tour, output);
    next(demo, command, output);
    Ok(exit(&tour))
}

/// The tour proves itself: a dossier that does not verify is a fault of this program.
fn exit(tour: &Tour) -> Exit {
    let intact = tour.verified().verdict == namekeep_evidence::Verdict::Intact;
    let noticed = tour.noticed().verdict == namekeep_evidence::Verdict::Altered;
    if intact && noticed { Exit::Ok } else { Exit::Internal }
}

fn title(number: u8, text: Text, output: &Output) {
    if number > 1 {
        output.line("");
    }
    output.line(output.heading(&format!("{number}. {}", output.say(text))));
}

fn portfolio_by_risk(stage: &Stage, output: &Output) -> Result<(), Failure> {
    title(1, Text::new("The portfolio, the gravest first", "域名资产，按风险排列"), output);
    let ask = ListAsk { filter: None, order: Order::Level, limit: ROWS };
    let listing = block_on(portfolio::list(&stage.store, &stage.desk.rules, &stage.desk.zone, ask, stage.now))?;
    list::table(&listing, output);
    let more = listing.matched.saturating_sub(listing.lines.len() as u64);
    let levels: Vec<String> = listing
        .levels
        .iter()
        .rev()
        .map(|(level, n)| {
            let word = output.say(level.text());
            if output.lang == Lang::Zh { format!("{word} {n}") } else { format!("{n} {word}") }
        })
        .collect();
    let levels = levels.join(if output.lang == Lang::Zh { "，" } else { ", " });
    let says = words!(en: "and {more} more. All {}: {levels}", zh: "另有 {more} 个。共 {} 个：{levels}", listing.total);
    output.line(says.get(output.lang));
    let says = Text::new(
        "4 of 24 check-points run here (C4 S6 T3 T6); the others are not checked and say why: `namekeep explain T5`",
        "24 个检查点中此处运行 4 个（C4 S6 T3 T6）；其余为未检查，并说明原因：`namekeep explain T5`",
    );
    paragraph("", output.say(says), output);
    Ok(())
}

/// The gravest finding: one that no date in a registry would tell comes first.
fn gravest(stage: &Stage) -> Option<&Finding> {
    let all = || stage.findings.values().flatten().filter(|finding| finding.level == Level::Critical);
    all().find(|finding| finding.subject.as_deref() == Some("auto-renewed")).or_else(|| all().next())
}

fn worst(stage: &Stage, output: &Output) {
    title(2, Text::new("The worst of it, explained", "最严重的一项，说明如下"), output);
    let Some(finding) = gravest(stage) else { return };
    print_finding(finding, true, output);
    let Ok(sheet) = block_on(portfolio::sheet(&stage.store, &stage.desk.rules, &stage.desk.zone, finding.name.a_label(), stage.now)) else { return };
    for view in &sheet.expiries {
        let which = output.say(view.which.text());
        let date = view.date.map_or_else(|| "??".to_owned(), |date| date.to_string());
        let used = output.say(if view.used { Text::new("USED: ", "采用：") } else { Text::new("", "") });
        let pad = 18_usize.saturating_sub(cells(which));
        paragraph(&format!("    {which}{:pad$}{date}  ", ""), &format!("{used}{}", view.why.get(output.lang)), output);
    }
}

fn where_it_stands(stage: &Stage, output: &Output) {
    title(3, Text::new("A retirement under way", "一个进行中的退役流程"), output);
    let Some((plan, explanation)) = stage.runs.get(&TOLD) else { return };
    paragraph("", explanation.headline.get(output.lang), output);
    for notice in &plan.notices {
        if matches!(notice, Notice::FitsIfFast { .. } | Notice::LastAnswer { .. }) {
            paragraph("   !  ", namekeep_service::notice_words(notice).get(output.lang), output);
        }
    }
    for line in explanation.lines.iter().filter(|line| !line.says.is_empty()) {
        let state = output.say(line.state.text());
        let says: Vec<&str> = line.says.iter().map(|words| words.get(output.lang)).collect();
        let (colon, joint) = if output.lang == Lang::Zh { ("：", "；") } else { (": ", "; ") };
        let text = format!("{}{colon}{}", line.title.get(output.lang), says.join(joint));
        paragraph(&format!("{:>4}  {}  ", line.step.to_string(), super::name::pad(state, 12)), &text, output);
    }
    paragraph("", explanation.if_nobody_acts.get(output.lang), output);
}

/// What happened until the end, with a moving calendar where a person looks.
fn played(tour: &Tour, output: &Output) {
    title(4, Text::new("Played on: people, filing desk and registrar act, the clock runs", "继续推演：人员、备案审核与注册商各自行动，时钟前进"), output);
    let steps = u32::try_from(tour.lines.len()).unwrap_or(1).max(1);
    let pause = PAUSE.min(SHOW / steps);
    let bar = output.progress.then(|| calendar(steps));
    let mut before = String::new();
    for line in &tour.lines {
        let day = line.day.to_string();
        if let Some(bar) = &bar {
            bar.set_message(day.clone());
            bar.inc(1);
            wait(pause);
        }
        let shown = if day == before { " ".repeat(10) } else { day.clone() };
        before = day;
        let print = || tell(line, &shown, output);
        match &bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let outcome = tour.outcome.map_or_else(|| moral(None), namekeep_playbook::Outcome::words);
    let (outcome, end) = (outcome.get(output.lang).to_owned(), moral(tour.outcome));
    let end = end.get(output.lang);
    let says = words!(en: "{TOLD} {outcome}. {end}", zh: "{TOLD} {outcome}。{end}");
    output.line(output.heading(says.get(output.lang)));
}

fn tell(line: &TourLine, day: &str, output: &Output) {
    let run = line.step.map_or_else(String::new, |step| step.to_string());
    let name = line.name.as_ref().map_or_else(|| "--".to_owned(), ToString::to_string);
    let pad = 20_usize.saturating_sub(cells(&name));
    paragraph(&format!("{day} {:<2} {name}{:pad$} {run:>3} ", line.weight.mark(), ""), line.says.get(output.lang), output);
}

fn calendar(steps: u32) -> ProgressBar {
    let bar = ProgressBar::new(steps.into());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} [{bar:24}]") {
        bar.set_style(style.progress_chars("#>-").tick_chars(r"-\|/ "));
    }
    bar
}

#[expect(clippy::disallowed_methods, reason = "a display at a pace people can follow; no work waits for it")]
fn wait(pause: Duration) {
    std::thread::sleep(pause);
}

fn evidence(demo: &Demo, tour: &Tour, output: &Output) {
    title(5, Text::new("The dossier: verified as a stranger would, offline", "案卷：如同第三方一样离线核验"), output);
    let render = |report: &Report| report.render(if output.lang == Lang::Zh { EvidenceLang::Zh } else { EvidenceLang::En });
    let file = demo.dossier();
    let (file, size) = (file.display(), tour.dossier.len());
    output.line(words!(en: "{file}, {size} bytes", zh: "{file}，{size} 字节").get(output.lang));
    for line in render(&tour.verified()).lines() {
        output.line(line);
    }
    output.line("");
    let copy = demo.altered();
    let copy = copy.display();
    output.line(words!(en: "{copy}, the same with one bit changed", zh: "{copy}，仅改动一个比特").get(output.lang));
    let report = tour.noticed();
    if let Some(problem) = &report.first_bad {
        let lang = if output.lang == Lang::Zh { EvidenceLang::Zh } else { EvidenceLang::En };
        paragraph("  !! ", &problem.describe(lang), output);
    }
    let (word, code) = (report.verdict.word(if output.lang == Lang::Zh { EvidenceLang::Zh } else { EvidenceLang::En }), report.exit_code);
    output.line(words!(en: "Result  {word}, exit {code}", zh: "结论  {word}，退出码 {code}").get(output.lang));
}

fn next(demo: &Demo, command: &str, output: &Output) {
    title(6, Text::new("What to try next", "接下来可以试试"), output);
    let says = Text::new(
        "The demo's own clock still stands at 2026-11-24; running the tour again shows the same.",
        "演示时钟仍停在 2026-11-24；再次运行导览结果相同。",
    );
    output.line(output.say(says));
    let dossier = command_path(&demo.dossier());
    let steps = [
        (format!("{command} explain {TOLD}"), Text::new("why it waits, and who can move it", "为何等待、谁能推动")),
        (format!("{command} advance 20 working-days"), Text::new("move the clock yourself", "自己拨动时钟")),
        (format!("namekeep evidence verify {dossier}"), Text::new("verify it again, anywhere", "在任何地方再次核验")),
    ];
    let wide = steps.iter().map(|(line, _)| cells(line)).max().unwrap_or(0);
    for (line, why) in steps {
        let pad = wide - cells(&line);
        output.line(format!("  {line}{:pad$}  {}", "", output.say(why)));
    }
}

fn command_path(path: &Path) -> String {
    let text = path.display().to_string();
    if text.chars().all(|c| c.is_alphanumeric() || "/._-+".contains(c)) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// Prints a text behind a prefix, wrapped, continued below the text.
fn paragraph(prefix: &str, text: &str, output: &Output) {
    let indent = cells(prefix);
    let room = output.width.max(40).saturating_sub(indent).max(24);
    for (i, line) in wrap(&safe(text), room).iter().enumerate() {
        let before = if i == 0 { prefix.to_owned() } else { " ".repeat(indent) };
        output.line(format!("{before}{line}").trim_end());
    }
}

fn document(demo: &Demo, tour: &Tour, lang: Lang) -> Result<serde_json::Value, Failure> {
    let ask = ListAsk { filter: None, order: Order::Level, limit: usize::MAX };
    let stage = &tour.start;
    let listing = block_on(portfolio::list(&stage.store, &stage.desk.rules, &stage.desk.zone, ask, stage.now))?;
    let run = stage.runs.get(&TOLD).map(|(plan, explanation)| json!({ "run": plan.run, "plan": plan.digest(), "explanation": explanation }));
    let lines: Vec<_> = tour
        .lines
        .iter()
        .map(|line| json!({ "at": line.at, "name": line.name, "step": line.step, "weight": line.weight, "says": line.says.get(lang) }))
        .collect();
    Ok(json!({
        "schema": "namekeep/demo/1",
        "generated_at": tour.end.now,
        "as_of": stage.now,
        "names": listing.total,
        "items": listing.lines,
        "worst": gravest(stage),
        "run": run,
        "played": lines,
        "outcome": tour.outcome.map(namekeep_playbook::Outcome::code),
        "outcome_says": tour.outcome.map(|outcome| outcome.words().get(lang).to_owned()),
        "dossier": demo.dossier(),
        "verdict": tour.verified().verdict,
        "altered": demo.altered(),
        "altered_verdict": tour.noticed().verdict,
        "not_checked": FindingCode::watch().filter(|code| watch::not_checked(*code).is_some()).collect::<Vec<_>>(),
        "next_steps": [],
    }))
}
