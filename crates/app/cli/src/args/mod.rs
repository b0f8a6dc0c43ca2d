//! The command line as data: every verb, its arguments and what its help teaches.
//!
//! Doc comments are the English help; [`crate::help`] holds the Chinese one, and a test refuses a
//! verb or argument that lacks it.

mod demo;
mod evidence;
mod look;
mod portfolio;
mod run;
mod tools;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::demo::{Demo, DemoVerb, SpanArg};
pub(crate) use self::evidence::{DossierArg, EvidenceVerb, Seal, Verify};
pub(crate) use self::look::{Check, Explain, LevelArg};
pub(crate) use self::portfolio::{Config, ExportVerb, Init, List, Show, SortArg};
pub(crate) use self::run::{Apply, EndingArg, Known, Plan, Rehearse, Sign, TaskVerb, Tell};
pub(crate) use self::tools::{Completions, Dates, Filing, OneOrMany, RdapParse, RdapVerb, WhoisParse, WhoisVerb, Workdays};

/// Keeps a company's domain names: real dates, four-sided watch, safe renewal, proven retirement.
#[derive(Debug, Parser)]
#[command(
    name = "namekeep",
    version,
    arg_required_else_help = false,
    disable_help_subcommand = true,
    infer_subcommands = false,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// What every verb understands.
    #[command(flatten)]
    pub(crate) global: Global,
    /// The verb.
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

/// What every verb understands.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Folder of the workspace
    #[arg(long, short = 'w', global = true, env = "NAMEKEEP_WORKSPACE", value_name = "DIR", default_value = "domains")]
    pub(crate) workspace: PathBuf,
    /// Print one JSON document (small tools: one line per input)
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Language of what people read; codes and JSON keys never change
    #[arg(long, global = true, env = "NAMEKEEP_LANG", value_enum)]
    pub(crate) lang: Option<LangArg>,
    /// When to colour (NO_COLOR is respected)
    #[arg(long, global = true, value_enum, default_value_t = ColorArg::Auto, value_name = "WHEN")]
    pub(crate) color: ColorArg,
    /// Draw no progress bars
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangArg {
    /// English
    En,
    /// 简体中文
    Zh,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorArg {
    /// Where a person looks
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Create a workspace and read a list of names
    Init(Init),
    /// Show the portfolio by what comes next
    List(List),
    /// Show one name: dates, phase, findings, plan
    Show(Show),
    /// Look at names now: registry, DNS, certificate
    Check(Check),
    /// Say why: a finding, a name, a run, an error code
    Explain(Explain),
    /// Write an immutable plan with a digest; nothing is sent
    #[command(subcommand)]
    Plan(Plan),
    /// Play the whole plan for a name on a simulated calendar
    Rehearse(Rehearse),
    /// Sign the plan of a run
    Approve(Sign),
    /// Refuse the plan of a run; it holds
    Refuse(Sign),
    /// Take a signature back
    Withdraw(Sign),
    /// Send what was approved and is open now
    Apply(Apply),
    /// Work that only a person can do
    #[command(subcommand)]
    Task(TaskVerb),
    /// Say what is known of a name where nothing can look: a fact, by a person
    Tell(Tell),
    /// Dossiers: seal, show, verify offline
    #[command(subcommand)]
    Evidence(EvidenceVerb),
    /// Files for others
    #[command(subcommand)]
    Export(ExportVerb),
    /// Show or change settings of the workspace
    Config(Config),
    /// A closed world to try everything in: invented names, own clock, no network
    Demo(Demo),
    /// Read a domain name: both labels, suffix, warnings
    Name(OneOrMany),
    /// All coming dates of a name from its expiry and suffix
    Dates(Dates),
    /// Mainland China working days
    #[command(subcommand)]
    Workdays(Workdays),
    /// Filing and identity numbers
    #[command(subcommand)]
    Filing(Filing),
    /// Read a WHOIS answer
    #[command(subcommand)]
    Whois(WhoisVerb),
    /// Read an RDAP answer
    #[command(subcommand)]
    Rdap(RdapVerb),
    /// Print a completion script for a shell
    Completions(Completions),
}
