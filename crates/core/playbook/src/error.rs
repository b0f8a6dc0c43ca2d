//! What can go wrong: a playbook that does not load, a case that makes no plan, a broken journal.

use namekeep_model::{Ending, StepNo, Words, words};

use crate::when::Anchor;

/// A playbook or profile that was refused, with the place and the cure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {what}")]
pub struct LoadError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub cure: String,
    pub(crate) code: &'static str,
}

impl LoadError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What to do about it.
    pub fn hint(&self) -> &str {
        &self.cure
    }
}

/// A case no plan can be made of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The ending is not offered for the name.
    #[error("{} is not offered: {}", .ending.text().en, .why.en)]
    NotOffered {
        /// What was asked for.
        ending: Ending,
        /// Why it is not offered.
        why: Words,
        /// What can be planned instead.
        fallback: Ending,
    },
    /// A day the ending stands on is not known: unknown blocks like no.
    #[error("{} needs a date that is not known: {}", .ending.text().en, .missing.code())]
    DateUnknown {
        /// What was asked for.
        ending: Ending,
        /// The day.
        missing: Anchor,
        /// What can be planned instead.
        fallback: Ending,
    },
    /// Too few approvers, or all of one department.
    #[error("two approvers of two departments are needed, the requester not counted")]
    Approvers,
    /// An approver's key is not 32 bytes of hex.
    #[error("the key of approver {0} cannot be read")]
    Key(namekeep_model::PersonId),
    /// Two approvers share a key or a name, so one person could sign twice.
    #[error("approver {0} is named twice, or shares a key")]
    Twice(namekeep_model::PersonId),
    /// A transfer without a receiver.
    #[error("a transfer needs an agreed receiver")]
    NoReceiver,
    /// A retirement without an ending, or a renewal with one.
    #[error("a retirement has an ending, a renewal has none")]
    Ending,
    /// The years to pay are not 1 to 10.
    #[error("{0} years cannot be paid at once: 1 to 10 can")]
    Years(u8),
    /// The playbook is for another kind of run.
    #[error("this playbook is not for such a run")]
    WrongBook,
}

impl PlanError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotOffered { .. } => "E1301",
            Self::DateUnknown { .. } => "E1302",
            Self::Approvers => "E1303",
            Self::Key(_) => "E1304",
            Self::Twice(_) => "E1305",
            Self::NoReceiver => "E1306",
            Self::Ending => "E1307",
            Self::Years(_) => "E1308",
            Self::WrongBook => "E1309",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Words {
        match self {
            Self::NotOffered { fallback, .. } | Self::DateUnknown { fallback, .. } => Words {
                en: format!("plan `{}` instead: {}", fallback.code(), fallback.text().en),
                zh: format!("改用 `{}`：{}", fallback.code(), fallback.text().zh),
            },
            Self::Approvers => words!(
                en: "name a second approver of another department; a small company may name its parent's",
                zh: "请再指定一位其他部门的审批人；小公司可指定母公司的审批人"
            ),
            Self::Key(who) | Self::Twice(who) => {
                words!(en: "give {who} a key of their own", zh: "请为 {who} 登记本人的密钥")
            }
            Self::NoReceiver => words!(en: "name the receiver", zh: "请写明接收方"),
            Self::Ending => words!(en: "use hold, hold-live, transfer, lapse or delete for a retirement", zh: "退役请选择持有、转出、不续费或删除"),
            Self::Years(_) => words!(en: "choose 1 to 10 years", zh: "请选择 1 至 10 年"),
            Self::WrongBook => words!(en: "use the playbook of that kind of run", zh: "请使用对应的剧本"),
        }
    }
}

/// A journal that no run can have written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Corrupt {
    /// A record is missing or repeated.
    #[error("record {found} stands where {wanted} is due")]
    Gap {
        /// The number due.
        wanted: u64,
        /// The number found.
        found: u64,
    },
    /// A record of a format this build does not read.
    #[error("record {0} has a format this build does not read")]
    Format(u64),
    /// The plan is not the one the journal names.
    #[error("the journal is about plan {0}, which is not at hand")]
    Plan(String),
    /// The event cannot follow what went before.
    #[error("record {seq} cannot be: {why}")]
    Impossible {
        /// Its number.
        seq: u64,
        /// Why not.
        why: &'static str,
    },
    /// An irreversible act was begun without the signatures it needs.
    #[error("record {seq} begins an irreversible act of step {step} without its signatures")]
    Unsigned {
        /// Its number.
        seq: u64,
        /// The step.
        step: StepNo,
    },
}

impl Corrupt {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Gap { .. } => "E1321",
            Self::Format(_) => "E1322",
            Self::Plan(_) => "E1323",
            Self::Impossible { .. } => "E1324",
            Self::Unsigned { .. } => "E1325",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Words {
        match self {
            Self::Format(_) => words!(en: "use the newer version that wrote it", zh: "请使用写入该记录的新版本"),
            _ => words!(
                en: "restore the journal from a backup; nothing was sent",
                zh: "请从备份恢复日志；未发送任何操作"
            ),
        }
    }
}
