//! `namekeep list`: the portfolio as a table, by what comes next.

use jiff::tz::TimeZone;
use namekeep_model::{FindingCode, Lang, Level, Text, Timestamp, words};
use namekeep_service::block::block_on;
use namekeep_service::portfolio::{Line, ListAsk, Listing, list};
use namekeep_service::workspace::Workspace;
use namekeep_service::{Exit, Failure};
use namekeep_store::Order;
use serde_json::{Value, json};

use super::words::{age, count, instant, known_by, left, money, not_checked};
use crate::args::{Global, List, SortArg};
use crate::output::{Output, cut, safe};

/// Most cells of a name and of an account; the whole is in `show` and in JSON.
const NAME: usize = 48;
const ACCOUNT: usize = 20;

pub(crate) fn run(args: &List, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let workspace = Workspace::open(&global.workspace)?;
    let output = &output.speaking(workspace.settings().language);
    let zone = workspace.zone();
    let listing = block_on(list(&workspace.store, &workspace.rules, &zone, ask(args), now))?;
    print(&listing, &zone, now, output);
    Ok(Exit::Ok)
}

/// What the arguments ask of a portfolio.
pub(crate) fn ask(args: &List) -> ListAsk<'_> {
    let order = match args.sort {
        SortArg::Date => Order::Date,
        SortArg::Level => Order::Level,
        SortArg::Name => Order::Name,
    };
    ListAsk { filter: args.filter.as_deref(), order, limit: if args.full { usize::MAX } else { args.limit } }
}

/// Prints a listing, as a table or as one document.
pub(crate) fn print(listing: &Listing, zone: &TimeZone, now: Timestamp, output: &Output) {
    if output.json {
        output.json_document(&document(listing, now, output.lang));
        return;
    }
    table(listing, output);
    output.line(footer(listing, zone, now, output));
    let hints = next_steps(listing);
    let says: Vec<String> = hints.iter().map(|(command, why)| format!("`{command}` {}", output.say(*why))).collect();
    output.hints(&says);
}

/// Prints the lines of a listing as a table; none prints nothing.
pub(crate) fn table(listing: &Listing, output: &Output) {
    if !listing.lines.is_empty() {
        let headings = [
            Text::new("NAME", "域名"), Text::new("DATE", "采用日期"), Text::new("LEFT", "还剩"),
            Text::new("AUTO-RENEW", "自动续费"), Text::new("PRICE/YR", "年费"), Text::new("LEVEL", "级别"),
            Text::new("ACCOUNT", "账号"),
        ]
        .map(|text| output.say(text));
        let rows: Vec<Vec<String>> = listing.lines.iter().map(|line| row(line, output)).collect();
        output.table(&headings, &rows, &[4]);
    }
}

fn row(line: &Line, output: &Output) -> Vec<String> {
    let unknown = || not_checked(output);
    let auto_renew = line.auto_renew.as_ref().map_or_else(unknown, |told| {
        let on = output.say(if told.value { Text::new("on", "开") } else { Text::new("off", "关") });
        let by = output.say(known_by(told.source));
        if output.lang == Lang::Zh { format!("{on}（{by}）") } else { format!("{on} ({by})") }
    });
    vec![
        cut(&safe(&line.name.to_string()), NAME),
        line.date_that_counts.as_ref().map_or_else(|| "??".to_owned(), |counts| counts.date.to_string()),
        line.left.map_or_else(unknown, |time| left(time).get(output.lang).to_owned()),
        auto_renew,
        line.price.as_ref().map_or_else(|| "??".to_owned(), |told| money(&told.value, output.lang)),
        output.level(line.level),
        line.account.as_deref().map_or_else(|| "--".to_owned(), |account| cut(&safe(account), ACCOUNT)),
    ]
}

fn footer(listing: &Listing, zone: &TimeZone, now: Timestamp, output: &Output) -> String {
    let zh = output.lang == Lang::Zh;
    let (total, matched, shown) = (listing.total, listing.matched, listing.lines.len() as u64);
    let mut parts = vec![if zh { format!("{total} 个域名") } else { count(total, "name", "names") }];
    if matched != total {
        parts.push(if zh { format!("符合条件 {matched} 个") } else { count(matched, "matches", "match") });
    }
    if shown != matched {
        parts.push(if zh { format!("显示 {shown} 个") } else { format!("{shown} shown") });
    }
    let levels = listing.levels.iter().rev().map(|(level, n)| {
        let word = output.say(level.text());
        if zh { format!("{word} {n}") } else { format!("{n} {word}") }
    });
    let mut text = parts.join(if zh { "，" } else { ", " });
    let levels: Vec<String> = levels.collect();
    if !levels.is_empty() {
        text.push_str(if zh { "：" } else { ": " });
        text.push_str(&levels.join(if zh { "，" } else { ", " }));
    }
    text.push_str(if zh { "。" } else { ". " });
    match listing.read_between {
        Some((oldest, newest)) => {
            let (at, old) = (instant(newest, zone), age(oldest, now));
            let says = words!(en: "Data of {at}, the oldest {}", zh: "数据时间 {at}，最旧 {}", old.get(output.lang));
            text.push_str(says.get(output.lang));
        }
        None if shown > 0 => {
            text.push_str(output.say(Text::new("Nothing has been read about them yet", "尚未读到任何数据")));
        }
        None => {}
    }
    text.truncate(text.trim_end().len());
    text
}

/// Commands that lead on, with what they are for.
fn next_steps(listing: &Listing) -> Vec<(String, Text)> {
    let mut steps = Vec::new();
    if listing.total == 0 {
        steps.push(("namekeep init names.txt".to_owned(), Text::new("reads a list", "读入清单")));
        return steps;
    }
    let unseen = listing.levels.get(&Level::NotChecked).is_some_and(|n| *n > 0);
    if unseen {
        steps.push(("namekeep check".to_owned(), Text::new("looks at the names now", "立即查看各域名")));
    }
    if let Some(line) = listing.lines.first() {
        let name = line.name.a_label();
        steps.push((format!("namekeep show {name}"), Text::new("shows one name whole", "查看一个域名的全部")));
    }
    steps
}

fn document(listing: &Listing, now: Timestamp, lang: Lang) -> Value {
    let steps: Vec<String> = next_steps(listing).into_iter().map(|(command, _)| command).collect();
    let levels: serde_json::Map<String, Value> =
        listing.levels.iter().map(|(level, n)| (level.text().en.replace(' ', "-"), json!(n))).collect();
    let mut not_checked = Vec::new();
    if listing.undated > 0 {
        let why = Text::new("no source has said an expiry date", "没有来源给出到期日");
        not_checked.push(json!({ "what": "date_that_counts", "names": listing.undated, "why": why.get(lang) }));
    }
    let unseen = listing.levels.get(&Level::NotChecked).copied().unwrap_or(0);
    if unseen > 0 {
        let why = Text::new("no check-point has run", "尚未运行任何检查点");
        not_checked.push(json!({ "what": "findings", "names": unseen, "why": why.get(lang) }));
    }
    json!({
        "schema": "namekeep/list/1",
        "generated_at": now,
        "as_of": listing.read_between.map_or(now, |(_, newest)| newest),
        "counts": {
            "names": listing.total, "matched": listing.matched, "shown": listing.lines.len(), "levels": levels,
            "check_points": FindingCode::watch().count(),
        },
        "items": listing.lines,
        "not_checked": not_checked,
        "next_steps": steps,
    })
}
