//! Certificates and keys in files.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::Identity;

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read or written.
    #[error("{}: {error}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{}: {error}", file.display())]
    Pem {
        /// Which.
        file: PathBuf,
        /// Why.
        error: rustls::pki_types::pem::Error,
    },
    /// A file has no certificate in it.
    #[error("there is no certificate")]
    None,
    /// The key is not the certificate's, or cannot be used.
    #[error("the certificate and its key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
    /// Two ways to a certificate are wanted.
    #[error("acme goes with tls = \"auto\" only")]
    Two,
    /// None could be made.
    #[error("a certificate cannot be made: {0}")]
    Unmade(#[from] rcgen::Error),
}

/// Reads a certificate with those above it, and its key.
pub(super) fn read(certificates: &Path, key: &Path) -> Result<Identity, CertificateError> {
    let chain = parse_chain(certificates, &load(certificates)?)?;
    let wrong = |error| CertificateError::Pem { file: key.to_owned(), error };
    let key = PrivateKeyDer::from_pem_slice(&load(key)?).map_err(wrong)?;
    Ok(Identity { chain, key })
}

fn load(file: &Path) -> Result<Vec<u8>, CertificateError> {
    fs::read(file).map_err(|error| CertificateError::File { file: file.to_owned(), error })
}

fn parse_chain(file: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let chain = chain.map_err(|error| CertificateError::Pem { file: file.to_owned(), error })?;
    if chain.is_empty() { Err(CertificateError::None) } else { Ok(chain) }
}

/// Keeps something secret in a file, which is there only when it is whole.
pub(super) fn keep(file: &Path, text: &str) -> Result<(), CertificateError> {
    let failed = |error| CertificateError::File { file: file.to_owned(), error };
    if let Some(folder) = file.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
    }
    let aside = file.with_extension("new");
    let write = || {
        let _ = fs::remove_file(&aside); // what a run left that died
        let mut options = fs::OpenOptions::new();
        let mut new = options.write(true).create_new(true).mode(0o600).open(&aside)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        fs::rename(&aside, file)
    };
    write().map_err(failed)
}
