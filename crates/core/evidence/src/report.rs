//! What verification found: a verdict, the first bad place, and all that was not judged.

use serde::Serialize;

use crate::{Both, Hash, Lang, Role};

/// The judgement on a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every byte is as it was sealed.
    Intact,
    /// Something could not be judged; what could be judged is intact.
    NotJudged,
    /// Something is missing.
    Incomplete,
    /// Something was changed.
    Altered,
}

impl Verdict {
    /// The exit code of a command that verifies: 0, or 30 before 31 before 32.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Intact => 0,
            Self::Altered => 30,
            Self::Incomplete => 31,
            Self::NotJudged => 32,
        }
    }

    /// The heavier of two verdicts.
    pub(crate) fn worse(self, other: Self) -> Self {
        let weight = |verdict| match verdict {
            Self::Intact => 0,
            Self::NotJudged => 1,
            Self::Incomplete => 2,
            Self::Altered => 3,
        };
        if weight(other) > weight(self) { other } else { self }
    }

    /// The word in a language.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            Self::Intact => lang.pick("INTACT", "完整无改动"),
            Self::Altered => lang.pick("ALTERED", "已被改动"),
            Self::Incomplete => lang.pick("INCOMPLETE", "不完整"),
            Self::NotJudged => lang.pick("INTACT as far as judged, the rest NOT JUDGED", "可核部分完整，其余未能核验"),
        }
    }
}

macro_rules! whys {
    ($($(#[$doc:meta])* $name:ident $verdict:ident $area:literal $en:literal $zh:literal;)*) => {
        /// Why a dossier is not intact. The kebab-case name is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Why { $($(#[$doc])* $name,)* }

        impl Why {
            /// The verdict it leads to.
            pub fn verdict(self) -> Verdict {
                match self { $(Self::$name => Verdict::$verdict,)* }
            }
            /// The check it belongs to.
            pub fn area(self) -> &'static str {
                match self { $(Self::$name => $area,)* }
            }
            /// The sentence for a reader.
            pub fn text(self, lang: Lang) -> &'static str {
                match self { $(Self::$name => lang.pick($en, $zh),)* }
            }
        }
    };
}

