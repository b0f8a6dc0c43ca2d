//! From fields to a row: the name, what is known about it, and what was repaired on the way.

use jiff::tz::TimeZone;
use namekeep_model::name::{NameFault, NameWarning};
use namekeep_model::portfolio::{Ending, Intent};
use namekeep_model::{DomainName, Words, words};

use super::Entry;
use super::columns::{Column, Table};
use super::reject::{Reject, RejectCode, WITHHELD, shown, unguarded};
use super::values::{self, Day, Unread};

/// Characters a free text may have.
const MAX_FREE_TEXT: usize = 1_000;
/// Tags one name may have.
const MAX_TAGS: usize = 64;

/// A name taken over and what the source says of it. The texts come from outside: they hold no
/// control characters, but escape them before showing.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Line of the source, counted from 1.
    pub line: u64,
    /// The registrable name.
    pub name: DomainName,
    /// The day of expiry.
    pub expires: Option<Day>,
    /// The day of registration.
    pub registered: Option<Day>,
    /// The registrar.
    pub registrar: Option<String>,
    /// The account at the registrar.
    pub account: Option<String>,
    /// The person who answers for the name.
    pub owner: Option<String>,
    /// The registrant.
    pub registrant: Option<String>,
    /// The cost centre.
    pub cost_centre: Option<String>,
    /// Whether it renews by itself.
    pub auto_renew: Option<bool>,
    /// A remark.
    pub remark: Option<String>,
    /// What is to become of the name.
    pub intent: Option<Intent>,
    /// How a retirement ends.
    pub ending: Option<Ending>,
    /// The group.
    pub group: Option<String>,
    /// The filing number as written.
    pub filing: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// What was repaired or left out, and warnings about the name.
    pub notices: Vec<RowNotice>,
}

impl Row {
    fn new(line: u64, name: DomainName) -> Self {
        Self {
            line,
            name,
            expires: None,
            registered: None,
            registrar: None,
            account: None,
            owner: None,
            registrant: None,
            cost_centre: None,
            auto_renew: None,
            remark: None,
            intent: None,
            ending: None,
            group: None,
            filing: None,
            tags: Vec::new(),
            notices: Vec::new(),
        }
    }
}

/// What is worth knowing about an accepted row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowNotice {
    /// The name was taken out of a URL.
    FromUrl,
    /// The asterisk of a wildcard was removed.
    FromWildcard,
    /// A host name was reduced to the name one registers.
    Reduced {
        /// The host name.
        from: DomainName,
    },
    /// A value was not understood and left out.
    Unread {
        /// The column.
        column: Column,
        /// The value, escaped and cut.
        text: String,
    },
    /// A value can be read in two ways and was left out.
    Ambiguous {
        /// The column.
        column: Column,
        /// The value, escaped and cut.
        text: String,
    },
    /// A text was longer than 1,000 characters, or tags more than 64, and was cut.
    Cut {
        /// The column.
        column: Column,
    },
    /// Invisible characters were removed from a text.
    Cleaned {
        /// The column.
        column: Column,
    },
    /// Fields beyond the last heading were joined to the remark.
    Joined,
    /// Fields beyond the last heading were left out.
    Surplus,
    /// A warning about the name itself.
    Name(NameWarning),
}

impl RowNotice {
    /// Returns the word a script reads.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::FromUrl => "from-url",
            Self::FromWildcard => "from-wildcard",
            Self::Reduced { .. } => "reduced",
            Self::Unread { .. } => "unread",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Cut { .. } => "cut",
            Self::Cleaned { .. } => "cleaned",
            Self::Joined => "joined",
            Self::Surplus => "surplus",
            Self::Name(warning) => warning.kind.code(),
        }
    }

    /// Says it in a sentence.
    pub fn words(&self) -> Words {
        match self {
            Self::FromUrl => words!(en: "the name was taken out of a URL", zh: "域名取自网址"),
            Self::FromWildcard => words!(en: "the asterisk was removed", zh: "已去掉通配符"),
            Self::Reduced { from } => words!(
                en: "{from} is a host; the name one registers was taken",
                zh: "{from} 是主机名，已取其可注册的域名",
            ),
            Self::Unread { text, .. } => {
                words!(en: "{text} was not understood and left out", zh: "无法识别 {text}，已略去")
            }
            Self::Ambiguous { text, .. } => {
                words!(en: "{text} can be read in two ways and was left out", zh: "{text} 有两种读法，已略去")
            }
            Self::Cut { .. } => words!(en: "a long text was cut", zh: "过长的文字已截断"),
            Self::Cleaned { .. } => words!(en: "invisible characters were removed", zh: "已删去不可见字符"),
            Self::Joined => words!(en: "surplus fields were joined to the remark", zh: "多出的字段已并入备注"),
            Self::Surplus => words!(en: "surplus fields were left out", zh: "多出的字段已略去"),
            Self::Name(warning) => warning.text(),
        }
    }
}

