//! The `namekeep` command: reads the command line, calls one use case, prints what came of it.

mod args;
mod commands;
mod help;
mod output;
mod refusal;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Command, CommandFactory, FromArgMatches};
use namekeep_model::Lang;
use namekeep_service::Failure;

use crate::args::Cli;
use crate::output::Output;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    // The language of the help must be known before the command line is read.
    let lang = if help::wants_chinese(words.iter().cloned()) { Lang::Zh } else { Lang::En };
    let command = help::localised(Cli::command(), lang);
    let verb = verb(&command, &words);
    let read = command.try_get_matches_from(&words).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match read {
        Ok(cli) => cli,
        Err(page) if refusal::is_page(&page) => {
            let _ = page.print();
            return ExitCode::from(u8::try_from(page.exit_code()).unwrap_or(2));
        }
        Err(error) => {
            let json = words.iter().any(|word| word == "--json");
            return fail(&refusal::failure(&error, &verb), &Output::plain(lang, json));
        }
    };
    let output = Output::new(&cli.global);
    match commands::run(cli, &output) {
        Ok(exit) => match output.untold() {
            Some(failure) => fail(&failure, &output),
            None => ExitCode::from(exit as u8),
        },
        Err(failure) => fail(&failure, &output),
    }
}

fn fail(failure: &Failure, output: &Output) -> ExitCode {
    output.failure(failure);
    ExitCode::from(failure.exit as u8)
}

/// The path of verbs that stand in a command line, as far as they are verbs.
fn verb(command: &Command, words: &[OsString]) -> String {
    let mut at = command;
    let mut path = Vec::new();
    for word in words.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(below) = at.find_subcommand(word) {
            path.push(below.get_name());
            at = below;
        }
    }
    path.join(" ")
}
