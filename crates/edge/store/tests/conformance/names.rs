//! Names, lists, observations.

use namekeep_evidence::Hash;
use namekeep_model::fact::{Missing, Said, Sighting};
use namekeep_model::{
    AccountId, Confidence, Date, Ending, FactKey, FactValue, Intent, Level, Observation, PersonId, Source,
};
use namekeep_store::{Change, Error, Imported, Look, NameRecord, NameRow, Order, Page, Store, Summary};

use crate::{at, laws, name};

fn record(label: &str, counts_on: Option<(i16, i8, i8)>, level: Level) -> NameRecord {
    let mut record = NameRecord::new(name(label));
    record.row.summary = Summary { counts_on: counts_on.map(|(y, m, d)| Date::new(y, m, d).unwrap()), level };
    record
}

fn keep_known(known: NameRecord, _: NameRecord) -> NameRecord {
    known
}

fn keep_new(_: NameRecord, new: NameRecord) -> NameRecord {
    new
}

fn seen(key: FactKey, value: FactValue, second: i64) -> Observation {
    let sighting = Sighting { value, source: Source::Rdap, at: at(second), confidence: Confidence::High };
    Observation { key, said: Said::Seen(sighting) }
}

fn look(observations: Vec<Observation>) -> Look {
    Look { observations, ..Look::default() }
}

/// Every name of a list, fetched page by page.
async fn walk<S: Store>(store: &S, order: Order, limit: usize) -> Vec<String> {
    let (mut labels, mut last): (Vec<String>, Option<NameRow>) = (Vec::new(), None);
    loop {
        let page = store.names(Page { order, after: last.as_ref(), limit }).await.unwrap();
        assert!(page.len() <= limit);
        labels.extend(page.iter().map(|row| row.name.a_label().to_owned()));
        match page.into_iter().next_back() {
            Some(row) => last = Some(row),
            None => return labels,
        }
    }
}

