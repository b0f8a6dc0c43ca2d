//! Signing: an approver's key over exactly what will happen.

use namekeep_model::Words;
use namekeep_playbook::{Approval, Run};
use namekeep_ports::ApprovalRequest;

use crate::keys::Keyring;
use crate::{Exit, Failure};

/// Signs what a request asks for; none where the step has nothing to sign.
pub fn sign(run: &Run, keys: &Keyring, request: &ApprovalRequest) -> Result<Option<Approval>, Failure> {
    let person = &request.approver;
    let Some(statement) = run.statement(request.step, person, &request.nonce) else { return Ok(None) };
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
