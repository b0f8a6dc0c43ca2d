//! Runs commands, and the chores made of them.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::{laws, tools};

/// The profile of every test: optimised, because loops of thousands run in it, with assertions on.
const PROFILE: &str = "check-release";

/// The repository's own folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// Runs one command to its end; its failure is told with the command.
pub(crate) fn call(command: &mut Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{status}: {shown}")),
        Err(e) => Err(format!("{e}: {shown}")),
    }
}

fn cargo() -> Command {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command.current_dir(root());
    command
}

/// Everything a landing must pass.
pub(crate) fn test() -> Result<(), String> {
    let mut times: Vec<(&str, f64)> = Vec::new();
    let mut part = |name: &'static str, work: &mut dyn FnMut() -> Result<(), String>| {
        println!("\n== {name}");
        #[expect(clippy::disallowed_methods, reason = "how long a part took is for the reader of the log")]
        let start = Instant::now();
        let done = work();
        times.push((name, start.elapsed().as_secs_f64()));
        done
    };
    let mut path = String::new();
    let mut python = PathBuf::new();
    part("tools", &mut || {
        path = tools::bring()?;
        python = tools::python()?;
        Ok(())
    })?;
    part("laws", &mut laws::check)?;
    part("lints", &mut || {
        call(cargo().args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    })?;
    part("tests", &mut || {
        call(
            cargo()
                .env("PATH", &path)
                .env("NAMEKEEP_TEST_PYTHON", &python)
                .args(["test", "--workspace", "--profile", PROFILE, "--no-fail-fast"]),
        )
    })?;
    println!();
    for (name, seconds) in times {
        println!("{seconds:>8.1} s  {name}");
    }
    Ok(())
}

/// The long loops: ten times the histories, the fault loop, the store under kill and failing calls, the
/// whole program under a fault at every call it makes.
pub(crate) fn soak() -> Result<(), String> {
    let path = tools::bring()?;
    let test = |package: &str, target: &str, word: &str| {
        let mut command = cargo();
        command.env("PATH", &path).env("NAMEKEEP_HISTORIES", "200000");
        command.args(["test", "--profile", PROFILE, "-p", package, "--test", target, "--", word]);
        call(&mut command)
    };
    test("namekeep-service", "histories", "--nocapture")?;
    test("namekeep-service", "faults", "--nocapture")?;
    test("namekeep-store", "kill", "--nocapture")?;
    test("namekeep-cli", "process_faults", "soak")
}

/// The Python peers of the benches.
pub(crate) fn peers() -> Result<(), String> {
    let python = tools::python()?;
    let mut found = false;
    for krate in ["core/lifecycle", "edge/probe"] {
        let folder = root().join("crates").join(krate).join("benches");
        for entry in std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?.flatten() {
            if entry.path().extension().is_some_and(|ext| ext == "py") {
                found = true;
                call(Command::new(&python).arg(entry.path()).current_dir(root()))?;
            }
        }
    }
    if found { Ok(()) } else { Err("no peer scripts found".to_owned()) }
}

/// Writes the generated documents anew.
pub(crate) fn docs() -> Result<(), String> {
    call(cargo().env("NAMEKEEP_WRITE", "1").args([
        "test", "--profile", PROFILE, "-p", "namekeep-cli", "--test", "reference", "--test", "transcripts",
    ]))
}
