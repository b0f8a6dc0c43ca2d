//! `explain CODE NAME` and `explain NAME`: a finding with its proof, a name with its fate.

use jiff::tz::TimeZone;
use namekeep_lifecycle::EventKind;
use namekeep_model::{Finding, FindingCode, Level, Text, Timestamp, Words, words};
use namekeep_service::block::block_on;
use namekeep_service::portfolio::{Sheet, sheet};
use namekeep_service::workspace::Workspace;
use namekeep_service::{Exit, Failure, check};
use serde_json::json;

use super::super::words::instant;
use crate::args::Global;
use crate::output::{Output, cells, safe, wrap};

/// Most digests shown of one finding.
const PROOFS: usize = 3;

/// `explain CODE NAME`: the findings of a check-point on a name, with their proof.
pub(crate) fn explain(
    code: FindingCode,
    text: &str,
    global: &Global,
    now: Timestamp,
    output: &Output,
) -> Result<Exit, Failure> {
    let workspace = Workspace::open(&global.workspace)?;
    let output = &output.speaking(workspace.settings().language);
    let (record, kept) = block_on(check::finding(&workspace.store, code, text))?;
    let name = &record.row.name;
    let state = record.facts.findings.get(&code);
    let steps = [format!("namekeep explain {code}"), format!("namekeep show {}", name.a_label())];
    if output.json {
        output.json_document(&json!({
            "schema": "namekeep/explain-finding/1",
            "generated_at": now,
            "as_of": state.map_or(kept.at, |state| state.at),
            "code": code,
            "name": name,
            "to_do": to_do(code),
            "items": kept.findings.iter().filter(|f| f.level != Level::NotChecked).collect::<Vec<_>>(),
            "not_checked": kept.findings.iter().filter(|f| f.level == Level::NotChecked).collect::<Vec<_>>(),
            "next_steps": steps,
        }));
        return Ok(Exit::Ok);
    }
    output.line(output.heading(&format!("{code}  {}", safe(&name.to_string()))));
    print_findings(&kept.findings, &workspace.zone(), output);
    if let Some(cure) = to_do(code) {
        let label = output.say(Text::new("What to do: ", "处理办法："));
        for line in wrap(&format!("{label}{}", output.say(cure)), output.width) {
            output.line(line);
        }
    }
    if let Some(state) = state {
        let at = instant(state.at, &workspace.zone());
        output.line(words!(en: "looked at last {at}", zh: "最近检查 {at}").get(output.lang));
    }
    output.hints(&[
        format!(
            "`{}` {}",
            steps[0],
            output.say(Text::new("says what it looks at, its limits and its sources", "说明检查内容、限度与依据"))
        ),
        format!("`namekeep check {}` {}", name.a_label(), output.say(Text::new("looks again", "重新检查"))),
    ]);
    Ok(Exit::Ok)
}

/// What a person can do about a finding.
fn to_do(code: FindingCode) -> Option<Text> {
    Some(match code.to_string().as_str() {
        "C4" => Text::new(
            "renew at the registrar in time, or decide that the name may go: `namekeep plan renew NAME`, `namekeep plan retire NAME`",
            "及时在注册商续费，或决定不再保留：`namekeep plan renew 域名`、`namekeep plan retire 域名`",
        ),
        "S6" => Text::new(
            "set the missing locks in the registrar's account; ask the registrar today about a hold, deletion or transfer that nobody planned",
            "在注册商账户补上缺少的锁；若出现计划外的暂停、删除或转移，请今天联系注册商",
        ),
        "T3" => Text::new(
            "make every listed server serve the zone, or correct the list at the registrar so that parent and zone name the same servers",
            "使列出的每台服务器都提供该区，或在注册商更正列表，使上级区与本区一致",
        ),
        "T6" => Text::new(
            "put a certificate in force at that address that covers the name, runs, and leads to a public authority",
            "在该地址换用覆盖此域名、处于有效期且由公共机构签发的证书",
        ),
        _ => return None,
    })
}

