//! What a reader should know about a name before trusting its looks or its suffix.
//!
//! Looks follow UTS #39 (mixed scripts, mixed digits, confusables); a warning says that a name
//! could deceive, never that it does. Names already owned or guarded are not known here.

use serde::Serialize;
use unicode_script::{Script, ScriptExtension, UnicodeScript};
use unicode_security::mixed_script::AugmentedScriptSet;
use unicode_security::{GeneralSecurityProfile, confusable_detection};

use super::{DomainName, suffix};
use crate::text::Words;
use crate::words;

/// Kinds of warning. Their words are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WarningKind {
    /// Scripts mixed in one label beyond the "highly restrictive" level (UTS #39 5.2).
    MixedScript,
    /// A label that can be mistaken for one in another script (UTS #39 section 4).
    LookAlike,
    /// Decimal digits of two systems in one label (UTS #39 5.3).
    MixedDigits,
    /// The digit 0 or 1 between letters, where o or l would be read.
    DigitLookAlike,
    /// ß, ς or a joiner: software of the 2003 standard reads another name (UTS #46 section 7).
    DeviationCharacter,
    /// A character outside the general security profile (UTS #39 section 3).
    UncommonCharacter,
    /// A suffix the public suffix list does not know.
    UnknownSuffix,
    /// A suffix run by a company, not a registry: the name cannot be renewed or transferred.
    PrivateSuffix,
    /// The name is itself a public suffix.
    PublicSuffix,
    /// A top-level domain set aside by the standards; no registry runs it.
    SpecialUse,
    /// A Chinese name whose simplified and traditional forms are one registration (RFC 4713).
    HanVariants,
}

impl WarningKind {
    /// Returns the word a script reads.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MixedScript => "mixed-script",
            Self::LookAlike => "look-alike",
            Self::MixedDigits => "mixed-digits",
            Self::DigitLookAlike => "digit-look-alike",
            Self::DeviationCharacter => "deviation-character",
            Self::UncommonCharacter => "uncommon-character",
            Self::UnknownSuffix => "unknown-suffix",
            Self::PrivateSuffix => "private-suffix",
            Self::PublicSuffix => "public-suffix",
            Self::SpecialUse => "special-use",
            Self::HanVariants => "han-variants",
        }
    }

    /// Tells whether the U-label could pass for another name.
    pub const fn is_deceptive(self) -> bool {
        matches!(self, Self::MixedScript | Self::LookAlike | Self::MixedDigits)
    }

    /// Tells whether it is worth knowing but nothing to worry about.
    pub const fn is_note(self) -> bool {
        matches!(self, Self::HanVariants)
    }
}

/// A warning about one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameWarning {
    /// The kind of warning.
    #[serde(rename = "code")]
    pub kind: WarningKind,
    /// The label or suffix concerned, in the form for reading.
    pub subject: String,
    /// What a label could be mistaken for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looks_like: Option<String>,
}

impl NameWarning {
    /// Says it in a sentence.
    pub fn text(&self) -> Words {
        let subject = &self.subject;
        let other = self.looks_like.as_deref().unwrap_or_default();
        match self.kind {
            WarningKind::MixedScript => words!(
                en: "the label {subject} mixes scripts that do not belong together",
                zh: "标签 {subject} 混用了不常同时出现的文字",
            ),
            WarningKind::LookAlike => words!(
                en: "the label {subject} can be mistaken for {other}",
                zh: "标签 {subject} 容易与 {other} 混淆",
            ),
            WarningKind::MixedDigits => words!(
                en: "the label {subject} mixes digits of two systems",
                zh: "标签 {subject} 混用了两种数字",
            ),
            WarningKind::DigitLookAlike => words!(
                en: "the digits in {subject} can be read as letters: {other}",
                zh: "{subject} 中的数字容易被看成字母：{other}",
            ),
            WarningKind::DeviationCharacter => words!(
                en: "older software reads the label {subject} as another name",
                zh: "旧软件会把标签 {subject} 当作另一个域名",
            ),
            WarningKind::UncommonCharacter => words!(
                en: "the label {subject} holds a character seldom used today",
                zh: "标签 {subject} 含有现今少用的字符",
            ),
            WarningKind::UnknownSuffix => words!(
                en: "the suffix {subject} is not in the public suffix list",
                zh: "公共后缀列表中没有 {subject}",
            ),
            WarningKind::PrivateSuffix => words!(
                en: "names under {subject} are given out by its owner, not by a registry",
                zh: "{subject} 下的名称由其所有者分配，不是注册局",
            ),
            WarningKind::PublicSuffix => words!(
                en: "{subject} is a public suffix, not a name under one",
                zh: "{subject} 本身是公共后缀，不是其下的域名",
            ),
            WarningKind::SpecialUse => words!(
                en: "{subject} is set aside by the standards; no registry runs it",
                zh: "{subject} 由标准保留，没有注册局",
            ),
            WarningKind::HanVariants => words!(
                en: "simplified and traditional forms of {subject} are one registration",
                zh: "{subject} 的简体与繁体形式属于同一个注册",
            ),
        }
    }
}

