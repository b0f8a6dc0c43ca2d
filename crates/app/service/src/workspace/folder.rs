//! The folder itself: making it, and the file that says which workspace it is.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use namekeep_model::{Text, WorkspaceId, words};
use serde::{Deserialize, Serialize};

use crate::files::{read_bounded, replace};
use crate::keys::Keyring;
use crate::{Exit, Failure};

const SCHEMA: &str = "namekeep/workspace/1";
/// More than a marker ever has, in bytes.
const LARGEST: u64 = 4096;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Marker {
    schema: String,
    id: WorkspaceId,
}

/// The file that says which workspace a folder holds.
pub(super) fn marker(folder: &Path) -> PathBuf {
    folder.join("workspace.json")
}

/// Makes the folder for its owner alone, where it is not there yet.
pub(super) fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|e| Failure::file(folder, Text::new("the workspace folder cannot be made", "无法创建工作区文件夹"), &e))
}

/// Reads which workspace a folder holds; none where there is no marker.
pub(super) fn read_id(folder: &Path) -> Result<Option<WorkspaceId>, Failure> {
    let path = marker(folder);
    let failed = |e: std::io::Error| Failure::file(&path, Text::new("the workspace cannot be read", "无法读取工作区"), &e);
    let bytes = match read_bounded(&path, LARGEST) {
        Ok(bytes) => bytes,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => return Ok(None),
        Err(e) => return Err(failed(e)),
    };
    let shown = path.display();
    let wrong = || {
        let says = words!(en: "{shown} is not a workspace's file", zh: "{shown} 不是工作区文件");
        Failure::new("E4011", Exit::File, says).hint(Text::new(
            "restore the file from a backup, or choose another folder with `--workspace`",
            "从备份恢复该文件，或用 `--workspace` 指定其他文件夹",
        ))
    };
    let marker: Marker = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    if marker.schema == SCHEMA { Ok(Some(marker.id)) } else { Err(wrong()) }
}

/// Draws an id and writes the marker, whole or not at all.
pub(super) fn write_id(folder: &Path, keys: &Keyring) -> Result<WorkspaceId, Failure> {
    let nonce = keys.nonce("workspace")?;
    let id = WorkspaceId::new(&format!("w-{}", nonce.get(..12).unwrap_or(&nonce)))
        .map_err(|e| Failure::new("E4011", Exit::Internal, namekeep_model::Words::quoted(e.to_string())))?;
    let marker_text = serde_json::json!(Marker { schema: SCHEMA.to_owned(), id: id.clone() });
    replace(&marker(folder), format!("{marker_text}\n").as_bytes(), 0o600)?;
    Ok(id)
}
