//! `namekeep check`: looks at names now and prints what was found, the worst first.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::tz::TimeZone;
use namekeep_assess::watch::{Profile, not_checked, profile};
use namekeep_lifecycle::EventKind;
use namekeep_model::name::NameProblem;
use namekeep_model::{DomainName, Finding, FindingCode, Lang, Level, Text, Timestamp, Words, words};
use namekeep_rules::Rulebook;
use namekeep_service::block::block_on;
use namekeep_service::check::{self, Checked, Desk, Network, Options, Progress, RUNNING, Targets};
use namekeep_service::portfolio::{Sheet, sheet};
use namekeep_service::workspace::Workspace;
use namekeep_service::{Exit, Failure, files};
use namekeep_store::SqliteStore;
use serde_json::{Value, json};

use super::input::each_line;
use super::known;
use super::words::{age, count, instant};
use crate::args::{Check, Global, LevelArg};
use crate::output::{Output, cells, cut, safe, wrap};

/// Largest file of roots or tape read, in bytes; their readers' own limits are not above it.
const LARGEST: u64 = 64 << 20;
/// Without a terminal, how often a line says how far it is.
const EVERY: Duration = Duration::from_secs(30);
/// Most cells of a name.
const NAME: usize = 40;

pub(crate) fn run(args: &Check, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let network = Network::new(&options(args)?, now)?;
    let workspace = match (args.names.is_empty(), Workspace::exists(&global.workspace)) {
        (false, false) => None,
        _ => Some(Workspace::open(&global.workspace)?),
    };
    let output = &match &workspace {
        Some(workspace) => output.speaking(workspace.settings().language),
        None => output.clone(),
    };
    let targets = targets(args, workspace.as_ref())?;
    for rejected in &targets.rejected {
        reject(rejected, output);
    }
    if targets.names.is_empty() {
        return Err(nobody(&targets));
    }
    let rules = match &workspace {
        Some(workspace) => workspace.rules.clone(),
        None => Rulebook::embedded()?,
    };
    let zone = workspace.as_ref().map_or_else(known::zone, Workspace::zone);
    let profile = Profile::parse(profile::DEFAULT.as_bytes()).map_err(|error| {
        Failure::new(error.code(), Exit::Internal, words!(en: "{error}", zh: "{error}")).hint(error.hint())
    })?;
    let desk = Desk { network: &network, rules: &rules, profile: &profile, zone: &zone, now: network.now() };
    let store = workspace.as_ref().map(|workspace| &workspace.store);
    let checked = look(&desk, store, &targets.names, output)?;
    if let Some(path) = &args.record {
        files::replace(path, checked.tape.to_lines()?.as_bytes(), 0o600)?;
    }
    let report = Report { checked: &checked, targets: &targets, zone: &zone, now: network.now(), kept: workspace.is_some() };
    report.print(args, output);
    match (checked.is_blind(), output.json) {
        (true, true) => Ok(Exit::Network),
        (true, false) => Err(check::blind()),
        (false, _) => Ok(verdict(&checked, args.fail_on)),
    }
}

fn options(args: &Check) -> Result<Options, Failure> {
    let read = |path: &std::path::PathBuf| {
        files::read_bounded(path, LARGEST).map_err(|e| Failure::file(path, Text::new("the file cannot be read", "无法读取文件"), &e))
    };
    Ok(Options {
        resolver: args.resolver.clone(),
        dns_port: args.dns_port,
        rdap_base: args.rdap_base.clone(),
        whois_server: args.whois_server.clone(),
        tls_port: args.tls_port,
        tls_roots: args.tls_roots.as_ref().map(read).transpose()?,
        allow_net: args.allow_net.clone(),
        record: args.record.is_some(),
        replay: args.replay.as_ref().map(read).transpose()?,
    })
}

