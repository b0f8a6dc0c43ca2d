//! Signed notes (C2SP signed-note): a text, a blank line, and signature lines.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::key::check_name;
use crate::{Error, PublicKey, SigningKey};

/// The start of a signature line: em dash and space.
const DASH: &str = "\u{2014} ";
/// The largest note read; no reference, room for 16 post-quantum signatures as the specification asks.
const MAX_NOTE: usize = 128 * 1024;
/// The most signature lines read; the specification asks for at least 16.
const MAX_SIGNATURES: usize = 100;

/// A note that was read; no signature is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// The signed text, with its final newline.
    pub text: &'a str,
    /// The signature lines in order.
    pub signatures: Vec<NoteSignature<'a>>,
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature<'a> {
    /// The name of the key.
    pub name: &'a str,
    /// The short id of the key.
    pub id: [u8; 4],
    /// The signature, in the form of its type.
    pub signature: Vec<u8>,
}

impl NoteSignature<'_> {
    /// Tells whether the line claims to be by this key.
    pub fn claims(&self, key: &PublicKey) -> bool {
        self.name == key.name() && self.id == key.id()
    }
}

impl<'a> Note<'a> {
    /// Reads a note.
    pub fn parse(note: &'a str) -> Result<Self, Error> {
        if note.len() > MAX_NOTE {
            return Err(Error::TooLarge { what: "signed note", size: note.len(), limit: MAX_NOTE });
        }
        check_text(note)?;
        let (text, lines) = note.rsplit_once("\n\n").ok_or(Error::Note("no blank line before the signatures"))?;
        let text = note.get(..=text.len()).ok_or(Error::Note("no text"))?;
        let lines = lines.strip_suffix('\n').ok_or(Error::Note("the last line has no end"))?;
        let signatures = lines.split('\n').map(signature_line).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(Error::TooLarge { what: "signature list", size: signatures.len(), limit: MAX_SIGNATURES });
        }
        Ok(Self { text, signatures })
    }

    /// Signs a text with at least one key.
    pub fn sign(text: &str, keys: &[&SigningKey]) -> Result<String, Error> {
        check_text(text)?;
        if !text.ends_with('\n') {
            return Err(Error::Note("the text has no final newline"));
        }
        if keys.is_empty() {
            return Err(Error::Note("no key to sign with"));
        }
        let mut note = format!("{text}\n");
        for key in keys {
            let mut signature = key.public().id().to_vec();
            signature.extend_from_slice(&key.sign(text.as_bytes()));
            note.push_str(&format!("{DASH}{} {}\n", key.public().name(), STANDARD.encode(signature)));
        }
        Ok(note)
    }

    /// Verifies the lines of known keys and returns those keys, each once; lines of unknown keys are ignored.
    ///
    /// A line of a known key that does not hold refuses the whole note, as does a note without any.
    pub fn verify<'k>(&self, keys: &'k [PublicKey]) -> Result<Vec<&'k PublicKey>, Error> {
        let mut held: Vec<&PublicKey> = Vec::new();
        for line in &self.signatures {
            let Some(key) = keys.iter().find(|key| line.claims(key)) else { continue };
            if !key.verify(self.text.as_bytes(), &line.signature) {
                return Err(Error::Signature { name: key.name().to_owned() });
            }
            if !held.contains(&key) {
                held.push(key);
            }
        }
        if held.is_empty() { Err(Error::Note("no line is by a known key")) } else { Ok(held) }
    }
}

fn check_text(text: &str) -> Result<(), Error> {
    if text.bytes().any(|byte| byte < b' ' && byte != b'\n') {
        return Err(Error::Note("a control character"));
    }
    Ok(())
}

fn signature_line(line: &str) -> Result<NoteSignature<'_>, Error> {
    let (name, encoded) = line
        .strip_prefix(DASH)
        .and_then(|rest| rest.split_once(' '))
        .ok_or(Error::Note("a signature line is not: dash, name, base64"))?;
    check_name(name).map_err(|_| Error::Note("a key name with spaces or plus"))?;
    let bytes = STANDARD.decode(encoded).map_err(|_| Error::Note("a signature is not base64"))?;
    match bytes.split_first_chunk::<4>() {
        Some((id, signature)) if !signature.is_empty() => {
            Ok(NoteSignature { name, id: *id, signature: signature.to_vec() })
        }
        _ => Err(Error::Note("a signature of no bytes")),
    }
}
