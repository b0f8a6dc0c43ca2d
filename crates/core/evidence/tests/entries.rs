//! Entries, run logs and the order of intents.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::at;
use namekeep_evidence::merkle::{self, Frontier};
use namekeep_evidence::{
    Breach, Draft, Envelope, Error, Hash, Inclusion, Instant, Intents, Kind, Lang, Outcome, RunHead, RunLog, SealedRef,
    canonical,
};
use proptest::prelude::*;
use serde_json::json;

#[test]
fn an_entry_is_canonical_and_numbered() {
    let mut log = RunLog::new("RET-0007").unwrap();
    let first = log.append(&Draft::event(at(0), json!({"b": 1, "a": "域"}))).unwrap();
    assert_eq!(
        String::from_utf8(first.bytes.clone()).unwrap(),
        r#"{"at":"2026-11-24T00:00:00Z","body":{"a":"域","b":1},"kind":"event","run":"RET-0007","seq":0,"v":1}"#
    );
    assert_eq!((first.seq, first.leaf), (0, merkle::leaf(&first.bytes)));
    let draft =
        Draft::receipt(at(1), "eff-1", Outcome::NotDone, json!(null)).typed_by("运维甲").with_files([Hash::of(b"x")]);
    let second = log.append(&draft).unwrap();
    let read = Envelope::parse(&second.bytes).unwrap();
    assert_eq!((read.seq, read.kind, read.outcome), (1, Kind::Receipt, Some(Outcome::NotDone)));
    assert_eq!(
        (read.effect.as_deref(), read.typed_by.as_deref(), read.files.len()),
        (Some("eff-1"), Some("运维甲"), 1)
    );
    assert_eq!((read.run.as_ref(), read.at.as_ref(), read.body.get()), ("RET-0007", "2026-11-24T00:01:00Z", "null"));
}

#[test]
fn what_cannot_be_an_entry_leaves_the_log_as_it_was() {
    let mut log = RunLog::new("RET-0007").unwrap();
    log.append(&Draft::event(at(0), json!(1))).unwrap();
    let before = log.clone();
    let sealed =
        |until: &str, why: &str| SealedRef { sha256: Hash::of(b"x"), until: until.to_owned(), why: why.to_owned() };
    let bad = [
        ("E1806", Draft::event(at(0), json!("x".repeat(300 * 1024)))),
        ("E1801", Draft::event(at(0), json!(u64::MAX))),
        ("E1802", Draft::event(at(0), (0..70).fold(json!(1), |value, _| json!([value])))),
        ("E1805", Draft::intent(at(0), "two words", json!(1))),
        ("E1805", Draft::intent(at(0), "", json!(1))),
        ("E1805", Draft::note(at(0), json!(1)).typed_by("a\u{202e}b")),
        ("E1805", Draft::note(at(0), json!(1)).with_sealed([sealed("2029-02-30", "personal data")])),
        ("E1805", Draft::note(at(0), json!(1)).with_sealed([sealed("2029-12-31", "")])),
        ("E1805", Draft::note(at(0), json!(1)).with_files((0..1_001_u32).map(|n| Hash::of(&n.to_le_bytes())))),
    ];
    for (code, draft) in bad {
        let error = log.append(&draft).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(!error.hint(Lang::En).is_empty() && !error.hint(Lang::Zh).is_empty());
        assert_eq!(log, before);
    }
    assert!(RunLog::new("").is_err() && RunLog::new("a b").is_err());
    for bad in [
        r#"{"at":"2026-11-24T00:00:00Z","body":1,"kind":"event","run":"R","seq":0}"#,
        r#"{"at":"2026-11-24T00:00:00Z","body":1,"kind":"event","run":"R","seq":0,"v":2}"#,
        r#"{"at":"2026-11-24T00:00:00Z","body":1,"kind":"event","more":1,"run":"R","seq":0,"v":1}"#,
        r#"{"at":"2026-11-24T00:00:00Z","body":1,"kind":"event","run":"R","seq":0,"seq":1,"v":1}"#,
        r#"{"at":"2026-11-24T00:00:00Z","body":1,"kind":"intent","run":"R","seq":0,"v":1}"#,
        r#"{"at":"2026-11-24T00:00:00Z","body":1,"effect":"e","kind":"event","run":"R","seq":0,"v":1}"#,
        r#"{"at":"2026-11-24 00:00:00Z","body":1,"kind":"event","run":"R","seq":0,"v":1}"#,
    ] {
        assert!(Envelope::parse(bad.as_bytes()).is_err(), "{bad}");
    }
}

