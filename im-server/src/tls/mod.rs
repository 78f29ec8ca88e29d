//! What TLS is spoken with: the certificate, where it comes from, and its key. Connections are elsewhere.

pub(crate) mod acme;
mod files;
mod own;
mod validity;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ServerConfig};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use sha2::{Digest, Sha256};

use crate::config::{Acme, Encryption};

pub use self::files::CertificateError;

/// What is spoken inside. Whoever offers only something else is not understood, and told so.
const INSIDE: &[u8] = b"http/1.1";

/// What an ACME authority offers that looks whether a name is ours.
pub(crate) const ACME_PROTOCOL: &[u8] = b"acme-tls/1";

/// A certificate with those above it, and its key.
pub(crate) struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// What TLS is spoken with now.
pub(crate) struct Tls {
    encryption: Encryption,
    now: RwLock<Now>,
    /// What an ACME authority is shown that looks whether a name is ours.
    challenge: Mutex<Option<(String, Arc<ServerConfig>)>>,
}

struct Now {
    config: Arc<ServerConfig>,
    fingerprint: String,
}

impl Tls {
    /// Reads the certificate, or makes one; nothing where no TLS is wanted.
    pub(crate) fn new(
        encryption: &Encryption,
        acme: Option<&Acme>,
        data_dir: &Path,
        host: &str,
    ) -> Result<Option<Self>, CertificateError> {
        let got = acme.map_or(Ok(None), |acme| acme::kept(data_dir, acme))?;
        let identity = match encryption {
            Encryption::Off | Encryption::Files { .. } if acme.is_some() => {
                return Err(CertificateError::Two);
            }
            Encryption::Off => return Ok(None),
            Encryption::Auto => got.map_or_else(|| own::identity(data_dir, host), Ok)?,
            Encryption::Files { certificates, key } => files::read(certificates, key)?,
        };
        let now = RwLock::new(Now::new(identity)?);
        Ok(Some(Self { encryption: encryption.clone(), now, challenge: Mutex::default() }))
    }

    /// Reads the files again. Connections that are there stay; if the files are wrong, so does what was there.
    pub(crate) fn reload(&self) -> Result<(), CertificateError> {
        match &self.encryption {
            Encryption::Files { certificates, key } => self.becomes(files::read(certificates, key)?),
            Encryption::Off | Encryption::Auto => Ok(()),
        }
    }

    /// New connections are shown this certificate.
    pub(crate) fn becomes(&self, identity: Identity) -> Result<(), CertificateError> {
        let now = Now::new(identity)?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(())
    }

    /// What is shown to an authority that looks whether a name is ours.
    pub(crate) fn challenged(&self, by: Option<(String, Arc<ServerConfig>)>) {
        *self.challenge.lock().unwrap_or_else(PoisonError::into_inner) = by;
    }

    /// By what people can tell that it is this server: SHA-256 of the certificate.
    pub(crate) fn fingerprint(&self) -> String {
        self.now.read().unwrap_or_else(PoisonError::into_inner).fingerprint.clone()
    }

    /// What whoever greets so is answered with.
    pub(crate) fn config_for(&self, hello: &ClientHello<'_>) -> Arc<ServerConfig> {
        let looks = hello.alpn().is_some_and(|mut offered| offered.any(|offer| offer == ACME_PROTOCOL));
        if looks
            && let Some(name) = hello.server_name()
            && let Some((of, config)) = &*self.challenge.lock().unwrap_or_else(PoisonError::into_inner)
            && of.eq_ignore_ascii_case(name)
        {
            return Arc::clone(config);
        }
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner).config)
    }
}

impl Now {
    fn new(identity: Identity) -> Result<Self, CertificateError> {
        let first = identity.chain.first().ok_or(CertificateError::None)?;
        let fingerprint = fingerprint(first);
        let config = Arc::new(config(identity, INSIDE)?);
        Ok(Self { config, fingerprint })
    }
}

/// How connections with this certificate are to be.
fn config(identity: Identity, inside: &[u8]) -> Result<ServerConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let key = provider.key_provider.load_private_key(identity.key.clone_key())?;
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth();
    let mut config = if inside == ACME_PROTOCOL {
        // Its extension is critical, so that nobody takes it for a certificate; the library would not either.
        let shown = SingleCertAndKey::from(CertifiedKey::new(identity.chain, key));
        builder.with_cert_resolver(Arc::new(shown))
    } else {
        builder.with_single_cert(identity.chain, identity.key)?
    };
    config.alpn_protocols = vec![inside.to_vec()];
    Ok(config)
}

/// As `openssl x509 -fingerprint -sha256` writes it.
pub(crate) fn fingerprint(certificate: &[u8]) -> String {
    let pairs: Vec<String> = Sha256::digest(certificate).iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// By what people can tell that it is this server; nothing where it speaks no TLS, or has no certificate yet.
pub(crate) fn fingerprint_of(
    encryption: &Encryption,
    acme: Option<&Acme>,
    data_dir: &Path,
) -> Result<Option<String>, CertificateError> {
    let identity = match encryption {
        Encryption::Off => return Ok(None),
        Encryption::Auto => {
            match acme.map_or_else(|| own::kept(data_dir), |acme| acme::kept(data_dir, acme))? {
                Some(identity) => identity,
                None => return Ok(None),
            }
        }
        Encryption::Files { certificates, key } => files::read(certificates, key)?,
    };
    Ok(identity.chain.first().map(|first| fingerprint(first)))
}
