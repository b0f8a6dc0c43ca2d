//! The drive loop of the tests: what service::drive does, on a hand-moved clock and without a store.

use namekeep_model::{Timestamp, TaskKind};
use namekeep_playbook::{Event, Next, Outcome, Plan, Record, Run};
use namekeep_ports::{Decision, Request};

use crate::case::{calendar, sign};
use crate::outside::{Coming, Outside};

pub(crate) struct Driven {
    pub(crate) run: Run,
    pub(crate) journal: Vec<Record>,
    pub(crate) now: Timestamp,
    pub(crate) nexts: usize,
}

impl Driven {
    pub(crate) fn new(plan: Plan) -> Self {
        let now = plan.made;
        Self { run: Run::start(plan), journal: Vec::new(), now, nexts: 0 }
    }

    pub(crate) fn append(&mut self, event: Event) {
        let record = Record::new(self.run.seq() + 1, self.now, event);
        self.run.apply(&record).unwrap_or_else(|error| panic!("{error}: {record:?}"));
        self.journal.push(record);
    }

    /// Appends what people have said by now; replies nobody waits for any more are dropped.
    fn replies(&mut self, outside: &mut Outside) {
        outside.coming.sort_by_key(|(at, _)| *at);
        while outside.coming.first().is_some_and(|(at, _)| *at <= self.now) {
            let (_, coming) = outside.coming.remove(0);
            let event = match coming {
                Coming::Done(task, receipt) => Event::TaskDone { task: task.id, receipt },
                Coming::Decided(step, who, Decision::Approve) => {
                    let nonce = format!("n{}", self.run.seq());
                    if self.run.statement(step, &who, &nonce).is_none() {
                        continue;
                    }
                    Event::Approved { approval: sign(&self.run, step.0, who.as_str(), &nonce) }
                }
                Coming::Decided(step, by, Decision::Withdraw) => Event::Withdrawn { step, by },
                Coming::Decided(step, by, Decision::Refuse) => Event::Refused { step, by },
            };
            let record = Record::new(self.run.seq() + 1, self.now, event);
            let mut tried = self.run.clone();
            if tried.apply(&record).is_ok() {
                self.run = tried;
                self.journal.push(record);
            }
        }
    }

    /// One step of the loop; false when the run is over or the horizon is reached.
    pub(crate) fn turn(&mut self, outside: &mut Outside, horizon: Timestamp) -> bool {
        outside.tick(calendar().day(self.now));
        self.replies(outside);
        outside.look(self.run.wants(self.now), self.now);
        self.nexts += 1;
        match self.run.next(self.now, &outside.facts, &calendar()) {
            Next::Record(event) => self.append(event),
            Next::Do { action, effect, deadline } => {
                let permit = self.run.clear(&action.id, self.now, &outside.facts, &calendar()).expect("next says it can be done");
                assert_eq!(*permit.effect(), effect);
                let digest = digest(&action);
                self.append(Event::Intent { effect: effect.clone(), action: digest, deadline });
                let outcome = outside.perform(permit.action(), &effect, self.now);
                self.append(Event::Settled { effect, outcome });
            }
            Next::Settle { effect, .. } => {
                let found = outside.read_back(&effect);
                self.append(Event::LookedBack { effect, found });
            }
            Next::Ask(request) => {
                self.append(Event::Asked { request: request.clone() });
                match request {
                    // Whoever is asked to find out looks at the far side: the test's ledger tells.
                    Request::Task(task) if task.kind == TaskKind::FindOut => outside.give(task, self.now),
                    Request::Task(task) => outside.give(task, self.now),
                    Request::Approval(ask) => outside.ask(&ask, self.now),
                }
            }
            Next::Wait { until, .. } | Next::Blocked { until, .. } | Next::Held { until, .. } => {
                assert!(until > self.now, "waiting moves time");
                let reply = outside.coming.iter().map(|(at, _)| *at).min().unwrap_or(Timestamp::MAX);
                self.now = until.min(reply.max(self.now));
            }
            Next::Ended(_) => return false,
        }
        self.now < horizon
    }

    /// Runs until it ends or five years are over.
    pub(crate) fn drive_on(&mut self, outside: &mut Outside) -> Option<Outcome> {
        let horizon = self.now.checked_add(jiff::SignedDuration::from_hours(24 * 366 * 5)).unwrap();
        for _ in 0..20_000 {
            if !self.turn(outside, horizon) {
                break;
            }
        }
        self.run.outcome()
    }
}

/// The digest an intent carries, made apart from the crate's own.
pub(crate) fn digest(action: &namekeep_model::Action) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(serde_json_canonicalizer::to_vec(action).unwrap()))
}
