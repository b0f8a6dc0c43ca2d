//! The command line as data: every verb, its arguments and what its help teaches.
//!
//! Doc comments are the English help; [`crate::help`] holds the Chinese one, and a test refuses a
//! verb or argument that lacks it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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

/// `init`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namekeep init names.txt
  namekeep init portfolio.csv --rejects rejected.csv
  printf 'example.com\\nexample.cn\\n' | namekeep init -")]
pub(crate) struct Init {
    /// A list (one name a line) or a CSV file; `-` reads standard input
    pub(crate) file: Option<PathBuf>,
    /// Write rejected lines here, with line numbers and reasons
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Time zone of calendar facts, such as Asia/Shanghai
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
}

/// `list`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namekeep list
  namekeep list --sort level --limit 20
  namekeep list shop --json")]
pub(crate) struct List {
    /// Keep names that contain this text
    pub(crate) filter: Option<String>,
    /// Order
    #[arg(long, value_enum, default_value_t = SortArg::Date)]
    pub(crate) sort: SortArg,
    /// Most rows to print
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(crate) limit: usize,
    /// Print every row
    #[arg(long)]
    pub(crate) full: bool,
}

/// Order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortArg {
    /// The date that counts, nearest first
    Date,
    /// The worst finding first
    Level,
    /// By name
    Name,
}

/// `show`
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The name
    pub(crate) name: String,
}

/// `check`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namekeep check                         every name of the workspace
  namekeep check example.com             one name, no workspace needed
  namekeep check example.com --resolver 127.0.0.1:5353 --dns-port 5353")]
pub(crate) struct Check {
    /// Names to look at; none: every name of the workspace
    pub(crate) names: Vec<String>,
    /// Ask this resolver
    #[arg(long, value_name = "IP:PORT")]
    pub(crate) resolver: Option<String>,
    /// Port asked at name servers
    #[arg(long, value_name = "N", default_value_t = 53)]
    pub(crate) dns_port: u16,
    /// RDAP service to ask instead of the registry's own
    #[arg(long, value_name = "URL")]
    pub(crate) rdap_base: Option<String>,
    /// WHOIS server to ask instead of the registry's own
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) whois_server: Option<String>,
    /// Port asked for TLS certificates
    #[arg(long, value_name = "N", default_value_t = 443)]
    pub(crate) tls_port: u16,
    /// Trust these roots (PEM) instead of the public ones
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_roots: Option<PathBuf>,
    /// Let addresses found in answers lie in this range (private ranges are refused else)
    #[arg(long, value_name = "CIDR")]
    pub(crate) allow_net: Vec<String>,
    /// Exit 1 at findings of this level or worse
    #[arg(long, value_enum, default_value_t = LevelArg::Critical, value_name = "LEVEL")]
    pub(crate) fail_on: LevelArg,
    /// Say why each check-point was not checked
    #[arg(long)]
    pub(crate) why: bool,
    /// Print names without findings too
    #[arg(long)]
    pub(crate) full: bool,
    /// Keep every exchange in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Answer from a file kept before; no socket is opened
    #[arg(long, value_name = "FILE", conflicts_with = "record")]
    pub(crate) replay: Option<PathBuf>,
}

/// A level for `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum LevelArg {
    /// Never
    Never,
    /// Critical findings
    Critical,
    /// Warnings
    Warning,
    /// Notices
    Notice,
}

/// `explain`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namekeep explain C4 example.net        a finding on a name
  namekeep explain T3                    a check-point
  namekeep explain example.net           a name
  namekeep explain RET-0001              a run: what blocks, who can move it
  namekeep explain E1102                 an error code")]
pub(crate) struct Explain {
    /// A finding code, a name, a run, an error code
    pub(crate) what: String,
    /// The name, where WHAT is a finding code
    pub(crate) name: Option<String>,
}

