//! From a file of names to a portfolio: the whole file is judged first, then taken in at once.
//!
//! A list may end in an error after a million lines, and then nothing of it may have been taken. So
//! it is copied to an unlinked file, read once for its report, and only then read again into one
//! transaction. Memory does not grow with the rows, but for the set of names seen.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use namekeep_model::{DomainName, Text, Timestamp, Words};

use super::{Intake, Taken, take_in};
use crate::block::block_on;
use crate::import::{Entry, Import, ImportError, Options, Reject, Row, RowNotice, Summary};
use crate::workspace::Workspace;
use crate::{Exit, Failure};

/// Rejects, duplicates and remarks kept to be shown; the rest is a count.
const SHOWN: usize = 5;

/// A list, judged.
#[derive(Debug)]
pub struct Survey {
    source: File,
    options: Options,
    /// Counts and remarks on the whole.
    pub summary: Summary,
    /// Internationalised names among the accepted.
    pub idn: u64,
    /// The first of them.
    pub first_idn: Vec<DomainName>,
    /// The first rejects.
    pub first_rejects: Vec<Reject>,
    /// The first repetitions: line, name, first line.
    pub first_duplicates: Vec<(u64, DomainName, u64)>,
    /// Values that were left out: line and why.
    pub first_remarks: Vec<(u64, Words)>,
    /// How many remarks there are.
    pub remarks: u64,
    /// Accepted names without an expiry date.
    pub undated: u64,
    /// Rows with a remark, registrant or registration day, which are read but not kept.
    pub not_kept: u64,
}

/// Copies a source to an unlinked file and judges it; each reject is handed to `on_reject`.
pub fn survey(
    source: impl Read,
    options: Options,
    mut on_reject: impl FnMut(&Reject) -> Result<(), Failure>,
) -> Result<Survey, Failure> {
    let file = spool(source, options.max_bytes)?;
    let mut survey = Survey {
        source: file,
        options: options.clone(),
        summary: Summary::default(),
        idn: 0,
        first_idn: Vec::new(),
        first_rejects: Vec::new(),
        first_duplicates: Vec::new(),
        first_remarks: Vec::new(),
        remarks: 0,
        undated: 0,
        not_kept: 0,
    };
    let mut import = Import::new(survey.reread()?, options)?;
    for entry in import.by_ref() {
        match entry? {
            Entry::Accepted(row) => survey.count(&row),
            Entry::Rejected(reject) => {
                on_reject(&reject)?;
                keep(&mut survey.first_rejects, reject);
            }
            Entry::Duplicate { line, name, first } => keep(&mut survey.first_duplicates, (line, name, first)),
        }
    }
    survey.summary = import.summary().clone();
    Ok(survey)
}

fn keep<T>(list: &mut Vec<T>, item: T) {
    if list.len() < SHOWN {
        list.push(item);
    }
}

impl Survey {
    fn count(&mut self, row: &Row) {
        if row.name.is_idn() {
            self.idn += 1;
            keep(&mut self.first_idn, row.name.clone());
        }
        self.undated += u64::from(row.expires.is_none());
        let more = row.remark.is_some() || row.registrant.is_some() || row.registered.is_some();
        self.not_kept += u64::from(more);
        for notice in &row.notices {
            let lost = matches!(
                notice,
                RowNotice::Unread { .. } | RowNotice::Ambiguous { .. } | RowNotice::Cut { .. } | RowNotice::Surplus
            );
            let warns = matches!(notice, RowNotice::Name(_));
            if lost || warns {
                self.remarks += 1;
                keep(&mut self.first_remarks, (row.line, notice.words()));
            }
        }
    }

    fn reread(&self) -> Result<File, Failure> {
        let mut file = self.source.try_clone().map_err(|e| not_spooled(&e))?;
        file.seek(SeekFrom::Start(0)).map_err(|e| not_spooled(&e))?;
        Ok(file)
    }

    /// Takes the accepted rows into a workspace, in one transaction.
    pub fn take_into(&self, workspace: &Workspace, now: Timestamp) -> Result<Taken, Failure> {
        let import = Import::new(self.reread()?, self.options.clone())?;
        let broken: Arc<Mutex<Option<ImportError>>> = Arc::default();
        let seen = Arc::clone(&broken);
        let rows = import.filter_map(move |entry| match entry {
            Ok(Entry::Accepted(row)) => Some(*row),
            Ok(_) => None,
            Err(error) => {
                *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                None
            }
        });
        let intake = Intake::new(workspace.rules.clone(), workspace.day(now), now);
        let taken = block_on(take_in(&workspace.store, rows, intake))?;
        // The same bytes were read a moment ago: only the disk can fail here, and running the same
        // import again completes it.
        match broken.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error.into()),
            None => Ok(taken),
        }
    }
}

/// Copies at most `limit` bytes and one more, so that the reader sees that there is more.
fn spool(source: impl Read, limit: u64) -> Result<File, Failure> {
    let path = std::env::temp_dir().join(format!("namekeep-list-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // A file left by a process of the same id that was killed in between.
    let _ = std::fs::remove_file(&path);
    let mut file = options.open(&path).map_err(|e| not_spooled(&e))?;
    std::fs::remove_file(&path).map_err(|e| not_spooled(&e))?;
    let (mut source, mut buffer, mut after) = (source.take(limit.saturating_add(1)), vec![0; 1 << 16], 0_u64);
    loop {
        let read = match source.read(&mut buffer) {
            Ok(0) => return Ok(file),
            Ok(read) => read,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(source) => return Err(ImportError::Read { after, source }.into()),
        };
        file.write_all(buffer.get(..read).unwrap_or_default()).map_err(|e| not_spooled(&e))?;
        after += read as u64;
    }
}

fn not_spooled(error: &std::io::Error) -> Failure {
    let folder = std::env::temp_dir();
    Failure::file(&folder, Text::new("the list cannot be copied there; nothing was imported", "无法将名单复制到此处；未导入任何内容"), error)
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        let exit = match &error {
            ImportError::Read { .. } => Exit::File,
            _ => Exit::Usage,
        };
        let mut says = error.says();
        if let ImportError::Read { source, .. } = &error {
            says = Words { en: format!("{} ({source})", says.en), zh: format!("{}（{source}）", says.zh) };
        }
        Self::new(error.code(), exit, says).hint(error.hint())
    }
}
