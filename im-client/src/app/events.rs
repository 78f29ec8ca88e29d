//! What the server sends by itself: events of the logs, and notices of what is live.

use im_proto::{Address, Body, Conversation, Event, FromServer, Kind, Notice, UserName};

use super::amended::{about, is_post};
use super::{Action, App, Key, Scroll, Talk, scroll};
use crate::patience::come_back_wait;
use crate::wording;

impl App {
    /// The server says something.
    pub(super) fn heard_from_server(&mut self, said: FromServer) -> Vec<Action> {
        self.heard();
        match said {
            FromServer::Reply { tag, result } => return self.replied(tag, result),
            FromServer::Event(event) => self.event(event),
            FromServer::Notice(notice) => return self.notice(notice),
        }
        Vec::new()
    }

    fn event(&mut self, event: Event) {
        let id = event.conversation;
        if let Body::Posted { message, .. } = event.body
            && self.outbox.came(message)
            && let Some(talk) = self.conversations.get_mut(id)
        {
            talk.stored(message, event.seq);
        }
        let about_me = self.is_me(&event.author);
        let is_own_post = about_me && matches!(event.body, Body::Posted { .. });
        let is_open = self.open == Some(id);
        if is_post(&event.body) {
            self.typing.ended(id, &event.author);
        }
        match &event.body {
            Body::Left if about_me => {
                self.close_talk(id);
                return;
            }
            body if self.puts_me_out(body) => {
                self.put_out(&event);
                return;
            }
            Body::Joined { .. }
            | Body::Left
            | Body::RoleSet { .. }
            | Body::Kicked { .. }
            | Body::Banned { .. }
                if is_open =>
            {
                self.people.is_stale = true;
            }
            _ => {}
        }
        self.holds_otherwise(&event);
        let counts = self.counts(&event);
        let seq = event.seq;
        let amended = about(&event).map(Key::Event);
        let me = self.me.clone();
        let is_unread = self.conversations.get(id).is_some_and(|talk| talk.is_news(seq));
        if counts && is_unread {
            self.perhaps_notify(id, &event);
        }
        let Some(talk) = self.conversations.get_mut(id) else {
            return;
        };
        if talk.came(event, is_open) && counts {
            talk.counted(seq);
            if let Scroll::At(anchor) = &mut talk.scroll {
                anchor.newer += 1;
            }
        }
        talk.heard(seq);
        if is_own_post {
            talk.spoke(seq);
        }
        talk.recount(me.as_ref());
        // What was done to the highlighted message is seen, also where it makes it taller.
        if let Some(key) = amended.filter(|_| is_open)
            && self.talk().and_then(Talk::selected) == Some(key)
        {
            scroll::into_sight(self, key);
        }
    }

    fn notice(&mut self, notice: Notice) -> Vec<Action> {
        match notice {
            Notice::Conversation(about) => self.begins(about),
            Notice::Pending { pending } => return self.set_pending(pending),
            Notice::Mark { conversation, read, unread } => {
                let me = self.me.clone();
                if let Some(talk) = self.conversations.get_mut(conversation)
                    && read > talk.about.read
                {
                    talk.about.read = read;
                    talk.about.unread = unread;
                    talk.recount(me.as_ref());
                }
            }
            Notice::Presence { user, online } => {
                if !online {
                    self.typing.gone(&user);
                }
                self.people.came_or_went(&user, online);
                self.recognise();
            }
            Notice::Renamed { from, to } => self.renamed(&from, &to),
            Notice::PresenceStale => self.people.is_stale = true,
            Notice::Receipts { conversation, receipts } => {
                if let Some(talk) = self.conversations.get_mut(conversation) {
                    talk.has_received(receipts);
                }
            }
            Notice::Forgotten { conversation } => {
                if let Some(talk) = self.conversations.get_mut(conversation) {
                    talk.forget();
                }
            }
            Notice::Mentions { conversation, head, read, mentions } => {
                if let Some(talk) = self.conversations.get_mut(conversation) {
                    talk.mentions_are(head, read, mentions);
                }
            }
            Notice::Typing { conversation, user } if !self.is_me(&user) => {
                self.typing.began(conversation, user, self.now);
            }
            Notice::Typing { .. } => {}
            Notice::ComeBack { after_milliseconds } => {
                self.come_back = Some(come_back_wait(after_milliseconds));
            }
            Notice::About(about) => {
                if let Some(talk) = self.conversations.get_mut(about.conversation) {
                    talk.holding = about;
                }
            }
            Notice::Closing(refusal) => self.toasts.complain(refusal.to_string(), self.now),
        }
        Vec::new()
    }

    /// A guest is called otherwise: told where somebody has read, or may want to answer, what they said before.
    fn renamed(&mut self, from: &UserName, to: &UserName) {
        let spoke = |event: &Event| event.author.guest && event.author.name == *from;
        let is_known = self.conversations.named(&Address::User(from.clone())).is_some()
            || self.talk().is_some_and(|talk| talk.log.entries().any(|entry| spoke(&entry.event)));
        if is_known {
            let told = format!("{} is now {}", wording::guest(from), wording::guest(to));
            self.toasts.tell(told, self.now);
        }
        self.people.renamed(from, to);
    }

    /// There is a conversation. If somebody has just begun it, what they said to begin it is news, however soon one hears of it.
    fn begins(&mut self, about: Conversation) {
        let is_new = about.kind == Kind::Direct && self.conversations.get(about.id).is_none();
        let (id, head) = (about.id, about.head);
        self.learn(about);
        if let Some(talk) = self.conversations.get_mut(id).filter(|_| is_new) {
            talk.unheard = Some(head);
        }
    }

    /// There is a conversation, or something about it changed.
    pub(super) fn learn(&mut self, about: Conversation) {
        let me = self.me.clone();
        self.settle_stand_in(&about);
        let is_open = self.open == Some(about.id);
        let talk = self.conversations.learn(about);
        talk.recount(me.as_ref());
        self.recognise();
        if is_open {
            self.people.is_stale = true;
        }
        if self.open.is_none() {
            self.open_nth(0);
        }
    }
}
