//! Receipts: what an act or a person's work brought, in named fields a gate can measure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fact::ValueType;
use crate::{FactValue, PersonId, Text, Timestamp};

macro_rules! receipt_kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $en:literal, $zh:literal, [$($field:literal: $clean:expr),*];)*) => {
        /// What kind of proof a receipt is: a closed list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ReceiptKind { $($(#[$doc])* #[serde(rename = $code)] $variant,)* }

        impl ReceiptKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word used in playbooks and JSON.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Its name for people.
            pub const fn text(self) -> Text {
                match self { $(Self::$variant => Text::new($en, $zh),)* }
            }

            /// The measured fields a receipt of this kind may carry: a closed list, so that a gate
            /// naming a field nobody fills in does not load.
            pub const fn fields(self) -> &'static [Field] {
                match self { $(Self::$variant => &[$(Field { name: $field, clean: $clean }),*],)* }
            }
        }
    };
}

/// One measured field of a receipt, with the value careful and complete work brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, such as `rto-minutes`.
    pub name: &'static str,
    /// Its type, and what it says when the work is done well.
    pub clean: Clean,
}

/// The type of a receipt field, and its value after careful work where one can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clean {
    /// Yes or no.
    Bool(bool),
    /// A count, or a number in the unit the name ends with.
    Int(i64),
    /// A word or a reference.
    Text(&'static str),
    /// A day; none can be named beforehand.
    Date,
    /// An amount; none can be named beforehand.
    Money,
}

impl Clean {
    /// The type of the field's values.
    pub const fn value_type(self) -> ValueType {
        match self {
            Self::Bool(_) => ValueType::Bool,
            Self::Int(_) => ValueType::Int,
            Self::Text(_) => ValueType::Text,
            Self::Date => ValueType::Date,
            Self::Money => ValueType::Money,
        }
    }

    /// The value careful work brings, where one can be named beforehand.
    pub fn value(self) -> Option<FactValue> {
        match self {
            Self::Bool(yes) => Some(FactValue::Bool(yes)),
            Self::Int(n) => Some(FactValue::Int(n)),
            Self::Text(text) => Some(FactValue::Text(text.to_owned())),
            Self::Date | Self::Money => None,
        }
    }
}

