//! Suffix cuts by the Public Suffix List, whole and ICANN section alone.
//!
//! The list is compiled into the `psl` crate; nothing is fetched. It does not say which of two
//! holders below a private suffix one deals with, nor what a registry sells.

use psl::{Psl, Type};

/// Names the edition of the suffix list in use, for the evidence.
///
/// The crate publishes no list date of its own; its version is the edition. A test holds this
/// against the lock file.
pub const SUFFIX_LIST: &str = "psl 2.1.247";

/// Part of a name that is a suffix, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Suffix<'a> {
    /// The suffix as A-labels.
    pub(super) text: &'a str,
    /// The section of the list, or nothing where the list does not know the suffix.
    pub(super) section: Option<Type>,
}

/// Cuts by the whole list. A suffix unknown to it is the last label (default rule `*`).
pub(super) fn public(name: &str) -> Suffix<'_> {
    let found = psl::List.suffix(name.as_bytes());
    let text = found.and_then(|found| name.get(name.len() - found.as_bytes().len()..)).unwrap_or(name);
    Suffix { text, section: found.and_then(|found| found.typ()) }
}

/// Cuts by the ICANN section alone.
///
/// The longest rule wins, so a private rule can only hide a shorter ICANN one: what is left of
/// the private suffix without its first label is asked again.
pub(super) fn registry(name: &str) -> Suffix<'_> {
    let mut suffix = public(name);
    while suffix.section == Some(Type::Private) {
        let Some((_, rest)) = suffix.text.split_once('.') else { break };
        suffix = public(rest);
    }
    suffix
}

/// Returns the suffix with one more label of the name, or nothing where there is none.
pub(super) fn one_label_more<'a>(name: &'a str, suffix: &str) -> Option<&'a str> {
    let rest = name.strip_suffix(suffix)?.strip_suffix('.')?;
    let start = rest.rfind('.').map_or(0, |dot| dot + 1);
    name.get(start..)
}
