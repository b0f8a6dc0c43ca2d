//! The description of a world: everything that is true in it at its start, and what will happen.
//!
//! A spec is plain data (TOML or JSON, unknown fields refused). What a name, an account or a filing
//! is described with here is the very state the world then changes: a spec can therefore begin in
//! the middle of anything, and a running world is written back as a spec plus what is under way.

use std::collections::BTreeMap;

use namekeep_model::{AccountId, Date, Department, FactKey, Money, PersonId, Source, TaskKind, Timestamp, Words};
use serde::{Deserialize, Serialize};

use crate::WorldError;
use crate::calendar::Calendar;
use crate::faults::FaultRule;
use crate::money;
use crate::name::Name;
use crate::registry::RegistryRules;
use crate::script::Scripted;

/// Longest spec text read, in bytes.
pub const MAX_SPEC: usize = 8 * 1024 * 1024;

/// A whole world at its start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WorldSpec {
    /// What every draw depends on.
    pub seed: u64,
    /// The first instant.
    pub start: Timestamp,
    /// The IANA zone of offices, charge days and script times.
    #[serde(default = "shanghai")]
    pub zone: String,
    /// Nobody acts: people neither answer nor finish what they began.
    #[serde(default)]
    pub people_idle: bool,
    /// Days off and make-up days.
    #[serde(default)]
    pub calendar: Calendar,
    /// How the filing desk works.
    #[serde(default)]
    pub desk: Desk,
    /// The resolvers of the world, by weight.
    #[serde(default = "Resolver::usual")]
    pub resolvers: Vec<Resolver>,
    /// Registry rules by the id names refer to.
    #[serde(default)]
    pub rules: BTreeMap<String, RegistryRules>,
    /// Accounts.
    #[serde(default)]
    pub accounts: Vec<Account>,
    /// People.
    #[serde(default)]
    pub people: Vec<Colleague>,
    /// Names.
    #[serde(default)]
    pub names: Vec<Name>,
    /// What happens by itself, and when.
    #[serde(default)]
    pub script: Vec<Scripted>,
    /// How operations fail.
    #[serde(default)]
    pub faults: Vec<FaultRule>,
}

fn shanghai() -> String {
    "Asia/Shanghai".to_owned()
}

pub(crate) const fn yes() -> bool {
    true
}

impl WorldSpec {
    /// Reads a spec from TOML text.
    pub fn from_toml(text: &str) -> Result<Self, WorldError> {
        if text.len() > MAX_SPEC {
            return Err(WorldError::TooLarge(text.len()));
        }
        toml::from_str(text).map_err(|e| WorldError::Spec(Box::new(e)))
    }

    /// An empty world.
    pub fn empty(seed: u64, start: Timestamp) -> Self {
        Self {
            seed,
            start,
            zone: shanghai(),
            people_idle: false,
            calendar: Calendar::default(),
            desk: Desk::default(),
            resolvers: Resolver::usual(),
            rules: BTreeMap::new(),
            accounts: Vec::new(),
            people: Vec::new(),
            names: Vec::new(),
            script: Vec::new(),
            faults: Vec::new(),
        }
    }
}

/// How an account pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Funding {
    /// Money paid in beforehand.
    Prepaid,
    /// Credit: the balance may fall below zero by this much.
    CreditLine {
        /// How far below zero.
        #[serde(with = "money")]
        limit: Money,
    },
    /// A card, good through a day.
    Card {
        /// Its last day.
        until: Date,
    },
}

/// How a registrar deletes a registration that has not expired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deletion {
    /// Through the interface, for accounts on the registrar's list.
    Listed,
    /// By a support ticket.
    #[default]
    Ticket,
    /// Not at all.
    None,
}

