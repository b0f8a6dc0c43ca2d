//! The vocabulary of a suffix row: what the sources say, and the closed words the engine decides by.

use std::collections::BTreeMap;

use namekeep_model::status::{EppStatus, RgpStatus};
use namekeep_model::{Confidence, Date, Text, Words};
use serde::{Deserialize, Serialize};

/// The class of a suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A generic top-level domain.
    Gtld,
    /// A generic top-level domain run by the .cn registry under its rules.
    GtldCnnic,
    /// A country-code top-level domain.
    Cctld,
    /// The row of general gTLD policy, for gTLDs without a row of their own.
    Template,
}

impl Class {
    /// Tells whether general gTLD policy binds the registry.
    pub const fn is_generic(self) -> bool {
        !matches!(self, Self::Cctld)
    }
}

/// What the holder may do with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum May {
    /// Renew it.
    Renew,
    /// Bring it back after the deletion.
    Restore,
    /// Move it to another registrar or holder.
    Transfer,
    /// Have it deleted.
    Delete,
}

impl May {
    /// Every right, in the order shown.
    pub const ALL: [Self; 4] = [Self::Renew, Self::Restore, Self::Transfer, Self::Delete];

    /// The word used in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Renew => "renew",
            Self::Restore => "restore",
            Self::Transfer => "transfer",
            Self::Delete => "delete",
        }
    }

    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Renew => Text::new("renew", "续费"),
            Self::Restore => Text::new("restore", "赎回"),
            Self::Transfer => Text::new("transfer out", "转出"),
            Self::Delete => Text::new("delete the registration", "删除域名"),
        }
    }
}

/// What an act costs, as a class: amounts change and belong to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Price {
    /// The normal price.
    Standard,
    /// The normal price and something on top.
    Surcharge,
    /// The price of a restore.
    Redemption,
    /// Nothing can be bought.
    None,
    /// Not read.
    Unknown,
}

/// Whether deletion on request is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Offered {
    /// It is offered.
    Yes,
    /// It is not.
    No,
    /// The registrar decides and must be asked.
    Ask,
    /// No source was read.
    Unknown,
}

/// Whether a deleted name can be had back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WayBack {
    /// A way back is known.
    Yes,
    /// There is none.
    No,
    /// No source was read.
    Unknown,
}

/// Something about a suffix or a registrar that a plan would trip over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrapCode {
    /// Not renewing is not cancelling: the contract or the invoice goes on.
    CancellationNeeded,
    /// A registrar deletes before the expiry date.
    DeletesBeforeExpiry,
    /// Orders close before the expiry date.
    OrderDeadline,
    /// The registry date jumps one year ahead although nobody paid.
    RegistryDateOneYearLate,
    /// The registry shows the old date for days after a paid renewal.
    RegistryDateOldAfterRenewal,
    /// The registry publishes no expiry date.
    NoRegistryExpiry,
    /// The expiry date is always the last day of a month.
    MonthEndExpiry,
    /// Weekends, holidays or weekly rounds move the dates.
    ClockShifts,
    /// The registry has stopped its clocks in a crisis.
    ClockFrozenInCrisis,
    /// Somebody else may take the name while it is in redemption.
    StrangerCanTake,
    /// Another registrar may bring the name back.
    OtherRegistrarCanRescue,
    /// Nobody gets a deleted name back.
    NoWayBack,
    /// A restore may be impossible.
    RestoreMayFail,
    /// A late restore can be cancelled by the registrar for a time.
    LateRescueCancellable,
    /// Identity checks outrank the clock.
    IdentityOutranksClock,
    /// Names about to be released are published.
    DropListPublished,
    /// The registrar may auction or move the name during grace.
    AuctionInGrace,
    /// A restored name cannot be transferred for a time.
    TransferLockAfterRestore,
    /// Deletion on request is not offered, or only to some.
    DeleteRestricted,
    /// The sources disagree about the days.
    SourcesDisagree,
}

