//! What an earlier run left unsent: brought back when one is known, and shown in its conversations even before the server
//! has told of them, or when it never will. A conversation stands in for as long as something is unsent in it.

use std::collections::BTreeSet;

use im_proto::{Address, Conversation, ConversationId, Kind, MessageId, Role, Seq, Timestamp, UserName};

use super::{Action, App, Talk, UnsentState};

impl Talk {
    /// A conversation of which nothing is known but its address.
    pub(super) fn stand_in(id: ConversationId, address: Address) -> Self {
        let kind = match address {
            Address::User(_) => Kind::Direct,
            Address::Room(_) => Kind::Room,
        };
        let about = Conversation {
            id,
            address,
            kind,
            role: Role::Member,
            head: Seq::ZERO,
            active: Timestamp(0),
            read: Seq::ZERO,
            unread: 0,
            members: 0,
            guest: false,
            receipts: None,
            retention_days: None,
            mentions: 0,
        };
        let mut talk = Self::new(about);
        talk.stands_in = true;
        talk
    }
}

impl App {
    /// It is known who one is: what they left unsent is brought, once.
    pub(super) fn recall(&mut self, user: &UserName) -> Vec<Action> {
        if self.recalled.as_ref() == Some(user) {
            return Vec::new();
        }
        self.recalled = Some(user.clone());
        self.outbox.clear();
        vec![Action::Recall { server: self.server.clone(), user: user.clone() }]
    }

    /// Messages are in memory only.
    pub(super) fn not_kept(&mut self, messages: &[MessageId], why: &str) {
        self.outbox.not_kept(messages);
        self.toasts.complain(format!("unsent messages cannot be kept on this device: {why}"), self.now);
    }

    /// What is to be told to somebody who leaves messages behind.
    pub(super) fn kept_for_later(&self) -> Option<String> {
        let name = self.me.as_ref()?;
        match self.outbox.kept() {
            0 => None,
            1 => Some(format!("one unsent message is kept for the next sign-in of {name}")),
            n => Some(format!("{n} unsent messages are kept for the next sign-in of {name}")),
        }
    }

    /// Every unsent message has a conversation to be seen in, and nothing stands in that need not.
    pub(super) fn stand_in(&mut self) {
        if !self.is_chatting() {
            return;
        }
        let unsent = self.outbox.iter().filter(|unsent| !matches!(unsent.state, UnsentState::Stored(_)));
        let addresses: BTreeSet<&Address> = unsent.map(|unsent| &unsent.to).collect();
        for address in addresses {
            if self.conversations.named(address).is_none() {
                self.conversations.insert_stand_in(address.clone());
            }
        }
        // Before the server has told what one is in, nobody knows what need not be there.
        if self.is_following {
            let is_idle = |talk: &&Talk| {
                talk.stands_in && !talk.has_draft() && self.outbox.first(&talk.about.address).is_none()
            };
            let idle: Vec<_> = self.conversations.all().filter(is_idle).map(|talk| talk.about.id).collect();
            for id in idle {
                self.close_talk(id);
            }
        }
        if self.open.is_none() {
            self.open_nth(0);
        }
    }

    /// The server tells of a conversation: what stood in for it gives way.
    pub(super) fn settle_stand_in(&mut self, about: &Conversation) {
        let stood = self.conversations.named(&about.address).filter(|talk| talk.stands_in);
        let Some(old) = stood.map(|talk| talk.about.id).and_then(|id| self.conversations.remove(id)) else {
            return;
        };
        let talk = self.conversations.learn(about.clone());
        if talk.composer.is_empty() {
            talk.composer = old.composer;
            talk.writing = old.writing;
        }
        let (from, to) = (old.about.id, about.id);
        self.opened_before.iter_mut().filter(|id| **id == from).for_each(|id| *id = to);
        if self.open == Some(from) {
            self.open = None;
            self.open_talk(to);
        }
    }
}
