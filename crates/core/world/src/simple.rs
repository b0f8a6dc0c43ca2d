//! A small plausible world for one name, from what is known of it; every guess is said.
//!
//! Used to rehearse a real name: known facts are taken, the rest is assumed, and the list of
//! assumptions goes to the reader with the rehearsal. An assumption never makes things easier than
//! a usual case: a name whose mail is unknown has mail, one under .cn is filed.

use namekeep_model::fact::FactValue;
use namekeep_model::{
    AccountId, Currency, Date, Department, DomainName, FactKey, Facts, Money, Person, PersonId, Timestamp, Words, words,
};
use rust_decimal::Decimal;

use crate::calendar::{Calendar, Zone, plus_days};
use crate::name::Name;
use crate::registry::RegistryRules;
use crate::spec::{Account, Colleague, Deletion, Funding, RealName, WorldSpec};

/// What is known of a name whose retirement is to be rehearsed.
#[derive(Clone, Debug)]
pub struct Known {
    /// The name.
    pub name: DomainName,
    /// What draws depend on.
    pub seed: u64,
    /// When the rehearsal begins.
    pub start: Timestamp,
    /// The rules of its suffix at its registrar.
    pub rules: RegistryRules,
    /// Days off and make-up days.
    pub calendar: Calendar,
    /// What is known.
    pub facts: Facts,
    /// The workspace's people; none lets a usual team be assumed.
    pub people: Vec<Person>,
    /// How its registrar deletes; none is assumed to be by ticket.
    pub deletion: Option<Deletion>,
}

/// A world for a rehearsal, and what had to be assumed.
#[derive(Clone, Debug)]
pub struct Simple {
    /// The world's description.
    pub spec: WorldSpec,
    /// What had to be assumed, one sentence each.
    pub assumptions: Vec<Words>,
}

/// The facts, and the assumptions where they end.
struct Reader<'a> {
    facts: &'a Facts,
    assumed: Vec<Words>,
}

impl Reader<'_> {
    /// A fact, or a value assumed and said.
    fn or<T>(&mut self, key: FactKey, read: impl FnOnce(&FactValue) -> Option<T>, assumed: T, shown: &str) -> T {
        match self.facts.value(key).and_then(read) {
            Some(value) => value,
            None => {
                let text = key.text();
                self.assumed.push(Words {
                    en: format!("{}: not known, {shown} assumed", text.en),
                    zh: format!("{}：未知，假定为{}", text.zh, match shown {
                        "yes" => "是".to_owned(),
                        "no" => "否".to_owned(),
                        other => format!(" {other}"),
                    }),
                });
                assumed
            }
        }
    }

    fn yes(&mut self, key: FactKey, assumed: bool) -> bool {
        let read = |value: &FactValue| if let FactValue::Bool(yes) = value { Some(*yes) } else { None };
        self.or(key, read, assumed, if assumed { "yes" } else { "no" })
    }

    fn count(&mut self, key: FactKey, assumed: u32) -> u32 {
        let read = |value: &FactValue| if let FactValue::Int(n) = value { u32::try_from(*n).ok() } else { None };
        self.or(key, read, assumed, &assumed.to_string())
    }

    fn small(&mut self, key: FactKey, assumed: u16) -> u16 {
        u16::try_from(self.count(key, assumed.into())).unwrap_or(u16::MAX)
    }

    fn money(&mut self, key: FactKey, assumed: Money) -> Money {
        let read = |value: &FactValue| if let FactValue::Money(money) = value { Some(*money) } else { None };
        self.or(key, read, assumed, &assumed.to_string())
    }

    fn day(&self, key: FactKey) -> Option<Date> {
        self.facts.date(key)
    }

    fn say(&mut self, words: Words) {
        self.assumed.push(words);
    }
}

