//! `docs/cli.md` is what `--help` says, verb by verb; the outputs in the READMEs are what is printed.
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

/// The first lines of a long output a README shows.
const SHOWN: usize = 60;

#[test]
fn the_readmes_show_what_is_printed() {
    for (page, lang) in [("README.md", "en"), ("README.zh-CN.md", "zh")] {
        let home = tempfile::tempdir().unwrap();
        let run = |words: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_namekeep"));
            command.env_clear().env("COLUMNS", "100").current_dir(home.path()).args(words.split(' ')).args(["--lang", lang]);
            String::from_utf8(command.output().unwrap().stdout).unwrap().trim_end().to_owned() + "\n"
        };
        let mut rehearsal = run("rehearse example.cn --ending lapse --expires 2027-06-01 --at 2026-11-24");
        if let Some((cut, _)) = rehearsal.match_indices('\n').nth(SHOWN - 1) {
            rehearsal.truncate(cut + 1);
            rehearsal.push_str("...\n");
        }
        let blocks = [run("demo"), rehearsal, run("dates example.com --expires 2027-03-01 --at 2026-11-24")];
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..").join(page);
        let text = std::fs::read_to_string(&file).unwrap();
        let mut parts = text.split("```text\n");
        let mut fresh = parts.next().unwrap().to_owned();
        let rests: Vec<&str> = parts.map(|part| part.split_once("```\n").unwrap().1).collect();
        assert_eq!(rests.len(), blocks.len(), "{page}");
        for (block, rest) in blocks.iter().zip(rests) {
            fresh.push_str(&format!("```text\n{block}```\n{rest}"));
        }
        if std::env::var_os("NAMEKEEP_WRITE").is_some() {
            std::fs::write(&file, &fresh).unwrap();
        }
        assert!(std::fs::read_to_string(&file).unwrap() == fresh, "`cargo xtask docs` writes the outputs in {page} anew");
    }
}
