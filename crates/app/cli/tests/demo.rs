//! The demo through the real program: the same text every time, an end as promised, a dossier that
//! verifies and a copy that does not, and a folder of its own.

mod common;

use common::Home;

/// The text of the tour, without the folder it ran in.
fn tour(lang: &str) -> String {
    let home = Home::new();
    let first = home.run(&["demo", "--lang", lang]);
    let again = home.run(&["demo", "--lang", lang]);
    assert_eq!(first.code, 0, "{first:?}");
    assert_eq!(first.out, again.out, "the tour begins anew each time");
    let elsewhere = Home::new().run(&["demo", "--lang", lang]);
    assert_eq!(first.out, elsewhere.out, "the same seed tells the same in another process and folder");
    first.out
}

#[test]
fn the_tour_in_english() {
    let text = tour("en");
    assert!(text.starts_with("DEMO 演示"), "{text}");
    assert!(text.contains("renewed, E 2027-12-20") && text.contains("CNY 39.00"), "{text}");
    insta::with_settings!({ snapshot_path => "transcripts", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("demo-tour-en", text);
    });
}

#[test]
fn the_tour_in_chinese() {
    let text = tour("zh");
    assert!(text.contains("已续费，到期日 2027-12-20"), "{text}");
    insta::with_settings!({ snapshot_path => "transcripts", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("demo-tour-zh", text);
    });
}

#[test]
fn the_dossier_verifies_and_its_altered_copy_is_noticed() {
    let home = Home::new();
    home.run(&["demo"]);
    let verify = |file: &str| home.run(&["evidence", "verify", file]).code;
    assert_eq!(verify("namekeep-demo/RET-0007.dossier"), 0);
    assert_eq!(verify("namekeep-demo/RET-0007.dossier.altered"), 30);
}

#[test]
fn after_the_tour_the_clock_stands_at_its_start_and_moves_when_told() {
    let home = Home::new();
    home.run(&["demo"]);
    let list = |home: &Home| home.run(&["demo", "list", "--full", "--json"]).json();
    let before = list(&home);
    assert_eq!(before["generated_at"], "2026-11-24T01:14:00Z");
    assert_eq!((&before["demo"], before["items"].as_array().unwrap().len()), (&true.into(), 42));
    let moved = home.run(&["demo", "advance", "20", "working-days"]);
    assert_eq!(moved.code, 0, "{moved:?}");
    let after = list(&home);
    assert_eq!(after["generated_at"], "2026-12-22T01:14:00Z");
    assert_ne!(before["items"], after["items"]);
    assert_eq!(home.run(&["demo", "reset"]).code, 0);
    assert_eq!(list(&home), before);
}

#[test]
fn its_verbs_answer_from_the_world_and_their_hints_stay_in_it() {
    let home = Home::new();
    for verb in [
        vec!["demo", "list"],
        vec!["demo", "show", "example-lab.net"],
        vec!["demo", "explain", "RET-0007"],
        vec!["demo", "explain", "RET-0004"],
        vec!["demo", "explain", "C4", "example-lab.net"],
        vec!["demo", "explain", "example-lab.net"],
        vec!["demo", "task"],
    ] {
        let ran = home.run(&verb);
        assert_eq!(ran.code, 0, "{verb:?} {ran:?}");
        assert!(ran.out.starts_with("DEMO 演示"), "{verb:?} {ran:?}");
        assert!(!ran.err.contains("`namekeep check") && !ran.err.contains("`namekeep show"), "{verb:?} {ran:?}");
        let json = home.run(&[&verb[..], &["--json"]].concat());
        assert_eq!(json.json()["demo"], true, "{verb:?}");
    }
    let lab = home.run(&["demo", "explain", "C4", "example-lab.net", "--json"]).json();
    assert_eq!(lab["items"][0]["level"], "critical");
}

#[test]
fn a_workspace_is_no_demo_and_a_demo_is_no_workspace() {
    let home = Home::with("example.com 2027-03-01\n");
    let refused = home.run(&["demo", "--folder", "domains"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("E8301"), "{refused:?}");
    assert_eq!(home.run(&["demo", "--folder", "d"]).code, 0);
    assert_ne!(home.run(&["list", "-w", "d"]).code, 0);
}
