//! Argon2id, off the async threads: slow by design, so a few at a time, and only so many waiting.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use im_proto::{Password, Refusal};
use tokio::sync::Semaphore;

/// Hashes at the same time. Each takes 19 MiB (the parameters that OWASP recommends) and a core for some 30 ms.
const HASHES_AT_ONCE: usize = 2;

/// Most sign-ins and sign-ups that wait for their turn.
const PASSWORD_QUEUE_MAX: usize = 256;

/// The only way to a password hash.
pub(super) struct Passwords {
    turn: Semaphore,
    queue: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turn: Semaphore::new(HASHES_AT_ONCE), queue: Semaphore::new(PASSWORD_QUEUE_MAX) }
    }
}

impl Passwords {
    /// A new hash, in PHC form.
    pub(super) async fn hash(&self, password: Password) -> Result<String, Refusal> {
        self.in_turn(move || match Argon2::default().hash_password(password.expose().as_bytes()) {
            Ok(hash) => Ok(hash.to_string()),
            Err(error) => {
                tracing::error!(%error, "a password could not be hashed");
                Err(Refusal::Failed)
            }
        })
        .await
    }

    pub(super) async fn verify(&self, password: Password, hash: String) -> Result<(), Refusal> {
        self.in_turn(move || {
            let hash = PasswordHash::new(&hash).map_err(|error| {
                tracing::error!(%error, "a stored password hash cannot be read");
                Refusal::Failed
            })?;
            Argon2::default()
                .verify_password(password.expose().as_bytes(), &hash)
                .map_err(|_| Refusal::WrongPassword)
        })
        .await
    }

    /// How many wait or are being made, and how many are being made.
    pub(super) fn waiting(&self) -> (usize, usize) {
        let taken = |of: &Semaphore, most: usize| most - of.available_permits();
        (taken(&self.queue, PASSWORD_QUEUE_MAX), taken(&self.turn, HASHES_AT_ONCE))
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let _place = self.queue.try_acquire().map_err(|_| Refusal::Busy)?;
        let _turn = self.turn.acquire().await.map_err(|_| Refusal::Stopping)?;
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(Refusal::Failed))
    }
}
