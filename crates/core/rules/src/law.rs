//! The law corpus: instruments, their versions and articles, deadlines, refused citations.
//!
//! Rules are paraphrases for checking and display, never the official text. An article which is
//! not in here cannot be cited, and every citation names its version: numbers moved in 2026.

use std::collections::BTreeMap;
use std::collections::HashMap;

use namekeep_model::{Date, Text, Words};
use serde::{Deserialize, Serialize};

use crate::RulesError;
use crate::read::{inconsistent, json, schema};

const FILE: &str = "rules/law.json";
const SCHEMA: &str = "namekeep/law/1";

/// How a statement is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// The text was read in a public copy.
    Primary,
    /// It was read where somebody quotes it closely.
    Quoted,
    /// From memory, or the number was derived: to be checked before relying on it.
    Recalled,
}

impl Standing {
    /// The warning shown with it, where one is due.
    pub const fn warning(self) -> Option<Text> {
        match self {
            Self::Primary | Self::Quoted => None,
            Self::Recalled => Some(Text::new(
                "recalled, not read: check the text before relying on it",
                "凭记忆，未核对原文：引用前须核对",
            )),
        }
    }
}

/// One version of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Version {
    /// Its name, as a rule the year.
    pub version: String,
    /// When it was adopted.
    pub adopted: Option<String>,
    /// First day in force, or a year only; absent where unknown.
    pub in_force_from: Option<String>,
    /// Last day in force, as far as known; absent while in force.
    pub in_force_to: Option<String>,
    /// What it replaced.
    pub repeals: Option<String>,
    /// Where it was read.
    pub source: String,
    /// How it is known.
    pub verified: Standing,
}

impl Version {
    /// Tells whether the version was in force on a day.
    pub fn in_force(&self, on: Date) -> bool {
        let from = self.in_force_from.as_deref().and_then(|text| partial(text, false));
        let to = self.in_force_to.as_deref().map(|text| partial(text, true));
        from.is_none_or(|from| from <= on) && to.is_none_or(|to| to.is_some_and(|to| on <= to))
    }
}

/// A date, or the first or last day of a year.
fn partial(text: &str, last: bool) -> Option<Date> {
    text.parse().ok().or_else(|| {
        let year = text.parse().ok()?;
        if last { Date::new(year, 12, 31) } else { Date::new(year, 1, 1) }.ok()
    })
}

/// One article, or one paragraph of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Its id: `instrument@version:article(paragraph)`.
    pub id: String,
    /// The number of the article.
    pub no: String,
    /// The paragraphs meant.
    pub para: Option<String>,
    /// The version.
    pub version: String,
    /// What it is about.
    pub subject: String,
    /// The rule in our own words, in Chinese.
    pub rule_own_words_zh: String,
    /// The rule in our own words, in English.
    pub rule_own_words_en: String,
    /// Numbers of the rule.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// Steps, check-points and gates it applies to.
    pub applies_to: Vec<String>,
    /// What a breach costs.
    pub penalty: Option<String>,
    /// How it is known.
    pub verified: Standing,
    /// Where it was read.
    pub source: String,
}

impl Article {
    /// The rule in our own words.
    pub fn rule(&self) -> Words {
        Words { en: self.rule_own_words_en.clone(), zh: self.rule_own_words_zh.clone() }
    }
}

/// A law, order, notice or policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Its id.
    pub id: String,
    /// Its Chinese title.
    pub title_zh: String,
    /// Its English title.
    pub title_en: String,
    /// Who issued it.
    pub issuer: String,
    /// Its number.
    pub number: String,
    /// Its versions.
    pub versions: Vec<Version>,
    /// Its articles, of every version.
    pub articles: Vec<Article>,
    /// A note of the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How an article number moved in the amendment of 2025.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// The old number; absent for a new article.
    pub old: Option<String>,
    /// The new numbers.
    pub new: Vec<String>,
    /// How that is known.
    pub basis: String,
    /// What changed beside the number.
    pub changed: Option<String>,
    /// How it is known.
    pub verified: Standing,
}

/// A claim of the guide, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedClaim {
    /// Its id.
    pub id: String,
    /// The claim.
    pub claim: String,
    /// The verdict.
    pub verdict: String,
    /// Why, in Chinese.
    pub why_zh: String,
    /// Why, in English.
    pub why_en: String,
    /// Articles that decide it.
    pub instruments: Vec<String>,
    /// How it is known.
    pub verified: Standing,
    /// What the product does about it.
    pub product_use: String,
}

