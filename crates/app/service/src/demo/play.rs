//! Playing a scenario up to an instant: the same plans, loop and journal as live work.
//!
//! ```text
//! world at its start --drive--> a run begins --drive--> ... --drive--> the instant
//!                                                                        |
//!                       store with runs and observed names  <---look-----+
//! ```
//!
//! A scenario is deterministic, so where the demo stands is a function of its clock alone: nothing
//! else is kept between two processes.

use std::collections::BTreeMap;

use namekeep_assess::watch::{self, Profile};
use namekeep_model::{DomainName, FactKey, Finding, Person, RunId, Timestamp, WorkspaceId};
use namekeep_playbook::{Explanation, Plan};
use namekeep_ports::Ports as _;
use namekeep_rules::Rulebook;
use namekeep_store::{Look, MemoryStore, NameRecord, Store as _};
use namekeep_world::World;

use super::findings;
use super::scenario::{self, Begins, Scenario, broken};
use crate::case::{Subject, Wish};
use crate::clock::SimClock;
use crate::drive::{self, Desk, Pause};
use crate::journal::Case;
use crate::keys::Keyring;
use crate::{Failure, portfolio, record, rehearse, workspace};

/// A scenario played up to an instant.
#[derive(Debug)]
pub struct Stage {
    /// Names as the watch sees them, runs with their journals.
    pub store: MemoryStore,
    /// The world as it truly is.
    pub world: World,
    /// Rules, zone, keys.
    pub desk: Desk,
    /// The demo's clock.
    pub now: Timestamp,
    /// What was found, by name.
    pub findings: BTreeMap<DomainName, Vec<Finding>>,
    /// Where each run stands.
    pub runs: BTreeMap<RunId, (Plan, Explanation)>,
}

/// Plays a scenario up to an instant.
pub async fn play(scenario: Scenario, until: Timestamp) -> Result<Stage, Failure> {
    let rules = Rulebook::embedded()?;
    let spec = scenario.spec(&rules)?;
    let keys = Keyring::Seed(spec.seed);
    let zone = workspace::zone_named(&spec.zone)?;
    let desk = Desk { rules, zone, keys };
    let team: Vec<(Person, bool)> = spec
        .people
        .iter()
        .map(|c| (Person { id: c.id.clone(), department: c.department, deputy: c.deputy.clone() }, c.approver))
        .collect();
    let workspace = WorkspaceId::new("demo").map_err(|e| broken(&e))?;
    let store = MemoryStore::new(workspace.clone());
    let mut world = World::new(spec).map_err(|e| broken(&e))?;
    let mut runs = BTreeMap::new();
    let mut now = world.now();
    {
        let mut cases = Vec::new();
        for begins in scenario.runs() {
            let at = begins.instant()?;
            if at > until {
                continue;
            }
            go(&mut cases, &mut world, &desk, now, at).await?;
            now = at;
            let plan = plan(begins, &workspace, &team, &mut world, &desk, now).await?;
            let mut case = Case::start(&store, plan, now).await?;
            case.registrar = Some(scenario::REGISTRAR.to_owned());
            // People of the demo plan again where only another plan goes on.
            case.plans_again = true;
            cases.push(case);
        }
        go(&mut cases, &mut world, &desk, now, until).await?;
        for case in &cases {
            let explanation = case.run.explain(until, &case.facts, &desk.calendar());
            runs.insert(case.id(), (case.run.plan().clone(), explanation));
        }
    }
    let findings = observe(&store, &mut world, &desk, until).await?;
    Ok(Stage { store, world, desk, now: until, findings, runs })
}

