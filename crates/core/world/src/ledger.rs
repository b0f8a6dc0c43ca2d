//! The ledger of what took effect, and the diary of what happened by itself.
//!
//! The ledger is written by the world alone, at the moment an effect takes hold, whether or not
//! anybody gets an answer: it is the oracle of the fault tests. An effect sent twice stands in it
//! twice; the far side knows no idempotency key.

use namekeep_model::{
    AccountId, Date, DomainName, EffectId, Money, Op, PersonId, TaskId, TaskKind, Text, Timestamp, Words, words,
};
use serde::{Deserialize, Serialize};

use crate::filing::FilingAct;
use crate::spec::RealName;

/// What took effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// An operation, performed by a port or carried out by a person.
    Op(Op),
    /// A person's work that cannot be taken back or costs money.
    Work(TaskKind),
}

/// One line of the ledger: an effect that took hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// When it took hold.
    pub at: Timestamp,
    /// The attempt, or the id inside the task, that brought it.
    pub effect: EffectId,
    /// What it was.
    pub what: Effect,
    /// On which name.
    pub name: DomainName,
    /// Something is different from before (a switch that stood so already changes nothing).
    pub changed: bool,
    /// Money it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// The far side's reference.
    pub reference: String,
    /// One line of what took hold.
    pub says: Words,
}

impl Accepted {
    /// The operation, where it was one.
    pub const fn op(&self) -> Option<&Op> {
        match &self.what {
            Effect::Op(op) => Some(op),
            Effect::Work(_) => None,
        }
    }

    /// The id as a task, for work of people.
    pub fn task(&self) -> Option<TaskId> {
        matches!(self.what, Effect::Work(_)).then(|| TaskId(self.effect.clone()))
    }
}

/// Something that happened by itself, or through people, outside any effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// To which name; none for an account or a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DomainName>,
    /// What.
    pub what: Happened,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "fields are what their variant's headline names")]
pub enum Happened {
    /// The registrar charged a year on the charge day.
    Charged { price: Money, until: Date },
    /// The registrar could not charge.
    ChargeFailed { price: Money, why: Words },
    /// The registry added a year on its own.
    RegistryRenewed { shown: Date },
    /// A contract nobody cancelled ran on, and was billed.
    ContractRenewed { price: Money, until: Date },
    /// The paid time is over.
    Expired,
    /// The registrar stopped resolution.
    DnsStopped,
    /// The name went into redemption.
    Redemption { until: Date },
    /// The name can no longer be brought back.
    PendingDelete { until: Date },
    /// The auction's winner took the name.
    Auctioned,
    /// The restore report was accepted.
    Restored { until: Date },
    /// The restore report was missed.
    RestoreMissed,
    /// The registry purged the name.
    Purged,
    /// The name is open to the public.
    Released,
    /// A stranger registered the name.
    Caught { seconds: i64 },
    /// A registrar's task ended without doing what was asked.
    TaskFailed { op: String, why: Words },
    /// The filing desk returned the order.
    FilingReturned { reason: Words, again: Timestamp },
    /// The mended order was handed in again: the clock starts anew.
    FilingResubmitted { round: u8 },
    /// The filing desk approved the order.
    FilingApproved { act: FilingAct },
    /// The requests of data subjects were answered.
    RequestsAnswered,
    /// Money was paid into an account.
    ToppedUp { account: AccountId, amount: Money },
    /// A dispute lock arrived.
    DisputeLocked,
    /// The dispute is over.
    DisputeLifted,
    /// The name servers changed without a ticket.
    NameServersChanged,
    /// The filing's confirming phone went dead.
    PhoneCutOff,
    /// Real-name verification changed.
    RealNameChanged { state: RealName },
    /// Automatic renewal was switched in the console.
    AutoRenewSwitched { on: bool },
    /// Somebody renewed the name in the console.
    RenewedElsewhere { until: Date },
    /// Somebody bids in the auction.
    AuctionBid,
    /// A signature was taken back.
    SignatureWithdrawn { person: PersonId },
    /// A deputy took over.
    DeputyTookOver { person: PersonId, deputy: PersonId },
    /// A person finished a task.
    TaskDone { task: TaskId, kind: TaskKind, by: PersonId },
    /// A check-point began to show trouble, or ceased to.
    Trouble { code: String, on: bool },
}

