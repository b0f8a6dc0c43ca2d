//! Days, flags and decisions as people and tools write them.
//!
//! A date that can be read in two ways is not read.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use namekeep_model::Date;
use namekeep_model::portfolio::{Ending, Intent};

/// A calendar day, and the instant where the source gave one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// The day as written, or that of the instant in the zone of the import.
    pub date: Date,
    /// The instant, where the source named one with its offset or counted from 1970.
    pub instant: Option<Timestamp>,
}

/// Why a value was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// No form known here.
    Form,
    /// Day and month cannot be told apart.
    Ambiguous,
}

/// Years a registration can begin or end in; the first names are of 1985.
const YEARS: std::ops::RangeInclusive<i16> = 1985..=2150;
/// Characters a date may have.
const MAX_DATE: usize = 64;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Tells whether a text stands for "nothing".
pub(super) fn is_nothing(text: &str) -> bool {
    let folded = text.trim().to_lowercase();
    matches!(
        folded.as_str(),
        "" | "-" | "--" | "—" | "/" | "null" | "none" | "n/a" | "na" | "无" | "空" | "未知" | "unknown"
    ) || folded.starts_with("0000-00-00")
}

/// Reads a day; nothing where the text stands for nothing.
pub(super) fn day(text: &str, zone: &TimeZone) -> Result<Option<Day>, Unread> {
    let text = text.trim();
    if is_nothing(text) {
        return Ok(None);
    }
    if text.len() > MAX_DATE {
        return Err(Unread::Form);
    }
    let day = match epoch(text, zone) {
        Some(day) => day,
        None => match text.parse::<Timestamp>() {
            // The day is the one written, whatever the offset.
            Ok(instant) => Day { date: numbers_first(text)?, instant: Some(instant) },
            Err(_) => Day { date: written(text)?, instant: None },
        },
    };
    if YEARS.contains(&day.date.year()) { Ok(Some(day)) } else { Err(Unread::Form) }
}

/// Reads seconds (10 digits) or milliseconds (12 or 13) since 1970.
fn epoch(text: &str, zone: &TimeZone) -> Option<Day> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: i64 = text.parse().ok()?;
    let instant = match text.len() {
        9 | 10 => Timestamp::from_second(count).ok()?,
        12 | 13 => Timestamp::from_millisecond(count).ok()?,
        _ => return None,
    };
    Some(Day { date: instant.to_zoned_datetime(zone.clone()).date(), instant: Some(instant) })
}

/// Reads a day written out: digits, Chinese, or with the name of the month.
fn written(text: &str) -> Result<Date, Unread> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<i16>().ok());
        return date(part(0, 4), part(4, 6), part(6, 8));
    }
    if text.chars().any(|c| c.is_ascii_alphabetic()) { month_named(text) } else { numbers_first(text) }
}

/// Reads `2026-01-05`, `2026/1/5`, `2026.1.5`, `2026年1月5日`, each with a time behind, and
/// `25/12/2026` or `12/25/2026` where only one order gives a day.
fn numbers_first(text: &str) -> Result<Date, Unread> {
    let mut numbers = [None; 3];
    let mut rest = text;
    for slot in &mut numbers {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (head, tail) = rest.split_at_checked(digits).ok_or(Unread::Form)?;
        *slot = Some((head.len(), head.parse::<i16>().map_err(|_| Unread::Form)?));
        rest = tail.trim_start_matches(['-', '/', '.', '年', '月', '日', ' ']);
        // A time follows the third number; nothing else may.
    }
    let [Some((first_len, first)), Some((_, second)), Some((third_len, third))] = numbers else {
        return Err(Unread::Form);
    };
    let time = rest.trim_start_matches(['T', 't', ' ']);
    if !time
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z' | 'z' | ' ' | '时' | '分' | '秒'))
    {
        return Err(Unread::Form);
    }
    if first_len == 4 {
        return date(Some(first), Some(second), Some(third));
    }
    if third_len != 4 {
        return Err(Unread::Form);
    }
    match (first > 12, second > 12, first == second) {
        (true, _, _) => date(Some(third), Some(second), Some(first)),
        (_, true, _) | (_, _, true) => date(Some(third), Some(first), Some(second)),
        _ => Err(Unread::Ambiguous),
    }
}

/// Reads `05-Jan-2026`, `5 January 2026`, `Jan 5, 2026`, with a time or weekday around.
fn month_named(text: &str) -> Result<Date, Unread> {
    let (mut month, mut day, mut year) = (None, None, None);
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != ':') {
        let lower = word.to_ascii_lowercase();
        let named = lower.get(..3).and_then(|start| MONTHS.iter().position(|name| *name == start));
        match (word.parse::<i16>(), named) {
            (Ok(number), _) if word.len() == 4 && year.is_none() => year = Some(number),
            (Ok(number), _) if word.len() <= 2 && day.is_none() => day = Some(number),
            (Err(_), Some(index)) if month.is_none() => month = i16::try_from(index + 1).ok(),
            _ => {}
        }
    }
    date(year, month, day)
}

fn date(year: Option<i16>, month: Option<i16>, day: Option<i16>) -> Result<Date, Unread> {
    let (year, month, day) = (year.ok_or(Unread::Form)?, month.ok_or(Unread::Form)?, day.ok_or(Unread::Form)?);
    let narrow = |number: i16| i8::try_from(number).map_err(|_| Unread::Form);
    Date::new(year, narrow(month)?, narrow(day)?).map_err(|_| Unread::Form)
}

