//! go-im's wording: what events, replies and refusals are called in its manner.
//!
//! Its own lines are kept to the letter (but "password" is spelled so); where it had no words, these are in its tone.

use std::fmt::Write;

use bytes::Bytes;
use im_proto::{
    Address, Body, Event, Kind, Pending, PendingKind, Refusal, Timestamp, command::Verb, printable,
    printable_lines,
};

pub(super) const HINT: &str = "using [signup: foo] or [signin: foo]";
pub(super) const ENTER: &str = "[from system] enter password:";
pub(super) const RE_ENTER: &str = "[from system] re-enter password:";

/// A line of the system's.
pub(super) fn system(what: impl std::fmt::Display) -> String {
    format!("[from system] {what}.")
}

/// An event as all but its author see it; nothing where this manner has no words for it.
pub(super) fn event(event: &Event, address: &Address, kind: Kind, eol: &str) -> Bytes {
    let (author, mut lines) = (&event.author, String::new());
    match (&event.body, address) {
        (Body::Posted { text, .. }, Address::User(_)) => {
            said(&mut lines, &format!("[from user {author}] "), text.as_str(), eol);
        }
        (Body::Posted { text, .. }, Address::Room(room)) => {
            said(&mut lines, &format!("[from group {room} user {author}] "), text.as_str(), eol);
        }
        // Rooms are entered and left all the time: only groups tell.
        (Body::Joined { .. }, Address::Room(group)) if kind == Kind::Group => {
            lines = system(format_args!("{author} join in group {group}")) + eol;
        }
        (Body::Left, Address::Room(group)) if kind == Kind::Group => {
            lines = system(format_args!("{author} leave group {group}")) + eol;
        }
        (Body::RoleSet { user, role }, Address::Room(group)) => {
            lines = system(format_args!("{user} is now {} of group {group}", role.word())) + eol;
        }
        _ => {}
    }
    lines.into()
}

/// What one has said oneself, in another session.
pub(super) fn own_elsewhere(text: &str, address: &Address, eol: &str) -> Bytes {
    let mut lines = String::new();
    let prefix = match address {
        Address::User(other) => format!("[to user {other}] "),
        Address::Room(room) => format!("[to group {room}] "),
    };
    said(&mut lines, &prefix, text, eol);
    lines.into()
}

/// Each line of a text begins with who said it, so that no line can pretend to be somebody else's.
fn said(lines: &mut String, prefix: &str, text: &str, eol: &str) {
    for line in printable_lines(text) {
        let _ = write!(lines, "{prefix}{line}{eol}"); // writing to a string cannot fail
    }
}

/// An event of the past, with its time.
pub(super) fn past(past: &Event, address: &Address, kind: Kind, eol: &str) -> String {
    let lines = event(past, address, kind, "\n");
    let lines = String::from_utf8_lossy(&lines);
    lines.lines().map(|line| format!("({}) {line}{eol}", moment(past.at))).collect()
}

/// A moment, to the minute.
pub(super) fn moment(at: Timestamp) -> String {
    let moment = i64::try_from(at.0).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    moment.map_or_else(|| "?".into(), |moment| moment.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// The question that waits for Y or N; nothing where it is none.
pub(super) fn question(pending: &Pending) -> Option<String> {
    let Pending { group, by, .. } = pending;
    match pending.kind {
        PendingKind::Invitation => Some(format!("[from {by}] invite you to join group {group}, Y/N? ")),
        PendingKind::Request => Some(format!("[from {by}] apply for joining group {group}, Y/N? ")),
        PendingKind::Rejection => None,
    }
}

/// The same question, after something else than Y or N.
pub(super) fn question_again(pending: &Pending) -> String {
    format!("[from {}] Y/N? ", pending.by)
}

/// Somebody said no.
pub(super) fn rejected(by: &im_proto::UserName, group: &im_proto::RoomName) -> String {
    format!("[from {by}] join in group {group} rejected.")
}

/// Why a command was not done.
pub(super) fn refusal(verb: Verb, refusal: Refusal) -> String {
    match (verb, refusal) {
        (_, Refusal::NotSignedIn) => HINT.into(),
        (Verb::SignUp, Refusal::NameTaken) => system("user already exists"),
        (Verb::SignIn, Refusal::NoSuchUser) => system("user does not exist"),
        (Verb::Create, Refusal::NameTaken) => system("group already exists"),
        (Verb::Invite, Refusal::NoSuchRoom | Refusal::NotAllowed | Refusal::NotMember) => {
            system("group does not exist or not group owner")
        }
        (_, Refusal::NoSuchUser) => system("object does not exist"),
        (_, Refusal::NoSuchRoom) => system("group does not exist"),
        (_, Refusal::NotMember) => system("not a member of this group"),
        (_, Refusal::AlreadyMember) => system("already in group"),
        (_, other) => system(other),
    }
}

/// Why a command could not be read.
pub(super) fn bad_command(error: &im_proto::command::CommandError) -> String {
    use im_proto::command::CommandError;
    match error {
        CommandError::Unknown { .. } => {
            format!("{} {}", system("unsupported command"), printable(&error.to_string()))
        }
        CommandError::Usage { verb: Verb::Invite, .. } | CommandError::Name { verb: Verb::Invite, .. } => {
            system("invalid field")
        }
        CommandError::Name { verb, .. } => system(match verb {
            Verb::SignUp | Verb::SignIn => "invalid user name",
            Verb::ToUser | Verb::ToGroup | Verb::Message => "invalid object name",
            _ => "invalid group name",
        }),
        CommandError::Usage { .. } | CommandError::Text(_) => system(error),
    }
}

/// Bare text before anybody was chosen to talk to.
pub(super) const NO_TARGET: [&str; 2] = [
    "[from system] unsupported command.",
    "[from system] first choose whom to talk to, by to user: NAME or to group: NAME. /help shows more.",
];

/// A direct message to somebody who has no session now.
pub(super) const OFFLINE: [&str; 2] =
    ["[from system] object offline.", "[from system] it is kept and delivered at the next sign-in."];
