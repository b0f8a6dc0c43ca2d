//! C4: the expiry ladder, on the date that counts.
//!
//! The ladder runs down to the day and goes on after it, through grace and redemption, where the
//! alarms count to the last *safe* rescue day and never to the last day. A registry that renews by
//! itself shows a year too much: that date is not believed, and where the year is probably unpaid
//! this is said. It computes no date; those come from the life-cycle rules.

use namekeep_model::phase::PhaseKind;
use namekeep_model::status::{RgpStatus, StatusSet};
use namekeep_model::{Date, Finding, Level, Text, Words};

use super::Round;
use super::profile::Expiry as Numbers;

const CODE: &str = "C4";

/// What is known of the dates of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dates {
    /// The date that counts, and which of the dates it is, in words.
    pub counts: Option<(Date, Words)>,
    /// Why no date is known, in one line, when none is.
    pub missing: Words,
    /// Where the registration stands.
    pub phase: Option<PhaseKind>,
    /// The last day on which a rescue is still safe.
    pub last_safe_rescue: Option<Date>,
    /// The registry's expiry.
    pub registry: Option<Date>,
    /// The registrar's expiry.
    pub registrar: Option<Date>,
    /// Paid until.
    pub paid_until: Option<Date>,
    /// The statuses of the registration.
    pub statuses: StatusSet,
}

/// Checks the dates of a name on a day.
pub fn check(round: &Round<'_>, numbers: &Numbers, today: Date, dates: &Dates) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    found.extend(unpaid_year(round, numbers, today, dates));
    let phase = dates.phase.unwrap_or(PhaseKind::Unknown);
    let by_phase = match phase {
        PhaseKind::RenewalGrace
        | PhaseKind::AutoRenewGrace
        | PhaseKind::ExpiredHeld
        | PhaseKind::Redemption
        | PhaseKind::PendingRestore => {
            // An auto-renewed name that is paid stands in grace only in the registry's books.
            let settled =
                phase == PhaseKind::AutoRenewGrace && dates.counts.as_ref().is_some_and(|(date, _)| *date > today);
            if settled { ladder(round, numbers, today, dates) } else { rescue(round, today, dates, phase) }
        }
        PhaseKind::PendingDelete | PhaseKind::Quarantine | PhaseKind::Released => {
            let text = phase.text();
            let says = Words {
                en: format!("{}: nothing the holder can do brings the name back", text.en),
                zh: format!("{}：持有人已无法取回该域名", text.zh),
            };
            round.raise(CODE, Level::Critical, None, says)
        }
        PhaseKind::Registered | PhaseKind::Unknown => ladder(round, numbers, today, dates),
    };
    // The unpaid year is the graver form of the same news: the rungs below it would only repeat it.
    if !found.iter().any(|finding| by_phase.as_ref().is_some_and(|other| other.level <= finding.level)) {
        found.extend(by_phase);
    }
    found.extend(near_rescue(round, numbers, today, dates, phase));
    found
}

/// The rung the day stands on.
fn ladder(round: &Round<'_>, numbers: &Numbers, today: Date, dates: &Dates) -> Option<Finding> {
    let Some((date, which)) = &dates.counts else {
        let nothing = || Text::new("no source gives an expiry date", "没有来源给出到期日").into();
        let why = if dates.missing.is_empty() { nothing() } else { dates.missing.clone() };
        let says = why.behind(Text::new("no date to count to: ", "没有可用的到期日："));
        return round.raise(CODE, Level::NotChecked, None, says);
    };
    let left = days(today, *date);
    if left >= 0 {
        let rung = numbers.before.iter().rev().find(|rung| left <= rung.days)?;
        let says = Words {
            en: format!("expires {date} ({}), in {}", which.en, plural(left)),
            zh: format!("{date} 到期（{}），还剩 {left} 天", which.zh),
        };
        return round.raise(CODE, rung.level, None, says);
    }
    let over = -left;
    let rung = numbers.after.iter().rev().find(|rung| over >= rung.days)?;
    let says = Words {
        en: format!("expired {date} ({}), {} ago", which.en, plural(over)),
        zh: format!("已于 {date} 到期（{}），过期 {over} 天", which.zh),
    };
    round.raise(CODE, rung.level, None, says)
}

