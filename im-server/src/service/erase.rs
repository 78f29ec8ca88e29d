//! Taking an account out, and all that it has said.

use im_proto::{Password, Refusal, Reply, UserName};

use crate::peer::Peer;

use super::group::left;
use super::{Becomes, Caller, Outcome, Service};

impl Service {
    /// Somebody takes themself out. The password is asked for: a device that was left open must not be enough.
    pub(super) async fn erase(
        &self,
        caller: Caller,
        password: Password,
        peer: Peer,
    ) -> Result<Outcome, Refusal> {
        let (account, _, _right) = self.proven(caller.account.name, password, peer).await?;
        self.erase_account(account.name).await?;
        Ok(Outcome { reply: Reply::Done, session: Becomes::SignedOut })
    }

    /// Takes the account of a name out. What was begun is ended by the next start, if not now.
    pub(crate) async fn erase_account(&self, name: UserName) -> Result<(), Refusal> {
        let (account, _) = self.store.user_by_name(name).await?.ok_or(Refusal::NoSuchUser)?;
        self.store.erase(account.id, self.now(), left).await?;
        Ok(self.erase_words(account.id).await?)
    }
}
