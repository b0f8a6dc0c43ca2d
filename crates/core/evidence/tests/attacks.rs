//! What a forger tries, and what the reader is told.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::zip::{Files, file, pack, unpack};
use common::{World, at, key};
use namekeep_evidence::{Draft, Hash, Lang, Outcome, RunLog, SealedRef, TrustedKey, Verdict, Why, canonical, verify};
use serde_json::{Value, json};

fn files() -> Files {
    unpack(&World::new(600, 4).seal().unwrap())
}

/// Recomputes the list of digests, as a forger without the service's key can.
fn relist(files: &mut Files) {
    let mut sums = "# namekeep dossier v1 RET-0007\n".to_owned();
    for (name, data) in files.iter().filter(|(name, _)| name != "SHA256SUMS" && name != "seal.sig") {
        sums.push_str(&format!("{}  {name}\n", Hash::of(data)));
    }
    *file(files, "SHA256SUMS") = sums.into_bytes();
}

/// Changes the files, sorts them and makes everything fit that needs no key.
fn forge(change: impl FnOnce(&mut Files)) -> namekeep_evidence::Report {
    let mut files = files();
    change(&mut files);
    files.sort();
    relist(&mut files);
    verify(&pack(&files), &[])
}

fn edit(files: &mut Files, name: &str, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(file(files, name)).unwrap();
    change(&mut value);
    *file(files, name) = canonical::to_bytes(&value).unwrap();
}

type Change = Box<dyn FnOnce(&mut Files)>;

