//! The `namekeep` command: reads the command line, calls one use case, prints what came of it.

mod args;
mod commands;
mod help;
mod output;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::args::Cli;
use crate::output::Output;

fn main() -> ExitCode {
    // The language of the help must be known before the command line is read.
    let wants_zh = help::wants_chinese(std::env::args_os());
    let command = help::localised(Cli::command(), wants_zh);
    let matches = match command.try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(2);
        }
    };
    let output = Output::new(&cli.global);
    match commands::run(cli, &output) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit as u8)
        }
    }
}
