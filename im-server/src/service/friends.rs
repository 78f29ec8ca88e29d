//! What goTalk's pages ask: people by number, friends, and a mailbox that is fetched and confirmed.

use im_proto::{Refusal, UserId, UserName};

use crate::rules;
use crate::store::Unsynced;

use super::{Account, Service};

impl Service {
    /// The account of a number.
    pub(crate) async fn user_by_number(&self, number: UserId) -> Result<Account, Refusal> {
        self.store.user_by_number(number).await?.ok_or(Refusal::NoSuchUser)
    }

    /// The account of a name.
    pub(crate) async fn user_by_name(&self, name: UserName) -> Result<Account, Refusal> {
        let found = self.store.user_by_name(name).await?;
        found.map(|(account, _)| account).ok_or(Refusal::NoSuchUser)
    }

    /// The name behind a number, to post to.
    pub(crate) async fn name_of(&self, number: UserId) -> Result<UserName, Refusal> {
        Ok(self.user_by_number(number).await?.name)
    }

    /// Puts an account on one's list. The number of the friendship is the same however often it is asked.
    pub(crate) async fn add_friend(&self, me: &Account, friend: UserId) -> Result<u64, Refusal> {
        rules::needs_account(me.guest)?;
        Ok(self.store.add_friend(me.id, friend, self.now(), rules::may_add_friend).await?)
    }

    /// One's list, in the order in which it was made.
    pub(crate) async fn friends(&self, me: &Account) -> Result<Vec<UserId>, Refusal> {
        rules::needs_account(me.guest)?;
        Ok(self.store.friends(me.id).await?)
    }

    /// The oldest direct messages that one has not confirmed, as many as fit a page. They come again until they are
    /// confirmed.
    pub(crate) async fn unsynced(&self, me: &Account) -> Result<Vec<Unsynced>, Refusal> {
        rules::needs_account(me.guest)?;
        Ok(self.store.unsynced(me.id).await?)
    }

    /// All direct messages up to a position have arrived.
    pub(crate) async fn confirm_synced(&self, me: &Account, position: u64) -> Result<(), Refusal> {
        rules::needs_account(me.guest)?;
        Ok(self.store.confirm_synced(me.id, position).await?)
    }
}
