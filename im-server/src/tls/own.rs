//! The certificate that the server makes itself, on first use, and keeps: whoever comes again knows it by its fingerprint.

use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, DnType, KeyPair};

use super::Identity;
use super::files::{CertificateError, keep, read};

/// Where the certificate is, and its key.
fn files(data_dir: &Path) -> (PathBuf, PathBuf) {
    let folder = data_dir.join("tls");
    (folder.join("own.pem"), folder.join("own.key"))
}

/// The one that was made before, or a new one.
pub(super) fn identity(data_dir: &Path, host: &str) -> Result<Identity, CertificateError> {
    if let Some(identity) = kept(data_dir)? {
        return Ok(identity);
    }
    let (certificate, key) = files(data_dir);
    let made = make(host)?;
    // The certificate last: where there is one, it has its key.
    keep(&key, &made.1)?;
    keep(&certificate, &made.0)?;
    read(&certificate, &key)
}

/// The one that was made before.
pub(super) fn kept(data_dir: &Path) -> Result<Option<Identity>, CertificateError> {
    let (certificate, key) = files(data_dir);
    if certificate.exists() { read(&certificate, &key).map(Some) } else { Ok(None) }
}

/// A certificate, and the key that has signed it. It never ends: what counts is that it is the same.
fn make(host: &str) -> Result<(String, String), rcgen::Error> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !host.is_empty() && !names.iter().any(|name| name == host) && host.is_ascii() {
        names.push(host.to_owned());
    }
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "im-server");
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}
