//! A stretch of one conversation's log: without a hole, bounded, and aware of what there is beyond its ends.
//!
//! It may end before the head, after a long absence or when one has scrolled far back: then more is loaded at that end
//! when it comes into sight, and nothing is ever shown as if it followed what it does not follow.

use std::collections::VecDeque;

use im_proto::fold::Messages;
use im_proto::{Body, Event, Page, Seq};

use super::amended;
use super::rich::Wrapped;

/// Most events of one conversation in memory.
pub const EVENTS_MAX: usize = 1000;
/// Most bytes of text of one conversation in memory.
const TEXT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// So many events about what is in sight are kept, whatever their size.
const NEAR_EVENTS: u64 = 50;

/// One event, and how it wraps.
#[derive(Debug)]
pub struct Entry {
    /// The event; a message that was taken out is a tombstone.
    pub event: Event,
    /// Its text in lines.
    pub wrapped: Wrapped,
    /// What it says since it was edited has so many bytes.
    pub(super) edited_bytes: usize,
}

/// What the server gave when a page was asked for.
#[derive(Debug)]
pub(super) struct Got {
    /// The page.
    pub(super) events: Vec<Event>,
    /// There is more in its direction.
    pub(super) more: bool,
    /// What happened after it to its messages.
    pub(super) amendments: Vec<Event>,
}

/// The stretch.
#[derive(Debug)]
pub struct Log {
    entries: VecDeque<Entry>,
    /// The messages among them, as they read now.
    pub(super) messages: Messages,
    head: Seq,
    pub(super) text_bytes: usize,
    from_start: bool,
    /// A page is under way.
    pub(super) loading: bool,
    /// The server would not give a page: no more are asked for on this connection.
    pub(super) refused: bool,
    /// So many events about messages that are not here have come while a page was under way.
    pub(super) early: usize,
    /// What happened to what is here was not told: it is loaded anew.
    pub(super) stale: bool,
    /// A page is under way that may be older than what is known: it is asked for again.
    pub(super) outdated: bool,
}

impl Log {
    /// Nothing yet, of a log that goes up to `head`.
    pub fn new(head: Seq) -> Self {
        Self {
            entries: VecDeque::new(),
            messages: Messages::default(),
            head,
            text_bytes: 0,
            from_start: head == Seq::ZERO,
            loading: false,
            refused: false,
            early: 0,
            stale: false,
            outdated: false,
        }
    }

    /// The newest event that is known to exist.
    pub fn head(&self) -> Seq {
        self.head
    }

    /// The first entry's number.
    pub fn first(&self) -> Option<Seq> {
        self.entries.front().map(|entry| entry.event.seq)
    }

    /// The last entry's number.
    pub fn last(&self) -> Option<Seq> {
        self.entries.back().map(|entry| entry.event.seq)
    }

    /// There is nothing before the first entry.
    pub fn is_from_start(&self) -> bool {
        self.from_start
    }

    /// There is nothing after the last entry.
    pub fn is_up_to_head(&self) -> bool {
        self.last().unwrap_or(Seq::ZERO) == self.head
    }

    /// The entry with a number.
    pub fn get(&self, seq: Seq) -> Option<&Entry> {
        self.entries.get(self.index(seq)?)
    }

    fn index(&self, seq: Seq) -> Option<usize> {
        let index = usize::try_from(seq.0.checked_sub(self.first()?.0)?).ok()?;
        (index < self.entries.len()).then_some(index)
    }

    pub(super) fn get_mut(&mut self, seq: Seq) -> Option<&mut Entry> {
        let index = self.index(seq)?;
        self.entries.get_mut(index)
    }

    /// All entries, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The last entry before another that is told by itself.
    pub fn told_before(&self, seq: Seq) -> Option<&Entry> {
        let end = self.index(seq)?;
        self.entries.range(..end).rev().find(|entry| entry.is_told())
    }

    /// The first entry after another that is told by itself.
    pub fn told_after(&self, seq: Seq) -> Option<&Entry> {
        let start = self.index(seq)? + 1;
        self.entries.range(start..).find(|entry| entry.is_told())
    }

    /// Takes an event that came live; tells whether it is new. `in_sight` is the event one has scrolled back to.
    pub(super) fn came(&mut self, event: Event, in_sight: Option<Seq>) -> bool {
        let follows = match self.last() {
            Some(last) => event.seq == last.next(),
            // What one has scrolled back to is still to be loaded: it would not lead up to this.
            None => in_sight.is_none(),
        };
        let is_new = event.seq > self.head || (follows && self.last().is_some_and(|last| event.seq > last));
        self.head = self.head.max(event.seq);
        self.amend_live(&event);
        // What follows something else stays out until it is loaded; so does what would push out what is in sight.
        let full = self.entries.len() >= EVENTS_MAX && in_sight.is_some();
        if follows && !full {
            if self.entries.is_empty() {
                self.from_start = event.seq == Seq::ZERO.next();
            }
            self.push_back(event);
            self.drop_oldest(in_sight);
        }
        is_new
    }

    /// The server says that the log goes up to here.
    pub(super) fn goes_up_to(&mut self, head: Seq) {
        self.head = self.head.max(head);
        if self.entries.is_empty() {
            self.from_start = self.head == Seq::ZERO;
        }
    }

