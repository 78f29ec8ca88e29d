//! The rows of the message list as data: what one item shows above itself (a date, the line of what is new), whose it
//! is, and its text in lines. Which rows there are is decided here, how they look elsewhere.

use std::rc::Rc;

use im_proto::{Author, Body, Event, Seq, Timestamp};
use jiff::Zoned;
use jiff::tz::TimeZone;

use super::amended::is_post;
use super::geometry::{Geometry, Manner};
use super::keys::Deed;
use super::message::{Before, Message, became, tail};
use super::{App, Entry, Key, Talk, Unsent, rich, wrap};
use crate::wording;

/// Up to so many people who came or went are named one by one.
const NAMES_MAX: usize = 3;
/// Before the text of a message in the narrow layout.
const INDENT_COLUMNS: u16 = 2;
/// Beside the name in the other layouts: `_HH:MM_name_│_`.
const GUTTER_COLUMNS: u16 = 10;

/// The room there is for rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Which layout.
    pub manner: Manner,
    /// Columns for names beside the text; none in the narrow layout.
    pub name: u16,
    /// Columns for text.
    pub text: u16,
    /// Rows in sight.
    pub height: u16,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Another day begins.
    Date(String),
    /// New posts from here on.
    New {
        /// So many.
        unread: u64,
        /// When the first of them came.
        since: String,
        /// The day, if another one begins here too: two rules in a row would be one too many.
        date: Option<String>,
        /// The key that goes there, and back.
        key: String,
    },
    /// Whose the following is, and since when: the narrow layout.
    Head {
        /// Whose.
        author: Author,
        /// When.
        time: String,
    },
    /// A line of what somebody said.
    Said {
        /// Whose, on the first row of a group.
        author: Option<Author>,
        /// When, on the first row of a message, where it differs from the one before; or its number.
        time: Option<String>,
        /// The line.
        line: Rc<rich::Line>,
        /// It is not what somebody said, but what is told in the place of it.
        gone: bool,
        /// What became of it in words, at its end.
        tail: Vec<(State, String)>,
    },
    /// What the following answers.
    Quote(String),
    /// How people reacted to what stands above.
    Reactions(String),
    /// Something that happened.
    Told {
        /// When.
        time: String,
        /// What.
        text: String,
    },
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for the connection, or is on its way.
    Queued,
    /// It is on the server's disk.
    Stored,
    /// It was refused.
    Failed,
    /// The other side has read it.
    Read,
    /// It says something else than it did.
    Edited,
    /// What it is called in commands.
    Number,
}

impl Shape {
    /// The columns before the text.
    pub fn beside(&self) -> u16 {
        beside(self.manner, self.name)
    }
}

fn beside(manner: Manner, name: u16) -> u16 {
    match manner {
        Manner::Narrow => INDENT_COLUMNS,
        _ => GUTTER_COLUMNS + name,
    }
}

/// The room there is now; nothing if there is none.
pub fn shape(app: &App) -> Option<Shape> {
    let geometry = Geometry::of(app);
    let name = match geometry.manner {
        Manner::Wide => 10,
        Manner::Middle => 8,
        Manner::Narrow => 0,
    };
    let beside = beside(geometry.manner, name);
    let area = geometry.messages;
    // One column stays free at the right edge.
    let text = area.width.saturating_sub(beside + u16::from(geometry.frame.is_some()));
    (area.height > 0).then_some(Shape {
        manner: geometry.manner,
        name,
        text: text.max(1),
        height: area.height,
    })
}

/// The rows of one item, from the top. Some have none: of a run of people who come and go only the last shows.
pub fn of(app: &App, talk: &Talk, key: Key, shape: Shape) -> Vec<Row> {
    match key {
        Key::Event(seq) => match talk.log.get(seq) {
            Some(entry) => {
                let list = List { app, talk, shape };
                list.entry(entry)
            }
            None => Vec::new(),
        },
        Key::Unsent(id) => match app.outbox.get(id) {
            Some(unsent) => {
                let list = List { app, talk, shape };
                list.unsent(unsent)
            }
            None => Vec::new(),
        },
    }
}