#[test]
fn forgeries_without_keys_are_altered() {
    let raw = |files: &Files| files.iter().position(|(name, _)| name.starts_with("raw/")).unwrap();
    let cases: Vec<(&str, Why, Change)> = vec![
        ("list alone", Why::Seal, Box::new(|files| file(files, "VERIFY.txt").push(b'\n'))),
        ("page", Why::Seal, Box::new(|files| file(files, "index.html").extend_from_slice(b"<script>"))),
        (
            "manifest: title",
            Why::Seal,
            Box::new(|files| edit(files, "manifest.json", |m| m["title"]["en"] = json!("x"))),
        ),
        (
            "manifest: count",
            Why::ManifestLie,
            Box::new(|files| edit(files, "manifest.json", |m| m["entries"] = json!(3))),
        ),
        (
            "manifest: period",
            Why::ManifestLie,
            Box::new(|files| edit(files, "manifest.json", |m| m["to"] = json!("2026-11-25T00:00:00Z"))),
        ),
        (
            "manifest: size of a file",
            Why::ManifestLie,
            Box::new(|files| edit(files, "manifest.json", |m| m["files"][0]["bytes"] = json!(1))),
        ),
        (
            "manifest: sealer",
            Why::ManifestLie,
            Box::new(|files| edit(files, "manifest.json", |m| m["sealer"] = json!(Hash::of(b"x")))),
        ),
        (
            "manifest: a file less",
            Why::ManifestLie,
            Box::new(|files| edit(files, "manifest.json", |m| drop(m["files"].as_array_mut().unwrap().remove(0)))),
        ),
        (
            "manifest: unknown field",
            Why::ManifestForm,
            Box::new(|files| edit(files, "manifest.json", |m| m["more"] = json!(1))),
        ),
        ("manifest: loose JSON", Why::ManifestForm, Box::new(|files| file(files, "manifest.json").push(b' '))),
        (
            "run head: other run",
            Why::HeadForm,
            Box::new(|files| edit(files, "head.json", |h| h["run"] = json!("RET-0008"))),
        ),
        ("run head: other size", Why::Inclusion, Box::new(|files| edit(files, "head.json", |h| h["size"] = json!(3)))),
        ("proof: other place", Why::Inclusion, Box::new(|files| edit(files, "proof.json", |p| p["index"] = json!(2)))),
        ("proof: loose JSON", Why::Inclusion, Box::new(|files| file(files, "proof.json").insert(1, b' '))),
        (
            "checkpoint: size",
            Why::Checkpoint,
            Box::new(|files| {
                let text =
                    String::from_utf8(file(files, "checkpoint.note").clone()).unwrap().replacen("\n5\n", "\n6\n", 1);
                *file(files, "checkpoint.note") = text.into_bytes();
            }),
        ),
        (
            "raw file replaced",
            Why::RawDigest,
            Box::new(move |files| {
                let at = raw(files);
                files[at].1 = b"other".to_vec();
            }),
        ),
        (
            "raw files swapped",
            Why::RawDigest,
            Box::new(move |files| {
                let at = raw(files);
                let (first, second) = (files[at].1.clone(), files[at + 1].1.clone());
                (files[at].1, files[at + 1].1) = (second, first);
            }),
        ),
        (
            "raw file added",
            Why::Unreferenced,
            Box::new(|files| files.push((format!("raw/{}", Hash::of(b"more")), b"more".to_vec()))),
        ),
        (
            "raw file renamed",
            Why::RawDigest,
            Box::new(move |files| {
                let at = raw(files);
                files[at].0 = format!("raw/{}", Hash::of(b"x"));
            }),
        ),
        (
            "key file replaced",
            Why::KeyFile,
            Box::new(|files| {
                let pem = key("example.com/forger", 66).public().to_pem();
                files
                    .iter_mut()
                    .filter(|(name, _)| name.starts_with("keys/"))
                    .for_each(|(_, data)| *data = pem.clone().into_bytes());
            }),
        ),
        (
            "key file added",
            Why::ForeignFile,
            Box::new(|files| files.push((format!("keys/{}.pem", Hash::of(b"x")), b"x".to_vec()))),
        ),
        ("foreign file", Why::ForeignFile, Box::new(|files| files.push(("autorun.inf".to_owned(), Vec::new())))),
        ("name in capitals", Why::ForeignFile, Box::new(|files| files.push(("INDEX.HTML".to_owned(), Vec::new())))),
        (
            "raw name in capitals",
            Why::ForeignFile,
            Box::new(move |files| {
                let at = raw(files);
                let name = files[at].0.to_uppercase();
                files.push((name, Vec::new()));
            }),
        ),
        ("stamp added", Why::Seal, Box::new(|files| files.push(("stamps/tsa.tsr".to_owned(), vec![0x30])))),
        (
            "approval edited",
            Why::Approval,
            Box::new(|files| {
                let text = String::from_utf8(file(files, "entries.jsonl").clone()).unwrap();
                *file(files, "entries.jsonl") = text.replace("auto-renew off\\\"", "delete name   \\\"").into_bytes();
            }),
        ),
    ];
    let count = cases.len();
    for (what, why, change) in cases {
        let report = forge(change);
        assert_eq!((report.verdict, report.exit_code), (Verdict::Altered, 30), "{what}");
        let whys: Vec<Why> = report.problems.iter().map(|problem| problem.why).collect();
        assert!(whys.contains(&why), "{what}: {whys:?}");
        assert!(
            whys.contains(&Why::Seal) || why == Why::ManifestForm || what == "manifest: sealer",
            "{what}: {whys:?}"
        );
        assert!(report.first_bad.is_some(), "{what}");
    }
    println!("{count} forgeries, all altered");
}

#[test]
fn what_is_missing_is_named() {
    let names: Vec<String> = files().into_iter().map(|(name, _)| name).collect();
    for name in &names {
        let mut files = files();
        files.retain(|(other, _)| other != name);
        let report = verify(&pack(&files), &[]);
        assert_ne!(report.verdict, Verdict::Intact, "{name}");
        assert!(
            report
                .problems
                .iter()
                .any(|problem| problem.place.file.as_ref() == Some(name) || problem.detail.as_ref() == Some(name)),
            "{name}: {:?}",
            report.problems
        );
    }
}

