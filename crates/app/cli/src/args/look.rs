//! Looking and asking why: `check`, `explain`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `check`
#[derive(Debug, Args)]
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
pub(crate) struct Explain {
    /// A finding code, a name, a run, an error code
    pub(crate) what: String,
    /// The name, where WHAT is a finding code
    pub(crate) name: Option<String>,
}
