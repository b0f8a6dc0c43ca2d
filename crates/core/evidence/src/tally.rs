//! The tally of a verification: problems gathered on the way, and the lines of the report made of them.

use crate::container::Member;
use crate::manifest::{FileKind, Manifest};
use crate::walk::Walk;
use crate::{Both, Check, NotJudged, Place, Problem, Report, Role, State, Verdict, Why};

/// The most problems and open intents that a report lists.
const MAX_LISTED: usize = 100;

/// Problems in the order they were found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    problems: Vec<Problem>,
    count: u64,
    worst: Option<Verdict>,
    /// The first problem of the heaviest verdict, kept although the list is full.
    first_bad: Option<Problem>,
    /// The areas with a problem and their heaviest verdict.
    areas: Vec<(&'static str, Verdict)>,
}

impl Findings {
    /// Adds a problem.
    pub(crate) fn add(&mut self, why: Why, place: Place, detail: Option<String>) {
        let verdict = why.verdict();
        let problem = Problem { verdict, why, place, detail };
        self.count += 1;
        match self.areas.iter_mut().find(|(area, _)| *area == why.area()) {
            Some((_, worst)) => *worst = worst.worse(verdict),
            None => self.areas.push((why.area(), verdict)),
        }
        // A place that names an entry comes first, and of those the earliest; then the heavier verdict.
        let rank = |problem: &Problem| {
            let entry = problem.place.entry.unwrap_or(u64::MAX);
            (problem.verdict == Verdict::NotJudged, entry, problem.verdict.exit_code())
        };
        if self.first_bad.as_ref().is_none_or(|first| rank(&problem) < rank(first)) {
            self.first_bad = Some(problem.clone());
        }
        self.worst = Some(self.worst.map_or(verdict, |worst| worst.worse(verdict)));
        if self.problems.len() < MAX_LISTED {
            self.problems.push(problem);
        }
    }

    /// The number of problems so far.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    fn state(&self, area: &str) -> State {
        match self.areas.iter().find(|(name, _)| *name == area) {
            None => State::Ok,
            Some((_, Verdict::NotJudged)) => State::NotJudged,
            Some(_) => State::Bad,
        }
    }
}

impl Report {
    /// An empty report on so many bytes.
    pub(crate) fn new(bytes: u64) -> Self {
        Self {
            schema: "namekeep/evidence-report/1",
            verifier: concat!("namekeep-evidence ", env!("CARGO_PKG_VERSION")),
            verdict: Verdict::Intact,
            exit_code: 0,
            run: None,
            title: None,
            demo: false,
            from: None,
            to: None,
            sealed_at: None,
            checkpoint: None,
            entries: 0,
            files: 0,
            laws: 0,
            stamps: 0,
            settled: 0,
            bytes,
            first_bad: None,
            problems: Vec::new(),
            problem_count: 0,
            checks: Vec::new(),
            signers: Vec::new(),
            signers_identified: false,
            not_judged: Vec::new(),
            typed: Vec::new(),
            typed_count: 0,
            sealed: Vec::new(),
            sealed_count: 0,
            open_intents: Vec::new(),
        }
    }

