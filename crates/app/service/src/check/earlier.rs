//! What the last check of a name found, as the store keeps it: since when a finding stands.
//!
//! A check-point that could not look keeps its earlier findings: they are not over, only not seen
//! again, and once seen again they still stand since their first day.

use namekeep_model::{DomainName, Finding, FindingCode, Level, Timestamp, words};
use namekeep_store::{NameRecord, Store};
use serde::{Deserialize, Serialize};

use crate::portfolio::find;
use crate::{Exit, Failure};

/// The findings of a name as they were kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// When they last changed.
    pub at: Timestamp,
    /// The findings, *not checked* included.
    pub findings: Vec<Finding>,
}

fn key(name: &DomainName) -> String {
    format!("findings/{}", name.a_label())
}

/// Reads what was kept of a name; a form of another version counts as nothing kept.
pub(super) async fn stored<S: Store>(store: &S, name: &DomainName) -> Result<Option<Earlier>, Failure> {
    let value = store.setting(&key(name)).await?;
    Ok(value.and_then(|value| serde_json::from_value(value).ok()))
}

/// Keeps the findings of a name.
pub(super) async fn write<S: Store>(store: &S, name: &DomainName, kept: &Earlier) -> Result<(), Failure> {
    let value = serde_json::json!(kept);
    Ok(store.put_setting(&key(name), value).await?)
}

fn same(a: &Finding, b: &Finding) -> bool {
    (a.code, a.level, &a.subject) == (b.code, b.level, &b.subject)
}

/// Lets findings that stood before keep their first day.
pub(super) fn carry(findings: &mut [Finding], before: &[Finding]) {
    for finding in findings {
        if let Some(old) = before.iter().find(|old| same(old, finding)) {
            finding.since = old.since.min(finding.since);
        }
    }
}

/// Tells whether other things are found than before; how they are worded does not count.
pub(super) fn differ(before: &[Finding], now: &[Finding]) -> bool {
    let rest = merged(before, now);
    rest.len() != before.len() || !rest.iter().all(|finding| before.iter().any(|old| same(old, finding)))
}

/// What is found now, and what a check-point that could not look had found.
pub(super) fn merged(before: &[Finding], now: &[Finding]) -> Vec<Finding> {
    let blind =
        |code: FindingCode| now.iter().any(|finding| finding.code == code && finding.level == Level::NotChecked);
    let old = before.iter().filter(|old| old.level != Level::NotChecked && blind(old.code));
    let gone: Vec<Finding> = old.filter(|old| !now.iter().any(|finding| same(old, finding))).cloned().collect();
    now.iter().cloned().chain(gone).collect()
}

/// A name of a workspace with what its last check found.
pub async fn earlier<S: Store>(store: &S, text: &str) -> Result<(NameRecord, Option<Earlier>), Failure> {
    let record = find(store, text).await?;
    let kept = stored(store, &record.row.name).await?;
    Ok((record, kept))
}

/// The findings of one check-point on a name; none is a failure that says what is known instead.
pub async fn finding<S: Store>(store: &S, code: FindingCode, text: &str) -> Result<(NameRecord, Earlier), Failure> {
    let (record, kept) = earlier(store, text).await?;
    let name = record.row.name.a_label().to_owned();
    let state = record.facts.findings.get(&code).cloned();
    let found = kept.map(|mut kept| {
        kept.findings.retain(|finding| finding.code == code);
        kept
    });
    match (found, state) {
        (Some(found), _) if !found.findings.is_empty() => Ok((record, found)),
        (_, Some(state)) => {
            let day = jiff::tz::TimeZone::UTC.to_datetime(state.at).date();
            Err(Failure::new("E8403", Exit::Usage, words!(en: "{code} found nothing on {name} on {day}", zh: "{day} 对 {name} 的 {code} 检查没有发现问题"))
                .hint(words!(en: "`namekeep explain {code}` says what it looks at", zh: "`namekeep explain {code}` 说明它检查什么")))
        }
        _ => Err(Failure::new("E8403", Exit::Usage, words!(en: "{code} has not been checked on {name}", zh: "尚未对 {name} 检查 {code}"))
            .hint(words!(en: "look now: `namekeep check {name}`", zh: "立即检查：`namekeep check {name}`"))
            .hint(words!(en: "`namekeep explain {code}` says what it looks at", zh: "`namekeep explain {code}` 说明它检查什么"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use namekeep_model::Words;

    fn found(code: &str, level: Level, subject: Option<&str>, day: &str) -> Finding {
        Finding {
            code: code.parse().unwrap(),
            level,
            name: DomainName::parse("a.example").unwrap(),
            subject: subject.map(str::to_owned),
            says: Words { en: day.to_owned(), zh: day.to_owned() },
            since: format!("{day}T00:00:00Z").parse().unwrap(),
            evidence: Vec::new(),
        }
    }

    #[test]
    fn a_finding_keeps_its_first_day_until_it_is_another() {
        let before =
            [found("T3", Level::Warning, Some("ns1"), "2026-11-01"), found("S6", Level::Notice, None, "2026-11-02")];
        let mut now = [
            found("T3", Level::Warning, Some("ns1"), "2026-11-24"),
            found("T3", Level::Warning, Some("ns2"), "2026-11-24"),
            found("S6", Level::Critical, None, "2026-11-24"),
        ];
        carry(&mut now, &before);
        let days: Vec<String> = now.iter().map(|finding| finding.since.to_string()).collect();
        assert_eq!(days, ["2026-11-01T00:00:00Z", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z"]);
        assert!(differ(&before, &now));
        let again =
            [found("T3", Level::Warning, Some("ns1"), "2026-11-25"), found("S6", Level::Notice, None, "2026-11-25")];
        assert!(!differ(&before, &again), "another wording is no change");
    }

    #[test]
    fn what_was_found_and_could_not_be_looked_at_again_is_not_over() {
        let before = [found("T3", Level::Critical, None, "2026-11-01"), found("S6", Level::Notice, None, "2026-11-01")];
        let now = [found("T3", Level::NotChecked, None, "2026-11-24")];
        let kept = merged(&before, &now);
        let kept: Vec<(String, Level)> = kept.iter().map(|f| (f.code.to_string(), f.level)).collect();
        assert_eq!(
            kept,
            [("T3".to_owned(), Level::NotChecked), ("T3".to_owned(), Level::Critical)],
            "S6 looked and found nothing"
        );
        assert!(differ(&before, &now));
        assert!(!differ(&merged(&before, &now), &now), "the second blind round is no news");
    }
}
