//! Every document of the corpus against the reading written down beside it.
//!
//! The documents are our own, with invented names, in the forms registries use. `NAME.txt` or
//! `NAME.json` stands beside `NAME.expect.json`; a member missing there is not looked at, so an
//! expectation names what matters. `asked` holds the server and the name asked.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::Path};

use namekeep_probe::read::{self, Class, Grammar, Note, Reading};
use serde_json::Value;

fn corpus(kind: &str, ending: &str) -> Vec<(String, Vec<u8>, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(kind);
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        if let Some(name) = file.strip_suffix(".expect.json") {
            let document = fs::read(folder.join(format!("{name}.{ending}"))).unwrap();
            found.push((name.to_owned(), document, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap()));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn compare(name: &str, reading: &Reading, want: &Value, wrong: &mut Vec<String>) {
    let got = serde_json::to_value(reading).unwrap();
    for (member, want) in want.as_object().unwrap() {
        if member != "asked" && &got[member] != want {
            wrong.push(format!("{name}: {member}: want {want}, got {}", got[member]));
        }
    }
}

#[test]
fn whois_documents_are_read_as_written_down() {
    let mut wrong = Vec::new();
    let documents = corpus("whois", "txt");
    assert!(documents.len() >= 80, "the corpus is gone");
    for (name, bytes, want) in &documents {
        let asked = |key: &str| want["asked"][key].as_str();
        let reading = read::whois::parse(bytes, asked("server"), asked("domain")).unwrap();
        compare(name, &reading, want, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rdap_documents_are_read_as_written_down() {
    let mut wrong = Vec::new();
    let documents = corpus("rdap", "json");
    assert!(documents.len() >= 18, "the corpus is gone");
    for (name, bytes, want) in &documents {
        compare(name, &read::rdap::parse(bytes).unwrap(), want, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The facts of an answer must not hang on knowing who gave it: without server and name the class
/// stays, except where only the registry's own rules tell it.
#[test]
fn the_class_rests_on_the_text_not_on_the_question() {
    let by_registry = ["be-quarantine", "de-invalid", "iana-referral", "iana-then-registry"];
    for (name, bytes, want) in corpus("whois", "txt") {
        if !by_registry.contains(&name.as_str()) {
            let reading = read::whois::parse(&bytes, None, None).unwrap();
            assert_eq!(Some(reading.class.word()), want["class"].as_str(), "{name}");
        }
    }
}

#[test]
fn a_name_is_free_only_by_the_servers_own_words() {
    for text in ["", "\r\n", "Welcome.", "% Terms of use apply.", "Domain Name: example.com", "\u{0}\u{0}"] {
        let reading = read::whois::parse(text.as_bytes(), None, Some("example.com")).unwrap();
        assert_ne!(reading.class, Class::Available, "{text:?}");
    }
    for (text, class) in [
        ("Query limit exceeded. No match for EXAMPLE.COM.", Class::Throttled),
        ("Not found: name is reserved by the registry", Class::Reserved),
        ("Database error: domain not found in cache, service unavailable", Class::Unavailable),
    ] {
        assert_eq!(read::whois::parse(text.as_bytes(), None, None).unwrap().class, class, "{text}");
    }
}

/// What the root says of a suffix is nothing about a name below it.
#[test]
fn the_root_does_not_answer_for_a_name() {
    let text = b"% IANA WHOIS server\n\ndomain:       INFO\n\nnserver:      A9.REGISTRY.EXAMPLE 192.0.2.9\n\n\
status:       ACTIVE\ncreated:      2001-06-26\nchanged:      2025-09-04\nsource:       IANA\n";
    let below = read::whois::parse(text, None, Some("example-hazel.info")).unwrap();
    assert_eq!((below.class, below.created, below.nameservers.len()), (Class::Unknown, None, 0));
    let itself = read::whois::parse(text, None, Some("info")).unwrap();
    assert_eq!((itself.class, itself.nameservers.len()), (Class::Registered, 1));
}

/// `.to` answers with lines of a label and a host; other registries do not.
#[test]
fn lines_of_label_and_host_are_servers_where_the_registry_says_so() {
    let text = b"Tonic whoisd V1.1\nexample ns1.example.net\nexample ns2.example.net\n";
    let reading = read::whois::parse(text, Some("whois.tonic.to"), Some("example.to")).unwrap();
    assert_eq!((reading.class, reading.nameservers.len()), (Class::Registered, 2));
    let elsewhere = read::whois::parse(text, None, Some("example.com")).unwrap();
    assert_eq!((elsewhere.class, elsewhere.nameservers.len()), (Class::Unknown, 0));
    let free = read::whois::parse(b"Tonic whoisd V1.1\nNo match for example.to\n", None, Some("example.to")).unwrap();
    assert_eq!((free.class, free.nameservers.len()), (Class::Available, 0));
}

/// A throttled answer stays throttled beside contact data; only a holder shows a registration.
#[test]
fn a_contact_alone_is_no_registration() {
    let text = b"Domain Name: example.com\nContact: support@whois.example\n\nQuery limit exceeded\n";
    let reading = read::whois::parse(text, None, Some("example.com")).unwrap();
    assert_eq!(reading.class, Class::Throttled);
}

#[test]
fn an_answer_about_another_name_is_flagged() {
    let text = b"Domain Name: OTHER.EXAMPLE\nCreation Date: 2009-01-01\n";
    let reading = read::whois::parse(text, None, Some("asked.example")).unwrap();
    assert_eq!(reading.name.as_deref(), Some("other.example"));
    assert!(reading.notes.contains(&Note::OtherName { asked: "asked.example".into(), found: "other.example".into() }));
    let same = read::whois::parse(text, None, Some("Other.EXAMPLE.")).unwrap();
    assert!(same.notes.is_empty());
}

#[test]
fn notes_exist_in_both_languages() {
    for note in [Note::Empty, Note::Html, Note::NameNotStated, Note::RegistrarDateOnly, Note::ErrorCode(404)] {
        let words = note.words();
        assert!(!words.en.is_empty() && !words.zh.is_ascii(), "{}", note.code());
    }
}

#[test]
fn a_grammar_with_a_key_in_two_roles_is_refused() {
    let keys = include_str!("../data/whois/keys.toml").replace("address = [", "address = [ \"domain name\",");
    let error = Grammar::parse(
        &keys,
        include_str!("../data/whois/phrases.toml"),
        include_str!("../data/whois/registries.toml"),
    )
    .unwrap_err();
    assert_eq!(error.code(), "E1407");
    assert!(error.to_string().contains("domain name"), "{error}");
}
