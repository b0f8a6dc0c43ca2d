//! Checkpoints of a log (C2SP tlog-checkpoint): a signed note of origin, size and root.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::{Error, Hash, Note, PublicKey, SigningKey};

/// The head of a log at one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The identity of the log; the log's key bears the same name.
    pub origin: String,
    /// The number of leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Further lines, opaque; written by none of our logs.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The head of a log without further lines.
    pub fn new(origin: &str, size: u64, root: Hash) -> Self {
        Self { origin: origin.to_owned(), size, root, extensions: Vec::new() }
    }

    /// The text that is signed.
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0));
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads the text of a note; only the exact form is accepted.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut lines = text.strip_suffix('\n').ok_or(Error::Note("the text has no final newline"))?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(Error::Note("a checkpoint has origin, size and root"));
        };
        let size = size.parse().map_err(|_| Error::Note("the size is not a number"))?;
        let root = STANDARD.decode(root).map_err(|_| Error::Note("the root is not base64"))?;
        let root = Hash(root.try_into().map_err(|_| Error::Note("the root has not 32 bytes"))?);
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        let checkpoint = Self { origin: origin.to_owned(), size, root, extensions };
        // Writing it again refuses "+1", "01" and other spellings.
        if origin.is_empty() || checkpoint.extensions.iter().any(String::is_empty) || checkpoint.to_text() != text {
            return Err(Error::Note("not the exact form of a checkpoint"));
        }
        Ok(checkpoint)
    }

    /// Signs the checkpoint; the first key's name must be the origin.
    pub fn sign(&self, keys: &[&SigningKey]) -> Result<String, Error> {
        let text = self.to_text();
        if Self::parse(&text)? != *self {
            return Err(Error::Note("the origin or an extension line breaks the form"));
        }
        if keys.first().is_none_or(|key| key.public().name() != self.origin) {
            return Err(Error::Note("the log's key must bear the name of the origin"));
        }
        Note::sign(&text, keys)
    }

    /// Reads a signed checkpoint and verifies that the key of its origin is among `keys` and signed it.
    pub fn open(note: &str, keys: &[PublicKey]) -> Result<Self, Error> {
        let note = Note::parse(note)?;
        let checkpoint = Self::parse(note.text)?;
        let held = note.verify(keys)?;
        if held.iter().any(|key| key.name() == checkpoint.origin) {
            Ok(checkpoint)
        } else {
            Err(Error::Note("not signed by the key of its origin"))
        }
    }
}
