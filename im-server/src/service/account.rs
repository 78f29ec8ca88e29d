//! Signing up, in and out.

use im_proto::{Password, Refusal, Reply, Token, UserName};
use sha2::{Digest, Sha256};

use crate::peer::Peer;
use crate::store::TokenHash;

use super::{Account, Becomes, Caller, Device, Origin, Outcome, Service};

impl Service {
    /// Whether somebody there may give a password: nobody on the way can read it, or the policy is that it may be read.
    pub(crate) fn takes_password_of(&self, peer: Peer) -> bool {
        peer.encrypted || peer.address.is_loopback() || self.policies.now().passwords_in_plaintext
    }

    pub(super) async fn check_name(&self, name: UserName) -> Result<Reply, Refusal> {
        let taken = self.store.user_by_name(name).await?.is_some();
        Ok(Reply::Name { taken })
    }

    pub(super) async fn sign_up(
        &self,
        caller: Option<Caller>,
        name: UserName,
        password: Password,
        origin: Origin,
    ) -> Result<Outcome, Refusal> {
        refuse_signed_in(caller.as_ref())?;
        if name.is_for_guests() {
            return Err(Refusal::NameReserved);
        }
        // Before the costly hash; what counts is asked again in the transaction.
        if self.store.user_by_name(name.clone()).await?.is_some() {
            return Err(Refusal::NameTaken);
        }
        self.may_be_called(&name).await?;
        // A guest who has the name, or one like it, keeps it; unless it is they who sign up.
        let own = caller.is_some_and(|caller| caller.account.name == name);
        let _claim = match self.hub.claims.claim(&name) {
            None if !own => return Err(Refusal::NameTaken),
            claim => claim,
        };
        let hash = self.passwords.hash(password).await?;
        let token = self.token_for(origin.device);
        let account = self.store.create_user(name, hash, token.as_ref().map(hash_of), self.now()).await?;
        Ok(signed_in(account, token))
    }

    /// Whether somebody new may have this name. Where it is not one for new people, and looks like somebody's, it says so.
    pub(super) async fn may_be_called(&self, name: &UserName) -> Result<(), Refusal> {
        match self.policies.now().naming.user(name) {
            Err(_) if self.store.is_look_taken(name.look()).await? => Err(Refusal::LookAlike),
            may_be => may_be,
        }
    }

    pub(super) async fn sign_in(
        &self,
        caller: Option<Caller>,
        name: UserName,
        password: Password,
        origin: Origin,
    ) -> Result<Outcome, Refusal> {
        refuse_signed_in(caller.as_ref())?;
        let (account, hash) = self.store.user_by_name(name).await?.ok_or(Refusal::NoSuchUser)?;
        self.passwords.verify(password, hash).await?;
        let token = self.token_for(origin.device);
        if let Some(token) = &token {
            self.store.add_token(account.id, hash_of(token), self.now()).await?;
            let most = self.policies.now().limits.devices_per_user_max;
            self.store.forget_devices(account.id, most, self.hub.tokens_of(account.id))?;
        }
        Ok(signed_in(account, token))
    }

    pub(super) async fn resume(&self, caller: Option<Caller>, token: Token) -> Result<Outcome, Refusal> {
        refuse_signed_in(caller.as_ref())?;
        Ok(self.caller_by_token(&token).await?.welcomed(None, Becomes::SignedIn))
    }

    pub(super) async fn sign_out(&self, caller: Caller) -> Result<Outcome, Refusal> {
        if let Some(token) = caller.token {
            self.store.drop_token(token).await?;
        }
        Ok(Outcome { reply: Reply::Done, session: Becomes::SignedOut })
    }

    fn token_for(&self, device: Device) -> Option<Token> {
        (device == Device::KeepsToken).then(|| self.new_token())
    }
}

/// Guests may sign up and in.
fn refuse_signed_in(caller: Option<&Caller>) -> Result<(), Refusal> {
    if caller.is_some_and(|caller| !caller.account.guest) { Err(Refusal::SignedIn) } else { Ok(()) }
}

/// Somebody who gave a password, on a device that may keep a token.
fn signed_in(account: Account, token: Option<Token>) -> Outcome {
    Caller { account, _claim: None, token: token.as_ref().map(hash_of) }.welcomed(token, Becomes::SignedIn)
}

/// What is kept of a token: 256 random bits need no slow hash.
pub(super) fn hash_of(token: &Token) -> TokenHash {
    Sha256::digest(token.expose()).into()
}
