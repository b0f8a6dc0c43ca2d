//! Kills a real process at counted system calls, and makes counted system calls of it fail.
//!
//! The faults come from outside (`strace -e inject=..`), so the code under test is the code that
//! ships. After each fault the store is opened again and judged: every acknowledged entry is there,
//! byte for byte; nothing is there that was not asked for; every log matches its head; and the
//! process, started again, ends in the very state of an undisturbed one.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, reason = "tests, without the test harness")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::sync::atomic::{AtomicUsize, Ordering};

use namekeep_model::WorkspaceId;
use namekeep_store::{Error, Head, SqliteStore, Store};

#[path = "../examples/appender.rs"]
mod appender;

const RUNS: &str = "3";
const STEPS: &str = "40";
/// Every call that changes a file or tells the caller something.
const CALLS: &str = "pwrite64,write,fsync,fdatasync,ftruncate,unlink";
/// Some come to nothing: how requests fall into groups, and so the number of calls, differs a little each time.
// How many calls a run makes depends on how its requests share commits: of so many points some lie
// beyond the end of a quick run, and well over MUST_STRIKE strike.
const KILLS: usize = 420;
const MUST_STRIKE: usize = 200;
const FAULTS: usize = 260;
/// A call, its error, and whether it strikes once (``) or from then on (`+`). An interrupted call is simply made again,
/// so one that is interrupted for ever would be a test of patience.
const ERRORS: [(&str, &str, &[&str]); 7] = [
    ("pwrite64", "ENOSPC", &["", "+"]),
    ("pwrite64", "EIO", &["", "+"]),
    ("pwrite64", "EINTR", &[""]),
    ("fsync,fdatasync", "EIO", &["", "+"]),
    ("fsync,fdatasync", "ENOSPC", &["", "+"]),
    ("pread64", "EIO", &["", "+"]),
    ("openat", "EMFILE", &["", "+"]),
];

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some("appender") {
        return appender::run(args);
    }
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("this test needs strace: install the Debian package `strace`");
        return ExitCode::FAILURE;
    }
    lone_run();
    let calm = Calm::watch();
    let kills = spread(KILLS, calm.calls).map(|n| format!("{CALLS}:signal=KILL:when={n}"));
    let faults = ERRORS.iter().flat_map(|(calls, error, lasting)| {
        // Reads and opens are few, and only those of the store's own files are meant.
        let most = calm.of(calls).max(20);
        lasting.iter().flat_map(move |more| {
            spread(FAULTS / 13, most).map(move |n| format!("{calls}:error={error}:when={n}{more}"))
        })
    });
    let faults: Vec<_> = kills.chain(faults).collect();
    let next = AtomicUsize::new(0);
    let seen = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut seen = Seen::default();
                    while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
                        seen.add(calm.disturb(fault));
                    }
                    seen
                })
            })
            .collect();
        workers.into_iter().fold(Seen::default(), |sum, worker| sum.with(worker.join().unwrap()))
    });
    println!("{} calls of one thread; {seen:?}", calm.calls);
    assert_eq!(seen.killed + seen.failed + seen.mended + seen.unhurt, faults.len());
    assert!(seen.killed >= MUST_STRIKE, "too few kills struck: {seen:?}");
    assert!(seen.failed > 0 && seen.mended > 0 && seen.acknowledged > 0 && seen.ahead > 0, "{seen:?}");
    ExitCode::SUCCESS
}

/// A run that is alone pays at most 1.1 fsyncs for each durable step (decision 22), checkpoints included.
fn lone_run() {
    let dir = folder();
    let log = dir.path().join("calls");
    let output = appender(dir.path(), &["-e", "trace=fsync,fdatasync", "-o", text(&log)], "1", "2000");
    assert!(output.status.success(), "{output:?}");
    let steps = acknowledged(&output).into_values().sum::<u64>();
    let synced = std::fs::read_to_string(log).unwrap().lines().filter(|line| line.contains("sync(")).count();
    println!("{steps} durable steps of a lone run took {synced} fsyncs");
    assert_eq!(steps, 2_000);
    assert!(synced * 10 <= 2_000 * 11 && synced >= 2_000, "{synced} fsyncs");
}

/// `count` numbers spread over 1 to `most`.
fn spread(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let count = count.min(most);
    (0..count).map(move |n| 1 + n * most / count)
}

/// What came of the faults.
#[derive(Debug, Default)]
struct Seen {
    /// The process was killed.
    killed: usize,
    /// It ended with a code and a hint.
    failed: usize,
    /// A write failed, and the same process did it again.
    mended: usize,
    /// It carried on as if nothing were.
    unhurt: usize,
    /// Entries that were acknowledged before the fault; all of them were found.
    acknowledged: u64,
    /// Runs with one entry more than was acknowledged: durable, but the answer never came.
    ahead: usize,
}

impl Seen {
    fn add(&mut self, one: Self) {
        *self = std::mem::take(self).with(one);
    }

    fn with(self, other: Self) -> Self {
        Self {
            killed: self.killed + other.killed,
            failed: self.failed + other.failed,
            mended: self.mended + other.mended,
            unhurt: self.unhurt + other.unhurt,
            acknowledged: self.acknowledged + other.acknowledged,
            ahead: self.ahead + other.ahead,
        }
    }
}