/// `plan`
#[derive(Debug, Subcommand)]
pub(crate) enum Plan {
    /// Plan the retirement of a name; the default ending keeps it (hold)
    Retire(PlanRetire),
    /// Plan the renewal of a name
    Renew(PlanRenew),
    /// Show a plan
    Show(RunArg),
    /// Plan a run again from what is known now: a new revision, every signature void
    Again(RunArg),
}

/// `plan retire`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namekeep plan retire example.cn
  namekeep plan retire example.cn --ending lapse --expires 2027-06-01")]
pub(crate) struct PlanRetire {
    /// The name
    pub(crate) name: String,
    /// What is known of the name beyond the workspace
    #[command(flatten)]
    pub(crate) known: Known,
    /// How it ends
    #[arg(long, alias = "decision", value_enum, default_value_t = EndingArg::Hold)]
    pub(crate) ending: EndingArg,
}

/// `plan renew`
#[derive(Debug, Args)]
pub(crate) struct PlanRenew {
    /// The name
    pub(crate) name: String,
    /// What is known of the name beyond the workspace
    #[command(flatten)]
    pub(crate) known: Known,
    /// Years to add
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=10))]
    pub(crate) years: u8,
    /// The most it may cost, such as "CNY 100"
    #[arg(long, value_name = "MONEY")]
    pub(crate) ceiling: Option<String>,
}

/// Facts told on the command line.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Known {
    /// Expiry date, where nothing better is known
    #[arg(long, value_name = "DATE")]
    pub(crate) expires: Option<String>,
    /// Registrar (an overlay id such as aliyun, or an IANA number)
    #[arg(long, value_name = "ID")]
    pub(crate) registrar: Option<String>,
    /// Whether the name is filed with the ministry (yes, no); unknown = assumed and said
    #[arg(long, value_name = "YES|NO")]
    pub(crate) filed: Option<String>,
}

/// How a retirement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EndingArg {
    /// Keep the name, dark: no service, no mail (the default)
    #[value(alias = "hold-dark")]
    Hold,
    /// Keep the name and its filing alive
    HoldLive,
    /// Hand it to another holder
    Transfer,
    /// Let it lapse: renewed no more, reversible until the last safe rescue day
    Lapse,
    /// Delete the registration, where that is really offered
    Delete,
}

/// `rehearse`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namekeep rehearse example.cn
  namekeep rehearse example.com --ending lapse --expires 2027-08-01 --lang zh
  namekeep rehearse example.cn --seed 7 --full")]
pub(crate) struct Rehearse {
    /// The name
    pub(crate) name: String,
    /// What is known of the name beyond the workspace
    #[command(flatten)]
    pub(crate) known: Known,
    /// How it ends
    #[arg(long, alias = "decision", value_enum, default_value_t = EndingArg::Hold)]
    pub(crate) ending: EndingArg,
    /// The same seed gives the same text
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// The day the rehearsal starts (default: today)
    #[arg(long, value_name = "DATE")]
    pub(crate) at: Option<String>,
    /// Print every entry of the diary
    #[arg(long)]
    pub(crate) full: bool,
}

/// `approve`, `refuse`, `withdraw`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namekeep approve RET-0001 --as legal-1 --step 21
  namekeep withdraw RET-0001 --as legal-1 --step 21")]
pub(crate) struct Sign {
    /// The run
    pub(crate) run: String,
    /// Who signs (a person of the workspace with a key)
    #[arg(long = "as", value_name = "PERSON")]
    pub(crate) person: String,
    /// The step whose act is signed (default: every open request to this person)
    #[arg(long, value_name = "N")]
    pub(crate) step: Option<u8>,
    /// Do not ask on the terminal
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `apply`
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The run
    pub(crate) run: String,
}

/// A run by its id.
#[derive(Debug, Args)]
pub(crate) struct RunArg {
    /// The run, such as RET-0001
    pub(crate) run: String,
}

/// `task`
#[derive(Debug, Subcommand)]
pub(crate) enum TaskVerb {
    /// Open tasks, the nearest due first
    List,
    /// Report a task done, with its measured fields
    Done(TaskDone),
    /// Keep a file as proof of a task
    Attach(TaskAttach),
}

