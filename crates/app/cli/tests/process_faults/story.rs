//! The story: a list is read, one name renewed to its end, another's retirement brought to its
//! signatures, both sealed, the portfolio exported. Every verb that writes is in it.
//!
//! `plan again` is not: each call of it is another revision, by its meaning.

/// Files the story begins with.
pub(crate) const PROPS: [(&str, &str); 2] = [
    (
        "names.csv",
        "name,expiry,owner,account\nexample-lab.net,2027-08-01,operations,main\n\
        example.cn,2027-03-01,operations,main\nshop_,2027-01-01,,\n",
    ),
    ("invoice.txt", "invoice 1, CNY 39.00\n"),
];

/// One command of the story.
#[derive(Clone, Copy)]
pub(crate) struct Verb {
    /// When: its clock stands still there.
    pub(crate) at: &'static str,
    args: &'static [&'static str],
    /// The exit code it ends with.
    pub(crate) exit: i32,
    /// What it may answer when it is run again after it did its work and its answer was lost.
    pub(crate) again: &'static [&'static str],
    /// It draws a key or an id, so that no two runs write the same.
    pub(crate) draws: bool,
}

impl Verb {
    /// The words of the command line.
    pub(crate) fn words(&self) -> impl Iterator<Item = &'static str> {
        self.args.iter().copied().chain(["--json"])
    }

    /// The command line, for people.
    pub(crate) fn line(&self) -> String {
        self.args.join(" ")
    }

    const fn drawing(self) -> Self {
        Self { draws: true, ..self }
    }

    const fn again(self, again: &'static [&'static str]) -> Self {
        Self { again, ..self }
    }
}

const fn verb(at: &'static str, args: &'static [&'static str]) -> Verb {
    Verb { at, args, exit: 0, again: &[], draws: false }
}

/// A run is under way already.
const PLANNED: &[&str] = &["E8205"];
/// The task is open no more.
const DONE: &[&str] = &["E8203"];
/// Nothing is open for this person.
const SIGNED: &[&str] = &["E8102"];

const DAY_1: &str = "2026-11-24 01:14:00";
const DAY_2: &str = "2026-11-25 02:00:00";
const OPENS: &str = "2027-01-03 02:00:00";
const SEARCH: &str = "2027-01-08 02:00:00";
const SIGN: &str = "2027-02-17 02:00:00";
const COOLED: &str = "2027-02-18 02:00:00";

/// The commands.
#[rustfmt::skip]
pub(crate) const VERBS: [Verb; 37] = [
    verb(DAY_1, &["init", "names.csv", "--zone", "Asia/Shanghai", "--rejects", "rejects.csv"]).drawing(),
    verb(DAY_1, &["config", "person", "legal-1", "legal", "approver"]).drawing(),
    verb(DAY_1, &["config", "person", "security-1", "security", "approver"]).drawing(),
    verb(DAY_1, &["config", "ceiling", "CNY", "100"]),
    verb(DAY_1, &["list"]),

    verb(DAY_1, &["plan", "renew", "example.cn"]).again(PLANNED),
    verb(DAY_1, &["apply", "REN-0001"]),
    verb(DAY_1, &["task", "list"]),
    verb(DAY_1, &["task", "attach", "REN-0001/1.quote/1", "invoice.txt"]),
    verb(DAY_1, &["task", "done", "REN-0001/1.quote/1", "--by", "finance", "--field", "approved=yes", "--field", "premium=no", "--fact", "price.renewal=CNY 39.00"]).again(DONE),
    verb(DAY_1, &["tell", "example.cn", "registration.held=yes", "registration.registrar-expiry=2027-03-01", "account.arrears=no", "account.open-orders=0", "account.open-tasks=0", "account.balance=CNY 500.00", "price.premium=no", "--by", "operations"]),
    // The order goes to a person, as no account is connected.
    verb(DAY_1, &["apply", "REN-0001"]),
    verb(DAY_2, &["task", "done", "REN-0001/2.order/1", "--by", "operations", "--field", "done=yes", "--field", "reference=R-1"]).again(DONE),
    verb(DAY_2, &["tell", "example.cn", "registration.held=yes", "registration.registrar-expiry=2028-03-01", "registration.paid-until=2028-03-01", "account.arrears=no", "account.open-orders=0", "account.open-tasks=0", "--by", "operations"]),
    // Renewed: the run ends.
    verb(DAY_2, &["apply", "REN-0001"]),
    verb(DAY_2, &["evidence", "seal", "REN-0001"]).drawing(),
    verb(DAY_2, &["evidence", "verify", "REN-0001.dossier"]),

    verb(DAY_2, &["plan", "retire", "example-lab.net", "--ending", "lapse"]).again(PLANNED),
    verb(OPENS, &["tell", "example-lab.net", "registration.dispute=no", "registration.registrar-expiry=2027-08-01", "--by", "legal"]),
    verb(OPENS, &["apply", "RET-0001"]),
    verb(OPENS, &["task", "done", "RET-0001/1.charter/1", "--by", "operations", "--field", "approvers=2", "--field", "requester-approves=no", "--field", "deputies=2", "--field", "scope-frozen=yes"]).again(DONE),
    verb(SEARCH, &["tell", "example-lab.net", "registration.dispute=no", "registration.registrar-expiry=2027-08-01", "registration.holder-consistent=yes", "registration.registrant-alive=yes", "--by", "legal"]),
    verb(SEARCH, &["apply", "RET-0001"]),
    verb(SEARCH, &["task", "done", "RET-0001/2.search/1", "--by", "legal", "--field", "disputes=0", "--field", "holder-lawful=yes"]).again(DONE),
    verb(SEARCH, &["task", "done", "RET-0001/4.map/1", "--by", "security", "--field", "unowned=0", "--field", "blind-spots-accepted=yes"]).again(DONE),
    verb(SIGN, &["tell", "example-lab.net", "registration.dispute=no", "registration.registrar-expiry=2027-08-01", "registration.holder-consistent=yes", "registration.registrant-alive=yes", "registration.statuses=ok", "registration.real-name=passed", "dependency.unknown-permille=0", "dependency.devices=0", "dependency.foreign-ns-users=0", "mail.census-days=60", "mail.confidential-senders=0", "--by", "legal"]),
    verb(SIGN, &["apply", "RET-0001"]),
    verb(SIGN, &["approve", "RET-0001", "--as", "legal-1", "--yes"]).again(SIGNED),
    verb(SIGN, &["withdraw", "RET-0001", "--as", "legal-1"]).again(SIGNED),
    verb(SIGN, &["apply", "RET-0001"]),
    verb(SIGN, &["approve", "RET-0001", "--as", "legal-1", "--yes"]).again(SIGNED),
    verb(SIGN, &["approve", "RET-0001", "--as", "security-1", "--yes"]).again(SIGNED),
    verb(SIGN, &["task", "done", "RET-0001/5.score/1", "--by", "security", "--field", "score=3"]).again(DONE),
    verb(COOLED, &["apply", "RET-0001"]),
    verb(COOLED, &["evidence", "seal", "RET-0001"]),
    verb(COOLED, &["export", "csv", "--out", "portfolio.csv"]),
    verb(COOLED, &["export", "json", "--out", "portfolio.json"]),
];
