//! TLS: a verified connection for fetching, and a handshake that only records what it is shown.
//!
//! The recording handshake takes any chain, so that a bad one can be described instead of refused,
//! but the server must prove that it holds the key (its handshake signature is checked). Judging
//! the chain is a pure step afterwards, at the instant the caller names: see [`judge`].
//!
//! Only TLS 1.2 and 1.3 are spoken. Revocation is not asked for, and other names served at the same
//! address are not seen.

pub mod certificate;
pub mod judge;
pub mod trust;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use namekeep_model::{DomainName, Timestamp};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Looked;
use crate::error::{ProbeError, short};
use crate::tape::Via;
use crate::wire::{Call, Ends, Wire, all};
use trust::Roots;

/// Longest chain recorded: certificates and bytes (RFC 8446 section 4.4.2 allows 16 MiB).
const MAX_CHAIN: usize = 16;
const MAX_CHAIN_BYTES: usize = 256 << 10;
/// Most addresses asked in one look.
const MAX_ADDRESSES: usize = 16;

/// The cryptography used throughout, named here and never taken from a process-wide default.
pub(crate) fn provider() -> &'static Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(rustls::crypto::ring::default_provider()))
}

/// The certificates a server showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The protocol version agreed: `TLSv1.2` or `TLSv1.3`.
    pub version: String,
    /// The chain as sent, the server's own certificate first, in DER.
    pub chain: Vec<Vec<u8>>,
}

/// What one address did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsAnswer {
    /// The address.
    pub address: SocketAddr,
    /// What it showed, or why nothing.
    pub shown: Result<Shown, ProbeError>,
}

/// Makes a handshake for `name` with each address; the addresses come from DNS answers.
pub async fn look(wire: &Wire, name: &DomainName, addresses: &[IpAddr], port: u16) -> Looked<Vec<TlsAnswer>> {
    let session = wire.session();
    let answers = all(addresses.iter().take(MAX_ADDRESSES).map(async |ip| {
        let address = SocketAddr::new(*ip, port);
        let shown = match wire.policy.found(address) {
            Ok(to) => {
                let call = Call {
                    via: Via::Handshake,
                    to,
                    name: Some(name.a_label()),
                    send: &[],
                    ends: Ends::AtClose,
                    limit: MAX_CHAIN_BYTES,
                    pace: Duration::ZERO,
                };
                session.exchange(call).await.and_then(|bytes| unpack(&bytes))
            }
            Err(error) => Err(error),
        };
        TlsAnswer { address, shown }
    }))
    .await;
    Looked { outcome: Ok(answers), tape: session.into_tape() }
}

/// Opens a verified connection for HTTP, judged at the instant `now`.
pub(crate) async fn connect(
    stream: TcpStream,
    name: &str,
    roots: &Roots,
    now: Timestamp,
) -> Result<TlsStream<TcpStream>, ProbeError> {
    let config = ClientConfig::builder_with_details(provider().clone(), Arc::new(At(unix(now))))
        .with_safe_default_protocol_versions()
        .map_err(|error| tls_error(&error))?
        .with_root_certificates(roots.store.clone())
        .with_no_client_auth();
    open(stream, name, config).await
}

/// Makes a handshake and brings what was shown, as bytes for the tape.
pub(crate) async fn shake(stream: TcpStream, name: &str) -> Result<Vec<u8>, ProbeError> {
    let recorder = Arc::new(Recorder::default());
    let config = ClientConfig::builder_with_provider(provider().clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| tls_error(&error))?
        .dangerous()
        .with_custom_certificate_verifier(recorder.clone())
        .with_no_client_auth();
    let stream = open(stream, name, config).await?;
    let version = stream.get_ref().1.protocol_version().map_or(0, u16::from);
    let chain = recorder.chain.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(pack(version, &chain))
}

