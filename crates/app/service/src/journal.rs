//! A run under way: its state, its log, its facts, and the one way to add to its journal.
//!
//! Each [`Case::append`] is one transaction: the entry, what it means for effects and for open
//! questions become durable together, and only then does the state change.

use std::collections::BTreeSet;

use namekeep_evidence::RunLog;
use namekeep_model::action::Act;
use namekeep_model::{Date, EffectId, FactValue, Facts, PersonId, RunId, Task, TaskKind, Text, Timestamp, Words};
use namekeep_playbook::{Event, ItemState, Plan, Record, Run, Work};
use namekeep_ports::{Looked, Outcome as Came, ReadBack, Request};
use namekeep_rules::Rulebook;
use namekeep_store::{Append, EffectMove, NameRecord, NewEntry, NewRun, RequestKind, RequestMove, RunState, Settled, Store};

use crate::record::{self, to_millis};
use crate::{Exit, Failure, drive, portfolio};

/// A run under way in a store.
#[derive(Debug)]
pub struct Case<'s, S> {
    store: &'s S,
    log: RunLog,
    last: Timestamp,
    /// Its state.
    pub run: Run,
    /// What is known of its name.
    pub facts: Facts,
    /// When the facts were looked at last; none means they must be looked at before they are used.
    pub looked: Option<Timestamp>,
    /// Its registrar, as plans are made with it.
    pub registrar: Option<String>,
    /// A plan that can no longer be carried out is made again by itself, as its requester would:
    /// rehearsal and demo only. A live run waits for its requester.
    pub plans_again: bool,
}

fn refused(what: impl std::fmt::Display) -> Failure {
    let says = Words::quoted(what.to_string())
        .behind(Text::new("the journal does not take this entry, nothing was written: ", "日志不接受此条目，未写入任何内容："));
    Failure::new("E3002", Exit::Internal, says)
}

impl<'s, S: Store> Case<'s, S> {
    /// Starts a run of a plan: the plan is kept, its first entry written.
    pub async fn start(store: &'s S, plan: Plan, now: Timestamp) -> Result<Self, Failure> {
        let at = to_millis(now);
        let run = Run::start(plan);
        let mut log = RunLog::new(&run.plan().run.to_string()).map_err(refused)?;
        let event = Event::Started { plan: run.plan_digest().to_owned() };
        let entry = log.append(&record::draft(&run, at, &event)?).map_err(refused)?;
        let new = NewRun {
            id: run.plan().run,
            name: run.plan().name.clone(),
            plan: run.plan().canonical(),
            entries: vec![NewEntry { kind: record::kind_of(&event).word().to_owned(), at, bytes: entry.bytes }],
            wake_at: None,
            at,
        };
        if store.name(&run.plan().name).await?.is_none() {
            let record = NameRecord::new(run.plan().name.clone());
            store.put_names(std::iter::once(record), |known, _| known).await?;
        }
        store.create_run(new).await?;
        let mut case = Self {
            store,
            log,
            last: at,
            run,
            facts: Facts::default(),
            looked: None,
            registrar: None,
            plans_again: false,
        };
        case.apply(&Record::new(1, at, event))?;
        Ok(case)
    }

    /// Reads a run back from its journal.
    pub async fn load(store: &'s S, id: RunId) -> Result<Self, Failure> {
        let journal = store.load(id).await?;
        let newest: Plan = serde_json::from_slice(&journal.plan).map_err(refused)?;
        if newest.unserved_ops(&namekeep_model::Op::SERVED).next().is_some() {
            let says = Words {
                en: format!("{id} uses operations this build cannot serve"),
                zh: format!("{id} 使用了本版本不支持的操作"),
            };
            return Err(Failure::new("E3003", Exit::OutOfDate, says));
        }
        let mut run: Option<Run> = None;
        let mut last = journal.run.at;
        for entry in &journal.entries {
            let record = record::read(&entry.bytes)?;
            last = record.at;
            // Each revision of the plan is kept by its digest; the newest comes with the journal.
            let named = match &record.event {
                Event::Started { plan } | Event::Replanned { plan, .. } => Some(kept_plan(store, &newest, plan).await?),
                _ => None,
            };
            let run = match (&mut run, named) {
                (None, Some(plan)) => run.insert(Run::start(plan)),
                (Some(run), Some(plan)) => {
                    run.adopt(plan);
                    run
                }
                (Some(run), None) => run,
                (None, None) => return Err(refused("the journal does not begin with its plan")),
            };
            run.apply(&record).map_err(refused)?;
        }
        let run = run.ok_or_else(|| refused("the journal is empty"))?;
        let frontier = journal.entries.iter().map(|entry| namekeep_evidence::merkle::leaf(&entry.bytes)).collect();
        let log = RunLog::resume(&id.to_string(), frontier).map_err(refused)?;
        let known = store.name(&run.plan().name).await?;
        let registrar = known.as_ref().and_then(|record| record.row.declared.registrar.clone());
        let facts = known.map(|record| record.facts).unwrap_or_default();
        Ok(Self { store, log, last, run, facts, looked: None, registrar, plans_again: false })
    }

