//! Reading gates: what each predicate says of a run at an instant, with the facts of that instant.
//!
//! Two readings: [`Run::before`] for what must hold before a step acts, [`Run::gate`] for what must
//! hold for it to pass. [`Run::standing`] reads the gates of everything that led to a step again.

use std::collections::BTreeSet;

use namekeep_model::{FactKey, Facts, FindingCode, Level, Source, StepNo, Timestamp, Words};

use crate::calendar::Calendar;
use crate::case::Charge;
use crate::event::Rested;
use crate::gate::{Atom, Blocker, Mark, Mover, Test, Until, Verdict, Why};
use crate::nonempty::NonEmpty;
use crate::plan::{Item, PlannedStep, Work};
use crate::masks::bits;
use crate::run::Run;
use crate::state::ItemState;
use crate::when::{Anchor, Span, Unit};

/// Everything a predicate is read with.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) now: Timestamp,
    pub(crate) facts: &'a Facts,
    pub(crate) calendar: &'a Calendar<'a>,
}

impl Run {
    /// What a step's gate says now: its own predicates, all of them.
    pub fn gate(&self, no: StepNo, now: Timestamp, facts: &Facts, calendar: &Calendar<'_>) -> Verdict {
        let scene = Scene { now, facts, calendar };
        let mut blockers = Vec::new();
        if let Some(index) = self.index(no) {
            self.read_gate(index, scene, &mut blockers);
        }
        verdict(blockers)
    }

    /// What stands before a step's acts now: its own `before`, everything that led to it read
    /// again, and what holds the whole run.
    pub fn before(&self, no: StepNo, now: Timestamp, facts: &Facts, calendar: &Calendar<'_>) -> Verdict {
        let scene = Scene { now, facts, calendar };
        let mut blockers = Vec::new();
        if let Some(index) = self.index(no) {
            self.read_guards(scene, &mut blockers);
            if let Some(step) = self.plan.steps.get(index) {
                self.read_all(index, &step.before, false, scene, &mut blockers);
            }
            self.standing(index, scene, &mut blockers);
        }
        verdict(blockers)
    }

    pub(crate) fn read_gate(&self, index: usize, scene: Scene<'_>, out: &mut Vec<Blocker>) {
        let Some(step) = self.plan.steps.get(index) else { return };
        self.read_all(index, &step.gate, false, scene, out);
        for item in &step.work {
            if let Work::Look(keys) = &item.work {
                let unread = keys.iter().filter(|key| scene.facts.good(**key).is_none());
                out.extend(unread.map(|key| self.unread(step.no, *key, scene)));
            }
        }
    }

    /// What holds the run whatever it does.
    pub(crate) fn read_guards(&self, scene: Scene<'_>, out: &mut Vec<Blocker>) {
        let first = self.plan.steps.first().map_or(StepNo(0), |step| step.no);
        for atom in &self.plan.hold_on {
            if let Some(why) = self.read(0, atom, scene) {
                out.push(Blocker { step: first, mover: self.mover(0, &why, scene), since: since(&why, scene), why });
            }
        }
    }

    /// The gates of every step that leads to this one, read again.
    pub(crate) fn standing(&self, index: usize, scene: Scene<'_>, out: &mut Vec<Blocker>) {
        for earlier in bits(self.closure.get(index).copied().unwrap_or(0)) {
            self.stands(earlier, scene, out);
        }
    }

    /// The gate of one passed step, read again.
    pub(crate) fn stands(&self, index: usize, scene: Scene<'_>, out: &mut Vec<Blocker>) {
        let Some(step) = self.plan.steps.get(index) else { return };
        if !step.applies() {
            return;
        }
        if !self.satisfied(index) {
            out.push(Blocker { step: step.no, why: Why::Needs(step.no), since: None, mover: self.owner_of(index) });
            return;
        }
        self.read_all(index, &step.gate, true, scene, out);
    }

    pub(crate) fn read_all(&self, index: usize, atoms: &[Atom], again: bool, scene: Scene<'_>, out: &mut Vec<Blocker>) {
        let Some(step) = self.plan.steps.get(index) else { return };
        for atom in atoms.iter().filter(|atom| (!again || atom.reread()) && self.in_season(atom, scene)) {
            if let Some(why) = self.read(index, atom, scene) {
                out.push(Blocker { step: step.no, mover: self.mover(index, &why, scene), since: since(&why, scene), why });
            }
        }
    }

    /// Tells whether a predicate is read at this time at all.
    fn in_season(&self, atom: &Atom, scene: Scene<'_>) -> bool {
        let today = scene.calendar.day(scene.now);
        let begun = atom.from.is_none_or(|from| today >= from);
        let over = match atom.until {
            None => false,
            Some(Until::Day(last)) => today > last,
            Some(Until::Step(no)) => self.step(no).is_some_and(|state| {
                state.passed.is_some() || state.items.iter().any(|item| item.attempts > 0)
            }),
        };
        begun && !over
    }

