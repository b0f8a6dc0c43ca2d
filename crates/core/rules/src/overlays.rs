//! Overlays: what a registrar does differently from the registry's bounds.
//!
//! An overlay has an id and, where it is sure, the registrar's IANA ids. It gives the usual days;
//! bounds stay the union of both. Its numbers may be words such as "ask support".

use std::collections::BTreeMap;

use namekeep_model::{Confidence, Date};
use serde::{Deserialize, Serialize};

use crate::read::{inconsistent, json, schema};
use crate::{Class, RulesError, SourceRef};

const FILE: &str = "rules/overlays.json";
const SCHEMA: &str = "namekeep/overlays/1";

/// A number of days, or the words that stand in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Term {
    /// Days.
    Days(i16),
    /// The registrar has to be asked; the word `registry` means: as the registry does.
    Ask(String),
}

impl Term {
    /// The days, where they are a number.
    pub const fn days(&self) -> Option<i16> {
        match self {
            Self::Days(days) => Some(*days),
            Self::Ask(_) => None,
        }
    }

    /// The words, where somebody has to be asked.
    pub fn ask(&self) -> Option<&str> {
        match self {
            Self::Ask(words) if words != "registry" => Some(words),
            _ => None,
        }
    }
}

/// What a registrar does for some suffixes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverlayRule {
    /// Suffixes, as A-labels.
    #[serde(rename = "match", default, skip_serializing_if = "Vec::is_empty")]
    pub suffixes: Vec<String>,
    /// Registries all of whose suffixes are meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub match_registries: Vec<String>,
    /// A class all of whose suffixes are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_class: Option<Class>,
    /// Days after expiry in which a renewal is sold; negative when deletion comes before expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace: Option<Term>,
    /// Days of redemption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redemption: Option<Term>,
    /// Fewest days of redemption, where two pages of the registrar differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redemption_min: Option<i16>,
    /// Days of pending delete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_delete: Option<Term>,
    /// The day after expiry on which the name is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_day: Option<i16>,
    /// The registrar deletes that many days before expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_days_before_expiry: Option<i16>,
    /// The registrar takes renewal orders until that many days before expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_days_before_expiry: Option<i16>,
    /// Renewal opens that many days before expiry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal_opens_days_before_expiry: Option<i16>,
    /// Days after the purge in which nobody can register the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then_locked: Option<i16>,
    /// A note of the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whether a registrar deletes on request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteOffer {
    /// `yes`, or `allow-listed`: open to some customers, others go through support.
    pub offered: DeleteRoute,
    /// Suffixes for which it is not offered.
    pub except: Vec<String>,
}

/// The way a registrar offers deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeleteRoute {
    /// To everybody.
    Yes,
    /// By interface to customers on a list; to others by a support ticket.
    AllowListed,
}

/// A registrar's id in the registry of IANA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IanaId {
    /// The number.
    pub id: u32,
    /// How it is known; `recalled` asks for a check before relying on it.
    pub standing: crate::law::Standing,
}

/// One overlay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// Its id.
    pub id: String,
    /// The registrar.
    pub registrar: String,
    /// The registrar's IANA ids.
    pub iana: Vec<IanaId>,
    /// What it does, by suffix.
    pub rules: Vec<OverlayRule>,
    /// The day after expiry on which it stops resolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_stop_day: Option<i16>,
    /// Deletion on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete: Option<DeleteOffer>,
    /// It may auction or move names during grace.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub auction_in_grace: bool,
    /// It moves dates off weekends and holidays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock_shifts: bool,
    /// Names whose suffix only auto-renews have no grace there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_grace_if_auto_renew_only: bool,
    /// Days without transfer after a restore.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_lock_after_restore_days: Option<i16>,
    /// What it does, in words.
    pub behaviour: Vec<String>,
    /// How far it is trusted, in words.
    pub confidence: String,
    /// Source ids.
    pub source: Vec<String>,
    /// The day it was last compared with its sources.
    pub verified_on: Date,
}

impl Overlay {
    /// How far it is trusted: the first of its words, the rest is a note.
    pub fn trusted(&self) -> Confidence {
        match self.confidence.split_whitespace().next() {
            Some("high") => Confidence::High,
            Some("medium") => Confidence::Medium,
            Some("low") => Confidence::Low,
            _ => Confidence::Unknown,
        }
    }

