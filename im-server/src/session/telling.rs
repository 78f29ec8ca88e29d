//! What the session tells its peer without being asked: events, in the order of their logs, and notices around them.

use std::sync::Arc;

use im_proto::{Body, ConversationId, Event, Notice, Seq};

use crate::dialect::Whose;
use crate::entry::Entry;
use crate::hub::Mail;

use super::Session;
use super::chores::Found;
use super::following::Next;

/// Most who went and are told of when all is written that they said; beyond that one has to ask.
const PARTING_MAX: usize = 256;

impl Session {
    pub(super) fn take_mail(&mut self) {
        // A peer that takes nothing is told later: what is left lies in the mailbox, where it does not grow. So is what
        // happens while it is being looked up what there is to follow, which may be too new to be found; and before: the
        // peer may have asked what there is a moment ago, and knows nothing of it.
        let now = self.takes_mail() && self.follows && !self.asking.is_about_to_follow();
        if now {
            let moved = self.mailbox.take_moved();
            moved.into_iter().for_each(|conversation| self.following.moved(conversation));
        }
        let mail = if now { self.mailbox.take() } else { self.mailbox.take_closing() };
        if let Some(mail) = mail {
            self.open(*mail);
        }
    }

    fn open(&mut self, mail: Mail) {
        mail.out.into_iter().for_each(|(conversation, at)| self.put_out(conversation, at));
        mail.entered.into_iter().for_each(|(conversation, after)| self.chores.enter(conversation, after));
        if mail.pending {
            self.chores.pending();
        }
        for (conversation, (read, unread)) in mail.read {
            self.notice(Notice::Mark { conversation, read, unread });
        }
        for (conversation, now) in mail.mentioned {
            let (head, read, mentions) = (now.head, now.read, now.mentions);
            self.notice(Notice::Mentions { conversation, head, read, mentions });
        }
        for (conversation, receipts) in mail.receipts {
            self.notice(Notice::Receipts { conversation, receipts });
        }
        mail.changed.into_iter().for_each(|conversation| self.chores.change(conversation));
        for conversation in mail.forgotten {
            // A page that is on its way may hold what is gone.
            self.following.read_again(conversation);
            self.notice(Notice::Forgotten { conversation });
        }
        for ((conversation, _), user) in mail.typing {
            self.notice(Notice::Typing { conversation, user });
        }
        for (from, to) in mail.renamed {
            self.notice(Notice::Renamed { from, to });
        }
        // Who comes is told before what they say, who goes after it.
        let (came, gone): (Vec<_>, Vec<_>) = mail.presence.into_values().partition(|(online, _)| *online);
        came.into_iter().for_each(|(online, user)| self.notice(Notice::Presence { user, online }));
        let room = PARTING_MAX.saturating_sub(self.parting.len());
        let stale = mail.presence_stale || gone.len() > room;
        self.parting.extend(gone.into_iter().map(|(_, user)| user).take(room));
        if stale {
            self.notice(Notice::PresenceStale);
        }
        self.cut |= mail.cut;
        self.revoked |= mail.revoked;
        if let Some(reason) = mail.closing {
            self.close(reason);
        }
    }

    fn notice(&mut self, notice: Notice) {
        self.dialect.notice(notice, self.wire.output());
    }

    /// Tells who has gone, after all that they said.
    pub(super) fn tell_parting(&mut self) {
        if self.following.is_still() && self.takes_mail() {
            for user in std::mem::take(&mut self.parting) {
                self.notice(Notice::Presence { user, online: false });
            }
        }
    }

    pub(super) fn found(&mut self, found: Found) {
        match found {
            // Not while a password is typed, nor what is not so any more: it is read again then.
            Found::Page(conversation, Ok(_))
                if !self.dialect.hears() || self.following.is_stale(conversation) =>
            {
                self.following.paged(conversation, false);
            }
            Found::Page(conversation, Ok(page)) => {
                let reached_end = !page.more;
                for entry in &page.events {
                    self.write(entry);
                }
                self.following.paged(conversation, reached_end);
            }
            Found::Lagging(conversation, Ok(now)) => self.skip(conversation, now.map(|now| now.head)),
            Found::Entered(after, Ok(Some(conversation))) => {
                self.notice(Notice::Conversation(conversation.clone()));
                self.begin(&conversation, after, after);
            }
            Found::Changed(Ok(Some(conversation))) => {
                self.notice(Notice::Conversation(conversation));
            }
            Found::Entered(_, Ok(None)) | Found::Changed(Ok(None)) => {} // left again meanwhile
            Found::Seen(_, Ok(Some(_))) => {}
            Found::Seen(conversation, Ok(None)) => self.following.end(conversation, &self.hub, &self.mailbox),
            Found::About(Ok(about)) => {
                if !about.is_plain() {
                    self.notice(Notice::About(about));
                }
            }
            Found::Pending(Ok(pending)) => self.notice(Notice::Pending { pending }),
            Found::Token(Ok(good)) => self.revoked |= !good,
            Found::Page(_, Err(error))
            | Found::Lagging(_, Err(error))
            | Found::Entered(_, Err(error))
            | Found::Seen(_, Err(error))
            | Found::About(Err(error))
            | Found::Changed(Err(error))
            | Found::Pending(Err(error)) => {
                // The peer must not miss something unaware: it may come again and ask.
                self.close(error.into());
            }
            Found::Token(Err(refusal)) => self.close(refusal),
        }
    }