/// Drives what is under way up to an instant.
async fn go(
    cases: &mut [Case<'_, MemoryStore>],
    world: &mut World,
    desk: &Desk,
    from: Timestamp,
    until: Timestamp,
) -> Result<(), Failure> {
    let mut clock = SimClock::between(from, until);
    let pause = drive::drive(cases, world, desk, &mut clock, |_, _| {}).await?;
    // With every run at its end the loop returns early; the world goes on.
    world.step_to(until);
    if let Pause::Until(at) = pause {
        for case in cases.iter_mut().filter(|case| case.run.outcome().is_none()) {
            case.sleep_until(Some(at)).await?;
        }
    }
    Ok(())
}

/// Plans a run from what can be seen of the name at that instant.
async fn plan(
    begins: &Begins,
    workspace: &WorkspaceId,
    team: &[(Person, bool)],
    world: &mut World,
    desk: &Desk,
    now: Timestamp,
) -> Result<Plan, Failure> {
    let name = DomainName::parse(begins.name)?;
    let mut subject = Subject {
        name: name.clone(),
        facts: namekeep_model::Facts::default(),
        registrar: Some(scenario::REGISTRAR.to_owned()),
        assume_charge_day: true,
    };
    drive::take_in(&mut subject.facts, world.look(&name, FactKey::ALL, now).await, now);
    let projection = subject.project(&desk.rules, desk.zone.to_datetime(now).date())?;
    let wish = Wish {
        workspace: workspace.clone(),
        run: begins.run(),
        revision: 1,
        ending: Some(begins.ending),
        years: 1,
        ceiling: None,
        people: rehearse::people(team, &desk.keys)?,
        made: record::to_millis(now),
    };
    rehearse::planned(&subject, wish, &projection, desk)
}

/// Looks at every name and keeps what was seen and found.
async fn observe(
    store: &MemoryStore,
    world: &mut World,
    desk: &Desk,
    now: Timestamp,
) -> Result<BTreeMap<DomainName, Vec<Finding>>, Failure> {
    let profile = Profile::parse(watch::profile::DEFAULT.as_bytes()).map_err(|e| broken(&e))?;
    let today = desk.zone.to_datetime(now).date();
    let truth = world.names().to_vec();
    let records: Vec<NameRecord> = truth.iter().map(|name| {
        let mut record = NameRecord::new(name.name.clone());
        let declared = &mut record.row.declared;
        (declared.intent, declared.ending) = scenario::decided(&name.name);
        declared.account = Some(name.account.clone());
        declared.registrar = scenario::registrar(name.account.as_str()).map(str::to_owned);
        record
    }).collect();
    store.put_names(records.into_iter(), |_, new| new).await?;
    let mut found = BTreeMap::new();
    for (place, name) in truth.iter().enumerate() {
        let looked = world.look(&name.name, FactKey::ALL, now).await;
        let registrar = scenario::registrar(name.account.as_str());
        let subject = Subject {
            name: name.name.clone(),
            facts: facts_of(&looked, now),
            registrar: registrar.map(str::to_owned),
            assume_charge_day: true,
        };
        let projection = subject.project(&desk.rules, today)?;
        let decided_to_release = scenario::decided(&name.name).1 == Some(namekeep_model::Ending::Lapse);
        let scene = findings::Scene { name, place, facts: &subject.facts, projection: &projection, today, now, profile: &profile, zone: &desk.zone, decided_to_release };
        let rounds = scene.rounds();
        let levels = rounds.iter().map(|(code, findings)| (*code, watch::level(findings))).collect();
        let look = Look { observations: looked.observations, rounds: levels, raw: Vec::new() };
        let (about, rules) = (name.name.clone(), desk.rules.clone());
        let judge = move |facts: &namekeep_model::Facts| portfolio::summary(&about, facts, registrar, &rules, today);
        store.observe(&name.name, look, now, judge).await?;
        found.insert(name.name.clone(), rounds.into_iter().flat_map(|(_, findings)| findings).collect());
    }
    Ok(found)
}

fn facts_of(looked: &namekeep_ports::Looked, now: Timestamp) -> namekeep_model::Facts {
    let mut facts = namekeep_model::Facts::default();
    drive::take_in(&mut facts, looked.clone(), now);
    facts
}
