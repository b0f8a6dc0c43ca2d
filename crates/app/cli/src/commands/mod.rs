//! One file per verb: reads its arguments, calls one use case, prints the answer.

mod check;
mod completions;
mod config;
mod dates;
mod demo;
mod evidence;
mod export;
mod filing;
mod init;
mod input;
mod known;
mod list;
mod name;
mod parse;
mod rehearse;
mod explain;
mod plan;
mod runs;
mod session;
mod show;
mod task;
mod timeline;
mod words;
mod workdays;

use namekeep_model::{DomainName, FindingCode, RunId, Text, Timestamp};
use namekeep_ports::Decision;
use namekeep_service::clock::{Clock, SystemClock};
use namekeep_service::{Exit, Failure};

use crate::args::{Cli, EvidenceVerb, Explain, Global, RdapVerb, Verb, WhoisVerb};
use crate::output::Output;

/// The instant a command works at: the machine's clock.
fn now() -> Timestamp {
    SystemClock.now()
}

/// The instant a *reading* verb works at: `NAMEKEEP_NOW` (RFC 3339) where it is set, so that a list
/// can be asked for as of another day; no verb that writes looks at it.
fn reading_now() -> Result<Timestamp, Failure> {
    match std::env::var("NAMEKEEP_NOW") {
        Ok(text) if !text.is_empty() => text.parse().map_err(|_| {
            let shown = crate::output::safe(&text);
            let says = namekeep_model::words!(en: "NAMEKEEP_NOW: `{shown}` is no instant", zh: "NAMEKEEP_NOW：`{shown}` 不是时刻");
            Failure::usage(says)
                .hint(Text::new("write it as 2026-11-24T09:14:00+08:00", "请写成 2026-11-24T09:14:00+08:00"))
        }),
        _ => Ok(whole_seconds(now())),
    }
}

/// An instant without its fraction: documents and facts need no more.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Runs the verb; answers the exit code.
pub(crate) fn run(cli: Cli, output: &Output) -> Result<Exit, Failure> {
    let Some(verb) = cli.verb else {
        welcome(output);
        return Ok(Exit::Ok);
    };
    match &verb {
        Verb::Init(args) => init::run(args, &cli.global, whole_seconds(now()), output),
        Verb::List(args) => list::run(args, &cli.global, reading_now()?, output),
        Verb::Show(args) => show::run(args, &cli.global, reading_now()?, output),
        Verb::Check(args) => check::run(args, &cli.global, now(), output),
        Verb::Export(verb) => export::run(verb, &cli.global, reading_now()?, output),
        Verb::Config(args) => config::run(args, &cli.global, whole_seconds(now()), output),
        Verb::Name(args) => name::run(args, output),
        Verb::Dates(args) => dates::run(args, now(), output),
        Verb::Workdays(args) => workdays::run(args, output),
        Verb::Filing(args) => filing::run(args, known::today(now()), output),
        Verb::Whois(WhoisVerb::Parse(args)) => parse::whois(args, output),
        Verb::Rdap(RdapVerb::Parse(args)) => parse::rdap(args, output),
        Verb::Evidence(EvidenceVerb::Verify(args)) => evidence::verify_file(args, output),
        Verb::Evidence(EvidenceVerb::Show(args)) => evidence::show(args, output),
        Verb::Rehearse(args) => rehearse::run(args, &cli.global, now(), output),
        Verb::Plan(verb) => plan::run(verb, &cli.global, now(), output),
        Verb::Approve(args) => runs::decide(args, Decision::Approve, &cli.global, now(), output),
        Verb::Refuse(args) => runs::decide(args, Decision::Refuse, &cli.global, now(), output),
        Verb::Withdraw(args) => runs::decide(args, Decision::Withdraw, &cli.global, now(), output),
        Verb::Apply(args) => runs::apply(args, &cli.global, now(), output),
        Verb::Task(verb) => task::run(verb, &cli.global, now(), output),
        Verb::Tell(args) => task::tell(args, &cli.global, now(), output),
        Verb::Evidence(EvidenceVerb::Seal(args)) => runs::seal(args, &cli.global, now(), output),
        Verb::Explain(args) => explain_what(args, &cli.global, output),
        Verb::Demo(args) => demo::run(args, output),
        Verb::Completions(args) => completions::run(args, output),
    }
}

/// `explain`: a code's page, a run, a name.
fn explain_what(args: &Explain, global: &Global, output: &Output) -> Result<Exit, Failure> {
    if let (Ok(code), Some(name)) = (args.what.to_ascii_uppercase().parse::<FindingCode>(), &args.name) {
        return check::explain(code, name, global, reading_now()?, output);
    }
    if let Some(text) = explain::page(&args.what) {
        explain::print_page(&args.what, text, output);
        return Ok(Exit::Ok);
    }
    if args.what.parse::<RunId>().is_ok() {
        return runs::explain(&args.what, global, now(), output);
    }
    // A name has a dot; anything else was meant as a code.
    if args.what.contains(['.', '。']) && DomainName::parse(&args.what).is_ok() {
        return check::explain_name(&args.what, global, reading_now()?, output);
    }
    Err(explain::unknown(&args.what))
}

/// What it is, and three ways to start.
fn welcome(output: &Output) {
    for text in [
        Text::new("namekeep keeps a company's domain names: it knows each name's real dates,", "namekeep（守名）管好公司的域名：弄清每个域名的真实日期，"),
        Text::new("watches it, renews it safely, and retires it with proof anyone can check offline.", "持续监测，安全续费；不再需要时，按步骤退役，并留下任何人都能离线核验的证据。"),
        Text::new("", ""),
        Text::new("Three ways to start:", "三种开始方式："),
        Text::new("  namekeep demo              a closed world to try everything in: 2 seconds, no network", "  namekeep demo              封闭的演示世界：两秒，不联网"),
        Text::new("  namekeep check example.com look at one name now", "  namekeep check example.com 立即查看一个域名"),
        Text::new("  namekeep init names.txt    keep your own list", "  namekeep init names.txt    管理自己的清单"),
        Text::new("`namekeep --help` lists every verb; `namekeep VERB --help` teaches one.", "`namekeep --help` 列出全部命令；`namekeep 命令 --help` 说明用法。"),
    ] {
        output.line(output.say(text));
    }
}
