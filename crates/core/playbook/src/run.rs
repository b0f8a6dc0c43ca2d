//! A run: the state its journal folds to, and the questions one may ask of it.
//!
//! ```text
//! item:  Todo --Intent--> Intended --Settled--> Done | Asked --TaskDone--> Done
//!          ^                  |  '-- NotDone --> NotDone --Intent--> ...  (irreversible: signed anew)
//!          |                  '---- Unknown --> Unknown --LookedBack--> Done | NotDone | Unknown
//!          '--Reopened-- Done                      (never sent again; many unclear reads: a person)
//!
//! run:   going --Held--> held --Resumed--> going        going --Keeping--> keeping --> Ended(renewed)
//!        going --Stopped--> stopped --> Ended           going --all passed--> Ended(by the ending)
//! ```
//! Whatever takes the run off `going` after auto-renew was switched off puts it back on first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use namekeep_model::action::Act;
use namekeep_model::{ActionId, EffectId, Ending, FactKey, Op, PersonId, Receipt, ReceiptKind, StepNo, Timestamp};

use crate::approval::Statement;
use crate::masks::{bits, masks};
use crate::closed::{Outcome, Reason};
use crate::plan::{Item, Plan, PlannedStep, Work};
use crate::state::{Discarded, Given, ItemRun, ItemState, StepState};
use crate::when::{Anchor, Span};

/// How long signatures rest before they count.
///
/// No reference: the house's default (decision 14).
pub(crate) const COOLING: Span = Span::hours(24);

/// The state of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub(crate) plan: Arc<Plan>,
    pub(crate) digest: String,
    pub(crate) known: Vec<(String, Arc<Plan>)>,
    pub(crate) needs: Vec<u64>,
    pub(crate) closure: Vec<u64>,
    pub(crate) seq: u64,
    pub(crate) started: Option<Timestamp>,
    pub(crate) last: Timestamp,
    pub(crate) steps: Vec<StepState>,
    pub(crate) approvals: Vec<Given>,
    pub(crate) discarded: Vec<Discarded>,
    pub(crate) nonces: BTreeSet<String>,
    pub(crate) receipts: BTreeMap<ReceiptKind, Receipt>,
    pub(crate) returned: Option<Timestamp>,
    pub(crate) switched_off: bool,
    pub(crate) held: Option<(FactKey, Timestamp)>,
    pub(crate) keeping: Option<(Reason, Timestamp)>,
    pub(crate) stopped: Option<Timestamp>,
    pub(crate) ended: Option<Outcome>,
}

/// Where a piece of work lies: its step, its place, and whether it is rescue work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) step: usize,
    pub(crate) item: usize,
    pub(crate) rescue: bool,
}

impl Run {
    /// A run of a plan to which nothing has happened yet.
    pub fn start(plan: Plan) -> Self {
        let plan = Arc::new(plan);
        let digest = plan.digest();
        let (needs, closure) = masks(&plan);
        Self {
            known: vec![(digest.clone(), Arc::clone(&plan))],
            digest,
            needs,
            closure,
            seq: 0,
            started: None,
            last: plan.made,
            steps: plan.steps.iter().map(StepState::new).collect(),
            approvals: Vec::new(),
            discarded: Vec::new(),
            nonces: BTreeSet::new(),
            receipts: BTreeMap::new(),
            returned: None,
            switched_off: false,
            held: None,
            keeping: None,
            stopped: None,
            ended: None,
            plan,
        }
    }

    /// Makes a plan known, so that a record may replan to it.
    pub fn adopt(&mut self, plan: Plan) {
        self.known.push((plan.digest(), Arc::new(plan)));
    }

    /// The plan in force.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The full digest of the plan in force.
    pub fn plan_digest(&self) -> &str {
        &self.digest
    }

    /// The number of the last record.
    pub const fn seq(&self) -> u64 {
        self.seq
    }

    /// How it ended, if it has.
    pub const fn outcome(&self) -> Option<Outcome> {
        self.ended
    }

    /// Why the name is kept although the plan was to let it go, if so.
    pub fn keeping(&self) -> Option<Reason> {
        self.keeping.map(|(reason, _)| reason)
    }

