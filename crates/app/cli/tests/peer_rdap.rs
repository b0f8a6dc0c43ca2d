//! A real RDAP client (whoisit, from PyPI) and ours agree on the documents of the corpus.
//!
//! What the peer refuses (errors, pages, search answers, a date in words) is listed: ours reads those
//! on purpose, and a document that moves between the lists fails here.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::Home;
use serde_json::Value;

/// Documents that the peer does not read as a domain.
const REFUSED: [&str; 9] = [
    "error-400",
    "error-403",
    "error-404",
    "error-404-reserved",
    "error-429",
    "error-503",
    "html",
    "odd-types",
    "search-one",
];

fn python() -> PathBuf {
    match std::env::var_os("NAMEKEEP_TEST_PYTHON") {
        Some(path) => path.into(),
        None => panic!(
            "NAMEKEEP_TEST_PYTHON is not set: `cargo xtask test` makes the environment with whoisit 4.1.0 and names its interpreter"
        ),
    }
}

fn documents() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../edge/probe/tests/corpus/rdap");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|file| !file.to_string_lossy().ends_with(".expect.json")).collect();
    files.sort();
    assert!(files.len() > REFUSED.len(), "no documents below {}", folder.display());
    files
}

/// EPP spelling without capitals and blanks; RDAP says `active` where EPP says `ok` (RFC 8056).
fn status(word: &str) -> String {
    let folded: String = word.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    if folded == "active" { "ok".to_owned() } else { folded }
}

fn statuses(list: &Value) -> Vec<String> {
    let mut words: Vec<String> =
        list.as_array().into_iter().flatten().map(|word| status(word.as_str().unwrap())).collect();
    words.sort();
    words
}

fn second(text: &Value) -> Value {
    text.as_str().map_or(Value::Null, |text| text.parse::<jiff::Timestamp>().unwrap().as_second().into())
}

#[test]
fn a_real_client_reads_the_same_name_registrar_dates_and_servers() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer_rdap.py");
    let ran = Command::new(python()).arg(script).args(documents()).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let home = Home::new();
    let (mut agreed, mut refused) = (0, Vec::new());
    for line in String::from_utf8(ran.stdout).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let file = line["file"].as_str().unwrap();
        let Some(theirs) = line.get("read") else {
            refused.push(Path::new(file).file_stem().unwrap().to_string_lossy().into_owned());
            continue;
        };
        let ours = home.run(&["rdap", "parse", file, "--json"]).json();
        for key in ["name", "registrar"] {
            assert_eq!(ours[key], theirs[key], "{file}: {key}");
        }
        for key in ["created", "updated", "expires"] {
            assert_eq!(second(&ours[key]), theirs[key], "{file}: {key}");
        }
        assert_eq!(ours["nameservers"], theirs["nameservers"], "{file}");
        assert_eq!(statuses(&ours["statuses"]), statuses(&theirs["statuses"]), "{file}");
        // Where the answer does not tell, ours says so; the peer says no. It knows one spelling of the
        // member (RFC 9083, section 5.3); some registries write another.
        let spelt = file.ends_with("/secure-dns-case.json") && ours["dnssec"] == true;
        assert!(ours["dnssec"].is_null() || ours["dnssec"] == theirs["dnssec"] || spelt, "{file}: {ours}");
        agreed += 1;
    }
    let mut expected = REFUSED.map(str::to_owned);
    expected.sort();
    refused.sort();
    assert_eq!(refused, expected);
    assert!(agreed >= 9, "{agreed} documents compared");
    println!("{agreed} documents agree, {} are refused by the peer", refused.len());
}
