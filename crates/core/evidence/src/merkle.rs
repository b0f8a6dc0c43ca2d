//! Merkle tree of RFC 6962 section 2 (the same as RFC 9162 with SHA-256).
//!
//! ```text
//! leaf = SHA-256(0x00 || bytes)        node = SHA-256(0x01 || left || right)        empty = SHA-256("")
//! ```
//!
//! [`Frontier`] holds only the roots of the complete subtrees, so a log of any length is appended to,
//! and its root computed, in O(log n) memory.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Error;

/// A SHA-256 digest; as text 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl Hash {
    /// The plain SHA-256 digest of bytes, as `sha256sum` prints it.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 64 hexadecimal digits.
    pub fn hex(&self) -> [u8; 64] {
        let mut text = [b'0'; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            for (place, nibble) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
                *place = DIGITS.get(usize::from(nibble)).copied().unwrap_or_default();
            }
        }
        text
    }

    /// Reads 64 lower-case hexadecimal digits.
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        let nibble = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let text: &[u8; 64] = text.try_into().ok()?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_chunks::<2>().0) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = self.hex();
        // Hexadecimal digits are ASCII.
        f.pad(str::from_utf8(&hex).unwrap_or_default())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Hash {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        Self::from_hex(text.as_bytes())
            .ok_or(Error::Field { field: "digest", reason: "not 64 lower-case hexadecimal digits" })
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

/// Hashes the bytes of a leaf.
pub fn leaf(bytes: &[u8]) -> Hash {
    Hash(Sha256::new_with_prefix([0]).chain_update(bytes).finalize().into())
}

/// Hashes two subtrees into their parent.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut joined = [1; 65];
    joined[1..33].copy_from_slice(&left.0);
    joined[33..].copy_from_slice(&right.0);
    Hash::of(&joined)
}

/// A log reduced to the roots of its complete subtrees, largest first: all that appending needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Restores a frontier that was kept; `None` when the peaks do not fit the size.
    pub fn from_parts(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (u32::try_from(peaks.len()) == Ok(size.count_ones())).then_some(Self { size, peaks })
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends one leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut whole = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                whole = node(&left, &whole);
            }
        }
        self.peaks.push(whole);
        self.size += 1;
    }

    /// The root of the log.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return Hash::of(b"") };
        peaks.fold(*last, |right, left| node(left, &right))
    }
}

impl Extend<Hash> for Frontier {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

impl FromIterator<Hash> for Frontier {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        let mut frontier = Self::default();
        frontier.extend(leaves);
        frontier
    }
}

/// The root over leaf hashes.
pub fn root(leaves: &[Hash]) -> Hash {
    leaves.iter().copied().collect::<Frontier>().root()
}

/// Splits more than one leaf at the largest power of two below their number (RFC 6962 section 2.1).
fn split(leaves: &[Hash]) -> Option<(&[Hash], &[Hash])> {
    let half = leaves.len().checked_sub(1).filter(|&rest| rest > 0)?.ilog2();
    leaves.split_at_checked(1 << half)
}

/// Proves that the leaf at `index` is in the log over `leaves` (RFC 6962 section 2.1.1).
pub fn prove_inclusion(leaves: &[Hash], index: u64) -> Result<Vec<Hash>, Error> {
    let size = leaves.len() as u64;
    let Some(mut at) = usize::try_from(index).ok().filter(|&at| at < leaves.len()) else {
        return Err(Error::Proof { size, asked: index });
    };
    let (mut path, mut rest) = (Vec::new(), leaves);
    while let Some((left, right)) = split(rest) {
        if at < left.len() {
            path.push(root(right));
            rest = left;
        } else {
            path.push(root(left));
            at -= left.len();
            rest = right;
        }
    }
    path.reverse();
    Ok(path)
}

/// Proves that the log over `leaves` extends its own first `old` leaves (RFC 6962 section 2.1.2).
pub fn prove_consistency(leaves: &[Hash], old: u64) -> Result<Vec<Hash>, Error> {
    let size = leaves.len() as u64;
    let Some(mut want) = usize::try_from(old).ok().filter(|&old| old <= leaves.len()) else {
        return Err(Error::Proof { size, asked: old });
    };
    let (mut path, mut rest, mut whole) = (Vec::new(), leaves, true);
    if want == 0 {
        return Ok(path);
    }
    while want < rest.len() {
        let Some((left, right)) = split(rest) else { break };
        if want <= left.len() {
            path.push(root(right));
            rest = left;
        } else {
            path.push(root(left));
            want -= left.len();
            rest = right;
            whole = false;
        }
    }
    if !whole {
        path.push(root(rest));
    }
    path.reverse();
    Ok(path)
}

/// Tells whether a path proves a leaf at `index` in the log of this size and root (RFC 9162 section 2.1.3.2).
pub fn verify_inclusion(leaf: Hash, index: u64, size: u64, path: &[Hash], root: Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut whole) = (index, size - 1, leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            whole = node(step, &whole);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            whole = node(&whole, step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && whole == root
}

/// Tells whether a path proves that one log extends another (RFC 9162 section 2.1.4.2).
pub fn verify_consistency(old: (u64, Hash), new: (u64, Hash), path: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size > new_size {
        return false;
    }
    if old_size == new_size {
        return path.is_empty() && old_root == new_root;
    }
    if old_size == 0 {
        return path.is_empty() && old_root == Hash::of(b"");
    }
    let mut steps = path.iter();
    let start = if old_size.is_power_of_two() { Some(&old_root) } else { steps.next() };
    let Some(start) = start else { return false };
    let (mut at, mut last) = (old_size - 1, new_size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut from_old, mut from_new) = (*start, *start);
    for step in steps {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            from_old = node(step, &from_old);
            from_new = node(step, &from_new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            from_new = node(&from_new, step);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && from_old == old_root && from_new == new_root
}
