//! The lobby's manner, nmmh/chat's: everybody is in one room, under a name of their choice.

use im_proto::command::{CommandError, Verb};
use im_proto::{Address, Author, Body, Event, Kind, Refusal, RoomName, UserName, printable};

use crate::entry::Style;

use super::super::Place;
use super::wording::{HINT, Refused, Wording};

pub(super) struct Lobby;

/// What nmmh/chat shows to whoever comes, and again on `/help`.
pub(super) const BANNER: &[&str] = &[
    "***************** ~CHAT~ ************************",
    "* Usage:",
    "*     just type stuff and press enter to chat.",
    "*",
    "*  Cmds:",
    "*    /username blah (change username to blah)",
    "*    @blah hello (whispers \"hello\" to blah)",
    "*    /list (show user list)",
    "*    /bye (quits!)",
    "*    /help (displays this msg)",
    "*",
    "*************************************************",
];

impl Wording for Lobby {
    fn system(&self, what: &str) -> String {
        format!(" * {what}")
    }

    fn style(&self, crlf: bool) -> Option<Style> {
        Some(if crlf { Style::LobbyCrLf } else { Style::LobbyLf })
    }

    fn said(&self, author: &Author, place: &Place, _: Option<&Address>) -> String {
        match &place.address {
            Address::User(_) => format!("[{author}] whispers> "),
            Address::Room(room) if *room == RoomName::lobby() => format!("[{author}]> "),
            Address::Room(room) => format!("[{author} #{room}]> "),
        }
    }

    fn happened(&self, event: &Event, place: &Place) -> Option<String> {
        let (author, Address::Room(group)) = (&event.author, &place.address) else { return None };
        match &event.body {
            Body::Joined { .. } if place.kind == Kind::Group => {
                Some(self.system(&format!("{author} has joined {group}")))
            }
            Body::Left if place.kind == Kind::Group => {
                Some(self.system(&format!("{author} has left {group}")))
            }
            Body::RoleSet { user, role } => {
                Some(self.system(&format!("{user} is now {} of {group}", role.word())))
            }
            _ => None,
        }
    }

    fn echoes(&self, room: &RoomName) -> bool {
        *room != RoomName::lobby()
    }

    fn said_elsewhere(&self, to: &Address) -> String {
        format!("[you to {to}]> ")
    }

    fn whispered(&self, me: &UserName, to: &UserName) -> Option<String> {
        Some(format!("[{me}] whispers to [{to}]> "))
    }

    fn refused(&self, refused: &Refused<'_>) -> String {
        let about = refused.about.unwrap_or_default();
        match (refused.verb, refused.refusal) {
            (_, Refusal::NotSignedIn | Refusal::NeedsAccount) => HINT.into(),
            (Verb::Message | Verb::ToUser, Refusal::NoSuchUser) => {
                self.system(&format!("\"{about}\" is unknown user"))
            }
            (_, refusal) => self.system(&refusal.to_string()),
        }
    }

    fn bad_command(&self, error: &CommandError, line: &str, me: Option<&UserName>) -> String {
        let me = me.map_or("", UserName::as_str);
        match error {
            CommandError::Unknown { word, .. } => {
                self.system(&format!("{me} issued unrecognised command \"{}\"", printable(word)))
            }
            CommandError::Name { verb: Verb::Rename, .. } => {
                let wanted =
                    line.trim().split_once(char::is_whitespace).map_or("", |(_, wanted)| wanted.trim());
                self.system(&format!("{me} failed to change username to \"{}\"", printable(wanted)))
            }
            other => self.system(&printable(&other.to_string()).to_string()),
        }
    }

    fn welcome(&self, me: &UserName, guest: bool) -> Option<String> {
        Some(if guest {
            self.system(&format!("you are {me}, everyone sees this. /help for more"))
        } else {
            self.system(&format!("you are signed in as [{me}]"))
        })
    }

    fn renamed(&self, from: &UserName, to: &UserName, _: bool) -> Option<String> {
        Some(self.system(&format!("{from} changed username to [{to}]")))
    }

    fn presence(&self, who: &Author, online: bool) -> Option<String> {
        let did = if online { "connected" } else { "disconnected" };
        Some(self.system(&format!("[{who}] has {did}")))
    }

    fn online(&self, names: &[&str], online: u64) -> Vec<String> {
        vec![format!("UserList:{{{}}} Total:[{online}]", names.join(", "))]
    }

    fn usage(&self) -> Option<&'static [&'static str]> {
        Some(BANNER)
    }
}