/// The whole dossier made anew by a forger with keys of the same names: only trusted keys tell.
#[test]
fn signed_by_unknown_keys() {
    let genuine = World::new(600, 4);
    let mut forged = World::new(600, 4);
    forged.log = key(common::ORIGIN, 101);
    forged.service = key("example.com/namekeep/service", 102);
    forged.anchor();
    let forged = forged.seal().unwrap();
    assert_eq!(verify(&forged, &[]).verdict, Verdict::Intact, "without trusted keys nothing tells");
    let report = verify(&forged, &genuine.trust());
    assert_eq!((report.verdict, report.exit_code), (Verdict::NotJudged, 32));
    assert_eq!(report.problems.iter().filter(|problem| problem.why == Why::UnknownSigner).count(), 2);
    assert_eq!(report.signers.iter().filter(|signer| signer.identified == Some(false)).count(), 2);
    assert!(report.render(Lang::En).contains("NOT JUDGED"));
    // A trusted approver is no trusted service: roles are part of the trust.
    let confused: Vec<TrustedKey> = genuine
        .trust()
        .into_iter()
        .map(|trusted| TrustedKey { role: namekeep_evidence::Role::Approver, ..trusted })
        .collect();
    assert_eq!(verify(&genuine.seal().unwrap(), &confused).exit_code, 32);
    // Without a role a line is trusted for what its name says, and a person's for a person's.
    for (name, role) in [("log", "log"), ("service", "service"), ("legal-1", "approver"), ("logs", "approver")] {
        let trusted: TrustedKey = key(name, 7).public().to_string().parse().unwrap();
        assert_eq!(trusted.role.word(), role, "{name}");
    }
}

/// A signature that a person truly gave, for another run, moved into this one by whoever keeps the log.
#[test]
fn an_approval_of_another_run_is_altered() {
    let at = namekeep_evidence::Instant::parse("2026-11-24T23:59:00Z".to_owned()).unwrap();
    let said = |run: &str| {
        let statement = serde_json::json!({"run": run, "act": "auto-renew off", "nonce": "moved"});
        let signed = namekeep_evidence::SignedStatement::sign("approval", &statement, &key("法务甲", 3)).unwrap();
        judged(World::with(600, 4, vec![Draft::approval(at.clone(), &signed)]).seal())
    };
    assert_eq!(said("RET-0007").exit_code, 0);
    let report = said("RET-9999");
    assert_eq!(report.exit_code, 30);
    assert!(report.problems.iter().any(|p| p.why == Why::Approval && p.detail.as_deref().is_some_and(|d| d.contains("RET-9999"))));
}

/// One person's key made into the log's and the sealer's.
#[test]
fn one_key_serves_one_role() {
    let mut world = World::new(600, 4);
    world.log = key(common::ORIGIN, 3);
    world.service = key("example.com/namekeep/service", 3);
    world.anchor();
    let report = judged(world.seal());
    assert_eq!(report.exit_code, 30, "{:?}", report.problems);
    assert!(report.problems.iter().any(|p| p.detail.as_deref() == Some("one key in two roles")));
}

/// What a verifier says of a sealing: a sealer that judges its own work refuses with the same report.
fn judged(sealed: Result<Vec<u8>, namekeep_evidence::Error>) -> namekeep_evidence::Report {
    match sealed {
        Ok(bytes) => verify(&bytes, &[]),
        Err(namekeep_evidence::Error::Unsound(report)) => *report,
        Err(other) => panic!("{other}"),
    }
}

/// A genuine checkpoint from before the run head was in the log.
#[test]
fn an_old_checkpoint() {
    let mut world = World::new(600, 4);
    let old = namekeep_evidence::Checkpoint::new(common::ORIGIN, 3, Hash::of(b"old")).sign(&[&world.log]).unwrap();
    let report = forge(|files| *file(files, "checkpoint.note") = old.clone().into_bytes());
    assert!(report.problems.iter().any(|problem| problem.why == Why::Inclusion));
    world.checkpoint = old;
    assert_eq!(world.seal().unwrap_err().code(), "E1811", "the service cannot seal it either");
}

