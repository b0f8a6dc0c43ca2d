//! The tour: RET-0007 played on from the demo's start, told beside what happens in the world.

use jiff::SignedDuration;
use namekeep_evidence::{Report, verify};
use namekeep_model::{Date, DomainName, Text, Timestamp, Words, words};
use namekeep_playbook::Outcome;
use namekeep_world::Happened;

use super::play::{Stage, play};
use super::scenario::{Scenario, TOLD, broken};
use crate::diary::{self, Weight};
use crate::{Failure, rehearse, seal};

/// One line of the tour.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TourLine {
    /// When.
    pub at: Timestamp,
    /// The day it belongs to: what the end of a day brings belongs to that day.
    pub day: Date,
    /// The name it is about; none for an account.
    pub name: Option<DomainName>,
    /// The step of the run; none for what happens in the world.
    pub step: Option<namekeep_model::StepNo>,
    /// What kind of line it is.
    pub weight: Weight,
    /// The sentence.
    pub says: Words,
}

/// Everything the tour shows.
#[derive(Debug)]
pub struct Tour {
    /// The world when the demo's clock starts.
    pub start: Stage,
    /// The world when the tour ends.
    pub end: Stage,
    /// What happened in between, in order.
    pub lines: Vec<TourLine>,
    /// How the run ended.
    pub outcome: Option<Outcome>,
    /// The sealed dossier of the run.
    pub dossier: Vec<u8>,
    /// The same with one bit of one byte changed.
    pub altered: Vec<u8>,
}

impl Tour {
    /// Plays the tour of a scenario.
    pub async fn play(scenario: Scenario) -> Result<Self, Failure> {
        let start = play(scenario, scenario.starts()?).await?;
        let end = play(scenario, scenario.told_until()?).await?;
        let (plan, _) = end.runs.get(&TOLD).ok_or_else(|| broken(&"the run is missing"))?;
        let records = rehearse::records(&end.store, TOLD).await?;
        let outcome = records.iter().find_map(|record| match record.event {
            namekeep_playbook::Event::Ended { outcome } => Some(outcome),
            _ => None,
        });
        let zone = start.desk.zone.clone();
        let day = |at: Timestamp| zone.to_datetime(at).date();
        let told = records.iter().filter(|record| record.at > start.now).map(|record| {
            let line = diary::tell(plan, record);
            TourLine { at: line.at, day: day(line.at), name: Some(plan.name.clone()), step: line.step, weight: line.weight, says: line.says }
        });
        let mut lines: Vec<TourLine> = told.filter(|line| line.weight > Weight::Detail).collect();
        lines.extend(end.world.diary().iter().filter(|happening| happening.at > start.now).filter_map(|happening| {
            let weight = weight(&happening.what)?;
            let ends = happening.at.checked_sub(SignedDuration::from_secs(1)).unwrap_or(happening.at);
            Some(TourLine { at: happening.at, day: day(ends), name: happening.name.clone(), step: None, weight, says: happening.what.says() })
        }));
        lines.sort_by_key(|line| (line.day, line.at));
        let dossier = seal::seal(&end.store, &end.desk.keys, TOLD, end.now, true).await?;
        let mut altered = dossier.clone();
        let middle = altered.len() / 2;
        if let Some(byte) = altered.get_mut(middle) {
            *byte ^= 0x01;
        }
        Ok(Self { start, end, lines, outcome, dossier, altered })
    }

    /// Verifies the dossier as a stranger would: from its bytes alone.
    pub fn verified(&self) -> Report {
        verify(&self.dossier, &[])
    }

    /// Verifies the altered copy.
    pub fn noticed(&self) -> Report {
        verify(&self.altered, &[])
    }
}

/// How a happening of the world is marked; none where the run tells it better.
const fn weight(what: &Happened) -> Option<Weight> {
    Some(match what {
        Happened::TaskDone { .. } | Happened::DeputyTookOver { .. } => return None,
        Happened::ChargeFailed { .. }
        | Happened::FilingReturned { .. }
        | Happened::Redemption { .. }
        | Happened::Expired
        | Happened::Caught { .. }
        | Happened::NameServersChanged => Weight::Turn,
        Happened::PendingDelete { .. } | Happened::Auctioned | Happened::Purged | Happened::Released => Weight::Final,
        _ => Weight::Work,
    })
}

/// What the tour proves, in one sentence.
pub fn moral(outcome: Option<Outcome>) -> Words {
    match outcome {
        Some(Outcome::Renewed(day)) => words!(
            en: "Nothing was lost; a new retirement can be planned towards {day}",
            zh: "没有任何损失，可面向 {day} 重新制定退役计划"
        ),
        Some(outcome) => outcome.words(),
        None => Text::new("still under way", "仍在进行").into(),
    }
}
