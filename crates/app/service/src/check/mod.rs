//! Looking at names now: what sources say, what that comes to, and what is kept of it.
//!
//! ```text
//!  names ─> look.rs ──────> learn.rs ────────> judge.rs ──────────────> keep.rs
//!           RDAP, WHOIS     observations,      findings of C4 S6 T3 T6   facts and raw answers on
//!           DNS, TLS        failures as such   or *not checked*, why     change; since when it stands
//!           (network.rs: the one wire, live or from a tape)
//! ```
//!
//! Works without a workspace; with one, what was seen is stored and findings keep their first day.
//! It never writes to the outside, and what it could not look at is never fine by silence.

mod earlier;
mod judge;
mod keep;
mod learn;
mod look;
mod network;

use std::cell::Cell;

use jiff::tz::TimeZone;
use namekeep_assess::watch::Profile;
use namekeep_model::phase::PhaseKind;
use namekeep_model::{DomainName, Finding, FindingCode, Level, Text, Timestamp, Words};
use namekeep_probe::{Tape, side_by_side};
use namekeep_rules::Rulebook;
use namekeep_store::Store;

use crate::portfolio::CountsOn;
use crate::{Exit, Failure};

pub use earlier::{Earlier, earlier, finding};
pub use judge::expected;
pub use network::{Network, Options};

/// Names looked at side by side; each server still has its own pace. No reference.
const SIDE_BY_SIDE: usize = 24;

/// The check-points that run now.
pub const RUNNING: [&str; 4] = ["C4", "S6", "T3", "T6"];

/// What a check works with.
#[derive(Debug)]
pub struct Desk<'a> {
    /// The network, live or from a tape.
    pub network: &'a Network,
    /// The rules in force.
    pub rules: &'a Rulebook,
    /// Levels and thresholds.
    pub profile: &'a Profile,
    /// The zone of calendar days.
    pub zone: &'a TimeZone,
    /// The instant the check speaks of.
    pub now: Timestamp,
}

/// How far a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Names done.
    pub done: usize,
    /// Names asked for.
    pub names: usize,
    /// Questions asked so far.
    pub questions: usize,
}

/// What a check of one name came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The name.
    pub name: DomainName,
    /// The gravest level.
    pub level: Level,
    /// The level of each check-point.
    pub rounds: Vec<(FindingCode, Level)>,
    /// What was found, and what could not be looked at.
    pub findings: Vec<Finding>,
    /// The date that counts, where one is known.
    pub counts_on: Option<CountsOn>,
    /// Where the registration stands.
    pub phase: PhaseKind,
    /// Something differs from the last check that was kept, or none was.
    pub changed: bool,
    /// Any source answered.
    pub seen: bool,
    /// Who was asked about the registration, and what they said, in one line.
    pub registry: Words,
    /// When the registration was last read, now or earlier.
    pub read_at: Option<Timestamp>,
}

/// What a check came to.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Every name, in the order asked.
    pub names: Vec<Outcome>,
    /// Every exchange, where it was to be recorded.
    pub tape: Tape,
}

impl Checked {
    /// Tells whether no source answered for any name: this machine sees no network.
    pub fn is_blind(&self) -> bool {
        !self.names.is_empty() && self.names.iter().all(|outcome| !outcome.seen)
    }

    /// The findings of all names, the gravest first; what was not looked at is left out.
    pub fn findings(&self) -> Vec<&Finding> {
        let all = self.names.iter().flat_map(|outcome| &outcome.findings);
        let mut found: Vec<&Finding> = all.filter(|finding| finding.level > Level::NotChecked).collect();
        found.sort_by(|a, b| {
            let key = |f: &&Finding| (std::cmp::Reverse(f.level), f.code.to_string());
            key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name)).then_with(|| a.subject.cmp(&b.subject))
        });
        found
    }

    /// What could not be looked at, name by name.
    pub fn not_checked(&self) -> impl Iterator<Item = &Finding> {
        self.names.iter().flat_map(|outcome| &outcome.findings).filter(|finding| finding.level == Level::NotChecked)
    }
}

/// What a machine without a way out meets: nothing was checked, and nothing was written.
pub fn blind() -> Failure {
    Failure::new(
        "E4101",
        Exit::Network,
        Text::new(
            "no source could be reached; nothing new was seen and nothing was stored",
            "无法访问任何来源；未见新情况，也未写入任何内容",
        ),
    )
    .hint(Text::new(
        "check the network or give a resolver with `--resolver IP:PORT`",
        "请检查网络，或用 `--resolver IP:端口` 指定解析器",
    ))
    .hint(Text::new(
        "`namekeep demo` shows everything in a closed world, without a network",
        "`namekeep demo` 在封闭世界中演示全部功能，无需联网",
    ))
}

