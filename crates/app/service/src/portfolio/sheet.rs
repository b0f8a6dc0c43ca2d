//! One name whole: three dates and the one that counts, its life, what was found, what goes on.

use jiff::tz::TimeZone;
use namekeep_lifecycle::{self as lifecycle, DatesView, Projection, Reason, Which};
use namekeep_model::fact::Said;
use namekeep_model::phase::PhaseKind;
use namekeep_model::{Confidence, Date, FactKey, FindingCode, Level, RunId, Source, Text, Timestamp, Words};
use namekeep_rules::Rulebook;
use namekeep_store::{Change, Changed, NameRecord, RunState, Store};
use serde::Serialize;

use super::Line;
use crate::Failure;

/// Changes shown of one name.
const CHANGES: usize = 5;
/// Days by which two records of one expiry may differ and still agree: zones, and 29 February.
const SAME: i32 = 3;

/// One of the three dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExpiryView {
    /// Which of the three.
    pub which: Which,
    /// The date; absent where it was not read.
    pub date: Option<Date>,
    /// Who said it.
    pub source: Option<Source>,
    /// When.
    pub at: Option<Timestamp>,
    /// How far it is trusted.
    pub confidence: Option<Confidence>,
    /// It is the date that counts.
    pub used: bool,
    /// Why it counts, or why not.
    pub why: Words,
}

/// One check-point of the watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CheckPoint {
    /// Its code.
    pub code: FindingCode,
    /// What it says; *not checked* where it never ran.
    pub level: Level,
    /// When it ran last.
    pub at: Option<Timestamp>,
}

/// A run on the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RunLine {
    /// Its id.
    pub id: RunId,
    /// It goes on.
    pub open: bool,
    /// Its newest entry.
    pub at: Timestamp,
    /// When it is looked at again, where it waits for an instant.
    pub wake_at: Option<Timestamp>,
}

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeLine {
    /// When it was noticed.
    pub at: Timestamp,
    /// What changed.
    pub says: Words,
}

/// One stretch of the life of a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stretch {
    /// The phase.
    pub phase: PhaseKind,
    /// When it ends, as a rule; absent for the last and where nobody knows.
    pub until: Option<Date>,
}

/// One name whole.
#[derive(Clone, Debug, Serialize)]
pub struct Sheet {
    /// Its line in a list.
    #[serde(flatten)]
    pub line: Line,
    /// The three dates.
    pub expiries: Vec<ExpiryView>,
    /// Every date to come, phase, rights, traps, endings.
    pub dates: DatesView,
    /// Its life as stretches, the registered one first.
    pub life: Vec<Stretch>,
    /// The 24 check-points.
    pub check_points: Vec<CheckPoint>,
    /// Runs on it.
    pub runs: Vec<RunLine>,
    /// What changed last, the newest first.
    pub changes: Vec<ChangeLine>,
}

/// Gathers one name at an instant.
pub async fn sheet<S: Store>(
    store: &S,
    rules: &Rulebook,
    zone: &TimeZone,
    text: &str,
    now: Timestamp,
) -> Result<Sheet, Failure> {
    let record = super::find(store, text).await?;
    let name = &record.row.name;
    let projection = super::subject(&record, rules).project(rules, zone.to_datetime(now).date())?;
    let runs = store.runs_of(name).await?;
    let changes = store.changes(name, CHANGES).await?;
    Ok(Sheet {
        line: Line::from_projection(&record, &projection, now, zone),
        expiries: expiries(&record, &projection),
        dates: lifecycle::view(name.a_label(), name.registry_suffix(), &projection),
        life: life(&projection),
        check_points: check_points(&record),
        runs: runs
            .into_iter()
            .map(|run| {
                let (open, wake_at) = match run.state {
                    RunState::Open { wake_at } => (true, wake_at),
                    RunState::Ended => (false, None),
                };
                RunLine { id: run.id, open, at: run.at, wake_at }
            })
            .collect(),
        changes: changes.into_iter().map(told).collect(),
    })
}

