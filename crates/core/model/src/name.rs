//! Domain names: one value, several views.
//!
//! A [`DomainName`] holds the normalised A-label form (RFC 5890) and nothing else; the U-label,
//! the suffixes and the warnings are views computed from it. Normalising follows UTS #46
//! (non-transitional, STD3, hyphen, bidi, joiner and length checks on), then IDNA2008 proper:
//! every code point must be PVALID or pass its context rule (RFC 5892), so emoji and symbols,
//! which UTS #46 alone lets through, are refused.
//!
//! ```text
//!  text typed by a person ── parse ──> DomainName ──┬─> a_label, u_label, is_idn, scripts
//!        │                                          ├─> public_suffix, registrable      whole list
//!        └─ NameError { fault, position }           ├─> registry_suffix, ..             ICANN section
//!                                                   └─> warnings, skeleton
//! ```
//!
//! It does not know whether a name is registered, whose it is, or what its registry allows beyond
//! the standards above. Host names with underscores are no domain names here.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserializer};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

mod diagnose;
mod error;
mod idna2008;
mod parse;
mod suffix;
mod view;
mod warning;

pub use error::{NameError, NameFault};
pub use suffix::SUFFIX_LIST;
pub use view::{NameProblem, NameView};
pub use warning::{NameWarning, WarningKind};

/// A domain name of at least two labels, normalised to lower-case A-labels without a final dot.
///
/// Two names are equal when their A-labels are. The order is that of the A-label text.
///
/// ```
/// use namekeep_model::DomainName;
/// let name = DomainName::parse("Bücher.Example。")?;
/// assert_eq!(name.a_label(), "xn--bcher-kva.example");
/// assert_eq!(name.u_label(), "bücher.example");
/// # Ok::<(), namekeep_model::name::NameError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(String);

impl DomainName {
    /// Normalises and checks a name; lower-case ASCII costs the one `String` and no more.
    ///
    /// White space around the name and one final dot are tolerated, and the ideographic full
    /// stops `。．｡` count as dots. A pasted URL, mail address or IP address is an error of its
    /// own, with a hint.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        parse::normalise(text).map(Self)
    }

    /// Returns the form used in the DNS: lower-case ASCII, no final dot.
    pub fn a_label(&self) -> &str {
        &self.0
    }

    /// Returns the form for reading; borrowed when the name is plain ASCII.
    ///
    /// Control characters and bidi overrides cannot occur in it, but look-alikes can: use
    /// `Display` where a person must not be deceived.
    pub fn u_label(&self) -> Cow<'_, str> {
        parse::unicode_of(&self.0)
    }

    /// Tells whether any label is internationalised.
    pub fn is_idn(&self) -> bool {
        self.labels().any(|label| label.starts_with("xn--"))
    }

    /// Walks the A-labels from left to right.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.')
    }

    /// Returns the top-level domain as an A-label.
    pub fn tld(&self) -> &str {
        self.0.rsplit('.').next().unwrap_or(&self.0)
    }

    /// Returns the public suffix by the whole list, its private section included.
    ///
    /// A suffix the list does not know is the last label (the list's own default rule `*`).
    pub fn public_suffix(&self) -> &str {
        suffix::public(&self.0).text
    }

    /// Returns the suffix a registry runs: the ICANN section alone (`io` for `x.github.io`).
    pub fn registry_suffix(&self) -> &str {
        suffix::registry(&self.0).text
    }

    /// Returns the public suffix and one label, or nothing where the name is itself a suffix.
    pub fn registrable(&self) -> Option<DomainName> {
        suffix::one_label_more(&self.0, self.public_suffix()).map(|text| Self(text.to_owned()))
    }

    /// Returns the name a registry holds: the registry suffix and one label.
    ///
    /// It differs from [`registrable`](Self::registrable) under private suffixes only: for
    /// `x.github.io` it is `github.io`.
    pub fn registry_registrable(&self) -> Option<DomainName> {
        suffix::one_label_more(&self.0, self.registry_suffix()).map(|text| Self(text.to_owned()))
    }

    /// Tells whether `other` is this name or lies below it.
    pub fn contains(&self, other: &DomainName) -> bool {
        other.0.strip_suffix(self.0.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// Lists the scripts of the name by their long Unicode names (UAX #24), in order of appearance.
    ///
    /// Digits, hyphens and marks belong to no script of their own and are left out.
    pub fn scripts(&self) -> Vec<&'static str> {
        warning::scripts(&self.u_label())
    }

    /// Lists what a reader should know about the name before trusting its looks or its suffix.
    pub fn warnings(&self) -> Vec<NameWarning> {
        warning::warnings(self)
    }

    /// Returns the UTS #39 skeleton of the U-label: two names look alike when theirs are equal.
    pub fn skeleton(&self) -> String {
        warning::skeleton(&self.u_label())
    }

    /// Tells whether the U-label could pass for another name, so the A-label is shown instead.
    pub fn is_deceptive(&self) -> bool {
        self.is_idn() && self.warnings().iter().any(|warning| warning.kind.is_deceptive())
    }
}

/// Shows the U-label, or the A-label where the U-label could deceive
/// ([`is_deceptive`](DomainName::is_deceptive)).
impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_deceptive() { f.pad(&self.0) } else { f.pad(&self.u_label()) }
    }
}

/// Shows the A-label, so that a debug print is plain ASCII.
impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DomainName({})", self.0)
    }
}

impl FromStr for DomainName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl Serialize for DomainName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("DomainName", 2)?;
        fields.serialize_field("a_label", &self.0)?;
        fields.serialize_field("u_label", &*self.u_label())?;
        fields.end()
    }
}

/// Reads `{a_label, u_label}` or a plain string; a U-label that disagrees is an error.
impl<'de> Deserialize<'de> for DomainName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Document {
            Plain(String),
            Pair(Pair),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Pair {
            a_label: String,
            u_label: Option<String>,
        }
        let (text, claimed) = match Document::deserialize(deserializer)? {
            Document::Plain(text) => (text, None),
            Document::Pair(pair) => (pair.a_label, pair.u_label),
        };
        let name = Self::parse(&text).map_err(de::Error::custom)?;
        match claimed {
            Some(claimed) if Self::parse(&claimed).as_ref() != Ok(&name) => {
                Err(de::Error::custom("a_label and u_label are not the same name"))
            }
            _ => Ok(name),
        }
    }
}

#[cfg(test)]
mod tests;
