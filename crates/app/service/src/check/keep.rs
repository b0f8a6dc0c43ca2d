//! What a workspace keeps of a look: observations always, raw answers and findings on change.
//!
//! Round after round most names say the same. Then only the instants move: no answer is kept a
//! second time, and nothing is logged.

use std::borrow::Cow;

use namekeep_model::{Observation, Timestamp};
use namekeep_probe::tape::Exchange;
use namekeep_store::{Look, MAX_ITEM, NameRecord, Store};

use super::earlier::{Earlier, merged, write};
use super::look::Seen;
use super::{Desk, Outcome};
use crate::Failure;
use crate::portfolio;

/// What is to be written of one name.
#[derive(Debug)]
pub(super) struct Work {
    record: NameRecord,
    look: Look,
    findings: Option<Earlier>,
    at: Timestamp,
}

impl Work {
    /// Gathers what is new.
    pub(super) fn new(
        record: NameRecord,
        observations: Vec<Observation>,
        outcome: &Outcome,
        seen: &Seen,
        before: Option<Earlier>,
    ) -> Self {
        let at = observations.iter().map(observed).max().unwrap_or(Timestamp::UNIX_EPOCH);
        let old = before.as_ref().map(|kept| kept.findings.as_slice()).unwrap_or_default();
        let findings = merged(old, &outcome.findings);
        // The day a ladder counts changes its words: those are kept fresh, without being a change.
        let says = |list: &[namekeep_model::Finding]| list.iter().map(|f| f.says.clone()).collect::<Vec<_>>();
        let findings = (outcome.changed || says(old) != says(&findings)).then_some(Earlier { at, findings });
        let mut raw = Vec::new();
        if outcome.changed || changes(&record, &observations) {
            let proofs = seen.tapes().into_iter().flat_map(|tape| &tape.exchanges).map(Exchange::proof);
            for proof in proofs.filter(|proof| proof.len() <= MAX_ITEM).map(Cow::into_owned) {
                if !raw.contains(&proof) {
                    raw.push(proof);
                }
            }
        }
        let look = Look { observations, rounds: outcome.rounds.clone(), raw };
        Self { record, look, findings, at }
    }

    /// Writes it.
    pub(super) async fn write<S: Store>(self, desk: &Desk<'_>, store: &S) -> Result<(), Failure> {
        let name = self.record.row.name.clone();
        let (judged, registrar) = (name.clone(), self.record.row.declared.registrar.clone());
        let (rules, today) = (desk.rules.clone(), desk.zone.to_datetime(desk.now).date());
        let judge = move |facts: &namekeep_model::Facts| {
            portfolio::summary(&judged, facts, registrar.as_deref(), &rules, today)
        };
        store.observe(&name, self.look, self.at, judge).await?;
        match self.findings {
            Some(findings) => write(store, &name, &findings).await,
            None => Ok(()),
        }
    }
}

fn observed(observation: &Observation) -> Timestamp {
    match &observation.said {
        namekeep_model::fact::Said::Seen(sighting) => sighting.at,
        namekeep_model::fact::Said::Failed(missing) => missing.at,
    }
}

/// Tells whether the observations say anything that was not known.
fn changes(record: &NameRecord, observations: &[Observation]) -> bool {
    observations.iter().any(|observation| {
        let fact = record.facts.by_key.get(&observation.key).cloned().unwrap_or_default();
        let failed = fact.failed().map(|missing| missing.why.clone());
        let mut after = fact;
        let changed = after.take(observation.said.clone());
        changed || failed.as_ref() != after.failed().map(|missing| &missing.why)
    })
}
