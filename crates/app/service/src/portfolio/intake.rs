//! Taking a list in: from rows of an import to names of a portfolio.
//!
//! What a list says of a name that is there already is merged so that nothing known is lost:
//!
//! | of the name | what counts |
//! |---|---|
//! | decision (intent, ending) | the one there is; the list's only where none was made |
//! | owner, cost centre, account, registrar | the list's, where it says one |
//! | tags | both |
//! | expiry, auto-renew, filing | what an account, registry or person said before; among lists the newest |
//! | findings, changes, runs | untouched |

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use namekeep_model::fact::{Said, Sighting};
use namekeep_model::{
    AccountId, Confidence, Date, FactKey, FactValue, Facts, Intent, Observation, PersonId, Source, Timestamp,
};
use namekeep_rules::Rulebook;
use namekeep_store::{Imported, NameRecord, Store};

use super::Judge;
use crate::Failure;
use crate::import::Row;

/// How rows become names.
#[derive(Debug)]
pub struct Intake {
    judge: Judge,
    now: Timestamp,
}

/// What a list came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// New, changed and unchanged names.
    pub names: Imported,
    /// Names whose decision stands although the list says another.
    pub decisions_kept: u64,
}

impl Intake {
    /// Begins at an instant.
    pub fn new(rules: Rulebook, today: Date, now: Timestamp) -> Self {
        Self { judge: Judge::new(rules, today), now }
    }

    /// Makes a name of a row; what the list says is a fact with the list as its source.
    pub fn name(&mut self, row: Row) -> NameRecord {
        let mut record = NameRecord::new(row.name);
        let told = |key, value| {
            let sighting = Sighting { value, source: Source::List, at: self.now, confidence: Confidence::Low };
            Observation { key, said: Said::Seen(sighting) }
        };
        let facts = [
            row.expires.map(|day| told(FactKey::RegistrarExpiry, FactValue::Date(day.date))),
            row.auto_renew.map(|on| told(FactKey::AutoRenew, FactValue::Bool(on))),
            row.filing.map(|_| told(FactKey::Filed, FactValue::Bool(true))),
        ];
        for fact in facts.into_iter().flatten() {
            record.facts.take(fact);
        }
        let declared = &mut record.row.declared;
        declared.intent = row.intent.unwrap_or_default();
        declared.ending = row.ending;
        declared.owner = row.owner.and_then(|text| PersonId::new(&as_id(&text)).ok());
        declared.account = row.account.and_then(|text| AccountId::new(&as_id(&text)).ok());
        declared.cost_centre = row.cost_centre;
        declared.registrar = row.registrar;
        declared.tags = row.tags.into_iter().chain(row.group).collect();
        self.sum_up(&mut record);
        record
    }

    fn sum_up(&mut self, record: &mut NameRecord) {
        let registrar = record.row.declared.registrar.clone();
        record.row.summary = self.judge.summary(&record.row.name, &record.facts, registrar.as_deref());
    }

    /// Merges what a list says into what is there. Tells whether a decision stood against the list.
    fn merge(&mut self, mut known: NameRecord, new: NameRecord) -> (NameRecord, bool) {
        let (old, list) = (&mut known.row.declared, new.row.declared);
        let decided = old.intent != Intent::Undecided;
        let differs = list.intent != Intent::Undecided && (old.intent, old.ending) != (list.intent, list.ending);
        if !decided {
            (old.intent, old.ending) = (list.intent, list.ending);
        }
        old.owner = list.owner.or(old.owner.take());
        old.account = list.account.or(old.account.take());
        old.cost_centre = list.cost_centre.or(old.cost_centre.take());
        old.registrar = list.registrar.or(old.registrar.take());
        old.tags.extend(list.tags);
        merge_facts(&mut known.facts, new.facts);
        self.sum_up(&mut known);
        (known, decided && differs)
    }
}

/// A list speaks where nobody else has: it fills what is unknown and replaces an earlier list.
fn merge_facts(known: &mut Facts, list: Facts) {
    for (key, fact) in list.by_key {
        let Some(new) = fact.good() else { continue };
        let replaces = known.good(key).is_none_or(|old| {
            matches!(old.source, Source::List | Source::Assumed) && (old.value != new.value || old.source != new.source)
        });
        if replaces {
            known.take(Observation { key, said: Said::Seen(new.clone()) });
        }
    }
}

/// Writes a text of a list as an id: letters, digits, `-`, `_` and `.`; anything between is one `-`.
fn as_id(text: &str) -> String {
    let mut id = String::new();
    for c in text.trim().chars() {
        let plain = c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let next = if plain { c } else { '-' };
        let room = id.len() + next.len_utf8() <= 64;
        if room && (plain || !id.ends_with('-')) {
            id.push(next);
        }
    }
    id.trim_matches('-').to_owned()
}

