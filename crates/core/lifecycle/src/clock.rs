//! Legal clocks: when something is due, by the corpus, with the day before any holiday moved it.
//!
//! The start day never counts; hours run from the moment. Duties counted back move earlier over a
//! holiday, rights may move later, and everything else stands on its raw day. A registrar's
//! business days are counted by the calendar of its place, which is not in here: weekends alone
//! give the earliest day.

use jiff::{Timestamp, ToSpan};
use namekeep_model::{Date, Words};
use namekeep_rules::{ClockKind, Day, Deadline, Direction, LawCorpus, Roll, RulesError, Standing, WorkCalendar};
use serde::Serialize;

/// Holidays a registrar's place may have within a clock of its business days (house policy).
const FOREIGN_HOLIDAYS: i64 = 5;

/// A day or an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Moment {
    /// A day.
    Day(Date),
    /// An instant.
    Instant(Timestamp),
}

/// When something is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The deadline.
    pub id: String,
    /// The day or instant it is due, by the corpus.
    pub due: Moment,
    /// The day before a holiday moved it.
    pub raw: Moment,
    /// The day a plan rests on: never after `due` for a duty or a right, never before it for a
    /// floor.
    pub plan_on: Moment,
    /// The earliest day it can turn out to be.
    pub earliest: Moment,
    /// The latest day it can turn out to be.
    pub latest: Moment,
    /// A holiday moved it.
    pub rolled: bool,
    /// An unpublished year, or a calendar which is not in here, was reached.
    pub provisional: bool,
    /// The article it rests on, by id.
    pub article: String,
    /// How that is known.
    pub standing: Standing,
    /// Whom it binds.
    pub binds: String,
    /// A time to keep something at least.
    pub floor: bool,
    /// What has to be read beside it.
    pub warnings: Vec<Words>,
}

/// A clock's last day with its bounds.
#[derive(Clone, Copy)]
struct Ends {
    raw: Day,
    due: Day,
    earliest: Day,
    latest: Day,
    provisional: bool,
}

impl Ends {
    const fn exactly(day: Day) -> Self {
        Self { raw: day, due: day, earliest: day, latest: day, provisional: false }
    }
}

/// Says when a deadline is due, from the day or instant its clock starts, or the event it is
/// counted back from.
///
/// # Errors
/// Names unknown deadlines, clocks without a number, clocks of hours asked with a day, and dates
/// outside the calendar.
pub fn deadline(law: &LawCorpus, id: &str, start: Moment, calendar: &WorkCalendar) -> Result<Due, RulesError> {
    let deadline = law.deadline(id)?;
    let Some(value) = deadline.value else {
        let note = deadline.note.clone().unwrap_or_else(|| deadline.unit.clone());
        return Err(RulesError::NoNumber { id: deadline.id.clone(), note });
    };
    let mut warnings = Vec::new();
    warnings.extend(deadline.verified.warning().map(Words::from));
    if deadline.clock == ClockKind::Continuous {
        let Moment::Instant(start) = start else { return Err(RulesError::NeedsInstant(deadline.id.clone())) };
        let hours = if deadline.direction == Direction::Before { value.checked_neg() } else { Some(value) };
        let end = hours.and_then(|hours| start.checked_add(hours.hours()).ok()).ok_or(RulesError::OutOfRange)?;
        let end = Moment::Instant(end);
        let ends = (end, end, end, end);
        return Ok(due(deadline, ends, end, false, false, warnings));
    }
    let day = match start {
        Moment::Day(day) => day,
        // A clock of days asked with an instant counts from its day in China, where it runs.
        Moment::Instant(instant) => jiff::tz::offset(8).to_datetime(instant).date(),
    };
    let ends = days(deadline, value, day, calendar)?;
    if deadline.roll == Roll::LaterUnwritten && ends.raw != ends.due {
        warnings.push(Words {
            en: "no rule is written that moves this day over a holiday: act by the day before the move".to_owned(),
            zh: "没有条文规定该日遇节假日顺延：应在顺延之前的日期办理".to_owned(),
        });
    }
    if deadline.clock == ClockKind::BusinessDaysOfRegistrar {
        warnings.push(Words {
            en: "business days at the registrar's place: its holidays are not in the calendar".to_owned(),
            zh: "按注册商所在地的工作日计算：日历中没有其节假日".to_owned(),
        });
    }
    let plan_on = match (deadline.roll, deadline.floor) {
        (_, true) => ends.latest,
        (Roll::LaterUnwritten, _) => ends.raw.min(ends.earliest),
        _ => ends.earliest,
    };
    // What an authority or a registrar owes is waited for until the latest day.
    let plan_on =
        if matches!(deadline.binds.as_str(), "user" | "respondent" | "complainant") { plan_on } else { ends.latest };
    let moment = |day: Day| Moment::Day(day.date());
    let all = (moment(ends.raw), moment(ends.due), moment(ends.earliest), moment(ends.latest));
    Ok(due(deadline, all, moment(plan_on), ends.raw != ends.due, ends.provisional, warnings))
}

