//! Bringing a typed number into the one spelling the parser reads, with a notice for each change.

use unicode_normalization::UnicodeNormalization;

use super::grammar::Grammar;
use super::reason::Notice;

/// Text in the parser's spelling and what was changed to get there.
pub(super) struct Clean {
    pub(super) text: String,
    pub(super) notices: Vec<Notice>,
}

/// Folds widths, spaces, traditional characters, case, dashes and labels.
pub(super) fn clean(input: &str, grammar: &Grammar) -> Clean {
    let mut clean = Clean { text: input.trim().to_owned(), notices: Vec::new() };
    clean.change(Notice::FullWidth, |text| text.nfkc().collect());
    clean.change(Notice::Dash, |text| text.chars().map(hyphen).collect());
    clean.change(Notice::Traditional, |text| {
        text.chars().map(|c| grammar.variants.get(&c).copied().unwrap_or(c)).collect()
    });
    clean.change(Notice::Case, |text| text.to_ascii_uppercase());
    clean.change(Notice::Label, |text| unlabelled(text, grammar).to_owned());
    clean.change(Notice::Spaces, without_spaces);
    clean.change(Notice::Word, without_words);
    clean
}

impl Clean {
    fn change(&mut self, notice: Notice, how: impl FnOnce(&str) -> String) {
        let changed = how(&self.text);
        if changed != self.text {
            self.text = changed;
            self.notices.push(notice);
        }
    }
}

/// Reads the dashes of other keyboards as a hyphen.
const fn hyphen(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' | '_' => '-',
        _ => c,
    }
}

/// Cuts labels such as `备案号:` and punctuation off both ends.
fn unlabelled<'a>(text: &'a str, grammar: &Grammar) -> &'a str {
    let around = |c: char| c.is_whitespace() || ":,.;()[]<>{}|'\"\u{3002}、【】《》「」“”‘’".contains(c);
    let mut rest = text.trim_matches(around);
    loop {
        let shorter = grammar.labels.iter().find_map(|label| rest.strip_prefix(label.as_str()));
        match shorter.map(|shorter| shorter.trim_start_matches(around)) {
            Some(shorter) if !shorter.is_empty() => rest = shorter,
            _ => return rest,
        }
    }
}

/// Removes the words people put between the mark and the digits: `ICP备案第11018762号`.
fn without_words(text: &str) -> String {
    let Some((before, after)) = text.split_once("ICP备") else { return text.to_owned() };
    let rest = after.strip_prefix('案').unwrap_or(after);
    let rest = rest.strip_prefix('号').unwrap_or(rest);
    let rest = rest.strip_prefix(['第', ':']).unwrap_or(rest);
    if rest.starts_with(|c: char| c.is_ascii_digit()) { format!("{before}ICP备{rest}") } else { text.to_owned() }
}

/// Removes white space and invisible characters. The one space a public security number is often
/// printed with, after 公网安备, belongs to its form and is kept for the parser to see.
fn without_spaces(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        let invisible = c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}');
        if !invisible || (c == ' ' && kept.ends_with("公网安备")) {
            kept.push(c);
        }
    }
    kept
}
