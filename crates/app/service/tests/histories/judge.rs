//! The promises as invariants of a finished history, against the world's own ledger.

use std::collections::BTreeMap;

use namekeep_model::{ActionId, EffectId, Ending, StepNo, Timestamp};
use namekeep_playbook::{Anchor, Event, Outcome, Plan, Record, Run, Work};
use namekeep_ports::Request;
use namekeep_world::{Accepted, Happened, Happening, World};

use crate::shape::Portfolio;

/// One run of a history, told by its journal.
pub(crate) struct Told {
    pub(crate) ending: Ending,
    /// Every plan that was in force, by its digest.
    pub(crate) plans: BTreeMap<String, Plan>,
    pub(crate) records: Vec<Record>,
    /// What stands in its way at the end, for people.
    pub(crate) waits: String,
    /// As the loop left it, and as its journal alone gives it back.
    pub(crate) run: Run,
    pub(crate) replayed: Run,
}

/// A finished history.
pub(crate) struct History {
    pub(crate) portfolio: Portfolio,
    pub(crate) told: Vec<Told>,
    pub(crate) world: World,
}

impl Told {
    /// The plan in force when a record was written.
    fn plan_at(&self, seq: u64) -> &Plan {
        let digest = self.records.iter().filter(|record| record.seq < seq).fold(None, |force, record| match &record.event {
            Event::Started { plan } | Event::Replanned { plan, .. } => Some(plan),
            _ => force,
        });
        digest.and_then(|digest| self.plans.get(digest)).unwrap_or_else(|| self.run.plan())
    }

    fn effects<'w>(&self, world: &'w World) -> impl Iterator<Item = &'w Accepted> {
        let run = self.run.plan().run;
        world.ledger().iter().filter(move |accepted| accepted.effect.run == run)
    }

    /// Tells whether the signed act of this run was begun.
    fn acted(&self) -> bool {
        self.records.iter().any(|record| match &record.event {
            Event::Intent { effect, .. } => matches!(
                self.plan_at(record.seq).item(&effect.action).map(|item| &item.work),
                Some(Work::Act(act)) if act.risk.is_irreversible() && effect.action.step == StepNo(21)
            ),
            _ => false,
        })
    }

    /// Tells whether after a doubt the run itself acted to keep the name, and asked a person to.
    fn tried(&self, doubt: &Record) -> bool {
        let later = || self.records.iter().filter(|record| record.seq > doubt.seq);
        later().any(|r| matches!(r.event, Event::Intent { .. }))
            && later().any(|r| matches!(&r.event, Event::Asked { request: Request::Task(task) } if task.kind == namekeep_model::TaskKind::PayOrder))
    }

    /// What was written before an effect: its intent, or, for work that is a person's from the start,
    /// the question.
    fn intent(&self, effect: &EffectId) -> Option<&Record> {
        self.records.iter().find(|r| match &r.event {
            Event::Intent { effect: of, .. } => of == effect,
            Event::Asked { request: Request::Task(task) } => task.id.0 == *effect,
            _ => false,
        })
    }
}

/// R1: no irreversible effect without the quorum's approvals of exactly the plan in force, given in
/// answer to questions put before it, and not taken back.
pub(crate) fn approved(told: &Told, history: &History) -> Result<(), String> {
    for accepted in told.effects(&history.world) {
        let action = &accepted.effect.action;
        let Some(intent) = told.intent(&accepted.effect) else {
            return Err(format!("R1: {} took effect without an intent", accepted.effect));
        };
        let plan = told.plan_at(intent.seq);
        let Some(Work::Act(act)) = plan.item(action).map(|item| &item.work) else { continue };
        let namekeep_model::Risk::Irreversible { quorum } = act.risk else { continue };
        let mut signers = BTreeMap::new();
        for record in told.records.iter().filter(|r| r.seq < intent.seq) {
            match &record.event {
                Event::Approved { approval } if approval.statement.step == action.step && approval.statement.plan == plan.digest() => {
                    let signer = plan.people.signers().map(|s| &s.person).find(|p| p.id == approval.statement.approver);
                    signer.map(|signer| signers.insert(signer.id.clone(), signer));
                }
                Event::Withdrawn { step, by } if *step == action.step => drop(signers.remove(by)),
                _ => {}
            }
        }
        if !quorum.met_by(signers.into_values(), &plan.people.requester) {
            return Err(format!("R1: {} took effect without its quorum", accepted.effect));
        }
    }
    Ok(())
}

/// R2: no attempt takes effect twice, and what happens once takes effect once.
pub(crate) fn once(told: &Told, history: &History) -> Result<(), String> {
    let mut attempts: BTreeMap<&EffectId, usize> = BTreeMap::new();
    let mut lasting: BTreeMap<&ActionId, usize> = BTreeMap::new();
    for accepted in told.effects(&history.world) {
        *attempts.entry(&accepted.effect).or_default() += 1;
        let plan = told.intent(&accepted.effect).map_or_else(|| told.run.plan(), |intent| told.plan_at(intent.seq));
        let lasts = matches!(plan.item(&accepted.effect.action).map(|i| &i.work), Some(Work::Act(act)) if act.happens_once());
        if lasts && accepted.changed {
            *lasting.entry(&accepted.effect.action).or_default() += 1;
        }
    }
    let twice = |count: &usize| *count > 1;
    match (attempts.into_iter().find(|(_, n)| twice(n)), lasting.into_iter().find(|(_, n)| twice(n))) {
        (Some((effect, n)), _) => Err(format!("R2: {effect} took effect {n} times")),
        (_, Some((action, n))) => Err(format!("R2: {action} took effect {n} times")),
        _ => Ok(()),
    }
}

