//! What is in sight: rows from the top, each with the item that it is of.

use super::rows::{self, Row, Shape};
use super::{App, Key, Scroll, Talk};

/// A row in sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Of which item.
    pub key: Key,
    /// Which of its rows, from its first.
    pub at: usize,
    /// The row.
    pub row: Row,
}

/// The rows in sight, from the top.
pub fn rows(app: &App, talk: &Talk, shape: Shape) -> Vec<Seen> {
    let height = usize::from(shape.height);
    let (mut next, mut last) = match talk.scroll {
        Scroll::End => (talk.last_key(&app.outbox), usize::MAX),
        Scroll::At(anchor) => (Some(anchor.key), anchor.row),
    };
    let mut upwards = Vec::with_capacity(height);
    while let Some(key) = next
        && upwards.len() < height
    {
        let rows = rows::of(app, talk, key, shape).into_iter().enumerate();
        let seen = rows.take(last.saturating_add(1)).map(|(at, row)| Seen { key, at, row });
        let seen: Vec<Seen> = seen.collect();
        upwards.extend(seen.into_iter().rev());
        last = usize::MAX;
        next = talk.key_before(key, &app.outbox);
    }
    upwards.truncate(height);
    upwards.reverse();
    upwards
}
