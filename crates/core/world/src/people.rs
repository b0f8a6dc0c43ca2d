//! People: calendars, leave and deputies, the tasks they were given and the signatures asked.
//!
//! Asking the same thing twice is one question; asking again for something already answered brings
//! the same answer again, for the caller may have lost it. A task that cannot be done yet is looked
//! at again on the person's next working day.

use std::borrow::Cow;
use std::sync::Arc;

use namekeep_model::{Date, Department, Op, PersonId, Receipt, RunId, StepNo, Task, TaskKind, Timestamp};
use namekeep_ports::{ApprovalRequest, Decision, Reply};
use serde::{Deserialize, Serialize};

use crate::agenda::Lane;
use crate::calendar::{plus_days, plus_seconds};
use crate::ledger::Happened;
use crate::rng;
use crate::spec::Colleague;
use crate::work::Progress;
use crate::world::{Setting, World};

/// A task in somebody's hands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// The task.
    pub task: Task,
    /// Who works on it: the assignee or the deputy.
    pub worker: PersonId,
    /// When they come to it next.
    pub wake: Option<Timestamp>,
    /// When they did the first half of it (told the senders, closed the tenants).
    pub began: Option<Timestamp>,
    /// The operation to be carried out, where the task stands for one.
    pub op: Option<Op>,
    /// The proof, once done.
    pub receipt: Option<Receipt>,
    /// The far side's reference, once something took effect.
    pub reference: String,
}

/// A signature asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// What is asked, of whom.
    pub request: ApprovalRequest,
    /// Who decides: the approver or the deputy.
    pub signer: PersonId,
    /// When they come to it.
    pub wake: Option<Timestamp>,
    /// What they decided last.
    pub decided: Option<Reply>,
}

/// Longest look ahead for a day in the office.
const LOOK_AHEAD: u32 = 800;

impl Colleague {
    fn works_on(&self, setting: &Setting, day: Date) -> bool {
        setting.calendar.is_working(day) && !self.leave.iter().any(|leave| (leave.from..=leave.through).contains(&day))
    }

    /// Minutes of the day between which they work.
    fn minutes(&self) -> (u16, u16) {
        let from = u16::from(self.hours.0.min(22)) * 60;
        let to = u16::from(self.hours.1.min(23)) * 60;
        (from, to.max(from + 60))
    }

    /// The first instant from `from` on at which they are at work.
    fn at_desk(&self, setting: &Setting, from: Timestamp) -> Timestamp {
        let (first, last) = self.minutes();
        let (mut day, minute) = setting.zone.minute(from);
        if self.works_on(setting, day) && minute < last {
            return if minute < first { setting.zone.at(day, first) } else { from };
        }
        for _ in 0..LOOK_AHEAD {
            day = plus_days(day, 1);
            if self.works_on(setting, day) {
                break;
            }
        }
        setting.zone.at(day, first)
    }

    /// When work begun at `from` and taking so many of their working days is done.
    fn done_at(&self, setting: &Setting, from: Timestamp, days: u16, minutes: u16) -> Timestamp {
        let start = self.at_desk(setting, from);
        if days == 0 {
            return self.at_desk(setting, plus_seconds(start, i64::from(minutes) * 60));
        }
        let (first, last) = self.minutes();
        let mut day = setting.zone.day(start);
        let mut left = days;
        for _ in 0..LOOK_AHEAD {
            day = plus_days(day, 1);
            left -= u16::from(self.works_on(setting, day));
            if left == 0 {
                break;
            }
        }
        setting.zone.at(day, first + minutes % (last - first))
    }
}

