//! Private keys: files of the workspace folder, readable by their owner only.
//!
//! Public halves are in the store. Private keys never enter the store, a log, an error or a command
//! line. A rehearsal or demo derives its keys from its seed, so that the same seed signs the same.

use std::io::Read;
use std::path::{Path, PathBuf};

use namekeep_evidence::{Hash, SigningKey};
use namekeep_model::{PersonId, Text, words};

use crate::files::replace;
use crate::{Exit, Failure};

/// The key that heads the workspace log.
pub const LOG_KEY: &str = "log";
/// The key that seals dossiers.
pub const SERVICE_KEY: &str = "service";

/// Where private keys come from.
#[derive(Clone, Debug)]
pub enum Keyring {
    /// Files `NAME.pem` (PKCS #8) in a folder.
    Folder(PathBuf),
    /// Derived from a seed: rehearsal and demo.
    Seed(u64),
}

impl Keyring {
    /// The name of a person's key.
    pub fn name_of(person: &PersonId) -> String {
        // Key names are ASCII words (C2SP signed-note); a person's id may be Chinese. Nobody's key has the
        // name of the workspace's own keys, nor one that stands for somebody else's id.
        let id = person.as_str();
        let plain = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if plain && id != LOG_KEY && id != SERVICE_KEY && !id.starts_with("person-") {
            person.as_str().to_owned()
        } else {
            let digest = Hash::of(person.as_str().as_bytes()).to_string();
            format!("person-{}", digest.get(..12).unwrap_or_default())
        }
    }

    /// Reads a key; a missing one is a failure that names the cure.
    pub fn key(&self, name: &str) -> Result<SigningKey, Failure> {
        match self {
            Self::Seed(seed) => derive(*seed, name),
            Self::Folder(folder) => {
                let file = file_of(folder, name)?;
                let text = std::fs::read_to_string(&file).map_err(|e| {
                    Failure::file(&file, Text::new("the private key cannot be read", "无法读取私钥"), &e).hint(Text::new(
                        "make one with `namekeep config person PERSON DEPARTMENT`, or bring the key file here",
                        "用 `namekeep config person 人员 部门` 生成，或把密钥文件放到此处",
                    ))
                })?;
                SigningKey::from_pem(name, &text).map_err(|e| bad_key(name, &e))
            }
        }
    }

    /// Draws a nonce: random for files, derived for a seed.
    pub fn nonce(&self, context: &str) -> Result<String, Failure> {
        match self {
            Self::Folder(_) => {
                let mut bytes = [0; 16];
                random(&mut bytes)?;
                Ok(hex::encode(bytes))
            }
            Self::Seed(seed) => {
                let digest = Hash::of(format!("namekeep simulated nonce\n{seed}\n{context}\n").as_bytes()).to_string();
                Ok(digest.get(..32).unwrap_or_default().to_owned())
            }
        }
    }

    /// Reads a key, making it first where there is none.
    pub fn key_or_new(&self, name: &str) -> Result<SigningKey, Failure> {
        if let Self::Folder(folder) = self {
            let file = file_of(folder, name)?;
            // A key whose place cannot be looked at counts as there: it is never made over.
            if !file.try_exists().unwrap_or(true) {
                let mut seed = [0; 32];
                random(&mut seed)?;
                let key = SigningKey::from_seed(name, &seed).map_err(|e| bad_key(name, &e))?;
                write_private(&file, key.to_pem().as_bytes())?;
            }
        }
        self.key(name)
    }
}

fn file_of(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if plain {
        return Ok(folder.join(format!("{name}.pem")));
    }
    Err(Failure::usage(Text::new("a key's name has only letters, digits, `-` and `_`", "密钥名只含字母、数字、`-` 与 `_`")))
}

fn bad_key(name: &str, error: &namekeep_evidence::Error) -> Failure {
    let says = crate::failure::evidence_says(error).behind(words!(en: "key `{name}`: ", zh: "密钥 `{name}`："));
    Failure::new("E4002", Exit::File, says)
}

fn derive(seed: u64, name: &str) -> Result<SigningKey, Failure> {
    let digest = Hash::of(format!("namekeep simulated key\n{seed}\n{name}\n").as_bytes());
    SigningKey::from_seed(name, &digest.0).map_err(|e| bad_key(name, &e))
}

/// Fills a buffer from the system's random source.
fn random(buffer: &mut [u8]) -> Result<(), Failure> {
    let source = Path::new("/dev/urandom");
    std::fs::File::open(source)
        .and_then(|mut file| file.read_exact(buffer))
        .map_err(|e| Failure::file(source, Text::new("no random numbers", "无法取得随机数"), &e))
}

/// Writes a file only its owner can read, whole or not at all: half a key under a key's name could
/// never be read, and would never be made anew.
fn write_private(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|e| Failure::file(file, Text::new("the private key cannot be written", "无法写入私钥"), &e))?;
    }
    replace(file, bytes, 0o600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_private_and_never_overwritten() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let ring = Keyring::Folder(folder.path().join("keys"));
        let first = ring.key_or_new("legal-1").unwrap();
        let again = ring.key_or_new("legal-1").unwrap();
        assert_eq!(first.public(), again.public());
        let mode = std::fs::metadata(folder.path().join("keys/legal-1.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(ring.key("nobody").is_err());
        assert!(ring.key("../../etc/passwd").is_err());
    }

    #[test]
    fn nobody_has_the_name_of_another_key() {
        let name = |id: &str| Keyring::name_of(&PersonId::new(id).unwrap());
        assert_eq!(name("legal-1"), "legal-1");
        let taken = name("法务甲");
        for id in [LOG_KEY, SERVICE_KEY, taken.as_str(), "person-1", "a.b"] {
            let own = name(id);
            assert!(own.starts_with("person-") && own != id && own != taken, "{id}: {own}");
        }
    }

    #[test]
    fn a_seed_always_gives_the_same_key() {
        let key = |seed, name: &str| Keyring::Seed(seed).key(name).unwrap().public().fingerprint();
        assert_eq!(key(1, "a"), key(1, "a"));
        assert_ne!(key(1, "a"), key(2, "a"));
        assert_ne!(key(1, "a"), key(1, "b"));
    }
}