struct List<'a> {
    app: &'a App,
    talk: &'a Talk,
    shape: Shape,
}

impl List<'_> {
    fn entry(&self, entry: &Entry) -> Vec<Row> {
        let event = &entry.event;
        if !entry.is_told() || self.is_folded(event) {
            return Vec::new();
        }
        let zone = &self.app.zone;
        let mut rows = Vec::new();
        let first = self.first_of_run(event);
        let log = &self.talk.log;
        let previous = log.told_before(first.seq).map(|entry| &entry.event);
        let here_from = log.first().map_or(0, |seq| seq.0.saturating_sub(1));
        let before = previous.map_or(Seq(here_from), |previous| previous.seq);
        let day = date(first.at, zone);
        let another_day = match previous {
            Some(previous) => date(previous.at, zone) != day,
            None => log.is_from_start(),
        };
        let day = another_day.then_some(day);
        match self.talk.marker.filter(|marker| (before..event.seq).contains(&marker.after)) {
            Some(marker) => rows.push(Row::New {
                unread: marker.unread,
                since: clock(first.at, zone),
                date: day,
                key: self.app.config.keymap.short(Deed::FirstUnread).unwrap_or_default(),
            }),
            None => rows.extend(day.map(Row::Date)),
        }
        match &event.body {
            body if is_post(body) => {
                let before = previous.filter(|previous| rows.is_empty() && is_post(&previous.body));
                rows.extend(self.message(entry, before));
            }
            body => {
                let text = match run_of(body) {
                    Some(_) if first.seq != event.seq => self.run(first, event),
                    _ => wording::sentence(&event.author, body).unwrap_or_default(),
                };
                let time = clock(event.at, zone);
                rows.extend(
                    wrap::wrap(&text, self.shape.text)
                        .into_iter()
                        .map(|text| Row::Told { time: time.clone(), text }),
                );
            }
        }
        rows
    }

    fn unsent(&self, unsent: &Unsent) -> Vec<Row> {
        let Some(name) = self.app.me.clone() else {
            return Vec::new();
        };
        let me = &Author { name, guest: false };
        let key = Key::Unsent(unsent.message);
        let before = match self.talk.key_before(key, &self.app.outbox) {
            Some(Key::Unsent(id)) => self.app.outbox.get(id).map(|u| Before { author: me, at: u.at }),
            Some(Key::Event(_)) => {
                let last = self.talk.log.entries().rev().find(|entry| entry.is_told());
                last.filter(|entry| is_post(&entry.event.body))
                    .map(|entry| Before { author: &entry.event.author, at: entry.event.at })
            }
            None => None,
        };
        let lines = rich::lines(unsent.text.as_str(), self.shape.text, self.app.looks.rich);
        let message = Message {
            author: me,
            at: unsent.at,
            before,
            seq: None,
            reply_to: unsent.reply_to,
            lines: Some(&lines),
            tail: vec![became(unsent)],
            reactions: Vec::new(),
        };
        message.rows(self.app, self.talk, self.shape)
    }

    /// A message of the log as it reads now.
    fn message(&self, entry: &Entry, before: Option<&Event>) -> Vec<Row> {
        let event = &entry.event;
        let now = self.talk.log.message(event.seq);
        let text = now.and_then(|message| message.text.as_ref());
        let lines = text.map(|text| entry.wrapped.lines(text.as_str(), self.shape.text, self.app.looks.rich));
        let message = Message {
            author: &event.author,
            at: event.at,
            before: before.map(|before| Before { author: &before.author, at: before.at }),
            seq: Some(event.seq),
            reply_to: now.and_then(|message| message.reply_to),
            lines: lines.as_deref(),
            tail: now.map(|message| tail(self.app, self.talk, event.seq, message)).unwrap_or_default(),
            reactions: now.map(wording::reactions).unwrap_or_default(),
        };
        message.rows(self.app, self.talk, self.shape)
    }

    /// Whether the next event tells of this one too.
    fn is_folded(&self, event: &Event) -> bool {
        let next = self.talk.log.told_after(event.seq).map(|entry| &entry.event);
        next.is_some_and(|next| self.are_one_run(event, next))
    }

    fn are_one_run(&self, one: &Event, next: &Event) -> bool {
        let parted = self.talk.marker.is_some_and(|marker| (one.seq..next.seq).contains(&marker.after));
        run_of(&one.body).is_some()
            && run_of(&next.body).is_some()
            && !parted
            && date(one.at, &self.app.zone) == date(next.at, &self.app.zone)
    }

    fn first_of_run<'e>(&'e self, event: &'e Event) -> &'e Event {
        let mut first = event;
        while let Some(entry) = self.talk.log.told_before(first.seq)
            && self.are_one_run(&entry.event, first)
        {
            first = &entry.event;
        }
        first
    }

    /// `ann, ~neil joined · 5 left`
    fn run(&self, first: &Event, last: &Event) -> String {
        let mut parts = Vec::new();
        for did in ["joined", "left"] {
            let mut names = Vec::new();
            let mut count = 0;
            for seq in first.seq.0..=last.seq.0 {
                let Some(entry) = self.talk.log.get(Seq(seq)) else {
                    continue;
                };
                if run_of(&entry.event.body) == Some(did) {
                    count += 1;
                    names.push(wording::name(&entry.event.author));
                }
            }
            match count {
                0 => {}
                n if n <= NAMES_MAX => parts.push(format!("{} {did}", names.join(", "))),
                n => parts.push(format!("{n} {did}")),
            }
        }
        parts.join(" · ")
    }
}

