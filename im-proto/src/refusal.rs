//! Why the server does not do what was asked: a stable code and one English sentence each.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A refusal. Nothing has changed. New refusals are added at the end.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, thiserror::Error,
)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The request could not be read.
    #[error("that request cannot be read by this server")]
    Unreadable,
    /// The frame is longer than it may be.
    #[error("that is too long")]
    TooLong,
    /// Only for those who are signed in.
    #[error("sign in first")]
    NotSignedIn,
    /// The session is signed in already.
    #[error("you are signed in already, sign out first")]
    SignedIn,
    /// The name is taken.
    #[error("that name is taken")]
    NameTaken,
    /// The name looks like one that is taken.
    #[error("that name looks like one that is taken")]
    LookAlike,
    /// No such user.
    #[error("there is no such user")]
    NoSuchUser,
    /// The password is wrong, or nobody has the name: which of both is not told.
    #[error("the name or the password is wrong")]
    WrongPassword,
    /// The token is not, or no longer, good.
    #[error("this sign-in is no longer valid, sign in again")]
    BadToken,
    /// No such room or group.
    #[error("there is no such room or group")]
    NoSuchRoom,
    /// Not a member.
    #[error("you are not a member")]
    NotMember,
    /// The person meant is not a member.
    #[error("they are not a member")]
    TheyAreNotMember,
    /// A member already.
    #[error("already a member")]
    AlreadyMember,
    /// One's role does not allow it.
    #[error("you may not do that here")]
    NotAllowed,
    /// It is a room, whose door is open.
    #[error("that is a room, anybody may join it")]
    OpenRoom,
    /// Asked or invited already; the answer is still to come.
    #[error("that was asked already and waits for an answer")]
    AlreadyAsked,
    /// Nothing waits for this answer.
    #[error("nothing waits for that answer")]
    NothingPending,
    /// The message id was used for another message.
    #[error("that message id was used for another message")]
    MessageIdUsed,
    /// A limit of this server is reached.
    #[error("there are too many already")]
    TooMany,
    /// The server has too much to do.
    #[error("the server is busy, try again in a moment")]
    Busy,
    /// The disk is full or cannot be written: nothing was stored.
    #[error("the server cannot store anything now, nothing was saved")]
    CannotStore,
    /// The server could not do it, by no fault of the one who asked.
    #[error("the server failed to do that")]
    Failed,
    /// The server stops.
    #[error("the server is stopping")]
    Stopping,
    /// Nobody signed in on this connection for too long.
    #[error("nobody signed in for too long")]
    SignInTimeout,
    /// The peer took nothing for too long.
    #[error("the connection did not move for too long")]
    Stalled,
    /// Guests are not let in.
    #[error("guests are not let in here, make an account first")]
    NoGuests,
    /// Only for those who have an account.
    #[error("that needs an account")]
    NeedsAccount,
    /// The name is kept for guests.
    #[error("names like anonymous1 are kept for guests")]
    NameReserved,
    /// As much is kept for somebody who is not there as may be.
    #[error("as much is kept for them as may be, until they come")]
    KeptFull,
    /// No such token or webhook of one's own.
    #[error("there is no such token")]
    NoSuchToken,
    /// No such message there, or it was taken out.
    #[error("there is no such message")]
    NoSuchMessage,
    /// More was asked in a short time than may be: by somebody, from an address, or in a room. A second later it may be asked
    /// again.
    #[error("too many at once, wait a second and try again")]
    TooOften,
    /// A new name holds a character that PRECIS or Unicode's security tables keep out of names.
    #[error("that name holds a character that is not for names")]
    NameNotAllowed,
    /// A new name is in more than one script, or not in those that the server takes.
    #[error("a name is written in one script, and in one that is taken here")]
    NameScripts,
    /// The server speaks as, or of, somebody or something of that name.
    #[error("nobody and nothing is called that here")]
    NameKept,
    /// One is banned there.
    #[error("you are banned there")]
    Banned,
    /// The person meant is banned there.
    #[error("they are banned there")]
    TheyAreBanned,
    /// One may not say anything there at present.
    #[error("you are muted there")]
    Muted,
    /// It is too early for one's next post there.
    #[error("slow mode: it is too early for your next message there")]
    SlowMode,
    /// Only owners and admins say what it is about.
    #[error("only owners and admins set the topic there")]
    TopicLocked,
    /// The person meant is neither banned nor muted.
    #[error("they are not banned or muted there")]
    NotSanctioned,
    /// Nobody new is let in at present: neither guests nor new accounts.
    #[error("nobody new is let in at the moment")]
    HatchesClosed,
    /// The address that one comes from is banned.
    #[error("your address is banned here")]
    AddressBanned,
    /// The connection is not encrypted, and somebody on the way could read the password.
    #[error("this connection is not encrypted, and a password could be read on the way: use TLS")]
    NotEncrypted,
    /// Wrong too often, or asked too often.
    #[error("that was tried too often, wait a while and try again")]
    TriedTooOften,
    /// Accounts are made by invitation only.
    #[error("accounts are made by invitation here, with its code")]
    InvitationNeeded,
    /// No such invitation, or not any more.
    #[error("that invitation is not known, or used up, or too old")]
    BadInvitation,
    /// Nobody makes accounts.
    #[error("no accounts are made here")]
    RegistrationClosed,
    /// The password is right, and a code is asked for too.
    #[error("a code is needed as well")]
    CodeNeeded,
    /// The code is wrong, or was used.
    #[error("the code is wrong, or was used already")]
    WrongCode,
    /// Codes are asked for already.
    #[error("codes are asked for already, end that first")]
    CodesOn,
    /// The account is suspended.
    #[error("this account is suspended")]
    Suspended,
    /// No such session of one's own.
    #[error("there is no such session")]
    NoSuchSession,
}

