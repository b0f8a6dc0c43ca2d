//! Chores of the house, each one command:
//!
//! ```text
//! cargo xtask test        everything a landing must pass, set-up included
//! cargo xtask laws        the laws of the house alone (seconds)
//! cargo xtask soak        the long loops: 200,000 histories, faults, store and program under kill -9
//! cargo xtask peers       what the benches' Python peers need, then the peers
//! cargo xtask docs        docs/cli.md, transcripts and the READMEs' outputs, written anew
//! ```

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "chores talk to the terminal")]

mod laws;
mod run;
mod tools;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let chore = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let done = match chore.as_str() {
        "test" => run::test(),
        "laws" => laws::check(),
        "soak" => run::soak(),
        "peers" => run::peers(),
        "docs" => run::docs(),
        "tools" => tools::bring().map(|_| ()),
        _ => Err("usage: cargo xtask test | laws | soak | peers | docs".to_owned()),
    };
    let _ = rest;
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}
