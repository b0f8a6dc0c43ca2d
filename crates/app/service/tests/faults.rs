//! The fault loop: every action of every ending fails in every way, and the process dies at every
//! point, against the world's own ledger: nothing lost, nothing doubled.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod common;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use common::{Crash, Process, asked, effects};
use namekeep_model::{ActionId, Ending};
use namekeep_playbook::Outcome;
use namekeep_ports::Refusal;
use namekeep_rules::Rulebook;
use namekeep_service::block::block_on;
use namekeep_service::clock::{Clock, SimClock};
use namekeep_service::drive::drive;
use namekeep_service::journal::Case;
use namekeep_service::rehearse::{Stage, stage};
use namekeep_store::MemoryStore;
use namekeep_world::{Fault, FaultRule, World};

const ENDINGS: [(&str, Ending); 5] = [
    ("example.com", Ending::HoldDark),
    ("example.com", Ending::HoldLive),
    ("example.com", Ending::Transfer),
    ("example.cn", Ending::Lapse),
    ("example.com", Ending::Delete),
];

struct Played {
    outcome: Option<Outcome>,
    world: World,
    calls: usize,
    crashed: bool,
}

fn set(name: &str, ending: Ending, faults: Vec<FaultRule>) -> Stage {
    let rules = Rulebook::embedded().unwrap();
    let ask = asked(name, ending, "2027-10-11", 1);
    block_on(stage(&ask, &rules, |spec| spec.faults = faults)).unwrap()
}

/// Plays a stage; where the process dies, another takes the store up and goes on.
fn play(stage: Stage, crash: Crash) -> Played {
    let start = stage.plan.made;
    let store = MemoryStore::new(stage.plan.workspace.clone());
    let run = stage.plan.run;
    let (world, delivered) = (Arc::new(Mutex::new(stage.world)), Arc::new(Mutex::new(Vec::new())));
    let clock = Arc::new(Mutex::new(SimClock::between(start, stage.horizon)));
    drop(block_on(Case::start(&store, stage.plan.clone(), start)).unwrap());
    let mut crashed = false;
    let mut calls = 0;
    for crash in [crash, Crash::Never] {
        let mut process = Process::new(Arc::clone(&world), Arc::clone(&delivered), crash);
        let mut case = block_on(Case::load(&store, run)).unwrap();
        case.plans_again = true;
        // Time went on outside up to the call the process died at.
        clock.lock().unwrap().sleep_until(world.lock().unwrap().now());
        let mut now = *clock.lock().unwrap();
        let clock = Arc::clone(&clock);
        let done = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let mut cases = [case];
            block_on(drive(&mut cases, &mut process, &stage.desk, &mut now, |at, _| {
                clock.lock().unwrap().sleep_until(at);
            }))
            .map(|_| cases[0].run.outcome())
        }));
        calls = process.calls;
        match done {
            Ok(outcome) => {
                let outcome = outcome.unwrap_or_else(|e| panic!("{crash:?}: {e}"));
                let world = world.lock().unwrap().clone();
                return Played { outcome, world, calls, crashed };
            }
            Err(_) => crashed = true,
        }
    }
    let world = world.lock().unwrap().clone();
    Played { outcome: None, world, calls, crashed }
}

fn compare(what: &str, calm: &Played, played: &Played) -> (usize, usize) {
    let (calm_effects, now) = (effects(&calm.world), effects(&played.world));
    let doubled = now.iter().filter(|(action, count)| **count > calm_effects.get(*action).copied().unwrap_or(1)).count();
    let lost = usize::from(played.outcome != calm.outcome);
    if doubled + lost > 0 {
        println!("{what}: {:?} instead of {:?}", played.outcome, calm.outcome);
        for (action, count) in now.iter().filter(|(action, count)| **count > calm_effects.get(*action).copied().unwrap_or(1)) {
            println!("   {action} took effect {count} times");
        }
    }
    (lost, doubled)
}

#[test]
fn every_action_fails_in_every_way() {
    type Kind = (&'static str, fn() -> Fault);
    let kinds: [Kind; 6] = [
        ("refused before", || Fault::Refuse(Refusal::Transient { why: namekeep_model::Words::quoted("not reachable") })),
        ("throttled", || Fault::Throttle { seconds: 600 }),
        ("unknown, done", || Fault::DoneNoAnswer),
        ("unknown, not done", || Fault::NotDoneNoAnswer),
        ("unknown, late", || Fault::Late { minutes: 40 }),
        ("read-back unclear", || Fault::UnclearReadBack),
    ];
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut lost, mut doubled) = (0, 0);
    for (name, ending) in ENDINGS {
        let calm = play(set(name, ending, Vec::new()), Crash::Never);
        assert!(calm.outcome.is_some(), "{ending:?} does not end");
        let actions: Vec<ActionId> = calm.world.ledger().iter().filter(|a| a.op().is_some()).map(|a| a.effect.action.clone()).collect();
        for action in actions {
            for (kind, fault) in kinds {
                let mut faults = vec![FaultRule::on_action(action.clone(), fault())];
                if kind == "read-back unclear" {
                    faults.insert(0, FaultRule::on_action(action.clone(), Fault::DoneNoAnswer));
                }
                let played = play(set(name, ending, faults), Crash::Never);
                let (l, d) = compare(&format!("{name} {} {action} {kind}", ending.code()), &calm, &played);
                lost += l;
                doubled += d;
                *counts.entry(kind).or_default() += 1;
            }
        }
    }
    println!("faults: {counts:?}, lost {lost}, doubled {doubled}");
    assert!(counts.values().all(|count| *count > 0));
    assert_eq!((lost, doubled), (0, 0));
}

#[test]
fn the_process_dies_at_every_point() {
    let (mut points, mut lost, mut doubled) = (0, 0, 0);
    // A death is a panic here; its message would only hide the counts.
    std::panic::set_hook(Box::new(|info| {
        if info.payload().downcast_ref::<&str>() != Some(&"the process dies here") {
            println!("{info}");
        }
    }));
    for (name, ending) in ENDINGS {
        let calm = play(set(name, ending, Vec::new()), Crash::Never);
        for point in 1..=calm.calls {
            for crash in [Crash::Before(point), Crash::After(point)] {
                let played = play(set(name, ending, Vec::new()), crash);
                assert!(played.crashed, "{crash:?} was not met");
                let (l, d) = compare(&format!("{name} {} {crash:?}", ending.code()), &calm, &played);
                points += 1;
                lost += l;
                doubled += d;
            }
        }
    }
    let _ = std::panic::take_hook();
    println!("deaths: {points}, lost {lost}, doubled {doubled}");
    assert!(points > 200, "only {points} points");
    assert_eq!((lost, doubled), (0, 0));
}
