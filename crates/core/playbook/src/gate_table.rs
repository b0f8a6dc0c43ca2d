//! One test turns every predicate of every gate red, one turns it green: a loop over the book.
//!
//! For each predicate a state is built in which the whole list holds; then exactly this predicate is
//! violated, in every way its kind has, and the verdict must name it and nothing else. What nobody
//! could look at is *not checked* and blocks as well.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::date;
use namekeep_model::fact::{Missing, Said, Sighting, ValueType};
use namekeep_model::finding::FindingState;
use namekeep_model::{
    Confidence, FactValue, Facts, Level, Observation, Receipt, ReceiptKind, Source, StepNo, Timestamp, Words,
};

use crate::case::Condition;
use crate::gate::{Atom, Blocker, Bound, Mark, Test, Verdict, Why};
use crate::judge::{Scene, verdict};
use crate::plan::Plan;
use crate::run::Run;
use crate::state::{Given, ItemState};

#[path = "../tests/suite/case.rs"]
#[expect(dead_code, reason = "shared with the integration tests")]
mod case;

/// Which list of a step is read.
#[derive(Clone, Copy, Debug, PartialEq)]
enum List {
    Gate,
    Before,
    Item(usize),
}

struct Bench {
    run: Run,
    facts: Facts,
    now: Timestamp,
    index: usize,
    list: List,
}

impl Bench {
    fn atoms(&self) -> Vec<Atom> {
        let step = &self.run.plan.steps[self.index];
        match self.list {
            List::Gate => step.gate.clone(),
            List::Before => step.before.clone(),
            List::Item(place) => step.work[place].before.clone(),
        }
    }

    fn read(&self) -> Verdict {
        let calendar = case::calendar();
        let scene = Scene { now: self.now, facts: &self.facts, calendar: &calendar };
        let mut blockers: Vec<Blocker> = Vec::new();
        self.run.read_all(self.index, &self.atoms(), false, scene, &mut blockers);
        verdict(blockers)
    }

    fn seen(&mut self, key: namekeep_model::FactKey, value: FactValue, at: Timestamp) {
        self.facts.by_key.remove(&key);
        let sighting = Sighting { value, source: Source::Registrar, at, confidence: Confidence::High };
        self.facts.take(Observation { key, said: Said::Seen(sighting) });
    }

    fn satisfy(&mut self, atom: &Atom) {
        let ago = |hours: i64| self.now.checked_sub(SignedDuration::from_hours(hours)).unwrap();
        match &atom.test {
            Test::Absent { code, rounds, .. } => {
                let before = self.facts.findings.get(code).map_or(0, |state| state.clean_rounds);
                let state = FindingState { level: Level::Ok, at: self.now, clean_rounds: before.max(*rounds) };
                self.facts.findings.insert(*code, state);
            }
            Test::Receipt { kind, within, .. } => {
                let receipt = self.run.receipts.entry(*kind).or_insert_with(|| empty(*kind, self.now));
                let types: BTreeMap<_, _> = kind.fields().iter().map(|f| (f.name, f.clean.value_type())).collect();
                for (name, bound) in within {
                    receipt.fields.insert(name.clone(), inside(bound, types[name.as_str()]));
                }
            }
            Test::Fact { key, bound, .. } => self.seen(*key, inside(bound, key.value_type()), self.now),
            Test::Approvals(_) => {
                for (seq, who) in [(1, "legal-1"), (2, "sec-1")] {
                    let no = self.run.plan.steps[self.index].no;
                    let statement = self.run.statement(no, &case::who(who), who).unwrap();
                    self.run.approvals.push(Given { statement, at: ago(30), seq });
                }
            }
            Test::Elapsed { since, .. } => self.set_mark(since, Some(ago(24 * 800))),
            Test::OutsideFreeze | Test::Staffed | Test::Sourced => {}
        }
    }

