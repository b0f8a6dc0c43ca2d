//! Order: no cycle, and what must never come before what. Steps are known by what they do.
//!
//! ```text
//! export, drill, seal  before  every irreversible act but closing tenants
//! reconcile -> submit -> confirm the filing  before  mail, release, drain and the act
//! inventory before detach; detach before release; DS before the zone is replaced
//! auto-renew off only in the act step, and always with a way to put it back on
//! ```

use std::collections::BTreeSet;
use std::ops::Range;

use namekeep_model::{Ending, RunKind, TaskKind, Text, Words, words};

use crate::check::{Judged, Wrong, wrong};
use crate::spec::{OpWord, RiskWord, StepSpec, WorkSpec};

pub(crate) fn check(book: &Judged<'_>) -> Result<(), Wrong> {
    cycles(book)?;
    ends(book)?;
    off_only_in_the_act(book)?;
    if book.spec.book.kind == RunKind::Retire {
        preserved_first(book)?;
        filing_before(book)?;
        records_before_resources(book)?;
        ds_before_zone(book)?;
        dispute_first(book)?;
    }
    Ok(())
}

fn cycles(book: &Judged<'_>) -> Result<(), Wrong> {
    for (span, step) in book.steps() {
        if book.leads_to(step.no).contains(&step.no) {
            return wrong(span, "E1240", words!(en: "step {} needs itself, through others", zh: "第 {} 步经由其他步骤依赖自身", step.no), Text::new("break the circle of needs", "断开 needs 的循环"));
        }
    }
    Ok(())
}

/// Every ending ends: the act step applies to it, and every step is on the way to the last ones.
fn ends(book: &Judged<'_>) -> Result<(), Wrong> {
    let act = *book.spec.book.act_step.as_ref();
    for way in book.ways() {
        let applies = book.step(act).is_some_and(|step| step.applies_to(way));
        let after = book.steps().any(|(_, step)| step.applies_to(way) && book.leads_to(step.no).contains(&act));
        if !applies || !after {
            let way = way.map_or("this book", Ending::code);
            return wrong(
                book.spec.book.act_step.span(),
                "E1241",
                words!(en: "{way} never ends: its act is missing, or nothing closes the case after it", zh: "{way} 没有终点：缺少执行，或其后无人结案"),
                Text::new("give the ending an act and a closing step", "为该结局写明执行与结案步骤"),
            );
        }
    }
    Ok(())
}

fn off_only_in_the_act(book: &Judged<'_>) -> Result<(), Wrong> {
    let act = *book.spec.book.act_step.as_ref();
    for (span, step) in book.steps() {
        let does = |word| step.work.iter().any(|work| work.as_ref().act == Some(word));
        if does(OpWord::AutoRenewOff) && step.no != act {
            return wrong(span, "E1242", Text::new("auto-renew goes off outside the act step", "在执行步骤之外关闭了自动续费"), Text::new("switch it off in the act step only", "只在执行步骤关闭"));
        }
        let back = step.rescue.iter().any(|work| work.as_ref().act == Some(OpWord::AutoRenewOn));
        if does(OpWord::AutoRenewOff) && !back {
            return wrong(span, "E1242", Text::new("auto-renew goes off with no way to put it back on", "关闭自动续费后没有恢复手段"), Text::new("add auto-renew-on to the step's rescue", "在该步骤的 rescue 中加入 auto-renew-on"));
        }
        if let Some(work) = step.rescue.iter().find(|work| work.as_ref().risk == RiskWord::Irreversible) {
            return wrong(work.span(), "E1242", Text::new("rescue work is irreversible", "挽救工作不可恢复"), Text::new("bring the name back by work that can be set back, or costs", "用可恢复或付费的工作挽回域名"));
        }
    }
    Ok(())
}

/// The steps that do a task, with the task's place in them.
fn doing<'a>(book: &'a Judged<'_>, is: impl Fn(&WorkSpec) -> bool + 'a) -> impl Iterator<Item = (Range<usize>, &'a StepSpec)> {
    book.steps().filter(move |(_, step)| step.work.iter().any(|work| is(work.as_ref())))
}

fn task(kind: TaskKind) -> impl Fn(&WorkSpec) -> bool {
    move |work| work.task == Some(kind)
}

fn act(word: OpWord) -> impl Fn(&WorkSpec) -> bool {
    move |work| work.act == Some(word)
}

