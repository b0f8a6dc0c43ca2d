//! The check-points that do not run yet: what each would look at, and what it needs.
//!
//! A check-point that does not run says so by name. It is never fine by silence.

use namekeep_model::{FindingCode, Text};

/// Why a check-point does not run, and what it needs to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotYet {
    /// What it would look at.
    pub looks_at: Text,
    /// What it needs.
    pub needs: Text,
}

impl NotYet {
    const fn new(looks_at: Text, needs: Text) -> Self {
        Self { looks_at, needs }
    }
}

const REGISTRAR: Text = Text::new("a connected registrar account", "已接入的注册商账户");
const BILLING: Text = Text::new("a connected account with its balance and prices", "已接入的账户余额与价格");
const PROBES: Text =
    Text::new("probes that run for days, in mainland China and overseas", "在境内与境外持续多日运行的探测点");
const PAGES: Text = Text::new("a page fetcher", "网页抓取器");
const LOGS: Text = Text::new("logs of the firewall or the DNS service", "防火墙或 DNS 服务的日志");
const REGISTER: Text = Text::new("documents kept in the workspace", "工作区内登记的证件与文件");
const FILING: Text = Text::new("an export of the filings", "备案信息导出");

/// The check-points that do not run yet, in the order of the watch.
const LATER: [(&str, NotYet); 20] = [
    ("T1", NotYet::new(Text::new("how long resolution takes", "解析耗时"), PROBES)),
    ("T2", NotYet::new(Text::new("the share of failed answers", "解析失败比例"), PROBES)),
    (
        "T4",
        NotYet::new(
            Text::new("signatures and keys of the zone", "区签名与密钥"),
            Text::new("a validator of signatures", "签名验证器"),
        ),
    ),
    (
        "T5",
        NotYet::new(
            Text::new("records that point to unclaimed resources", "指向无主资源的记录"),
            Text::new("the zone's records and the take-over signatures", "区记录与接管特征库"),
        ),
    ),
    ("C1", NotYet::new(Text::new("the balance against its floor", "账户余额是否低于底线"), BILLING)),
    ("C2", NotYet::new(Text::new("renewals due against money to spend", "到期续费占可用资金比例"), BILLING)),
    ("C3", NotYet::new(Text::new("auto-renew against what was decided", "自动续费与决定是否一致"), REGISTRAR)),
    (
        "C5",
        NotYet::new(
            Text::new("whether notices and payments arrive", "通知与付款渠道是否畅通"),
            Text::new("billing data and a mail test", "账单数据与邮件测试"),
        ),
    ),
    ("C6", NotYet::new(Text::new("renewal and redemption prices", "续费与赎回价格"), BILLING)),
    ("L1", NotYet::new(Text::new("real-name verification", "实名认证"), REGISTRAR)),
    ("L2", NotYet::new(Text::new("filing subject against holder", "备案主体与持有者是否一致"), FILING)),
    ("L3", NotYet::new(Text::new("whether the filing is alive", "备案是否空壳"), FILING)),
    ("L4", NotYet::new(Text::new("licences and documents that end", "许可与证件到期"), REGISTER)),
    ("L5", NotYet::new(Text::new("public-security filing and numbers shown", "公安备案与备案号展示"), PAGES)),
    ("L6", NotYet::new(Text::new("disputes, holds and retention", "争议、保全与留存期限"), REGISTER)),
    ("S1", NotYet::new(Text::new("how often the name is attacked", "攻击频次"), LOGS)),
    ("S2", NotYet::new(Text::new("how the registrar account is guarded", "注册商账户安全"), REGISTRAR)),
    (
        "S3",
        NotYet::new(
            Text::new("changes nobody ordered", "未授权变更"),
            Text::new("two looks apart in time and a calendar of changes", "间隔的两次查看与变更日历"),
        ),
    ),
    (
        "S4",
        NotYet::new(
            Text::new("mail authentication", "邮件认证"),
            Text::new("readers of the mail records", "邮件记录解析器"),
        ),
    ),
    ("S5", NotYet::new(Text::new("content and reputation", "内容与信誉"), PAGES)),
];

/// Says why a check-point of the watch does not run yet; none for those that do.
pub fn not_checked(code: FindingCode) -> Option<NotYet> {
    let text = code.to_string();
    LATER.iter().find(|(later, _)| *later == text).map(|(_, why)| *why)
}
