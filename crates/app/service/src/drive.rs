//! The one drive loop: live, demo, rehearsal and tests differ only in clock, store and ports.
//!
//! ```text
//!  replies of people -> look at wanted facts -> Run::next -> record | ask | effects | read back
//!        ^                                          |
//!        +---------- sleep until the next date <----+ nothing to do
//! ```

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use namekeep_model::finding::FindingState;
use namekeep_model::{FactKey, Facts, Timestamp, Words};
use namekeep_playbook::{Calendar, Event, Next, Why};
use namekeep_ports::{Decision, Looked, Ports, Reply};
use namekeep_rules::Rulebook;
use namekeep_store::{Look, Store};

use crate::clock::Clock;
use crate::journal::Case;
use crate::keys::Keyring;
use crate::{Exit, Failure, again, approve, effects};

/// Two rounds of a check-point closer than this count as one: looking twice at once proves nothing.
const ROUND: SignedDuration = SignedDuration::from_hours(20);

/// The least time between two looks.
const SOONEST: SignedDuration = SignedDuration::from_mins(1);

/// Most things one run may do at one instant. A run has about 60 items of work; more means that it
/// turns in a circle, and it is stopped with an error instead.
const MOST_AT_ONCE: usize = 1_000;

/// What a drive loop works with: rules, zone, keys.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The rules of the day.
    pub rules: Rulebook,
    /// The workspace's zone.
    pub zone: TimeZone,
    /// Whose keys sign.
    pub keys: Keyring,
}

impl Desk {
    /// The calendar plans and runs count by.
    pub fn calendar(&self) -> Calendar<'_> {
        Calendar { zone: &self.zone, work: self.rules.calendar(), freezes: self.rules.freezes() }
    }
}

/// Why the loop stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Every run has ended.
    AllEnded,
    /// The clock does not wait, or has reached its horizon; look again then.
    Until(Timestamp),
}

