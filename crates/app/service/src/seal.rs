//! Sealing: a run's journal, its plan and its raw answers as one dossier a stranger can verify.
//!
//! The run's head becomes a leaf of the workspace log, the log's new head is signed, and the proof
//! goes into the dossier. Sealing again later adds a leaf and proves the longer log.

use std::collections::BTreeSet;

use namekeep_evidence::{
    Both, Checkpoint, Envelope, FileKind, Hash, Inclusion, Instant, KeyRecord, Line, PublicKey, RawFile, Role, RunHead,
    RunLog, Sealing, Section, Story, merkle, SigningKey,
};
use namekeep_model::{RunId, Text, Timestamp, Words};
use namekeep_playbook::{Event, Plan};
use namekeep_store::Store;

use crate::keys::{Keyring, LOG_KEY, SERVICE_KEY};
use crate::{Exit, Failure, diary, record};

/// The program and version a dossier names.
pub const GENERATOR: &str = concat!("namekeep ", env!("CARGO_PKG_VERSION"));

/// Leaves of the workspace log read at once.
const PAGE: usize = 4_096;

fn cannot(what: impl std::fmt::Display) -> Failure {
    let says = Words::quoted(what.to_string()).behind(Text::new("the dossier cannot be sealed: ", "案卷无法封存："));
    Failure::new("E3004", Exit::Internal, says)
}

/// Seals a run; the bytes are `RUN.dossier`.
pub async fn seal<S: Store>(
    store: &S,
    keys: &Keyring,
    id: RunId,
    now: Timestamp,
    demo: bool,
) -> Result<Vec<u8>, Failure> {
    let journal = store.load(id).await?;
    let plan: Plan = serde_json::from_slice(&journal.plan).map_err(cannot)?;
    let sealed_at = Instant::parse(record::to_millis(now.max(journal.run.at)).to_string()).map_err(cannot)?;
    let frontier = journal.entries.iter().map(|entry| merkle::leaf(&entry.bytes)).collect();
    let head = RunLog::resume(&id.to_string(), frontier).map_err(cannot)?.head(sealed_at.clone());

    // The keys are made with the first seal. Later a missing one is a failure: a new key under the same
    // name would sign for another log.
    let first = store.log_head().await?.size == 0;
    let own = |name| if first { keys.key_or_new(name) } else { keys.key(name) };
    let (service, log_key) = (own(SERVICE_KEY)?, own(LOG_KEY)?);
    let head_bytes = head.to_bytes().map_err(cannot)?;
    let (proof, checkpoint) = enter_log(store, &log_key, &head).await?;

    let entries: Vec<&[u8]> = journal.entries.iter().map(|entry| entry.bytes.as_slice()).collect();
    let mut kept = Vec::new();
    for digest in mentioned(&entries)? {
        if let Some(bytes) = store.kept(&digest).await? {
            kept.push(bytes);
        }
    }
    let files: Vec<RawFile<'_>> = kept
        .iter()
        .map(|bytes| RawFile {
            bytes,
            kind: FileKind::Upload,
            media: "application/octet-stream".to_owned(),
            label: "proof kept with an entry".to_owned(),
        })
        .collect();

    let sealing = Sealing {
        run: &id.to_string(),
        title: title(&plan),
        demo,
        sealed_at,
        generator: GENERATOR,
        entries: &entries,
        head: &head_bytes,
        proof: &proof,
        checkpoint: &checkpoint,
        keys: &key_records(&plan, &log_key)?,
        files: &files,
        stamps: &[],
        story: &story(&plan, &journal.entries)?,
    };
    namekeep_evidence::seal(&sealing, &service).map_err(cannot)
}

/// Makes the run's head a leaf of the workspace log, signs the log's head, proves the leaf.
async fn enter_log<S: Store>(store: &S, key: &SigningKey, head: &RunHead) -> Result<(Inclusion, String), Failure> {
    let before = store.log_head().await?.size;
    let after = store.extend_log(before, vec![head.to_bytes().map_err(cannot)?]).await?;
    let mut leaves = Vec::new();
    while (leaves.len() as u64) < after.size {
        let page = store.log_leaves(leaves.len() as u64, PAGE).await?;
        if page.is_empty() {
            return Err(cannot("the workspace log is shorter than its head says"));
        }
        leaves.extend(page.iter().map(|leaf| merkle::leaf(leaf)));
    }
    let proof = Inclusion::prove(&leaves, before).map_err(cannot)?;
    let checkpoint = Checkpoint::new(key.public().name(), after.size, after.root);
    let note = checkpoint.sign(&[key]).map_err(cannot)?;
    store.put_checkpoint(namekeep_store::Checkpoint { size: after.size, note: note.clone() }).await?;
    Ok((proof, note))
}

/// The digests of raw files the entries refer to.
fn mentioned(entries: &[&[u8]]) -> Result<BTreeSet<Hash>, Failure> {
    let mut digests = BTreeSet::new();
    for entry in entries {
        digests.extend(Envelope::parse(entry).map_err(cannot)?.files);
    }
    Ok(digests)
}

fn key_records(plan: &Plan, log_key: &SigningKey) -> Result<Vec<KeyRecord>, Failure> {
    let mut records = vec![KeyRecord::new(Role::Log, log_key.public().clone())];
    for signer in plan.people.signers() {
        let bytes: [u8; 32] =
            hex::decode(&signer.key).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| cannot("a key of the plan"))?;
        let key = PublicKey::new(&Keyring::name_of(&signer.person.id), &bytes).map_err(cannot)?;
        records.push(KeyRecord::new(Role::Approver, key));
    }
    Ok(records)
}

fn title(plan: &Plan) -> Both {
    let name = &plan.name;
    match plan.ending {
        Some(ending) => {
            let ending = ending.text();
            Both::new(format!("{name}: retirement, {}", ending.en), format!("{name}：退役，{}", ending.zh))
        }
        None => Both::new(format!("{name}: renewal"), format!("{name}：续费")),
    }
}

/// The story of the run: the diary, by stage.
fn story(plan: &Plan, entries: &[namekeep_store::Entry]) -> Result<Story, Failure> {
    let mut ended = None;
    let mut sections: Vec<Section> = Vec::new();
    for entry in entries {
        let record = record::read(&entry.bytes)?;
        if let Event::Ended { outcome } = &record.event {
            ended = Some(*outcome);
        }
        let told = diary::tell(plan, &record);
        let month = record.at.strftime("%Y-%m").to_string();
        if sections.last().is_none_or(|section| section.heading.en != month) {
            sections.push(Section { heading: Both::new(month.clone(), month), lines: Vec::new() });
        }
        if let Some(section) = sections.last_mut() {
            section.lines.push(Line {
                at: record.at.to_string(),
                text: with_measures(told),
                entry: Some(entry.seq),
            });
        }
    }
    let summary = match ended {
        Some(outcome) => {
            let words = outcome.words();
            Both::new(format!("Result: {}", words.en), format!("结果：{}", words.zh))
        }
        None => Both::new("The run is still under way.", "流程尚未结束。"),
    };
    Ok(Story { title: title(plan), summary, sections })
}

/// A line with what was measured behind it.
fn with_measures(told: diary::DiaryLine) -> Both {
    match told.measured {
        Some(measured) => Both::new(format!("{} ({measured})", told.says.en), format!("{}（{measured}）", told.says.zh)),
        None => Both::new(told.says.en, told.says.zh),
    }
}
