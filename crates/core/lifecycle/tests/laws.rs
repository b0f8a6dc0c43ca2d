//! Laws of the projection, on names made by a generator that must reach every phase.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeMap;

use common::{Random, rules};
use namekeep_lifecycle::rules::{Day, May, Rulebook};
use namekeep_lifecycle::{Core, EventKind, ExpiryFact, Life, NameState, Standing, Subject, project};
use namekeep_model::Source;
use namekeep_model::phase::PhaseKind;
use namekeep_model::status::{EppStatus, RgpStatus, StatusSet};

const CASES: u32 = 40_000;

struct Case<'r> {
    state: NameState,
    life: Life,
    subject: Subject<'r>,
    on: Day,
}

fn fact(random: &mut Random, day: Day) -> ExpiryFact {
    let source = *random.pick(&[Source::Rdap, Source::Whois, Source::Registrar, Source::Billing]);
    ExpiryFact::new(day.date(), source, day.date())
}

fn case<'r>(random: &mut Random, rules: &'r Rulebook) -> Case<'r> {
    let known: Vec<_> = rules.tlds().rows().iter().filter(|row| row.is_known()).collect();
    let row = random.pick(&known);
    let suffix = row.a_label.clone().unwrap_or_else(|| "academy".to_owned());
    let overlay = random.pick(rules.overlays().all()).id.clone();
    let registrar = (random.below(3) > 0).then_some(overlay);
    let expiry = Day::from_civil(2025, 1, 1).plus(i32::try_from(random.below(700)).unwrap());
    let on = expiry.plus(i32::try_from(random.below(200)).unwrap() - 80);
    let mut statuses = StatusSet::EMPTY;
    let mut released = false;
    match random.below(12) {
        0 => statuses = statuses.with(EppStatus::PendingDelete).with_rgp(RgpStatus::RedemptionPeriod),
        1 => statuses = statuses.with(EppStatus::PendingDelete),
        2 => statuses = statuses.with(EppStatus::PendingDelete).with_rgp(RgpStatus::PendingRestore),
        3 => statuses = statuses.with(EppStatus::Ok),
        4 => statuses = statuses.with(EppStatus::ClientHold).with_rgp(RgpStatus::AutoRenewPeriod),
        5 => statuses = statuses.with(EppStatus::ServerHold),
        6 => released = random.below(4) == 0,
        _ => {}
    }
    let mut state =
        NameState { suffix, registrar, statuses, released, statuses_on: Some(on.date()), ..NameState::default() };
    let shown = if random.below(4) == 0 { expiry.plus_years(1) } else { expiry };
    match random.below(4) {
        0 => state.registry_expiry = Some(fact(random, shown)),
        1 => state.registrar_expiry = Some(fact(random, expiry)),
        2 => state.paid_until = Some(fact(random, expiry)),
        _ => {
            state.registry_expiry = Some(fact(random, expiry.plus_years(1)));
            state.registrar_expiry = Some(fact(random, expiry));
        }
    }
    let subject = Subject::find(rules, &state.suffix, state.registrar.as_deref()).unwrap();
    Case { life: subject.life.unwrap(), state, subject, on }
}

fn standing(case: &Case<'_>, rules: &Rulebook, at: Day) -> Option<Standing> {
    Core::of(&case.state, &case.life, rules.calendar(), at).map(|core| core.standing)
}

#[test]
fn going_on_in_two_steps_is_going_on_in_one() {
    let rules = rules();
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut reached: BTreeMap<PhaseKind, u32> = PhaseKind::ALL.into_iter().map(|phase| (phase, 0)).collect();
    for _ in 0..CASES {
        let case = case(&mut random, &rules);
        // From the day of the observation on: facts are the same, only time passes.
        let t1 = case.on.plus(i32::try_from(random.below(70)).unwrap());
        let t2 = t1.plus(i32::try_from(random.below(70)).unwrap());
        let Some(begun) = standing(&case, &rules, case.on) else { continue };
        let (once, twice) = (begun.advance(t2), begun.advance(t1).advance(t2));
        assert_eq!(once, twice, "{:?}", case.state);
        // Time never goes back.
        assert_eq!(twice.advance(t1), twice);
        let (first, second) = (begun.advance(t1), twice);
        assert!(first.stage().is_none_or(|first| second.stage().is_none_or(|second| first <= second)));
        assert!(first.stage().is_some() || second.stage().is_none());
        *reached.entry(second.phase(&case.life)).or_default() += 1;
    }
    println!("phases reached: {reached:?}");
    for (phase, count) in reached {
        assert!(count > 0, "{phase:?} was never reached");
    }
}

