//! The world itself: its parts, its one way through time, and how it is written and read back.

use std::collections::BTreeMap;
use std::sync::Arc;

use namekeep_model::{AccountId, Date, DomainName, EffectId, Timestamp, Words};
use namekeep_ports::Reply;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::agenda::{Actor, Agenda, Lane};
use crate::calendar::{Calendar, Zone};
use crate::faults::{Attempt, FaultRule};
use crate::ledger::{Accepted, Effect, Happened, Happening};
use crate::people::{Signature, Work};
use crate::registry::RegistryRules;
use crate::script::Scripted;
use crate::spec::{Account, Colleague, Desk, Resolver, WorldSpec};
use crate::{Name, WorldError};

/// What never changes while a world runs; shared between copies of it.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) start: Timestamp,
    pub(crate) zone_name: String,
    pub(crate) zone: Zone,
    pub(crate) calendar: Calendar,
    pub(crate) desk: Desk,
    pub(crate) resolvers: Vec<Resolver>,
    pub(crate) rules: BTreeMap<String, RegistryRules>,
    /// The rules of each name, by its place.
    pub(crate) name_rules: Vec<Arc<RegistryRules>>,
    pub(crate) people: Vec<Colleague>,
    /// In the order of their instants.
    pub(crate) script: Vec<Scripted>,
    /// Every name and further label, with its place.
    pub(crate) index: BTreeMap<DomainName, u32>,
    pub(crate) accounts: BTreeMap<AccountId, u32>,
}

/// What is under way and what has been.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Running {
    pub(crate) now: Timestamp,
    /// Script entries that have happened.
    pub(crate) scripted: u32,
    /// References handed out.
    pub(crate) references: u64,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) works: Vec<Work>,
    pub(crate) signatures: Vec<Signature>,
    pub(crate) outbox: Vec<Reply>,
    pub(crate) ledger: Vec<Accepted>,
    pub(crate) diary: Vec<Happening>,
}

/// A simulated outside. It can be cloned, and written to and read from any serde format; a copy
/// goes on exactly as the original would.
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) setting: Arc<Setting>,
    pub(crate) idle: bool,
    pub(crate) accounts: Vec<Account>,
    pub(crate) names: Vec<Name>,
    pub(crate) faults: Vec<FaultRule>,
    pub(crate) run: Running,
    agenda: Agenda,
}

impl World {
    /// Builds a world. Registrations that expired before the start are brought to where their clock
    /// has them then; what that cost is taken as settled.
    pub fn new(spec: WorldSpec) -> Result<Self, WorldError> {
        Self::build(spec, None)
    }

    fn build(mut spec: WorldSpec, running: Option<Running>) -> Result<Self, WorldError> {
        let zone = Zone::find(&spec.zone)?;
        spec.calendar.sort();
        spec.script.sort_by_key(|scripted| scripted.at);
        let mut accounts = BTreeMap::new();
        for (place, account) in (0u32..).zip(&spec.accounts) {
            if accounts.insert(account.id.clone(), place).is_some() {
                return Err(WorldError::TwiceAccount(account.id.clone()));
            }
        }
        let shared: BTreeMap<&str, Arc<RegistryRules>> =
            spec.rules.iter().map(|(id, rules)| (id.as_str(), Arc::new(rules.clone()))).collect();
        let mut name_rules = Vec::with_capacity(spec.names.len());
        let mut index = BTreeMap::new();
        for (place, name) in (0u32..).zip(&spec.names) {
            for label in std::iter::once(&name.name).chain(&name.labels) {
                if index.insert(label.clone(), place).is_some() {
                    return Err(WorldError::Twice(label.clone()));
                }
            }
            if !accounts.contains_key(&name.account) {
                return Err(WorldError::NoAccount { name: name.name.clone(), account: name.account.clone() });
            }
            let Some(rules) = shared.get(name.rules.as_str()) else {
                return Err(WorldError::NoRules { name: name.name.clone(), rules: name.rules.clone() });
            };
            name_rules.push(Arc::clone(rules));
        }
        let setting = Setting {
            seed: spec.seed,
            start: spec.start,
            zone_name: spec.zone,
            zone,
            calendar: spec.calendar,
            desk: spec.desk,
            resolvers: spec.resolvers,
            name_rules,
            rules: spec.rules,
            people: spec.people,
            script: spec.script,
            index,
            accounts,
        };
        let run = running.unwrap_or_else(|| {
            // What the script says of the time before the start has happened already.
            let past = |scripted: &&Scripted| setting.zone.instant(scripted.at) < setting.start;
            let scripted = setting.script.iter().take_while(past).count();
            let scripted = u32::try_from(scripted).unwrap_or(u32::MAX);
            Running { now: setting.start, scripted, ..Running::default() }
        });
        let mut world = Self {
            setting: Arc::new(setting),
            idle: spec.people_idle,
            accounts: spec.accounts,
            names: spec.names,
            faults: spec.faults,
            run,
            agenda: Agenda::default(),
        };
        for place in world.places() {
            world.settle_registration(place);
            world.settle_filing(place);
        }
        world.fill_agenda();
        Ok(world)
    }

