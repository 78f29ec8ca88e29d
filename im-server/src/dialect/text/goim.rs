//! go-im's manner. Its own lines are kept to the letter (but "password" is spelled so); where it had no words, these are
//! in its tone.

use im_proto::command::{CommandError, Verb};
use im_proto::{
    Address, Author, Body, Event, Kind, Pending, PendingKind, Refusal, RoomName, UserName, printable,
};

use crate::entry::Style;

use super::super::Place;
use super::wording::{HINT, Refused, Wording};

/// The prompts for passwords, in every manner.
pub(super) const ENTER: &str = "[from system] enter password:";
pub(super) const RE_ENTER: &str = "[from system] re-enter password:";
pub(super) const ENTER_NEW: &str = "[from system] enter new password:";
pub(super) const INVITATION: &str = "[from system] enter invitation code:";
pub(super) const CODE: &str = "[from system] enter code:";

pub(super) struct Goim;

impl Wording for Goim {
    fn system(&self, what: &str) -> String {
        format!("[from system] {what}.")
    }

    fn style(&self, crlf: bool) -> Option<Style> {
        Some(if crlf { Style::GoimCrLf } else { Style::GoimLf })
    }

    fn said(&self, author: &Author, place: &Place, _: Option<&Address>) -> String {
        match &place.address {
            Address::User(_) => format!("[from user {author}] "),
            Address::Room(room) => format!("[from group {room} user {author}] "),
        }
    }

    fn happened(&self, event: &Event, place: &Place) -> Option<String> {
        let (author, Address::Room(group)) = (&event.author, &place.address) else { return None };
        match &event.body {
            // Rooms are entered and left all the time: only groups tell.
            Body::Joined { .. } if place.kind == Kind::Group => {
                Some(self.system(&format!("{author} join in group {group}")))
            }
            Body::Left if place.kind == Kind::Group => {
                Some(self.system(&format!("{author} leave group {group}")))
            }
            Body::RoleSet { user, role } => {
                Some(self.system(&format!("{user} is now {} of group {group}", role.word())))
            }
            _ => None,
        }
    }

    fn refused(&self, refused: &Refused<'_>) -> String {
        match (refused.verb, refused.refusal) {
            (_, Refusal::NotSignedIn | Refusal::NeedsAccount) => HINT.into(),
            (Verb::SignUp, Refusal::NameTaken) => self.system("user already exists"),
            (Verb::SignUp, Refusal::NameReserved) => self.system("invalid user name"),
            (Verb::Create, Refusal::NameTaken) => self.system("group already exists"),
            (Verb::Invite, Refusal::NoSuchRoom | Refusal::NotAllowed | Refusal::NotMember) => {
                self.system("group does not exist or not group owner")
            }
            (_, Refusal::NoSuchUser) => self.system("object does not exist"),
            (_, Refusal::NoSuchRoom) => self.system("group does not exist"),
            (_, Refusal::NotMember) => self.system("not a member of this group"),
            (_, Refusal::AlreadyMember) => self.system("already in group"),
            (_, other) => self.system(&other.to_string()),
        }
    }

    fn bad_command(&self, error: &CommandError, _: &str, _: Option<&UserName>) -> String {
        let told = match error {
            CommandError::Unknown { .. } => {
                return format!("{} {}", self.system("unsupported command"), printable(&error.to_string()));
            }
            CommandError::Usage { verb: Verb::Invite, .. }
            | CommandError::Name { verb: Verb::Invite, .. } => "invalid field",
            CommandError::Name { verb, .. } => match verb {
                Verb::SignUp | Verb::SignIn | Verb::Rename => "invalid user name",
                Verb::ToUser | Verb::ToGroup | Verb::Message => "invalid object name",
                _ => "invalid group name",
            },
            CommandError::Usage { .. }
            | CommandError::Text(_)
            | CommandError::Reaction(_)
            | CommandError::Words(_)
            | CommandError::Remark(_) => {
                return self.system(&error.to_string());
            }
        };
        self.system(told)
    }

    fn no_target(&self) -> Vec<String> {
        let choose = "first choose whom to talk to, by to user: NAME or to group: NAME. /help shows more";
        vec![self.system("unsupported command"), self.system(choose)]
    }

    fn kept(&self, _: &UserName) -> Vec<String> {
        vec![self.system("object offline"), self.system("it is kept and delivered at the next sign-in")]
    }

    fn welcome(&self, me: &UserName, guest: bool) -> Option<String> {
        Some(if guest { self.system(&format!("you are {me}")) } else { self.system("auth succeed") })
    }

    fn signed_out(&self) -> String {
        self.system("signout succeed")
    }

    fn entered(&self, me: &UserName, room: &RoomName) -> Option<String> {
        Some(self.system(&format!("{me} join in group {room}")))
    }

    fn online(&self, names: &[&str], online: u64) -> Vec<String> {
        vec![format!("[from system] online: {} ({online})", names.join(", "))]
    }

    fn question(&self, pending: &Pending) -> Option<String> {
        let Pending { group, by, .. } = pending;
        match pending.kind {
            PendingKind::Invitation => Some(format!("[from {by}] invite you to join group {group}, Y/N? ")),
            PendingKind::Request => Some(format!("[from {by}] apply for joining group {group}, Y/N? ")),
            PendingKind::Rejection => None,
        }
    }

    fn question_again(&self, pending: &Pending) -> Option<String> {
        Some(format!("[from {}] Y/N? ", pending.by))
    }

    fn rejected(&self, by: &UserName, group: &RoomName) -> String {
        format!("[from {by}] join in group {group} rejected.")
    }

    fn bye(&self) -> Option<String> {
        Some(self.system("bye"))
    }
}
