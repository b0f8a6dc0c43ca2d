//! The real program on its real store, killed and failed at counted system calls (promises R2, R3).
//!
//! A story of real commands is played undisturbed once. Then, again and again, one of its commands is
//! run with one fault (see [`series`]), judged as it stands, run again without the fault, and judged
//! again: it must be in the undisturbed state, every table and file of it (see [`state`] for what may
//! differ). Some points play the story on to its end.
//!
//! ```text
//! process_faults                     the test: every series, so many points of each
//! process_faults soak                every point there is, each to the story's end
//! process_faults at VERB SERIES CALL N   one point
//! ```
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "tests, without the test harness")]

mod calm;
mod disturb;
mod machine;
mod series;
mod state;
mod story;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use calm::Calm;
use disturb::{Came, Point, Seen};
use machine::Machine;
use series::Turn;

/// Kills and faults that must strike (issue 3, "It is done when", 7).
const MUST_STRIKE: (usize, usize) = (200, 500);
/// Of so many points one plays the story to its end.
const TO_THE_END: usize = 12;
/// How often a long run says how far it is, in points.
const TELL_EVERY: usize = 1_000;
/// Failing points that are printed, as they are found.
const SHOWN: usize = 8;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if std::env::args().any(|word| word == "--list") {
        return ExitCode::SUCCESS;
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["soak"] => all(true),
        ["at", verb, series, call, number] => one(verb, series, call, number),
        // A filter of `cargo test` that names another test.
        [filter] if !"process_faults".contains(filter) => Ok(()),
        _ => all(false),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// A folder in memory where there is one: killing a process loses nothing a file system holds.
fn scratch(what: &str) -> tempfile::TempDir {
    let shared = Path::new("/dev/shm");
    let place = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    #[expect(clippy::expect_used, reason = "a test without a folder cannot go on")]
    tempfile::Builder::new().prefix(&format!("namekeep-{what}-")).tempdir_in(place).expect("a folder")
}

/// The exit codes of `docs/exit-codes.md`.
fn exits() -> Result<Vec<i32>, String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/exit-codes.md");
    let page = std::fs::read_to_string(page).map_err(|e| e.to_string())?;
    Ok(page.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(' ')?.0.parse().ok()).collect())
}

fn one(verb: &str, name: &str, call: &str, number: &str) -> Result<(), String> {
    let machine = Machine::find()?;
    let count = |text: &str| text.parse::<usize>().map_err(|e| format!("{text}: {e}"));
    let series = series::ALL.iter().find(|series| series.name == name).ok_or("there is no such series")?;
    let turn = Turn { call: call.to_owned(), number: count(number)? };
    let point = Point { series, verb: count(verb)?, turn, to_the_end: true };
    let seen = point.strike(&machine, &Calm::play(&machine)?, &exits()?)?;
    println!("{:?}{}", seen.came, if seen.ahead { ", its work was done" } else { "" });
    Ok(())
}

/// The points of every series: all there are, or so many spread over all there are.
fn points(calm: &Calm, soak: bool) -> Vec<Point> {
    let mut chosen = Vec::new();
    for series in &series::ALL {
        let verbs = calm.scenes.iter().enumerate();
        let turns = verbs.flat_map(|(verb, scene)| series.turns(&scene.calls).into_iter().map(move |turn| (verb, turn)));
        let there: Vec<(usize, Turn)> = turns.collect();
        let count = if soak { there.len() } else { series.points.min(there.len()) };
        let spread = (0..count).filter_map(|n| there.get(n * there.len() / count.max(1)));
        chosen.extend(spread.enumerate().map(|(n, (verb, turn))| {
            let to_the_end = soak || n % TO_THE_END == 0;
            Point { series, verb: *verb, turn: turn.clone(), to_the_end }
        }));
    }
    chosen
}

fn all(soak: bool) -> Result<(), String> {
    let (machine, exits) = (Machine::find()?, exits()?);
    let calm = Calm::play(&machine)?;
    let points = points(&calm, soak);
    println!("{} commands; {} points", calm.scenes.len(), points.len());
    let (next, wrong) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        let mut results = Vec::new();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            let Some(point) = points.get(n) else { return results };
            if n > 0 && n % TELL_EVERY == 0 {
                println!("{n} of {}, {} wrong", points.len(), wrong.load(Ordering::Relaxed));
            }
            let seen = point.strike(&machine, &calm, &exits);
            if let Err(why) = &seen
                && wrong.fetch_add(1, Ordering::Relaxed) < SHOWN
            {
                eprintln!("\n{}\n{why}", point.repeat());
            }
            results.push((point.clone(), seen));
        }
    };
    let results: Vec<(Point, Result<Seen, String>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    if results.len() != points.len() {
        return Err("a worker stopped".to_owned());
    }
    tell(&results)
}

/// Prints the counts; fails at a wrong point, and where too little was struck.
fn tell(results: &[(Point, Result<Seen, String>)]) -> Result<(), String> {
    let (mut killed, mut failed) = (0, 0);
    let mut codes = BTreeMap::<String, usize>::new();
    println!("{:<20} {:>6} {:>6} {:>6} {:>6} {:>6}", "series", "killed", "failed", "coped", "missed", "ahead");
    for series in &series::ALL {
        let seen = || results.iter().filter(|(point, _)| std::ptr::eq(point.series, series)).filter_map(|(_, seen)| seen.as_ref().ok());
        let count = |which: fn(&Seen) -> bool| seen().filter(|seen| which(seen)).count();
        let died = count(|seen| seen.came == Came::Killed);
        let refused = count(|seen| matches!(seen.came, Came::Failed(..)));
        let coped = count(|seen| seen.came == Came::Coped);
        let (missed, ahead) = (count(|seen| seen.came == Came::Missed), count(|seen| seen.ahead));
        println!("{:<20} {died:>6} {refused:>6} {coped:>6} {missed:>6} {ahead:>6}", series.name);
        killed += died;
        failed += refused + coped;
        for seen in seen() {
            if let Came::Failed(exit, code) = &seen.came {
                *codes.entry(format!("{exit} {code} ({})", series.name)).or_default() += 1;
            }
        }
        if died + refused + coped == 0 {
            return Err(format!("the series `{}` never struck", series.name));
        }
    }
    let strays = results.iter().filter(|(_, seen)| seen.as_ref().is_ok_and(|seen| seen.strays)).count();
    println!("{killed} killed, {failed} faults struck; unfinished files under other names: {strays}; told: {codes:?}");
    let wrong = results.iter().filter(|(_, seen)| seen.is_err()).count();
    if wrong > 0 {
        return Err(format!("{wrong} points ended otherwise"));
    }
    if killed < MUST_STRIKE.0 || failed < MUST_STRIKE.1 {
        return Err("too few faults struck".to_owned());
    }
    Ok(())
}
