//! `docs/cli.md` is what `--help` says, verb by verb.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::process::Command;

fn help(words: &[&str]) -> String {
    let mut args: Vec<&str> = words.to_vec();
    args.push("--help");
    let out = Command::new(env!("CARGO_BIN_EXE_namekeep")).env_clear().env("COLUMNS", "100").args(&args).output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// The verbs a help page lists.
fn verbs(page: &str) -> Vec<String> {
    let mut lines = page.lines().skip_while(|line| *line != "Commands:").skip(1);
    let mut found = Vec::new();
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        if line.starts_with("  ") && !line.starts_with("    ") {
            found.extend(line.split_whitespace().next().map(str::to_owned));
        }
    }
    found
}

#[test]
fn the_reference_is_the_help() {
    let mut text = String::from("# Command line\n\nGenerated from `--help` by `cargo xtask docs`.\n");
    let top = help(&[]);
    text.push_str(&format!("\n```text\n{}```\n", top));
    for verb in verbs(&top) {
        let page = help(&[&verb]);
        text.push_str(&format!("\n## namekeep {verb}\n\n```text\n{page}```\n"));
        for below in verbs(&page) {
            let page = help(&[&verb, &below]);
            text.push_str(&format!("\n### namekeep {verb} {below}\n\n```text\n{page}```\n"));
        }
    }
    let text = text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n";
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs/cli.md");
    if std::env::var_os("NAMEKEEP_WRITE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    assert!(std::fs::read_to_string(&file).unwrap_or_default() == text, "`cargo xtask docs` writes docs/cli.md anew");
}