/// One account at a registrar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// How it pays.
    pub funding: Funding,
    /// What it can spend.
    #[serde(with = "money")]
    pub balance: Money,
    /// What it owes; while it does, nothing is sold.
    #[serde(default, with = "money::or_none", skip_serializing_if = "Option::is_none")]
    pub arrears: Option<Money>,
    /// Unpaid orders.
    #[serde(default)]
    pub open_orders: u16,
    /// No interface: every operation is a person's task.
    #[serde(default)]
    pub manual: bool,
    /// How it deletes.
    #[serde(default)]
    pub deletion: Deletion,
    /// How long a task of the registrar runs, in minutes; 0 answers at once.
    #[serde(default)]
    pub task_minutes: u16,
    /// The owner of its key has left.
    #[serde(default)]
    pub orphaned_key: bool,
    /// Its contact mail lies under a name of the world.
    #[serde(default)]
    pub contacts_under_own_name: bool,
}

/// One person of the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Colleague {
    /// Who.
    pub id: PersonId,
    /// Of which department.
    pub department: Department,
    /// Named as an approver.
    #[serde(default)]
    pub approver: bool,
    /// Who stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<PersonId>,
    /// Working days of absence after which the deputy takes over.
    #[serde(default = "one")]
    pub deputy_after: u16,
    /// First and last hour of the working day.
    #[serde(default = "nine_to_six")]
    pub hours: (u8, u8),
    /// Absences.
    #[serde(default)]
    pub leave: Vec<Leave>,
    /// Working days a task takes, where not said by kind.
    #[serde(default = "one")]
    pub days: u16,
    /// Working days a task takes, by kind.
    #[serde(default)]
    pub days_for: BTreeMap<TaskKind, u16>,
    /// Up to so many working days more, drawn.
    #[serde(default)]
    pub jitter: u16,
    /// Chance to refuse a signature, in thousandths.
    #[serde(default)]
    pub refuses_permille: u16,
}

const fn one() -> u16 {
    1
}

const fn nine_to_six() -> (u8, u8) {
    (9, 18)
}

impl Colleague {
    /// A person with usual hours who does a task in a working day and signs what is asked.
    pub const fn usual(id: PersonId, department: Department) -> Self {
        Self {
            id,
            department,
            approver: false,
            deputy: None,
            deputy_after: one(),
            hours: nine_to_six(),
            leave: Vec::new(),
            days: one(),
            days_for: BTreeMap::new(),
            jitter: 0,
            refuses_permille: 0,
        }
    }
}

/// An absence, both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub through: Date,
}

/// How the filing desk works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Desk {
    /// Fewest working days of a review.
    pub min_days: u16,
    /// Most working days of a review.
    pub max_days: u16,
    /// Chance that an order is returned, in thousandths.
    pub returns_permille: u16,
    /// Working days people need to mend a returned order.
    pub mend_days: u16,
}

/// The provider's page says 3 to 20 working days.
impl Default for Desk {
    fn default() -> Self {
        Self { min_days: 3, max_days: 20, returns_permille: 0, mend_days: 1 }
    }
}

/// A group of resolvers that behave alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Resolver {
    /// Its share of queries, relative to the others.
    pub weight: u32,
    /// The least it keeps an answer, in seconds, whatever the TTL says.
    #[serde(default)]
    pub keeps_at_least: u32,
}

impl Resolver {
    /// Most resolvers obey the TTL; a few stretch it (no reference: shares are assumed).
    pub fn usual() -> Vec<Self> {
        vec![
            Self { weight: 970, keeps_at_least: 0 },
            Self { weight: 25, keeps_at_least: 3_600 },
            Self { weight: 5, keeps_at_least: 86_400 },
        ]
    }
}

/// Real-name verification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RealName {
    /// Passed.
    #[default]
    Verified,
    /// Failed: nothing may be renewed or redeemed where the registry asks for it.
    Failed,
    /// Being checked.
    Pending,
    /// Not asked for.
    None,
}

impl RealName {
    /// The word facts carry.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::None => "none",
        }
    }
}

/// A look-up that fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blind {
    /// Only this key; none means every key of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<FactKey>,
    /// Only keys this source tells; none means every source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// How many looks fail; none means all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u16>,
    /// Why.
    pub why: Words,
}
