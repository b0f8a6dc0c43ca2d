//! What is known about one name: the plain input of a projection.

use namekeep_model::status::StatusSet;
use namekeep_model::{Confidence, Date, Source};

/// One expiry date and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpiryFact {
    /// The date.
    pub date: Date,
    /// Who said so.
    pub source: Source,
    /// The day it was said.
    pub seen: Date,
    /// How far it is trusted.
    pub confidence: Confidence,
}

/// The day on which auto-renew charges the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChargeDay {
    /// Nobody has said: the registrar has to be asked.
    #[default]
    Unknown,
    /// The registrar charges on this day.
    Known(Date),
    /// Rehearsal and demo take the expiry day, and say so.
    AssumeExpiry,
}

/// What is known about one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameState {
    /// The name, as A-label.
    pub name: String,
    /// Its suffix by the ICANN section of the suffix list, as A-label: `co.uk`, `com`.
    pub suffix: String,
    /// The date the registry shows.
    pub registry_expiry: Option<ExpiryFact>,
    /// The date the registrar's account shows.
    pub registrar_expiry: Option<ExpiryFact>,
    /// The date the last order paid for.
    pub paid_until: Option<ExpiryFact>,
    /// Statuses, in both lists.
    pub statuses: StatusSet,
    /// The day the statuses were read; the day of the projection when absent.
    pub statuses_on: Option<Date>,
    /// The name was seen unregistered on that day.
    pub released: bool,
    /// The registrar: an overlay id or an IANA id.
    pub registrar: Option<String>,
    /// Whether the name resolves, where somebody looked.
    pub resolves: Option<bool>,
    /// Whether auto-renew is on, where it was read back.
    pub auto_renew: Option<bool>,
    /// When auto-renew charges.
    pub charge_day: ChargeDay,
    /// Whether the holder has passed the identity check, where one applies.
    pub identity_verified: Option<bool>,
}

impl ExpiryFact {
    /// A date from a source, seen on a day, trusted as that kind of source is.
    pub const fn new(date: Date, source: Source, seen: Date) -> Self {
        let confidence = match source {
            Source::Registrar | Source::Billing | Source::ReadBack => Confidence::High,
            Source::Rdap | Source::Person => Confidence::Medium,
            _ => Confidence::Low,
        };
        Self { date, source, seen, confidence }
    }
}
