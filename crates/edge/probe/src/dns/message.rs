//! DNS messages as plain values (RFC 1035), read with the `domain` crate.
//!
//! Names are kept in presentation form, lower case, without the final dot (the root is `.`), with
//! odd bytes escaped, so that nothing from a message reaches a terminal raw. Record types the
//! probes do not ask for are kept as their number.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use domain::base::iana::{Class, OptRcode, Rcode};
use domain::base::{Message, MessageBuilder, Name, ParsedRecord, Rtype};
use domain::rdata::AllRecordData;

use crate::error::ProbeError;

/// Most records read of one message; 64 KiB hold about 5,000 of the smallest.
const MAX_RECORDS: usize = 4096;
/// The datagram size we offer (RFC 9715 and the DNS flag day of 2020: no fragments).
const UDP_SIZE: u16 = 1232;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) owner: String,
    pub(crate) ttl: u32,
    pub(crate) data: Data,
}

/// The data of the record types a look reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Data {
    Ns(String),
    Address(IpAddr),
    Cname(String),
    Soa { mname: String, serial: u32 },
    Mx { preference: u16, exchange: String },
    Caa { flags: u8, tag: String, value: String },
    Ds { key_tag: u16, algorithm: u8 },
    Dnskey { key_tag: u16, algorithm: u8 },
    Other(u16),
}

/// An answer taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) rcode: u16,
    pub(crate) authoritative: bool,
    pub(crate) truncated: bool,
    pub(crate) answer: Vec<Record>,
    pub(crate) authority: Vec<Record>,
    pub(crate) additional: Vec<Record>,
}

/// Response codes a look tells apart (RFC 1035 section 4.1.1).
pub(crate) mod rcode {
    pub(crate) const NOERROR: u16 = 0;
    pub(crate) const FORMERR: u16 = 1;
    pub(crate) const NXDOMAIN: u16 = 3;
    pub(crate) const NOTIMP: u16 = 4;
}

/// Writes a question; the id is left zero and set by the wire.
pub(crate) fn question(name: &str, rtype: Rtype, recursive: bool, edns: bool) -> Result<Vec<u8>, ProbeError> {
    let wrong = |_| ProbeError::BadEndpoint { text: crate::error::short(name), why: namekeep_model::words!(en: "not a DNS name", zh: "不是 DNS 名称") };
    let name: Name<Vec<u8>> = Name::from_str(name).map_err(|e| wrong(e.to_string()))?;
    let mut builder = MessageBuilder::new_vec();
    builder.header_mut().set_rd(recursive);
    let mut builder = builder.question();
    builder.push((name, rtype, Class::IN)).map_err(|e| wrong(e.to_string()))?;
    let mut builder = builder.additional();
    if edns {
        builder
            .opt(|opt| {
                opt.set_udp_payload_size(UDP_SIZE);
                Ok(())
            })
            .map_err(|e| wrong(e.to_string()))?;
    }
    Ok(builder.finish())
}

/// Tells whether a message answers exactly this question; ids are compared by the wire.
///
/// A server that could not read the question may leave it out (RFC 1035 says nothing of it, many do).
pub(crate) fn answers(got: &[u8], sent: &[u8]) -> bool {
    let (Ok(got), Ok(sent)) = (Message::from_slice(got), Message::from_slice(sent)) else { return false };
    if !got.header().qr() || got.header().opcode() != sent.header().opcode() {
        return false;
    }
    let unread = matches!(got.header().rcode(), Rcode::FORMERR | Rcode::NOTIMP) && got.header_counts().qdcount() == 0;
    let same = match (got.sole_question(), sent.sole_question()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    };
    unread || same
}

