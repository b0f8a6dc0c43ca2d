//! The only place that prints. Data goes to standard output, all else to standard error.
//!
//! Columns are aligned by display width: an East Asian wide character takes two cells. Text from
//! outside is made safe first: control and bidirectional characters are shown, never sent.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use namekeep_model::{Lang, Level, Text, words};
use namekeep_service::Failure;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::args::{ColorArg, Global, LangArg};

/// How this process speaks: language, form, colour.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    /// Language of what people read.
    pub(crate) lang: Lang,
    /// One JSON document instead of a table.
    pub(crate) json: bool,
    /// Progress bars may be drawn.
    pub(crate) progress: bool,
    /// Columns of the terminal.
    pub(crate) width: usize,
    color: bool,
    /// Nobody chose the language: neither an option nor the locale.
    lang_open: bool,
    /// What speaks is the demo; the command that leads back into it.
    demo: Option<String>,
    /// The language of the workspace, once it is known.
    heard: Arc<OnceLock<Lang>>,
    /// Why data could not be written to standard output, where that happened.
    lost: Arc<OnceLock<std::io::Error>>,
}

impl Output {
    /// Reads the options and the surroundings.
    pub(crate) fn new(global: &Global) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let variable = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
        let color = match global.color {
            ColorArg::Always => true,
            ColorArg::Never => false,
            ColorArg::Auto => terminal && !dumb && !variable("NO_COLOR"),
        };
        let progress = !global.no_progress && std::io::stderr().is_terminal() && !dumb && !variable("CI");
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let chosen = language(global.lang);
        let (json, width) = (global.json, columns.unwrap_or(100));
        let (lang, lang_open) = (chosen.unwrap_or_default(), chosen.is_none());
        let (heard, lost) = (Arc::default(), Arc::default());
        Self { lang, json, progress, width, color, lang_open, demo: None, heard, lost }
    }

    /// What speaks before the command line is understood.
    pub(crate) fn plain(lang: Lang, json: bool) -> Self {
        let (heard, lost) = (Arc::default(), Arc::default());
        Self { lang, json, progress: false, width: 100, color: false, lang_open: false, demo: None, heard, lost }
    }

    /// The same in the language of a workspace, where neither an option nor the locale chose one.
    pub(crate) fn speaking(&self, lang: Lang) -> Self {
        let lang = if self.lang_open { lang } else { self.lang };
        // A failure further on is printed by who holds the first of these.
        let _ = self.heard.set(lang);
        Self { lang, ..self.clone() }
    }

    /// The same, speaking from the demo: documents say so, and hints lead back into it.
    pub(crate) fn in_demo(&self, command: String) -> Self {
        Self { demo: Some(command), ..self.clone() }
    }

    /// A hint as the demo gives it: of its own verbs only, for it has no others.
    fn for_demo(&self, hint: &str) -> Option<String> {
        let Some(command) = &self.demo else { return Some(hint.to_owned()) };
        if hint.contains(&format!("`{command}")) || hint.contains("`namekeep evidence ") {
            return Some(hint.to_owned());
        }
        let served = ["list", "show", "explain"].into_iter().find(|verb| hint.contains(&format!("`namekeep {verb} ")))?;
        Some(hint.replace(&format!("`namekeep {served} "), &format!("`{command} {served} ")))
    }

    /// Prints a label and lines beside it, aligned by cells; an empty list prints nothing.
    pub(crate) fn block<S: AsRef<str>>(&self, label: Text, wide: usize, lines: &[S]) {
        let mut label = self.say(label).to_owned();
        for line in lines {
            let pad = wide.saturating_sub(cells(&label));
            self.line(format!("{label}{:pad$}  {}", "", line.as_ref()).trim_end());
            label.clear();
        }
    }

    /// Picks one language.
    pub(crate) const fn say(&self, text: Text) -> &'static str {
        text.get(self.lang)
    }

    /// Prints one line of data.
    pub(crate) fn line(&self, line: impl AsRef<str>) {
        self.bytes(format!("{}\n", line.as_ref()).as_bytes());
    }

    /// Prints one line which is not data.
    pub(crate) fn note(&self, line: impl AsRef<str>) {
        let _ = writeln!(std::io::stderr().lock(), "{}", line.as_ref());
    }

    /// Prints hints after an empty line: at most two, runnable as printed.
    pub(crate) fn hints<S: AsRef<str>>(&self, hints: &[S]) {
        if !self.json {
            self.note_hints(hints);
        }
    }

    fn note_hints<S: AsRef<str>>(&self, hints: &[S]) {
        let hints: Vec<String> = hints.iter().filter_map(|hint| self.for_demo(hint.as_ref())).collect();
        if hints.is_empty() {
            return;
        }
        self.note("");
        for hint in hints.iter().take(2) {
            self.note(format!("{}: {hint}", self.say(Text::new("hint", "提示"))));
        }
    }

    /// Prints bytes as they are: a file sent to standard output.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        let mut out = std::io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            // A reader that went away (head, less) is no fault of ours.
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => drop(self.lost.set(e)),
            _ => {}
        }
    }

    /// What was done and could not be told: standard output took no more, on a full disk for example.
    pub(crate) fn untold(&self) -> Option<Failure> {
        let what = Text::new("the answer could not be written; what was done stands", "无法写出结果；已执行的内容有效");
        self.lost.get().map(|error| Failure::file(Path::new("-"), what, error))
    }

    /// Prints one JSON value on one line.
    pub(crate) fn json_line(&self, value: &impl Serialize) {
        if let Ok(text) = serde_json::to_string(value) {
            self.line(text);
        }
    }

    /// Prints one JSON document, indented.
    pub(crate) fn json_document(&self, value: &impl Serialize) {
        let text = if self.demo.is_some() { demo_document(value) } else { serde_json::to_string_pretty(value) };
        if let Ok(text) = text {
            self.line(text);
        }
    }

    /// Prints a failure: what did not happen, why, the cure, the code. A document
    /// that standard output does not take is told on standard error in words.
    pub(crate) fn failure(&self, failure: &Failure) {
        let heard = self.heard.get().copied();
        Self { lang: heard.unwrap_or(self.lang), ..self.clone() }.tell_failure(failure);
    }

    fn tell_failure(&self, failure: &Failure) {
        let mut hints: Vec<&str> = failure.hints.iter().map(|hint| hint.get(self.lang)).collect();
        let code = failure.code;
        let more = words!(en: "`namekeep explain {code}` says more", zh: "`namekeep explain {code}` 有详细说明");
        if hints.is_empty() {
            hints.push(more.get(self.lang));
        }
        if self.json {
            let body = serde_json::json!({
                "schema": "namekeep/error/1",
                "error": {
                    "code": code, "message": failure.sentence(self.lang), "hints": hints,
                    "exit": failure.exit as u8,
                },
            });
            self.json_document(&body);
            if self.lost.get().is_none() {
                return;
            }
        }
        let word = self.say(Text::new("error", "错误"));
        self.note(format!("{word}[{code}]: {}", safe(failure.sentence(self.lang))));
        self.note_hints(&hints);
    }

    /// A level as mark and word, coloured where colour is wanted; the word carries the meaning.
    pub(crate) fn level(&self, level: Level) -> String {
        let shown = format!("{:<2} {}", level.mark(), self.say(level.text()));
        let style = match level {
            Level::Critical => anstyle::AnsiColor::Red.on_default().bold(),
            Level::Warning => anstyle::AnsiColor::Yellow.on_default(),
            Level::NotChecked => anstyle::Style::new().dimmed(),
            Level::Ok | Level::Notice => return shown,
        };
        self.styled(&shown, style)
    }

    /// A heading, bold where colour is wanted.
    pub(crate) fn heading(&self, text: &str) -> String {
        self.styled(text, anstyle::Style::new().bold())
    }

    fn styled(&self, text: &str, style: anstyle::Style) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Prints a table: headings, rows, columns aligned by cells. `right` lists right-aligned columns.
    pub(crate) fn table(&self, headings: &[&str], rows: &[Vec<String>], right: &[usize]) {
        let widths: Vec<usize> = headings
            .iter()
            .enumerate()
            .map(|(i, heading)| {
                rows.iter().filter_map(|row| row.get(i)).map(|cell| cells(cell)).fold(cells(heading), usize::max)
            })
            .collect();
        let headings: Vec<String> = headings.iter().map(|&heading| heading.to_owned()).collect();
        let head = aligned(&headings, &widths, right);
        self.line(self.heading(&head));
        for row in rows {
            self.line(aligned(row, &widths, right));
        }
    }
}

