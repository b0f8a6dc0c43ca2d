//! Seeded histories of portfolios: names, people, filings, faults, disputes and second thoughts drawn
//! from a seed, driven by the real loop, judged by the world's own ledger against the promises.
//!
//! A failing seed prints one command. `NAMEKEEP_HISTORIES` sets how many are played, `NAMEKEEP_SEED`
//! plays one.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod judge;
mod shape;

use std::collections::BTreeMap;

use judge::{History, Told};
use namekeep_model::Timestamp;
use namekeep_playbook::{Event, Plan};
use namekeep_ports::Outcome as Came;
use namekeep_rules::Rulebook;
use namekeep_service::block::block_on;
use namekeep_service::clock::{Clock, SimClock};
use namekeep_service::drive::drive;
use namekeep_service::journal::Case;
use namekeep_service::rehearse::records;
use namekeep_store::{MemoryStore, Store};
use shape::draw;

type Judge = fn(&Told, &History) -> Result<(), String>;

/// Every promise a history is held to.
const PROMISES: [Judge; 6] = [judge::approved, judge::once, judge::not_early, judge::kept, judge::replays, judge::ends];

/// A generator that reaches nothing proves nothing: each of these is reached at least once.
const REACHED: [&str; 19] = [
    "ending hold-dark", "ending hold-live", "ending transfer", "ending lapse", "ending delete",
    "outcome held-until", "outcome transferred", "outcome lapsed", "outcome deleted", "outcome renewed",
    "names 1", "names 2", "names 3",
    "held", "planned again", "kept after all", "signature withdrawn", "signature refused", "outcome unknown",
];

fn play(seed: u64, rules: &Rulebook) -> History {
    let mut portfolio = draw(seed, rules);
    let store = MemoryStore::new(portfolio.stage.plan.workspace.clone());
    let mut world = portfolio.stage.world.clone();
    let mut cases = Vec::new();
    let start = portfolio.stage.plan.made;
    for plan in &portfolio.plans {
        let mut case = block_on(Case::start(&store, plan.clone(), start)).unwrap();
        case.plans_again = true;
        cases.push(case);
    }
    // Five years past the last expiry something blocks for good.
    let last = portfolio.plans.iter().map(|plan| plan.dates.expiry.latest).max().unwrap();
    let horizon = last.saturating_add(jiff::Span::new().years(5)).at(0, 0, 0, 0);
    portfolio.stage.horizon = jiff::tz::TimeZone::UTC.to_timestamp(horizon).unwrap_or(Timestamp::MAX);
    let mut clock = SimClock::between(start, portfolio.stage.horizon);
    block_on(drive(&mut cases, &mut world, &portfolio.stage.desk, &mut clock, |_, _| {})).unwrap_or_else(|e| panic!("{e}"));
    let told = cases.into_iter().zip(&portfolio.endings).map(|(case, ending)| {
        let id = case.run.plan().run;
        let records = block_on(records(&store, id)).unwrap();
        let plan = |digest: &String| {
            let kept = block_on(store.kept(&namekeep_evidence::Hash::from_hex(digest.as_bytes()).unwrap())).unwrap();
            let plan: Plan = kept.map_or_else(|| case.run.plan().clone(), |bytes| serde_json::from_slice(&bytes).unwrap());
            (plan.digest() == *digest).then(|| (digest.clone(), plan))
        };
        let plans = records.iter().filter_map(|record| match &record.event {
            Event::Started { plan: digest } | Event::Replanned { plan: digest, .. } => Some(plan(digest).unwrap()),
            _ => None,
        });
        let plans = plans.collect();
        let calendar = portfolio.stage.desk.calendar();
        let waits = format!("{:?}", case.run.next(clock.now(), &case.facts, &calendar));
        Told { ending: *ending, plans, records, waits, replayed: block_on(Case::load(&store, id)).unwrap().run, run: case.run }
    });
    let told = told.collect();
    History { portfolio, told, world }
}

/// What a history reached.
fn count(history: &History, counts: &mut BTreeMap<String, usize>) {
    let mut one = |what: String| *counts.entry(what).or_default() += 1;
    one(format!("names {}", history.told.len()));
    for told in &history.told {
        one(format!("ending {}", told.ending.code()));
        one(format!("outcome {}", told.run.outcome().map_or("open", |outcome| outcome.code())));
        for record in &told.records {
            one("records".to_owned());
            let kind = match &record.event {
                Event::Held { .. } => "held",
                Event::Replanned { .. } => "planned again",
                Event::Keeping { .. } => "kept after all",
                Event::Withdrawn { .. } => "signature withdrawn",
                Event::Refused { .. } => "signature refused",
                Event::Settled { outcome: Came::Unknown { .. }, .. } => "outcome unknown",
                _ => continue,
            };
            one(kind.to_owned());
        }
    }
}

/// Tells one history in full.
fn tell(history: &History) {
    for told in &history.told {
        println!("{} {} {}", told.run.plan().run, told.run.plan().name, told.ending.code());
        for record in &told.records {
            println!("{} {}", record.at, namekeep_service::diary::tell(told.run.plan(), record).says.en);
        }
    }
    for happening in history.world.diary() {
        println!("   {} {:?} {}", happening.at, happening.name.as_ref().map(ToString::to_string), happening.what.says().en);
    }
}

fn judged(seed: u64, history: &History) -> Vec<String> {
    let broken = history.told.iter().flat_map(|told| PROMISES.iter().filter_map(move |promise| promise(told, history).err()));
    let repeat = "cargo test --profile check-release -p namekeep-service --test histories -- --nocapture";
    broken.map(|why| format!("{why}\n  NAMEKEEP_SEED={seed} {repeat}")).collect()
}

#[test]
fn promises_hold_in_every_history() {
    let rules = Rulebook::embedded().unwrap();
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let one = number("NAMEKEEP_SEED");
    let many = number("NAMEKEEP_HISTORIES").unwrap_or(20_000);
    let seeds: Vec<u64> = one.map_or_else(|| (1..=many).collect(), |seed| vec![seed]);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(seeds.len());
    let parts: Vec<(BTreeMap<String, usize>, Vec<String>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                let mine: Vec<u64> = seeds.iter().copied().skip(worker).step_by(workers).collect();
                let rules = rules.clone();
                scope.spawn(move || {
                    let (mut counts, mut broken) = (BTreeMap::new(), Vec::new());
                    for seed in mine {
                        let history = play(seed, &rules);
                        count(&history, &mut counts);
                        broken.extend(judged(seed, &history));
                        if one.is_some() {
                            tell(&history);
                        }
                    }
                    (counts, broken)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (mut counts, mut broken) = (BTreeMap::<String, usize>::new(), Vec::new());
    for (part, bad) in parts {
        part.into_iter().for_each(|(key, value)| *counts.entry(key).or_default() += value);
        broken.extend(bad);
    }
    println!("{} histories: {counts:?}", seeds.len());
    assert!(broken.is_empty(), "{} broken promises:\n{}", broken.len(), broken.iter().take(20).cloned().collect::<Vec<_>>().join("\n"));
    if one.is_none() {
        for wanted in REACHED {
            assert!(counts.get(wanted).is_some_and(|count| *count > 0), "no history reached: {wanted}");
        }
    }
}
