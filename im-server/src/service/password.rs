//! Argon2id, off the async threads: slow by design, so a few at a time, in memory that is used again, and only so many
//! waiting, who take turns by address.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use im_proto::{Password, Refusal};

use super::turns::Turns;

/// Hashes at the same time. Each takes 19 MiB (the parameters that OWASP recommends) and a core for some 30 ms.
const HASHES_AT_ONCE: usize = 2;

/// Most sign-ins and sign-ups that wait for their turn.
const PASSWORD_QUEUE_MAX: usize = 256;

/// Memory for one hash.
type Blocks = Vec<Block>;

/// The only way to a password hash.
#[derive(Clone)]
pub(super) struct Passwords {
    turns: Arc<Turns>,
    /// What hashes were made in, and others can be; given back when nobody waits any more.
    spare: Arc<Mutex<Vec<Blocks>>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Turns::new(HASHES_AT_ONCE, PASSWORD_QUEUE_MAX), spare: Arc::default() }
    }
}

impl Passwords {
    /// A new hash, in PHC form. `salt` is random.
    pub(super) async fn hash(
        &self,
        password: Password,
        salt: [u8; Salt::RECOMMENDED_LENGTH],
        site: IpAddr,
    ) -> Result<String, Refusal> {
        self.in_turn(site, move |blocks| made(&password, &salt, blocks)).await
    }

    /// Whether it is the password of this hash. Without a hash it is not, after as much work.
    pub(super) async fn verify(
        &self,
        password: Password,
        hash: Option<String>,
        site: IpAddr,
    ) -> Result<(), Refusal> {
        self.in_turn(site, move |blocks| verified(&password, hash.as_deref(), blocks)).await
    }

    /// How many wait or are being made, and how many are being made.
    pub(super) fn waiting(&self) -> (usize, usize) {
        let (waiting, free) = self.turns.waiting();
        let made = HASHES_AT_ONCE - free;
        (waiting + made, made)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        site: IpAddr,
        work: impl FnOnce(&mut Blocks) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = self.turns.take(site).await?;
        let all = self.clone();
        let work = move || {
            let mut blocks = all.spare().pop().unwrap_or_default();
            let done = work(&mut blocks);
            if all.turns.is_quiet() {
                all.spare().clear();
            } else {
                all.spare().push(blocks);
            }
            drop(turn); // not before the work is done: whoever asked may have gone
            done
        };
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(Refusal::Failed))
    }

    fn spare(&self) -> std::sync::MutexGuard<'_, Vec<Blocks>> {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn made(password: &Password, salt: &[u8], blocks: &mut Blocks) -> Result<String, Refusal> {
    let (params, salt) = (Params::default(), Salt::new(salt).map_err(failed)?);
    let output = computed(password, &salt, params.clone(), Params::DEFAULT_OUTPUT_LEN, blocks)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: (&params).try_into().map_err(failed)?,
        salt: Some(salt),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

fn verified(password: &Password, hash: Option<&str>, blocks: &mut Blocks) -> Result<(), Refusal> {
    let Some(hash) = hash else {
        // Nobody has this name: to find that out takes as long as to find out that a password is wrong.
        let salt = Salt::new(b"of nobody at all").map_err(failed)?;
        computed(password, &salt, Params::default(), Params::DEFAULT_OUTPUT_LEN, blocks)?;
        return Err(Refusal::WrongPassword);
    };
    let wanted = PasswordHash::new(hash).map_err(failed)?;
    let (Some(salt), Some(output)) = (wanted.salt, wanted.hash) else {
        return Err(failed("it has no salt, or no hash"));
    };
    let params = Params::try_from(&wanted).map_err(failed)?;
    let same = computed(password, &salt, params, output.len(), blocks)? == output; // in constant time
    if same { Ok(()) } else { Err(Refusal::WrongPassword) }
}

fn computed(
    password: &Password,
    salt: &Salt,
    params: Params,
    length: usize,
    blocks: &mut Blocks,
) -> Result<Output, Refusal> {
    blocks.resize(params.block_count(), Block::new());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut out = vec![0; length];
    let password = password.expose().as_bytes();
    argon2.hash_password_into_with_memory(password, salt, &mut out, blocks).map_err(failed)?;
    Output::new(&out).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a password could not be hashed, or its hash cannot be read");
    Refusal::Failed
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    const SITE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_hashed_is_known_again_in_the_same_memory() {
        let passwords = Passwords::default();
        let password = |word: &str| Password::parse(word).unwrap();
        let hash = passwords.hash(password("secret"), [7; 16], SITE).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verify = async |word: &str, hash: Option<&str>| {
            passwords.verify(password(word), hash.map(str::to_owned), SITE).await
        };
        assert_eq!(verify("secret", Some(&hash)).await, Ok(()));
        assert_eq!(verify("Secret", Some(&hash)).await, Err(Refusal::WrongPassword));
        assert_eq!(verify("secret", None).await, Err(Refusal::WrongPassword));
        assert_eq!(verify("secret", Some("hash")).await, Err(Refusal::Failed));
        // As the library itself makes it, and in memory of another hash.
        let theirs = "$argon2id$v=19$m=16,t=2,p=1$c29tZXNhbHQ$J1sVeSGXkSV3y1ZIUZdOUQ";
        let blocks = &mut vec![Block::new(); 30_000];
        assert_eq!(verified(&password("other"), Some(theirs), blocks), Err(Refusal::WrongPassword));
        assert_eq!(verified(&password("secret"), Some(&hash), blocks), Ok(()));
        assert!(passwords.spare().is_empty(), "nobody waits");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn there_is_memory_for_so_many_hashes_and_no_more_also_when_those_who_asked_have_gone() {
        let passwords = Passwords::default();
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (begun, begins) = mpsc::channel();
        let mut gates = Vec::new();
        let asked: Vec<_> = (0..10)
            .map(|_| {
                let (open, gate) = mpsc::channel::<()>();
                gates.push(open);
                let (passwords, running, most) = (passwords.clone(), Arc::clone(&running), Arc::clone(&most));
                let begun = begun.clone();
                tokio::spawn(async move {
                    let work = move |blocks: &mut Blocks| {
                        blocks.resize(1, Block::new());
                        most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        begun.send(()).unwrap();
                        let _ = gate.recv(); // until it is opened, or thrown away
                        running.fetch_sub(1, Ordering::SeqCst);
                        Ok(())
                    };
                    passwords.in_turn(SITE, work).await
                })
            })
            .collect();
        (0..HASHES_AT_ONCE).for_each(|_| begins.recv().unwrap());
        asked.iter().take(5).for_each(tokio::task::JoinHandle::abort);
        tokio::task::yield_now().await;
        assert_eq!(running.load(Ordering::SeqCst), HASHES_AT_ONCE);
        drop(gates);
        for one in asked {
            let _ = one.await; // or it was aborted
        }
        assert_eq!(most.load(Ordering::SeqCst), HASHES_AT_ONCE);
        while running.load(Ordering::SeqCst) > 0 || !passwords.spare().is_empty() {
            tokio::task::yield_now().await;
        }
    }
}