/// Puts rows into a store, in one transaction.
pub async fn take_in<S, R>(store: &S, rows: R, mut intake: Intake) -> Result<Taken, Failure>
where
    S: Store,
    R: Iterator<Item = Row> + Send + 'static,
{
    let kept = Arc::new(AtomicU64::new(0));
    let mut merging = Intake::new(intake.judge.rules.clone(), intake.judge.today, intake.now);
    let counter = Arc::clone(&kept);
    let merge = move |known, new| {
        let (merged, stood) = merging.merge(known, new);
        counter.fetch_add(u64::from(stood), Ordering::Relaxed);
        merged
    };
    let names = store.put_names(rows.map(move |row| intake.name(row)), merge).await?;
    Ok(Taken { names, decisions_kept: kept.load(Ordering::Relaxed) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::block_on;
    use crate::import::{Import, Options};
    use namekeep_model::{DomainName, Ending, WorkspaceId};
    use namekeep_store::{Look, MemoryStore};

    fn rows(text: &str) -> std::vec::IntoIter<Row> {
        Import::new(text.as_bytes(), Options::default()).unwrap().collect_all().unwrap().accepted.into_iter()
    }

    fn take(store: &MemoryStore, text: &'static str, now: &str) -> Taken {
        let rules = Rulebook::embedded().unwrap();
        let intake = Intake::new(rules, "2026-11-24".parse().unwrap(), now.parse().unwrap());
        block_on(take_in(store, rows(text), intake)).unwrap()
    }

    fn get(store: &MemoryStore, name: &str) -> NameRecord {
        block_on(store.name(&DomainName::parse(name).unwrap())).unwrap().unwrap()
    }

    #[test]
    fn a_second_list_loses_nothing_and_the_same_list_changes_nothing() {
        let store = MemoryStore::new(WorkspaceId::new("w").unwrap());
        let first = "域名,到期日,负责人,处置,标签\nexample.com,2027-03-01,Ops Team,不续费,shop\nexample.cn,2027-05-01,,,\n";
        let taken = take(&store, first, "2026-11-24T01:00:00Z");
        assert_eq!((taken.names.added, taken.decisions_kept), (2, 0));
        assert_eq!(get(&store, "example.com").row.declared.owner.unwrap().as_str(), "Ops-Team");

        let again = take(&store, first, "2026-11-25T01:00:00Z");
        assert_eq!((again.names.unchanged, again.names.changed), (2, 0));

        let other = "域名,到期日,处置,标签\nexample.com,2028-03-01,续费,mall\nexample.cn,2028-05-01,续费,\n";
        let taken = take(&store, other, "2026-11-26T01:00:00Z");
        assert_eq!((taken.names.changed, taken.decisions_kept), (2, 1));
        let name = get(&store, "example.com");
        assert_eq!((name.row.declared.intent, name.row.declared.ending), (Intent::Retire, Some(Ending::Lapse)));
        assert_eq!(name.row.declared.tags.len(), 2);
        assert_eq!(name.row.summary.counts_on, Some("2028-03-01".parse().unwrap()));
        assert_eq!(get(&store, "example.cn").row.declared.intent, Intent::Renew);
    }

    #[test]
    fn a_list_never_overwrites_what_an_account_said() {
        let store = MemoryStore::new(WorkspaceId::new("w").unwrap());
        take(&store, "example.com 2027-03-01\n", "2026-11-24T01:00:00Z");
        let sighting = Sighting {
            value: FactValue::Date("2027-03-02".parse().unwrap()),
            source: Source::Registrar,
            at: "2026-11-24T02:00:00Z".parse().unwrap(),
            confidence: Confidence::High,
        };
        let observations = vec![Observation { key: FactKey::RegistrarExpiry, said: Said::Seen(sighting) }];
        let look = Look { observations, ..Look::default() };
        let name = DomainName::parse("example.com").unwrap();
        let rules = Rulebook::embedded().unwrap();
        let (judged, at) = (name.clone(), "2026-11-24T02:00:00Z".parse().unwrap());
        block_on(store.observe(&name, look, at, move |facts| {
            crate::portfolio::summary(&judged, facts, None, &rules, "2026-11-24".parse().unwrap())
        }))
        .unwrap();
        take(&store, "example.com 2029-01-01\n", "2026-11-25T01:00:00Z");
        assert_eq!(get(&store, "example.com").facts.date(FactKey::RegistrarExpiry), "2027-03-02".parse().ok());
        assert_eq!(get(&store, "example.com").row.summary.counts_on, "2027-03-02".parse().ok());
    }

    #[test]
    fn any_text_becomes_an_id_or_nothing() {
        for (text, id) in [("Ops Team / 3", "Ops-Team-3"), ("运维甲", "运维甲"), ("  ", ""), ("a@b.example", "a-b.example")] {
            assert_eq!(as_id(text), id);
        }
        assert!(PersonId::new(&as_id(&"长".repeat(100))).is_ok());
    }
}
