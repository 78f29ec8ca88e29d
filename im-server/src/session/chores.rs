//! What a session has to look up before it can tell: one thing at a time, so that a session costs the store's readers
//! one place in their queue.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use im_proto::{About, Conversation, ConversationId, Pending, Refusal, Seq};

use crate::service::{Account, Service};
use crate::store::{EventPage, StoreError, TokenHash};

/// Something that was looked up.
pub(super) enum Found {
    /// A page of a conversation that the session is behind in.
    Page(ConversationId, Result<EventPage, StoreError>),
    /// The same as it is now, where the session is too far behind for pages. Nothing, if the user is in it no longer.
    Lagging(ConversationId, Result<Option<Conversation>, StoreError>),
    /// A conversation that the user is in from now on, with the last event before.
    Entered(Seq, Result<Option<Conversation>, StoreError>),
    /// A conversation about which something changed for the user.
    Changed(Result<Option<Conversation>, StoreError>),
    /// A room that a guest has just entered, again: nothing, if they were kept out before the session listened.
    Seen(ConversationId, Result<Option<Conversation>, StoreError>),
    /// What holds in a conversation.
    About(Result<About, StoreError>),
    /// Whether the token that the session came with is good still.
    Token(Result<bool, Refusal>),
    /// All that waits for the user's answer.
    Pending(Result<Vec<Pending>, StoreError>),
}

/// What is to be looked up, and what is being looked up.
#[derive(Default)]
pub(super) struct Chores {
    now: Option<BoxFuture<'static, Found>>,
    token: Option<TokenHash>,
    entered: BTreeMap<ConversationId, Seq>,
    changed: BTreeSet<ConversationId>,
    seen: BTreeSet<ConversationId>,
    about: BTreeSet<ConversationId>,
    pending: bool,
    page: Option<(ConversationId, Seq)>,
    lag: Option<ConversationId>,
}

impl Chores {
    pub(super) fn check(&mut self, token: TokenHash) {
        self.token = Some(token);
    }

    pub(super) fn enter(&mut self, conversation: ConversationId, after: Seq) {
        self.entered.insert(conversation, after);
    }

    pub(super) fn change(&mut self, conversation: ConversationId) {
        self.changed.insert(conversation);
    }

    pub(super) fn look_again(&mut self, room: ConversationId) {
        self.seen.insert(room);
    }

    pub(super) fn about(&mut self, conversation: ConversationId) {
        self.about.insert(conversation);
    }

    pub(super) fn pending(&mut self) {
        self.pending = true;
    }

    pub(super) fn page(&mut self, conversation: ConversationId, after: Seq) {
        self.page = Some((conversation, after));
    }

    pub(super) fn lag(&mut self, conversation: ConversationId) {
        self.lag = Some(conversation);
    }

    pub(super) fn are_done(&self) -> bool {
        self.now.is_none()
            && self.token.is_none()
            && self.entered.is_empty()
            && self.changed.is_empty()
            && self.seen.is_empty()
            && self.about.is_empty()
            && !self.pending
            && self.page.is_none()
            && self.lag.is_none()
    }

    /// Starts the next one, if none is under way.
    pub(super) fn start(&mut self, service: &Arc<Service>, me: &Account) {
        if self.now.is_some() {
            return;
        }
        let (service, user, guest) = (Arc::clone(service), me.id, me.guest);
        self.now = if let Some(token) = self.token.take() {
            Some(Box::pin(async move { Found::Token(service.is_good(token).await) }))
        } else if let Some((id, after)) = self.entered.pop_first() {
            Some(Box::pin(async move { Found::Entered(after, service.conversation(user, id).await) }))
        } else if let Some(id) = self.changed.pop_first() {
            Some(Box::pin(async move { Found::Changed(service.conversation(user, id).await) }))
        } else if let Some(id) = self.seen.pop_first() {
            Some(Box::pin(async move { Found::Seen(id, service.seen_by(user, guest, id).await) }))
        } else if let Some(id) = self.about.pop_first() {
            let me = me.clone();
            Some(Box::pin(async move { Found::About(service.about_here(me, id).await) }))
        } else if std::mem::take(&mut self.pending) {
            Some(Box::pin(async move { Found::Pending(service.pending(user).await) }))
        } else if let Some((id, after)) = self.page.take() {
            Some(Box::pin(async move { Found::Page(id, service.after(id, after).await) }))
        } else if let Some(id) = self.lag.take() {
            Some(Box::pin(async move { Found::Lagging(id, service.seen_by(user, guest, id).await) }))
        } else {
            None
        };
    }

    /// What was looked up; never, if nothing is. Cancel-safe.
    pub(super) async fn found(&mut self) -> Found {
        let found = poll_fn(|context| match &mut self.now {
            Some(now) => now.as_mut().poll(context),
            None => std::task::Poll::Pending,
        })
        .await;
        self.now = None;
        found
    }
}
