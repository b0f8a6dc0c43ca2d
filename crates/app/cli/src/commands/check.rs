//! `namekeep check`: looks at names now and prints what was found, the worst first.

mod explain;
mod report;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use namekeep_assess::watch::{Profile, profile};
use namekeep_model::{DomainName, Lang, Level, Text, Timestamp, words};
use namekeep_rules::Rulebook;
use namekeep_service::block::block_on;
use namekeep_service::check::{self, Checked, Desk, Network, Options, Progress, Targets};
use namekeep_service::workspace::Workspace;
use namekeep_service::{Exit, Failure, files};
use namekeep_store::SqliteStore;

use super::input::each_line;
use super::known;
use crate::args::{Check, Global, LevelArg};
use crate::output::{Output, cut, safe};

pub(crate) use explain::{explain, explain_name};
use report::Report;

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
        Failure::new(error.code(), Exit::Internal, error.says()).hint(error.hint())
    })?;
    let desk = Desk { network: &network, rules: &rules, profile: &profile, zone: &zone, now: network.now() };
    let store = workspace.as_ref().map(|workspace| &workspace.store);
    let checked = look(&desk, store, &targets.names, output)?;
    if let Some(path) = &args.record {
        files::replace(path, checked.tape.to_lines()?.as_bytes(), 0o600)?;
    }
    let report =
        Report { checked: &checked, targets: &targets, zone: &zone, now: network.now(), kept: workspace.is_some() };
    report.print(args, output);
    match (checked.is_blind(), output.json) {
        (true, true) => Ok(Exit::Network),
        (true, false) => Err(check::blind()),
        (false, _) => Ok(verdict(&checked, args.fail_on)),
    }
}

fn options(args: &Check) -> Result<Options, Failure> {
    let read = |path: &std::path::PathBuf| {
        files::read_bounded(path, LARGEST)
            .map_err(|e| Failure::file(path, Text::new("the file cannot be read", "无法读取文件"), &e))
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
    let (shown, why) = (cut(&safe(text), NAME), error.message());
    let says = words!(
        en: "name {place} `{shown}` is left out: {}",
        zh: "第 {place} 个名称“{shown}”已略过：{}",
        if output.lang == Lang::Zh { &why.zh } else { &why.en }
    );
    let word = output.say(Text::new("warning", "警告"));
    output.note(format!("{word}[{}]: {}", error.number(), safe(says.get(output.lang))));
}

fn nobody(targets: &Targets) -> Failure {
    if targets.rejected.is_empty() {
        return Failure::new("E8402", Exit::Usage, Text::new("the workspace holds no names", "工作区内没有域名"))
            .hint(Text::new("read a list: `namekeep init names.txt`", "读入清单：`namekeep init names.txt`"));
    }
    Failure::new("E8401", Exit::Usage, Text::new("none of the names can be looked at", "没有可检查的域名"))
        .hint(Text::new("write names as `example.com` or `示例.中国`", "请写成 `example.com` 或 `示例.中国`"))
}

/// Runs the looks and says meanwhile how far they are: a bar, or a line now and then.
fn look(
    desk: &Desk<'_>,
    store: Option<&SqliteStore>,
    names: &[DomainName],
    output: &Output,
) -> Result<Checked, Failure> {
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
