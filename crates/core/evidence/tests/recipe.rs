//! The printed recipe works with the real `unzip`, `sha256sum` and `openssl`; a missing tool fails the test.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{World, zip::file};

/// The numbered steps of `VERIFY.txt` as shell scripts.
fn steps(recipe: &str) -> Vec<String> {
    let body = recipe.split_once("# 0.").unwrap().1.split_once("What these steps").unwrap().0;
    body.split("\n# ").map(|step| step.split_once('\n').map_or("", |(_, commands)| commands).to_owned()).collect()
}

fn run(folder: &Path, script: &str) -> Output {
    Command::new("sh").arg("-euc").arg(script).current_dir(folder).output().unwrap()
}

fn unpacked(name: &str, dossier: &[u8]) -> (PathBuf, Vec<String>) {
    for tool in ["unzip -v", "sha256sum --version", "openssl version"] {
        assert!(run(Path::new("."), tool).status.success(), "the recipe needs `{tool}`");
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("recipe-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("RET-0007.dossier"), dossier).unwrap();
    let recipe = String::from_utf8(file(&mut common::zip::unpack(dossier), "VERIFY.txt").clone()).unwrap();
    let steps = steps(&recipe);
    assert_eq!(steps.len(), 6);
    let unpack = run(&folder, &steps[0]);
    assert!(unpack.status.success(), "{unpack:?}");
    (folder.join("RET-0007"), steps)
}

#[test]
fn the_recipe_holds_for_a_good_dossier() {
    let (folder, steps) = unpacked("good", &World::new(2_000, 3).seal().unwrap());
    for step in &steps[1..4] {
        let output = run(&folder, step);
        assert!(output.status.success(), "{step}\n{output:?}");
    }
    let entry = String::from_utf8(run(&folder, &steps[4]).stdout).unwrap();
    let lines: Vec<&str> = entry.lines().map(|line| line.trim_end_matches(" -").trim()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0], lines[1], "the leaf hash by hand is the listed one");
    let raw = String::from_utf8(run(&folder, &steps[5]).stdout).unwrap();
    assert_eq!(raw.lines().count(), 3);
    assert!(raw.lines().all(|line| line.split_once("  raw/").is_some_and(|(digest, name)| digest == name)), "{raw}");
    fs::remove_dir_all(folder.parent().unwrap()).unwrap();
}

#[test]
fn the_recipe_refuses_a_changed_dossier() {
    let good = World::new(2_000, 3).seal().unwrap();
    for (name, failing) in [("entries.jsonl", 1), ("SHA256SUMS", 2), ("checkpoint.note", 3)] {
        let mut files = common::zip::unpack(&good);
        let data = file(&mut files, name);
        data[40] = if data[40] == b'3' { b'4' } else { b'3' };
        let (folder, steps) = unpacked(name, &common::zip::pack(&files));
        assert!(!run(&folder, &steps[failing]).status.success(), "{name}");
        fs::remove_dir_all(folder.parent().unwrap()).unwrap();
    }
}

/// Keys made by openssl are read, and keys written here are read by openssl.
#[test]
fn keys_go_both_ways() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("keys-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let made =
        run(&folder, "openssl genpkey -algorithm ed25519 -out a.pem && openssl pkey -in a.pem -pubout -out a.pub");
    assert!(made.status.success(), "{made:?}");
    let key = namekeep_evidence::SigningKey::from_pem("a", &fs::read_to_string(folder.join("a.pem")).unwrap()).unwrap();
    assert_eq!(key.public().to_pem(), fs::read_to_string(folder.join("a.pub")).unwrap());
    fs::write(folder.join("b.pem"), common::key("b", 9).to_pem()).unwrap();
    let read = run(&folder, "openssl pkey -in b.pem -pubout");
    assert_eq!(String::from_utf8(read.stdout).unwrap(), common::key("b", 9).public().to_pem());
    fs::remove_dir_all(&folder).unwrap();
}
