//! One pass over the entries of a dossier: hash first, parse later, keep nothing per entry.
//!
//! Memory is the frontier of the tree (O(log n)), the open intents, and bounded lists for the report.
//! The pass knows the manifest only for its approvers' keys.

use std::io::BufRead;

use crate::merkle::{self, Frontier};
use crate::tally::Findings;
use crate::{Breach, Envelope, Error, Hash, Intents, Kind, Manifest, Place, Range, Role, SealedFile, Why, canonical};

/// The file of the entries, one a line.
pub(crate) const ENTRIES: &str = "entries.jsonl";
/// The file of the leaf hashes, one a line.
pub(crate) const LEAVES: &str = "leaves.txt";
/// The length of a line of leaf hash.
const LEAF_LINE: usize = 65;
/// The most ranges and withheld files listed in a report.
const MAX_LISTED: usize = 1_000;

/// What one pass over the entries found.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) frontier: Frontier,
    pub(crate) first_at: Option<String>,
    pub(crate) last_at: Option<String>,
    pub(crate) intents: Intents,
    /// Signatures that hold, for each approver's key of the manifest in order.
    pub(crate) approvals: Vec<u64>,
    /// Whether an entry refers to each raw file of the container.
    pub(crate) referenced: Vec<bool>,
    pub(crate) typed: Vec<Range>,
    pub(crate) typed_count: u64,
    pub(crate) sealed: Vec<SealedFile>,
    pub(crate) sealed_count: u64,
    /// The first entry whose leaf is not the listed one, with both.
    pub(crate) differs: Option<(Place, String)>,
    order_lost: bool,
}

/// What the entries are held against.
pub(crate) struct Around<'a> {
    pub(crate) run: &'a str,
    pub(crate) manifest: Option<&'a Manifest>,
    /// The digests that name the raw files of the container, sorted.
    pub(crate) raw: &'a [Hash],
}

/// Walks the entries of a run.
pub(crate) fn walk(entries: &[u8], leaves: &[u8], around: &Around<'_>, found: &mut Findings) -> Walk {
    let mut walk = Walk {
        approvals: vec![0; around.manifest.map_or(0, |manifest| manifest.keys_of(Role::Approver).count())],
        referenced: vec![false; around.raw.len()],
        ..Walk::default()
    };
    let (mut rest, mut listed) = (entries, leaves);
    while !rest.is_empty() {
        let at = At { entry: walk.frontier.size(), offset: (entries.len() - rest.len()) as u64 };
        let (line, behind) = next_line(rest);
        rest = behind;
        let leaf = merkle::leaf(line.strip_suffix(b"\n").unwrap_or(line));
        walk.compare(leaf, &mut listed, line, at);
        walk.frontier.push(leaf);
        walk.read(line.strip_suffix(b"\n").unwrap_or(line), around, at, found);
    }
    if !listed.is_empty() {
        let at = At { entry: walk.frontier.size(), offset: entries.len() as u64 };
        found.add(Why::MissingEntries, at.into(), None);
    }
    walk
}

/// Where an entry is; becomes a [`Place`] only when there is something to say about it.
#[derive(Clone, Copy)]
struct At {
    entry: u64,
    offset: u64,
}

impl From<At> for Place {
    fn from(at: At) -> Self {
        Self { file: Some(ENTRIES.to_owned()), entry: Some(at.entry), offset: Some(at.offset) }
    }
}

/// Splits off the first line with its end.
fn next_line(text: &[u8]) -> (&[u8], &[u8]) {
    let mut behind = text;
    // Reading from a slice cannot fail.
    let length = behind.skip_until(b'\n').unwrap_or(text.len());
    text.split_at_checked(length).unwrap_or((text, &[]))
}

impl Walk {
    /// Compares a leaf with its line in the list of leaves.
    fn compare(&mut self, leaf: Hash, listed: &mut &[u8], line: &[u8], at: At) {
        let (want, behind) = listed.split_at_checked(LEAF_LINE).unwrap_or((listed, &[]));
        *listed = behind;
        let same = want.split_last().is_some_and(|(end, hex)| *end == b'\n' && hex == leaf.hex());
        if (!same || !line.ends_with(b"\n")) && self.differs.is_none() {
            let want = String::from_utf8_lossy(want.strip_suffix(b"\n").unwrap_or(want));
            self.differs = Some((at.into(), format!("leaf {leaf}, listed {}", crate::visible(&want))));
        }
    }

