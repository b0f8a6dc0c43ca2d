//! A dossier sealed and verified.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::World;
use namekeep_evidence::{Lang, Range, Verdict, Why, verify};

#[test]
fn sealed_and_verified() {
    let world = World::new(2_000, 20);
    let dossier = world.seal().unwrap();
    let report = verify(&dossier, &[]);
    println!("{}\n{}", report.render(Lang::En), report.render(Lang::Zh));
    assert_eq!(report.verdict, Verdict::Intact, "{:?}", report.problems);
    assert_eq!(report.exit_code, 0);
    assert_eq!(report.signers.len(), 4);
    assert!(report.signers.iter().all(|signer| signer.identified.is_none()));
    assert!(report.not_judged.iter().any(|item| item.why.en.starts_with("signers not identified")));
    assert_eq!(report.typed, [Range { from: 2, to: 3 }]);
    assert_eq!((report.sealed_count, report.sealed[0].until.as_str()), (1, "2029-12-31"));
    assert_eq!(report.open_intents, [("eff-2".to_owned(), report.entries - 1)]);
    let trusting = verify(&dossier, &world.trust());
    assert_eq!(trusting.verdict, Verdict::Intact, "{:?}", trusting.problems);
    assert!(trusting.signers_identified && trusting.not_judged.is_empty());
    assert_eq!(dossier, world.seal().unwrap(), "the same contents have one container");
}

#[test]
fn a_stamp_is_kept_and_not_judged() {
    let mut world = World::new(100, 1);
    world.stamps.push(("tsa-1.tsr".to_owned(), vec![0x30, 0x03, 2, 1, 0]));
    let report = verify(&world.seal().unwrap(), &[]);
    assert_eq!((report.verdict, report.exit_code), (Verdict::NotJudged, 32));
    assert_eq!(report.problems[0].why, Why::StampNotJudged);
}