/// `task done`
#[derive(Debug, Args)]
#[command(after_help = "Example:
  namekeep task done RET-0001/13.drill/1 --by operations --field rto-minutes=95 --field rpo-minutes=5 --field measured=yes")]
pub(crate) struct TaskDone {
    /// The task
    pub(crate) task: String,
    /// Who did it
    #[arg(long, value_name = "PERSON")]
    pub(crate) by: String,
    /// A measured field, NAME=VALUE
    #[arg(long = "field", value_name = "NAME=VALUE")]
    pub(crate) fields: Vec<String>,
    /// A fact that became known, KEY=VALUE, such as filing.filed=no
    #[arg(long = "fact", value_name = "KEY=VALUE")]
    pub(crate) facts: Vec<String>,
}

/// `task attach`
#[derive(Debug, Args)]
pub(crate) struct TaskAttach {
    /// The task
    pub(crate) task: String,
    /// The file
    pub(crate) file: PathBuf,
}

/// `tell`
#[derive(Debug, Args)]
#[command(after_help = "Example:
  namekeep tell example.cn registration.dispute=no registration.auto-renew=yes --by legal-1")]
pub(crate) struct Tell {
    /// The name
    pub(crate) name: String,
    /// Facts, KEY=VALUE
    #[arg(required = true, value_name = "KEY=VALUE")]
    pub(crate) facts: Vec<String>,
    /// Who says so
    #[arg(long, value_name = "PERSON")]
    pub(crate) by: String,
}

/// `evidence`
#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceVerb {
    /// Write the dossier of a run
    Seal(Seal),
    /// Print the story of a dossier
    Show(DossierArg),
    /// Verify a dossier, offline: 0 intact, 30 altered, 31 incomplete, 32 not judged
    Verify(Verify),
}

/// `evidence seal`
#[derive(Debug, Args)]
pub(crate) struct Seal {
    /// The run
    pub(crate) run: String,
    /// Where to write it (default: RUN.dossier)
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// A dossier file.
#[derive(Debug, Args)]
pub(crate) struct DossierArg {
    /// The dossier
    pub(crate) file: PathBuf,
}

/// `evidence verify`
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The dossier
    pub(crate) file: PathBuf,
    /// A key that is trusted: a key line or a file of key lines
    #[arg(long, value_name = "KEY")]
    pub(crate) trust: Vec<String>,
}

/// `export`
#[derive(Debug, Subcommand)]
pub(crate) enum ExportVerb {
    /// RFC 4180 with a BOM, for spreadsheets
    Csv(ExportArgs),
    /// One JSON document
    Json(ExportArgs),
}

/// Where an export goes.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The file (default: standard output)
    #[arg(long, short, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// `config`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namekeep config
  namekeep config zone Asia/Shanghai
  namekeep config person legal-1 legal approver")]
pub(crate) struct Config {
    /// The setting; none: print all
    pub(crate) key: Option<String>,
    /// Its new value
    pub(crate) value: Vec<String>,
}

/// `demo`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namekeep demo                          the tour, about two seconds
  namekeep demo list                     the portfolio of the demo world
  namekeep demo explain RET-0007
  namekeep demo advance 20 working-days")]
pub(crate) struct Demo {
    /// Folder of the demo world
    #[arg(long, value_name = "DIR", env = "NAMEKEEP_DEMO")]
    pub(crate) folder: Option<PathBuf>,
    /// What to do in the demo world; none: the tour
    #[command(subcommand)]
    pub(crate) verb: Option<DemoVerb>,
}

/// Verbs of the demo world.
#[derive(Debug, Subcommand)]
pub(crate) enum DemoVerb {
    /// The portfolio of the demo world
    List(List),
    /// One name of the demo world
    Show(Show),
    /// Say why, in the demo world
    Explain(Explain),
    /// Move the demo's clock
    Advance(Advance),
    /// Open tasks of the demo world
    Task,
    /// Start the demo world anew
    Reset,
}

