//! `SHA256SUMS`: one digest a line in the form of `sha256sum`, and the text that the seal signs.
//!
//! The first line is a comment that `sha256sum --check` skips. It names the run, and keeps the signed
//! text from passing for anything else a key may sign: no checkpoint origin holds a space.

use crate::Hash;

/// The start of the first line.
const TITLE: &str = "# namekeep dossier v1 ";

/// Writes the list for a run; members must be sorted by name.
pub(crate) fn write<'a>(run: &str, members: impl Iterator<Item = (&'a str, Hash)>) -> String {
    let mut text = format!("{TITLE}{run}\n");
    for (name, digest) in members {
        text.push_str(&format!("{digest}  {name}\n"));
    }
    text
}

/// Reads a list: the run, and digest and name of each line. `None` where a line breaks the form.
pub(crate) fn parse(text: &str) -> Option<(&str, Vec<(&str, Hash)>)> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let run = lines.next()?.strip_prefix(TITLE)?;
    let members = lines
        .map(|line| {
            let (digest, name) = line.split_once("  ")?;
            Some((name, Hash::from_hex(digest.as_bytes())?))
        })
        .collect::<Option<Vec<_>>>()?;
    Some((run, members))
}
