//! Canonical JSON (RFC 8785, JSON Canonicalization Scheme).
//!
//! Written here rather than taken from a crate: it is small, it *is* the evidence format, and it
//! refuses what a general one must guess at: integers beyond 2^53 (RFC 8785 section 3.2.2.3 would
//! round them) and nesting without end. Tests compare it with a second implementation.

use serde::Serialize;
use serde_json::{Number, Value};

use crate::Error;

/// The deepest nesting written or accepted; no reference, far above any body and far below any stack.
pub const MAX_DEPTH: usize = 64;

/// The largest integer that every JSON reader keeps exactly: 2^53 - 1 (RFC 7493 section 2.2).
const MAX_SAFE: u64 = (1 << 53) - 1;

/// Writes a value in canonical form.
pub fn to_bytes(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let value = serde_json::to_value(value)?;
    let mut out = Vec::new();
    write(&value, 0, &mut out)?;
    Ok(out)
}

/// Writes a value in canonical form, as text.
pub fn to_text(value: &impl Serialize) -> Result<String, Error> {
    let bytes = to_bytes(value)?;
    String::from_utf8(bytes).map_err(|_| Error::NotCanonical("text"))
}

/// Reads JSON and tells whether it was in canonical form to the byte.
pub fn parse(bytes: &[u8]) -> Result<Value, Error> {
    let value: Value = serde_json::from_slice(bytes)?;
    let mut again = Vec::with_capacity(bytes.len());
    write(&value, 0, &mut again)?;
    if again == bytes { Ok(value) } else { Err(Error::NotCanonical("text")) }
}

fn write(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::Depth { limit: MAX_DEPTH });
    }
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => out.extend_from_slice(number_text(number)?.as_bytes()),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, depth + 1, out)?;
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            // RFC 8785 section 3.2.3: by UTF-16 code units, which differs from UTF-8 above U+FFFF.
            fields.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (index, (key, item)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_string(key, out);
                out.push(b':');
                write(item, depth + 1, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// Writes a string with the shortest escapes (RFC 8785 section 3.2.2.2).
fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for character in text.chars() {
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\0'..='\u{1f}' => out.extend_from_slice(format!("\\u{:04x}", u32::from(character)).as_bytes()),
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

/// Writes a number; an integer is accepted when a double keeps every digit of it.
fn number_text(number: &Number) -> Result<String, Error> {
    let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    let text = match (whole, number.as_f64()) {
        (Some(size), _) if size <= MAX_SAFE => return Ok(number.to_string()),
        (_, Some(float)) if float.is_finite() => float_text(float),
        _ => return Err(Error::Number(number.to_string())),
    };
    if whole.is_some() && text != number.to_string() { Err(Error::Number(number.to_string())) } else { Ok(text) }
}

/// Lays out the shortest digits of a double as ECMAScript does (RFC 8785 section 3.2.2.3).
fn float_text(float: f64) -> String {
    if float == 0.0 {
        return "0".to_owned();
    }
    // The shortest digits, and of two equally near ones the even one, as ECMAScript asks: serde_json writes
    // those, the formatting of the standard library rounds such ties up.
    let shortest = Number::from_f64(float.abs()).map(|number| number.to_string()).unwrap_or_default();
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let joined = format!("{whole}{fraction}");
    let significant = joined.trim_start_matches('0');
    let leading = joined.len() - significant.len();
    let digits = significant.trim_end_matches('0');
    let place = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    let point = exponent.parse::<i32>().unwrap_or(0) + place(whole.len()) - place(leading);
    let count = place(digits.len());
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    let body = if (count..=21).contains(&point) {
        format!("{digits}{}", zeros(point - count))
    } else if (1..=21).contains(&point) {
        let (before, after) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{before}.{after}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{first}{dot}{rest}e{:+}", point - 1)
    };
    if float < 0.0 { format!("-{body}") } else { body }
}
