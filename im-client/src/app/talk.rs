//! One conversation as the client has it: what the server says about it, a stretch of its log, where one looks, and
//! what one is writing there.

use std::time::Duration;

use im_proto::{About, Address, Conversation, Event, MessageId, Seq, UserName};
use ratatui_textarea::TextArea;

use super::amended::is_post;
use super::amending::Writing;
use super::marker::Marker;
use super::mentions::AsOf;
use super::unread::Kept;
use super::{App, Emphasis, Goal, Key, Log, Outbox, Scroll, composer, is_mine};
use crate::wording;

/// Most events of a conversation that is not open.
const CLOSED_EVENTS_MAX: usize = 200;

/// One conversation.
#[derive(Debug)]
pub struct Talk {
    /// What the server says about it.
    pub about: Conversation,
    /// Its topic, and what else holds there.
    pub holding: About,
    /// A stretch of its log.
    pub log: Log,
    /// Where one looks.
    pub scroll: Scroll,
    /// Where one wants to look as soon as that is here.
    pub sought: Option<Goal>,
    /// The event that one has gone to.
    pub spot: Option<Seq>,
    /// What was searched for when one came to where one looks.
    pub emphasis: Emphasis,
    /// Where it went on when it was opened.
    pub marker: Option<Marker>,
    /// What one is writing.
    pub composer: TextArea<'static>,
    /// What becomes of it.
    pub(super) writing: Writing,
    /// The server has not told of it: it is here for what was said to it and is not sent.
    pub(super) stands_in: bool,
    /// When its last read mark was sent.
    pub(super) marked: Option<Duration>,
    /// It was opened because something was unread.
    pub(super) was_unread: bool,
    /// The server's count of what is unread goes up to here.
    counted: Seq,
    /// The highlighted message.
    pub(super) selected: Option<Key>,
    /// Where the several that are highlighted begin or end, if more than one may be.
    pub(super) several_from: Option<Key>,
    /// From where on somebody wants to read again.
    pub(super) kept: Option<Kept>,
    /// The server was told that this device has all up to here.
    pub(super) told_received: Seq,
    /// What the number of mentions is of.
    pub(super) mentioned: AsOf,
    /// It began while one was here: what was said in it up to here has not come yet.
    pub(super) unheard: Option<Seq>,
}

impl Talk {
    /// The server says something new about it.
    pub(super) fn learn(&mut self, about: Conversation) {
        self.counted = about.head;
        let (head, read, mentions) = (about.head, about.read, about.mentions);
        let known = std::mem::replace(&mut self.about, about);
        self.about.mentions = known.mentions;
        self.mentions_are(head, read, mentions);
        let known = known.receipts;
        known.into_iter().for_each(|receipts| self.has_received(receipts));
    }

    /// An event of this number was not here before, and is not read.
    pub(super) fn is_news(&self, seq: Seq) -> bool {
        let is_unheard = |upto: Seq| seq <= upto && self.log.get(seq).is_none();
        seq > self.about.read && (seq > self.log.head() || self.unheard.is_some_and(is_unheard))
    }

    /// What was said while the conversation began has come, up to here.
    pub(super) fn heard(&mut self, seq: Seq) {
        self.unheard = self.unheard.filter(|upto| seq < *upto);
    }

    /// A post of somebody else came.
    pub(super) fn counted(&mut self, seq: Seq) {
        if seq > self.counted {
            self.counted = seq;
            self.about.unread += 1;
        }
    }

    /// A post of one's own came, perhaps from another device: who speaks has read what was said before.
    pub(super) fn spoke(&mut self, seq: Seq) {
        if seq > self.about.read {
            self.about.read = seq;
            self.about.unread = 0;
            self.counted = self.counted.max(seq);
            self.mentions_read(seq);
        }
    }

    /// Counts what is unread, where all of it is here: a count that is computed does not go astray.
    pub(super) fn recount(&mut self, me: Option<&UserName>) {
        let read = self.about.read;
        let all_here = self.log.is_up_to_head() && self.log.first().is_none_or(|first| first <= read.next());
        if all_here {
            let unread = self.log.entries().rev().take_while(|entry| entry.event.seq > read);
            let counts =
                unread.filter(|entry| is_post(&entry.event.body) && !is_mine(me, &entry.event.author));
            self.about.unread = u64::try_from(counts.count()).unwrap_or(u64::MAX);
        }
    }

    /// A conversation of which nothing is known yet but what the server says about it.
    pub(super) fn new(about: Conversation) -> Self {
        Self {
            log: Log::new(about.head),
            holding: About::plain(about.id),
            scroll: Scroll::End,
            sought: None,
            spot: None,
            emphasis: Emphasis::default(),
            marker: None,
            composer: composer::blank(),
            writing: Writing::New,
            stands_in: false,
            marked: None,
            was_unread: false,
            counted: about.head,
            selected: None,
            several_from: None,
            kept: None,
            told_received: Seq::ZERO,
            mentioned: AsOf::default(),
            unheard: None,
            about,
        }
    }

