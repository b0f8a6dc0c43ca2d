//! Laws of the world, over thousands of drawn worlds: one way through time, the same in any steps,
//! on any machine, after any restart; money is neither made nor lost; nothing panics.

use super::common::*;
use jiff::civil::DateTime;
use namekeep_model::{FactKey, Money, Op, TaskKind, Timestamp, Words};
use namekeep_ports::{Outcome, Ports, Reply};
use namekeep_world::{
    Accepted, Deletion, Effect, Fault, FaultRule, FilingAct, Funding, Happened, Happening, Leave, Name, Order,
    RegistryRules, ScriptEvent, Scripted, Stage, World, WorldSpec, below, chance,
};

/// Draws for a test, by a counter.
struct Draws {
    seed: u64,
    n: u64,
}

impl Draws {
    fn new(seed: u64) -> Self {
        Self { seed, n: 0 }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.n += 1;
        below(self.seed, &["test", &self.n.to_string()], n)
    }

    fn yes(&mut self, permille: u16) -> bool {
        self.n += 1;
        chance(self.seed, &["test", &self.n.to_string()], permille)
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize].clone()
    }

    fn day(&mut self, from: &str, days: u64) -> namekeep_model::Date {
        let days = i64::try_from(self.below(days)).unwrap();
        day(from).saturating_add(jiff::Span::new().days(days))
    }

    fn later(&mut self, from: Timestamp, minutes: u64) -> Timestamp {
        let minutes = i64::try_from(self.below(minutes)).unwrap();
        from.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap()
    }
}

fn drawn_rules(d: &mut Draws) -> RegistryRules {
    RegistryRules {
        registry_auto_renews: d.yes(500),
        grace_days: d.of(&[-2, 0, 5, 30, 90]),
        dns_stop_day: d.of(&[None, Some(0), Some(1), Some(31)]),
        redemption_days: d.of(&[0, 14, 30]),
        pending_delete_days: d.of(&[0, 5]),
        quarantine_days: d.of(&[0, 7]),
        charge_day: d.of(&[-30, -5, 0, 3]),
        report_days: d.of(&[0, 1, 7]),
        until_cancelled: d.yes(100),
        needs_real_name: d.yes(500),
        auctions: d.yes(300),
        caught_permille: d.of(&[0, 500, 1_000]),
        whois_only: d.yes(300),
        longest_years: 10,
    }
}

fn drawn_spec(seed: u64) -> WorldSpec {
    let d = &mut Draws::new(seed);
    let rules = drawn_rules(d);
    let mut spec = spec("h-0.cn", "2026-12-20", rules);
    spec.seed = seed;
    spec.accounts[0].balance = yuan(d.of(&[0, 40, 300, 5_000]));
    spec.accounts[0].funding = d.of(&[Funding::Prepaid, Funding::CreditLine { limit: yuan(100) }]);
    spec.accounts[0].task_minutes = d.of(&[0, 0, 7]);
    spec.accounts[0].deletion = d.of(&[Deletion::Listed, Deletion::Ticket, Deletion::None]);
    spec.accounts[0].manual = d.yes(100);
    spec.desk.returns_permille = d.of(&[0, 500]);
    for person in &mut spec.people {
        person.jitter = d.of(&[0, 0, 4]);
        if d.yes(300) {
            let from = d.day("2026-11-20", 60);
            person.leave.push(Leave { from, through: from.saturating_add(jiff::Span::new().days(20)) });
            person.deputy = Some(who("legal"));
        }
    }
    let first = spec.names[0].clone();
    spec.names.clear();
    for n in 0..=d.below(3) {
        let mut more = first.clone();
        more.name = name(&format!("h-{n}.cn"));
        more.registration.expiry = d.day("2026-09-01", 250);
        more.registration.auto_renew = d.yes(600);
        more.registration.lock = d.yes(500);
        more.registration.bid = d.yes(300);
        more.registration.cancelled = d.yes(300);
        more.dns.ds_ttl = d.of(&[None, Some(3_600)]);
        more.dns.ttl = d.of(&[600, 3_600, 86_400]);
        more.identity.logins = d.of(&[0, 9]);
        more.resources.attached = d.of(&[0, 2]);
        more.filing.filed = d.yes(700);
        more.filing.subject = d.of(&["S1".to_owned(), "S2".to_owned()]);
        more.filing.phone = d.yes(700);
        more.filing.order = d.yes(200).then(|| Order {
            submitted: at("2026-11-20 10:00"),
            act: FilingAct::CancelService,
            round: 1,
            answer: None,
            returned: None,
        });
        more.privacy.open_requests = d.of(&[0, 2]);
        more.privacy.due = d.of(&[None, Some(day("2026-11-27"))]);
        spec.names.push(more);
    }
    for _ in 0..d.below(4) {
        let about = name("h-0.cn");
        let event = match d.below(8) {
            0 => ScriptEvent::TopUp { account: "main".parse().unwrap(), amount: yuan(500) },
            1 => ScriptEvent::FilingReturned { name: about, reason: Words::quoted("papers") },
            2 => ScriptEvent::FilingApproved { name: about },
            3 => ScriptEvent::DisputeLock { name: about },
            4 => ScriptEvent::AutoRenewSwitched { name: about, on: d.yes(500) },
            5 => ScriptEvent::RenewedElsewhere { name: about, years: 1 },
            6 => ScriptEvent::Caught { name: about },
            _ => ScriptEvent::Withdraw { person: who("sec"), run: "RET-0007".parse().unwrap(), step: None },
        };
        let when: DateTime = d.day("2026-11-20", 200).at(i8::try_from(d.below(24)).unwrap(), 0, 0, 0);
        spec.script.push(Scripted { at: when, event });
    }
    spec
}