/// `explain NAME`: which date counts and why, what happens if nobody acts, what was found.
pub(crate) fn explain_name(text: &str, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let workspace = Workspace::open(&global.workspace)?;
    let output = &output.speaking(workspace.settings().language);
    let zone = workspace.zone();
    let sheet = block_on(sheet(&workspace.store, &workspace.rules, &zone, text, now))?;
    let (record, kept) = block_on(check::earlier(&workspace.store, text))?;
    let (name, label) = (&record.row.name, record.row.name.a_label());
    let findings = kept.as_ref().map(|kept| kept.findings.as_slice()).unwrap_or_default();
    let fate = fate(&sheet);
    let first = findings.iter().filter(|finding| finding.level > Level::NotChecked).max_by_key(|finding| finding.level);
    let mut steps =
        vec![(format!("namekeep show {label}"), Text::new("shows everything known of it", "显示全部已知信息"))];
    match first {
        Some(finding) => {
            let proof = Text::new("shows the proof and what to do", "显示证据与处理办法");
            steps.insert(0, (format!("namekeep explain {} {label}", finding.code), proof));
        }
        None if kept.is_none() => {
            steps.insert(0, (format!("namekeep check {label}"), Text::new("looks at it now", "立即检查")))
        }
        None => {}
    }
    if output.json {
        let commands: Vec<&String> = steps.iter().map(|(command, _)| command).collect();
        output.json_document(&json!({
            "schema": "namekeep/explain-name/1",
            "generated_at": now,
            "as_of": sheet.line.seen.unwrap_or(now),
            "name": name,
            "date_that_counts": sheet.line.date_that_counts,
            "phase": sheet.line.phase,
            "if_nobody_acts": fate,
            "events": sheet.dates.events,
            "items": findings.iter().filter(|f| f.level != Level::NotChecked).collect::<Vec<_>>(),
            "not_checked": findings.iter().filter(|f| f.level == Level::NotChecked).collect::<Vec<_>>(),
            "next_steps": commands,
        }));
        return Ok(Exit::Ok);
    }
    output.line(output.heading(&safe(&name.to_string())));
    let phase = sheet.line.phase.text();
    let mut says = vec![match &sheet.line.date_that_counts {
        Some(counts) => {
            let (date, which, why) = (counts.date, counts.which.text(), &counts.why);
            Words {
                en: format!("{date} counts ({}): {}. Phase: {}", which.en, why.en, phase.en),
                zh: format!("以 {date} 为准（{}）：{}。阶段：{}", which.zh, why.zh, phase.zh),
            }
        }
        None => Words {
            en: format!("no expiry date is known; nothing can be planned on it. Phase: {}", phase.en),
            zh: format!("到期日未知，无法据此计划。阶段：{}", phase.zh),
        },
    }];
    says.push(fate);
    for words in &says {
        for line in wrap(&safe(words.get(output.lang)), output.width) {
            output.line(line);
        }
    }
    match &kept {
        None => output.line(output.say(Text::new("Nothing has been checked yet", "尚未检查"))),
        Some(kept) if kept.findings.is_empty() => {
            output.line(output.say(Text::new("The last check found nothing", "最近一次检查未发现问题")))
        }
        Some(kept) => print_findings(&kept.findings, &zone, output),
    }
    let hints: Vec<String> = steps.iter().map(|(command, why)| format!("`{command}` {}", output.say(*why))).collect();
    output.hints(&hints);
    Ok(Exit::Ok)
}

/// What becomes of a name if nobody does anything from now on.
fn fate(sheet: &Sheet) -> Words {
    let event = |kind: EventKind| {
        let event = sheet.dates.events.iter().find(|event| event.kind == kind)?;
        event.earliest.clone().or_else(|| event.typical.clone())
    };
    let expiry = sheet.line.date_that_counts.as_ref().map(|counts| counts.date.to_string());
    let Some(expiry) = expiry else {
        return Text::new("If nobody acts: not known; ask the registrar today", "若无人处理：未知；请今天联系注册商")
            .into();
    };
    let mut loss = words!(en: "it expires on {expiry}", zh: "{expiry} 到期");
    if let Some(day) = event(EventKind::LastSafeRescueDay) {
        loss.en.push_str(&format!("; the last safe rescue day is {day}"));
        loss.zh.push_str(&format!("；最后安全挽回日 {day}"));
    }
    if let Some(day) = event(EventKind::Purge) {
        loss.en.push_str(&format!("; from about {day} on anyone may register it"));
        loss.zh.push_str(&format!("；约 {day} 起任何人可注册"));
    }
    match sheet.line.auto_renew.as_ref().map(|told| told.value) {
        Some(true) => {
            let day = event(EventKind::ChargeDay).unwrap_or(expiry);
            words!(en: "If nobody acts: auto-renew is on, it renews about {day} while the account can pay", zh: "若无人处理：自动续费已开，约 {day} 续费（账户须有余额）")
        }
        Some(false) => Words {
            en: format!("If nobody acts: auto-renew is off; {}", loss.en),
            zh: format!("若无人处理：自动续费已关；{}", loss.zh),
        },
        None => Words {
            en: format!("If nobody acts: whether auto-renew is on was not checked; where it is off, {}", loss.en),
            zh: format!("若无人处理：自动续费状态未检查；若已关，则 {}", loss.zh),
        },
    }
}

/// Findings in full: level, sentence, first day, digests of the answers they rest on.
fn print_findings(findings: &[Finding], zone: &TimeZone, output: &Output) {
    for finding in findings {
        let front = format!("{}  ", output.level(finding.level));
        let room = output.width.saturating_sub(cells(&front)).max(36);
        let indent = " ".repeat(cells(&front));
        for (i, piece) in wrap(&safe(finding.says.get(output.lang)), room).iter().enumerate() {
            output.line(format!("{}{piece}", if i == 0 { &front } else { &indent }));
        }
        let since = instant(finding.since, zone);
        output.line(format!("{indent}{}", words!(en: "since {since}", zh: "自 {since}").get(output.lang)));
        let proofs = finding.evidence.len();
        for digest in finding.evidence.iter().take(PROOFS) {
            output.line(format!("{indent}{}", words!(en: "proof {digest}", zh: "证据 {digest}").get(output.lang)));
        }
        if proofs > PROOFS {
            let more = proofs - PROOFS;
            output.line(format!(
                "{indent}{}",
                words!(en: "and {more} more answers (`--json`)", zh: "另有 {more} 份应答（`--json`）").get(output.lang)
            ));
        }
    }
}
