//! The container: a ZIP file of one exact form, so that anyone can open it and no byte is free.
//!
//! Every member is stored (never compressed), the names are sorted, times are 1980-01-01, and there
//! are no comments, extra fields, flags or attributes. Given names and contents there is exactly one
//! container. The reader rebuilds each header from what it read and compares byte for byte. It knows
//! nothing of what the members mean. Field names are those of the ZIP APPNOTE 6.3.10.

use crate::{Error, MAX_CONTAINER, MAX_FILES};

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const LOCAL_LEN: usize = 30;
const END_LEN: usize = 22;
/// Version needed: 1.0, stored members only (APPNOTE 4.4.3).
const VERSION: [u8; 2] = [10, 0];
/// Flags 0, method 0 (stored), time 00:00, date 1980-01-01 (APPNOTE 4.4.4 to 4.4.6).
const FIXED: [u8; 8] = [0, 0, 0, 0, 0, 0, 0x21, 0];
/// The longest member name written or read.
const MAX_NAME: usize = 80;

/// One file of the container.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) data: &'a [u8],
    /// The checksum that the headers state.
    crc: u32,
    /// Where the local header starts.
    offset: u32,
}

impl Member<'_> {
    /// Tells whether the contents have the checksum that the headers state.
    pub(crate) fn crc_holds(&self) -> bool {
        crc32fast::hash(self.data) == self.crc
    }
}

/// Why the bytes are not a container of the exact form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The bytes end too early.
    Truncated,
    /// A header is not what would be written.
    Header,
    /// A name is out of order or repeated.
    Order,
    /// Bytes follow the end.
    Trailing,
    /// More files than the bound, or too many bytes.
    TooLarge,
}

/// A fault with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Broken<'a> {
    pub(crate) fault: Fault,
    /// The byte in the container where reading stopped.
    pub(crate) offset: usize,
    /// The member concerned, with what is there of its contents.
    pub(crate) member: Option<(&'a str, &'a [u8])>,
}

/// Writes a container; names must be sorted, unique and plain ASCII.
pub(crate) fn write(files: &[(&str, &[u8])]) -> Result<Vec<u8>, Error> {
    let heads: usize = files.iter().map(|(name, _)| LOCAL_LEN + 46 + 2 * name.len()).sum();
    let total = files.iter().fold(heads + END_LEN, |sum, (_, data)| sum.saturating_add(data.len()));
    if total > MAX_CONTAINER {
        return Err(Error::TooLarge { what: "dossier", size: total, limit: MAX_CONTAINER });
    }
    if files.len() > MAX_FILES {
        return Err(Error::TooLarge { what: "file list", size: files.len(), limit: MAX_FILES });
    }
    let mut out = Vec::with_capacity(total);
    let mut members = Vec::with_capacity(files.len());
    for &(name, data) in files {
        let last = members.last().map_or("", |member: &Member<'_>| member.name);
        if name <= last || !is_plain(name) {
            return Err(Error::Field { field: "file name", reason: "not sorted, repeated or not plain" });
        }
        let member = Member { name, data, crc: crc32fast::hash(data), offset: narrow(out.len()) };
        out.extend_from_slice(&local_header(&member));
        out.extend_from_slice(data);
        members.push(member);
    }
    let start = out.len();
    for member in &members {
        out.extend_from_slice(&central_header(member));
    }
    let end = end_record(members.len(), start, out.len() - start);
    out.extend_from_slice(&end);
    Ok(out)
}

/// Reads a container of the exact form; contents are borrowed and their checksums not yet compared.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Member<'_>>, Broken<'_>> {
    if bytes.len() > MAX_CONTAINER {
        return Err(Broken { fault: Fault::TooLarge, offset: MAX_CONTAINER, member: None });
    }
    let mut members: Vec<Member<'_>> = Vec::new();
    let mut at = 0;
    while bytes.get(at..at + 4) == Some(&LOCAL) {
        let member = read_member(bytes, at)?;
        let broken = |fault| Broken { fault, offset: at, member: Some((member.name, &[])) };
        if members.last().is_some_and(|last| member.name <= last.name) {
            return Err(broken(Fault::Order));
        }
        if members.len() >= MAX_FILES {
            return Err(broken(Fault::TooLarge));
        }
        at += LOCAL_LEN + member.name.len() + member.data.len();
        members.push(member);
    }
    let start = at;
    let rest = bytes.get(at..).unwrap_or_default();
    if rest.len() < LOCAL.len() && LOCAL.starts_with(rest) {
        return Err(Broken { fault: Fault::Truncated, offset: bytes.len(), member: None });
    }
    for member in &members {
        at = expect(bytes, at, &central_header(member), Some((member.name, &[])))?;
    }
    at = expect(bytes, at, &end_record(members.len(), start, at - start), None)?;
    if at == bytes.len() { Ok(members) } else { Err(Broken { fault: Fault::Trailing, offset: at, member: None }) }
}

