//! Who is writing: what the others are told of oneself, and what one sees of them. It is over by itself; nothing of it is
//! kept.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use im_proto::{Address, Author, ConversationId, Request, TYPING_SECONDS, TYPING_SHOWN_SECONDS};

use super::asked::Purpose;
use super::{Action, App};
use crate::wording;

/// Most who are known to be writing.
const WRITERS_MAX: usize = 64;
/// In conversations of more members than this nobody is told: the server would tell nobody either.
const MEMBERS_MAX: u64 = 64;
/// So many are named.
const NAMED_MAX: usize = 2;

/// Somebody is writing, until then.
#[derive(Debug)]
struct Writer {
    of: ConversationId,
    who: Author,
    until: Duration,
}

/// Who is writing.
#[derive(Debug, Default)]
pub struct Typing {
    others: Vec<Writer>,
    /// What was in the composer when it was looked at last, and of which conversation.
    seen: Option<(ConversationId, u64)>,
    /// When the server was told last, of which conversation.
    told: Option<(ConversationId, Duration)>,
}

impl Typing {
    /// Somebody is writing.
    pub(super) fn began(&mut self, of: ConversationId, who: Author, now: Duration) {
        let until = now + Duration::from_secs(TYPING_SHOWN_SECONDS);
        self.ended(of, &who);
        if self.others.len() < WRITERS_MAX {
            self.others.push(Writer { of, who, until });
        }
    }

    /// They have said it.
    pub(super) fn ended(&mut self, of: ConversationId, who: &Author) {
        self.others.retain(|writer| writer.of != of || writer.who != *who);
    }

    /// They are gone.
    pub(super) fn gone(&mut self, who: &Author) {
        self.others.retain(|writer| writer.who != *who);
    }

    /// Nobody is heard any more.
    pub(super) fn forget(&mut self) {
        self.others.clear();
    }

    pub(super) fn expire(&mut self, now: Duration) {
        self.others.retain(|writer| writer.until > now);
    }
}

impl App {
    /// Who writes in the open conversation.
    pub fn writers(&self) -> impl Iterator<Item = &Author> {
        let here = self.typing.others.iter().filter(|writer| Some(writer.of) == self.open);
        here.map(|writer| &writer.who)
    }

    /// The same in words.
    pub fn writing_words(&self) -> Option<String> {
        let names: Vec<String> = self.writers().map(wording::name).collect();
        Some(match &names[..] {
            [] => return None,
            [one] => format!("{one} is typing…"),
            [one, other] => format!("{one} and {other} are typing…"),
            many => format!("{}, {} and {} more are typing…", many[0], many[1], many.len() - NAMED_MAX),
        })
    }

    /// When somebody in sight is not writing any more.
    pub(super) fn typing_deadline(&self) -> Option<Duration> {
        let here = self.typing.others.iter().filter(|writer| Some(writer.of) == self.open);
        here.map(|writer| writer.until).min()
    }

    /// Tells the others that one is writing, if one is, and they were not told a moment ago.
    pub(super) fn tell_typing(&mut self) -> Option<Action> {
        let talk = self.talk()?;
        let (id, of) = (talk.about.id, talk.about.address.clone());
        let lines = talk.composer.lines();
        let mut hasher = DefaultHasher::new();
        lines.hash(&mut hasher);
        let now_there = (id, hasher.finish());
        let is_said = lines.iter().any(|line| !line.trim().is_empty());
        let is_command = lines.first().is_some_and(|line| line.starts_with('/') && !line.starts_with("//"));
        let is_heard = !talk.stands_in
            && talk.about.members <= MEMBERS_MAX
            && self.me.as_ref().is_none_or(|me| of != Address::User(me.clone()));
        let before = self.typing.seen.replace(now_there);
        // What was there when one came is no typing.
        let typed = before.is_some_and(|(of, text)| of == id && text != now_there.1);
        let pause = Duration::from_secs(TYPING_SECONDS);
        let is_news = self.typing.told.is_none_or(|(of, at)| of != id || self.now >= at + pause);
        if !(typed && is_said && !is_command && is_heard && is_news) {
            return None;
        }
        self.typing.told = Some((id, self.now));
        Some(self.ask(Request::Typing { of }, Purpose::Hint))
    }
}
