//! `namekeep approve|refuse|withdraw`, `apply`, `explain RUN`: moving a run on, by hand.

use std::io::{BufRead, IsTerminal};

use namekeep_model::{PersonId, RunId, StepNo, Text, Timestamp, words};
use namekeep_ports::Decision;
use namekeep_service::block::block_on;
use namekeep_service::{Exit, Failure, diary, live, seal};
use serde_json::{Value, json};

use super::explain::print_run;
use super::session;
use crate::args::{Apply, Global, Seal, Sign};
use crate::output::{Output, safe};

/// `approve`, `refuse`, `withdraw`.
pub(crate) fn decide(args: &Sign, decision: Decision, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let (workspace, output) = &session::open(global, output)?;
    let desk = session::desk(workspace);
    let run = session::run_id(&args.run)?;
    let who = session::member(workspace, &args.person)?;
    let mut asks = block_on(live::open_approvals(&workspace.store, run))?;
    asks.retain(|ask| ask.approver == who && args.step.is_none_or(|step| ask.step.0 == step));
    // With nothing to sign nothing is asked: the decision below says why.
    if decision == Decision::Approve && !asks.is_empty() {
        for ask in &asks {
            output.note(safe(ask.says.get(output.lang)));
            let (plan, until) = (namekeep_service::short_digest(&ask.plan), desk.zone.to_datetime(ask.not_after).date());
            output.note(words!(en: "plan {plan}, signature counts until {until}", zh: "计划 {plan}，签名有效至 {until}").get(output.lang));
        }
        confirm(args, output)?;
    }
    let steps = block_on(live::decide(&workspace.store, &desk, run, &who, args.step.map(StepNo), decision, now))?;
    let list: Vec<String> = steps.iter().map(ToString::to_string).collect();
    if output.json {
        output.json_document(&decided(run, &who, decision, &steps));
    } else {
        let list = list.join(" ");
        let line = match decision {
            Decision::Approve => words!(en: "{who} signed step {list} of {run}; it counts after 24 hours and can be withdrawn", zh: "{who} 已签署 {run} 第 {list} 步；24 小时后生效，期间可撤回"),
            Decision::Refuse => words!(en: "{who} refused step {list} of {run}; only another plan goes on", zh: "{who} 已拒绝 {run} 第 {list} 步；须另订计划"),
            Decision::Withdraw => words!(en: "{who} withdrew the signature of step {list} of {run}", zh: "{who} 已撤回 {run} 第 {list} 步的签名"),
        };
        output.line(line.get(output.lang));
    }
    Ok(Exit::Ok)
}

/// The document of a decision.
fn decided(run: RunId, who: &PersonId, decision: Decision, steps: &[StepNo]) -> Value {
    json!({ "schema": "namekeep/decision/1", "run": run, "person": who, "decision": decision, "steps": steps })
}

/// Asks before a signature; without a terminal the missing flag is named.
fn confirm(args: &Sign, output: &Output) -> Result<(), Failure> {
    if args.yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(Text::new("nobody can be asked here: `--yes` is missing; nothing was signed", "此处无法询问：缺少 `--yes`；未签署"))
            .hint(Text::new("`--yes` signs without asking: read the plan first, `namekeep plan show RUN`", "`--yes` 不询问直接签署：请先阅读计划，`namekeep plan show 流程编号`")));
    }
    output.note(output.say(Text::new("Type `yes` to sign:", "输入 yes 以签署：")));
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    if read.is_ok() && line.trim() == "yes" {
        return Ok(());
    }
    Err(Failure::new("E8103", Exit::Approval, Text::new("not confirmed; nothing was signed", "未确认；未签署")))
}

/// `apply`.
pub(crate) fn apply(args: &Apply, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let (workspace, output) = &session::open(global, output)?;
    let desk = session::desk(workspace);
    let run = session::run_id(&args.run)?;
    let moved = block_on(live::apply(&workspace.store, &desk, run, now))?;
    let told: Vec<_> = moved.records.iter().map(|record| diary::tell(&moved.plan, record)).collect();
    if output.json {
        output.json_document(&json!({
            "schema": "namekeep/apply/1", "generated_at": now, "as_of": now, "run": run,
            "items": told, "state": moved.explanation.state, "wake_at": moved.wake_at,
            "explanation": moved.explanation, "not_checked": [], "next_steps": [format!("namekeep explain {run}")],
        }));
        return Ok(exit(&moved.explanation));
    }
    for line in &told {
        let step = line.step.map_or_else(String::new, |step| step.to_string());
        output.line(format!("{step:>3} {:<2} {}", line.weight.mark(), safe(line.says.get(output.lang))));
    }
    if told.is_empty() {
        output.line(output.say(Text::new("nothing can be done now", "现在没有可做的事")));
    }
    output.line("");
    print_run(&moved.plan, &moved.explanation, &desk.zone, now, output);
    hint_untold(&moved.plan, &moved.explanation, output);
    Ok(exit(&moved.explanation))
}

