//! Receipts: what an act or a person's work brought, in named fields a gate can measure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{FactValue, PersonId, Text, Timestamp};

macro_rules! receipt_kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $en:literal, $zh:literal;)*) => {
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
        }
    };
}

receipt_kinds! {
    /// Step 1: the signed case charter.
    CaseCharter = "case-charter", "signed case charter", "已签立项书";
    /// Step 2: a search for disputes, complaints and pledges.
    DisputeSearch = "dispute-search", "dispute search record", "争议检索记录";
    /// Step 3: the date plan with its sources.
    DatePlan = "date-plan", "date plan", "日期计划";
    /// Step 4: the dependency graph.
    DependencyGraph = "dependency-graph", "dependency graph", "依赖图";
    /// Step 5: the residual-trust score sheet.
    ScoreSheet = "score-sheet", "score sheet", "评分表";
    /// Step 6: delivery proof of the notices.
    NoticeDelivery = "notice-delivery", "notice delivery log", "通知送达记录";
    /// Step 7: closed tenants and moved log-ins.
    TenantClosure = "tenant-closure", "tenant closure receipt", "租户关闭回执";
    /// Step 8: bounce sample after mail was refused.
    BounceSample = "bounce-sample", "bounce sample", "退信样本";
    /// Step 9: ads paused, site moved.
    SiteMove = "site-move", "site move and ad pause receipts", "站点迁移与停投回执";
    /// Step 10: resources before and after.
    ResourceInventory = "resource-inventory", "resource inventory", "资源清单";
    /// Step 11: resources released, keys destroyed, revocations.
    ReleaseReceipt = "release-receipt", "release receipt", "释放回执";
    /// Step 12: the export manifest with its copies.
    ExportManifest = "export-manifest", "export manifest", "导出清单";
    /// Step 13: the restore drill, measured.
    DrillReport = "drill-report", "restore drill report", "恢复演练报告";
    /// Step 14: the sealed baseline.
    BaselineSeal = "baseline-seal", "sealed baseline", "基线封存";
    /// Step 15: the 23 filing fields checked.
    FilingCheck = "filing-check", "filing check", "备案核对";
    /// Step 16: what the page showed at T0.
    PageCapture = "page-capture", "page capture at T0", "停机页面截图";
    /// Step 16: the submission to the access provider.
    FilingSubmission = "filing-submission", "filing submission receipt", "备案提交回执";
    /// Step 17: the public query says not filed.
    FilingQuery = "filing-query", "public query capture", "公共查询截图";
    /// Step 17: the public-security record is cancelled.
    PoliceReceipt = "police-receipt", "public-security receipt", "公安备案回执";
    /// Step 17: pages, apps and footers scanned for numbers.
    DisplayScan = "display-scan", "display scan", "展示扫描";
    /// Step 18: erasure log and retention register.
    ErasureLog = "erasure-log", "erasure log", "删除记录";
    /// Step 19: own host objects dealt with.
    HostReceipt = "host-receipt", "host object receipt", "主机对象回执";
    /// Step 20: prices quoted and approved.
    PriceQuote = "price-quote", "price quote", "报价单";
    /// Step 21: the act itself, by ticket or console.
    ActReceipt = "act-receipt", "receipt of the act", "执行回执";
    /// Step 22: fail-back drilled, watch log.
    WatchLog = "watch-log", "watch log", "观察记录";
    /// Step 23: watch scheduled, lessons filed.
    Closure = "closure", "closing minutes", "结案纪要";
    /// Step 23, hold: the yearly review.
    YearlyReview = "yearly-review", "yearly review", "年度复核";
    /// Renewal: the paid order.
    PaidOrder = "paid-order", "paid order", "已付订单";
    /// Any action a person carried out where no adapter exists.
    Manual = "manual", "proof of manual work", "人工执行凭证";
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
