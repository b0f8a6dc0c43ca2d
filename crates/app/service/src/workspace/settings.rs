//! What a workspace is set to: zone, language, people, and the most one renewal may cost.

use jiff::tz::TimeZone;
use namekeep_model::{Department, Lang, Money, Person, PersonId, Text, Words, words};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Exit, Failure};

/// The zone of calendar days where nobody chose one: filing days and registrar days are kept there.
pub const DEFAULT_ZONE: &str = "Asia/Shanghai";

/// A person of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRecord {
    /// Who, and for which department.
    #[serde(flatten)]
    pub person: Person,
    /// Their signature may count.
    #[serde(default)]
    pub approver: bool,
}

/// The settings of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The zone of calendar days, by its IANA name.
    pub zone: String,
    /// The language of what is written for people, where the command line asks for none.
    pub language: Lang,
    /// Who may be asked, and who may sign.
    pub people: Vec<PersonRecord>,
    /// Who asks for runs; their own signature never counts.
    pub requester: PersonId,
    /// The most one renewal may cost without a question, where somebody set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Money>,
}

/// The roles of a fresh workspace. They get tasks at once; to sign they need a key.
const ROLES: [(&str, Department); 6] = [
    ("operations", Department::Operations),
    ("security", Department::Security),
    ("legal", Department::Legal),
    ("compliance", Department::Compliance),
    ("finance", Department::Finance),
    ("brand", Department::Brand),
];

impl Default for Settings {
    /// The usual zone, English, and one person a department, none with a key.
    fn default() -> Self {
        let people: Vec<PersonRecord> = ROLES
            .into_iter()
            .filter_map(|(id, department)| {
                let id = PersonId::new(id).ok()?;
                Some(PersonRecord { person: Person { id, department, deputy: None }, approver: false })
            })
            .collect();
        #[expect(clippy::expect_used, reason = "a constant id; a test makes the default")]
        let requester = PersonId::new("operations").expect("an id");
        Self { zone: DEFAULT_ZONE.to_owned(), language: Lang::En, people, requester, ceiling: None }
    }
}

impl Settings {
    /// The default settings in a zone and a language.
    pub fn new(zone: &str, language: Lang) -> Result<Self, Failure> {
        zone_named(zone)?;
        Ok(Self { zone: zone.to_owned(), language, ..Self::default() })
    }

    /// The zone; one that this build does not know counts as UTC.
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }

    /// A person by id.
    pub fn person(&self, id: &PersonId) -> Option<&PersonRecord> {
        self.people.iter().find(|record| record.person.id == *id)
    }

    /// The people without their rights: what a rehearsal asks for.
    pub fn team(&self) -> Vec<Person> {
        self.people.iter().map(|record| record.person.clone()).collect()
    }
}

/// A zone by its IANA name.
pub fn zone_named(name: &str) -> Result<TimeZone, Failure> {
    TimeZone::get(name).map_err(|_| {
        let shown: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
        Failure::usage(words!(en: "`{shown}` is no time zone", zh: "`{shown}` 不是时区")).hint(Text::new(
            "give its IANA name, such as Asia/Shanghai or Europe/Berlin",
            "请用 IANA 名称，例如 Asia/Shanghai、Europe/Berlin",
        ))
    })
}

pub(super) fn read(value: Value) -> Result<Settings, Failure> {
    serde_json::from_value(value).map_err(|e| unreadable(&e))
}

pub(super) fn write(settings: &Settings) -> Result<Value, Failure> {
    serde_json::to_value(settings).map_err(|e| unreadable(&e))
}

fn unreadable(error: &serde_json::Error) -> Failure {
    let says = Words::quoted(error.to_string())
        .behind(Text::new("the settings of the workspace cannot be read: ", "无法读取工作区设置："));
    Failure::new("E4012", Exit::File, says).hint(Text::new(
        "a newer namekeep may have written them: use that one",
        "可能由较新版本的 namekeep 写入：请使用该版本",
    ))
}
