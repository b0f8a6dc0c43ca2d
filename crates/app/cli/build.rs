//! Embeds the pages of `docs/errors` and `docs/findings`, so that `explain` shows them offline.

use std::fmt::Write as _;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let docs = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../../docs");
    let mut table = String::from("&[\n");
    for folder in ["errors", "findings"] {
        let folder = docs.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files: Vec<_> = std::fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
        files.sort_by_key(std::fs::DirEntry::file_name);
        for file in files {
            let path = file.path().canonicalize()?;
            if path.extension().is_some_and(|ext| ext == "md") {
                let code = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                writeln!(table, "    ({code:?}, include_str!({:?})),", path.display().to_string())?;
            }
        }
    }
    table.push(']');
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("pages.rs"), table)?;
    Ok(())
}
