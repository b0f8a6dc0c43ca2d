//! `namekeep rdap parse`, `namekeep whois parse`: one kept answer as one flat object.

use namekeep_model::Lang;
use namekeep_probe::read::{self, ReadError, Reading};
use namekeep_service::{Exit, Failure};

use super::input::document;
use super::name::pad;
use crate::args::{RdapParse, WhoisParse};
use crate::output::{Output, safe};

/// The largest document read; the readers' own limits are below it.
const LARGEST: usize = 8 << 20;

pub(crate) fn rdap(args: &RdapParse, output: &Output) -> Result<Exit, Failure> {
    let bytes = document(&args.file, LARGEST)?;
    show(&read::rdap::parse(&bytes).map_err(|e| failed(&e))?, output);
    Ok(Exit::Ok)
}

pub(crate) fn whois(args: &WhoisParse, output: &Output) -> Result<Exit, Failure> {
    let bytes = document(&args.file, LARGEST)?;
    let reading = read::whois::parse(&bytes, args.server.as_deref(), args.domain.as_deref()).map_err(|e| failed(&e))?;
    show(&reading, output);
    Ok(Exit::Ok)
}

fn failed(error: &ReadError) -> Failure {
    Failure::new(error.code(), Exit::Usage, error.says()).hint(error.hint())
}

/// The fields in the order people read them.
const ORDER: [&str; 19] = [
    "class", "name", "registrar", "registrar_iana_id", "created", "updated", "expires", "registrar_expires",
    "assumed_zone", "statuses", "nameservers", "glue", "dnssec", "variants", "redacted", "referral", "raw_encoding",
    "unknown", "notes",
];

/// A field for people: its key, or its name in Chinese.
fn label(key: &str, lang: Lang) -> &str {
    if lang == Lang::En {
        return key;
    }
    match key {
        "class" => "应答类别",
        "name" => "域名",
        "registrar" => "注册商",
        "registrar_iana_id" => "注册商 IANA 编号",
        "created" => "注册时间",
        "updated" => "更新时间",
        "expires" => "到期时间",
        "registrar_expires" => "注册商到期时间",
        "assumed_zone" => "假定时区",
        "statuses" => "域名状态",
        "nameservers" => "域名服务器",
        "glue" => "胶水记录",
        "dnssec" => "DNSSEC 签名",
        "variants" => "同组域名",
        "redacted" => "隐去字段",
        "referral" => "转询服务器",
        "raw_encoding" => "原文编码",
        "unknown" => "未识别内容",
        "notes" => "说明",
        other => other,
    }
}

fn show(reading: &Reading, output: &Output) {
    if output.json {
        return output.json_line(reading);
    }
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(reading) else { return };
    // What people look for first comes first; a field nobody placed comes last.
    let place = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    let mut fields: Vec<_> = fields.iter().collect();
    fields.sort_by_key(|(key, _)| place(key));
    for (key, value) in fields {
        let text = match value {
            serde_json::Value::Null => continue,
            serde_json::Value::Array(list) if list.is_empty() => continue,
            serde_json::Value::Object(fields) if fields.is_empty() => continue,
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Array(list) => {
                let items: Vec<String> = list.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
                items.join("\n")
            }
            other => other.to_string(),
        };
        for (i, line) in text.lines().enumerate() {
            let label = if i == 0 { label(key, output.lang) } else { "" };
            output.line(format!("{}  {}", pad(label, 20), safe(line)));
        }
    }
}
