//! What is kept. Verbs, each one transaction, that know nothing of who may do what: where that matters the caller's
//! rule is asked inside the transaction, with the facts that the transaction sees.

mod backup;
mod check;
mod durability;
mod export;
mod label;
mod listing;
mod scripts;
mod signing;
mod sqlite;

use std::collections::HashMap;
use std::net::IpAddr;

use im_proto::{
    About as Holding, Author, Body, Conversation, ConversationId, Kind, MessageId, PendingKind, Refusal,
    Remark, Role, RoomName, SanctionKind, Seq, Text, Timestamp, UserId, UserName,
};

use crate::announcement::Announcement;
pub(crate) use crate::announcement::{Spare, TokenHash};
use crate::entry::Entry;
use crate::footing::Footing;

pub use backup::BackupError;
pub use check::{CheckError, CheckReport, Invariant};
pub use durability::Durability;
pub use export::ExportError;
pub(crate) use export::{Next, Piece};
pub(crate) use label::Label;
pub use listing::{ListedMember, ListedRoom, ListedToken, ListedUser};
pub(crate) use scripts::{HookInfo, TokenInfo, Unsynced};
pub use signing::InvitationInfo;
pub(crate) use signing::{Admission, GivenCode, NewSession, SessionInfo, TERMINAL};
pub(crate) use sqlite::{
    FoundPage, Listed, Receipt, Search, Store, check, copy, deed_word, export, is_there,
};

/// An account or a guest, as others refer to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: UserId,
    pub(crate) name: UserName,
    /// It is a name without a password, which is somebody's while they are connected.
    pub(crate) guest: bool,
}

impl Account {
    /// As others see them.
    pub(crate) fn author(&self) -> Author {
        Author { name: self.name.clone(), guest: self.guest }
    }

    /// Whether others see them as this.
    pub(crate) fn is(&self, author: &Author) -> bool {
        self.guest == author.guest && self.name == author.name
    }
}

/// Why a verb did nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StoreError {
    /// It may not be, or there is no such thing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The disk is full, read-only or broken. Nothing of the batch was stored.
    #[error("cannot store: {0}")]
    CannotStore(String),
    /// Something else went wrong: a fault of ours.
    #[error("store failed: {0}")]
    Failed(String),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Refused(refusal) => refusal,
            StoreError::CannotStore(_) => Self::CannotStore,
            StoreError::Failed(_) => Self::Failed,
        }
    }
}

/// Why the store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server has this data folder.
    #[error("another im-server is running on the data folder {}", .0.display())]
    InUse(std::path::PathBuf),
    /// The data folder cannot be used.
    #[error("cannot use the data folder {}: {error}", folder.display())]
    Folder {
        /// Which folder.
        folder: std::path::PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A newer program has been at the database: what its rows mean is not known here. It is left as it is.
    #[error("the database {} is of a newer im-server: its schema is {has}, this one knows up to {knows}", file.display())]
    Newer {
        /// Which file.
        file: std::path::PathBuf,
        /// Its schema.
        has: i64,
        /// The newest schema that is known.
        knows: i64,
    },
    /// The database cannot be used.
    #[error("cannot open the database {}: {error}", file.display())]
    Database {
        /// Which file.
        file: std::path::PathBuf,
        /// Why.
        error: String,
    },
}

/// Where committed events go, in the order of their commits. Called on the writer's thread: it must be quick.
pub(crate) type Feed = Box<dyn Fn(Vec<Announcement>) + Send>;

/// Whether somebody may do something somewhere, asked at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access {
    pub(crate) rule: fn(&Footing) -> Result<(), Refusal>,
    pub(crate) now: Timestamp,
}

/// Whether something may be kept for a guest who is away: by whether they are awaited, and how many posts wait already.
pub(crate) type Keeping = fn(bool, u64) -> Result<(), Refusal>;

/// Whether somebody who has so many of something may have one more.
pub(crate) type OneMore = fn(u64) -> Result<(), Refusal>;

/// Whether somebody may make a webhook: by how they stand to the conversation, whether it is with a guest, and how many they
/// have.
pub(crate) type Hooking = fn(&Footing, bool, u64) -> Result<(), Refusal>;

/// What leaving a room or group comes to.
pub(crate) type Leaving = fn(&Account, &Facts) -> Result<Vec<Step>, Refusal>;