/// Top-level domains no registry runs: RFC 2606, 6761, 6762, 7686, 9476; ICANN resolution
/// 2024.07.29.06 (internal).
const SPECIAL_USE: [&str; 8] = ["alt", "example", "internal", "invalid", "local", "localhost", "onion", "test"];

/// Suffixes whose registry bundles simplified and traditional forms (RFC 4713): .cn, .中国, .中國.
const HAN_BUNDLES: [&str; 3] = ["cn", "xn--fiqs8s", "xn--fiqz9s"];

/// Lists the warnings about a name: labels from left to right, then the suffix.
pub(super) fn warnings(name: &DomainName) -> Vec<NameWarning> {
    let unicode = name.u_label();
    let tld = unicode.rsplit('.').next().unwrap_or_default();
    let mut found = Vec::new();
    for label in unicode.split('.') {
        if label.is_ascii() {
            found.extend(digits_as_letters(label));
        } else {
            non_ascii(label, tld, &mut found);
        }
    }
    of_suffix(name, &unicode, &mut found);
    found
}

fn warning(kind: WarningKind, subject: &str) -> NameWarning {
    NameWarning { kind, subject: subject.to_owned(), looks_like: None }
}

fn non_ascii(label: &str, tld: &str, found: &mut Vec<NameWarning>) {
    if mixes_scripts(label) {
        found.push(warning(WarningKind::MixedScript, label));
    }
    if let Some(other) = look_alike(label, tld) {
        found.push(NameWarning { looks_like: Some(other), ..warning(WarningKind::LookAlike, label) });
    }
    if mixes_digits(label) {
        found.push(warning(WarningKind::MixedDigits, label));
    }
    let deviates = |c: char| matches!(c, 'ß' | 'ς' | '\u{200C}' | '\u{200D}');
    if label.contains(deviates) {
        found.push(warning(WarningKind::DeviationCharacter, label));
    }
    if label.chars().any(|c| !deviates(c) && !GeneralSecurityProfile::identifier_allowed(c)) {
        found.push(warning(WarningKind::UncommonCharacter, label));
    }
}

/// Lists the scripts of a text by their long names, in order of appearance.
pub(super) fn scripts(text: &str) -> Vec<&'static str> {
    real_scripts(text).into_iter().map(Script::full_name).collect()
}

fn real_scripts(text: &str) -> Vec<Script> {
    let mut scripts = Vec::new();
    for c in text.chars() {
        let script = c.script();
        if !matches!(script, Script::Common | Script::Inherited | Script::Unknown) && !scripts.contains(&script) {
            scripts.push(script);
        }
    }
    scripts
}

/// Tells whether a label is worse than "highly restrictive" (UTS #39 5.2): its characters share no
/// script, and without the Latin ones they are not Chinese, Japanese or Korean.
fn mixes_scripts(label: &str) -> bool {
    let (mut all, mut but_latin) = (AugmentedScriptSet::default(), AugmentedScriptSet::default());
    for c in label.chars() {
        let set = AugmentedScriptSet::from(c);
        narrow(&mut all, &set);
        if !set.base.contains_script(Script::Latin) {
            narrow(&mut but_latin, &set);
        }
    }
    let none = ScriptExtension::is_empty(all.base) && !(all.hanb || all.jpan || all.kore);
    none && !(but_latin.hanb || but_latin.jpan || but_latin.kore)
}

