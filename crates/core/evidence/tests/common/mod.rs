//! A run of two people, with everything a dossier can hold, and the tools of an attacker without keys.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "tests")]

pub mod zip;

use namekeep_evidence::{
    Both, Checkpoint, Draft, FileKind, Hash, Inclusion, Instant, KeyRecord, Line, Outcome, RawFile, Record, Role,
    RunLog, SealedRef, Sealing, Section, SignedStatement, SigningKey, Stamp, Story, TrustedKey, merkle, seal,
};
use serde_json::json;

/// The origin of the workspace log.
pub const ORIGIN: &str = "example.com/namekeep/demo";

pub fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, &[seed; 32]).unwrap()
}

pub fn at(minute: usize) -> Instant {
    Instant::parse(format!("2026-11-24T{:02}:{:02}:00Z", minute / 60 % 24, minute % 60)).unwrap()
}

/// All that is needed to seal one run, and to seal it wrongly.
pub struct World {
    pub log: SigningKey,
    pub service: SigningKey,
    pub approvers: Vec<SigningKey>,
    pub records: Vec<Record>,
    pub head: Vec<u8>,
    pub proof: Inclusion,
    pub checkpoint: String,
    pub raw: Vec<(Vec<u8>, FileKind, &'static str)>,
    pub stamps: Vec<(String, Vec<u8>)>,
    pub demo: bool,
}

impl World {
    /// A run with raw answers of `answer` bytes in sum and `notes` remarks of about 300 bytes.
    pub fn new(answer: usize, notes: usize) -> Self {
        Self::with(answer, notes, Vec::new())
    }

    /// The same with further entries at the end.
    pub fn with(answer: usize, notes: usize, more: Vec<Draft>) -> Self {
        let (log, service) = (key(ORIGIN, 1), key("example.com/namekeep/service", 2));
        let approvers = vec![key("法务甲", 3), key("安全甲", 4)];
        let rdap = filler(answer / 2, 7);
        let upload = filler(answer - answer / 2, 9);
        let raw = vec![
            (rdap, FileKind::Answer, "RDAP answer of the registry"),
            (upload, FileKind::Upload, "screenshot of the filing desk"),
            (b"Article 1. An example law.\n".to_vec(), FileKind::Law, "example law, 2026"),
        ];
        let digest = |index: usize| Hash::of(&raw[index].0);
        let withheld = SealedRef {
            sha256: Hash::of(b"a person's identity card"),
            until: "2029-12-31".to_owned(),
            why: "personal data".to_owned(),
        };
        let mut drafts = vec![
            Draft::event(at(0), json!({"started": "example-shop.cn", "ending": "lapse"})),
            Draft::observation(at(1), json!({"source": "rdap", "expires": "2026-12-20"})).with_files([digest(0)]),
            Draft::note(at(2), json!({"text": "the desk asked for a call"})).typed_by("合规甲").with_files([digest(1)]),
            Draft::note(at(3), json!({"text": "second call"})).typed_by("合规甲"),
            Draft::note(at(4), json!({"law": "example law"})).with_files([digest(2)]),
            Draft::event(at(5), json!({"identity": "checked"})).with_sealed([withheld]),
        ];
        for (index, approver) in approvers.iter().enumerate() {
            let statement = json!({"run": "RET-0007", "act": "auto-renew off", "nonce": index});
            drafts.push(Draft::approval(at(6), &SignedStatement::sign("approval", &statement, approver).unwrap()));
        }
        drafts.push(Draft::intent(at(7), "eff-1", json!({"act": "auto-renew off"})));
        drafts.push(Draft::receipt(at(8), "eff-1", Outcome::Unknown, json!({"sent": true})));
        drafts.push(Draft::receipt(at(9), "eff-1", Outcome::Done, json!({"read_back": "off"})));
        for index in 0..notes {
            let text = String::from_utf8(filler(200, index as u64)).unwrap();
            drafts.push(Draft::note(at(10 + index), json!({"n": index, "text": text})));
        }
        drafts.push(Draft::intent(at(1430), "eff-2", json!({"act": "watch"})));
        drafts.extend(more);
        let mut run = RunLog::new("RET-0007").unwrap();
        let records: Vec<Record> = drafts.iter().map(|draft| run.append(draft).unwrap()).collect();
        let head = run.head(at(1435)).to_bytes().unwrap();
        let mut world = Self {
            log,
            service,
            approvers,
            records,
            head,
            proof: Inclusion { index: 0, size: 0, path: Vec::new() },
            checkpoint: String::new(),
            raw,
            stamps: Vec::new(),
            demo: true,
        };
        world.anchor();
        world
    }