/// After expiry: the days to the last safe rescue day.
fn rescue(round: &Round<'_>, today: Date, dates: &Dates, phase: PhaseKind) -> Option<Finding> {
    let text = phase.text();
    let says = match dates.last_safe_rescue {
        Some(day) if day >= today => {
            let left = days(today, day);
            Words {
                en: format!("{}; last safe rescue day {day}, in {}", text.en, plural(left)),
                zh: format!("{}；最后安全挽回日 {day}，还剩 {left} 天", text.zh),
            }
        }
        Some(day) => Words {
            en: format!("{}; the last safe rescue day {day} has passed, a rescue may fail", text.en),
            zh: format!("{}；最后安全挽回日 {day} 已过，挽救可能失败", text.zh),
        },
        None => Words {
            en: format!("{}; the last safe rescue day is not known: ask the registrar today", text.en),
            zh: format!("{}；最后安全挽回日未知：请今天联系注册商", text.zh),
        },
    };
    round.raise(CODE, Level::Critical, None, says)
}

/// Before expiry, a rescue day may already be near: some registrars delete before the date.
fn near_rescue(round: &Round<'_>, numbers: &Numbers, today: Date, dates: &Dates, phase: PhaseKind) -> Option<Finding> {
    let day = dates.last_safe_rescue.filter(|_| phase == PhaseKind::Registered)?;
    let left = days(today, day);
    let before_expiry = dates.counts.as_ref().is_some_and(|(date, _)| day <= *date);
    if !before_expiry || left > numbers.rescue_days {
        return None;
    }
    let says = if left >= 0 {
        Words {
            en: format!("renew by {day}, in {}: later is not safe for this name", plural(left)),
            zh: format!("请于 {day} 前续费（还剩 {left} 天）：此后对该域名不再稳妥"),
        }
    } else {
        Words {
            en: format!("the last safe day to renew was {day}"), zh: format!("最后安全续费日为 {day}，已过")
        }
    };
    round.raise(CODE, Level::Critical, Some("rescue"), says)
}

/// The registry's extra year: it renewed the name by itself, and nobody seems to have paid.
fn unpaid_year(round: &Round<'_>, numbers: &Numbers, today: Date, dates: &Dates) -> Option<Finding> {
    let registry = dates.registry?;
    if registry <= today {
        return None;
    }
    let year = |from: Date| (numbers.year_days_min..=numbers.year_days_max).contains(&days(from, registry));
    let paid = dates.paid_until.or(dates.registrar);
    let in_period = dates.statuses.has_rgp(RgpStatus::AutoRenewPeriod);
    let since = match paid {
        // Paid for the year the registry shows: nothing is owed.
        Some(paid) if paid > today && !year(paid) => return None,
        Some(paid) if paid >= registry => return None,
        Some(paid) if paid <= today && (year(paid) || in_period) => paid,
        Some(_) => return None,
        None if in_period => registry.checked_sub(jiff::Span::new().years(1)).ok()?,
        None => return None,
    };
    let mut says = Words {
        en: format!("the registry shows {registry}, a year it added by itself; probably unpaid since {since}"),
        zh: format!("注册局显示 {registry}，系其自动多加的一年；自 {since} 起很可能未付费"),
    };
    if let Some(day) = dates.last_safe_rescue {
        says.en.push_str(&format!("; last safe rescue day {day}"));
        says.zh.push_str(&format!("；最后安全挽回日 {day}"));
    }
    round.raise(CODE, Level::Critical, Some("auto-renewed"), says)
}

/// Whole days from one day to another, negative when the other is earlier.
fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn plural(count: i32) -> String {
    if count == 1 { "1 day".to_owned() } else { format!("{count} days") }
}
