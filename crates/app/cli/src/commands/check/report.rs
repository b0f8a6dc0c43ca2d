//! What a check prints: a table of what is new, the worst first, or one document.

use jiff::tz::TimeZone;
use namekeep_assess::watch::not_checked;
use namekeep_model::name::NameProblem;
use namekeep_model::{DomainName, Finding, FindingCode, Lang, Level, Text, Timestamp, Words, words};
use namekeep_service::check::{Checked, RUNNING, Targets};
use serde_json::{Value, json};

use super::super::words::{age, count};
use super::NAME;
use crate::args::Check;
use crate::output::{Output, cells, cut, safe, wrap};

/// The answer, as a table or as one document.
pub(super) struct Report<'a> {
    pub(super) checked: &'a Checked,
    pub(super) targets: &'a Targets,
    pub(super) zone: &'a TimeZone,
    pub(super) now: Timestamp,
    /// A workspace keeps what was seen, so that the next run tells only what is new.
    pub(super) kept: bool,
}

impl Report<'_> {
    pub(super) fn print(&self, args: &Check, output: &Output) {
        if output.json {
            return output.json_document(&self.document(output.lang));
        }
        let news = |name: &DomainName| {
            let changed = self.checked.names.iter().find(|outcome| outcome.name == *name);
            args.full || changed.is_none_or(|outcome| outcome.changed)
        };
        let found: Vec<&Finding> = self.checked.findings().into_iter().filter(|f| news(&f.name)).collect();
        let mut rows: Vec<[String; 5]> = found.iter().map(|finding| self.row(finding, output)).collect();
        rows.extend(self.unseen_rows(&news, output));
        if args.full {
            rows.extend(self.fine_rows(output));
        }
        if !rows.is_empty() {
            table(rows, output);
        }
        output.line(self.summary(output));
        if args.why {
            why(output);
        }
        let hints: Vec<String> =
            self.steps().into_iter().map(|(command, why)| format!("`{command}` {}", output.say(why))).collect();
        if !self.checked.is_blind() {
            output.hints(&hints);
        }
    }

    fn row(&self, finding: &Finding, output: &Output) -> [String; 5] {
        let since = if finding.since == self.now {
            output.say(Text::new("now", "现在")).to_owned()
        } else {
            let day = self.zone.to_datetime(finding.since).date();
            words!(en: "since {day}", zh: "自 {day}").get(output.lang).to_owned()
        };
        [
            output.level(finding.level),
            finding.code.to_string(),
            shown(&finding.name),
            safe(finding.says.get(output.lang)),
            since,
        ]
    }

    /// What could not be looked at: one row a name, or one for many names with the same reason.
    fn unseen_rows(&self, news: &impl Fn(&DomainName) -> bool, output: &Output) -> Vec<[String; 5]> {
        let mut rows: Vec<([String; 5], usize)> = Vec::new();
        for outcome in self.checked.names.iter().filter(|outcome| news(&outcome.name)) {
            let unseen: Vec<&Finding> = outcome.findings.iter().filter(|f| f.level == Level::NotChecked).collect();
            if unseen.is_empty() {
                continue;
            }
            let codes: Vec<String> = unseen.iter().map(|finding| finding.code.to_string()).collect();
            let read = match outcome.read_at {
                Some(at) => age(at, self.now).get(output.lang).to_owned(),
                None => "--".to_owned(),
            };
            let says: Vec<&str> = unseen.iter().map(|finding| finding.says.get(output.lang)).collect();
            let text = safe(&reasons(&says, output.lang));
            let row = [output.level(Level::NotChecked), codes.join(" "), shown(&outcome.name), text, read];
            let alike =
                |old: &[String; 5]| (old.get(1), old.get(3), old.get(4)) == (row.get(1), row.get(3), row.get(4));
            match rows.iter_mut().find(|(old, _)| alike(old)) {
                Some((_, more)) => *more += 1,
                None => rows.push((row, 0)),
            }
        }
        rows.into_iter()
            .map(|(mut row, more)| {
                if let Some(name) = row.get_mut(2).filter(|_| more > 0) {
                    let all = more + 1;
                    let and = words!(en: "{name} and {more} more", zh: "{name} 等 {all} 个");
                    *name = and.get(output.lang).to_owned();
                }
                row
            })
            .collect()
    }

    fn fine_rows(&self, output: &Output) -> Vec<[String; 5]> {
        let fine = self.checked.names.iter().filter(|outcome| outcome.level == Level::Ok);
        fine.map(|outcome| {
            let says = match &outcome.counts_on {
                Some(counts) => {
                    let (date, which) = (counts.date, counts.which.text());
                    Words { en: format!("until {date} ({})", which.en), zh: format!("至 {date}（{}）", which.zh) }
                }
                None => Text::new("nothing found", "未发现问题").into(),
            };
            let now = output.say(Text::new("now", "现在")).to_owned();
            [output.level(Level::Ok), String::new(), shown(&outcome.name), says.get(output.lang).to_owned(), now]
        })
        .collect()
    }

    /// One line: names by level, check-points by whether they run.
    fn summary(&self, output: &Output) -> String {
        let zh = output.lang == Lang::Zh;
        let names = self.checked.names.len() as u64;
        let of = |level: Level| self.checked.names.iter().filter(|outcome| outcome.level == level).count() as u64;
        let levels = [
            (Level::Critical, "critical", "critical", "紧急"),
            (Level::Warning, "warning", "warnings", "警告"),
            (Level::Notice, "notice", "notices", "提示"),
            (Level::NotChecked, "not checked", "not checked", "未检查"),
            (Level::Ok, "fine", "fine", "正常"),
        ];
        let parts: Vec<String> = levels
            .into_iter()
            .map(|(level, one, many, word)| (of(level), one, many, word))
            .filter(|(n, ..)| *n > 0)
            .map(|(n, one, many, word)| if zh { format!("{word} {n}") } else { count(n, one, many) })
            .collect();
        let (all, run) = (FindingCode::watch().count(), if self.checked.is_blind() { 0 } else { RUNNING.len() });
        let mut line = if zh {
            format!(
                "{names} 个域名：{}。{all} 个检查点：运行 {run} 个，{} 个未检查（`--why`）",
                parts.join("，"),
                all - run
            )
        } else {
            format!(
                "{}: {}.  {all} check-points: {run} run, {} not checked (`--why`)",
                count(names, "name", "names"),
                parts.join(", "),
                all - run
            )
        };
        if self.kept && !self.checked.is_blind() {
            let quiet = self.checked.names.iter().filter(|outcome| !outcome.changed).count();
            if quiet > 0 {
                let says = if quiet == self.checked.names.len() {
                    Text::new(
                        ".  Nothing changed since the last check (`--full`)",
                        "。与上次检查相比没有变化（`--full`）",
                    )
                    .into()
                } else {
                    words!(en: ".  {quiet} without change (`--full`)", zh: "。{quiet} 个无变化（`--full`）")
                };
                line.push_str(says.get(output.lang));
            }
        }
        line
    }

    /// Commands that lead on, with what they are for.
    fn steps(&self) -> Vec<(String, Text)> {
        let mut steps = Vec::new();
        if self.checked.is_blind() {
            steps.push((
                "namekeep demo".to_owned(),
                Text::new("shows everything in a closed world", "在封闭世界中演示全部功能"),
            ));
            return steps;
        }
        if let Some(finding) = self.checked.findings().first() {
            let (code, name) = (finding.code, finding.name.a_label());
            if self.kept {
                steps.push((
                    format!("namekeep explain {code} {name}"),
                    Text::new("shows its proof and what to do", "显示证据与处理办法"),
                ));
            } else {
                steps.push((
                    format!("namekeep explain {code}"),
                    Text::new("says what it looks at and why", "说明检查内容与原因"),
                ));
                steps.push((
                    "namekeep init names.txt".to_owned(),
                    Text::new("keeps your list, and tells only what is new", "管理清单，此后只报告变化"),
                ));
            }
        }
        steps
    }

    fn document(&self, lang: Lang) -> Value {
        let checked = self.checked;
        let names: Vec<Value> = checked
            .names
            .iter()
            .map(|outcome| {
                let points: serde_json::Map<String, Value> =
                    outcome.rounds.iter().map(|(code, level)| (code.to_string(), json!(level))).collect();
                json!({
                    "name": outcome.name, "level": outcome.level, "check_points": points,
                    "date_that_counts": outcome.counts_on, "phase": outcome.phase, "registry": outcome.registry.get(lang),
                })
            })
            .collect();
        let unseen = checked.not_checked().map(|finding| {
            json!({ "code": finding.code, "name": finding.name, "why": finding.says, "since": finding.since })
        });
        let later = FindingCode::watch().filter_map(|code| {
            let why = not_checked(code)?;
            Some(json!({ "code": code, "name": null, "looks_at": why.looks_at, "why": needs(why.needs) }))
        });
        let not_checked: Vec<Value> = unseen.chain(later).collect();
        let rejected: Vec<Value> = self
            .targets
            .rejected
            .iter()
            .map(|(place, text, error)| json!({ "place": place, "input": text, "error": NameProblem::of(error, lang) }))
            .collect();
        let mut levels = serde_json::Map::new();
        for outcome in &checked.names {
            let key = json!(outcome.level).as_str().unwrap_or_default().to_owned();
            let n = levels.get(&key).and_then(Value::as_u64).unwrap_or(0);
            levels.insert(key, json!(n + 1));
        }
        let run = if checked.is_blind() { 0 } else { RUNNING.len() };
        let steps: Vec<String> = self.steps().into_iter().map(|(command, _)| command).collect();
        json!({
            "schema": "namekeep/check/1",
            "generated_at": self.now,
            "as_of": self.now,
            "counts": { "names": checked.names.len(), "levels": levels, "check_points": FindingCode::watch().count(), "run": run },
            "items": checked.findings(),
            "names": names,
            "rejected": rejected,
            "not_checked": not_checked,
            "next_steps": steps,
        })
    }
}

