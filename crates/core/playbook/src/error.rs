//! What can go wrong: a playbook that does not load, a case that makes no plan, a broken journal.

use std::fmt;

use namekeep_model::{Ending, StepNo, Words, words};

use crate::when::Anchor;

/// A playbook or profile that was refused, with the place and the cure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct LoadError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub what: Words,
    /// What to write instead; boxed, so that an error stays small beside what a loader answers.
    pub cure: Box<Words>,
    pub(crate) code: &'static str,
}

impl LoadError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong and where, for people; a parser's own words are quoted.
    pub fn says(&self) -> Words {
        let Self { line, column, what, .. } = self;
        what.behind(words!(en: "line {line}, column {column}: ", zh: "第 {line} 行第 {column} 列："))
    }

    /// What to do about it.
    pub fn hint(&self) -> Words {
        (*self.cure).clone()
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says().en)
    }
}

/// A case no plan can be made of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The ending is not offered for the name.
    NotOffered {
        /// What was asked for.
        ending: Ending,
        /// Why it is not offered.
        why: Words,
        /// What can be planned instead.
        fallback: Ending,
    },
    /// A day the ending stands on is not known: unknown blocks like no.
    DateUnknown {
        /// What was asked for.
        ending: Ending,
        /// The day.
        missing: Anchor,
        /// What can be planned instead.
        fallback: Ending,
    },
    /// Too few approvers, or all of one department.
    Approvers,
    /// An approver's key is not 32 bytes of hex.
    Key(namekeep_model::PersonId),
    /// Two approvers share a key or a name, so one person could sign twice.
    Twice(namekeep_model::PersonId),
    /// A transfer without a receiver.
    NoReceiver,
    /// A retirement without an ending, or a renewal with one.
    Ending,
    /// The years to pay are not 1 to 10.
    Years(u8),
    /// The playbook is for another kind of run.
    WrongBook,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says().en)
    }
}

impl PlanError {
    /// Why there is no plan, for people.
    pub fn says(&self) -> Words {
        match self {
            Self::NotOffered { ending, why, .. } => {
                let ending = ending.text();
                why.behind(Words {
                    en: format!("{} is not offered: ", ending.en),
                    zh: format!("不提供“{}”：", ending.zh),
                })
            }
            Self::DateUnknown { ending, missing, .. } => {
                let (ending, missing) = (ending.text(), missing.text());
                Words {
                    en: format!("{} needs a date that is not known: {}", ending.en, missing.en),
                    zh: format!("“{}”所需的日期未知：{}", ending.zh, missing.zh),
                }
            }
            Self::Approvers => words!(
                en: "two approvers of two departments are needed, the requester not counted",
                zh: "需要两个部门的两名签名人，发起人不计"
            ),
            Self::Key(who) => words!(en: "the key of approver {who} cannot be read", zh: "无法读取签名人 {who} 的密钥"),
            Self::Twice(who) => words!(
                en: "approver {who} is named twice, or shares a key",
                zh: "签名人 {who} 重复，或与他人共用密钥"
            ),
            Self::NoReceiver => words!(en: "a transfer needs an agreed receiver", zh: "转出须有约定的接收方"),
            Self::Ending => words!(
                en: "a retirement has an ending, a renewal has none",
                zh: "退役须有结局，续费没有结局"
            ),
            Self::Years(years) => words!(
                en: "{years} years cannot be paid at once: 1 to 10 can",
                zh: "不能一次续费 {years} 年：只能 1 至 10 年"
            ),
            Self::WrongBook => words!(en: "this playbook is not for such a run", zh: "此剧本不适用于这类流程"),
        }
    }

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
    Gap {
        /// The number due.
        wanted: u64,
        /// The number found.
        found: u64,
    },
    /// A record of a format this build does not read.
    Format(u64),
    /// The plan is not the one the journal names.
    Plan(String),
    /// The event cannot follow what went before.
    Impossible {
        /// Its number.
        seq: u64,
        /// Why not.
        why: &'static str,
    },
    /// An irreversible act was begun without the signatures it needs.
    Unsigned {
        /// Its number.
        seq: u64,
        /// The step.
        step: StepNo,
    },
}

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says().en)
    }
}

impl Corrupt {
    /// What is wrong with the journal, for people.
    pub fn says(&self) -> Words {
        match self {
            Self::Gap { wanted, found } => {
                words!(en: "record {found} stands where {wanted} is due", zh: "应为第 {wanted} 条记录，却是第 {found} 条")
            }
            Self::Format(seq) => words!(
                en: "record {seq} has a format this build does not read",
                zh: "第 {seq} 条记录的格式本程序不识别"
            ),
            Self::Plan(digest) => words!(
                en: "the journal is about plan {digest}, which is not at hand",
                zh: "日志所属的计划 {digest} 不在此处"
            ),
            Self::Impossible { seq, why } => {
                Words::quoted(*why).behind(words!(en: "record {seq} cannot be: ", zh: "第 {seq} 条记录不可能成立："))
            }
            Self::Unsigned { seq, step } => words!(
                en: "record {seq} begins an irreversible act of step {step} without its signatures",
                zh: "第 {seq} 条记录在没有签名时开始了第 {step} 步的不可恢复操作"
            ),
        }
    }

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
