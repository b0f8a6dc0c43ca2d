//! `index.html`: the story of a run for a person, in both languages, without script or network.
//!
//! Every text from outside is escaped, and characters that hide or reorder others are written out, so
//! nothing on the page can pretend. The policy in the page allows its own style sheet, by digest, and
//! nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Both, Envelope, Lang, Manifest, merkle};

/// The style sheet; a file of its own so that it reads as one.
const STYLE: &str = include_str!("page.css");
/// The most entries that the page lists; the file has them all. No reference.
const MAX_LISTED: usize = 5_000;
/// The longest body shown, in characters; the file has it whole. No reference.
const MAX_BODY: usize = 2_000;

/// The story of a run, told in sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// The headline.
    pub title: Both,
    /// One paragraph: what came of it.
    pub summary: Both,
    /// The sections in order.
    pub sections: Vec<Section>,
}

/// A section of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: Both,
    /// Its lines in order.
    pub lines: Vec<Line>,
}

/// One sentence of a story with the entry that proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The date or instant shown in front.
    pub at: String,
    /// The sentence.
    pub text: Both,
    /// The entry it rests on.
    pub entry: Option<u64>,
}

/// Writes the page.
pub(crate) fn write(manifest: &Manifest, story: &Story, entries: &[&[u8]]) -> String {
    let policy = STANDARD.encode(Sha256::digest(STYLE));
    let title = format!("{} {}", manifest.run, story.title.en);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{policy}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        escape(&title)
    );
    if manifest.demo {
        page.push_str(
            "<p class=\"demo\"><strong>DEMO</strong> <span lang=\"en\">Invented names, people and money.</span> \
             <span lang=\"zh-CN\">域名、人员、金额均为虚构。</span></p>\n",
        );
    }
    page.push_str(
        "<nav><a href=\"#zh\" lang=\"zh-CN\">中文</a> <a href=\"#en\" lang=\"en\">English</a> \
         <a href=\"#entries\">条目 Entries</a> <a href=\"#keys\">密钥 Keys</a></nav>\n<main>\n",
    );
    for lang in [Lang::Zh, Lang::En] {
        tell(&mut page, manifest, story, lang);
    }
    list(&mut page, manifest, entries);
    keys(&mut page, manifest);
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn tell(page: &mut String, manifest: &Manifest, story: &Story, lang: Lang) {
    let (id, code) = (lang.pick("en", "zh"), lang.pick("en", "zh-CN"));
    page.push_str(&format!("<article id=\"{id}\" lang=\"{code}\">\n<h1>{}</h1>\n", escape(story.title.get(lang))));
    page.push_str(&format!("<p class=\"sum\">{}</p>\n<dl>", escape(story.summary.get(lang))));
    let facts = [
        (lang.pick("Run", "案卷"), manifest.run.clone()),
        (lang.pick("Subject", "事项"), manifest.title.get(lang).to_owned()),
        (lang.pick("Period", "起止"), format!("{} .. {}", manifest.from, manifest.to)),
        (lang.pick("Sealed", "封存"), manifest.sealed_at.to_string()),
        (lang.pick("Entries", "条目"), manifest.entries.to_string()),
        (lang.pick("Raw files", "原始文件"), manifest.files.len().to_string()),
    ];
    for (term, value) in facts {
        page.push_str(&format!("<div><dt>{term}</dt><dd>{}</dd></div>", escape(&value)));
    }
    page.push_str("</dl>\n");
    for section in &story.sections {
        page.push_str(&format!("<h2>{}</h2>\n<ol class=\"story\">\n", escape(section.heading.get(lang))));
        for line in &section.lines {
            let proof = line.entry.filter(|seq| *seq < manifest.entries).map_or_else(String::new, |seq| {
                format!(" <a class=\"proof\" href=\"#e{seq}\">{} {seq}</a>", lang.pick("entry", "条目"))
            });
            page.push_str(&format!(
                "<li><time>{}</time><p>{}{proof}</p></li>\n",
                escape(&line.at),
                escape(line.text.get(lang))
            ));
        }
        page.push_str("</ol>\n");
    }
    let check = lang.pick(
        "To check this dossier: <code>namekeep evidence verify FILE</code>, or follow <code>VERIFY.txt</code>. \
         This page is covered by the seal; what proves anything are the entries.",
        "核验本案卷：<code>namekeep evidence verify FILE</code>，或按 <code>VERIFY.txt</code> 操作。本页在封存范围内；作为证明的是下列条目。",
    );
    page.push_str(&format!("<p class=\"check\">{check}</p>\n</article>\n"));
}

