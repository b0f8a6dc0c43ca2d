//! Why a number is refused or doubted, and what was repaired on the way.

use namekeep_model::text::{Lang, Text, Words};
use namekeep_model::words;
use serde::Serialize;

/// Why a number is invalid or suspicious.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing was given.
    Empty,
    /// More characters than any number has.
    TooLong,
    /// No mark of any kind of number (ICP备, 公网安备, ICP证, a licence class).
    Unrecognised,
    /// Several numbers in one text.
    Several,
    /// No province before the mark.
    ProvinceMissing,
    /// What stands before the mark is no abbreviation of a province.
    ProvinceUnknown(String),
    /// The abbreviation of the other side: communications and public security differ.
    ProvinceOfOtherSide {
        /// Abbreviation found.
        found: char,
        /// Abbreviation this side uses.
        expected: char,
        /// Name of the province.
        name: String,
    },
    /// The wrong number of digits.
    Digits {
        /// Digits found.
        found: usize,
        /// Counts the grammar allows.
        expected: &'static str,
    },
    /// Ten digits with a year before the form existed.
    LongFormTooEarly(i16),
    /// The service number does not count from 1 without leading zeros.
    ServiceNumber,
    /// A letter after the service number that names no kind.
    SuffixLetter(char),
    /// Text after the end of the number, or out of place in it.
    OutOfPlace(String),
    /// The seventh and eighth digits of a public security number are not its type.
    TypeDigits,
    /// No licence class of the catalogue.
    LicenceClass,
    /// A year outside the times of the form.
    LicenceYear(i16),
    /// The year has not come yet.
    YearAhead(i16),
    /// Eight digits with a year in which that form was not issued.
    ShortFormYear(i16),
    /// The area code belongs to another province than the abbreviation.
    AreaMismatch {
        /// First two digits of the area code.
        area: String,
        /// Code of the abbreviation.
        expected: String,
    },
    /// The province before ICP证 is not that of the licence.
    LicenceProvince,
    /// A running number of zeros only.
    ZeroSerial,
}

impl Reason {
    /// Returns the word a script reads.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too-long",
            Self::Unrecognised => "unrecognised",
            Self::Several => "several",
            Self::ProvinceMissing => "province-missing",
            Self::ProvinceUnknown(_) => "province-unknown",
            Self::ProvinceOfOtherSide { .. } => "province-of-other-side",
            Self::Digits { .. } => "digits",
            Self::LongFormTooEarly(_) => "long-form-too-early",
            Self::ServiceNumber => "service-number",
            Self::SuffixLetter(_) => "suffix-letter",
            Self::OutOfPlace(_) => "out-of-place",
            Self::TypeDigits => "type-digits",
            Self::LicenceClass => "licence-class",
            Self::LicenceYear(_) => "licence-year",
            Self::YearAhead(_) => "year-ahead",
            Self::ShortFormYear(_) => "short-form-year",
            Self::AreaMismatch { .. } => "area-mismatch",
            Self::LicenceProvince => "licence-province",
            Self::ZeroSerial => "zero-serial",
        }
    }

    /// Says it in a sentence. Text from the input is escaped.
    pub fn words(&self) -> Words {
        match self {
            Self::Empty => words!(en: "no number was given", zh: "没有给出号码"),
            Self::TooLong => words!(en: "the text is longer than any such number", zh: "文本长于任何此类号码"),
            Self::Unrecognised => words!(
                en: "no ICP备, 公网安备, ICP证 or licence class was found",
                zh: "没有找到 ICP备、公网安备、ICP证 或许可证类别",
            ),
            Self::Several => words!(
                en: "the text holds several numbers; give one at a time",
                zh: "文本中有多个号码，请逐个给出",
            ),
            Self::ProvinceMissing => words!(
                en: "the abbreviation of the province is missing",
                zh: "缺少省份简称",
            ),
            Self::ProvinceUnknown(found) => words!(
                en: "{} is no abbreviation of a province",
                zh: "{} 不是省份简称",
                found.escape_debug(),
            ),
            Self::ProvinceOfOtherSide { found, expected, name } => words!(
                en: "{name} appears as {expected} in this kind of number, not as {found}",
                zh: "{name}在此类号码中写作{expected}，不是{found}",
            ),
            Self::Digits { found, expected } => words!(
                en: "{found} digits where {expected} are due",
                zh: "数字为 {found} 位，应为 {expected} 位",
            ),
            Self::LongFormTooEarly(year) => words!(
                en: "numbers of ten digits exist from 2020 only, not for {year}",
                zh: "10 位序号自 2020 年起使用，不会是 {year} 年",
            ),
            Self::ServiceNumber => words!(
                en: "the number after the hyphen counts from 1 to 99999 without leading zeros",
                zh: "连字符后的序号从 1 到 99999，且不以 0 开头",
            ),
            Self::SuffixLetter(letter) => words!(
                en: "no kind of service has the letter {}",
                zh: "没有以 {} 结尾的服务类型",
                letter.escape_debug(),
            ),
            Self::OutOfPlace(text) => words!(
                en: "{} is out of place",
                zh: "{} 不应出现在此处",
                text.escape_debug(),
            ),
            Self::TypeDigits => words!(
                en: "the seventh and eighth digits of a public security number are 02",
                zh: "公安备案号的第 7、8 位应为 02",
            ),
            Self::LicenceClass => words!(
                en: "the licence class is none of A1, A2, B1, B2",
                zh: "许可证类别不是 A1、A2、B1、B2 之一",
            ),
            Self::LicenceYear(year) => words!(
                en: "no licence of this form was issued in {year}",
                zh: "{year} 年没有发放此种许可证",
            ),
            Self::YearAhead(year) => words!(
                en: "the year {year} has not come yet",
                zh: "{year} 年尚未到来",
            ),
            Self::ShortFormYear(year) => words!(
                en: "numbers of eight digits were issued from 2005 to 2020, not in {year}",
                zh: "8 位序号在 2005 至 2020 年间发放，不会是 {year} 年",
            ),
            Self::AreaMismatch { area, expected } => words!(
                en: "the area code starts with {area}; the abbreviation stands for {expected}",
                zh: "地区代码以 {area} 开头，而简称对应 {expected}",
            ),
            Self::LicenceProvince => words!(
                en: "the provinces before and after ICP证 differ",
                zh: "ICP证 前后的省份不一致",
            ),
            Self::ZeroSerial => words!(
                en: "a running number of zeros only is not issued",
                zh: "序号不会全为 0",
            ),
        }
    }
}

