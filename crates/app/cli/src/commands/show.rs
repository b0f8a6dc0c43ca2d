//! `namekeep show`: one name whole.

use jiff::tz::TimeZone;
use namekeep_lifecycle::Which;
use namekeep_model::phase::PhaseKind;
use namekeep_model::{Intent, Lang, Level, Text, Timestamp, words};
use namekeep_service::block::block_on;
use namekeep_service::portfolio::{ExpiryView, Left, Sheet, sheet};
use namekeep_service::workspace::Workspace;
use namekeep_service::{Exit, Failure};
use serde_json::{Value, json};

use super::words::{age, instant, known_by, left, money, not_checked};
use super::{name::pad, timeline};
use crate::args::{Global, Show};
use crate::output::{Output, cells, safe, wrap};

/// Cells of the labels in front.
const WIDE: usize = 12;

pub(crate) fn run(args: &Show, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let workspace = Workspace::open(&global.workspace)?;
    let output = &output.speaking(workspace.settings().language);
    let zone = workspace.zone();
    let sheet = block_on(sheet(&workspace.store, &workspace.rules, &zone, &args.name, now))?;
    print(&sheet, &zone, now, output);
    Ok(Exit::Ok)
}

/// Prints a sheet, as text or as one document.
pub(crate) fn print(sheet: &Sheet, zone: &TimeZone, now: Timestamp, output: &Output) {
    if output.json {
        output.json_document(&document(sheet, now));
        return;
    }
    let name = &sheet.line.name;
    let shown = name.to_string();
    let both = if shown == name.a_label() { shown } else { format!("{shown}  {}", name.a_label()) };
    output.line(output.heading(&safe(&both)));
    headline(sheet, output);
    for line in expiries(sheet, now, output) {
        output.line(line);
    }
    life(sheet, zone, now, output);
    rights(sheet, output);
    coming(sheet, now, zone, output);
    found(sheet, zone, now, output);
    belongs(sheet, output);
    goes_on(sheet, zone, output);
    let hints: Vec<String> =
        next_steps(sheet).into_iter().map(|(command, why)| format!("`{command}` {}", output.say(why))).collect();
    output.hints(&hints);
}

fn headline(sheet: &Sheet, output: &Output) {
    let line = &sheet.line;
    let label = output.say(Text::new("Date that counts", "采用日期"));
    let phase = output.say(line.phase.text());
    let phase_word = output.say(Text::new("phase", "阶段"));
    let counts = match (&line.date_that_counts, line.left) {
        (Some(counts), Some(time)) => {
            let time = match time {
                Left::Over(_) | Left::Today => left(time),
                _ => {
                    let time = left(time);
                    words!(en: "{} left", zh: "还剩 {}", if output.lang == Lang::Zh { &time.zh } else { &time.en })
                }
            };
            let open = if output.lang == Lang::Zh { ("（", "）") } else { (" (", ")") };
            format!("{}{}{}{}", counts.date, open.0, time.get(output.lang), open.1)
        }
        _ => format!("??  {}", not_checked(output)),
    };
    output.line(format!("{label}  {counts}   {phase_word} {phase}   {}", intent(sheet, output)));
    let same = |local: &str| local.is_empty() || local == line.phase.code() || local == line.phase.text().en;
    if let Some(local) = sheet.dates.local_name.as_ref().filter(|local| !same(local)) {
        let local = safe(local);
        let says = words!(en: "the registry calls it: {local}", zh: "注册局称为：{local}");
        output.line(format!("  {}", says.get(output.lang)));
    }
}

fn intent(sheet: &Sheet, output: &Output) -> String {
    let label = output.say(Text::new("decision", "处置"));
    let word = match (sheet.line.intent, sheet.line.ending) {
        (Intent::Renew, _) => output.say(Text::new("renew", "续费")).to_owned(),
        (Intent::Undecided, _) => output.say(Text::new("none, kept until one is made", "未定，在决定前保持持有")).to_owned(),
        (Intent::Retire, None) => output.say(Text::new("retire, default hold (dark)", "退役，默认持有（停放）")).to_owned(),
        (Intent::Retire, Some(ending)) => {
            format!("{}{}", output.say(Text::new("retire: ", "退役：")), output.say(ending.text()))
        }
    };
    format!("{label} {word}")
}