/// Reads an answer. Compression loops end in an error: a pointer may only lead backwards.
pub(crate) fn parse(bytes: &[u8]) -> Result<Answer, ProbeError> {
    let wrong = |why: &dyn ToString| ProbeError::malformed("DNS answer", why.to_string());
    let message = Message::from_slice(bytes).map_err(|e| wrong(&e))?;
    let header = message.header();
    // The upper bits of the code stand in the OPT record (RFC 6891 section 6.1.3).
    let mut answer = Answer {
        rcode: OptRcode::from(header.rcode()).to_int(),
        authoritative: header.aa(),
        truncated: header.tc(),
        ..Answer::default()
    };
    let mut left = MAX_RECORDS;
    let mut section = message.answer().map_err(|e| wrong(&e))?;
    for index in 0..3 {
        for record in section.by_ref() {
            let Ok(record) = record else {
                // A truncated message may end inside a record; what came before it stands.
                if answer.truncated {
                    return Ok(answer);
                }
                return Err(wrong(&"a record that cannot be read"));
            };
            left = left.checked_sub(1).ok_or_else(|| wrong(&"too many records"))?;
            let Some(record) = read(&record)? else { continue };
            match index {
                0 => answer.answer.push(record),
                1 => answer.authority.push(record),
                _ => answer.additional.push(record),
            }
        }
        match section.next_section() {
            Ok(Some(next)) => section = next,
            Ok(None) => break,
            Err(_) if answer.truncated => break,
            Err(error) => return Err(wrong(&error)),
        }
    }
    Ok(answer)
}

/// Reads a record of class IN; others (OPT among them) are none of ours.
fn read(record: &ParsedRecord<'_, [u8]>) -> Result<Option<Record>, ProbeError> {
    if record.class() != Class::IN || record.rtype() == Rtype::OPT {
        return Ok(None);
    }
    let wrong = |_| ProbeError::malformed("DNS record", format!("{} data that cannot be read", record.rtype()));
    let known =
        [Rtype::NS, Rtype::A, Rtype::AAAA, Rtype::CNAME, Rtype::SOA, Rtype::MX, Rtype::CAA, Rtype::DS, Rtype::DNSKEY];
    let data = if known.contains(&record.rtype()) {
        let parsed = record.to_any_record::<AllRecordData<_, _>>().map_err(|e| wrong(e.to_string()))?;
        match parsed.into_data() {
            AllRecordData::A(a) => Data::Address(IpAddr::V4(Ipv4Addr::from(a.addr().octets()))),
            AllRecordData::Aaaa(a) => Data::Address(IpAddr::V6(Ipv6Addr::from(a.addr().octets()))),
            AllRecordData::Ns(ns) => Data::Ns(host(ns.nsdname())),
            AllRecordData::Cname(cname) => Data::Cname(host(cname.cname())),
            AllRecordData::Soa(soa) => Data::Soa { mname: host(soa.mname()), serial: soa.serial().into_int() },
            AllRecordData::Mx(mx) => Data::Mx { preference: mx.preference(), exchange: host(mx.exchange()) },
            AllRecordData::Caa(caa) => Data::Caa {
                flags: caa.flags().bits(),
                tag: caa.tag().to_string().to_ascii_lowercase(),
                value: caa.value().escape_ascii().to_string(),
            },
            AllRecordData::Ds(ds) => Data::Ds { key_tag: ds.key_tag(), algorithm: ds.algorithm().to_int() },
            AllRecordData::Dnskey(key) => Data::Dnskey { key_tag: key.key_tag(), algorithm: key.algorithm().to_int() },
            other => Data::Other(other_type(&other)),
        }
    } else {
        Data::Other(record.rtype().to_int())
    };
    Ok(Some(Record { owner: host(&record.owner()), ttl: record.ttl().as_secs(), data }))
}

fn other_type<O: AsRef<[u8]>, N>(data: &AllRecordData<O, N>) -> u16
where
    AllRecordData<O, N>: domain::base::RecordData,
{
    use domain::base::RecordData as _;
    data.rtype().to_int()
}

/// Puts a name into the form names are compared in.
fn host(name: &impl ToString) -> String {
    let text = name.to_string().to_ascii_lowercase();
    if text.is_empty() {
        return ".".to_owned();
    }
    match text.strip_suffix('.') {
        Some(short) if !short.is_empty() && !short.ends_with('\\') => short.to_owned(),
        _ => text,
    }
}

impl Answer {
    /// The name servers a section lists for an owner.
    pub(crate) fn name_servers(section: &[Record], owner: &str) -> Vec<String> {
        let mut hosts: Vec<String> = section
            .iter()
            .filter_map(|record| match &record.data {
                Data::Ns(host) if record.owner == owner => Some(host.clone()),
                _ => None,
            })
            .collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }

