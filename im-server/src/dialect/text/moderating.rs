//! Keeping order, in a text session: the commands, and what they come to.

use im_proto::command::{Moderation, Verb};
use im_proto::{Address, Body, Event, Reply, RoomName};

use super::super::{Output, Place};
use super::wording::Wording;
use super::{Asked, Text};

impl Text {
    /// About the room that is named, or the one that one talks in.
    pub(super) fn moderate(&mut self, of: Option<RoomName>, what: Moderation, out: &mut Output) {
        let here = match &self.target {
            Some(Address::Room(name)) => Some(name.clone()),
            _ => None,
        };
        let of = of.or(here);
        let asked = match what {
            Moderation::About => of.clone().map_or(Asked::Plain(Verb::Topic), |of| Asked::About(of, true)),
            _ => Asked::Moderate(of.clone()),
        };
        match what.request(of) {
            Some(request) => self.ask(asked, request),
            None => self.tell("in which room? begin with #ROOM, or /join one", out),
        }
    }

    /// What came of it. What was done is an event, which tells those who hear it.
    pub(super) fn moderated(&mut self, of: Option<&RoomName>, reply: &Reply, out: &mut Output) {
        let lines: Vec<_> = match reply {
            Reply::Sanctions { sanctions } => sanctions.iter().map(im_proto::Sanction::line).collect(),
            Reply::Audit { audit, .. } => audit.iter().rev().map(im_proto::Audited::line).collect(),
            _ if of.is_some_and(|of| self.target == Some(Address::Room(of.clone()))) => return,
            _ => return self.tell("done", out),
        };
        if lines.is_empty() {
            let place = of.map_or_else(|| "on the server".to_owned(), |of| format!("in {of}"));
            return self.tell(&format!("there is nothing of that {place}"), out);
        }
        lines.iter().for_each(|line| self.tell(line, out));
    }

    /// What holds in a room: all of it if it was asked for, else what there is to tell.
    pub(super) fn about(&mut self, of: &RoomName, about: &im_proto::About, asked: bool, out: &mut Output) {
        let lines = about.lines(of.as_str());
        let skipped = usize::from(!asked && about.topic.is_none());
        lines.iter().skip(skipped).for_each(|line| self.tell(line, out));
    }

    /// Who is put out does not talk there any more.
    pub(super) fn leave_if_put_out(&mut self, event: &Event, place: &Place) {
        let is_me = |(user, guest)| self.user.as_ref() == Some(user) && self.guest == guest;
        if event.body.puts_out().is_some_and(is_me) {
            self.targets_before.retain(|target| *target != place.address);
            if self.target.as_ref() == Some(&place.address) {
                self.talk_to_before();
            }
        }
    }
}

/// What a moderator did, and where.
pub(super) fn moderated(words: &dyn Wording, event: &Event, place: &Place) -> Option<String> {
    let told = event.body.moderation(event.author.name.as_str())?;
    let place = match (&place.address, &event.body) {
        (Address::Room(room), Body::TopicSet { .. }) if *room != RoomName::lobby() => {
            return Some(words.system(&format!("{room}: {told}")));
        }
        (Address::Room(room), _) if *room != RoomName::lobby() => format!(" in {room}"),
        _ => String::new(),
    };
    Some(words.system(&format!("{told}{place}")))
}
