//! Saying things, reading what was said, and how far it was read.

use std::pin::Pin;
use std::task::{Context, Poll};

use im_proto::{Address, ConversationId, MessageId, Page, Refusal, Reply, Seq, Text};

use crate::entry::Entry;
use crate::peer::Peer;
use crate::rules;
use crate::store::{EventPage, Pace, Post, Posted, Receipt, Said};

use super::{Account, Service};

/// A post on its way to the disk. Dropping it does not take it back.
pub(crate) struct PostReceipt {
    receipt: Receipt<Posted>,
    /// It is for somebody who had no session when it was handed over.
    kept: bool,
}

impl Future for PostReceipt {
    type Output = Result<Reply, Refusal>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let kept = self.kept;
        Pin::new(&mut self.receipt).poll(context).map(|posted| {
            let Posted { conversation, seq, at, duplicate } = posted?;
            Ok(Reply::Posted { conversation, seq, at, duplicate, kept })
        })
    }
}

impl Service {
    /// Hands a post over. Posts of one session are written in the order of these calls.
    pub(crate) fn post(
        &self,
        peer: Peer,
        author: Account,
        to: Address,
        message: MessageId,
        text: Text,
        reply_to: Option<Seq>,
    ) -> Result<PostReceipt, Refusal> {
        let pace = self.may_post(peer, &author)?;
        // Asked now: by the time of the answer they may have read it and gone.
        let kept = matches!(&to, Address::User(other) if !self.hub.is_online(other));
        let post = Post { author, to, there: !kept, said: self.said(message, text, reply_to, pace) };
        Ok(PostReceipt { receipt: self.store.post(post)?, kept })
    }

    pub(super) fn said(
        &self,
        message: MessageId,
        text: Text,
        reply_to: Option<Seq>,
        pace: Option<Pace>,
    ) -> Said {
        let (allow, keep) = (self.allow(rules::may_say), rules::may_keep);
        Said { message, text, reply_to, at: self.now(), allow, keep, pace }
    }

    pub(super) async fn history(
        &self,
        me: Account,
        of: Address,
        page: Page,
        limit: u16,
    ) -> Result<Reply, Refusal> {
        let direct = matches!(of, Address::User(_));
        match self
            .store
            .history(me, of, page, limit, self.allow(rules::may_read))
            .await
            .map_err(Refusal::from)
        {
            Ok(EventPage { conversation, events, more, amendments }) => {
                let events = events.into_iter().map(Entry::into_event).collect();
                Ok(Reply::History { conversation, events, more, amendments })
            }
            // Two people who have not spoken yet have an empty history.
            Err(Refusal::NotMember) if direct => Ok(Reply::History {
                conversation: ConversationId(0),
                events: Vec::new(),
                more: false,
                amendments: Vec::new(),
            }),
            Err(refusal) => Err(refusal),
        }
    }

    pub(super) async fn mark(&self, me: Account, of: Address, read: Seq) -> Result<Reply, Refusal> {
        let place = self.store.find(me.clone(), of, self.allow(rules::may_read)).await?;
        self.store.mark(me.id, place.id, read)?.await?;
        Ok(Reply::Done)
    }

    /// Moves a read mark when there is time for it. Whether it was handed over.
    pub(crate) fn mark_soon(&self, me: &Account, conversation: ConversationId, read: Seq) -> bool {
        self.store.mark(me.id, conversation, read).is_ok()
    }
}