/// Drives runs until all have ended or the clock stops waiting. `seen` is told each time the clock
/// has moved, for a live display.
pub async fn drive<S: Store, P: Ports, C: Clock>(
    cases: &mut [Case<'_, S>],
    ports: &mut P,
    desk: &Desk,
    clock: &mut C,
    mut seen: impl FnMut(Timestamp, &[Case<'_, S>]),
) -> Result<Pause, Failure> {
    ask_again(cases, ports).await?;
    loop {
        let now = clock.now();
        let wake = settle_instant(cases, ports, desk, now).await?;
        seen(now, cases);
        if cases.iter().all(|case| case.run.outcome().is_some()) {
            return Ok(Pause::AllEnded);
        }
        // Whoever asks to be looked at again at once is looked at again in a minute: time goes on.
        let soonest = now.checked_add(SOONEST).unwrap_or(now);
        let next = [wake, ports.wake_at()].into_iter().flatten().min().unwrap_or(soonest).max(soonest);
        if !clock.sleep_until(next) {
            // What happens by itself up to the horizon happens, and its replies are taken in.
            settle_instant(cases, ports, desk, clock.now()).await?;
            return Ok(Pause::Until(next));
        }
    }
}

/// Puts every open question again: the process may have died after a question became durable and
/// before it reached anybody. Asking twice is one question.
async fn ask_again<S: Store, P: Ports>(cases: &[Case<'_, S>], ports: &mut P) -> Result<(), Failure> {
    for case in cases {
        for request in case.open_requests().await? {
            ports.ask(request).await;
        }
    }
    Ok(())
}

/// Does everything that can be done at one instant; answers when to look again.
pub async fn settle_instant<S: Store, P: Ports>(
    cases: &mut [Case<'_, S>],
    ports: &mut P,
    desk: &Desk,
    now: Timestamp,
) -> Result<Option<Timestamp>, Failure> {
    for _ in 0..MOST_AT_ONCE {
        let mut moved = false;
        for reply in ports.replies(now).await {
            moved |= take(cases, desk, reply, now).await?;
        }
        let mut wake: Option<Timestamp> = None;
        for case in cases.iter_mut() {
            match step(case, ports, desk, now).await? {
                Step::Moved => moved = true,
                Step::Waits(until) => wake = Some(wake.map_or(until, |known| known.min(until))),
                Step::Ended => {}
            }
        }
        if !moved {
            return Ok(wake);
        }
    }
    let turning: Vec<String> = cases
        .iter()
        .filter(|case| case.run.outcome().is_none())
        .map(|case| format!("{}: {:?}", case.id(), case.run.next(now, &case.facts, &desk.calendar())))
        .collect();
    let turning = turning.join("; ");
    let says = Words {
        en: format!("a run turns in a circle and was stopped: {turning}"),
        zh: format!("流程陷入循环，已停止：{turning}"),
    };
    Err(Failure::new("E3005", Exit::Internal, says))
}

enum Step {
    Moved,
    Waits(Timestamp),
    Ended,
}

async fn step<S: Store, P: Ports>(
    case: &mut Case<'_, S>,
    ports: &mut P,
    desk: &Desk,
    now: Timestamp,
) -> Result<Step, Failure> {
    if case.run.outcome().is_some() {
        return Ok(Step::Ended);
    }
    let now = now.max(case.last());
    if case.looked != Some(now) {
        let wanted: Vec<FactKey> = case.run.wants(now).into_iter().collect();
        let looked = ports.look(&case.run.plan().name, &wanted, now).await;
        case.see(looked, &desk.rules, desk.zone.to_datetime(now).date(), now).await?;
    }
    let calendar = desk.calendar();
    match case.run.next(now, &case.facts, &calendar) {
        Next::Record(event) => case.append(now, event).await?,
        Next::Do { action, effect, deadline } => {
            effects::carry_out(case, ports, &calendar, &action, effect, deadline, now).await?;
        }
        Next::Settle { effect, action } => effects::settle(case, ports, effect, &action, now).await?,
        Next::Ask(request) => {
            // Durable first; a crash between the two asks again when the run is driven next.
            case.append(now, Event::Asked { request: request.clone() }).await?;
            ports.ask(request).await;
        }
        Next::Blocked { by, until } => {
            if case.plans_again && by.iter().any(|blocker| stale(&blocker.why)) && again::plan(case, desk, now).await? {
                return Ok(Step::Moved);
            }
            return Ok(Step::Waits(until));
        }
        Next::Wait { until, .. } | Next::Held { until, .. } => return Ok(Step::Waits(until)),
        Next::Ended(_) => return Ok(Step::Ended),
    }
    Ok(Step::Moved)
}

/// Tells whether only another plan goes on: its signatures are too late, or the expiry it was made
/// for has moved.
fn stale(why: &Why) -> bool {
    matches!(why, Why::TooLateToSign | Why::Outdated(_) | Why::Fact { key: FactKey::RegistrarExpiry, .. })
}

/// Takes what one look brought into the facts; answers what of it is new: values that changed, look-ups
/// that began to fail, rounds that count.
pub fn take_in(facts: &mut Facts, looked: Looked, now: Timestamp) -> Look {
    let mut new = Look::default();
    for observation in looked.observations {
        let before = facts.by_key.get(&observation.key).and_then(|fact| fact.failed()).is_some();
        let changed = facts.take(observation.clone());
        let failed = facts.by_key.get(&observation.key).and_then(|fact| fact.failed()).is_some();
        if changed || before != failed {
            new.observations.push(observation);
        }
    }
    for (code, level) in looked.rounds {
        let before = facts.findings.get(&code);
        let same_round = before.is_some_and(|state| state.level == level && now.duration_since(state.at) < ROUND);
        if !same_round {
            let state = FindingState::after(before, level, now);
            facts.findings.insert(code, state);
            new.rounds.push((code, level));
        }
    }
    new
}

/// Takes a person's reply in; answers whether anything changed. A reply that comes twice, or to a
/// question nobody has open, changes nothing.
async fn take<S: Store>(cases: &mut [Case<'_, S>], desk: &Desk, reply: Reply, now: Timestamp) -> Result<bool, Failure> {
    let run = match &reply {
        Reply::Done { task, .. } => task.0.run,
        Reply::Decided { request, .. } => request.run,
    };
    let Some(case) = cases.iter_mut().find(|case| case.id() == run) else { return Ok(false) };
    let event = match reply {
        Reply::Done { task, receipt } => Event::TaskDone { task, receipt },
        // Said twice, or in answer to a question that stands no more: it changes nothing.
        Reply::Decided { request, decision, .. } if !case.run.awaits(&request, decision) => return Ok(false),
        Reply::Decided { request, decision, .. } => match decision {
            Decision::Approve => match approve::sign(&case.run, &desk.keys, &request)? {
                Some(approval) => Event::Approved { approval },
                None => return Ok(false),
            },
            Decision::Refuse => Event::Refused { step: request.step, by: request.approver },
            Decision::Withdraw => Event::Withdrawn { step: request.step, by: request.approver },
        },
    };
    if !case.accepts(now, &event) {
        return Ok(false);
    }
    case.looked = None;
    case.append(now, event).await?;
    Ok(true)
}
