//! Appends to a store until it is killed or done, and says what it was told is durable.
//!
//! `appender DIR RUNS STEPS`: makes the workspace where there is none, goes on where it is. Each of
//! the runs takes the steps in its own task: an entry, an intent, an outcome. A line is printed only
//! after the store has answered: `RET-0001 17` says that 17 entries are durable. A write that fails is
//! tried again on the same store, three times. The tests kill it, and make its system calls fail, at
//! counted points.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "what it is for")]

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use namekeep_evidence::Hash;
use namekeep_model::{DomainName, EffectId, RunId, RunKind, Timestamp, WorkspaceId};
use namekeep_store::{Append, EffectMove, EffectState, Error, NewEntry, NewRun, Settled, SqliteStore, Store};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[allow(dead_code, reason = "the tests call `run`")]
fn main() -> ExitCode {
    run(std::env::args().skip(1))
}

/// Does the work, and says on stderr why it could not.
pub(crate) fn run(args: impl Iterator<Item = String>) -> ExitCode {
    match append(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            match failure.downcast_ref::<Error>() {
                Some(error) => eprintln!("{}: {error}\nhint: {}", error.code(), error.hint().en),
                None => eprintln!("{failure}"),
            }
            ExitCode::FAILURE
        }
    }
}

fn append(mut args: impl Iterator<Item = String>) -> Result<(), Failure> {
    let (Some(dir), Some(runs), Some(steps), None) = (args.next(), args.next(), args.next(), args.next()) else {
        return Err("usage: appender DIR RUNS STEPS".into());
    };
    let (path, steps) = (PathBuf::from(dir).join("namekeep.db"), steps.parse()?);
    let workspace = WorkspaceId::new("acme")?;
    let store = match SqliteStore::open(&path, workspace.clone()) {
        Err(Error::NotFound { .. }) => SqliteStore::create(&path, workspace),
        opened => opened,
    };
    let store = Arc::new(store?);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let numbers = 1..=runs.parse::<u32>()?;
        let tasks: Vec<_> = numbers.map(|number| tokio::spawn(carry_on(Arc::clone(&store), number, steps))).collect();
        for task in tasks {
            task.await??;
        }
        store.check().await?;
        println!("sound");
        Ok(())
    })
}

fn say(id: RunId, durable: u64) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{id} {durable}")?;
    Ok(out.flush()?)
}

fn entry(id: RunId, seq: u64) -> NewEntry {
    // Told apart by every byte, and of uneven sizes, so that pages fill and split.
    let text = format!("{id} {seq} {}", "x".repeat(usize::try_from(seq * 37 % 900).unwrap_or(0)));
    let at = Timestamp::from_second(i64::try_from(seq).unwrap_or(0)).unwrap_or(Timestamp::UNIX_EPOCH);
    NewEntry { kind: "step".to_owned(), at, bytes: text.into_bytes() }
}

/// Takes a run up where it stands: what is unsettled is settled, never intended again.
async fn carry_on(store: Arc<SqliteStore>, number: u32, steps: u64) -> Result<(), Failure> {
    let id = RunId { kind: RunKind::Retire, number };
    if store.run(id).await?.is_none() {
        let (name, at) = (DomainName::parse(&format!("name-{number}.example"))?, Timestamp::UNIX_EPOCH);
        let plan = format!("plan of {id}").into_bytes();
        let new = NewRun { id, name, plan, entries: vec![entry(id, 0)], wake_at: None, at };
        say(id, store.create_run(new).await?.head.size)?;
    }
    let journal = store.load(id).await?;
    for found in &journal.entries {
        if found.bytes != entry(id, found.seq).bytes {
            return Err(format!("{id}: entry {} is not what was appended", found.seq).into());
        }
    }
    let (mut seen, mut tries) = (journal.run.head.size, 3);
    while seen < steps {
        let step = Append::new(id, seen).entry(entry(id, seen));
        let step = match (seen % 3, store.unsettled(Some(id)).await?.first()) {
            (_, Some(open)) if open.state == EffectState::Intent => {
                step.effect(EffectMove::Settle { id: open.id.clone(), outcome: Settled::Done })
            }
            (1, None) => {
                let effect = EffectId { run: id, action: format!("1.act-{seen}").parse()?, attempt: 1 };
                let deadline = Timestamp::UNIX_EPOCH;
                step.effect(EffectMove::Intend { id: effect, request: Hash::of(b"request"), deadline, once: true })
            }
            _ => step,
        };
        seen = match store.append(step).await {
            Ok(appended) => {
                say(id, appended.head.size)?;
                appended.head.size
            }
            Err(error @ (Error::Full | Error::Io { .. })) if tries > 0 => {
                // Not acknowledged: what is there says whether it was written.
                eprintln!("again: {}", error.code());
                tries -= 1;
                store.run(id).await?.map_or(0, |run| run.head.size)
            }
            Err(error) => return Err(error.into()),
        };
    }
    Ok(())
}
