//! Statuses of a registration: EPP (RFC 5731) and its grace periods (RFC 3915).
//!
//! The same status travels in three spellings: EPP's camelCase, RDAP's spaced words (RFC 8056) and
//! WHOIS lines with an explaining address behind the word. All read into the same value. A word
//! outside the lists is kept by the caller as unknown: it is neither dropped nor guessed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Text;

/// A word which is no status of RFC 5731 or RFC 3915.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no status of RFC 5731 or RFC 3915")]
pub struct StatusError(String);

/// Longest status text looked at, in bytes; the longest word with its address has about 80.
const MAX_STATUS: usize = 512;

/// Folds a spelling to its letters in lower case, without a trailing address.
///
/// `clientTransferProhibited https://icann.org/epp#...`, `client transfer prohibited` and
/// `CLIENT-TRANSFER-PROHIBITED` all become `clienttransferprohibited`.
fn fold(text: &str) -> Option<String> {
    if text.len() > MAX_STATUS {
        return None;
    }
    let word = ["http://", "https://", "(http", "#"].iter().filter_map(|mark| text.find(mark)).min();
    let word = word.map_or(text, |at| text.get(..at).unwrap_or(text));
    // Some servers print the address alone: its fragment is the word.
    let word = if word.trim().is_empty() { text.rsplit_once('#').map_or("", |(_, tail)| tail) } else { word };
    let folded: String = word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let plain = word
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c.is_whitespace() || matches!(c, '-' | '_' | '(' | ')' | '"' | '\''));
    (plain && !folded.is_empty()).then_some(folded)
}

