//! Reading and writing files of a person: bounded, and whole or not at all.

use std::io::{self, BufWriter, Read as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use namekeep_model::Text;

use crate::Failure;

/// Reads a file of at most `limit` bytes and one more, so that its reader sees that it is too long.
pub fn read_bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file beside its place, makes it durable, then moves it there: nobody ever sees half.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    write_whole(path, mode, |out| out.write_all(bytes).map_err(|e| not_written(path, &e)))
}

/// Writes a file piece by piece, and moves it to its place once all of it is durable.
pub fn write_whole<T>(
    path: &Path,
    mode: u32,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(mode);
    let file = options.open(&beside).map_err(|e| not_written(path, &e))?;
    let mut out = BufWriter::new(file);
    let written = write(&mut out).and_then(|answer| {
        let moved = out.flush().and_then(|()| out.get_ref().sync_all()).and_then(|()| std::fs::rename(&beside, path));
        moved.map_err(|e| not_written(path, &e))?;
        Ok(answer)
    });
    if written.is_err() {
        // Where even this fails, what is left has a name nobody asks for.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// The failure of a file that could not be written.
pub fn not_written(path: &Path, error: &io::Error) -> Failure {
    Failure::file(path, Text::new("the file cannot be written", "无法写入文件"), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        replace(&path, b"old", 0o600).unwrap();
        let failed = write_whole(&path, 0o600, |out| {
            out.write_all(b"half").unwrap();
            Err::<(), _>(not_written(&path, &io::Error::other("full")))
        });
        assert_eq!(failed.unwrap_err().code, "E4001");
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(read_bounded(&path, 1).unwrap(), b"ol");
    }
}
