//! `namekeep export`: the portfolio as a file for others.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use namekeep_model::{Timestamp, words};
use namekeep_service::block::block_on;
use namekeep_service::export::Export;
use namekeep_service::files::{not_written, write_whole};
use namekeep_service::workspace::Workspace;
use namekeep_service::{Exit, Failure};

use super::words::count;
use crate::args::{ExportVerb, Global};
use crate::output::{Output, safe};

pub(crate) fn run(verb: &ExportVerb, global: &Global, now: Timestamp, output: &Output) -> Result<Exit, Failure> {
    let workspace = Workspace::open(&global.workspace)?;
    let output = &output.speaking(workspace.settings().language);
    let zone = workspace.zone();
    let (ExportVerb::Csv(args) | ExportVerb::Json(args)) = verb;
    let place = args.out.as_deref().unwrap_or(Path::new("-"));
    let export = Export { rules: &workspace.rules, zone: &zone, now, lang: output.lang, place };
    let write = |out: &mut dyn Write| match verb {
        ExportVerb::Csv(_) => block_on(export.csv(&workspace.store, out)),
        ExportVerb::Json(_) => block_on(export.json(&workspace.store, out)),
    };
    let Some(file) = args.out.as_deref().filter(|file| file.as_os_str() != "-") else {
        let mut out = BufWriter::new(Patient(std::io::stdout().lock()));
        write(&mut out)?;
        out.flush().map_err(|e| not_written(place, &e))?;
        return Ok(Exit::Ok);
    };
    let names = write_whole(file, 0o600, write)?;
    let (shown, file) = (count(names, "name", "names"), safe(&file.display().to_string()));
    let says = words!(en: "{shown} written to {file}", zh: "已将 {names} 个域名写入 {file}");
    output.note(says.get(output.lang));
    Ok(Exit::Ok)
}

/// Standard output that takes a reader's going away (head, less) for an end, not for a fault.
struct Patient<W>(W);

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.write(bytes) {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            other => other,
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0.flush() {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}
