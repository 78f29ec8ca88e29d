//! TLS, for those who come in by it: the certificate that a server made itself is trusted, and no other.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

/// What one side of a conversation reads and writes.
pub(super) trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

/// How clients come in.
pub(super) struct Tls(Arc<ClientConfig>);

impl Tls {
    /// To the server that keeps its data in this folder.
    pub(super) fn trusting(data: &Path) -> anyhow::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(data.join("tls/own.pem"))?)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// What one begins with: made before one connects, so that the server need not wait for it.
    pub(super) fn begin(&self) -> anyhow::Result<ClientConnection> {
        Ok(ClientConnection::new(Arc::clone(&self.0), ServerName::try_from("localhost")?)?)
    }
}