    /// Takes a page that was asked for, and what became of its messages.
    pub(super) fn take_page(&mut self, page: Page, got: Got, in_sight: Option<Seq>) {
        self.loading = false;
        self.early = 0;
        if std::mem::take(&mut self.outdated) {
            return;
        }
        if self.stale {
            self.forget_entries();
        }
        let tombstones: Vec<Event> =
            got.events.iter().filter(|event| amended::is_tombstone(event)).cloned().collect();
        self.insert_page(page, got.events, got.more, in_sight);
        // What is taken out in the page may be here as it was before.
        tombstones.iter().chain(&got.amendments).for_each(|event| self.amend_here(event));
        self.amend_by_what_is_here();
    }

    fn insert_page(&mut self, page: Page, events: Vec<Event>, more: bool, in_sight: Option<Seq>) {
        let ends = events.first().map(|e| e.seq).zip(events.last().map(|e| e.seq));
        let Some((first, last)) = ends else {
            // Nothing is there, whatever the numbers promise.
            match page {
                Page::Before(_) | Page::Newest | Page::Around(_) => self.from_start = true,
                Page::After(_) => self.refused = true,
            }
            return;
        };
        self.head = self.head.max(last);
        let touches = self
            .first()
            .zip(self.last())
            .is_some_and(|(ours_first, ours_last)| first <= ours_last.next() && last.next() >= ours_first);
        if !touches {
            let is_here = in_sight.is_none_or(|seq| self.get(seq).is_some());
            if matches!(page, Page::After(_) | Page::Before(_)) && !self.entries.is_empty() && is_here {
                // The stretch has moved on since the page was asked for.
                return;
            }
            self.forget_entries();
        }
        let starts_here = !more && matches!(page, Page::Before(_) | Page::Newest);
        let mut earlier = Vec::new();
        for event in events {
            if self.first().is_some_and(|ours| event.seq < ours) {
                earlier.push(event);
            } else if self.last().is_none_or(|ours| event.seq == ours.next()) {
                self.push_back(event);
            }
        }
        let grew_back = !earlier.is_empty();
        for event in earlier.into_iter().rev() {
            self.push_front(event);
        }
        if self.first() == Some(first) {
            self.from_start = starts_here || first == Seq::ZERO.next();
        }
        if grew_back {
            self.drop_newest(in_sight);
        } else {
            self.drop_oldest(in_sight);
        }
    }

    /// Forgets all entries, not how far the log goes.
    pub(super) fn forget_entries(&mut self) {
        self.entries.clear();
        self.messages.forget_after(Seq::ZERO);
        self.text_bytes = 0;
        self.stale = false;
        self.from_start = self.head == Seq::ZERO;
    }

    /// Drops the oldest entries until only so many are left.
    pub(super) fn keep_newest(&mut self, count: usize) {
        while self.entries.len() > count {
            self.pop_front();
        }
    }

    fn is_over_bounds(&self) -> bool {
        self.entries.len() > EVENTS_MAX || self.text_bytes > TEXT_BYTES_MAX
    }

    fn drop_oldest(&mut self, in_sight: Option<Seq>) {
        while self.is_over_bounds() && self.entries.len() > 1 {
            let near = in_sight.or(self.last()).zip(self.first());
            if near.is_some_and(|(sight, first)| first.0 + NEAR_EVENTS >= sight.0) {
                return;
            }
            self.pop_front();
        }
    }

    fn drop_newest(&mut self, in_sight: Option<Seq>) {
        while self.is_over_bounds() && self.entries.len() > 1 {
            let near = in_sight.zip(self.last());
            if near.is_none_or(|(sight, last)| sight.0 + NEAR_EVENTS >= last.0) {
                return;
            }
            self.pop_back();
        }
    }

    fn push_back(&mut self, event: Event) {
        let said = event.clone();
        let entry = Entry::of(event);
        self.text_bytes += entry.text_bytes();
        self.entries.push_back(entry);
        self.fold(&said);
    }

    fn push_front(&mut self, event: Event) {
        let said = event.clone();
        let entry = Entry::of(event);
        self.text_bytes += entry.text_bytes();
        self.entries.push_front(entry);
        self.fold(&said);
    }

    fn pop_front(&mut self) {
        if let Some(entry) = self.entries.pop_front() {
            self.text_bytes -= entry.text_bytes();
            self.messages.forget_before(entry.event.seq.next());
            self.from_start = false;
        }
    }

    fn pop_back(&mut self) {
        if let Some(entry) = self.entries.pop_back() {
            self.text_bytes -= entry.text_bytes();
            self.messages.forget_after(Seq(entry.event.seq.0.saturating_sub(1)));
        }
    }
}

impl Entry {
    fn of(event: Event) -> Self {
        Self { event, wrapped: Wrapped::default(), edited_bytes: 0 }
    }

    /// It is told by itself.
    pub fn is_told(&self) -> bool {
        amended::is_told(&self.event.body)
    }

    pub(super) fn text_bytes(&self) -> usize {
        let own = match &self.event.body {
            Body::Posted { text, .. } | Body::Edited { text, .. } => text.as_str().len(),
            _ => 0,
        };
        own + self.edited_bytes
    }
}