const KINDS: &[TaskKind] = TaskKind::ALL;

fn drawn_op(d: &mut Draws, world: &World) -> Op {
    let expected_expiry = world.names()[0].registration.expiry;
    match d.below(14) {
        0 => Op::SetAutoRenew { on: d.yes(500) },
        1 => Op::Renew { years: d.of(&[0, 1, 2, 10, 255]), expected_expiry, ceiling: yuan(d.of(&[10, 39, 1_000])) },
        2 => Op::Restore { ceiling: yuan(d.of(&[10, 600])) },
        3 => Op::SetTransferLock { on: d.yes(300) },
        4 => Op::Transfer { to: "buyer".into() },
        5 => Op::DeleteRegistration,
        6 => Op::StepDownTtl { seconds: d.of(&[0, 600, u32::MAX]) },
        7 => Op::RemoveDs,
        8 => Op::DetachRecords,
        9 => Op::ParkZone,
        10 => Op::CloseMail,
        11 => Op::CloseIssuance,
        12 => Op::RepublishZone,
        _ => Op::DeleteHosts,
    }
}

/// One thing a caller does at the world's instant.
fn one_deed(d: &mut Draws, world: &mut World, n: u64) {
    let about = world.names()[d.below(world.names().len() as u64) as usize].name.a_label().to_owned();
    if d.yes(400) {
        let kind = d.of(KINDS);
        let person = d.of(&["ops", "sec", "comp", "nobody"]);
        give(world, &about, &format!("{}.task-{n}", n % 24), kind, person);
    } else {
        if d.yes(200) {
            let fault = d.of(&[
                Fault::DoneNoAnswer,
                Fault::NotDoneNoAnswer,
                Fault::Late { minutes: 90 },
                Fault::Throttle { seconds: 5 },
            ]);
            world.add_fault(FaultRule::on_op("", fault));
        }
        let op = drawn_op(d, world);
        act(world, &about, &format!("{}.op-{n}", n % 24), op);
    }
}

fn seen(world: &World) -> (&[Accepted], &[Happening], &[Name], Money, Option<Timestamp>) {
    (world.ledger(), world.diary(), world.names(), world.accounts()[0].balance, world.next_event())
}

/// Stages, outcomes and happenings reached over all cases: a generator that never reaches one
/// proves nothing about it.
fn must_reach(what: &str, counts: &std::collections::BTreeMap<String, usize>, all: &[&str]) {
    println!("{what}: {counts:?}");
    for one in all {
        assert!(counts.get(*one).copied().unwrap_or(0) > 0, "{what}: `{one}` was never reached");
    }
}

