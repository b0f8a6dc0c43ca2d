//! Dossiers: `evidence seal`, `show`, `verify`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
