//! What chance decides: which names, how people work, what fails, who disputes and who thinks again.

use namekeep_model::{Ending, RunId, RunKind};
use namekeep_ports::Refusal;
use namekeep_rules::Rulebook;
use namekeep_service::block::block_on;
use namekeep_service::rehearse::{Stage, stage};
use namekeep_model::Timestamp;
use namekeep_world::{Desk as FilingDesk, Fault, FaultRule, ScriptEvent, Scripted, WorldSpec, below, chance};

use crate::common::asked;

const NAMES: [&str; 6] =
    ["example-a.com", "example-b.cn", "example-c.io", "示例甲.中国", "example-d.co.uk", "example-e.net"];

/// A portfolio: its world, and for each name what is asked and its plan.
pub(crate) struct Portfolio {
    pub(crate) stage: Stage,
    pub(crate) plans: Vec<namekeep_playbook::Plan>,
    pub(crate) endings: Vec<Ending>,
    pub(crate) idle: bool,
}

/// Draws a portfolio of one to three names that share people, an account and a filing desk.
pub(crate) fn draw(seed: u64, rules: &Rulebook) -> Portfolio {
    let size = match below(seed, &["size"], 20) {
        0..12 => 1,
        12..18 => 2,
        _ => 3,
    };
    let first = below(seed, &["name", "0"], NAMES.len() as u64) as usize;
    let (mut others, mut plans, mut endings) = (Vec::new(), Vec::new(), Vec::new());
    for index in (0..size).rev() {
        let key = index.to_string();
        let name = NAMES[(first + index) % NAMES.len()];
        let ending = Ending::ALL[below(seed, &["ending", &key], 5) as usize];
        let days = below(seed, &["expires", &key], 500) as i64;
        let expires = jiff::civil::date(2027, 1, 10).saturating_add(jiff::Span::new().days(days));
        let ask = asked(name, ending, &expires.to_string(), seed);
        let run = RunId { kind: RunKind::Retire, number: index as u32 + 1 };
        endings.push(ending);
        let mut part = None;
        let staged = block_on(stage(&ask, rules, |spec| {
            names(seed, index, run, spec);
            if index > 0 {
                part = Some(spec.clone());
                return;
            }
            people(seed, spec);
            // The world of the portfolio: that of the first name, with the others in it.
            for (place, other) in std::mem::take(&mut others).into_iter().enumerate() {
                let other: WorldSpec = other;
                let id = format!("rules-{place}");
                spec.rules.extend(other.rules.into_values().map(|rules| (id.clone(), rules)));
                spec.names.extend(other.names.into_iter().map(|name| namekeep_world::Name { rules: id.clone(), ..name }));
                spec.script.extend(other.script);
            }
        }));
        let staged = staged.unwrap();
        plans.push(namekeep_playbook::Plan { run, ..staged.plan.clone() });
        others.extend(part);
        if index == 0 {
            plans.reverse();
            endings.reverse();
            return Portfolio { idle: chance(seed, &["idle", "0"], 20), stage: staged, plans, endings };
        }
    }
    unreachable!("the first name closes the loop")
}

/// The people, the desk and the faults of a world.
fn people(seed: u64, spec: &mut WorldSpec) {
    let key = "0";
    let draw = |what: &str, n: u64| below(seed, &[what, key], n);
    let luck = |what: &str, permille: u16| chance(seed, &[what, key], permille);
    spec.desk = FilingDesk {
        min_days: 3 + draw("desk min", 5) as u16,
        max_days: 12 + draw("desk max", 9) as u16,
        returns_permille: draw("desk returns", 300) as u16,
        mend_days: 1 + draw("desk mend", 3) as u16,
    };
    for person in &mut spec.people {
        person.days = 1 + below(seed, &["days", person.id.as_str(), key], 3) as u16;
        person.jitter = below(seed, &["jitter", person.id.as_str(), key], 4) as u16;
        person.refuses_permille = if luck("refuses", 100) { 200 } else { 0 };
    }
    spec.people_idle = luck("idle", 20);
    for op in ["registrar.auto-renew", "registrar.renew", "registrar.restore", "registrar.delete", "registrar.transfer", "dns."] {
        if luck(op, 250) {
            let fault = match below(seed, &["fault", op, key], 6) {
                0 => Fault::Refuse(Refusal::Transient { why: namekeep_model::Words::quoted("not reachable") }),
                1 => Fault::Throttle { seconds: 600 },
                2 => Fault::DoneNoAnswer,
                3 => Fault::NotDoneNoAnswer,
                4 => Fault::Late { minutes: 45 },
                _ => Fault::UnclearReadBack,
            };
            let times = 1 + below(seed, &["times", op, key], 3) as u32;
            spec.faults.push(FaultRule { times, ..FaultRule::on_op(op, fault) });
        }
    }
}


/// What happens to one name: how it stands at the start, and what others do to it.
fn names(seed: u64, index: usize, run: RunId, spec: &mut WorldSpec) {
    let key = index.to_string();
    let draw = |what: &str, n: u64| below(seed, &[what, &key], n);
    let luck = |what: &str, permille: u16| chance(seed, &[what, &key], permille);
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
}
