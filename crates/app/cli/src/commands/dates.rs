//! `namekeep dates`: every coming date of a name from its expiry and suffix.

use namekeep_lifecycle::{self as lifecycle, DatesView, ExpiryFact, NameState};
use namekeep_model::status::StatusSet;
use namekeep_model::{Source, Text, Timestamp, words};
use namekeep_rules::Rulebook;
use namekeep_service::{Exit, Failure};

use super::known;
use super::name::pad;
use super::workdays::day;
use crate::args::Dates;
use crate::output::{Output, safe, wrap};

pub(crate) fn run(args: &Dates, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let rules = Rulebook::embedded()?;
    let name = known::registrable(&args.name)?;
    let expiry = day(&args.expires)?;
    let at = match &args.at {
        Some(text) => day(text)?,
        None => known::today(now),
    };
    let mut statuses = StatusSet::EMPTY;
    for word in args.status.iter().flat_map(|text| text.split([',', ' '])).filter(|word| !word.is_empty()) {
        if statuses.add_text(word).is_err() {
            let shown = safe(word);
            return Err(Failure::usage(words!(en: "`{shown}` is no EPP or RGP status", zh: "`{shown}` 不是 EPP 或 RGP 状态"))
                .hint(Text::new("write it as RFC 5731 and RFC 3915 do, such as clientHold or redemptionPeriod", "请按 RFC 5731、RFC 3915 书写，例如 clientHold、redemptionPeriod")));
        }
    }
    let state = NameState {
        name: name.a_label().to_owned(),
        suffix: name.registry_suffix().to_owned(),
        // The date is taken for what the account shows: the day a person read off somewhere.
        registrar_expiry: Some(ExpiryFact::new(expiry, Source::Person, at)),
        statuses,
        registrar: args.registrar.clone(),
        ..NameState::default()
    };
    let projection = lifecycle::project(&state, &rules, at)?;
    let view = lifecycle::view(name.a_label(), name.registry_suffix(), &projection);
    if output.json {
        output.json_line(&view);
    } else {
        print(&name.to_string(), &view, &projection, output);
    }
    Ok(Exit::Ok)
}

fn print(name: &str, view: &DatesView, projection: &lifecycle::Projection<'_>, output: &Output) {
    let lang = output.lang;
    let phase = output.say(view.phase.text());
    output.line(format!("{}  {phase}", output.heading(&safe(name))));
    if let Some(counts) = &view.date_that_counts {
        let label = output.say(Text::new("date that counts", "采用日期"));
        output.line(format!("  {label}  {}  {}", counts.date, counts.why.get(lang)));
    }
    if let Some(unknown) = &view.unknown {
        output.line(format!("  ?? {}", unknown.get(lang)));
    }
    let none = "--".to_owned();
    let rows: Vec<Vec<String>> = projection
        .events
        .iter()
        .map(|event| {
            let show = |day: Option<namekeep_rules::Day>| day.map_or_else(|| none.clone(), |day| day.to_string());
            let mark = if event.provisional { output.say(Text::new("provisional", "暂定")) } else { "" };
            vec![
                output.say(event.kind.text()).to_owned(),
                show(event.earliest),
                show(event.typical),
                show(event.latest),
                output.say(event.confidence.text()).to_owned(),
                mark.to_owned(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        output.line("");
        let headings = [
            Text::new("WHAT", "事件"), Text::new("EARLIEST", "最早"), Text::new("TYPICAL", "通常"),
            Text::new("LATEST", "最晚"), Text::new("CONFIDENCE", "可信度"), Text::new("", ""),
        ].map(|text| output.say(text));
        output.table(&headings, &rows, &[]);
    }
    let section = |label: Text, lines: Vec<String>| {
        if lines.is_empty() {
            return;
        }
        output.line("");
        output.line(output.heading(output.say(label)));
        for text in lines {
            for line in wrap(&safe(&text), output.width.saturating_sub(4)) {
                output.line(format!("  {line}"));
            }
        }
    };
    let may: Vec<String> = view.may.iter().map(|may| output.say(may.text()).to_owned()).collect();
    section(Text::new("May now", "现在可以"), if may.is_empty() { Vec::new() } else { vec![may.join(", ")] });
    section(Text::new("Traps", "注意"), view.traps.iter().map(|trap| trap.words.get(lang).to_owned()).collect());
    section(Text::new("Ask", "须询问"), view.asks.iter().map(|words| words.get(lang).to_owned()).collect());
    section(Text::new("Notes", "说明"), view.notes.iter().map(|words| words.get(lang).to_owned()).collect());
    let _ = pad;
}
