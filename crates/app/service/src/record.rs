//! Records of the run machine as entries of the evidence log, and back.
//!
//! ```text
//! playbook::Record  --draft()-->  evidence::Draft  --RunLog-->  bytes (stored, hashed once)
//!                   <--read()---                   <-- bytes
//! ```
//!
//! The envelope carries what a verifier must understand without knowing playbooks: intents before
//! effects, receipts after, who typed what, which files are meant, and approvals as signed
//! statements whose bytes it checks itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use namekeep_evidence::{Draft, Envelope, Hash, Instant, Kind, Outcome, PublicKey, SignedStatement};
use namekeep_model::{EffectId, Text, Timestamp, Words};
use namekeep_playbook::{Approval, Event, Record, Run, Work};
use namekeep_ports::{Outcome as Came, ReadBack};
use serde::{Deserialize, Serialize};

use crate::keys::Keyring;
use crate::{Exit, Failure};

/// The context of approval statements (their domain line is that of evidence statements).
pub const APPROVAL: &str = "approval";

/// The body of every entry but approvals.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    record: u16,
    event: Event,
}

fn broken(what: impl std::fmt::Display) -> Failure {
    let says = Words::quoted(what.to_string()).behind(Text::new("a journal entry cannot be read: ", "日志条目无法读取："));
    Failure::new("E3001", Exit::Internal, says)
}

/// Cuts an instant to milliseconds, the precision the store keeps.
pub fn to_millis(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// Writes an event as an entry. The run tells whether a task is an act whose intent is open.
pub fn draft(run: &Run, at: Timestamp, event: &Event) -> Result<Draft, Failure> {
    let instant = Instant::parse(at.to_string()).map_err(broken)?;
    if let Event::Approved { approval } = event {
        return Ok(Draft::approval(instant, &signed(run, approval)?));
    }
    let body = serde_json::to_value(Body { record: namekeep_playbook::RECORD_SCHEMA, event: event.clone() }).map_err(broken)?;
    let receipt = |effect: &EffectId, outcome| Draft::receipt(instant.clone(), &effect.to_string(), outcome, body.clone());
    Ok(match event {
        Event::Intent { effect, .. } => Draft::intent(instant, &effect.to_string(), body),
        Event::Settled { effect, outcome } => receipt(effect, match outcome {
            Came::Done(_) => Outcome::Done,
            Came::NotDone(_) => Outcome::NotDone,
            // A person has been asked: the intent stays open until their receipt.
            Came::Unknown { .. } | Came::Asked(_) => Outcome::Unknown,
        }),
        Event::LookedBack { effect, found } => receipt(effect, match found {
            ReadBack::Done(_) => Outcome::Done,
            ReadBack::NotDone(_) => Outcome::NotDone,
            ReadBack::Unclear { .. } => Outcome::Unknown,
        }),
        Event::TaskDone { task, receipt: proof } => {
            let open = matches!(run.plan().item(&task.0.action).map(|item| &item.work), Some(Work::Act(_)));
            let draft = if open { receipt(&task.0, Outcome::Done) } else { Draft::event(instant, body) };
            let files: Vec<Hash> = proof.files.iter().filter_map(|hex| Hash::from_hex(hex.as_bytes())).collect();
            let draft = draft.with_files(files);
            match &proof.by {
                Some(who) => draft.typed_by(who.as_str()),
                None => draft,
            }
        }
        _ => Draft::event(instant, body),
    })
}

/// The kind word the store keeps beside an entry.
pub fn kind_of(event: &Event) -> Kind {
    match event {
        Event::Approved { .. } => Kind::Approval,
        Event::Intent { .. } => Kind::Intent,
        Event::Settled { .. } | Event::LookedBack { .. } => Kind::Receipt,
        _ => Kind::Event,
    }
}

/// Reads an entry back as the record it was written from.
pub fn read(bytes: &[u8]) -> Result<Record, Failure> {
    let envelope = Envelope::parse(bytes).map_err(broken)?;
    let at: Timestamp = envelope.at.parse().map_err(broken)?;
    let seq = envelope.seq.saturating_add(1);
    let event = if envelope.kind == Kind::Approval {
        let signed = envelope.statement().map_err(broken)?;
        let statement = serde_json::from_str(&signed.statement).map_err(broken)?;
        let signature = hex::encode(STANDARD.decode(&signed.signature).map_err(broken)?);
        Event::Approved { approval: Approval { statement, signature } }
    } else {
        let body: Body = serde_json::from_str(envelope.body.get()).map_err(broken)?;
        if body.record != namekeep_playbook::RECORD_SCHEMA {
            return Err(broken(format_args!("record version {}", body.record)));
        }
        body.event
    };
    Ok(Record::new(seq, at, event))
}

/// An approval as the signed statement a dossier's verifier checks.
fn signed(run: &Run, approval: &Approval) -> Result<SignedStatement, Failure> {
    let who = &approval.statement.approver;
    let key = run
        .plan()
        .people
        .signers()
        .find(|signer| signer.person.id == *who)
        .and_then(|signer| <[u8; 32]>::try_from(hex::decode(&signer.key).ok()?).ok())
        .ok_or_else(|| broken(format_args!("{who} is no approver of the plan")))?;
    let signature = hex::decode(&approval.signature).map_err(broken)?;
    Ok(SignedStatement {
        context: APPROVAL.to_owned(),
        statement: namekeep_evidence::canonical::to_text(&approval.statement).map_err(broken)?,
        signer: PublicKey::new(&Keyring::name_of(who), &key).map_err(broken)?,
        signature: STANDARD.encode(signature),
    })
}

/// The word of an event, as its entry carries it.
pub fn event_word(event: &Event) -> String {
    match serde_json::to_value(event) {
        Ok(serde_json::Value::Object(fields)) => {
            fields.get("event").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}