    /// The last item of the message list.
    pub fn last_key(&self, outbox: &Outbox) -> Option<Key> {
        // What was said last does not follow what is here, unless that is all, or nothing.
        let follows = self.log.is_up_to_head() || self.log.last().is_none();
        let unsent = if follows { outbox.last(&self.about.address).map(Key::Unsent) } else { None };
        unsent.or_else(|| self.log.last().map(Key::Event))
    }

    /// The item before another.
    pub fn key_before(&self, key: Key, outbox: &Outbox) -> Option<Key> {
        match key {
            Key::Event(seq) => {
                let before = Seq(seq.0.checked_sub(1)?);
                self.log.get(before).map(|_| Key::Event(before))
            }
            Key::Unsent(id) => outbox
                .before(id, &self.about.address)
                .map(Key::Unsent)
                .or_else(|| self.log.last().map(Key::Event)),
        }
    }

    /// The item after another.
    pub fn key_after(&self, key: Key, outbox: &Outbox) -> Option<Key> {
        match key {
            Key::Event(seq) if self.log.get(seq.next()).is_some() => Some(Key::Event(seq.next())),
            Key::Event(_) if self.log.is_up_to_head() => outbox.first(&self.about.address).map(Key::Unsent),
            Key::Event(_) => None,
            Key::Unsent(id) => outbox.after(id, &self.about.address).map(Key::Unsent),
        }
    }

    /// Where an item stands among the others: the log, and then what is unsent.
    pub(super) fn place_of(&self, key: Key, outbox: &Outbox) -> (u64, usize) {
        match key {
            Key::Event(seq) => (seq.0, 0),
            Key::Unsent(id) => {
                (u64::MAX, outbox.iter().position(|unsent| unsent.message == id).unwrap_or(usize::MAX))
            }
        }
    }

    /// The event one has scrolled back to.
    pub(super) fn in_sight(&self) -> Option<Seq> {
        match self.scroll {
            Scroll::End => None,
            Scroll::At(anchor) => match anchor.key {
                Key::Event(seq) => Some(seq),
                Key::Unsent(_) => self.log.last(),
            },
        }
    }

    /// One opens it.
    pub(super) fn opened(&mut self) {
        self.was_unread = self.unread() > 0;
        let marker = Marker { after: self.read_up_to(), unread: self.unread() };
        self.marker = self.was_unread.then_some(marker);
    }

    /// One turns to another.
    pub(super) fn closed(&mut self) {
        self.marker = None;
        self.sought = None;
        self.spot = None;
        self.emphasis = Emphasis::default();
        self.was_unread = false;
        self.selected = None;
        if let Some(kept) = &mut self.kept {
            kept.left = true;
        }
        if self.scroll == Scroll::End {
            self.log.keep_newest(CLOSED_EVENTS_MAX);
        }
    }

    /// One's own unsent message has become an event.
    pub(super) fn stored(&mut self, message: MessageId, seq: Seq) {
        if let Scroll::At(anchor) = &mut self.scroll
            && anchor.key == Key::Unsent(message)
        {
            anchor.key = Key::Event(seq);
        }
        if self.selected == Some(Key::Unsent(message)) {
            self.selected = Some(Key::Event(seq));
        }
    }

    /// Takes an event; tells whether it is new.
    pub(super) fn came(&mut self, event: Event, is_open: bool) -> bool {
        let in_sight = self.in_sight();
        let before = Seq(event.seq.0.saturating_sub(1));
        if let Scroll::At(anchor) = &mut self.scroll
            && self.log.last() == Some(before)
            && let Some(last) = self.log.entries().rev().find(|entry| entry.is_told())
            && anchor.key == Key::Event(last.event.seq)
            && super::rows::may_fold(&last.event.body, &event.body)
        {
            // The last in sight is told by the new one from now on.
            anchor.key = Key::Event(event.seq);
        }
        if matches!(&self.about.address, Address::User(other) if *other == event.author.name) {
            self.about.guest = event.author.guest;
        }
        self.about.active = self.about.active.max(event.at);
        let is_new = self.log.came(event, in_sight);
        self.about.head = self.log.head();
        if !is_open && in_sight.is_none() {
            self.log.keep_newest(CLOSED_EVENTS_MAX);
        }
        is_new
    }
}

impl App {
    /// The guest with whom a direct conversation is, if it is with one.
    pub fn guest_of<'a>(&self, talk: &'a Talk) -> Option<&'a UserName> {
        match &talk.about.address {
            Address::User(other) if Some(other) != self.me.as_ref() => {
                self.people.is_guest(other).unwrap_or(talk.about.guest).then_some(other)
            }
            _ => None,
        }
    }

    /// Keeps in each direct conversation what the other side is, for when they are gone.
    pub(super) fn recognise(&mut self) {
        for talk in self.conversations.all_mut() {
            if let Address::User(other) = &talk.about.address
                && let Some(guest) = self.people.is_guest(other)
            {
                talk.about.guest = guest;
            }
        }
    }

    /// What a conversation is called above what was said in it.
    pub fn heading_of(&self, talk: &Talk) -> String {
        self.guest_of(talk).map_or_else(|| talk.about.address.to_string(), wording::guest)
    }

    /// Somebody else said it: it counts as unread, and below what is in sight.
    pub(super) fn counts(&self, event: &Event) -> bool {
        is_post(&event.body) && !self.is_me(&event.author)
    }
}