/// Refuses `later` where `first` does not lead to it, or is not earlier in the same step.
fn precedes(
    book: &Judged<'_>,
    what: Text,
    first: impl Fn(&WorkSpec) -> bool,
    later: impl Fn(&WorkSpec) -> bool,
) -> Result<(), Wrong> {
    let firsts: BTreeSet<u8> = doing(book, &first).map(|(_, step)| step.no).collect();
    for (span, step) in doing(book, &later) {
        let place = |is: &dyn Fn(&WorkSpec) -> bool| step.work.iter().position(|work| is(work.as_ref()));
        let same = place(&first).zip(place(&later)).is_some_and(|(first, later)| first < later);
        let leads = book.leads_to(step.no);
        if !same && !firsts.iter().any(|no| leads.contains(no)) {
            return wrong(span, "E1243", Words::from(what).behind(words!(en: "step {}: ", zh: "第 {} 步：", step.no)), Text::new("add the earlier step to needs", "把较早的步骤加入 needs"));
        }
    }
    Ok(())
}

fn preserved_first(book: &Judged<'_>) -> Result<(), Wrong> {
    let last = |work: &WorkSpec| work.risk == RiskWord::Irreversible && work.task != Some(TaskKind::CloseTenants);
    for kind in [TaskKind::ExportData, TaskKind::DrillRestore, TaskKind::SealBaseline] {
        precedes(book, Text::new("an irreversible act before export, drill and seal", "不可恢复的操作早于导出、演练与封存"), task(kind), last)?;
    }
    precedes(book, Text::new("tenants are closed before dependencies are mapped", "关闭租户早于梳理依赖"), task(TaskKind::MapDependencies), task(TaskKind::CloseTenants))?;
    precedes(book, Text::new("tenants are closed before anybody is told", "关闭租户早于通知相关方"), task(TaskKind::NotifyParties), task(TaskKind::CloseTenants))
}

fn filing_before(book: &Judged<'_>) -> Result<(), Wrong> {
    precedes(book, Text::new("the filing is submitted before it is reconciled", "提交备案早于核对备案"), task(TaskKind::ReconcileFiling), task(TaskKind::SubmitFiling))?;
    precedes(book, Text::new("the filing is confirmed before it is submitted", "确认备案早于提交备案"), task(TaskKind::SubmitFiling), task(TaskKind::ConfirmFiling))?;
    let confirmed = Text::new("the filing must end while the name still works", "备案须在域名仍可用时办结");
    for later in [TaskKind::RefuseMail, TaskKind::ReleaseResources] {
        precedes(book, confirmed, task(TaskKind::ConfirmFiling), task(later))?;
    }
    for later in [OpWord::CloseMail, OpWord::StepDownTtl, OpWord::ParkZone, OpWord::AutoRenewOff, OpWord::DeleteRegistration, OpWord::Transfer] {
        precedes(book, confirmed, task(TaskKind::ConfirmFiling), act(later))?;
    }
    Ok(())
}

fn records_before_resources(book: &Judged<'_>) -> Result<(), Wrong> {
    precedes(book, Text::new("records go before their resources are listed", "删除记录早于盘点资源"), task(TaskKind::InventoryResources), act(OpWord::DetachRecords))?;
    precedes(book, Text::new("resources go before their records", "释放资源早于删除记录"), act(OpWord::DetachRecords), task(TaskKind::ReleaseResources))?;
    // 14 days after detaching: RFC 2308 caches and slow users; playbook-23/2, critical order.
    for (span, step) in doing(book, task(TaskKind::ReleaseResources)) {
        let work = step.work.iter().map(toml::Spanned::as_ref).find(|work| work.task == Some(TaskKind::ReleaseResources));
        let waits = work.into_iter().flat_map(|work| &work.before).any(|atom| {
            atom.as_ref().elapsed.as_ref().is_some_and(|elapsed| elapsed.passed.is_some() && elapsed.at_least.calendar_days() >= 14)
        });
        if !waits {
            return wrong(span, "E1244", Text::new("resources are released less than 14 days after detaching", "解绑不足 14 天即释放资源"), Text::new("add an elapsed predicate of 14 days to the work", "为该工作加上 14 天的 elapsed 条件"));
        }
    }
    Ok(())
}

fn ds_before_zone(book: &Judged<'_>) -> Result<(), Wrong> {
    let removes: Vec<_> = doing(book, act(OpWord::RemoveDs)).collect();
    if removes.is_empty() {
        return wrong(book.spec.book.act_step.span(), "E1243", Text::new("no step withdraws the DS record", "没有步骤撤下 DS 记录"), Text::new("add remove-ds before the zone is parked", "在停放解析之前加入 remove-ds"));
    }
    precedes(book, Text::new("the zone is replaced before the DS record is gone", "DS 记录撤下前即更换解析区"), act(OpWord::RemoveDs), act(OpWord::ParkZone))
}

/// The dispute search leads to everything that cannot be set back, so it is read again before it.
fn dispute_first(book: &Judged<'_>) -> Result<(), Wrong> {
    precedes(book, Text::new("an irreversible act without the dispute check", "未查争议即执行不可恢复的操作"), task(TaskKind::SearchDisputes), |work| {
        work.risk == RiskWord::Irreversible
    })
}