    /// Why one predicate does not hold, if it does not.
    fn read(&self, index: usize, atom: &Atom, scene: Scene<'_>) -> Option<Why> {
        let Scene { now, facts, calendar } = scene;
        match &atom.test {
            Test::Absent { code, rounds, fresh } => {
                let Some(state) = facts.findings.get(code).filter(|state| is_fresh(state.at, *fresh, now)) else {
                    return Some(Why::FindingUnread(*code));
                };
                let clean = state.level == Level::Ok && state.clean_rounds >= *rounds;
                match state.level {
                    _ if clean => None,
                    Level::NotChecked => Some(Why::FindingUnread(*code)),
                    level => Some(Why::Finding { code: *code, level, rounds: state.clean_rounds, wanted: *rounds }),
                }
            }
            Test::Receipt { kind, fresh, within } => {
                let receipt = self.receipts.get(kind).filter(|r| fresh.is_none_or(|fresh| is_fresh(r.at, fresh, now)));
                let Some(receipt) = receipt else { return Some(Why::ReceiptMissing(*kind)) };
                let outside = within.iter().find(|(field, bound)| {
                    !receipt.fields.get(*field).is_some_and(|value| bound.holds(value))
                });
                outside.map(|(field, bound)| Why::ReceiptField {
                    kind: *kind,
                    field: field.clone(),
                    found: receipt.fields.get(field).cloned(),
                    bound: bound.clone(),
                })
            }
            Test::Fact { key, bound, fresh } => {
                let Some(good) = facts.good(*key).filter(|good| is_fresh(good.at, *fresh, now)) else {
                    return Some(Why::FactUnread { key: *key, failed: failure(facts, *key) });
                };
                let holds = bound.holds(&good.value);
                (!holds).then(|| Why::Fact { key: *key, found: good.value.clone(), bound: bound.clone() })
            }
            Test::Approvals(want) => {
                // A decision signed in time stays signed; only an act must fall before the last instant.
                if self.stays_signed(index, Some(now)) {
                    return None;
                }
                if self.stays_signed(index, None) {
                    return Some(Why::Cooling);
                }
                let have = u8::try_from(self.valid(index, now).count()).unwrap_or(u8::MAX);
                Some(Why::Signatures { have, want: *want })
            }
            Test::Elapsed { since, at_least } => match self.mark(index, since, scene) {
                None => Some(Why::NotBegun(since.clone())),
                Some(from) => (ends(from, *at_least, scene) > now).then_some(Why::TooEarly(*at_least)),
            },
            Test::OutsideFreeze => calendar.freeze(calendar.day(now)).cloned().map(Why::Frozen),
            Test::Staffed => (!calendar.staffed(now)).then_some(Why::NotStaffed),
            Test::Sourced => self.unsourced().map(Why::Unsourced),
        }
    }

    /// The instant an elapsed time is counted from, once it has come.
    pub(crate) fn mark(&self, index: usize, mark: &Mark, scene: Scene<'_>) -> Option<Timestamp> {
        match mark {
            Mark::Passed(no) => self.step(*no)?.passed,
            Mark::Receipt(kind) => self.receipts.get(kind).map(|receipt| receipt.at),
            Mark::Done(name) => {
                let (planned, state) = (self.plan.steps.get(index)?, self.steps.get(index)?);
                let item = planned.work.iter().position(|item| item.id.item == *name)?;
                match state.items.get(item)?.state {
                    ItemState::Done { at } => Some(at),
                    _ => None,
                }
            }
            Mark::Day(anchor) => self.happened(*anchor).or_else(|| {
                let day = crate::schedule::anchor_day(&self.plan.dates, self.plan.paid_end, *anchor)?;
                Some(scene.calendar.at(day, 0))
            }),
            Mark::Round => self.round_begins(index, scene),
        }
    }

    /// When the present round of a step begins, for steps armed again at each transition.
    pub(crate) fn round_begins(&self, index: usize, scene: Scene<'_>) -> Option<Timestamp> {
        let (planned, state) = (self.plan.steps.get(index)?, self.steps.get(index)?);
        let (anchor, day) = planned.rounds.get(usize::from(state.rounds))?;
        match anchor {
            Anchor::Act => self.happened(Anchor::Act),
            _ => Some(scene.calendar.at((*day)?, 0)),
        }
    }

    /// A date of the plan without a source a plan may rest on.
    fn unsourced(&self) -> Option<Anchor> {
        let dates = &self.plan.dates;
        let weak = |source: Source| matches!(source, Source::Whois);
        if weak(dates.expiry.source) {
            return Some(Anchor::Expiry);
        }
        if matches!(&dates.charge, Charge::Known(day) if weak(day.source)) {
            return Some(Anchor::Charge);
        }
        None
    }