    pub(super) fn write_events(&mut self) {
        while self.takes_mail()
            && let Some(next) = self.following.next(&self.mailbox, self.dialect.lag())
        {
            match next {
                Next::Events(conversation, entries) => self.write_all(conversation, &entries),
                Next::Page(conversation, after) => self.chores.page(conversation, after),
                Next::Lag(conversation) => self.chores.lag(conversation),
            }
        }
        if let Some(caller) = &self.caller {
            self.chores.start(&self.service, &caller.account);
        }
    }

    /// Goes on at the end of a log, and says how much was left out.
    fn skip(&mut self, conversation: ConversationId, head: Option<Seq>) {
        match head {
            // Not while a password is typed: it is looked up again then.
            _ if !self.dialect.hears() => self.following.paged(conversation, false),
            // Who was put out by an event that would be passed over hears up to that one.
            Some(head) if self.following.leaves_before(conversation, head) => {
                if let Some(at) = self.following.at(conversation) {
                    self.chores.page(conversation, at);
                }
            }
            Some(head) => {
                let events = self.following.skip(conversation, head);
                self.own.retain(|_, said| said.is_none_or(|(at, seq)| at != conversation || seq > head));
                if let Some(place) = self.following.place(conversation).filter(|_| events > 0) {
                    self.metrics.laggards.inc();
                    self.dialect.lagged(place, events, self.wire.output());
                }
                self.chores.pending(); // one may have been asked meanwhile what others were asked before
                self.following.paged(conversation, false);
            }
            // They have left meanwhile: the log says when.
            None => match self.following.at(conversation) {
                Some(at) => self.chores.page(conversation, at),
                None => self.following.paged(conversation, false),
            },
        }
    }

    fn write_all(&mut self, conversation: ConversationId, entries: &[Arc<Entry>]) {
        for entry in entries {
            if !self.can_add() {
                return self.following.moved(conversation);
            }
            self.write(entry);
        }
    }

    fn write(&mut self, entry: &Entry) {
        let event = entry.event();
        let whose = self.whose(event);
        let Some((place, leaves)) = self.following.advance(event.conversation, event.seq) else {
            return;
        };
        self.dialect.event(entry, place, whose, self.wire.output());
        self.delivered += 1;
        if leaves {
            return self.following.end(event.conversation, &self.hub, &self.mailbox);
        }
        if self.dialect.shows() {
            self.marks.shown(event.conversation, event.seq);
        }
        match &event.body {
            Body::Left if whose != Whose::Other && self.following.is_out(event.conversation, event.seq) => {
                self.following.end(event.conversation, &self.hub, &self.mailbox);
            }
            body if self.is_put_out(body) && self.following.is_out(event.conversation, event.seq) => {
                self.following.end(event.conversation, &self.hub, &self.mailbox);
            }
            Body::RoleSet { user, .. }
                if self.caller.as_ref().is_some_and(|caller| caller.account.name == *user) =>
            {
                self.chores.change(event.conversation);
                self.chores.pending(); // one may now be asked what others were asked before
            }
            _ => {}
        }
    }

    fn is_put_out(&self, body: &Body) -> bool {
        let me = self.caller.as_ref().map(|caller| &caller.account);
        body.puts_out()
            .is_some_and(|(user, guest)| me.is_some_and(|me| me.name == *user && me.guest == guest))
    }

    /// A guest, who is a member of nothing, is not in a room any more since this event, which may be about another one.
    fn put_out(&mut self, conversation: ConversationId, at: Seq) {
        match self.following.at(conversation) {
            Some(written) if written < at => self.following.leave_at(conversation, at),
            Some(_) if self.following.is_out(conversation, at) => {
                self.following.end(conversation, &self.hub, &self.mailbox);
            }
            _ => {}
        }
    }

    fn whose(&mut self, event: &Event) -> Whose {
        if self.caller.as_ref().is_none_or(|caller| !caller.account.is(&event.author)) {
            return Whose::Other;
        }
        match &event.body {
            Body::Posted { message, .. } if self.own.remove(message).is_none() => Whose::OtherSession,
            _ => Whose::ThisSession,
        }
    }
}