async fn open(stream: TcpStream, name: &str, config: ClientConfig) -> Result<TlsStream<TcpStream>, ProbeError> {
    let mut config = config;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from(name.to_owned()).map_err(|error| ProbeError::Tls { why: error.to_string() })?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(inner) => tls_error(inner),
            None => ProbeError::from_io(&error),
        }
    })
}

fn tls_error(error: &rustls::Error) -> ProbeError {
    ProbeError::Tls { why: short(&error.to_string()) }
}

pub(crate) fn unix(at: Timestamp) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0)))
}

/// A clock that stands at one instant.
#[derive(Debug)]
struct At(UnixTime);

impl rustls::time_provider::TimeProvider for At {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.0)
    }
}

/// Records the chain; refuses nothing but a server that does not hold its key.
#[derive(Debug, Default)]
struct Recorder {
    chain: Mutex<Vec<Vec<u8>>>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let shown = std::iter::once(end_entity).chain(intermediates).take(MAX_CHAIN);
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = shown.map(|der| der.to_vec()).collect();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match verify_tls12_signature(message, cert, dss, &provider().signature_verification_algorithms) {
            Err(error) if cannot_read(&error) => Ok(HandshakeSignatureValid::assertion()),
            other => other,
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match verify_tls13_signature(message, cert, dss, &provider().signature_verification_algorithms) {
            Err(error) if cannot_read(&error) => Ok(HandshakeSignatureValid::assertion()),
            other => other,
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}

/// Tells whether the checker could not read the certificate at all (an X.509 version 1 one, say):
/// the judge describes it, so the handshake goes on.
fn cannot_read(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(rustls::CertificateError::BadEncoding | rustls::CertificateError::Other(_))
    )
}

/// Writes version and chain for the tape: two bytes, then each certificate behind its length in
/// three bytes, as in a TLS Certificate message (RFC 5246 section 7.4.2).
fn pack(version: u16, chain: &[Vec<u8>]) -> Vec<u8> {
    let mut out = version.to_be_bytes().to_vec();
    for der in chain {
        let length = u32::try_from(der.len()).unwrap_or(u32::MAX).to_be_bytes();
        out.extend(length.iter().skip(1));
        out.extend(der);
    }
    out
}

/// Reads what [`pack`] wrote.
fn unpack(bytes: &[u8]) -> Result<Shown, ProbeError> {
    let wrong = || ProbeError::malformed("certificate chain", "its lengths do not fit");
    let (version, mut rest) = bytes.split_first_chunk::<2>().ok_or_else(wrong)?;
    let version = match u16::from_be_bytes(*version) {
        0x0303 => "TLSv1.2".to_owned(),
        0x0304 => "TLSv1.3".to_owned(),
        other => format!("{other:#06x}"),
    };
    let mut chain = Vec::new();
    while let Some((length, tail)) = rest.split_first_chunk::<3>() {
        let [a, b, c] = *length;
        let length = usize::try_from(u32::from_be_bytes([0, a, b, c])).map_err(|_| wrong())?;
        let (der, tail) = tail.split_at_checked(length).ok_or_else(wrong)?;
        chain.push(der.to_vec());
        rest = tail;
    }
    if !rest.is_empty() || chain.is_empty() {
        return Err(wrong());
    }
    Ok(Shown { version, chain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_reads_back_as_packed_and_no_cut_of_it_does() {
        let chain = vec![vec![1; 300], vec![2], vec![3; 70_000]];
        let bytes = pack(0x0304, &chain);
        assert_eq!(unpack(&bytes), Ok(Shown { version: "TLSv1.3".to_owned(), chain }));
        let whole = [2, 2 + 3 + 300, 2 + 3 + 300 + 3 + 1];
        for cut in 0..bytes.len() {
            let at_a_border = whole.contains(&cut) && cut > 2;
            assert_eq!(unpack(bytes.get(..cut).unwrap_or_default()).is_ok(), at_a_border, "{cut}");
        }
    }
}
