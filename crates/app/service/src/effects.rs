//! The single door for writes to the world.
//!
//! ```text
//! gates read again -> permit -> intent durable -> port -> outcome durable
//!                                   |                        |
//!                          crash or no answer: the outcome is UNKNOWN; it is read back, never resent
//! ```
//!
//! No other code calls [`Ports::perform`] (a lint refuses it).

use namekeep_evidence::{Hash, canonical};
use namekeep_model::{Action, EffectId, Timestamp, Words};
use namekeep_playbook::{Calendar, Event};
use namekeep_ports::Ports;
use namekeep_store::Store;

use crate::journal::Case;
use crate::{Exit, Failure};

/// Clears an action, writes its intent, performs it, writes what came.
pub async fn carry_out<S: Store, P: Ports>(
    case: &mut Case<'_, S>,
    ports: &mut P,
    calendar: &Calendar<'_>,
    action: &Action,
    effect: EffectId,
    deadline: Timestamp,
    now: Timestamp,
) -> Result<(), Failure> {
    let permit = case.run.clear(&action.id, now, &case.facts, calendar).map_err(|_| shut(&effect))?;
    if *permit.effect() != effect {
        return Err(shut(&effect));
    }
    let digest = canonical::to_bytes(action).map(|bytes| Hash::of(&bytes).to_string()).map_err(|_| shut(&effect))?;
    case.append(now, Event::Intent { effect: effect.clone(), action: digest, deadline }).await?;
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    let outcome = ports.perform(permit, deadline).await;
    case.looked = None;
    case.append(now, Event::Settled { effect, outcome }).await
}

/// Looks whether an uncertain attempt took effect, and writes what was seen.
pub async fn settle<S: Store, P: Ports>(
    case: &mut Case<'_, S>,
    ports: &mut P,
    effect: EffectId,
    action: &Action,
    now: Timestamp,
) -> Result<(), Failure> {
    let found = ports.read_back(&effect, action, now).await;
    case.looked = None;
    case.append(now, Event::LookedBack { effect, found }).await
}

fn shut(effect: &EffectId) -> Failure {
    let says = Words {
        en: format!("{effect} may not run now; nothing was sent"),
        zh: format!("{effect} 现在不可执行；未发送任何操作"),
    };
    Failure::new("E8001", Exit::Gate, says)
}
