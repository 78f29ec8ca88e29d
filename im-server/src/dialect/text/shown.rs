//! What an event looks like to a text session.

use std::borrow::Cow;

use bytes::Bytes;
use im_proto::{Address, Body, Event, Kind, RoomName, printable, printable_lines};

use crate::entry::Entry;

use super::super::{Output, Place, Whose};
use super::Text;
use super::amended::{done, reads, said};
use super::moderating::moderated;
use super::wording::{Wording, moment};

/// Before what a message says from now on.
const EDITED: &str = "(edited) ";

impl Text {
    pub(super) fn show(&mut self, entry: &Entry, place: &Place, whose: Whose, out: &mut Output) {
        let (words, event) = (self.words(), entry.event());
        let Some(lines) = self.lines_of(entry, place, whose) else { return };
        let kept = event.seq <= place.kept_until && matches!(event.body, Body::Posted { .. });
        if kept
            && self.showing_kept.replace(event.conversation) != Some(event.conversation)
            && let Some(since) = words.kept_since(event.at)
        {
            self.screen.line(&since, out);
        }
        self.screen.lines(&lines, out);
    }

    fn lines_of<'e>(&self, entry: &'e Entry, place: &Place, whose: Whose) -> Option<Cow<'e, Bytes>> {
        let own = |lines: String| Some(Cow::Owned(lines.into()));
        let (words, eol, event) = (self.words(), self.screen.eol(), entry.event());
        let to_myself = matches!(&place.address, Address::User(other) if Some(other) == self.user.as_ref());
        match (&event.body, &place.address, whose) {
            (Body::Left, _, Whose::ThisSession | Whose::OtherSession) => None,
            (Body::InvitationDeclined { by }, Address::Room(group), _) if Some(by) == self.user.as_ref() => {
                own(words.rejected(&event.author.name, group) + eol)
            }
            (Body::Posted { .. }, Address::User(_), Whose::ThisSession) if !to_myself => None,
            (Body::Posted { .. }, Address::Room(room), Whose::ThisSession) if !words.echoes(room) => None,
            (Body::Posted { .. }, Address::User(_), Whose::OtherSession) if !to_myself => {
                own(said(&words.said_elsewhere(&place.address), event, entry.quote(), eol))
            }
            (Body::Edited { text, .. }, Address::User(_), Whose::ThisSession | Whose::OtherSession)
                if !to_myself =>
            {
                let prefix = words.said_elsewhere(&place.address) + EDITED;
                own(prefixed(&prefix, text.as_str(), eol))
            }
            _ => match words.style(self.screen.is_crlf()) {
                Some(style) => Some(Cow::Borrowed(
                    entry.bytes(style, |_| event_lines(words, entry, place, None, eol).into()),
                )),
                None => own(event_lines(words, entry, place, self.target.as_ref(), eol)),
            },
        }
    }

    /// Events of the past, each line with its time, and messages as they read now, with their numbers.
    pub(super) fn history(&mut self, of: &Address, events: &[Event], amendments: &[Event], out: &mut Output) {
        let kind = match of {
            Address::User(_) => Kind::Direct,
            Address::Room(room) if *room == RoomName::lobby() => Kind::Room,
            Address::Room(_) => Kind::Group,
        };
        let place = Place { address: of.clone(), kind, kept_until: im_proto::Seq::ZERO };
        let (words, messages) = (self.words(), self.folded(of, events, amendments));
        let mut shown = false;
        for event in events {
            let lines = match messages.get(event.seq) {
                Some(message) => reads(words, event.seq, message, &messages, &place),
                None => moderated(words, event, &place)
                    .or_else(|| words.happened(event, &place))
                    .into_iter()
                    .collect(),
            };
            for line in lines {
                self.screen.line(&format!("({}) {line}", moment(event.at)), out);
                shown = true;
            }
        }
        if !shown {
            self.tell(&format!("nothing was said in {of} yet"), out);
        }
    }
}

/// An event as its author and others see it; nothing where the manner has no words for it.
fn event_lines(
    words: &dyn Wording,
    entry: &Entry,
    place: &Place,
    target: Option<&Address>,
    eol: &str,
) -> String {
    let event = entry.event();
    match &event.body {
        Body::Posted { .. } => said(&words.said(&event.author, place, target), event, entry.quote(), eol),
        Body::Edited { text, .. } => {
            prefixed(&(words.said(&event.author, place, target) + EDITED), text.as_str(), eol)
        }
        _ => done(words, event, entry.quote(), place)
            .or_else(|| moderated(words, event, place))
            .or_else(|| words.happened(event, place))
            .map(|line| format!("{}{eol}", printable(&line)))
            .unwrap_or_default(),
    }
}

/// Each line of a text with what it begins with, so that no line can pretend to be somebody else's.
pub(super) fn prefixed(prefix: &str, text: &str, eol: &str) -> String {
    printable_lines(text).map(|line| format!("{prefix}{line}{eol}")).collect()
}
