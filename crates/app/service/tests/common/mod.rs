//! A stage for run tests: known facts, a world that can fail and crash, and the ledger as oracle.
#![allow(dead_code, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use namekeep_model::fact::{Said, Sighting};
use namekeep_model::{
    Action, Confidence, DomainName, EffectId, Ending, FactKey, FactValue, Facts, Observation, Op, Permit, Source, Timestamp,
};
use namekeep_ports::{Capability, Looked, Outcome, Ports, ReadBack, Reply, Request};
use namekeep_service::rehearse::Rehearsing;
use namekeep_world::World;

pub(crate) fn asked(name: &str, ending: Ending, expires: &str, seed: u64) -> Rehearsing {
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

/// Where a process dies: before or after the n-th call that touches the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crash {
    Never,
    Before(usize),
    After(usize),
}

/// The world behind a process that can die. The world lives on; replies that were handed out and not
/// recorded come again, as a mail box would bring them.
pub(crate) struct Process {
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) delivered: Arc<Mutex<Vec<Reply>>>,
    pub(crate) crash: Crash,
    pub(crate) calls: usize,
    fresh: bool,
}

impl Process {
    pub(crate) fn new(world: Arc<Mutex<World>>, delivered: Arc<Mutex<Vec<Reply>>>, crash: Crash) -> Self {
        Self { world, delivered, crash, calls: 0, fresh: true }
    }

    fn touch(&mut self) -> usize {
        self.calls += 1;
        if self.crash == Crash::Before(self.calls) {
            std::panic::panic_any("the process dies here");
        }
        self.calls
    }

    fn touched(&self, call: usize) {
        if self.crash == Crash::After(call) {
            std::panic::panic_any("the process dies here");
        }
    }
}

impl Ports for Process {
    fn capability(&self, name: &DomainName, op: &Op) -> Capability {
        self.world.lock().unwrap().capability(name, op)
    }

    async fn look(&mut self, name: &DomainName, keys: &[FactKey], now: Timestamp) -> Looked {
        namekeep_service::block::block_on(self.world.lock().unwrap().look(name, keys, now))
    }

    async fn perform(&mut self, permit: Permit, deadline: Timestamp) -> Outcome {
        let call = self.touch();
        #[expect(clippy::disallowed_methods, reason = "this stands in front of the world")]
        let outcome = namekeep_service::block::block_on(self.world.lock().unwrap().perform(permit, deadline));
        self.touched(call);
        outcome
    }

    async fn read_back(&mut self, effect: &EffectId, action: &Action, now: Timestamp) -> ReadBack {
        let call = self.touch();
        let found = namekeep_service::block::block_on(self.world.lock().unwrap().read_back(effect, action, now));
        self.touched(call);
        found
    }

    async fn ask(&mut self, request: Request) {
        let call = self.touch();
        namekeep_service::block::block_on(self.world.lock().unwrap().ask(request));
        self.touched(call);
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.world.lock().unwrap().next_event()
    }

    async fn replies(&mut self, now: Timestamp) -> Vec<Reply> {
        let new = namekeep_service::block::block_on(self.world.lock().unwrap().replies(now));
        self.delivered.lock().unwrap().extend(new.iter().cloned());
        if std::mem::take(&mut self.fresh) {
            return self.delivered.lock().unwrap().clone();
        }
        if !new.is_empty() {
            let call = self.touch();
            self.touched(call);
        }
        new
    }
}

/// How often each action of each run took effect, by the world's own ledger.
pub(crate) fn effects(world: &World) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for accepted in world.ledger() {
        *counts.entry(format!("{}/{}", accepted.effect.run, accepted.effect.action)).or_default() += 1;
    }
    counts
}
