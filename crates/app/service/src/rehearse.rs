//! Rehearsal: the whole plan of a name, played on a simulated calendar in a world built from its
//! known facts. The same loop as live work; only clock, store and ports differ.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use namekeep_lifecycle::{Offer, Projection};
use namekeep_model::{
    Confidence, Date, Department, DomainName, Ending, FactKey, FactValue, Facts, Money, Observation, Person, PersonId,
    RunId, RunKind, Source, Timestamp, WorkspaceId, Words, words,
};
use namekeep_model::fact::{Said, Sighting};
use namekeep_playbook::{Approver, Book, Event, Explanation, Outcome, People, Plan, Record};
use namekeep_rules::Rulebook;
use namekeep_store::{MemoryStore, Store};
use namekeep_world::{Happened, Happening, Known, World, WorldSpec};

use crate::case::{self, Subject, Wish};
use crate::clock::{Clock, SimClock};
use crate::diary::{self, DiaryLine};
use crate::drive::{Desk, drive};
use crate::journal::Case;
use crate::keys::Keyring;
use crate::{Exit, Failure, record, world_rules};

/// What is to be rehearsed.
#[derive(Clone, Debug)]
pub struct Rehearsing {
    /// The name and what is known of it.
    pub name: DomainName,
    /// Its facts.
    pub facts: Facts,
    /// Its registrar.
    pub registrar: Option<String>,
    /// The ending.
    pub ending: Ending,
    /// The seed: the same seed gives the same text.
    pub seed: u64,
    /// The first instant.
    pub start: Timestamp,
    /// The zone of its days.
    pub zone: TimeZone,
    /// The workspace's people; none lets a usual team be assumed.
    pub people: Vec<Person>,
}

/// What a rehearsal came to.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// The plan that was played.
    pub plan: Plan,
    /// The ending that was asked, where it is not offered, and why not.
    pub refused: Option<(Ending, Words)>,
    /// What had to be assumed.
    pub assumptions: Vec<Words>,
    /// The journal.
    pub records: Vec<Record>,
    /// The journal, told.
    pub lines: Vec<DiaryLine>,
    /// How it ended; none where it was still under way four years after the expiry.
    pub outcome: Option<Outcome>,
    /// Where it stands at the end: what blocks, where something does.
    pub explanation: Explanation,
    /// Its totals.
    pub totals: Totals,
}

/// Totals of a rehearsal.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Calendar days from the first to the last record.
    pub days: i64,
    /// Tasks done, by department.
    pub tasks: BTreeMap<Department, u32>,
    /// Signatures given.
    pub signatures: u32,
    /// Operations done by ports.
    pub operations: u32,
    /// Steps passed.
    pub steps: u32,
    /// Things that went another way than planned.
    pub turns: u32,
    /// Money spent, one sum a currency.
    pub spent: Vec<Money>,
    /// Entries in the journal.
    pub entries: u64,
}

/// Plays a rehearsal to the end of its watch.
pub fn rehearse(ask: &Rehearsing, rules: &Rulebook) -> Result<Rehearsal, Failure> {
    crate::block::block_on(play(ask, rules))
}

/// A stage set for a rehearsal: the world, the plan, and what drives them.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The world.
    pub world: World,
    /// The plan.
    pub plan: Plan,
    /// Rules, zone, keys.
    pub desk: Desk,
    /// The ending that was asked, where it is not offered, and why not.
    pub refused: Option<(Ending, Words)>,
    /// What had to be assumed.
    pub assumptions: Vec<Words>,
    /// The last instant played: four years after the expiry something blocks for good.
    pub horizon: Timestamp,
}

