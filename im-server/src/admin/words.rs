//! What is asked through the socket, and what is answered.

use std::net::IpAddr;

use im_proto::{Audited, Password, Remark, RoomName, Sanction, Timestamp, UserName};
use serde::{Deserialize, Serialize};

use crate::service::{ListedMember, ListedRoom, ListedToken, ListedUser};
use crate::store::InvitationInfo;

/// What an operator wants. Lists come a page at a time: `after` is the number of the last row of the page before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Order {
    /// Who has an account.
    UserList {
        /// After this one.
        after: u64,
    },
    /// Make an account.
    UserAdd {
        /// By this name.
        name: UserName,
        /// With this password.
        password: Password,
    },
    /// Keep somebody out, and end their sessions, or let them in again.
    UserSuspend {
        /// Whom.
        name: UserName,
        /// Keep them out.
        on: bool,
    },
    /// Give an account another password, and end its sessions.
    UserPasswd {
        /// Whose.
        name: UserName,
        /// Which.
        password: Password,
        /// Go on asking for codes, where that is so.
        codes: bool,
    },
    /// Make an invitation.
    InviteMake {
        /// For so many accounts.
        uses: u32,
        /// It is good for so many days.
        days: u16,
    },
    /// The invitations that can be used.
    InviteList,
    /// Take an invitation back.
    InviteRevoke {
        /// Its number.
        id: u64,
    },
    /// Take an account out, and all that it has said, for ever.
    UserDelete {
        /// Whose.
        name: UserName,
    },
    /// Which rooms and groups there are.
    RoomList {
        /// After this one.
        after: u64,
    },
    /// One room or group, and who is in it.
    RoomShow {
        /// Which.
        name: RoomName,
        /// After this member.
        after: u64,
    },
    /// End a room or group.
    RoomDelete {
        /// Which.
        name: RoomName,
    },
    /// Make somebody an operator, or one like any other.
    UserOperator {
        /// Whom.
        name: UserName,
        /// An operator.
        on: bool,
    },
    /// The addresses that are kept out of the server.
    BanList,
    /// Keep an address out of the server, or no longer.
    BanAddress {
        /// Which. A whole network where it is of IPv6: whoever has one address has 2⁶⁴.
        address: IpAddr,
        /// Keep it out.
        on: bool,
        /// For so long; nothing is for ever.
        seconds: Option<u32>,
        /// For those who look it up.
        why: Option<Remark>,
    },
    /// Let nobody new in and send guests away, or no longer.
    Hatches {
        /// Let nobody in.
        closed: bool,
        /// For those who look it up.
        why: Option<Remark>,
    },
    /// What was done to keep order, newest first, before this row.
    Audit {
        /// Nothing: from the newest on.
        before: Option<u64>,
    },
    /// The sign-ins of a user.
    TokenList {
        /// Whose.
        user: UserName,
        /// After this one.
        after: u64,
    },
    /// Take a sign-in back.
    TokenRevoke {
        /// Whose.
        user: UserName,
        /// Its number.
        id: u64,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// It is done.
    Done,
    /// A code was made; it is told this once.
    Code {
        /// The code.
        code: String,
        /// Until when it is good.
        expires: Timestamp,
    },
    /// Rows, and whether there are more behind them.
    Listed {
        /// In the order of their numbers.
        rows: Vec<Listing>,
        /// One asks again, after the last of these.
        more: bool,
    },
    /// It is not done.
    Refused {
        /// The code of the refusal.
        code: String,
        /// One English sentence.
        why: String,
    },
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Listing {
    /// An account.
    User {
        /// What is kept of it.
        #[serde(flatten)]
        user: ListedUser,
        /// It has a session now.
        online: bool,
    },
    /// A room or group.
    Room(ListedRoom),
    /// Somebody in a room or group.
    Member(ListedMember),
    /// A sign-in.
    Token(ListedToken),
    /// An invitation that can be used.
    Invitation(InvitationInfo),
    /// An address that is kept out.
    Ban(Sanction),
    /// A row of the audit log.
    Audited(Audited),
}

impl Listing {
    /// Its number.
    pub fn id(&self) -> u64 {
        match self {
            Self::User { user, .. } => user.id,
            Self::Room(room) => room.id,
            Self::Member(member) => member.id,
            Self::Token(token) => token.id,
            Self::Invitation(invitation) => invitation.id,
            Self::Ban(_) => 0, // they come all at once
            Self::Audited(row) => row.position,
        }
    }
}

impl Order {
    /// The same, for the rows after this number; nothing for what is no list.
    #[must_use]
    pub fn after(self, row: u64) -> Option<Self> {
        match self {
            Self::UserList { .. } => Some(Self::UserList { after: row }),
            Self::RoomList { .. } => Some(Self::RoomList { after: row }),
            Self::RoomShow { name, .. } => Some(Self::RoomShow { name, after: row }),
            Self::Audit { .. } => Some(Self::Audit { before: Some(row) }),
            Self::TokenList { user, .. } => Some(Self::TokenList { user, after: row }),
            _ => None,
        }
    }
}