#[test]
fn projecting_later_is_projecting_from_the_state_reached() {
    let rules = rules();
    let mut random = Random(0xfeed_beef_1234_5671);
    let (mut same, mut moved) = (0_u32, 0_u32);
    for _ in 0..CASES {
        let case = case(&mut random, &rules);
        let t1 = case.on.plus(i32::try_from(random.below(70)).unwrap());
        let t2 = t1.plus(i32::try_from(random.below(70)).unwrap());
        let (Some(first), Some(second)) = (standing(&case, &rules, t1), standing(&case, &rules, t2)) else { continue };
        // The date that counts may itself depend on the day; where it does not, the fold decides.
        if first.expiry() == second.expiry() {
            assert_eq!(first.advance(t2), second, "{:?}", case.state);
            same += 1;
            moved += u32::from(first.stage() != second.stage());
        }
    }
    println!("cases: {same}, of which changed stage: {moved}");
    assert!(same > 20_000 && moved > 2_000);
}

#[test]
fn dates_are_ordered_and_lie_in_their_bounds() {
    let rules = rules();
    let mut random = Random(0x0dd_ba11_5eed_0001);
    for _ in 0..CASES {
        let case = case(&mut random, &rules);
        let at = case.on.plus(i32::try_from(random.below(120)).unwrap());
        let Some(core) = Core::of(&case.state, &case.life, rules.calendar(), at) else { continue };
        for (kind, days) in core.instants.iter() {
            let list = [Some(days.earliest), days.typical, days.latest].into_iter().flatten();
            assert!(list.is_sorted(), "{kind:?} {days:?} {:?}", case.state);
        }
        let ends = core.standing.ends();
        for pair in ends.windows(2) {
            let [a, b] = pair else { unreachable!() };
            assert!(a.earliest <= b.earliest, "{:?} {ends:?}", case.state);
            assert!(b.typical.is_none() || a.typical <= b.typical, "{:?} {ends:?}", case.state);
            assert!(b.latest.is_none() || a.latest <= b.latest, "{:?} {ends:?}", case.state);
        }
        // What may be done and the phase do not contradict each other.
        let phase = core.standing.phase(&case.life);
        if let Some(stage) = core.standing.stage().and_then(|at| case.life.stages().get(at)) {
            assert!(
                !phase.lost()
                    || !stage.rights.has(May::Renew)
                    || matches!(core.standing.seen(), namekeep_lifecycle::Seen::Outside(_))
            );
        }
        // An unseen name is before its purge as long as no bound of it has passed.
        if let Some(purge) = core.instants.get(EventKind::Purge)
            && at < purge.earliest
        {
            assert_ne!(phase, PhaseKind::Released, "{:?}", case.state);
        }
    }
}

#[test]
fn words_say_what_the_numbers_say() {
    let rules = rules();
    let mut random = Random(0xc0ff_ee00_5eed_0003);
    for _ in 0..4_000 {
        let case = case(&mut random, &rules);
        let at = case.on.plus(i32::try_from(random.below(120)).unwrap());
        let projection = project(&case.state, &rules, at).unwrap();
        let core = Core::of(&case.state, &case.life, rules.calendar(), at);
        assert_eq!(projection.core, core);
        let Some(core) = core else { continue };
        assert_eq!(projection.events.len(), core.instants.iter().count());
        for event in &projection.events {
            let days = core.instants.get(event.kind).unwrap();
            assert_eq!((event.earliest, event.typical, event.latest), (Some(days.earliest), days.typical, days.latest));
        }
        assert!(case.subject.found.row().is_some());
    }
}