macro_rules! statuses {
    (
        $(#[$doc:meta])* $name:ident;
        $( $(#[$vdoc:meta])* $variant:ident, $code:literal, [$($alias:literal),*], $en:literal, $zh:literal; )*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        pub enum $name {
            $( $(#[$vdoc])* $variant, )*
        }

        impl $name {
            /// Every status of the list, in the order of its RFC.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word of the protocol, in camelCase.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Its meaning for people.
            pub const fn text(self) -> Text {
                match self { $(Self::$variant => Text::new($en, $zh),)* }
            }

            fn from_folded(folded: &str) -> Option<Self> {
                $( if folded.eq_ignore_ascii_case($code) $(|| folded == $alias)* { return Some(Self::$variant); } )*
                None
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.code())
            }
        }

        impl FromStr for $name {
            type Err = StatusError;

            /// Reads EPP, RDAP and WHOIS spellings.
            fn from_str(text: &str) -> Result<Self, StatusError> {
                fold(text)
                    .and_then(|folded| Self::from_folded(&folded))
                    .ok_or_else(|| StatusError(text.chars().take(64).collect()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = StatusError;
            fn try_from(text: String) -> Result<Self, StatusError> {
                text.parse()
            }
        }

        impl From<$name> for &'static str {
            fn from(status: $name) -> Self {
                status.code()
            }
        }
    };
}

statuses! {
    /// A domain status of EPP (RFC 5731 section 2.3).
    EppStatus;
    /// A client asked that the name is not deleted.
    ClientDeleteProhibited, "clientDeleteProhibited", [], "delete lock by the registrar", "注册商禁止删除";
    /// A client took the name out of the zone.
    ClientHold, "clientHold", [], "resolution stopped by the registrar", "注册商停止解析";
    /// A client asked that the name is not renewed.
    ClientRenewProhibited, "clientRenewProhibited", [], "renewal lock by the registrar", "注册商禁止续费";
    /// A client asked that the name is not transferred.
    ClientTransferProhibited, "clientTransferProhibited", [], "transfer lock by the registrar", "注册商转移锁";
    /// A client asked that the name is not changed.
    ClientUpdateProhibited, "clientUpdateProhibited", [], "update lock by the registrar", "注册商更新锁";
    /// No name server is delegated.
    Inactive, "inactive", [], "no name server", "无域名服务器";
    /// Nothing pends and nothing is prohibited; RDAP says `active`.
    Ok, "ok", ["active"], "no restriction", "无限制";
    /// The registration is being processed.
    PendingCreate, "pendingCreate", [], "registration pending", "注册处理中";
    /// The deletion is being processed; what can still be done stands in the RGP status.
    PendingDelete, "pendingDelete", [], "pending delete", "待删除";
    /// The renewal is being processed.
    PendingRenew, "pendingRenew", [], "renewal pending", "续费处理中";
    /// The transfer is being processed.
    PendingTransfer, "pendingTransfer", [], "transfer pending", "转移处理中";
    /// The change is being processed.
    PendingUpdate, "pendingUpdate", [], "update pending", "更新处理中";
    /// The registry does not let the name be deleted.
    ServerDeleteProhibited, "serverDeleteProhibited", [], "delete lock by the registry", "注册局禁止删除";
    /// The registry took the name out of the zone.
    ServerHold, "serverHold", [], "resolution stopped by the registry", "注册局停止解析";
    /// The registry does not let the name be renewed.
    ServerRenewProhibited, "serverRenewProhibited", [], "renewal lock by the registry", "注册局禁止续费";
    /// The registry does not let the name be transferred.
    ServerTransferProhibited, "serverTransferProhibited", [], "transfer lock by the registry", "注册局转移锁";
    /// The registry does not let the name be changed.
    ServerUpdateProhibited, "serverUpdateProhibited", [], "update lock by the registry", "注册局更新锁";
}

statuses! {
    /// A grace period status (RFC 3915 section 3.1).
    RgpStatus;
    /// Newly registered: a deletion returns the fee.
    AddPeriod, "addPeriod", [], "add grace period", "新注册宽限期";
    /// Renewed by the registry on its own, not by the holder.
    AutoRenewPeriod, "autoRenewPeriod", [], "auto-renew grace period", "自动续费宽限期";
    /// Renewed on request: a deletion returns the fee.
    RenewPeriod, "renewPeriod", [], "renewal paid, fee still returnable", "续费退款期";
    /// Transferred: a deletion returns the fee.
    TransferPeriod, "transferPeriod", [], "transfer grace period", "转移宽限期";
    /// Deleted, to be purged unless restored before.
    RedemptionPeriod, "redemptionPeriod", [], "redemption period", "赎回期";
    /// A restore is asked for; its report is still due.
    PendingRestore, "pendingRestore", [], "pending restore", "赎回处理中";
    /// The redemption period is over: the registry purges the name.
    PendingDelete, "pendingDelete", [], "pending delete", "待删除";
}

/// A set of statuses of both lists: a value of eight bytes.
///
/// `pendingDelete` stands in both lists with different meanings. WHOIS and RDAP do not say which
/// one is meant; [`StatusSet::add_text`] then sets the EPP one, which needs an RGP status beside it
/// to say how far the deletion is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct StatusSet {
    epp: u32,
    rgp: u32,
}

impl StatusSet {
    /// The set without members.
    pub const EMPTY: Self = Self { epp: 0, rgp: 0 };

    /// Tells whether nothing is set.
    pub const fn is_empty(self) -> bool {
        self.epp == 0 && self.rgp == 0
    }

    /// Adds an EPP status.
    pub const fn with(mut self, status: EppStatus) -> Self {
        self.epp |= 1 << status as u32;
        self
    }

    /// Adds an RGP status.
    pub const fn with_rgp(mut self, status: RgpStatus) -> Self {
        self.rgp |= 1 << status as u32;
        self
    }

    /// Tells whether an EPP status is set.
    pub const fn has(self, status: EppStatus) -> bool {
        self.epp & (1 << status as u32) != 0
    }

    /// Tells whether an RGP status is set.
    pub const fn has_rgp(self, status: RgpStatus) -> bool {
        self.rgp & (1 << status as u32) != 0
    }

    /// Adds the status a text names, in any spelling; an unknown word is an error, not a loss.
    pub fn add_text(&mut self, text: &str) -> Result<(), StatusError> {
        let unknown = || StatusError(text.chars().take(64).collect());
        let folded = fold(text).ok_or_else(unknown)?;
        if let Some(status) = EppStatus::from_folded(&folded) {
            *self = self.with(status);
        } else {
            *self = self.with_rgp(RgpStatus::from_folded(&folded).ok_or_else(unknown)?);
        }
        Ok(())
    }

    /// The EPP statuses set, in the order of the RFC.
    pub fn epp(self) -> impl Iterator<Item = EppStatus> {
        EppStatus::ALL.iter().copied().filter(move |&status| self.has(status))
    }

    /// The RGP statuses set, in the order of the RFC.
    pub fn rgp(self) -> impl Iterator<Item = RgpStatus> {
        RgpStatus::ALL.iter().copied().filter(move |&status| self.has_rgp(status))
    }

    /// Tells whether the registrar or the registry took the name out of the zone.
    pub const fn on_hold(self) -> bool {
        self.has(EppStatus::ClientHold) || self.has(EppStatus::ServerHold)
    }

    /// Tells whether a transfer out is locked.
    pub const fn transfer_locked(self) -> bool {
        self.has(EppStatus::ClientTransferProhibited) || self.has(EppStatus::ServerTransferProhibited)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spaced(code: &str) -> String {
        code.chars()
            .flat_map(|c| c.is_ascii_uppercase().then_some(' ').into_iter().chain([c.to_ascii_lowercase()]))
            .collect()
    }

    #[test]
    fn every_status_reads_in_every_spelling() {
        for &status in EppStatus::ALL {
            let code = status.code();
            for text in [
                code.to_owned(),
                spaced(code),
                code.to_uppercase(),
                format!("{code} https://icann.org/epp#{code}"),
                format!("{code} (https://www.icann.org/epp#{code})"),
                format!("https://icann.org/epp#{code}"),
                format!(" {code}\t"),
            ] {
                assert_eq!(text.parse::<EppStatus>().ok(), Some(status), "{text}");
            }
        }
        for &status in RgpStatus::ALL {
            assert_eq!(status.code().parse::<RgpStatus>().ok(), Some(status));
            assert_eq!(spaced(status.code()).parse::<RgpStatus>().ok(), Some(status));
        }
        // RFC 8056 section 2 maps EPP `ok` to RDAP `active`.
        assert_eq!("active".parse::<EppStatus>().unwrap(), EppStatus::Ok);
    }

    #[test]
    fn other_words_are_no_status() {
        for text in
            ["", " ", "#", "okay", "client", "ok,clientHold", "clientHold clientHold", "注册商", &"x".repeat(600)]
        {
            assert!(text.parse::<EppStatus>().is_err(), "{text}");
            let mut set = StatusSet::EMPTY;
            assert!(set.add_text(text).is_err() && set.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_set_holds_both_lists_apart() {
        let mut set = StatusSet::EMPTY;
        set.add_text("pending delete").unwrap();
        set.add_text("redemption period").unwrap();
        assert!(set.has(EppStatus::PendingDelete) && set.has_rgp(RgpStatus::RedemptionPeriod));
        assert!(!set.has_rgp(RgpStatus::PendingDelete));
        assert_eq!(set.epp().count() + set.rgp().count(), 2);
        assert!(set.with(EppStatus::ServerHold).on_hold());
    }

    #[test]
    fn json_is_the_protocol_word() {
        assert_eq!(serde_json::to_string(&EppStatus::ClientHold).unwrap(), "\"clientHold\"");
        assert_eq!(serde_json::from_str::<EppStatus>("\"client hold\"").unwrap(), EppStatus::ClientHold);
    }
}
