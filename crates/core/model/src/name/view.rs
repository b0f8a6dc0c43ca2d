//! The flat document the `name` command prints, one per input line.

use serde::Serialize;

use super::{DomainName, NameError, NameWarning, SUFFIX_LIST};
use crate::text::{Lang, Words};

/// One input text seen as a domain name, or why it is none. Names in it are A-label strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "made once per input line and printed at once")]
pub enum NameView {
    /// The text is a domain name.
    Name {
        /// The text as given.
        input: String,
        /// Form used in the DNS.
        a_label: String,
        /// Form for reading.
        u_label: String,
        /// Form shown to people: the U-label unless it could deceive.
        display: String,
        /// Suffix by the whole public suffix list.
        public_suffix: String,
        /// Suffix a registry runs.
        registry_suffix: String,
        /// Public suffix and one label; `null` where the name is itself a suffix.
        registrable: Option<String>,
        /// Registry suffix and one label; `null` where the name is itself a registry suffix.
        registry_registrable: Option<String>,
        /// Whether any label is internationalised.
        is_idn: bool,
        /// Long Unicode names of the scripts, in order of appearance.
        scripts: Vec<&'static str>,
        /// Codes of the warnings.
        warnings: Vec<&'static str>,
        /// Codes of what is worth knowing without being a warning.
        notes: Vec<&'static str>,
        /// Warnings and notes in sentences.
        details: Vec<Detail>,
        /// Edition of the suffix list.
        suffix_list: &'static str,
    },
    /// The text is no domain name.
    Problem {
        /// The text as given.
        input: String,
        /// What is wrong.
        error: NameProblem,
    },
}

/// A warning with its sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// The warning.
    #[serde(flatten)]
    pub warning: NameWarning,
    /// Its sentence.
    pub text: Words,
}

/// A [`NameError`] as a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameProblem {
    /// The word a script reads, such as `label-too-long`.
    pub code: &'static str,
    /// The number of the error page, such as `E1003`.
    pub number: &'static str,
    /// What is wrong.
    pub message: String,
    /// Index of the offending character in the input, counted in characters from 0.
    pub position: usize,
    /// What to do about it.
    pub hint: &'static str,
}

impl NameProblem {
    /// Writes an error in one language.
    pub fn of(error: &NameError, lang: Lang) -> Self {
        Self {
            code: error.code(),
            number: error.number(),
            message: error.message().get(lang).to_owned(),
            position: error.position,
            hint: error.hint().get(lang),
        }
    }
}

impl NameView {
    /// Looks at one text.
    pub fn of(text: &str, lang: Lang) -> Self {
        let input = text.to_owned();
        let name = match DomainName::parse(text) {
            Ok(name) => name,
            Err(error) => return Self::Problem { input, error: NameProblem::of(&error, lang) },
        };
        let warnings = name.warnings();
        let codes = |notes: bool| {
            let mut codes: Vec<_> =
                warnings.iter().filter(|w| w.kind.is_note() == notes).map(|w| w.kind.code()).collect();
            codes.dedup();
            codes
        };
        Self::Name {
            input,
            a_label: name.a_label().to_owned(),
            u_label: name.u_label().into_owned(),
            display: name.to_string(),
            public_suffix: name.public_suffix().to_owned(),
            registry_suffix: name.registry_suffix().to_owned(),
            registrable: name.registrable().map(|name| name.0),
            registry_registrable: name.registry_registrable().map(|name| name.0),
            is_idn: name.is_idn(),
            scripts: name.scripts(),
            warnings: codes(false),
            notes: codes(true),
            details: warnings.iter().map(|w| Detail { warning: w.clone(), text: w.text() }).collect(),
            suffix_list: SUFFIX_LIST,
        }
    }
}