#[test]
fn instants() {
    for good in
        ["2026-11-24T00:00:00Z", "2028-02-29T23:59:59.123456789Z", "0001-01-01T00:00:00.1Z", "2000-02-29T00:00:00Z"]
    {
        assert_eq!(Instant::parse(good).unwrap().as_str(), good);
    }
    for bad in [
        "",
        "2026-11-24",
        "2026-11-24T00:00:00",
        "2026-11-24T00:00:00+08:00",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.1234567890Z",
        "2026-01-01t00:00:00Z",
        "2026-01-01T00:00:00z",
        "２026-01-01T00:00:00Z",
    ] {
        assert!(Instant::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn intent_before_receipt() {
    let steps = |drafts: Vec<Draft>| {
        let (mut log, mut intents) = (RunLog::new("R").unwrap(), Intents::default());
        let results: Vec<Result<(), Breach>> = drafts
            .iter()
            .map(|draft| intents.take(&Envelope::parse(&log.append(draft).unwrap().bytes).unwrap()))
            .collect();
        let open: Vec<(String, u64)> = intents.open().map(|(effect, seq)| (effect.to_owned(), seq)).collect();
        (results, open, intents.settled())
    };
    let intent = |effect: &str| Draft::intent(at(0), effect, json!(1));
    let receipt = |effect: &str, outcome| Draft::receipt(at(0), effect, outcome, json!(1));
    let (results, open, settled) = steps(vec![
        intent("a"),
        receipt("a", Outcome::Unknown),
        receipt("a", Outcome::Unknown),
        receipt("a", Outcome::NotDone),
        intent("a"),
        intent("b"),
        receipt("a", Outcome::Done),
    ]);
    assert!(results.iter().all(Result::is_ok));
    assert_eq!((open, settled), (vec![("b".to_owned(), 5)], 2));
    let (results, ..) =
        steps(vec![receipt("a", Outcome::Done), receipt("a", Outcome::Unknown), intent("a"), intent("a")]);
    assert_eq!(
        results,
        [Err(Breach::ReceiptWithoutIntent), Err(Breach::ReceiptWithoutIntent), Ok(()), Err(Breach::IntentWhileOpen)]
    );
    let many: Vec<Draft> = (0..4_097).map(|n| intent(&format!("e{n}"))).collect();
    assert_eq!(steps(many).0.last(), Some(&Err(Breach::TooManyOpen)));
}

#[test]
fn a_run_head_is_a_leaf_of_the_workspace_log() {
    let mut log = RunLog::new("RET-0007").unwrap();
    log.append(&Draft::event(at(0), json!(1))).unwrap();
    let head = log.head(at(1));
    let bytes = head.to_bytes().unwrap();
    assert_eq!(RunHead::parse(&bytes).unwrap(), head);
    assert!(RunHead::parse(&[&bytes[..], b" "].concat()).is_err());
    let leaves: Vec<Hash> = vec![Hash::of(b"other"), head.leaf().unwrap()];
    let proof = Inclusion::prove(&leaves, 1).unwrap();
    let checkpoint = namekeep_evidence::Checkpoint::new("example.com/log", 2, merkle::root(&leaves));
    assert!(proof.holds(head.leaf().unwrap(), &checkpoint));
    assert!(!proof.holds(Hash::of(b"x"), &checkpoint));
    assert!(matches!(Inclusion::prove(&leaves, 2), Err(Error::Proof { size: 2, asked: 2 })));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(10_000) })]

    /// What is stored is canonical, and a log resumed anywhere ends in the same root.
    #[test]
    fn a_log_resumed_is_the_same_log(texts in prop::collection::vec(any::<String>(), 1..12), cut in any::<prop::sample::Index>()) {
        let mut whole = RunLog::new("R").unwrap();
        let records: Vec<_> = texts.iter().map(|text| whole.append(&Draft::note(at(0), json!({"text": text}))).unwrap()).collect();
        let cut = cut.index(texts.len());
        let kept: Frontier = records[..cut].iter().map(|record| record.leaf).collect();
        let mut resumed = RunLog::resume("R", kept).unwrap();
        for (text, record) in texts.iter().zip(&records).skip(cut) {
            prop_assert_eq!(&resumed.append(&Draft::note(at(0), json!({"text": text}))).unwrap(), record);
        }
        prop_assert_eq!(&resumed, &whole);
        for record in &records {
            prop_assert!(canonical::parse(&record.bytes).is_ok());
            prop_assert!(!record.bytes.contains(&b'\n'));
        }
    }
}
