//! The port that is a person: every operation becomes a task whose receipt is an upload.
//!
//! Nothing pretends: looking brings a failure with its reason for every key nobody has told, and an
//! operation is never reported done before a person's receipt says so. The port holds questions in
//! an outbox and answers in an inbox; keeping both across restarts is the caller's work.
//!
//! ```text
//!  perform(permit) ──> Task in outbox ──> the service stores it ── a person does it, attaches proof
//!        │                                                               │
//!        └─ Asked(task)          replies() <── receive(Reply::Done) <────┘
//!                                read_back(): done, not done, or unclear until then
//! ```

use std::collections::BTreeMap;

use namekeep_model::action::Act;
use namekeep_model::fact::{FactValue, Missing, Said};
use namekeep_model::{
    Action, DomainName, EffectId, FactKey, Facts, Observation, Op, Permit, PersonId, Receipt, Task, TaskId, TaskKind,
    Text, Timestamp, Words, words,
};

use crate::{Capability, Looked, Outcome, Ports, Proof, ReadBack, Reply, Request};

/// Why a look brings nothing.
const NOBODY_TOLD: Text = Text::new("no account connected, and nobody has told this yet", "未连接账号，也无人告知");

/// A live workspace without an adapter: known facts to look at, and people to act.
#[derive(Clone, Debug)]
pub struct Manual {
    /// Who carries operations out.
    operator: PersonId,
    /// Facts given by hand, list or probe, by name.
    known: BTreeMap<DomainName, Facts>,
    /// Questions not yet taken by the caller.
    outbox: Vec<Request>,
    /// Receipts that came in, by task.
    receipts: BTreeMap<TaskId, Receipt>,
    /// Replies not yet taken by the run.
    inbox: Vec<Reply>,
}

impl Manual {
    /// A port whose operations go to one person, with the facts known so far.
    pub const fn new(operator: PersonId, known: BTreeMap<DomainName, Facts>) -> Self {
        Self { operator, known, outbox: Vec::new(), receipts: BTreeMap::new(), inbox: Vec::new() }
    }

    /// Takes in facts that became known about a name.
    pub fn learn(&mut self, name: &DomainName, observations: impl IntoIterator<Item = Observation>) {
        let facts = self.known.entry(name.clone()).or_default();
        for observation in observations {
            facts.take(observation);
        }
    }

    /// Takes a person's answer in, to be heard at the next [`Ports::replies`].
    pub fn receive(&mut self, reply: Reply) {
        if let Reply::Done { task, receipt } = &reply {
            self.receipts.insert(task.clone(), receipt.clone());
        }
        self.inbox.push(reply);
    }

    /// Remembers a receipt heard before a restart, so that reading back knows it; it is no reply.
    pub fn remember(&mut self, task: TaskId, receipt: Receipt) {
        self.receipts.insert(task, receipt);
    }

    /// Takes the questions put since the last call, in order, for the caller to store and show.
    pub fn take_outbox(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.outbox)
    }

    fn put(&mut self, request: Request) {
        if !self.outbox.contains(&request) {
            self.outbox.push(request);
        }
    }
}

/// Reads a receipt: what a person found or did.
fn told(receipt: &Receipt) -> ReadBack {
    let at = receipt.at;
    let says = match &receipt.by {
        Some(by) => words!(en: "receipt of {by}, {at}", zh: "{by} 的回执，{at}"),
        None => words!(en: "receipt of a person, {at}", zh: "人员回执，{at}"),
    };
    let reference = match receipt.fields.get("reference") {
        Some(FactValue::Text(text)) => text.clone(),
        _ => "-".to_owned(),
    };
    let proof = Proof { reference, says, raw: receipt.files.first().cloned() };
    match receipt.fields.get("done") {
        Some(FactValue::Bool(false)) => ReadBack::NotDone(proof),
        _ => ReadBack::Done(proof),
    }
}

impl Ports for Manual {
    fn capability(&self, _name: &DomainName, _op: &Op) -> Capability {
        Capability::ByPerson
    }

    async fn look(&mut self, name: &DomainName, keys: &[FactKey], now: Timestamp) -> Looked {
        let facts = self.known.get(name);
        let said = |key: FactKey| match facts.and_then(|facts| facts.good(key)) {
            // What was known keeps its own time, source and confidence: nobody looked again.
            Some(sighting) => Said::Seen(sighting.clone()),
            None => Said::Failed(Missing { why: NOBODY_TOLD.into(), at: now }),
        };
        let observations = keys.iter().map(|&key| Observation { key, said: said(key) }).collect();
        Looked { observations, rounds: Vec::new() }
    }

