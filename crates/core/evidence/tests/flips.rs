//! Every flip, truncation, swap, removal and repeat on a dossier of about 64 KiB is noticed.
//!
//! Run optimised: `cargo test --profile check-release -p namekeep-evidence --test flips -- --nocapture`.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::sync::atomic::{AtomicU64, Ordering};

use common::World;
use common::zip::{file, pack, places, unpack};
use namekeep_evidence::{Hash, Report, Verdict, canonical, merkle, verify};
use serde_json::{Value, json};

/// A dossier of 64 KiB, give or take the digits of its own sizes.
fn dossier() -> Vec<u8> {
    let small = World::new(1_000, 30).seal().unwrap();
    let whole = World::new(1_000 + 65_536 - small.len(), 30).seal().unwrap();
    assert!(whole.len().abs_diff(65_536) < 64, "{}", whole.len());
    assert_eq!(verify(&whole, &[]).verdict, Verdict::Intact);
    whole
}

fn noticed(report: &Report) -> bool {
    matches!(report.verdict, Verdict::Altered | Verdict::Incomplete) && report.first_bad.is_some()
}

/// Spreads cases over the cores and counts what each found.
fn on_all_cores(cases: usize, judge: impl Fn(usize, &[AtomicU64; 4]) + Sync) -> [u64; 4] {
    let (next, counts) = (AtomicU64::new(0), [const { AtomicU64::new(0) }; 4]);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let from = next.fetch_add(256, Ordering::Relaxed) as usize;
                    if from >= cases {
                        break;
                    }
                    (from..cases.min(from + 256)).for_each(|case| judge(case, &counts));
                }
            });
        }
    });
    counts.map(AtomicU64::into_inner)
}

#[test]
fn every_byte_flipped() {
    let whole = dossier();
    let places = places(&whole);
    let masks = [0x01, 0x80, 0xff];
    let [flips, seen, named, entries] =
        on_all_cores(whole.len() * masks.len(), |case, [flips, seen, named, entries]| {
            let (at, mask) = (case / masks.len(), masks[case % masks.len()]);
            let mut bytes = whole.clone();
            bytes[at] ^= mask;
            let report = verify(&bytes, &[]);
            flips.fetch_add(1, Ordering::Relaxed);
            assert!(noticed(&report), "byte {at} xor {mask:02x}: {:?}", report.verdict);
            seen.fetch_add(1, Ordering::Relaxed);
            let first = report.first_bad.unwrap();
            let Some((name, place)) = places.iter().find(|(_, place)| place.contains(&at)) else { return };
            if first.place.file.as_ref() == Some(name) {
                named.fetch_add(1, Ordering::Relaxed);
            }
            let line = whole[place.start..at].iter().filter(|byte| **byte == b'\n').count() as u64;
            if name == "entries.jsonl" || name == "leaves.txt" {
                assert_eq!(
                    (first.place.file.as_deref(), first.place.entry),
                    (Some(name.as_str()), Some(line)),
                    "byte {at}"
                );
                entries.fetch_add(1, Ordering::Relaxed);
            } else if name.starts_with("raw/") {
                assert_eq!(first.place.file.as_ref(), Some(name), "byte {at}");
            }
        });
    println!(
        "flips: {flips} of {} bytes, {seen} noticed, {named} name the file, {entries} name entry or leaf",
        whole.len()
    );
    assert_eq!((flips, seen), (whole.len() as u64 * 3, whole.len() as u64 * 3));
    assert!(entries > 30_000);
}

#[test]
fn every_truncation() {
    let whole = dossier();
    let inside = places(&whole).into_iter().find(|(name, _)| name == "entries.jsonl").unwrap().1;
    let [cuts, seen, named, _] = on_all_cores(whole.len(), |length, [cuts, seen, named, _]| {
        let report = verify(&whole[..length], &[]);
        cuts.fetch_add(1, Ordering::Relaxed);
        assert!(noticed(&report), "cut to {length}");
        assert_eq!(report.verdict, Verdict::Incomplete, "cut to {length}");
        seen.fetch_add(1, Ordering::Relaxed);
        if inside.start < length && length < inside.end {
            let line = whole[inside.start..length].iter().filter(|byte| **byte == b'\n').count() as u64;
            assert_eq!(report.first_bad.unwrap().place.entry, Some(line), "cut to {length}");
            named.fetch_add(1, Ordering::Relaxed);
        }
    });
    println!("truncations: {cuts}, {seen} noticed, {named} inside the entries name the entry");
    assert_eq!((cuts, seen), (whole.len() as u64, whole.len() as u64));
}

