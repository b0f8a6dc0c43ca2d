//! Actions: what a run may do to the outside, as data; and the permit to do one of them once.
//!
//! ```text
//! plan ---- Action (data, digest) ---- approvals sign the digest
//!                 |
//!    gates read again now ---- Run::clear() ---- Permit (not Clone, used up)
//!                                                   |
//!                            service::effects ---- port
//! ```
//!
//! The list of operations is closed and each carries a version; a plan keeps the versions it was
//! made with, so that new code knows whether it may go on with an old run.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ActionId, Date, DomainName, EffectId, Money, Quorum, TaskKind, Text, Timestamp, Words, words};

/// What can be undone, what costs, and what never comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Can be set back.
    Reversible,
    /// Spends money, at most this much.
    Costly {
        /// The ceiling; a higher price stops the act.
        ceiling: Money,
    },
    /// Cannot be set back: no such act without a quorum.
    Irreversible {
        /// Whose signatures it needs.
        quorum: Quorum,
    },
}

impl Risk {
    /// Tells whether the act can never be set back.
    pub const fn is_irreversible(&self) -> bool {
        matches!(self, Self::Irreversible { .. })
    }
}

/// One operation on the outside, with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Op {
    /// Switches automatic renewal.
    SetAutoRenew {
        /// On or off.
        on: bool,
    },
    /// Renews, only if the expiry is still the expected one (compare-and-set).
    Renew {
        /// Years to add, 1 to 10.
        years: u8,
        /// The expiry the order is made against.
        expected_expiry: Date,
        /// The most it may cost.
        ceiling: Money,
    },
    /// Asks the registry to restore a redeemed name (RFC 3915).
    Restore {
        /// The most it may cost.
        ceiling: Money,
    },
    /// Switches the transfer lock.
    SetTransferLock {
        /// On or off.
        on: bool,
    },
    /// Hands the registration to another holder or account.
    Transfer {
        /// The agreed receiver, as the plan names it.
        to: String,
    },
    /// Deletes the registration.
    DeleteRegistration,
    /// Lowers every own record set's TTL to this many seconds (never below the edition's floor).
    StepDownTtl {
        /// Target in seconds.
        seconds: u32,
    },
    /// Withdraws the DS records at the parent.
    RemoveDs,
    /// Removes the records that point at resources which are to be released; the resources stay.
    DetachRecords,
    /// Replaces the zone by a parked or empty one.
    ParkZone,
    /// Publishes the no-mail posture (RFC 7505 where taken, else no MX and no apex address).
    CloseMail,
    /// Closes certificate issuance (CAA `;`, RFC 8659).
    CloseIssuance,
    /// Publishes the zone snapshot again.
    RepublishZone,
    /// Deletes own host objects (RFC 5732) that serve nobody else.
    DeleteHosts,
}