/// Reads a record of a table.
pub(super) fn from_table(
    table: &Table,
    line: u64,
    text: &str,
    fields: Vec<String>,
    zone: &TimeZone,
    out: &mut Vec<Entry>,
) {
    let mut fields = fields;
    let mut surplus = Vec::new();
    let width = table.headings().len();
    if fields.len() > width {
        let more = fields.split_off(width);
        if more.iter().any(|field| !field.trim().is_empty()) {
            surplus = more;
        }
    }
    let field = |column: Column| {
        let at = table.find(column)?;
        fields.get(at).map(|field| unguarded(field.trim())).filter(|field| !field.is_empty())
    };
    let reject = |code| {
        let text = if table.holds_secrets() { WITHHELD } else { text };
        Entry::Rejected(Reject::new(line, text, code))
    };
    let mut row = match field(Column::Name).ok_or(RejectCode::NoName).and_then(|text| named(line, text)) {
        Ok(row) => row,
        Err(code) => {
            out.push(reject(code));
            return;
        }
    };
    let mut reader = Reader { notices: std::mem::take(&mut row.notices), zone };
    row.expires = reader.day(Column::Expires, field(Column::Expires));
    row.registered = reader.day(Column::Registered, field(Column::Registered));
    row.auto_renew = reader.value(Column::AutoRenew, field(Column::AutoRenew), values::flag);
    let decided = reader.value(Column::Intent, field(Column::Intent), values::intent);
    row.intent = decided.map(|(intent, _)| intent);
    row.ending = decided.and_then(|(_, ending)| ending);
    row.registrar = reader.text(Column::Registrar, field(Column::Registrar));
    row.account = reader.text(Column::Account, field(Column::Account));
    row.owner = reader.text(Column::Owner, field(Column::Owner));
    row.registrant = reader.text(Column::Registrant, field(Column::Registrant));
    row.cost_centre = reader.text(Column::CostCentre, field(Column::CostCentre));
    row.group = reader.text(Column::Group, field(Column::Group));
    row.filing = reader.text(Column::Filing, field(Column::Filing));
    row.tags = reader.tags(field(Column::Tags));
    let mut remark = field(Column::Remark).map(str::to_owned);
    if !surplus.is_empty() {
        // A table written without quotes: a delimiter inside the remark, its last column.
        if table.ends_in_remark() {
            let delimiter = table.delimiter().to_string();
            surplus.insert(0, remark.take().unwrap_or_default());
            remark = Some(surplus.join(&delimiter));
            reader.notices.push(RowNotice::Joined);
        } else {
            reader.notices.push(RowNotice::Surplus);
        }
    }
    row.remark = reader.text(Column::Remark, remark.as_deref());
    row.notices = reader.notices;
    out.push(Entry::Accepted(Box::new(row)));
}

/// Reads a line of names; a day after a name is its expiry (a time of day behind it is passed
/// over), and `#` begins a comment.
pub(super) fn from_list(line: u64, text: &str, zone: &TimeZone, out: &mut Vec<Entry>) {
    let separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '，' | '；' | '、' | '\u{FEFF}');
    let around = |c: char| matches!(c, '"' | '\'' | '<' | '>' | '(' | ')' | '“' | '”' | '‘' | '’' | '《' | '》');
    let mut current: Option<Row> = None;
    let flush = |current: &mut Option<Row>, out: &mut Vec<Entry>| {
        out.extend(current.take().map(|row| Entry::Accepted(Box::new(row))));
    };
    for token in text.split(separator) {
        if token.starts_with('#') {
            break;
        }
        let token = token.trim_matches(around);
        if token.is_empty() {
            continue;
        }
        if let Some(row) = current.as_mut() {
            let clock = |c: char| c.is_ascii_digit() || c == ':';
            if row.expires.is_some() && token.contains(':') && token.chars().all(clock) {
                continue;
            }
            if row.expires.is_none()
                && let Ok(Some(day)) = values::day(token, zone)
            {
                row.expires = Some(day);
                continue;
            }
        }
        flush(&mut current, out);
        match named(line, token) {
            Ok(row) => current = Some(row),
            Err(code) => out.push(Entry::Rejected(Reject::new(line, token, code))),
        }
    }
    flush(&mut current, out);
}

