//! Notices of a plan: what is too late, assumed, provisional or replaced. Part of the digest.

use namekeep_model::{Date, Ending, StepNo, Words, words};
use serde::{Deserialize, Serialize};

use crate::case::Condition;
use crate::when::Anchor;

/// One thing a reader of the plan should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// The step can no longer pass in time: the ending is out of reach in this cycle.
    TooLate {
        /// The step.
        step: StepNo,
        /// The earliest day it can pass.
        earliest: Date,
        /// The last day that would have done.
        last: Date,
    },
    /// It fits only if an answer from outside comes faster than it must.
    FitsIfFast {
        /// The step.
        step: StepNo,
        /// The day the slowest answer would come.
        slowest: Date,
        /// The last day an answer still fits.
        last: Date,
    },
    /// The last day on which an answer fits, and on which a returned order can still be answered.
    LastAnswer {
        /// The step.
        step: StepNo,
        /// An answer after this day no longer fits.
        answer: Date,
        /// An order returned after this day may be answered too late.
        returned: Date,
    },
    /// The step runs later than the playbook plans.
    Late {
        /// The step.
        step: StepNo,
        /// What the playbook says.
        planned: Date,
        /// What can be.
        now: Date,
    },
    /// Renewing and retiring next year, or holding, is proposed instead.
    Propose(Ending),
    /// A day rests on an unpublished year or an unsettled rule.
    Provisional(Anchor),
    /// The ending asked for is not offered; this one is planned.
    FallBack {
        /// What was asked for.
        asked: Ending,
        /// What is planned.
        planned: Ending,
        /// Why.
        why: Words,
    },
    /// Not renewing is not cancelling for this suffix: a person cancels in writing.
    CancelInWriting,
    /// The charge day is not known and taken to be the expiry day.
    ChargeAssumed(Date),
    /// The charge day is not known and must be asked before the act.
    ChargeUnknown,
    /// A day lies in a freeze.
    Frozen {
        /// Which.
        anchor: Anchor,
        /// The day.
        day: Date,
        /// The freeze.
        freeze: Words,
    },
    /// A condition is not known and counts as present.
    Assumed(Condition),
    /// There is no time between the act and the end of grace for a second signature.
    NoTimeToLetGo,
}

impl Notice {
    /// The notice, for people.
    pub fn words(&self) -> Words {
        match self {
            Self::TooLate { step, earliest, last } => words!(
                en: "step {step} is too late: it can pass on {earliest} at the earliest, {last} was the last day",
                zh: "第 {step} 步来不及：最早 {earliest} 完成，最晚应在 {last}"
            ),
            Self::FitsIfFast { step, slowest, last } => words!(
                en: "step {step} fits only if the answer comes by {last}; it may take until {slowest}",
                zh: "第 {step} 步须在 {last} 前得到答复；最迟可能到 {slowest}"
            ),
            Self::LastAnswer { step, answer, returned } => words!(
                en: "step {step}: an answer fits until {answer}, a returned order until {returned}; after that auto-renew stays on and E moves a year",
                zh: "第 {step} 步：答复须不晚于 {answer}，退回须不晚于 {returned}；逾期则保持自动续费，到期日顺延一年"
            ),
            Self::Late { step, planned, now } => words!(
                en: "step {step} is late: planned for {planned}, now by {now}",
                zh: "第 {step} 步已迟：原定 {planned}，现为 {now} 前"
            ),
            Self::Propose(ending) => Words {
                en: format!("proposed instead: renew and retire next year, or {}", ending.text().en),
                zh: format!("建议：先续费、明年再退役，或{}", ending.text().zh),
            },
            Self::Provisional(anchor) => Words {
                en: format!("{} is provisional", anchor.text().en),
                zh: format!("{}为暂定", anchor.text().zh),
            },
            Self::FallBack { asked, planned, why } => Words {
                en: format!("{} is not offered: {}; planned: {}", asked.text().en, why.en, planned.text().en),
                zh: format!("{}不可用：{}；改为：{}", asked.text().zh, why.zh, planned.text().zh),
            },
            Self::CancelInWriting => words!(
                en: "not renewing does not cancel this suffix: a person cancels in writing",
                zh: "该后缀不续费不等于注销：须书面注销"
            ),
            Self::ChargeAssumed(day) => {
                words!(en: "the charge day is not known and taken to be {day}", zh: "扣费日未知，按 {day} 假定")
            }
            Self::ChargeUnknown => words!(
                en: "the charge day is not known: ask the registrar before the act",
                zh: "扣费日未知：执行前须向注册商确认"
            ),
            Self::Frozen { anchor, day, freeze } => Words {
                en: format!("{} {day} lies in a freeze window: {}", anchor.text().en, freeze.en),
                zh: format!("{} {day} 处于封网期：{}", anchor.text().zh, freeze.zh),
            },
            Self::Assumed(condition) => Words {
                en: format!("{} is not known and counts as present", condition.text().en),
                zh: format!("{}未知，按存在处理", condition.text().zh),
            },
            Self::NoTimeToLetGo => words!(
                en: "grace may end soon after the act: without a second signature at once the name is kept",
                zh: "执行后宽限期可能很短：若不立即第二次确认，将保留域名"
            ),
        }
    }
}