impl World {
    /// The person of an id; somebody nobody described keeps usual hours.
    pub(crate) fn colleague<'a>(setting: &'a Setting, id: &PersonId) -> Cow<'a, Colleague> {
        match setting.people.iter().find(|colleague| colleague.id == *id) {
            Some(colleague) => Cow::Borrowed(colleague),
            None => Cow::Owned(Colleague::usual(id.clone(), Department::Operations)),
        }
    }

    /// The first person of a department, or the first of all.
    pub(crate) fn somebody_of(&self, department: Department) -> Option<PersonId> {
        let people = &self.setting.people;
        let of = people.iter().find(|colleague| colleague.department == department).or_else(|| people.first());
        of.map(|colleague| colleague.id.clone())
    }

    /// Who does something taking `days`, the person asked or the deputy, and when it is done.
    fn who_and_when(&self, asked: &PersonId, days: u16, words: [&str; 2]) -> (PersonId, Timestamp) {
        let setting = &self.setting;
        let now = self.run.now;
        let plan = |id: &PersonId, from: Timestamp| {
            let colleague = Self::colleague(setting, id);
            let keys = [id.as_str(), words[0], words[1]];
            let more = rng::below(setting.seed, &keys, u64::from(colleague.jitter) + 1);
            let days = days.saturating_add(u16::try_from(more).unwrap_or(0));
            let minutes = 30 + rng::below(setting.seed, &[id.as_str(), words[0], words[1], "minutes"], 210);
            colleague.done_at(setting, from, days, u16::try_from(minutes).unwrap_or(30))
        };
        let own = plan(asked, now);
        let colleague = Self::colleague(setting, asked);
        if let Some(deputy) = &colleague.deputy {
            let today = setting.zone.day(now);
            let patience = setting.calendar.add(today, i32::from(colleague.deputy_after));
            let late = setting.calendar.add(patience, i32::from(days.saturating_add(colleague.jitter)));
            if setting.zone.day(own) > late {
                let theirs = plan(deputy, setting.zone.at(patience, 0).max(now));
                if theirs < own {
                    return (deputy.clone(), theirs);
                }
            }
        }
        (asked.clone(), own)
    }

    /// Gives somebody a task; `op` is what it stands for, where it stands for an operation.
    pub(crate) fn give(&mut self, task: Task, op: Option<Op>) {
        // Two tasks share an attempt's id only where one is to find out what became of the other.
        let looks = |task: &Task| task.kind == TaskKind::FindOut;
        if let Some(known) = self.run.works.iter().find(|work| work.task.id == task.id && looks(&work.task) == looks(&task)) {
            // Asked again: the answer may have been lost on the way.
            if let Some(receipt) = &known.receipt {
                let reply = Reply::Done { task: task.id, receipt: receipt.clone() };
                if !self.run.outbox.contains(&reply) {
                    self.run.outbox.push(reply);
                }
            }
            return;
        }
        let days = {
            let colleague = Self::colleague(&self.setting, &task.assignee);
            colleague.days_for.get(&task.kind).copied().unwrap_or(colleague.days)
        };
        let id = task.id.to_string();
        let (worker, at) = self.who_and_when(&task.assignee, days, ["task", &id]);
        if worker != task.assignee && !self.idle {
            let (person, deputy) = (task.assignee.clone(), worker.clone());
            self.note(None, Happened::DeputyTookOver { person, deputy });
        }
        self.run.works.push(Work {
            task,
            worker,
            wake: Some(at),
            began: None,
            op,
            receipt: None,
            reference: String::new(),
        });
        self.refresh_work(self.run.works.len().saturating_sub(1));
    }

    pub(crate) fn refresh_work(&mut self, id: usize) {
        let wake = self.run.works.get(id).filter(|work| work.receipt.is_none()).and_then(|work| work.wake);
        let wake = wake.filter(|_| !self.idle);
        self.set_agenda(Lane::Work, id, wake);
    }

    /// A person comes to a task.
    pub(crate) fn tick_work(&mut self, id: usize) {
        let now = self.run.now;
        if self.idle {
            return;
        }
        let progress = self.work_on(id);
        let setting = Arc::clone(&self.setting);
        let Some(work) = self.run.works.get_mut(id) else { return };
        work.began.get_or_insert(now);
        match progress {
            Progress::Done(fields) => {
                work.wake = None;
                let receipt = Receipt {
                    kind: work.task.kind.receipt(),
                    at: now,
                    by: Some(work.worker.clone()),
                    fields,
                    files: Vec::new(),
                };
                work.receipt = Some(receipt.clone());
                let (task, kind, by) = (work.task.id.clone(), work.task.kind, work.worker.clone());
                let place = self.setting.index.get(&work.task.name).map(|place| *place as usize);
                self.run.outbox.push(Reply::Done { task: task.clone(), receipt });
                self.note(place, Happened::TaskDone { task, kind, by });
            }
            Progress::Wait(until) => {
                let colleague = Self::colleague(&setting, &work.worker);
                let tomorrow = setting.zone.at(plus_days(setting.zone.day(now), 1), 0);
                let at = colleague.at_desk(&setting, until.unwrap_or(tomorrow));
                // Never at the same instant again: waiting moves time.
                work.wake = Some(at.max(plus_seconds(now, 60)));
            }
        }
        self.refresh_work(id);
    }

    /// Asks for a signature.
    pub(crate) fn ask_to_sign(&mut self, request: ApprovalRequest) {
        if let Some(known) = self.run.signatures.iter().find(|signature| signature.request == request) {
            if let Some(reply) = known.decided.clone().filter(|reply| !self.run.outbox.contains(reply)) {
                self.run.outbox.push(reply);
            }
            return;
        }
        let words = signature_words(&request);
        // Who has taken a signature back has said so, and does not sign the same because of being asked again.
        let withdrawn = self.run.signatures.iter().any(|signature| {
            signature.request.approver == request.approver
                && signature_words(&signature.request) == words
                && matches!(signature.decided, Some(Reply::Decided { decision: Decision::Withdraw, .. }))
        });
        if withdrawn {
            return;
        }
        let (signer, at) = self.who_and_when(&request.approver, 0, ["sign", &words]);
        if signer != request.approver && !self.idle {
            let (person, deputy) = (request.approver.clone(), signer.clone());
            self.note(None, Happened::DeputyTookOver { person, deputy });
        }
        self.run.signatures.push(Signature { request, signer, wake: Some(at), decided: None });
        self.refresh_signature(self.run.signatures.len().saturating_sub(1));
    }

    pub(crate) fn refresh_signature(&mut self, id: usize) {
        let wake = self.run.signatures.get(id).and_then(|signature| signature.wake).filter(|_| !self.idle);
        self.set_agenda(Lane::Signature, id, wake);
    }

    /// A person decides whether to sign. Nobody signs after the last instant asked for.
    pub(crate) fn tick_signature(&mut self, id: usize) {
        let now = self.run.now;
        if self.idle {
            return;
        }
        let setting = Arc::clone(&self.setting);
        let Some(signature) = self.run.signatures.get_mut(id) else { return };
        signature.wake = None;
        if now <= signature.request.not_after {
            let signer = Self::colleague(&setting, &signature.signer);
            let words = signature_words(&signature.request);
            let refuses = rng::chance(setting.seed, &[signer.id.as_str(), "refuse", &words], signer.refuses_permille);
            let decision = if refuses { Decision::Refuse } else { Decision::Approve };
            let request = ApprovalRequest { approver: signature.signer.clone(), ..signature.request.clone() };
            let reply = Reply::Decided { request, decision, at: now };
            signature.decided = Some(reply.clone());
            self.run.outbox.push(reply);
        }
        self.refresh_signature(id);
    }

    /// A person takes back the signatures given in a run, or in one step of it.
    pub(crate) fn withdraw(&mut self, person: &PersonId, run: RunId, step: Option<StepNo>) {
        let at = self.run.now;
        let mut any = false;
        for signature in &mut self.run.signatures {
            let Some(Reply::Decided { request, decision: Decision::Approve, .. }) = &signature.decided else {
                continue;
            };
            let fits =
                request.approver == *person && request.run == run && step.is_none_or(|step| request.step == step);
            if fits {
                let reply = Reply::Decided { request: request.clone(), decision: Decision::Withdraw, at };
                signature.decided = Some(reply.clone());
                self.run.outbox.push(reply);
                any = true;
            }
        }
        if any {
            self.note(None, Happened::SignatureWithdrawn { person: person.clone() });
        }
    }
}

fn signature_words(request: &ApprovalRequest) -> String {
    format!("{}/{}/{}", request.run, request.step, request.plan)
}
