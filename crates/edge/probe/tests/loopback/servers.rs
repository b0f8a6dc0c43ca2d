//! Small servers inside the test process: HTTP, WHOIS and TLS, each with its own bad manners.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What a server does with a question.
#[derive(Clone)]
pub(crate) enum Manner {
    /// Sends these bytes and closes.
    Says(Vec<u8>),
    /// Sends these bytes one by one, slowly, for ever.
    Drips(u8),
    /// Sends as fast as it can, for ever.
    Floods,
    /// Takes the connection and says nothing.
    Hangs,
}

/// Reads one question (to the end of its head or line) from a client.
async fn question(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while text.len() < 8192 && stream.read(&mut byte).await.is_ok_and(|n| n == 1) {
        text.push(byte[0]);
        let http = text.starts_with(b"GET ");
        if text.ends_with(if http { b"\r\n\r\n" } else { b"\r\n" }) {
            break;
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

async fn behave(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: impl Fn(&str) -> Manner) {
    let asked = question(&mut stream).await;
    match answer(&asked) {
        Manner::Says(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Manner::Drips(byte) => {
            while stream.write_all(&[byte]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Manner::Floods => while stream.write_all(&[b'x'; 65536]).await.is_ok() {},
        Manner::Hangs => std::future::pending::<()>().await,
    }
}

/// Serves plain TCP on a free port of an address.
pub(crate) async fn serve<F>(at: &str, answer: F) -> SocketAddr
where
    F: Fn(&str) -> Manner + Clone + Send + Sync + 'static,
{
    let listener = TcpListener::bind((at, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behave(stream, answer.clone()));
        }
    });
    address
}

/// Serves TLS on a free port, or on the port given.
pub(crate) async fn serve_tls<F>(at: &str, port: u16, identity: &Identity, answer: F) -> SocketAddr
where
    F: Fn(&str) -> Manner + Clone + Send + Sync + 'static,
{
    let listener = TcpListener::bind((at, port)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.chain.clone(), PrivateKeyDer::try_from(identity.key.clone()).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer) = (acceptor.clone(), answer.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    behave(stream, answer).await;
                }
            });
        }
    });
    address
}

/// An HTTP answer with a length.
pub(crate) fn http(status: &str, fields: &str, body: &[u8]) -> Manner {
    let head = format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {}\r\n\r\n", body.len());
    Manner::Says([head.as_bytes(), body].concat())
}

/// A certificate chain and its key.
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

/// A certificate authority of the test's own.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// First and last day of a certificate, as year, month and day.
pub(crate) type Life = ((i32, u8, u8), (i32, u8, u8));

fn params(name: &str, (from, to): Life) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(from.0, from.1, from.2);
    params.not_after = date_time_ymd(to.0, to.1, to.2);
    params
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = params(name, ((2020, 1, 1), (2040, 1, 1)));
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.clone().self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// Issues a certificate for a name.
    pub(crate) fn issue(&self, name: &str, life: Life) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params(name, life).signed_by(&key, &self.issuer).unwrap();
        Identity { chain: vec![certificate.der().clone()], key: key.serialize_der() }
    }
}

/// A certificate that vouches for itself.
pub(crate) fn self_signed(name: &str, life: Life) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = params(name, life).self_signed(&key).unwrap();
    Identity { chain: vec![certificate.der().clone()], key: key.serialize_der() }
}