    fn read(&mut self, line: &[u8], around: &Around<'_>, at: At, found: &mut Findings) {
        let entry = match Envelope::parse(line) {
            Ok(entry) => entry,
            Err(Error::Field { field: "v", .. }) => return found.add(Why::Newer, at.into(), None),
            Err(error) => return found.add(Why::EntryForm, at.into(), Some(error.to_string())),
        };
        let seq = self.frontier.size() - 1;
        if entry.seq != seq || entry.run != around.run {
            found.add(Why::EntryPlace, at.into(), Some(format!("{} {}", entry.run, entry.seq)));
        }
        if seq == 0 {
            self.first_at = Some(entry.at.clone().into_owned());
        }
        let last = self.last_at.get_or_insert_default();
        last.clear();
        last.push_str(&entry.at);
        if entry.typed_by.is_some() {
            self.take_typed(seq);
        }
        self.take_files(&entry, around.raw, at, found);
        self.take_order(&entry, at, found);
        if entry.kind == Kind::Approval {
            self.take_approval(&entry, around.manifest, at, found);
        }
    }

    fn take_typed(&mut self, seq: u64) {
        self.typed_count += 1;
        let full = self.typed.len() >= MAX_LISTED;
        match self.typed.last_mut() {
            Some(range) if range.to + 1 == seq => range.to = seq,
            _ if full => {}
            _ => self.typed.push(Range { from: seq, to: seq }),
        }
    }

    fn take_files(&mut self, entry: &Envelope<'_>, raw: &[Hash], at: At, found: &mut Findings) {
        for digest in &entry.files {
            match raw.binary_search(digest).ok().and_then(|index| self.referenced.get_mut(index)) {
                Some(referenced) => *referenced = true,
                None => found.add(Why::MissingRaw, at.into(), Some(format!("raw/{digest}"))),
            }
        }
        for sealed in &entry.sealed {
            if raw.binary_search(&sealed.sha256).is_ok() {
                found.add(Why::SealedPresent, at.into(), Some(format!("raw/{}", sealed.sha256)));
            }
            self.sealed_count += 1;
            if self.sealed.len() < MAX_LISTED {
                self.sealed.push(SealedFile {
                    sha256: sealed.sha256,
                    until: sealed.until.clone(),
                    why: sealed.why.clone(),
                    entry: entry.seq,
                });
            }
        }
    }

    fn take_order(&mut self, entry: &Envelope<'_>, at: At, found: &mut Findings) {
        if self.order_lost {
            return;
        }
        let Err(breach) = self.intents.take(entry) else { return };
        let why = match breach {
            Breach::ReceiptWithoutIntent => Why::ReceiptWithoutIntent,
            Breach::IntentWhileOpen => Why::IntentWhileOpen,
            Breach::TooManyOpen => {
                self.order_lost = true;
                Why::TooManyOpen
            }
        };
        found.add(why, at.into(), entry.effect.as_deref().map(str::to_owned));
    }

    fn take_approval(&mut self, entry: &Envelope<'_>, manifest: Option<&Manifest>, at: At, found: &mut Findings) {
        let signed = match entry.statement() {
            Ok(signed) => signed,
            Err(error) => return found.add(Why::Approval, at.into(), Some(error.to_string())),
        };
        let said = match signed.verify(&signed.context) {
            Ok(said) => said,
            Err(error) => return found.add(Why::Approval, at.into(), Some(error.to_string())),
        };
        let Some(manifest) = manifest else { return };
        // A statement that names its run speaks of no other: nobody's signature is moved here.
        let run = said.get("run").and_then(serde_json::Value::as_str);
        if let Some(other) = run.filter(|run| *run != manifest.run) {
            return found.add(Why::Approval, at.into(), Some(format!("signed for {}", crate::visible(other))));
        }
        match manifest.keys_of(Role::Approver).position(|key| *key == signed.signer) {
            Some(index) => self.approvals.iter_mut().skip(index).take(1).for_each(|count| *count += 1),
            None => found.add(Why::ApprovalKey, at.into(), Some(crate::visible(signed.signer.name()))),
        }
    }
}

/// Tells whether bytes may be stored as an entry: canonical JSON with a readable envelope.
pub(crate) fn check_stored(bytes: &[u8]) -> Result<(), Error> {
    canonical::parse(bytes)?;
    Envelope::parse(bytes).map(|_| ())
}
