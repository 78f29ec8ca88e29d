//! TinyChat's manner: a line that says who talks to whom, then text, which the other gets as it was typed.

use im_proto::{Address, Author, NameError, RoomName, UserName};

use crate::entry::Style;

use super::super::Place;
use super::wording::Wording;

pub(super) struct Tinychat;

/// What is asked of those who come to its own port without the first line.
pub(crate) const ASK_NAME: &str = "Enter your name: ";
pub(super) const ASK_PEER: &str = "Enter the person you want to chat with: ";

/// What a malformed first line gets.
pub(super) const WRONG_INIT: &str = "error: the first line must look like INIT:John:Marie";

/// The line that ends a session.
pub(super) const QUIT: &str = "QUIT";

impl Wording for Tinychat {
    fn system(&self, what: &str) -> String {
        format!("* {what}")
    }

    fn style(&self, _: bool) -> Option<Style> {
        None
    }

    fn said(&self, author: &Author, place: &Place, target: Option<&Address>) -> String {
        match &place.address {
            // Whom one talks to is not named; anybody else is.
            address @ Address::User(_) if target == Some(address) => String::new(),
            Address::User(_) => format!("{author}: "),
            Address::Room(room) => format!("{author} #{room}: "),
        }
    }

    fn echoes(&self, _: &RoomName) -> bool {
        false
    }

    fn said_elsewhere(&self, to: &Address) -> String {
        format!("you to {to}: ")
    }

    fn whispered(&self, _: &UserName, _: &UserName) -> Option<String> {
        None
    }

    fn kept(&self, _: &UserName) -> Vec<String> {
        Vec::new()
    }

    fn kept_since(&self, _: im_proto::Timestamp) -> Option<String> {
        None
    }

    fn welcome(&self, _: &UserName, guest: bool) -> Option<String> {
        (!guest).then(|| self.system("you are signed in"))
    }

    fn online(&self, names: &[&str], _: u64) -> Vec<String> {
        names.iter().map(|name| format!("{name} <ONLINE>")).collect()
    }
}

/// Who talks to whom, if the line is `INIT:John:Marie`.
pub(super) fn init(line: &str) -> Option<Result<(UserName, UserName), String>> {
    let names = line.strip_prefix("INIT:")?;
    let name = |raw: &str| UserName::parse(raw).map_err(|error: NameError| format!("error: {error}"));
    Some(match names.split(':').collect::<Vec<_>>()[..] {
        [me, peer] if !me.is_empty() && !peer.is_empty() => name(me).and_then(|me| Ok((me, name(peer)?))),
        _ => Err(WRONG_INIT.into()),
    })
}
