//! Random histories with crashes: after each, the store on disk says what the one in memory says.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use namekeep_evidence::Hash;
use namekeep_model::{DomainName, EffectId, Level, PersonId, RunId, RunKind, Timestamp, WorkspaceId};
use namekeep_store::{
    Append, EffectMove, Look, MemoryStore, NameRecord, NewEntry, NewRun, Order, Page, RequestKind, RequestMove,
    RunState, Settled, SqliteStore, Store, Summary,
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Act {
    Create {
        run: u32,
        wake: Option<i64>,
    },
    Append {
        run: u32,
        stale: bool,
        entries: Vec<(i64, Vec<u8>)>,
        effect: Option<(u8, u16, u8)>,
        ask: Option<(u8, bool)>,
        wake: Option<Option<i64>>,
    },
    Put {
        name: u8,
        level: u8,
    },
    Observe {
        name: u8,
        level: u8,
        at: i64,
    },
    Setting {
        key: u8,
        value: u8,
    },
    Leaves {
        stale: bool,
        leaves: Vec<Vec<u8>>,
    },
    Close,
    /// The process dies; some bytes of the write-ahead log that were never acknowledged are torn.
    Crash {
        torn: Vec<u8>,
    },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..600);
    let append = (
        0..3_u32,
        prop::bool::weighted(0.1),
        prop::collection::vec((0..50_i64, bytes()), 0..4),
        prop::option::of((0..2_u8, 1..4_u16, 0..4_u8)),
        prop::option::of((0..4_u8, any::<bool>())),
        prop::option::of(prop::option::of(0..50_i64)),
    );
    let act = prop_oneof![
        2 => (0..3_u32, prop::option::of(0..50_i64)).prop_map(|(run, wake)| Act::Create { run, wake }),
        8 => append.prop_map(|(run, stale, entries, effect, ask, wake)| Act::Append { run, stale, entries, effect, ask, wake }),
        1 => (0..4_u8, 0..5_u8).prop_map(|(name, level)| Act::Put { name, level }),
        1 => (0..4_u8, 0..5_u8, 0..50_i64).prop_map(|(name, level, at)| Act::Observe { name, level, at }),
        1 => (0..3_u8, 0..3_u8).prop_map(|(key, value)| Act::Setting { key, value }),
        1 => (prop::bool::weighted(0.2), prop::collection::vec(bytes(), 0..5)).prop_map(|(stale, leaves)| Act::Leaves { stale, leaves }),
        1 => Just(Act::Close),
        2 => bytes().prop_map(|torn| Act::Crash { torn }),
    ];
    prop::collection::vec(act, 1..40)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn name(n: u8) -> DomainName {
    DomainName::parse(&format!("name-{n}.example")).unwrap()
}

fn level(n: u8) -> Level {
    [Level::Ok, Level::NotChecked, Level::Notice, Level::Warning, Level::Critical][usize::from(n)]
}

const fn run(number: u32) -> RunId {
    RunId { kind: RunKind::Retire, number }
}

async fn act<S: Store>(store: &S, act: &Act) -> Result<String, &'static str> {
    let done = match act.clone() {
        Act::Create { run: number, wake } => {
            let plan = format!("plan {number}").into_bytes();
            let new =
                NewRun { id: run(number), name: name(0), plan, entries: vec![], wake_at: wake.map(at), at: at(0) };
            store.create_run(new).await.map(|done| format!("{done:?}"))
        }
        Act::Append { run: number, stale, entries, effect, ask, wake } => {
            let size = store.run(run(number)).await.unwrap().map_or(0, |run| run.head.size);
            let mut step = Append::new(run(number), size + u64::from(stale));
            step.entries = entries
                .into_iter()
                .map(|(second, bytes)| NewEntry { kind: "k".into(), at: at(second), bytes })
                .collect();
            if let Some((action, attempt, what)) = effect {
                let id = EffectId { run: run(number), action: format!("1.a{action}").parse().unwrap(), attempt };
                let outcome = [Settled::Done, Settled::NotDone, Settled::Unknown].get(usize::from(what));
                step.effects.push(match outcome {
                    Some(outcome) => EffectMove::Settle { id, outcome: *outcome },
                    None => EffectMove::Intend { id, request: Hash::of(b"r"), deadline: at(9), once: action % 2 == 0 },
                });
            }
            if let Some((id, open)) = ask {
                let (id, assignee) = (format!("q{id}"), PersonId::new("legal").unwrap());
                step.requests.push(if open {
                    RequestMove::Open { id, kind: RequestKind::Approval, assignee, due: at(7), body: vec![1] }
                } else {
                    RequestMove::Close { id }
                });
            }
            step.state =
                wake.map(|wake_at| wake_at.map_or(RunState::Ended, |wake| RunState::Open { wake_at: Some(at(wake)) }));
            store.append(step).await.map(|done| format!("{done:?}"))
        }
        Act::Put { name: n, level: l } => {
            let mut record = NameRecord::new(name(n));
            record.row.summary.level = level(l);
            store.put_names([record].into_iter(), |_, new| new).await.map(|done| format!("{done:?}"))
        }
        Act::Observe { name: n, level: l, at: second } => {
            let look =
                Look { rounds: vec![("T1".parse().unwrap(), level(l))], raw: vec![vec![l; 9]], ..Look::default() };
            let judge = move |_: &namekeep_model::Facts| Summary { counts_on: None, level: level(l) };
            store.observe(&name(n), look, at(second), judge).await.map(|done| format!("{done:?}"))
        }
        Act::Setting { key, value } => {
            let value = if value == 0 { serde_json::Value::Null } else { value.into() };
            store.put_setting(&key.to_string(), value).await.map(|()| String::new())
        }
        Act::Leaves { stale, leaves } => {
            let size = store.log_head().await.unwrap().size;
            store.extend_log(size + u64::from(stale), leaves).await.map(|done| format!("{done:?}"))
        }
        Act::Close | Act::Crash { .. } => Ok(String::new()),
    };
    done.map_err(|error| error.code())
}