/// An undisturbed run: how many calls it makes, and how it ends.
struct Calm {
    calls: usize,
    by_call: BTreeMap<String, usize>,
    heads: Vec<Head>,
}

impl Calm {
    fn watch() -> Self {
        let dir = folder();
        let log = dir.path().join("calls");
        let output = appender(dir.path(), &["-e", &format!("trace={CALLS}"), "-o", text(&log)], RUNS, STEPS);
        assert!(output.status.success(), "{output:?}");
        // `when=N` counts per thread; the busiest thread has the most points.
        let mut of_thread = BTreeMap::<String, BTreeMap<String, usize>>::new();
        for line in std::fs::read_to_string(log).unwrap().lines() {
            let (thread, rest) = line.trim().split_once(' ').unwrap();
            if let Some((call, _)) = rest.trim().split_once('(').filter(|(call, _)| !call.contains(' ')) {
                *of_thread.entry(thread.to_owned()).or_default().entry(call.to_owned()).or_default() += 1;
            }
        }
        let by_call = of_thread.into_values().max_by_key(|calls| calls.values().sum::<usize>()).unwrap();
        Self { calls: by_call.values().sum(), by_call, heads: heads(dir.path()).unwrap() }
    }

    fn of(&self, calls: &str) -> usize {
        calls.split(',').filter_map(|call| self.by_call.get(call)).sum()
    }

    /// Runs with a fault, judges what is left, and sees the work to its end.
    fn disturb(&self, fault: &str) -> Seen {
        let dir = folder();
        let output = appender(dir.path(), &["-o", "/dev/null", "-e", &format!("inject={fault}")], RUNS, STEPS);
        let mut seen = Seen::default();
        match (output.status.code(), String::from_utf8_lossy(&output.stderr)) {
            (Some(0), said) if said.contains("again: E19") => seen.mended += 1,
            (Some(0), _) => seen.unhurt += 1,
            // A store that fails says so with a code and a cure; nothing panics.
            (Some(1), said) if said.contains("E19") && said.contains("hint: ") => seen.failed += 1,
            (Some(1), said) if fault.starts_with("pwrite64,write") && said.contains("(os error") => seen.failed += 1,
            (Some(code), said) if code != 137 => panic!("{fault}: exit {code}: {said}"),
            _ => seen.killed += 1,
        }
        for (run, durable) in acknowledged(&output) {
            let journal = open(dir.path(), fault, |store| block_on(store.load(run)));
            let found = journal.unwrap_or_else(|| panic!("{fault}: {run} is lost")).run.head.size;
            assert!(
                found == durable || found == durable + 1,
                "{fault}: {run} has {found} entries, {durable} were acknowledged"
            );
            seen.acknowledged += durable;
            seen.ahead += usize::from(found > durable);
        }
        open(dir.path(), fault, |store| block_on(store.check()));
        let output =
            Command::new(std::env::current_exe().unwrap()).args(["appender", text(dir.path()), RUNS, STEPS]).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{fault}: not mended by starting again: {output:?}");
        assert_eq!(heads(dir.path()).unwrap(), self.heads, "{fault}: another end");
        seen
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder in memory where there is one: killing a process loses nothing a file system holds.
fn folder() -> tempfile::TempDir {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() { tempfile::tempdir_in(shared).unwrap() } else { tempfile::tempdir().unwrap() }
}

fn appender(dir: &Path, strace: &[&str], runs: &str, steps: &str) -> Output {
    let mut command = Command::new("strace");
    // The program loader and the harness read files as well; only the store's own are to fail.
    let database = dir.join("namekeep.db");
    for file in ["", "-wal", "-shm"].map(|tail| format!("{}{tail}", text(&database))) {
        if strace.iter().any(|arg| arg.contains("pread64") || arg.contains("openat")) {
            command.args(["-P", &file]);
        }
    }
    // Not `--seccomp-bpf`: with it strace 6.1 leaves some injected signals undelivered.
    command.args(["-f", "-qq"]).args(strace).arg(std::env::current_exe().unwrap());
    command.args(["appender", text(dir), runs, steps]).output().unwrap()
}

fn acknowledged(output: &Output) -> BTreeMap<namekeep_model::RunId, u64> {
    let said = String::from_utf8_lossy(&output.stdout);
    // The last line may have been cut by the kill.
    let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(run, n)| (run.parse().unwrap(), n.parse().unwrap()))
        .collect()
}

/// Opens the store; `None` where a fault came before there was one.
fn open<T>(dir: &Path, fault: &str, look: impl FnOnce(&SqliteStore) -> Result<T, Error>) -> Option<T> {
    match SqliteStore::open(&dir.join("namekeep.db"), WorkspaceId::new("acme").unwrap()) {
        Ok(store) => Some(look(&store).unwrap_or_else(|error| panic!("{fault}: {error}"))),
        Err(Error::NotFound { .. }) => None,
        Err(error) => panic!("{fault}: {error}"),
    }
}

fn heads(dir: &Path) -> Option<Vec<Head>> {
    let runs = open(dir, "", |store| block_on(store.open_runs()))?;
    Some(runs.into_iter().map(|run| run.head).collect())
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}
