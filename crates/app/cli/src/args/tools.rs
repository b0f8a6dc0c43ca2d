//! The small tools: one input, one answer, no workspace.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// One input, or `-` for one per line.
#[derive(Debug, Args)]
pub(crate) struct OneOrMany {
    /// The text, or `-`: one input per line of standard input
    #[arg(allow_hyphen_values = true)]
    pub(crate) text: String,
}

/// `dates`
#[derive(Debug, Args)]
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
