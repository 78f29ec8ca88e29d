//! How a manner words things. What a manner has no words for stays unsaid, or is said in the tone of its system lines.

use im_proto::command::{CommandError, Verb};
use im_proto::{
    Address, Author, Event, Pending, PendingKind, Refusal, RoomName, Timestamp, UserName, printable,
};

use crate::entry::Style;

use super::super::Place;

/// Which manner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Goim,
    Lobby,
    Machat,
    Tinychat,
}

impl Manner {
    /// Its words.
    pub(super) fn words(self) -> &'static dyn Wording {
        match self {
            Self::Goim => &super::goim::Goim,
            Self::Lobby => &super::lobby::Lobby,
            Self::Machat => &super::machat::Machat,
            Self::Tinychat => &super::tinychat::Tinychat,
        }
    }
}

/// What came to nothing, and why: for the line that says so.
pub(super) struct Refused<'a> {
    pub(super) verb: Verb,
    /// The name that it was about.
    pub(super) about: Option<&'a str>,
    pub(super) refusal: Refusal,
}

/// A manner's words. Lines come without their end.
pub(super) trait Wording: Sync {
    /// A line of the system's.
    fn system(&self, what: &str) -> String;

    /// The style in which events are shared with other sessions of this manner; nothing where each sees them otherwise.
    fn style(&self, crlf: bool) -> Option<Style>;

    /// What each line of a post begins with, so that no line can pretend to be somebody else's.
    fn said(&self, author: &Author, place: &Place, target: Option<&Address>) -> String;

    /// What else happened.
    fn happened(&self, _event: &Event, _place: &Place) -> Option<String> {
        None
    }

    /// Whether what this session says in a room or group comes back to it.
    fn echoes(&self, _room: &RoomName) -> bool {
        true
    }

    /// What each line of one's own begins with, said in another session.
    fn said_elsewhere(&self, to: &Address) -> String {
        match to {
            Address::User(other) => format!("[to user {other}] "),
            Address::Room(room) => format!("[to group {room}] "),
        }
    }

    /// What each line of a whisper begins with, confirmed to the one who whispers.
    fn whispered(&self, _me: &UserName, to: &UserName) -> Option<String> {
        Some(format!("[to user {to}] "))
    }

    fn refused(&self, refused: &Refused<'_>) -> String {
        self.system(&refused.refusal.to_string())
    }

    fn bad_command(&self, error: &CommandError, _line: &str, _me: Option<&UserName>) -> String {
        self.system(&printable(&error.to_string()).to_string())
    }

    /// Something that is only for those who are somebody.
    fn hint(&self) -> String {
        HINT.into()
    }

    /// Bare text before anybody was chosen to talk to.
    fn no_target(&self) -> Vec<String> {
        vec![self.system("first choose whom to talk to, by /talk NAME or /join NAME")]
    }

    /// A direct message to somebody who has no session now.
    fn kept(&self, to: &UserName) -> Vec<String> {
        vec![self.system(&format!("{to} is away, it is kept until the next sign-in"))]
    }

    /// Before messages that were kept, the oldest of which is of this moment.
    fn kept_since(&self, at: Timestamp) -> Option<String> {
        Some(self.system(&format!("kept for you since {}", moment(at))))
    }

    fn welcome(&self, me: &UserName, guest: bool) -> Option<String> {
        let told = if guest { format!("you are {me}") } else { format!("you are signed in as {me}") };
        Some(self.system(&told))
    }

    fn signed_out(&self) -> String {
        self.system("you are signed out")
    }

    fn renamed(&self, from: &UserName, to: &UserName, mine: bool) -> Option<String> {
        mine.then(|| self.system(&format!("{from} is now {to}")))
    }

    fn presence(&self, _who: &Author, _online: bool) -> Option<String> {
        None
    }

    /// Who is online.
    fn online(&self, names: &[&str], online: u64) -> Vec<String> {
        vec![self.system(&format!("online: {} ({online})", names.join(", ")))]
    }

    /// After entering a room.
    fn entered(&self, _me: &UserName, room: &RoomName) -> Option<String> {
        Some(self.system(&format!("you are in {room}")))
    }

    /// The question that waits for Y or N.
    fn question(&self, pending: &Pending) -> Option<String> {
        let Pending { group, by, .. } = pending;
        let question = match pending.kind {
            PendingKind::Invitation => format!("{by} invites you to join group {group}, Y/N?"),
            PendingKind::Request => format!("{by} asks to join group {group}, Y/N?"),
            PendingKind::Rejection => return None,
        };
        Some(self.system(&question) + " ")
    }

    /// The same question, after something else than Y or N; nothing where such a line is taken for what it is.
    fn question_again(&self, _pending: &Pending) -> Option<String> {
        None
    }

    /// Somebody said no.
    fn rejected(&self, by: &UserName, group: &RoomName) -> String {
        self.system(&format!("{by} said no, group {group} stays closed"))
    }

    /// What `/help` shows before the commands, and whether it is all it shows.
    fn usage(&self) -> Option<&'static [&'static str]> {
        None
    }

    /// The last line.
    fn bye(&self) -> Option<String> {
        None
    }
}

/// go-im's own hint to whoever is nobody yet.
pub(super) const HINT: &str = "using [signup: foo] or [signin: foo]";

/// A moment, to the minute.
pub(super) fn moment(at: Timestamp) -> String {
    let moment = i64::try_from(at.0).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    moment.map_or_else(|| "?".into(), |moment| moment.strftime("%Y-%m-%d %H:%M UTC").to_string())
}
