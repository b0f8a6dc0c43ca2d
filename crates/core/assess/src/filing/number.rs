//! Filing and licence numbers: `京ICP备11018762号-11`, `川公网安备51010702001250号`, `京B2-20170324`.
//!
//! ```text
//! filing   = province "ICP备" seq "号" [ "-" service [ letter ] ]     seq = YY 6DIGIT / YYYY 6DIGIT
//! security = province "公网安备" [ " " ] area(6) "02" serial(6) [ "号" ]
//! licence  = [ [province] "ICP证" ] ( province / "合字" ) class *( ("." / "、") class ) "-" YYYY 4DIGIT [ "号" ] [ "-" service ]
//! legacy   = province "ICP证" 6DIGIT [ "号" ] [ "-" service ]
//! ```
//!
//! Verdicts: *valid* is the form as it stands; *repairable* becomes valid after changes that
//! cannot be read in two ways; *suspicious* has the form and cannot be right; *invalid* is the
//! rest. Whether the number was ever issued is not known here.

use namekeep_model::Date;
use namekeep_model::text::Lang;
use serde::{Deserialize, Serialize};

use super::grammar::{Grammar, Province};
use super::reason::{Notice, NoticeView, Reason};
use super::repair::clean;

/// Characters a text may have; the longest number has 30.
const MAX_CHARS: usize = 128;

/// What tells the kinds of numbers apart; one stands in each number.
const MARKS: [&str; 3] = ["公网安备", "ICP备", "ICP证"];

/// How far a number can be trusted by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberVerdict {
    /// The form as it stands.
    Valid,
    /// The form after changes that cannot be read in two ways.
    Repairable,
    /// The form, but it cannot be right.
    Suspicious,
    /// Not the form.
    Invalid,
}

/// What a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberKind {
    /// A filing subject (主体).
    Subject,
    /// A filed web site.
    Site,
    /// A filed app.
    App,
    /// A filed mini-program.
    MiniProgram,
    /// A filed quick app.
    QuickApp,
    /// A public security filing.
    PublicSecurity,
    /// A telecom licence.
    Licence,
}

/// Form of a licence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LicenceForm {
    /// Issued by a province in the present form.
    Provincial,
    /// Issued by the ministry for several provinces.
    CrossRegion,
    /// The old form of a province.
    Legacy,
}

/// What a text says as a filing or licence number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberReport {
    /// How far it can be trusted by its form.
    pub verdict: NumberVerdict,
    /// What it stands for, as far as that can be seen.
    pub kind: Option<NumberKind>,
    /// Form of a licence.
    pub form: Option<LicenceForm>,
    /// Province that issued it; none for a licence of the ministry.
    pub province: Option<Province>,
    /// Year of issue, where the number holds one.
    pub year: Option<i16>,
    /// Running number with its leading zeros.
    pub serial: Option<String>,
    /// Number of the service under its subject.
    pub service: Option<u32>,
    /// GB/T 2260 area code of a public security number.
    pub area: Option<String>,
    /// Classes of a licence.
    pub classes: Vec<String>,
    /// The number in its one spelling; none where it is invalid.
    pub normal: Option<String>,
    /// Why it is suspicious or invalid.
    pub reason: Option<Reason>,
    /// What was repaired, and what is worth knowing.
    pub notices: Vec<Notice>,
}

/// Reads a text as a filing or licence number, as seen on the day `at`.
pub fn parse(text: &str, grammar: &Grammar, at: Date) -> NumberReport {
    let mut report = NumberReport::blank();
    let outcome = if text.chars().take(MAX_CHARS + 1).count() > MAX_CHARS {
        Err(Reason::TooLong)
    } else {
        let clean = clean(text, grammar);
        report.notices = clean.notices;
        Reader { grammar, at, report: &mut report, doubt: None }.read(&clean.text)
    };
    report.verdict = match outcome {
        Err(reason) => {
            report.reason = Some(reason);
            report.normal = None;
            NumberVerdict::Invalid
        }
        Ok(Some(doubt)) => {
            report.reason = Some(doubt);
            NumberVerdict::Suspicious
        }
        Ok(None) if report.notices.iter().any(|notice| notice.is_repair()) => NumberVerdict::Repairable,
        Ok(None) => NumberVerdict::Valid,
    };
    report
}

impl NumberReport {
    const fn blank() -> Self {
        Self {
            verdict: NumberVerdict::Invalid,
            kind: None,
            form: None,
            province: None,
            year: None,
            serial: None,
            service: None,
            area: None,
            classes: Vec::new(),
            normal: None,
            reason: None,
            notices: Vec::new(),
        }
    }

