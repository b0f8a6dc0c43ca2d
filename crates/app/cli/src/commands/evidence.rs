//! `namekeep evidence`: dossiers. Verifying needs no workspace and no network.

use std::path::Path;

use namekeep_evidence::{Envelope, Lang as EvidenceLang, Report, TrustedKey, Verdict, verify};
use namekeep_model::{Lang, Text, words};
use namekeep_service::failure::evidence_says;
use namekeep_service::{Exit, Failure};

use super::input::document;
use crate::args::{DossierArg, Verify};
use crate::output::{Output, safe};

/// The largest dossier read, in bytes. No reference: about 4 million entries.
const LARGEST: usize = 2 << 30;

pub(crate) fn verify_file(args: &Verify, output: &Output) -> Result<Exit, Failure> {
    let mut trust = Vec::new();
    for text in &args.trust {
        trust.extend(trusted(text)?);
    }
    let bytes = document(&args.file, LARGEST)?;
    let report = verify(&bytes, &trust);
    if output.json {
        output.json_document(&report);
    } else {
        output.bytes(report.render(language(output.lang)).as_bytes());
    }
    Ok(exit(&report))
}

pub(crate) fn show(args: &DossierArg, output: &Output) -> Result<Exit, Failure> {
    let bytes = document(&args.file, LARGEST)?;
    let report = verify(&bytes, &[]);
    if !output.json {
        output.note(report.render(language(output.lang)));
    }
    if matches!(report.verdict, Verdict::Altered | Verdict::Incomplete) {
        return Ok(exit(&report));
    }
    for entry in namekeep_evidence::entries(&bytes) {
        let Ok(envelope) = Envelope::parse(entry) else { continue };
        if output.json {
            output.line(String::from_utf8_lossy(entry));
        } else {
            let told = namekeep_service::record::read(entry);
            let kind = envelope.kind.word();
            let event = told.map_or_else(|_| String::new(), |record| namekeep_service::diary::outline(&record.event).get(output.lang).to_owned());
            output.line(format!("{:>5}  {}  {kind:<11}  {}", envelope.seq, envelope.at, safe(&event)));
        }
    }
    Ok(exit(&report))
}

/// Reads a key line, or a file of key lines.
fn trusted(text: &str) -> Result<Vec<TrustedKey>, Failure> {
    let wrong = |e: namekeep_evidence::Error| {
        Failure::usage(evidence_says(&e).behind(Text::new("--trust: ", "--trust："))).hint(Text::new(
            "give a key line `name+hash+base64` as `namekeep config` prints it where the dossier was sealed, or a file of such lines",
            "请给出封存案卷的工作区中 `namekeep config` 所示的密钥行 `名称+摘要+base64`，或包含这些行的文件",
        ))
    };
    match text.parse::<TrustedKey>() {
        Ok(key) => Ok(vec![key]),
        Err(error) if !Path::new(text).is_file() => Err(wrong(error)),
        Err(_) => {
            let bytes = document(Path::new(text), 1 << 20)?;
            let keys = TrustedKey::parse_list(&String::from_utf8_lossy(&bytes)).map_err(wrong)?;
            if keys.is_empty() {
                // Trusting nobody is not the same as not asking who signed.
                let shown = safe(text);
                return Err(Failure::usage(words!(en: "--trust: {shown} holds no key", zh: "--trust：{shown} 中没有密钥")).hint(Text::new(
                    "`namekeep config` prints the key lines of a workspace", "`namekeep config` 显示工作区的密钥行",
                )));
            }
            Ok(keys)
        }
    }
}

const fn language(lang: Lang) -> EvidenceLang {
    match lang {
        Lang::En => EvidenceLang::En,
        Lang::Zh => EvidenceLang::Zh,
    }
}

const fn exit(report: &Report) -> Exit {
    match report.verdict {
        Verdict::Intact => Exit::Ok,
        Verdict::Altered => Exit::Altered,
        Verdict::Incomplete => Exit::Incomplete,
        Verdict::NotJudged => Exit::NotJudged,
    }
}
