//! `namekeep explain`: why. A run, a name, a check-point, an error code.

use jiff::tz::TimeZone;
use namekeep_model::{Lang, Text, Timestamp, words};
use namekeep_playbook::{Explanation, Plan};
use namekeep_service::Failure;
use serde_json::json;

use crate::output::{Output, safe, wrap};

/// The pages of error codes and check-points.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a code, if there is one.
pub(crate) fn page(code: &str) -> Option<&'static str> {
    let code = code.to_ascii_uppercase();
    PAGES.iter().find(|(known, _)| *known == code).map(|(_, text)| *text)
}

/// Prints the page of a code.
pub(crate) fn print_page(code: &str, text: &str, output: &Output) {
    if output.json {
        output.json_document(&json!({ "schema": "namekeep/page/1", "code": code.to_ascii_uppercase(), "text": text }));
    } else {
        for line in in_language(text, output.lang).lines() {
            match wrap(line, output.width) {
                // The English part is wrapped as it is kept.
                pieces if output.lang == Lang::Zh => pieces.iter().for_each(|piece| output.line(piece)),
                _ => output.line(line),
            }
        }
    }
}

/// The part of a page in one language: a page is English, then a last paragraph in Chinese. One that has
/// no such paragraph is shown whole.
fn in_language(text: &str, lang: Lang) -> String {
    let text = text.trim_end();
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    // What is for the most part Han is the Chinese part; an example in an English sentence is not.
    let chinese = |part: &str| part.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count() * 4 > part.chars().count();
    let (zh, en): (Vec<&str>, Vec<&str>) = paragraphs.iter().copied().skip(1).partition(|part| chinese(part));
    let Some(title) = paragraphs.first().filter(|_| !zh.is_empty()) else { return text.to_owned() };
    let code = title.split(':').next().unwrap_or(title);
    match lang {
        Lang::Zh => {
            // A check-point bears its Chinese name in its title.
            let name = title.rsplit_once('(').and_then(|(_, name)| name.strip_suffix(')')).filter(|name| chinese(name));
            let title = name.map_or_else(|| code.to_owned(), |name| format!("{code}：{name}"));
            let code = code.trim_start_matches(['#', ' ']);
            let more = format!("英文全文：`namekeep explain {code} --lang en`");
            [&[title.as_str()][..], zh.as_slice(), &[more.as_str()]].concat().join("\n\n")
        }
        Lang::En => [&[*title][..], en.as_slice()].concat().join("\n\n"),
    }
}

/// What cannot be explained.
pub(crate) fn unknown(what: &str) -> Failure {
    let shown = safe(what);
    Failure::usage(words!(en: "`{shown}` is no name, run, check-point or error code", zh: "`{shown}` 不是域名、流程、检查点或错误代码"))
        .hint(Text::new("try `namekeep explain T3`, `namekeep explain RET-0001` or a name of the workspace", "例如 `namekeep explain T3`、`namekeep explain RET-0001` 或工作区内的域名"))
}

/// Prints where a run stands: what blocks, who can move it, what happens if nobody acts.
pub(crate) fn print_run(plan: &Plan, explanation: &Explanation, zone: &TimeZone, now: Timestamp, output: &Output) {
    if output.json {
        output.json_document(&json!({
            "schema": "namekeep/explain-run/1",
            "generated_at": now,
            "as_of": now,
            "run": plan.run,
            "name": plan.name,
            "plan": plan.digest(),
            "state": explanation.state,
            "headline": explanation.headline,
            "next_act": explanation.next_act,
            "if_nobody_acts": explanation.if_nobody_acts,
            "items": explanation.lines,
            "not_checked": [],
            "next_steps": [],
        }));
        return;
    }
    let lang = output.lang;
    for line in wrap(explanation.headline.get(lang), output.width) {
        output.line(output.heading(&line));
    }
    for line in &explanation.lines {
        let title = line.title.get(lang);
        let state = output.say(line.state.text());
        let prefix = format!("{:>4}  {}  ", line.step.to_string(), super::name::pad(state, 22));
        let mut texts: Vec<String> = line.says.iter().map(|words| words.get(lang).to_owned()).collect();
        if texts.is_empty() {
            if let Some(opens) = line.opens {
                texts.push(words!(en: "opens {opens}", zh: "{opens} 开始").get(lang).to_owned());
            }
            if !line.needs.is_empty() {
                let needs: Vec<String> = line.needs.iter().map(ToString::to_string).collect();
                let needs = needs.join(" ");
                texts.push(words!(en: "needs {needs}", zh: "需先完成 {needs}").get(lang).to_owned());
            }
        }
        let due = line.due.map_or_else(String::new, |due| words!(en: ", due {due}", zh: "，截止 {due}").get(lang).to_owned());
        output.line(format!("{prefix}{title}{due}"));
        for text in texts {
            let indent = " ".repeat(crate::output::cells(&prefix));
            for piece in wrap(&safe(&text), output.width.saturating_sub(indent.len()).max(30)) {
                output.line(format!("{indent}{piece}"));
            }
        }
    }
    if let Some(act) = &explanation.next_act {
        let who = safe(act.who.as_str());
        let what = act.what.get(lang);
        let due = act.due.map_or_else(String::new, |due| {
            let day = zone.to_datetime(due).date();
            words!(en: ", due {day}", zh: "，截止 {day}").get(lang).to_owned()
        });
        let step = act.step;
        let next = words!(en: "Next: {who}, step {step}: {what}{due}", zh: "下一步：{who}，第 {step} 步：{what}{due}");
        for line in wrap(&safe(next.get(lang)), output.width) {
            output.line(line);
        }
    }
    for line in wrap(&safe(explanation.if_nobody_acts.get(lang)), output.width) {
        output.line(line);
    }
}
