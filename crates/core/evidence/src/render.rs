//! The report as text for a person: aligned, ASCII marks, nothing by colour.

use crate::{Lang, Report, Verdict, visible};

impl Report {
    /// Writes the report for a reader; every line ends in a newline and hidden characters are shown.
    pub fn render(&self, lang: Lang) -> String {
        let mut out = self.headline(lang);
        for check in &self.checks {
            push(&mut out, &format!("  {}  {}{}", check.state.mark(), name(check.name, lang), check.text.get(lang)));
        }
        for signer in &self.signers {
            let mark = match signer.identified {
                Some(true) => "ok",
                Some(false) => "??",
                None => "--",
            };
            let count = match lang {
                Lang::En if signer.signatures == 1 => "1 signature".to_owned(),
                Lang::En => format!("{} signatures", signer.signatures),
                Lang::Zh => format!("{} 个签名", signer.signatures),
            };
            push(
                &mut out,
                &format!("      {mark} {:<9} {}  {}  {count}", signer.role.word(), signer.fingerprint, signer.name),
            );
        }
        for problem in self.problems.iter().take(20) {
            push(
                &mut out,
                &format!(
                    "  {}  {}",
                    if problem.verdict == Verdict::NotJudged { "??" } else { "!!" },
                    problem.describe(lang)
                ),
            );
        }
        if self.problem_count > 20 {
            let more = self.problem_count - 20;
            push(&mut out, &lang.pick("  and N more", "  另有 N 项").replace('N', &more.to_string()));
        }
        if let Some(first) = &self.first_bad {
            push(&mut out, &format!("{}{}", lang.pick("First bad  ", "首个问题  "), first.describe(lang)));
        }
        push(
            &mut out,
            &format!("{}{}{}", lang.pick("Result  ", "结论  "), self.verdict.word(lang), self.reservation(lang)),
        );
        out
    }

    fn headline(&self, lang: Lang) -> String {
        let mut line = String::new();
        if self.demo {
            line.push_str(lang.pick("DEMO  invented data\n", "DEMO  演示数据，均为虚构\n"));
        }
        let run = self.run.as_deref().unwrap_or("?");
        let sealed = self.sealed_at.as_deref().unwrap_or("?");
        let (entries, files, verifier) = (self.entries, self.files, self.verifier);
        let text = match lang {
            Lang::En => {
                format!("{run}  sealed {sealed}   {entries} entries   {files} files   {verifier}, no network used")
            }
            Lang::Zh => format!("{run}  封存于 {sealed}   {entries} 条   {files} 个文件   {verifier}，未使用网络"),
        };
        push(&mut line, &text);
        line
    }

    fn reservation(&self, lang: Lang) -> &'static str {
        let unnamed = self.signers.iter().any(|signer| signer.identified.is_none());
        if self.verdict == Verdict::Intact && unnamed {
            lang.pick(", signers not identified", "，签名者未识别")
        } else {
            ""
        }
    }
}

/// The name of a check, padded to one width by cells.
fn name(name: &str, lang: Lang) -> String {
    let (en, zh) = match name {
        "container" => ("container", "容器"),
        "entries" => ("entries", "条目"),
        "files" => ("files", "文件"),
        "manifest" => ("manifest", "清单"),
        "seal" => ("seal", "封存"),
        "log" => ("log", "日志"),
        "approvals" => ("approvals", "审批"),
        "order" => ("order", "次序"),
        "law" => ("law", "法律"),
        "signers" => ("signers", "签名者"),
        "stamps" => ("time stamps", "时间戳"),
        "typed" => ("typed", "录入"),
        "sealed" => ("withheld", "封存件"),
        other => (other, other),
    };
    let word = lang.pick(en, zh);
    // Every Chinese word here is of wide characters only, two cells each.
    let cells: usize = word.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum();
    format!("{word}{}", " ".repeat(13_usize.saturating_sub(cells)))
}

fn push(out: &mut String, line: &str) {
    out.push_str(&visible(line));
    out.push('\n');
}