/// How far the attacker goes to cover a change of the entries; signatures are out of reach.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Effort {
    /// A good container around the changed entries.
    Container,
    /// Leaves, run head, manifest and list of digests follow.
    Derived,
    /// The entries are numbered anew, too.
    Renumbered,
}

fn rebuild(whole: &[u8], lines: &[Vec<u8>], effort: Effort) -> Vec<u8> {
    let mut files = unpack(whole);
    let mut lines = lines.to_vec();
    if effort == Effort::Renumbered {
        for (seq, line) in lines.iter_mut().enumerate() {
            let mut entry: Value = serde_json::from_slice(line).unwrap();
            entry["seq"] = json!(seq);
            *line = canonical::to_bytes(&entry).unwrap();
        }
    }
    *file(&mut files, "entries.jsonl") = lines.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect();
    if effort != Effort::Container {
        let leaves: Vec<Hash> = lines.iter().map(|line| merkle::leaf(line)).collect();
        *file(&mut files, "leaves.txt") = leaves.iter().flat_map(|leaf| format!("{leaf}\n").into_bytes()).collect();
        for (name, fields) in [
            ("head.json", json!({"size": leaves.len(), "root": merkle::root(&leaves)})),
            ("manifest.json", json!({"entries": leaves.len()})),
        ] {
            let mut value: Value = serde_json::from_slice(file(&mut files, name)).unwrap();
            value.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            *file(&mut files, name) = canonical::to_bytes(&value).unwrap();
        }
        let mut sums = "# namekeep dossier v1 RET-0007\n".to_owned();
        for (name, data) in files.iter().filter(|(name, _)| name != "SHA256SUMS" && name != "seal.sig") {
            sums.push_str(&format!("{}  {name}\n", Hash::of(data)));
        }
        *file(&mut files, "SHA256SUMS") = sums.into_bytes();
    }
    pack(&files)
}

#[test]
fn every_swap_removal_and_repeat() {
    let whole = dossier();
    let mut files = unpack(&whole);
    assert_eq!(pack(&files), whole, "a second writer makes the same container");
    let text = file(&mut files, "entries.jsonl").clone();
    let lines: Vec<Vec<u8>> =
        text.strip_suffix(b"\n").unwrap().split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let count = lines.len();
    for effort in [Effort::Container, Effort::Derived, Effort::Renumbered] {
        assert_eq!(verify(&rebuild(&whole, &lines, effort), &[]).verdict, Verdict::Intact, "unchanged");
    }
    // What changes, and the first entry that is not at its place.
    let mut changes: Vec<(String, Vec<Vec<u8>>, usize)> = Vec::new();
    for i in 0..count {
        for j in i + 1..count {
            let mut changed = lines.clone();
            changed.swap(i, j);
            changes.push((format!("swap {i} {j}"), changed, i));
        }
        let mut changed = lines.clone();
        changed.remove(i);
        changes.push((format!("remove {i}"), changed, i));
        for at in 0..=count {
            let mut changed = lines.clone();
            changed.insert(at, lines[i].clone());
            changes.push((format!("repeat {i} at {at}"), changed, if at == i { i + 1 } else { at }));
        }
    }
    let efforts = [Effort::Container, Effort::Derived, Effort::Renumbered];
    let cases = changes.len() * efforts.len();
    let [done, seen, named, _] = on_all_cores(cases, |case, [done, seen, named, _]| {
        let ((what, changed, first), effort) = (&changes[case / 3], efforts[case % 3]);
        let report = verify(&rebuild(&whole, changed, effort), &[]);
        done.fetch_add(1, Ordering::Relaxed);
        assert!(noticed(&report), "{what} {effort:?}");
        assert_eq!(report.verdict, Verdict::Altered, "{what} {effort:?}");
        seen.fetch_add(1, Ordering::Relaxed);
        let at_the_end = *first >= changed.len() && effort == Effort::Derived;
        if effort != Effort::Renumbered && !at_the_end {
            let place = report.first_bad.unwrap().place;
            assert_eq!(place.entry, Some(*first as u64), "{what} {effort:?}");
            named.fetch_add(1, Ordering::Relaxed);
        }
    });
    println!("entries: {count}; swaps, removals, repeats x 3 efforts: {done}, {seen} noticed, {named} name the entry");
    assert_eq!((done, seen), (cases as u64, cases as u64));
}