    fn set_mark(&mut self, mark: &Mark, at: Option<Timestamp>) {
        match mark {
            Mark::Passed(no) => self.pass(*no, at),
            Mark::Receipt(kind) => {
                self.run.receipts.remove(kind);
                if let Some(at) = at {
                    self.run.receipts.insert(*kind, empty(*kind, at));
                }
            }
            Mark::Done(name) => {
                let place = self.run.plan.steps[self.index].work.iter().position(|item| item.id.item == *name).unwrap();
                self.run.steps[self.index].items[place].state = at.map_or(ItemState::Todo, |at| ItemState::Done { at });
            }
            Mark::Round => self.pass(self.run.plan.act_step, at),
            Mark::Day(crate::when::Anchor::Act) => self.pass(self.run.plan.act_step, at),
            // A day of the plan is moved by moving the clock.
            Mark::Day(_) => {}
        }
    }

    fn pass(&mut self, no: StepNo, at: Option<Timestamp>) {
        let index = self.run.index(no).unwrap();
        self.run.steps[index].passed = at;
    }
}

fn empty(kind: ReceiptKind, at: Timestamp) -> Receipt {
    Receipt { kind, at, by: None, fields: BTreeMap::new(), files: Vec::new() }
}

fn any(value_type: ValueType) -> FactValue {
    match value_type {
        ValueType::Bool => FactValue::Bool(true),
        ValueType::Int => FactValue::Int(5),
        ValueType::Text => FactValue::Text("word".into()),
        ValueType::Date => FactValue::Date(date(2026, 1, 1)),
        ValueType::Instant => FactValue::Instant(Timestamp::UNIX_EPOCH),
        ValueType::Money => FactValue::Money(case::cny(1)),
    }
}

fn inside(bound: &Bound, value_type: ValueType) -> FactValue {
    match bound {
        Bound::Known => any(value_type),
        Bound::Is(value) | Bound::AtMost(value) | Bound::AtLeast(value) => value.clone(),
        Bound::IsNot(value) => beside(value, 1),
        Bound::Undated(_) => panic!("the case knows every day"),
    }
}

/// A value on one side of another.
fn beside(value: &FactValue, by: i64) -> FactValue {
    match value {
        FactValue::Bool(yes) => FactValue::Bool(!yes),
        FactValue::Int(n) => FactValue::Int(n + by),
        FactValue::Text(text) => FactValue::Text(format!("{text}-other")),
        FactValue::Date(day) => FactValue::Date(case::days_after(*day, by)),
        FactValue::Instant(at) => FactValue::Instant(at.checked_add(SignedDuration::from_secs(by)).unwrap()),
        FactValue::Money(money) => {
            let more = namekeep_model::Money { amount: money.amount + rust_decimal::Decimal::from(by), ..*money };
            FactValue::Money(more)
        }
    }
}

fn outside(bound: &Bound) -> Option<FactValue> {
    match bound {
        Bound::Known | Bound::Undated(_) => None,
        Bound::Is(value) | Bound::AtMost(value) => Some(beside(value, 1)),
        Bound::AtLeast(value) => Some(beside(value, -1)),
        Bound::IsNot(value) => Some(value.clone()),
    }
}

/// Working mornings outside every freeze: before the act, in grace, after the purge, years later.
fn mornings() -> [Timestamp; 5] {
    let days = [date(2026, 8, 4), date(2026, 10, 19), date(2026, 11, 25), date(2028, 12, 14), date(2029, 3, 15)];
    days.map(|day| case::calendar().at(day, 10))
}

/// The list whole and holding, at a time when this predicate is read.
fn green(plan: &Plan, index: usize, list: List, place: usize) -> Bench {
    for now in mornings() {
        let mut run = Run::start(plan.clone());
        run.started = Some(plan.made);
        let mut bench = Bench { run, facts: Facts::default(), now, index, list };
        let atoms = bench.atoms();
        atoms.iter().for_each(|atom| bench.satisfy(atom));
        let atom = &atoms[place];
        let today = case::calendar().day(now);
        let season = atom.from.is_none_or(|from| today >= from);
        if season && bench.read().is_open() {
            return bench;
        }
    }
    panic!("step {} {list:?} {place}: no state makes it green", plan.steps[index].no);
}

