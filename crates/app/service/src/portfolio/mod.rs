//! The portfolio: what is known of many names, summed up, listed and shown one by one.
//!
//! ```text
//!  NameRecord (facts, declared) ── subject ──> projection ──> judge ──> Summary (kept beside the facts)
//!                                                   ├──> list.rs   one line a name
//!                                                   └──> sheet.rs  one name whole
//! ```
//!
//! Everything here works on any store, with the day as an argument: a workspace and the demo world
//! are listed by the same code.

mod intake;
mod line;
mod list;
mod load;
mod registrar;
mod sheet;

use std::collections::HashMap;

use namekeep_lifecycle::{self as lifecycle, Life};
use namekeep_model::{Date, DomainName, Facts, Level};
use namekeep_rules::Rulebook;
use namekeep_store::{NameRecord, Store, Summary};

use crate::case::Subject;
use crate::{Exit, Failure};

pub use intake::{Intake, Taken, take_in};
pub use line::{CountsOn, Left, Line, Told};
pub use list::{ListAsk, Listing, list};
pub use load::{Survey, survey};
pub use registrar::registrar_id;
pub use sheet::{ChangeLine, CheckPoint, ExpiryView, RunLine, Sheet, Stretch, sheet};

/// A name of the store as a use case works on it.
pub fn subject(record: &NameRecord, rules: &Rulebook) -> Subject {
    subject_of(&record.row.name, &record.facts, record.row.declared.registrar.as_deref(), rules)
}

fn subject_of(name: &DomainName, facts: &Facts, registrar: Option<&str>, rules: &Rulebook) -> Subject {
    Subject {
        name: name.clone(),
        facts: facts.clone(),
        registrar: registrar.and_then(|text| registrar_id(rules, text)),
        assume_charge_day: false,
    }
}

/// The gravest level of what was checked; *not checked* where nothing was.
pub fn level(facts: &Facts) -> Level {
    facts.findings.values().map(|state| state.level).max().unwrap_or(Level::NotChecked)
}

/// What the facts of a name come to on a day: the summary a store keeps beside them.
pub fn summary(name: &DomainName, facts: &Facts, registrar: Option<&str>, rules: &Rulebook, today: Date) -> Summary {
    Judge::new(rules.clone(), today).summary(name, facts, registrar)
}

/// Sums up many names; looks the life of each suffix and registrar up once.
#[derive(Debug)]
pub struct Judge {
    rules: Rulebook,
    today: Date,
    lives: HashMap<(String, Option<String>), Option<Life>>,
}

impl Judge {
    /// Begins on a day.
    pub fn new(rules: Rulebook, today: Date) -> Self {
        Self { rules, today, lives: HashMap::new() }
    }

    /// What the facts of one name come to.
    pub fn summary(&mut self, name: &DomainName, facts: &Facts, registrar: Option<&str>) -> Summary {
        let state = subject_of(name, facts, registrar, &self.rules).state(self.today);
        let key = (state.suffix.clone(), state.registrar.clone());
        let rules = &self.rules;
        let life = self.lives.entry(key).or_insert_with_key(|(suffix, registrar)| {
            lifecycle::Subject::find(rules, suffix, registrar.as_deref()).ok().and_then(|subject| subject.life)
        });
        let choice = lifecycle::choose(&state, life.as_ref(), self.today.into());
        Summary { counts_on: choice.map(|choice| choice.date.date()), level: level(facts) }
    }
}

/// Finds a name a person typed: itself, or the registered name it lies under.
pub async fn find<S: Store>(store: &S, text: &str) -> Result<NameRecord, Failure> {
    let name = DomainName::parse(text)?;
    let above = [Some(name.clone()), name.registrable(), name.registry_registrable()];
    for candidate in above.into_iter().flatten() {
        if let Some(record) = store.name(&candidate).await? {
            return Ok(record);
        }
    }
    let says = namekeep_model::words!(en: "{name} is not in this workspace", zh: "{name} 不在此工作区中");
    let label = name.registrable().unwrap_or(name).a_label().to_owned();
    Err(Failure::new("E1913", Exit::Usage, says)
        .hint(namekeep_model::words!(
            en: "add it: `echo {label} | namekeep init -`", zh: "添加：`echo {label} | namekeep init -`"
        ))
        .hint(namekeep_model::words!(
            en: "look at it without a workspace: `namekeep check {label}`",
            zh: "无需工作区即可查看：`namekeep check {label}`"
        )))
}
