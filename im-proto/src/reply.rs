//! What the server says: replies to requests, events, and notices of what is live.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::event::{Author, Event, Role};
use crate::id::{ConversationId, Seq, Timestamp};
use crate::moderation::{About, Audited, Sanction};
use crate::name::{RoomName, UserName};
use crate::refusal::Refusal;
use crate::secret::{Secret, Token};

/// One frame from the server.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum FromServer {
    /// The answer to one request.
    Reply {
        /// The tag of that request; 0 where the request could not be read.
        tag: u32,
        /// What came of it.
        result: Result<Reply, Refusal>,
    },
    /// An event of a conversation that the session follows, in the order of the log.
    Event(Event),
    /// Something live, that is not part of a log.
    Notice(Notice),
}

/// What came of a request. New replies are added at the end.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Reply {
    /// It is done.
    Done,
    /// Whether an account has that name.
    Name {
        /// It exists.
        taken: bool,
    },
    /// The session is signed in.
    Welcome {
        /// As whom, in the spelling of the account.
        user: UserName,
        /// Signs this device in from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token: Option<Token>,
    },
    /// All conversations one is in, the one with the newest event first.
    Conversations {
        /// Which.
        conversations: Vec<Conversation>,
    },
    /// One conversation.
    Conversation(Conversation),
    /// The owners and admins of the group have been asked.
    Asked,
    /// The post is on disk.
    Posted {
        /// Where.
        conversation: ConversationId,
        /// Which entry of the log it became.
        seq: Seq,
        /// When.
        at: Timestamp,
        /// It was there already, from an earlier request with this message id.
        duplicate: bool,
        /// It is a direct message whose receiver has no session now: it is kept for them.
        kept: bool,
    },
    /// A page of a log, oldest first.
    History {
        /// The conversation.
        conversation: ConversationId,
        /// The page.
        events: Vec<Event>,
        /// There is more in the direction that was asked for.
        more: bool,
        /// What happened to messages of this page after its last event: of each the newest edit, the reactions that were
        /// added and stand, and those of this page that were taken back; at most
        /// [`AMENDMENTS_MAX`](crate::AMENDMENTS_MAX), in the order of the log.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        amendments: Vec<Event>,
    },
    /// People, those who are online first, by name; at most [`PEOPLE_MAX`](crate::PEOPLE_MAX).
    People {
        /// Who.
        people: Vec<Person>,
        /// How many are online in all.
        online: u64,
        /// How many there are in all.
        total: u64,
    },
    /// All that waits for an answer, oldest first.
    Pending {
        /// What.
        pending: Vec<Pending>,
    },
    /// The server's time.
    Time {
        /// Now.
        at: Timestamp,
    },
    /// Messages that were searched for, or that mention one, newest first.
    Found {
        /// Which.
        found: Vec<Found>,
        /// There are more, older ones.
        more: bool,
    },
    /// Who is kept out or silent, newest first; at most [`SANCTIONS_MAX`](crate::SANCTIONS_MAX).
    Sanctions {
        /// Who.
        sanctions: Vec<Sanction>,
    },
    /// What holds in a conversation.
    About(About),
    /// What moderators and operators did, newest first.
    Audit {
        /// What.
        audit: Vec<Audited>,
        /// There is more, older.
        more: bool,
    },
    /// Where one is signed in, who came last first; at most [`SESSIONS_MAX`](crate::SESSIONS_MAX).
    Sessions {
        /// Which.
        sessions: Vec<SignedIn>,
    },
    /// What makes codes, told this once.
    CodeSecret {
        /// In base32, to be typed.
        secret: Secret,
        /// As an `otpauth:` address, to be drawn as a QR code.
        uri: Secret,
    },
    /// Codes are asked for from now on. Each of these signs in once, where there are no others. They are told this once.
    RecoveryCodes {
        /// Which.
        codes: Vec<Secret>,
    },
}