/// Reads a flag; nothing where the text stands for nothing.
pub(super) fn flag(text: &str) -> Result<Option<bool>, Unread> {
    if is_nothing(text) && !matches!(text.trim(), "无") {
        return Ok(None);
    }
    match text.trim().to_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "t" | "on" | "enabled" | "enable" | "active" | "是" | "开" | "开启" | "已开启"
        | "已开通" | "已设置" | "自动续费" | "启用" | "有" => Ok(Some(true)),
        "0" | "no" | "n" | "false" | "f" | "off" | "disabled" | "disable" | "manual" | "否" | "关" | "关闭"
        | "已关闭" | "未开启" | "未开通" | "未设置" | "手动续费" | "停用" | "无" => Ok(Some(false)),
        _ => Err(Unread::Form),
    }
}

/// Reads what is to become of a name; nothing where the text stands for nothing.
pub(super) fn intent(text: &str) -> Result<Option<(Intent, Option<Ending>)>, Unread> {
    if is_nothing(text) {
        return Ok(None);
    }
    let read = match text.trim().to_lowercase().replace(['_', ' '], "-").as_str() {
        "renew" | "keep" | "续费" | "保留" | "继续使用" => (Intent::Renew, None),
        "retire" | "退役" => (Intent::Retire, None),
        "hold" | "hold-dark" | "park" | "持有" | "停放" => (Intent::Retire, Some(Ending::HoldDark)),
        "hold-live" => (Intent::Retire, Some(Ending::HoldLive)),
        "transfer" | "transfer-out" | "转出" => (Intent::Retire, Some(Ending::Transfer)),
        "lapse" | "let-lapse" | "drop" | "不续费" => (Intent::Retire, Some(Ending::Lapse)),
        "delete" | "delete-the-registration" | "删除" | "删除域名" => (Intent::Retire, Some(Ending::Delete)),
        "undecided" | "pending" | "tbd" | "待定" | "未定" | "未决定" => (Intent::Undecided, None),
        // 注销 may mean the filing, the registration or the account.
        "注销" => return Err(Unread::Ambiguous),
        _ => return Err(Unread::Form),
    };
    Ok(Some(read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_in_many_forms() {
        let zone = TimeZone::UTC;
        for text in [
            "2026-01-05",
            "2026/1/5",
            "2026.1.5",
            "2026年1月5日",
            "2026年01月05日 12时30分",
            "20260105",
            " 2026-1-5 ",
            "2026-01-05 23:59:59",
            "2026-01-05T23:59:59Z",
            "2026-01-05T23:59:59+08:00",
            "2026/1/5 0:00",
            "05-Jan-2026",
            "5 January 2026",
            "Jan 5, 2026",
            "Mon Jan 05 12:00:00 2026",
            "1767571200",
            "1767571200000",
        ] {
            assert_eq!(
                day(text, &zone).map(|day| day.map(|day| day.date.to_string())),
                Ok(Some("2026-01-05".into())),
                "{text}"
            );
        }
        assert_eq!(
            day("25/12/2026", &zone).ok().flatten().map(|day| day.date.to_string()).as_deref(),
            Some("2026-12-25")
        );
        assert_eq!(
            day("12/25/2026", &zone).ok().flatten().map(|day| day.date.to_string()).as_deref(),
            Some("2026-12-25")
        );
        assert_eq!(day("05/01/2026", &zone), Err(Unread::Ambiguous));
        for text in ["", "-", "null", "0000-00-00", "0000-00-00 00:00:00", "无"] {
            assert_eq!(day(text, &zone), Ok(None), "{text}");
        }
        for text in [
            "soon",
            "2026-13-01",
            "2026-02-30",
            "2026",
            "1.2.3",
            "99999999999999999999",
            "2026-01-05x",
            "0026-01-05",
            "3026-01-05",
        ] {
            assert_eq!(day(text, &zone), Err(Unread::Form), "{text}");
        }
    }

    #[test]
    fn an_instant_becomes_a_day_in_the_zone_of_the_import() {
        // 2026-01-05T16:30:00Z is the sixth in Shanghai.
        let shanghai = TimeZone::fixed(jiff::tz::offset(8));
        let read = |zone: &TimeZone| day("1767630600000", zone).ok().flatten().map(|day| day.date.to_string());
        assert_eq!(read(&TimeZone::UTC).as_deref(), Some("2026-01-05"));
        assert_eq!(read(&shanghai).as_deref(), Some("2026-01-06"));
    }

    #[test]
    fn reads_flags_and_decisions() {
        assert_eq!(flag("YES"), Ok(Some(true)));
        assert_eq!(flag("已开启"), Ok(Some(true)));
        assert_eq!(flag("0"), Ok(Some(false)));
        assert_eq!(flag("未开通"), Ok(Some(false)));
        assert_eq!(flag(""), Ok(None));
        assert_eq!(flag("maybe"), Err(Unread::Form));
        assert_eq!(intent("不续费"), Ok(Some((Intent::Retire, Some(Ending::Lapse)))));
        assert_eq!(intent("Let lapse"), Ok(Some((Intent::Retire, Some(Ending::Lapse)))));
        assert_eq!(intent("续费"), Ok(Some((Intent::Renew, None))));
        assert_eq!(intent("注销"), Err(Unread::Ambiguous));
    }
}