fn due(
    deadline: &Deadline,
    ends: (Moment, Moment, Moment, Moment),
    plan_on: Moment,
    rolled: bool,
    provisional: bool,
    warnings: Vec<Words>,
) -> Due {
    let (raw, due, earliest, latest) = ends;
    Due {
        id: deadline.id.clone(),
        due,
        raw,
        plan_on,
        earliest,
        latest,
        rolled,
        provisional,
        article: deadline.article.clone(),
        standing: deadline.verified,
        binds: deadline.binds.clone(),
        floor: deadline.floor,
        warnings,
    }
}

fn days(deadline: &Deadline, value: i64, start: Date, calendar: &WorkCalendar) -> Result<Ends, RulesError> {
    let back = deadline.direction == Direction::Before;
    if deadline.direction == Direction::SameDay {
        return Ok(Ends::exactly(start.into()));
    }
    let signed = if back { value.checked_neg().ok_or(RulesError::OutOfRange)? } else { value };
    let ends = match deadline.clock {
        ClockKind::Working => {
            let moved = calendar.add(start, signed)?;
            return Ok(Ends {
                raw: moved.day,
                due: moved.day,
                earliest: moved.earliest,
                latest: moved.latest,
                provisional: moved.provisional,
            });
        }
        ClockKind::BusinessDaysOfRegistrar => {
            let (first, last) =
                (weekdays(start.into(), signed), weekdays(start.into(), signed + signed.signum() * FOREIGN_HOLIDAYS));
            return Ok(Ends {
                raw: first,
                due: first,
                earliest: first.min(last),
                latest: first.max(last),
                provisional: true,
            });
        }
        ClockKind::Calendar | ClockKind::Continuous => {
            let days = i32::try_from(signed).map_err(|_| RulesError::OutOfRange)?;
            Day::from(start).plus(days)
        }
        // jiff keeps the day of the month and takes the last one where there is none.
        ClockKind::CalendarMonths => {
            let end = i32::try_from(signed).ok().and_then(|months| start.checked_add(months.months()).ok());
            end.ok_or(RulesError::OutOfRange)?.into()
        }
        ClockKind::CalendarYears => {
            let years = i16::try_from(signed).map_err(|_| RulesError::OutOfRange)?;
            Day::from(start).plus_years(years)
        }
    };
    roll(deadline.roll, ends, calendar)
}

fn roll(roll: Roll, raw: Day, calendar: &WorkCalendar) -> Result<Ends, RulesError> {
    let moved = match roll {
        Roll::None => return Ok(Ends::exactly(raw)),
        Roll::Earlier => calendar.on_or_before(raw)?,
        Roll::Later | Roll::LaterUnwritten => calendar.on_or_after(raw)?,
    };
    Ok(Ends { raw, due: moved.day, earliest: moved.earliest, latest: moved.latest, provisional: moved.provisional })
}

/// Weekdays after or before a day.
fn weekdays(start: Day, n: i64) -> Day {
    let step = if n < 0 { -1 } else { 1 };
    let (mut day, mut left) = (start, n.abs());
    // A clock of business days has at most a few weeks; the loop is bounded by the range of days.
    while left > 0 && day > Day::MIN && day < Day::MAX {
        day = day.plus(step);
        left -= i64::from(!day.is_weekend());
    }
    day
}
