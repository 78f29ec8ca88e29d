//! What only whoever runs the server asks for: lists, and the last word about accounts, rooms and tokens.

use im_proto::{Password, Refusal, RoomName, Sanction, UserName};

use crate::metrics::Commits;
use crate::peer::Peer;
use crate::policy::Policies;
use crate::store::{Listed, ListedMember, ListedRoom, ListedToken, ListedUser};

use super::{Account, Service};

impl Service {
    pub(crate) async fn list_users(&self, after: u64) -> Result<Listed<ListedUser>, Refusal> {
        Ok(self.store.list_users(after).await?)
    }

    pub(crate) async fn list_rooms(&self, after: u64) -> Result<Listed<ListedRoom>, Refusal> {
        Ok(self.store.list_rooms(after).await?)
    }

    pub(crate) async fn list_members(
        &self,
        room: RoomName,
        after: u64,
    ) -> Result<(ListedRoom, Listed<ListedMember>), Refusal> {
        Ok(self.store.list_members(room, after).await?)
    }

    pub(crate) async fn list_tokens(
        &self,
        name: UserName,
        after: u64,
    ) -> Result<Listed<ListedToken>, Refusal> {
        let user = self.account_called(name).await?;
        Ok(self.store.list_tokens(user.id, after).await?)
    }

    /// The addresses that are kept out of the server.
    pub(crate) async fn address_bans(&self) -> Result<Vec<Sanction>, Refusal> {
        Ok(self.store.address_bans(self.now()).await?)
    }

    /// Whether somebody is connected.
    pub(crate) fn is_online(&self, name: &UserName) -> bool {
        self.hub.is_online(name)
    }

    /// Makes an account for somebody else. A guest who has the name keeps it.
    pub(crate) async fn add_account(&self, name: UserName, password: Password) -> Result<(), Refusal> {
        if name.is_for_guests() {
            return Err(Refusal::NameReserved);
        }
        let _claim = self.hub.claims.claim(&name).ok_or(Refusal::NameTaken)?;
        let hash = self.passwords.hash(password, self.salt(), Peer::HERE.site()).await?;
        self.store.create_user(name, hash, None, None, self.now()).await?;
        Ok(())
    }

    /// Takes any sign-in of a user back. The sessions that came with it end.
    pub(crate) async fn revoke_any_token(&self, name: UserName, id: u64) -> Result<(), Refusal> {
        let user = self.account_called(name).await?;
        Ok(self.store.revoke_any_token(user.id, id).await?)
    }

    /// Ends a room or group. The room that everybody starts in is not ended.
    pub(crate) async fn dissolve(&self, room: RoomName) -> Result<(), Refusal> {
        if room == RoomName::lobby() {
            return Err(Refusal::NotAllowed);
        }
        Ok(self.store.dissolve(room, self.now()).await?)
    }

    /// What may change.
    pub(crate) fn policies(&self) -> &Policies {
        &self.policies
    }

    /// What the writer counts.
    pub(crate) fn commits(&self) -> &Commits {
        &self.store.commits
    }

    /// How many writes wait for the writer.
    pub(crate) fn writes_waiting(&self) -> usize {
        self.store.writes_waiting()
    }

    /// How many sign-ins and sign-ups wait for a hash or have one made, and how many have one made.
    pub(crate) fn passwords_waiting(&self) -> (usize, usize) {
        self.passwords.waiting()
    }

    /// Whether the writer has done something that writes nothing. It takes as long as a write takes.
    pub(crate) async fn writer_answers(&self) -> bool {
        self.store.writer_answers().await
    }

    async fn account_called(&self, name: UserName) -> Result<Account, Refusal> {
        let (account, _) = self.store.user_by_name(name).await?.ok_or(Refusal::NoSuchUser)?;
        Ok(account)
    }
}
