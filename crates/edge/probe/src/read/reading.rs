//! The one record both readers fill.
//!
//! Knows what a registry can say of a name, not how it says it. Nothing here judges whether a
//! date may be relied on: a registry that renews automatically shows a year too much.

use std::{collections::BTreeMap, fmt, net::IpAddr};

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};
use namekeep_model::text::Words;
use namekeep_model::words;
use serde::{Deserialize, Serialize, Serializer};

/// What an answer says of the name, in one word.
///
/// `suspended` is said only where the registry itself uses such a word for the registration.
/// `serverHold` and `clientHold` take the delegation out of the zone (RFC 5731, section 2.3) and
/// leave the registration as it is, so a held name stays `registered`, with a note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Somebody holds the name.
    Registered,
    /// The server knows of no registration.
    Available,
    /// Kept back by the registry.
    Reserved,
    /// Barred from registration by policy or by another registration.
    Blocked,
    /// Offered at a price of its own.
    Premium,
    /// The server asks to be asked less often.
    Throttled,
    /// The server does not answer this client or this question.
    Refused,
    /// The server could not answer: out of order, or nothing came.
    Unavailable,
    /// The server says that the question is malformed.
    InvalidQuery,
    /// Deleted and still restorable by the last holder (RFC 3915).
    Redemption,
    /// Deleted, no longer restorable, not yet free.
    PendingDelete,
    /// Deleted and kept back by the registry for a time.
    Quarantined,
    /// Registered and switched off by the registry.
    Suspended,
    /// Past its end, not yet deleted.
    Expired,
    /// The answer was read and says none of these.
    #[default]
    Unknown,
}

impl Class {
    /// Gives the word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Available => "available",
            Self::Reserved => "reserved",
            Self::Blocked => "blocked",
            Self::Premium => "premium",
            Self::Throttled => "throttled",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::InvalidQuery => "invalid-query",
            Self::Redemption => "redemption",
            Self::PendingDelete => "pending-delete",
            Self::Quarantined => "quarantined",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Unknown => "unknown",
        }
    }

    /// Finds the class of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// Every class.
    pub const ALL: [Self; 15] = [
        Self::Registered,
        Self::Available,
        Self::Reserved,
        Self::Blocked,
        Self::Premium,
        Self::Throttled,
        Self::Refused,
        Self::Unavailable,
        Self::InvalidQuery,
        Self::Redemption,
        Self::PendingDelete,
        Self::Quarantined,
        Self::Suspended,
        Self::Expired,
        Self::Unknown,
    ];

    /// Tells whether the server spoke of itself or of the question, not of the name.
    pub const fn is_about_the_service(self) -> bool {
        matches!(self, Self::Throttled | Self::Refused | Self::Unavailable | Self::InvalidQuery)
    }
}

/// A moment as a source gives it: a day, or a day with a time in a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// A calendar day; the source gives no time.
    Day(Date),
    /// A local time and its distance from UTC, as the source gives them.
    Instant {
        /// The day in the source's zone.
        day: Date,
        /// The time in the source's zone.
        time: Time,
        /// The zone's distance from UTC then.
        offset: Offset,
    },
}

impl When {
    /// Gives the day in the source's own zone.
    pub const fn day(self) -> Date {
        match self {
            Self::Day(day) | Self::Instant { day, .. } => day,
        }
    }