/// The names asked for: those typed (`-`: one a line of standard input), else all of the workspace.
fn targets(args: &Check, workspace: Option<&Workspace>) -> Result<Targets, Failure> {
    let mut targets = Targets::default();
    if let (true, Some(workspace)) = (args.names.is_empty(), workspace) {
        return block_on(Targets::of(&workspace.store));
    }
    let mut place = 0;
    for text in &args.names {
        each_line(text, |line| {
            place += 1;
            if !line.trim().is_empty() {
                targets.read(place, line);
            }
        })?;
    }
    Ok(targets)
}

fn reject((place, text, error): &(usize, String, namekeep_model::name::NameError), output: &Output) {
    let (shown, why, at) = (cut(&safe(text), NAME), error.message(), error.position);
    let says = words!(
        en: "name {place} `{shown}` is left out: {} (character {at})",
        zh: "第 {place} 个名称“{shown}”已略过：{}（第 {at} 个字符）",
        if output.lang == Lang::Zh { &why.zh } else { &why.en }
    );
    let word = output.say(Text::new("warning", "警告"));
    output.note(format!("{word}[{}]: {}", error.number(), safe(says.get(output.lang))));
}

fn nobody(targets: &Targets) -> Failure {
    if targets.rejected.is_empty() {
        return Failure::new("E8302", Exit::Usage, Text::new("the workspace holds no names", "工作区内没有域名"))
            .hint(Text::new("read a list: `namekeep init names.txt`", "读入清单：`namekeep init names.txt`"));
    }
    Failure::new("E8301", Exit::Usage, Text::new("none of the names can be looked at", "没有可检查的域名"))
        .hint(Text::new("write names as `example.com` or `示例.中国`", "请写成 `example.com` 或 `示例.中国`"))
}

