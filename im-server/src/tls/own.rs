//! The certificate that the server makes itself, on first use, and keeps: whoever comes again knows it by its fingerprint.

use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, DnType, KeyPair};

use super::files::{CertificateError, keep, read};
use super::Identity;

/// Where it is, in the data folder: the key, and behind it the certificate.
fn file(data_dir: &Path) -> PathBuf {
    data_dir.join("tls").join("own.pem")
}

/// The one that was made before, or a new one.
pub(super) fn identity(data_dir: &Path, host: &str) -> Result<Identity, CertificateError> {
    if let Some(identity) = kept(data_dir)? {
        return Ok(identity);
    }
    keep(&file(data_dir), &make(host)?)?;
    let file = file(data_dir);
    read(&file, &file)
}

/// The one that was made before.
pub(super) fn kept(data_dir: &Path) -> Result<Option<Identity>, CertificateError> {
    let file = file(data_dir);
    if file.exists() { read(&file, &file).map(Some) } else { Ok(None) }
}

/// A key and a certificate that it signs itself. It never ends: what counts is that it is the same.
fn make(host: &str) -> Result<String, rcgen::Error> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !host.is_empty() && !names.iter().any(|name| name == host) && host.is_ascii() {
        names.push(host.to_owned());
    }
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "im-server");
    let certificate = params.self_signed(&key)?;
    Ok(key.serialize_pem() + &certificate.pem())
}