/// Every way in which one predicate can fail, and whether that is a thing seen or a thing unseen.
fn violations(bench: &Bench, atom: &Atom) -> Vec<(Bench, bool)> {
    let copy = || Bench { run: bench.run.clone(), facts: bench.facts.clone(), ..*bench };
    let stale = |fresh: crate::when::Span| bench.now.checked_sub(fresh.duration() + SignedDuration::from_secs(1)).unwrap();
    let mut out = Vec::new();
    match &atom.test {
        Test::Absent { code, rounds, fresh } => {
            let state = |level, at, clean_rounds| Some(FindingState { level, at, clean_rounds });
            let mut states = vec![
                (state(Level::Warning, bench.now, 0), true),
                (state(Level::NotChecked, bench.now, 0), false),
                (state(Level::Ok, stale(*fresh), *rounds), false),
                (None, false),
            ];
            if *rounds > 1 {
                // Clean so far and not often enough yet: nobody has seen it fail.
                states.push((state(Level::Ok, bench.now, rounds - 1), false));
            }
            for (state, seen) in states {
                let mut bad = copy();
                bad.facts.findings.remove(code);
                state.and_then(|state| bad.facts.findings.insert(*code, state));
                out.push((bad, seen));
            }
        }
        Test::Receipt { kind, within, .. } => {
            for (name, bound) in within {
                let mut missing = copy();
                missing.run.receipts.get_mut(kind).unwrap().fields.remove(name);
                out.push((missing, false));
                if let Some(value) = outside(bound) {
                    let mut bad = copy();
                    bad.run.receipts.get_mut(kind).unwrap().fields.insert(name.clone(), value);
                    out.push((bad, true));
                }
            }
            let mut none = copy();
            none.run.receipts.remove(kind);
            out.push((none, false));
        }
        Test::Fact { key, bound, fresh } => {
            if let Some(value) = outside(bound) {
                let mut bad = copy();
                bad.seen(*key, value, bench.now);
                out.push((bad, true));
            }
            let mut old = copy();
            old.seen(*key, inside(bound, key.value_type()), stale(*fresh));
            out.push((old, false));
            let mut unread = copy();
            unread.facts.by_key.remove(key);
            let failed = Said::Failed(Missing { why: Words::quoted("timed out"), at: bench.now });
            unread.facts.take(Observation { key: *key, said: failed });
            out.push((unread, false));
        }
        Test::Approvals(_) => {
            let mut unsigned = copy();
            unsigned.run.approvals.clear();
            out.push((unsigned, true));
            let mut half = copy();
            half.run.approvals.truncate(1);
            out.push((half, true));
            let cools = bench.run.plan.steps[bench.index].consent.as_ref().is_some_and(|consent| consent.cooling);
            if cools {
                let mut warm = copy();
                warm.run.approvals.iter_mut().for_each(|given| given.at = bench.now);
                out.push((warm, true));
            }
        }
        Test::Elapsed { since: Mark::Day(anchor), .. } if *anchor != crate::when::Anchor::Act => {
            let mut early = copy();
            early.now = mornings()[0];
            out.push((early, true));
        }
        Test::Elapsed { since, .. } => {
            for at in [Some(bench.now), None] {
                let mut bad = copy();
                bad.set_mark(since, at);
                out.push((bad, true));
            }
        }
        Test::OutsideFreeze => out.push((Bench { now: case::calendar().at(date(2026, 6, 2), 10), ..copy() }, true)),
        Test::Staffed => {
            for (day, hour) in [(date(2026, 8, 4), 22), (date(2026, 8, 2), 10)] {
                out.push((Bench { now: case::calendar().at(day, hour), ..copy() }, true));
            }
        }
        Test::Sourced => {
            let mut whois = copy();
            let mut plan = (*whois.run.plan).clone();
            plan.dates.expiry.source = Source::Whois;
            whois.run.plan = plan.into();
            out.push((whois, true));
        }
    }
    out
}

