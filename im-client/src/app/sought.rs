//! Going to a place in the log of the open conversation, wherever it is: the stretch that is here may be far from it. What
//! is asked for then begins there, takes the place of what was here, and grows in both directions as one scrolls.

use im_proto::{Event, Page, Seq, Timestamp};

use super::rows;
use super::scroll::{self, Anchor, Key, Scroll};
use super::{App, Log};

/// So much of the height stands above what one has gone to: one part in three.
const ABOVE: usize = 3;

/// Where one wants to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// At this event.
    Event(Seq),
    /// At the first that was said at this moment or later.
    Moment(Timestamp),
}

impl Goal {
    /// The page that has it.
    pub(super) fn page(self) -> Page {
        match self {
            Self::Event(seq) => Page::After(Seq(seq.0.saturating_sub(1))),
            Self::Moment(at) => Page::Around(at),
        }
    }

    /// The event of that page to go to: what is asked for may be hidden, or still to come.
    pub(super) fn within(self, events: &[Event]) -> Option<Seq> {
        let reached = events.iter().find(|event| match self {
            Self::Event(seq) => event.seq >= seq,
            Self::Moment(at) => event.at >= at,
        });
        reached.or(events.last()).map(|event| event.seq)
    }

    /// The same, if all that it takes is here.
    fn here(self, log: &Log) -> Option<Seq> {
        if log.stale {
            return None;
        }
        let (first, last) = (log.entries().next()?, log.entries().next_back()?);
        match self {
            Self::Event(seq) => {
                let seq = seq.min(log.head());
                log.get(seq).map(|_| seq)
            }
            Self::Moment(at) => {
                let is_here = (first.event.at < at || log.is_from_start())
                    && (at <= last.event.at || log.is_up_to_head());
                let reached = log.entries().find(|entry| entry.event.at >= at).unwrap_or(last);
                is_here.then_some(reached.event.seq)
            }
        }
    }
}

impl App {
    /// Goes to a place in the open conversation, at once or as soon as it is here.
    pub(super) fn seek(&mut self, goal: Goal) {
        let Some(talk) = self.talk_mut() else {
            return;
        };
        match goal.here(&talk.log) {
            Some(seq) => self.look_at(seq),
            None => {
                talk.sought = Some(goal);
                if !self.link.is_online() {
                    self.toasts.tell("not connected: you are taken there when it is back", self.now);
                }
            }
        }
    }

    /// Looks at an event that is here.
    pub(super) fn look_at(&mut self, seq: Seq) {
        let scroll = self.look_of(seq);
        if let Some(talk) = self.talk_mut() {
            talk.scroll = scroll;
            talk.sought = None;
            talk.spot = Some(seq);
        }
    }

    /// Where one looks with an event in the upper part of what is in sight.
    pub(super) fn look_of(&self, seq: Seq) -> Scroll {
        let Some(talk) = self.talk() else {
            return Scroll::End;
        };
        let newer = if let Scroll::At(anchor) = talk.scroll { anchor.newer } else { 0 };
        let at = Anchor { key: Key::Event(seq), row: 0, newer };
        let Some(shape) = rows::shape(self) else {
            return Scroll::At(at);
        };
        let height = usize::from(shape.height);
        let below = height - height.div_ceil(ABOVE);
        scroll::with_rows_below(self, talk, shape, at, below)
    }
}
