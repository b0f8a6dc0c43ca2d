//! `namekeep completions`: a completion script for a shell.

use clap::CommandFactory;
use namekeep_service::{Exit, Failure};

use crate::args::{Cli, Completions};
use crate::output::Output;

pub(crate) fn run(args: &Completions, output: &Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "namekeep", &mut script);
    output.bytes(&script);
    Ok(Exit::Ok)
}