fn names(why: &Why, test: &Test) -> bool {
    match (why, test) {
        (Why::Finding { code, .. } | Why::FindingUnread(code), Test::Absent { code: wanted, .. }) => code == wanted,
        (Why::Fact { key, .. } | Why::FactUnread { key, .. }, Test::Fact { key: wanted, .. }) => key == wanted,
        (Why::ReceiptMissing(kind) | Why::ReceiptField { kind, .. }, Test::Receipt { kind: wanted, .. }) => kind == wanted,
        // A receipt that is gone is missing for every predicate that reads it.
        (Why::ReceiptMissing(kind) | Why::NotBegun(Mark::Receipt(kind)), Test::Elapsed { since: Mark::Receipt(wanted), .. }) => {
            kind == wanted
        }
        (Why::NotBegun(Mark::Receipt(kind)), Test::Receipt { kind: wanted, .. }) => kind == wanted,
        (Why::Signatures { .. } | Why::Cooling, Test::Approvals(_)) => true,
        (Why::TooEarly(_) | Why::NotBegun(_), Test::Elapsed { .. }) => true,
        (Why::Frozen(_), Test::OutsideFreeze) | (Why::NotStaffed, Test::Staffed) | (Why::Unsourced(_), Test::Sourced) => true,
        _ => false,
    }
}

#[test]
fn every_predicate_of_every_gate_turns_red_and_green() {
    let mut counts: BTreeMap<(String, u8), (usize, usize)> = BTreeMap::new();
    let mut kinds = BTreeSet::new();
    for way in case::every_way() {
        for variant in [&[][..], &[Condition::Light], &[Condition::CancelInWriting, Condition::DeleteByTicket, Condition::ChargeUnknown]] {
            let mut case = case::case(way);
            if variant.contains(&Condition::Light) {
                case.conditions.clear();
            }
            case.conditions.extend(variant);
            let plan = case::plan_of(&case);
            for (index, step) in plan.steps.iter().enumerate().filter(|(_, step)| step.applies()) {
                let items = (0..step.work.len()).map(List::Item);
                for list in [List::Gate, List::Before].into_iter().chain(items) {
                    let atoms = match list {
                        List::Gate => &step.gate,
                        List::Before => &step.before,
                        List::Item(place) => &step.work[place].before,
                    };
                    for (place, atom) in atoms.iter().enumerate() {
                        let bench = green(&plan, index, list, place);
                        let count = counts.entry((plan.book.id.clone(), step.no.0)).or_default();
                        count.0 += 1;
                        kinds.insert(format!("{:?}", atom.test).split([' ', '(']).next().unwrap().to_owned());
                        for (bad, seen) in violations(&bench, atom) {
                            let verdict = bad.read();
                            match &verdict {
                                Verdict::Open => panic!("step {} {list:?} {:?} stays open", step.no, atom.test),
                                Verdict::Shut(_) => assert!(seen, "step {}: {:?} is unseen", step.no, atom.test),
                                Verdict::NotChecked(_) => assert!(!seen, "step {}: {:?} is seen", step.no, atom.test),
                            }
                            for blocker in verdict.blockers() {
                                let own = names(&blocker.why, &atom.test) || bad.now != bench.now;
                                assert!(own, "step {}: {:?} blamed on {:?}", step.no, atom.test, blocker.why);
                                assert_eq!(blocker.step, step.no);
                                assert!(!blocker.words().zh.is_empty() && !blocker.words().en.contains('!'));
                            }
                            count.1 += 1;
                        }
                    }
                }
            }
        }
    }
    let (green, red) = counts.values().fold((0, 0), |(green, red), count| (green + count.0, red + count.1));
    println!("{green} predicates green, {red} ways red, kinds {kinds:?}");
    assert_eq!(counts.len(), 23 + 4, "every step of both books has a predicate: {counts:?}");
    assert_eq!(kinds.len(), 8, "every kind of predicate is used: {kinds:?}");
    assert!(counts.values().all(|(green, red)| *green > 0 && red >= green));
}
