//! Keeping order: what moderators do, and what holds in a conversation because of it.

use im_proto::command::Moderation;
use im_proto::{Address, Author, Body, Event, MessageId, Refusal, Reply, Request, RoomName};

use super::asked::Purpose;
use super::{App, rows};
use crate::wording;

/// So many lines of a list are told, the newest.
const LINES_MAX: usize = 12;

impl App {
    /// What a moderator typed, about the room that is named or open.
    pub(super) fn moderate(
        &self,
        of: Option<RoomName>,
        what: Moderation,
    ) -> Result<(Request, Purpose), String> {
        let here = self.talk().and_then(|talk| match &talk.about.address {
            Address::Room(name) => Some(name.clone()),
            Address::User(_) => None,
        });
        let of = of.or(here);
        let purpose = match (&what, &of) {
            (Moderation::About | Moderation::Sanctions | Moderation::Audit, Some(of)) => {
                Purpose::Order(of.clone())
            }
            (Moderation::AddressBans | Moderation::WholeAudit, _) => Purpose::OrderOfServer,
            (Moderation::BanAddress { address, on: true, .. }, _) => {
                Purpose::Tell(format!("{address} is banned"))
            }
            (Moderation::BanAddress { address, .. }, _) => Purpose::Tell(format!("{address} may come again")),
            (Moderation::Hatches { closed: true, .. }, _) => Purpose::Tell("nobody new is let in".to_owned()),
            (Moderation::Hatches { .. }, _) => Purpose::Tell("the hatches are open".to_owned()),
            // What is done in a conversation is an event there, which shows by itself.
            _ => Purpose::Amend,
        };
        what.request(of)
            .map(|request| (request, purpose))
            .ok_or_else(|| "that is about a room: begin with #ROOM".to_owned())
    }

    /// A list, or what holds in a room.
    pub(super) fn order_told(&mut self, of: Option<&RoomName>, reply: &Reply) {
        let mut lines = match reply {
            Reply::About(about) => about.lines(&of.map_or_else(String::new, |of| format!("#{of}"))),
            Reply::Sanctions { sanctions } => sanctions.iter().map(im_proto::Sanction::line).collect(),
            Reply::Audit { audit, .. } => audit.iter().map(im_proto::Audited::line).collect(),
            _ => return,
        };
        if lines.is_empty() {
            lines.push("there is nothing of that".to_owned());
        }
        let more = lines.len().saturating_sub(LINES_MAX);
        lines.truncate(LINES_MAX);
        lines.extend((more > 0).then(|| format!("and {more} more")));
        self.toasts.tell(lines.join(" · "), self.now);
    }

    pub(super) fn puts_me_out(&self, body: &Body) -> bool {
        let is_me =
            |(user, guest): (&im_proto::UserName, bool)| self.is_me(&Author { name: user.clone(), guest });
        body.puts_out().is_some_and(is_me)
    }

    /// One is not there any more, and told why.
    pub(super) fn put_out(&mut self, event: &Event) {
        let place = self.conversations.get(event.conversation).map(|talk| talk.about.address.clone());
        let told = event.body.moderation(&wording::name(&event.author)).unwrap_or_default();
        let place = place.map_or_else(String::new, |place| format!("{place}: "));
        self.toasts.complain(format!("{place}{told}"), self.now);
        self.close_talk(event.conversation);
    }

    /// A topic, slow mode or a mute of one's own: what is told of the conversation from now on.
    pub(super) fn holds_otherwise(&mut self, event: &Event) {
        let me = self.me.clone().map(|name| Author { name, guest: false });
        if let Some(talk) = self.conversations.get_mut(event.conversation) {
            talk.holding.take(event, me.as_ref());
        }
    }

    /// Why something was not said, with until when.
    pub(super) fn why_not(&self, message: MessageId, refusal: Refusal) -> String {
        let to = self.outbox.get(message).map(|unsent| &unsent.to);
        let holding = to.and_then(|to| self.conversations.named(to)).map(|talk| &talk.holding);
        match (refusal, holding) {
            (Refusal::Muted, Some(holding)) if holding.muted_until.is_some() => {
                let until =
                    holding.muted_until.map(|until| rows::moment(until, &self.zone)).unwrap_or_default();
                format!("{refusal} until {until}")
            }
            (Refusal::SlowMode, Some(holding)) if holding.slow_seconds > 0 => {
                let pause = im_proto::command::told_seconds(holding.slow_seconds.into());
                format!("{refusal} (one in {pause})")
            }
            _ => refusal.to_string(),
        }
    }
}
