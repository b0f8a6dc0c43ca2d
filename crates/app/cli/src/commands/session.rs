//! An open workspace as the run verbs need it: store, desk, people, and the facts of a name.

use namekeep_model::fact::Said;
use namekeep_model::{Facts, Observation, PersonId, RunId, Text, Timestamp, words};
use namekeep_service::block::block_on;
use namekeep_service::case::Subject;
use namekeep_service::drive::Desk;
use namekeep_service::portfolio::registrar_id;
use namekeep_service::workspace::Workspace;
use namekeep_service::Failure;

use super::config::person_id;
use super::known;
use crate::args::{Global, Known};
use crate::output::{Output, safe};

/// Opens the workspace of the options; from now on its language is spoken, unless another was asked for.
pub(crate) fn open(global: &Global, output: &Output) -> Result<(Workspace, Output), Failure> {
    let workspace = Workspace::open(&global.workspace)?;
    let output = output.speaking(workspace.settings().language);
    Ok((workspace, output))
}

/// Reads a person of the workspace: what they did or said is kept under their name.
pub(crate) fn member(workspace: &Workspace, text: &str) -> Result<PersonId, Failure> {
    let who = person_id(text)?;
    if workspace.settings().people.iter().any(|record| record.person.id == who) {
        return Ok(who);
    }
    Err(Failure::usage(words!(en: "`{who}` is nobody of this workspace; nothing was written", zh: "`{who}` 不是此工作区的人员；未写入任何内容"))
        .hint(words!(
            en: "`namekeep config` lists the people; `namekeep config person {who} DEPARTMENT` adds one",
            zh: "`namekeep config` 列出人员；`namekeep config person {who} 部门` 添加人员"
        )))
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
    for observation in observations(new) {
        facts.take(observation);
    }
}

/// Every good reading of some facts.
pub(crate) fn observations(facts: Facts) -> Vec<Observation> {
    let seen = |(key, fact): (_, namekeep_model::Fact)| {
        Some(Observation { key, said: Said::Seen(fact.good()?.clone()) })
    };
    facts.by_key.into_iter().filter_map(seen).collect()
}
