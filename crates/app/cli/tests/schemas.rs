//! Every document of `--json`, from the real program, against its published schema; a verb that
//! has none, and a schema no verb has, fail here.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeSet;

use common::{Home, Ran, schema};
use namekeep_model::{ReceiptKind, TaskKind};
use serde_json::Value;

/// Verbs that print no document, and what they print instead.
const NO_DOCUMENT: [(&str, &str); 2] = [("completions", "a script of the shell"), ("export csv", "a file of RFC 4180")];

/// Documents whose proof needs more than one process: which test makes them.
const ELSEWHERE: [(&str, &str); 2] = [
    ("explain-finding", "tests/check.rs, on planted faults"),
    ("decision", "src/commands/runs.rs: a signature is weeks away from a plan"),
];

const LIST: &str = "域名,到期时间,负责人,账号,自动续费\n\
    example.com,2027-08-01,ops-1,main,是\n\
    example.cn,2026-11-10,,brand,否\n\
    example.net,2030-05-01,,,\n";

const RDAP: &str = r#"{"objectClassName":"domain","ldhName":"example.com","status":["active"],
    "events":[{"eventAction":"expiration","eventDate":"2027-08-13T04:00:00Z"}]}"#;
const WHOIS: &str = "Domain Name: EXAMPLE.COM\nRegistry Expiry Date: 2027-08-13T04:00:00Z\n";

/// One call, by the verb it is of, and the schema of what it prints. In order: each finds the
/// workspace as those before it left it.
const CALLS: &[(&str, &str, &[&str])] = &[
    ("init", "init", &["names.csv"]),
    ("config", "config", &[]),
    ("config", "person", &["person", "legal-1", "legal", "approver"]),
    ("config", "person", &["person", "security-1", "security", "approver"]),
    ("config", "config", &["ceiling", "CNY", "300"]),
    ("list", "list", &[]),
    ("show", "show", &["example.cn"]),
    ("export json", "export", &[]),
    ("check", "check", &["--resolver", "127.0.0.9:9", "--dns-port", "9"]),
    ("explain", "page", &["T3"]),
    ("explain", "page", &["e1102"]),
    ("explain", "explain-name", &["example.cn"]),
    ("plan retire", "plan", &["example.net"]),
    ("plan retire", "plan", &["example.cn", "--ending", "delete"]),
    ("plan renew", "plan", &["example.com", "--years", "2", "--ceiling", "CNY 200"]),
    ("plan show", "plan", &["RET-0001"]),
    ("plan again", "plan", &["RET-0001"]),
    ("apply", "apply", &["RET-0001"]),
    ("apply", "apply", &["RET-0002"]),
    ("apply", "apply", &["REN-0001"]),
    ("explain", "explain-run", &["RET-0001"]),
    ("explain", "explain-run", &["RET-0002"]),
    ("explain", "explain-run", &["REN-0001"]),
    ("tell", "tell", &["example.net", "registration.dispute=no", "--by", "legal-1"]),
    ("task list", "task-list", &[]),
    ("evidence seal", "seal", &["RET-0001"]),
    ("evidence show", "entry", &["RET-0001.dossier"]),
    ("evidence verify", "evidence-report", &["RET-0001.dossier"]),
    ("evidence verify", "evidence-report", &["names.csv"]),
    ("rehearse", "rehearsal", &["example.cn", "--expires", "2027-10-11", "--at", "2026-11-24", "--ending", "lapse"]),
    ("rehearse", "rehearsal", &["example.co.uk", "--expires", "2027-10-11", "--at", "2026-11-24", "--ending", "delete"]),
    ("demo", "demo", &[]),
    ("demo list", "list", &["--limit", "5"]),
    ("demo show", "show", &["example-lab.net"]),
    ("demo explain", "explain-run", &["RET-0007"]),
    ("demo explain", "explain-name", &["example-lab.net"]),
    ("demo explain", "explain-name", &["C4", "example-lab.net"]),
    ("demo explain", "page", &["T3"]),
    ("demo advance", "demo-advance", &["20", "working-days"]),
    ("demo task", "task-list", &[]),
    ("demo reset", "demo-clock", &[]),
    ("name", "name", &["示例商城.中国"]),
    ("name", "name", &["a b"]),
    ("dates", "dates", &["example.cn", "--expires", "2026-11-10", "--at", "2026-11-24"]),
    ("workdays add", "workdays", &["2026-11-06", "20"]),
    ("workdays between", "workdays", &["2026-11-06", "2026-12-04"]),
    ("workdays is", "workdays", &["2026-10-01"]),
    ("filing number", "filing-number", &["京ICP备2021001234号-1"]),
    ("filing id", "filing-id", &["11010519491231002X"]),
    ("whois parse", "reading", &["answer.txt"]),
    ("rdap parse", "reading", &["answer.json"]),
];

