//! Every row, with every overlay and every ending: ordered dates, or an honest unknown.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use common::{date, name, rules};
use namekeep_lifecycle::rules::{Found, Rulebook};
use namekeep_lifecycle::{EventKind, NameState, Offer, Projection, project, view};
use namekeep_model::Ending;
use namekeep_model::phase::PhaseKind;

/// Days before and after expiry at which each life is looked at.
const AT: [i32; 9] = [-400, -20, -1, 0, 1, 20, 50, 100, 400];

fn check(projection: &Projection<'_>, state: &NameState) {
    let label = || format!("{} at {:?} on {}", state.suffix, state.registrar, projection.at);
    let day = |kind: EventKind| projection.events.iter().find(|event| event.kind == kind);
    for event in &projection.events {
        let days = [event.earliest, event.typical, event.latest].into_iter().flatten();
        assert!(days.is_sorted(), "{} {event:?}", label());
        assert!(!event.source.is_empty() && event.earliest.is_some(), "{} {event:?}", label());
    }
    let keys = projection.events.iter().map(|event| event.typical.or(event.earliest));
    assert!(keys.is_sorted(), "{}", label());
    // The five instants of a lapse come one after the other, by each of the three bounds.
    let lapse = [
        EventKind::GraceEnd,
        EventKind::RedemptionStart,
        EventKind::RedemptionEnd,
        EventKind::Purge,
        EventKind::QuarantineEnd,
    ];
    for pair in lapse.iter().filter_map(|&kind| day(kind)).collect::<Vec<_>>().windows(2) {
        let [before, after] = pair else { unreachable!() };
        assert!(before.earliest <= after.earliest, "{} {before:?} {after:?}", label());
        assert!(after.typical.is_none() || before.typical <= after.typical, "{} {before:?} {after:?}", label());
        assert!(after.latest.is_none() || before.latest <= after.latest, "{} {before:?} {after:?}", label());
    }
    let (purge, rescue) = (day(EventKind::Purge).unwrap(), day(EventKind::LastSafeRescueDay).unwrap());
    assert!(rescue.earliest < purge.earliest, "{}", label());
    assert!(day(EventKind::DnsStop).is_some() && day(EventKind::Expiry).is_some(), "{}", label());
    let phase = &projection.phase;
    if phase.kind == PhaseKind::Unknown {
        assert!(projection.unknown.is_some() && !projection.asks.is_empty(), "{}", label());
    }
    if let (Some(since), Some(until)) = (phase.since, phase.until) {
        assert!(since.earliest <= until.earliest, "{}", label());
        assert!(since.due().is_none_or(|since| since <= projection.at), "{}", label());
        assert!(until.due().is_none_or(|until| projection.at < until), "{}", label());
    }
    assert_eq!(phase.kind == PhaseKind::Released, phase.until.is_none(), "{}", label());
    for act in &projection.acts {
        assert!(act.until.is_some(), "{}", label());
    }
}

/// The suffix a row is looked up by; the template by a gTLD that has no row.
fn suffix(row: &namekeep_lifecycle::rules::Row) -> String {
    row.a_label.clone().unwrap_or_else(|| "academy".to_owned())
}

#[test]
fn every_row_with_every_overlay_and_ending() {
    let rules = rules();
    let (mut walked, mut with_rule, mut unknown, mut dates) = (0_u32, 0_u32, 0_u32, 0_u32);
    let mut phases: BTreeMap<PhaseKind, u32> = BTreeMap::new();
    let mut offers: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for row in rules.tlds().rows() {
        let overlays = rules.overlays().all().iter().map(|overlay| Some(overlay.id.clone()));
        for registrar in std::iter::once(None).chain(overlays) {
            let mut state = name(&suffix(row), "2026-06-30");
            state.registrar = registrar;
            let before = project(&state, &rules, date("2026-06-01")).unwrap();
            for ending in Ending::ALL {
                walked += 1;
                let offer = match before.endings.get(ending) {
                    Offer::Offered => "offered",
                    Offer::Conditional { needs } => {
                        assert!(!needs.en.is_empty() && !needs.zh.is_empty());
                        "conditional"
                    }
                    Offer::NotOffered { why, fallback } => {
                        assert!(!why.en.is_empty() && !why.zh.is_empty());
                        assert!(before.endings.get(*fallback).is_open() && *fallback != ending, "{}", row.tld);
                        "not offered"
                    }
                };
                *offers.entry((ending.code(), offer)).or_default() += 1;
            }
            for days in AT {
                let at = common::day("2026-06-30").plus(days);
                let projection = project(&state, &rules, at).unwrap();
                *phases.entry(projection.phase.kind).or_default() += 1;
                if row.is_known() {
                    check(&projection, &state);
                    dates += u32::try_from(projection.events.len()).unwrap();
                } else {
                    unknown += 1;
                    assert_eq!(projection.phase.kind, PhaseKind::Unknown);
                    assert!(projection.unknown.is_some() && !projection.asks.is_empty() && projection.acts.is_empty());
                    let few = [EventKind::OrderDeadline, EventKind::Expiry];
                    assert!(projection.events.iter().all(|event| few.contains(&event.kind) && event.provisional));
                }
                serde_json::to_string(&view(&state.name, &state.suffix, &projection)).unwrap();
            }
            with_rule += u32::from(before.subject.overlay.is_some_and(|(_, rule)| rule.is_some()));
        }
    }
    println!(
        "rows x overlays x endings: {walked}; overlays with a rule: {with_rule}; unknown answers: {unknown}; dates: {dates}"
    );
    println!("phases: {phases:?}\nendings: {offers:?}");
    assert_eq!(walked, 236 * 18 * 5);
    assert_eq!(unknown, 37 * 18 * 9);
}

/// Suffixes that only an overlay names are looked up as well.
#[test]
fn every_suffix_an_overlay_names() {
    let rules = rules();
    let mut count = 0;
    for overlay in rules.overlays().all() {
        for suffix in overlay.rules.iter().flat_map(|rule| &rule.suffixes) {
            let mut state = name(suffix, "2026-06-30");
            state.registrar = Some(overlay.id.clone());
            let known = !matches!(rules.tlds().find(suffix), Found::Unknown { .. });
            for days in AT {
                let projection = project(&state, &rules, common::day("2026-06-30").plus(days)).unwrap();
                if known {
                    check(&projection, &state);
                    assert!(projection.subject.overlay.unwrap().1.is_some(), "{suffix}");
                }
            }
            count += 1;
        }
    }
    println!("suffixes named by overlays: {count}");
    assert!(count > 400);
}

#[test]
fn what_is_no_suffix_is_said_so() {
    let rules: Rulebook = rules();
    for suffix in ["", "zw", "test", "edu", "xn--wgbh1c", "..", "123"] {
        let state = name(suffix, "2026-06-30");
        let projection = project(&state, &rules, date("2026-06-01")).unwrap();
        assert_eq!(projection.phase.kind, PhaseKind::Unknown, "{suffix}");
        assert!(projection.unknown.is_some() && !projection.asks.is_empty());
    }
}