/// Where nobody could look, a person can say what they know.
fn hint_untold(plan: &namekeep_playbook::Plan, explanation: &namekeep_playbook::Explanation, output: &Output) {
    let blockers = explanation.lines.iter().flat_map(|line| &line.blockers);
    let mut keys: Vec<_> = blockers
        .filter_map(|blocker| match &blocker.why {
            namekeep_playbook::Why::FactUnread { key, .. } => Some((*key, key.value_type().placeholder())),
            _ => None,
        })
        .collect();
    keys.dedup();
    keys.truncate(4);
    if !keys.is_empty() {
        let (name, by) = (plan.name.a_label(), &plan.people.requester);
        let keys = keys.iter().map(|(key, value)| format!("{key}={}", value.get(output.lang))).collect::<Vec<_>>().join(" ");
        output.hints(&[words!(
            en: "say what is known: `namekeep tell {name} {keys} --by {by}`",
            zh: "说明已知事实：`namekeep tell {name} {keys} --by {by}`"
        ).get(output.lang)]);
    }
}

/// The exit code of a run's state: what a script waits for.
fn exit(explanation: &namekeep_playbook::Explanation) -> Exit {
    use namekeep_playbook::{StateWord, Why};
    match explanation.state {
        StateWord::OutcomeUnknown => Exit::Unknown,
        StateWord::BlockedByAGate | StateWord::Held => {
            let why = || explanation.lines.iter().flat_map(|line| &line.blockers).map(|blocker| &blocker.why);
            if why().any(|why| matches!(why, Why::Frozen(_))) {
                Exit::Freeze
            } else if why().all(|why| matches!(why, Why::Signatures { .. } | Why::Cooling | Why::Needs(_))) {
                Exit::Approval
            } else {
                Exit::Gate
            }
        }
        _ => Exit::Ok,
    }
}

/// `explain RUN`.
pub(crate) fn explain(text: &str, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let (workspace, output) = &session::open(global, output)?;
    let desk = session::desk(workspace);
    let run = session::run_id(text)?;
    let (plan, explanation) = block_on(live::explain(&workspace.store, &desk, run, now))?;
    print_run(&plan, &explanation, &desk.zone, now, output);
    hint_untold(&plan, &explanation, output);
    Ok(Exit::Ok)
}

/// `evidence seal`.
pub(crate) fn seal(args: &Seal, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let (workspace, output) = &session::open(global, output)?;
    let run = session::run_id(&args.run)?;
    block_on(live::open(&workspace.store, run))?;
    let bytes = block_on(seal::seal(&workspace.store, &workspace.keys, run, now, false))?;
    let out = args.out.clone().unwrap_or_else(|| format!("{run}.dossier").into());
    namekeep_service::files::replace(&out, &bytes, 0o644)?;
    let (file, size) = (out.display(), bytes.len());
    if output.json {
        output.json_document(&json!({ "schema": "namekeep/seal/1", "run": run, "file": out, "bytes": size }));
    } else {
        output.line(words!(en: "{run} sealed as {file}, {size} bytes", zh: "{run} 已封存为 {file}，{size} 字节").get(output.lang));
        output.hints(&[words!(en: "`namekeep evidence verify {file}` checks it on any machine, offline", zh: "`namekeep evidence verify {file}` 可在任何机器上离线核验").get(output.lang)]);
    }
    Ok(Exit::Ok)
}

#[cfg(test)]
#[path = "../../tests/common/schema.rs"]
mod schema;

#[cfg(test)]
mod tests {
    use super::*;

    /// A signature is weeks away from a plan, by the machine's own clock: what its document looks like
    /// is held here.
    #[test]
    fn a_decision_is_as_its_schema_says() {
        for decision in [Decision::Approve, Decision::Refuse, Decision::Withdraw] {
            let who = PersonId::new("legal-1").unwrap();
            schema::check("decision", &decided("RET-0001".parse().unwrap(), &who, decision, &[StepNo(16), StepNo(21)]));
        }
    }
}
