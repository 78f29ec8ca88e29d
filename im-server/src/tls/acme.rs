//! Certificates from an ACME authority (RFC 8555), which looks whether the name is ours by TLS itself (RFC 8737): got, kept, and
//! got again in good time. Nothing waits for it: until there is one, the server shows its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};

use super::files::{CertificateError, keep, read};
use super::{ACME_PROTOCOL, Identity, Tls, config, validity};
use crate::config::Acme;
use crate::machine::Machine;

/// All that there is to do for a certificate is done within so many seconds.
const ORDER_SECONDS_MAX: u64 = 300;

/// After a failure it is tried again in so many seconds, then in twice as many, up to half a day: authorities count failures.
const RETRY_SECONDS_MIN: u64 = 60;
const RETRY_SECONDS_MAX: u64 = 12 * 60 * 60;

/// So often it is looked whether it is time, in seconds: clocks are set, and machines sleep.
const LOOK_SECONDS: u64 = 60 * 60;

/// A certificate is got anew when so much of its time is over.
const RENEWED_AFTER: (u64, u64) = (2, 3);

/// Why no certificate was got.
#[derive(Debug, thiserror::Error)]
enum AcmeError {
    #[error(transparent)]
    Acme(#[from] instant_acme::Error),
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    #[error("what is kept of the account cannot be read: {0}")]
    Account(#[from] serde_json::Error),
    #[error("the authority does not look by TLS (tls-alpn-01)")]
    NoChallenge,
    #[error(
        "the authority did not find the name to be ours ({0:?}): it must lead here, and port 443 be ours"
    )]
    NotOurs(OrderStatus),
    #[error("it took more than {ORDER_SECONDS_MAX} s")]
    Late,
}

/// What is kept of an account.
#[derive(Serialize, Deserialize)]
struct KeptAccount {
    directory: String,
    credentials: AccountCredentials,
}

/// The key and the certificate of a name, in one file.
fn file(data_dir: &Path, name: &str) -> PathBuf {
    data_dir.join("tls").join("acme").join(format!("{name}.pem"))
}

/// The one that was got before.
pub(super) fn kept(data_dir: &Path, acme: &Acme) -> Result<Option<Identity>, CertificateError> {
    let file = file(data_dir, acme.name.as_str());
    if file.exists() { read(&file, &file).map(Some) } else { Ok(None) }
}

/// Sees to it, for ever, that there is a certificate with time left.
pub(crate) async fn run(tls: &Tls, acme: &Acme, data_dir: &Path, machine: Machine) {
    let mut failures = 0;
    loop {
        if is_due(data_dir, acme, machine) {
            let ordered =
                timeout(Duration::from_secs(ORDER_SECONDS_MAX), Box::pin(order(tls, acme, data_dir)));
            let ordered = ordered.await.unwrap_or(Err(AcmeError::Late));
            tls.challenged(None);
            match ordered {
                Ok(()) => {
                    tracing::info!(name = %acme.name, fingerprint = tls.fingerprint(), "a new certificate");
                    failures = 0;
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(name = %acme.name, failures, %error, "no new certificate");
                }
            }
        }
        sleep(pause(failures, (machine.random)()[0])).await;
    }
}

/// How long to wait after so many failures; not all servers of the world come back at the same moment.
fn pause(failures: u32, dice: u8) -> Duration {
    if failures == 0 {
        return Duration::from_secs(LOOK_SECONDS);
    }
    let whole = (RETRY_SECONDS_MIN << failures.saturating_sub(1).min(16)).min(RETRY_SECONDS_MAX);
    Duration::from_secs(whole / 2 + whole * u64::from(dice) / 512)
}

/// There is none, or none that could be read, or most of its time is over.
fn is_due(data_dir: &Path, acme: &Acme, machine: Machine) -> bool {
    let kept = kept(data_dir, acme).ok().flatten();
    let Some((from, until)) = kept.and_then(|kept| validity::of(kept.chain.first()?)) else { return true };
    let (over, of) = RENEWED_AFTER;
    (machine.now)().0 / 1000 >= from + until.saturating_sub(from) / of * over
}