/// Reads the member whose local header starts at `at`.
fn read_member(bytes: &[u8], at: usize) -> Result<Member<'_>, Broken<'_>> {
    let rest = bytes.get(at..).unwrap_or_default();
    // A container that was cut has lost its end; one whose end is there was changed.
    let cut = if has_end(bytes) { Fault::Header } else { Fault::Truncated };
    let short = Broken { fault: cut, offset: bytes.len(), member: None };
    let changed = Broken { fault: Fault::Header, offset: at, member: None };
    let (head, rest) = rest.split_at_checked(LOCAL_LEN).ok_or(short)?;
    let long = |from| head.get(from..).and_then(|tail| tail.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four));
    let name_len = head.get(26..28).map_or(0, |two| usize::from(two[0]) | usize::from(two[1]) << 8);
    if name_len > MAX_NAME {
        return Err(changed);
    }
    let (name, rest) = rest.split_at_checked(name_len).ok_or(short)?;
    let name = str::from_utf8(name).ok().filter(|name| is_plain(name)).ok_or(changed)?;
    let size = usize::try_from(long(18)).unwrap_or(usize::MAX);
    let Some(data) = rest.get(..size) else {
        return Err(Broken { fault: cut, offset: bytes.len(), member: Some((name, rest)) });
    };
    let member = Member { name, data, crc: long(14), offset: narrow(at) };
    expect(bytes, at, &local_header(&member), Some((name, &[])))?;
    Ok(member)
}

/// Compares the bytes at a place with what must stand there, and returns the place behind.
fn expect<'a>(
    bytes: &'a [u8],
    at: usize,
    want: &[u8],
    member: Option<(&'a str, &'a [u8])>,
) -> Result<usize, Broken<'a>> {
    let rest = bytes.get(at..).unwrap_or_default();
    match want.iter().zip(rest).position(|(want, found)| want != found) {
        Some(first) => Err(Broken { fault: Fault::Header, offset: at + first, member }),
        None if rest.len() < want.len() => Err(Broken { fault: Fault::Truncated, offset: bytes.len(), member }),
        None => Ok(at + want.len()),
    }
}

fn has_end(bytes: &[u8]) -> bool {
    bytes.len().checked_sub(END_LEN).and_then(|at| bytes.get(at..at + 4)) == Some(&END)
}

/// Tells whether a name is written with `A-Z a-z 0-9 . _ - /` only and climbs nowhere.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(plain)
        && name.split('/').all(|part| !part.is_empty() && !part.starts_with('.'))
}

/// Narrows a length that `MAX_CONTAINER` bounds.
fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The fields that local and central header share, from "version needed" to "extra field length".
fn common(member: &Member<'_>) -> [u8; 26] {
    let size = narrow(member.data.len()).to_le_bytes();
    let name = narrow(member.name.len()).to_le_bytes();
    let mut out = [0; 26];
    out[..2].copy_from_slice(&VERSION);
    out[2..10].copy_from_slice(&FIXED);
    out[10..14].copy_from_slice(&member.crc.to_le_bytes());
    out[14..18].copy_from_slice(&size);
    out[18..22].copy_from_slice(&size);
    out[22..24].copy_from_slice(&name[..2]);
    out
}

fn local_header(member: &Member<'_>) -> Vec<u8> {
    [&LOCAL[..], &common(member), member.name.as_bytes()].concat()
}

fn central_header(member: &Member<'_>) -> Vec<u8> {
    // Comment length, disk number, internal and external attributes are all zero.
    [&CENTRAL[..], &VERSION, &common(member), &[0; 10], &member.offset.to_le_bytes(), member.name.as_bytes()].concat()
}

fn end_record(count: usize, start: usize, length: usize) -> [u8; END_LEN] {
    let count = narrow(count).to_le_bytes();
    let mut out = [0; END_LEN];
    out[..4].copy_from_slice(&END);
    out[8..10].copy_from_slice(&count[..2]);
    out[10..12].copy_from_slice(&count[..2]);
    out[12..16].copy_from_slice(&narrow(length).to_le_bytes());
    out[16..20].copy_from_slice(&narrow(start).to_le_bytes());
    out
}