/// The team assumed where the workspace names nobody: one person a department, two who sign.
const TEAM: [(&str, Department, bool, &str); 6] = [
    ("operations-1", Department::Operations, false, "security-1"),
    ("security-1", Department::Security, true, "legal-1"),
    ("legal-1", Department::Legal, true, "security-1"),
    ("compliance-1", Department::Compliance, false, "legal-1"),
    ("finance-1", Department::Finance, false, "operations-1"),
    ("brand-1", Department::Brand, false, "operations-1"),
];

impl Known {
    /// Builds the world.
    pub fn simple(&self) -> Simple {
        let mut read = Reader { facts: &self.facts, assumed: Vec::new() };
        let today = Zone::find("Asia/Shanghai").map_or(Date::default(), |zone| zone.day(self.start));
        let mut spec = WorldSpec::empty(self.seed, self.start);
        spec.calendar = self.calendar.clone();
        spec.rules.insert("rules".to_owned(), self.rules.clone());
        spec.people = self.team(&mut read);
        if let Ok(id) = AccountId::new("account") {
            let name = self.describe(&mut read, &id, today);
            spec.accounts.push(self.account(&mut read, id, &name));
            spec.names.push(name);
        }
        read.say(
            words!(en: "the filing desk answers within 3 to 20 working days", zh: "备案审核按 3 至 20 个工作日估算"),
        );
        Simple { spec, assumptions: read.assumed }
    }

    fn team(&self, read: &mut Reader<'_>) -> Vec<Colleague> {
        if self.people.is_empty() {
            read.say(
                words!(en: "people: one of each department, two who sign", zh: "人员：每部门一人，其中两人可签字"),
            );
            let team = TEAM.iter().filter_map(|(id, department, approver, deputy)| {
                let usual = Colleague::usual(PersonId::new(id).ok()?, *department);
                Some(Colleague { approver: *approver, deputy: PersonId::new(deputy).ok(), ..usual })
            });
            return team.collect();
        }
        read.say(words!(en: "people: usual hours, one working day a task", zh: "人员：正常工时，每项任务一个工作日"));
        let colleague = |person: &Person| Colleague {
            approver: true,
            deputy: person.deputy.clone(),
            ..Colleague::usual(person.id.clone(), person.department)
        };
        self.people.iter().map(colleague).collect()
    }

    fn account(&self, read: &mut Reader<'_>, id: AccountId, name: &Name) -> Account {
        let currency = name.price.currency;
        let thousand = Money::new(currency, Decimal::from(1_000));
        let balance = read.money(FactKey::Balance, thousand);
        let word = |value: &FactValue| if let FactValue::Text(text) = value { Some(text.clone()) } else { None };
        let funding = match read.or(FactKey::Funding, word, "prepaid".to_owned(), "prepaid").as_str() {
            "credit-line" => Funding::CreditLine { limit: thousand },
            "card" => Funding::Card { until: Date::MAX },
            _ => Funding::Prepaid,
        };
        let deletion = self.deletion.unwrap_or_else(|| {
            read.say(words!(en: "the registrar deletes by ticket", zh: "假定注册商通过工单删除"));
            Deletion::Ticket
        });
        let owes = read.yes(FactKey::Arrears, false);
        Account {
            id,
            funding,
            balance,
            arrears: owes.then(|| Money::new(currency, Decimal::ONE)),
            open_orders: read.small(FactKey::OpenOrders, 0),
            manual: false,
            deletion,
            task_minutes: 0,
            orphaned_key: false,
            contacts_under_own_name: false,
        }
    }

