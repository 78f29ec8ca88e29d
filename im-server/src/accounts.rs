//! What whoever runs a server does about its accounts: it is for operators, not for peers.

use im_proto::{Password, Refusal, Secret, UserName};

use crate::Server;
use crate::store::InvitationInfo;

/// Milliseconds of an hour.
const HOUR_MILLISECONDS: u64 = 60 * 60 * 1000;

impl Server {
    /// Makes an account.
    pub async fn add_user(&self, name: UserName, password: Password) -> Result<(), Refusal> {
        self.service.add_account(name, password).await
    }

    /// Gives an account another password; whatever is signed in as it ends. Without `codes`, none are asked for any more.
    pub async fn set_password(&self, name: UserName, password: Password, codes: bool) -> Result<(), Refusal> {
        self.service.set_password(name, password, codes).await
    }

    /// Suspends an account, whose sessions end, or lets it in again.
    pub async fn suspend(&self, name: UserName, on: bool) -> Result<(), Refusal> {
        self.service.suspend(name, on).await
    }

    /// Makes an invitation for so many accounts within so many hours. Its code is told this once.
    pub async fn invite(&self, uses: u32, hours: u64) -> Result<(InvitationInfo, Secret), Refusal> {
        let expires = self.service.in_milliseconds(hours.saturating_mul(HOUR_MILLISECONDS));
        self.service.invite_somebody(uses, expires).await
    }

    /// The invitations that can be used, oldest first.
    pub async fn invitations(&self) -> Result<Vec<InvitationInfo>, Refusal> {
        self.service.invitations().await
    }

    /// Takes an invitation back. Whether there was one.
    pub async fn revoke_invitation(&self, id: u64) -> Result<bool, Refusal> {
        self.service.revoke_invitation(id).await
    }
}
