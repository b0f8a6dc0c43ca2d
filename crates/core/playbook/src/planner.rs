//! Making a plan: a checked book and a case become concrete days, people, operations and gates.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use namekeep_model::action::Act;
use namekeep_model::fact::ValueType;
use namekeep_model::{
    Action, ActionId, Date, Department, Ending, FactValue, Op, Quorum, Risk, RunKind, StepNo, Words, words,
};
use toml::Spanned;

use crate::calendar::Calendar;
use crate::case::{Case, Condition, Offer};
use crate::error::PlanError;
use crate::gate::{Atom, Bound, Mark, Test, Until};
use crate::load::Book;
use crate::plan::{BookRef, Consent, Item, Plan, Planned, PlannedStep, SCHEMA, Undo, Work};
use crate::schedule::{Schedule, anchor_day};
use crate::spec::{AtomSpec, BoundSpec, ConsentSpec, OpWord, Operand, RiskWord, StepSpec, UndoSpec, WorkSpec};
use crate::when::{Anchor, Offset};

/// How long a signature counts past its step's due, where the playbook sets no day.
///
/// No reference: the house's default (decision 14); for the act itself the due is the limit.
const SIGN_AFTER: i64 = 7;

/// Makes the plan of a case. The same book, case and calendar make the same plan.
///
/// # Errors
/// Refuses an ending that is not offered or stands on unknown dates, naming the fall-back; too few
/// approvers; a transfer without a receiver.
pub fn plan(book: &Book, case: &Case, calendar: &Calendar<'_>) -> Result<Plan, PlanError> {
    admit(book, case)?;
    let years = i64::from(case.params.years);
    let keeps_paying = case.ending.is_none_or(Ending::keeps) && (case.ending.is_none() || case.conditions.contains(&Condition::PayYears));
    let expiry = case.dates.expiry.typical;
    let paid_end = if keeps_paying { expiry.checked_add(years.years()).unwrap_or(expiry) } else { expiry };
    let maker = Maker { book, case, calendar, schedule: Schedule::new(&book.spec, case, calendar, paid_end) };
    Ok(maker.make())
}

/// Tells why no plan can be made, if none can.
fn admit(book: &Book, case: &Case) -> Result<(), PlanError> {
    if book.kind() != case.run.kind {
        return Err(PlanError::WrongBook);
    }
    if case.ending.is_some() != (book.kind() == RunKind::Retire) {
        return Err(PlanError::Ending);
    }
    if !(1..=10).contains(&case.params.years) {
        return Err(PlanError::Years(case.params.years));
    }
    let mut seen = BTreeSet::new();
    for signer in case.people.signers() {
        if signer.key.len() != 64 || !signer.key.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(PlanError::Key(signer.person.id.clone()));
        }
        if !seen.insert(signer.person.id.as_str().to_owned()) || !seen.insert(signer.key.to_ascii_lowercase()) {
            return Err(PlanError::Twice(signer.person.id.clone()));
        }
    }
    let Some(ending) = case.ending else { return Ok(()) };
    let approvers = case.people.approvers.iter().map(|approver| &approver.person);
    if !Quorum::TWO_OF_TWO.met_by(approvers, &case.people.requester) {
        return Err(PlanError::Approvers);
    }
    let dates = &case.dates;
    // Unknown blocks like no: a release stands on these days.
    let needed: &[(Anchor, bool)] = &[
        (Anchor::GraceEnd, ending == Ending::Lapse && dates.grace_end.is_none()),
        (Anchor::Rescue, ending == Ending::Lapse && dates.rescue.is_none()),
        (Anchor::Purge, ending.releases() && dates.purge.is_none()),
    ];
    match case.offers.get(&ending) {
        Some(Offer::No(why)) => {
            return Err(PlanError::NotOffered { ending, why: why.clone(), fallback: fallback(case, ending) });
        }
        None if !ending.keeps() => {
            let why = words!(en: "nobody has said that it is offered", zh: "尚无人确认可提供");
            return Err(PlanError::NotOffered { ending, why, fallback: fallback(case, ending) });
        }
        _ => {}
    }
    if let Some((missing, _)) = needed.iter().find(|(_, missing)| *missing) {
        return Err(PlanError::DateUnknown { ending, missing: *missing, fallback: Ending::HoldDark });
    }
    if ending == Ending::Transfer && case.params.receiver.is_none() {
        return Err(PlanError::NoReceiver);
    }
    Ok(())
}

