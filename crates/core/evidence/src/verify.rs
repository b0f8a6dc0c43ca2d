//! Verification of a dossier: from the bytes of one file to a report, offline.
//!
//! ```text
//! container rebuilt -> entries hashed and walked -> digests of all files -> seal -> run head -> workspace
//! log -> checkpoint -> signers against trusted keys
//! ```
//!
//! Never fails and never panics: whatever is wrong with the bytes ends in the report.

use crate::container::{self, Broken, Fault, Member};
use crate::manifest::{SCHEMA, schema_of};
use crate::tally::Findings;
use crate::walk::{Around, ENTRIES, LEAVES, Walk, walk};
use crate::{
    Checkpoint, Hash, Inclusion, Manifest, Note, Place, PublicKey, Report, Role, RunHead, Signer, TrustedKey, Why,
    canonical, sums,
};

/// The list of digests.
pub(crate) const SUMS: &str = "SHA256SUMS";
/// The signature over the list of digests.
pub(crate) const SEAL: &str = "seal.sig";
/// The files that every dossier has, sorted.
pub(crate) const REQUIRED: [&str; 10] = [
    SUMS,
    "VERIFY.txt",
    "checkpoint.note",
    ENTRIES,
    "head.json",
    "index.html",
    LEAVES,
    "manifest.json",
    "proof.json",
    SEAL,
];

/// Verifies a dossier against the keys a reader trusts; without any, signers are named but not identified.
pub fn verify(bytes: &[u8], trust: &[TrustedKey]) -> Report {
    let mut found = Findings::default();
    let mut report = Report::new(bytes.len() as u64);
    match container::read(bytes) {
        Ok(members) => Judge { members: &members, found: &mut found, report: &mut report }.judge(trust),
        Err(broken) => add_broken(&broken, &mut found),
    }
    report.finish(found, !trust.is_empty())
}

/// Reports a container that is not of the exact form; a cut inside the entries names the entry.
fn add_broken(broken: &Broken<'_>, found: &mut Findings) {
    let why = match broken.fault {
        Fault::Truncated => Why::Truncated,
        Fault::Header => Why::Header,
        Fault::Order => Why::FileOrder,
        Fault::Trailing => Why::Trailing,
        Fault::TooLarge => Why::TooLarge,
    };
    let entry = broken.member.filter(|(name, data)| *name == ENTRIES && !data.is_empty());
    let entry = entry.map(|(_, data)| data.iter().filter(|&&byte| byte == b'\n').count() as u64);
    let file = broken.member.map(|(name, _)| name.to_owned());
    found.add(why, Place { file, entry, offset: Some(broken.offset as u64) }, None);
}

struct Judge<'a> {
    members: &'a [Member<'a>],
    found: &'a mut Findings,
    report: &'a mut Report,
}

impl<'a> Judge<'a> {
    fn judge(mut self, trust: &[TrustedKey]) {
        self.names();
        let manifest = self.manifest();
        let raw: Vec<Hash> = self.members.iter().filter_map(|member| raw_digest(member.name)).collect();
        let around = Around {
            run: manifest.as_ref().map_or("", |manifest| &manifest.run),
            manifest: manifest.as_ref(),
            raw: &raw,
        };
        let entries = self.data(ENTRIES).unwrap_or_default();
        let walk = walk(entries, self.data(LEAVES).unwrap_or_default(), &around, self.found);
        let digests = self.digests();
        let proven = manifest.as_ref().is_some_and(|manifest| self.checkpoint(manifest, trust));
        self.chain(&walk, manifest.as_ref(), proven);
        if let Some(manifest) = &manifest {
            self.sums(&digests, manifest);
            self.seal(manifest, trust);
            self.manifest_holds(manifest, &walk);
            self.raw_files(manifest, &raw);
            for (key, count) in manifest.keys_of(Role::Approver).zip(&walk.approvals) {
                self.sign(key, Role::Approver, *count, trust);
            }
        }
        for (digest, _) in raw.iter().zip(&walk.referenced).filter(|(_, referenced)| !**referenced) {
            self.add(Why::Unreferenced, &format!("raw/{digest}"), None);
        }
        self.stamps();
        self.report.take(walk, manifest, self.members);
    }

