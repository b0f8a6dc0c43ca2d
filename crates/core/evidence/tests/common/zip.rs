//! A second writer and reader of the container, written from the format page alone, as an attacker would.

/// The files of a container, in order.
pub type Files = Vec<(String, Vec<u8>)>;

pub fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

fn put(out: &mut Vec<u8>, width: usize, number: usize) {
    out.extend_from_slice(&(number as u64).to_le_bytes()[..width]);
}

fn head(out: &mut Vec<u8>, name: &str, data: &[u8], crc: u32) {
    put(out, 2, 10);
    put(out, 8, 0x21 << 48);
    put(out, 4, crc as usize);
    put(out, 4, data.len());
    put(out, 4, data.len());
    put(out, 2, name.len());
    put(out, 2, 0);
}

/// Writes the files in the order given, good or bad.
pub fn pack(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in files {
        let (crc, offset) = (crc(data), out.len());
        out.extend_from_slice(b"PK\x03\x04");
        head(&mut out, name, data, crc);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(data);
        directory.extend_from_slice(b"PK\x01\x02\x0a\x00");
        head(&mut directory, name, data, crc);
        directory.extend_from_slice(&[0; 10]);
        put(&mut directory, 4, offset);
        directory.extend_from_slice(name.as_bytes());
    }
    let start = out.len();
    out.append(&mut directory);
    let length = out.len() - start;
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    put(&mut out, 2, files.len());
    put(&mut out, 2, files.len());
    put(&mut out, 4, length);
    put(&mut out, 4, start);
    put(&mut out, 2, 0);
    out
}

fn number(bytes: &[u8], at: usize, width: usize) -> usize {
    bytes[at..at + width].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

/// The files of a good container with the place of their contents.
pub fn places(bytes: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let (mut at, mut files) = (0, Vec::new());
    while bytes[at..].starts_with(b"PK\x03\x04") {
        let (name, size) = (number(bytes, at + 26, 2), number(bytes, at + 18, 4));
        let data = at + 30 + name;
        files.push((String::from_utf8(bytes[at + 30..data].to_vec()).unwrap(), data..data + size));
        at = data + size;
    }
    files
}

/// Reads a good container.
pub fn unpack(bytes: &[u8]) -> Files {
    places(bytes).into_iter().map(|(name, place)| (name, bytes[place].to_vec())).collect()
}

/// The contents of one file.
pub fn file<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    &mut files.iter_mut().find(|(other, _)| other == name).unwrap().1
}
