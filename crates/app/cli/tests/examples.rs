//! Every example a help page shows is run as it stands there, by a shell, in a prepared folder; and
//! both languages show the same ones.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::process::{Command, Stdio};

use common::Home;

const LIST: &str = "域名,到期时间\nexample.com,2027-08-01\nexample.cn,2027-05-01\nexample.net,2026-12-01\n\
    示例.中国,2027-03-01\nexample.org,2030-01-01\n";

/// Exit codes an example may end with: what it shows is a finding, a gate, a missing signature, or
/// that nobody answers here, all of which are answers.
const FINE: [i32; 6] = [0, 1, 32, 41, 80, 81];

/// The commands at the foot of a help page, without what they are for.
fn examples(page: &str) -> Vec<String> {
    let lines = page.lines().skip_while(|line| !["Example:", "Examples:", "示例："].contains(line)).skip(1);
    // A line that goes on in the next one ends in a back-slash, as a shell reads it.
    let whole = lines.collect::<Vec<_>>().join("\n").replace("\\\n      ", "");
    let lines = whole.lines().filter_map(|line| line.strip_prefix("  "));
    lines.map(|line| line.split_once("    ").map_or(line, |(command, _)| command).trim().to_owned()).collect()
}

/// Every path of verbs, found by help alone.
fn paths(home: &Home) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut at = 0;
    while let Some(path) = found.get(at).cloned() {
        at += 1;
        let page = home.run(&path.split_whitespace().chain(["--help"]).collect::<Vec<_>>()).out;
        let lines = page.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        let verbs = lines.filter(|line| line.starts_with("  ") && !line.starts_with("    "));
        found.extend(verbs.filter_map(|line| Some(format!("{path} {}", line.split_whitespace().next()?).trim().to_owned())));
    }
    found
}

/// A workspace with a run under way on a name no example plans anew, and the files examples read.
fn prepared() -> Home {
    let home = Home::with(LIST);
    for (name, bytes) in [
        ("names.txt", "example.com\nexample.cn\n"),
        ("portfolio.csv", "domain,expires\nexample.com,2027-01-01\nshop_,2027-01-01\n"),
        ("charter.pdf", "signed"),
        ("answer.txt", "Domain Name: EXAMPLE.COM\nRegistry Expiry Date: 2027-08-13T04:00:00Z\n"),
        ("answer.json", r#"{"objectClassName":"domain","ldhName":"example.com","status":["active"]}"#),
    ] {
        home.write(name, bytes);
    }
    for args in [
        &["config", "person", "legal-1", "legal", "approver"][..],
        &["config", "person", "security-1", "security", "approver"],
        &["check", "example.net", "--resolver", "127.0.0.9:9", "--dns-port", "9"],
        &["plan", "retire", "example.net"],
        &["tell", "example.net", "registration.dispute=no", "--by", "legal-1"],
        &["apply", "RET-0001"],
        &["evidence", "seal", "RET-0001"],
    ] {
        let ran = home.run(args);
        assert!(FINE.contains(&ran.code), "{args:?}: {}", ran.whole());
    }
    home
}

/// Runs a line with a shell in which `namekeep` is this program. Looking stays on this machine.
fn shell(home: &Home, line: &str) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_namekeep");
    let line = if line.contains("namekeep check") && !line.contains("--resolver") {
        format!("{line} --resolver 127.0.0.9:9 --dns-port 9")
    } else {
        line.to_owned()
    };
    let script = format!("namekeep() {{ '{program}' \"$@\"; }}\n{line}");
    let output = Command::new("/bin/sh")
        .args(["-c", &script])
        .current_dir(home.path(""))
        .env_clear()
        .env("NAMEKEEP_LANG", "en")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap_or(-1), said)
}

#[test]
fn every_example_works_as_it_stands() {
    let mut ran = 0;
    let mut wrong = Vec::new();
    for path in paths(&Home::new()) {
        let help: Vec<&str> = path.split_whitespace().chain(["--help"]).collect();
        let home = prepared();
        let (english, chinese) = (examples(&home.run(&help).out), examples(&home.zh(&help).out));
        assert_eq!(english, chinese, "{path}");
        for line in english {
            // A run on a name is in the way of another: each plan begins in a folder of its own.
            let own = line.contains("namekeep plan").then(prepared);
            let (code, said) = shell(own.as_ref().unwrap_or(&home), &line);
            // What nobody has looked at cannot be explained; no network is asked here.
            let unseen = line.contains("explain C4 example.net") && said.contains("E8403");
            if !(FINE.contains(&code) || unseen) || said.contains("panicked") {
                wrong.push(format!("{line}\n  exit {code}\n{said}"));
            }
            ran += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {ran} examples fail:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ran > 50, "only {ran} examples were found");
}
