//! Explaining a run: one word, one sentence, what blocks each open step, who acts next, and what
//! happens if nobody does. Neutral of any renderer.

use std::collections::BTreeSet;

use namekeep_model::{Date, Ending, FactKey, FactValue, Facts, PersonId, StepNo, Timestamp, Words, words};
use namekeep_ports::Request;
use serde::Serialize;

use crate::calendar::Calendar;
use crate::closed::{Outcome, StateWord};
use crate::gate::{Blocker, Mover, Why};
use crate::judge::Scene;
use crate::next::Next;
use crate::run::Run;
use crate::state::ItemState;
use crate::schedule::anchor_day;
use crate::when::Anchor;

/// Where one open step stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The step.
    pub step: StepNo,
    /// Its name.
    pub title: Words,
    /// Its state in a word of the closed list.
    pub state: StateWord,
    /// What stands in the way, in words.
    pub says: Vec<Words>,
    /// The same as data.
    pub blockers: Vec<Blocker>,
    /// When it opens, while it is closed.
    pub opens: Option<Date>,
    /// When it is due.
    pub due: Option<Date>,
    /// The steps that have not passed and that it waits for.
    pub needs: Vec<StepNo>,
}

/// What a person does next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NextAct {
    /// Who.
    pub who: PersonId,
    /// For which step.
    pub step: StepNo,
    /// What.
    pub what: Words,
    /// By when.
    pub due: Option<Timestamp>,
}

/// A run, explained at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The state in a word of the closed list.
    pub state: StateWord,
    /// The first sentence.
    pub headline: Words,
    /// Every open step, in the order of the book.
    pub lines: Vec<Line>,
    /// What a person does next, if a person can move it.
    pub next_act: Option<NextAct>,
    /// What happens if nobody acts from now on.
    pub if_nobody_acts: Words,
}

impl Run {
    /// Explains the run at an instant, with the facts and the calendar of that instant.
    pub fn explain(&self, now: Timestamp, facts: &Facts, calendar: &Calendar<'_>) -> Explanation {
        let scene = Scene { now, facts, calendar };
        let (next, blockers) = self.survey(scene);
        let next_act = self.next_act(next.as_ref(), &blockers);
        let state = self.state_word(next.as_ref(), &blockers, next_act.is_some());
        Explanation {
            state,
            headline: self.headline(state, next_act.as_ref(), &blockers, scene),
            lines: self.lines(&blockers, scene),
            next_act,
            if_nobody_acts: self.if_nobody_acts(scene),
        }
    }

    fn state_word(&self, next: Option<&Next>, blockers: &[Blocker], person: bool) -> StateWord {
        if let Some(outcome) = self.ended {
            return if outcome == Outcome::Stopped { StateWord::Stopped } else { StateWord::Done };
        }
        if self.unsettled().next().is_some() {
            return StateWord::OutcomeUnknown;
        }
        if self.held.is_some() {
            return StateWord::Held;
        }
        if matches!(next, Some(Next::Do { .. } | Next::Record(_) | Next::Settle { .. })) {
            return StateWord::Working;
        }
        word(blockers, person)
    }

    /// The open thing a person can change first.
    fn next_act(&self, next: Option<&Next>, blockers: &[Blocker]) -> Option<NextAct> {
        match next {
            Some(Next::Ask(Request::Task(task))) => {
                let (who, step) = (task.assignee.clone(), task.id.0.action.step);
                return Some(NextAct { who, step, what: task.asks.clone(), due: Some(task.due) });
            }
            Some(Next::Ask(Request::Approval(ask))) => {
                return Some(NextAct { who: ask.approver.clone(), step: ask.step, what: ask.says.clone(), due: Some(ask.not_after) });
            }
            _ => {}
        }
        let act = |blocker: &Blocker, who: &PersonId| {
            let due = match &blocker.why {
                Why::TaskOpen { due, .. } => Some(*due),
                Why::Signatures { .. } => self.plan.step(blocker.step)?.consent.as_ref().map(|consent| consent.not_after),
                _ => None,
            };
            let what = match &blocker.why {
                Why::TaskOpen { kind, .. } => kind.text().into(),
                why => why.words(),
            };
            Some(NextAct { who: who.clone(), step: blocker.step, what, due })
        };
        let mut acts = blockers.iter().filter_map(|blocker| match &blocker.mover {
            Mover::Person(who) => act(blocker, who),
            _ => None,
        });
        let first = acts.next()?;
        // What is due first comes first; what has no due day comes last.
        Some(acts.fold(first, |best, other| match (best.due, other.due) {
            (Some(a), Some(b)) if b < a => other,
            (None, Some(_)) => other,
            _ => best,
        }))
    }