impl Op {
    /// The word and version kept in plans, such as `registrar.auto-renew@1`.
    pub const fn version(&self) -> &'static str {
        match self {
            Self::SetAutoRenew { .. } => "registrar.auto-renew@1",
            Self::Renew { .. } => "registrar.renew@1",
            Self::Restore { .. } => "registrar.restore@1",
            Self::SetTransferLock { .. } => "registrar.transfer-lock@1",
            Self::Transfer { .. } => "registrar.transfer@1",
            Self::DeleteRegistration => "registrar.delete@1",
            Self::StepDownTtl { .. } => "dns.ttl@1",
            Self::RemoveDs => "registrar.remove-ds@1",
            Self::DetachRecords => "dns.detach@1",
            Self::ParkZone => "dns.park@1",
            Self::CloseMail => "dns.close-mail@1",
            Self::CloseIssuance => "dns.close-issuance@1",
            Self::RepublishZone => "dns.republish@1",
            Self::DeleteHosts => "registrar.delete-hosts@1",
        }
    }

    /// Every operation version this build can serve.
    pub const SERVED: [&'static str; 14] = [
        "registrar.auto-renew@1", "registrar.renew@1", "registrar.restore@1", "registrar.transfer-lock@1",
        "registrar.transfer@1", "registrar.delete@1", "dns.ttl@1", "registrar.remove-ds@1", "dns.detach@1",
        "dns.park@1", "dns.close-mail@1", "dns.close-issuance@1", "dns.republish@1", "registrar.delete-hosts@1",
    ];

    /// What it does, for people.
    pub const fn text(&self) -> Text {
        match self {
            Self::SetAutoRenew { on: true } => Text::new("switch auto-renew on", "打开自动续费"),
            Self::SetAutoRenew { on: false } => Text::new("switch auto-renew off", "关闭自动续费"),
            Self::Renew { .. } => Text::new("renew", "续费"),
            Self::Restore { .. } => Text::new("redeem", "赎回"),
            Self::SetTransferLock { on: true } => Text::new("set the transfer lock", "加转移锁"),
            Self::SetTransferLock { on: false } => Text::new("lift the transfer lock", "解除转移锁"),
            Self::Transfer { .. } => Text::new("hand over to the new holder", "移交给新持有者"),
            Self::DeleteRegistration => Text::new("delete the registration", "删除域名"),
            Self::StepDownTtl { .. } => Text::new("lower the TTL", "降低 TTL"),
            Self::RemoveDs => Text::new("withdraw the DS record", "撤下 DS 记录"),
            Self::DetachRecords => Text::new("remove records, keep the resources", "删除解析记录，保留资源"),
            Self::ParkZone => Text::new("park the zone", "停放解析"),
            Self::CloseMail => Text::new("publish that no mail is taken", "发布拒收邮件状态"),
            Self::CloseIssuance => Text::new("close certificate issuance", "禁止签发证书"),
            Self::RepublishZone => Text::new("publish the zone snapshot again", "恢复解析快照"),
            Self::DeleteHosts => Text::new("delete own host objects", "删除自有主机对象"),
        }
    }
}

impl Op {
    /// What it does with its arguments, for whoever carries it out by hand.
    pub fn words(&self) -> Words {
        match self {
            Self::Renew { years, expected_expiry, ceiling } => words!(
                en: "renew for {years} year(s), only if the expiry is still {expected_expiry}, for at most {ceiling}",
                zh: "续费 {years} 年；仅当到期日仍为 {expected_expiry}，且不超过 {ceiling}"
            ),
            Self::Restore { ceiling } => words!(en: "redeem for at most {ceiling}", zh: "赎回，不超过 {ceiling}"),
            Self::Transfer { to } => words!(en: "hand over to {to}", zh: "移交给 {to}"),
            Self::StepDownTtl { seconds } => words!(
                en: "lower the TTL of every own record to {seconds} s, never below the edition's floor",
                zh: "将全部自有记录的 TTL 降至 {seconds} 秒，不低于版本下限"
            ),
            _ => self.text().into(),
        }
    }
}

/// Who carries an action out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// A port.
    Op(Op),
    /// A person: opening the task is the act that needs the permit.
    Task(TaskKind),
}

/// One act of a plan: what, on which name, at which risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Where it stands in the plan.
    pub id: ActionId,
    /// The name it acts on.
    pub name: DomainName,
    /// What is done, and by whom.
    pub act: Act,
    /// What can be undone, what costs, what never comes back.
    pub risk: Risk,
}

impl Action {
    /// Tells whether the act, once done, is never begun again in its run: nothing sets it back. A
    /// switch can be found turned by somebody else and is set again, with new signatures if it needs any.
    pub const fn happens_once(&self) -> bool {
        let switch = matches!(self.act, Act::Op(Op::SetAutoRenew { .. } | Op::SetTransferLock { .. }));
        self.risk.is_irreversible() && !switch
    }
}

/// Leave to carry out one action once: minted when its gates were read and stood open, used up by
/// the port that acts. It cannot be copied, stored or read from a file.
#[derive(Debug)]
pub struct Permit {
    action: Action,
    effect: EffectId,
    cleared_at: Timestamp,
}

impl Permit {
    /// Mints a permit. Only the run machine may call this, after reading the gates at `cleared_at`
    /// (a lint refuses every other caller).
    pub const fn mint(action: Action, effect: EffectId, cleared_at: Timestamp) -> Self {
        Self { action, effect, cleared_at }
    }

    /// What may be done.
    pub const fn action(&self) -> &Action {
        &self.action
    }

    /// The one attempt it is for.
    pub const fn effect(&self) -> &EffectId {
        &self.effect
    }

    /// When the gates were read.
    pub const fn cleared_at(&self) -> Timestamp {
        self.cleared_at
    }
}

impl fmt::Display for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "permit for {}", self.effect)
    }
}
