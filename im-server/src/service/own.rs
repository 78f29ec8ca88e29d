//! What somebody does about their own account: the password, where they are signed in, codes.

use im_proto::{Password, Refusal, Reply, Request, Secret, SignedIn};

use crate::peer::Peer;
use crate::store::SessionInfo;

use super::account::hash_of_code;
use super::{Caller, Service, totp};

/// So many recovery codes are given.
const RECOVERY_CODES: usize = 10;

impl Service {
    /// Whether a request is about one's own account.
    pub(super) fn is_about_oneself(request: &Request) -> bool {
        matches!(
            request,
            Request::ChangePassword { .. }
                | Request::Sessions
                | Request::EndSession { .. }
                | Request::SetUpCodes { .. }
                | Request::ConfirmCodes { .. }
                | Request::EndCodes { .. }
        )
    }

    pub(super) async fn ask_about_oneself(
        &self,
        caller: Caller,
        peer: Peer,
        request: Request,
    ) -> Result<Reply, Refusal> {
        crate::rules::needs_account(caller.account.guest)?;
        match request {
            Request::ChangePassword { old, new } => self.change_password(caller, old, new, peer).await,
            Request::Sessions => self.sessions(caller).await,
            Request::EndSession { id } => {
                self.store.end_session(caller.account.id, id).await?;
                Ok(Reply::Done)
            }
            Request::SetUpCodes { password } => self.set_up_codes(caller, password, peer).await,
            Request::ConfirmCodes { code } => self.confirm_codes(caller, code).await,
            Request::EndCodes { password, code } => self.end_codes(caller, password, code, peer).await,
            _ => Err(Refusal::Unreadable), // nothing else comes here
        }
    }

    async fn change_password(
        &self,
        caller: Caller,
        old: Password,
        new: Password,
        peer: Peer,
    ) -> Result<Reply, Refusal> {
        let (account, was, _right) = self.proven(caller.account.name, old, peer).await?;
        let hash = self.passwords.hash(new, self.salt(), peer.site()).await?;
        self.store.change_password(account.id, was, hash, caller.token).await?;
        Ok(Reply::Done)
    }

    async fn sessions(&self, caller: Caller) -> Result<Reply, Refusal> {
        let connected = self.hub.tokens_of(caller.account.id);
        let (now, mine) = (self.now(), caller.token);
        let shown = |SessionInfo { id, token, device, since, seen, address }| {
            let (online, current) = (connected.contains(&token), mine == Some(token));
            let seen = if online || current { now } else { seen };
            SignedIn { id, device, since, seen, address, online, current }
        };
        let mut sessions: Vec<_> =
            self.store.sessions(caller.account.id).await?.into_iter().map(shown).collect();
        sessions.sort_by_key(|session| std::cmp::Reverse(session.seen));
        Ok(Reply::Sessions { sessions })
    }

    async fn set_up_codes(&self, caller: Caller, password: Password, peer: Peer) -> Result<Reply, Refusal> {
        let (account, hash, _right) = self.proven(caller.account.name, password, peer).await?;
        let secret = (self.sources.random)()[..totp::SECRET_BYTES].to_vec();
        let reply = Reply::CodeSecret {
            secret: written(&totp::written_secret(&secret))?,
            uri: written(&totp::uri(&account.name, &secret))?,
        };
        self.store.set_up_codes(account.id, hash, secret).await?;
        Ok(reply)
    }

    async fn confirm_codes(&self, caller: Caller, code: Secret) -> Result<Reply, Refusal> {
        let given = self.given_code(&caller.account, &code)?;
        let codes = (0..RECOVERY_CODES).map(|_| written(&totp::written_code((self.sources.random)())));
        let codes: Vec<Secret> = codes.collect::<Result<_, _>>()?;
        let hashes = codes.iter().map(hash_of_code).collect();
        self.store.confirm_codes(caller.account.id, given, hashes, self.now()).await?;
        self.guesses.right_code(&caller.account.name);
        Ok(Reply::RecoveryCodes { codes })
    }

    async fn end_codes(
        &self,
        caller: Caller,
        password: Password,
        code: Secret,
        peer: Peer,
    ) -> Result<Reply, Refusal> {
        let (account, hash, _right) = self.proven(caller.account.name, password, peer).await?;
        let given = self.given_code(&account, &code)?;
        self.store.end_codes(account.id, hash, given, self.now()).await?;
        self.guesses.right_code(&account.name);
        Ok(Reply::Done)
    }
}

/// Short enough, and not empty: it is ours.
fn written(raw: &str) -> Result<Secret, Refusal> {
    Secret::parse(raw).map_err(|_| Refusal::Failed)
}
