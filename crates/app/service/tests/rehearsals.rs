//! Every ending on every suffix the product names first, played to its end; the same seed gives the
//! same journal.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::asked;
use namekeep_model::Ending;
use namekeep_playbook::Outcome;
use namekeep_rules::Rulebook;
use namekeep_service::rehearse::{Rehearsal, rehearse};

const SUFFIXES: [&str; 5] = ["example.com", "example.cn", "示例商城.中国", "example.co.uk", "example.io"];

fn play(name: &str, ending: Ending, expires: &str, seed: u64) -> Rehearsal {
    let rules = Rulebook::embedded().unwrap();
    rehearse(&asked(name, ending, expires, seed), &rules).unwrap_or_else(|e| panic!("{name} {ending:?} {expires}: {e}"))
}

#[test]
fn every_ending_of_every_suffix_ends() {
    for name in SUFFIXES {
        for ending in Ending::ALL {
            for expires in ["2027-08-20", "2027-11-01", "2027-05-06", "2026-12-20"] {
                let played = play(name, ending, expires, 1);
                let outcome = played.outcome.unwrap_or_else(|| panic!("{name} {ending:?} {expires} does not end"));
                println!("{name:<16} {:<10} {expires}  {}", ending.code(), outcome.words().en);
                let planned = played.plan.ending.unwrap();
                let soon = expires == "2026-12-20";
                match (planned, outcome) {
                    (ending, Outcome::HeldUntil(_)) => assert!(ending.keeps(), "{name} {expires}"),
                    // Too late for this cycle: kept, which costs a renewal and loses nothing.
                    (_, Outcome::Renewed(_)) => assert!(soon && !planned.keeps(), "{name} {ending:?} {expires}"),
                    (Ending::Lapse, Outcome::Lapsed) | (Ending::Delete, Outcome::Deleted) => assert!(!soon),
                    (Ending::Transfer, Outcome::Transferred) => assert!(!soon),
                    other => panic!("{name} {expires}: {other:?}"),
                }
                // What is not offered is said, and something that is offered is planned.
                assert_eq!(played.refused.is_some(), planned != ending, "{name} {ending:?}");
            }
        }
    }
}

#[test]
fn a_hold_reads_its_act_back_and_needs_no_watch() {
    let played = play("example.cn", Ending::HoldDark, "2027-08-20", 1);
    let step = |no: u8| played.plan.steps.iter().find(|step| step.no.0 == no).unwrap();
    assert!(!step(22).applies(), "22 does not apply to a hold");
    let acts: Vec<&str> =
        played.lines.iter().filter(|line| line.step.is_some_and(|s| s.0 == 21)).map(|l| l.says.en.as_str()).collect();
    assert!(acts.iter().any(|says| says.starts_with("switch auto-renew on: done")), "{acts:?}");
    assert!(acts.iter().any(|says| says.starts_with("renew: done")), "{acts:?}");
}

#[test]
fn the_same_seed_gives_the_same_journal() {
    for seed in [1, 7] {
        let (one, two) = (play("example.cn", Ending::Lapse, "2027-08-20", seed), play("example.cn", Ending::Lapse, "2027-08-20", seed));
        assert_eq!(one.records, two.records);
        assert_eq!(one.plan.digest(), two.plan.digest());
    }
}