    fn describe(&self, read: &mut Reader<'_>, account: &AccountId, today: Date) -> Name {
        let known = [FactKey::PaidUntil, FactKey::RegistrarExpiry, FactKey::RegistryExpiry];
        let expiry = known.into_iter().find_map(|key| read.day(key)).unwrap_or_else(|| {
            let day = plus_days(today, 365);
            read.say(words!(en: "expiry: not known, {day} assumed", zh: "到期日：未知，假定为 {day}"));
            day
        });
        let mainland = matches!(self.name.tld(), "cn" | "xn--fiqs8s" | "xn--55qx5d" | "xn--io0a7i");
        let usual = if mainland {
            Money::new(Currency::CNY, Decimal::from(39))
        } else {
            Money::new(Currency::CNY, Decimal::from(88))
        };
        let price = read.money(FactKey::RenewalPrice, usual);
        let mut name = Name::plain(self.name.clone(), account.clone(), "rules", price, expiry);
        if self.rules.redemption_days > 0 {
            // Registrars ask around ten times a renewal (no reference: assumed).
            let tenfold = Money { amount: price.amount.saturating_mul(Decimal::TEN), ..price };
            name.restore_price = Some(read.money(FactKey::RestorePrice, tenfold));
        }
        name.premium = read.yes(FactKey::PremiumRenewal, false);
        let reg = &mut name.registration;
        reg.registry_expiry = read.day(FactKey::RegistryExpiry).filter(|shown| *shown > expiry);
        reg.auto_renew = read.yes(FactKey::AutoRenew, true);
        reg.lock = read.yes(FactKey::TransferLock, true);
        let holder = &mut name.holder;
        holder.dispute = read.yes(FactKey::Dispute, false);
        holder.consistent = read.yes(FactKey::HolderConsistent, true);
        holder.alive = read.yes(FactKey::RegistrantAlive, true);
        holder.real_name = read.or(FactKey::RealName, real_name, RealName::Verified, "verified");
        let dns = &mut name.dns;
        dns.ttl = read.count(FactKey::TtlMax, 3_600);
        dns.ds_ttl = read.yes(FactKey::DsPresent, false).then_some(86_400);
        dns.foreign_users = read.small(FactKey::ForeignHostUsers, 0);
        name.mail.per_day = read.count(FactKey::MailPerDay, 3);
        name.mail.confidential_senders = read.count(FactKey::ConfidentialSenders, 0);
        name.identity.accounts = read.count(FactKey::IdentityAccounts, 4);
        name.identity.logins = read.count(FactKey::IdentityLogins, 6);
        name.identity.contacts = read.small(FactKey::ContactsUnderName, 0);
        name.site.campaigns = u16::from(read.yes(FactKey::PaidTraffic, false));
        name.site.organic_per_day = read.count(FactKey::OrganicPerDay, 20);
        name.certificates.latest_end = Some(read.day(FactKey::CertificateEnd).unwrap_or_else(|| {
            let day = plus_days(today, 60);
            read.say(words!(en: "certificate: one until {day} assumed", zh: "证书：假定有一张，至 {day}"));
            day
        }));
        name.resources.attached = 2;
        read.say(words!(en: "cloud resources: 2 behind records assumed", zh: "云资源：假定解析记录指向 2 个资源"));
        let filing = &mut name.filing;
        filing.filed = read.yes(FactKey::Filed, mainland);
        if filing.filed {
            filing.other_services = read.small(FactKey::OtherServices, 1);
            filing.displays = read.small(FactKey::FilingDisplays, 2);
            filing.police = true;
            filing.subject = "S1".to_owned();
            read.say(words!(en: "public-security record: present", zh: "公安联网备案：假定存在"));
        }
        name.privacy.open_requests = read.small(FactKey::DataRequests, 0);
        name.privacy.due = Some(plus_days(today, 15));
        name.privacy.legal_hold = read.yes(FactKey::LegalHold, false);
        name.dependencies.unknown_permille = read.small(FactKey::UnknownPermille, 5);
        name.dependencies.devices = read.count(FactKey::Devices, 0);
        name.dependencies.foreign_ns_users = read.small(FactKey::ForeignNsUsers, 0);
        name
    }
}

fn real_name(value: &FactValue) -> Option<RealName> {
    let FactValue::Text(word) = value else { return None };
    [RealName::Verified, RealName::Failed, RealName::Pending, RealName::None]
        .into_iter()
        .find(|state| state.code() == word)
}

impl crate::World {
    /// A small plausible world for one name, and what had to be assumed.
    pub fn simple(known: &Known) -> Simple {
        known.simple()
    }
}