async fn order(tls: &Tls, acme: &Acme, data_dir: &Path) -> Result<(), AcmeError> {
    let account = account(acme, data_dir).await?;
    let names = [Identifier::Dns(acme.name.clone())];
    let mut order = account.new_order(&NewOrder::new(&names)).await?;
    prove(tls, acme, &mut order).await?;
    let key = KeyPair::generate().map_err(CertificateError::from)?;
    let mut wanted = CertificateParams::new(vec![acme.name.clone()]).map_err(CertificateError::from)?;
    wanted.distinguished_name = DistinguishedName::new();
    let wanted = wanted.serialize_request(&key).map_err(CertificateError::from)?;
    order.finalize_csr(wanted.der()).await?;
    let chain = order.poll_certificate(&RetryPolicy::default()).await?;
    let file = file(data_dir, &acme.name);
    keep(&file, &(key.serialize_pem() + &chain))?;
    Ok(tls.becomes(read(&file, &file)?)?)
}

/// Shows the authority that the name is ours.
async fn prove(tls: &Tls, acme: &Acme, order: &mut Order) -> Result<(), AcmeError> {
    let mut all = order.authorizations();
    while let Some(one) = all.next().await {
        let mut one = one?;
        if one.status == AuthorizationStatus::Valid {
            continue; // it has seen it lately
        }
        let mut challenge = one.challenge(ChallengeType::TlsAlpn01).ok_or(AcmeError::NoChallenge)?;
        let shown = shown(&acme.name, challenge.key_authorization().digest().as_ref())?;
        tls.challenged(Some((acme.name.clone(), Arc::new(shown))));
        challenge.set_ready().await?;
    }
    match order.poll_ready(&RetryPolicy::default()).await? {
        OrderStatus::Ready => Ok(()),
        status => Err(AcmeError::NotOurs(status)),
    }
}

/// What is shown to whoever looks: a certificate that nobody else could have made for this question.
fn shown(name: &str, digest: &[u8]) -> Result<rustls::ServerConfig, CertificateError> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(vec![name.to_owned()])?;
    params.custom_extensions.push(CustomExtension::new_acme_identifier(digest));
    let certificate = params.self_signed(&key)?;
    let wrong = |error| CertificateError::Pem { file: "the challenge".into(), error };
    let key = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).map_err(wrong)?;
    Ok(config(Identity { chain: vec![certificate.der().clone()], key }, ACME_PROTOCOL)?)
}

/// The account that was made before at this authority, or a new one.
async fn account(acme: &Acme, data_dir: &Path) -> Result<Account, AcmeError> {
    let builder = || match &acme.root {
        Some(root) => Account::builder_with_root(root),
        None => Account::builder(),
    };
    let file = data_dir.join("tls").join("acme").join("account.json");
    if let Ok(text) = std::fs::read_to_string(&file) {
        let kept: KeptAccount = serde_json::from_str(&text)?;
        if kept.directory == acme.directory {
            return Ok(builder()?.from_credentials(kept.credentials).await?);
        }
    }
    let wanted = NewAccount { contact: &[], terms_of_service_agreed: true, only_return_existing: false };
    let (account, credentials) = builder()?.create(&wanted, acme.directory.clone(), None).await?;
    let kept = KeptAccount { directory: acme.directory.clone(), credentials };
    keep(&file, &serde_json::to_string(&kept)?)?;
    Ok(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_followed_by_longer_and_longer_waits() {
        let longest = |failures| pause(failures, 255).as_secs();
        assert!((1..=10).all(|failures| pause(failures, 0) < pause(failures, 255)));
        assert!((1..10).all(|failures| longest(failures) < longest(failures + 1)));
        assert!(longest(1) <= RETRY_SECONDS_MIN && longest(60) <= RETRY_SECONDS_MAX);
        assert!(pause(60, 0).as_secs() >= RETRY_SECONDS_MAX / 2);
    }
}
