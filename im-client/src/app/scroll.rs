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

    /// An item that has rows: this one, or else the next to it.
    fn shown(&self, key: Key) -> Option<Key> {
        let outbox = &self.app.outbox;
        let has_rows = |key: &Key| self.height(*key) > 0;
        let mut after = std::iter::successors(Some(key), |key| self.talk.key_after(*key, outbox));
        let mut before = std::iter::successors(Some(key), |key| self.talk.key_before(*key, outbox));
        after.find(has_rows).or_else(|| before.find(has_rows))
    }

    /// A place further down if there are rows missing above the first of the log; nothing if that is the end.
    fn filled(&self, at: (Key, usize)) -> Option<(Key, usize)> {
        if !self.talk.log.is_from_start() {
            return Some(at);
        }
        let height = usize::from(self.shape.height);
        match self.up(at, height.saturating_sub(1)).1 {
            0 => Some(at),
            missing => self.down(at, missing),
        }
    }

    /// Where one looks with a place at the lower edge; nothing is the end of what is here.
    fn held(&self, at: Option<(Key, usize)>, newer: u64) -> Scroll {
        // That is not the end of the log while more is to be loaded.
        let at = at.or_else(|| if self.talk.log.is_up_to_head() { None } else { self.end() });
        at.map_or(Scroll::End, |(key, row)| Scroll::At(Anchor { key, row, newer }))
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
        let (up, lacking) = walk.up(at, rows.unsigned_abs());
        // The first row of the log does not leave the upper edge; above what is still to be loaded one row says so.
        let spare = if talk.log.is_from_start() { 1 } else { 2 };
        let (_, missing) = walk.up(up, height.saturating_sub(spare));
        match missing {
            0 => Some(up),
            // What is still to be loaded above does not push down what is in sight.
            _ if !talk.log.is_from_start() && missing + lacking > rows.unsigned_abs() => Some(at),
            missing => walk.down(up, missing),
        }
    } else {
        walk.down(at, rows.unsigned_abs())
    };
    let scroll = walk.held(moved, newer);
    if let Some(talk) = app.talk_mut() {
        let came_back = talk.scroll != Scroll::End && scroll == Scroll::End;
        talk.scroll = scroll;
        talk.sought = None;
        if came_back {
            talk.spot = None;
            talk.hold_marker(false);
        }
    }
}

/// Where one looks with so many rows below the first of an item; fewer where the log ends, more where it begins.
pub(super) fn with_rows_below(app: &App, talk: &Talk, shape: Shape, at: Anchor, below: usize) -> Scroll {
    let walk = Walk { app, talk, shape };
    let Some(key) = walk.shown(at.key) else {
        return Scroll::At(at);
    };
    let lowest = walk.down((key, 0), below).and_then(|lowest| walk.filled(lowest));
    walk.held(lowest, at.newer)
}

/// No row stays empty above the first of the log: what came may have shown how near that is.
pub(super) fn fill(app: &mut App) {
    let (Some(talk), Some(shape)) = (app.talk(), rows::shape(app)) else {
        return;
    };
    let Scroll::At(Anchor { key, row, newer }) = talk.scroll else {
        return;
    };
    let walk = Walk { app, talk, shape };
    let scroll = walk.held(walk.filled((key, row)), newer);
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