    /// Puts the run head among others into the workspace log and signs its checkpoint.
    pub fn anchor(&mut self) {
        let leaves: Vec<Hash> =
            (0..5_u8).map(|n| if n == 3 { merkle::leaf(&self.head) } else { merkle::leaf(&[n]) }).collect();
        self.proof = Inclusion::prove(&leaves, 3).unwrap();
        self.checkpoint = Checkpoint::new(ORIGIN, 5, merkle::root(&leaves)).sign(&[&self.log]).unwrap();
    }

    pub fn keys(&self) -> Vec<KeyRecord> {
        let mut keys = vec![KeyRecord::new(Role::Log, self.log.public().clone())];
        keys.extend(self.approvers.iter().map(|key| KeyRecord::new(Role::Approver, key.public().clone())));
        keys
    }

    /// The keys a careful reader trusts, each for its role.
    pub fn trust(&self) -> Vec<TrustedKey> {
        let mut trust = vec![
            TrustedKey { key: self.log.public().clone(), role: Role::Log },
            TrustedKey { key: self.service.public().clone(), role: Role::Service },
        ];
        trust.extend(
            self.approvers.iter().map(|key| TrustedKey { key: key.public().clone(), role: Role::Approver }),
        );
        trust
    }

    pub fn seal(&self) -> Result<Vec<u8>, namekeep_evidence::Error> {
        let entries: Vec<&[u8]> = self.records.iter().map(|record| record.bytes.as_slice()).collect();
        let files: Vec<RawFile<'_>> = self
            .raw
            .iter()
            .map(|(bytes, kind, label)| RawFile {
                bytes,
                kind: *kind,
                media: "application/octet-stream".to_owned(),
                label: (*label).to_owned(),
            })
            .collect();
        let stamps: Vec<Stamp<'_>> =
            self.stamps.iter().map(|(name, token)| Stamp { name: name.clone(), token }).collect();
        seal(
            &Sealing {
                run: "RET-0007",
                title: Both::new("example-shop.cn: let lapse", "example-shop.cn：不续费"),
                demo: self.demo,
                sealed_at: at(1439),
                generator: "namekeep 0.1.0",
                entries: &entries,
                head: &self.head,
                proof: &self.proof,
                checkpoint: &self.checkpoint,
                keys: &self.keys(),
                files: &files,
                stamps: &stamps,
                story: &story(),
            },
            &self.service,
        )
    }
}

pub fn story() -> Story {
    let line = |entry, en: &str, zh: &str| Line { at: "2026-11-24".to_owned(), text: Both::new(en, zh), entry };
    Story {
        title: Both::new("The name was let go", "域名已不续费"),
        summary: Both::new("Auto-renew was turned off by two signatures.", "经两人签名，关闭自动续费。"),
        sections: vec![Section {
            heading: Both::new("What happened", "经过"),
            lines: vec![
                line(Some(0), "The run started.", "案卷开始。"),
                line(Some(1), "The registry said <script>alert(1)</script> & \u{202e}more.", "注册局应答 \u{202e}。"),
                line(None, "Nothing was lost.", "没有损失。"),
            ],
        }],
    }
}

/// Letters that do not repeat soon, the same for a seed on every machine.
pub fn filler(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        b'a' + (state % 26) as u8
    })
    .take(length)
    .collect()
}
