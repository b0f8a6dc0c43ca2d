//! The two worlds end as their pages say, and the demo keeps to its folder.

use namekeep_playbook::Outcome;

use super::*;
use crate::rehearse;

fn day(text: &str) -> Timestamp {
    format!("{text}T01:14:00Z").parse().unwrap()
}

#[test]
fn the_first_world_keeps_the_name_for_one_year_and_its_dossier_verifies() {
    let tour = block_on(Tour::play(Scenario::First)).unwrap();
    assert_eq!(tour.outcome, Some(Outcome::Renewed("2027-12-20".parse().unwrap())));
    assert_eq!(tour.verified().verdict, namekeep_evidence::Verdict::Intact);
    assert_eq!(tour.noticed().verdict, namekeep_evidence::Verdict::Altered);
    let shop = tour.end.world.names().iter().find(|name| name.name.a_label() == "example-shop.cn").unwrap();
    assert!(shop.registration.auto_renew, "auto-renew was never left off");
}

#[test]
fn the_second_world_lapses_through_the_whole_watch() {
    let end = block_on(play(Scenario::Second, day("2029-04-01"))).unwrap();
    let records = block_on(rehearse::records(&end.store, TOLD)).unwrap();
    let outcome = records.iter().find_map(|record| match record.event {
        namekeep_playbook::Event::Ended { outcome } => Some(outcome),
        _ => None,
    });
    let told = |record: &namekeep_playbook::Record| {
        let line = crate::diary::tell(&end.runs[&TOLD].0, record);
        (line.weight > crate::diary::Weight::Detail).then(|| format!("{} {}", line.at, line.says.en))
    };
    let diary: Vec<String> = records.iter().filter_map(told).collect();
    assert_eq!(outcome, Some(Outcome::Lapsed), "{diary:#?}");
}

#[test]
fn a_later_clock_only_adds_to_the_journal() {
    let at = |text| block_on(play(Scenario::First, day(text))).unwrap();
    let (early, late) = (at("2026-11-24"), at("2026-12-15"));
    for run in early.runs.keys() {
        let of = |stage: &Stage| block_on(rehearse::records(&stage.store, *run)).unwrap();
        let (early, late) = (of(&early), of(&late));
        assert_eq!(late.get(..early.len()), Some(early.as_slice()), "{run}");
    }
}

#[test]
fn a_folder_with_other_files_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("workspace.json"), "{}").unwrap();
    assert_eq!(Demo::open_or_create(folder.path()).unwrap_err().code, "E8301");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_clock_moves_by_hours_days_and_working_days_and_never_too_far() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Demo::open_or_create(folder.path()).unwrap();
    demo.advance(Step::WorkingDays(20)).unwrap();
    assert_eq!(demo.now(), day("2026-12-22"));
    demo.advance(Step::Days(2)).unwrap();
    demo.advance(Step::Hours(24)).unwrap();
    assert_eq!(Demo::open_or_create(folder.path()).unwrap().now(), day("2026-12-25"));
    for far in [Step::Days(u32::MAX), Step::Hours(u32::MAX), Step::WorkingDays(u32::MAX)] {
        assert_eq!(demo.advance(far).unwrap_err().code, "E2001");
    }
    demo.reset().unwrap();
    assert_eq!(demo.now(), day("2026-11-24"));
}

#[test]
fn the_demo_has_no_way_to_a_socket() {
    // The probes are the only code that opens one; the demo's own files name neither.
    for text in [
        include_str!("mod.rs"),
        include_str!("play.rs"),
        include_str!("scenario.rs"),
        include_str!("findings.rs"),
        include_str!("tour.rs"),
    ] {
        for way in ["namekeep_probe", "std::net", "Socket"] {
            assert!(!text.contains(way), "{way}");
        }
    }
}

#[test]
fn at_its_start_the_told_run_waits_for_the_filing_desk() {
    let stage = block_on(play(Scenario::First, Scenario::First.starts().unwrap())).unwrap();
    let (plan, explanation) = &stage.runs[&TOLD];
    assert_eq!(plan.revision, 3, "as the demo world is told");
    let passed = |no: u8| explanation.lines.iter().all(|line| line.step.0 != no);
    for step in [1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 14, 15, 16] {
        assert!(passed(step), "step {step}");
    }
    for step in [8, 11, 17, 18, 19, 20, 21] {
        assert!(!passed(step), "step {step}");
    }
    assert_eq!(stage.findings.len(), 42);
    for code in ["C4", "S6", "T3", "T6"] {
        let raised = |finding: &namekeep_model::Finding| finding.code.to_string() == code && finding.level > namekeep_model::Level::Ok;
        assert!(stage.findings.values().flatten().any(raised), "{code}");
    }
}