    /// The addresses a section holds for a host.
    pub(crate) fn addresses(section: &[Record], host: &str) -> Vec<IpAddr> {
        let mut found: Vec<IpAddr> = section
            .iter()
            .filter(|record| record.owner == host)
            .filter_map(|record| match record.data {
                Data::Address(ip) => Some(ip),
                _ => None,
            })
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// The owner of the SOA record that comes with a negative answer (RFC 2308 section 3).
    pub(crate) fn soa_owner(&self) -> Option<&str> {
        self.authority.iter().find(|r| matches!(r.data, Data::Soa { .. })).map(|r| r.owner.as_str())
    }

    /// The zone a referral leads to: NS records in the authority section, no answer, no authority.
    pub(crate) fn referral(&self) -> Option<&str> {
        if self.rcode != rcode::NOERROR || self.authoritative || !self.answer.is_empty() || self.soa_owner().is_some() {
            return None;
        }
        self.authority.iter().find(|r| matches!(r.data, Data::Ns(_))).map(|r| r.owner.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message with a header of our choice and raw bytes behind it.
    fn message(flags: u16, counts: [u16; 4], body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0];
        bytes.extend(flags.to_be_bytes());
        bytes.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
        bytes.extend(body);
        bytes
    }

    #[test]
    fn only_the_answer_to_the_question_counts() {
        let sent = question("a.example", Rtype::NS, false, true).unwrap();
        let answer = |edit: &dyn Fn(&mut Vec<u8>)| {
            let mut got = question("a.example", Rtype::NS, false, false).unwrap();
            got[2] |= 0x80;
            edit(&mut got);
            got
        };
        assert!(answers(&answer(&|_| {}), &sent));
        assert!(answers(&answer(&|got| got[13] = b'A'), &sent), "case does not matter");
        assert!(!answers(&answer(&|got| got[2] &= 0x7f), &sent), "a question is no answer");
        assert!(!answers(&answer(&|got| got[13] = b'b'), &sent), "another name");
        let last = sent.len() - 11;
        assert!(!answers(&answer(&|got| got[last - 3] = 1), &sent), "another type");
        assert!(!answers(&message(0x8400, [0; 4], &[]), &sent), "no question");
        assert!(answers(&message(0x8001, [0; 4], &[]), &sent), "a server that could not read it");
        for length in 0..12 {
            assert!(!answers(&answer(&|got| got.truncate(length)), &sent));
        }
    }

    #[test]
    fn compression_loops_end_in_an_error() {
        // A name that points at itself, two that point at each other, a pointer forwards.
        let record = [0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4];
        for name in [vec![0xc0, 12], vec![1, b'a', 0xc0, 12], vec![0xc0, 14, 0xc0, 12], vec![0xc0, 200]] {
            let body: Vec<u8> = name.iter().copied().chain(record).collect();
            assert!(parse(&message(0x8400, [0, 1, 0, 0], &body)).is_err(), "{name:?}");
        }
    }

    #[test]
    fn no_bytes_make_the_reader_fail_otherwise_than_by_an_error() {
        // A small generator of its own: 20,000 mutations of a real answer's shape.
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let body = [
            &[1, b'a', 0, 0, 2, 0, 1][..],
            &[0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 9, 0, 4, 1, b'n', 0xc0, 12],
            &[0xc0, 31, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 127, 0, 0, 1],
        ]
        .concat();
        let good = message(0x8400, [1, 1, 0, 1], &body);
        assert_eq!(parse(&good).unwrap().answer.len(), 1);
        let mut read = 0;
        for _ in 0..20_000 {
            let mut bytes = good.clone();
            for _ in 0..1 + random() % 4 {
                let at = usize::try_from(random()).unwrap() % bytes.len();
                bytes[at] = u8::try_from(random() & 0xff).unwrap();
            }
            bytes.truncate(usize::try_from(random()).unwrap() % (bytes.len() + 1));
            read += u32::from(parse(&bytes).is_ok());
        }
        assert!(read > 0, "the generator never made a readable message");
    }

    #[test]
    fn names_are_lower_case_escaped_and_without_final_dot() {
        let record = |name: &[u8]| [name, &[0, 2, 0, 1, 0, 0, 0, 0, 0, 1, 0]].concat();
        let owner = |name: &[u8]| parse(&message(0x8400, [0, 1, 0, 0], &record(name))).unwrap().answer.remove(0);
        assert_eq!(owner(&[1, b'A', 2, b'X', b'y', 0]).owner, "a.xy");
        assert_eq!(owner(&[2, 27, b'.', 0]).owner, "\\027\\.");
        let root = owner(&[0]);
        assert_eq!((root.owner.as_str(), root.data), (".", Data::Ns(".".to_owned())));
    }
}
