//! Runs the real program: a folder of its own, nothing of the machine's surroundings, a fixed width.
#![allow(dead_code, reason = "each test file uses its part")]
#![expect(clippy::unwrap_used, reason = "tests")]

pub(crate) mod schema;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The instant the reading verbs work at in tests: 2026-11-24, 9:14 in Shanghai.
pub(crate) const NOW: &str = "2026-11-24T01:14:00Z";

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Output, then errors, then the code, as one text.
    pub(crate) fn whole(&self) -> String {
        let err = if self.err.is_empty() { String::new() } else { format!("--- stderr\n{}", self.err) };
        format!("{}{err}--- exit {}", self.out, self.code)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {} {}", self.out, self.err))
    }
}

/// A folder of its own; the workspace is `domains` in it.
pub(crate) struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A folder with a workspace of a few names.
    pub(crate) fn with(list: &str) -> Self {
        let home = Self::new();
        let ran = home.feed(&["init", "-", "--zone", "Asia/Shanghai"], list.as_bytes());
        assert_eq!(ran.code, 0, "{ran:?}");
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        name.to_owned()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_namekeep"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("NAMEKEEP_LANG", "en")
            .env("NAMEKEEP_NOW", NOW)
            .env("COLUMNS", "100")
            .env("TMPDIR", self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.feed(args, b"")
    }

    pub(crate) fn zh(&self, args: &[&str]) -> Ran {
        let args: Vec<&str> = args.iter().copied().chain(["--lang", "zh"]).collect();
        self.run(&args)
    }

    pub(crate) fn feed(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // A program that reads nothing closes the pipe early: no fault of the test.
        let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// Hides what differs from run to run: ids, keys, digests, the machine's own instants.
pub(crate) fn steady() -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\bw-[0-9a-f]{12}\b", "w-ID");
    settings.add_filter(r"\b[0-9a-f]{64}\b", "DIGEST");
    settings.add_filter(r"\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}", "+KEYLINE");
    settings.add_filter(r"\b[0-9a-f]{16}\b", "KEY");
    settings.add_filter(r"(Rules +\S+  |规则 +\S+  )[0-9a-f]{12}", "${1}RULES");
    settings.add_filter(r"(Data of|数据时间) \d{4}-\d\d-\d\d \d\d:\d\d", "$1 INSTANT");
    settings.bind_to_scope()
}
