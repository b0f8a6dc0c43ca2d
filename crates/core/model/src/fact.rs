//! Observations and facts: what a source said, and what is therefore known.
//!
//! An [`Observation`] is what one source said at one instant and is never edited. A [`Fact`] is the
//! newest good value with its source, time and confidence; *unknown* is a value too, and a failed
//! look-up never overwrites the last good one. Keys are a closed list, so that a playbook naming a
//! fact nobody collects does not load.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::finding::{FindingCode, FindingState};
use crate::{Date, Money, Text, Timestamp, Words};

/// Where a statement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The registry, by RDAP (RFC 9083).
    Rdap,
    /// The registry or registrar, by WHOIS (RFC 3912); no plan rests on it alone.
    Whois,
    /// The registrar's own account record.
    Registrar,
    /// An order, invoice or balance.
    Billing,
    /// The DNS, asked at name servers.
    Dns,
    /// A TLS handshake.
    Tls,
    /// Traffic, mail or query counts measured over days.
    Census,
    /// A person who typed or uploaded it.
    Person,
    /// A list the names came from.
    List,
    /// Read back after our own act.
    ReadBack,
    /// Assumed, because nothing is known: rehearsal and demo only, always said.
    Assumed,
}

impl Source {
    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Rdap => Text::new("RDAP", "RDAP"),
            Self::Whois => Text::new("WHOIS", "WHOIS"),
            Self::Registrar => Text::new("registrar record", "注册商记录"),
            Self::Billing => Text::new("order or invoice", "订单或账单"),
            Self::Dns => Text::new("DNS", "DNS"),
            Self::Tls => Text::new("TLS", "TLS"),
            Self::Census => Text::new("census", "普查"),
            Self::Person => Text::new("typed by a person", "人工填写"),
            Self::List => Text::new("imported list", "导入清单"),
            Self::ReadBack => Text::new("read back", "读回核实"),
            Self::Assumed => Text::new("assumed", "假定"),
        }
    }
}

/// How far a value may be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Nothing supports it.
    Unknown,
    /// One source, or sources that disagree.
    Low,
    /// Two sources that agree, or one text of uncertain age.
    Medium,
    /// The authority itself.
    High,
}

impl Confidence {
    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Unknown => Text::new("unknown", "未知"),
            Self::Low => Text::new("low", "低"),
            Self::Medium => Text::new("medium", "中"),
            Self::High => Text::new("high", "高"),
        }
    }
}

/// A value as facts, receipts and gates carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FactValue {
    /// Yes or no.
    Bool(bool),
    /// A count, or a number in the unit the key names.
    Int(i64),
    /// A word of a closed list, or a short text.
    Text(String),
    /// A calendar day.
    Date(Date),
    /// An instant.
    Instant(Timestamp),
    /// An amount.
    Money(Money),
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(yes) => f.write_str(if *yes { "yes" } else { "no" }),
            Self::Int(n) => n.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Date(day) => day.fmt(f),
            Self::Instant(at) => at.fmt(f),
            Self::Money(money) => money.fmt(f),
        }
    }
}

impl FactValue {
    /// The value, for people.
    pub fn words(&self) -> Words {
        match self {
            Self::Bool(true) => Text::new("yes", "是").into(),
            Self::Bool(false) => Text::new("no", "否").into(),
            other => Words { en: other.to_string(), zh: other.to_string() },
        }
    }
}

/// The type a fact's value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// [`FactValue::Bool`].
    Bool,
    /// [`FactValue::Int`].
    Int,
    /// [`FactValue::Text`].
    Text,
    /// [`FactValue::Date`].
    Date,
    /// [`FactValue::Instant`].
    Instant,
    /// [`FactValue::Money`].
    Money,
}

impl ValueType {
    /// The word used in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Text => "text",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Money => "money",
        }
    }

    /// What stands for such a value in a command to fill in.
    pub const fn placeholder(self) -> Text {
        match self {
            Self::Bool => Text::new("YES-OR-NO", "是或否"),
            Self::Int => Text::new("NUMBER", "数字"),
            Self::Text => Text::new("TEXT", "文本"),
            Self::Date => Text::new("DATE", "日期"),
            Self::Instant => Text::new("INSTANT", "时刻"),
            Self::Money => Text::new("'CNY 100'", "'CNY 100'"),
        }
    }
}

impl FactValue {
    /// The type of this value.
    pub const fn value_type(&self) -> ValueType {
        match self {
            Self::Bool(_) => ValueType::Bool,
            Self::Int(_) => ValueType::Int,
            Self::Text(_) => ValueType::Text,
            Self::Date(_) => ValueType::Date,
            Self::Instant(_) => ValueType::Instant,
            Self::Money(_) => ValueType::Money,
        }
    }
}