fn expiries(record: &NameRecord, projection: &Projection<'_>) -> Vec<ExpiryView> {
    let keys = [
        (Which::Registry, FactKey::RegistryExpiry),
        (Which::Registrar, FactKey::RegistrarExpiry),
        (Which::PaidUntil, FactKey::PaidUntil),
    ];
    keys.into_iter()
        .map(|(which, key)| {
            let seen = record.facts.good(key);
            let date = record.facts.date(key);
            let failed = record.facts.by_key.get(&key).and_then(|fact| fact.failed());
            let why = match (date, failed) {
                (Some(date), _) => verdict(which, date, projection),
                (None, Some(missing)) => missing.why.behind(Text::new("not read: ", "未读到：")),
                (None, None) => unread(which).into(),
            };
            ExpiryView {
                which,
                date,
                source: seen.map(|seen| seen.source),
                at: seen.map(|seen| seen.at),
                confidence: seen.map(|seen| seen.confidence),
                used: date.is_some() && projection.choice.is_some_and(|choice| choice.which == which),
                why,
            }
        })
        .collect()
}

/// What it takes to know a date nobody has read.
const fn unread(which: Which) -> Text {
    match which {
        Which::Registry => Text::new("not checked: `namekeep check` asks the registry", "未检查：`namekeep check` 可向注册局查询"),
        Which::Registrar => Text::new("not checked: no account is connected", "未检查：尚未连接账号"),
        Which::PaidUntil => Text::new("not checked: no order or invoice was read", "未检查：未读取订单或账单"),
    }
}

/// Says why a date that was read counts or does not.
fn verdict(which: Which, date: Date, projection: &Projection<'_>) -> Words {
    let Some(choice) = projection.choice else { return Text::new("cannot be used", "不能采用").into() };
    let reason = choice.reason.text();
    if choice.which == which {
        return reason.into();
    }
    let apart = choice.date.since(date.into());
    let says = match choice.reason {
        _ if apart.abs() <= SAME => Text::new("agrees", "一致"),
        Reason::RegistryJumped | Reason::RegistryLags if which == Which::Registry => reason,
        _ if apart < 0 => Text::new("later than another date: the earlier one counts", "晚于另一日期：以较早者为准"),
        _ => Text::new("the account record decides", "以账号记录为准"),
    };
    says.into()
}

fn life(projection: &Projection<'_>) -> Vec<Stretch> {
    let (Some(core), Some(life)) = (projection.core, projection.subject.life) else { return Vec::new() };
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut before = None;
    for (stage, end) in life.stages().iter().zip(core.standing.ends()) {
        let until = end.due();
        // A stage that takes no time is not drawn; one whose end nobody knows is the last.
        if until.is_some() && until == before {
            continue;
        }
        stretches.push(Stretch { phase: stage.kind, until: until.map(|day| day.date()) });
        before = until;
        if until.is_none() {
            return stretches;
        }
    }
    stretches.push(Stretch { phase: PhaseKind::Released, until: None });
    stretches
}

fn check_points(record: &NameRecord) -> Vec<CheckPoint> {
    FindingCode::watch()
        .map(|code| {
            let state = record.facts.findings.get(&code);
            CheckPoint {
                code,
                level: state.map_or(Level::NotChecked, |state| state.level),
                at: state.map(|state| state.at),
            }
        })
        .collect()
}

