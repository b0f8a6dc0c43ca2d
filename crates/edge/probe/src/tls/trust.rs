//! The certificate authorities a look trusts.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::{ProbeError, short};

/// Largest file of roots read, in bytes: the public set is about 200 KiB.
const MAX_FILE: usize = 4 << 20;

/// A set of root certificates.
#[derive(Clone, Debug)]
pub struct Roots {
    pub(crate) store: RootCertStore,
}

impl Roots {
    /// The public web authorities (Mozilla's list, as compiled into `webpki-roots`).
    pub fn public() -> Self {
        Self { store: webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect() }
    }

    /// Reads a PEM file; every CERTIFICATE block must be usable.
    pub fn from_pem(bytes: &[u8]) -> Result<Self, ProbeError> {
        let wrong = |why: &dyn ToString| ProbeError::BadRoots { why: short(&why.to_string()) };
        if bytes.len() > MAX_FILE {
            return Err(ProbeError::TooLarge { limit: MAX_FILE });
        }
        let mut store = RootCertStore::empty();
        for (index, certificate) in CertificateDer::pem_slice_iter(bytes).enumerate() {
            let block = index + 1;
            let certificate = certificate.map_err(|error| wrong(&format!("block {block}: {error}")))?;
            store.add(certificate).map_err(|error| wrong(&format!("block {block}: {error}")))?;
        }
        if store.is_empty() {
            return Err(wrong(&"the file holds no CERTIFICATE block"));
        }
        Ok(Self { store })
    }

    /// Counts the roots.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Tells whether nothing is trusted.
    pub fn is_empty(&self) -> bool {
        self.store.is_empty()
    }
}