/// Runs the looks and says meanwhile how far they are: a bar, or a line now and then.
fn look(desk: &Desk<'_>, store: Option<&SqliteStore>, names: &[DomainName], output: &Output) -> Result<Checked, Failure> {
    if output.progress {
        let bar = ProgressBar::new(names.len() as u64);
        let word = output.say(Text::new("checking", "检查中"));
        let shown = output.say(Text::new("names", "个域名"));
        let template = format!("{word} [{{bar:22}}] {{pos}}/{{len}} {shown}  {{msg}}  {{elapsed}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("##-"));
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        let questions = output.say(Text::new("questions", "次查询"));
        let done = namekeep_probe::block_on(check::check(desk, store, names, |progress: Progress| {
            bar.set_position(progress.done as u64);
            bar.set_message(format!("{} {questions}", progress.questions));
        }));
        bar.finish_and_clear();
        return done?;
    }
    let (tell, told) = mpsc::channel();
    let lines = output.clone();
    let total = names.len();
    // A thread, so that a line comes even while every look waits.
    let teller = std::thread::spawn(move || {
        let mut done = 0;
        loop {
            match told.recv_timeout(EVERY) {
                Ok(now) => done = now,
                Err(RecvTimeoutError::Timeout) => {
                    lines.note(words!(en: "checking: {done} of {total} names done", zh: "检查中：已完成 {done}/{total} 个域名").get(lines.lang));
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    });
    let done = namekeep_probe::block_on(check::check(desk, store, names, move |progress: Progress| {
        // The teller ends after the sender: it is always there to listen.
        let _ = tell.send(progress.done);
    }));
    let _ = teller.join();
    done?
}

fn verdict(checked: &Checked, fail_on: LevelArg) -> Exit {
    let bar = match fail_on {
        LevelArg::Never => return Exit::Ok,
        LevelArg::Critical => Level::Critical,
        LevelArg::Warning => Level::Warning,
        LevelArg::Notice => Level::Notice,
    };
    let worst = checked.names.iter().flat_map(|outcome| &outcome.findings).map(|finding| finding.level).max();
    if worst.is_some_and(|worst| worst >= bar) { Exit::Findings } else { Exit::Ok }
}

/// The answer, as a table or as one document.
struct Report<'a> {
    checked: &'a Checked,
    targets: &'a Targets,
    zone: &'a TimeZone,
    now: Timestamp,
    /// A workspace keeps what was seen, so that the next run tells only what is new.
    kept: bool,
}

impl Report<'_> {
    fn print(&self, args: &Check, output: &Output) {
        if output.json {
            return output.json_document(&self.document(output.lang));
        }
        let news = |name: &DomainName| {
            let changed = self.checked.names.iter().find(|outcome| outcome.name == *name);
            args.full || changed.is_none_or(|outcome| outcome.changed)
        };
        let found: Vec<&Finding> = self.checked.findings().into_iter().filter(|f| news(&f.name)).collect();
        let mut rows: Vec<[String; 5]> = found.iter().map(|finding| self.row(finding, output)).collect();
        rows.extend(self.unseen_rows(&news, output));
        if args.full {
            rows.extend(self.fine_rows(output));
        }
        if !rows.is_empty() {
            table(rows, output);
        }
        output.line(self.summary(output));
        if args.why {
            why(output);
        }
        let hints: Vec<String> = self.steps().into_iter().map(|(command, why)| format!("`{command}` {}", output.say(why))).collect();
        if !self.checked.is_blind() {
            output.hints(&hints);
        }
    }

    fn row(&self, finding: &Finding, output: &Output) -> [String; 5] {
        let since = if finding.since == self.now {
            output.say(Text::new("now", "现在")).to_owned()
        } else {
            let day = self.zone.to_datetime(finding.since).date();
            words!(en: "since {day}", zh: "自 {day}").get(output.lang).to_owned()
        };
        [
            output.level(finding.level),
            finding.code.to_string(),
            shown(&finding.name),
            safe(finding.says.get(output.lang)),
            since,
        ]
    }

    /// What could not be looked at: one row a name, or one for many names with the same reason.
    fn unseen_rows(&self, news: &impl Fn(&DomainName) -> bool, output: &Output) -> Vec<[String; 5]> {
        let mut rows: Vec<([String; 5], usize)> = Vec::new();
        for outcome in self.checked.names.iter().filter(|outcome| news(&outcome.name)) {
            let unseen: Vec<&Finding> = outcome.findings.iter().filter(|f| f.level == Level::NotChecked).collect();
            if unseen.is_empty() {
                continue;
            }
            let codes: Vec<String> = unseen.iter().map(|finding| finding.code.to_string()).collect();
            let mut reasons: Vec<&str> = Vec::new();
            for finding in &unseen {
                let says = finding.says.get(output.lang);
                if !reasons.contains(&says) {
                    reasons.push(says);
                }
            }
            let read = match outcome.read_at {
                Some(at) => age(at, self.now).get(output.lang).to_owned(),
                None => "--".to_owned(),
            };
            let text = safe(&reasons.join(if output.lang == Lang::Zh { "；" } else { "; " }));
            let row = [output.level(Level::NotChecked), codes.join(" "), shown(&outcome.name), text, read];
            let alike = |old: &[String; 5]| (old.get(1), old.get(3), old.get(4)) == (row.get(1), row.get(3), row.get(4));
            match rows.iter_mut().find(|(old, _)| alike(old)) {
                Some((_, more)) => *more += 1,
                None => rows.push((row, 0)),
            }
        }
        rows.into_iter()
            .map(|(mut row, more)| {
                if let Some(name) = row.get_mut(2).filter(|_| more > 0) {
                    let all = more + 1;
                    let and = words!(en: "{name} and {more} more", zh: "{name} 等 {all} 个");
                    *name = and.get(output.lang).to_owned();
                }
                row
            })
            .collect()
    }

    fn fine_rows(&self, output: &Output) -> Vec<[String; 5]> {
        let fine = self.checked.names.iter().filter(|outcome| outcome.level == Level::Ok);
        fine.map(|outcome| {
            let says = match &outcome.counts_on {
                Some(counts) => {
                    let (date, which) = (counts.date, counts.which.text());
                    Words { en: format!("until {date} ({})", which.en), zh: format!("至 {date}（{}）", which.zh) }
                }
                None => Text::new("nothing found", "未发现问题").into(),
            };
            let now = output.say(Text::new("now", "现在")).to_owned();
            [output.level(Level::Ok), String::new(), shown(&outcome.name), says.get(output.lang).to_owned(), now]
        })
        .collect()
    }

    /// One line: names by level, check-points by whether they run.
    fn summary(&self, output: &Output) -> String {
        let zh = output.lang == Lang::Zh;
        let names = self.checked.names.len() as u64;
        let of = |level: Level| self.checked.names.iter().filter(|outcome| outcome.level == level).count() as u64;
        let levels = [
            (Level::Critical, Text::new("critical", "紧急")),
            (Level::Warning, Text::new("warning", "警告")),
            (Level::Notice, Text::new("notice", "提示")),
            (Level::NotChecked, Text::new("not checked", "未检查")),
            (Level::Ok, Text::new("fine", "正常")),
        ];
        let parts: Vec<String> = levels
            .into_iter()
            .filter(|(level, _)| of(*level) > 0)
            .map(|(level, word)| if zh { format!("{} {}", word.zh, of(level)) } else { format!("{} {}", of(level), word.en) })
            .collect();
        let (all, run) = (FindingCode::watch().count(), if self.checked.is_blind() { 0 } else { RUNNING.len() });
        let mut line = if zh {
            format!("{names} 个域名：{}。{all} 个检查点：运行 {run} 个，{} 个未检查（`--why`）", parts.join("，"), all - run)
        } else {
            format!("{}: {}.  {all} check-points: {run} run, {} not checked (`--why`)", count(names, "name", "names"), parts.join(", "), all - run)
        };
        if self.kept && !self.checked.is_blind() {
            let quiet = self.checked.names.iter().filter(|outcome| !outcome.changed).count();
            if quiet > 0 {
                let says = if quiet == self.checked.names.len() {
                    Text::new(".  Nothing changed since the last check (`--full`)", "。与上次检查相比没有变化（`--full`）").into()
                } else {
                    words!(en: ".  {quiet} without change (`--full`)", zh: "。{quiet} 个无变化（`--full`）")
                };
                line.push_str(says.get(output.lang));
            }
        }
        line
    }

    /// Commands that lead on, with what they are for.
    fn steps(&self) -> Vec<(String, Text)> {
        let mut steps = Vec::new();
        if self.checked.is_blind() {
            steps.push(("namekeep demo".to_owned(), Text::new("shows everything in a closed world", "在封闭世界中演示全部功能")));
            return steps;
        }
        if let Some(finding) = self.checked.findings().first() {
            let (code, name) = (finding.code, finding.name.a_label());
            if self.kept {
                steps.push((format!("namekeep explain {code} {name}"), Text::new("shows its proof and what to do", "显示证据与处理办法")));
            } else {
                steps.push((format!("namekeep explain {code}"), Text::new("says what it looks at and why", "说明检查内容与原因")));
                steps.push(("namekeep init names.txt".to_owned(), Text::new("keeps your list, and tells only what is new", "管理清单，此后只报告变化")));
            }
        }
        steps
    }

    fn document(&self, lang: Lang) -> Value {
        let checked = self.checked;
        let names: Vec<Value> = checked
            .names
            .iter()
            .map(|outcome| {
                let points: serde_json::Map<String, Value> =
                    outcome.rounds.iter().map(|(code, level)| (code.to_string(), json!(level))).collect();
                json!({
                    "name": outcome.name, "level": outcome.level, "check_points": points,
                    "date_that_counts": outcome.counts_on, "phase": outcome.phase, "registry": outcome.registry,
                })
            })
            .collect();
        let unseen = checked.not_checked().map(|finding| {
            json!({ "code": finding.code, "name": finding.name, "why": finding.says, "since": finding.since })
        });
        let later = FindingCode::watch().filter_map(|code| {
            let why = not_checked(code)?;
            Some(json!({ "code": code, "name": null, "looks_at": why.looks_at, "why": needs(why.needs) }))
        });
        let not_checked: Vec<Value> = unseen.chain(later).collect();
        let rejected: Vec<Value> = self
            .targets
            .rejected
            .iter()
            .map(|(place, text, error)| json!({ "place": place, "input": text, "error": NameProblem::of(error, lang) }))
            .collect();
        let mut levels = serde_json::Map::new();
        for outcome in &checked.names {
            let key = json!(outcome.level).as_str().unwrap_or_default().to_owned();
            let n = levels.get(&key).and_then(Value::as_u64).unwrap_or(0);
            levels.insert(key, json!(n + 1));
        }
        let run = if checked.is_blind() { 0 } else { RUNNING.len() };
        let steps: Vec<String> = self.steps().into_iter().map(|(command, _)| command).collect();
        json!({
            "schema": "namekeep/check/1",
            "generated_at": self.now,
            "as_of": self.now,
            "counts": { "names": checked.names.len(), "levels": levels, "check_points": FindingCode::watch().count(), "run": run },
            "items": checked.findings(),
            "names": names,
            "rejected": rejected,
            "not_checked": not_checked,
            "next_steps": steps,
        })
    }
}

fn needs(what: Text) -> Words {
    Words { en: format!("needs {}", what.en), zh: format!("需要{}", what.zh) }
}

fn shown(name: &DomainName) -> String {
    cut(&safe(&name.to_string()), NAME)
}

/// Prints rows; a long finding goes on in the lines below, in its own column.
fn table(rows: Vec<[String; 5]>, output: &Output) {
    let headings = [
        Text::new("LEVEL", "级别"),
        Text::new("CODE", "代码"),
        Text::new("NAME", "域名"),
        Text::new("FINDING", "发现"),
        Text::new("SEEN", "所见"),
    ]
    .map(|text| output.say(text));
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cells(cell)).max().unwrap_or(0);
    let others: usize = [0, 1, 2, 4].into_iter().map(widest).sum();
    let room = output.width.saturating_sub(others + 8).max(36);
    let mut lines: Vec<Vec<String>> = Vec::new();
    for [level, code, name, says, seen] in rows {
        let mut pieces = wrap(&says, room).into_iter();
        lines.push(vec![level, code, name, pieces.next().unwrap_or_default(), seen]);
        let blank = String::new;
        lines.extend(pieces.map(|piece| vec![blank(), blank(), blank(), piece, blank()]));
    }
    output.table(&headings, &lines, &[]);
}

/// The check-points that do not run yet, each with what it needs.
fn why(output: &Output) {
    let headings = [Text::new("CODE", "代码"), Text::new("WOULD LOOK AT", "检查内容"), Text::new("NEEDS", "需要")].map(|text| output.say(text));
    let rows: Vec<Vec<String>> = FindingCode::watch()
        .filter_map(|code| {
            let why = not_checked(code)?;
            Some(vec![code.to_string(), output.say(why.looks_at).to_owned(), output.say(why.needs).to_owned()])
        })
        .collect();
    output.line("");
    output.table(&headings, &rows, &[]);
}

/// `explain CODE NAME`: the findings of a check-point on a name, with their proof.
pub(crate) fn explain(code: FindingCode, text: &str, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let workspace = Workspace::open(&global.workspace)?;
    let output = &output.speaking(workspace.settings().language);
    let (record, kept) = block_on(check::finding(&workspace.store, code, text))?;
    let name = &record.row.name;
    let state = record.facts.findings.get(&code);
    let steps = [format!("namekeep explain {code}"), format!("namekeep show {}", name.a_label())];
    if output.json {
        output.json_document(&json!({
            "schema": "namekeep/explain-finding/1",
            "generated_at": now,
            "as_of": state.map_or(kept.at, |state| state.at),
            "code": code,
            "name": name,
            "items": kept.findings.iter().filter(|f| f.level != Level::NotChecked).collect::<Vec<_>>(),
            "not_checked": kept.findings.iter().filter(|f| f.level == Level::NotChecked).collect::<Vec<_>>(),
            "next_steps": steps,
        }));
        return Ok(Exit::Ok);
    }
    output.line(output.heading(&format!("{code}  {}", safe(&name.to_string()))));
    print_findings(&kept.findings, &workspace.zone(), output);
    if let Some(state) = state {
        let at = instant(state.at, &workspace.zone());
        output.line(words!(en: "looked at last {at}", zh: "最近检查 {at}").get(output.lang));
    }
    output.hints(&[
        format!("`{}` {}", steps[0], output.say(Text::new("says what it looks at, its limits and its sources", "说明检查内容、限度与依据"))),
        format!("`namekeep check {}` {}", name.a_label(), output.say(Text::new("looks again", "重新检查"))),
    ]);
    Ok(Exit::Ok)
}

/// `explain NAME`: which date counts and why, what happens if nobody acts, what was found.
pub(crate) fn explain_name(text: &str, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let workspace = Workspace::open(&global.workspace)?;
    let output = &output.speaking(workspace.settings().language);
    let zone = workspace.zone();
    let sheet = block_on(sheet(&workspace.store, &workspace.rules, &zone, text, now))?;
    let (record, kept) = block_on(check::earlier(&workspace.store, text))?;
    let (name, label) = (&record.row.name, record.row.name.a_label());
    let findings = kept.as_ref().map(|kept| kept.findings.as_slice()).unwrap_or_default();
    let fate = fate(&sheet);
    let first = findings.iter().filter(|finding| finding.level > Level::NotChecked).max_by_key(|finding| finding.level);
    let mut steps = vec![(format!("namekeep show {label}"), Text::new("shows everything known of it", "显示全部已知信息"))];
    match first {
        Some(finding) => {
            let proof = Text::new("shows the proof and what to do", "显示证据与处理办法");
            steps.insert(0, (format!("namekeep explain {} {label}", finding.code), proof));
        }
        None if kept.is_none() => steps.insert(0, (format!("namekeep check {label}"), Text::new("looks at it now", "立即检查"))),
        None => {}
    }
    if output.json {
        let commands: Vec<&String> = steps.iter().map(|(command, _)| command).collect();
        output.json_document(&json!({
            "schema": "namekeep/explain-name/1",
            "generated_at": now,
            "as_of": sheet.line.seen.unwrap_or(now),
            "name": name,
            "date_that_counts": sheet.line.date_that_counts,
            "phase": sheet.line.phase,
            "if_nobody_acts": fate,
            "events": sheet.dates.events,
            "items": findings.iter().filter(|f| f.level != Level::NotChecked).collect::<Vec<_>>(),
            "not_checked": findings.iter().filter(|f| f.level == Level::NotChecked).collect::<Vec<_>>(),
            "next_steps": commands,
        }));
        return Ok(Exit::Ok);
    }
    output.line(output.heading(&safe(&name.to_string())));
    let phase = sheet.line.phase.text();
    let mut says = vec![match &sheet.line.date_that_counts {
        Some(counts) => {
            let (date, which, why) = (counts.date, counts.which.text(), &counts.why);
            Words {
                en: format!("{date} counts ({}): {}. Phase: {}", which.en, why.en, phase.en),
                zh: format!("以 {date} 为准（{}）：{}。阶段：{}", which.zh, why.zh, phase.zh),
            }
        }
        None => Words {
            en: format!("no expiry date is known; nothing can be planned on it. Phase: {}", phase.en),
            zh: format!("到期日未知，无法据此计划。阶段：{}", phase.zh),
        },
    }];
    says.push(fate);
    for words in &says {
        for line in wrap(&safe(words.get(output.lang)), output.width) {
            output.line(line);
        }
    }
    match &kept {
        None => output.line(output.say(Text::new("Nothing has been checked yet", "尚未检查"))),
        Some(kept) if kept.findings.is_empty() => output.line(output.say(Text::new("The last check found nothing", "最近一次检查未发现问题"))),
        Some(kept) => print_findings(&kept.findings, &zone, output),
    }
    let hints: Vec<String> = steps.iter().map(|(command, why)| format!("`{command}` {}", output.say(*why))).collect();
    output.hints(&hints);
    Ok(Exit::Ok)
}

/// What becomes of a name if nobody does anything from now on.
fn fate(sheet: &Sheet) -> Words {
    let event = |kind: EventKind| {
        let event = sheet.dates.events.iter().find(|event| event.kind == kind)?;
        event.earliest.clone().or_else(|| event.typical.clone())
    };
    let expiry = sheet.line.date_that_counts.as_ref().map(|counts| counts.date.to_string());
    let Some(expiry) = expiry else {
        return Text::new("If nobody acts: not known; ask the registrar today", "若无人处理：未知；请今天联系注册商").into();
    };
    let mut loss = words!(en: "it expires on {expiry}", zh: "{expiry} 到期");
    if let Some(day) = event(EventKind::LastSafeRescueDay) {
        loss.en.push_str(&format!("; the last safe rescue day is {day}"));
        loss.zh.push_str(&format!("；最后稳妥挽救日 {day}"));
    }
    if let Some(day) = event(EventKind::Purge) {
        loss.en.push_str(&format!("; from about {day} on anyone may register it"));
        loss.zh.push_str(&format!("；约 {day} 起任何人可注册"));
    }
    match sheet.line.auto_renew.as_ref().map(|told| told.value) {
        Some(true) => {
            let day = event(EventKind::ChargeDay).unwrap_or(expiry);
            words!(en: "If nobody acts: auto-renew is on, it renews about {day} while the account can pay", zh: "若无人处理：自动续费已开，约 {day} 续费（账户须有余额）")
        }
        Some(false) => Words { en: format!("If nobody acts: auto-renew is off; {}", loss.en), zh: format!("若无人处理：自动续费已关；{}", loss.zh) },
        None => Words {
            en: format!("If nobody acts: whether auto-renew is on was not checked; where it is off, {}", loss.en),
            zh: format!("若无人处理：自动续费状态未检查；若已关，则{}", loss.zh),
        },
    }
}

/// Findings in full: level, sentence, first day, digests of the answers they rest on.
pub(crate) fn print_findings(findings: &[Finding], zone: &TimeZone, output: &Output) {
    for finding in findings {
        let front = format!("{}  ", output.level(finding.level));
        let room = output.width.saturating_sub(cells(&front)).max(36);
        let indent = " ".repeat(cells(&front));
        for (i, piece) in wrap(&safe(finding.says.get(output.lang)), room).iter().enumerate() {
            output.line(format!("{}{piece}", if i == 0 { &front } else { &indent }));
        }
        let since = instant(finding.since, zone);
        output.line(format!("{indent}{}", words!(en: "since {since}", zh: "自 {since}").get(output.lang)));
        let proofs = finding.evidence.len();
        for digest in finding.evidence.iter().take(PROOFS) {
            output.line(format!("{indent}{}", words!(en: "proof {digest}", zh: "证据 {digest}").get(output.lang)));
        }
        if proofs > PROOFS {
            let more = proofs - PROOFS;
            output.line(format!("{indent}{}", words!(en: "and {more} more answers (`--json`)", zh: "另有 {more} 份应答（`--json`）").get(output.lang)));
        }
    }
}

/// Most digests shown of one finding.
const PROOFS: usize = 3;