/// Everything a reader can see, as text.
async fn seen<S: Store>(store: &S) -> String {
    let mut all = Vec::new();
    for number in 0..3 {
        all.push(format!("{:?}", store.load(run(number)).await.map_err(|error| error.code())));
    }
    for n in 0..4 {
        all.push(format!("{:?}", store.name(&name(n)).await.unwrap()));
        all.push(format!("{:?}", store.changes(&name(n), 99).await.unwrap()));
    }
    for key in 0..3 {
        all.push(format!("{:?}", store.setting(&key.to_string()).await.unwrap()));
    }
    all.push(format!("{:?}", store.names(Page { order: Order::Level, after: None, limit: 9 }).await.unwrap()));
    all.push(format!("{:?}", store.open_runs().await.unwrap()));
    all.push(format!("{:?}", store.due(at(25), 9).await.unwrap()));
    let unsettled = store.unsettled(None).await.unwrap();
    // Epochs count restarts of the one store and crashes of the other: not compared.
    all.extend(unsettled.iter().map(|row| format!("{} {:?} {} {}", row.id, row.state, row.request, row.deadline)));
    all.push(format!("{:?}", store.open_requests(None).await.unwrap()));
    all.push(format!("{:?}", store.last_entry_at().await.unwrap()));
    all.push(format!("{:?} {:?}", store.log_head().await.unwrap(), store.log_leaves(0, 99).await.unwrap()));
    all.join("\n")
}

fn folder() -> tempfile::TempDir {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() { tempfile::tempdir_in(shared).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// What a killed process leaves: the files as they are, without a close, with a torn tail.
fn crash_image(from: &Path, to: &Path, torn: &[u8]) {
    for file in ["namekeep.db", "namekeep.db-wal"] {
        if let Ok(mut bytes) = std::fs::read(from.join(file)) {
            if file.ends_with("wal") {
                bytes.extend_from_slice(torn);
            }
            std::fs::write(to.join(file), bytes).unwrap();
        }
    }
}

fn acme() -> WorkspaceId {
    WorkspaceId::new("acme").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_history_with_crashes_is_the_history_without(acts in acts()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let model = MemoryStore::new(acme());
        let mut dir = folder();
        let mut store = Some(SqliteStore::create(&dir.path().join("namekeep.db"), acme()).unwrap());
        for step in &acts {
            if let Act::Close | Act::Crash { .. } = step {
                let next = folder();
                if let Act::Crash { torn } = step {
                    crash_image(dir.path(), next.path(), torn);
                    drop(store.take());
                } else {
                    drop(store.take());
                    crash_image(dir.path(), next.path(), &[]);
                }
                dir = next;
                store = Some(SqliteStore::open(&dir.path().join("namekeep.db"), acme()).unwrap());
            }
            let disk = store.as_ref().unwrap();
            let (ours, theirs) = runtime.block_on(async { (act(disk, step).await, act(&model, step).await) });
            prop_assert_eq!(ours, theirs, "{:?}", step);
        }
        let disk = store.as_ref().unwrap();
        let (ours, theirs) = runtime.block_on(async { (seen(disk).await, seen(&model).await) });
        prop_assert_eq!(ours, theirs);
        runtime.block_on(disk.check()).unwrap();
    }
}
