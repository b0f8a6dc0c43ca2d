//! Which column is which: headings by synonym, in Chinese and English, in any order.
//!
//! The synonyms come from the export formats of domain-admin and DomainMOD, from the consoles and
//! APIs of Aliyun (`QueryDomainList`) and Tencent Cloud (`DescribeDomainNameList`), and from what
//! people call things. A heading is compared without case, spaces, underscores, hyphens and
//! whatever stands in brackets.

use super::error::ImportError;
use super::records::split_heading;
use super::reject::shown;

use unicode_normalization::UnicodeNormalization;

/// Fields a heading line may have; DomainMOD has 64.
const MAX_COLUMNS: usize = 512;
/// Characters tried as delimiter, in order of preference.
const DELIMITERS: [char; 4] = [',', '\t', ';', '|'];

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// The domain name.
    Name,
    /// The day of expiry.
    Expires,
    /// The day of registration.
    Registered,
    /// The registrar.
    Registrar,
    /// The account at the registrar.
    Account,
    /// The person who answers for the name.
    Owner,
    /// The registrant.
    Registrant,
    /// The cost centre.
    CostCentre,
    /// Whether it renews by itself.
    AutoRenew,
    /// A remark.
    Remark,
    /// What is to become of the name.
    Intent,
    /// Tags.
    Tags,
    /// The group.
    Group,
    /// The filing number.
    Filing,
    /// A password or key: refused, never read.
    Secret,
    /// Nothing known here: not read.
    Unknown,
    /// The same as an earlier column: not read.
    Repeated,
}

/// Synonyms, folded as [`fold`] does.
const SYNONYMS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "域名",
            "域名名称",
            "主域名",
            "域名列表",
            "网址",
            "domain",
            "domains",
            "domainname",
            "name",
            "fqdn",
            "domainnames",
            "hostname",
            "zone",
        ],
    ),
    (
        Column::Expires,
        &[
            "到期时间",
            "到期日期",
            "到期日",
            "过期时间",
            "过期日期",
            "域名到期时间",
            "域名到期日期",
            "域名到期日",
            "有效期至",
            "截止日期",
            "expires",
            "expiry",
            "expirydate",
            "expirationdate",
            "expiration",
            "expirationtime",
            "expiretime",
            "expiredate",
            "expireson",
            "expiresat",
            "expiringdate",
            "validuntil",
            "registryexpirydate",
            "domainexpirydate",
            "domainexpiretime",
            "expirationdatelong",
            "exp",
            "enddate",
            "renewaldate",
            "paiduntil",
            "到期",
        ],
    ),
    (
        Column::Registered,
        &[
            "注册时间",
            "注册日期",
            "注册日",
            "创建时间",
            "创建日期",
            "registered",
            "registrationdate",
            "registrationdatelong",
            "regdate",
            "created",
            "createdat",
            "creationdate",
            "createddate",
            "createtime",
            "startdate",
            "domainstarttime",
        ],
    ),
    (Column::Registrar, &["注册商", "域名注册商", "注册机构", "registrar", "registrarname"]),
    (
        Column::Account,
        &[
            "账号",
            "帐号",
            "账户",
            "帐户",
            "注册商账号",
            "所属账号",
            "account",
            "accountname",
            "accountid",
            "registraraccount",
            "registraraccountname",
            "registraraccountusername",
            "username",
            "uin",
        ],
    ),
    (
        Column::Owner,
        &[
            "负责人",
            "域名负责人",
            "管理人",
            "使用人",
            "责任人",
            "owner",
            "ownername",
            "responsible",
            "contactperson",
            "manager",
        ],
    ),
    (
        Column::Registrant,
        &[
            "域名持有者",
            "持有者",
            "域名所有者",
            "所有者",
            "主办单位名称",
            "主办单位",
            "注册人",
            "registrant",
            "registrantname",
            "registrantorganization",
            "registrantorganisation",
            "holder",
            "registrantorg",
        ],
    ),
    (Column::CostCentre, &["成本中心", "费用中心", "成本中心编号", "costcentre", "costcenter", "costcode", "budget"]),
    (
        Column::AutoRenew,
        &[
            "自动续费",
            "自动续费状态",
            "是否自动续费",
            "自动续期",
            "autorenew",
            "autorenewal",
            "autorenewenabled",
            "autorenewstatus",
            "renewalstatus",
        ],
    ),
    (
        Column::Remark,
        &[
            "备注",
            "说明",
            "描述",
            "用途",
            "remark",
            "remarks",
            "note",
            "notes",
            "comment",
            "comments",
            "description",
            "domainnotes",
            "function",
        ],
    ),
    (
        Column::Intent,
        &["意向", "处置", "处置方式", "去留", "决定", "意图", "intent", "decision", "disposition", "plan"],
    ),
    (Column::Tags, &["标签", "tag", "tags", "label", "labels"]),
    (
        Column::Group,
        &[
            "分组",
            "域名分组",
            "分组名称",
            "group",
            "groupname",
            "domaingroup",
            "domaingroupname",
            "category",
            "categoryname",
            "folder",
        ],
    ),
    (
        Column::Filing,
        &[
            "备案号",
            "icp备案号",
            "网站备案号",
            "icp备案",
            "icp备案/许可证号",
            "icp",
            "icpnumber",
            "icplicense",
            "icplicence",
            "服务备案号",
            "filingnumber",
        ],
    ),
];