impl Happened {
    /// One sentence for people.
    pub fn says(&self) -> Words {
        match self {
            Self::Charged { price, until } => {
                words!(en: "the registrar renewed on the charge day for {price}, paid until {until}", zh: "注册商在扣费日自动续费 {price}，已付费至 {until}")
            }
            Self::ChargeFailed { price, why } => {
                why.behind(words!(en: "the automatic renewal for {price} failed: ", zh: "自动续费 {price} 失败："))
            }
            Self::RegistryRenewed { shown } => {
                words!(en: "the registry shows {shown} now; nothing is paid", zh: "注册局显示到期日 {shown}，但尚未付费")
            }
            Self::ContractRenewed { price, until } => {
                words!(en: "the contract ran on and was billed {price}, until {until}", zh: "合同自动延续并计费 {price}，至 {until}")
            }
            Self::Expired => words!(en: "expired", zh: "已到期"),
            Self::DnsStopped => words!(en: "the registrar stopped resolution", zh: "注册商停止解析"),
            Self::Redemption { until } => {
                words!(en: "went into redemption, until {until}", zh: "进入赎回期，至 {until}")
            }
            Self::PendingDelete { until } => {
                words!(en: "can no longer be brought back; purged after {until}", zh: "已无法挽回，{until} 后清除")
            }
            Self::Auctioned => words!(en: "went to the winner of the auction", zh: "被拍卖竞得者取得"),
            Self::Restored { until } => {
                words!(en: "restored, until {until}; the records must be set again", zh: "赎回完成，已付费至 {until}，解析记录需重新设置")
            }
            Self::RestoreMissed => {
                words!(en: "no restore report came: back in redemption", zh: "未提交赎回报告，退回赎回期")
            }
            Self::Purged => words!(en: "purged by the registry", zh: "已被注册局清除"),
            Self::Released => words!(en: "open to the public", zh: "已释放，任何人可注册"),
            Self::Caught { seconds } => {
                words!(en: "registered by a stranger after {seconds} s", zh: "释放 {seconds} 秒后被他人注册")
            }
            Self::TaskFailed { op, why } => {
                why.behind(words!(en: "the registrar's task {op} failed: ", zh: "注册商任务 {op} 失败："))
            }
            Self::FilingReturned { reason, .. } => {
                reason.behind(Text::new("the filing order was returned: ", "备案订单被退回："))
            }
            Self::FilingResubmitted { round } => {
                words!(en: "the filing order was handed in again (round {round}): its clock starts anew", zh: "备案订单重新提交（第 {round} 次），审核期重新计算")
            }
            Self::FilingApproved { act } => {
                let act = act.code();
                words!(en: "the filing order was approved ({act})", zh: "备案订单审核通过（{act}）")
            }
            Self::RequestsAnswered => words!(en: "the open data requests were answered", zh: "个人信息请求已答复"),
            Self::ToppedUp { account, amount } => {
                words!(en: "{amount} paid into account {account}", zh: "账户 {account} 充值 {amount}")
            }
            Self::DisputeLocked => words!(en: "a dispute lock arrived", zh: "争议锁定生效"),
            Self::DisputeLifted => words!(en: "the dispute is over", zh: "争议解除"),
            Self::NameServersChanged => {
                words!(en: "the name servers changed without a ticket, and the lock is off", zh: "域名服务器被无工单变更，且锁已关闭")
            }
            Self::PhoneCutOff => words!(en: "the filing's confirming phone is dead", zh: "备案核验手机已停机"),
            Self::RealNameChanged { state } => {
                let state = state.code();
                words!(en: "real-name verification: {state}", zh: "实名认证：{state}")
            }
            Self::AutoRenewSwitched { on: true } => {
                words!(en: "auto-renew was switched on in the console", zh: "自动续费被在控制台打开")
            }
            Self::AutoRenewSwitched { on: false } => {
                words!(en: "auto-renew was switched off in the console", zh: "自动续费被在控制台关闭")
            }
            Self::RenewedElsewhere { until } => {
                words!(en: "renewed in the console, until {until}", zh: "在控制台续费，已付费至 {until}")
            }
            Self::AuctionBid => words!(en: "somebody bids in the auction", zh: "拍卖中有人出价"),
            Self::SignatureWithdrawn { person } => {
                words!(en: "{person} took the signature back", zh: "{person} 撤回签字")
            }
            Self::DeputyTookOver { person, deputy } => {
                words!(en: "{deputy} stands in for {person}", zh: "{deputy} 代理 {person}")
            }
            Self::TaskDone { kind, by, .. } => {
                let (en, zh) = (kind.text().en, kind.text().zh);
                Words { en: format!("{by}: done: {en}"), zh: format!("{by} 完成：{zh}") }
            }
            Self::Trouble { code, on: true } => words!(en: "{code} shows trouble", zh: "{code} 出现问题"),
            Self::Trouble { code, on: false } => words!(en: "{code} is quiet again", zh: "{code} 恢复正常"),
        }
    }
}