/// Every JSON value a run printed.
fn documents(ran: &Ran) -> Vec<Value> {
    let read = serde_json::Deserializer::from_str(&ran.out).into_iter().collect::<Result<Vec<Value>, _>>();
    let read = read.unwrap_or_else(|e| panic!("{e}: {}", ran.whole()));
    assert!(!read.is_empty(), "{}", ran.whole());
    read
}

/// Runs a verb with `--json`, in a language, and holds what it prints against a schema.
fn held(home: &Home, verb: &str, name: &str, args: &[&str], lang: &str) -> Vec<Value> {
    let words: Vec<&str> = verb.split(' ').chain(args.iter().copied()).chain(["--json", "--lang", lang]).collect();
    let ran = home.run(&words);
    let read = documents(&ran);
    for document in &read {
        assert!(name == "error" || document.get("error").is_none() || name == "name", "{words:?}: {}", ran.whole());
        schema::check(name, document);
    }
    read
}

fn home() -> Home {
    let home = Home::new();
    home.write("names.csv", LIST);
    home.write("answer.json", RDAP);
    home.write("answer.txt", WHOIS);
    home.write("proof.pdf", "proof");
    home
}

/// The tasks that are open.
fn tasks(home: &Home) -> Vec<Value> {
    held(home, "task list", "task-list", &[], "en")[0]["items"].as_array().unwrap().clone()
}

/// Reports a task done with the values careful work brings.
fn done(home: &Home, task: &Value) {
    let kind = ReceiptKind::ALL.iter().find(|kind| task["receipt"]["kind"] == kind.code()).unwrap();
    let fields = kind.fields().iter().map(|field| {
        let value = field.clean.value().map_or_else(|| "CNY 39".to_owned(), |value| value.to_string());
        format!("--field={}={value}", field.name)
    });
    let mut args = vec![task["id"].as_str().unwrap().to_owned(), "--by=legal-1".to_owned()];
    args.extend(fields);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    held(home, "task done", "task-done", &args, "en");
}

/// What satisfies a predicate about a fact, as `tell` takes it.
fn telling(fact: &Value) -> Option<String> {
    let bound = fact["bound"].as_object()?;
    let wanted = ["is", "at-most", "at-least"].iter().find_map(|word| bound.get(*word))?;
    let (kind, value) = wanted.as_object()?.iter().next()?;
    let value = match (kind.as_str(), value) {
        ("money", money) => format!("{} {}", money["currency"].as_str()?, money["amount"].as_str()?),
        ("bool", yes) => if yes.as_bool()? { "yes" } else { "no" }.to_owned(),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    };
    Some(format!("{}={value}", fact["key"].as_str()?))
}