    /// Takes over what the pass over the entries and the manifest say.
    pub(crate) fn take(&mut self, walk: Walk, manifest: Option<Manifest>, members: &[Member<'_>]) {
        let under = |folder: &str| members.iter().filter(|member| member.name.starts_with(folder)).count() as u64;
        self.entries = walk.frontier.size();
        self.files = under("raw/");
        self.stamps = under("stamps/");
        self.settled = walk.intents.settled();
        self.open_intents =
            walk.intents.open().take(MAX_LISTED).map(|(effect, seq)| (effect.to_owned(), seq)).collect();
        self.typed = walk.typed;
        self.typed_count = walk.typed_count;
        self.sealed = walk.sealed;
        self.sealed_count = walk.sealed_count;
        self.from = walk.first_at;
        self.to = walk.last_at;
        if let Some(manifest) = manifest {
            self.laws = manifest.files.iter().filter(|file| file.kind == FileKind::Law).count() as u64;
            self.run = Some(manifest.run);
            self.title = Some(manifest.title);
            self.demo = manifest.demo;
            self.sealed_at = Some(manifest.sealed_at.to_string());
        }
    }

    /// Draws the verdict and writes the lines.
    pub(crate) fn finish(mut self, found: Findings, trust_given: bool) -> Self {
        self.verdict = found.worst.unwrap_or(Verdict::Intact);
        self.exit_code = self.verdict.exit_code();
        self.signers_identified =
            !self.signers.is_empty() && self.signers.iter().all(|signer| signer.identified == Some(true));
        self.checks = self.lines(&found, trust_given);
        self.not_judged = self.unjudged(&found, trust_given);
        self.first_bad = found.first_bad.filter(|problem| problem.verdict != Verdict::NotJudged);
        self.problems = found.problems;
        self.problem_count = found.count;
        self
    }

    fn lines(&self, found: &Findings, trust_given: bool) -> Vec<Check> {
        let line = |name, state, en: String, zh: String| Check { name, state, text: Both { en, zh } };
        let mut lines = vec![line(
            "container",
            found.state("container"),
            format!("{} bytes, the only form these contents have", self.bytes),
            format!("{} 字节，与内容唯一对应的形式", self.bytes),
        )];
        if self.entries == 0 {
            return lines;
        }
        let approvals: u64 =
            self.signers.iter().filter(|signer| signer.role == Role::Approver).map(|signer| signer.signatures).sum();
        let (origin, size) = self.checkpoint.clone().unwrap_or_default();
        lines.push(line(
            "entries",
            found.state("entries"),
            format!("{} hashed into one tree", self.entries),
            format!("{} 条，逐条计算摘要并归入同一棵树", self.entries),
        ));
        lines.push(line(
            "files",
            found.state("files"),
            format!("{} raw files against their digests", self.files),
            format!("{} 个原始文件，逐一比对摘要", self.files),
        ));
        lines.push(line(
            "manifest",
            found.state("manifest"),
            "its figures and keys are those of the contents".to_owned(),
            "所列数字和密钥与内容一致".to_owned(),
        ));
        lines.push(line(
            "seal",
            found.state("seal"),
            "signature over the list of all digests".to_owned(),
            "对全部摘要清单的签名".to_owned(),
        ));
        lines.push(line(
            "log",
            found.state("log"),
            format!("run head in the workspace log {origin} at size {size}"),
            format!("案卷日志头在工作区日志 {origin} 内，规模 {size}"),
        ));
        lines.push(line(
            "approvals",
            found.state("approvals"),
            format!("{approvals} signed statements"),
            format!("{approvals} 份签名声明"),
        ));
        lines.push(line(
            "order",
            found.state("order"),
            format!("intent before receipt: {} settled, {} open", self.settled, self.open_intents.len()),
            format!("先有意图后有回执：已结 {}，未结 {}", self.settled, self.open_intents.len()),
        ));
        if self.laws > 0 {
            lines.push(line(
                "law",
                State::Info,
                format!("{} texts of the time of the events", self.laws),
                format!("{} 份法律文本，为事发时的版本", self.laws),
            ));
        }
        lines.push(self.signers_line(found, trust_given));
        if self.stamps > 0 {
            lines.push(line(
                "stamps",
                State::NotJudged,
                format!("{} time stamps kept, not judged", self.stamps),
                format!("{} 个时间戳已保存，未作判断", self.stamps),
            ));
        }
        if self.typed_count > 0 {
            lines.push(line(
                "typed",
                State::Info,
                format!("{}: typed by a person; the log proves when, not whether true", self.ranges("entries ")),
                format!("{}：由人录入；日志证明时间，不证明真伪", self.ranges("条目 ")),
            ));
        }
        for sealed in self.sealed.iter().take(20) {
            lines.push(line(
                "sealed",
                State::Info,
                format!("1 file withheld in entry {}: {}, retention ends {}", sealed.entry, sealed.why, sealed.until),
                format!("条目 {} 有 1 个文件封存：{}，保留至 {}", sealed.entry, sealed.why, sealed.until),
            ));
        }
        lines
    }

    fn signers_line(&self, found: &Findings, trust_given: bool) -> Check {
        let mut keys: Vec<_> = self.signers.iter().map(|signer| signer.fingerprint).collect();
        keys.sort_unstable();
        keys.dedup();
        let count = keys.len();
        let (state, en, zh) = match (found.state("signers"), trust_given) {
            (State::Ok, false) => {
                (State::Info, "not identified: no trusted keys were given", "未识别：没有提供受信密钥")
            }
            (State::Ok, true) => (State::Ok, "all among the trusted keys", "均在受信密钥之列"),
            (state, _) => (state, "not all among the trusted keys", "并非都在受信密钥之列"),
        };
        Check {
            name: "signers",
            state,
            text: Both { en: format!("{count} keys, {en}"), zh: format!("{count} 个密钥，{zh}") },
        }
    }

    /// The typed entries as ranges, the first ten of them.
    fn ranges(&self, word: &str) -> String {
        let shown: Vec<String> =
            self.typed
                .iter()
                .take(10)
                .map(|range| {
                    if range.from == range.to { range.from.to_string() } else { format!("{}-{}", range.from, range.to) }
                })
                .collect();
        let more = if self.typed.len() > shown.len() { ", ..." } else { "" };
        format!("{word}{}{more} ({})", shown.join(", "), self.typed_count)
    }

    fn unjudged(&self, found: &Findings, trust_given: bool) -> Vec<NotJudged> {
        let mut list: Vec<NotJudged> = found
            .problems
            .iter()
            .filter(|problem| problem.verdict == Verdict::NotJudged)
            .map(|problem| NotJudged {
                what: problem.why.area().to_owned(),
                why: Both::new(problem.describe(crate::Lang::En), problem.describe(crate::Lang::Zh)),
            })
            .collect();
        if !trust_given && !self.signers.is_empty() {
            list.push(NotJudged {
                what: "signers".to_owned(),
                why: Both::new(
                    "signers not identified: compare the fingerprints with ones from another source, or give trusted keys",
                    "签名者未识别：请与其他来源的指纹比对，或提供受信密钥",
                ),
            });
        }
        list
    }
}
