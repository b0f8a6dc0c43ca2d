//! The published schemas, and as much of JSON Schema 2020-12 as they use.
//!
//! Beyond the standard, a key that its object's schema does not name is an error here: the schemas
//! tell everything the program prints.
#![allow(clippy::unwrap_used, reason = "tests; some are built where the lint is off")]

use serde_json::Value;

/// Checks a document against `docs/schemas/NAME.json`.
pub(crate) fn check(name: &str, document: &Value) {
    let path = format!("{}/../../../docs/schemas/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    if let Err(wrong) = fits(&schema, &schema, document, "$") {
        panic!("{name}: {wrong}\n{document:#}");
    }
}

fn fits(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let rules = schema.as_object().ok_or(format!("{at}: the schema is no object"))?;
    for (rule, wanted) in rules {
        match rule.as_str() {
            "$ref" => {
                let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                fits(root, root["$defs"].get(name).ok_or(format!("no definition {name}"))?, value, at)?;
            }
            "type" => {
                let types: Vec<&str> = match wanted {
                    Value::String(one) => vec![one],
                    Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
                    _ => return Err(format!("{at}: bad type")),
                };
                if !types.iter().any(|one| is(value, one)) {
                    return Err(format!("{at}: {value} is no {types:?}"));
                }
            }
            "enum" if !wanted.as_array().unwrap().contains(value) => return Err(format!("{at}: {value} is none of {wanted}")),
            "const" if wanted != value => return Err(format!("{at}: {value} is not {wanted}")),
            "required" => {
                for key in wanted.as_array().unwrap().iter().filter_map(Value::as_str) {
                    if value.is_object() && value.get(key).is_none() {
                        return Err(format!("{at}: `{key}` is missing"));
                    }
                }
            }
            "properties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    let schema = wanted.get(key).ok_or(format!("{at}: `{key}` is not described"))?;
                    fits(root, schema, inner, &format!("{at}.{key}"))?;
                }
            }
            "additionalProperties" => {
                for (key, inner) in value.as_object().into_iter().flatten() {
                    fits(root, wanted, inner, &format!("{at}.{key}"))?;
                }
            }
            "items" => {
                for (n, inner) in value.as_array().into_iter().flatten().enumerate() {
                    fits(root, wanted, inner, &format!("{at}[{n}]"))?;
                }
            }
            "anyOf" => {
                let tries = wanted.as_array().unwrap().iter().map(|one| fits(root, one, value, at));
                let wrong: Vec<String> = tries.filter_map(Result::err).collect();
                if wrong.len() == wanted.as_array().unwrap().len() {
                    return Err(wrong.join("; or "));
                }
            }
            "format" => {
                let Some(text) = value.as_str() else { continue };
                let fits = match wanted.as_str() {
                    Some("date") => text.parse::<namekeep_model::Date>().is_ok() && text.len() == 10,
                    Some("date-time") => text.parse::<namekeep_model::Timestamp>().is_ok(),
                    _ => return Err(format!("{at}: the schema uses the format {wanted}, which nothing checks")),
                };
                if !fits {
                    return Err(format!("{at}: `{text}` is no {wanted}"));
                }
            }
            "enum" | "const" | "description" | "title" | "$schema" | "$defs" => {}
            other => return Err(format!("{at}: the schema uses `{other}`, which nothing checks")),
        }
    }
    Ok(())
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        _ => false,
    }
}