/// A key that is not in the closed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a fact")]
pub struct UnknownFact(String);

impl UnknownFact {
    /// What is wrong, for people.
    pub fn says(&self) -> Words {
        let text: String = self.0.chars().take(64).collect();
        crate::words!(en: "`{text}` is not a fact", zh: "`{text}` 不是已知的事实")
    }
}

macro_rules! fact_keys {
    ($($(#[$doc:meta])* $variant:ident = $code:literal : $type:ident, $en:literal, $zh:literal;)*) => {
        /// What can be known about a name, its account and its case: a closed list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum FactKey { $($(#[$doc])* $variant,)* }

        impl FactKey {
            /// Every key.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The dotted word used in playbooks and JSON.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The type of its values.
            pub const fn value_type(self) -> ValueType {
                match self { $(Self::$variant => ValueType::$type,)* }
            }

            /// Its name for people.
            pub const fn text(self) -> Text {
                match self { $(Self::$variant => Text::new($en, $zh),)* }
            }
        }
    };
}

fact_keys! {
    /// The company still holds the registration.
    Held = "registration.held": Bool, "still held", "仍持有";
    /// The expiry day in the registrar's account record.
    RegistrarExpiry = "registration.registrar-expiry": Date, "registrar expiry", "注册商到期日";
    /// The expiry day the registry shows; one year too late after a registry auto-renew.
    RegistryExpiry = "registration.registry-expiry": Date, "registry expiry", "注册局到期日";
    /// The last day an order has paid for.
    PaidUntil = "registration.paid-until": Date, "paid until", "已付费至";
    /// The registrar's automatic charge day for this cycle.
    ChargeDay = "registration.charge-day": Date, "charge day", "扣费日";
    /// The life-cycle phase, a word of [`crate::phase::PhaseKind`].
    Phase = "registration.phase": Text, "phase", "阶段";
    /// Status words (EPP and RGP), comma-separated, sorted.
    Statuses = "registration.statuses": Text, "statuses", "域名状态";
    /// Automatic renewal is on at the registrar.
    AutoRenew = "registration.auto-renew": Bool, "auto-renew", "自动续费";
    /// Real-name verification: `verified`, `failed`, `pending` or `none`.
    RealName = "registration.real-name": Text, "real-name verification", "实名认证";
    /// Holder equals filing subject, or a lawful exception is recorded.
    HolderConsistent = "registration.holder-consistent": Bool, "holder matches the filing subject", "持有者与主体一致";
    /// A dispute lock, complaint, court letter or pledge is known.
    Dispute = "registration.dispute": Bool, "dispute, complaint or pledge", "争议、投诉或质押";
    /// The registrant (company or person) still exists.
    RegistrantAlive = "registration.registrant-alive": Bool, "registrant exists", "持有者存续";
    /// The transfer lock is on.
    TransferLock = "registration.transfer-lock": Bool, "transfer lock", "转移锁";
    /// The holder is the one the transfer was agreed with.
    Transferred = "registration.transferred": Bool, "handed over", "已移交";
    /// Prepaid, credit line or card: `prepaid`, `credit-line`, `card`.
    Funding = "account.funding": Text, "funding type", "付费方式";
    /// The account owes money.
    Arrears = "account.arrears": Bool, "arrears", "欠费";
    /// Unpaid orders on the account and the name.
    OpenOrders = "account.open-orders": Int, "unpaid orders", "未付订单";
    /// Registrar tasks still running on the name.
    OpenTasks = "account.open-tasks": Int, "running tasks", "进行中任务";
    /// Spendable balance.
    Balance = "account.balance": Money, "balance", "余额";
    /// The exposure and floor rules pass for the funding type.
    Covered = "account.covered": Bool, "renewals covered", "续费有保障";
    /// Price of one year's renewal.
    RenewalPrice = "price.renewal": Money, "renewal price", "续费价格";
    /// Price of the way back (redemption), pre-approved when known.
    RestorePrice = "price.restore": Money, "restore price", "赎回价格";
    /// The renewal price is a premium price.
    PremiumRenewal = "price.premium": Bool, "premium renewal", "溢价续费";
    /// Last day on which a way back surely exists.
    RescueUntil = "rescue.until": Date, "last safe rescue day", "最后安全挽回日";
    /// Largest time to live still served for the name's own record sets, in seconds.
    TtlMax = "dns.ttl-max": Int, "largest TTL", "最大 TTL";
    /// Share of weighted resolvers whose cached own record sets have run down, in thousandths.
    DrainedPermille = "dns.drained-permille": Int, "resolver caches drained", "解析缓存已收敛";
    /// A DS record is published at the parent.
    DsPresent = "dns.ds-present": Bool, "DS at the parent", "父区 DS 记录";
    /// The DS record's TTL has run out since it was withdrawn.
    DsExpired = "dns.ds-expired": Bool, "DS expired from caches", "DS 缓存已过期";
    /// Own host objects that serve names of others.
    ForeignHostUsers = "dns.foreign-host-users": Int, "names of others on own hosts", "他人域名使用本主机";
    /// Detached resources that are no longer reserved.
    DetachedUnreserved = "dns.detached-unreserved": Int, "detached and not reserved", "已解除绑定但未保留";
    /// The name answers with a parked or empty zone.
    Parked = "dns.parked": Bool, "parked", "已停放";
    /// Days of receive-only mail census.
    MailCensusDays = "mail.census-days": Int, "mail census, days", "邮件普查天数";
    /// Legitimate mails a day over the census' last 14 days.
    MailPerDay = "mail.legitimate-per-day": Int, "legitimate mails a day", "每日正常来信";
    /// Senders of confidential mail seen.
    ConfidentialSenders = "mail.confidential-senders": Int, "confidential senders", "机密来信方";
    /// The no-mail posture is read back, with no implicit MX (RFC 5321 5.1, RFC 7505).
    MailClosed = "mail.closed": Bool, "no-mail posture", "拒收邮件状态";
    /// Accounts whose log-in or recovery goes to the name.
    IdentityAccounts = "identity.accounts": Int, "accounts under the name", "依赖该域名的账号";
    /// Log-ins by mail under the name in the last 30 days.
    IdentityLogins = "identity.logins-30d": Int, "log-ins in 30 days", "30 天内登录";
    /// Registrar, filing and cloud contacts under the name.
    ContactsUnderName = "identity.contacts": Int, "contacts under the name", "联系方式位于该域名下";
    /// Paid traffic still runs to the name.
    PaidTraffic = "site.paid-traffic": Bool, "paid traffic", "付费投放";
    /// Organic visits a day left.
    OrganicPerDay = "site.organic-per-day": Int, "organic visits a day", "每日自然访问";
    /// Latest end of any valid certificate for the name.
    CertificateEnd = "certificate.latest-end": Date, "latest certificate end", "证书最晚到期日";
    /// Issuance is closed (CAA `;`, RFC 8659).
    IssuanceClosed = "certificate.issuance-closed": Bool, "issuance closed", "已禁止签发证书";
    /// Detached resources still held, not yet released.
    ResourcesHeld = "resource.detached-held": Int, "detached resources held", "已解除绑定未释放资源";
    /// The name is filed with the ministry.
    Filed = "filing.filed": Bool, "filed", "已备案";
    /// Filing orders open on the subject.
    FilingOrders = "filing.open-orders": Int, "open filing orders", "进行中备案订单";
    /// Other sites, apps or mini-programs under the same subject.
    OtherServices = "filing.other-services": Int, "other filed services", "主体下其他服务";
    /// Places that still show the filing number.
    FilingDisplays = "filing.displays": Int, "numbers still shown", "仍展示备案号";
    /// Open requests of data subjects.
    DataRequests = "privacy.open-requests": Int, "open data requests", "未结个人信息请求";
    /// A legal hold forbids erasure.
    LegalHold = "privacy.legal-hold": Bool, "legal hold", "法律保全";
    /// Share of senders, links and users whose owner is unknown, in thousandths.
    UnknownPermille = "dependency.unknown-permille": Int, "dependencies unknown", "未知依赖占比";
    /// Devices with the name burnt in.
    Devices = "dependency.devices": Int, "devices with the name burnt in", "固件写死的设备";
    /// Names of others that use this name's hosts as name servers.
    ForeignNsUsers = "dependency.foreign-ns-users": Int, "foreign names on its name servers", "他人域名使用其域名服务器";
    /// Errors in the watch after an act, in thousandths of requests.
    WatchErrors = "watch.errors-permille": Int, "errors in the watch", "观察期错误率";
    /// The fail-back (zone snapshot, static site) is armed.
    FailbackReady = "watch.failback-ready": Bool, "fail-back armed", "回退就绪";
    /// The registration is gone from the registry.
    Purged = "release.purged": Bool, "purged", "已清除";
    /// Somebody else registered the name after its release.
    Reregistered = "release.reregistered": Bool, "registered by another", "已被他人注册";
}

impl TryFrom<String> for FactKey {
    type Error = UnknownFact;
    fn try_from(text: String) -> Result<Self, UnknownFact> {
        Self::ALL.iter().copied().find(|key| key.code() == text).ok_or(UnknownFact(text))
    }
}

impl From<FactKey> for String {
    fn from(key: FactKey) -> Self {
        key.code().to_owned()
    }
}

impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A good reading: a value, who said it, when, and how far it may be relied on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// The value.
    pub value: FactValue,
    /// Who said it.
    pub source: Source,
    /// When it was said.
    pub at: Timestamp,
    /// How far it may be relied on.
    pub confidence: Confidence,
}

/// A look that brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// Why, in one line.
    pub why: Words,
    /// When it was tried.
    pub at: Timestamp,
}

