//! Sealing: from stored entries and raw files to the bytes of a dossier.
//!
//! What is sealed is verified before it is handed out, so no dossier exists that its own verifier
//! would refuse.

use std::collections::BTreeMap;

use crate::manifest::SCHEMA;
use crate::verify::{SEAL, SUMS, key_file};
use crate::walk::{ENTRIES, LEAVES, check_stored};
use crate::{
    Both, Envelope, Error, FileKind, FileRecord, Hash, Inclusion, Instant, KeyRecord, Manifest, SigningKey, Story,
    Verdict, canonical, container, merkle, page, recipe, sums, verify,
};

/// A raw file to keep.
#[derive(Clone, Debug)]
pub struct RawFile<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What it is.
    pub kind: FileKind,
    /// Its media type.
    pub media: String,
    /// What a reader calls it.
    pub label: String,
}

/// An RFC 3161 token over the checkpoint, kept as it was received.
#[derive(Clone, Debug)]
pub struct Stamp<'a> {
    /// A name of `a-z 0-9 . _ -`, such as `tsa-1.tsr`.
    pub name: String,
    /// The token.
    pub token: &'a [u8],
}

/// All that goes into a dossier.
#[derive(Clone, Debug)]
pub struct Sealing<'a> {
    /// The run.
    pub run: &'a str,
    /// What the run is about.
    pub title: Both,
    /// Whether it is from the demo world.
    pub demo: bool,
    /// When it is sealed.
    pub sealed_at: Instant,
    /// The program and its version.
    pub generator: &'a str,
    /// The stored bytes of every entry, in order.
    pub entries: &'a [&'a [u8]],
    /// The bytes of the run head, as they are a leaf of the workspace log.
    pub head: &'a [u8],
    /// The proof of the run head in the workspace log.
    pub proof: &'a Inclusion,
    /// The signed checkpoint of the workspace log at the size of the proof.
    pub checkpoint: &'a str,
    /// The keys of the workspace log and of approvers; the sealing key adds itself.
    pub keys: &'a [KeyRecord],
    /// The raw files; each must be referred to by an entry.
    pub files: &'a [RawFile<'a>],
    /// Time stamps, when there are any.
    pub stamps: &'a [Stamp<'a>],
    /// The story told on the page.
    pub story: &'a Story,
}

/// Seals a dossier with the service's key; the bytes are `RUN.dossier`.
pub fn seal(sealing: &Sealing<'_>, key: &SigningKey) -> Result<Vec<u8>, Error> {
    let manifest = manifest(sealing, key)?;
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let (lines, leaves) = lines(sealing.entries)?;
    files.insert(ENTRIES.to_owned(), lines);
    files.insert(LEAVES.to_owned(), leaves);
    files.insert("head.json".to_owned(), sealing.head.to_vec());
    files.insert("proof.json".to_owned(), canonical::to_bytes(sealing.proof)?);
    files.insert("checkpoint.note".to_owned(), sealing.checkpoint.as_bytes().to_vec());
    files.insert("manifest.json".to_owned(), manifest.to_bytes()?);
    files.insert("index.html".to_owned(), page::write(&manifest, sealing.story, sealing.entries).into_bytes());
    files.insert("VERIFY.txt".to_owned(), recipe::write(&manifest).into_bytes());
    for record in &manifest.keys {
        files.insert(key_file(&record.key), record.key.to_pem().into_bytes());
    }
    for file in sealing.files {
        files.insert(format!("raw/{}", Hash::of(file.bytes)), file.bytes.to_vec());
    }
    for stamp in sealing.stamps {
        files.insert(format!("stamps/{}", stamp.name), stamp.token.to_vec());
    }
    let digests = files.iter().map(|(name, bytes)| (name.as_str(), Hash::of(bytes)));
    let list = sums::write(sealing.run, digests);
    files.insert(SEAL.to_owned(), key.sign(list.as_bytes()).to_vec());
    files.insert(SUMS.to_owned(), list.into_bytes());
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let dossier = container::write(&files)?;
    let report = verify(&dossier, &[]);
    // A kept time stamp is not judged, and that is how its reader shall see it.
    let only_stamps = report.problems.iter().all(|problem| problem.why == crate::Why::StampNotJudged);
    if report.verdict == Verdict::Intact || only_stamps { Ok(dossier) } else { Err(Error::Unsound(Box::new(report))) }
}

/// Writes the entries and their leaf hashes, one a line.
fn lines(entries: &[&[u8]]) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let mut lines = Vec::with_capacity(entries.iter().map(|entry| entry.len() + 1).sum());
    let mut leaves = Vec::with_capacity(entries.len() * 65);
    for entry in entries {
        check_stored(entry)?;
        lines.extend_from_slice(entry);
        lines.push(b'\n');
        leaves.extend_from_slice(&merkle::leaf(entry).hex());
        leaves.push(b'\n');
    }
    Ok((lines, leaves))
}

fn manifest(sealing: &Sealing<'_>, key: &SigningKey) -> Result<Manifest, Error> {
    let at = |entry: Option<&&[u8]>| -> Result<Instant, Error> {
        let entry = entry.ok_or(Error::Field { field: "entries", reason: "a dossier has at least one entry" })?;
        Instant::parse(Envelope::parse(entry)?.at)
    };
    let mut keys = sealing.keys.to_vec();
    keys.push(KeyRecord::new(crate::Role::Service, key.public().clone()));
    keys.sort_by_key(KeyRecord::order);
    keys.dedup();
    let mut files: Vec<FileRecord> = sealing.files.iter().map(record).collect();
    files.sort_by_key(|file| file.sha256);
    files.dedup_by_key(|file| file.sha256);
    Ok(Manifest {
        schema: SCHEMA.to_owned(),
        generator: sealing.generator.to_owned(),
        run: sealing.run.to_owned(),
        title: sealing.title.clone(),
        demo: sealing.demo,
        from: at(sealing.entries.first())?,
        to: at(sealing.entries.last())?,
        sealed_at: sealing.sealed_at.clone(),
        sealer: key.public().fingerprint(),
        entries: sealing.entries.len() as u64,
        keys,
        files,
    })
}

fn record(file: &RawFile<'_>) -> FileRecord {
    FileRecord {
        sha256: Hash::of(file.bytes),
        bytes: file.bytes.len() as u64,
        kind: file.kind,
        media: file.media.clone(),
        label: file.label.clone(),
    }
}
