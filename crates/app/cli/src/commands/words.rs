//! How values are written for people: instants with their zone, ages, amounts, what is left.

use jiff::tz::TimeZone;
use namekeep_model::{Currency, Lang, Money, Source, Text, Timestamp, Words, words};
use namekeep_service::portfolio::Left;

use crate::output::Output;

/// An instant in a zone, the zone said: `2026-11-24 09:14 (UTC+8)`.
pub(crate) fn instant(at: Timestamp, zone: &TimeZone) -> String {
    let seconds = zone.to_offset(at).seconds();
    let (hours, minutes) = (seconds / 3600, (seconds.abs() / 60) % 60);
    let shown = if minutes == 0 { format!("{hours:+}") } else { format!("{hours:+}:{minutes:02}") };
    let shown = if seconds == 0 { String::new() } else { shown };
    format!("{} (UTC{shown})", zone.to_datetime(at).strftime("%Y-%m-%d %H:%M"))
}

/// How long ago an instant was, rounded down.
pub(crate) fn age(at: Timestamp, now: Timestamp) -> Words {
    let minutes = now.duration_since(at).as_mins().max(0);
    match (minutes / 1440, minutes / 60, minutes) {
        (days @ 2.., _, _) => words!(en: "{days} days ago", zh: "{days} 天前"),
        (_, hours @ 2.., _) => words!(en: "{hours} hours ago", zh: "{hours} 小时前"),
        (_, _, 0) => words!(en: "just now", zh: "刚刚"),
        (_, _, minutes) => words!(en: "{minutes} min ago", zh: "{minutes} 分钟前"),
    }
}

/// What is left until a day.
pub(crate) fn left(left: Left) -> Words {
    match left {
        Left::Over(1) => words!(en: "1 day ago", zh: "已过期 1 天"),
        Left::Over(days) => words!(en: "{days} days ago", zh: "已过期 {days} 天"),
        Left::Today => words!(en: "today", zh: "今天"),
        Left::Hours(hours) => words!(en: "{hours} h", zh: "{hours} 小时"),
        Left::Days(days) => words!(en: "{days} days", zh: "{days} 天"),
    }
}

/// An amount: `¥95.00` in Chinese for yuan, else with the currency's code.
pub(crate) fn money(money: &Money, lang: Lang) -> String {
    let shown = money.to_string();
    match shown.strip_prefix("CNY ") {
        Some(amount) if lang == Lang::Zh && money.currency == Currency::CNY => format!("¥{amount}"),
        _ => shown,
    }
}

/// How a value came to be known, in a word or two.
pub(crate) const fn known_by(source: Source) -> Text {
    match source {
        Source::Registrar | Source::ReadBack => Text::new("verified", "已核"),
        Source::List => Text::new("list", "清单"),
        Source::Person => Text::new("typed", "填写"),
        Source::Assumed => Text::new("assumed", "假定"),
        other => other.text(),
    }
}

/// A number and its noun, in English with the right plural.
pub(crate) fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The words for `nobody looked`.
pub(crate) fn not_checked(output: &Output) -> String {
    output.say(Text::new("not checked", "未检查")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_say_their_zone() {
        let at = Timestamp::UNIX_EPOCH;
        for (name, shown) in [
            ("Asia/Shanghai", "1970-01-01 08:00 (UTC+8)"),
            ("Asia/Kolkata", "1970-01-01 05:30 (UTC+5:30)"),
            ("America/New_York", "1969-12-31 19:00 (UTC-5)"),
            ("UTC", "1970-01-01 00:00 (UTC)"),
        ] {
            assert_eq!(TimeZone::get(name).map(|zone| instant(at, &zone)).ok().as_deref(), Some(shown));
        }
    }

    #[test]
    fn ages_round_down() {
        let now = Timestamp::UNIX_EPOCH;
        for (seconds, shown) in [(0, "just now"), (59, "just now"), (60, "1 min ago"), (7199, "119 min ago"), (7200, "2 hours ago"), (172_799, "47 hours ago"), (172_800, "2 days ago"), (-5, "just now")] {
            let at = now.saturating_sub(jiff::SignedDuration::from_secs(seconds));
            assert_eq!(at.map(|at| age(at, now).en).ok().as_deref(), Some(shown));
        }
    }
}
