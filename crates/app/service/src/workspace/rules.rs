//! The rules in force: the embedded files, or newer ones of the folder `rules/`.
//!
//! A file is kept only after the whole rulebook has been read with it: the parts name each other.

use std::path::{Path, PathBuf};

use namekeep_model::{Text, words};
use namekeep_rules::{Rulebook, RulebookBytes, RulesError};

use crate::files::{read_bounded, replace};
use crate::{Exit, Failure};

/// The largest rule file read, in bytes; the embedded ones have less than 1 MiB.
const LARGEST: u64 = 16 << 20;

/// One of the files a rulebook is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleFile {
    /// Suffix rows.
    Tlds,
    /// Registrar overlays.
    Overlays,
    /// Holidays.
    Holidays,
    /// Freezes.
    Freezes,
    /// Law.
    Law,
}

impl RuleFile {
    /// Every file.
    pub const ALL: [Self; 5] = [Self::Tlds, Self::Overlays, Self::Holidays, Self::Freezes, Self::Law];

    /// Its name in the folder.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Tlds => "tlds.json",
            Self::Overlays => "overlays.json",
            Self::Holidays => "holidays.json",
            Self::Freezes => "freezes.toml",
            Self::Law => "law.json",
        }
    }

    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::Tlds => Text::new("suffix rows", "后缀规则"),
            Self::Overlays => Text::new("registrar rules", "注册商规则"),
            Self::Holidays => Text::new("holidays", "节假日"),
            Self::Freezes => Text::new("freeze windows", "封网期"),
            Self::Law => Text::new("law", "法规"),
        }
    }

    /// The word of its schema, `namekeep/WORD/1`.
    const fn word(self) -> &'static str {
        match self {
            Self::Tlds => "tlds",
            Self::Overlays => "overlays",
            Self::Holidays => "holidays",
            Self::Freezes => "freezes",
            Self::Law => "law",
        }
    }

    const fn part<'a, 'b>(self, parts: &'b mut RulebookBytes<'a>) -> &'b mut &'a [u8] {
        match self {
            Self::Tlds => &mut parts.tlds,
            Self::Overlays => &mut parts.overlays,
            Self::Holidays => &mut parts.holidays,
            Self::Freezes => &mut parts.freezes,
            Self::Law => &mut parts.law,
        }
    }

    /// Tells from its bytes which file it is: its schema says so near the beginning.
    fn of(bytes: &[u8]) -> Option<Self> {
        let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(4096)).unwrap_or_default()).into_owned();
        Self::ALL.into_iter().find(|kind| head.contains(&format!("namekeep/{}/", kind.word())))
    }
}

fn place(folder: &Path, kind: RuleFile) -> PathBuf {
    folder.join("rules").join(kind.file_name())
}

/// The rule files a folder has.
pub(super) fn own(folder: &Path) -> Vec<RuleFile> {
    RuleFile::ALL.into_iter().filter(|kind| place(folder, *kind).is_file()).collect()
}

/// The rules in force in a folder.
pub(super) fn of(folder: &Path) -> Result<Rulebook, Failure> {
    let kept = own(folder);
    if kept.is_empty() {
        return Ok(Rulebook::embedded()?);
    }
    let mut files = Vec::new();
    for kind in kept {
        files.push((kind, read(&place(folder, kind))?));
    }
    let mut parts = RulebookBytes::EMBEDDED;
    for (kind, bytes) in &files {
        *kind.part(&mut parts) = bytes;
    }
    parse(parts).map_err(|failure| {
        let rules = folder.join("rules").display().to_string();
        failure.hint(words!(
            en: "or take the file out of {rules}: the embedded one then counts again",
            zh: "或将该文件移出 {rules}：随后恢复使用内置文件"
        ))
    })
}

fn parse(parts: RulebookBytes<'_>) -> Result<Rulebook, Failure> {
    Rulebook::parse(parts).map_err(|error: RulesError| Failure::from(error))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_bounded(path, LARGEST)
        .map_err(|e| Failure::file(path, Text::new("the rule file cannot be read", "无法读取规则文件"), &e))
}

/// Keeps a rule file, once the whole rulebook reads with it.
pub(super) fn import(folder: &Path, bytes: &[u8]) -> Result<(RuleFile, Rulebook), Failure> {
    let kind = RuleFile::of(bytes).ok_or_else(|| {
        let says = Text::new("this is no rule file; nothing was changed", "这不是规则文件；未作任何更改");
        Failure::new("E4013", Exit::Usage, says).hint(Text::new(
            "a rule file names its schema at the beginning, such as `namekeep/holidays/1`",
            "规则文件开头注明格式，例如 `namekeep/holidays/1`",
        ))
    })?;
    let mut files = Vec::new();
    for other in own(folder).into_iter().filter(|other| *other != kind) {
        files.push((other, read(&place(folder, other))?));
    }
    let mut parts = RulebookBytes::EMBEDDED;
    for (other, bytes) in &files {
        *other.part(&mut parts) = bytes;
    }
    *kind.part(&mut parts) = bytes;
    let rules = parse(parts)?;
    let file = place(folder, kind);
    if let Some(rules_folder) = file.parent() {
        std::fs::create_dir_all(rules_folder)
            .map_err(|e| Failure::file(rules_folder, Text::new("the folder cannot be made", "无法创建文件夹"), &e))?;
    }
    replace(&file, bytes, 0o644)?;
    Ok((kind, rules))
}
