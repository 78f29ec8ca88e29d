//! The messages of a conversation as they read now: the log, folded. The one place that says what an edit, a deletion and a
//! reaction mean; what a page or a screen does with it is its own business.

use std::collections::{BTreeMap, VecDeque};

use crate::event::{Author, Body, Event};
use crate::id::{Seq, Timestamp};
use crate::reaction::Reaction;
use crate::text::Text;

/// Most events about messages that are not there yet that are remembered, the newest of them. It is enough for what happens
/// while a page is on its way: what happened before comes with the page, as its amendments.
pub const EARLY_EVENTS_MAX: usize = 256;

/// The messages of one conversation, by their numbers.
///
/// Events may be taken in any order and more than once: a page of history and its amendments, what is live, the page before.
/// What is newer in the log holds, and what was taken out stays out.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    messages: BTreeMap<Seq, Message>,
    early: VecDeque<Event>,
}

/// One message, as it reads now.
#[derive(Debug, Clone)]
pub struct Message {
    /// Who said it.
    pub author: Author,
    /// When.
    pub at: Timestamp,
    /// What it says; nothing where it was taken out.
    pub text: Option<Text>,
    /// The newest edit, whose text it has.
    pub edited: Option<Seq>,
    /// The message that it answers.
    pub reply_to: Option<Seq>,
    /// The newest of what each did with each reaction, and whether it stands.
    reactions: BTreeMap<(Reaction, String, bool), (Seq, bool, Author)>,
}

impl Message {
    /// It was taken out.
    pub fn is_tombstone(&self) -> bool {
        self.text.is_none()
    }

    /// The reactions that stand, each with whose they are; in the order in which they came.
    pub fn reactions(&self) -> Vec<(&Reaction, Vec<&Author>)> {
        let standing = self.reactions.iter().filter(|(_, (_, stands, _))| *stands);
        let mut by_age: Vec<_> =
            standing.map(|((reaction, ..), (seq, _, who))| (*seq, reaction, who)).collect();
        by_age.sort_by_key(|(seq, ..)| *seq);
        let mut found: Vec<(&Reaction, Vec<&Author>)> = Vec::new();
        for (_, reaction, who) in by_age {
            match found.iter_mut().find(|(known, _)| *known == reaction) {
                Some((_, whose)) => whose.push(who),
                None => found.push((reaction, vec![who])),
            }
        }
        found
    }

    fn take_out(&mut self) {
        self.text = None;
        self.edited = None;
        self.reply_to = None;
        self.reactions.clear();
    }

    fn react(&mut self, event: &Event, reaction: &Reaction, stands: bool) {
        let author = &event.author;
        let key = (reaction.clone(), author.name.key().to_owned(), author.guest);
        let newer = self.reactions.get(&key).is_none_or(|(seq, ..)| *seq < event.seq);
        if newer && !self.is_tombstone() {
            self.reactions.insert(key, (event.seq, stands, author.clone()));
        }
    }
}

/// Two messages are the same if they read the same.
impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        let Self { author, at, text, edited, reply_to, reactions: _ } = self;
        (author, at, text, edited, reply_to)
            == (&other.author, &other.at, &other.text, &other.edited, &other.reply_to)
            && self.reactions() == other.reactions()
    }
}

impl Eq for Message {}

impl Messages {
    /// Takes an event, and says which message reads otherwise from now on.
    pub fn take(&mut self, event: &Event) -> Option<Seq> {
        match &event.body {
            Body::Posted { text, reply_to, .. } => self.posted(event, Some(text), *reply_to),
            Body::Tombstone { of: None } => self.posted(event, None, None),
            Body::Edited { of, .. }
            | Body::Deleted { of }
            | Body::Reacted { of, .. }
            | Body::Unreacted { of, .. } => self.amended(event, *of),
            _ => None,
        }
    }

    /// One message.
    pub fn get(&self, seq: Seq) -> Option<&Message> {
        self.messages.get(&seq)
    }

    /// All messages that are there, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Seq, &Message)> {
        self.messages.iter().map(|(seq, message)| (*seq, message))
    }

    /// Keeps no message that is older than this one. Whoever wants it again asks for its page.
    pub fn forget_before(&mut self, seq: Seq) {
        self.messages = self.messages.split_off(&seq);
    }

    /// Keeps no message that is newer than this one.
    pub fn forget_after(&mut self, seq: Seq) {
        self.messages.split_off(&seq.next());
    }

    fn posted(&mut self, event: &Event, text: Option<&Text>, reply_to: Option<Seq>) -> Option<Seq> {
        match (self.messages.get_mut(&event.seq), text) {
            (Some(known), None) if !known.is_tombstone() => known.take_out(),
            // What was taken out is not put back by a page that is older than that.
            (Some(_), _) => return None,
            (None, _) => {
                let (author, at, text) = (event.author.clone(), event.at, text.cloned());
                let reactions = BTreeMap::new();
                let message = Message { author, at, text, edited: None, reply_to, reactions };
                self.messages.insert(event.seq, message);
                self.amend_with_early(event.seq);
            }
        }
        Some(event.seq)
    }

    fn amend_with_early(&mut self, seq: Seq) {
        let (mine, others) = std::mem::take(&mut self.early).into_iter().partition(|e| about(e) == Some(seq));
        self.early = others;
        let mine: VecDeque<Event> = mine;
        mine.iter().for_each(|event| {
            self.amended(event, seq);
        });
    }

    fn amended(&mut self, event: &Event, of: Seq) -> Option<Seq> {
        let Some(message) = self.messages.get_mut(&of) else {
            if self.early.len() == EARLY_EVENTS_MAX {
                self.early.pop_front();
            }
            self.early.push_back(event.clone());
            return None;
        };
        match &event.body {
            Body::Edited { text, .. } if !message.is_tombstone() && message.edited < Some(event.seq) => {
                message.text = Some(text.clone());
                message.edited = Some(event.seq);
            }
            Body::Deleted { .. } => message.take_out(),
            Body::Reacted { reaction, .. } => message.react(event, reaction, true),
            Body::Unreacted { reaction, .. } => message.react(event, reaction, false),
            _ => return None,
        }
        Some(of)
    }
}

/// The message that an event changes.
fn about(event: &Event) -> Option<Seq> {
    match event.body {
        Body::Edited { of, .. }
        | Body::Deleted { of }
        | Body::Reacted { of, .. }
        | Body::Unreacted { of, .. } => Some(of),
        _ => None,
    }
}