const fn name_of(which: Which) -> Text {
    match which {
        Which::Registry => Text::new("registry", "注册局"),
        Which::Registrar => Text::new("registrar", "注册商"),
        Which::PaidUntil => Text::new("paid until", "已付费至"),
    }
}

/// The three dates, each with its source, its age, and whether it counts.
fn expiries(sheet: &Sheet, now: Timestamp, output: &Output) -> Vec<String> {
    let told = |view: &ExpiryView| match (view.source, view.at) {
        (Some(source), Some(at)) => {
            let (source, old) = (output.say(source.text()), age(at, now));
            words!(en: "{source}, {}", zh: "{source}，{}", old.get(output.lang)).get(output.lang).to_owned()
        }
        _ => "--".to_owned(),
    };
    let middle = sheet.expiries.iter().map(|view| cells(&told(view))).max().unwrap_or(0);
    let mut lines = Vec::new();
    for view in &sheet.expiries {
        let date = view.date.map_or_else(|| "--".to_owned(), |date| date.to_string());
        let why = view.why.get(output.lang);
        let verdict = match (view.used, view.date) {
            (true, _) => words!(en: "USED: {why}", zh: "采用：{why}"),
            (false, Some(_)) => words!(en: "not used: {why}", zh: "未采用：{why}"),
            (false, None) => words!(en: "{why}", zh: "{why}"),
        };
        let front = format!("  {}  {}  {}  ", pad(output.say(name_of(view.which)), 10), pad(&date, 10), pad(&told(view), middle));
        let room = output.width.saturating_sub(cells(&front)).max(24);
        for (i, piece) in wrap(&safe(verdict.get(output.lang)), room).iter().enumerate() {
            let before = if i == 0 { front.clone() } else { " ".repeat(cells(&front)) };
            lines.push(format!("{before}{piece}"));
        }
    }
    lines
}

fn life(sheet: &Sheet, zone: &TimeZone, now: Timestamp, output: &Output) {
    let today = zone.to_datetime(now).date();
    let drawn = timeline::draw(&sheet.life, today, output.width.saturating_sub(2), output.lang);
    if drawn.is_empty() {
        for stretch in sheet.life.iter().filter(|_| sheet.dates.unknown.is_none()) {
            let until = stretch.until.map_or_else(String::new, |day| {
                words!(en: "until {day}", zh: "至 {day}").get(output.lang).to_owned()
            });
            output.line(format!("  {}  {until}", pad(output.say(stretch.phase.text()), 24)).trim_end());
        }
    }
    for line in &drawn {
        output.line(format!("  {line}"));
    }
    if !drawn.is_empty() {
        let rules = match (&sheet.dates.lookup.row, &sheet.dates.lookup.overlay) {
            (Some(row), Some(overlay)) => words!(en: "rules of .{row} at {overlay}", zh: "{overlay} 对 .{row} 的规则"),
            (Some(row), None) => words!(en: "rules of .{row}", zh: ".{row} 的规则"),
            _ => words!(en: "rules", zh: "规则"),
        };
        let rules = rules.get(output.lang);
        let legend = words!(
            en: "= known   . and ~ forecast by the {rules}", zh: "= 已知   . 与 ~ 为预测，依据 {rules}"
        );
        output.line(format!("  {}", legend.get(output.lang)));
    }
}

fn section(label: Text, lines: &[String], output: &Output) {
    let room = output.width.saturating_sub(WIDE + 2).max(24);
    let wrapped: Vec<String> = lines
        .iter()
        .flat_map(|line| {
            let pieces = wrap(&safe(line), room);
            pieces.into_iter().enumerate().map(|(i, piece)| if i == 0 { piece } else { format!("  {piece}") })
        })
        .collect();
    output.block(label, WIDE, &wrapped);
}