laws! {
    async fn a_name_reads_back_with_all_that_is_known(store) {
        let mut put = record("例子.example", Some((2026, 12, 24)), Level::Warning);
        put.row.declared.intent = Intent::Retire;
        put.row.declared.ending = Some(Ending::HoldLive);
        put.row.declared.owner = Some(PersonId::new("运维甲").unwrap());
        put.row.declared.cost_centre = Some("CC 7; DROP TABLE name; --".into());
        put.row.declared.account = Some(AccountId::new("main-1").unwrap());
        put.row.declared.registrar = Some("A \"registrar\"\u{0}".into());
        put.row.declared.tags = ["b".to_owned(), "a,\n".to_owned()].into();
        put.facts.take(seen(FactKey::RegistrarExpiry, FactValue::Date(Date::new(2026, 12, 24).unwrap()), 5));
        let bare = record("bare.example", None, Level::NotChecked);
        let puts = vec![put.clone(), bare.clone()];
        let imported = store.put_names(puts.into_iter(), keep_known).await.unwrap();
        assert_eq!(imported, Imported { added: 2, changed: 0, unchanged: 0 });
        assert_eq!(store.name(&put.row.name).await.unwrap(), Some(put));
        assert_eq!(store.name(&bare.row.name).await.unwrap(), Some(bare));
        assert_eq!(store.name(&name("other.example")).await.unwrap(), None);
    }

    async fn putting_again_merges_as_told(store) {
        let first = record("a.example", None, Level::Ok);
        store.put_names([first.clone()].into_iter(), keep_known).await.unwrap();
        let changed = record("a.example", None, Level::Critical);
        let outcome = store.put_names([changed.clone(), changed.clone()].into_iter(), keep_new).await.unwrap();
        assert_eq!(outcome, Imported { added: 0, changed: 1, unchanged: 1 });
        assert_eq!(store.name(&changed.row.name).await.unwrap(), Some(changed.clone()));
        store.put_names([first].into_iter(), keep_known).await.unwrap();
        assert_eq!(store.name(&changed.row.name).await.unwrap(), Some(changed));
    }

    async fn lists_are_in_order_however_they_are_paged(store) {
        let puts = [
            record("c.example", Some((2026, 1, 1)), Level::Ok),
            record("a.example", Some((2026, 1, 1)), Level::Critical),
            record("b.example", None, Level::Critical),
            record("d.example", Some((2025, 12, 31)), Level::Notice),
            record("e.example", Some((2026, 1, 1)), Level::Critical),
            record("f.example", None, Level::NotChecked),
        ];
        store.put_names(puts.into_iter(), keep_known).await.unwrap();
        for limit in [1, 2, 4, 100] {
            let of = async |order| walk(store, order, limit).await.iter().map(|l| l[..1].to_owned()).collect::<String>();
            assert_eq!(of(Order::Date).await, "dacebf");
            assert_eq!(of(Order::Level).await, "aebdfc");
            assert_eq!(of(Order::Name).await, "abcdef");
        }
        assert!(store.remove_name(&name("a.example")).await.unwrap());
        assert!(!store.remove_name(&name("a.example")).await.unwrap());
        assert_eq!(walk(store, Order::Level, 3).await.len(), 5);
    }

    async fn only_changes_are_logged(store) {
        let label = name("a.example");
        store.put_names([NameRecord::new(label.clone())].into_iter(), keep_known).await.unwrap();
        let day = |d| FactValue::Date(Date::new(2027, 1, d).unwrap());
        let judge = |facts: &namekeep_model::Facts| Summary { counts_on: facts.date(FactKey::RegistryExpiry), level: Level::Ok };
        let observe = async |observation, second| {
            store.observe(&label, look(vec![observation]), at(second), judge).await.unwrap().len()
        };
        assert_eq!(observe(seen(FactKey::RegistryExpiry, day(1), 10), 10).await, 1);
        for round in 11..20 {
            assert_eq!(observe(seen(FactKey::RegistryExpiry, day(1), round), round).await, 0);
        }
        let record = store.name(&label).await.unwrap().unwrap();
        assert_eq!(record.quiet_rounds, 9);
        assert_eq!(record.facts.good(FactKey::RegistryExpiry).unwrap().at, at(19), "seen last, though unchanged");
        assert_eq!(record.row.summary.counts_on, Some(Date::new(2027, 1, 1).unwrap()));
        let failed = |second| {
            let why = namekeep_model::Words::quoted("timed out");
            Observation { key: FactKey::RegistryExpiry, said: Said::Failed(Missing { why, at: at(second) }) }
        };
        assert_eq!(observe(failed(20), 20).await, 1, "a source that falls silent is a change");
        assert_eq!(observe(failed(21), 21).await, 0);
        assert_eq!(observe(seen(FactKey::RegistryExpiry, day(2), 22), 22).await, 1);
        let log = store.changes(&label, 10).await.unwrap();
        assert_eq!(log.iter().map(|change| change.at).collect::<Vec<_>>(), [at(22), at(20), at(10)]);
        assert_eq!(log[1].what, Change::Fact(failed(20)));
        assert_eq!(store.changes(&label, 1).await.unwrap(), log[..1]);
    }

    async fn rounds_of_check_points_are_counted_and_their_turns_logged(store) {
        let label = name("a.example");
        store.put_names([NameRecord::new(label.clone())].into_iter(), keep_known).await.unwrap();
        let code = "C4".parse().unwrap();
        let mut turns = Vec::new();
        for (second, level) in [Level::Ok, Level::Ok, Level::Critical, Level::Critical, Level::Ok].into_iter().enumerate() {
            let look = Look { rounds: vec![(code, level)], ..Look::default() };
            let judge = move |_: &namekeep_model::Facts| Summary { counts_on: None, level };
            turns.push(store.observe(&label, look, at(i64::try_from(second).unwrap()), judge).await.unwrap().len());
        }
        assert_eq!(turns, [1, 0, 1, 0, 1]);
        let record = store.name(&label).await.unwrap().unwrap();
        assert_eq!(record.facts.findings[&code].clean_rounds, 1);
        assert_eq!(record.row.summary.level, Level::Ok);
        assert_eq!(store.changes(&label, 9).await.unwrap()[1].what, Change::Finding(code, Level::Critical));
    }

    async fn raw_answers_are_kept_once_with_what_they_say(store) {
        let label = name("a.example");
        store.put_names([NameRecord::new(label.clone())].into_iter(), keep_known).await.unwrap();
        let raw = b"the answer".to_vec();
        let look = || Look { raw: vec![raw.clone(), raw.clone()], ..Look::default() };
        for second in 0..3 {
            store.observe(&label, look(), at(second), |_| Summary::default()).await.unwrap();
        }
        assert_eq!(store.kept(&Hash::of(&raw)).await.unwrap(), Some(raw.clone()));
        assert_eq!(store.keep(raw.clone()).await.unwrap(), Hash::of(&raw));
        assert_eq!(store.kept(&Hash::of(b"never seen")).await.unwrap(), None);
        let unknown = store.observe(&name("b.example"), look(), at(1), |_| Summary::default()).await;
        assert!(matches!(unknown, Err(Error::UnknownName(label)) if label == "b.example"));
    }
}