/// `demo advance`
#[derive(Debug, Args)]
pub(crate) struct Advance {
    /// How many
    pub(crate) count: u32,
    /// Of what
    #[arg(value_enum, default_value_t = SpanArg::Days)]
    pub(crate) unit: SpanArg,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SpanArg {
    /// Hours
    Hours,
    /// Calendar days
    #[value(alias = "day")]
    Days,
    /// Working days of mainland China
    #[value(alias = "working-day")]
    WorkingDays,
}

/// One input, or `-` for one per line.
#[derive(Debug, Args)]
pub(crate) struct OneOrMany {
    /// The text, or `-`: one input per line of standard input
    #[arg(allow_hyphen_values = true)]
    pub(crate) text: String,
}

/// `dates`
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  namekeep dates example.com --expires 2027-03-01
  namekeep dates example.cn --expires 2026-11-10 --registrar aliyun --status redemptionPeriod")]
pub(crate) struct Dates {
    /// The name
    pub(crate) name: String,
    /// Expiry date
    #[arg(long, value_name = "DATE")]
    pub(crate) expires: String,
    /// Registrar (an overlay id such as aliyun, or an IANA number)
    #[arg(long, value_name = "ID")]
    pub(crate) registrar: Option<String>,
    /// A status seen (EPP or RGP word); may be repeated
    #[arg(long, value_name = "S", num_args = 1..)]
    pub(crate) status: Vec<String>,
    /// The day to project to (default: today)
    #[arg(long, value_name = "DATE")]
    pub(crate) at: Option<String>,
}

/// `workdays`
#[derive(Debug, Subcommand)]
pub(crate) enum Workdays {
    /// The day N working days after DATE (counting starts the day after)
    Add(WorkdaysAdd),
    /// Working days after A, through B
    Between(WorkdaysBetween),
    /// Whether a day is a working day
    Is(WorkdaysIs),
}

/// `workdays add`
#[derive(Debug, Args)]
pub(crate) struct WorkdaysAdd {
    /// The start
    pub(crate) date: String,
    /// Working days to add; negative counts back
    #[arg(allow_negative_numbers = true)]
    pub(crate) days: i64,
}

/// `workdays between`
#[derive(Debug, Args)]
pub(crate) struct WorkdaysBetween {
    /// The start; not counted
    pub(crate) from: String,
    /// The end; counted
    pub(crate) to: String,
}

/// `workdays is`
#[derive(Debug, Args)]
pub(crate) struct WorkdaysIs {
    /// The day
    pub(crate) date: String,
}

/// `filing`
#[derive(Debug, Subcommand)]
pub(crate) enum Filing {
    /// Read a filing, public-security or licence number
    Number(OneOrMany),
    /// Check a credit code, organisation code or identity number; only its end is shown
    Id(OneOrMany),
}

/// `whois`
#[derive(Debug, Subcommand)]
pub(crate) enum WhoisVerb {
    /// Read one answer kept in a file
    Parse(WhoisParse),
}

/// `whois parse`
#[derive(Debug, Args)]
pub(crate) struct WhoisParse {
    /// The file, or `-`: one document on standard input
    pub(crate) file: PathBuf,
    /// The server that answered, which helps with zones and encodings
    #[arg(long, value_name = "HOST")]
    pub(crate) server: Option<String>,
    /// The name that was asked
    #[arg(long, value_name = "NAME")]
    pub(crate) domain: Option<String>,
}

/// `rdap`
#[derive(Debug, Subcommand)]
pub(crate) enum RdapVerb {
    /// Read one answer kept in a file
    Parse(RdapParse),
}

/// `rdap parse`
#[derive(Debug, Args)]
pub(crate) struct RdapParse {
    /// The file, or `-`: one document on standard input
    pub(crate) file: PathBuf,
}

/// `completions`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}
