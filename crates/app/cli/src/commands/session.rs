//! An open workspace as the run verbs need it: store, desk, people, and the facts of a name.

use namekeep_model::fact::Said;
use namekeep_model::{Facts, Observation, RunId, Text, Timestamp, words};
use namekeep_service::block::block_on;
use namekeep_service::case::Subject;
use namekeep_service::drive::Desk;
use namekeep_service::portfolio::registrar_id;
use namekeep_service::workspace::Workspace;
use namekeep_service::Failure;

use super::known;
use crate::args::{Global, Known};
use crate::output::safe;

/// Opens the workspace of the options.
pub(crate) fn open(global: &Global) -> Result<Workspace, Failure> {
    Workspace::open(&global.workspace)
}

/// What a drive loop works with in a workspace.
pub(crate) fn desk(workspace: &Workspace) -> Desk {
    Desk { rules: workspace.rules.clone(), zone: workspace.zone(), keys: workspace.keys.clone() }
}

/// Reads a run id.
pub(crate) fn run_id(text: &str) -> Result<RunId, Failure> {
    text.parse().map_err(|_| {
        let shown = safe(text);
        Failure::usage(words!(en: "`{shown}` is no run", zh: "`{shown}` 不是流程编号"))
            .hint(Text::new("write it as RET-0001", "请写成 RET-0001"))
    })
}

/// A name with its stored facts, and what was told on the command line on top.
pub(crate) fn subject(workspace: &Workspace, text: &str, told: &Known, now: Timestamp) -> Result<Subject, Failure> {
    let name = known::registrable(text)?;
    let record = block_on(namekeep_service::portfolio::find(&workspace.store, text))?;
    // A list names registrars in words; rules know them by id.
    let registrar = record.row.declared.registrar.as_deref().and_then(|words| registrar_id(&workspace.rules, words));
    let mut facts = record.facts;
    merge(&mut facts, known::facts(told, now)?);
    Ok(Subject { name, facts, registrar: told.registrar.clone().or(registrar), assume_charge_day: false })
}

/// Takes every good reading of `new` into `facts`.
pub(crate) fn merge(facts: &mut Facts, new: Facts) {
    for (key, fact) in new.by_key {
        if let Some(sighting) = fact.good() {
            facts.take(Observation { key, said: Said::Seen(sighting.clone()) });
        }
    }
}