/// What one source said, or failed to say, about one key at one instant. Never edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// What was asked.
    pub key: FactKey,
    /// What came back.
    pub said: Said,
}

/// The outcome of one look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Said {
    /// A value.
    Seen(Sighting),
    /// Nothing, and why.
    Failed(Missing),
}

/// What is known under one key: the last good reading, and the failure after it, if any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    good: Option<Sighting>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<Missing>,
}

impl Fact {
    /// The last good reading, however old.
    pub fn good(&self) -> Option<&Sighting> {
        self.good.as_ref()
    }

    /// The newest failure, if the last look failed.
    pub fn failed(&self) -> Option<&Missing> {
        self.failed.as_ref()
    }

    /// Takes in what a look brought. A failure never overwrites the last good reading; an older
    /// reading never overwrites a newer one. Tells whether the known *value* changed.
    pub fn take(&mut self, said: Said) -> bool {
        match said {
            Said::Seen(new) => {
                if self.good.as_ref().is_some_and(|old| old.at > new.at) {
                    return false;
                }
                if self.failed.as_ref().is_some_and(|f| f.at <= new.at) {
                    self.failed = None;
                }
                let changed = self.good.as_ref().is_none_or(|old| old.value != new.value);
                self.good = Some(new);
                changed
            }
            Said::Failed(new) => {
                let newer = self.good.as_ref().is_none_or(|g| g.at <= new.at)
                    && self.failed.as_ref().is_none_or(|f| f.at <= new.at);
                if newer {
                    self.failed = Some(new);
                }
                false
            }
        }
    }
}