    pub(crate) fn unread(&self, step: StepNo, key: FactKey, scene: Scene<'_>) -> Blocker {
        let why = Why::FactUnread { key, failed: failure(scene.facts, key) };
        Blocker { step, since: since(&why, scene), mover: self.owner_of(0), why }
    }

    pub(crate) fn owner_of(&self, index: usize) -> Mover {
        let planned = self.plan.steps.get(index);
        let item = planned.and_then(|step| step.work.iter().find(|item| item.work.task().is_some()));
        Mover::Person(item.map_or(&self.plan.people.owner, |item| &item.assignee).clone())
    }

    fn mover(&self, index: usize, why: &Why, scene: Scene<'_>) -> Mover {
        match why {
            Why::NotStaffed | Why::Frozen(_) => Mover::Time(scene.calendar.next_staffed(scene.now)),
            Why::TooEarly(_) | Why::Cooling => {
                self.gate_opens(index, scene).map_or_else(|| self.owner_of(index), Mover::Time)
            }
            Why::Signatures { .. } => self.next_signer(index, scene.now).map_or(Mover::Outside, Mover::Person),
            _ => self.owner_of(index),
        }
    }

    /// When the last of a step's elapsed times is over, as far as their marks have come.
    pub(crate) fn gate_opens(&self, index: usize, scene: Scene<'_>) -> Option<Timestamp> {
        let step = self.plan.steps.get(index)?;
        let before = step.work.iter().flat_map(|item| &item.before);
        let atoms = step.gate.iter().chain(&step.before).chain(before);
        let waits = atoms.filter_map(|atom| match &atom.test {
            Test::Elapsed { since, at_least } => Some(ends(self.mark(index, since, scene)?, *at_least, scene)),
            _ => None,
        });
        let cooling = step.consent.as_ref().filter(|consent| consent.cooling).and_then(|_| {
            self.valid(index, scene.now).map(|given| crate::run::COOLING.after(given.at)).max()
        });
        waits.chain(cooling).filter(|at| *at > scene.now).min()
    }

    /// What a gate rests on now, for the record that it passed.
    pub(crate) fn rested(&self, step: &PlannedStep, facts: &Facts) -> Vec<Rested> {
        let keys: BTreeSet<FactKey> = keys(&step.gate).chain(keys(&step.before)).chain(looked(&step.work)).collect();
        let of = |key: FactKey| {
            let good = facts.good(key)?;
            Some(Rested { key, value: good.value.clone(), source: good.source, at: good.at })
        };
        keys.into_iter().filter_map(of).collect()
    }
}

/// The facts some predicates read.
pub(crate) fn keys(atoms: &[Atom]) -> impl Iterator<Item = FactKey> {
    atoms.iter().filter_map(|atom| match atom.test {
        Test::Fact { key, .. } => Some(key),
        _ => None,
    })
}

/// The check-points some predicates read.
pub(crate) fn codes(atoms: &[Atom]) -> impl Iterator<Item = FindingCode> {
    atoms.iter().filter_map(|atom| match atom.test {
        Test::Absent { code, .. } => Some(code),
        _ => None,
    })
}

/// The facts some work looks at.
pub(crate) fn looked(work: &[Item]) -> impl Iterator<Item = FactKey> {
    work.iter().flat_map(|item| match &item.work {
        Work::Look(keys) => keys.as_slice(),
        _ => &[],
    }.iter().copied())
}

fn ends(from: Timestamp, span: Span, scene: Scene<'_>) -> Timestamp {
    match span.unit {
        Unit::Hours => span.after(from),
        _ => {
            let day = scene.calendar.latest(scene.calendar.day(from), span);
            if span.count == 0 { from } else { scene.calendar.at(day, 0).max(from) }
        }
    }
}

fn is_fresh(at: Timestamp, fresh: Span, now: Timestamp) -> bool {
    // A reading from the future comes of a clock that jumped: it says nothing about now.
    at <= now && fresh.after(at) >= now
}

fn failure(facts: &Facts, key: FactKey) -> Option<Words> {
    facts.by_key.get(&key).and_then(|fact| fact.failed()).map(|failed| failed.why.clone())
}

fn since(why: &Why, scene: Scene<'_>) -> Option<Timestamp> {
    match why {
        Why::Fact { key, .. } => scene.facts.good(*key).map(|good| good.at),
        Why::FactUnread { key, .. } => scene.facts.by_key.get(key).and_then(|f| f.failed()).map(|failed| failed.at),
        Why::Finding { code, .. } => scene.facts.findings.get(code).map(|state| state.at),
        _ => None,
    }
}

pub(crate) fn verdict(blockers: Vec<Blocker>) -> Verdict {
    let unread = blockers.iter().all(|blocker| blocker.why.not_checked());
    match NonEmpty::new(blockers) {
        None => Verdict::Open,
        Some(list) if unread => Verdict::NotChecked(list),
        Some(list) => Verdict::Shut(list),
    }
}
