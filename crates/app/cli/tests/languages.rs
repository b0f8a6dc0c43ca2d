//! Every error, label and sentence speaks both languages: what the compiler cannot see of that.
//!
//! An error without a Chinese sentence does not compile where `says` matches its variants; here the
//! sources are read for error types without `says`, and for Chinese texts that are English.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::path::{Path, PathBuf};

use common::Home;

/// Error types people meet only inside the sentence of another error, which quotes them.
const QUOTED: [&str; 6] = ["IdError", "StatusError", "UnknownFinding", "TimeError", "Empty", "WorldError"];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                walk(&entry, found);
            } else if entry.extension().is_some_and(|ext| ext == "rs") {
                let text = std::fs::read_to_string(&entry).unwrap();
                found.push((entry, text));
            }
        }
    }
    let crates = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for part in ["core", "edge", "app"] {
        for krate in std::fs::read_dir(crates.join(part)).unwrap() {
            walk(&krate.unwrap().path().join("src"), &mut found);
        }
    }
    assert!(found.len() > 150, "only {} sources", found.len());
    found
}

/// The string literal a text begins with, and what follows it.
fn literal(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return Some((&text[..at], &text[at + 1..])),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

/// Tells whether a text is English prose: two words of letters in a row, and no Han character.
fn is_english(text: &str) -> bool {
    let han = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    // What stands in braces or backquotes is a value or a command.
    let bare: String = text.split(['`', '{', '}']).step_by(2).collect::<Vec<_>>().join(" . ");
    let word = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    let words: Vec<&str> = bare.split_whitespace().collect();
    !han && words.windows(2).any(|pair| pair.iter().all(word))
}

#[test]
fn no_chinese_text_is_english() {
    let mut wrong = Vec::new();
    let mut read = 0;
    for (file, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap();
        let after = |mark: &str| code.match_indices(mark).map(|(at, _)| &code[at + mark.len()..]).collect::<Vec<_>>();
        let named = after("zh: ").into_iter().filter_map(literal).map(|(zh, _)| zh);
        let paired = after("Text::new(").into_iter().filter_map(|rest| literal(literal(rest)?.1.trim_start().strip_prefix(',')?)).map(|(zh, _)| zh);
        for zh in named.chain(paired) {
            read += 1;
            if is_english(zh) {
                wrong.push(format!("{}: {zh}", file.display()));
            }
        }
    }
    assert!(read > 1_000, "only {read} texts were found");
    assert!(wrong.is_empty(), "English where Chinese is due:\n{}", wrong.join("\n"));
}

#[test]
fn every_error_type_says_what_it_is_in_both_languages() {
    let sources = sources();
    let mut missing = Vec::new();
    let mut errors = 0;
    for (file, text) in &sources {
        for (at, _) in text.match_indices("thiserror::Error)]") {
            let item = text[at..].split_once("\npub ").and_then(|(_, rest)| rest.split_once(' '));
            let name: String = item.unwrap().1.chars().take_while(|c| c.is_alphanumeric()).collect();
            errors += 1;
            let says = |part: &str| sources.iter().any(|(_, text)| {
                let own = text.split_once(&format!("impl {name} {{")).map(|(_, body)| body.split("\n}\n").next().unwrap_or(body).to_owned());
                own.is_some_and(|body| body.contains(part))
            });
            if !(QUOTED.contains(&name.as_str()) || says("fn says(&self") || says("fn message(&self")) {
                missing.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(errors > 10, "only {errors} error types were found");
    assert!(missing.is_empty(), "error types without a sentence in both languages:\n{}", missing.join("\n"));
}

#[test]
fn wrong_input_is_answered_in_chinese_with_a_code_and_a_cure() {
    let home = Home::with("域名,到期时间\nexample.com,2027-08-01\nexample.cn,2027-05-01\n");
    let file = home.write("holidays.json", "{\"schema\":\"namekeep/holidays/1\"");
    home.write("bad.json", "{\"a\":");
    home.write("bad.jsonl", "{}\n");
    for args in [
        &["nonsense"][..],
        &["list", "--sort", "x"],
        &["list", "--limit", "many"],
        &["plan"],
        &["plan", "retire"],
        &["show", "example.com", "extra"],
        &["show", "elsewhere.example"],
        &["show", "a b"],
        &["check", "a..b"],
        &["check", "example.com", "--resolver", "nobody"],
        &["check", "example.com", "--replay", "bad.jsonl"],
        &["check", "example.com", "--record", "t", "--replay", "bad.jsonl"],
        &["explain", "RET-0099"],
        &["explain", "E9999"],
        &["plan", "retire", "com"],
        &["plan", "retire", "example.com", "--registrar", "nobody"],
        &["plan", "retire", "example.com", "--expires", "soon"],
        &["plan", "retire", "example.com", "--filed", "perhaps"],
        &["plan", "renew", "example.com", "--ceiling", "much"],
        &["plan", "renew", "example.com", "--years", "11"],
        &["plan", "show", "x"],
        &["approve", "RET-0001", "--as", "legal"],
        &["approve", "RET-0001", "--as", "a b", "--yes"],
        &["task", "done", "x", "--by", "legal"],
        &["task", "done", "RET-0001/1.charter/1", "--by", "legal", "--field", "x"],
        &["task", "attach", "RET-0001/1.charter/1", "missing.pdf"],
        &["tell", "example.com", "registration.nothing=1", "--by", "legal"],
        &["tell", "example.com", "registration.dispute=perhaps", "--by", "legal"],
        &["tell", "example.com", "nothing", "--by", "legal"],
        &["evidence", "verify", "missing.dossier"],
        &["evidence", "verify", "bad.json", "--trust", "no key"],
        &["config", "zone", "Mars"],
        &["config", "ceiling", "much"],
        &["config", "person", "a", "kitchen"],
        &["config", "import-rules", &file],
        &["init", "missing.txt"],
        &["dates", "example.com", "--expires", "soon"],
        &["dates", "example.com", "--expires", "2027-01-01", "--registrar", "nobody"],
        &["workdays", "is", "1999-01-01"],
        &["workdays", "add", "2026-01-01", "99999999"],
        &["workdays", "add", "2026-01-01", "x"],
        &["rdap", "parse", "bad.json"],
        &["whois", "parse", "missing.txt"],
        &["demo", "explain", "RET-0099"],
        &["demo", "show", "nothing.example"],
        &["demo", "advance", "0", "years"],
        &["completions", "tcsh"],
    ] {
        let ran = home.zh(args);
        assert_ne!(ran.code, 0, "{args:?}: {}", ran.whole());
        assert!(ran.err.contains("错误[E") && ran.err.contains("提示: "), "{args:?} has no code or no cure: {}", ran.whole());
        for line in ran.err.lines() {
            let quoted = line.contains("（原文）");
            assert!(quoted || !is_english(line.split_once(": ").map_or(line, |(_, rest)| rest)), "{args:?}: {line}");
        }
        assert!(home.run(&[args, &["--json"]].concat()).out.contains("\"code\": \"E"), "{args:?}");
    }
}
