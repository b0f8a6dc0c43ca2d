//! Every operation under every fault: the ledger holds what took effect, and reading back tells it.

use super::common::*;
use namekeep_model::{Op, Words};
use namekeep_ports::{Outcome, ReadBack, Refusal};
use namekeep_world::{Fault, FaultRule, RegistryRules, World, WorldSpec};

const ABOUT: &str = "example-shop.cn";
const ID: &str = "9.act";

/// A world in which the operation can succeed.
fn shop(op: &Op) -> WorldSpec {
    let expiry = if matches!(op, Op::Restore { .. }) { "2026-10-15" } else { "2027-03-20" };
    let mut spec = spec(ABOUT, expiry, RegistryRules::default());
    spec.names[0].registration.lock = false;
    spec.names[0].dns.takes_null_mx = true;
    spec.names[0].dns.hosts = 2;
    spec.names[0].dns.ttl = 3_600;
    spec.names[0].resources.attached = 2;
    spec.names[0].dns.lost = matches!(op, Op::RepublishZone);
    if matches!(op, Op::RemoveDs) {
        spec.names[0].dns.ds_ttl = Some(3_600);
    }
    spec
}

fn ops() -> Vec<Op> {
    vec![
        Op::SetAutoRenew { on: false },
        Op::Renew { years: 1, expected_expiry: day("2027-03-20"), ceiling: yuan(39) },
        Op::Restore { ceiling: yuan(600) },
        Op::SetTransferLock { on: true },
        Op::Transfer { to: "buyer".into() },
        Op::DeleteRegistration,
        Op::StepDownTtl { seconds: 600 },
        Op::RemoveDs,
        Op::DetachRecords,
        Op::ParkZone,
        Op::CloseMail,
        Op::CloseIssuance,
        Op::RepublishZone,
        Op::DeleteHosts,
    ]
}

fn faults() -> Vec<Fault> {
    vec![
        Fault::Refuse(Refusal::Transient { why: Words::quoted("connection refused") }),
        Fault::Refuse(Refusal::Denied { why: Words::quoted("Forbidden") }),
        Fault::Throttle { seconds: 30 },
        Fault::DoneNoAnswer,
        Fault::NotDoneNoAnswer,
        Fault::Late { minutes: 20 },
        Fault::UnclearReadBack,
    ]
}

/// A careful caller: reads unknowns back, never sends again before *not done* is proven.
fn carefully(world: &mut World, op: &Op) -> u16 {
    for n in 1..=5 {
        let mut outcome = match attempt(world, ABOUT, ID, n, op.clone()) {
            Outcome::Done(_) => return n,
            Outcome::NotDone(_) => Some(false),
            Outcome::Unknown { .. } => None,
            Outcome::Asked(task) => panic!("{task}"),
        };
        while outcome.is_none() {
            outcome = match read(world, ABOUT, ID, n, op.clone()) {
                ReadBack::Done(_) => Some(true),
                ReadBack::NotDone(_) => Some(false),
                ReadBack::Unclear { .. } => None,
            };
            if outcome.is_none() {
                let later = world.now() + jiff::SignedDuration::from_mins(10);
                world.step_to(later);
            }
        }
        if outcome == Some(true) {
            return n;
        }
    }
    panic!("never done: {op:?}");
}

#[test]
fn a_careful_caller_does_everything_exactly_once() {
    let mut cases = 0;
    for op in ops() {
        assert!(Op::SERVED.contains(&op.version()));
        for fault in faults() {
            for task_minutes in [0, 5] {
                for reads_unclear in [0, 3] {
                    let mut spec = shop(&op);
                    spec.accounts[0].task_minutes = task_minutes;
                    spec.faults.push(FaultRule::on_action(ID.parse().unwrap(), fault.clone()));
                    let unclear = FaultRule { times: reads_unclear, ..FaultRule::on_op("", Fault::UnclearReadBack) };
                    spec.faults.push(unclear);
                    let mut world = world(spec);
                    carefully(&mut world, &op);
                    let ours = world.ledger().iter().filter(|line| line.op() == Some(&op)).count();
                    assert_eq!(ours, 1, "{op:?} under {fault:?}, task {task_minutes}");
                    assert_eq!(world.ledger().len(), 1);
                    assert!(world.ledger()[0].changed, "{op:?}");
                    cases += 1;
                }
            }
        }
    }
    assert_eq!(cases, Op::SERVED.len() * 7 * 2 * 2);
}

