//! The phases of a registration: one closed list for every suffix.
//!
//! Registries use many words for the same few states. A phase says what the holder may still do;
//! the registry's own word is kept beside it, as the row of the suffix gives it. This page knows no
//! dates: those are in `namekeep-lifecycle`.
//!
//! ```text
//! registered --expiry--> renewal_grace | auto_renew_grace | expired_held --> redemption
//!      ^                        | renew                                      |  |  ^
//!      +------------------------+                                   restore  |  |  | no report
//!      +------------------------------- report accepted -- pending_restore <-+  +--+
//!                                                                            v
//!                            released <-- quarantine | pending_delete <------+
//! ```

use serde::{Deserialize, Serialize};

use crate::Text;

/// Where a registration stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhaseKind {
    /// Paid and running.
    Registered,
    /// Past its expiry; renews at the normal price and still resolves.
    RenewalGrace,
    /// Renewed by the registry on its own; the registrar may still give the year back.
    AutoRenewGrace,
    /// Past its expiry; may be renewed, does not resolve.
    ExpiredHeld,
    /// Deleted at the registrar; only a restore brings it back.
    Redemption,
    /// A restore is asked for; its report is still due (RFC 3915 section 2).
    PendingRestore,
    /// Nothing brings it back; the registry purges it soon.
    PendingDelete,
    /// Deleted and kept from the public; some registries let the last holder come back.
    Quarantine,
    /// Open to the public.
    Released,
    /// No rule is known for the suffix, or the facts do not decide.
    Unknown,
}

impl PhaseKind {
    /// Every phase, in the order of a life.
    pub const ALL: [Self; 10] = [
        Self::Registered,
        Self::RenewalGrace,
        Self::AutoRenewGrace,
        Self::ExpiredHeld,
        Self::Redemption,
        Self::PendingRestore,
        Self::PendingDelete,
        Self::Quarantine,
        Self::Released,
        Self::Unknown,
    ];

    /// The word used in files and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::RenewalGrace => "renewal_grace",
            Self::AutoRenewGrace => "auto_renew_grace",
            Self::ExpiredHeld => "expired_held",
            Self::Redemption => "redemption",
            Self::PendingRestore => "pending_restore",
            Self::PendingDelete => "pending_delete",
            Self::Quarantine => "quarantine",
            Self::Released => "released",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a phase from its word; names outside the closed list are not phases.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.code() == code)
    }

    /// Tells whether a renewal is enough here to keep the name.
    pub const fn renewable(self) -> bool {
        matches!(self, Self::Registered | Self::RenewalGrace | Self::AutoRenewGrace | Self::ExpiredHeld)
    }

    /// Tells whether nothing the holder can do brings the name back, in every suffix.
    ///
    /// A quarantine is not counted: whether it can be left depends on the suffix.
    pub const fn lost(self) -> bool {
        matches!(self, Self::PendingDelete | Self::Released)
    }

    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Registered => Text::new("registered", "正常"),
            Self::RenewalGrace => Text::new("renewal grace period", "续费宽限期"),
            Self::AutoRenewGrace => Text::new("auto-renew grace period", "自动续费宽限期"),
            Self::ExpiredHeld => Text::new("past its expiry date, resolution stopped", "到期停止解析"),
            Self::Redemption => Text::new("redemption period", "赎回期"),
            Self::PendingRestore => Text::new("pending restore", "赎回处理中"),
            Self::PendingDelete => Text::new("pending delete", "待删除"),
            Self::Quarantine => Text::new("quarantine", "隔离期"),
            Self::Released => Text::new("released", "已释放"),
            Self::Unknown => Text::new("unknown", "未知"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_read_back() {
        for phase in PhaseKind::ALL {
            assert_eq!(PhaseKind::from_code(phase.code()), Some(phase));
            assert_eq!(serde_json::to_value(phase).ok(), Some(phase.code().into()));
        }
        assert_eq!(PhaseKind::from_code("suspended"), None);
    }

    #[test]
    fn no_phase_is_both_renewable_and_lost() {
        assert!(PhaseKind::ALL.into_iter().all(|phase| !(phase.renewable() && phase.lost())));
    }
}