    async fn perform(&mut self, permit: Permit, deadline: Timestamp) -> Outcome {
        let Action { name, act, .. } = permit.action();
        let (kind, what) = match act {
            Act::Op(op) => (TaskKind::CarryOut, op.text()),
            Act::Task(kind) => (*kind, kind.text()),
        };
        let id = TaskId(permit.effect().clone());
        let asks = Words {
            en: format!("{name}: {}; attach the proof", what.en),
            zh: format!("{name}：{}，完成后上传凭证", what.zh),
        };
        self.put(Request::Task(Task {
            id: id.clone(),
            kind,
            name: name.clone(),
            assignee: self.operator.clone(),
            opened: permit.cleared_at(),
            due: deadline,
            asks,
        }));
        Outcome::Asked(id)
    }

    async fn read_back(&mut self, effect: &EffectId, _action: &Action, _now: Timestamp) -> ReadBack {
        match self.receipts.get(&TaskId(effect.clone())) {
            Some(receipt) => told(receipt),
            None => ReadBack::Unclear {
                why: Text::new("no receipt yet; only a person can tell", "尚无回执；只有人能说明").into(),
            },
        }
    }

    async fn ask(&mut self, request: Request) {
        self.put(request);
    }

    async fn replies(&mut self, _now: Timestamp) -> Vec<Reply> {
        std::mem::take(&mut self.inbox)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "tests act on the port directly")]
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use namekeep_model::{Confidence, ReceiptKind, Risk, Source, fact::Sighting};

    use super::*;

    /// Every future of this port is ready at once.
    fn now<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("a manual port never waits"),
        }
    }

    fn port() -> (Manual, DomainName, Timestamp) {
        let operator = PersonId::new("operations-1").unwrap();
        (
            Manual::new(operator, BTreeMap::new()),
            "example-shop.cn".parse().unwrap(),
            "2026-11-24T01:14:00Z".parse().unwrap(),
        )
    }

    fn action(name: &DomainName) -> Action {
        Action {
            id: "21.auto-renew-off".parse().unwrap(),
            name: name.clone(),
            act: Act::Op(Op::SetAutoRenew { on: false }),
            risk: Risk::Reversible,
        }
    }

    #[test]
    fn what_nobody_told_is_a_failure_with_its_reason() {
        let (mut port, name, at) = port();
        let sighting = Sighting { value: FactValue::Bool(true), source: Source::List, at, confidence: Confidence::Low };
        port.learn(&name, [Observation { key: FactKey::AutoRenew, said: Said::Seen(sighting.clone()) }]);
        let looked = now(port.look(&name, &[FactKey::AutoRenew, FactKey::Balance], at));
        assert_eq!(looked.observations[0].said, Said::Seen(sighting));
        assert!(matches!(&looked.observations[1].said, Said::Failed(missing) if missing.why.en.contains("no account")));
        assert!(looked.rounds.is_empty());
    }

    #[test]
    fn an_operation_is_done_when_a_receipt_says_so_and_never_before() {
        for (done, good) in [(true, true), (false, false)] {
            let (mut port, name, at) = port();
            let action = action(&name);
            let effect: EffectId = "RET-0007/21.auto-renew-off/1".parse().unwrap();
            let outcome = now(port.perform(Permit::mint(action.clone(), effect.clone(), at), at));
            let Outcome::Asked(task) = outcome else { panic!("{outcome:?}") };
            let asked = port.take_outbox();
            assert!(matches!(&asked[..], [Request::Task(t)] if t.id == task && t.kind == TaskKind::CarryOut));
            assert!(matches!(now(port.read_back(&effect, &action, at)), ReadBack::Unclear { .. }));
            let fields = BTreeMap::from([("done".to_owned(), FactValue::Bool(done))]);
            let receipt = Receipt { kind: ReceiptKind::Manual, at, by: None, fields, files: Vec::new() };
            port.receive(Reply::Done { task, receipt });
            assert_eq!(matches!(now(port.read_back(&effect, &action, at)), ReadBack::Done(_)), good);
            assert_eq!(now(port.replies(at)).len(), 1);
            assert!(now(port.replies(at)).is_empty());
        }
    }

    #[test]
    fn asking_twice_is_one_question() {
        let (mut port, name, at) = port();
        let effect: EffectId = "RET-0007/21.auto-renew-off/1".parse().unwrap();
        for _ in 0..2 {
            now(port.perform(Permit::mint(action(&name), effect.clone(), at), at));
        }
        assert_eq!(port.take_outbox().len(), 1);
    }
}
