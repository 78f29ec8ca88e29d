//! What is told to somebody who looks elsewhere: by the terminal's notifications, and by the title of the window.

use std::time::Duration;

use im_proto::{Address, Body, ConversationId, Event, Kind, Timestamp, mentions_user, printable};

use super::rich::covered;
use super::{Action, App, Talk};
use crate::config::Level;
use crate::wording;

/// Between two notifications, in seconds. What comes in between is in the list and in the title.
const NOTIFY_SECONDS_MIN: u64 = 3;
/// What was said longer ago, in seconds, is no news: it came while one was away.
const NEWS_SECONDS_MAX: u64 = 300;
/// Longest text of a notification, in characters.
const BODY_CHARS_MAX: usize = 200;
/// So long a mute without a unit lasts, by its letter, in seconds.
const UNITS: [(char, u64); 4] = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400)];

/// What is shown by the terminal. Both are harmless to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Who, and where.
    pub title: String,
    /// What, unless that is private.
    pub body: Option<String>,
}

/// What a conversation tells of, where it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLevel {
    /// Which conversation.
    pub of: Address,
    /// Of what.
    pub level: Level,
    /// Until then; without it for good.
    pub until: Option<Timestamp>,
}

/// What is told outside.
#[derive(Debug, Default)]
pub(super) struct Notifying {
    pub(super) levels: Vec<KeptLevel>,
    waiting: Option<Notification>,
    told: Option<Duration>,
    title: String,
}

impl App {
    /// Of which messages of a conversation somebody wants to be told now.
    pub fn level_of(&self, talk: &Talk) -> Level {
        let kept = self.notifying.levels.iter().find(|kept| kept.of == talk.about.address);
        let holds = kept.filter(|kept| kept.until.is_none_or(|until| self.wall < until));
        holds.map_or(self.config.notify.level, |kept| kept.level)
    }

    /// A message of somebody else came that is not read: perhaps it is to be told.
    pub(super) fn perhaps_notify(&mut self, id: ConversationId, event: &Event) {
        let looks = self.focused && self.is_chatting() && self.open == Some(id);
        let hour = wall(self.wall).to_zoned(self.zone.clone()).time();
        let is_old = self.wall.0.saturating_sub(event.at.0) > NEWS_SECONDS_MAX * 1000;
        if looks || is_old || self.config.notify.quiet.holds(hour) {
            return;
        }
        let Some(talk) = self.conversations.get(id) else { return };
        let Body::Posted { text, .. } = &event.body else { return };
        let is_direct = talk.about.kind == Kind::Direct;
        let to_me = is_direct || self.me.as_ref().is_some_and(|me| mentions_user(text.as_str(), me));
        let wanted = match self.level_of(talk) {
            Level::All => true,
            Level::Mentions => to_me,
            Level::None => false,
        };
        let pause = Duration::from_secs(NOTIFY_SECONDS_MIN);
        if !wanted || self.notifying.told.is_some_and(|told| self.now < told + pause) {
            return;
        }
        let who = wording::name(&event.author);
        let title = if is_direct { who } else { format!("{who} in {}", talk.about.address) };
        let body = (!self.config.notify.privacy).then(|| {
            let one_line = text.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
            covered(&printable(&one_line).to_string()).chars().take(BODY_CHARS_MAX).collect()
        });
        self.notifying.told = Some(self.now);
        self.notifying.waiting = Some(Notification { title, body });
    }

    /// What is to be told outside: a notification, and the title of the window if it is another.
    pub(super) fn tell_outside(&mut self) -> Vec<Action> {
        let title = self.window_title();
        let is_new = title != self.notifying.title;
        if is_new {
            self.notifying.title.clone_from(&title);
        }
        let note = self.notifying.waiting.take().map(Action::Notify);
        note.into_iter().chain(is_new.then_some(Action::Title(title))).collect()
    }

    /// `(@2) #general – im`: how many unread messages are for oneself, and what is open. Names hold nothing that could act on a
    /// terminal.
    fn window_title(&self) -> String {
        let mine: u64 = self.conversations.all().map(|talk| self.for_me(talk)).sum();
        let count = if mine == 0 { String::new() } else { format!("(@{mine}) ") };
        match self.talk().filter(|_| self.is_chatting()) {
            Some(talk) => format!("{count}{} – im", self.heading_of(talk)),
            None => format!("{count}im"),
        }
    }

    fn for_me(&self, talk: &Talk) -> u64 {
        match talk.about.kind {
            _ if self.level_of(talk) == Level::None => 0,
            Kind::Direct => talk.about.unread,
            Kind::Group | Kind::Room => talk.about.mentions,
        }
    }

    /// `/notify all|mentions|none`, `/mute [1h]`, about the open conversation.
    pub(super) fn set_level(&mut self, word: &str, rest: &[&str]) -> Result<(), ()> {
        let Some(of) = self.talk().map(|talk| talk.about.address.clone()) else {
            self.toasts.complain("no conversation is open", self.now);
            return Ok(());
        };
        let (level, until) = match (word, rest) {
            ("/mute", []) | ("/notify", ["none"]) => (Level::None, None),
            ("/mute", [time]) => (Level::None, Some(Timestamp(self.wall.0 + millis(time).ok_or(())?))),
            ("/notify", ["all"]) => (Level::All, None),
            ("/notify", ["mentions"]) => (Level::Mentions, None),
            _ => return Err(()),
        };
        let told = match (level, until) {
            (Level::All, _) => format!("you are told of all that is said in {of}"),
            (Level::Mentions, _) => format!("you are told of what is for you in {of}"),
            (Level::None, None) => format!("{of} is muted; /notify mentions ends that"),
            (Level::None, Some(_)) => format!("{of} is muted for {}", rest.join(" ")),
        };
        let now = self.wall;
        self.notifying.levels.retain(|kept| kept.of != of && kept.until.is_none_or(|until| now < until));
        self.notifying.levels.push(KeptLevel { of, level, until });
        self.toasts.tell(told, self.now);
        Ok(())
    }
}

fn wall(at: Timestamp) -> jiff::Timestamp {
    let at = i64::try_from(at.0).ok().and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    at.unwrap_or_default()
}

/// `90s`, `30m`, `1h`, `2d`
pub fn millis(raw: &str) -> Option<u64> {
    let unit = raw.chars().last()?;
    let (_, seconds) = UNITS.into_iter().find(|(letter, _)| letter.eq_ignore_ascii_case(&unit))?;
    let count: u64 = raw[..raw.len() - unit.len_utf8()].parse().ok().filter(|count| *count > 0)?;
    count.checked_mul(seconds)?.checked_mul(1000).filter(|millis| *millis < 1 << 40)
}