/// Lists the entries with their digests, once for both languages.
fn list(page: &mut String, manifest: &Manifest, entries: &[&[u8]]) {
    page.push_str("<section id=\"entries\">\n<h2>条目 <span lang=\"en\">Entries</span></h2>\n");
    for (seq, bytes) in entries.iter().enumerate().take(MAX_LISTED) {
        let Ok(entry) = Envelope::parse(bytes) else { continue };
        page.push_str(&format!(
            "<details id=\"e{seq}\"><summary><b>{seq}</b> <time>{}</time> <span>{}</span>{}{}</summary>\n",
            escape(&entry.at),
            entry.kind.word(),
            if entry.typed_by.is_some() { " <i>人工录入 typed by a person</i>" } else { "" },
            if entry.sealed.is_empty() { "" } else { " <i>含封存件 withheld file</i>" },
        ));
        page.push_str(&format!("<p class=\"hash\">leaf {}</p>\n", merkle::leaf(bytes)));
        for file in &entry.files {
            let label = manifest.file_index(file).and_then(|index| manifest.files.get(index));
            page.push_str(&format!(
                "<p class=\"hash\">raw/{file} {}</p>\n",
                label.map_or_else(String::new, |file| escape(&file.label))
            ));
        }
        for sealed in &entry.sealed {
            page.push_str(&format!(
                "<p class=\"hash\">封存 withheld {} {} .. {}</p>\n",
                sealed.sha256,
                escape(&sealed.why),
                escape(&sealed.until)
            ));
        }
        page.push_str(&format!("<pre>{}</pre></details>\n", escape(&shorten(&pretty(entry.body.get())))));
    }
    if entries.len() > MAX_LISTED {
        page.push_str(&format!(
            "<p>此处列出前 {MAX_LISTED} 条，全部 {} 条见 entries.jsonl。 \
             <span lang=\"en\">The first {MAX_LISTED} of {}; entries.jsonl has all.</span></p>\n",
            entries.len(),
            entries.len()
        ));
    }
    page.push_str("</section>\n");
}

fn keys(page: &mut String, manifest: &Manifest) {
    page.push_str("<section id=\"keys\">\n<h2>密钥 <span lang=\"en\">Keys</span></h2>\n<ul>\n");
    for record in &manifest.keys {
        page.push_str(&format!(
            "<li><b>{}</b> {}<p class=\"hash\">{}</p></li>\n",
            record.role.word(),
            escape(record.key.name()),
            record.key.fingerprint()
        ));
    }
    page.push_str("</ul>\n</section>\n");
}

/// Indents a body for reading; what is hashed is the line in the file.
fn pretty(body: &str) -> String {
    serde_json::from_str::<Value>(body)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .unwrap_or_else(|| body.to_owned())
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_BODY) {
        Some((at, _)) => format!("{} ...", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Escapes a text for HTML; characters that hide or reorder others are written out, newlines kept.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            hidden if is_hidden(hidden) => out.push_str(&hidden.escape_unicode().to_string()),
            plain => out.push(plain),
        }
    }
    out
}

/// Writes out the characters of a text that hide or reorder others, as `\u{202e}`.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// Tells whether a character is a control, or is invisible or reorders text (Unicode general category Cf,
/// line and paragraph separators, fillers and tags).
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{115f}'
            | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
