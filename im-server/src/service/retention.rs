//! How long what is said is kept: what owners say about it, and the work of taking out what is too old.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use im_proto::{Conversation, ConversationId, Refusal, Reply, RoomName, Timestamp, UserId};
use tokio::time::sleep;

use crate::rules;
use crate::store::{Step, StoreError};

use super::{Account, Service};

/// So many seconds lie between two times of looking for what is too old.
const PAUSE_SECONDS: u64 = 60 * 60;

/// So many milliseconds a room stays in which nothing was said: a day.
const EMPTY_MILLISECONDS: u64 = 24 * 60 * 60 * 1000;
/// From where a guest came is kept for so long after they came, so that one who has just gone can be banned: two days.
const SITE_KEPT_MILLISECONDS: u64 = 2 * 24 * 60 * 60 * 1000;

impl Service {
    /// Owners say how long what is said in their room or group is kept; 0 days are as long as the server does, too.
    pub(super) async fn set_retention(
        &self,
        me: Account,
        of: RoomName,
        days: Option<u16>,
    ) -> Result<Reply, Refusal> {
        let days = days.filter(|days| *days > 0);
        let id = self
            .change(&me, of, None, move |_, facts| {
                facts.kind.ok_or(Refusal::NoSuchRoom)?;
                rules::may_set_retention(facts.actor.role)?;
                Ok(vec![Step::Keep(days)])
            })
            .await?;
        self.conversation_reply(&me, id).await
    }

    /// The conversation, with what holds for it: the shorter of its own time and the server's.
    pub(super) fn as_kept(&self, conversation: Conversation) -> Conversation {
        let days =
            [conversation.retention_days, self.policies.now().retention_days].into_iter().flatten().min();
        Conversation { retention_days: days, ..conversation }
    }

    /// Sees to it, for as long as the server runs, that nothing is kept that is not to be.
    pub(crate) async fn keep_house(&self) -> Infallible {
        match self.store.spare_guests(self.began).await {
            Ok(spare) => self.hub.claims.add_spare(spare),
            Err(error) => tracing::warn!(%error, "the names of guests who are gone were not found"),
        }
        loop {
            if let Err(error) = self.retire_empty_rooms(self.now()).await {
                tracing::warn!(%error, "not all rooms were taken out that nobody needs");
            }
            if let Err(error) = self.clean_up(self.now()).await {
                tracing::warn!(%error, "not everything was taken out that is to go; the next time is in an hour");
            }
            sleep(Duration::from_secs(PAUSE_SECONDS)).await;
        }
    }

    /// Rooms that guests made a day ago, and in which nothing was ever said, give their names back.
    pub(super) async fn retire_empty_rooms(&self, now: Timestamp) -> Result<(), StoreError> {
        let before = Timestamp(now.0.saturating_sub(EMPTY_MILLISECONDS));
        for room in self.store.empty_rooms(before).await? {
            if self.hub.guests_in(room).is_empty() {
                self.store.retire_empty(room, before).await?;
            }
        }
        Ok(())
    }

    /// Takes out what is too old at a moment, and what is left of those who were erased. Where something is gone is told
    /// once.
    pub(super) async fn clean_up(&self, now: Timestamp) -> Result<(), StoreError> {
        self.store.forget_sites(Timestamp(now.0.saturating_sub(SITE_KEPT_MILLISECONDS))).await?;
        for user in self.store.half_erased().await? {
            self.erase_words(user).await?;
        }
        let mut last = ConversationId(0);
        loop {
            let too_old = self.store.too_old(last, self.policies.now().retention_days, now).await?;
            let Some(newest) = too_old.last() else { return Ok(()) };
            last = *newest;
            for conversation in too_old {
                let mut gone = BTreeSet::new();
                let done = self.forget(conversation, now, &mut gone).await;
                self.tell_forgotten(gone);
                done?;
            }
        }
    }

    /// A batch at a time: what people say meanwhile is written between two of them.
    async fn forget(
        &self,
        conversation: ConversationId,
        now: Timestamp,
        gone: &mut BTreeSet<ConversationId>,
    ) -> Result<(), StoreError> {
        loop {
            let batch = self.store.forget_some(conversation, self.policies.now().retention_days, now).await?;
            gone.extend(batch.gone);
            if !batch.more {
                return Ok(());
            }
        }
    }

    /// Takes out all that somebody has said who was erased.
    pub(super) async fn erase_words(&self, user: UserId) -> Result<(), StoreError> {
        let mut gone = BTreeSet::new();
        let done = loop {
            match self.store.erase_some(user).await {
                Ok(batch) => {
                    gone.extend(batch.gone);
                    if !batch.more {
                        break Ok(());
                    }
                }
                Err(error) => break Err(error),
            }
        };
        self.tell_forgotten(gone);
        done
    }

    fn tell_forgotten(&self, gone: BTreeSet<ConversationId>) {
        gone.into_iter().for_each(|conversation| self.hub.tell_forgotten(conversation));
    }
}