/// Looks at names, and stores what was seen of those a workspace has.
///
/// Nothing is stored of a replay: a tape speaks of its own time.
pub async fn check<S: Store>(
    desk: &Desk<'_>,
    store: Option<&S>,
    names: &[DomainName],
    on_progress: impl Fn(Progress),
) -> Result<Checked, Failure> {
    let (done, questions) = (Cell::new(0), Cell::new(0));
    let one = async |name: &DomainName| {
        let outcome = one_name(desk, store, name).await;
        done.set(done.get() + 1);
        questions.set(questions.get() + outcome.as_ref().map_or(0, |(_, pending)| pending.questions));
        on_progress(Progress { done: done.get(), names: names.len(), questions: questions.get() });
        outcome
    };
    let mut checked = Checked::default();
    let mut blind = Vec::new();
    for result in side_by_side(SIDE_BY_SIDE, names.iter().map(one)).await {
        let (outcome, mut pending) = result?;
        checked.tape.append(std::mem::take(&mut pending.tape));
        blind.extend(pending.keep);
        checked.names.push(outcome);
    }
    // A name of which nothing was seen is stored only when the network itself works.
    if let Some(store) = store.filter(|_| !checked.is_blind()) {
        for work in blind {
            work.write(desk, store).await?;
        }
    }
    Ok(checked)
}

/// What is left to do for a name when all are done.
#[derive(Debug, Default)]
struct Pending {
    questions: usize,
    tape: Tape,
    keep: Option<keep::Work>,
}

async fn one_name<S: Store>(
    desk: &Desk<'_>,
    store: Option<&S>,
    name: &DomainName,
) -> Result<(Outcome, Pending), Failure> {
    let record = match store {
        Some(store) => store.name(name).await?,
        None => None,
    };
    let before = match (store, &record) {
        (Some(store), Some(_)) => earlier::stored(store, name).await?,
        _ => None,
    };
    let seen = look::look(desk.network, desk.rules, name).await;
    let known = record.as_ref().map(|record| &record.facts).cloned().unwrap_or_default();
    let observations = learn::observations(&seen, name, &desk.network.roots, &known, desk.now);
    let mut facts = known;
    for observation in observations.clone() {
        facts.take(observation);
    }
    let declared = record.as_ref().map(|record| record.row.declared.clone()).unwrap_or_default();
    let mut judged = judge::judge(desk, name, &declared, &facts, &seen);
    let previous = before.as_ref().map(|stored| stored.findings.as_slice());
    earlier::carry(&mut judged.findings, previous.unwrap_or_default());
    let level = judged.rounds.iter().map(|(_, level)| *level).max().unwrap_or(Level::NotChecked);
    let read = [namekeep_model::FactKey::RegistryExpiry, namekeep_model::FactKey::Statuses];
    let outcome = Outcome {
        name: name.clone(),
        level,
        changed: previous.is_none_or(|previous| earlier::differ(previous, &judged.findings)),
        rounds: judged.rounds,
        findings: judged.findings,
        counts_on: judged.counts_on,
        phase: judged.phase,
        seen: seen.any(),
        registry: seen.registry_said(),
        read_at: read.into_iter().filter_map(|key| facts.good(key).map(|sighting| sighting.at)).max(),
    };
    let mut pending = Pending { questions: seen.questions(), ..Pending::default() };
    if desk.network.records() {
        pending.tape = seen.whole_tape();
    }
    if let (Some(store), Some(record)) = (store, record)
        && !desk.network.is_replay()
    {
        let work = keep::Work::new(record, observations, &outcome, &seen, before);
        if outcome.seen {
            work.write(desk, store).await?;
        } else {
            pending.keep = Some(work);
        }
    }
    Ok((outcome, pending))
}

/// The names of a workspace, or the ones typed, each once and in order; what cannot be used is
/// answered with its place, counted from 1.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// Names to look at.
    pub names: Vec<DomainName>,
    /// Texts that are no names: place, text and why.
    pub rejected: Vec<(usize, String, namekeep_model::name::NameError)>,
}

impl Targets {
    /// Reads one text.
    pub fn read(&mut self, place: usize, text: &str) {
        match DomainName::parse(text) {
            Ok(name) if self.names.contains(&name) => {}
            Ok(name) => self.names.push(name),
            Err(error) => self.rejected.push((place, text.to_owned(), error)),
        }
    }

    /// Reads every name of a workspace, by the date that counts.
    pub async fn of<S: Store>(store: &S) -> Result<Self, Failure> {
        let mut names = Vec::new();
        let mut after = None;
        loop {
            let page = namekeep_store::Page { order: namekeep_store::Order::Date, after: after.as_ref(), limit: 1_000 };
            let rows = store.names(page).await?;
            let full = rows.len() == 1_000;
            names.extend(rows.iter().map(|row| row.name.clone()));
            after = rows.into_iter().last();
            if !full {
                return Ok(Self { names, rejected: Vec::new() });
            }
        }
    }
}

/// Where a record's registrar is named: by the company, else by the registry's answer.
fn registrar_of(record: &namekeep_store::Declared, seen: &look::Seen) -> Vec<String> {
    let reading = seen.registry.as_ref().ok().map(|said| &said.reading);
    let answered = reading
        .into_iter()
        .flat_map(|reading| [reading.registrar_iana_id.map(|id| id.to_string()), reading.registrar.clone()]);
    std::iter::once(record.registrar.clone()).chain(answered).flatten().collect()
}
