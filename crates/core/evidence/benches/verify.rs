//! Verification of 1,000,000 entries of 300 bytes, beside a naive tree in memory in the same run, and the
//! peak memory of verification at 10,000 and 1,000,000 entries.
//!
//! `cargo bench -p namekeep-evidence --bench verify` prints ratios; the figures of other machines differ,
//! their ratios should not. The memory is that of a child process which reads one file and verifies it.
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and stops at what it cannot do")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant as Clock};

use namekeep_evidence::{
    Both, Checkpoint, Draft, Hash, Inclusion, Instant, KeyRecord, Role, RunLog, Sealing, SigningKey, Story, Verdict,
    merkle, seal, verify,
};
use serde_json::json;
use sha2::{Digest, Sha256};

/// The size of an entry with its newline.
const ENTRY: usize = 300;
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--peak-of") {
        return child(Path::new(&arguments[at + 1]));
    }
    let (small, large) = (dossier(10_000), dossier(1_000_000));
    let bytes = std::fs::read(&large).unwrap();
    let entries = entries(&bytes);
    let (mut naive, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        naive.push(time(|| naive_root(entries)));
        whole.push(time(|| assert_eq!(verify(&bytes, &[]).verdict, Verdict::Intact)));
    }
    let (naive, whole) = (median(naive), median(whole));
    println!(
        "anchor  naive tree in memory, 1,000,000 leaves of 300 B (sha2)   {naive:>8.3} s   {:>6.2} M leaves/s",
        1.0 / naive
    );
    println!(
        "verify  dossier of 1,000,000 entries, {} MB                     {whole:>8.3} s   {:>6.2} M entries/s",
        bytes.len() / 1_000_000,
        1.0 / whole
    );
    println!(
        "ratio   verify / naive tree                                      {:>8.2}     must be at most 3",
        whole / naive
    );
    drop(bytes);
    let (small, large) = (peak(&small), peak(&large));
    println!("memory  above the input at 10,000 entries                        {small:>8} kB");
    println!("memory  above the input at 1,000,000 entries                     {large:>8} kB");
    println!(
        "ratio   memory at 1,000,000 / at 10,000                          {:>8.2}     must be at most 1.5",
        large as f64 / small as f64
    );
}

/// Verifies one file and prints the peak resident memory beyond the size of the file, in kB.
fn child(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(verify(&bytes, &[]).verdict, Verdict::Intact);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    println!("{}", peak.saturating_sub(bytes.len() as u64 / 1024));
}

fn peak(path: &Path) -> u64 {
    let output = Command::new(std::env::current_exe().unwrap()).arg("--peak-of").arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Clock::now();
    std::hint::black_box(work());
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

/// The lines of the entries file, found by walking the local headers of the container.
fn entries(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    loop {
        let number = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().unwrap()) as usize;
        let (size, name) = (number(18), number(26));
        let (head, behind) = rest.split_at(30 + name);
        if head.ends_with(b"entries.jsonl") {
            return &behind[..size];
        }
        rest = &behind[size..];
    }
}

/// All leaves, then level by level.
fn naive_root(entries: &[u8]) -> [u8; 32] {
    let mut level: Vec<[u8; 32]> = entries
        .chunks_exact(ENTRY)
        .map(|line| Sha256::new_with_prefix([0]).chain_update(&line[..ENTRY - 1]).finalize().into())
        .collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => Sha256::new_with_prefix([1]).chain_update(left).chain_update(right).finalize().into(),
                _ => pair[0],
            })
            .collect();
    }
    level[0]
}

/// Writes a dossier of so many entries and returns its path.
fn dossier(count: usize) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{count}.dossier"));
    let at = Instant::parse("2026-11-24T00:00:00Z").unwrap();
    let (log, service) = (key("example.com/bench", 1), key("example.com/bench/service", 2));
    let mut run = RunLog::new("RET-0001").unwrap();
    let records: Vec<Vec<u8>> = (0..count)
        .map(|index| {
            let digits = index.to_string().len();
            // Envelope and body around the filler take 92 bytes and the digits of the place.
            let filler = "x".repeat(ENTRY - 1 - 92 - digits);
            run.append(&Draft::note(at.clone(), json!({"text": filler}))).unwrap().bytes
        })
        .collect();
    assert!(records.iter().all(|record| record.len() == ENTRY - 1), "{}", records[0].len());
    let entries: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
    let head = run.head(at.clone());
    let leaves: Vec<Hash> = vec![head.leaf().unwrap()];
    let text = Both::new("bench", "测速");
    let bytes = seal(
        &Sealing {
            run: "RET-0001",
            title: text.clone(),
            demo: true,
            sealed_at: at,
            generator: "bench",
            entries: &entries,
            head: &head.to_bytes().unwrap(),
            proof: &Inclusion::prove(&leaves, 0).unwrap(),
            checkpoint: &Checkpoint::new("example.com/bench", 1, merkle::root(&leaves)).sign(&[&log]).unwrap(),
            keys: &[KeyRecord::new(Role::Log, log.public().clone())],
            files: &[],
            stamps: &[],
            story: &Story { title: text.clone(), summary: text, sections: Vec::new() },
        },
        &service,
    )
    .unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, &[seed; 32]).unwrap()
}
