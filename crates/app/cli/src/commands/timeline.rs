//! The life of a name as a line: what is known drawn solid, what is forecast drawn dotted.
//!
//! ```text
//! |=====registered=====|....grace....|..redemption..|..pending delete..|  released
//! 2026-09-10           2026-11-10    ~2026-12-10    ~2027-01-09        ~2027-01-14
//!                         ^ today 2026-11-24
//! ```
//!
//! ASCII only: block and box characters have an ambiguous width and shift in CJK terminals.

use namekeep_model::phase::PhaseKind;
use namekeep_model::{Date, Lang, Text};
use namekeep_service::portfolio::Stretch;

use crate::output::cells;

/// Days drawn before the earlier of today and the expiry.
const LEAD_IN: i64 = 30;
/// Cells a stretch has at least: its end date with a mark and a space.
const NARROWEST: usize = 13;

/// A word short enough for a stretch.
const fn short(phase: PhaseKind) -> Text {
    match phase {
        PhaseKind::RenewalGrace => Text::new("grace", "续费宽限期"),
        PhaseKind::AutoRenewGrace => Text::new("auto-renew grace", "自动续费宽限期"),
        PhaseKind::ExpiredHeld => Text::new("expired, dark", "到期停止解析"),
        PhaseKind::Redemption => Text::new("redemption", "赎回期"),
        PhaseKind::PendingRestore => Text::new("restoring", "赎回处理中"),
        other => other.text(),
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from(namekeep_rules::Day::from(to).since(from.into()))
}

struct Piece {
    label: &'static str,
    from: Date,
    until: Date,
    width: usize,
}

/// Draws a life in at most `width` cells; nothing where it does not fit or no day is known.
pub(crate) fn draw(life: &[Stretch], today: Date, width: usize, lang: Lang) -> Vec<String> {
    let expiry = match life.first().and_then(|first| first.until) {
        Some(expiry) => expiry,
        None => return Vec::new(),
    };
    let lead = jiff::Span::new().days(LEAD_IN);
    let start = today.min(expiry).saturating_sub(lead);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut from = start;
    let mut tail = None;
    for stretch in life {
        let label = short(stretch.phase).get(lang);
        match stretch.until {
            Some(until) => {
                pieces.push(Piece { label, from, until, width: NARROWEST.max(cells(label) + 3) });
                from = until;
            }
            None => tail = Some(label),
        }
    }
    let tail = tail.unwrap_or_default();
    // Behind the last bar stand the last word, and under it the last date.
    let behind = cells(tail).max(NARROWEST - 2) + 1;
    let fixed: usize = pieces.iter().map(|piece| piece.width + 1).sum::<usize>() + 1 + behind;
    let Some(room) = width.checked_sub(fixed) else { return Vec::new() };
    stretch_out(&mut pieces, room);

    let known = today.max(expiry);
    let (mut bars, mut dates) = (String::from("|"), String::new());
    let mut mark = None;
    let mut at = 1;
    put(&mut dates, 0, &start.to_string());
    for piece in &pieces {
        let span = days_between(piece.from, piece.until).max(1);
        let place = |day: Date| {
            let days = usize::try_from(days_between(piece.from, day).clamp(0, span)).unwrap_or(0);
            days * piece.width / usize::try_from(span).unwrap_or(1)
        };
        let solid = if known >= piece.until { piece.width } else { place(known) };
        bars.push_str(&filled(piece, solid));
        bars.push('|');
        if today >= piece.from && today < piece.until {
            mark = Some(at + place(today).min(piece.width.saturating_sub(1)));
        }
        at += piece.width + 1;
        let forecast = if piece.until > known { "~" } else { "" };
        put(&mut dates, at - 1, &format!("{forecast}{}", piece.until));
    }
    let mark = mark.unwrap_or(at);
    bars.push(' ');
    bars.push_str(tail);
    let word = Text::new("today", "今天").get(lang);
    let label = format!("{word} {today}");
    let under = if mark + 2 + cells(&label) <= width || mark < cells(&label) + 1 {
        format!("{:mark$}^ {label}", "")
    } else {
        format!("{:pad$}{label} ^", "", pad = mark - cells(&label) - 1)
    };
    vec![bars, dates, under]
}

/// Gives the free cells to the stretches by their length in days.
fn stretch_out(pieces: &mut [Piece], room: usize) {
    let total: i64 = pieces.iter().map(|piece| days_between(piece.from, piece.until).max(0)).sum();
    let total = usize::try_from(total).unwrap_or(0).max(1);
    for piece in pieces {
        let days = usize::try_from(days_between(piece.from, piece.until)).unwrap_or(0);
        piece.width += room * days / total;
    }
}

/// A stretch with its label in the middle, `solid` cells of it known.
fn filled(piece: &Piece, solid: usize) -> String {
    let label = cells(piece.label);
    let before = (piece.width.saturating_sub(label)) / 2;
    let fill = |from: usize, to: usize| -> String {
        (from..to).map(|cell| if cell < solid { '=' } else { '.' }).collect()
    };
    format!("{}{}{}", fill(0, before), piece.label, fill(before + label, piece.width))
}

/// Writes a text at a place of a line, behind what stands there already.
fn put(line: &mut String, at: usize, text: &str) {
    let now = cells(line);
    let pad = at.saturating_sub(now).max(usize::from(now > 0 && now >= at));
    line.extend(std::iter::repeat_n(' ', pad));
    line.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life() -> Vec<Stretch> {
        let stretch = |phase, until: Option<&str>| Stretch { phase, until: until.map(|day| day.parse().unwrap()) };
        vec![
            stretch(PhaseKind::Registered, Some("2026-11-10")),
            stretch(PhaseKind::RenewalGrace, Some("2026-12-10")),
            stretch(PhaseKind::Redemption, Some("2027-01-09")),
            stretch(PhaseKind::PendingDelete, Some("2027-01-14")),
            stretch(PhaseKind::Released, None),
        ]
    }

    #[test]
    fn the_mark_moves_with_the_day_and_nothing_is_wider_than_asked() {
        let mut last = 0;
        for days in -100..200 {
            let today: Date = "2026-11-10".parse::<Date>().unwrap().saturating_add(jiff::Span::new().days(days));
            for lang in [Lang::En, Lang::Zh] {
                for width in [60, 78, 98, 140] {
                    for line in draw(&life(), today, width, lang) {
                        assert!(cells(&line) <= width, "{width} {line}");
                    }
                }
            }
            let lines = draw(&life(), today, 98, Lang::En);
            let mark = lines[2].find('^').unwrap();
            assert!(days < 0 || mark >= last, "day {days}: {mark} after {last}");
            last = mark;
        }
    }

    #[test]
    fn known_is_solid_and_forecast_is_dotted() {
        let lines = draw(&life(), "2026-11-24".parse().unwrap(), 98, Lang::En);
        assert!(lines[0].starts_with("|=") && lines[0].contains("..redemption.."), "{}", lines[0]);
        assert!(lines[1].contains(" 2026-11-10") && lines[1].contains("~2026-12-10"), "{}", lines[1]);
        assert!(lines[2].contains("^ today 2026-11-24"));
        assert!(draw(&life(), "2026-11-24".parse().unwrap(), 40, Lang::En).is_empty(), "too narrow to draw");
        assert!(draw(&[], "2026-11-24".parse().unwrap(), 98, Lang::En).is_empty());
    }
}