    /// The run's id.
    pub fn id(&self) -> RunId {
        self.run.plan().run
    }

    /// The instant of the newest entry.
    pub const fn last(&self) -> Timestamp {
        self.last
    }

    fn apply(&mut self, record: &Record) -> Result<(), Failure> {
        self.run.apply(record).map_err(refused)
    }

    /// The questions people have not answered yet.
    pub async fn open_requests(&self) -> Result<Vec<Request>, Failure> {
        let rows = self.store.open_requests(Some(self.id())).await?;
        rows.iter().map(|row| serde_json::from_slice(&row.body).map_err(refused)).collect()
    }

    /// Takes a look in. What is new of it is kept with the name, so that whoever takes the run up after
    /// this process has seen as many rounds as this one.
    pub async fn see(&mut self, looked: Looked, rules: &Rulebook, today: Date, now: Timestamp) -> Result<(), Failure> {
        let new = drive::take_in(&mut self.facts, looked, now);
        self.looked = Some(now);
        if new.observations.is_empty() && new.rounds.is_empty() {
            return Ok(());
        }
        let name = self.run.plan().name.clone();
        let (about, registrar, rules) = (name.clone(), self.registrar.clone(), rules.clone());
        let judge = move |facts: &Facts| portfolio::summary(&about, facts, registrar.as_deref(), &rules, today);
        self.store.observe(&name, new, now, judge).await?;
        Ok(())
    }

    /// Tells whether the run's state takes an event now; nothing is written.
    pub fn accepts(&self, now: Timestamp, event: &Event) -> bool {
        let record = Record::new(self.run.seq() + 1, to_millis(now).max(self.last), event.clone());
        self.run.clone().apply(&record).is_ok()
    }

    /// Adds an event: durable first, then believed.
    pub async fn append(&mut self, now: Timestamp, event: Event) -> Result<(), Failure> {
        self.write(now, event, None).await
    }

    async fn write(&mut self, now: Timestamp, event: Event, plan: Option<Vec<u8>>) -> Result<(), Failure> {
        // A clock that jumped back never makes an entry older than the one before it.
        let at = to_millis(now).max(self.last);
        let mut log = self.log.clone();
        let expected = log.frontier().size();
        let entry = log.append(&record::draft(&self.run, at, &event)?).map_err(refused)?;
        let mut step = Append::new(self.id(), expected).entry(NewEntry {
            kind: record::kind_of(&event).word().to_owned(),
            at,
            bytes: entry.bytes,
        });
        step.plan = plan;
        step = with_effect(step, &self.run, &event)?;
        // The state must accept the event before it becomes durable.
        let record = Record::new(self.run.seq() + 1, at, event);
        let mut next = self.run.clone();
        next.apply(&record).map_err(refused)?;
        step = with_request(step, &self.run, &next, &record)?;
        if matches!(record.event, Event::Ended { .. }) {
            step = step.state(RunState::Ended);
        }
        self.store.append(step).await?;
        self.run = next;
        self.log = log;
        self.last = at;
        Ok(())
    }

    /// Goes on with a new plan: every signature of the old one is void.
    pub async fn replan(&mut self, now: Timestamp, plan: Plan, by: PersonId) -> Result<(), Failure> {
        let (digest, revision, bytes) = (plan.digest(), plan.revision, plan.canonical());
        let mut next = self.run.clone();
        next.adopt(plan);
        let before = std::mem::replace(&mut self.run, next);
        let event = Event::Replanned { plan: digest, revision, by };
        let done = self.write(now, event, Some(bytes)).await;
        if done.is_err() {
            self.run = before;
        }
        done
    }

    /// Keeps when the run is to be looked at again.
    pub async fn sleep_until(&mut self, wake_at: Option<Timestamp>) -> Result<(), Failure> {
        let step = Append::new(self.id(), self.log.frontier().size()).state(RunState::Open { wake_at });
        self.store.append(step).await?;
        Ok(())
    }
}