/// Everything known about one name at one time: facts by key and findings by code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Facts by key; a key that is absent was never looked at.
    pub by_key: BTreeMap<FactKey, Fact>,
    /// Findings by code; a code that is absent was never checked.
    pub findings: BTreeMap<FindingCode, FindingState>,
}

impl Facts {
    /// Takes in one observation; tells whether a known value changed.
    pub fn take(&mut self, observation: Observation) -> bool {
        self.by_key.entry(observation.key).or_default().take(observation.said)
    }

    /// The last good reading under a key.
    pub fn good(&self, key: FactKey) -> Option<&Sighting> {
        self.by_key.get(&key).and_then(Fact::good)
    }

    /// The last good value under a key.
    pub fn value(&self, key: FactKey) -> Option<&FactValue> {
        self.good(key).map(|sighting| &sighting.value)
    }

    /// A yes-or-no fact.
    pub fn yes(&self, key: FactKey) -> Option<bool> {
        match self.value(key)? {
            FactValue::Bool(yes) => Some(*yes),
            _ => None,
        }
    }

    /// A day.
    pub fn date(&self, key: FactKey) -> Option<Date> {
        match self.value(key)? {
            FactValue::Date(day) => Some(*day),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn seen(n: i64, second: i64) -> Said {
        let value = FactValue::Int(n);
        Said::Seen(Sighting { value, source: Source::Dns, at: at(second), confidence: Confidence::High })
    }

    #[test]
    fn a_failed_look_never_overwrites_the_last_good_fact() {
        let mut fact = Fact::default();
        assert!(fact.take(seen(1, 10)));
        assert!(!fact.take(Said::Failed(Missing { why: Words::quoted("timed out"), at: at(20) })));
        assert_eq!(fact.good().map(|g| &g.value), Some(&FactValue::Int(1)));
        assert!(fact.failed().is_some());
        assert!(!fact.take(seen(1, 30)), "the same value again is no change");
        assert!(fact.failed().is_none());
    }

    #[test]
    fn an_older_reading_never_overwrites_a_newer_one() {
        let mut fact = Fact::default();
        fact.take(seen(2, 20));
        assert!(!fact.take(seen(1, 10)));
        assert_eq!(fact.good().map(|g| &g.value), Some(&FactValue::Int(2)));
    }

    #[test]
    fn every_key_reads_back() {
        for key in FactKey::ALL {
            assert_eq!(FactKey::try_from(key.code().to_owned()), Ok(*key));
        }
        assert!(FactKey::try_from("dns.none".to_owned()).is_err());
    }
}