/// The service itself cannot seal a record that does not hold together.
#[test]
fn unsound_records_are_not_sealed() {
    let broken = |change: fn(&mut World)| {
        let mut world = World::new(600, 4);
        change(&mut world);
        let run = RunLog::resume("RET-0007", world.records.iter().map(|record| record.leaf).collect()).unwrap();
        world.head = run.head(at(1436)).to_bytes().unwrap();
        world.anchor();
        match world.seal() {
            Err(namekeep_evidence::Error::Unsound(report)) => (report.verdict, report.problems[0].why),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(broken(|world| drop(world.records.swap_remove(3))), (Verdict::Altered, Why::EntryPlace));
    assert_eq!(
        broken(|world| push(world, &Draft::receipt(at(1438), "eff-9", Outcome::Done, json!({})))),
        (Verdict::Incomplete, Why::ReceiptWithoutIntent)
    );
    assert_eq!(
        broken(|world| push(world, &Draft::intent(at(1438), "eff-2", json!({})))),
        (Verdict::Incomplete, Why::IntentWhileOpen)
    );
    assert_eq!(
        broken(|world| push(world, &Draft::note(at(1438), json!({})).with_files([Hash::of(b"gone")]))),
        (Verdict::Incomplete, Why::MissingRaw)
    );
    assert_eq!(
        broken(|world| world.raw.push((b"stray".to_vec(), namekeep_evidence::FileKind::Answer, "stray"))),
        (Verdict::Altered, Why::Unreferenced)
    );
    assert_eq!(
        broken(|world| {
            let sha256 = Hash::of(&world.raw[0].0);
            push(
                world,
                &Draft::note(at(1438), json!({})).with_sealed([SealedRef {
                    sha256,
                    until: "2029-12-31".to_owned(),
                    why: "personal data".to_owned(),
                }]),
            );
        }),
        (Verdict::Altered, Why::SealedPresent)
    );
    assert_eq!(broken(|world| drop(world.approvers.pop())), (Verdict::Altered, Why::ApprovalKey));
}

fn push(world: &mut World, draft: &Draft) {
    let mut run = RunLog::resume("RET-0007", world.records.iter().map(|record| record.leaf).collect()).unwrap();
    world.records.push(run.append(draft).unwrap());
}

#[test]
fn hostile_containers_are_refused() {
    let good = World::new(600, 4).seal().unwrap();
    let comment = |text: &[u8]| {
        let mut bytes = good.clone();
        let at = bytes.len() - 2;
        bytes[at] = text.len() as u8;
        bytes.extend_from_slice(text);
        bytes
    };
    let named = |name: &str| pack(&[(name.to_owned(), b"x".to_vec())]);
    let twice = pack(&[("index.html".to_owned(), vec![]), ("index.html".to_owned(), vec![])]);
    let many: Vec<(String, Vec<u8>)> = (0..61_000).map(|n| (format!("raw/{n:08}"), Vec::new())).collect();
    let mut prefixed = b"#!/bin/sh\n".to_vec();
    prefixed.extend_from_slice(&good);
    let mut doubled = good.clone();
    doubled.extend_from_slice(&good);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", vec![]),
        ("noise", common::filler(100_000, 3)),
        ("zeros", vec![0; 100_000]),
        ("no files", pack(&[])),
        ("comment", comment(b"hi")),
        ("trailing byte", [good.clone(), vec![0]].concat()),
        ("trailing dossier", doubled),
        ("prefix", prefixed),
        ("path traversal", named("../../etc/passwd")),
        ("path traversal inside", named("raw/../index.html")),
        ("absolute path", named("/etc/passwd")),
        ("back slash", named("raw\\x")),
        ("drive", named("C:x")),
        ("empty name", named("")),
        ("long name", named(&"a".repeat(300))),
        ("not ASCII", named("raw/\u{202e}x")),
        ("null in name", named("index.html\0.txt")),
        ("same name twice", twice),
        ("61,000 files", pack(&many)),
        ("a local header that promises 4 GB", {
            let mut bytes = good.clone();
            bytes[18..26].fill(0xff);
            bytes
        }),
    ];
    for (what, bytes) in &cases {
        let report = verify(bytes, &[]);
        assert_ne!(report.verdict, Verdict::Intact, "{what}");
        assert!(report.first_bad.is_some() || report.verdict == Verdict::NotJudged, "{what}");
        assert!(!report.render(Lang::Zh).contains('\0'));
    }
    println!("{} containers refused", cases.len());
}

/// Random damage never ends in a panic or an intact verdict.
#[test]
fn random_damage() {
    let good = World::new(600, 4).seal().unwrap();
    let mut state = 1_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for case in 0..10_000 {
        let mut bytes = good.clone();
        for _ in 0..=random(4) {
            let (from, to) = (random(bytes.len()), random(bytes.len()));
            match random(4) {
                0 => bytes[from] = random(256) as u8,
                1 => drop(bytes.drain(from.min(to)..from.max(to))),
                2 => bytes.insert(from, random(256) as u8),
                _ => bytes.swap(from, to),
            }
            if bytes.is_empty() {
                break;
            }
        }
        if bytes != good {
            assert_ne!(verify(&bytes, &[]).verdict, Verdict::Intact, "case {case}");
        }
    }
}