/// What is live: a hint. Whoever misses one can ask. New notices are added at the end.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "kebab-case")]
pub enum Notice {
    /// The session is in this conversation from now on, or something about it changed. It comes before the
    /// conversation's first event.
    Conversation(Conversation),
    /// All that waits for an answer now.
    Pending {
        /// What.
        pending: Vec<Pending>,
    },
    /// A session of the same user, perhaps this one, has read up to here. A post of the user marks too, without this notice:
    /// its event says it.
    Mark {
        /// Where.
        conversation: ConversationId,
        /// Up to here.
        read: Seq,
        /// So many posts are unread now.
        unread: u64,
    },
    /// Somebody came or went. Told in small conversations only, and late by a few seconds; in large ones ask.
    Presence {
        /// Who.
        user: Author,
        /// Came, or went.
        online: bool,
    },
    /// More came and went than could be told one by one: ask again who is there.
    PresenceStale,
    /// The server ends this session, and why.
    Closing(#[serde(with = "crate::json::refusal")] Refusal),
    /// A guest has another name from now on.
    Renamed {
        /// The name before.
        from: UserName,
        /// The name now.
        to: UserName,
    },
    /// The other side of a direct conversation has this much of it.
    Receipts {
        /// Where.
        conversation: ConversationId,
        /// How much.
        receipts: Receipts,
    },
    /// Messages of this conversation were taken out without an event each: they are older than the conversation keeps them, or
    /// their author is no more. Whoever has a copy reads it anew.
    Forgotten {
        /// Where.
        conversation: ConversationId,
    },
    /// So many unread messages of a room or group mention one, as it stood at this head and this mark. A post of the user marks
    /// too, without this notice: then there are none.
    Mentions {
        /// Where.
        conversation: ConversationId,
        /// The newest event then.
        head: Seq,
        /// The newest event that one had read then.
        read: Seq,
        /// So many.
        mentions: u64,
    },
    /// Somebody is writing something. It is over when they have said it, or when nothing was heard of it for
    /// [`TYPING_SHOWN_SECONDS`](crate::TYPING_SHOWN_SECONDS).
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Who.
        user: Author,
    },
    /// The server is about to end this session, and asks the client not to dial again before so many milliseconds: each is told
    /// another time, so that not all come back in one moment. [`Closing`](Self::Closing) follows.
    ComeBack {
        /// So long.
        after_milliseconds: u32,
    },
    /// What holds in a conversation that the session is in, where there is anything to tell. It comes after the conversation was
    /// told, and stands until an event says otherwise.
    About(About),
}

/// What kind of conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Two users.
    Direct,
    /// Members; entry by invitation or approval.
    Group,
    /// Open; made by whoever enters first.
    Room,
}

/// A conversation as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Conversation {
    /// Its number.
    pub id: ConversationId,
    /// Its name.
    pub address: Address,
    /// What kind it is.
    pub kind: Kind,
    /// What one may do in it.
    pub role: Role,
    /// The newest event.
    pub head: Seq,
    /// When the newest event came.
    pub active: Timestamp,
    /// The newest event that one has read.
    pub read: Seq,
    /// How many posts came after that.
    pub unread: u64,
    /// How many members it has.
    pub members: u64,
    /// The other side of a direct conversation is a guest.
    pub guest: bool,
    /// How much the other side of a direct conversation has of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipts: Option<Receipts>,
    /// What is said here is kept for so many days only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u16>,
    /// How many of the unread posts mention one, as they read now. In a direct conversation there are none: all of it is for one.
    #[serde(default)]
    pub mentions: u64,
}

/// How much somebody has of a conversation. Both only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode, Serialize, Deserialize)]
pub struct Receipts {
    /// A device of theirs has everything up to here.
    pub received: Seq,
    /// They have read everything up to here.
    pub read: Seq,
}

/// A message that was searched for, as it reads now.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Found {
    /// The conversation, as one names it.
    pub address: Address,
    /// Its place among all events of the server.
    pub position: u64,
    /// The message.
    pub event: Event,
}

/// Somebody, in the answer to `Who`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Person {
    /// Who.
    pub name: UserName,
    /// Has a session now.
    pub online: bool,
    /// Their role in what was asked about; `Member` where nothing was.
    pub role: Role,
    /// They have no account.
    pub guest: bool,
}

/// A place where one is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SignedIn {
    /// Its number, to end it by.
    pub id: u64,
    /// What it is: `native`, `json`, `http`, `browser`, `terminal`; empty where it is not known any more.
    pub device: String,
    /// Since when it is signed in.
    pub since: Timestamp,
    /// When it was here last.
    pub seen: Timestamp,
    /// From which address; empty where it is not known.
    pub address: String,
    /// It is connected now.
    pub online: bool,
    /// It is the one that asks.
    pub current: bool,
}

/// Something that waits for an answer, kept until it is given.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Pending {
    /// Which group it is about.
    pub group: RoomName,
    /// What it is.
    pub kind: PendingKind,
    /// Who invites, who asks to be let in, or who said no.
    pub by: UserName,
    /// Since when it waits.
    pub at: Timestamp,
}

/// What waits.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum PendingKind {
    /// One is invited: `Answer` with no user.
    Invitation,
    /// `by` asks to be let in: `Answer` with that user.
    Request,
    /// One was not let in: `Dismiss`.
    Rejection,
}
