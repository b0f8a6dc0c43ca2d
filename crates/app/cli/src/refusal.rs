//! What the command line refuses, in the words of this program: a code, a sentence, a cure.
//!
//! The reader of arguments knows what is wrong and speaks English only; here its findings become a
//! failure like any other, in the language asked for.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use namekeep_model::{Text, Words, words};
use namekeep_service::Failure;

use crate::output::safe;

/// Tells whether this is no error but a page to print: help or version.
pub(crate) fn is_page(error: &clap::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// The failure a refused command line is; `verb` is how far it was understood.
pub(crate) fn failure(error: &clap::Error, verb: &str) -> Failure {
    let text = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(safe(text)),
        Some(ContextValue::Strings(list)) if !list.is_empty() => Some(safe(&list.join(" "))),
        _ => None,
    };
    let arg = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    let help = if verb.is_empty() { "namekeep --help".to_owned() } else { format!("namekeep {verb} --help") };
    let says = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let verb = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            words!(en: "there is no command `{verb}`", zh: "没有命令 `{verb}`")
        }
        ErrorKind::UnknownArgument => words!(en: "`{arg}` is not expected here", zh: "此处不接受 `{arg}`"),
        ErrorKind::MissingRequiredArgument => words!(en: "missing: {arg}", zh: "缺少：{arg}"),
        ErrorKind::MissingSubcommand => words!(en: "a command is missing after `{verb}`", zh: "`{verb}` 之后缺少命令"),
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg).unwrap_or_default();
            words!(en: "`{arg}` cannot be used with `{other}`, or stands twice", zh: "`{arg}` 不能与 `{other}` 同用，或重复出现")
        }
        ErrorKind::InvalidValue if value.is_empty() => words!(en: "{arg}: a value is missing", zh: "{arg}：缺少值"),
        ErrorKind::InvalidUtf8 => Text::new("an argument is not UTF-8", "参数不是 UTF-8").into(),
        _ => words!(en: "{arg}: `{value}` is not a value it takes", zh: "{arg}：不接受值 `{value}`"),
    };
    let failure = Failure::usage(says);
    let choices = text(ContextKind::ValidValue).or_else(|| text(ContextKind::ValidSubcommand));
    let near = text(ContextKind::SuggestedSubcommand).or_else(|| text(ContextKind::SuggestedArg)).or_else(|| text(ContextKind::SuggestedValue));
    let failure = match (near, choices) {
        (Some(near), _) => failure.hint(words!(en: "did you mean `{near}`?", zh: "是否想写 `{near}`？")),
        (None, Some(choices)) => {
            let choices = choices.split(' ').collect::<Vec<_>>();
            let (en, zh) = (choices.join(", "), choices.join("、"));
            failure.hint(Words { en: format!("one of: {en}"), zh: format!("可选：{zh}") })
        }
        _ => failure,
    };
    failure.hint(words!(en: "`{help}` shows what it takes", zh: "`{help}` 说明用法"))
}
