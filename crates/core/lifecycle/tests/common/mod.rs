//! Helpers of the tests.
#![allow(dead_code, reason = "each test file uses some of them")]
#![expect(clippy::unwrap_used, reason = "tests")]

use namekeep_lifecycle::rules::{Day, Rulebook};
use namekeep_lifecycle::{DatesView, EventKind, ExpiryFact, NameState, Projection, project, view};
use namekeep_model::{Date, Source};

pub(crate) fn rules() -> Rulebook {
    Rulebook::embedded().unwrap()
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> Day {
    date(text).into()
}

/// A name of a suffix, with the date of its account.
pub(crate) fn name(suffix: &str, expires: &str) -> NameState {
    let fact = ExpiryFact::new(date(expires), Source::Registrar, date(expires));
    NameState {
        name: format!("hyexample.{suffix}"),
        suffix: suffix.to_owned(),
        registrar_expiry: Some(fact),
        ..NameState::default()
    }
}

pub(crate) fn at(mut state: NameState, registrar: &str) -> NameState {
    state.registrar = Some(registrar.to_owned());
    state
}

pub(crate) fn with(mut state: NameState, statuses: &[&str]) -> NameState {
    statuses.iter().for_each(|text| state.statuses.add_text(text).unwrap());
    state
}

pub(crate) fn seen(state: &NameState, rules: &Rulebook, on: &str) -> DatesView {
    let projection = project(state, rules, date(on)).unwrap();
    view(&state.name, &state.suffix, &projection)
}

/// Earliest, typical and latest of an event, `-` where absent.
pub(crate) fn event(projection: &Projection<'_>, kind: EventKind) -> String {
    let Some(event) = projection.events.iter().find(|event| event.kind == kind) else { return "none".to_owned() };
    let text = |day: Option<Day>| day.map_or("-".to_owned(), |day| day.to_string());
    format!("{} {} {}", text(event.earliest), text(event.typical), text(event.latest))
}

/// A small generator: tests need no better randomness than this, and always the same.
pub(crate) struct Random(pub u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }
}