/// A citation known to be wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RejectedCitation {
    /// Its id.
    pub id: String,
    /// The citation as met.
    pub citation: String,
    /// Why it is wrong.
    pub why_rejected: String,
    /// What to cite instead.
    pub correct: Vec<String>,
    /// `reject`.
    pub expect: String,
}

/// What a clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Chinese working days; the start day is not counted.
    Working,
    /// Calendar days; the start day is not counted.
    Calendar,
    /// Hours without stop.
    Continuous,
    /// Months: the matching day, else the last day of the month.
    CalendarMonths,
    /// Years: the matching day.
    CalendarYears,
    /// Business days at the registrar's place.
    BusinessDaysOfRegistrar,
}

/// Which way a clock runs from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Forward.
    After,
    /// Back from an event to come.
    Before,
    /// Not at all: the day itself.
    SameDay,
}

/// What happens when the last day is no working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Roll {
    /// Nothing: the day stands.
    None,
    /// A duty counted back moves earlier.
    Earlier,
    /// A right moves to the next working day (Civil Code 203).
    Later,
    /// The same is usual but not written: a plan rests on the day before the move.
    LaterUnwritten,
}

/// One legal clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Its id.
    pub id: String,
    /// What is due.
    pub what: String,
    /// The article it rests on.
    #[serde(rename = "ref")]
    pub article: String,
    /// How many; absent where the law sets no number.
    pub value: Option<i64>,
    /// Of what.
    pub unit: String,
    /// What the clock counts.
    pub clock: ClockKind,
    /// What starts it.
    pub from: String,
    /// Which way it runs.
    pub direction: Direction,
    /// Whom it binds.
    pub binds: String,
    /// How it is known.
    pub verified: Standing,
    /// A note of the reader.
    pub note: Option<String>,
    /// What a holiday does to its last day.
    pub roll: Roll,
    /// A time to keep something at least: the day is a floor, not a limit.
    pub floor: bool,
}

/// A worked example of a deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineVector {
    /// The deadline.
    pub deadline: String,
    /// The start of a clock that runs forward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The event a clock is counted back from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The day before a holiday moved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The answer.
    pub due: String,
    /// What the example shows.
    pub why: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stats {
    instruments: usize,
    articles: usize,
    by_verified: BTreeMap<String, usize>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    as_of: Date,
    /// How to read the file; for people.
    legend: BTreeMap<String, serde_json::Value>,
    stats: Stats,
    verified_on: Date,
    instruments: Vec<Instrument>,
    crosswalk: Vec<Moved>,
    seed_claims: Vec<SeedClaim>,
    rejected_citations: Vec<RejectedCitation>,
    deadlines: Vec<Deadline>,
    deadline_vectors: Vec<DeadlineVector>,
}

/// The law corpus with its index.
#[derive(Debug)]
pub struct LawCorpus {
    file: File,
    /// `instrument@version:no` to the place of its first paragraph.
    index: HashMap<String, (usize, usize)>,
}

impl LawCorpus {
    /// Reads a law corpus.
    pub fn parse(bytes: &[u8]) -> Result<Self, RulesError> {
        let file: File = json(FILE, bytes)?;
        schema(FILE, &file.schema, SCHEMA)?;
        let mut index = HashMap::with_capacity(1024);
        let mut articles = 0;
        for (at, instrument) in file.instruments.iter().enumerate() {
            for (place, article) in instrument.articles.iter().enumerate() {
                articles += 1;
                if !instrument.versions.iter().any(|version| version.version == article.version) {
                    return Err(inconsistent(FILE, &article.id, "the version is not listed"));
                }
                let whole = format!("{}@{}:{}", instrument.id, article.version, article.no);
                index.entry(whole).or_insert((at, place));
                if article.para.is_some() && index.insert(article.id.clone(), (at, place)).is_some() {
                    return Err(inconsistent(FILE, &article.id, "the article stands twice"));
                }
            }
        }
        if articles != file.stats.articles || file.instruments.len() != file.stats.instruments {
            return Err(inconsistent(FILE, "stats", format!("{articles} articles are listed")));
        }
        let corpus = Self { file, index };
        for deadline in &corpus.file.deadlines {
            // A deadline may rest on an article only its instrument of which was read.
            let instrument = deadline.article.split('@').next().unwrap_or_default();
            if corpus.instrument(instrument).is_none() {
                return Err(inconsistent(FILE, &deadline.id, format!("`{}` is not in the corpus", deadline.article)));
            }
        }
        Ok(corpus)
    }

