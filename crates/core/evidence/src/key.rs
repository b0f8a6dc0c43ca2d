//! Ed25519 keys with a name and a role.
//!
//! Public keys travel as verifier key lines of C2SP signed-note (`name+hash+base64`) and, for other
//! tools, as PEM. The two PEM forms of Ed25519 have fixed lengths (RFC 8410 sections 4 and 7), so
//! they are a constant prefix and 32 bytes; no ASN.1 reader is needed, which saves six crates.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::page::is_hidden;
use crate::{Error, Hash};

/// `SubjectPublicKeyInfo` of Ed25519 up to the key (RFC 8410 section 4).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// `OneAsymmetricKey` of Ed25519 up to the seed (RFC 8410 section 7).
const PKCS8: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
/// Signature type byte of Ed25519 (C2SP signed-note, "Signature types").
const ED25519: u8 = 0x01;
/// The longest key name; no reference, long enough for a URL without scheme.
const MAX_NAME: usize = 128;

/// What a key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Checkpoints of the workspace log.
    Log,
    /// Seals of dossiers.
    Service,
    /// Statements of a person.
    Approver,
}

impl Role {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Service => "service",
            Self::Approver => "approver",
        }
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        [Self::Log, Self::Service, Self::Approver]
            .into_iter()
            .find(|role| role.word() == word)
            .ok_or(Error::Key("the role is none of log, service, approver"))
    }
}

/// A public key with the name it signs under.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey {
    name: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// Names 32 key bytes.
    pub fn new(name: &str, bytes: &[u8; 32]) -> Result<Self, Error> {
        check_name(name)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| Error::Key("not a point of the curve"))?;
        if key.is_weak() {
            return Err(Error::Key("a key of small order signs anything"));
        }
        Ok(Self { name: name.to_owned(), key })
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The 32 key bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The SHA-256 digest of the key bytes: what people compare.
    pub fn fingerprint(&self) -> Hash {
        Hash::of(self.bytes())
    }

    /// The short key id: `SHA-256(name || 0x0A || 0x01 || key)[:4]` (C2SP signed-note).
    pub fn id(&self) -> [u8; 4] {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(self.name.as_bytes())
            .chain_update([b'\n', ED25519])
            .chain_update(self.bytes())
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        [a, b, c, d]
    }

    /// Tells whether this key made the signature over the message; malleable signatures are refused.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature).is_ok_and(|held| self.key.verify_strict(message, &held).is_ok())
    }

    /// The key as PEM, for `openssl pkeyutl -pubin`.
    pub fn to_pem(&self) -> String {
        pem("PUBLIC KEY", &SPKI, self.bytes())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut typed = vec![ED25519];
        typed.extend_from_slice(self.bytes());
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.id()), STANDARD.encode(typed))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = Error;

    fn from_str(line: &str) -> Result<Self, Error> {
        let mut parts = line.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Error::Key("not of the form name+hash+base64"));
        };
        let typed = STANDARD.decode(encoded).map_err(|_| Error::Key("the last part is not base64"))?;
        let Some((&ED25519, bytes)) = typed.split_first() else {
            return Err(Error::Key("the signature type is not Ed25519 (0x01)"));
        };
        let bytes = bytes.try_into().map_err(|_| Error::Key("an Ed25519 key has 32 bytes"))?;
        let key = Self::new(name, bytes)?;
        if id == format!("{:08x}", u32::from_be_bytes(key.id())) {
            Ok(key)
        } else {
            Err(Error::Key("the hash does not fit name and key"))
        }
    }
}

impl TryFrom<String> for PublicKey {
    type Error = Error;

    fn try_from(line: String) -> Result<Self, Error> {
        line.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

/// A key that a verifier trusts for one role; as text `name+hash+base64 [role]`.
///
/// Without a role the key's own name says it: `log` and `service` are what they are called, every other
/// name is a person's. A person's key never vouches for the log or the seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// The key.
    pub key: PublicKey,
    /// The role it is trusted for.
    pub role: Role,
}

impl TrustedKey {
    /// Reads a file of trusted keys: one a line, `#` starts a comment line.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, Error> {
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::parse).collect()
    }

    /// Tells whether a key in a role is this one.
    pub fn covers(&self, key: &PublicKey, role: Role) -> bool {
        self.key == *key && self.role == role
    }
}

impl FromStr for TrustedKey {
    type Err = Error;

    fn from_str(line: &str) -> Result<Self, Error> {
        match line.split_once(' ') {
            None => {
                let key: PublicKey = line.parse()?;
                let role = key.name().parse().unwrap_or(Role::Approver);
                Ok(Self { key, role })
            }
            Some((key, role)) => Ok(Self { key: key.parse()?, role: role.trim().parse()? }),
        }
    }
}

/// A private key with the name it signs under; the seed is wiped when dropped.
#[derive(Clone)]
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    public: PublicKey,
}

impl SigningKey {
    /// Makes a key of 32 random bytes, which the caller draws.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, Error> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = PublicKey::new(name, key.verifying_key().as_bytes())?;
        Ok(Self { key, public })
    }

    /// Reads a PKCS #8 PEM file of an Ed25519 key.
    pub fn from_pem(name: &str, text: &str) -> Result<Self, Error> {
        let body = text
            .trim()
            .strip_prefix("-----BEGIN PRIVATE KEY-----")
            .and_then(|rest| rest.strip_suffix("-----END PRIVATE KEY-----"))
            .ok_or(Error::Key("not a PEM file of one PRIVATE KEY"))?;
        let body: String = body.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(body).map_err(|_| Error::Key("the PEM body is not base64"))?;
        let seed = bytes.strip_prefix(&PKCS8).ok_or(Error::Key("not an Ed25519 key in PKCS #8 version 1"))?;
        Self::from_seed(name, seed.try_into().map_err(|_| Error::Key("an Ed25519 seed has 32 bytes"))?)
    }

    /// Writes the key as PKCS #8 PEM. The text is the secret itself.
    pub fn to_pem(&self) -> String {
        pem("PRIVATE KEY", &PKCS8, self.key.as_bytes())
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public)
    }
}

fn pem(label: &str, prefix: &[u8], key: &[u8; 32]) -> String {
    let body = STANDARD.encode([prefix, key].concat());
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

/// Checks a key name: C2SP signed-note forbids spaces and plus, this format hidden characters too.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(Error::Key("a name has 1 to 128 bytes"));
    }
    if name.chars().any(|character| character == '+' || character.is_whitespace() || is_hidden(character)) {
        return Err(Error::Key("a name has no space, plus or hidden character"));
    }
    Ok(())
}