receipt_kinds! {
    /// Step 1: the signed case charter.
    CaseCharter = "case-charter", "signed case charter", "已签立项书",
        ["approvers": Clean::Int(2), "requester-approves": Clean::Bool(false), "deputies": Clean::Int(2), "scope-frozen": Clean::Bool(true)];
    /// Step 2: a search for disputes, complaints and pledges.
    DisputeSearch = "dispute-search", "dispute search record", "争议检索记录",
        ["disputes": Clean::Int(0), "holder-lawful": Clean::Bool(true)];
    /// Step 3: the date plan with its sources.
    DatePlan = "date-plan", "date plan", "日期计划",
        ["sourced": Clean::Bool(true)];
    /// Step 4: the dependency graph.
    DependencyGraph = "dependency-graph", "dependency graph", "依赖图",
        ["unowned": Clean::Int(0), "blind-spots-accepted": Clean::Bool(true)];
    /// Step 5: the residual-trust score sheet.
    ScoreSheet = "score-sheet", "score sheet", "评分表",
        ["score": Clean::Int(12)];
    /// Step 6: delivery proof of the notices.
    NoticeDelivery = "notice-delivery", "notice delivery log", "通知送达记录",
        ["parties-missing": Clean::Int(0), "objections-open": Clean::Int(0), "notice-days": Clean::Int(30)];
    /// Step 7: closed tenants and moved log-ins.
    TenantClosure = "tenant-closure", "tenant closure receipt", "租户关闭回执",
        ["tenants-open": Clean::Int(0)];
    /// Step 8: bounce sample after mail was refused.
    BounceSample = "bounce-sample", "bounce sample", "退信样本",
        ["days": Clean::Int(14), "senders-missing": Clean::Int(0), "confirmations-awaited": Clean::Int(0)];
    /// Step 9: ads paused, site moved.
    SiteMove = "site-move", "site move and ad pause receipts", "站点迁移与停投回执",
        ["campaigns-running": Clean::Int(0), "target-lawful": Clean::Bool(true)];
    /// Step 10: resources before and after.
    ResourceInventory = "resource-inventory", "resource inventory", "资源清单",
        ["unreserved": Clean::Int(0)];
    /// Step 11: resources released, keys destroyed, revocations.
    ReleaseReceipt = "release-receipt", "release receipt", "释放回执",
        ["resources-left": Clean::Int(0), "keys-left": Clean::Int(0), "certificates-outliving": Clean::Int(0)];
    /// Step 12: the export manifest with its copies.
    ExportManifest = "export-manifest", "export manifest", "导出清单",
        ["copies": Clean::Int(3), "media": Clean::Int(2), "offsite": Clean::Int(1), "copies-verified": Clean::Int(3), "personal-data-classed": Clean::Bool(true)];
    /// Step 13: the restore drill, measured.
    DrillReport = "drill-report", "restore drill report", "恢复演练报告",
        ["rto-minutes": Clean::Int(95), "rpo-minutes": Clean::Int(10), "measured": Clean::Bool(true)];
    /// Step 14: the sealed baseline.
    BaselineSeal = "baseline-seal", "sealed baseline", "基线封存",
        ["reproducible": Clean::Bool(true)];
    /// Step 15: the 23 filing fields checked.
    FilingCheck = "filing-check", "filing check", "备案核对",
        ["filed": Clean::Bool(true), "blocking-red": Clean::Int(0), "phone-tested": Clean::Bool(true), "open-orders": Clean::Int(0)];
    /// Step 16: what the page showed at T0.
    PageCapture = "page-capture", "page capture at T0", "停机页面截图",
        ["service-ended": Clean::Bool(true)];
    /// Step 16: the submission to the access provider.
    FilingSubmission = "filing-submission", "filing submission receipt", "备案提交回执",
        ["act": Clean::Text("cancel-service"), "read-aloud": Clean::Bool(true), "sms-confirmed": Clean::Bool(true)];
    /// Step 17: the public query says not filed.
    FilingQuery = "filing-query", "public query capture", "公共查询截图",
        ["filed": Clean::Bool(false), "returned": Clean::Bool(false)];
    /// Step 17: the public-security record is cancelled.
    PoliceReceipt = "police-receipt", "public-security receipt", "公安备案回执",
        ["cancelled": Clean::Bool(true)];
    /// Step 17: pages, apps and footers scanned for numbers.
    DisplayScan = "display-scan", "display scan", "展示扫描",
        ["displays": Clean::Int(0), "mainland-nodes": Clean::Int(0)];
    /// Step 18: erasure log and retention register.
    ErasureLog = "erasure-log", "erasure log", "删除记录",
        ["sets-without-law": Clean::Int(0), "trade-records-kept": Clean::Bool(true)];
    /// Step 19: own host objects dealt with.
    HostReceipt = "host-receipt", "host object receipt", "主机对象回执",
        ["foreign-users": Clean::Int(0)];
    /// Step 20: prices quoted and approved.
    PriceQuote = "price-quote", "price quote", "报价单",
        ["renewal": Clean::Money, "restore": Clean::Money, "premium": Clean::Bool(false), "approved": Clean::Bool(true)];
    /// Step 21: the act itself, by ticket or console.
    ActReceipt = "act-receipt", "receipt of the act", "执行回执",
        ["done": Clean::Bool(true), "reference": Clean::Text("T-1")];
    /// Step 22: fail-back drilled, watch log.
    WatchLog = "watch-log", "watch log", "观察记录",
        ["rto-minutes": Clean::Int(95), "ready": Clean::Bool(true)];
    /// Step 23: watch scheduled, lessons filed.
    Closure = "closure", "closing minutes", "结案纪要",
        ["dossier-sealed": Clean::Bool(true), "watch-months": Clean::Int(24), "lessons-filed": Clean::Bool(true)];
    /// Step 23, hold: the yearly review.
    YearlyReview = "yearly-review", "yearly review", "年度复核",
        ["keep": Clean::Bool(true)];
    /// Renewal: the paid order.
    PaidOrder = "paid-order", "paid order", "已付订单",
        ["paid": Clean::Bool(true), "paid-until": Clean::Date, "price": Clean::Money];
    /// Any action a person carried out where no adapter exists.
    Manual = "manual", "proof of manual work", "人工执行凭证",
        ["done": Clean::Bool(true), "reference": Clean::Text("T-1")];
}

/// What came of a piece of work: proof with measured fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// What kind of proof it is.
    pub kind: ReceiptKind,
    /// When the work was done.
    pub at: Timestamp,
    /// Who did it; none when a port did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// Measured fields by name, such as `rto-minutes`.
    #[serde(default)]
    pub fields: BTreeMap<String, FactValue>,
    /// SHA-256 digests (hex) of attached files, kept as raw answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}
