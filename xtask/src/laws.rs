//! The laws of the house that a compiler does not check.
//!
//! Who may depend on whom, which crates never come in, how large a file may grow, which words never
//! appear, and that every error code and finding has its page. Each law says what to do instead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::run::root;

/// Crates that never come in, and why.
const BANNED: [(&str, &str); 6] = [
    ("openssl-sys", "TLS and signatures are rustls with ring and ed25519-dalek"),
    ("aws-lc-sys", "one C cryptography library (ring) is enough"),
    ("native-tls", "TLS is rustls"),
    ("chrono", "time is jiff"),
    ("icann-rdap-client", "readers are our own (decision 23)"),
    ("sqlx-core", "the store is rusqlite (decision 21)"),
];

/// Licences a dependency may carry; an expression passes when one alternative of it does.
const LICENCES: [&str; 12] = [
    "MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "Unicode-3.0", "Unlicense", "CC0-1.0",
    "MIT-0", "0BSD", "CDLA-Permissive-2.0",
];

/// Most crates in the default build, and in the verifier alone (decision 24).
const MOST_CRATES: usize = 250;
const MOST_VERIFIER: usize = 40;

/// Longest source file.
const MOST_LINES: usize = 800;

/// Who may see whom among our own crates (house.md section 2).
const MAY_USE: [(&str, &[&str]); 12] = [
    ("namekeep-model", &[]),
    ("namekeep-evidence", &[]),
    ("namekeep-rules", &["namekeep-model"]),
    ("namekeep-lifecycle", &["namekeep-model", "namekeep-rules"]),
    ("namekeep-assess", &["namekeep-model"]),
    ("namekeep-playbook", &["namekeep-model", "namekeep-rules", "namekeep-ports"]),
    ("namekeep-ports", &["namekeep-model"]),
    ("namekeep-world", &["namekeep-model", "namekeep-ports"]),
    ("namekeep-probe", &["namekeep-model"]),
    ("namekeep-store", &["namekeep-model", "namekeep-evidence"]),
    ("namekeep-service", &["*"]),
    ("namekeep-cli", &["*"]),
];

/// Checks every law; answers all that is broken at once.
pub(crate) fn check() -> Result<(), String> {
    let mut broken = Vec::new();
    let metadata = metadata()?;
    dependencies(&metadata, &mut broken);
    crate_counts(&mut broken)?;
    files(&mut broken)?;
    pages(&mut broken)?;
    if broken.is_empty() {
        println!("laws: all hold");
        return Ok(());
    }
    Err(format!("{} laws broken\n  {}", broken.len(), broken.join("\n  ")))
}

fn metadata() -> Result<Value, String> {
    let out = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .map_err(|e| e.to_string())?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned());
    }
    serde_json::from_slice(&out.stdout).map_err(|e| e.to_string())
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn dependencies(metadata: &Value, broken: &mut Vec<String>) {
    let ours: BTreeSet<&str> = MAY_USE.iter().map(|(name, _)| *name).chain(["xtask"]).collect();
    for package in list(metadata, "packages") {
        let name = text(package, "name");
        if ours.contains(name) {
            let allowed = MAY_USE.iter().find(|(who, _)| *who == name).map_or(&["*"][..], |(_, whom)| whom);
            for dependency in list(package, "dependencies") {
                let used = text(dependency, "name");
                let normal = dependency.get("kind").is_none_or(Value::is_null);
                if normal && ours.contains(used) && !allowed.contains(&"*") && !allowed.contains(&used) {
                    broken.push(format!("{name} may not use {used} (house, section 2)"));
                }
            }
            continue;
        }
        let licence = text(package, "license");
        let fits = licence.replace('/', " OR ").split(" OR ").any(|alternative| {
            alternative
                .split(" AND ")
                .all(|one| LICENCES.contains(&one.trim_matches([' ', '(', ')']).trim_end_matches(" WITH LLVM-exception")))
        });
        if !fits {
            broken.push(format!("crate {name} has licence `{licence}`, which is not on the list"));
        }
    }
}

