//! Who has what of a direct conversation: what the other side has is shown at one's own messages, what is here is told to
//! the server.

use im_proto::{Conversation, Kind, PAGE_EVENTS_MAX, Receipts, Request, Seq};

use super::asked::Purpose;
use super::{Action, App, Talk, is_mine};

/// From where on the events of a conversation are to come, of which nothing is here. What is unread of a direct
/// conversation is fetched before anybody looks, as far as that is not much: it has arrived then.
pub(super) fn from(about: &Conversation) -> Seq {
    let unread = about.head.0.saturating_sub(about.read.0);
    let is_little = about.unread > 0 && unread <= u64::from(PAGE_EVENTS_MAX);
    if about.kind == Kind::Direct && is_little { about.read } else { about.head }
}

impl Talk {
    /// The other side has this much. Both marks only grow, whichever news of them comes last.
    pub(super) fn has_received(&mut self, receipts: Receipts) {
        let known = self.about.receipts.unwrap_or_default();
        self.about.receipts = Some(Receipts {
            received: known.received.max(receipts.received),
            read: known.read.max(receipts.read),
        });
    }
}

impl App {
    /// Tells what has come of direct conversations; the next time when that is answered.
    pub(super) fn tell_received(&mut self) -> Option<Action> {
        if self.asked.is_under_way(&Purpose::Received) {
            return None;
        }
        let me = self.me.clone();
        let mut upto = Vec::new();
        for talk in self.conversations.all_mut() {
            let Some(last) = talk.log.last().filter(|_| talk.log.is_up_to_head()) else {
                continue;
            };
            let told = talk.told_received.max(talk.about.read);
            let is_direct = talk.about.kind == Kind::Direct && !talk.stands_in;
            let news = talk.log.entries().rev().take_while(|entry| entry.event.seq > told);
            if is_direct && news.into_iter().any(|entry| !is_mine(me.as_ref(), &entry.event.author)) {
                talk.told_received = last;
                upto.push((talk.about.id, last));
            }
        }
        (!upto.is_empty()).then(|| self.ask(Request::Received { upto }, Purpose::Received))
    }
}
