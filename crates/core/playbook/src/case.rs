//! What a plan is made from: the case as the caller knows it.
//!
//! Dates come projected (by `lifecycle`), people come from the workspace, conditions from facts. A
//! condition that is not known counts as present: the longer way is the safe one.

use std::collections::{BTreeMap, BTreeSet};

use namekeep_model::{
    Date, Department, DomainName, Ending, FactKey, FactValue, Facts, Money, Person, PersonId, RunId, Source, Text, Timestamp,
    WorkspaceId, Words,
};
use serde::{Deserialize, Serialize};

/// A day with its bounds, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// The earliest it can be: what a loss is counted with.
    pub earliest: Date,
    /// Where it usually falls.
    pub typical: Date,
    /// The latest it can be: what a wait is counted with.
    pub latest: Date,
    /// It rests on a year, a rule or a fact that is not settled.
    pub provisional: bool,
    /// Who says so.
    pub source: Source,
}

impl Bounds {
    /// A day that is known exactly.
    pub const fn sure(day: Date, source: Source) -> Self {
        Self { earliest: day, typical: day, latest: day, provisional: false, source }
    }
}

/// The registrar's charge day for automatic renewal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charge {
    /// Stated by the registrar.
    Known(Bounds),
    /// Assumed to be the expiry day, as rehearsal and demo do; always said.
    Assumed(Bounds),
    /// Nobody knows: it is asked before the act, and the expiry day bounds it until then.
    Ask,
}

/// The days of one cycle of a registration, as projected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dates {
    /// The expiry that counts.
    pub expiry: Bounds,
    /// The charge day.
    pub charge: Charge,
    /// The registrar stops the resolution.
    pub dns_stop: Option<Bounds>,
    /// The last day of renewal at the normal price.
    pub grace_end: Option<Bounds>,
    /// The last day of redemption.
    pub redemption_end: Option<Bounds>,
    /// The registry purges the registration.
    pub purge: Option<Bounds>,
    /// The last day on which a way back surely exists.
    pub rescue: Option<Bounds>,
}

/// A condition of the case which adds or drops work and gates: a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// Never used: no mail, filing, certificate or traffic; the gates are met by proof.
    Light,
    /// The name is filed with the ministry.
    Filed,
    /// A public-security record exists.
    PoliceFiled,
    /// Other sites, apps or mini-programs live under the same filing subject.
    SharedSubject,
    /// The name takes mail.
    Mail,
    /// A DS record is published.
    Signed,
    /// Host objects under the name exist.
    OwnHosts,
    /// A shop or platform ends (E-commerce Law, article 16).
    Shop,
    /// Not renewing is not cancelling for this suffix.
    CancelInWriting,
    /// The registrar deletes by ticket, not by an interface.
    DeleteByTicket,
    /// Hold years are still to be paid.
    PayYears,
    /// Nobody knows the charge day.
    ChargeUnknown,
}

