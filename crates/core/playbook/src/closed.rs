//! Closed lists of a run: outcomes, reasons to keep, stages of a book, words of its state.

use namekeep_model::{Date, Text, Words, words};
use serde::{Deserialize, Serialize};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Kept until the end of the years paid.
    HeldUntil(Date),
    /// Handed to the new holder.
    Transferred,
    /// Not renewed and purged; the watch is over.
    Lapsed,
    /// Deleted and purged; the watch is over.
    Deleted,
    /// Renewed: by a renewal run, or because keeping was the safe answer. The expiry has moved.
    Renewed(Date),
    /// Ended by a person; nothing further is done.
    Stopped,
    /// Gone although it was to be kept: nobody could act in time.
    Lost,
}

impl Outcome {
    /// The word used in JSON and totals.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HeldUntil(_) => "held-until",
            Self::Transferred => "transferred",
            Self::Lapsed => "lapsed",
            Self::Deleted => "deleted",
            Self::Renewed(_) => "renewed",
            Self::Stopped => "stopped",
            Self::Lost => "lost",
        }
    }

    /// The outcome, for people.
    pub fn words(self) -> Words {
        match self {
            Self::HeldUntil(day) => words!(en: "held until {day}", zh: "持有至 {day}"),
            Self::Transferred => Text::new("transferred out", "已转出").into(),
            Self::Lapsed => Text::new("lapsed", "未续费，已释放").into(),
            Self::Deleted => Text::new("registration deleted", "域名已删除").into(),
            Self::Renewed(day) => words!(en: "renewed, E {day}", zh: "已续费，到期日 {day}"),
            Self::Stopped => Text::new("stopped", "已停止").into(),
            Self::Lost => Text::new("lost although it was to be kept", "应保留但已丢失").into(),
        }
    }
}

/// Why a run gave its ending up and keeps the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A step can no longer pass in time.
    WindowMissed(namekeep_model::StepNo),
    /// A gate that had stood open went red after the act.
    GateReddened(namekeep_model::StepNo),
    /// A signature for the act was withdrawn.
    Withdrawn(namekeep_model::StepNo),
    /// The second let-it-go was not signed in time.
    NotLetGo,
    /// The run was held by a dispute after the act.
    Held,
    /// A person stopped the run after the act.
    Stopped,
    /// The name passed its expiry unpaid while the run was still under way.
    Expired,
}

impl Reason {
    /// The reason, for people.
    pub fn words(self) -> Words {
        match self {
            Self::WindowMissed(step) => {
                words!(en: "step {step} can no longer pass in time", zh: "第 {step} 步已来不及完成")
            }
            Self::GateReddened(step) => words!(en: "gate G{step} went red after the act", zh: "执行后关卡 G{step} 变红"),
            Self::Withdrawn(step) => {
                words!(en: "a signature of step {step} was withdrawn", zh: "第 {step} 步的一份批准被撤回")
            }
            Self::NotLetGo => {
                Text::new("the second signature to let it go did not come in time", "第二次放弃确认未及时签署").into()
            }
            Self::Held => Text::new("a dispute arose after the act", "执行后出现争议").into(),
            Self::Expired => {
                Text::new("the expiry has passed unpaid while the run was under way", "流程未完成而到期日已过且未续费").into()
            }
            Self::Stopped => Text::new("a person stopped the run after the act", "执行后由人停止").into(),
        }
    }
}

/// The part of a retirement a step belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// A: decide.
    Decide,
    /// B: decouple.
    Decouple,
    /// C: back up and fix the evidence.
    Preserve,
    /// D: filing and data.
    Filing,
    /// E: carry out.
    Execute,
    /// F: watch.
    Watch,
}

impl Stage {
    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Decide => Text::new("A decide", "A 决策"),
            Self::Decouple => Text::new("B decouple", "B 解耦"),
            Self::Preserve => Text::new("C back up, fix the evidence", "C 备份证据"),
            Self::Filing => Text::new("D filing", "D 备案"),
            Self::Execute => Text::new("E carry out", "E 执行"),
            Self::Watch => Text::new("F watch", "F 观察"),
        }
    }
}

/// The state of a run in one word of a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateWord {
    /// Something can be done now without a person.
    Working,
    /// A person can move it.
    WaitingForAPerson,
    /// Only time moves it.
    WaitingForADate,
    /// A gate is red.
    BlockedByAGate,
    /// An act may or may not have happened.
    OutcomeUnknown,
    /// Held by a dispute.
    Held,
    /// Ended by a person.
    Stopped,
    /// Over.
    Done,
}

impl StateWord {
    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Working => Text::new("working", "进行中"),
            Self::WaitingForAPerson => Text::new("waiting for a person", "等待人员"),
            Self::WaitingForADate => Text::new("waiting for a date", "等待日期"),
            Self::BlockedByAGate => Text::new("blocked by a gate", "被关卡拦住"),
            Self::OutcomeUnknown => Text::new("outcome unknown", "结果未知"),
            Self::Held => Text::new("held", "已冻结"),
            Self::Stopped => Text::new("stopped", "已停止"),
            Self::Done => Text::new("done", "已完成"),
        }
    }
}
