//! Taking an account out, and all that it has said.

use im_proto::{Password, Refusal, Reply, UserName};

use crate::peer::Peer;

use super::group::left;
use super::{Account, Becomes, Caller, Outcome, Service};

impl Service {
    /// Somebody takes themself out. The password is asked for: a device that was left open must not be enough.
    pub(super) async fn erase(
        &self,
        caller: Caller,
        password: Password,
        peer: Peer,
    ) -> Result<Outcome, Refusal> {
        let (account, _, _right) = self.proven(caller.account.name, password, peer).await?;
        self.erase_of(&account, false).await?;
        Ok(Outcome { reply: Reply::Done, session: Becomes::SignedOut })
    }

    /// An operator takes the account of a name out. What was begun is ended by the next start, if not now.
    pub(crate) async fn erase_account(&self, name: UserName) -> Result<(), Refusal> {
        let account = self.user_by_name(name).await?;
        self.erase_of(&account, true).await
    }

    async fn erase_of(&self, account: &Account, by_operator: bool) -> Result<(), Refusal> {
        self.store.erase(account.id, by_operator, self.now(), left).await?;
        Ok(self.erase_words(account.id).await?)
    }
}