/// The verbs a help page lists.
fn verbs(page: &str) -> Vec<String> {
    let lines = page.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let lines = lines.filter(|line| line.starts_with("  ") && !line.starts_with("    "));
    lines.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

/// Every verb of the command line that has no verb below it, or does something by itself.
fn leaves(home: &Home) -> BTreeSet<String> {
    fn walk(home: &Home, path: &str, found: &mut BTreeSet<String>) {
        let words: Vec<&str> = path.split_whitespace().chain(["--help"]).collect();
        let page = home.run(&words).out;
        let below = verbs(&page);
        if !path.is_empty() && (below.is_empty() || page.contains("[COMMAND]")) {
            found.insert(path.to_owned());
        }
        for verb in below {
            walk(home, format!("{path} {verb}").trim(), found);
        }
    }
    let mut found = BTreeSet::new();
    walk(home, "", &mut found);
    found
}

/// The verbs held here that need more than one call: tasks and signatures.
const BY_HAND: [(&str, &str); 5] = [
    ("task attach", "task-attach"),
    ("task done", "task-done"),
    ("approve", "decision"),
    ("refuse", "decision"),
    ("withdraw", "decision"),
];

#[test]
fn every_verb_has_a_schema_and_every_schema_a_verb() {
    let called = CALLS.iter().map(|(verb, ..)| *verb).chain(BY_HAND.map(|(verb, _)| verb)).chain(NO_DOCUMENT.map(|(verb, _)| verb));
    let called: BTreeSet<String> = called.map(str::to_owned).collect();
    assert_eq!(called, leaves(&Home::new()), "verbs held against a schema, and verbs there are");

    let named = CALLS.iter().map(|(_, name, _)| *name).chain(BY_HAND.map(|(_, name)| name)).chain(ELSEWHERE.map(|(name, _)| name));
    let named: BTreeSet<String> = named.chain(["error"]).map(str::to_owned).collect();
    let folder = format!("{}/../../../docs/schemas", env!("CARGO_MANIFEST_DIR"));
    let index = std::fs::read_to_string(format!("{folder}/README.md")).unwrap();
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let kept: BTreeSet<String> = files.filter_map(|file| file.strip_suffix(".json").map(str::to_owned)).collect();
    assert_eq!(named, kept, "schemas something is held against, and schemas there are");
    for name in kept {
        assert!(index.contains(&format!("({name}.json)")), "docs/schemas/README.md does not list {name}.json");
    }
}

#[test]
fn every_document_is_as_its_schema_says() {
    for lang in ["en", "zh"] {
        let home = home();
        for (verb, name, args) in CALLS {
            held(&home, verb, name, args, lang);
        }
        for failed in [&["show", "elsewhere.example"][..], &["plan", "retire"], &["nonsense"], &["list", "--sort", "x"]] {
            let ran = home.run(&[failed, &["--json", "--lang", lang]].concat());
            schema::check("error", &ran.json());
            assert_eq!(ran.json()["error"]["exit"], ran.code);
            assert!(!ran.json()["error"]["hints"].as_array().unwrap().is_empty(), "{}", ran.whole());
        }
    }
}

/// A retirement from its first task on, as far as one day goes.
#[test]
fn tasks_are_answered_and_signatures_are_not_yet_due() {
    let home = home();
    for args in [
        &["init", "names.csv"][..],
        &["config", "person", "legal-1", "legal", "approver"],
        &["config", "person", "security-1", "security", "approver"],
    ] {
        assert_eq!(home.run(args).code, 0);
    }
    let plan = home.run(&["plan", "retire", "example.cn", "--filed", "no", "--json"]).json();
    // Whatever a gate of the plan reads is told as the gate wants it.
    let atoms = plan["plan"]["steps"].as_array().unwrap().iter().flat_map(|step| step["gate"].as_array().unwrap());
    let facts: BTreeSet<String> = atoms.filter_map(|atom| telling(&atom["test"]["fact"])).collect();
    let mut tell: Vec<&str> = vec!["example.cn", "--by", "legal-1"];
    tell.extend(facts.iter().map(String::as_str));
    held(&home, "tell", "tell", &tell, "zh");
    held(&home, "plan again", "plan", &["RET-0001"], "zh");
    let mut answered = BTreeSet::new();
    for lang in ["en", "zh", "en"] {
        held(&home, "apply", "apply", &["RET-0001"], lang);
        for task in tasks(&home) {
            let id = task["id"].as_str().unwrap();
            held(&home, "task attach", "task-attach", &[id, "proof.pdf"], lang);
            let bare = held(&home, "task done", "error", &[id, "--by", "legal-1"], lang);
            assert_eq!(bare[0]["error"]["code"], "E8204", "a report without its measured fields");
            done(&home, &task);
            answered.insert(task["kind"].as_str().unwrap().to_owned());
        }
        held(&home, "explain", "explain-run", &["RET-0001"], lang);
        for verb in ["approve", "refuse", "withdraw"] {
            let none = held(&home, verb, "error", &["RET-0001", "--as", "legal-1", "--yes"], lang);
            assert_eq!(none[0]["error"]["code"], "E8102");
        }
    }
    let first = ["charter-case", "map-dependencies", "search-disputes"].map(str::to_owned);
    assert_eq!(answered, BTreeSet::from(first));
}

#[test]
fn closed_lists_of_the_schemas_are_those_of_the_program() {
    let words = |schema: &str, name: &str| -> BTreeSet<String> {
        let path = format!("{}/../../../docs/schemas/{schema}.json", env!("CARGO_MANIFEST_DIR"));
        let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        schema["$defs"][name]["enum"].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let tasks: BTreeSet<String> = TaskKind::ALL.iter().map(|kind| kind.code().to_owned()).collect();
    let receipts: BTreeSet<String> = ReceiptKind::ALL.iter().map(|kind| kind.code().to_owned()).collect();
    for schema in ["plan", "apply", "explain-run", "task-list"] {
        assert_eq!(words(schema, "task_kind"), tasks, "{schema}");
        assert_eq!(words(schema, "receipt_kind"), receipts, "{schema}");
    }
}
