//! Traps: what a plan for this suffix at this registrar would trip over.

use namekeep_model::{Text, Words};
use namekeep_rules::{Class, Offered, Overlay, OverlayRule, Row, Rulebook, Term, TrapCode};
use serde::Serialize;

use crate::life::Life;
use crate::state::NameState;

/// One trap, in words, with where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trap {
    /// Its code.
    pub code: TrapCode,
    /// What it is.
    pub words: Words,
    /// Source ids, or the overlay.
    pub source: String,
}

const fn text(code: TrapCode) -> Text {
    match code {
        TrapCode::CancellationNeeded => Text::new(
            "not renewing is not cancelling: the contract or the invoice goes on until the holder cancels in writing",
            "不续费不等于取消：合同或账单继续有效，须由持有者书面取消",
        ),
        TrapCode::DeletesBeforeExpiry => Text::new(
            "some registrars delete before the expiry date: plan from their deadline",
            "部分注册商在到期日之前删除：须按其截止日安排",
        ),
        TrapCode::OrderDeadline => Text::new("renewal orders close before the expiry date", "续费下单在到期日之前截止"),
        TrapCode::RegistryDateOneYearLate => Text::new(
            "at expiry the registry date jumps one year ahead although nobody paid",
            "到期时注册局日期自动多出一年，并不代表已付费",
        ),
        TrapCode::RegistryDateOldAfterRenewal => Text::new(
            "the registry shows the old date for up to 15 days after a paid renewal",
            "付费续费后，注册局最多 15 天内仍显示旧日期",
        ),
        TrapCode::NoRegistryExpiry => Text::new(
            "the registry publishes no expiry date: what a registrar shows is a billing date",
            "注册局不公布到期日：注册商显示的是计费日",
        ),
        TrapCode::MonthEndExpiry => Text::new("the expiry date is always the last day of a month", "到期日总是月末"),
        TrapCode::ClockShifts => {
            Text::new("weekends, holidays or rounds move the dates", "周末、节假日或轮次会移动日期")
        }
        TrapCode::ClockFrozenInCrisis => {
            Text::new("the registry has stopped its clocks in a crisis", "注册局曾在危机中暂停时钟")
        }
        TrapCode::StrangerCanTake => Text::new(
            "a customer of another registrar may take the name while it is in redemption",
            "赎回期内，其他注册商的客户可取得该域名",
        ),
        TrapCode::OtherRegistrarCanRescue => {
            Text::new("another registrar can bring the name back too", "其他注册商也可挽回该域名")
        }
        TrapCode::NoWayBack => Text::new("a deleted name cannot be had back", "域名删除后无法找回"),
        TrapCode::RestoreMayFail => {
            Text::new("a restore may be impossible: no plan counts on it", "可能无法赎回：计划不得依赖赎回")
        }
        TrapCode::LateRescueCancellable => Text::new(
            "the registrar can cancel a late restore for another 45 days",
            "较晚的赎回，注册商在之后 45 天内仍可撤销",
        ),
        TrapCode::IdentityOutranksClock => Text::new(
            "an identity check outranks the clock: unverified names are stopped, deleted or cannot be redeemed",
            "身份核查优先于时钟：未核验的域名可能被停止、删除或无法赎回",
        ),
        TrapCode::DropListPublished => Text::new(
            "names about to be released are published: assume that somebody waits",
            "即将释放的域名会被公布：应假定有人等候",
        ),
        TrapCode::AuctionInGrace => Text::new(
            "the registrar may auction or move the name before it ever reaches redemption",
            "注册商可能在进入赎回期之前竞价或转移该域名",
        ),
        TrapCode::TransferLockAfterRestore => {
            Text::new("a restored name cannot be transferred for a time", "赎回后一段时间内不能转出")
        }
        TrapCode::DeleteRestricted => {
            Text::new("deletion on request is not offered to everybody", "并非所有客户都可申请删除")
        }
        TrapCode::SourcesDisagree => Text::new("the sources disagree about the days", "各来源的天数不一致"),
    }
}

