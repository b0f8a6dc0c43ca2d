//! Seeded histories of portfolios: names, people, filings, faults, disputes and second thoughts drawn
//! from a seed, driven by the real loop, judged by the world's own ledger against the promises.
//!
//! A failing seed prints one command. `NAMEKEEP_HISTORIES` sets how many are played, `NAMEKEEP_SEED`
//! plays one.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use common::asked;
use namekeep_model::action::Act;
use namekeep_model::{ActionId, EffectId, Ending, FactKey, RunId, RunKind, StepNo, Timestamp};
use namekeep_playbook::{Event, Outcome, Record, Run, Work};
use namekeep_ports::{Outcome as Came, Refusal};
use namekeep_rules::Rulebook;
use namekeep_service::block::block_on;
use namekeep_service::clock::SimClock;
use namekeep_service::drive::{Desk, drive};
use namekeep_service::journal::Case;
use namekeep_service::rehearse::{Stage, records, stage};
use namekeep_store::MemoryStore;
use namekeep_world::{Happened, Desk as FilingDesk, Fault, FaultRule, ScriptEvent, Scripted, World, WorldSpec, below, chance};

const NAMES: [&str; 6] =
    ["example-a.com", "example-b.cn", "example-c.io", "示例甲.中国", "example-d.co.uk", "example-e.net"];

/// The part of a world that chance decides.
fn shape(seed: u64, index: u64, run: RunId, spec: &mut WorldSpec) {
    let key = index.to_string();
    let draw = |what: &str, n: u64| below(seed, &[what, &key], n);
    let luck = |what: &str, permille: u16| chance(seed, &[what, &key], permille);
    spec.desk = FilingDesk {
        min_days: 3 + draw("desk min", 5) as u16,
        max_days: 12 + draw("desk max", 9) as u16,
        returns_permille: draw("desk returns", 300) as u16,
        mend_days: 1 + draw("desk mend", 3) as u16,
    };
    for person in &mut spec.people {
        person.days = 1 + below(seed, &["days", person.id.as_str(), &key], 3) as u16;
        person.jitter = below(seed, &["jitter", person.id.as_str(), &key], 4) as u16;
        person.refuses_permille = if luck("refuses", 100) { 200 } else { 0 };
    }
    spec.people_idle = luck("idle", 20);
    let Some(name) = spec.names.first_mut() else { return };
    name.registration.auto_renew = !luck("auto-renew off", 100);
    name.privacy.open_requests = u16::from(luck("requests", 200));
    let named = name.name.clone();
    let day = |offset: u64| spec.start.checked_add(jiff::SignedDuration::from_hours(24 * offset as i64)).unwrap();
    let local = |at: Timestamp| jiff::tz::TimeZone::UTC.to_datetime(at);
    if luck("dispute", 120) {
        let from = draw("dispute day", 600);
        spec.script.push(Scripted { at: local(day(from)), event: ScriptEvent::DisputeLock { name: named.clone() } });
        if luck("dispute ends", 700) {
            let event = ScriptEvent::DisputeLifted { name: named.clone() };
            spec.script.push(Scripted { at: local(day(from + 20 + draw("dispute length", 100))), event });
        }
    }
    if luck("withdraw", 150) {
        let person = spec.people[1 + draw("who withdraws", 2) as usize].id.clone();
        let at = local(day(150 + draw("withdraw day", 350)));
        spec.script.push(Scripted { at, event: ScriptEvent::Withdraw { person, run, step: None } });
    }
    if luck("console", 100) {
        let event = ScriptEvent::AutoRenewSwitched { name: named, on: luck("console on", 500) };
        spec.script.push(Scripted { at: local(day(draw("console day", 500))), event });
    }
    for op in ["registrar.auto-renew", "registrar.renew", "registrar.restore", "registrar.delete", "registrar.transfer", "dns."] {
        if luck(op, 250) {
            let fault = match below(seed, &["fault", op, &key], 6) {
                0 => Fault::Refuse(Refusal::Transient { why: "not reachable".to_owned() }),
                1 => Fault::Throttle { seconds: 600 },
                2 => Fault::DoneNoAnswer,
                3 => Fault::NotDoneNoAnswer,
                4 => Fault::Late { minutes: 45 },
                _ => Fault::UnclearReadBack,
            };
            let times = 1 + below(seed, &["times", op, &key], 3) as u32;
            spec.faults.push(FaultRule { times, ..FaultRule::on_op(op, fault) });
        }
    }
}

struct History {
    ending: Ending,
    stage: Stage,
    outcome: Option<Outcome>,
    records: Vec<Record>,
    world: World,
}