    /// Every instrument.
    pub fn instruments(&self) -> &[Instrument] {
        &self.file.instruments
    }

    /// The instrument of an id.
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.file.instruments.iter().find(|instrument| instrument.id == id)
    }

    /// Every deadline.
    pub fn deadlines(&self) -> &[Deadline] {
        &self.file.deadlines
    }

    /// The deadline of an id.
    ///
    /// # Errors
    /// Names the id where there is none.
    pub fn deadline(&self, id: &str) -> Result<&Deadline, RulesError> {
        let found = self.file.deadlines.iter().find(|deadline| deadline.id == id);
        found.ok_or_else(|| RulesError::NoDeadline(id.chars().take(64).collect()))
    }

    /// The worked examples of deadlines.
    pub fn vectors(&self) -> &[DeadlineVector] {
        &self.file.deadline_vectors
    }

    /// The citations known to be wrong.
    pub fn rejected(&self) -> &[RejectedCitation] {
        &self.file.rejected_citations
    }

    /// The claims of the guide and what became of them.
    pub fn seed_claims(&self) -> &[SeedClaim] {
        &self.file.seed_claims
    }

    /// Where an old number of the Cybersecurity Law went in 2026.
    pub fn moved(&self, old: &str) -> Option<&Moved> {
        self.file.crosswalk.iter().find(|moved| moved.old.as_deref() == Some(old))
    }

    /// The article of an id: `csl@2025:49`, or `csl:49` for the version in force on `on`.
    ///
    /// # Errors
    /// Refuses what is not in the corpus and what was not in force on that day, and says what is.
    pub fn article(&self, id: &str, on: Date) -> Result<(&Instrument, &Article), RulesError> {
        let reject = |why: String, instead: Vec<String>| RulesError::Rejected {
            cited: id.chars().take(80).collect(),
            why,
            instead,
        };
        let missing = || reject("it is not in the shipped corpus".to_owned(), Vec::new());
        let (head, no) = id.split_once(':').ok_or_else(missing)?;
        let (name, asked) = head.split_once('@').map_or((head, None), |(name, version)| (name, Some(version)));
        let instrument = self.instrument(name).ok_or_else(missing)?;
        let in_force = || instrument.versions.iter().rfind(|version| version.in_force(on));
        let version = match asked {
            Some(asked) => instrument.versions.iter().find(|version| version.version == asked).ok_or_else(missing)?,
            None => in_force().ok_or_else(|| reject(format!("no version was in force on {on}"), Vec::new()))?,
        };
        if !version.in_force(on) {
            let now = in_force().map(|now| now.version.as_str());
            let numbers = if name == "csl" {
                self.moved(no.split('(').next().unwrap_or(no)).map(|moved| moved.new.as_slice())
            } else {
                None
            };
            let instead = match (now, numbers) {
                (Some(now), Some(numbers)) => numbers.iter().map(|no| format!("{name}@{now}:{no}")).collect(),
                (Some(now), None) => vec![format!("{name}@{now}")],
                (None, _) => Vec::new(),
            };
            return Err(reject(format!("the version {} was not in force on {on}", version.version), instead));
        }
        let key = format!("{name}@{}:{no}", version.version);
        let (at, place) = *self.index.get(&key).ok_or_else(missing)?;
        let instrument = self.file.instruments.get(at).ok_or_else(missing)?;
        Ok((instrument, instrument.articles.get(place).ok_or_else(missing)?))
    }

    /// The article as people cite it: title, version, number; with a warning where one is due.
    ///
    /// # Errors
    /// As [`LawCorpus::article`].
    pub fn cite(&self, id: &str, on: Date) -> Result<Words, RulesError> {
        let (instrument, article) = self.article(id, on)?;
        let mut cited = Words {
            en: format!("{} ({}), Art. {}", instrument.title_en, article.version, article.no),
            zh: format!("《{}》（{}）第 {} 条", instrument.title_zh, article.version, article.no),
        };
        if let Some(warning) = article.verified.warning() {
            cited.en = format!("{} [{}]", cited.en, warning.en);
            cited.zh = format!("{}【{}】", cited.zh, warning.zh);
        }
        Ok(cited)
    }

    #[doc(hidden)]
    pub fn to_json(&self) -> Option<serde_json::Value> {
        serde_json::to_value(&self.file).ok()
    }
}
