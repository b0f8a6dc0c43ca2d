//! Runs the real program with its clock stopped at an instant, and with a fault at a counted call.
//!
//! Both come from outside: `libfaketime` answers for the clock, `strace` counts calls, fails them or
//! kills. The program knows of neither. It does not know what is judged.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::story::Verb;

/// No command of the story needs a second; one that takes a minute hangs.
const PATIENCE: &str = "60";

/// The programs a fault needs.
pub(crate) struct Machine {
    clock: PathBuf,
}

/// What a run of the program came to.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    /// Its exit code; none where it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The document on standard output, if there is a whole one.
    pub(crate) fn document(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.out).ok()
    }

    /// The code of the error it told, if it told one with a cure.
    pub(crate) fn error(&self) -> Option<String> {
        let told = self.document().filter(|document| document["schema"] == "namekeep/error/1");
        if let Some(error) = told.map(|document| document["error"].clone()) {
            let cured = error["hints"].as_array().is_some_and(|hints| !hints.is_empty());
            return error["code"].as_str().filter(|_| cured).map(str::to_owned);
        }
        let code = self.err.split_once("error[")?.1.split_once(']')?.0;
        self.err.contains("\nhint: ").then(|| code.to_owned())
    }
}

impl Machine {
    /// Finds what is needed, or names the Debian package that is missing.
    pub(crate) fn find() -> Result<Self, String> {
        let folders = std::env::var("PATH").unwrap_or_default();
        let find = |program: &str| {
            let found = folders.split(':').map(|folder| Path::new(folder).join(program)).find(|file| file.is_file());
            found.ok_or_else(|| format!("this test needs {program}: install the Debian package `{program}`"))
        };
        find("strace")?;
        // The library lies beside the program, wherever the package was unpacked.
        let program = find("faketime")?.canonicalize().map_err(|e| e.to_string())?;
        let lib = program.ancestors().nth(2).unwrap_or(Path::new("/")).join("lib");
        let mut places = vec![lib.clone()];
        places.extend(std::fs::read_dir(&lib).into_iter().flatten().flatten().map(|entry| entry.path()));
        let clock = places.iter().map(|place| place.join("faketime/libfaketime.so.1")).find(|file| file.is_file());
        let clock = clock.ok_or("this test needs libfaketime.so.1: install the Debian package `libfaketime`")?;
        Ok(Self { clock })
    }

    /// Runs a verb in a folder, undisturbed.
    pub(crate) fn run(&self, home: &Path, verb: &Verb) -> Result<Ran, String> {
        let mut command = Command::new("timeout");
        command.args(["-k", "5", PATIENCE, env!("CARGO_BIN_EXE_namekeep")]).args(verb.words());
        command.current_dir(home).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(self.surroundings(verb));
        ended(command)
    }

    /// Runs a verb under `strace` with some more options; answers what was traced, too.
    pub(crate) fn trace(&self, home: &Path, verb: &Verb, options: &[&str]) -> Result<(Ran, String), String> {
        let aside = crate::scratch("log");
        let log = aside.path().join("calls");
        let mut command = Command::new("timeout");
        // Not `--seccomp-bpf`: with it strace 6.1 leaves some injected signals undelivered.
        command.args(["-k", "5", PATIENCE, "strace", "-f", "-qq", "-o"]).arg(&log).args(options);
        command.current_dir(home).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        for (name, value) in self.surroundings(verb) {
            command.args(["-E", &format!("{name}={value}")]);
        }
        command.arg(env!("CARGO_BIN_EXE_namekeep")).args(verb.words());
        let ran = ended(command);
        let calls = std::fs::read_to_string(&log).unwrap_or_default();
        sweep(&calls);
        Ok((ran?, calls))
    }

    fn surroundings(&self, verb: &Verb) -> [(&'static str, String); 6] {
        [
            ("TZ", "UTC".to_owned()),
            ("TMPDIR", ".".to_owned()),
            ("NAMEKEEP_LANG", "en".to_owned()),
            ("LD_PRELOAD", self.clock.display().to_string()),
            // An instant alone stops the clock there; waits are by the monotonic clock, which runs on.
            ("FAKETIME", verb.at.to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }
}

/// Removes what the clock's library leaves behind where its process is killed: later processes get the
/// same ids again, and it refuses to start beside such a file.
fn sweep(calls: &str) {
    let ids: BTreeSet<&str> = calls.lines().filter_map(|line| line.split_whitespace().next()).collect();
    for id in ids {
        for name in ["faketime_shm_", "sem.faketime_sem_"] {
            let _ = std::fs::remove_file(format!("/dev/shm/{name}{id}"));
        }
    }
}

fn ended(mut command: Command) -> Result<Ran, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{e}: {command:?}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    // `timeout` and `strace` end as their child did; a shell's habit is 128 + 9.
    let killed = output.status.signal() == Some(9) || output.status.code() == Some(137);
    match output.status.code() {
        Some(124) => Err(format!("hangs: {out}{err}")),
        Some(101) => Err(format!("panics: {out}{err}")),
        code if killed || code.is_some() => Ok(Ran { code: code.filter(|_| !killed), out, err }),
        _ => Err(format!("{}: {out}{err}", output.status)),
    }
}