/// Lists the traps of a name.
pub(crate) fn traps(
    rules: &Rulebook,
    row: &Row,
    overlay: Option<(&Overlay, Option<&OverlayRule>)>,
    life: Option<&Life>,
    state: &NameState,
) -> Vec<Trap> {
    let of_row = || row.sources.join(" ");
    let mut found: Vec<Trap> = Vec::new();
    let mut add = |code: TrapCode, more: Option<Words>, source: String| {
        let base = Words::from(text(code));
        let words = match more {
            Some(more) => Words { en: format!("{}: {}", base.en, more.en), zh: format!("{}：{}", base.zh, more.zh) },
            None => base,
        };
        if !found.iter().any(|trap| trap.code == code) {
            found.push(Trap { code, words, source });
        }
    };
    let rule = overlay.and_then(|(_, rule)| rule);
    let of_overlay = |overlay: &Overlay| format!("{} {}", overlay.id, overlay.source.join(" "));
    if let Some((overlay, _)) = overlay {
        let early = rule.is_some_and(|rule| {
            rule.delete_days_before_expiry.is_some()
                || rule.grace.as_ref().and_then(Term::days).is_some_and(|days| days < 0)
        });
        if early {
            add(TrapCode::DeletesBeforeExpiry, None, of_overlay(overlay));
        }
        if overlay.auction_in_grace {
            add(TrapCode::AuctionInGrace, None, of_overlay(overlay));
        }
        if overlay.transfer_lock_after_restore_days.is_some() {
            add(TrapCode::TransferLockAfterRestore, None, of_overlay(overlay));
        }
        if overlay.clock_shifts {
            add(TrapCode::ClockShifts, None, of_overlay(overlay));
        }
        if overlay.delete.is_some() && crate::endings::restricted(overlay, &state.suffix) {
            add(TrapCode::DeleteRestricted, None, of_overlay(overlay));
        }
    } else {
        // The registrar is not known: what any of them does is possible.
        let early = rules.overlays().all().iter().filter(|overlay| {
            overlay
                .rule(&state.suffix, &row.registry, row.class)
                .is_some_and(|rule| rule.delete_days_before_expiry.is_some())
        });
        let names: Vec<&str> = early.map(|overlay| overlay.id.as_str()).collect();
        if !names.is_empty() {
            add(TrapCode::DeletesBeforeExpiry, None, names.join(" "));
        }
    }
    for &code in &row.traps {
        let more = match code {
            TrapCode::ClockShifts | TrapCode::ClockFrozenInCrisis => Some(quoted(&row.holiday_shift)),
            _ => None,
        };
        add(code, more, of_row());
    }
    if life.is_some_and(|life| life.order_before.is_some()) || row.order_deadline_days_before_expiry.is_some() {
        add(TrapCode::OrderDeadline, None, of_row());
    }
    if life.is_some_and(|life| life.date_jumps) {
        add(TrapCode::RegistryDateOneYearLate, None, of_row());
    }
    if let Some(conflict) = &row.conflict {
        add(TrapCode::SourcesDisagree, Some(conflict.clone()), of_row());
    }
    if row.explicit_delete.offered == Offered::No {
        add(TrapCode::DeleteRestricted, None, of_row());
    }
    if row.locks.as_ref().is_some_and(|locks| locks.after_restore_days.is_some()) {
        add(TrapCode::TransferLockAfterRestore, None, of_row());
    }
    if matches!(row.class, Class::Gtld | Class::Template) && life.is_some() {
        add(TrapCode::AuctionInGrace, None, of_row());
    }
    found
}

/// A sentence of a source, shown as it stands in both languages.
pub(crate) fn quoted(text: &str) -> Words {
    Words { en: text.to_owned(), zh: format!("（原文）{text}") }
}