fn crate_counts(broken: &mut Vec<String>) -> Result<(), String> {
    for (package, most) in [("namekeep-cli", MOST_CRATES), ("namekeep-evidence", MOST_VERIFIER)] {
        let out = Command::new("cargo")
            .args(["tree", "--locked", "-p", package, "-e", "normal,build", "--prefix", "none", "--format", "{p}"])
            .current_dir(root())
            .output()
            .map_err(|e| e.to_string())?;
        let names: BTreeSet<String> = String::from_utf8_lossy(&out.stdout)
            .lines()
            .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
            .filter(|line| !line.is_empty())
            .collect();
        for (banned, why) in BANNED {
            if names.iter().any(|name| name.starts_with(&format!("{banned} "))) {
                broken.push(format!("crate {banned} came into {package}: {why}"));
            }
        }
        println!("laws: {package} is built from {} crates (at most {most})", names.len());
        if names.is_empty() || names.len() > most {
            broken.push(format!("{package} is built from {} crates; at most {most} (decision 24)", names.len()));
        }
    }
    Ok(())
}

/// Every file git knows or would add.
fn tracked() -> Result<Vec<PathBuf>, String> {
    let out = Command::new("git")
        .args(["ls-files", "-co", "--exclude-standard"])
        .current_dir(root())
        .output()
        .map_err(|e| e.to_string())?;
    Ok(String::from_utf8_lossy(&out.stdout).lines().map(PathBuf::from).collect())
}

fn read(file: &Path) -> Option<String> {
    std::fs::read_to_string(root().join(file)).ok()
}

fn files(broken: &mut Vec<String>) -> Result<(), String> {
    // Words split so that this file does not break its own law.
    let forbidden = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("sub", "agent"), concat!("crates", ".io/api")];
    for file in tracked()? {
        let name = file.display().to_string();
        let Some(content) = read(&file) else { continue };
        for word in forbidden {
            if content.contains(word) {
                broken.push(format!("{name}: `{word}` does not belong in the project"));
            }
        }
        if !name.ends_with(".rs") {
            continue;
        }
        let lines = content.lines().count();
        if lines > MOST_LINES {
            broken.push(format!("{name}: {lines} lines; would two ideas be happier apart? (at most {MOST_LINES})"));
        }
        let has_headline = content.lines().next().is_some_and(|line| line.starts_with("//!") || line.starts_with("#!["));
        if !has_headline {
            broken.push(format!("{name}: starts without a `//!` headline"));
        }
        let core = name.starts_with("crates/core/") && name.contains("/src/");
        for outside in ["std::net::Tcp", "std::net::Udp", "std::net::ToSocketAddrs", "std::fs::", "std::process::", "tokio::", "std::env::"] {
            if core && content.lines().any(|l| !l.trim_start().starts_with("//") && l.contains(outside)) {
                broken.push(format!("{name}: core knows no `{outside}` (house, section 2)"));
            }
        }
    }
    Ok(())
}

/// Error codes and finding codes that have no page, and pages nobody needs.
fn pages(broken: &mut Vec<String>) -> Result<(), String> {
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    for file in tracked()? {
        let name = file.display().to_string();
        if !(name.starts_with("crates/") && name.contains("/src/") && name.ends_with(".rs")) {
            continue;
        }
        let Some(content) = read(&file) else { continue };
        for piece in content.split('"').skip(1).step_by(2) {
            let is_code = piece.len() == 5
                && piece.starts_with('E')
                && piece.get(1..).is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit()));
            if is_code {
                codes.entry(piece.to_owned()).or_insert_with(|| name.clone());
            }
        }
    }
    for (code, file) in &codes {
        if !root().join(format!("docs/errors/{code}.md")).is_file() {
            broken.push(format!("{file}: error {code} has no page docs/errors/{code}.md"));
        }
    }
    for letter in ["T", "C", "L", "S"] {
        for number in 1..=6 {
            if !root().join(format!("docs/findings/{letter}{number}.md")).is_file() {
                broken.push(format!("finding {letter}{number} has no page docs/findings/{letter}{number}.md"));
            }
        }
    }
    Ok(())
}
