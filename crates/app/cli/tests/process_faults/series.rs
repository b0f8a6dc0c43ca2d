//! Which calls are struck, how, and at which of their turns.
//!
//! | series | what happens |
//! |---|---|
//! | kill | the process dies instead of the n-th call that changes a file or tells the caller something |
//! | space, disk, sync | writing fails at the n-th call, once or from then on |
//! | names | a rename, removal or new folder fails |
//! | opening | a file of ours cannot be opened |
//! | reading | a file of ours cannot be read, once or from then on |
//! | nuisance | a call is interrupted and has to be made again |

use std::collections::{BTreeMap, BTreeSet};

/// One way of striking.
pub(crate) struct Series {
    pub(crate) name: &'static str,
    /// The calls that are struck.
    calls: &'static str,
    /// What `strace` does at the n-th of one of them.
    how: &'static str,
    /// Behind the number: nothing for once, `+` for from then on.
    more: &'static str,
    /// Points struck by the test; the soak strikes all there are.
    pub(crate) points: usize,
}

const CHANGES: &str = "pwrite64,write,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,mkdir";
const WRITES: &str = "pwrite64,write,ftruncate";
const SYNCS: &str = "fsync,fdatasync";
const NAMES: &str = "rename,renameat,renameat2,unlink,mkdir";
const READS: &str = "pread64,read";

const fn series(
    name: &'static str,
    calls: &'static str,
    how: &'static str,
    more: &'static str,
    points: usize,
) -> Series {
    Series { name, calls, how, more, points }
}

/// Every series. An interruption for ever would be a test of patience: it strikes once.
pub(crate) const ALL: [Series; 15] = [
    series("kill", CHANGES, "signal=KILL", "", 240),
    series("space", WRITES, "error=ENOSPC", "", 70),
    series("space for good", WRITES, "error=ENOSPC", "+", 70),
    series("disk", "pwrite64", "error=EIO", "", 60),
    series("disk for good", "pwrite64", "error=EIO", "+", 60),
    series("sync", SYNCS, "error=EIO", "", 50),
    series("sync for good", SYNCS, "error=EIO", "+", 50),
    series("sync, no space", SYNCS, "error=ENOSPC", "", 30),
    series("names", NAMES, "error=EIO", "", 40),
    series("names, no space", NAMES, "error=ENOSPC", "+", 40),
    series("opening", "openat", "error=EMFILE", "", 40),
    series("opening for good", "openat", "error=EIO", "+", 40),
    series("reading", READS, "error=EIO", "", 40),
    series("reading for good", READS, "error=EIO", "+", 30),
    series("nuisance", "pwrite64,write,pread64,read", "error=EINTR", "", 40),
];

impl Series {
    /// Tells whether the process is to die.
    pub(crate) fn kills(&self) -> bool {
        self.how == "signal=KILL"
    }

    /// Tells whether, struck at a turn, the process may be left without a way to say anything.
    pub(crate) fn silences(&self, turn: &Turn) -> bool {
        self.more == "+" && turn.call == "write"
    }

    /// The option of `strace` that strikes at a turn.
    pub(crate) fn inject(&self, turn: &Turn) -> String {
        format!("{}:{}:when={}{}", turn.call, self.how, turn.number, self.more)
    }

    /// The turns of an undisturbed run at which the program itself is meant. What the loader and the
    /// clock's library do comes first: a turn as early as theirs would strike them.
    pub(crate) fn turns(&self, calm: &[Call]) -> BTreeSet<Turn> {
        let loading = calm.iter().take_while(|call| !call.ours);
        let mut loaded = BTreeMap::<&str, usize>::new();
        loading.for_each(|call| *loaded.entry(&call.name).or_default() += 1);
        let mut counted = BTreeMap::<(u32, &str), usize>::new();
        let mut turns = BTreeSet::new();
        for call in calm.iter().filter(|call| self.calls.split(',').any(|name| name == call.name)) {
            // `strace` counts for each thread and each call apart, whatever set they are named in.
            let number = counted.entry((call.thread, &call.name)).or_default();
            *number += 1;
            if call.ours && *number > loaded.get(call.name.as_str()).copied().unwrap_or(0) {
                turns.insert(Turn { call: call.name.clone(), number: *number });
            }
        }
        turns
    }
}

/// The calls any series counts, for `strace`.
pub(crate) fn traced() -> String {
    let calls: BTreeSet<&str> = ALL.iter().flat_map(|series| series.calls.split(',')).collect();
    format!("trace={}", calls.into_iter().collect::<Vec<_>>().join(","))
}

/// A turn of one call, as `strace` counts: `pwrite64 12` is the twelfth of a thread.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    pub(crate) call: String,
    pub(crate) number: usize,
}

/// One call of an undisturbed run.
pub(crate) struct Call {
    thread: u32,
    name: String,
    /// The program makes it, not the loader or the library that stops the clock.
    ours: bool,
}

/// Reads what `strace -f -y` wrote: `PID name(args) = answer`, in the order the calls were made.
pub(crate) fn read(log: &str, home: &str) -> Vec<Call> {
    let call = |line: &str| {
        let (thread, rest) = line.trim_start().split_once(' ')?;
        let (name, args) = rest.trim_start().split_once('(')?;
        if name.contains(|c: char| !c.is_ascii_alphanumeric()) {
            return None;
        }
        // A path is told as text; of an open file `-y` tells it as `3</the/path>`.
        let named = args.split_once('"').filter(|_| matches!(name, "openat" | "unlink" | "mkdir") || name.starts_with("rename"));
        let path = named.or_else(|| args.split_once('<')).map_or("", |(_, path)| path);
        let machine = ["/lib", "/usr/", "/etc/", "/proc/", "/sys/"].iter().any(|place| path.starts_with(place));
        let shared = path.starts_with("/dev/shm/") && !path.starts_with(home);
        Some(Call { thread: thread.parse().ok()?, name: name.to_owned(), ours: !machine && !shared })
    };
    log.lines().filter_map(call).collect()
}