fn play(seed: u64, index: u64, rules: &Rulebook) -> History {
    let key = index.to_string();
    let name = NAMES[below(seed, &["name", &key], NAMES.len() as u64) as usize];
    let ending = Ending::ALL[below(seed, &["ending", &key], 5) as usize];
    let expires = jiff::civil::date(2027, 1, 10).saturating_add(jiff::Span::new().days(below(seed, &["expires", &key], 500) as i64));
    let ask = asked(name, ending, &expires.to_string(), seed);
    let run = RunId { kind: RunKind::Retire, number: 1 };
    let mut stage = block_on(stage(&ask, rules, |spec| shape(seed, index, run, spec))).unwrap();
    let mut world = stage.world.clone();
    let store = MemoryStore::new(stage.plan.workspace.clone());
    let mut case = block_on(Case::start(&store, stage.plan.clone(), ask.start)).unwrap();
    case.plans_again = true;
    let mut cases = [case];
    let mut clock = SimClock::between(ask.start, stage.horizon);
    let done = block_on(drive(&mut cases, &mut world, &stage.desk, &mut clock, |_, _| {}));
    done.unwrap_or_else(|e| panic!("{e}"));
    let outcome = cases[0].run.outcome();
    let records = block_on(records(&store, run)).unwrap();
    stage.plan = cases[0].run.plan().clone();
    let _: &Desk = &stage.desk;
    History { ending, stage, outcome, records, world }
}

/// R1: no irreversible effect without the quorum's approvals of exactly that plan, before it.
fn approved(history: &History) -> Result<(), String> {
    let plan = &history.stage.plan;
    for accepted in history.world.ledger() {
        let action = &accepted.effect.action;
        let Some(item) = plan.item(action) else { continue };
        let Work::Act(act) = &item.work else { continue };
        let namekeep_model::Risk::Irreversible { quorum } = act.risk else { continue };
        let intent = history.records.iter().find(|r| matches!(&r.event, Event::Intent { effect, .. } if *effect == accepted.effect));
        let intent = intent.ok_or_else(|| format!("R1: {} took effect without an intent", accepted.effect))?;
        let force = history.records.iter().filter(|r| r.seq < intent.seq).fold(String::new(), |force, r| match &r.event {
            Event::Started { plan } | Event::Replanned { plan, .. } => plan.clone(),
            _ => force,
        });
        let signers: Vec<_> = history
            .records
            .iter()
            .filter(|r| r.seq < intent.seq)
            .filter_map(|r| match &r.event {
                Event::Approved { approval } if approval.statement.step == action.step && approval.statement.plan == force => {
                    plan.people.signers().map(|s| &s.person).find(|p| p.id == approval.statement.approver)
                }
                _ => None,
            })
            .collect();
        if !quorum.met_by(signers, &plan.people.requester) {
            return Err(format!("R1: {} took effect without its quorum", accepted.effect));
        }
    }
    Ok(())
}

/// R2: no effect twice. What may rightly happen again: switching auto-renew, stepping the TTL down,
/// rounds of a watch, and attempts after one that is proven not done.
fn once(history: &History) -> Result<(), String> {
    let mut seen: BTreeMap<&EffectId, usize> = BTreeMap::new();
    let mut final_acts: BTreeMap<&ActionId, usize> = BTreeMap::new();
    for accepted in history.world.ledger() {
        *seen.entry(&accepted.effect).or_default() += 1;
        let item = history.stage.plan.item(&accepted.effect.action);
        let irreversible = item.is_some_and(|item| item.work.is_irreversible());
        let switch = matches!(item.map(|i| &i.work), Some(Work::Act(act)) if matches!(act.act, Act::Op(namekeep_model::Op::SetAutoRenew { .. })));
        if irreversible && !switch && accepted.changed {
            *final_acts.entry(&accepted.effect.action).or_default() += 1;
        }
    }
    for (effect, count) in seen {
        if count > 1 {
            return Err(format!("R2: {effect} took effect {count} times"));
        }
    }
    for (action, count) in final_acts {
        if count > 1 {
            return Err(format!("R2: {action} took effect {count} times"));
        }
    }
    Ok(())
}

/// R4: nothing is begun before its step opens, by the plan in force at that instant.
fn not_early(history: &History) -> Result<(), String> {
    for record in &history.records {
        let Event::Intent { effect, .. } = &record.event else { continue };
        let plan = &history.stage.plan;
        let step = plan.step(effect.action.step);
        let rescue = step.is_some_and(|step| step.rescue.iter().any(|item| item.id == effect.action));
        let replanned = history.records.iter().any(|r| matches!(r.event, Event::Replanned { .. }));
        if rescue || replanned {
            continue;
        }
        let opens = step.and_then(|step| step.opens.day);
        let day = history.stage.desk.zone.to_datetime(record.at).date();
        if opens.is_some_and(|opens| day < opens) {
            return Err(format!("R4: {effect} began on {day}, before {}", opens.unwrap()));
        }
    }
    Ok(())
}

