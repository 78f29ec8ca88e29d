//! Encrypted connections, from outside: what is understood inside, what is refused, and certificates that change.

mod acme;
mod certificates;
mod handshakes;
mod inside;
mod passwords;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// How long an answer may take before a test gives up, in seconds. Nothing waits this long unless it fails.
const PATIENCE_SECONDS: u64 = 30;

/// A client's side of an encrypted connection.
pub(crate) type Encrypted = StreamOwned<ClientConnection, TcpStream>;

/// What a client trusts and offers.
pub(crate) fn trusting(certificate: &Path, inside: &[&[u8]]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = inside.iter().map(|protocol| protocol.to_vec()).collect();
    Arc::new(config)
}

/// The certificate that a server has made itself.
pub(crate) fn own_certificate(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join("tls/own.pem")
}

pub(crate) fn connect(addr: SocketAddr, config: &Arc<ClientConfig>) -> Encrypted {
    connect_as(addr, "localhost", config)
}

/// The same to a server by some name.
pub(crate) fn connect_as(addr: SocketAddr, name: &'static str, config: &Arc<ClientConfig>) -> Encrypted {
    let stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(PATIENCE_SECONDS))).unwrap();
    let name = ServerName::try_from(name).unwrap();
    StreamOwned::new(ClientConnection::new(Arc::clone(config), name).unwrap(), stream)
}

/// Reads until some text has come.
#[track_caller]
pub(crate) fn until(stream: &mut impl Read, wanted: &str) -> String {
    let mut text = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let so_far = String::from_utf8_lossy(&text).into_owned();
        if so_far.contains(wanted) {
            return so_far;
        }
        let read = stream.read(&mut bytes).unwrap_or(0);
        assert!(read > 0, "waited for {wanted:?}, got {so_far:?}");
        text.extend_from_slice(&bytes[..read]);
    }
}

pub(crate) fn say(stream: &mut impl Write, text: &str) {
    stream.write_all(text.as_bytes()).unwrap();
    stream.flush().unwrap();
}
