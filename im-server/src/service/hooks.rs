//! Webhooks: whoever has the token of one posts by it, as the user who made it, into one conversation.

use im_proto::{Address, MessageId, Refusal, Reply, Text, Token};

use crate::peer::Peer;
use crate::rules;
use crate::store::{HookInfo, Label, Posted};

use super::account::hash_of;
use super::{Account, Service};

impl Service {
    /// Makes a webhook into a conversation in which one may post. Its token is told this once.
    pub(crate) async fn make_hook(
        &self,
        me: &Account,
        conversation: Address,
        label: Label,
    ) -> Result<(HookInfo, Token), Refusal> {
        rules::needs_account(me.guest)?;
        let token = self.new_token();
        let (me, hash, now) = (me.clone(), hash_of(&token), self.now());
        let made = self.store.make_hook(me, conversation, hash, label, now, rules::may_make_hook).await?;
        Ok((made, token))
    }

    /// One's webhooks, oldest first, also those that may not post at present.
    pub(crate) async fn hooks(&self, me: &Account) -> Result<Vec<HookInfo>, Refusal> {
        rules::needs_account(me.guest)?;
        Ok(self.store.hooks(me.id).await?)
    }

    pub(crate) async fn drop_hook(&self, me: &Account, id: u64) -> Result<(), Refusal> {
        rules::needs_account(me.guest)?;
        Ok(self.store.drop_hook(me.id, id).await?)
    }

    /// Posts by a webhook, if who made it may post there now.
    pub(crate) async fn post_by_hook(
        &self,
        peer: Peer,
        hook: &Token,
        message: MessageId,
        text: Text,
    ) -> Result<Reply, Refusal> {
        let (posted, other) = self
            .store
            .post_by_hook(hash_of(hook), self.said(message, text, None, self.pace_of_hooks(peer)))
            .await?;
        let kept = other.is_some_and(|other| !self.hub.is_online(&other));
        let Posted { conversation, seq, at, duplicate } = posted;
        Ok(Reply::Posted { conversation, seq, at, duplicate, kept })
    }
}
