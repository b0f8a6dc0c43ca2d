//! Facts told on the command line, as facts: typed by a person, and saying so.

use jiff::tz::TimeZone;
use namekeep_model::fact::{Said, Sighting};
use namekeep_model::{Confidence, Date, DomainName, Ending, FactKey, FactValue, Facts, Observation, Source, Text, Timestamp, words};
use namekeep_service::Failure;

use super::workdays::day;
use crate::args::{EndingArg, Known};
use crate::output::safe;

/// The zone of calendar facts where no workspace says another.
pub(crate) fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC)
}

/// The day of an instant in that zone.
pub(crate) fn today(now: Timestamp) -> Date {
    zone().to_datetime(now).date()
}

/// Reads a name; one below a registrable name is kept as its registrable part.
pub(crate) fn registrable(text: &str) -> Result<DomainName, Failure> {
    let name = DomainName::parse(text)?;
    name.registry_registrable().ok_or_else(|| {
        let shown = safe(text);
        Failure::usage(words!(en: "`{shown}` is itself a registry suffix", zh: "`{shown}` 本身是注册局后缀"))
    })
}

/// The facts of the options.
pub(crate) fn facts(known: &Known, now: Timestamp) -> Result<Facts, Failure> {
    let mut facts = Facts::default();
    let mut tell = |key, value| {
        let said = Said::Seen(Sighting { value, source: Source::Person, at: now, confidence: Confidence::Medium });
        facts.take(Observation { key, said });
    };
    if let Some(text) = &known.expires {
        let expiry = day(text)?;
        tell(FactKey::RegistrarExpiry, FactValue::Date(expiry));
        tell(FactKey::PaidUntil, FactValue::Date(expiry));
    }
    if let Some(text) = &known.filed {
        let filed = match text.to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" | "是" => true,
            "no" | "false" | "0" | "否" => false,
            _ => {
                let shown = safe(text);
                return Err(Failure::usage(words!(en: "--filed: `{shown}` is neither yes nor no", zh: "--filed：`{shown}` 不是 yes 或 no")));
            }
        };
        tell(FactKey::Filed, FactValue::Bool(filed));
    }
    Ok(facts)
}

/// The ending of an option.
pub(crate) const fn ending(arg: EndingArg) -> Ending {
    match arg {
        EndingArg::Hold => Ending::HoldDark,
        EndingArg::HoldLive => Ending::HoldLive,
        EndingArg::Transfer => Ending::Transfer,
        EndingArg::Lapse => Ending::Lapse,
        EndingArg::Delete => Ending::Delete,
    }
}

/// An instant of a day's morning in a zone, when work begins.
pub(crate) fn morning(day: Date, zone: &TimeZone) -> Result<Timestamp, Failure> {
    zone.to_ambiguous_timestamp(day.at(9, 0, 0, 0)).compatible().map_err(|_| {
        Failure::usage(Text::new("the day is outside the calendar", "日期超出范围"))
    })
}
