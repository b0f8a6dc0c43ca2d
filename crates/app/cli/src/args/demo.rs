//! The closed world: `demo` and its verbs.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Explain, List, Show};

/// `demo`
#[derive(Debug, Args)]
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