    /// Gives the instant, where the source is that exact and the instant can be counted.
    pub fn instant(self) -> Option<Timestamp> {
        match self {
            Self::Day(_) => None,
            Self::Instant { day, time, offset } => offset.to_timestamp(day.to_datetime(time)).ok(),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::Instant { day, time, offset } => {
                write!(f, "{day}T{time}")?;
                let seconds = offset.seconds();
                if seconds == 0 {
                    return f.write_str("Z");
                }
                let sign = if seconds < 0 { '-' } else { '+' };
                let minutes = seconds.unsigned_abs() / 60;
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Something a user of a reading should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// The answer is about another name than the one asked.
    OtherName {
        /// The name asked.
        asked: String,
        /// The name in the answer.
        found: String,
    },
    /// The answer names no domain; the one asked was taken.
    NameNotStated,
    /// Nothing came.
    Empty,
    /// A web page came instead of data.
    Html,
    /// The server's own words, for a class that rests on them.
    Said(String),
    /// The server gave an RDAP error code.
    ErrorCode(u16),
    /// A hold keeps the name out of the zone.
    Held(String),
    /// A time had no zone and one was assumed.
    ZoneAssumed(String),
    /// A date could not be read.
    OddDate {
        /// Where it stood.
        field: String,
        /// What stood there.
        text: String,
    },
    /// The source gives only a bound for the first registration.
    Before(String),
    /// Only the registrar's own end date is given.
    RegistrarDateOnly,
    /// Registry and registrar give different end dates.
    TwoEndDates {
        /// The registry's.
        registry: String,
        /// The registrar's.
        registrar: String,
    },
    /// A value had another form than the specification asks for.
    OddForm(String),
    /// Bytes were not valid in the encoding and were replaced.
    BadBytes,
    /// The encoding was chosen by likelihood.
    EncodingGuessed,
    /// The answer holds several objects; the one closest to the question was read.
    SeveralObjects(usize),
    /// The answer points to another server.
    ReferredTo(String),
    /// A list was longer than the reader keeps.
    Shortened(&'static str),
}

impl Note {
    /// Gives the stable word of the note.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherName { .. } => "other-name",
            Self::NameNotStated => "name-not-stated",
            Self::Empty => "empty",
            Self::Html => "html",
            Self::Said(_) => "said",
            Self::ErrorCode(_) => "error-code",
            Self::Held(_) => "held",
            Self::ZoneAssumed(_) => "zone-assumed",
            Self::OddDate { .. } => "odd-date",
            Self::Before(_) => "before",
            Self::RegistrarDateOnly => "registrar-date-only",
            Self::TwoEndDates { .. } => "two-end-dates",
            Self::OddForm(_) => "odd-form",
            Self::BadBytes => "bad-bytes",
            Self::EncodingGuessed => "encoding-guessed",
            Self::SeveralObjects(_) => "several-objects",
            Self::ReferredTo(_) => "referred-to",
            Self::Shortened(_) => "shortened",
        }
    }

    /// Puts the note into words.
    pub fn words(&self) -> Words {
        match self {
            Self::OtherName { asked, found } => {
                words!(en: "the answer is about {found}, the question was {asked}", zh: "应答的是 {found},查询的是 {asked}", asked = asked, found = found)
            }
            Self::NameNotStated => {
                words!(en: "the answer names no domain; the one asked is shown", zh: "应答没有写明域名;此处为查询的域名")
            }
            Self::Empty => words!(en: "nothing came", zh: "没有收到内容"),
            Self::Html => words!(en: "a web page came instead of data", zh: "收到的是网页,不是数据"),
            Self::Said(text) => words!(en: "the server said: {text}", zh: "服务器称:{text}", text = text),
            Self::ErrorCode(code) => words!(en: "error code {code}", zh: "错误代码 {code}", code = code),
            Self::Held(status) => {
                words!(en: "{status} keeps the name out of the zone", zh: "{status} 使该域名不进入解析区", status = status)
            }
            Self::ZoneAssumed(zone) => {
                words!(en: "times without a zone are read as {zone}", zh: "未注明时区的时间按 {zone} 理解", zone = zone)
            }
            Self::OddDate { field, text } => {
                words!(en: "not a date in \"{field}\": {text}", zh: "“{field}”中不是日期:{text}", field = field, text = text)
            }
            Self::Before(text) => {
                words!(en: "registered {text}; the day shown is that bound", zh: "注册时间为 {text};所示日期是该界限", text = text)
            }
            Self::RegistrarDateOnly => {
                words!(en: "the end date is the registrar's, the registry's is not given", zh: "到期日是注册商的日期,没有注册局的日期")
            }
            Self::TwoEndDates { registry, registrar } => {
                words!(en: "end date at the registry {registry}, at the registrar {registrar}", zh: "注册局到期日 {registry},注册商到期日 {registrar}", registry = registry, registrar = registrar)
            }
            Self::OddForm(place) => {
                words!(en: "{place} has not the form of the specification", zh: "{place} 的形式不合规范", place = place)
            }
            Self::BadBytes => {
                words!(en: "bytes that do not fit the encoding were replaced", zh: "不合编码的字节已被替换")
            }
            Self::EncodingGuessed => {
                words!(en: "the encoding was chosen by likelihood", zh: "编码是按可能性判断的")
            }
            Self::SeveralObjects(count) => {
                words!(en: "{count} objects in the answer; the closest was read", zh: "应答中有 {count} 个对象;读取了最相近的一个", count = count)
            }
            Self::ReferredTo(server) => {
                words!(en: "the answer points to {server}", zh: "应答指向 {server}", server = server)
            }
            Self::Shortened(list) => {
                words!(en: "{list} is longer than what is kept", zh: "{list} 超出保留的长度", list = list)
            }
        }
    }
}

impl Serialize for Note {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}: {}", self.code(), self.words().en))
    }
}

