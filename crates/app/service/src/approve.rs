//! Signing: an approver's key over exactly what will happen.

use namekeep_model::{PersonId, StepNo, Words};
use namekeep_playbook::{Approval, Run};

use crate::keys::Keyring;
use crate::{Exit, Failure};

/// Signs the statement of a step for a person; none where the step has nothing to sign.
pub fn sign(run: &Run, keys: &Keyring, person: &PersonId, step: StepNo) -> Result<Option<Approval>, Failure> {
    let nonce = keys.nonce(&format!("{} {} {} {}", run.plan().run, step, person, run.seq()))?;
    let Some(statement) = run.statement(step, person, &nonce) else { return Ok(None) };
    let key = keys.key(&Keyring::name_of(person))?;
    let named = run.plan().people.signers().find(|signer| signer.person.id == *person);
    if named.is_none_or(|signer| signer.key != hex::encode(key.public().bytes())) {
        let says = Words {
            en: format!("the plan names no key of {person} that is here; nothing was signed"),
            zh: format!("计划中没有 {person} 在此处的密钥；未签署"),
        };
        return Err(Failure::new("E8101", Exit::Approval, says));
    }
    let signature = hex::encode(key.sign(&statement.signed_bytes()));
    Ok(Some(Approval { statement, signature }))
}