    /// Writes the report as the flat document of the `filing number` command.
    pub fn view(&self, input: &str, lang: Lang) -> NumberView {
        NumberView {
            input: input.to_owned(),
            verdict: self.verdict,
            kind: self.kind,
            form: self.form,
            province_gb2260: self.province.as_ref().map(|province| province.gb2260.clone()),
            province: self.province.as_ref().map(|province| province.name.clone()),
            year: self.year,
            serial: self.serial.clone(),
            service: self.service,
            area: self.area.clone(),
            classes: self.classes.clone(),
            normal: self.normal.clone(),
            reason: self.reason.as_ref().map(|reason| reason.words().get(lang).to_owned()),
            reason_code: self.reason.as_ref().map(Reason::code),
            notices: self.notices.iter().map(|notice| notice.view(lang)).collect(),
        }
    }
}

/// The document of the `filing number` command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NumberView {
    /// The text as given.
    pub input: String,
    /// How far it can be trusted by its form.
    pub verdict: NumberVerdict,
    /// What it stands for.
    pub kind: Option<NumberKind>,
    /// Form of a licence.
    pub form: Option<LicenceForm>,
    /// First two digits of the province's GB/T 2260 code.
    pub province_gb2260: Option<String>,
    /// Short name of the province.
    pub province: Option<String>,
    /// Year of issue.
    pub year: Option<i16>,
    /// Running number with its leading zeros.
    pub serial: Option<String>,
    /// Number of the service under its subject.
    pub service: Option<u32>,
    /// Area code of a public security number.
    pub area: Option<String>,
    /// Classes of a licence.
    pub classes: Vec<String>,
    /// The number in its one spelling.
    pub normal: Option<String>,
    /// Why it is suspicious or invalid.
    pub reason: Option<String>,
    /// The same as a word a script reads.
    pub reason_code: Option<&'static str>,
    /// What was repaired, and what is worth knowing.
    pub notices: Vec<NoticeView>,
}

struct Reader<'a> {
    grammar: &'a Grammar,
    at: Date,
    report: &'a mut NumberReport,
    /// The first thing that cannot be right although the form is.
    doubt: Option<Reason>,
}

