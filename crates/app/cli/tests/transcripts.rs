//! Rehearsals as people read them: one transcript a suffix and ending, kept in `scenarios/`.
//!
//! `NAMEKEEP_WRITE=1` writes them anew (`cargo xtask docs`). Every transcript is made by two processes,
//! which must agree to the byte.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;
use std::process::Command;

const SUFFIXES: [(&str, &str); 5] =
    [("com", "example.com"), ("cn", "example.cn"), ("zhongguo", "示例商城.中国"), ("uk", "example.co.uk"), ("io", "example.io")];
const ENDINGS: [&str; 5] = ["hold", "hold-live", "transfer", "lapse", "delete"];

fn rehearse(name: &str, ending: &str, lang: &str) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_namekeep"))
        .env_clear()
        .env("COLUMNS", "100")
        .args(["rehearse", name, "--ending", ending, "--expires", "2027-10-11", "--at", "2026-11-24", "--lang", lang])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn rehearsals_read_as_kept() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../scenarios/rehearsals");
    let write = std::env::var_os("NAMEKEEP_WRITE").is_some();
    let mut differ = Vec::new();
    for (short, name) in SUFFIXES {
        for ending in ENDINGS {
            for lang in ["en", "zh"] {
                let text = rehearse(name, ending, lang);
                assert_eq!(text, rehearse(name, ending, lang), "two processes differ: {name} {ending} {lang}");
                // Chinese diaries are kept for one suffix; the sentences are the same for all.
                if lang == "zh" && short != "cn" {
                    continue;
                }
                let file = folder.join(format!("{short}-{ending}.{lang}.out"));
                if write {
                    std::fs::create_dir_all(&folder).unwrap();
                    std::fs::write(&file, &text).unwrap();
                } else if std::fs::read_to_string(&file).unwrap_or_default() != text {
                    differ.push(file);
                }
            }
        }
    }
    assert!(differ.is_empty(), "differ from what is kept (`cargo xtask docs` writes them anew): {differ:?}");
}
