//! Reading what the small tools are given: one text, or one per line of standard input.
//!
//! Lines are bounded, so that a file without line ends cannot fill the memory; a line that is too
//! long or not UTF-8 is still answered, as what it is.

use std::io::{BufRead, Read};
use std::path::Path;

use namekeep_model::Text;
use namekeep_service::Failure;

/// Longest line read, in bytes: a domain name has at most 253, a filing number far fewer.
const LONGEST_LINE: usize = 64 * 1024;

/// Calls `each` with the text, or with each line of standard input when the text is `-`.
pub(crate) fn each_line(text: &str, mut each: impl FnMut(&str)) -> Result<(), Failure> {
    if text != "-" {
        each(text);
        return Ok(());
    }
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let limit = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX);
        let read = (&mut input).take(limit).read_until(b'\n', &mut line).map_err(|e| stdin_failed(&e))?;
        if read == 0 {
            return Ok(());
        }
        let ended = line.last() == Some(&b'\n');
        if ended {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        } else if read == LONGEST_LINE {
            skip_line(&mut input)?;
        }
        each(&String::from_utf8_lossy(&line));
    }
}

/// Reads past the rest of an over-long line.
fn skip_line(input: &mut impl BufRead) -> Result<(), Failure> {
    loop {
        let buffer = input.fill_buf().map_err(|e| stdin_failed(&e))?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (used, done) = match buffer.iter().position(|&b| b == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        input.consume(used);
        if done {
            return Ok(());
        }
    }
}

fn stdin_failed(error: &std::io::Error) -> Failure {
    Failure::file(Path::new("-"), Text::new("standard input cannot be read", "无法读取标准输入"), error)
}

/// Reads one document, a file or standard input, at most `limit` bytes and one more: a reader that
/// refuses large documents then sees that it is too large without reading it all.
pub(crate) fn document(file: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    read.map_err(|e| Failure::file(file, Text::new("the file cannot be read", "无法读取文件"), &e))?;
    Ok(bytes)
}