/// R4: nothing is begun before its step opens, by the plan in force at that instant. Steps that open
/// at something the run itself makes happen are left to the run machine's own tests.
pub(crate) fn not_early(told: &Told, history: &History) -> Result<(), String> {
    for record in &told.records {
        let Event::Intent { effect, .. } = &record.event else { continue };
        let plan = told.plan_at(record.seq);
        let Some(step) = plan.step(effect.action.step) else { continue };
        let rescue = step.rescue.iter().any(|item| item.id == effect.action);
        let own = matches!(step.opens.rule.anchor, Anchor::Act | Anchor::T0 | Anchor::Start);
        let day = history.portfolio.stage.desk.zone.to_datetime(record.at).date();
        if let Some(opens) = step.opens.day.filter(|opens| !rescue && !own && day < *opens) {
            return Err(format!("R4: {effect} began on {day}, before {opens}"));
        }
    }
    Ok(())
}

/// R9: keeping is the default. A name is gone only where its run ended by letting it go, or where it
/// was past recall, by everybody's standing signatures, before anybody had a doubt.
pub(crate) fn kept(told: &Told, history: &History) -> Result<(), String> {
    let name = &told.run.plan().name;
    let held = history.world.name(name).is_some_and(|name| name.registration.held());
    let outcome = told.run.outcome();
    let let_go = matches!(outcome, Some(Outcome::Lapsed | Outcome::Deleted | Outcome::Transferred));
    if told.ending.keeps() && let_go {
        return Err("R9: a hold let the name go".to_owned());
    }
    if held || let_go {
        return Ok(());
    }
    let recall = past_recall(told, history);
    // A name that was kept is its next owner's care once its run is over.
    let ended = told.records.last().filter(|record| matches!(record.event, Event::Ended { .. })).map(|record| record.at);
    if recall.zip(ended).is_some_and(|(recall, ended)| matches!(outcome, Some(Outcome::Renewed(_) | Outcome::HeldUntil(_))) && recall > ended) {
        return Ok(());
    }
    // Where nobody is at work and the account is empty, nothing can be bought.
    let broke = |h: &Happening| matches!(h.what, Happened::ChargeFailed { .. }) && h.name.as_ref() == Some(name);
    if history.portfolio.idle && history.world.diary().iter().any(broke) {
        return Ok(());
    }
    let doubt = told.records.iter().find(|record| {
        matches!(record.event, Event::Held { .. } | Event::Keeping { .. } | Event::Withdrawn { step: StepNo(21 | 22), .. })
    });
    match (doubt, recall) {
        (None, Some(_)) if told.acted() => Ok(()),
        (Some(doubt), Some(recall)) if recall <= doubt.at => Ok(()),
        // After the last safe rescue day everything is tried and nothing is promised; nor where money
        // had to be paid in and whoever was asked had less than a week.
        (Some(doubt), Some(recall)) if told.acted() && (too_late(told, history, doubt.at) || recall.duration_since(doubt.at) < WEEK) => {
            if told.tried(doubt) { Ok(()) } else { Err(format!("R9: {name} is gone and nobody tried to keep it")) }
        }
        _ => Err(format!("R9: {name} is gone although it was to be kept, outcome {outcome:?}, recall {recall:?}, doubt {:?}", doubt.map(|d| d.at))),
    }
}

const WEEK: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

fn too_late(told: &Told, history: &History, doubt: Timestamp) -> bool {
    let day = history.portfolio.stage.desk.zone.to_datetime(doubt).date();
    told.run.plan().dates.rescue.as_ref().is_some_and(|rescue| day > rescue.typical)
}

/// When the name could no longer be brought back.
fn past_recall(told: &Told, history: &History) -> Option<Timestamp> {
    let name = &told.run.plan().name;
    let gone = history.world.diary().iter().filter(|happening| happening.name.as_ref() == Some(name)).find_map(|happening| {
        matches!(happening.what, Happened::PendingDelete { .. } | Happened::Released | Happened::Auctioned).then_some(happening.at)
    });
    gone.or_else(|| told.effects(&history.world).filter(|a| a.effect.action.step == StepNo(21)).map(|a| a.at).max())
}

/// Replay equals run: the journal alone gives the same state, through every change of plan.
pub(crate) fn replays(told: &Told, _: &History) -> Result<(), String> {
    if told.replayed == told.run { Ok(()) } else { Err("the journal replays to another state".to_owned()) }
}

/// A run comes to its end, unless somebody must move it who does not: idle people, a refusal, a
/// dispute nobody ends.
pub(crate) fn ends(told: &Told, history: &History) -> Result<(), String> {
    if told.run.outcome().is_some() || history.portfolio.idle {
        return Ok(());
    }
    let mut waits = false;
    for record in &told.records {
        match record.event {
            Event::Refused { .. } | Event::Held { .. } | Event::Withdrawn { .. } => waits = true,
            Event::Resumed { .. } | Event::Replanned { .. } => waits = false,
            _ => {}
        }
    }
    if waits { Ok(()) } else { Err(format!("{} does not end: {}", told.run.plan().run, told.waits)) }
}
