//! The shipped files: they load, and they say what the 23 steps of the source say.

use std::collections::BTreeSet;

use namekeep_model::{Ending, RunKind, StepNo};
use namekeep_playbook::{Book, DEFAULT_PROFILE, Profile};

use crate::case::{case, every_way, plan_of};

/// Steps whose act never comes back, each with two people of two departments (playbook-23/2).
const IRREVERSIBLE: [u8; 6] = [7, 11, 16, 18, 19, 21];

#[test]
fn the_shipped_books_load_and_carry_every_step() {
    let retire = Book::shipped(RunKind::Retire).unwrap();
    assert_eq!(retire.id(), "retire.v1");
    assert_eq!(retire.steps().collect::<Vec<_>>(), (1..=23).map(StepNo).collect::<Vec<_>>());
    let renew = Book::shipped(RunKind::Renew).unwrap();
    assert_eq!(renew.steps().count(), 4);
}

#[test]
fn every_threshold_says_where_it_comes_from() {
    let profile = Profile::parse(DEFAULT_PROFILE).unwrap();
    assert!(profile.thresholds().count() >= 10);
    for (name, threshold) in profile.thresholds() {
        assert!(threshold.source.len() > 10 && !threshold.unit.is_empty(), "{name}");
    }
    for code in namekeep_model::FindingCode::watch() {
        assert!(profile.level(code).is_some(), "{code}");
    }
}

#[test]
fn irreversible_work_is_where_the_source_says_and_nowhere_else() {
    let mut found = BTreeSet::new();
    for way in every_way() {
        for step in plan_of(&case(way)).steps {
            if step.work.iter().any(|item| item.work.is_irreversible()) {
                assert!(step.consent.is_some(), "step {}", step.no);
                found.insert(step.no.0);
            }
            assert!(step.rescue.iter().all(|item| !item.work.is_irreversible()));
        }
    }
    assert_eq!(found, BTreeSet::from(IRREVERSIBLE));
}

#[test]
fn endings_drop_the_steps_that_do_not_apply() {
    let applies = |ending| -> Vec<u8> {
        let plan = plan_of(&case(Some(ending)));
        plan.steps.iter().filter(|step| step.applies()).map(|step| step.no.0).collect()
    };
    let all: Vec<u8> = (1..=23).collect();
    for ending in [Ending::Transfer, Ending::Lapse, Ending::Delete] {
        assert_eq!(applies(ending), all);
    }
    assert_eq!(applies(Ending::HoldDark), all.iter().copied().filter(|no| *no != 22).collect::<Vec<_>>());
    assert_eq!(applies(Ending::HoldLive), [1, 2, 3, 4, 5, 6, 12, 13, 14, 18, 20, 21, 23]);
}

#[test]
fn texts_for_people_are_there_in_both_languages_and_do_not_shout() {
    for way in every_way() {
        let plan = plan_of(&case(way));
        let asks = plan.steps.iter().flat_map(|step| step.work.iter().chain(&step.rescue)).map(|item| &item.asks);
        let consents = plan.steps.iter().filter_map(|step| step.consent.as_ref()).flat_map(|c| [&c.act, &c.consequence]);
        let titles = plan.steps.iter().map(|step| &step.title);
        let texts: Vec<_> = asks.chain(consents).chain(titles).collect();
        assert!(texts.len() > plan.steps.len());
        for text in texts {
            assert!(!text.en.is_empty() && !text.zh.is_empty(), "{text:?}");
            assert!(!text.en.contains(['!', '{']) && !text.zh.contains(['!', '！', '{']), "{text:?}");
            assert!(text.zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{text:?}");
            assert!(!text.en.split(' ').any(|word| word.eq_ignore_ascii_case("we")), "{text:?}");
        }
    }
}