    /// Moves the world to an instant: everything due until then happens, in order. Earlier instants
    /// are a no-op, for time does not run back.
    pub fn step_to(&mut self, now: Timestamp) {
        while let Some((at, actor)) = self.agenda.pop(now) {
            self.run.now = self.run.now.max(at);
            self.fire(actor);
        }
        self.run.now = self.run.now.max(now);
    }

    /// When something happens next, if anything does; never before the world's own instant.
    pub fn next_event(&self) -> Option<Timestamp> {
        self.agenda.first().map(|(at, _)| at.max(self.run.now))
    }

    /// The world's instant.
    pub const fn now(&self) -> Timestamp {
        self.run.now
    }

    /// The calendar day in the world's zone.
    pub fn today(&self) -> Date {
        self.setting.zone.day(self.run.now)
    }

    /// A copy in which nobody acts from now on: what happens if nobody does anything.
    #[must_use]
    pub fn idle(&self) -> Self {
        let mut copy = self.clone();
        copy.idle = true;
        copy.run.outbox.clear();
        copy.agenda = Agenda::default();
        copy.fill_agenda();
        copy
    }

    /// Every effect that took hold, in order.
    pub fn ledger(&self) -> &[Accepted] {
        &self.run.ledger
    }

    /// What happened by itself, in order.
    pub fn diary(&self) -> &[Happening] {
        &self.run.diary
    }

    /// The names, in the order of the spec, as they truly are.
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// One name as it truly is; any label of a bundle finds it.
    pub fn name(&self, name: &DomainName) -> Option<&Name> {
        self.names.get(self.place(name)?)
    }