/// Parts of a folded heading that tell of a password or key.
const SECRETS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "accesskey",
    "privatekey",
    "token",
    "authcode",
    "authinfo",
    "eppcode",
    "transfercode",
    "credential",
    "apiappname",
    "apiipaddress",
    "passwort",
    "mot de passe",
    "motdepasse",
    "contraseña",
    "contrasena",
    "パスワード",
    "transferkey",
    "recoverycode",
    "authorizationcode",
    "授权码",
    "授權碼",
    "密鑰",
    "密碼",
    "验证码",
    "密码",
    "密钥",
    "口令",
    "令牌",
    "转移码",
];
/// Folded headings that tell of a password or key as a whole.
const SECRET_WORDS: &[&str] =
    &["pwd", "userpwd", "pass", "key", "pin", "apiid", "epp", "auth", "code", "otp", "totp", "2fa", "ak", "sk"];

/// One heading and what it was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The heading as it stood; escape it before showing.
    pub title: String,
    /// What it was taken for.
    pub column: Column,
}

impl Heading {
    /// Returns the heading for a terminal.
    pub fn shown(&self) -> String {
        shown(&self.title, 40)
    }
}

/// What the first line of a source says about the rest.
pub(super) enum Detected {
    /// Headings.
    Heading(Table),
    /// The spreadsheet's own line `sep=;`, which the headings repeat.
    Delimiter,
    /// Names.
    Names,
}

/// A table by its headings.
#[derive(Clone, Debug)]
pub(super) struct Table {
    delimiter: char,
    headings: Vec<Heading>,
}

impl Table {
    /// Judges the first line that is neither blank nor a comment.
    pub(super) fn detect(text: &str, line: u64) -> Result<Detected, ImportError> {
        if text.len() == 5 && text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep=")) {
            return Ok(Detected::Delimiter);
        }
        let tables = DELIMITERS.iter().filter_map(|delimiter| Self::from_heading(text, *delimiter));
        let best = tables.max_by_key(|table| (table.known(), table.headings.len() > 1));
        let Some(table) = best.filter(|table| table.known() > 0) else { return Ok(Detected::Names) };
        if table.find(Column::Name).is_some() {
            return Ok(Detected::Heading(table));
        }
        // One known word may be a name typed by hand; two are headings.
        if table.known() < 2 {
            return Ok(Detected::Names);
        }
        let titles: Vec<_> = table.headings.iter().map(Heading::shown).collect();
        Err(ImportError::NoNameColumn { line, titles: titles.join(", ") })
    }

    fn from_heading(text: &str, delimiter: char) -> Option<Self> {
        let fields = split_heading(text, delimiter).filter(|fields| fields.len() <= MAX_COLUMNS)?;
        let mut headings: Vec<Heading> = Vec::with_capacity(fields.len());
        for title in fields {
            let title = title.trim().to_owned();
            let mut column = column_of(&title);
            let single = !matches!(column, Column::Secret | Column::Unknown);
            if single && headings.iter().any(|heading| heading.column == column) {
                column = Column::Repeated;
            }
            headings.push(Heading { title, column });
        }
        Some(Self { delimiter, headings })
    }

    fn known(&self) -> usize {
        self.headings.iter().filter(|h| !matches!(h.column, Column::Unknown | Column::Repeated)).count()
    }

    pub(super) const fn delimiter(&self) -> char {
        self.delimiter
    }

    pub(super) fn headings(&self) -> &[Heading] {
        &self.headings
    }

    pub(super) fn find(&self, column: Column) -> Option<usize> {
        self.headings.iter().position(|heading| heading.column == column)
    }

    pub(super) fn holds_secrets(&self) -> bool {
        self.find(Column::Secret).is_some()
    }

    /// Tells whether the last column is free text that a delimiter may have cut in pieces.
    pub(super) fn ends_in_remark(&self) -> bool {
        self.headings.last().is_some_and(|heading| heading.column == Column::Remark)
    }
}

fn column_of(title: &str) -> Column {
    let folded = fold(title);
    // Secrets first: `account password` is no account.
    let secret = SECRETS.iter().any(|part| folded.contains(part)) || SECRET_WORDS.contains(&folded.as_str());
    if secret {
        return Column::Secret;
    }
    SYNONYMS.iter().find(|(_, words)| words.contains(&folded.as_str())).map_or(Column::Unknown, |(column, _)| *column)
}

/// Folds width, case, spaces, underscores, hyphens, and drops what stands in brackets.
fn fold(title: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::new();
    for c in title.nfkc().flat_map(char::to_lowercase) {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || c.is_control() => {}
            '_' | '-' | '*' | ':' | '.' | '"' | '\'' | '\u{FEFF}' | '\u{200B}' => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_synonym_is_folded_and_belongs_to_one_column() {
        let mut seen = std::collections::BTreeMap::new();
        for (column, words) in SYNONYMS {
            for word in *words {
                assert_eq!(fold(word), *word);
                assert_eq!(column_of(word), *column, "{word}");
                assert!(seen.insert(*word, *column).is_none(), "{word} stands twice");
            }
        }
    }

    #[test]
    fn secrets_win_over_everything() {
        for title in [
            "Registrar Account Password",
            "api_key",
            "API Secret",
            "登录密码",
            "transfer-code",
            "Auth Code",
            "pwd",
            "密钥(旧)",
        ] {
            assert_eq!(column_of(title), Column::Secret, "{title}");
        }
        for title in ["keyword", "passive income", "apiary"] {
            assert_eq!(column_of(title), Column::Unknown, "{title}");
        }
    }
}