    fn data(&self, name: &str) -> Option<&'a [u8]> {
        let index = self.members.binary_search_by(|member| member.name.cmp(name)).ok()?;
        self.members.get(index).map(|member| member.data)
    }

    fn add(&mut self, why: Why, file: &str, detail: Option<String>) {
        self.found.add(why, Place { file: Some(file.to_owned()), ..Place::default() }, detail);
    }

    /// Checks that every file belongs and none is missing.
    fn names(&mut self) {
        for name in REQUIRED {
            if self.data(name).is_none() {
                self.add(Why::MissingFile, name, None);
            }
        }
        for member in self.members {
            if !REQUIRED.contains(&member.name) && !belongs(member.name) {
                self.add(Why::ForeignFile, member.name, None);
            }
        }
    }

    fn manifest(&mut self) -> Option<Manifest> {
        let bytes = self.data("manifest.json")?;
        match Manifest::parse(bytes) {
            Ok(manifest) => Some(manifest),
            Err(error) => {
                let newer = schema_of(bytes).is_some_and(|schema| schema != SCHEMA);
                let why = if newer { Why::Newer } else { Why::ManifestForm };
                self.add(why, "manifest.json", Some(error.to_string()));
                None
            }
        }
    }

    /// Digests every file; a raw file must be named by its digest, and every checksum must hold.
    fn digests(&mut self) -> Vec<Hash> {
        let members = self.members;
        let mut digests = Vec::with_capacity(members.len());
        for member in members {
            let digest = Hash::of(member.data);
            if member.name.strip_prefix("raw/").is_some_and(|name| name.as_bytes() != digest.hex()) {
                self.add(Why::RawDigest, member.name, Some(digest.to_string()));
            } else if !member.crc_holds() {
                self.add(Why::Checksum, member.name, None);
            }
            digests.push(digest);
        }
        digests
    }

    /// Rebuilds the list of digests and compares it; where it differs, names the file.
    fn sums(&mut self, digests: &[Hash], manifest: &Manifest) {
        let Some(stated) = self.data(SUMS) else { return };
        let summed = |name: &str| name != SUMS && name != SEAL;
        let actual: Vec<(&str, Hash)> = self
            .members
            .iter()
            .zip(digests)
            .filter(|(member, _)| summed(member.name))
            .map(|(member, digest)| (member.name, *digest))
            .collect();
        if sums::write(&manifest.run, actual.iter().copied()).as_bytes() == stated {
            return;
        }
        let Some((_, listed)) = str::from_utf8(stated).ok().and_then(sums::parse) else {
            return self.add(Why::SumsForm, SUMS, None);
        };
        let before = self.found.count();
        for (name, digest) in &actual {
            match listed.binary_search_by(|(other, _)| other.cmp(name)).ok().and_then(|index| listed.get(index)) {
                Some((_, want)) if want == digest => {}
                Some((_, want)) => self.add(Why::FileDigest, name, Some(format!("{digest}, listed {want}"))),
                None => self.add(Why::ForeignFile, name, None),
            }
        }
        for (name, _) in &listed {
            if self.data(name).is_none() {
                self.add(Why::MissingFile, &crate::visible(name), None);
            }
        }
        if self.found.count() == before {
            self.add(Why::SumsForm, SUMS, None);
        }
    }

    fn seal(&mut self, manifest: &Manifest, trust: &[TrustedKey]) {
        let (Some(list), Some(signature)) = (self.data(SUMS), self.data(SEAL)) else { return };
        match manifest.keys_of(Role::Service).find(|key| key.fingerprint() == manifest.sealer) {
            Some(key) if key.verify(list, signature) => self.sign(key, Role::Service, 1, trust),
            Some(key) => self.add(Why::Seal, SEAL, Some(crate::visible(key.name()))),
            None => self.add(Why::ManifestLie, "manifest.json", Some("sealer".to_owned())),
        }
    }

    /// Compares the entries with the run head.
    ///
    /// Only the root tells whether an entry or the list of leaves was changed; only the workspace log
    /// tells whether the entries or the head were.
    fn chain(&mut self, walk: &Walk, manifest: Option<&Manifest>, proven: bool) {
        let head = self.data("head.json").map(RunHead::parse);
        let root_holds = match &head {
            Some(Ok(head)) => head.size == walk.frontier.size() && head.root == walk.frontier.root(),
            Some(Err(error)) => {
                self.add(Why::HeadForm, "head.json", Some(error.to_string()));
                false
            }
            None => false,
        };
        match &walk.differs {
            Some((place, detail)) if root_holds => {
                let place = Place { file: Some(LEAVES.to_owned()), offset: None, ..place.clone() };
                self.found.add(Why::LeafList, place, Some(detail.clone()));
            }
            Some((place, detail)) => self.found.add(Why::EntryDigest, place.clone(), Some(detail.clone())),
            None => {}
        }
        let Some(Ok(head)) = head else { return };
        if head.size > walk.frontier.size() {
            let place = Place { file: Some(ENTRIES.to_owned()), entry: Some(walk.frontier.size()), offset: None };
            self.found.add(Why::MissingEntries, place, None);
        }
        if !root_holds && walk.differs.is_none() {
            let file = if proven { ENTRIES } else { "head.json" };
            self.add(Why::Root, file, Some(format!("{}, head {}", walk.frontier.root(), head.root)));
        }
        if manifest.is_some_and(|manifest| manifest.run != head.run) {
            self.add(Why::HeadForm, "head.json", Some(crate::visible(&head.run)));
        }
    }

    /// Follows the run head into the workspace log and the log to its signature; tells whether all of it holds.
    fn checkpoint(&mut self, manifest: &Manifest, trust: &[TrustedKey]) -> bool {
        let (Some(note), Some(head), Some(proof)) =
            (self.data("checkpoint.note"), self.data("head.json"), self.data("proof.json"))
        else {
            return false;
        };
        let keys: Vec<PublicKey> = manifest.keys_of(Role::Log).cloned().collect();
        let opened = str::from_utf8(note).map_err(|_| "not UTF-8".to_owned()).and_then(|note| {
            let checkpoint = Checkpoint::open(note, &keys).map_err(|error| error.to_string())?;
            let note = Note::parse(note).map_err(|error| error.to_string())?;
            Ok((checkpoint, note))
        });
        let (checkpoint, note) = match opened {
            Ok(opened) => opened,
            Err(detail) => {
                self.add(Why::Checkpoint, "checkpoint.note", Some(detail));
                return false;
            }
        };
        for key in keys.iter().filter(|key| note.signatures.iter().any(|line| line.claims(key))) {
            self.sign(key, Role::Log, 1, trust);
        }
        let exact = |proof: &Inclusion| {
            canonical::to_bytes(proof).is_ok_and(|bytes| bytes == self.data("proof.json").unwrap_or_default())
        };
        let held = serde_json::from_slice::<Inclusion>(proof).ok().filter(exact);
        let holds = held.is_some_and(|proof| proof.holds(crate::merkle::leaf(head), &checkpoint));
        if !holds {
            self.add(Why::Inclusion, "proof.json", None);
        }
        self.report.checkpoint = Some((checkpoint.origin, checkpoint.size));
        holds
    }

    fn sign(&mut self, key: &PublicKey, role: Role, signatures: u64, trust: &[TrustedKey]) {
        if signatures == 0 {
            return;
        }
        let identified = (!trust.is_empty()).then(|| trust.iter().any(|trusted| trusted.covers(key, role)));
        if identified == Some(false) {
            let detail = format!("{} {} {}", role.word(), key.name(), key.fingerprint());
            self.found.add(Why::UnknownSigner, Place::default(), Some(detail));
        }
        self.report.signers.push(Signer {
            name: key.name().to_owned(),
            role,
            fingerprint: key.fingerprint(),
            key: key.to_string(),
            signatures,
            identified,
        });
    }

    /// Compares what the manifest says at a glance with the things themselves.
    fn manifest_holds(&mut self, manifest: &Manifest, walk: &Walk) {
        let lies = [
            ("entries", manifest.entries != walk.frontier.size()),
            ("from", walk.first_at.as_deref() != Some(manifest.from.as_str())),
            ("to", walk.last_at.as_deref() != Some(manifest.to.as_str())),
        ];
        for (field, _) in lies.into_iter().filter(|(_, lie)| *lie) {
            self.add(Why::ManifestLie, "manifest.json", Some(field.to_owned()));
        }
        let mut names = Vec::with_capacity(manifest.keys.len());
        for record in &manifest.keys {
            let name = key_file(&record.key);
            match self.data(&name) {
                Some(pem) if pem == record.key.to_pem().as_bytes() => {}
                Some(_) => self.add(Why::KeyFile, &name, None),
                None => self.add(Why::MissingFile, &name, None),
            }
            let bytes = record.key.bytes();
            if manifest.keys.iter().any(|other| other.role != record.role && other.key.bytes() == bytes) {
                self.add(Why::ManifestLie, "manifest.json", Some("one key in two roles".to_owned()));
            }
            names.push(name);
        }
        for member in self.members.iter().filter(|member| member.name.starts_with("keys/")) {
            if !names.iter().any(|name| name == member.name) {
                self.add(Why::ForeignFile, member.name, None);
            }
        }
    }

    /// Compares the manifest's list of raw files with the files.
    fn raw_files(&mut self, manifest: &Manifest, raw: &[Hash]) {
        for file in &manifest.files {
            let name = format!("raw/{}", file.sha256);
            match self.data(&name) {
                None => self.add(Why::MissingFile, &name, None),
                Some(data) if data.len() as u64 != file.bytes => {
                    self.add(Why::ManifestLie, "manifest.json", Some(name))
                }
                Some(_) => {}
            }
        }
        for digest in raw.iter().filter(|digest| manifest.file_index(digest).is_none()) {
            self.add(Why::ManifestLie, "manifest.json", Some(format!("raw/{digest}")));
        }
    }

    fn stamps(&mut self) {
        for member in self.members.iter().filter(|member| member.name.starts_with("stamps/")) {
            self.add(Why::StampNotJudged, member.name, None);
        }
    }
}

/// The file of a key.
pub(crate) fn key_file(key: &PublicKey) -> String {
    format!("keys/{}.pem", key.fingerprint())
}

/// The digest that a raw file's name states.
fn raw_digest(name: &str) -> Option<Hash> {
    name.strip_prefix("raw/").and_then(|name| Hash::from_hex(name.as_bytes()))
}

/// Tells whether a name is of one of the folders of a dossier.
fn belongs(name: &str) -> bool {
    let digest = |text: &str| Hash::from_hex(text.as_bytes()).is_some();
    if let Some(rest) = name.strip_prefix("keys/") {
        return rest.strip_suffix(".pem").is_some_and(digest);
    }
    raw_digest(name).is_some() || name.strip_prefix("stamps/").is_some_and(|rest| !rest.contains('/'))
}

/// The stored entries of a dossier, in order, as bytes; empty where the container cannot be read.
///
/// Nothing is verified here: [`verify`] first.
pub fn entries(bytes: &[u8]) -> Vec<&[u8]> {
    let Ok(members) = crate::container::read(bytes) else { return Vec::new() };
    let lines = members.iter().find(|member| member.name == ENTRIES).map_or(&[][..], |member| member.data);
    lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).collect()
}