fn rights(sheet: &Sheet, output: &Output) {
    let lang = output.lang;
    let may: Vec<String> = sheet
        .dates
        .acts
        .iter()
        .map(|act| {
            let word = output.say(act.act.text());
            let until = act.until.as_ref().map_or_else(String::new, |until| {
                let (earliest, latest) = (&until.earliest, until.latest.as_deref().unwrap_or("??"));
                let day = until.typical.as_ref().unwrap_or(earliest);
                let says = if earliest == latest {
                    words!(en: " until {day}", zh: "（至 {day}）")
                } else {
                    words!(en: " until {day} ({earliest} .. {latest})", zh: "（至 {day}，{earliest} .. {latest}）")
                };
                says.get(lang).to_owned()
            });
            let bar = act.blocked_by.map_or_else(String::new, |status| {
                words!(en: " (held by {status})", zh: "（受 {status} 限制）").get(lang).to_owned()
            });
            format!("{word}{until}{bar}")
        })
        .collect();
    let joined = may.join(if lang == Lang::Zh { "，" } else { ", " });
    section(Text::new("May now", "现在可以"), &if joined.is_empty() { Vec::new() } else { vec![joined] }, output);
    let unknown: Vec<String> = sheet.dates.unknown.iter().map(|words| format!("?? {}", words.get(lang))).collect();
    section(Text::new("Unknown", "未知"), &unknown, output);
    let listed = |words: Vec<&str>| -> Vec<String> { words.into_iter().map(|text| format!("- {text}")).collect() };
    let traps = listed(sheet.dates.traps.iter().map(|trap| trap.words.get(lang)).collect());
    section(Text::new("Traps", "注意"), &traps, output);
    let asks = listed(sheet.dates.asks.iter().map(|words| words.get(lang)).collect());
    section(Text::new("Ask", "须询问"), &asks, output);
}

/// Dates still to come; where the bounds differ, all three.
fn coming(sheet: &Sheet, now: Timestamp, zone: &TimeZone, output: &Output) {
    let today = zone.to_datetime(now).date().to_string();
    let lines: Vec<String> = sheet
        .dates
        .events
        .iter()
        .filter(|event| event.latest.as_ref().or(event.typical.as_ref()).is_none_or(|day| *day >= today))
        .map(|event| {
            let shown = |day: &Option<String>| day.clone().unwrap_or_else(|| "??".to_owned());
            let typical = event.typical.clone().or_else(|| event.earliest.clone()).unwrap_or_else(|| "??".to_owned());
            let bounds = if event.earliest == event.latest {
                String::new()
            } else {
                format!("  ({} .. {})", shown(&event.earliest), shown(&event.latest))
            };
            let mark = if event.provisional { output.say(Text::new("  provisional", "  暂定")) } else { "" };
            format!("{typical}  {}{bounds}{mark}", output.say(event.kind.text()))
        })
        .collect();
    output.block(Text::new("To come", "今后日期"), WIDE, &lines);
}

fn found(sheet: &Sheet, zone: &TimeZone, now: Timestamp, output: &Output) {
    let run = sheet.check_points.iter().filter(|point| point.at.is_some()).count();
    let all = sheet.check_points.len();
    let rest = all - run;
    let says = words!(
        en: "{all} check-points: {run} run, {rest} not checked", zh: "{all} 个检查点：已运行 {run} 个，未检查 {rest} 个"
    );
    let mut lines = vec![says.get(output.lang).to_owned()];
    for point in sheet.check_points.iter().filter(|point| point.at.is_some() && point.level > Level::Ok) {
        let when = point.at.map_or_else(String::new, |at| {
            format!("{}  {}", instant(at, zone), age(at, now).get(output.lang))
        });
        lines.push(format!("{}  {}  {when}", output.level(point.level), point.code));
    }
    output.block(Text::new("Findings", "发现项"), WIDE, &lines);
}

