//! Reads rule files: bounded, strict, and with the place named when something is wrong.

use serde::de::DeserializeOwned;

use crate::RulesError;

/// Largest rule file read, in bytes: ten times the largest one shipped.
const MAX_FILE: usize = 8 << 20;

fn shape(file: &'static str, path: &str, line: usize, what: &str) -> RulesError {
    RulesError::Shape { file, path: path.to_owned(), line, what: what.to_owned() }
}

fn bounded(file: &'static str, bytes: &[u8]) -> Result<(), RulesError> {
    if bytes.len() > MAX_FILE { Err(shape(file, ".", 0, "the file is larger than 8 MiB")) } else { Ok(()) }
}

/// Reads JSON; unknown keys are refused by the types.
///
/// Reads fast first; only a file with an error is read a second time, slowly, to name the path.
pub(crate) fn json<T: DeserializeOwned>(file: &'static str, bytes: &[u8]) -> Result<T, RulesError> {
    bounded(file, bytes)?;
    serde_json::from_slice(bytes).map_err(|first| {
        let mut slow = serde_json::Deserializer::from_slice(bytes);
        match serde_path_to_error::deserialize::<_, T>(&mut slow) {
            Err(error) => {
                let path = error.path().to_string();
                shape(file, &path, error.inner().line(), &error.inner().to_string())
            }
            Ok(_) => shape(file, ".", first.line(), &first.to_string()),
        }
    })
}

/// Reads TOML; unknown keys are refused by the types.
pub(crate) fn toml<T: DeserializeOwned>(file: &'static str, bytes: &[u8]) -> Result<T, RulesError> {
    bounded(file, bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| shape(file, ".", 0, &error.to_string()))?;
    ::toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| 1 + text.bytes().take(span.start).filter(|&b| b == b'\n').count());
        shape(file, ".", line, error.message())
    })
}

/// Checks the schema of a file.
pub(crate) fn schema(file: &'static str, found: &str, expected: &'static str) -> Result<(), RulesError> {
    if found == expected { Ok(()) } else { Err(RulesError::Schema { file, found: found.to_owned(), expected }) }
}

/// Says that a file contradicts itself.
pub(crate) fn inconsistent(file: &'static str, path: impl Into<String>, what: impl Into<String>) -> RulesError {
    RulesError::Inconsistent { file, path: path.into(), what: what.into() }
}
