//! What is in the way, in words: fact, consequence, act, deadline; calm, in both languages.

use namekeep_model::{FactValue, Text, Words, words};

use crate::gate::{Blocker, Bound, Mark, Mover, Why};

/// Pairs an English and a Chinese wording that need different arguments.
fn pair(en: String, zh: String) -> Words {
    Words { en, zh }
}

impl Bound {
    /// The bound, for people.
    pub fn words(&self) -> Words {
        match self {
            Self::Known => words!(en: "known", zh: "已知"),
            Self::Is(value) => value.words(),
            Self::IsNot(value) => value.words().behind(Text::new("anything but ", "不是 ")),
            Self::AtMost(value) => words!(en: "at most {value}", zh: "不超过 {value}"),
            Self::AtLeast(value) => words!(en: "at least {value}", zh: "不少于 {value}"),
            Self::Undated(anchor) => pair(
                format!("measured against {}, which is not known", anchor.text().en),
                format!("以{}为准，但该日期未知", anchor.text().zh),
            ),
        }
    }
}

impl Why {
    /// The reason, for people.
    pub fn words(&self) -> Words {
        match self {
            Self::Finding { code, level, rounds, wanted } => pair(
                format!("{code} {}; {rounds} of {wanted} clean rounds", level.text().en),
                format!("{code} {}；连续 {rounds}/{wanted} 次无异常", level.text().zh),
            ),
            Self::FindingUnread(code) => words!(en: "{code} is not checked", zh: "{code} 未检查"),
            Self::Fact { key, found, bound } => pair(
                format!("{}: {}, must be {}", key.text().en, found.words().en, bound.words().en),
                format!("{}：{}，应为 {}", key.text().zh, found.words().zh, bound.words().zh),
            ),
            Self::FactUnread { key, failed: Some(failed) } => failed.behind(pair(
                format!("{} could not be read: ", key.text().en),
                format!("{}无法读取：", key.text().zh),
            )),
            Self::FactUnread { key, failed: None } => {
                pair(format!("{} is not checked", key.text().en), format!("{}未检查", key.text().zh))
            }
            Self::ReceiptMissing(kind) => pair(format!("{} is missing", kind.text().en), format!("缺少{}", kind.text().zh)),
            Self::ReceiptField { kind, field, found, bound } => {
                let found = found.as_ref().map_or_else(|| pair("-".to_owned(), "-".to_owned()), FactValue::words);
                pair(
                    format!("{}: {field} is {}, must be {}", kind.text().en, found.en, bound.words().en),
                    format!("{}：{field} 为 {}，应为 {}", kind.text().zh, found.zh, bound.words().zh),
                )
            }
            Self::Signatures { have, want } => words!(
                en: "{have} of {people} signatures, of {departments} departments",
                zh: "已签 {have}/{people}，须来自 {departments} 个部门",
                people = want.people,
                departments = want.departments
            ),
            Self::Cooling => words!(en: "signed, cooling for 24 hours", zh: "已批准，24 小时冷静期内"),
            Self::Refused(who) => words!(en: "{who} refused: the plan must change", zh: "{who} 已拒绝：须修改计划"),
            Self::TooLateToSign => words!(
                en: "this plan can no longer be signed: plan again",
                zh: "此计划已过批准期限：须重新计划"
            ),
            Self::TooEarly(span) => {
                let span = span.words();
                pair(format!("{} must go by first", span.en), format!("须先满 {}", span.zh))
            }
            Self::NotBegun(mark) => {
                let what = mark_words(mark);
                pair(format!("waits for {}", what.en), format!("等待{}", what.zh))
            }
            Self::Frozen(freeze) => pair(format!("freeze window: {}", freeze.en), format!("封网期：{}", freeze.zh)),
            Self::NotStaffed => words!(en: "outside staffed hours", zh: "不在值守时段"),
            Self::Unsourced(anchor) => pair(
                format!("{} has no source a plan may rest on", anchor.text().en),
                format!("{}没有可依据的来源", anchor.text().zh),
            ),
            Self::Needs(step) => words!(en: "step {step} has not passed", zh: "第 {step} 步未完成"),
            Self::Opens(day) => words!(en: "opens {day}", zh: "{day} 开始"),
            Self::EarlierWork => words!(en: "earlier work of the step is not done", zh: "本步前序工作未完成"),
            Self::TaskOpen { task, kind, due } => pair(
                format!("task {task}: {}, due {due}", kind.text().en),
                format!("任务 {task}：{}，截止 {due}", kind.text().zh),
            ),
            Self::Unsettled(effect) => words!(
                en: "{effect} may or may not have happened; it is read back, not sent again",
                zh: "{effect} 结果未知；只读回核实，不重发"
            ),
            Self::NotDone(why) => why.behind(Text::new("nothing was done: ", "未执行：")),
            Self::Outdated(why) => why.behind(Text::new("nothing was done, the plan no longer fits: ", "未执行，计划已不适用：")),
            Self::Held(fact) => pair(format!("held: {}", fact.text().en), format!("已冻结：{}", fact.text().zh)),
            Self::Keeping => words!(en: "the name is being kept", zh: "正在保留该域名"),
            Self::Over => words!(en: "the run is over", zh: "流程已结束"),
            Self::NotPlanned => words!(en: "no open action of this plan", zh: "不是本计划的待办操作"),
        }
    }
}

fn mark_words(mark: &Mark) -> Words {
    match mark {
        Mark::Passed(step) => words!(en: "step {step}", zh: "第 {step} 步"),
        Mark::Receipt(kind) => kind.text().into(),
        Mark::Done(item) => words!(en: "{item}", zh: "{item}"),
        Mark::Day(anchor) => anchor.text().into(),
        Mark::Round => words!(en: "the next transition", zh: "下一次阶段变化"),
    }
}

impl Mover {
    /// Who, for people.
    pub fn words(&self) -> Words {
        match self {
            Self::Person(who) => words!(en: "{who}", zh: "{who}"),
            Self::Department(department) => department.text().into(),
            Self::Time(at) => words!(en: "nobody, until {at}", zh: "无人，须等到 {at}"),
            Self::Outside => words!(en: "nobody here", zh: "本方无人可推动"),
        }
    }
}

impl Blocker {
    /// The blocker in one line: step, reason, who can move it.
    pub fn words(&self) -> Words {
        let (why, mover) = (self.why.words(), self.mover.words());
        pair(
            format!("G{}: {}; can move: {}", self.step, why.en, mover.en),
            format!("G{}：{}；可推动：{}", self.step, why.zh, mover.zh),
        )
    }
}