/// Whose it is and what it costs.
fn belongs(sheet: &Sheet, output: &Output) {
    let line = &sheet.line;
    let mut lines = Vec::new();
    let mut add = |label: Text, value: Option<String>| {
        if let Some(value) = value {
            lines.push(format!("{} {}", output.say(label), safe(&value)));
        }
    };
    add(Text::new("registrar", "注册商"), line.registrar.clone());
    add(Text::new("account", "账号"), line.account.clone());
    add(Text::new("owner", "负责人"), line.owner.clone());
    add(Text::new("cost centre", "成本中心"), line.cost_centre.clone());
    add(Text::new("auto-renew", "自动续费"), Some(line.auto_renew.as_ref().map_or_else(|| not_checked(output), |told| {
        let on = output.say(if told.value { Text::new("on", "开") } else { Text::new("off", "关") });
        let by = output.say(known_by(told.source));
        if output.lang == Lang::Zh { format!("{on}（{by}）") } else { format!("{on} ({by})") }
    })));
    add(Text::new("price a year", "年费"), Some(line.price.as_ref().map_or_else(|| not_checked(output), |told| {
        money(&told.value, output.lang)
    })));
    add(Text::new("tags", "标签"), (!line.tags.is_empty()).then(|| line.tags.join(", ")));
    let joined = lines.join("   ");
    section(Text::new("Belongs to", "归属"), &[joined], output);
}

fn goes_on(sheet: &Sheet, zone: &TimeZone, output: &Output) {
    let runs: Vec<String> = sheet
        .runs
        .iter()
        .map(|run| {
            let state = output.say(if run.open { Text::new("under way", "进行中") } else { Text::new("ended", "已结束") });
            format!("{}  {state}  {}", run.id, instant(run.at, zone))
        })
        .collect();
    let none = [output.say(Text::new("none", "无")).to_owned()];
    output.block(Text::new("Runs", "流程"), WIDE, if runs.is_empty() { &none } else { &runs });
    let changes: Vec<String> = sheet
        .changes
        .iter()
        .map(|change| format!("{}  {}", instant(change.at, zone), change.says.get(output.lang)))
        .collect();
    section(Text::new("Changes", "变化"), &changes, output);
}

/// Commands that lead on, with what they are for.
fn next_steps(sheet: &Sheet) -> Vec<(String, Text)> {
    let name = sheet.line.name.a_label();
    let mut steps = Vec::new();
    if let Some(run) = sheet.runs.iter().find(|run| run.open) {
        steps.push((format!("namekeep explain {}", run.id), Text::new("says where the run stands", "说明流程进展")));
    }
    if sheet.line.date_that_counts.is_none() || sheet.check_points.iter().all(|point| point.at.is_none()) {
        steps.push((format!("namekeep check {name}"), Text::new("looks at it now", "立即查看")));
    }
    let over = matches!(sheet.line.left, Some(Left::Over(_) | Left::Today | Left::Hours(_)));
    if over && sheet.line.phase.renewable() {
        steps.push((format!("namekeep plan renew {name}"), Text::new("plans its renewal", "计划续费")));
    } else if sheet.line.phase != PhaseKind::Released {
        steps.push((
            format!("namekeep rehearse {name}"),
            Text::new("plays its retirement on a simulated calendar", "在模拟日历上演练退役"),
        ));
    }
    steps
}

fn document(sheet: &Sheet, now: Timestamp) -> Value {
    let mut item = serde_json::to_value(sheet).unwrap_or_default();
    // The dates carry the name as a small tool prints it; here the item names it in both forms.
    if let Some(dates) = item.get_mut("dates").and_then(Value::as_object_mut) {
        dates.remove("name");
    }
    let unseen: Vec<Value> = sheet
        .check_points
        .iter()
        .filter(|point| point.level == Level::NotChecked)
        .map(|point| json!({ "what": point.code, "name": sheet.line.name }))
        .collect();
    let steps: Vec<String> = next_steps(sheet).into_iter().map(|(command, _)| command).collect();
    json!({
        "schema": "namekeep/show/1",
        "generated_at": now,
        "as_of": sheet.line.seen.unwrap_or(now),
        "items": [item],
        "not_checked": unseen,
        "next_steps": steps,
    })
}
