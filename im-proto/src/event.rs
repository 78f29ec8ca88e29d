//! One entry of a conversation's log.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{ConversationId, MessageId, Seq, Timestamp};
use crate::json::EventJson;
use crate::name::UserName;
use crate::reaction::Reaction;
use crate::remark::Remark;
use crate::text::Text;

/// Something that happened in a conversation. Whoever has `1..=n` has the conversation as it stood at `n`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(into = "EventJson<ConversationId>", from = "EventJson<ConversationId>")]
pub struct Event {
    /// Where it happened.
    pub conversation: ConversationId,
    /// Which entry of that log it is.
    pub seq: Seq,
    /// When the server took it.
    pub at: Timestamp,
    /// Who did it.
    pub author: Author,
    /// What they did.
    pub body: Body,
}

/// Who did something, as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
pub struct Author {
    /// Their name.
    pub name: UserName,
    /// They had no account: the name was theirs while they were connected, and may be somebody else's now.
    pub guest: bool,
}

impl std::fmt::Display for Author {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.name.fmt(f)
    }
}

/// What happened. New kinds are added at the end.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Body {
    /// The author made this group or room and is its owner.
    Created,
    /// The author said something.
    Posted {
        /// The id that the author's client gave it.
        message: MessageId,
        /// What was said.
        text: Text,
        /// It answers an earlier message of this log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
    },
    /// The author became a member.
    Joined {
        /// Who had invited them, or said yes to them; nobody where the door is open.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserName>,
    },
    /// The author is no longer a member.
    Left,
    /// The author invited somebody.
    Invited {
        /// Who may now join.
        user: UserName,
    },
    /// The author, not a member yet, asks to be let in.
    Asked,
    /// The author said no to an invitation.
    InvitationDeclined {
        /// Who had invited them.
        by: UserName,
    },
    /// The author said no to somebody who had asked to be let in.
    RequestDeclined {
        /// Who had asked.
        user: UserName,
    },
    /// The author gave a member another role.
    #[serde(rename = "role")]
    RoleSet {
        /// Whose role.
        user: UserName,
        /// Which role.
        role: Role,
    },
    /// The author said what they had said in other words. The latest edit is what holds.
    Edited {
        /// Which message.
        of: Seq,
        /// What it says from now on.
        text: Text,
    },
    /// The author took a message out: it is a tombstone from now on, and so are its edits.
    Deleted {
        /// Which message.
        of: Seq,
    },
    /// The author reacted to a message.
    Reacted {
        /// Which message.
        of: Seq,
        /// With what.
        reaction: Reaction,
    },
    /// The author took a reaction back.
    Unreacted {
        /// To which message.
        of: Seq,
        /// Which reaction.
        reaction: Reaction,
    },
    /// Here stood a message, or an edit of one, that was taken out. Its place in the log stays.
    Tombstone {
        /// The message that it was an edit of; nothing where it was a message itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<Seq>,
    },
    /// The author said what the conversation is about.
    TopicSet {
        /// What; nothing where it is about nothing in particular.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        topic: Option<Remark>,
    },
    /// From now on only owners and admins say what it is about, or everybody.
    TopicLocked {
        /// Only they.
        on: bool,
    },
    /// Members post once in so many seconds from now on.
    SlowMode {
        /// So many; 0 is as often as they like.
        seconds: u32,
    },
    /// The author put somebody out, who may come back.
    Kicked {
        /// Whom.
        user: UserName,
        /// They have no account.
        #[serde(default)]
        is_guest: bool,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Remark>,
    },
    /// The author put somebody out, who may not come back.
    Banned {
        /// Whom.
        user: UserName,
        /// They have no account.
        #[serde(default)]
        is_guest: bool,
        /// Until then; nothing is for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Remark>,
    },
    /// The author lets somebody come back.
    Unbanned {
        /// Whom.
        user: UserName,
        /// They have no account.
        #[serde(default)]
        is_guest: bool,
    },
    /// The author lets somebody say nothing.
    Muted {
        /// Whom.
        user: UserName,
        /// They have no account.
        #[serde(default)]
        is_guest: bool,
        /// Until then; nothing is for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Remark>,
    },
    /// The author lets somebody speak again.
    Unmuted {
        /// Whom.
        user: UserName,
        /// They have no account.
        #[serde(default)]
        is_guest: bool,
    },
}

impl Body {
    /// Whom it puts out, and whether they have no account.
    pub fn puts_out(&self) -> Option<(&UserName, bool)> {
        match self {
            Self::Kicked { user, is_guest, .. } | Self::Banned { user, is_guest, .. } => {
                Some((user, *is_guest))
            }
            _ => None,
        }
    }

    /// The stable one-word name of what happened, as in `"kind":"posted"`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Posted { .. } => "posted",
            Self::Joined { .. } => "joined",
            Self::Left => "left",
            Self::Invited { .. } => "invited",
            Self::Asked => "asked",
            Self::InvitationDeclined { .. } => "invitation-declined",
            Self::RequestDeclined { .. } => "request-declined",
            Self::RoleSet { .. } => "role",
            Self::Edited { .. } => "edited",
            Self::Deleted { .. } => "deleted",
            Self::Reacted { .. } => "reacted",
            Self::Unreacted { .. } => "unreacted",
            Self::Tombstone { .. } => "tombstone",
            Self::TopicSet { .. } => "topic-set",
            Self::TopicLocked { .. } => "topic-locked",
            Self::SlowMode { .. } => "slow-mode",
            Self::Kicked { .. } => "kicked",
            Self::Banned { .. } => "banned",
            Self::Unbanned { .. } => "unbanned",
            Self::Muted { .. } => "muted",
            Self::Unmuted { .. } => "unmuted",
        }
    }
}

/// What a member may do, least first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reads and writes.
    Member,
    /// Also invites, and answers those who ask to be let in.
    Admin,
    /// Also gives and takes roles. A group always has one, as long as it has members.
    Owner,
}

impl Role {
    /// All roles, least first.
    pub const ALL: [Self; 3] = [Self::Member, Self::Admin, Self::Owner];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = ();

    fn from_str(raw: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|role| role.word().eq_ignore_ascii_case(raw)).ok_or(())
    }
}
