//! What is done to messages that were said: edits, deletions, reactions.

use im_proto::{Address, Reaction, Refusal, Reply, Seq, Text};

use crate::rules;
use crate::store::About;

use super::{Account, Origin, Service};

impl Service {
    pub(super) async fn edit(
        &self,
        me: Account,
        of: Address,
        seq: Seq,
        text: Text,
    ) -> Result<Reply, Refusal> {
        self.store.edit(self.about_message(me, of, seq), text, rules::may_edit).await?;
        Ok(Reply::Done)
    }

    pub(super) async fn delete(
        &self,
        me: Account,
        origin: Origin,
        of: Address,
        seq: Seq,
    ) -> Result<Reply, Refusal> {
        let from = Some(origin.peer.address);
        let about = self.about_message(me, of, seq);
        let about = About { from, allow: self.allow(rules::may_reach), ..about };
        self.store.delete(about, rules::may_delete).await?;
        Ok(Reply::Done)
    }

    pub(super) async fn react(
        &self,
        me: Account,
        of: Address,
        seq: Seq,
        reaction: Reaction,
        on: bool,
    ) -> Result<Reply, Refusal> {
        if on && !reaction.is_seen() {
            return Err(Refusal::Unreadable);
        }
        self.store.react(self.about_message(me, of, seq), reaction, on, rules::may_react).await?;
        Ok(Reply::Done)
    }

    /// Whoever may post there may do something to what was posted, each as far as the rule for it goes.
    fn about_message(&self, me: Account, of: Address, seq: Seq) -> About {
        About { me, of, seq, at: self.now(), from: None, allow: self.allow(rules::may_post) }
    }
}