    /// What holds it, if it is held.
    pub fn held(&self) -> Option<FactKey> {
        self.held.map(|(fact, _)| fact)
    }

    /// How far a step is.
    pub fn step(&self, no: StepNo) -> Option<&StepState> {
        self.steps.get(self.index(no)?)
    }

    /// Tells whether a step has passed, or does not apply.
    pub fn passed(&self, no: StepNo) -> bool {
        self.index(no).is_none_or(|index| self.satisfied(index))
    }

    /// The signatures recorded for a step that count as far as the journal tells.
    pub fn signatures(&self, no: StepNo) -> impl Iterator<Item = &Given> {
        self.approvals.iter().filter(move |given| given.statement.step == no)
    }

    /// The signatures that were refused when recorded.
    pub fn discarded(&self) -> &[Discarded] {
        &self.discarded
    }

    /// The newest receipt of a kind.
    pub fn receipt(&self, kind: ReceiptKind) -> Option<&Receipt> {
        self.receipts.get(&kind)
    }

    /// Every effect whose outcome is not known, with the action it belongs to.
    pub fn unsettled(&self) -> impl Iterator<Item = (EffectId, &Item)> {
        self.slots().filter_map(|(slot, item, run)| {
            let open = matches!(run.state, ItemState::Unknown { .. } | ItemState::Intended { .. });
            open.then(|| (self.effect(slot, item, run.attempts), item))
        })
    }

    /// Tells whether another plan may take over: the run goes on, every outcome is known, and no act of
    /// no return is in a person's hands.
    pub fn may_be_planned_again(&self) -> bool {
        let in_hand = self.slots().any(|(_, item, run)| {
            let act = matches!(item.work, Work::Act(_)) && item.work.is_irreversible();
            act && matches!(run.state, ItemState::Asked { .. })
        });
        self.ended.is_none() && !in_hand && self.unsettled().next().is_none()
    }

    /// The statement an approver signs for a step's act.
    pub fn statement(&self, no: StepNo, approver: &PersonId, nonce: &str) -> Option<Statement> {
        let consent = self.plan.step(no)?.consent.as_ref()?;
        Some(Statement {
            workspace: self.plan.workspace.clone(),
            run: self.plan.run,
            revision: self.plan.revision,
            step: no,
            plan: self.digest.clone(),
            act: consent.act.clone(),
            consequence: consent.consequence.clone(),
            not_after: consent.not_after,
            approver: approver.clone(),
            nonce: nonce.to_owned(),
        })
    }

    pub(crate) fn index(&self, no: StepNo) -> Option<usize> {
        self.plan.steps.iter().position(|step| step.no == no)
    }

    pub(crate) fn satisfied(&self, index: usize) -> bool {
        let applies = self.plan.steps.get(index).is_some_and(PlannedStep::applies);
        !applies || self.steps.get(index).is_some_and(|state| state.passed.is_some())
    }

    pub(crate) fn needs_met(&self, index: usize) -> bool {
        bits(self.needs.get(index).copied().unwrap_or(0)).all(|need| self.satisfied(need))
    }

    /// Every piece of work, rescue work included.
    pub(crate) fn slots(&self) -> impl Iterator<Item = (Slot, &Item, &ItemRun)> {
        self.plan.steps.iter().zip(&self.steps).enumerate().flat_map(|(step, (planned, state))| {
            let part = move |rescue| {
                move |(item, (what, run))| (Slot { step, item, rescue }, what, run)
            };
            let work = planned.work.iter().zip(&state.items).enumerate().map(part(false));
            work.chain(planned.rescue.iter().zip(&state.rescue).enumerate().map(part(true)))
        })
    }

    pub(crate) fn slot(&self, id: &ActionId) -> Option<(Slot, &Item, &ItemRun)> {
        let step = self.index(id.step)?;
        let (planned, state) = (self.plan.steps.get(step)?, self.steps.get(step)?);
        let find = |list: &[Item]| list.iter().position(|item| item.id.item == id.item);
        if let Some(item) = find(&planned.work) {
            return Some((Slot { step, item, rescue: false }, planned.work.get(item)?, state.items.get(item)?));
        }
        let item = find(&planned.rescue)?;
        Some((Slot { step, item, rescue: true }, planned.rescue.get(item)?, state.rescue.get(item)?))
    }

