//! From one conversation to another by a key: to what waits to be read and back again, and to the one before.

use im_proto::ConversationId;

use super::{App, Talk, Waiting};

/// Going from one to the next that has something unread, and back to where one began.
#[derive(Debug)]
pub(super) struct Tour {
    began_at: Option<ConversationId>,
    /// What was looked at; the last is where one is, or the tour is over.
    seen: Vec<ConversationId>,
}

impl App {
    /// How much a conversation wants to be read: 2 for what is meant for oneself, 1 for what is unread.
    pub(super) fn urgency(&self, talk: &Talk) -> u8 {
        match talk.waiting(false) {
            Waiting::Nothing => 0,
            Waiting::Unread(_) => 1,
            Waiting::ForMe(_) => 2,
        }
    }

    /// Opens what wants most to be read; when nothing does any more, where one was at first.
    pub(super) fn open_unread(&mut self) {
        if self.next_mention_here() {
            return;
        }
        let goes_on = |tour: &Tour| tour.seen.last().copied() == self.open;
        let mut tour = self
            .tour
            .take()
            .filter(goes_on)
            .unwrap_or_else(|| Tour { began_at: self.open, seen: Vec::new() });
        let is_next = |talk: &&Talk| {
            let id = talk.about.id;
            self.urgency(talk) > 0 && self.open != Some(id) && !tour.seen.contains(&id)
        };
        // What has waited longest comes first among what is as urgent.
        let next = self.conversations.all().filter(is_next);
        let next = next.min_by_key(|talk| (std::cmp::Reverse(self.urgency(talk)), talk.about.active));
        match next.map(|talk| talk.about.id) {
            Some(id) => {
                self.open_talk(id);
                self.want_mentions();
                tour.seen.push(id);
                self.tour = Some(tour);
            }
            None if tour.seen.is_empty() => self.toasts.tell("nothing is unread", self.now),
            None => {
                if let Some(id) = tour.began_at {
                    self.open_talk(id);
                }
            }
        }
    }

    /// Opens the one that was open before, so that twice is here again.
    pub(super) fn open_last_used(&mut self) {
        let exists = |id: &&ConversationId| self.conversations.get(**id).is_some();
        match self.opened_before.iter().rev().find(exists).copied() {
            Some(id) => self.open_talk(id),
            None => self.toasts.tell("no other was open yet", self.now),
        }
    }
}