#[test]
fn small_steps_and_one_big_step_are_the_same() {
    let mut stages = std::collections::BTreeMap::new();
    for seed in 0..10_000 {
        let mut big = world(drawn_spec(seed));
        let d = &mut Draws::new(seed ^ 0xabcd);
        one_deed(d, &mut big, 1);
        one_deed(d, &mut big, 2);
        let mut small = big.clone();
        let end = d.later(big.now(), 300 * 24 * 60);
        big.step_to(end);
        for _ in 0..d.below(12) {
            let to = d.later(small.now(), 40 * 24 * 60).min(end);
            small.step_to(to);
        }
        // Event by event, as a driver jumps.
        while let Some(next) = small.next_event().filter(|next| *next <= end) {
            assert!(next >= small.now(), "seed {seed}: time runs back");
            small.step_to(next);
        }
        small.step_to(end);
        assert_eq!(seen(&big), seen(&small), "seed {seed}");
        for name in big.names() {
            let stage = format!("{:?}", name.registration.stage());
            let stage = stage.split([' ', '{']).next().unwrap_or_default().to_owned();
            *stages.entry(stage).or_insert(0) += 1;
        }
    }
    must_reach(
        "stages",
        &stages,
        &["Registered", "Grace", "Redemption", "PendingDelete", "Quarantine", "Released", "Auctioned", "HandedOver"],
    );
}

/// A whole drawn life: deeds, waits and looks; `between` may replace the world at each turn.
fn life(seed: u64, turns: u64, mut between: impl FnMut(u64, World) -> World) -> (World, Vec<Reply>) {
    let mut world = world(drawn_spec(seed));
    let d = &mut Draws::new(seed ^ 0x1234);
    let mut replies = Vec::new();
    for n in 0..turns {
        one_deed(d, &mut world, n);
        let to =
            if d.yes(500) { world.next_event().unwrap_or(world.now()) } else { d.later(world.now(), 30 * 24 * 60) };
        replies.extend(ready(world.replies(to)));
        let about = world.names()[0].name.clone();
        ready(world.look(&about, FactKey::ALL, to));
        world = between(n, world);
    }
    (world, replies)
}

#[test]
fn the_same_seed_is_the_same_world() {
    for seed in 0..500 {
        let (one, heard) = life(seed, 12, |_, world| world);
        let (two, heard_too) = life(seed, 12, |_, world| world);
        assert_eq!(seen(&one), seen(&two));
        assert_eq!(heard, heard_too);
    }
    let (one, _) = life(1, 12, |_, world| world);
    let (two, _) = life(2, 12, |_, world| world);
    assert_ne!(seen(&one), seen(&two));
}

#[test]
fn a_saved_world_goes_on_as_if_never_saved() {
    for seed in 0..500 {
        let (never, heard) = life(seed, 12, |_, world| world);
        let (saved, heard_too) = life(seed, 12, |n, world| {
            if n % 5 == seed % 5 {
                let text = serde_json::to_string(&world).unwrap();
                let back: World = serde_json::from_str(&text).unwrap();
                assert_eq!(serde_json::to_string(&back).unwrap(), text, "seed {seed} turn {n}");
                back
            } else {
                world
            }
        });
        assert_eq!(seen(&never), seen(&saved), "seed {seed}");
        assert_eq!(heard, heard_too);
    }
}

#[test]
fn one_more_name_shifts_nobody_elses_fate() {
    for seed in 0..2_000 {
        let mut spec = drawn_spec(seed);
        // Money and filing subjects are shared, and may shift others for a reason.
        spec.accounts[0].balance = yuan(1_000_000);
        let mut more = spec.names[0].clone();
        more.name = name("newcomer.cn");
        more.filing.subject = "S9".into();
        more.filing.order = None;
        let mut with = spec.clone();
        with.names.insert(0, more);
        let (mut without, mut with) = (world(spec), world(with));
        let end = at("2027-10-01 00:00");
        without.step_to(end);
        with.step_to(end);
        assert_eq!(without.names(), &with.names()[1..], "seed {seed}");
    }
}