/// Builds the world of a rehearsal and plans in it; `shape` may change the world first.
pub async fn stage(ask: &Rehearsing, rules: &Rulebook, shape: impl FnOnce(&mut WorldSpec)) -> Result<Stage, Failure> {
    let keys = Keyring::Seed(ask.seed);
    let desk = Desk { rules: rules.clone(), zone: ask.zone.clone(), keys: keys.clone() };
    let today = ask.zone.to_datetime(ask.start).date();
    let mut facts = ask.facts.clone();
    let mut assumptions = assume_expiry(&mut facts, today, ask.start);
    let mut subject =
        Subject { name: ask.name.clone(), facts, registrar: ask.registrar.clone(), assume_charge_day: true };
    let projection = subject.project(rules, today)?;
    assumptions.push(words!(
        en: "the registrar charges automatic renewal on the expiry day", zh: "假定注册商在到期日扣自动续费"
    ));

    let known = Known {
        name: ask.name.clone(),
        seed: ask.seed,
        start: ask.start,
        rules: world_rules::of(&projection, &ask.name),
        calendar: world_rules::calendar(rules),
        facts: subject.facts.clone(),
        people: ask.people.clone(),
        deletion: Some(world_rules::deletion(&projection)),
    };
    let mut simple = World::simple(&known);
    shape(&mut simple.spec);
    assumptions.extend(simple.assumptions);
    let team: Vec<(Person, bool)> = simple
        .spec
        .people
        .iter()
        .map(|c| (Person { id: c.id.clone(), department: c.department, deputy: c.deputy.clone() }, c.approver))
        .collect();
    let mut world = World::new(simple.spec).map_err(|e| broken(&e))?;

    // What the world holds is what the plan knows: it looks before it plans, as a live plan does.
    let looked = namekeep_ports::Ports::look(&mut world, &ask.name, FactKey::ALL, ask.start).await;
    crate::drive::take_in(&mut subject.facts, looked, ask.start);
    let projection = subject.project(rules, today)?;
    let refused = match projection.endings.get(ask.ending) {
        Offer::NotOffered { why, .. } => Some((ask.ending, why.clone())),
        _ => None,
    };
    let wish = Wish {
        workspace: WorkspaceId::new("rehearsal").map_err(|e| broken(&e))?,
        run: RunId { kind: RunKind::Retire, number: 1 },
        revision: 1,
        ending: Some(ask.ending),
        years: 1,
        ceiling: None,
        people: people(&team, &keys)?,
        made: record::to_millis(ask.start),
    };
    let plan = planned(&subject, wish, &projection, &desk)?;
    // A lapse is watched for 24 months after the purge.
    let horizon = plan.dates.expiry.latest.saturating_add(jiff::Span::new().years(4));
    let horizon = ask.zone.to_ambiguous_timestamp(horizon.at(0, 0, 0, 0)).compatible().unwrap_or(Timestamp::MAX);
    Ok(Stage { world, plan, desk, refused, assumptions, horizon })
}

async fn play(ask: &Rehearsing, rules: &Rulebook) -> Result<Rehearsal, Failure> {
    let Stage { mut world, plan, desk, refused, assumptions, horizon } = stage(ask, rules, |_| {}).await?;
    let store = MemoryStore::new(plan.workspace.clone());
    let mut case = Case::start(&store, plan.clone(), ask.start).await?;
    case.registrar = ask.registrar.clone();
    case.plans_again = true;
    let mut cases = [case];
    let mut clock = SimClock::between(ask.start, horizon);
    drive(&mut cases, &mut world, &desk, &mut clock, |_, _| {}).await?;

    let [case] = cases;
    let outcome = case.run.outcome();
    let explanation = case.run.explain(clock.now(), &case.facts, &desk.calendar());
    let records = records(&store, plan.run).await?;
    let mut lines: Vec<DiaryLine> = records.iter().map(|record| diary::tell(&plan, record)).collect();
    lines.extend(happenings(&world, &ask.name));
    lines.sort_by_key(|line| line.at);
    let totals = totals(&plan, &records, &world);
    Ok(Rehearsal { plan, refused, assumptions, records, lines, outcome, explanation, totals })
}

/// Makes the plan of a subject.
pub fn planned(subject: &Subject, wish: Wish, projection: &Projection<'_>, desk: &Desk) -> Result<Plan, Failure> {
    let book = Book::shipped(wish.run.kind)?;
    let case = case::build(subject, wish, projection, &desk.rules)?;
    Ok(namekeep_playbook::plan(&book, &case, &desk.calendar())?)
}

fn broken(what: &dyn std::fmt::Display) -> Failure {
    let says = Words { en: format!("the rehearsal stopped: {what}"), zh: format!("演练中止：{what}") };
    Failure::new("E3006", Exit::Internal, says)
}

