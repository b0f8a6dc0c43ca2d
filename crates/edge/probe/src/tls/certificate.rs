//! What a certificate says of itself (RFC 5280), read with `x509-parser`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use namekeep_model::Timestamp;
use serde::Serialize;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey;

use crate::error::{ProbeError, short};

/// Most names kept of one certificate (no reference; public authorities stop at 100 to 250).
const MAX_NAMES: usize = 1_000;

/// The kind of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// RSA.
    Rsa,
    /// An elliptic curve.
    Ec,
    /// Another kind.
    Other,
}

/// A certificate in plain values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// Whom it names.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The serial number, in hexadecimal.
    pub serial: String,
    /// DNS names and addresses it is valid for (subject alternative names).
    pub names: Vec<String>,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when it is valid.
    pub not_after: Timestamp,
    /// The kind of its key.
    pub key: KeyKind,
    /// The size of its key, in bits; 0 when unknown.
    pub key_bits: usize,
    /// Whether it names itself as its issuer.
    pub self_issued: bool,
}

impl Certificate {
    /// Reads a certificate in DER.
    pub fn read(der: &[u8]) -> Result<Self, ProbeError> {
        let wrong = |why: &dyn ToString| ProbeError::malformed("certificate", why.to_string());
        let (_, cert) = X509Certificate::from_der(der).map_err(|error| wrong(&error))?;
        let time = |seconds: i64| Timestamp::from_second(seconds).map_err(|error| wrong(&error));
        let names = match cert.subject_alternative_name() {
            Ok(Some(extension)) => extension.value.general_names.iter().filter_map(name).take(MAX_NAMES).collect(),
            Ok(None) => Vec::new(),
            Err(error) => return Err(wrong(&error)),
        };
        let (key, key_bits) = match cert.public_key().parsed() {
            Ok(PublicKey::RSA(rsa)) => (KeyKind::Rsa, rsa.key_size()),
            Ok(PublicKey::EC(ec)) => (KeyKind::Ec, ec.key_size()),
            _ => (KeyKind::Other, 0),
        };
        Ok(Self {
            subject: short(&cert.subject().to_string()),
            issuer: short(&cert.issuer().to_string()),
            serial: short(&cert.raw_serial_as_string().replace(':', "")),
            names,
            not_before: time(cert.validity().not_before.timestamp())?,
            not_after: time(cert.validity().not_after.timestamp())?,
            key,
            key_bits,
            self_issued: cert.subject().as_raw() == cert.issuer().as_raw(),
        })
    }

    /// Tells whether a name of the certificate covers a host (RFC 9525 section 6.3): a `*` stands
    /// for exactly the left-most label, and the subject's common name does not count.
    pub fn covers(&self, host: &str) -> bool {
        self.names.iter().any(|name| match name.strip_prefix("*.") {
            Some(rest) => host.split_once('.').is_some_and(|(_, parent)| parent == rest && rest.contains('.')),
            None => name == host,
        })
    }

    /// The share of the lifetime that is left, in thousandths; 0 when it is over.
    pub fn left_permille(&self, now: Timestamp) -> u16 {
        let whole = self.not_after.as_second().saturating_sub(self.not_before.as_second());
        let left = self.not_after.as_second().saturating_sub(now.as_second()).clamp(0, whole.max(0));
        if whole <= 0 {
            return 0;
        }
        u16::try_from(i128::from(left) * 1000 / i128::from(whole)).unwrap_or(1000)
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(dns) => Some(short(&dns.to_ascii_lowercase())),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(|b| IpAddr::V4(Ipv4Addr::from(b)));
            let v6 = <[u8; 16]>::try_from(*bytes).map(|b| IpAddr::V6(Ipv6Addr::from(b)));
            v4.or(v6).ok().map(|ip| ip.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(names: &[&str]) -> Certificate {
        Certificate {
            subject: String::new(),
            issuer: String::new(),
            serial: String::new(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            not_before: Timestamp::UNIX_EPOCH,
            not_after: Timestamp::from_second(1_000).unwrap_or(Timestamp::UNIX_EPOCH),
            key: KeyKind::Ec,
            key_bits: 256,
            self_issued: false,
        }
    }

    #[test]
    fn a_star_stands_for_exactly_one_label() {
        let cert = certificate(&["a.example", "*.b.example", "*", "*.example", "w*.c.example"]);
        for host in ["a.example", "x.b.example"] {
            assert!(cert.covers(host), "{host}");
        }
        for host in ["b.example", "x.y.b.example", "example", "z.example", "ww.c.example", "A.example.", ""] {
            assert!(!cert.covers(host), "{host}");
        }
    }

    #[test]
    fn the_share_left_runs_from_whole_to_nothing() {
        let cert = certificate(&[]);
        let left = |second| cert.left_permille(Timestamp::from_second(second).unwrap_or(Timestamp::MAX));
        assert_eq!([-5, 0, 500, 667, 1_000, 2_000].map(left), [1000, 1000, 500, 333, 0, 0]);
    }
}
