//! The portfolio: `init`, `list`, `show`, `export`, `config`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `init`
#[derive(Debug, Args)]
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
pub(crate) struct Config {
    /// The setting; none: print all
    pub(crate) key: Option<String>,
    /// Its new value
    pub(crate) value: Vec<String>,
}
