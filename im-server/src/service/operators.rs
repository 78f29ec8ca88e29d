//! What operators do about accounts. Who may ask for it is decided where it is asked.

use im_proto::{Password, Refusal, Secret, Timestamp, UserName};

use crate::peer::Peer;
use crate::rules;
use crate::store::InvitationInfo;

use super::account::hash_of_code;
use super::{Service, totp};

impl Service {
    /// Gives an account another password. Whatever is signed in as it ends, and no codes are asked for any more where `codes` is
    /// false.
    pub(crate) async fn set_password(
        &self,
        name: UserName,
        password: Password,
        codes: bool,
    ) -> Result<(), Refusal> {
        let user = self.user_by_name(name).await?.id;
        let hash = self.passwords.hash(password, self.salt(), Peer::HERE.site()).await?;
        self.store.set_password(user, None, hash, None).await?;
        if !codes {
            self.store.drop_codes(user).await?;
        }
        Ok(())
    }

    /// Suspends an account, and ends its sessions, or lets it in again.
    pub(crate) async fn suspend(&self, name: UserName, on: bool) -> Result<(), Refusal> {
        let user = self.user_by_name(name).await?.id;
        Ok(self.store.suspend(user, on.then(|| self.now())).await?)
    }

    /// The moment in so many milliseconds.
    pub(crate) fn in_milliseconds(&self, milliseconds: u64) -> Timestamp {
        Timestamp(self.now().0.saturating_add(milliseconds))
    }

    /// Makes an invitation. Its code is told this once.
    pub(crate) async fn invite_somebody(
        &self,
        uses: u32,
        expires: Timestamp,
    ) -> Result<(InvitationInfo, Secret), Refusal> {
        let code =
            Secret::parse(&totp::written_code((self.sources.random)())).map_err(|_| Refusal::Failed)?;
        let may = rules::may_invite_somebody;
        let made = self.store.invite(hash_of_code(&code), uses, expires, self.now(), may).await?;
        Ok((made, code))
    }

    /// The invitations that can be used, oldest first.
    pub(crate) async fn invitations(&self) -> Result<Vec<InvitationInfo>, Refusal> {
        Ok(self.store.invitations(self.now()).await?)
    }

    /// Takes an invitation back. Whether there was one.
    pub(crate) async fn revoke_invitation(&self, id: u64) -> Result<bool, Refusal> {
        Ok(self.store.revoke_invitation(id).await?)
    }
}
