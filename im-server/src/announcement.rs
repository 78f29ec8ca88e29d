//! What is told to those who are connected, as plain data: made by the store when it commits, carried by the hub.

use std::sync::Arc;

use im_proto::{ConversationId, Receipts, Seq, Timestamp, UserId};

use crate::entry::Entry;

/// The SHA-256 of a token.
pub(crate) type TokenHash = [u8; 32];

/// The row of a guest's name, and since when it is of whoever had it last: it is given to somebody else only if that is still so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spare {
    pub(crate) id: UserId,
    pub(crate) since: Timestamp,
}

/// Something that is true now and that somebody may want to hear.
#[derive(Debug, Clone)]
pub(crate) enum Announcement {
    /// An event was committed. Events of one conversation are announced in the order of its log.
    Event(Arc<Entry>),
    /// A user is in a conversation from now on; what they have not had begins after this event.
    Entered {
        /// Who.
        user: UserId,
        /// Where.
        conversation: ConversationId,
        /// The last event before.
        after: Seq,
    },
    /// What waits for an answer of this user has changed.
    Pending {
        /// Whose.
        user: UserId,
    },
    /// A token of a user is good no longer, and so is every session that came with it.
    Revoked {
        /// Whose.
        user: UserId,
        /// Which.
        token: TokenHash,
    },
    /// Messages of a conversation were taken out: what is in memory of it is not what is in the log any more.
    Gone {
        /// Where.
        conversation: ConversationId,
    },
    /// Something about a conversation changed that is no event.
    Changed {
        /// Which.
        conversation: ConversationId,
    },
    /// A guest is put out of a room by this event of its log.
    Out {
        /// Who.
        user: UserId,
        /// Of which.
        conversation: ConversationId,
        /// By which event.
        at: Seq,
    },
    /// Nobody new is let in from now on, and guests have to go; or that is over.
    Hatches {
        /// It begins.
        closed: bool,
    },
    /// An address is banned from the server, from now on or no longer.
    SiteBanned {
        /// Which.
        site: std::net::IpAddr,
        /// Until then; nothing: no longer.
        until: Option<im_proto::Timestamp>,
    },
    /// A user is no more, and so are their sessions and their name.
    Erased {
        /// Who.
        user: UserId,
    },
    /// A user is suspended: their sessions end.
    Suspended {
        /// Who.
        user: UserId,
    },
    /// A user has read up to here.
    Read {
        /// Who.
        user: UserId,
        /// Where.
        conversation: ConversationId,
        /// Up to here.
        read: Seq,
        /// So many posts are unread now.
        unread: u64,
    },
    /// How often the unread messages of a conversation mention a user has changed.
    Mentioned {
        /// Who.
        user: UserId,
        /// Where.
        conversation: ConversationId,
        /// What it is now.
        now: Mentioned,
    },
    /// The other one of a direct conversation has this much of it.
    Receipts {
        /// Who is told.
        user: UserId,
        /// Where.
        conversation: ConversationId,
        /// How much.
        receipts: Receipts,
    },
}

/// How many unread messages of a conversation mention a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mentioned {
    /// The newest event then.
    pub(crate) head: Seq,
    /// The newest event that they had read then.
    pub(crate) read: Seq,
    /// So many.
    pub(crate) mentions: u64,
}
