//! S6: statuses and locks of the registration.
//!
//! A lock is the cheapest guard against a stolen account, and a hold or a deletion that nobody
//! planned is the first sign of trouble. It compares with what is expected of the name and does
//! not know who set a status; where a registry shows no statuses, that is *not checked*.

use namekeep_model::status::{EppStatus, RgpStatus, StatusSet};
use namekeep_model::{Finding, Level, Text, Words, words};

use super::Round;
use super::profile::Locks as Levels;

const CODE: &str = "S6";

/// The statuses of a name and what is expected of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statuses {
    /// The statuses seen; none when no source could be read, or it shows none.
    pub seen: Option<StatusSet>,
    /// Why nothing was seen, in one line, when nothing was.
    pub missing: Words,
    /// What is expected.
    pub expected: Expected,
}

/// What the company itself decided about a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The suffix or the registrar offers no locks.
    pub no_locks: bool,
    /// Every lock, the registry's included, is wanted.
    pub protected: bool,
    /// The name is being handed over: an open lock and a transfer are wanted.
    pub transfer: bool,
    /// The name is meant to be out of the zone.
    pub hold: bool,
    /// The name is meant to be deleted.
    pub deletion: bool,
    /// A restore was asked for.
    pub restore: bool,
}

/// Checks the statuses of a name.
pub fn check(round: &Round<'_>, levels: &Levels, statuses: &Statuses) -> Vec<Finding> {
    let Some(seen) = statuses.seen.filter(|seen| !seen.is_empty()) else {
        let nothing = || Text::new("the source shows no statuses", "来源未显示状态").into();
        let why = if statuses.missing.is_empty() { nothing() } else { statuses.missing.clone() };
        let says = why.behind(Text::new("statuses and locks not seen: ", "未能查看状态与锁："));
        return round.raise(CODE, Level::NotChecked, None, says).into_iter().collect();
    };
    let expected = statuses.expected;
    let mut found = Vec::new();
    let mut raise = |when: bool, level: Level, subject: &str, says: Words| {
        if when {
            found.extend(round.raise(CODE, level, Some(subject), says));
        }
    };
    let status = |status: EppStatus, en: &str, zh: &str| Words {
        en: format!("{}: {en}", status.code()),
        zh: format!("{}：{zh}", status.code()),
    };
    for hold in [EppStatus::ServerHold, EppStatus::ClientHold] {
        let says = status(
            hold,
            "the name is out of the zone, and nobody here planned it",
            "域名已停止解析，且并非计划中的操作",
        );
        raise(seen.has(hold) && !expected.hold, levels.hold, hold.code(), says);
    }
    let redemption = seen.has_rgp(RgpStatus::RedemptionPeriod);
    let restoring = seen.has_rgp(RgpStatus::PendingRestore);
    let deleting = seen.has(EppStatus::PendingDelete) || seen.has_rgp(RgpStatus::PendingDelete);
    let says = Words {
        en: "redemptionPeriod: the name was deleted; only a restore brings it back".to_owned(),
        zh: "redemptionPeriod：域名已被删除，只能通过赎回取回".to_owned(),
    };
    raise(redemption && !expected.deletion, levels.deletion, RgpStatus::RedemptionPeriod.code(), says);
    let says = Words {
        en: "pendingRestore: a restore is under way and its report is due".to_owned(),
        zh: "pendingRestore：赎回处理中，须提交赎回报告".to_owned(),
    };
    raise(restoring && !expected.restore, levels.restore_pending, RgpStatus::PendingRestore.code(), says);
    let says = status(
        EppStatus::PendingDelete,
        "the name is being deleted, and nobody here planned it",
        "域名正在被删除，且并非计划中的操作",
    );
    raise(
        deleting && !redemption && !restoring && !expected.deletion,
        levels.deletion,
        EppStatus::PendingDelete.code(),
        says,
    );
    let says = status(
        EppStatus::PendingTransfer,
        "a transfer out is under way, and nobody here planned it",
        "正在转出，且并非计划中的操作",
    );
    raise(
        seen.has(EppStatus::PendingTransfer) && !expected.transfer,
        levels.transfer_pending,
        EppStatus::PendingTransfer.code(),
        says,
    );
    let says = status(EppStatus::Inactive, "the registry lists no name server", "注册局未登记任何域名服务器");
    raise(seen.has(EppStatus::Inactive) && !expected.hold, levels.not_delegated, EppStatus::Inactive.code(), says);
    // A name on its way out cannot be locked any more; its deletion is the news.
    if !(expected.no_locks || deleting || redemption || restoring) {
        locks(seen, expected, levels, &mut raise);
    }
    found
}

/// The locks that are missing.
fn locks(seen: StatusSet, expected: Expected, levels: &Levels, raise: &mut impl FnMut(bool, Level, &str, Words)) {
    let any = |client: EppStatus, server: EppStatus| seen.has(client) || seen.has(server);
    let level = |usual: Level| if expected.protected { usual.max(levels.protected_lock_missing) } else { usual };
    let open = !any(EppStatus::ClientTransferProhibited, EppStatus::ServerTransferProhibited);
    let says = words!(en: "transfer lock missing", zh: "缺少转移锁");
    raise(open && !expected.transfer, level(levels.transfer_lock_missing), "transfer-lock", says);
    let open = !any(EppStatus::ClientDeleteProhibited, EppStatus::ServerDeleteProhibited);
    let says = words!(en: "delete lock missing", zh: "缺少删除锁");
    raise(open && !expected.deletion, level(levels.delete_lock_missing), "delete-lock", says);
    let open = !any(EppStatus::ClientUpdateProhibited, EppStatus::ServerUpdateProhibited);
    let says = words!(en: "update lock missing", zh: "缺少更新锁");
    raise(open, level(levels.update_lock_missing), "update-lock", says);
    let registry =
        [EppStatus::ServerTransferProhibited, EppStatus::ServerDeleteProhibited, EppStatus::ServerUpdateProhibited];
    let open = expected.protected && !registry.into_iter().all(|status| seen.has(status));
    raise(
        open,
        levels.protected_lock_missing,
        "registry-lock",
        words!(en: "registry lock missing on a protected name", zh: "受保护域名缺少注册局锁"),
    );
}