/// Whether something is told together with its like, and how.
fn run_of(body: &Body) -> Option<&'static str> {
    match body {
        Body::Joined { .. } => Some("joined"),
        Body::Left => Some("left"),
        _ => None,
    }
}

/// Whether an event that follows another is told together with it, wherever the two may stand.
pub(super) fn may_fold(one: &Body, next: &Body) -> bool {
    run_of(one).is_some() && run_of(next).is_some()
}

fn at(when: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    let ms = i64::try_from(when.0).ok()?;
    Some(jiff::Timestamp::from_millisecond(ms).ok()?.to_zoned(zone.clone()))
}

/// `09:41`
pub fn clock(when: Timestamp, zone: &TimeZone) -> String {
    at(when, zone).map_or_else(|| "--:--".to_owned(), |zoned| zoned.strftime("%H:%M").to_string())
}

/// `Fri 20 November 2026, 09:41:07 UTC`
pub fn moment(when: Timestamp, zone: &TimeZone) -> String {
    let shown = |zoned: Zoned| zoned.strftime("%a %-d %B %Y, %H:%M:%S %Z").to_string();
    at(when, zone).map_or_else(|| "unknown".to_owned(), shown)
}

/// A moment that was named in UTC, meant by the clock on somebody's wall.
pub(super) fn by_the_wall(named: Timestamp, zone: &TimeZone) -> Timestamp {
    let meant = at(named, &TimeZone::UTC).and_then(|utc| utc.datetime().to_zoned(zone.clone()).ok());
    let ms = meant.and_then(|zoned| u64::try_from(zoned.timestamp().as_millisecond()).ok());
    ms.map_or(named, Timestamp)
}

/// `10:02` today, `20 Nov 10:02` this year, `20 Nov 2025 10:02` before.
pub fn short_moment(when: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let Some((when, now)) = at(when, zone).zip(at(now, zone)) else {
        return "unknown".to_owned();
    };
    let format = match () {
        () if when.date() == now.date() => "%H:%M",
        () if when.year() == now.year() => "%-d %b %H:%M",
        () => "%-d %b %Y %H:%M",
    };
    when.strftime(format).to_string()
}

/// `Fri 20 November`
fn date(when: Timestamp, zone: &TimeZone) -> String {
    at(when, zone).map_or_else(String::new, |zoned| zoned.strftime("%a %-d %B").to_string())
}