/// What was changed to read a number, or is worth knowing about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// Full-width or other compatibility forms were folded.
    FullWidth,
    /// Spaces or invisible characters were removed.
    Spaces,
    /// Traditional characters were replaced.
    Traditional,
    /// Letters were put in capitals.
    Case,
    /// A label or punctuation around the number was removed.
    Label,
    /// A word between the mark and the digits was removed.
    Word,
    /// Another dash was replaced by a hyphen.
    Dash,
    /// A missing 号 was added.
    MissingHao,
    /// A 号 at the end was moved back before the hyphen.
    MisplacedHao,
    /// A second 号 was removed.
    ExtraHao,
    /// A missing hyphen was added.
    MissingHyphen,
    /// A service number follows a licence: how sites served under one are listed.
    LicenceService,
    /// The letter of the kind was recalled, not seen in an example.
    UnverifiedSuffix,
    /// The abbreviation was assumed, not seen in an example.
    UnverifiedAbbreviation,
}

impl Notice {
    /// Returns the word a script reads.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FullWidth => "full-width",
            Self::Spaces => "spaces",
            Self::Traditional => "traditional",
            Self::Case => "case",
            Self::Label => "label",
            Self::Word => "word",
            Self::Dash => "dash",
            Self::MissingHao => "missing-hao",
            Self::MisplacedHao => "misplaced-hao",
            Self::ExtraHao => "extra-hao",
            Self::MissingHyphen => "missing-hyphen",
            Self::LicenceService => "licence-service",
            Self::UnverifiedSuffix => "unverified-suffix",
            Self::UnverifiedAbbreviation => "unverified-abbreviation",
        }
    }

    /// Tells whether the number was changed.
    pub const fn is_repair(self) -> bool {
        !matches!(self, Self::LicenceService | Self::UnverifiedSuffix | Self::UnverifiedAbbreviation)
    }

    /// Says it in a sentence.
    pub const fn text(self) -> Text {
        match self {
            Self::FullWidth => Text::new("full-width forms were folded", "已将全角字符转为半角"),
            Self::Spaces => Text::new("spaces were removed", "已删去空格"),
            Self::Traditional => Text::new("traditional characters were replaced", "已将繁体字换成简体字"),
            Self::Case => Text::new("letters were put in capitals", "已将字母改为大写"),
            Self::Label => Text::new("text around the number was removed", "已删去号码前后的文字"),
            Self::Word => Text::new("a word before the digits was removed", "已删去数字前多余的字"),
            Self::Dash => Text::new("another dash was replaced by a hyphen", "已将其他横线改为连字符"),
            Self::MissingHao => Text::new("a missing 号 was added", "已补上缺少的“号”"),
            Self::MisplacedHao => Text::new("号 was moved back before the hyphen", "已将“号”移回连字符之前"),
            Self::ExtraHao => Text::new("a second 号 was removed", "已删去多余的“号”"),
            Self::MissingHyphen => Text::new("a missing hyphen was added", "已补上缺少的连字符"),
            Self::LicenceService => Text::new(
                "the number after the hyphen names a site served under the licence",
                "连字符后的序号指该许可证下的网站",
            ),
            Self::UnverifiedSuffix => Text::new(
                "the meaning of the letter is recalled, not seen in an example",
                "该字母的含义凭记忆记录，未见实例",
            ),
            Self::UnverifiedAbbreviation => Text::new(
                "the abbreviation of the province is assumed, not seen in an example",
                "该省份简称系推定，未见实例",
            ),
        }
    }

    /// Writes it in one language.
    pub const fn view(self, lang: Lang) -> NoticeView {
        NoticeView { code: self.code(), text: self.text().get(lang) }
    }
}

/// A [`Notice`] as a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NoticeView {
    /// The word a script reads.
    pub code: &'static str,
    /// The sentence.
    pub text: &'static str,
}
