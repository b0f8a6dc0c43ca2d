//! What the tests of the world share: a small spec, a way to act, and a way to wait.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use namekeep_model::action::Act;
use namekeep_model::fact::{FactValue, Said};
use namekeep_model::{
    Action, ActionId, Currency, Date, Department, DomainName, EffectId, FactKey, Money, Op, Permit, PersonId, Risk,
    Task, TaskId, TaskKind, Timestamp, words,
};
use namekeep_ports::{Outcome, Ports, ReadBack, Reply, Request};
use namekeep_world::{Account, Colleague, Deletion, Funding, Name, RegistryRules, World, WorldSpec};

/// Every future of the world is ready at once.
pub(crate) fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the world never waits"),
    }
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A wall-clock time in Shanghai, `2026-11-24 09:14`.
pub(crate) fn at(text: &str) -> Timestamp {
    format!("{}:00+08:00", text.replace(' ', "T")).parse().unwrap()
}

pub(crate) fn yuan(amount: i64) -> Money {
    Money::cents(Currency::CNY, amount * 100)
}

pub(crate) fn name(text: &str) -> DomainName {
    text.parse().unwrap()
}

pub(crate) fn who(text: &str) -> PersonId {
    PersonId::new(text).unwrap()
}

pub(crate) fn account(balance: i64) -> Account {
    Account {
        id: "main".parse().unwrap(),
        funding: Funding::Prepaid,
        balance: yuan(balance),
        arrears: None,
        open_orders: 0,
        manual: false,
        deletion: Deletion::Listed,
        task_minutes: 0,
        orphaned_key: false,
        contacts_under_own_name: false,
    }
}

/// A plain world: one account with 1,000.00, one name at 39.00, one person of each department.
pub(crate) fn spec(text: &str, expiry: &str, rules: RegistryRules) -> WorldSpec {
    let mut spec = WorldSpec::empty(7, at("2026-11-24 09:14"));
    spec.rules.insert("rules".into(), rules);
    spec.accounts.push(account(1_000));
    spec.names.push(plain(text, expiry));
    for (id, department) in [
        ("ops", Department::Operations),
        ("sec", Department::Security),
        ("legal", Department::Legal),
        ("comp", Department::Compliance),
        ("fin", Department::Finance),
        ("brand", Department::Brand),
    ] {
        spec.people.push(Colleague::usual(who(id), department));
    }
    spec
}

pub(crate) fn plain(text: &str, expiry: &str) -> Name {
    let mut plain = Name::plain(name(text), "main".parse().unwrap(), "rules", yuan(39), day(expiry));
    plain.restore_price = Some(yuan(390));
    plain
}

pub(crate) fn world(spec: WorldSpec) -> World {
    World::new(spec).unwrap()
}

pub(crate) fn effect(action: &str, attempt: u16) -> EffectId {
    format!("RET-0007/{action}/{attempt}").parse().unwrap()
}

pub(crate) fn action(about: &DomainName, id: &str, act: Act) -> Action {
    Action { id: id.parse::<ActionId>().unwrap(), name: about.clone(), act, risk: Risk::Reversible }
}

/// Performs an operation now, as the first attempt of an action.
pub(crate) fn act(world: &mut World, about: &str, id: &str, op: Op) -> Outcome {
    attempt(world, about, id, 1, op)
}

pub(crate) fn attempt(world: &mut World, about: &str, id: &str, n: u16, op: Op) -> Outcome {
    let (about, now) = (name(about), world.now());
    let permit = Permit::mint(action(&about, id, Act::Op(op)), effect(id, n), now);
    ready(world.perform(permit, now))
}

pub(crate) fn read(world: &mut World, about: &str, id: &str, n: u16, op: Op) -> ReadBack {
    let (about, now) = (name(about), world.now());
    ready(world.read_back(&effect(id, n), &action(&about, id, Act::Op(op)), now))
}

pub(crate) fn task(about: &str, id: &str, kind: TaskKind, assignee: &str, now: Timestamp) -> Task {
    Task {
        id: TaskId(effect(id, 1)),
        kind,
        name: name(about),
        assignee: who(assignee),
        opened: now,
        due: now,
        asks: words!(en: "do it", zh: "办理"),
    }
}

pub(crate) fn give(world: &mut World, about: &str, id: &str, kind: TaskKind, assignee: &str) {
    let task = task(about, id, kind, assignee, world.now());
    ready(world.ask(Request::Task(task)));
}

/// Moves on and returns what people answered.
pub(crate) fn until(world: &mut World, text: &str) -> Vec<Reply> {
    ready(world.replies(at(text)))
}

pub(crate) fn fact(world: &mut World, about: &str, key: FactKey) -> FactValue {
    let now = world.now();
    let looked = ready(world.look(&name(about), &[key], now));
    match &looked.observations[0].said {
        Said::Seen(seen) => seen.value.clone(),
        Said::Failed(missing) => panic!("{key}: {}", missing.why.en),
    }
}

pub(crate) fn text(world: &mut World, about: &str, key: FactKey) -> String {
    fact(world, about, key).to_string()
}