/// One phase of a row, in the words of the sources and in closed words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowPhase {
    /// The registry's own word.
    pub name: String,
    /// What the days are counted from; for people, phases follow each other.
    pub anchor: String,
    /// Fewest days; for a deadline before expiry, negative.
    pub days_min: Option<i16>,
    /// Usual days.
    pub days_typical: Option<i16>,
    /// Most days.
    pub days_max: Option<i16>,
    /// What happens to resolution, in the words of the source.
    pub dns: String,
    /// Days after the start of the phase at which resolution stops, fewest, usual and most; absent
    /// where it goes on.
    pub dns_off: Option<[Option<i16>; 3]>,
    /// What the holder may do, in the words of the source.
    pub registrant_may: Vec<String>,
    /// The same in closed words.
    pub may: Vec<May>,
    /// EPP statuses seen in the phase.
    pub epp: Vec<EppStatus>,
    /// Grace period statuses seen in the phase.
    pub rgp: Vec<RgpStatus>,
    /// The price in the words of the source.
    pub fee: String,
    /// The same in closed words.
    pub price: Price,
    /// Whose rule the phase is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// Deletion on request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplicitDelete {
    /// Whether it is offered.
    pub offered: Offered,
    /// Whether it can be undone.
    pub way_back: WayBack,
    /// What it does, in the words of the source.
    pub effect: String,
    /// What stands in its way.
    pub blocked_by: Vec<String>,
}

/// Where the sources of a row disagree; an alias that reads well in signatures.
pub type Conflict = Words;

/// Days in which a transfer is barred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locks {
    /// After a registration.
    pub after_registration_days: Option<i16>,
    /// After a transfer.
    pub after_transfer_days: Option<i16>,
    /// After a restore.
    pub after_restore_days: Option<i16>,
    /// Whose rule that is.
    pub note: String,
    /// Source ids.
    pub source: Vec<String>,
}

/// When a transfer closes before the expiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransferCloses {
    /// Days before expiry.
    pub days_before_expiry: i16,
    /// A source id, or an article of the law corpus.
    pub source: String,
}

/// Where the registry answers RDAP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rdap {
    /// Listed in the bootstrap registry (RFC 9224).
    pub in_iana_bootstrap: Option<bool>,
    /// The base address.
    pub base: Option<String>,
}

/// How the registry answers WHOIS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whois {
    /// `host`, `web` (a form only) or `none`.
    pub kind: String,
    /// The host or the address of the form.
    pub host: Option<String>,
}

/// Where to ask about a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// RDAP.
    pub rdap: Rdap,
    /// WHOIS.
    pub whois: Whois,
}

/// What was found about a row later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addition {
    /// The finding, in the words of its reader.
    pub text: String,
    /// Source ids.
    pub sources: Vec<String>,
}

/// The row of one suffix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The suffix as people write it.
    pub tld: String,
    /// Its A-label; absent for the template.
    pub a_label: Option<String>,
    /// Its class.
    pub class: Class,
    /// Who runs the registry.
    pub registry: String,
    /// The shape of its life, as a name.
    pub model: String,
    /// The registry renews names by itself at expiry.
    pub auto_renew_at_registry: Option<bool>,
    /// Its date then jumps one year ahead.
    pub registry_expiry_jumps_on_auto_renew: Option<bool>,
    /// Days after registration in which a deletion returns the fee.
    pub add_grace_days: Option<i16>,
    /// The latest order at one strict registrar, in days before expiry.
    pub order_deadline_days_before_expiry: Option<i16>,
    /// Days before expiry in which the registrar cannot be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_closes: Option<TransferCloses>,
    /// The phases after expiry, in order; empty where nothing was read.
    pub phases: Vec<RowPhase>,
    /// Deletion on request.
    pub explicit_delete: ExplicitDelete,
    /// How weekends and holidays move the dates, in the words of the source.
    pub holiday_shift: String,
    /// The traps of the suffix.
    pub traps: Vec<TrapCode>,
    /// Where the sources disagree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
    /// A late renewal costs the normal price.
    pub renew_after_expiry_at_normal_price: Option<bool>,
    /// A restore exists.
    pub restore_possible: Option<bool>,
    /// Papers, presence, rivals and prices that stand in a restore's way.
    pub restore_traps: Vec<Words>,
    /// Transfer locks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locks: Option<Locks>,
    /// Where to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
    /// How far the row is trusted.
    pub confidence: Confidence,
    /// The same per field, in words.
    pub confidence_by_field: BTreeMap<String, String>,
    /// Source ids.
    pub sources: Vec<String>,
    /// The day the row was last compared with its sources.
    pub verified_on: Date,
    /// What was found later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additions: Vec<Addition>,
    /// Source ids of the look-up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookup_sources: Vec<String>,
    /// Notes of the reader.
    pub notes: Vec<String>,
}

impl Row {
    /// Tells whether a trap is listed.
    pub fn has(&self, trap: TrapCode) -> bool {
        self.traps.contains(&trap)
    }

    /// Tells whether a life cycle was read for the suffix.
    pub fn is_known(&self) -> bool {
        !self.phases.is_empty()
    }
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRef {
    /// What it is.
    pub title: String,
    /// Where it is.
    pub url: String,
    /// What kind of text it is.
    pub kind: String,
}
