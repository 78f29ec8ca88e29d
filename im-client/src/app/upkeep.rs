//! What has to be asked of the server without anybody pressing a key, looked at after every input: the pages that come
//! into sight, the mark of what is read, who is here, what waits to be sent.

use std::time::Duration;

use im_proto::{Address, PAGE_EVENTS_MAX, Page, Request, Seq};

use super::asked::Purpose;
use super::{Action, App, Scroll, Talk, rows, scroll};

/// Read marks of one conversation go out at most this often, in milliseconds.
const MARK_MS_MIN: u64 = 1000;

impl App {
    /// All that is due.
    pub(super) fn keep_up(&mut self) -> Vec<Action> {
        if !self.is_following || !self.link.is_online() {
            return Vec::new();
        }
        self.read_kept();
        let mut actions = self.send_unsent();
        actions.extend(self.load());
        actions.extend(self.go_on_searching());
        actions.extend(self.ask_for_mentions());
        actions.extend(self.mark_left());
        actions.extend(self.mark());
        actions.extend(self.tell_received());
        actions.extend(self.tell_typing());
        actions.extend(self.look_around());
        actions
    }

    /// When the next mark may go, if one is to go.
    pub(super) fn mark_deadline(&self) -> Option<Duration> {
        if !self.is_following || !self.link.is_online() || !self.has_read_more() {
            return None;
        }
        let marked = self.talk()?.marked.map(|at| at + Duration::from_millis(MARK_MS_MIN));
        self.read_at().max(marked)
    }

    fn load(&mut self) -> Option<Action> {
        let page = self.missing_page()?;
        let talk = self.talk_mut()?;
        if page == Page::Newest {
            // Far behind: what is here would not lead up to what comes.
            talk.log.forget_entries();
        }
        talk.log.loading = true;
        let (id, of) = (talk.about.id, talk.about.address.clone());
        let request = Request::History { of, page, limit: PAGE_EVENTS_MAX };
        Some(self.ask(request, Purpose::Page(id, page)))
    }

    /// The page of the open conversation that is, or soon will be, in sight and is not here.
    fn missing_page(&self) -> Option<Page> {
        let shape = rows::shape(self)?;
        let talk = self.talk()?;
        let log = &talk.log;
        if log.loading || log.refused {
            return None;
        }
        if let Some(goal) = talk.sought {
            return Some(goal.page());
        }
        // What one has scrolled back to comes last in its page.
        let anew = talk.in_sight().map_or(Page::Newest, |seq| Page::Before(seq.next()));
        if log.stale {
            return Some(anew);
        }
        let (Some(first), Some(last)) = (log.first(), log.last()) else {
            return (!log.is_from_start()).then_some(anew);
        };
        if !log.is_up_to_head() {
            let behind = log.head().0 - last.0;
            if talk.scroll == Scroll::End && behind > u64::from(PAGE_EVENTS_MAX) {
                return Some(Page::Newest);
            }
            if scroll::is_near_bottom(self, talk, shape) {
                return Some(Page::After(last));
            }
        }
        let more_above = !log.is_from_start() && scroll::is_near_top(self, talk, shape);
        more_above.then_some(Page::Before(first))
    }

    /// The newest message is in sight of somebody, and it is not marked as read.
    fn has_read_more(&self) -> bool {
        self.looks_at_end() && self.talk().is_some_and(|talk| talk.log.head() > talk.about.read)
    }

    /// When what was kept unread is read by somebody who has come back for it and sees the end.
    pub(super) fn kept_deadline(&self) -> Option<Duration> {
        let waits = self.is_following && self.link.is_online() && self.looks_at_end();
        self.read_at().filter(|_| waits && self.talk().is_some_and(Talk::is_kept_until_now))
    }

    fn read_kept(&mut self) {
        if self.kept_deadline().is_some_and(|at| at <= self.now)
            && let Some(talk) = self.talk_mut()
        {
            talk.kept = None;
        }
    }

    fn mark(&mut self) -> Option<Action> {
        if self.mark_deadline()? > self.now {
            return None;
        }
        let (of, read) = self.read_all()?;
        Some(self.ask(Request::Mark { of, read }, Purpose::Hint))
    }

    /// All of the open conversation is read.
    fn read_all(&mut self) -> Option<(Address, Seq)> {
        let now = self.now;
        let talk = self.talk_mut()?;
        talk.marked = Some(now);
        talk.about.read = talk.log.head();
        talk.about.unread = 0;
        talk.mentions_read(talk.log.head());
        Some((talk.about.address.clone(), talk.about.read))
    }

    /// One turns to another conversation: what was read does not wait for its turn to be marked.
    pub(super) fn turn_away(&mut self) {
        if self.mark_deadline().is_some() && self.read_at().is_some_and(|at| at <= self.now) {
            let read = self.read_all();
            self.left_read.extend(read);
        }
    }

    fn mark_left(&mut self) -> Vec<Action> {
        let left = std::mem::take(&mut self.left_read);
        left.into_iter().map(|(of, read)| self.ask(Request::Mark { of, read }, Purpose::Hint)).collect()
    }

    fn look_around(&mut self) -> Option<Action> {
        if !self.people.is_stale {
            return None;
        }
        let name = match &self.talk()?.about.address {
            Address::Room(name) => name.clone(),
            Address::User(_) => {
                self.people.is_stale = false;
                return Some(self.ask(Request::Who { of: None }, Purpose::Online));
            }
        };
        let purpose = Purpose::Members(name.clone());
        if self.asked.is_under_way(&purpose) {
            return None;
        }
        self.people.is_stale = false;
        Some(self.ask(Request::Who { of: Some(name) }, purpose))
    }
}
