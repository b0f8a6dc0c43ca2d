//! What is known of one object while its lines are read.

use std::{collections::BTreeMap, net::IpAddr};

use super::super::reading::{Note, Reading, When};

/// What is known of one object so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The name, as A-label.
    pub(super) name: Option<String>,
    /// Further names of the same registration (a bundle, RFC 9095).
    pub(super) variants: Vec<String>,
    pub(super) registrar: Option<String>,
    pub(super) registrar_iana_id: Option<u32>,
    pub(super) created: Option<When>,
    pub(super) updated: Option<When>,
    /// The block "updated" was found in.
    pub(super) updated_in: usize,
    pub(super) expires: Option<When>,
    pub(super) registrar_expires: Option<When>,
    pub(super) assumed: bool,
    pub(super) assumed_zone: Option<String>,
    pub(super) statuses: Vec<String>,
    pub(super) nameservers: Vec<String>,
    pub(super) glue: BTreeMap<String, Vec<IpAddr>>,
    pub(super) dnssec: Option<bool>,
    pub(super) referral: Option<String>,
    /// Whether the answer names a holder: someone has the name, even if nothing else is told.
    pub(super) held: bool,
    pub(super) notes: Vec<Note>,
}

impl Draft {
    /// Tells whether anything but the name is known.
    pub(super) fn has_facts(&self) -> bool {
        self.has_dates()
            || !self.nameservers.is_empty()
            || self.registrar.is_some()
            || !self.statuses.is_empty()
            || self.referral.is_some()
    }

    fn has_dates(&self) -> bool {
        self.created.is_some() || self.updated.is_some() || self.expires.is_some() || self.registrar_expires.is_some()
    }

    /// Fills gaps from a later object of the same name.
    pub(super) fn fill(&mut self, other: Self) {
        fn gap<T>(mine: &mut Option<T>, other: Option<T>) {
            if mine.is_none() {
                *mine = other;
            }
        }
        gap(&mut self.registrar, other.registrar);
        gap(&mut self.registrar_iana_id, other.registrar_iana_id);
        gap(&mut self.created, other.created);
        gap(&mut self.updated, other.updated);
        gap(&mut self.expires, other.expires);
        gap(&mut self.registrar_expires, other.registrar_expires);
        gap(&mut self.dnssec, other.dnssec);
        gap(&mut self.referral, other.referral);
        gap(&mut self.assumed_zone, other.assumed_zone);
        self.assumed |= other.assumed;
        self.held |= other.held;
        if self.statuses.is_empty() {
            self.statuses = other.statuses;
        }
        if self.nameservers.is_empty() {
            self.nameservers = other.nameservers;
            self.glue = other.glue;
        }
    }

    /// Keeps of an answer about the zone above only where to ask next.
    pub(super) fn only_referral(self) -> Self {
        Self { referral: self.referral, ..Self::default() }
    }

    /// Tells whether the object points to another server.
    pub(super) fn refers(&self) -> bool {
        self.referral.is_some()
    }

    /// Makes the record of it.
    pub(super) fn into_reading(mut self) -> Reading {
        if self.assumed {
            let zone = self.assumed_zone.clone().unwrap_or_default();
            self.notes.push(Note::ZoneAssumed(zone));
        }
        Reading {
            name: self.name,
            variants: self.variants,
            registrar: self.registrar,
            registrar_iana_id: self.registrar_iana_id,
            created: self.created,
            updated: self.updated,
            expires: self.expires,
            registrar_expires: self.registrar_expires,
            assumed_zone: self.assumed_zone.filter(|_| self.assumed),
            statuses: self.statuses,
            nameservers: self.nameservers,
            glue: self.glue,
            dnssec: self.dnssec,
            referral: self.referral,
            notes: self.notes,
            ..Reading::default()
        }
    }
}
