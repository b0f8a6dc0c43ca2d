//! Tapes: every exchange of a look, to keep as evidence and to replay without sockets.
//!
//! ```text
//! {"schema":"namekeep-tape/1"}
//! {"at":"2026-11-24T00:00:00Z","ms":12,"via":"udp","to":"192.0.2.1:53","sent":"..","got":".."}
//! {"at":"2026-11-24T00:00:01Z","ms":3,"via":"tcp","to":"192.0.2.9:43","sent":"..","failed":{"kind":"connection-refused"}}
//! ```
//!
//! Bytes are base64 (RFC 4648). DNS messages stand without their random id and without the length
//! prefix of TCP, so that the same question has the same bytes; HTTP over TLS stands in clear; a
//! handshake stands as protocol version and certificate chain. The file is evidence of what this
//! side recorded, not proof of what the other side sent.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use namekeep_model::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{ProbeError, short};

/// The name and version of the file format.
const SCHEMA: &str = "namekeep-tape/1";

/// Largest tape file read, in bytes: a look holds at most 32 MiB, in base64.
const MAX_FILE: usize = 64 << 20;

/// How an exchange travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// A DNS message in a datagram.
    Udp,
    /// A DNS message over TCP (RFC 7766).
    DnsTcp,
    /// Bytes over TCP.
    Tcp,
    /// Bytes over TLS.
    Tls,
    /// A TLS handshake alone.
    Handshake,
}

/// One question and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// How it travelled.
    pub via: Via,
    /// Who was asked.
    pub to: SocketAddr,
    /// The name asked for in TLS.
    pub name: Option<String>,
    /// What was sent.
    pub sent: Vec<u8>,
    /// What came back.
    pub got: Result<Vec<u8>, ProbeError>,
}

impl Exchange {
    /// Gives what shows the exchange: the bytes that came back, or, where none did, whom was asked
    /// what and how that failed. Two silences of the same kind show the same, whenever they were.
    pub fn proof(&self) -> Cow<'_, [u8]> {
        match &self.got {
            Ok(bytes) => Cow::Borrowed(bytes),
            Err(failed) => {
                let silence = Silence {
                    schema: SCHEMA,
                    via: self.via,
                    to: self.to,
                    name: self.name.as_deref(),
                    sent: STANDARD.encode(&self.sent),
                    failed,
                };
                Cow::Owned(serde_json::to_vec(&silence).unwrap_or_default())
            }
        }
    }

    /// Gives the SHA-256 of [`Exchange::proof`], in the form `sha256:HEX`.
    pub fn digest(&self) -> String {
        format!("sha256:{}", hex::encode(Sha256::digest(self.proof())))
    }

    fn key(&self) -> Key {
        (self.via, self.to, self.name.clone(), self.sent.clone())
    }
}

/// An exchange that brought no answer, without its instants.
#[derive(Serialize)]
struct Silence<'a> {
    schema: &'static str,
    via: Via,
    to: SocketAddr,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    sent: String,
    failed: &'a ProbeError,
}

/// The exchanges of one or more looks, in the order they began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tape {
    /// The exchanges.
    pub exchanges: Vec<Exchange>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: Timestamp,
    ms: u64,
    via: Via,
    to: SocketAddr,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    sent: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    got: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<ProbeError>,
}

impl Tape {
    /// Writes the file: a head line, then one line per exchange.
    pub fn to_lines(&self) -> Result<String, ProbeError> {
        let mut out = format!("{{\"schema\":\"{SCHEMA}\"}}\n");
        for (index, exchange) in self.exchanges.iter().enumerate() {
            let line = Line {
                at: exchange.at,
                ms: exchange.millis,
                via: exchange.via,
                to: exchange.to,
                name: exchange.name.clone(),
                sent: STANDARD.encode(&exchange.sent),
                got: exchange.got.as_ref().ok().map(|bytes| STANDARD.encode(bytes)),
                failed: exchange.got.as_ref().err().cloned(),
            };
            let text = serde_json::to_string(&line)
                .map_err(|error| ProbeError::BadTape { line: index + 2, why: short(&error.to_string()) })?;
            out.push_str(&text);
            out.push('\n');
        }
        Ok(out)
    }

    /// Reads the file; another version, an unknown field or a broken line is refused.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProbeError> {
        let wrong = |line: usize, why: &str| ProbeError::BadTape { line, why: short(why) };
        if bytes.len() > MAX_FILE {
            return Err(ProbeError::TooLarge { limit: MAX_FILE });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| wrong(1, "not UTF-8"))?;
        let mut lines = text.lines().enumerate();
        let head = lines.next().and_then(|(_, line)| serde_json::from_str::<Head>(line).ok());
        match head {
            Some(head) if head.schema == SCHEMA => {}
            Some(head) => {
                return Err(wrong(1, &format!("the format is `{}`, this version reads `{SCHEMA}`", head.schema)));
            }
            None => return Err(wrong(1, "no head line")),
        }
        let mut exchanges = Vec::new();
        for (index, text) in lines {
            let number = index + 1;
            let line: Line = serde_json::from_str(text).map_err(|error| wrong(number, &error.to_string()))?;
            let decode = |text: &str| STANDARD.decode(text).map_err(|_| wrong(number, "not base64"));
            let got = match (line.got, line.failed) {
                (Some(bytes), None) => Ok(decode(&bytes)?),
                (None, Some(error)) => Err(error),
                _ => return Err(wrong(number, "neither an answer nor a failure, or both")),
            };
            let sent = decode(&line.sent)?;
            exchanges.push(Exchange {
                at: line.at,
                millis: line.ms,
                via: line.via,
                to: line.to,
                name: line.name,
                sent,
                got,
            });
        }
        Ok(Self { exchanges })
    }

    /// Counts the bytes held.
    pub fn size(&self) -> usize {
        self.exchanges.iter().map(|e| e.sent.len() + e.got.as_ref().map_or(0, Vec::len)).sum()
    }

    /// Takes in the exchanges of another tape, after its own.
    pub fn append(&mut self, mut other: Self) {
        self.exchanges.append(&mut other.exchanges);
    }

    /// Lists the digests of the exchanges, in order.
    pub fn digests(&self) -> Vec<String> {
        self.exchanges.iter().map(Exchange::digest).collect()
    }
}

