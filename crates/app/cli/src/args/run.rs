//! A run by hand: `plan`, `rehearse`, the signatures, `apply`, `task`, `tell`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

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