#[test]
fn a_careless_caller_is_found_out() {
    // Sending again after a lost answer: the ledger shows it twice.
    for op in [Op::SetAutoRenew { on: false }, Op::CloseIssuance] {
        let mut spec = shop(&op);
        spec.faults.push(FaultRule::on_action(ID.parse().unwrap(), Fault::DoneNoAnswer));
        let mut world = world(spec);
        assert!(matches!(attempt(&mut world, ABOUT, ID, 1, op.clone()), Outcome::Unknown { .. }));
        assert!(matches!(attempt(&mut world, ABOUT, ID, 2, op.clone()), Outcome::Done(_)));
        assert_eq!(world.ledger().len(), 2);
        // So does sending the very same attempt: the far side knows no token.
        attempt(&mut world, ABOUT, ID, 2, op.clone());
        assert_eq!(world.ledger().len(), 3);
    }
}

#[test]
fn what_never_arrived_is_proven_absent() {
    for op in ops() {
        let mut world = world(shop(&op));
        assert!(matches!(read(&mut world, ABOUT, ID, 1, op.clone()), ReadBack::NotDone(_)));
        assert!(world.ledger().is_empty() && world.attempts().is_empty());
    }
}

#[test]
fn a_late_effect_is_unclear_until_it_is_there() {
    for op in ops() {
        let mut spec = shop(&op);
        spec.faults.push(FaultRule::on_op(op.version(), Fault::Late { minutes: 20 }));
        let mut world = world(spec);
        assert!(matches!(act(&mut world, ABOUT, ID, op.clone()), Outcome::Unknown { .. }));
        assert!(world.ledger().is_empty());
        assert!(matches!(read(&mut world, ABOUT, ID, 1, op.clone()), ReadBack::Unclear { .. }));
        world.step_to(at("2026-11-24 09:34"));
        assert!(matches!(read(&mut world, ABOUT, ID, 1, op.clone()), ReadBack::Done(_)), "{op:?}");
        assert_eq!(world.ledger()[0].at, at("2026-11-24 09:34"));
    }
}

#[test]
fn rules_strike_the_calls_they_name() {
    let op = Op::SetAutoRenew { on: false };
    let rule = |from, times| FaultRule {
        from,
        times,
        ..FaultRule::on_op("registrar.auto-renew", Fault::Throttle { seconds: 1 })
    };
    for (from, times) in [(1, 1), (2, 3), (4, 1), (9, 1)] {
        let mut spec = shop(&op);
        spec.faults.push(rule(from, times));
        let mut world = world(spec);
        let struck: Vec<u16> =
            (1..=6).filter(|n| matches!(attempt(&mut world, ABOUT, ID, *n, op.clone()), Outcome::NotDone(_))).collect();
        let expected: Vec<u16> = (1..=6).filter(|n| (from..from + times).contains(&u32::from(*n))).collect();
        assert_eq!(struck, expected);
    }
    let mut spec = shop(&op);
    spec.faults.push(FaultRule { name: Some(name("other.example")), ..rule(1, 9) });
    spec.faults.push(FaultRule { action: Some("3.other".parse().unwrap()), ..rule(1, 9) });
    spec.faults.push(FaultRule { op: "dns.".into(), ..rule(1, 9) });
    let mut world = world(spec);
    assert!(matches!(act(&mut world, ABOUT, ID, op), Outcome::Done(_)));
}