type Key = (Via, SocketAddr, Option<String>, Vec<u8>);

/// A tape being played: each question gets its recorded answers in their order.
#[derive(Debug, Default)]
pub(crate) struct Player {
    answers: BTreeMap<Key, VecDeque<Result<Vec<u8>, ProbeError>>>,
}

impl Player {
    pub(crate) fn new(tape: Tape) -> Self {
        let mut answers: BTreeMap<Key, VecDeque<_>> = BTreeMap::new();
        for exchange in tape.exchanges {
            answers.entry(exchange.key()).or_default().push_back(exchange.got);
        }
        Self { answers }
    }

    /// Takes the next answer to a question.
    pub(crate) fn next(
        &mut self,
        via: Via,
        to: SocketAddr,
        name: Option<&str>,
        sent: &[u8],
    ) -> Result<Vec<u8>, ProbeError> {
        let key = (via, to, name.map(str::to_owned), sent.to_vec());
        self.answers
            .get_mut(&key)
            .and_then(VecDeque::pop_front)
            .unwrap_or_else(|| Err(ProbeError::NotOnTape { to: to.to_string() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(got: Result<Vec<u8>, ProbeError>) -> Exchange {
        Exchange {
            at: Timestamp::UNIX_EPOCH,
            millis: 4,
            via: Via::Tls,
            to: "192.0.2.1:443".parse().unwrap(),
            name: Some("a.example".into()),
            sent: b"GET".to_vec(),
            got,
        }
    }

    #[test]
    fn a_tape_reads_back_as_written_failures_included() {
        let failures = [
            ProbeError::TimedOut { millis: 7 },
            ProbeError::Forbidden { address: "10.0.0.1".parse().unwrap(), scope: crate::policy::Scope::Private },
            ProbeError::ConnectionRefused,
            ProbeError::Malformed { what: "x".into(), why: "y".into() },
        ];
        let mut tape = Tape { exchanges: vec![exchange(Ok(vec![0, 255, 10, 13])), exchange(Ok(Vec::new()))] };
        tape.exchanges.extend(failures.into_iter().map(|f| exchange(Err(f))));
        let text = tape.to_lines().unwrap();
        assert_eq!(Tape::parse(text.as_bytes()).unwrap(), tape);
        assert_eq!(text.lines().count(), 7);
    }

    #[test]
    fn silence_is_shown_by_whom_was_asked_what_and_not_by_when() {
        let silent = |at: i64, to: &str, millis| Exchange {
            at: Timestamp::from_second(at).unwrap(),
            millis: at.unsigned_abs(),
            to: to.parse().unwrap(),
            ..exchange(Err(ProbeError::TimedOut { millis }))
        };
        let one = silent(1, "192.0.2.1:443", 5_000);
        assert_eq!(one.digest(), silent(900, "192.0.2.1:443", 5_000).digest());
        for other in [silent(1, "192.0.2.2:443", 5_000), silent(1, "192.0.2.1:443", 9_000), exchange(Ok(Vec::new()))] {
            assert_ne!(one.digest(), other.digest());
        }
        let shown: serde_json::Value = serde_json::from_slice(&one.proof()).unwrap();
        assert_eq!((&shown["to"], &shown["name"]), (&"192.0.2.1:443".into(), &"a.example".into()));
    }

    #[test]
    fn another_version_an_unknown_field_and_a_cut_line_are_refused_with_their_line() {
        let good = Tape { exchanges: vec![exchange(Ok(vec![1]))] }.to_lines().unwrap();
        for (text, line) in [
            (good.replace("tape/1", "tape/2"), 1),
            (good.replace("\"ms\"", "\"millis\""), 2),
            (good.trim_end().trim_end_matches('}').to_owned(), 2),
            (good.replace(",\"got\":\"AQ==\"", ""), 2),
            (String::new(), 1),
        ] {
            match Tape::parse(text.as_bytes()) {
                Err(ProbeError::BadTape { line: at, .. }) => assert_eq!(at, line, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_player_gives_answers_in_their_order_and_then_says_so() {
        let first = exchange(Ok(vec![1]));
        let to = first.to;
        let mut player = Player::new(Tape { exchanges: vec![first, exchange(Ok(vec![2]))] });
        let mut ask = || player.next(Via::Tls, to, Some("a.example"), b"GET");
        assert_eq!((ask(), ask()), (Ok(vec![1]), Ok(vec![2])));
        assert!(matches!(ask(), Err(ProbeError::NotOnTape { .. })));
    }
}
