//! Tasks: work that only a person can do, first class, each ending in a receipt.

use serde::{Deserialize, Serialize};

use crate::{Department, DomainName, PersonId, ReceiptKind, TaskId, Text, Timestamp, Words};

macro_rules! task_kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $department:ident, $receipt:ident, $en:literal, $zh:literal;)*) => {
        /// What a person is asked to do: a closed list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum TaskKind { $($(#[$doc])* #[serde(rename = $code)] $variant,)* }

        impl TaskKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word used in playbooks and JSON.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The department it goes to unless a plan names somebody.
            pub const fn department(self) -> Department {
                match self { $(Self::$variant => Department::$department,)* }
            }

            /// The receipt it ends in.
            pub const fn receipt(self) -> ReceiptKind {
                match self { $(Self::$variant => ReceiptKind::$receipt,)* }
            }

            /// What is asked, for people.
            pub const fn text(self) -> Text {
                match self { $(Self::$variant => Text::new($en, $zh),)* }
            }
        }
    };
}

task_kinds! {
    /// Step 1.
    CharterCase = "charter-case", Operations, CaseCharter, "sign the case charter", "签署立项书";
    /// Step 2.
    SearchDisputes = "search-disputes", Legal, DisputeSearch, "search disputes, complaints and pledges", "检索争议、投诉与质押";
    /// Step 4.
    MapDependencies = "map-dependencies", Security, DependencyGraph, "map the dependencies", "梳理依赖";
    /// Step 5.
    ScoreTrust = "score-trust", Security, ScoreSheet, "score the residual trust", "评定残余信任";
    /// Step 6.
    NotifyParties = "notify-parties", Brand, NoticeDelivery, "notify people and vendors", "通知相关方";
    /// Step 7.
    CloseTenants = "close-tenants", Security, TenantClosure, "move log-ins and close tenants", "迁移登录并关闭租户";
    /// Step 8.
    RefuseMail = "refuse-mail", Operations, BounceSample, "refuse mail with a pointer", "退信并指明新地址";
    /// Step 9.
    MoveSite = "move-site", Brand, SiteMove, "move the site and stop ads", "迁移站点并停止投放";
    /// Step 10.
    InventoryResources = "inventory-resources", Operations, ResourceInventory, "list and reserve the resources", "盘点并保留资源";
    /// Step 11.
    ReleaseResources = "release-resources", Security, ReleaseReceipt, "release resources and destroy keys", "释放资源并销毁密钥";
    /// Step 12.
    ExportData = "export-data", Operations, ExportManifest, "export data and configuration", "导出数据与配置";
    /// Step 13.
    DrillRestore = "drill-restore", Operations, DrillReport, "drill the restore", "恢复演练";
    /// Step 14.
    SealBaseline = "seal-baseline", Compliance, BaselineSeal, "seal the baseline", "封存基线";
    /// Step 15.
    ReconcileFiling = "reconcile-filing", Compliance, FilingCheck, "reconcile the filing", "核对备案信息";
    /// Step 16, at T0: the service stops, and the page is captured.
    EndService = "end-service", Operations, PageCapture, "end the service and capture the page", "终止服务并截取页面";
    /// Step 16.
    SubmitFiling = "submit-filing", Compliance, FilingSubmission, "submit the filing act and answer the SMS", "提交备案注销并完成短信核验";
    /// Step 17.
    ConfirmFiling = "confirm-filing", Compliance, FilingQuery, "capture the public query", "截取公共查询结果";
    /// Step 17.
    CancelPoliceRecord = "cancel-police-record", Compliance, PoliceReceipt, "cancel the public-security record", "注销公安联网备案";
    /// Step 17.
    ClearDisplays = "clear-displays", Brand, DisplayScan, "remove the numbers shown", "清除展示的备案号";
    /// Step 18.
    DisposeData = "dispose-data", Legal, ErasureLog, "dispose of personal information", "处置个人信息";
    /// Step 19.
    RehomeHosts = "rehome-hosts", Operations, HostReceipt, "re-home own host objects", "迁移自有主机对象";
    /// Step 20.
    QuotePrices = "quote-prices", Finance, PriceQuote, "quote and approve prices", "询价并核准";
    /// Step 21, delete by ticket.
    DeleteByTicket = "delete-by-ticket", Operations, ActReceipt, "ask the registrar to delete, by ticket", "提交工单删除域名";
    /// Step 21, transfer by console.
    HandOver = "hand-over", Operations, ActReceipt, "hand the name over", "移交域名";
    /// Step 21, where not renewing is not cancelling.
    CancelInWriting = "cancel-in-writing", Legal, ActReceipt, "cancel the registration in writing", "书面注销域名";
    /// Step 22.
    DrillFailback = "drill-failback", Operations, WatchLog, "drill the fail-back", "回退演练";
    /// Step 23.
    CloseCase = "close-case", Compliance, Closure, "file the lessons and schedule the watch", "归档复盘并安排监测";
    /// Step 23, hold.
    ReviewYearly = "review-yearly", Compliance, YearlyReview, "review the held name", "年度复核";
    /// Renewal.
    PayOrder = "pay-order", Finance, PaidOrder, "pay the order", "支付订单";
    /// An outcome nobody could read back: somebody looks, nobody sends again.
    FindOut = "find-out", Operations, Manual, "find out whether it happened", "查明操作是否已发生";
    /// Any operation of a plan where no adapter exists.
    CarryOut = "carry-out", Operations, Manual, "carry the operation out by hand", "人工执行操作";
}

/// One piece of work given to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Its id: run, action and round.
    pub id: TaskId,
    /// What is asked.
    pub kind: TaskKind,
    /// On which name.
    pub name: DomainName,
    /// Who is asked.
    pub assignee: PersonId,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it is due.
    pub due: Timestamp,
    /// What exactly is to be done and what proof is asked.
    pub asks: Words,
}