    /// The state of a piece of work.
    pub(crate) fn at(&self, slot: Slot) -> Option<&ItemRun> {
        let state = self.steps.get(slot.step)?;
        if slot.rescue { state.rescue.get(slot.item) } else { state.items.get(slot.item) }
    }

    pub(crate) fn item_mut(&mut self, slot: Slot) -> Option<&mut ItemRun> {
        let state = self.steps.get_mut(slot.step)?;
        if slot.rescue { state.rescue.get_mut(slot.item) } else { state.items.get_mut(slot.item) }
    }

    pub(crate) fn effect(&self, _slot: Slot, item: &Item, attempt: u16) -> EffectId {
        EffectId { run: self.plan.run, action: item.id.clone(), attempt }
    }

    /// Signatures of a step that count at an instant, cooled or not.
    pub(crate) fn valid(&self, index: usize, now: Timestamp) -> impl Iterator<Item = &Given> {
        let no = self.plan.steps.get(index).map(|step| step.no);
        let spent = self.steps.get(index).map_or(0, |state| state.spent);
        self.approvals
            .iter()
            .filter(move |given| Some(given.statement.step) == no && given.seq > spent && now <= given.statement.not_after)
    }

    /// Tells whether a step's signatures suffice at an instant; with `cooled`, only rested ones count.
    pub(crate) fn signed(&self, index: usize, now: Timestamp, cooled: bool) -> bool {
        let Some(consent) = self.plan.steps.get(index).and_then(|step| step.consent.as_ref()) else { return true };
        let rest = cooled && consent.cooling;
        let signers = self
            .valid(index, now)
            .filter(|given| !rest || COOLING.after(given.at) <= now)
            .filter_map(|given| self.plan.people.signers().find(|s| s.person.id == given.statement.approver))
            .map(|signer| &signer.person);
        consent.quorum.met_by(signers, &self.plan.people.requester)
    }

    /// Tells whether a step's signatures, given in time, are still there, whenever their last
    /// instant was; with an instant, only those cooled by then count.
    pub(crate) fn stays_signed(&self, index: usize, cooled: Option<Timestamp>) -> bool {
        let Some(step) = self.plan.steps.get(index) else { return false };
        let Some(consent) = &step.consent else { return true };
        let people = &self.plan.people;
        let spent = self.steps.get(index).map_or(0, |state| state.spent);
        let rested = |given: &&Given| given.seq > spent && cooled.is_none_or(|now| !consent.cooling || COOLING.after(given.at) <= now);
        let signers = self.signatures(step.no).filter(rested).filter_map(|given| {
            people.signers().find(|signer| signer.person.id == given.statement.approver).map(|signer| &signer.person)
        });
        consent.quorum.met_by(signers, &people.requester)
    }

    /// Tells whether the registration is on its way out by this run's act.
    pub(crate) fn leaving(&self) -> bool {
        let releases = self.plan.ending.is_some_and(Ending::releases);
        releases && self.index(self.plan.act_step).and_then(|i| self.steps.get(i)).is_some_and(|s| s.passed.is_some())
    }

    /// When the anchor really happened, for those a run makes happen itself.
    pub(crate) fn happened(&self, anchor: Anchor) -> Option<Timestamp> {
        let step = match anchor {
            Anchor::Act => self.plan.act_step,
            Anchor::T0 => self.plan.t0_step?,
            Anchor::Start => return self.started,
            _ => return None,
        };
        self.step(step)?.passed
    }

    /// The rescue work that does an operation.
    pub(crate) fn rescue(&self, wanted: impl Fn(&Op) -> bool) -> Option<(Slot, &Item, &ItemRun)> {
        self.slots().find(|(slot, item, _)| {
            slot.rescue && matches!(&item.work, Work::Act(action) if matches!(&action.act, Act::Op(op) if wanted(op)))
        })
    }
}
