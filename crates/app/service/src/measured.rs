//! What a person measures while doing a task: the fields of its receipt, read by their own types.
//!
//! The fields are a closed list by kind of receipt, so a misspelt one is refused before it is
//! written; a field a gate of the plan reads must be there, or the work would be asked again.

use std::collections::{BTreeMap, BTreeSet};

use namekeep_model::receipt::Field;
use namekeep_model::{FactValue, ReceiptKind, Text, Words, words};
use namekeep_playbook::{Plan, Test};

use crate::{Exit, Failure, live};

/// The options that report a receipt of this kind: `--field rto-minutes=NUMBER ..`.
pub fn options(kind: ReceiptKind) -> Words {
    let option = |pick: fn(Text) -> &'static str| {
        let all = kind.fields().iter();
        all.map(|field| format!("--field {}={}", field.name, pick(field.clean.value_type().placeholder()))).collect::<Vec<_>>()
    };
    Words { en: option(|text| text.en).join(" "), zh: option(|text| text.zh).join(" ") }
}

/// Reads a measured field of a receipt.
pub fn read(kind: ReceiptKind, name: &str, text: &str) -> Result<FactValue, Failure> {
    let what = kind.text();
    let cure = Words { en: format!("it takes {}", options(kind).en), zh: format!("可填 {}", options(kind).zh) };
    let shown = |text: &str| text.chars().take(64).collect::<String>();
    let Some(field) = kind.fields().iter().find(|field| field.name == name) else {
        let name = shown(name);
        return Err(Failure::usage(Words {
            en: format!("a {} has no field `{name}`; nothing was written", what.en),
            zh: format!("{}没有字段 `{name}`；未写入任何内容", what.zh),
        })
        .hint(cure));
    };
    live::typed(field.clean.value_type(), text).ok_or_else(|| {
        let (text, wants) = (shown(text), field.clean.value_type().placeholder());
        Failure::usage(Words {
            en: format!("{name}: `{text}` is not {}; nothing was written", wants.en),
            zh: format!("{name}：`{text}` 不是{}；未写入任何内容", wants.zh),
        })
        .hint(cure)
    })
}

/// The fields of a receipt which gates of a plan read.
fn read_by_gates(plan: &Plan, kind: ReceiptKind) -> BTreeSet<&str> {
    let items = plan.steps.iter().flat_map(|step| step.work.iter().chain(&step.rescue)).flat_map(|item| &item.before);
    let atoms = plan.steps.iter().flat_map(|step| step.gate.iter().chain(&step.before)).chain(items);
    atoms
        .filter_map(|atom| match &atom.test {
            Test::Receipt { kind: of, within, .. } if *of == kind => Some(within.keys().map(String::as_str)),
            _ => None,
        })
        .flatten()
        .collect()
}

/// Refuses a report that lacks a field a gate reads, and names every such field.
pub(crate) fn complete(plan: &Plan, kind: ReceiptKind, fields: &BTreeMap<String, FactValue>) -> Result<(), Failure> {
    let wanted = read_by_gates(plan, kind);
    let missing: Vec<&Field> = kind
        .fields()
        .iter()
        .filter(|field| wanted.contains(field.name) && !fields.contains_key(field.name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.iter().map(|field| format!("`{}`", field.name)).collect::<Vec<_>>();
    let (en, zh) = (names.join(", "), names.join("、"));
    let add = |pick: fn(Text) -> &'static str| {
        let option = |field: &&Field| format!("--field {}={}", field.name, pick(field.clean.value_type().placeholder()));
        missing.iter().map(option).collect::<Vec<_>>().join(" ")
    };
    let (add_en, add_zh) = (add(|text| text.en), add(|text| text.zh));
    Err(Failure::new(
        "E8204",
        Exit::Usage,
        words!(en: "a gate reads what is missing here: {en}; nothing was written", zh: "缺少关卡要核对的字段：{zh}；未写入任何内容"),
    )
    .hint(words!(en: "add {add_en}", zh: "请补上 {add_zh}")))
}