#[test]
fn money_is_neither_made_nor_lost() {
    let mut outcomes = std::collections::BTreeMap::new();
    for seed in 0..1_500 {
        let mut spec = drawn_spec(seed);
        // A contract that runs on may leave arrears: told apart below.
        for rules in spec.rules.values_mut() {
            rules.until_cancelled = false;
        }
        let start = spec.accounts[0].balance;
        let mut world = world(spec);
        let d = &mut Draws::new(seed ^ 0x77);
        for n in 0..15 {
            one_deed(d, &mut world, n);
            let to = d.later(world.now(), 20 * 24 * 60);
            world.step_to(to);
        }
        let mut expected = start;
        for line in world.ledger() {
            if let Some(cost) = line.cost {
                expected = expected.plus(cost.negate()).unwrap();
            }
            let kind = match &line.what {
                Effect::Op(op) => op.version().to_owned(),
                Effect::Work(kind) => kind.code().to_owned(),
            };
            *outcomes.entry(kind).or_insert(0) += 1;
        }
        for line in world.diary() {
            match &line.what {
                Happened::Charged { price, .. } => expected = expected.plus(price.negate()).unwrap(),
                Happened::ToppedUp { amount, .. } => expected = expected.plus(*amount).unwrap(),
                _ => {}
            }
        }
        assert_eq!(world.accounts()[0].balance, expected, "seed {seed}");
        for name in world.names() {
            assert!(
                name.registration.shown_expiry() >= name.registration.expiry,
                "the registry never shows less than is paid"
            );
            if let Stage::Released { since, caught: Some(caught), .. } = name.registration.stage() {
                assert!(caught >= since);
            }
        }
        // Times in both books never run back.
        assert!(world.ledger().windows(2).all(|w| w[0].at <= w[1].at));
        assert!(world.diary().windows(2).all(|w| w[0].at <= w[1].at));
    }
    let mut all: Vec<&str> = Op::SERVED.to_vec();
    all.extend(
        [
            TaskKind::CloseTenants,
            TaskKind::ReleaseResources,
            TaskKind::SubmitFiling,
            TaskKind::DisposeData,
            TaskKind::DeleteByTicket,
            TaskKind::HandOver,
            TaskKind::CancelInWriting,
            TaskKind::PayOrder,
        ]
        .map(TaskKind::code),
    );
    must_reach("effects", &outcomes, &all);
}

#[test]
fn no_sequence_of_calls_panics() {
    let mut answers = std::collections::BTreeMap::new();
    for seed in 0..1_500 {
        let mut spec = drawn_spec(seed);
        // Hostile numbers: the ends of what fits.
        if seed % 3 == 0 {
            let name = &mut spec.names[0];
            name.dns.ttl = u32::MAX;
            name.registration.expiry =
                if seed % 2 == 0 { namekeep_model::Date::MAX } else { namekeep_model::Date::MIN };
            name.price = Money::new(name.price.currency, rust_decimal::Decimal::MAX);
            spec.people[0].hours = (255, 0);
            spec.people[0].days = u16::MAX;
            spec.desk.max_days = u16::MAX;
            spec.resolvers[0].weight = u32::MAX;
        }
        let mut world = world(spec);
        let d = &mut Draws::new(seed ^ 0x99);
        for n in 0..12 {
            let about = name("h-0.cn");
            let op = drawn_op(d, &world);
            let _ = world.capability(&about, &op);
            let id = format!("{}.op-{n}", n % 24);
            let outcome = act(&mut world, "h-0.cn", &id, op.clone());
            let kind = match outcome {
                Outcome::Done(_) => "done",
                Outcome::NotDone(_) => "not done",
                Outcome::Unknown { .. } => "unknown",
                Outcome::Asked(_) => "asked",
            };
            *answers.entry(kind.to_owned()).or_insert(0) += 1;
            read(&mut world, "h-0.cn", &id, 1, op);
            one_deed(d, &mut world, n + 100);
            ready(world.look(&about, FactKey::ALL, world.now()));
            let to = d.later(world.now(), 60 * 24 * 60);
            ready(world.replies(to));
        }
        world.step_to(at("2030-01-01 00:00"));
    }
    must_reach("answers", &answers, &["done", "not done", "unknown", "asked"]);
}