whys! {
    /// A container header differs from the only form there is.
    Header Altered "container" "a header of the container was changed" "容器的头部被改动";
    /// Files are out of order, or one is there twice.
    FileOrder Altered "container" "files are out of order or repeated" "文件次序有误或重复";
    /// Bytes follow the end.
    Trailing Altered "container" "bytes follow the end of the container" "容器末尾之后还有多余字节";
    /// The container has more than the bounds allow.
    TooLarge NotJudged "container" "larger than this verifier reads" "超出本核验程序的读取上限";
    /// The container was cut.
    Truncated Incomplete "container" "the dossier ends too early" "案卷提前结束";
    /// The checksum of a file differs.
    Checksum Altered "container" "the checksum of the container differs" "容器中的校验和不符";
    /// A file that no dossier has.
    ForeignFile Altered "files" "a file that does not belong in a dossier" "案卷中不应有的文件";
    /// A file that every dossier has is missing.
    MissingFile Incomplete "files" "the file is missing" "缺少该文件";
    /// The digest of a file differs from the list.
    FileDigest Altered "files" "the digest differs from SHA256SUMS" "摘要与 SHA256SUMS 不符";
    /// The list of digests is not in its only form.
    SumsForm Altered "files" "the list of digests was changed" "摘要清单被改动";
    /// A raw file is not what its name says.
    RawDigest Altered "files" "the name is not the digest of the contents" "文件名与内容摘要不符";
    /// A raw file that no entry refers to.
    Unreferenced Altered "files" "no entry refers to this file" "没有条目引用该文件";
    /// A file is there although an entry says it is withheld.
    SealedPresent Altered "files" "an entry says this file is withheld, yet it is here" "条目称该文件已封存，但文件仍在案卷内";
    /// A raw file that an entry refers to is missing.
    MissingRaw Incomplete "files" "an entry refers to a file that is missing" "条目引用的文件缺失";
    /// The manifest is not in its only form.
    ManifestForm Altered "manifest" "the manifest cannot be read in its exact form" "清单格式不符";
    /// The manifest says something that is not so.
    ManifestLie Altered "manifest" "the manifest states something else than is there" "清单所述与实际不符";
    /// A newer format.
    Newer NotJudged "manifest" "written in a format newer than this verifier" "格式比本核验程序新";
    /// A PEM file differs from the key of the manifest.
    KeyFile Altered "manifest" "the key file differs from the key in the manifest" "密钥文件与清单中的密钥不符";
    /// The seal's signature does not hold.
    Seal Altered "seal" "the signature of the seal does not hold" "封存签名不成立";
    /// The bytes of an entry differ from its leaf.
    EntryDigest Altered "entries" "the entry is not the one that was recorded" "该条目不是当时记录的内容";
    /// The list of leaves differs from the entries.
    LeafList Altered "entries" "the list of leaves was changed" "叶摘要清单被改动";
    /// An entry stands at another place than it says, or in another run.
    EntryPlace Altered "entries" "the entry is not at its own place" "该条目不在自己的位置上";
    /// Entries are missing at the end.
    MissingEntries Incomplete "entries" "entries are missing at the end" "末尾缺少条目";
    /// The root over the entries differs from the run head.
    Root Altered "entries" "the root over the entries is not that of the run head" "由条目算出的根与案卷日志头不符";
    /// An entry that cannot be read, although it is the recorded one.
    EntryForm NotJudged "entries" "the entry is as recorded but cannot be read" "该条目与记录一致，但无法读取";
    /// The run head is not in its only form.
    HeadForm Altered "log" "the run head cannot be read in its exact form" "案卷日志头格式不符";
    /// The inclusion proof does not hold.
    Inclusion Altered "log" "the run head is not in the workspace log of this checkpoint" "检查点所示的工作区日志中没有该案卷日志头";
    /// The checkpoint does not verify.
    Checkpoint Altered "log" "the signature of the checkpoint does not hold" "检查点签名不成立";
    /// An approval does not verify.
    Approval Altered "approvals" "the signature of the statement does not hold" "声明签名不成立";
    /// An approval by a key that is not listed.
    ApprovalKey Altered "approvals" "signed by a key that is not among the approvers' keys" "签名密钥不在审批人密钥之列";
    /// A receipt without an intent before it.
    ReceiptWithoutIntent Incomplete "order" "a receipt without an open intent before it" "回执之前没有对应的未结意图";
    /// A second intent while the first is open.
    IntentWhileOpen Incomplete "order" "a second intent while the first has no receipt" "前一意图尚无回执，又出现第二个意图";
    /// Too many open intents to follow.
    TooManyOpen NotJudged "order" "more open intents than this verifier follows" "未结意图过多，未能逐一核对";
    /// A signer that the reader does not trust.
    UnknownSigner NotJudged "signers" "the signer is not among the trusted keys" "签名者不在受信密钥之列";
    /// Time stamps are there and not judged.
    StampNotJudged NotJudged "stamps" "the time stamp is kept but not judged by this verifier" "时间戳已保存，本核验程序未作判断";
}

/// Where something is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file in the dossier; `None` is the container itself.
    pub file: Option<String>,
    /// The entry, from 0.
    pub entry: Option<u64>,
    /// The byte: in the file when one is named with an entry, else in the container.
    pub offset: Option<u64>,
}

/// One thing that is wrong, missing or not judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The verdict it leads to.
    pub verdict: Verdict,
    /// Why.
    pub why: Why,
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What was found, such as a name or both digests.
    pub detail: Option<String>,
}