fn narrow(set: &mut AugmentedScriptSet, by: &AugmentedScriptSet) {
    set.base.intersect_with(by.base);
    set.hanb &= by.hanb;
    set.jpan &= by.jpan;
    set.kore &= by.kore;
}

/// Returns the skeleton of UTS #39 section 4.
pub(super) fn skeleton(text: &str) -> String {
    confusable_detection::skeleton(text).collect()
}

/// Returns what a label could be mistaken for: a reading in one script it does not itself have.
///
/// A label in the script of its own top-level domain is left alone: nobody expects Latin there.
fn look_alike(label: &str, tld: &str) -> Option<String> {
    let own = real_scripts(label);
    let read = real_scripts(&skeleton(label));
    if read.len() != 1 || read == own || (!tld.is_ascii() && own == real_scripts(tld)) {
        return None;
    }
    let reading: String = label
        .chars()
        .flat_map(|c| {
            let keep = c.is_ascii() || read.contains(&c.script());
            if keep { c.to_string() } else { skeleton(&c.to_string()).to_lowercase() }.chars().collect::<Vec<_>>()
        })
        .collect();
    Some(reading)
}

/// Tells whether decimal digits of two systems occur; each system lies in one row of sixteen.
fn mixes_digits(label: &str) -> bool {
    use icu_properties::CodePointMapData;
    use icu_properties::props::GeneralCategory;
    let category = CodePointMapData::<GeneralCategory>::new();
    let mut rows =
        label.chars().filter(|c| category.get(*c) == GeneralCategory::DecimalNumber).map(|c| u32::from(c) >> 4);
    rows.next().is_some_and(|first| rows.any(|row| row != first))
}

/// Finds zeros and ones that stand between letters of a plain label, as in `micros0ft`.
fn digits_as_letters(label: &str) -> Option<NameWarning> {
    let bytes = label.as_bytes();
    if label.starts_with("xn--") {
        return None;
    }
    let mut reading = label.to_owned().into_bytes();
    let mut at = 0;
    let mut found = false;
    while let Some(run) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let digits = run.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (before, after) = (at.checked_sub(1).and_then(|i| bytes.get(i)), bytes.get(at + digits));
        let between = before.is_some_and(u8::is_ascii_alphabetic) && after.is_some_and(u8::is_ascii_alphabetic);
        if digits > 0 && between && run.iter().take(digits).all(|byte| matches!(byte, b'0' | b'1')) {
            found = true;
            for byte in reading.iter_mut().skip(at).take(digits) {
                *byte = if *byte == b'0' { b'o' } else { b'l' };
            }
        }
        at += digits.max(1);
    }
    let reading = String::from_utf8(reading).ok().filter(|_| found)?;
    Some(NameWarning { looks_like: Some(reading), ..warning(WarningKind::DigitLookAlike, label) })
}

fn of_suffix(name: &DomainName, unicode: &str, found: &mut Vec<NameWarning>) {
    let public = suffix::public(name.a_label());
    let readable = super::parse::unicode_of(public.text);
    if SPECIAL_USE.contains(&name.tld()) || name.a_label() == "home.arpa" || name.a_label().ends_with(".home.arpa") {
        found.push(warning(WarningKind::SpecialUse, &readable));
    } else {
        match public.section {
            None => found.push(warning(WarningKind::UnknownSuffix, &readable)),
            Some(psl::Type::Private) => found.push(warning(WarningKind::PrivateSuffix, &readable)),
            Some(psl::Type::Icann) => {}
        }
        if public.text == name.a_label() {
            found.push(warning(WarningKind::PublicSuffix, &readable));
        }
    }
    let bundled = HAN_BUNDLES.contains(&suffix::registry(name.a_label()).text);
    let first = unicode.split('.').find(|label| real_scripts(label).contains(&Script::Han));
    if let (true, Some(label)) = (bundled && public.text != name.a_label(), first) {
        found.push(warning(WarningKind::HanVariants, label));
    }
}