fn told(changed: Changed) -> ChangeLine {
    let says = match changed.what {
        Change::Finding(code, level) => {
            let level = level.text();
            Words { en: format!("{code}: {}", level.en), zh: format!("{code}：{}", level.zh) }
        }
        Change::Fact(observation) => {
            let key = observation.key.text();
            match observation.said {
                Said::Seen(seen) => {
                    let (source, value) = (seen.source.text(), seen.value.words());
                    Words {
                        en: format!("{}: {} ({})", key.en, value.en, source.en),
                        zh: format!("{}：{}（{}）", key.zh, value.zh, source.zh),
                    }
                }
                Said::Failed(missing) => missing
                    .why
                    .behind(Words { en: format!("{}: not read, ", key.en), zh: format!("{}：未读到，", key.zh) }),
            }
        }
    };
    ChangeLine { at: changed.at, says }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::block_on;
    use namekeep_model::fact::{Missing, Sighting};
    use namekeep_model::{DomainName, FactValue, Observation, WorkspaceId};
    use namekeep_store::{Look, MemoryStore};

    const NOW: &str = "2026-11-24T01:14:00Z";

    fn seen(key: FactKey, value: FactValue, source: Source) -> Observation {
        let at = NOW.parse().unwrap();
        Observation { key, said: Said::Seen(Sighting { value, source, at, confidence: Confidence::High }) }
    }

    fn date(text: &str) -> FactValue {
        FactValue::Date(text.parse().unwrap())
    }

    fn sheet_of(observations: Vec<Observation>) -> Sheet {
        let (rules, name) = (Rulebook::embedded().unwrap(), DomainName::parse("example-lab.net").unwrap());
        let store = MemoryStore::new(WorkspaceId::new("w").unwrap());
        let (record, at) = (NameRecord::new(name.clone()), NOW.parse().unwrap());
        block_on(store.put_names(std::iter::once(record), |known, _| known)).unwrap();
        let rounds = vec![("C4".parse().unwrap(), Level::Critical), ("S6".parse().unwrap(), Level::Ok)];
        let (judged, book) = (name.clone(), rules.clone());
        let judge = move |facts: &namekeep_model::Facts| {
            crate::portfolio::summary(&judged, facts, None, &book, "2026-11-24".parse().unwrap())
        };
        block_on(store.observe(&name, Look { observations, rounds, raw: Vec::new() }, at, judge)).unwrap();
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        block_on(sheet(&store, &rules, &zone, "www.example-lab.net", at)).unwrap()
    }

    fn used(sheet: &Sheet) -> Vec<(Which, bool, &str)> {
        sheet.expiries.iter().map(|view| (view.which, view.used, view.why.en.as_str())).collect()
    }

    #[test]
    fn a_year_the_registry_added_by_itself_is_shown_and_not_used() {
        let sheet = sheet_of(vec![
            seen(FactKey::RegistryExpiry, date("2027-11-10"), Source::Rdap),
            seen(FactKey::RegistrarExpiry, date("2026-11-10"), Source::Registrar),
            seen(FactKey::PaidUntil, date("2026-11-10"), Source::Billing),
        ]);
        let [registry, registrar, paid] = used(&sheet)[..] else { panic!("three dates") };
        assert!(!registry.1 && registry.2.contains("one year too much"), "{registry:?}");
        assert!(registrar.1, "{registrar:?}");
        assert_eq!((paid.1, paid.2), (false, "agrees"));
        assert_eq!(sheet.line.left, Some(super::super::Left::Over(14)));
        assert_eq!(sheet.line.level, Level::Critical);
        assert_eq!(sheet.check_points.iter().filter(|point| point.at.is_some()).count(), 2);
        assert_eq!(sheet.changes.len(), 5, "three facts and two findings changed");
        let ends: Vec<_> = sheet.life.iter().filter_map(|stretch| stretch.until).collect();
        assert!(ends.is_sorted() && sheet.life.last().unwrap().until.is_none());
    }

    #[test]
    fn of_each_date_it_is_said_why_it_is_not_used() {
        let failed = Said::Failed(Missing { why: Words::quoted("RDAP timed out"), at: NOW.parse().unwrap() });
        let sheet = sheet_of(vec![
            Observation { key: FactKey::RegistryExpiry, said: failed },
            seen(FactKey::RegistrarExpiry, date("2028-06-01"), Source::Registrar),
            seen(FactKey::PaidUntil, date("2027-06-01"), Source::Billing),
        ]);
        let [registry, registrar, paid] = used(&sheet)[..] else { panic!("three dates") };
        assert!(registry.2.contains("RDAP timed out"));
        assert!(!registrar.1 && registrar.2.contains("later"), "{registrar:?}");
        assert!(paid.1, "{paid:?}");
        let nothing = sheet_of(Vec::new());
        assert!(nothing.line.date_that_counts.is_none() && nothing.expiries.iter().all(|view| !view.used));
    }
}
