//! Reads a citation as people write it and refuses what the corpus does not carry.
//!
//! Look-alike guides invent article numbers. A citation passes only when its title is an
//! instrument of the corpus, its number is that instrument's, its article is carried in the version
//! in force on the day, and the wording is none of those known to be wrong.

use namekeep_model::Date;

use crate::law::{Article, Instrument, LawCorpus};
use crate::{RulesError, law};

/// Longest citation read, in characters.
const MAX_CITATION: usize = 400;
/// Characters two wordings must share in a row to be about the same thing.
const SAME_TOPIC: usize = 4;

/// A citation in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// The title between the book-title marks.
    pub title: Option<String>,
    /// The number of the order named in brackets behind the title.
    pub order: Option<String>,
    /// The article number.
    pub article: Option<u32>,
    /// All the other words, without blanks and marks.
    pub rest: String,
}

/// Why a citation is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The reason.
    pub why: String,
    /// What to cite instead, by id.
    pub instead: Vec<String>,
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Reads a Chinese or Arabic number below 10,000.
fn number(text: &str) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    if text.chars().all(|c| c.is_ascii_digit()) {
        return text.parse().ok();
    }
    let (mut total, mut digit) = (0_u32, None);
    for c in text.chars() {
        match "〇一二三四五六七八九"
            .chars()
            .position(|d| d == c)
            .or((c == '零').then_some(0))
            .or((c == '两').then_some(2))
        {
            Some(value) => digit = u32::try_from(value).ok(),
            None => {
                let unit = match c {
                    '十' => 10,
                    '百' => 100,
                    '千' => 1000,
                    _ => return None,
                };
                total += digit.take().unwrap_or(1) * unit;
            }
        }
    }
    Some(total + digit.unwrap_or(0))
}

impl Citation {
    /// Takes a text apart; never fails, since a text may name nothing at all.
    pub fn read(text: &str) -> Self {
        let text: String = text.chars().take(MAX_CITATION).collect();
        let (mut title, mut order, mut rest) = (None, None, text.clone());
        if let Some((before, after)) = text.split_once('《')
            && let Some((inside, after)) = after.split_once('》')
        {
            title = Some(plain(inside));
            rest = format!("{before} {after}");
        }
        // An order number: 令第1号, 令1号.
        if let Some((before, after)) = rest.split_once('令')
            && let Some((digits, after)) = after.trim_start_matches('第').split_once('号')
            && let Some(value) = number(digits.trim())
        {
            order = Some(value.to_string());
            rest = format!("{before} {after}");
        }
        let mut article = None;
        if let Some((before, after)) = rest.split_once('第')
            && let Some((digits, after)) = after.split_once('条')
            && let Some(value) = number(digits.trim())
        {
            article = Some(value);
            rest = format!("{before} {after}");
        }
        Self { title, order, article, rest: plain(&rest) }
    }

    /// Tells whether another citation says the same thing of the same article.
    fn repeats(&self, known: &Self) -> bool {
        if self.title != known.title
            || self.article != known.article
            || (known.order.is_some() && self.order != known.order)
        {
            return false;
        }
        if known.title.is_some() && known.rest.chars().count() < SAME_TOPIC {
            return true;
        }
        let known: Vec<char> = known.rest.chars().collect();
        known.windows(SAME_TOPIC).any(|window| self.rest.contains(&window.iter().collect::<String>()))
    }
}

impl LawCorpus {
    /// Finds the article a text cites, or says why it is refused.
    ///
    /// # Errors
    /// Refuses wrong, invented, repealed and unread citations alike.
    pub fn check(&self, text: &str, on: Date) -> Result<(&Instrument, &Article), RulesError> {
        let cited = Citation::read(text);
        self.judge(&cited, on).map_err(|no| RulesError::Rejected {
            cited: text.chars().take(80).collect(),
            why: no.why,
            instead: no.instead,
        })
    }

    fn judge(&self, cited: &Citation, on: Date) -> Result<(&Instrument, &Article), Rejection> {
        let reject = |why: String, instead: Vec<String>| Rejection { why, instead };
        if let Some(known) = self.rejected().iter().find(|known| cited.repeats(&Citation::read(&known.citation))) {
            return Err(reject(known.why_rejected.clone(), known.correct.clone()));
        }
        let title = cited.title.as_deref().ok_or_else(|| reject("it names no instrument".to_owned(), Vec::new()))?;
        let full = |name: &str| name == title || name.strip_prefix("中华人民共和国") == Some(title);
        let instrument = self.instruments().iter().find(|instrument| full(&plain(&instrument.title_zh)));
        let instrument =
            instrument.ok_or_else(|| reject("no instrument of the corpus has this title".to_owned(), Vec::new()))?;
        if let Some(order) = &cited.order {
            let digits = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|part| part == order);
            if !digits(&instrument.number) {
                return Err(reject(format!("the number is {}", instrument.number), vec![instrument.id.clone()]));
            }
        }
        let article =
            cited.article.ok_or_else(|| reject("it names no article".to_owned(), vec![instrument.id.clone()]))?;
        let id = format!("{}:{article}", instrument.id);
        self.article(&id, on).map_err(|error| match error {
            RulesError::Rejected { why, mut instead, .. } => {
                if instead.is_empty() && instrument.id == "csl" {
                    let moved: Option<&law::Moved> = self.moved(&article.to_string());
                    instead = moved
                        .map_or_else(Vec::new, |moved| moved.new.iter().map(|no| format!("csl@2025:{no}")).collect());
                }
                reject(why, instead)
            }
            other => reject(other.to_string(), Vec::new()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_in_both_scripts() {
        for (text, value) in [
            ("十三", 13),
            ("二十一", 21),
            ("一百零三", 103),
            ("四十七", 47),
            ("47", 47),
            ("十", 10),
            ("一千一百", 1100),
        ] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in ["", "x", "第", "十x"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn a_citation_comes_apart() {
        let cited = Citation::read("依据《中华人民共和国网络安全法》 第四十九条 处置");
        assert_eq!(cited.title.as_deref(), Some("中华人民共和国网络安全法"));
        assert_eq!((cited.article, cited.rest.as_str()), (Some(49), "依据处置"));
        assert_eq!(Citation::read("《办法》(工信部令第1号)第十五条").order.as_deref(), Some("1"));
        assert_eq!(Citation::read(&"第".repeat(1000)).article, None);
    }
}