/// What can be planned where an ending cannot: letting lapse for deleting, else holding.
fn fallback(case: &Case, ending: Ending) -> Ending {
    let dates = &case.dates;
    let lapse = matches!(case.offers.get(&Ending::Lapse), Some(Offer::Yes))
        && dates.grace_end.is_some()
        && dates.rescue.is_some()
        && dates.purge.is_some();
    if ending == Ending::Delete && lapse { Ending::Lapse } else { Ending::HoldDark }
}

pub(crate) struct Maker<'a> {
    pub(crate) book: &'a Book,
    pub(crate) case: &'a Case,
    pub(crate) calendar: &'a Calendar<'a>,
    pub(crate) schedule: Schedule<'a>,
}

impl Maker<'_> {
    fn make(&self) -> Plan {
        let (case, spec) = (self.case, &self.book.spec);
        let steps: Vec<PlannedStep> =
            spec.steps.iter().enumerate().map(|(index, step)| self.step(index, step.as_ref())).collect();
        let ops = steps.iter().filter(|step| step.applies()).flat_map(|step| step.work.iter().chain(&step.rescue));
        let ops = ops.filter_map(|item| match &item.work {
            Work::Act(Action { act: Act::Op(op), .. }) => Some(op.version().to_owned()),
            _ => None,
        });
        let t0 = spec.book.t0_step.as_ref().zip(self.schedule.t0).filter(|_| case.conditions.contains(&Condition::Filed));
        Plan {
            schema: SCHEMA.to_owned(),
            workspace: case.workspace.clone(),
            run: case.run,
            revision: case.revision,
            book: BookRef {
                id: spec.book.id.clone(),
                version: spec.book.version,
                digest: self.book.digest().to_owned(),
                profile: self.book.profile.digest().to_owned(),
            },
            rulebook: case.rulebook.clone(),
            name: case.name.clone(),
            ending: case.ending,
            conditions: case.conditions.clone(),
            people: case.people.clone(),
            dates: case.dates.clone(),
            params: case.params.clone(),
            zone: self.calendar.zone.iana_name().unwrap_or("UTC").to_owned(),
            made: case.made,
            t0: t0.map(|(_, (day, provisional))| Planned { rule: Offset::at(Anchor::T0), day: Some(day), provisional }),
            paid_end: self.schedule.paid_end,
            act_step: StepNo(*spec.book.act_step.as_ref()),
            watch_step: spec.book.watch_step.as_ref().map(|no| StepNo(*no.as_ref())),
            t0_step: spec.book.t0_step.as_ref().map(|no| StepNo(*no.as_ref())),
            hold_on: self.atoms(&spec.book.hold_on),
            ops: ops.collect(),
            notices: self.notices(&steps),
            steps,
        }
    }

    fn for_case(&self, endings: &[Ending], when: &[crate::spec::When]) -> bool {
        let ending = endings.is_empty() || self.case.ending.is_some_and(|ending| endings.contains(&ending));
        ending && self.schedule.holds(when)
    }

    fn step(&self, index: usize, step: &StepSpec) -> PlannedStep {
        let ending = self.case.ending;
        let applies = step.applies_to(ending);
        let not_applicable = ending.filter(|_| !applies).map(|ending| Words {
            en: format!("not applicable to {}", ending.text().en),
            zh: format!("不适用于{}", ending.text().zh),
        });
        let planned = |rule: Offset| {
            let day = self.schedule.day(rule);
            Planned { rule, day: day.map(|(day, _)| day), provisional: day.is_some_and(|(_, unsure)| unsure) }
        };
        let mut due = planned(step.due(ending));
        let earliest = self.schedule.earliest.get(index).copied();
        // A late step is due when it can be, not when it should have been.
        if let (Some(day), Some(earliest), true) = (due.day, earliest, step.due(ending).anchor == Anchor::Expiry) {
            due.day = Some(day.max(earliest));
        }
        let rounds = ending.and_then(|ending| step.rounds.get(&ending)).map_or(&[][..], Vec::as_slice);
        let day = |anchor: &Anchor| (*anchor, anchor_day(&self.case.dates, self.schedule.paid_end, *anchor));
        PlannedStep {
            no: StepNo(step.no),
            title: step.title.clone(),
            stage: step.stage,
            opens: planned(step.opens(ending)),
            last: self.schedule.last.get(index).copied().flatten(),
            last_sure: self.schedule.last_sure.get(index).copied().flatten(),
            needs: step.needs.iter().map(|no| StepNo(*no)).collect(),
            consent: self.consent(step, due),
            work: if applies { self.work(step.no, &step.work) } else { Vec::new() },
            before: if applies { self.atoms(&step.before) } else { Vec::new() },
            gate: if applies { self.atoms(&step.gate) } else { Vec::new() },
            // A transition nobody knows the day of cannot be waited for.
            rounds: in_order(rounds.iter().map(day).filter(|(anchor, day)| *anchor == Anchor::Act || day.is_some())),
            rescue: self.work(step.no, &step.rescue),
            undo: undo(step.undo),
            incidents: step.incidents.clone(),
            not_applicable,
            due,
        }
    }

    fn consent(&self, step: &StepSpec, due: Planned) -> Option<Consent> {
        let ending = self.case.ending;
        let mine = |spec: &&ConsentSpec| spec.endings.is_empty() || ending.is_some_and(|e| spec.endings.contains(&e));
        let spec = step.consent.iter().map(Spanned::as_ref).find(mine)?;
        let quorum = step.quorum?;
        let by = spec.by.and_then(|by| self.schedule.day(by)).map(|(day, _)| day);
        let act = step.no == *self.book.spec.book.act_step.as_ref();
        let last = by.or_else(|| due.day.map(|day| if act { day } else { crate::calendar::shift(day, SIGN_AFTER) }));
        let not_after = last.map_or(jiff::Timestamp::MAX, |day| self.calendar.end_of(day));
        let asks = spec.asks.and_then(|asks| self.schedule.day(asks)).map(|(day, _)| self.calendar.at(day, 0));
        Some(Consent {
            quorum,
            act: self.fill(&spec.act),
            consequence: self.fill(&spec.consequence),
            asks,
            not_after,
            cooling: spec.cooling,
        })
    }

    /// Fills the names of days and people into a sentence of the playbook.
    fn fill(&self, words: &Words) -> Words {
        let day = |anchor| {
            anchor_day(&self.case.dates, self.schedule.paid_end, anchor).map_or("?".to_owned(), |day| day.to_string())
        };
        let pairs = [
            ("{name}", self.case.name.to_string()),
            ("{expiry}", day(Anchor::Expiry)),
            ("{grace-end}", day(Anchor::GraceEnd)),
            ("{rescue}", day(Anchor::Rescue)),
            ("{purge}", day(Anchor::Purge)),
            ("{receiver}", self.case.params.receiver.clone().unwrap_or_default()),
        ];
        let fill = |text: &str| pairs.iter().fold(text.to_owned(), |text, (mark, value)| text.replace(mark, value));
        Words { en: fill(&words.en), zh: fill(&words.zh) }
    }

    fn work(&self, step: u8, list: &[Spanned<WorkSpec>]) -> Vec<Item> {
        let mine = list.iter().map(Spanned::as_ref).filter(|work| self.for_case(&work.endings, &work.when));
        mine.filter_map(|work| self.item(step, work)).collect()
    }

    /// One piece of work; none where the case lacks what it needs (a way back that has no price).
    fn item(&self, step: u8, work: &WorkSpec) -> Option<Item> {
        let id = ActionId { step: StepNo(step), item: work.id.clone() };
        let act = match (&work.look, work.task, work.act) {
            (Some(_), ..) => None,
            (_, Some(task), _) => Some(Act::Task(task)),
            (_, _, Some(word)) => Some(Act::Op(self.op(word, work)?)),
            _ => return None,
        };
        let risk = match work.risk {
            RiskWord::Reversible => Risk::Reversible,
            RiskWord::Costly if work.act == Some(OpWord::Restore) => Risk::Costly { ceiling: self.case.params.restore_ceiling? },
            RiskWord::Costly => Risk::Costly { ceiling: self.case.params.ceiling },
            RiskWord::Irreversible => Risk::Irreversible { quorum: self.quorum(step)? },
        };
        let asks = work.asks.as_ref().map(|asks| self.fill(asks));
        let department = work.task.map_or(Department::Operations, |task| task.department());
        let name = self.case.name.clone();
        let (work, said) = match act {
            None => (Work::Look(work.look.clone().unwrap_or_default()), None),
            Some(Act::Task(kind)) if risk == Risk::Reversible => (Work::Task(kind), Some(kind.text().into())),
            Some(Act::Task(kind)) => {
                (Work::Act(Action { id: id.clone(), name, act: Act::Task(kind), risk }), Some(kind.text().into()))
            }
            Some(Act::Op(op)) => {
                let said = op.words();
                (Work::Act(Action { id: id.clone(), name, act: Act::Op(op), risk }), Some(said))
            }
        };
        let asks = asks.or(said).unwrap_or_else(|| words!(en: "look", zh: "查看"));
        let before = self.before_of(step, &id.item);
        Some(Item { id, work, assignee: self.case.people.assignee(department).clone(), asks, before })
    }

    fn before_of(&self, step: u8, item: &str) -> Vec<Atom> {
        let steps = self.book.spec.steps.iter().map(Spanned::as_ref).filter(|spec| spec.no == step);
        let work = steps.flat_map(|spec| spec.work.iter().chain(&spec.rescue)).map(Spanned::as_ref);
        let mine = work.filter(|work| work.id == item && self.for_case(&work.endings, &work.when));
        mine.flat_map(|work| self.atoms(&work.before)).collect()
    }

    fn quorum(&self, step: u8) -> Option<Quorum> {
        self.book.spec.steps.iter().map(Spanned::as_ref).find(|spec| spec.no == step)?.quorum
    }

    fn op(&self, word: OpWord, work: &WorkSpec) -> Option<Op> {
        let params = &self.case.params;
        Some(match word {
            OpWord::AutoRenewOn => Op::SetAutoRenew { on: true },
            OpWord::AutoRenewOff => Op::SetAutoRenew { on: false },
            // A name that is kept against a plan to let it go is kept for one more year.
            OpWord::Renew => Op::Renew {
                years: if self.case.ending.is_none_or(Ending::keeps) { params.years } else { 1 },
                expected_expiry: self.case.dates.expiry.typical,
                ceiling: params.ceiling,
            },
            OpWord::Restore => Op::Restore { ceiling: params.restore_ceiling? },
            OpWord::LockOn => Op::SetTransferLock { on: true },
            OpWord::LockOff => Op::SetTransferLock { on: false },
            OpWord::Transfer => Op::Transfer { to: params.receiver.clone()? },
            OpWord::DeleteRegistration => Op::DeleteRegistration,
            OpWord::StepDownTtl => Op::StepDownTtl { seconds: work.seconds.unwrap_or(0).max(params.ttl_floor) },
            OpWord::RemoveDs => Op::RemoveDs,
            OpWord::DetachRecords => Op::DetachRecords,
            OpWord::ParkZone => Op::ParkZone,
            OpWord::CloseMail => Op::CloseMail,
            OpWord::CloseIssuance => Op::CloseIssuance,
            OpWord::RepublishZone => Op::RepublishZone,
            OpWord::DeleteHosts => Op::DeleteHosts,
        })
    }

    fn atoms(&self, list: &[Spanned<AtomSpec>]) -> Vec<Atom> {
        let mine = list.iter().map(Spanned::as_ref).filter(|atom| self.for_case(&atom.endings, &atom.when));
        mine.filter_map(|atom| self.atom(atom)).collect()
    }

    fn atom(&self, spec: &AtomSpec) -> Option<Atom> {
        let test = if let Some(absent) = &spec.absent {
            Test::Absent { code: absent.code, rounds: absent.rounds, fresh: absent.fresh }
        } else if let Some(receipt) = &spec.receipt {
            let fields = receipt.kind.fields();
            let bound = |(name, bound): (&String, &BoundSpec)| {
                let value_type = fields.iter().find(|field| field.name == name)?.clean.value_type();
                Some((name.clone(), self.bound(bound, value_type)))
            };
            let within: BTreeMap<String, Bound> = receipt.within.iter().filter_map(bound).collect();
            Test::Receipt { kind: receipt.kind, fresh: receipt.fresh, within }
        } else if let Some(fact) = &spec.fact {
            Test::Fact { key: fact.key, bound: self.bound(&fact.bound(), fact.key.value_type()), fresh: fact.fresh }
        } else if let Some(elapsed) = &spec.elapsed {
            let since = match (elapsed.passed, elapsed.receipt, &elapsed.done, elapsed.day) {
                (Some(no), ..) => Mark::Passed(StepNo(no)),
                (_, Some(kind), ..) => Mark::Receipt(kind),
                (_, _, Some(item), _) => Mark::Done(item.clone()),
                (.., Some(anchor)) => Mark::Day(anchor),
                _ => Mark::Round,
            };
            Test::Elapsed { since, at_least: elapsed.at_least }
        } else if let Some(quorum) = spec.approvals {
            Test::Approvals(quorum)
        } else if spec.outside_freeze == Some(true) {
            Test::OutsideFreeze
        } else if spec.staffed == Some(true) {
            Test::Staffed
        } else if spec.sourced == Some(true) {
            Test::Sourced
        } else {
            return None;
        };
        let day = |point: Offset| self.schedule.day(point).map(|(day, _)| day);
        let until_day = spec.until_day.and_then(day).map(Until::Day);
        let until = until_day.or_else(|| spec.until_step.map(|no| Until::Step(StepNo(no))));
        Some(Atom { test, from: spec.from.and_then(day), until })
    }

    fn bound(&self, spec: &BoundSpec, value_type: ValueType) -> Bound {
        type Form = fn(FactValue) -> Bound;
        let form = |operand: &'_ Option<Operand>, make: Form| operand.clone().map(|operand| (operand, make));
        let forms = form(&spec.is, Bound::Is)
            .or_else(|| form(&spec.is_not, Bound::IsNot))
            .or_else(|| form(&spec.at_most, Bound::AtMost))
            .or_else(|| form(&spec.at_least, Bound::AtLeast));
        let Some((operand, make)) = forms else {
            return Bound::Known;
        };
        // Where a way back has no price, it is enough to know that.
        if operand == Operand::Word("restore-ceiling".to_owned()) && self.case.params.restore_ceiling.is_none() {
            return Bound::Known;
        }
        self.operand(&operand, value_type).map_or_else(Bound::Undated, make)
    }

    /// The value a bound names; the anchor where its day is not known.
    fn operand(&self, operand: &Operand, value_type: ValueType) -> Result<FactValue, Anchor> {
        Ok(match (operand, value_type) {
            (Operand::Bool(yes), _) => FactValue::Bool(*yes),
            (Operand::Int(n), _) => FactValue::Int(*n),
            (Operand::Word(name), ValueType::Int) if name == "ttl-target" => {
                let target = self.book.profile.threshold(name).unwrap_or(300);
                FactValue::Int(target.max(i64::from(self.case.params.ttl_floor)))
            }
            (Operand::Word(name), ValueType::Int) => FactValue::Int(self.book.profile.threshold(name).unwrap_or(0)),
            (Operand::Word(name), ValueType::Money) => {
                let restore = if name == "restore-ceiling" { self.case.params.restore_ceiling } else { None };
                FactValue::Money(restore.unwrap_or(self.case.params.ceiling))
            }
            (Operand::Word(name), ValueType::Date) => {
                let point: Offset = name.parse().unwrap_or(Offset::at(Anchor::Expiry));
                FactValue::Date(self.schedule.day(point).ok_or(point.anchor)?.0)
            }
            (Operand::Word(word), _) => FactValue::Text(word.clone()),
        })
    }
}

/// Rounds in the order of their days; the act comes first.
fn in_order(rounds: impl Iterator<Item = (Anchor, Option<Date>)>) -> Vec<(Anchor, Option<Date>)> {
    let mut rounds: Vec<_> = rounds.collect();
    rounds.sort_by_key(|(_, day)| *day);
    rounds
}

const fn undo(spec: UndoSpec) -> Undo {
    match spec {
        UndoSpec::NothingChanged => Undo::NothingChanged,
        UndoSpec::StopAndKeep => Undo::StopAndKeep,
        UndoSpec::Replan => Undo::Replan,
        UndoSpec::Repeat => Undo::Repeat,
        UndoSpec::AppendOnly => Undo::AppendOnly,
        UndoSpec::PartlyGone => Undo::PartlyGone,
        UndoSpec::NoReturn => Undo::NoReturn,
        UndoSpec::Act(word) => Undo::Act(word),
        UndoSpec::Task(kind) => Undo::Task(kind),
    }
}
