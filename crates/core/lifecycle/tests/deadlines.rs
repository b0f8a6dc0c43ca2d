//! Legal clocks: the corpus's own examples, and every deadline asked once.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use common::{date, rules};
use namekeep_lifecycle::rules::{ClockKind, Direction};
use namekeep_lifecycle::{Due, Moment, deadline};
use namekeep_model::Timestamp;

fn moment(text: &str) -> Moment {
    // A date parser takes the date out of a time stamp as well: the letter between them decides.
    if text.contains('T') { Moment::Instant(text.parse::<Timestamp>().unwrap()) } else { Moment::Day(date(text)) }
}

fn ask(id: &str, start: &str) -> Due {
    let rules = rules();
    deadline(rules.law(), id, moment(start), rules.calendar()).unwrap()
}

#[test]
fn the_examples_of_the_corpus_hold() {
    let rules = rules();
    let vectors = rules.law().vectors();
    assert_eq!(vectors.len(), 15);
    for vector in vectors {
        let start = vector.start.as_deref().or(vector.event.as_deref()).unwrap();
        let due = deadline(rules.law(), &vector.deadline, moment(start), rules.calendar()).unwrap();
        assert_eq!(due.due, moment(&vector.due), "{} from {start}: {}", vector.deadline, vector.why);
        let raw = vector.raw.as_deref().unwrap_or(&vector.due);
        assert_eq!(due.raw, moment(raw), "{} from {start}", vector.deadline);
        assert_eq!(due.rolled, vector.raw.is_some());
        assert!(!due.provisional || vector.deadline == "d-export-renew", "{}", vector.deadline);
    }
}

#[test]
fn every_deadline_answers_or_says_why_not() {
    let rules = rules();
    let mut clocks: BTreeMap<String, u32> = BTreeMap::new();
    let (mut warned, mut refused) = (0, 0);
    for item in rules.law().deadlines() {
        let start = if item.clock == ClockKind::Continuous { "2026-09-28T10:00:00+08:00" } else { "2026-09-28" };
        match deadline(rules.law(), &item.id, moment(start), rules.calendar()) {
            Ok(due) => {
                *clocks.entry(format!("{:?} {:?} {:?}", item.clock, item.direction, item.roll)).or_default() += 1;
                assert!(due.earliest <= due.due && due.due <= due.latest, "{}", item.id);
                let start = moment(start);
                match item.direction {
                    Direction::After => assert!(start < due.raw, "{}", item.id),
                    Direction::Before => assert!(due.raw < start, "{}", item.id),
                    Direction::SameDay => assert_eq!(due.due, start),
                }
                assert_eq!(due.floor, item.id.starts_with("k-"));
                warned += u32::from(!due.warnings.is_empty());
            }
            Err(error) => {
                refused += 1;
                assert_eq!(error.code(), "E1122", "{}", item.id);
                assert!(["d-shell", "d-pipl-dsar"].contains(&item.id.as_str()));
            }
        }
    }
    println!("{clocks:#?}\nwith a warning: {warned}; without a number: {refused}");
    assert_eq!((clocks.values().sum::<u32>(), refused), (54, 2));
    assert_eq!(warned, rules.law().deadlines().iter().filter(|item| item.verified.warning().is_some()).count() as u32);
}

#[test]
fn plans_rest_on_the_safe_side() {
    // A fine: no rule is written that moves its last day, so a plan takes the raw one.
    let fine = ask("d-fine-pay", "2026-04-17");
    assert_eq!((fine.plan_on, fine.warnings.len()), (moment("2026-05-02"), 1));
    // A review of the administration is waited for until its latest day.
    let review = ask("d-icp-review", "2026-12-15");
    assert!(review.provisional);
    assert_eq!((review.earliest, review.plan_on), (moment("2027-01-12"), moment("2027-01-26")));
    // A duty counted back over an unpublished year is done early.
    let change = ask("d-icp-change", "2027-03-05");
    assert!(change.provisional && change.plan_on < change.due);
    // A time to keep something ends on its latest day.
    assert_eq!(ask("k-logs", "2026-08-31").plan_on, moment("2027-02-28"));
    assert_eq!(ask("k-pia", "2028-02-29").due, moment("2031-02-28"));
}

#[test]
fn a_registrars_business_days_keep_a_margin() {
    let due = ask("d-udrp-exec", "2026-11-24");
    assert_eq!((due.due, due.latest, due.provisional), (moment("2026-12-08"), moment("2026-12-15"), true));
    assert!(due.warnings.len() >= 2);
}

#[test]
fn wrong_questions_are_refused() {
    let rules = rules();
    let code = |id: &str, start: &str| deadline(rules.law(), id, moment(start), rules.calendar()).unwrap_err().code();
    assert_eq!(code("d-nothing", "2026-01-01"), "E1121");
    assert_eq!(code("d-sms", "2026-01-01"), "E1123");
    assert_eq!(code("d-icp-review", "2014-01-01"), "E1110");
    // An instant is taken as its day in China.
    let due = ask("d-icp-review", "2026-02-01T20:00:00Z");
    assert_eq!(due.due, moment("2026-03-06"));
    assert_eq!(date("2026-03-06"), "2026-03-06".parse().unwrap());
}
