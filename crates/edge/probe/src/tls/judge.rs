//! Judging the certificates a server showed: pure, at an instant the caller names.
//!
//! `webpki` stops at the first thing it dislikes and may name a secondary one, so each question is
//! put on its own: does the chain lead to a root, is the server's own certificate inside its dates,
//! does it cover the name, is its key long enough. It does not know whether a certificate was
//! revoked, or what the inventory expects.

use namekeep_model::Timestamp;
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::pki_types::CertificateDer;
use rustls::server::ParsedCertificate;
use serde::Serialize;

use super::certificate::{Certificate, KeyKind};
use super::trust::Roots;
use super::{Shown, provider, unix};
use crate::error::{ProbeError, short};

/// Shortest keys that public authorities may sign (CA/Browser Forum baseline requirements 6.1.5).
const RSA_BITS: usize = 2048;
const EC_BITS: usize = 256;

/// Something wrong with what a server showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CertificateProblem {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It does not cover the name.
    WrongName,
    /// It vouches for itself.
    SelfSigned,
    /// No path leads to a trusted authority.
    ChainBroken {
        /// What the checker said.
        why: String,
    },
    /// Its key is too short.
    WeakKey,
}

/// The judgement on one server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificateReport {
    /// The server's own certificate.
    pub certificate: Certificate,
    /// What is wrong; empty is good.
    pub problems: Vec<CertificateProblem>,
    /// The share of the lifetime left, in thousandths.
    pub left_permille: u16,
    /// The protocol version.
    pub version: String,
}

/// Judges what a server showed for a host; an error means the certificate cannot be read.
pub fn judge(shown: &Shown, host: &str, roots: &Roots, now: Timestamp) -> Result<CertificateReport, ProbeError> {
    let Some((own, above)) = shown.chain.split_first() else {
        return Err(ProbeError::malformed("certificate chain", "it is empty"));
    };
    let certificate = Certificate::read(own)?;
    let mut problems = Vec::new();
    let (expired, early) = (now > certificate.not_after, now < certificate.not_before);
    if expired {
        problems.push(CertificateProblem::Expired);
    }
    if early {
        problems.push(CertificateProblem::NotYetValid);
    }
    // Outside its own dates the chain is judged at the nearest instant inside: an expired
    // certificate of a good authority is expired, not unknown.
    let at = now.max(certificate.not_before).min(certificate.not_after);
    if let Err(why) = chain(own, above, roots, at) {
        problems.push(if certificate.self_issued {
            CertificateProblem::SelfSigned
        } else {
            CertificateProblem::ChainBroken { why }
        });
    }
    if !certificate.covers(host) {
        problems.push(CertificateProblem::WrongName);
    }
    let short_key = match certificate.key {
        KeyKind::Rsa => certificate.key_bits < RSA_BITS,
        KeyKind::Ec => certificate.key_bits < EC_BITS,
        KeyKind::Other => false,
    };
    if short_key {
        problems.push(CertificateProblem::WeakKey);
    }
    let left_permille = certificate.left_permille(now);
    Ok(CertificateReport { certificate, problems, left_permille, version: shown.version.clone() })
}

/// Looks for a path to a root; names are another question.
fn chain(own: &[u8], above: &[Vec<u8>], roots: &Roots, at: Timestamp) -> Result<(), String> {
    let own = CertificateDer::from(own);
    let above: Vec<CertificateDer<'_>> = above.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let algorithms = provider().signature_verification_algorithms.all;
    ParsedCertificate::try_from(&own)
        .and_then(|own| verify_server_cert_signed_by_trust_anchor(&own, &roots.store, &above, unix(at), algorithms))
        .map_err(|error| short(&error.to_string()))
}