/// A document of the demo: it says so, and names no command that leads out of the demo.
fn demo_document(value: &impl Serialize) -> serde_json::Result<String> {
    let mut value = serde_json::to_value(value)?;
    if let Some(fields) = value.as_object_mut() {
        fields.insert("demo".to_owned(), true.into());
        if let Some(steps) = fields.get_mut("next_steps") {
            *steps = serde_json::json!([]);
        }
    }
    serde_json::to_string_pretty(&value)
}

fn aligned(row: &[String], widths: &[usize], right: &[usize]) -> String {
    let mut line = String::new();
    for (i, cell) in row.iter().enumerate() {
        let pad = widths.get(i).copied().unwrap_or(0).saturating_sub(cells(cell));
        if right.contains(&i) {
            line.extend(std::iter::repeat_n(' ', pad));
            line.push_str(cell);
        } else {
            line.push_str(cell);
            if i + 1 < row.len() {
                line.extend(std::iter::repeat_n(' ', pad));
            }
        }
        if i + 1 < row.len() {
            line.push_str("  ");
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Terminal cells of a text, escape sequences not counted.
pub(crate) fn cells(text: &str) -> usize {
    if !text.contains('\u{1b}') {
        return text.width();
    }
    let mut plain = String::new();
    let mut inside = false;
    for c in text.chars() {
        match (inside, c) {
            (false, '\u{1b}') => inside = true,
            (false, c) => plain.push(c),
            (true, 'm') => inside = false,
            (true, _) => {}
        }
    }
    plain.width()
}

/// Cuts a text to at most `most` cells, on a cell border, with `..` where something was cut.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if cells(text) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        let mut next = out.clone();
        next.push(c);
        if cells(&next) + 2 > most {
            break;
        }
        out = next;
    }
    out.push_str("..");
    out
}

/// Wraps a text to lines of at most `most` cells, at spaces or between Han characters.
pub(crate) fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut width = 0;
    let mut word = String::new();
    let flush = |word: &mut String, lines: &mut Vec<String>, width: &mut usize| {
        let size = cells(word);
        if *width > 0 && *width + size > most {
            lines.push(String::new());
            *width = 0;
        }
        if let Some(last) = lines.last_mut() {
            let piece = if *width == 0 { word.trim_start() } else { word.as_str() };
            last.push_str(piece);
            *width += cells(piece);
        }
        word.clear();
    };
    for c in text.chars() {
        let wide = cells(c.encode_utf8(&mut [0; 4])) == 2;
        // No line starts with closing punctuation.
        let closing = matches!(c, '，' | '。' | '；' | '：' | '、' | '）' | '”' | '》' | '！' | '？');
        if (c == ' ' || wide) && !closing && !word.is_empty() {
            flush(&mut word, &mut lines, &mut width);
        }
        word.push(c);
    }
    if !word.is_empty() {
        flush(&mut word, &mut lines, &mut width);
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// Makes text from outside safe for a terminal: control and bidirectional characters are shown as
/// `\u{..}`, so that no answer can move the cursor or turn a line around.
pub(crate) fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let bidi = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{061c}');
        if c.is_control() || bidi {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// The language somebody chose: by option, else by locale. The locales `C` and `POSIX` choose none.
fn language(option: Option<LangArg>) -> Option<Lang> {
    if let Some(option) = option {
        return Some(match option {
            LangArg::En => Lang::En,
            LangArg::Zh => Lang::Zh,
        });
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))?;
    let neutral = ["C", "POSIX"].iter().any(|name| locale == *name || locale.starts_with(&format!("{name}.")));
    (!neutral).then(|| if locale.starts_with("zh") { Lang::Zh } else { Lang::En })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_cells() {
        assert_eq!(cells("示例商城.中国"), 13);
        assert_eq!(cells("\u{1b}[1mab\u{1b}[0m"), 2);
        let rows = [vec!["示例".to_owned(), "x".to_owned()], vec!["ab".to_owned(), "y".to_owned()]];
        assert_eq!(aligned(&rows[0], &[4, 1], &[]), "示例  x");
        assert_eq!(aligned(&rows[1], &[4, 1], &[]), "ab    y");
        assert_eq!(aligned(&rows[1], &[4, 1], &[0]), "  ab  y");
    }

    #[test]
    fn cutting_and_wrapping_keep_to_cells() {
        assert_eq!(cut("示例商城", 6), "示例..");
        assert_eq!(cut("short", 6), "short");
        for width in 4..40 {
            for text in ["当前没有任何发现，共检查三项。", "one two three four five", "混合 mixed 文本 text"] {
                for line in wrap(text, width) {
                    assert!(cells(&line) <= width.max(6) + 2, "{width} {line}");
                }
            }
        }
    }

    #[test]
    fn outside_text_cannot_move_the_cursor() {
        assert_eq!(safe("a\u{1b}[2Jb\u{202e}c\n"), "a\\u{1b}[2Jb\\u{202e}c\\u{a}");
    }
}