    /// The accounts as they truly are.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// One account as it truly is.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.get(*self.setting.accounts.get(id)? as usize)
    }

    /// Adds a fault rule to a running world.
    pub fn add_fault(&mut self, rule: FaultRule) {
        self.faults.push(rule);
    }

    /// The world as a spec: its present state as the start of another world. What is under way
    /// (running tasks, people's work) is not in it; serialise the world itself to keep that.
    pub fn to_spec(&self) -> WorldSpec {
        let setting = &self.setting;
        WorldSpec {
            seed: setting.seed,
            start: setting.start,
            zone: setting.zone_name.clone(),
            people_idle: self.idle,
            calendar: setting.calendar.clone(),
            desk: setting.desk,
            resolvers: setting.resolvers.clone(),
            rules: setting.rules.clone(),
            accounts: self.accounts.clone(),
            people: setting.people.clone(),
            names: self.names.clone(),
            script: setting.script.clone(),
            faults: self.faults.clone(),
        }
    }

    pub(crate) fn places(&self) -> std::ops::Range<usize> {
        0..self.names.len()
    }

    pub(crate) fn place(&self, name: &DomainName) -> Option<usize> {
        self.setting.index.get(name).map(|place| *place as usize)
    }

    pub(crate) fn account_place(&self, id: &AccountId) -> Option<usize> {
        self.setting.accounts.get(id).map(|place| *place as usize)
    }

    /// The account a name lies in.
    pub(crate) fn account_of(&self, name: &Name) -> Option<&Account> {
        self.account(&name.account)
    }

    /// The next reference a far side hands out.
    pub(crate) fn reference(&mut self, prefix: &str) -> String {
        self.run.references += 1;
        format!("{prefix}-{:05}", self.run.references)
    }

    /// Writes into the diary.
    pub(crate) fn note(&mut self, place: Option<usize>, what: Happened) {
        let name = place.and_then(|place| self.names.get(place)).map(|name| name.name.clone());
        self.run.diary.push(Happening { at: self.run.now, name, what });
    }

    /// Writes into the ledger.
    pub(crate) fn accept(&mut self, effect: EffectId, what: Effect, place: usize, applied: Applied) -> String {
        let reference = self.reference("W");
        if let Some(name) = self.names.get(place) {
            self.run.ledger.push(Accepted {
                at: self.run.now,
                effect,
                what,
                name: name.name.clone(),
                changed: applied.changed,
                cost: applied.cost,
                reference: reference.clone(),
                says: applied.says,
            });
        }
        reference
    }

    fn fire(&mut self, (lane, id): Actor) {
        let place = id as usize;
        match lane {
            Lane::Script => self.run_script(),
            Lane::Attempt => self.finish_attempt(place),
            Lane::Registry => self.tick_registry(place),
            Lane::Desk => self.tick_desk(place),
            Lane::Privacy => self.answer_requests(place),
            Lane::Mark => self.refresh_name(place),
            Lane::Work => self.tick_work(place),
            Lane::Signature => self.tick_signature(place),
        }
    }

    fn fill_agenda(&mut self) {
        self.refresh_script();
        self.places().for_each(|place| self.refresh_name(place));
        (0..self.run.attempts.len()).for_each(|id| self.refresh_attempt(id));
        (0..self.run.works.len()).for_each(|id| self.refresh_work(id));
        (0..self.run.signatures.len()).for_each(|id| self.refresh_signature(id));
    }

    pub(crate) fn set_agenda(&mut self, lane: Lane, id: usize, at: Option<Timestamp>) {
        // More than 2^32 entries of a kind do not fit in memory.
        self.agenda.set((lane, u32::try_from(id).unwrap_or(u32::MAX)), at);
    }

    /// Sets every entry of a name anew, after anything about it changed.
    pub(crate) fn refresh_name(&mut self, place: usize) {
        let Some(name) = self.names.get(place) else { return };
        let setting = Arc::clone(&self.setting);
        let registry = setting
            .name_rules
            .get(place)
            .and_then(|rules| name.registration.next(rules, &setting.zone))
            .map(|(at, _)| at);
        let desk = self.next_desk(name);
        let privacy = self.next_answer(name);
        let mark = self.next_mark(name);
        self.set_agenda(Lane::Registry, place, registry);
        self.set_agenda(Lane::Desk, place, desk);
        self.set_agenda(Lane::Privacy, place, privacy);
        self.set_agenda(Lane::Mark, place, mark);
    }
}

/// What an applied operation did.
#[derive(Clone, Debug)]
pub(crate) struct Applied {
    pub(crate) changed: bool,
    pub(crate) cost: Option<namekeep_model::Money>,
    pub(crate) says: Words,
}

impl Applied {
    pub(crate) fn switch(changed: bool, says: impl Into<Words>) -> Self {
        Self { changed, cost: None, says: says.into() }
    }
}

/// The form a running world is kept in.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    spec: WorldSpec,
    running: Running,
}

impl Serialize for World {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Saved { spec: self.to_spec(), running: self.run.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for World {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Saved { spec, running } = Saved::deserialize(deserializer)?;
        Self::build(spec, Some(running)).map_err(de::Error::custom)
    }
}