impl Reader<'_> {
    /// Reads a clean text; returns what is doubtful, or why it is no number.
    fn read(mut self, text: &str) -> Result<Option<Reason>, Reason> {
        if text.is_empty() {
            return Err(Reason::Empty);
        }
        if MARKS.iter().map(|mark| text.matches(mark).count()).sum::<usize>() > 1 {
            return Err(Reason::Several);
        }
        if let Some((before, after)) = text.split_once("公网安备") {
            self.public_security(before, after)?;
        } else if let Some((before, after)) = text.split_once("ICP备") {
            self.filing(before, after)?;
        } else if let Some((before, after)) = text.split_once("ICP证") {
            self.licence(Some(before), after)?;
        } else if self.opens_licence(text) {
            self.licence(None, text)?;
        } else {
            return Err(Reason::Unrecognised);
        }
        Ok(self.doubt)
    }

    fn doubt(&mut self, reason: Reason) {
        self.doubt.get_or_insert(reason);
    }

    fn notice(&mut self, notice: Notice) {
        self.report.notices.push(notice);
    }

    fn filing(&mut self, before: &str, after: &str) -> Result<(), Reason> {
        self.report.kind = Some(NumberKind::Subject);
        let province = self.province(before, Side::Communications)?;
        let (seq, tail) = split_digits(after);
        self.year_and_serial(seq)?;
        let head = format!("{}ICP备{seq}号", province.icp);
        self.report.province = Some(province);
        let tail = self.hao(tail)?;
        if tail.is_empty() {
            self.report.normal = Some(head);
            return Ok(());
        }
        self.report.kind = Some(NumberKind::Site);
        let tail = match tail.strip_prefix('-') {
            Some(tail) => tail,
            None if tail.starts_with(|c: char| c.is_ascii_digit()) => {
                self.notice(Notice::MissingHyphen);
                &tail
            }
            None => return Err(Reason::OutOfPlace(tail)),
        };
        let (service, letter) = split_digits(tail);
        let letter = self.suffix(letter)?;
        let number = service.parse::<u32>().ok().filter(|n| (1..=self.grammar.filing.service_max).contains(n));
        let number = number.filter(|_| !service.starts_with('0')).ok_or(Reason::ServiceNumber)?;
        self.report.service = Some(number);
        self.report.normal = Some(format!("{head}-{number}{letter}"));
        Ok(())
    }

    /// Judges the digits between 备 and 号.
    fn year_and_serial(&mut self, seq: &str) -> Result<(), Reason> {
        let forms = &self.grammar.filing;
        let (year, serial) = match (seq.len(), seq.get(..2), seq.get(..4)) {
            (8, Some(short), _) => {
                let year = 2000 + number(short);
                if !(forms.short_years.0..=forms.short_years.1).contains(&year) {
                    self.doubt(Reason::ShortFormYear(year));
                }
                (year, seq.get(2..))
            }
            (10, _, Some(long)) => {
                let year = number(long);
                // The next century is a typing error, not a year to wait for.
                if !(forms.long_from..2100).contains(&year) {
                    return Err(Reason::LongFormTooEarly(year));
                }
                (year, seq.get(4..))
            }
            (found, ..) => return Err(Reason::Digits { found, expected: "8 / 10" }),
        };
        if year > self.at.year() && seq.len() == 10 {
            self.doubt(Reason::YearAhead(year));
        }
        self.serial(serial.unwrap_or_default());
        self.report.year = Some(year);
        Ok(())
    }

    fn serial(&mut self, serial: &str) {
        if serial.bytes().all(|byte| byte == b'0') {
            self.doubt(Reason::ZeroSerial);
        }
        self.report.serial = Some(serial.to_owned());
    }

    /// Takes the one 号 out of what follows the digits, and notes where it should have stood.
    fn hao(&mut self, tail: &str) -> Result<String, Reason> {
        let first = tail.strip_prefix('号');
        let rest = first.unwrap_or(tail);
        let last = rest.strip_suffix('号');
        let rest = last.unwrap_or(rest);
        match (first, last) {
            (Some(_), Some(_)) => self.notice(Notice::ExtraHao),
            (Some(_), None) => {}
            (None, Some(rest)) if !rest.is_empty() => self.notice(Notice::MisplacedHao),
            (None, Some(_)) => {}
            (None, None) => self.notice(Notice::MissingHao),
        }
        if rest.contains('号') { Err(Reason::OutOfPlace("号".to_owned())) } else { Ok(rest.to_owned()) }
    }

    /// Judges the letter of the kind of service.
    fn suffix(&mut self, letter: &str) -> Result<String, Reason> {
        let mut chars = letter.chars();
        let Some(found) = chars.next() else { return Ok(String::new()) };
        if chars.next().is_some() || !found.is_ascii_alphabetic() {
            return Err(Reason::OutOfPlace(letter.to_owned()));
        }
        let suffix = self.grammar.filing.suffixes.iter().find(|suffix| suffix.letter == found);
        let suffix = suffix.ok_or(Reason::SuffixLetter(found))?;
        self.report.kind = Some(suffix.kind);
        if !suffix.verified {
            self.report.notices.push(Notice::UnverifiedSuffix);
        }
        Ok(found.to_string())
    }

    fn public_security(&mut self, before: &str, after: &str) -> Result<(), Reason> {
        self.report.kind = Some(NumberKind::PublicSecurity);
        let province = self.province(before, Side::PublicSecurity)?;
        let form = &self.grammar.public_security;
        let (digits, tail) = split_digits(after.strip_prefix(' ').unwrap_or(after));
        let serial_at = form.area_digits + form.type_digits.len();
        if digits.len() != serial_at + form.serial_digits {
            return Err(Reason::Digits { found: digits.len(), expected: "14" });
        }
        let (area, rest) = digits.split_at_checked(form.area_digits).unwrap_or((digits, ""));
        let serial = rest.strip_prefix(form.type_digits.as_str()).ok_or(Reason::TypeDigits)?;
        only_hao(tail)?;
        if !area.starts_with(&province.gb2260) {
            let area = area.chars().take(2).collect();
            self.doubt(Reason::AreaMismatch { area, expected: province.gb2260.clone() });
        }
        self.serial(serial);
        if !province.public_security_verified {
            self.notice(Notice::UnverifiedAbbreviation);
        }
        self.report.area = Some(area.to_owned());
        self.report.normal = Some(format!("{}公网安备{digits}号", province.public_security));
        self.report.province = Some(province);
        Ok(())
    }

    /// Tells whether a text without ICP证 opens like a licence: 京B2-, 合字B2-.
    fn opens_licence(&self, text: &str) -> bool {
        let form = &self.grammar.licence;
        let rest = text.strip_prefix(form.national.as_str()).or_else(|| {
            let first = text.chars().next()?;
            text.get(first.len_utf8()..)
        });
        rest.is_some_and(|rest| rest.starts_with(['A', 'B']) && rest.contains('-'))
    }

    fn licence(&mut self, prefix: Option<&str>, text: &str) -> Result<(), Reason> {
        self.report.kind = Some(NumberKind::Licence);
        let outer = match prefix {
            None | Some("") => None,
            Some(prefix) => Some(self.province(prefix, Side::Communications)?),
        };
        let (digits, tail) = split_digits(text);
        if !digits.is_empty() {
            return self.legacy(outer.ok_or(Reason::ProvinceMissing)?, digits, tail);
        }
        let national = self.grammar.licence.national.as_str();
        let (issuer, rest, province) = match text.strip_prefix(national) {
            Some(rest) => (national.to_owned(), rest, None),
            None => {
                let first = text.chars().next().ok_or(Reason::ProvinceMissing)?;
                let rest = text.get(first.len_utf8()..).unwrap_or_default();
                if first.is_ascii() {
                    return Err(Reason::ProvinceMissing);
                }
                (first.to_string(), rest, Some(self.province(&first.to_string(), Side::Communications)?))
            }
        };
        let form = if province.is_some() { LicenceForm::Provincial } else { LicenceForm::CrossRegion };
        self.report.form = Some(form);
        let (classes, digits) = rest.split_once('-').ok_or(Reason::LicenceClass)?;
        let listed: Vec<String> = classes.split(['.', '、']).map(str::to_owned).collect();
        if !listed.iter().all(|class| self.grammar.licence.classes.contains(class)) {
            return Err(Reason::LicenceClass);
        }
        let (digits, tail) = split_digits(digits);
        let (hao, service) = self.licence_service(tail)?;
        only_hao(hao)?;
        let (year, serial) = match (digits.len(), digits.split_at_checked(4)) {
            (8, Some((year, serial))) => (number(year), serial),
            (found, _) => return Err(Reason::Digits { found, expected: "8" }),
        };
        if !(self.grammar.licence.first_year..2100).contains(&year) {
            return Err(Reason::LicenceYear(year));
        }
        if year > self.at.year() {
            self.doubt(Reason::YearAhead(year));
        }
        if outer.is_some() && outer != province {
            self.doubt(Reason::LicenceProvince);
        }
        self.serial(serial);
        self.report.year = Some(year);
        self.report.normal = Some(format!("{issuer}{}-{digits}{service}", listed.join(".")));
        self.report.classes = listed;
        self.report.province = province;
        Ok(())
    }

    fn legacy(&mut self, province: Province, digits: &str, tail: &str) -> Result<(), Reason> {
        self.report.form = Some(LicenceForm::Legacy);
        if digits.len() != self.grammar.licence.legacy_digits {
            return Err(Reason::Digits { found: digits.len(), expected: "6" });
        }
        let (hao, service) = self.licence_service(tail)?;
        only_hao(hao)?;
        self.serial(digits);
        self.report.normal = Some(format!("{}ICP证{digits}号{service}", province.icp));
        self.report.province = Some(province);
        Ok(())
    }

    /// Takes the service number off what follows a licence: sites served under one are listed as
    /// `粤B2-20090059-5` and `京ICP证030173号-1` instead of under a filing.
    fn licence_service<'t>(&mut self, tail: &'t str) -> Result<(&'t str, String), Reason> {
        let Some((hao, service)) = tail.split_once('-') else { return Ok((tail, String::new())) };
        let number = service.parse::<u32>().ok().filter(|n| (1..=self.grammar.filing.service_max).contains(n));
        let number = number.filter(|_| !service.starts_with(['0', '+'])).ok_or(Reason::ServiceNumber)?;
        self.report.service = Some(number);
        self.notice(Notice::LicenceService);
        Ok((hao, format!("-{number}")))
    }

    /// Reads the abbreviation before the mark; the two sides differ for three provinces.
    fn province(&self, text: &str, side: Side) -> Result<Province, Reason> {
        let mut chars = text.chars();
        let (Some(found), None) = (chars.next(), chars.next()) else {
            let missing = text.is_empty();
            return Err(if missing { Reason::ProvinceMissing } else { Reason::ProvinceUnknown(text.to_owned()) });
        };
        let (own, other) = match side {
            Side::Communications => (self.grammar.by_icp(found), self.grammar.by_public_security(found)),
            Side::PublicSecurity => (self.grammar.by_public_security(found), self.grammar.by_icp(found)),
        };
        own.cloned().ok_or_else(|| match other {
            Some(province) => Reason::ProvinceOfOtherSide {
                found,
                expected: match side {
                    Side::Communications => province.icp,
                    Side::PublicSecurity => province.public_security,
                },
                name: province.name.clone(),
            },
            None => Reason::ProvinceUnknown(text.to_owned()),
        })
    }
}

#[derive(Clone, Copy)]
enum Side {
    Communications,
    PublicSecurity,
}

/// Splits the leading ASCII digits off.
fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Reads at most four digits.
fn number(digits: &str) -> i16 {
    digits.parse().unwrap_or_default()
}

fn only_hao(tail: &str) -> Result<(), Reason> {
    if matches!(tail, "" | "号") { Ok(()) } else { Err(Reason::OutOfPlace(tail.to_owned())) }
}