/// What a batch of work came to that is done bit by bit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Batch {
    /// There may be more to do.
    pub(crate) more: bool,
    /// Where something was taken out.
    pub(crate) gone: Vec<ConversationId>,
}

/// Whether somebody may edit a message: by whether they are a guest, whether it is theirs, and how often it was edited.
pub(crate) type Editing = fn(bool, bool, u64) -> Result<(), Refusal>;

/// Whether somebody may take a message out: by how they stand to the conversation, and whether it is theirs.
pub(crate) type Deleting = fn(&Footing, bool) -> Result<(), Refusal>;

/// Whether somebody may react to a message once more: by how many of their reactions stand there, and how many they ever made.
pub(crate) type Reacting = fn(u64, u64) -> Result<(), Refusal>;

/// Who wants something done to which message.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) me: Account,
    pub(crate) of: im_proto::Address,
    pub(crate) seq: Seq,
    pub(crate) at: Timestamp,
    /// From which address, for the audit log.
    pub(crate) from: Option<IpAddr>,
    /// Whether they may do anything there.
    pub(crate) allow: Access,
}

/// One post.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) author: Account,
    pub(crate) to: im_proto::Address,
    /// The receiver of a direct message has a session.
    pub(crate) there: bool,
    pub(crate) said: Said,
}

/// Whether one more post is not too much for this moment: by the room or group, if it is for one, and its author. Asked when all
/// else is known to be right.
#[derive(Clone)]
pub(crate) struct Pace(std::sync::Arc<Asked>);

type Asked = dyn Fn(Option<ConversationId>, UserId) -> bool + Send + Sync;

impl Pace {
    pub(crate) fn new(may: impl Fn(Option<ConversationId>, UserId) -> bool + Send + Sync + 'static) -> Self {
        Self(std::sync::Arc::new(may))
    }

    pub(crate) fn ask(&self, room: Option<ConversationId>, author: UserId) -> Result<(), Refusal> {
        if (self.0)(room, author) { Ok(()) } else { Err(Refusal::TooOften) }
    }
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pace")
    }
}

/// What is said, and the rules that are asked in the transaction that writes it.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) message: MessageId,
    pub(crate) text: Text,
    /// The message of the same conversation which it answers.
    pub(crate) reply_to: Option<Seq>,
    pub(crate) at: Timestamp,
    pub(crate) allow: Access,
    pub(crate) keep: Keeping,
    /// Nothing where it does not matter how fast it goes.
    pub(crate) pace: Option<Pace>,
}

/// How far a device of somebody has received a conversation.
pub(crate) type Received = (UserId, ConversationId, Seq);

/// What became of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Posted {
    pub(crate) conversation: ConversationId,
    pub(crate) seq: Seq,
    pub(crate) at: Timestamp,
    pub(crate) duplicate: bool,
}

/// How many there may be of what people make; 0 is no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Most {
    /// Rooms and groups in all.
    pub(crate) rooms: u64,
    /// Those that guests made.
    pub(crate) rooms_of_guests: u64,
    /// Those that one user made.
    pub(crate) rooms_per_user: u64,
    /// Members of one.
    pub(crate) members: u64,
    /// Invitations and requests that wait, of one user and for one user.
    pub(crate) invitations: u64,
}

/// A room or group and the people that a change of membership is about.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub(crate) name: RoomName,
    pub(crate) actor: Account,
    pub(crate) other: Option<UserName>,
    pub(crate) at: Timestamp,
    /// From where they act, where that matters.
    pub(crate) from: Option<Whence>,
}

/// Where somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Whence {
    pub(crate) address: IpAddr,
    /// What counts as one address.
    pub(crate) site: IpAddr,
}

/// What the transaction sees of a [`Subject`] before anything changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Nothing where there is no such room or group.
    pub(crate) kind: Option<Kind>,
    pub(crate) actor: Standing,
    /// Nothing where no other user was named, or there is no such user.
    pub(crate) other: Option<(Account, Standing)>,
    pub(crate) owners: u64,
    /// Who would own it if the actor left: the highest in role, and among those the one who is in it longest.
    pub(crate) heir: Option<Account>,
    /// The same, if the other left.
    pub(crate) heir_of_other: Option<Account>,
    /// Only owners and admins say what it is about.
    pub(crate) topic_locked: bool,
    /// How many are kept out or silent there; known where another user was named.
    pub(crate) sanctions: u64,
}