impl Refusal {
    /// The stable code, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::TooLong => "too-long",
            Self::NotSignedIn => "not-signed-in",
            Self::SignedIn => "signed-in",
            Self::NameTaken => "name-taken",
            Self::LookAlike => "look-alike",
            Self::NoSuchUser => "no-such-user",
            Self::WrongPassword => "wrong-password",
            Self::BadToken => "bad-token",
            Self::NoSuchRoom => "no-such-room",
            Self::NotMember => "not-member",
            Self::TheyAreNotMember => "they-are-not-member",
            Self::AlreadyMember => "already-member",
            Self::NotAllowed => "not-allowed",
            Self::OpenRoom => "open-room",
            Self::AlreadyAsked => "already-asked",
            Self::NothingPending => "nothing-pending",
            Self::MessageIdUsed => "message-id-used",
            Self::TooMany => "too-many",
            Self::Busy => "busy",
            Self::CannotStore => "cannot-store",
            Self::Failed => "failed",
            Self::Stopping => "stopping",
            Self::SignInTimeout => "sign-in-timeout",
            Self::Stalled => "stalled",
            Self::NoGuests => "no-guests",
            Self::NeedsAccount => "needs-account",
            Self::NameReserved => "name-reserved",
            Self::KeptFull => "kept-full",
            Self::NoSuchToken => "no-such-token",
            Self::NoSuchMessage => "no-such-message",
            Self::TooOften => "too-often",
            Self::NameNotAllowed => "name-not-allowed",
            Self::NameScripts => "name-scripts",
            Self::NameKept => "name-kept",
            Self::Banned => "banned",
            Self::TheyAreBanned => "they-are-banned",
            Self::Muted => "muted",
            Self::SlowMode => "slow-mode",
            Self::TopicLocked => "topic-locked",
            Self::NotSanctioned => "not-sanctioned",
            Self::HatchesClosed => "hatches-closed",
            Self::AddressBanned => "address-banned",
            Self::NotEncrypted => "not-encrypted",
            Self::TriedTooOften => "tried-too-often",
            Self::InvitationNeeded => "invitation-needed",
            Self::BadInvitation => "bad-invitation",
            Self::RegistrationClosed => "registration-closed",
            Self::CodeNeeded => "code-needed",
            Self::WrongCode => "wrong-code",
            Self::CodesOn => "codes-on",
            Self::Suspended => "suspended",
            Self::NoSuchSession => "no-such-session",
        }
    }
}