/// Makes a row of the name a text stands for: out of a URL, without wildcard or host part.
fn named(line: u64, text: &str) -> Result<Row, RejectCode> {
    let mut notices = Vec::new();
    let given = DomainName::parse(text).or_else(|error| match error.fault {
        NameFault::Url | NameFault::Port => {
            notices.push(RowNotice::FromUrl);
            DomainName::parse(host_of(text)).map_err(|_| error)
        }
        NameFault::Wildcard => {
            notices.push(RowNotice::FromWildcard);
            DomainName::parse(text.trim().trim_start_matches("*.")).map_err(|_| error)
        }
        _ => Err(error),
    });
    let given = given.map_err(RejectCode::Name)?;
    let name = match given.registrable() {
        Some(name) => name,
        // A private suffix such as github.io is a suffix to all but its owner.
        None => given.registry_registrable().filter(|held| *held == given).ok_or(RejectCode::PublicSuffix)?,
    };
    if name != given {
        notices.push(RowNotice::Reduced { from: given });
    }
    notices.extend(name.warnings().into_iter().filter(|warning| !warning.kind.is_note()).map(RowNotice::Name));
    let mut row = Row::new(line, name);
    row.notices = notices;
    Ok(row)
}

/// Cuts scheme, user, port and path off a URL.
fn host_of(text: &str) -> &str {
    let rest = text.trim();
    let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
    let rest = rest.split(['/', '\\', '?', '#']).next().unwrap_or(rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    rest.split_once(':').map_or(rest, |(host, _)| host)
}

struct Reader<'a> {
    notices: Vec<RowNotice>,
    zone: &'a TimeZone,
}

impl Reader<'_> {
    fn day(&mut self, column: Column, text: Option<&str>) -> Option<Day> {
        let zone = self.zone;
        self.value(column, text, |text| values::day(text, zone))
    }

    fn value<T>(
        &mut self,
        column: Column,
        text: Option<&str>,
        read: impl Fn(&str) -> Result<Option<T>, Unread>,
    ) -> Option<T> {
        let text = text?;
        match read(text) {
            Ok(value) => value,
            Err(why) => {
                let text = shown(text, 40);
                self.notices.push(match why {
                    Unread::Form => RowNotice::Unread { column, text },
                    Unread::Ambiguous => RowNotice::Ambiguous { column, text },
                });
                None
            }
        }
    }

    /// Takes a free text without invisible characters.
    fn text(&mut self, column: Column, text: Option<&str>) -> Option<String> {
        let text = text.filter(|text| !values::is_nothing(text))?;
        let invisible = |c: char| {
            c.is_control()
                || matches!(c, '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
        };
        let mut kept = String::new();
        let mut cleaned = false;
        for (count, c) in text.chars().enumerate() {
            if count >= MAX_FREE_TEXT {
                self.notices.push(RowNotice::Cut { column });
                break;
            }
            match c {
                '\n' | '\r' | '\t' => kept.push(' '),
                _ if invisible(c) => cleaned = true,
                _ => kept.push(c),
            }
        }
        if cleaned {
            self.notices.push(RowNotice::Cleaned { column });
        }
        let kept = kept.trim();
        (!kept.is_empty()).then(|| kept.to_owned())
    }

    fn tags(&mut self, text: Option<&str>) -> Vec<String> {
        let Some(text) = self.text(Column::Tags, text) else { return Vec::new() };
        let mut tags: Vec<String> = Vec::new();
        for tag in text.split(['、', ',', '，', ';', '；', '|']).map(str::trim).filter(|tag| !tag.is_empty()) {
            if tags.len() >= MAX_TAGS {
                self.notices.push(RowNotice::Cut { column: Column::Tags });
                break;
            }
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }
}