/// How somebody stands to a room or group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Standing {
    /// Their role, if they are a member.
    pub(crate) role: Option<Role>,
    /// What waits, and who invited, asked or said no.
    pub(crate) pending: Option<(PendingKind, Account)>,
    /// They are an operator of the server.
    pub(crate) operator: bool,
    /// They are kept out.
    pub(crate) banned: bool,
    /// They may not say anything.
    pub(crate) muted: bool,
}

/// One step of a change of membership; the steps are applied in order, in the transaction that saw the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Make the room or group, if a new one may be called so; that it looks like another one is said first.
    Make(Kind, Result<(), Refusal>),
    /// Give this user a role (they are in it from now on if they were not), or none (they are out).
    Member(Account, Option<Role>),
    /// Let this matter wait for an answer, or no longer.
    Pending(Account, Option<(PendingKind, Account)>),
    /// Write an event of this author into the log.
    Event(Account, Body),
    /// Nobody is left in it: its name is free again, and nothing waits for an answer any more.
    Retire,
    /// Keep what is said there for so many days, or as long as the server does.
    Keep(Option<u16>),
    /// Keep this user from something, until then or for ever; for a guest also whoever comes from their address.
    Sanction(SanctionKind, Account, Option<Timestamp>, Option<Remark>),
    /// Keep this user from it no longer.
    Lift(SanctionKind, Account),
    /// Say what it is about.
    Topic(Option<Remark>),
    /// Let only owners and admins say that, or everybody.
    LockTopic(bool),
    /// Let members post once in so many seconds.
    Slow(u32),
    /// Write into the audit log what the actor does, to whom, until when, and why.
    Audit(&'static str, Option<Account>, Option<Timestamp>, Option<Remark>),
}

/// An address is kept out, or no longer.
#[derive(Debug, Clone)]
pub(crate) struct AddressBan {
    /// Who does it, and from where; nothing: on the machine itself.
    pub(crate) by: Option<(Account, IpAddr)>,
    /// Out of this room or group; nothing: out of the server.
    pub(crate) of: Option<RoomName>,
    pub(crate) site: IpAddr,
    /// Nothing: no longer.
    pub(crate) until: Option<Timestamp>,
    pub(crate) why: Option<Remark>,
    pub(crate) at: Timestamp,
    /// Whether an operator, or somebody who is none, may do it.
    pub(crate) allow: fn(bool) -> Result<(), Refusal>,
    pub(crate) one_more: OneMore,
}

/// A page of a log.
#[derive(Debug)]
pub(crate) struct EventPage {
    pub(crate) conversation: ConversationId,
    pub(crate) events: Vec<Entry>,
    /// There is more in the direction that was asked for.
    pub(crate) more: bool,
    /// What happened to messages of the page after it, where that was asked for.
    pub(crate) amendments: Vec<im_proto::Event>,
}

/// From where on somebody wants to hear what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Since {
    /// After what they have of these conversations, and after the read mark of others.
    Has(HashMap<ConversationId, Seq>),
    /// From now on.
    Now,
    /// After what they have of these conversations, and in others after all that had happened at a position.
    Position { position: u64, has: HashMap<ConversationId, Seq> },
}

/// What somebody is to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Followed {
    /// Their conversations, the one with the newest event first, and after which event to begin.
    pub(crate) conversations: Vec<(Conversation, Seq)>,
    /// The newest position of all: whatever of these conversations is up to there is up to their heads, too.
    pub(crate) position: u64,
    /// What else holds in those where there is anything to tell.
    pub(crate) abouts: Vec<Holding>,
}

/// A conversation, and how a user stands to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) id: ConversationId,
    pub(crate) kind: Kind,
    pub(crate) role: Option<Role>,
    /// Events up to here are not for this user.
    pub(crate) hidden: Seq,
    /// Somebody may be kept out or silent there.
    pub(crate) moderated: bool,
}

/// The members of a room or group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Members {
    pub(crate) conversation: ConversationId,
    pub(crate) members: Vec<(Account, Role)>,
    /// How many there are in all.
    pub(crate) total: u64,
}