    fn headline(&self, state: StateWord, act: Option<&NextAct>, blockers: &[Blocker], scene: Scene<'_>) -> Words {
        let (run, name, word) = (self.plan.run, &self.plan.name, state.text());
        let head = |en: String, zh: String| Words {
            en: format!("{run} {name} {}{en}", word.en),
            zh: format!("{run} {name} {}{zh}", word.zh),
        };
        if let Some(outcome) = self.ended {
            let words = outcome.words();
            return head(format!(": {}", words.en), format!("：{}", words.zh));
        }
        if let Some((reason, _)) = self.keeping {
            let words = reason.words();
            return head(
                format!(": the name is kept, because {}", words.en),
                format!("：保留该域名，原因：{}", words.zh),
            );
        }
        if let Some(act) = act {
            let due = act.due.map(|due| scene.calendar.day(due));
            let (by_en, by_zh) = due.map_or_else(Default::default, |day| (format!(", by {day}"), format!("，截止 {day}")));
            return head(
                format!(": {}, step {}: {}{by_en}", act.who, act.step, act.what.en),
                format!("：{}，第 {} 步：{}{by_zh}", act.who, act.step, act.what.zh),
            );
        }
        match blockers.first() {
            Some(blocker) => {
                let words = blocker.words();
                head(format!(": {}", words.en), format!("：{}", words.zh))
            }
            None => head(String::new(), String::new()),
        }
    }

    fn lines(&self, blockers: &[Blocker], scene: Scene<'_>) -> Vec<Line> {
        let mut lines = Vec::new();
        for (index, planned) in self.plan.steps.iter().enumerate() {
            if self.finished(index) || self.ended.is_some() {
                continue;
            }
            let needs: Vec<StepNo> = planned.needs.iter().copied().filter(|need| !self.passed(*need)).collect();
            let opens = self.opens_at(index, scene).filter(|opens| *opens > scene.now).map(|at| scene.calendar.day(at));
            let mine: Vec<Blocker> = blockers.iter().filter(|blocker| blocker.step == planned.no).cloned().collect();
            let person = mine.iter().any(|blocker| matches!(blocker.mover, Mover::Person(_)));
            let state = if mine.is_empty() && needs.is_empty() && opens.is_none() {
                StateWord::Working
            } else {
                word(&mine, person)
            };
            lines.push(Line {
                step: planned.no,
                title: planned.title.clone(),
                state,
                says: self.approvals(index, scene).into_iter().chain(told(&mine, scene)).collect(),
                blockers: mine,
                opens,
                due: planned.due.day,
                needs,
            });
        }
        lines
    }

    /// How many have signed a step whose signatures are asked ahead, and under which plan. A step that
    /// waits for them says so as its reason.
    fn approvals(&self, index: usize, scene: Scene<'_>) -> Option<Words> {
        let (planned, state) = (self.plan.steps.get(index)?, self.steps.get(index)?);
        let quorum = planned.consent.as_ref()?.quorum;
        let who: BTreeSet<&str> = self.valid(index, scene.now).map(|given| given.statement.approver.as_str()).collect();
        if !self.signs_ahead(index) || (state.asked.is_empty() && who.is_empty()) {
            return None;
        }
        let (have, want, revision) = (who.len(), quorum.people, self.plan.revision);
        let names = who.into_iter().collect::<Vec<_>>();
        let (en, zh) = if names.is_empty() {
            Default::default()
        } else {
            (format!(" ({})", names.join(", ")), format!("（{}）", names.join("、")))
        };
        Some(Words {
            en: format!("approvals {have} of {want}, plan revision {revision}{en}"),
            zh: format!("批准 {have}/{want}，计划第 {revision} 版{zh}"),
        })
    }

    /// What happens from now on if no person does anything: what the run itself would still do.
    fn if_nobody_acts(&self, scene: Scene<'_>) -> Words {
        let plan = &self.plan;
        if self.ended.is_some() {
            return words!(en: "Nothing further happens.", zh: "不会再发生任何事。");
        }
        let price = match scene.facts.value(FactKey::RenewalPrice) {
            Some(FactValue::Money(price)) => *price,
            _ => plan.params.ceiling,
        };
        let day = |anchor| anchor_day(&plan.dates, plan.paid_end, anchor);
        let charge = day(Anchor::Charge).unwrap_or(plan.dates.expiry.typical);
        if self.held.is_some() {
            return words!(
                en: "Auto-renew stays on, nothing is erased or released.",
                zh: "保持自动续费，不删除、不释放。"
            );
        }
        if self.keeping.is_some() {
            return words!(
                en: "Auto-renew is put back on; the name renews for about {price}, at the latest by an order after {charge}.",
                zh: "自动续费恢复打开；约 {price} 续费，最迟在 {charge} 之后下单。"
            );
        }
        let Some(ending) = plan.ending else {
            return words!(
                en: "The order is sent once its gates are open; without payment the name keeps its present expiry.",
                zh: "关卡打开后自动下单；若未付款，到期日不变。"
            );
        };
        if self.switched_off && ending == Ending::Lapse {
            return self.if_nobody_signs(scene, price);
        }
        if self.leaving() {
            let purge = day(Anchor::Purge).map_or("?".to_owned(), |day| day.to_string());
            return words!(en: "The name is purged about {purge}.", zh: "约 {purge} 清除。");
        }
        if scene.facts.yes(FactKey::AutoRenew) == Some(false) {
            return words!(
                en: "Auto-renew is off: a month before the expiry this run has it switched on; where nothing can, the name expires and is lost.",
                zh: "自动续费已关闭：到期前一个月由本流程恢复打开；若无法恢复，域名将到期并丢失。"
            );
        }
        if scene.facts.yes(FactKey::AutoRenew).is_none() {
            return words!(
                en: "Whether it renews by itself is not known: nobody has looked at auto-renew. About {charge} it renews or expires.",
                zh: "是否自动续费未知：尚未查看自动续费状态。约 {charge} 续费或到期。"
            );
        }
        if scene.facts.value(FactKey::RenewalPrice).is_none() {
            return words!(
                en: "Auto-renew stays on, the name renews about {charge}; the price is not known.",
                zh: "保持自动续费，约 {charge} 续费；价格未知。"
            );
        }
        words!(
            en: "Auto-renew stays on, the name renews for about {price} about {charge}. No harm.",
            zh: "保持自动续费，约 {charge} 以约 {price} 续费。无损失。"
        )
    }

