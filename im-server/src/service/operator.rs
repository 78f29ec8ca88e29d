//! What only whoever runs the server asks for: lists, and the last word about accounts, rooms and tokens.

use im_proto::{AUDIT_MAX, Audited, Password, Refusal, RoomName, Sanction, Secret, Timestamp, UserName};

use crate::metrics::Commits;
use crate::peer::Peer;
use crate::policy::Policies;
use crate::rules;
use crate::store::{Admission, InvitationInfo, Listed, ListedMember, ListedRoom, ListedToken, ListedUser};

use super::account::hash_of_code;
use super::{Service, totp};

/// Milliseconds of a day.
const DAY_MILLISECONDS: u64 = 24 * 60 * 60 * 1000;

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
        let user = self.user_by_name(name).await?;
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
        self.store.create_user(name, hash, None, Admission::Operator, self.now()).await?;
        Ok(())
    }

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
        Ok(self.store.set_password(user, hash, codes, self.now()).await?)
    }

    /// Suspends an account, and ends its sessions, or lets it in again.
    pub(crate) async fn suspend(&self, name: UserName, on: bool) -> Result<(), Refusal> {
        let user = self.user_by_name(name).await?.id;
        Ok(self.store.suspend(user, on, self.now()).await?)
    }

    /// Makes an invitation for so many accounts within so many days. Its code is told this once.
    pub(crate) async fn make_invitation(
        &self,
        uses: u32,
        days: u16,
    ) -> Result<(InvitationInfo, Secret), Refusal> {
        let expires = Timestamp(self.now().0.saturating_add(u64::from(days) * DAY_MILLISECONDS));
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

    /// Takes an invitation back.
    pub(crate) async fn revoke_invitation(&self, id: u64) -> Result<(), Refusal> {
        Ok(self.store.revoke_invitation(id, self.now()).await?)
    }

    /// Makes an account an operator of the server, or one like any other.
    pub(crate) async fn set_operator(&self, name: UserName, on: bool) -> Result<(), Refusal> {
        Ok(self.store.set_operator(name, on, self.now()).await?)
    }

    /// The audit log before a row, newest first.
    pub(crate) async fn audit_log(&self, before: Option<u64>) -> Result<(Vec<Audited>, bool), Refusal> {
        Ok(self.store.audit(before, AUDIT_MAX).await?)
    }

    /// Takes any sign-in of a user back. The sessions that came with it end.
    pub(crate) async fn revoke_any_token(&self, name: UserName, id: u64) -> Result<(), Refusal> {
        let user = self.user_by_name(name).await?;
        Ok(self.store.revoke_any_token(user.id, id, self.now()).await?)
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

    /// Bytes that wait in memory for peers who do not take them, or have not sent the rest of them.
    pub(crate) fn bytes_waiting(&self) -> usize {
        self.hub.waiting.bytes()
    }

    /// Whether the writer has done something that writes nothing. It takes as long as a write takes.
    pub(crate) async fn writer_answers(&self) -> bool {
        self.store.writer_answers().await
    }
}
