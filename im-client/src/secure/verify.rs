//! Whether a certificate is the server's: by the system's roots for public names, by the certificate itself for those who make
//! their own.

use std::sync::{Arc, Mutex, PoisonError};

use im_proto::printable;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier as SystemRoots;
use webpki::EndEntityCert;

use super::{Fingerprint, Identity};

/// What was seen of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// Nothing yet.
    Nothing,
    /// The certificate of its own that is known.
    Own,
    /// A certificate for its name, from somebody whom this system trusts.
    Public {
        /// It was not known that it has one.
        is_new: bool,
    },
    /// A certificate of its own, for the first time.
    New(Fingerprint),
    /// Something that is not to be trusted, and why.
    Refused(String),
}

/// Looks at the certificate of one server, once.
#[derive(Debug)]
pub(super) struct Verifier {
    address: String,
    known: Option<Identity>,
    provider: Arc<CryptoProvider>,
    /// None, where this system has no roots.
    roots: Option<SystemRoots>,
    seen: Mutex<Seen>,
}

impl Verifier {
    pub(super) fn new(address: &str, known: Option<Identity>) -> Self {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let roots = SystemRoots::new(Arc::clone(&provider)).ok();
        Self { address: address.to_owned(), known, provider, roots, seen: Mutex::new(Seen::Nothing) }
    }

    pub(super) fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn look(&self, certificate: &CertificateDer<'_>, public: Result<(), Error>) -> Seen {
        let print = Fingerprint::of(certificate);
        let address = &self.address;
        // The names in a certificate are in it, too.
        let public = public.map_err(|error| printable(&error.to_string()).to_string());
        match (&self.known, public) {
            (Some(Identity::Own(known)), _) if *known == print => Seen::Own,
            (known, Ok(())) => Seen::Public { is_new: *known != Some(Identity::Public) },
            (Some(Identity::Own(known)), Err(_)) => Seen::Refused(format!(
                "THE CERTIFICATE OF {address} HAS CHANGED, somebody may be listening. Known: {known}. \
                 Shown: {print}. If you know that the server has a new one: im-client --addr {address} trust {print}"
            )),
            (Some(Identity::Public), Err(error)) => Seen::Refused(format!(
                "{address} HAD A PUBLIC CERTIFICATE AND NOW SHOWS ANOTHER ONE, somebody may be listening: {error}. Shown: \
                 {print}. If you know that it is the server's: im-client --addr {address} trust {print}"
            )),
            (None, Err(_)) if is_its_own(certificate) => Seen::New(print),
            (None, Err(error)) => Seen::Refused(format!(
                "the certificate of {address} is not to be trusted: {error}. Shown: {print}. \
                 If you know that it is the server's: im-client --addr {address} trust {print}"
            )),
        }
    }
}

/// Whether somebody has made it for themselves.
fn is_its_own(certificate: &CertificateDer<'_>) -> bool {
    EndEntityCert::try_from(certificate).is_ok_and(|parsed| parsed.issuer() == parsed.subject())
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let public = match &self.roots {
            Some(roots) => roots.verify_server_cert(certificate, above, name, ocsp, now).map(|_| ()),
            None => Err(Error::General("this system has no roots".to_owned())),
        };
        let seen = self.look(certificate, public);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen.clone();
        match seen {
            Seen::Refused(why) => Err(Error::General(why)),
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