impl Condition {
    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Light => Text::new("never used", "从未使用"),
            Self::Filed => Text::new("an ICP filing", "备案"),
            Self::PoliceFiled => Text::new("a public-security filing", "公安联网备案"),
            Self::SharedSubject => Text::new("other services under the subject", "主体下的其他服务"),
            Self::Mail => Text::new("mail", "邮件"),
            Self::Signed => Text::new("DNSSEC signing", "DNSSEC 签名"),
            Self::OwnHosts => Text::new("own host objects", "自有主机对象"),
            Self::Shop => Text::new("a shop", "网店"),
            Self::CancelInWriting => Text::new("cancelling in writing", "书面注销"),
            Self::DeleteByTicket => Text::new("deletion by ticket", "工单删除"),
            Self::PayYears => Text::new("years to pay", "待付年限"),
            Self::ChargeUnknown => Text::new("an unknown charge day", "扣费日未知"),
        }
    }

    /// The conditions facts tell, and those that had to be assumed because nothing is known.
    pub fn from_facts(facts: &Facts) -> (BTreeSet<Self>, BTreeSet<Self>) {
        let more_than_zero = |key| match facts.value(key) {
            Some(FactValue::Int(n)) => Some(*n > 0),
            _ => None,
        };
        let told = [
            (Self::Filed, facts.yes(FactKey::Filed)),
            (Self::PoliceFiled, facts.yes(FactKey::Filed)),
            (Self::SharedSubject, more_than_zero(FactKey::OtherServices)),
            (Self::Mail, facts.yes(FactKey::MailClosed).map(|closed| !closed)),
            (Self::Signed, facts.yes(FactKey::DsPresent)),
            (Self::OwnHosts, more_than_zero(FactKey::ForeignHostUsers)),
        ];
        let (mut holds, mut assumed) = (BTreeSet::new(), BTreeSet::new());
        for (condition, answer) in told {
            if answer != Some(false) {
                holds.insert(condition);
            }
            if answer.is_none() {
                assumed.insert(condition);
            }
        }
        (holds, assumed)
    }
}

/// Somebody whose signature may count, with the key it must verify under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// Who.
    pub person: Person,
    /// Their Ed25519 public key (RFC 8032), 32 bytes in hex.
    pub key: String,
}

/// The people of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// Who asks for the run; their signature never counts.
    pub requester: PersonId,
    /// Who owns the case: gets what has no other assignee.
    pub owner: PersonId,
    /// Who is on duty for the watch after an act.
    pub duty: PersonId,
    /// Whose signatures may count, in the order they are asked.
    pub approvers: Vec<Approver>,
    /// Who stands in for an approver that is away; asked after two days without an answer.
    #[serde(default)]
    pub deputies: Vec<Approver>,
    /// Who gets the tasks of a department.
    #[serde(default)]
    pub assignees: BTreeMap<Department, PersonId>,
}

impl People {
    /// Who gets a task of a department.
    pub fn assignee(&self, department: Department) -> &PersonId {
        self.assignees.get(&department).unwrap_or(&self.owner)
    }

    /// Everybody whose signature may count.
    pub fn signers(&self) -> impl Iterator<Item = &Approver> + Clone {
        self.approvers.iter().chain(&self.deputies)
    }
}

/// Numbers an operation needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The most one renewal order may cost.
    pub ceiling: Money,
    /// The most the way back may cost, where there is one.
    pub restore_ceiling: Option<Money>,
    /// Years to pay: by a renewal, or to hold.
    pub years: u8,
    /// The lowest TTL the DNS edition allows, in seconds.
    pub ttl_floor: u32,
    /// The agreed receiver of a transfer.
    pub receiver: Option<String>,
}

/// How an ending is offered for the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offer {
    /// It can be done.
    Yes,
    /// Nobody offers it, and why.
    No(Words),
}

/// Everything a plan is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The run.
    pub run: RunId,
    /// The revision, from 1; a new one voids the approvals of the old.
    pub revision: u32,
    /// The name.
    pub name: DomainName,
    /// The ending; a renewal has none.
    pub ending: Option<Ending>,
    /// The ending that was asked for first, when this one is its fall-back.
    pub asked: Option<Ending>,
    /// What holds for the name.
    pub conditions: BTreeSet<Condition>,
    /// Which of the conditions are assumed.
    pub assumed: BTreeSet<Condition>,
    /// Its people.
    pub people: People,
    /// Its days.
    pub dates: Dates,
    /// Its numbers.
    pub params: Params,
    /// How each ending is offered; one that is absent is not offered.
    pub offers: BTreeMap<Ending, Offer>,
    /// SHA-256 of the rulebook, hex.
    pub rulebook: String,
    /// When the plan is made.
    pub made: Timestamp,
    /// Steps already passed under an earlier revision: their windows are behind.
    pub passed: BTreeSet<namekeep_model::StepNo>,
}
