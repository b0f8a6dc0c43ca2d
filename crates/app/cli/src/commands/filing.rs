//! `namekeep filing`: filing numbers and identity numbers.

use namekeep_assess::filing::{EMBEDDED, Grammar, IdVerdict, NumberVerdict, id, number};
use namekeep_model::{Date, Lang, Text};
use namekeep_service::{Exit, Failure};

use super::input::each_line;
use super::name::pad;
use crate::args::Filing;
use crate::output::{Output, safe};

pub(crate) fn run(args: &Filing, today: Date, output: &Output) -> Result<Exit, Failure> {
    let grammar = Grammar::parse(EMBEDDED.as_bytes())?;
    match args {
        Filing::Number(args) => each_line(&args.text, |text| {
            let view = number::parse(text, &grammar, today).view(text, output.lang);
            if output.json {
                return output.json_line(&view);
            }
            let verdict = output.say(match view.verdict {
                NumberVerdict::Valid => Text::new("valid", "有效"),
                NumberVerdict::Repairable => Text::new("repairable", "可修复"),
                NumberVerdict::Suspicious => Text::new("suspicious", "可疑"),
                NumberVerdict::Invalid => Text::new("invalid", "无效"),
            });
            output.line(format!("{}  {verdict}", safe(view.normal.as_deref().unwrap_or(text))));
            let row = |label: Text, value: &str| output.line(format!("  {}  {value}", pad(output.say(label), 10)));
            if let Some(kind) = view.kind {
                row(Text::new("kind", "类型"), &kind_word(&word(&kind), output));
            }
            if let Some(province) = &view.province {
                row(Text::new("province", "省份"), &format!("{province} {}", view.province_gb2260.as_deref().unwrap_or("")));
            }
            if let Some(year) = view.year {
                row(Text::new("year", "年份"), &year.to_string());
            }
            if let Some(reason) = &view.reason {
                row(Text::new("reason", "原因"), &safe(reason));
            }
            for notice in &view.notices {
                row(Text::new("notice", "提示"), &safe(notice.text));
            }
        })?,
        Filing::Id(args) => each_line(&args.text, |text| {
            let view = id::check(text, &grammar, today).view(output.lang);
            if output.json {
                return output.json_line(&view);
            }
            let verdict = output.say(match view.verdict {
                IdVerdict::Valid => Text::new("valid", "有效"),
                IdVerdict::Invalid => Text::new("invalid", "无效"),
            });
            let kind = view.kind.map_or_else(String::new, |kind| kind_word(&word(&kind), output));
            output.line(format!("{}  {verdict}  {kind}", view.masked));
            if let Some(reason) = view.reason {
                output.line(format!("  {reason}"));
            }
        })?,
    }
    Ok(Exit::Ok)
}

/// A kind of number for people: its code, and in Chinese its name behind it.
fn kind_word(code: &str, output: &Output) -> String {
    let zh = match code {
        "subject" => "主体备案号",
        "site" => "网站备案号",
        "app" => "App 备案号",
        "mini-program" => "小程序备案号",
        "quick-app" => "快应用备案号",
        "public-security" => "公安联网备案号",
        "licence" => "电信业务许可证号",
        "uscc" => "统一社会信用代码",
        "organisation-code" => "组织机构代码",
        "resident-id" => "公民身份号码",
        _ => return code.to_owned(),
    };
    if output.lang == Lang::Zh { format!("{zh}（{code}）") } else { code.to_owned() }
}

/// The word a value has in JSON: codes are never translated.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
