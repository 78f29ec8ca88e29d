//! One message as rows: what it answers, its lines, what became of it, and how people reacted to it.

use std::rc::Rc;

use im_proto::{Author, Seq, Timestamp, fold};

use super::geometry::Manner;
use super::rich::{Line, covered};
use super::rows::{Row, Shape, State, clock};
use super::{App, Talk, Unsent, UnsentState, amending, wrap};
use crate::wording;

/// So much of what is answered is looked at, in characters: more than fits a row.
const QUOTED_CHARS_MAX: usize = 2000;

/// Posts of one person within this time are one group.
const GROUP_MS_MAX: u64 = 5 * 60 * 1000;

/// What a message needs to know of the one before.
pub(super) struct Before<'a> {
    pub(super) author: &'a Author,
    pub(super) at: Timestamp,
}

/// A message, in the log or not yet.
pub(super) struct Message<'a> {
    pub(super) author: &'a Author,
    pub(super) at: Timestamp,
    /// The one before, if this may be of one group with it.
    pub(super) before: Option<Before<'a>>,
    /// Its number, once it is in the log.
    pub(super) seq: Option<Seq>,
    pub(super) reply_to: Option<Seq>,
    /// What it says, in lines; nothing if it was taken out.
    pub(super) lines: Option<&'a [Rc<Line>]>,
    /// What is to be told behind it.
    pub(super) tail: Vec<(State, String)>,
    pub(super) reactions: Vec<String>,
}

/// What became of a message that is not in the log yet, with a sign and in words: colour is not the only signal.
pub(super) fn became(unsent: &Unsent) -> (State, String) {
    match &unsent.state {
        UnsentState::Queued => (State::Queued, "… queued".to_owned()),
        UnsentState::Sent => (State::Queued, "…".to_owned()),
        UnsentState::Stored(_) => (State::Stored, "✓".to_owned()),
        UnsentState::Failed(why) => (State::Failed, format!("! {why}")),
    }
}

/// What is told behind a message of the log.
pub(super) fn tail(app: &App, talk: &Talk, seq: Seq, message: &fold::Message) -> Vec<(State, String)> {
    let mut tail = Vec::new();
    if message.edited.is_some() {
        tail.push((State::Edited, wording::EDITED.to_owned()));
    }
    if app.is_me(&message.author) && !message.is_tombstone() {
        tail.push(arrived(talk, seq));
    }
    tail
}

fn arrived(talk: &Talk, seq: Seq) -> (State, String) {
    match talk.about.receipts {
        Some(receipts) if receipts.read >= seq => (State::Read, "✓✓ read".to_owned()),
        Some(receipts) if receipts.received >= seq => (State::Stored, "✓ delivered".to_owned()),
        _ => (State::Stored, "✓".to_owned()),
    }
}

impl Message<'_> {
    /// Its rows, from the top.
    pub(super) fn rows(mut self, app: &App, talk: &Talk, shape: Shape) -> Vec<Row> {
        let clock = |at| clock(at, &app.zone);
        let narrow = shape.manner == Manner::Narrow;
        let groups = self.groups();
        let mut time = Some(clock(self.at));
        if groups && self.before.as_ref().is_some_and(|before| Some(clock(before.at)) == time) {
            time = None;
        }
        if let Some(seq) = self.seq.filter(|_| amending::are_numbers_wanted(app)) {
            let number = format!("#{seq}");
            if narrow {
                self.tail.push((State::Number, number));
            } else {
                time = Some(number);
            }
        }
        let mut rows = Vec::new();
        if narrow && !groups {
            rows.push(Row::Head { author: self.author.clone(), time: clock(self.at) });
        }
        rows.extend(self.reply_to.map(|seq| quote(talk, seq, shape)));
        let mut author = (!narrow && !groups).then(|| self.author.clone());
        let mut time = time.filter(|_| !narrow);
        let gone = [Rc::new(Line::plain(wording::GONE))];
        for line in self.lines.unwrap_or(&gone) {
            rows.push(Row::Said {
                author: author.take(),
                time: time.take(),
                line: Rc::clone(line),
                gone: self.lines.is_none(),
                tail: Vec::new(),
            });
        }
        self.put_tail(&mut rows, shape.text);
        let reactions = in_lines(&self.reactions, shape.text);
        rows.extend(reactions.into_iter().map(Row::Reactions));
        rows
    }

    /// It is shown under the name that stands above the one before.
    fn groups(&self) -> bool {
        let is_soon = |before: &Before<'_>| self.at.0.saturating_sub(before.at.0) < GROUP_MS_MAX;
        self.before.as_ref().is_some_and(|before| before.author == self.author && is_soon(before))
    }

    /// What is told behind a message stands behind its last line, or below where there is no room.
    fn put_tail(&mut self, rows: &mut Vec<Row>, room: u16) {
        if self.tail.is_empty() {
            return;
        }
        let wide: u16 = self.tail.iter().map(|(_, words)| wrap::cells(words) + 1).sum();
        match rows.last_mut() {
            Some(Row::Said { line, tail, .. }) if line.cells().saturating_add(wide) <= room => {
                *tail = std::mem::take(&mut self.tail);
            }
            _ => rows.extend(self.tail.iter().flat_map(|(state, words)| {
                wrap::wrap(words, room).into_iter().map(|words| Row::Said {
                    author: None,
                    time: None,
                    line: Rc::default(),
                    gone: false,
                    tail: vec![(*state, words)],
                })
            })),
        }
    }
}

/// `┌ bob: the v0.3 tag is up…`: always one row, whatever is known of it, so that nothing moves when more is.
fn quote(talk: &Talk, seq: Seq, shape: Shape) -> Row {
    let quoted = talk.log.message(seq).map(|message| {
        let said = message.text.as_ref().map_or(wording::GONE, |text| text.as_str());
        let beginning: String = said.chars().take(QUOTED_CHARS_MAX).collect();
        let said = wrap::one_line(&covered(&beginning), shape.text);
        format!("{}: {said}", wording::name(&message.author))
    });
    let quoted = quoted.unwrap_or_else(|| format!("#{seq}, further up"));
    Row::Quote(wrap::cut(&format!("┌ {quoted}"), shape.text))
}

/// Some words in lines; a word is not torn, as long as it fits a line.
fn in_lines(words: &[String], width: u16) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(last) if wrap::cells(last) + 1 + wrap::cells(word) <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(wrap::cut(word, width)),
        }
    }
    lines
}
