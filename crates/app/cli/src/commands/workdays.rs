//! `namekeep workdays`: mainland China working days, with what is provisional said.

use namekeep_model::{Date, Text, Timestamp, Words, words};
use namekeep_rules::{Rulebook, WorkCalendar};
use namekeep_service::{Exit, Failure};
use serde_json::json;

use crate::args::Workdays;
use crate::output::Output;

/// Reads a day, `YYYY-MM-DD`; of an instant (RFC 3339, as `whois parse` prints it) the day it names.
pub(crate) fn day(text: &str) -> Result<Date, Failure> {
    let text = text.trim();
    let utc = || text.parse::<Timestamp>().map(|at| jiff::tz::TimeZone::UTC.to_datetime(at).date());
    text.parse().or_else(|_| utc()).map_err(|_| {
        let shown = crate::output::safe(text);
        Failure::usage(words!(en: "`{shown}` is not a day", zh: "`{shown}` 不是日期"))
            .hint(Text::new("write it as 2027-03-01", "请写成 2027-03-01"))
    })
}

pub(crate) fn run(args: &Workdays, output: &Output) -> Result<Exit, Failure> {
    let rules = Rulebook::embedded()?;
    let calendar = rules.calendar();
    match args {
        Workdays::Add(args) => {
            let from = day(&args.date)?;
            let moved = calendar.add(from, args.days)?;
            let [on, earliest, latest] = [moved.day, moved.earliest, moved.latest].map(|day| day.date());
            if output.json {
                output.json_line(&json!({
                    "date": on, "earliest": earliest, "latest": latest, "provisional": moved.provisional,
                    "source": calendar.source(),
                }));
                return Ok(Exit::Ok);
            }
            output.line(on.to_string());
            if moved.provisional {
                output.note(provisional(calendar, output, &words!(
                    en: "earliest {earliest}, latest {latest}", zh: "最早 {earliest}，最晚 {latest}"
                )));
            }
        }
        Workdays::Between(args) => {
            let between = calendar.between(day(&args.from)?, day(&args.to)?)?;
            let (least, most) = (between.least, between.most);
            if output.json {
                output.json_line(&json!({
                    "days": between.days, "least": least, "most": most, "provisional": between.provisional,
                    "source": calendar.source(),
                }));
                return Ok(Exit::Ok);
            }
            output.line(between.days.to_string());
            if between.provisional {
                output.note(provisional(calendar, output, &words!(
                    en: "at least {least}, at most {most}", zh: "至少 {least}，至多 {most}"
                )));
            }
        }
        Workdays::Is(args) => {
            let answer = calendar.is_working(day(&args.date)?)?;
            if output.json {
                output.json_line(&json!({
                    "working": answer.working, "provisional": answer.provisional, "source": calendar.source(),
                }));
                return Ok(Exit::Ok);
            }
            let text = if answer.working { Text::new("working day", "工作日") } else { Text::new("day off", "休息日") };
            output.line(output.say(text));
            if answer.provisional {
                output.note(provisional(calendar, output, &words!(en: "by weekends alone", zh: "仅按周末判断")));
            }
        }
    }
    Ok(Exit::Ok)
}

/// Says that a year is not published yet, and what that means for the answer.
fn provisional(calendar: &WorkCalendar, output: &Output, bounds: &Words) -> String {
    let last = calendar.last_published().date();
    let words = words!(
        en: "provisional: the schedule is published through {last}; {}", zh: "暂定：放假安排只公布到 {last}；{}",
        bounds.get(output.lang)
    );
    words.get(output.lang).to_owned()
}