impl Problem {
    /// The sentence for a reader, with the place in front.
    pub fn describe(&self, lang: Lang) -> String {
        let mut text = match (&self.place.file, self.place.entry) {
            (Some(file), Some(entry)) => format!("{} {entry} ({file}): ", lang.pick("entry", "条目")),
            (Some(file), None) => format!("{file}: "),
            (None, _) => String::new(),
        };
        text.push_str(self.why.text(lang));
        if let Some(offset) = self.place.offset {
            text.push_str(&format!("{} {offset}", lang.pick(", at byte", "，字节位置")));
        }
        if let Some(detail) = &self.detail {
            text.push_str(&format!("{}{detail}", lang.pick(": ", "：")));
        }
        text
    }
}

/// Something that was not judged, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotJudged {
    /// What.
    pub what: String,
    /// Why not.
    pub why: Both,
}

/// A key that signed something in the dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signer {
    /// The name of the key.
    pub name: String,
    /// The role it signed in.
    pub role: Role,
    /// The SHA-256 digest of the key.
    pub fingerprint: Hash,
    /// The verifier key line.
    pub key: String,
    /// How many signatures by it hold.
    pub signatures: u64,
    /// Whether it is a trusted key; `None` when no trusted keys were given.
    pub identified: Option<bool>,
}

/// Entries in a row, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
}

/// A file whose bytes are withheld.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SealedFile {
    /// The digest of the withheld bytes.
    pub sha256: Hash,
    /// The day its retention ends.
    pub until: String,
    /// Why it is withheld.
    pub why: String,
    /// The entry that says so.
    pub entry: u64,
}

/// How one check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It holds.
    Ok,
    /// It does not hold.
    Bad,
    /// It was not judged.
    NotJudged,
    /// Nothing to judge, something to know.
    Info,
}

impl State {
    /// The mark of a table: ASCII, as wide marks shift columns.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Bad => "!!",
            Self::NotJudged => "??",
            Self::Info => "--",
        }
    }
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its stable name.
    pub name: &'static str,
    /// How it went.
    pub state: State,
    /// What was counted.
    pub text: Both,
}

/// The report of a verification.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The schema, `namekeep/evidence-report/1`.
    pub schema: &'static str,
    /// The program that verified, with its version.
    pub verifier: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// The exit code that goes with it.
    pub exit_code: u8,
    /// The run, as far as it is known.
    pub run: Option<String>,
    /// What the run is about.
    pub title: Option<Both>,
    /// Whether it is from the demo world.
    pub demo: bool,
    /// The instant of the first entry.
    pub from: Option<String>,
    /// The instant of the last entry.
    pub to: Option<String>,
    /// When it was sealed.
    pub sealed_at: Option<String>,
    /// The origin and size of the workspace log's checkpoint, once its signature held.
    pub checkpoint: Option<(String, u64)>,
    /// The entries read.
    pub entries: u64,
    /// The raw files read.
    pub files: u64,
    /// How many of them are texts of laws.
    pub laws: u64,
    /// The time stamps kept.
    pub stamps: u64,
    /// The intents that have their receipt.
    pub settled: u64,
    /// The bytes of the dossier.
    pub bytes: u64,
    /// The first bad place; an entry, where one is known.
    pub first_bad: Option<Problem>,
    /// All problems, at most 100.
    pub problems: Vec<Problem>,
    /// The number of problems.
    pub problem_count: u64,
    /// Line by line.
    pub checks: Vec<Check>,
    /// Who signed.
    pub signers: Vec<Signer>,
    /// Whether trusted keys were given and cover every signer.
    pub signers_identified: bool,
    /// What was not judged.
    pub not_judged: Vec<NotJudged>,
    /// Entries that a person typed, at most 1,000 ranges.
    pub typed: Vec<Range>,
    /// The number of entries that a person typed.
    pub typed_count: u64,
    /// Withheld files, at most 1,000.
    pub sealed: Vec<SealedFile>,
    /// The number of references to withheld files.
    pub sealed_count: u64,
    /// Effects whose intent has no receipt yet, with the entry of the intent.
    pub open_intents: Vec<(String, u64)>,
}
