//! Brings the real programs the tests run against: Debian packages and a Python environment.
//!
//! As root the packages are installed; else they are downloaded and unpacked below `target/tools`.
//! A tool that cannot be had is named, and the run fails: nothing is skipped.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{call, root};

/// A program the tests start, and the Debian package that holds it.
const PROGRAMS: [(&str, &str); 5] =
    [("nsd", "nsd"), ("strace", "strace"), ("faketime", "faketime"), ("openssl", "openssl"), ("unzip", "unzip")];

/// Python packages of the peers, with their exact versions.
const PYTHON: [&str; 3] = ["whoisit==4.1.0", "python-whois==0.9.6", "chinesecalendar==1.11.0"];

/// Finds a program in the search path, the system's own folders or below `target/tools`.
fn find(program: &str) -> Option<PathBuf> {
    let unpacked = root().join("target/tools");
    let places = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin", "/usr/local/sbin"];
    let path = std::env::var("PATH").unwrap_or_default();
    path.split(':')
        .map(PathBuf::from)
        .chain(places.iter().map(PathBuf::from))
        .chain(places.iter().map(|place| unpacked.join(place.trim_start_matches('/'))))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Makes every program available; answers the search path tests should see.
pub(crate) fn bring() -> Result<String, String> {
    let missing: Vec<_> = PROGRAMS.iter().filter(|(program, _)| find(program).is_none()).collect();
    if !missing.is_empty() {
        let packages: Vec<_> = missing.iter().map(|(_, package)| *package).collect();
        println!("xtask: bringing Debian packages: {}", packages.join(" "));
        install(&packages)?;
    }
    for (program, package) in PROGRAMS {
        find(program).ok_or_else(|| format!("`{program}` is missing: install the Debian package `{package}`"))?;
    }
    let mut folders: Vec<String> = vec![std::env::var("PATH").unwrap_or_default()];
    for (program, _) in PROGRAMS {
        if let Some(folder) = find(program).and_then(|file| file.parent().map(Path::to_path_buf)) {
            let folder = folder.display().to_string();
            if !folders.iter().any(|known| known.split(':').any(|part| part == folder)) {
                folders.push(folder);
            }
        }
    }
    Ok(folders.join(":"))
}

fn install(packages: &[&str]) -> Result<(), String> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0"));
    if is_root {
        // Lists may be old or absent on a fresh machine: one refresh, then one install.
        call(Command::new("apt-get").args(["-qq", "update"]))?;
        return call(
            Command::new("apt-get")
                .env("DEBIAN_FRONTEND", "noninteractive")
                .args(["-qq", "-y", "--no-install-recommends", "install"])
                .args(packages),
        );
    }
    let folder = root().join("target/tools");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    // A simulated install names every package still missing, dependencies included.
    let out = Command::new("apt-get")
        .args(["-s", "--no-install-recommends", "install"])
        .args(packages)
        .output()
        .map_err(|e| format!("apt-get: {e}; install by hand: {}", packages.join(" ")))?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let wanted: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("Inst ")?.split_whitespace().next()).collect();
    call(Command::new("apt-get").arg("download").args(&wanted).current_dir(&folder))?;
    for entry in std::fs::read_dir(&folder).map_err(|e| e.to_string())?.flatten() {
        if entry.path().extension().is_some_and(|ext| ext == "deb") {
            call(Command::new("dpkg").arg("-x").arg(entry.path()).arg(&folder))?;
        }
    }
    Ok(())
}

/// Makes the Python environment below `target/venv`; answers its interpreter.
pub(crate) fn python() -> Result<PathBuf, String> {
    let venv = root().join("target/venv");
    let interpreter = venv.join("bin/python");
    if !interpreter.is_file() {
        call(Command::new("python3").args(["-m", "venv"]).arg(&venv)).map_err(|e| {
            format!("{e}\n`python3 -m venv` is missing: install the Debian packages `python3` and `python3-venv`")
        })?;
    }
    call(Command::new(&interpreter).args(["-m", "pip", "install", "--quiet"]).args(PYTHON))?;
    Ok(interpreter)
}