fn needs(what: Text) -> Words {
    Words { en: format!("needs {}", what.en), zh: format!("需要{}", what.zh) }
}

fn shown(name: &DomainName) -> String {
    cut(&safe(&name.to_string()), NAME)
}

/// Joins sentences of the form `what: why`; the same why is said once.
fn reasons(says: &[&str], lang: Lang) -> String {
    let (colon, comma, end) = if lang == Lang::Zh { ("：", "、", "；") } else { (": ", ", ", "; ") };
    let mut groups: Vec<(Vec<&str>, &str)> = Vec::new();
    for text in says {
        let (what, why) = text.split_once(colon).unwrap_or((text, ""));
        match groups.iter_mut().find(|(_, known)| *known == why) {
            Some((whats, _)) if whats.contains(&what) => {}
            Some((whats, _)) => whats.push(what),
            None => groups.push((vec![what], why)),
        }
    }
    let group = |(whats, why): &(Vec<&str>, &str)| {
        let whats = whats.join(comma);
        if why.is_empty() { whats } else { format!("{whats}{colon}{why}") }
    };
    groups.iter().map(group).collect::<Vec<_>>().join(end)
}

/// Prints rows; a long finding goes on in the lines below, in its own column.
fn table(rows: Vec<[String; 5]>, output: &Output) {
    let headings = [
        Text::new("LEVEL", "级别"),
        Text::new("CODE", "代码"),
        Text::new("NAME", "域名"),
        Text::new("FINDING", "发现"),
        Text::new("SEEN", "所见"),
    ]
    .map(|text| output.say(text));
    let widest =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cells(cell)).max().unwrap_or(0);
    let others: usize = [0, 1, 2, 4].into_iter().map(widest).sum();
    let room = output.width.saturating_sub(others + 8).max(36);
    let mut lines: Vec<Vec<String>> = Vec::new();
    for [level, code, name, says, seen] in rows {
        let mut pieces = wrap(&says, room).into_iter();
        lines.push(vec![level, code, name, pieces.next().unwrap_or_default(), seen]);
        let blank = String::new;
        lines.extend(pieces.map(|piece| vec![blank(), blank(), blank(), piece, blank()]));
    }
    output.table(&headings, &lines, &[]);
}

/// The check-points that do not run yet, each with what it needs.
fn why(output: &Output) {
    let headings = [Text::new("CODE", "代码"), Text::new("WOULD LOOK AT", "检查内容"), Text::new("NEEDS", "需要")]
        .map(|text| output.say(text));
    let rows: Vec<Vec<String>> = FindingCode::watch()
        .filter_map(|code| {
            let why = not_checked(code)?;
            Some(vec![code.to_string(), output.say(why.looks_at).to_owned(), output.say(why.needs).to_owned()])
        })
        .collect();
    output.line("");
    output.table(&headings, &rows, &[]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_reason_is_said_once() {
        let says = [
            "no date: RDAP: timed out",
            "statuses not seen: RDAP: timed out",
            "no zone: refused",
            "no zone: refused",
            "blind",
        ];
        assert_eq!(reasons(&says, Lang::En), "no date, statuses not seen: RDAP: timed out; no zone: refused; blind");
        assert_eq!(reasons(&["无日期：超时", "无状态：超时"], Lang::Zh), "无日期、无状态：超时");
    }
}
