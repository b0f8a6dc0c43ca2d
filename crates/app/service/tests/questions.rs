//! Questions to people: one is answered once, and one that waits no more is open nowhere.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::asked;
use namekeep_model::{Ending, FactKey, PersonId, StepNo};
use namekeep_playbook::{Event, Next, Outcome, Plan};
use namekeep_ports::{ApprovalRequest, Decision, Ports as _, Request};
use namekeep_rules::Rulebook;
use namekeep_service::block::block_on;
use namekeep_service::drive::{self, Desk};
use namekeep_service::journal::Case;
use namekeep_service::rehearse::stage;
use namekeep_service::{Failure, approve};
use namekeep_store::MemoryStore;
use namekeep_world::World;

fn lapse() -> (Plan, Desk, World) {
    let stage = block_on(stage(&asked("example.cn", Ending::Lapse, "2027-10-11", 1), &Rulebook::embedded().unwrap(), |_| {})).unwrap();
    (stage.plan, stage.desk, stage.world)
}

fn question(plan: &Plan, approver: &str, nonce: &str) -> ApprovalRequest {
    ApprovalRequest {
        run: plan.run,
        step: StepNo(21),
        plan: plan.digest(),
        approver: PersonId::new(approver).unwrap(),
        nonce: nonce.to_owned(),
        says: namekeep_model::words!(en: "let it go", zh: "放弃"),
        not_after: "2027-10-01T00:00:00Z".parse().unwrap(),
    }
}

fn ask(case: &mut Case<'_, MemoryStore>, plan: &Plan, approver: &str, nonce: &str) -> ApprovalRequest {
    let request = question(plan, approver, nonce);
    let event = Event::Asked { request: Request::Approval(request.clone()) };
    block_on(case.append(plan.made, event)).unwrap();
    request
}

fn open(case: &Case<'_, MemoryStore>) -> Vec<String> {
    let nonce = |request| match request {
        Request::Approval(ask) => ask.nonce,
        Request::Task(task) => task.id.to_string(),
    };
    block_on(case.open_requests()).unwrap().into_iter().map(nonce).collect()
}

fn sign(case: &mut Case<'_, MemoryStore>, desk: &Desk, request: &ApprovalRequest) -> Result<(), Failure> {
    let approval = approve::sign(&case.run, &desk.keys, request)?.unwrap();
    let at = case.run.plan().made;
    block_on(case.append(at, Event::Approved { approval }))
}

#[test]
fn a_question_is_answered_once() {
    let (plan, desk, _) = lapse();
    let store = MemoryStore::new(plan.workspace.clone());
    let mut case = block_on(Case::start(&store, plan.clone(), plan.made)).unwrap();
    let first = ask(&mut case, &plan, "legal-1", "21-2");
    assert_eq!(open(&case), ["21-2"]);
    assert!(case.run.awaits(&first, Decision::Approve));
    assert!(!case.run.awaits(&first, Decision::Withdraw), "nothing was signed");
    sign(&mut case, &desk, &first).unwrap();
    assert!(open(&case).is_empty());
    assert!(!case.run.awaits(&first, Decision::Approve), "it was answered");
    assert!(case.run.awaits(&first, Decision::Withdraw));
    let event = Event::Withdrawn { step: StepNo(21), by: first.approver.clone() };
    block_on(case.append(plan.made, event)).unwrap();
    assert!(!case.run.awaits(&first, Decision::Withdraw), "a signature is taken back once");
    assert!(!case.run.awaits(&first, Decision::Approve), "the answer of before is no answer to a later question");
    let second = ask(&mut case, &plan, "legal-1", "21-5");
    assert_eq!(open(&case), ["21-5"], "asked anew");
    assert!(case.run.awaits(&second, Decision::Approve));
    assert!(!case.run.awaits(&first, Decision::Approve));
}

#[test]
fn a_new_plan_asks_anew_and_an_ended_run_asks_nobody() {
    let (plan, desk, mut world) = lapse();
    let store = MemoryStore::new(plan.workspace.clone());
    let mut case = block_on(Case::start(&store, plan.clone(), plan.made)).unwrap();
    // The first piece of work that goes to a person, once its step is open.
    let at: namekeep_model::Timestamp = "2027-03-15T02:00:00Z".parse().unwrap();
    let mut facts = namekeep_model::Facts::default();
    drive::take_in(&mut facts, block_on(world.look(&plan.name, FactKey::ALL, at)), at);
    let task = loop {
        match case.run.next(at, &facts, &desk.calendar()) {
            Next::Record(event) => block_on(case.append(at, event)).unwrap(),
            Next::Ask(request) => {
                block_on(case.append(at, Event::Asked { request: request.clone() })).unwrap();
                if let Request::Task(task) = request {
                    break task.id.to_string();
                }
            }
            other => panic!("{other:?}"),
        }
    };
    let signed = ask(&mut case, &plan, "legal-1", "21-90");
    sign(&mut case, &desk, &signed).unwrap();
    ask(&mut case, &plan, "security-1", "21-92");
    assert!(open(&case).contains(&"21-92".to_owned()) && open(&case).contains(&task));
    let next = Plan { revision: plan.revision + 1, ..plan.clone() };
    block_on(case.replan(plan.made, next.clone(), plan.people.requester.clone())).unwrap();
    assert!(!open(&case).contains(&"21-92".to_owned()), "the old plan's question waits no more");
    ask(&mut case, &next, "legal-1", "21-94");
    ask(&mut case, &next, "security-1", "21-95");
    assert!(open(&case).contains(&"21-94".to_owned()), "who had signed the old plan is asked about the new one");
    assert_eq!(block_on(Case::load(&store, plan.run)).unwrap().run, case.run);
    block_on(case.append(plan.made, Event::Ended { outcome: Outcome::Stopped })).unwrap();
    assert!(open(&case).is_empty(), "nobody is asked for a run that is over");
}