/// R9: keeping is the default. A name is gone only where its run ended by letting it go.
fn kept(history: &History) -> Result<(), String> {
    let name = &history.stage.plan.name;
    let held = history.world.name(name).is_some_and(|name| name.registration.held());
    let let_go = matches!(history.outcome, Some(Outcome::Lapsed | Outcome::Deleted | Outcome::Transferred));
    let act = history.records.iter().any(|record| match &record.event {
        Event::Settled { effect, outcome: Came::Done(_) } => effect.action.step == StepNo(21),
        Event::LookedBack { effect, .. } => effect.action.step == StepNo(21),
        Event::TaskDone { task, .. } => task.0.action.step == StepNo(21),
        _ => false,
    });
    // A name whose auto-renew somebody switched off in the console, or whose holder failed, can be
    // lost by others; a run that never acted is not to blame for it.
    if !held && !let_go && act && !history.ending.keeps() {
        let drifted = history.world.name(name).is_some_and(|name| name.registration.drifted);
        // Gone with everybody's signatures, and only then disputed: the run waits, nothing was broken.
        let gone = history.world.diary().iter().filter(|happening| happening.name.as_ref() == Some(name)).find_map(|happening| {
            matches!(happening.what, Happened::PendingDelete { .. } | Happened::Released | Happened::Auctioned).then_some(happening.at)
        });
        let gone = gone.or_else(|| history.world.ledger().iter().filter(|a| a.effect.action.step == StepNo(21)).map(|a| a.at).max());
        let doubted = history.records.iter().any(|record| {
            matches!(record.event, Event::Held { .. } | Event::Keeping { .. }) && gone.is_some_and(|gone| record.at < gone)
        });
        if doubted && !drifted {
            return Err(format!("R9: {name} is gone although it was to be kept, outcome {:?}", history.outcome));
        }
    }
    if history.ending.keeps() && let_go {
        return Err("R9: a hold let the name go".to_owned());
    }
    Ok(())
}

/// Replay equals run: the journal alone gives the same state.
fn replays(history: &History) -> Result<(), String> {
    let replanned = history.records.iter().any(|r| matches!(r.event, Event::Replanned { .. }));
    if replanned {
        return Ok(());
    }
    let run = Run::fold([history.stage.plan.clone()], &history.records).map_err(|e| e.to_string())?;
    if run.outcome() == history.outcome { Ok(()) } else { Err("the journal replays to another outcome".to_owned()) }
}

#[test]
fn promises_hold_in_every_history() {
    let rules = Rulebook::embedded().unwrap();
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let one = number("NAMEKEEP_SEED");
    let count = number("NAMEKEEP_HISTORIES").unwrap_or(20_000);
    let seeds: Vec<u64> = one.map_or_else(|| (1..=count).collect(), |seed| vec![seed]);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(seeds.len());
    let chunks: Vec<Vec<u64>> = (0..workers).map(|w| seeds.iter().copied().skip(w).step_by(workers).collect()).collect();
    let results: Vec<(BTreeMap<String, usize>, Vec<String>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = chunks
            .iter()
            .map(|chunk| {
                let rules = rules.clone();
                scope.spawn(move || {
                    let (mut counts, mut broken) = (BTreeMap::new(), Vec::new());
                    for &seed in chunk {
                        let history = play(seed, 0, &rules);
                        *counts.entry(format!("ending {}", history.ending.code())).or_default() += 1;
                        let outcome = history.outcome.map_or("open", |outcome| outcome.code());
                        *counts.entry(format!("outcome {outcome}")).or_default() += 1;
                        for record in &history.records {
                            let kind = match &record.event {
                                Event::Held { .. } => "held",
                                Event::Replanned { .. } => "planned again",
                                Event::Keeping { .. } => "kept after all",
                                Event::Withdrawn { .. } => "signature withdrawn",
                                Event::Refused { .. } => "signature refused",
                                Event::Settled { outcome: Came::Unknown { .. }, .. } => "outcome unknown",
                                _ => continue,
                            };
                            *counts.entry(kind.to_owned()).or_default() += 1;
                        }
                        *counts.entry("records".to_owned()).or_default() += history.records.len();
                        if one.is_some() {
                            for record in &history.records {
                                println!("{}", namekeep_service::diary::tell(&history.stage.plan, record).says.en);
                            }
                            for happening in history.world.diary() {
                                println!("   {} {}", happening.at, happening.what.says().en);
                            }
                        }
                        for judged in [approved(&history), once(&history), not_early(&history), kept(&history), replays(&history)] {
                            if let Err(why) = judged {
                                broken.push(format!(
                                    "{why}\n  NAMEKEEP_SEED={seed} cargo test --profile check-release -p namekeep-service --test histories -- --nocapture"
                                ));
                            }
                        }
                    }
                    (counts, broken)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut broken = Vec::new();
    for (part, bad) in results {
        for (key, value) in part {
            *counts.entry(key).or_default() += value;
        }
        broken.extend(bad);
    }
    println!("{} histories: {counts:?}", seeds.len());
    assert!(broken.is_empty(), "{} broken promises:\n{}", broken.len(), broken.iter().take(10).cloned().collect::<Vec<_>>().join("\n"));
    if one.is_none() {
        // A generator that reaches nothing proves nothing.
        for wanted in ["ending hold-dark", "ending hold-live", "ending transfer", "ending lapse", "ending delete",
            "outcome held-until", "outcome transferred", "outcome lapsed", "outcome deleted", "outcome renewed",
            "held", "planned again", "kept after all", "signature withdrawn", "signature refused", "outcome unknown"] {
            assert!(counts.get(wanted).is_some_and(|count| *count > 0), "no history reached: {wanted}");
        }
    }
    let _ = FactKey::ALL;
}