    /// The rule for a suffix: the suffix itself, its registry, then its class.
    ///
    /// A suffix is tried label by label, so that `co.uk` finds the rule for `uk` only where none is
    /// written for `co.uk`.
    pub fn rule(&self, suffix: &str, registry: &str, class: Class) -> Option<&OverlayRule> {
        let mut rest = suffix;
        loop {
            if let Some(rule) = self.rules.iter().find(|rule| rule.suffixes.iter().any(|s| s == rest)) {
                return Some(rule);
            }
            match rest.split_once('.') {
                Some((_, parent)) => rest = parent,
                None => break,
            }
        }
        let by_registry = |rule: &&OverlayRule| rule.match_registries.iter().any(|name| name == registry);
        let generic = matches!(class, Class::Gtld | Class::Template);
        let by_class =
            |rule: &&OverlayRule| rule.match_class == Some(class) || (rule.match_class == Some(Class::Gtld) && generic);
        self.rules.iter().find(by_registry).or_else(|| self.rules.iter().find(by_class))
    }
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    as_of: String,
    verified_on: Date,
    overlays: Vec<Overlay>,
    sources: BTreeMap<String, SourceRef>,
}

/// The overlays.
#[derive(Debug)]
pub struct OverlayTable {
    file: File,
}

impl OverlayTable {
    /// Reads an overlay file.
    pub fn parse(bytes: &[u8]) -> Result<Self, RulesError> {
        let file: File = json(FILE, bytes)?;
        schema(FILE, &file.schema, SCHEMA)?;
        for (at, overlay) in file.overlays.iter().enumerate() {
            let path = || format!("overlays.{}", overlay.id);
            if file.overlays.iter().take(at).any(|other| other.id == overlay.id) {
                return Err(inconsistent(FILE, path(), "the id stands twice"));
            }
            if let Some(id) = overlay.source.iter().find(|id| !file.sources.contains_key(*id)) {
                return Err(inconsistent(FILE, path(), format!("the source `{id}` is not listed")));
            }
            let mut suffixes: Vec<&str> =
                overlay.rules.iter().flat_map(|rule| &rule.suffixes).map(String::as_str).collect();
            suffixes.sort_unstable();
            if let Some(twice) = suffixes.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[_]>::first) {
                return Err(inconsistent(FILE, path(), format!("two rules speak of `{twice}`")));
            }
            for rule in &overlay.rules {
                let terms =
                    [&rule.grace, &rule.redemption, &rule.pending_delete].into_iter().flatten().filter_map(Term::days);
                let days = [
                    rule.redemption_min,
                    rule.gone_day,
                    rule.delete_days_before_expiry,
                    rule.order_days_before_expiry,
                    rule.then_locked,
                ];
                if terms.chain(days.into_iter().flatten()).any(|days| !(-400..=1000).contains(&days)) {
                    return Err(inconsistent(FILE, path(), "days lie within -400..1000"));
                }
            }
        }
        Ok(Self { file })
    }

    /// Every overlay.
    pub fn all(&self) -> &[Overlay] {
        &self.file.overlays
    }

    /// A source by its id.
    pub fn source(&self, id: &str) -> Option<&SourceRef> {
        self.file.sources.get(id)
    }

    /// The overlay of an id, or of an IANA id written as a number.
    ///
    /// Several overlays may speak for one registrar; the first that has a rule for the suffix does.
    /// Most registrars have none: an IANA id without an overlay is no error.
    ///
    /// # Errors
    /// Refuses a word that is no overlay's id.
    pub fn find(
        &self,
        registrar: &str,
        suffix: &str,
        registry: &str,
        class: Class,
    ) -> Result<Option<(&Overlay, Option<&OverlayRule>)>, RulesError> {
        let number: Option<u32> = registrar.parse().ok();
        let speaks = |overlay: &&Overlay| {
            overlay.id.eq_ignore_ascii_case(registrar)
                || number.is_some_and(|id| overlay.iana.iter().any(|iana| iana.id == id))
        };
        let mut first = None;
        for overlay in self.file.overlays.iter().filter(speaks) {
            if let Some(rule) = overlay.rule(suffix, registry, class) {
                return Ok(Some((overlay, Some(rule))));
            }
            first = first.or(Some((overlay, None)));
        }
        match (first, number) {
            (None, None) => Err(RulesError::NoRegistrar(registrar.chars().take(64).collect())),
            (found, _) => Ok(found),
        }
    }

    #[doc(hidden)]
    pub fn to_json(&self) -> Option<serde_json::Value> {
        serde_json::to_value(&self.file).ok()
    }
}