/// A plan by its digest: the newest, or an earlier one the store keeps.
async fn kept_plan<S: Store>(store: &S, newest: &Plan, digest: &str) -> Result<Plan, Failure> {
    if newest.digest() == digest {
        return Ok(newest.clone());
    }
    let hash = namekeep_evidence::Hash::from_hex(digest.as_bytes()).ok_or_else(|| refused("no plan digest"))?;
    let bytes = store.kept(&hash).await?.ok_or_else(|| refused("an earlier plan is not kept"))?;
    serde_json::from_slice(&bytes).map_err(refused)
}

/// What an event means for the table of effects: attempts at operations. Work handed to a person from
/// the start is no attempt of ours; its open question is its row.
fn with_effect(step: Append, run: &Run, event: &Event) -> Result<Append, Failure> {
    let planned = |id: &EffectId| match run.plan().item(&id.action).map(|item| &item.work) {
        Some(Work::Act(action)) if matches!(action.act, Act::Op(_)) => Some(action.happens_once()),
        _ => None,
    };
    let by_port = |id: &EffectId| planned(id).is_some();
    let settle = |id: &EffectId, outcome| EffectMove::Settle { id: id.clone(), outcome };
    Ok(match event {
        Event::Intent { effect, action, deadline } if by_port(effect) => {
            let once = planned(effect).unwrap_or(true);
            let request = namekeep_evidence::Hash::from_hex(action.as_bytes()).ok_or_else(|| refused("no action digest"))?;
            step.effect(EffectMove::Intend { id: effect.clone(), request, deadline: *deadline, once })
        }
        Event::Settled { effect, outcome } if by_port(effect) => match outcome {
            Came::Done(_) => step.effect(settle(effect, Settled::Done)),
            Came::NotDone(_) => step.effect(settle(effect, Settled::NotDone)),
            Came::Unknown { .. } => step.effect(settle(effect, Settled::Unknown)),
            // A person does it: the attempt stays open until their receipt.
            Came::Asked(_) => step,
        },
        Event::LookedBack { effect, found } if by_port(effect) => match found {
            ReadBack::Done(_) => step.effect(settle(effect, Settled::Done)),
            ReadBack::NotDone(_) => step.effect(settle(effect, Settled::NotDone)),
            ReadBack::Unclear { .. } => step,
        },
        Event::TaskDone { task, receipt } if by_port(&task.0) => {
            let done = receipt.fields.get("done") != Some(&FactValue::Bool(false));
            step.effect(settle(&task.0, if done { Settled::Done } else { Settled::NotDone }))
        }
        _ => step,
    })
}

/// The id of a request to sign, by its nonce.
fn approval_id(run: RunId, nonce: &str) -> String {
    format!("{run}/{nonce}")
}

/// What an event means for the table of questions: one is asked; those that wait no more are closed.
fn with_request(step: Append, before: &Run, after: &Run, record: &Record) -> Result<Append, Failure> {
    let run = before.plan().run;
    let open = |state: &Run| -> BTreeSet<String> {
        let tasks = state.open_tasks().map(|task| task.to_string());
        tasks.chain(state.open_questions().map(|(_, nonce)| approval_id(run, nonce))).collect()
    };
    let (was, is) = (open(before), open(after));
    let step = was.difference(&is).fold(step, |step, id| step.request(RequestMove::Close { id: id.clone() }));
    let request = match &record.event {
        Event::Asked { request } => request.clone(),
        // An act that a person carries out is their task like any other.
        Event::Settled { effect, outcome: Came::Asked(_) } => {
            Request::Task(handed(after, effect, record.at).ok_or_else(|| refused("nobody was asked"))?)
        }
        _ => return Ok(step),
    };
    let body = serde_json::to_vec(&request).map_err(refused)?;
    let (id, kind, assignee, due) = match request {
        Request::Task(task) => (task.id.to_string(), RequestKind::Task, task.assignee, task.due),
        Request::Approval(ask) => (approval_id(run, &ask.nonce), RequestKind::Approval, ask.approver, ask.not_after),
    };
    Ok(step.request(RequestMove::Open { id, kind, assignee, due, body }))
}

/// The task a person has of an act that was handed to them.
fn handed(run: &Run, effect: &EffectId, at: Timestamp) -> Option<Task> {
    let (planned, state) = (run.plan().step(effect.action.step)?, run.step(effect.action.step)?);
    let mut work = planned.work.iter().zip(&state.items).chain(planned.rescue.iter().zip(&state.rescue));
    let (item, now) = work.find(|(item, _)| item.id == effect.action)?;
    let ItemState::Asked { task, due, .. } = &now.state else { return None };
    Some(Task {
        id: task.clone(),
        kind: item.work.task().unwrap_or(TaskKind::CarryOut),
        name: run.plan().name.clone(),
        assignee: item.assignee.clone(),
        opened: at,
        due: *due,
        asks: item.asks.clone(),
    })
}
