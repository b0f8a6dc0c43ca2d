//! `namekeep rdap parse`, `namekeep whois parse`: one kept answer as one flat object.

use namekeep_model::{Text, words};
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
    Failure::new(error.code(), Exit::Usage, words!(en: "{error}", zh: "{error}"))
}

fn show(reading: &Reading, output: &Output) {
    if output.json {
        return output.json_line(reading);
    }
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(reading) else { return };
    for (key, value) in &fields {
        let text = match value {
            serde_json::Value::Null => continue,
            serde_json::Value::Array(list) if list.is_empty() => continue,
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Array(list) => {
                let items: Vec<String> = list.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
                items.join("\n")
            }
            other => other.to_string(),
        };
        for (i, line) in text.lines().enumerate() {
            let label = if i == 0 { key.as_str() } else { "" };
            output.line(format!("{}  {}", pad(label, 20), safe(line)));
        }
    }
    let _ = Text::new("", "");
}