/// What one answer says of one name.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reading {
    /// The class.
    pub class: Class,
    /// The name, as A-label, lower case.
    pub name: Option<String>,
    /// The sponsoring registrar's name.
    pub registrar: Option<String>,
    /// The registrar's number in the IANA list.
    pub registrar_iana_id: Option<u32>,
    /// First registered.
    pub created: Option<When>,
    /// Last changed.
    pub updated: Option<When>,
    /// End of the registration: the registry's word, else the registrar's (a note says so).
    pub expires: Option<When>,
    /// End of the registration in the registrar's books.
    pub registrar_expires: Option<When>,
    /// The zone taken for times that give none.
    pub assumed_zone: Option<String>,
    /// EPP and RGP statuses in EPP spelling; words of the registry's own as given.
    pub statuses: Vec<String>,
    /// Name servers, A-labels, lower case, in the order given.
    pub nameservers: Vec<String>,
    /// Addresses given with name servers.
    pub glue: BTreeMap<String, Vec<IpAddr>>,
    /// Whether the delegation is signed, where the answer tells.
    pub dnssec: Option<bool>,
    /// Other names of the same registration (RFC 9083, section 5.3).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<String>,
    /// What the source says it left out (RFC 9537).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redacted: Vec<String>,
    /// The server to ask next: a registry's (from the root) or a registrar's.
    pub referral: Option<String>,
    /// The encoding the bytes were read in.
    pub raw_encoding: String,
    /// Keys or lines that were not understood.
    pub unknown: Vec<String>,
    /// What a user should know.
    pub notes: Vec<Note>,
}

impl Reading {
    /// Makes a reading that says only one thing.
    pub(crate) fn only(class: Class, raw_encoding: &str, note: Note) -> Self {
        Self { class, raw_encoding: raw_encoding.to_owned(), notes: vec![note], ..Self::default() }
    }

    /// Compares the name with the one asked and notes a difference; fills in a name not stated.
    pub fn asked_for(&mut self, domain: &str) {
        let Some(asked) = super::host::a_label(domain) else { return };
        match &self.name {
            Some(found) if *found == asked => {}
            Some(found) => {
                let note = Note::OtherName { asked, found: found.clone() };
                if !self.notes.contains(&note) {
                    self.notes.push(note);
                }
            }
            None => {
                if !self.class.is_about_the_service() && self.class != Class::Unknown && self.class != Class::Available
                {
                    self.notes.push(Note::NameNotStated);
                }
                self.name = Some(asked);
            }
        }
    }
}