/// A name of which no date is known is rehearsed as if it had a year left; that is said.
fn assume_expiry(facts: &mut Facts, today: Date, at: Timestamp) -> Vec<Words> {
    let known = [FactKey::PaidUntil, FactKey::RegistrarExpiry, FactKey::RegistryExpiry];
    if known.into_iter().any(|key| facts.date(key).is_some()) {
        return Vec::new();
    }
    let day = today.saturating_add(jiff::Span::new().days(365));
    for key in [FactKey::RegistrarExpiry, FactKey::PaidUntil] {
        let value = FactValue::Date(day);
        let said = Said::Seen(Sighting { value, source: Source::Assumed, at, confidence: Confidence::Low });
        facts.take(Observation { key, said });
    }
    vec![words!(en: "expiry: not known, {day} assumed", zh: "到期日：未知，假定为 {day}")]
}

/// The people of a plan from a team: who owns, who signs, who stands in.
pub fn people(team: &[(Person, bool)], keys: &Keyring) -> Result<People, Failure> {
    let of = |department: Department| team.iter().map(|(p, _)| p).find(|p| p.department == department);
    let first = of(Department::Operations).or_else(|| team.first().map(|(p, _)| p)).ok_or_else(|| {
        Failure::usage(words!(en: "no people are known", zh: "没有人员"))
    })?;
    let signer = |person: &Person| -> Result<Approver, Failure> {
        let key = keys.key(&Keyring::name_of(&person.id))?;
        Ok(Approver { person: person.clone(), key: hex::encode(key.public().bytes()) })
    };
    let mut approvers = Vec::new();
    for (person, signs) in team {
        if *signs && person.id != first.id {
            approvers.push(signer(person)?);
        }
    }
    let mut deputies = Vec::new();
    for (person, _) in team {
        let stands_in = approvers.iter().any(|a: &Approver| a.person.deputy.as_ref() == Some(&person.id));
        let named = approvers.iter().any(|a: &Approver| a.person.id == person.id);
        if stands_in && !named && person.id != first.id {
            deputies.push(signer(person)?);
        }
    }
    let assignees = Department::ALL.into_iter().filter_map(|d| Some((d, of(d)?.id.clone()))).collect();
    let id = |person: &Person| -> PersonId { person.id.clone() };
    Ok(People { requester: id(first), owner: id(first), duty: id(first), approvers, deputies, assignees })
}

/// Every record of a run, read back from its store.
pub async fn records<S: Store>(store: &S, run: RunId) -> Result<Vec<Record>, Failure> {
    store.load(run).await?.entries.iter().map(|entry| record::read(&entry.bytes)).collect()
}

/// What happened to the name by itself: charges, returned filings, phases of the registry.
pub fn happenings(world: &World, name: &DomainName) -> Vec<DiaryLine> {
    let about = |happening: &&Happening| {
        let inside = matches!(happening.what, Happened::TaskDone { .. } | Happened::SignatureWithdrawn { .. } | Happened::Trouble { .. });
        !inside && happening.name.as_ref().is_none_or(|of| of == name)
    };
    let turn = |what: &Happened| {
        matches!(
            what,
            Happened::ChargeFailed { .. } | Happened::FilingReturned { .. } | Happened::DisputeLocked
                | Happened::PhoneCutOff | Happened::RestoreMissed | Happened::TaskFailed { .. } | Happened::Caught { .. }
        )
    };
    let told = world.diary().iter().filter(about).map(|happening| DiaryLine {
        at: happening.at,
        seq: None,
        step: None,
        weight: if turn(&happening.what) { diary::Weight::Turn } else { diary::Weight::Work },
        says: happening.what.says(),
        measured: None,
        again: None,
    });
    told.collect()
}

fn totals(plan: &Plan, records: &[Record], world: &World) -> Totals {
    let mut totals = Totals { entries: records.len() as u64, ..Totals::default() };
    if let (Some(first), Some(last)) = (records.first(), records.last()) {
        totals.days = last.at.duration_since(first.at).as_hours() / 24;
    }
    for record in records {
        match &record.event {
            Event::TaskDone { task, .. } => {
                let kind = plan.item(&task.0.action).and_then(|item| item.work.task());
                if let Some(kind) = kind {
                    *totals.tasks.entry(kind.department()).or_default() += 1;
                }
            }
            Event::Approved { .. } => totals.signatures += 1,
            Event::Settled { outcome: namekeep_ports::Outcome::Done(_), .. }
            | Event::LookedBack { found: namekeep_ports::ReadBack::Done(_), .. } => totals.operations += 1,
            Event::GatePassed { .. } => totals.steps += 1,
            _ => {}
        }
        if diary::tell(plan, record).weight == diary::Weight::Turn {
            totals.turns += 1;
        }
    }
    totals.spent = world_rules::spent(world);
    totals
}