    /// A lapse after its act: kept unless the second let-it-go is signed.
    fn if_nobody_signs(&self, scene: Scene<'_>, price: namekeep_model::Money) -> Words {
        let plan = &self.plan;
        let watch = plan.watch_step.and_then(|no| self.index(no));
        let consent = watch.and_then(|index| plan.steps.get(index)?.consent.as_ref().map(|consent| (index, consent)));
        if let Some((index, consent)) = consent.filter(|(index, _)| !self.signed(*index, scene.now, false)) {
            let last = scene.calendar.day(consent.not_after.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(consent.not_after));
            if !self.signatures(plan.steps.get(index).map_or(StepNo(0), |s| s.no)).any(|_| true) || scene.now <= consent.not_after {
                return words!(
                    en: "Without a second signature by {last} auto-renew goes back on and the name is renewed for about {price}.",
                    zh: "若 {last} 前无第二次确认，自动续费将恢复打开，并以约 {price} 续费。"
                );
            }
        }
        let day = |anchor| {
            anchor_day(&plan.dates, plan.paid_end, anchor).map_or("?".to_owned(), |day| day.to_string())
        };
        let (rescue, purge) = (day(Anchor::Rescue), day(Anchor::Purge));
        words!(
            en: "The name lapses: it can be brought back until {rescue}, then it is purged about {purge} and anyone may register it.",
            zh: "域名将失效：{rescue} 前可挽回，约 {purge} 清除，之后任何人可注册。"
        )
    }

    /// Tells whether a person has an open task or question of this run.
    pub fn waits_for(&self, who: &PersonId) -> bool {
        let asked = self.steps.iter().any(|state| state.passed.is_none() && state.asked.get(who).is_some_and(|asked| asked.open));
        asked || self.slots().any(|(_, item, run)| matches!(run.state, ItemState::Asked { .. }) && item.assignee == *who)
    }
}

/// The reasons in words, each once; work that only waits for what stands above it is counted.
fn told(blockers: &[Blocker], scene: Scene<'_>) -> Vec<Words> {
    let mut says = Vec::new();
    let (waiting, others): (Vec<_>, Vec<_>) = blockers.iter().partition(|blocker| blocker.why == Why::EarlierWork);
    for words in others.iter().map(|blocker| reason(&blocker.why, scene)) {
        if !says.contains(&words) {
            says.push(words);
        }
    }
    match waiting.len() {
        0 => {}
        1 => says.push(words!(en: "1 further piece of work waits for this", zh: "另有 1 项工作等待上述事项")),
        n => says.push(words!(en: "{n} further pieces of work wait for this", zh: "另有 {n} 项工作等待上述事项")),
    }
    says
}

/// A reason in words, its instants as days of the calendar.
fn reason(why: &Why, scene: Scene<'_>) -> Words {
    let Why::TaskOpen { task, kind, due } = why else { return why.words() };
    let (day, kind) = (scene.calendar.day(*due), kind.text());
    Words {
        en: format!("task {task}: {}, due {day}", kind.en),
        zh: format!("任务 {task}：{}，截止 {day}", kind.zh),
    }
}

/// The word for a set of blockers: people first, gates next, dates last.
fn word(blockers: &[Blocker], person: bool) -> StateWord {
    let asked = blockers.iter().any(|b| matches!(b.why, Why::TaskOpen { .. } | Why::Signatures { .. }));
    let gate = blockers.iter().any(|b| !matches!(b.mover, Mover::Time(_)) && !matches!(b.why, Why::Needs(_)));
    match (asked || (person && blockers.is_empty()), gate) {
        (true, _) => StateWord::WaitingForAPerson,
        (false, true) => StateWord::BlockedByAGate,
        (false, false) => StateWord::WaitingForADate,
    }
}
