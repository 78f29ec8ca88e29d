//! Where one looks in a conversation: at its end, or held to one message, never to a row number. What arrives above or
//! below moves nothing.

use im_proto::{MessageId, Seq};

use super::rows::{self, Shape};
use super::{App, Talk};

/// One item of the message list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// An event of the log.
    Event(Seq),
    /// Something said that has not come back in the log yet.
    Unsent(MessageId),
}

/// What stands at the lower edge of the message list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Which item.
    pub key: Key,
    /// Its row at the edge, from its first.
    pub row: usize,
    /// So many posts have come since one looked away from the end.
    pub newer: u64,
}

/// Where one looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scroll {
    /// At the end, where the newest message appears.
    #[default]
    End,
    /// Further up.
    At(Anchor),
}

/// A walk over the rows of a conversation.
struct Walk<'a> {
    app: &'a App,
    talk: &'a Talk,
    shape: Shape,
}

impl Walk<'_> {
    fn height(&self, key: Key) -> usize {
        rows::of(self.app, self.talk, key, self.shape).len()
    }

    /// The last row of all.
    fn end(&self) -> Option<(Key, usize)> {
        let mut key = self.talk.last_key(&self.app.outbox)?;
        loop {
            match self.height(key) {
                0 => key = self.talk.key_before(key, &self.app.outbox)?,
                rows => return Some((key, rows - 1)),
            }
        }
    }

    /// Goes up some rows; tells how many were missing at the top.
    fn up(&self, (mut key, mut row): (Key, usize), mut by: usize) -> ((Key, usize), usize) {
        while by > row {
            let mut before = key;
            let height = loop {
                match self.talk.key_before(before, &self.app.outbox) {
                    Some(earlier) => before = earlier,
                    None => return ((key, 0), by - row),
                }
                match self.height(before) {
                    0 => {}
                    height => break height,
                }
            };
            by -= row + 1;
            key = before;
            row = height - 1;
        }
        ((key, row - by), 0)
    }

    /// Goes down some rows; nothing if that reaches the end.
    fn down(&self, (mut key, mut row): (Key, usize), mut by: usize) -> Option<(Key, usize)> {
        let end = self.end()?;
        loop {
            let left = self.height(key).saturating_sub(row + 1);
            if by <= left {
                row += by;
                break;
            }
            by -= left + 1;
            row = 0;
            key = loop {
                key = self.talk.key_after(key, &self.app.outbox)?;
                if self.height(key) > 0 {
                    break key;
                }
            };
        }
        ((key, row) != end).then_some((key, row))
    }
}

/// Scrolls the open conversation by some rows: up is negative.
pub(super) fn by(app: &mut App, rows: isize) {
    let Some(shape) = rows::shape(app) else {
        return;
    };
    let height = usize::from(shape.height);
    let Some(talk) = app.talk() else {
        return;
    };
    let walk = Walk { app, talk, shape };
    let (at, newer) = match talk.scroll {
        // What was said may have become shorter.
        Scroll::At(Anchor { key, row, newer }) => ((key, row.min(walk.height(key).saturating_sub(1))), newer),
        Scroll::End => match walk.end() {
            Some(end) => (end, 0),
            None => return,
        },
    };
    let moved = if rows < 0 {
        let (up, _) = walk.up(at, rows.unsigned_abs());
        // The first row of the log does not leave the upper edge.
        let (_, missing) = walk.up(up, height.saturating_sub(1));
        match missing {
            0 => Some(up),
            missing => walk.down(up, missing),
        }
    } else {
        walk.down(at, rows.unsigned_abs())
    };
    let scroll = match moved {
        Some((key, row)) => Scroll::At(Anchor { key, row, newer }),
        // The end of what is here is not the end of the log while more is to be loaded.
        None if !talk.log.is_up_to_head() => match walk.end() {
            Some((key, row)) => Scroll::At(Anchor { key, row, newer }),
            None => Scroll::End,
        },
        None => Scroll::End,
    };
    if let Some(talk) = app.talk_mut() {
        talk.scroll = scroll;
    }
}

/// Whether so few rows are left above what is in sight that more should be loaded.
pub(super) fn is_near_top(app: &App, talk: &Talk, shape: Shape) -> bool {
    let walk = Walk { app, talk, shape };
    let at = match talk.scroll {
        Scroll::At(anchor) => Some((anchor.key, anchor.row)),
        Scroll::End => walk.end(),
    };
    at.is_none_or(|at| walk.up(at, usize::from(shape.height) * 2).1 > 0)
}

/// Whether so few rows are left below what is in sight that more should be loaded.
pub(super) fn is_near_bottom(app: &App, talk: &Talk, shape: Shape) -> bool {
    let walk = Walk { app, talk, shape };
    match talk.scroll {
        Scroll::At(anchor) => walk.down((anchor.key, anchor.row), usize::from(shape.height)).is_none(),
        Scroll::End => true,
    }
}

/// Brings an item into sight by moving as little as possible. What one looks at is held there from then on, even at the end.
pub(super) fn into_sight(app: &mut App, key: Key) {
    let (Some(talk), Some(shape)) = (app.talk(), rows::shape(app)) else {
        return;
    };
    let walk = Walk { app, talk, shape };
    let height = usize::from(shape.height);
    let rows = walk.height(key);
    let (bottom, newer) = match talk.scroll {
        Scroll::At(Anchor { key, row, newer }) => {
            (Some((key, row.min(walk.height(key).saturating_sub(1)))), newer)
        }
        Scroll::End => (walk.end(), 0),
    };
    let Some(bottom) = bottom.filter(|_| rows > 0) else {
        return;
    };
    let (top, _) = walk.up(bottom, height.saturating_sub(1));
    let place = |(key, row): (Key, usize)| (talk.place_of(key, &app.outbox), row);
    let is_too_low = place((key, rows - 1)) > place(bottom);
    let is_too_high = place((key, 0)) < place(top);
    // Of what is taller than the pane the beginning is read first.
    let (key, row) = match (is_too_low, is_too_high) {
        _ if rows > height && (is_too_low || is_too_high) => (key, height.saturating_sub(1)),
        (true, _) => (key, rows - 1),
        (_, true) => walk.down((key, 0), height.saturating_sub(1)).or_else(|| walk.end()).unwrap_or(bottom),
        _ => bottom,
    };
    if let Some(talk) = app.talk_mut() {
        talk.scroll = Scroll::At(Anchor { key, row, newer });
    }
}
