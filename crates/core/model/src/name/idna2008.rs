//! What IDNA2008 asks beyond UTS #46: the derived property of RFC 5892 and its CONTEXTO rules.
//!
//! The labels given here have passed UTS #46, so they are mapped, in NFC, and their joiners and
//! directions are checked; categories "Unstable", "Unassigned" and "JoinControl" of RFC 5892 are
//! thereby settled. What remains are symbols, punctuation, old Hangul, and the context rules.

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use unicode_script::{Script, UnicodeScript};

use super::error::NameFault;

/// Finds the first character of a U-label that IDNA2008 refuses, with the kind of refusal.
pub(super) fn fault(label: &str) -> Option<(char, NameFault)> {
    let mut before = None;
    for (at, c) in label.char_indices() {
        if !c.is_ascii() {
            let after = label.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
            match context_rule(c, before, after, label) {
                Some(true) => {}
                Some(false) => return Some((c, NameFault::ContextRule)),
                None if permitted(c) => {}
                None => return Some((c, NameFault::DisallowedCharacter)),
            }
        }
        before = Some(c);
    }
    None
}

/// Judges the characters of RFC 5892 appendix A.3 to A.9; others have no rule.
fn context_rule(c: char, before: Option<char>, after: Option<char>, label: &str) -> Option<bool> {
    let script_is = |c: Option<char>, script| c.is_some_and(|c| c.script() == script);
    let holds = match c {
        '\u{B7}' => before == Some('l') && after == Some('l'),
        '\u{375}' => script_is(after, Script::Greek),
        '\u{5F3}' | '\u{5F4}' => script_is(before, Script::Hebrew),
        '\u{30FB}' => label.chars().any(|c| matches!(c.script(), Script::Hiragana | Script::Katakana | Script::Han)),
        '\u{660}'..='\u{669}' => !label.chars().any(|c| ('\u{6F0}'..='\u{6F9}').contains(&c)),
        '\u{6F0}'..='\u{6F9}' => !label.chars().any(|c| ('\u{660}'..='\u{669}').contains(&c)),
        _ => return None,
    };
    Some(holds)
}

/// Tells whether a non-ASCII character is PVALID or CONTEXTJ (RFC 5892 section 3).
fn permitted(c: char) -> bool {
    match c {
        // Exceptions (F): permitted although their properties say otherwise.
        '\u{DF}' | '\u{3C2}' | '\u{6FD}' | '\u{6FE}' | '\u{F0B}' | '\u{3007}' => true,
        // Exceptions (F): refused although their properties say otherwise.
        '\u{640}' | '\u{7FA}' | '\u{302E}' | '\u{302F}' | '\u{3031}'..='\u{3035}' | '\u{303B}' => false,
        // JoinControl (H): UTS #46 has checked the neighbours.
        '\u{200C}' | '\u{200D}' => true,
        // OldHangulJamo (I): Hangul_Syllable_Type L, V, T.
        '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97C}' | '\u{D7B0}'..='\u{D7FB}' => false,
        // IgnorableBlocks (D): combining marks for symbols, musical notation.
        '\u{20D0}'..='\u{20FF}' | '\u{1D100}'..='\u{1D1FF}' | '\u{1D200}'..='\u{1D24F}' => false,
        // LetterDigits (A).
        _ => matches!(
            CodePointMapData::<GeneralCategory>::new().get(c),
            GeneralCategory::LowercaseLetter
                | GeneralCategory::UppercaseLetter
                | GeneralCategory::OtherLetter
                | GeneralCategory::DecimalNumber
                | GeneralCategory::ModifierLetter
                | GeneralCategory::NonspacingMark
                | GeneralCategory::SpacingMark
        ),
    }
}
