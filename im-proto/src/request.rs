//! What a client asks of the server.

use std::net::IpAddr;

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::event::Role;
use crate::id::{ConversationId, MessageId, Seq, Timestamp};
use crate::moderation::Deed;
use crate::name::{RoomName, UserName};
use crate::reaction::Reaction;
use crate::remark::Remark;
use crate::secret::{Password, Secret, Token};
use crate::text::Text;
use crate::words::Words;

/// One request under a tag of the client's choice, which comes back with the reply. Replies come in the order of the
/// requests.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Ask {
    /// Names the reply.
    #[serde(default)]
    pub tag: u32,
    /// What is asked.
    #[serde(flatten)]
    pub request: Request,
}

/// What may be asked. New requests are added at the end.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case")]
pub enum Request {
    /// Are you there? Answered by `Done`.
    Ping,
    /// Does an account of this name exist? Answered by `Name`.
    CheckName {
        /// Which name.
        name: UserName,
    },
    /// Make an account and sign in. Answered by `Welcome` with a token.
    SignUp {
        /// The name of the account.
        name: UserName,
        /// Its password.
        password: Password,
    },
    /// Sign in with a password. Answered by `Welcome` with a token.
    SignIn {
        /// The name of the account.
        name: UserName,
        /// Its password.
        password: Password,
    },
    /// Sign in with a token. Answered by `Welcome` without a token.
    Resume {
        /// What an earlier `Welcome` gave.
        token: Token,
    },
    /// Sign out; the token that this session got or came with is void from now on. Answered by `Done`.
    SignOut,
    /// All conversations one is in. Answered by `Conversations`.
    Conversations,
    /// From now on, send the events of all conversations one is in, those one joins later too: after the given
    /// number where one is given, else after one's read mark. Answered by `Done`.
    Follow {
        /// What the client already has.
        #[serde(default, with = "crate::json::pairs")]
        after: Vec<(ConversationId, Seq)>,
    },
    /// Look at a conversation. The direct conversation with somebody is made if need be. Answered by `Conversation`.
    Open {
        /// Which conversation.
        address: Address,
    },
    /// Make a group, whose owner one is. Answered by `Conversation`.
    Create {
        /// The name of the group.
        group: RoomName,
    },
    /// Enter a room, or ask to be let into a group. Answered by `Conversation` when one is in, by `Asked` when
    /// somebody has to say yes first.
    Join {
        /// Which room or group.
        name: RoomName,
        /// Make it, as a room, if it is not there.
        #[serde(default)]
        create: bool,
    },
    /// Invite somebody into a group. They need not be online. Answered by `Done`.
    Invite {
        /// Which group.
        group: RoomName,
        /// Who may join.
        user: UserName,
    },
    /// Answer an invitation (`user` is nothing) or somebody who asks to be let in. Answered by `Done`, or by
    /// `Conversation` when one is now in it.
    Answer {
        /// Which group.
        group: RoomName,
        /// Who had asked to be let in.
        user: Option<UserName>,
        /// Yes or no.
        yes: bool,
    },
    /// Leave a room or group. Answered by `Done`.
    Leave {
        /// Which one.
        name: RoomName,
    },
    /// Give a member of a group another role. Answered by `Done`.
    SetRole {
        /// Which group.
        group: RoomName,
        /// Whose role.
        user: UserName,
        /// Which role.
        role: Role,
    },
    /// Say something. Answered by `Posted` once it is on disk.
    Post {
        /// Where.
        to: Address,
        /// The same id again, even days later, posts nothing again and gets the first answer again.
        #[serde(default)]
        message: MessageId,
        /// What.
        text: Text,
        /// The message of that conversation which it answers.
        #[serde(default)]
        reply_to: Option<Seq>,
    },
    /// One page of a conversation's log, oldest first. Answered by `History`.
    History {
        /// Which conversation.
        of: Address,
        /// From where.
        #[serde(default)]
        page: Page,
        /// At most so many events, and never more than [`PAGE_EVENTS_MAX`](crate::PAGE_EVENTS_MAX).
        #[serde(default = "crate::json::page_events")]
        limit: u16,
    },
    /// I have read up to here. Marks only grow. Answered by `Done`.
    Mark {
        /// Which conversation.
        of: Address,
        /// The newest event that was read.
        read: Seq,
    },
    /// The members of a room or group and who of them is online; without an address, everybody who is online.
    /// Answered by `People`.
    Who {
        /// Which room or group.
        of: Option<RoomName>,
    },
    /// All that waits for an answer of mine. Answered by `Pending`.
    Pending,
    /// I have seen that I was not let in. Answered by `Done`.
    Dismiss {
        /// Into which group.
        group: RoomName,
    },
    /// Come in without an account. Answered by `Welcome` without a token.
    ComeAsGuest {
        /// Under this name, which is one's own while one is connected; without it, as `anonymous` and a number.
        name: Option<UserName>,
    },
    /// Take another name, as a guest. Answered by `Welcome`.
    Rename {
        /// The name.
        name: UserName,
    },
    /// Keep what I say to somebody who may not be known here yet, until they come. Answered by `Conversation`.
    Await {
        /// Who.
        user: UserName,
    },
    /// What time is it? Answered by `Time`.
    Time,
    /// Say in other words what I have said. Answered by `Done` once it is on disk; the same words again change nothing.
    Edit {
        /// In which conversation.
        of: Address,
        /// Which message.
        seq: Seq,
        /// What it says from now on.
        text: Text,
    },
    /// Take out what I have said; as an admin or owner, what anybody has said. Answered by `Done`, also where it was taken
    /// out already.
    Delete {
        /// In which conversation.
        of: Address,
        /// Which message.
        seq: Seq,
    },
    /// React to a message, or take that back. Answered by `Done`, also where it is so already.
    React {
        /// In which conversation.
        of: Address,
        /// To which message.
        seq: Seq,
        /// With what.
        reaction: Reaction,
        /// Whether it stands from now on.
        #[serde(default = "crate::json::yes")]
        on: bool,
    },
    /// The messages of my conversations in which all of these words are, newest first. Answered by `Found`.
    Search {
        /// Which words. A word that ends with `*` is the beginning of one.
        words: Words,
        /// Only in this conversation.
        #[serde(default)]
        of: Option<Address>,
        /// Only before this position: that of the last one found, for the next page.
        #[serde(default)]
        before: Option<u64>,
        /// At most so many, and never more than [`FOUND_MAX`](crate::FOUND_MAX).
        #[serde(default = "crate::json::page_events")]
        limit: u16,
    },
    /// My device has these, in each conversation up to this event. Answered by `Done`.
    Received {
        /// How far.
        #[serde(default, with = "crate::json::pairs")]
        upto: Vec<(ConversationId, Seq)>,
    },
    /// Keep what is said in a room or group for so many days only. Owners may. Answered by `Conversation`.
    SetRetention {
        /// Which room or group.
        of: RoomName,
        /// So many days; nothing means as long as the server keeps things.
        #[serde(default)]
        days: Option<u16>,
    },
    /// Take my account out, and all that I have said. Answered by `Done`; the session is signed out.
    Erase {
        /// The password of the account.
        password: Password,
    },
    /// The messages that mention me, in rooms and groups, newest first. Answered by `Found`.
    Mentions {
        /// Only before this position: that of the last one found, for the next page.
        #[serde(default)]
        before: Option<u64>,
        /// At most so many, and never more than [`FOUND_MAX`](crate::FOUND_MAX).
        #[serde(default = "crate::json::page_events")]
        limit: u16,
    },
    /// I am writing something there. Said again every [`TYPING_SECONDS`](crate::TYPING_SECONDS) as long as it is so. Answered by
    /// `Done`.
    Typing {
        /// Where.
        of: Address,
    },
    /// Put somebody out of a room or group, keep them out, let them be silent, or no longer. Owners and admins may. Answered by
    /// `Done`.
    Moderate {
        /// Which room or group.
        of: RoomName,
        /// Whom.
        user: UserName,
        /// What.
        deed: Deed,
        /// A ban or a mute ends after so many seconds; without it, not by itself.
        #[serde(default)]
        seconds: Option<u32>,
        /// Why.
        #[serde(default)]
        why: Option<Remark>,
    },
    /// Say what a room or group is about. Answered by `Done`.
    SetTopic {
        /// Which one.
        of: RoomName,
        /// What; nothing, and it is about nothing in particular.
        #[serde(default)]
        topic: Option<Remark>,
    },
    /// Let only owners and admins say what it is about, or everybody. Owners and admins may. Answered by `Done`.
    LockTopic {
        /// Which one.
        of: RoomName,
        /// Only they.
        #[serde(default = "crate::json::yes")]
        on: bool,
    },
    /// Let each member post once in so many seconds. Owners and admins may. Answered by `Done`.
    SetSlowMode {
        /// Which one.
        of: RoomName,
        /// So many, and never more than a day; 0 is as often as they like.
        seconds: u32,
    },
    /// Who is kept out or silent in a room or group, for owners and admins; without one, the addresses that are kept out of the
    /// server, for operators. Answered by `Sanctions`.
    Sanctions {
        /// Which one.
        #[serde(default)]
        of: Option<RoomName>,
    },
    /// The topic, and what else holds in a conversation. Answered by `About`.
    About {
        /// Which one.
        of: Address,
    },
    /// What was done by moderators and operators, newest first: in one room or group, for its owners and admins; without one, all
    /// of it, for operators. Answered by `Audit`.
    Audit {
        /// Which one.
        #[serde(default)]
        of: Option<RoomName>,
        /// Only before this row: the last one that came, for the next page.
        #[serde(default)]
        before: Option<u64>,
        /// At most so many, and never more than [`AUDIT_MAX`](crate::AUDIT_MAX).
        #[serde(default = "crate::json::page_events")]
        limit: u16,
    },
    /// Let nobody in from an address, or again: to the server, or as a guest or newcomer to one room. Operators may. Answered by
    /// `Done`.
    BanAddress {
        /// Where; nothing means the whole server.
        #[serde(default)]
        of: Option<RoomName>,
        /// Which one; of IPv6, its /64.
        address: IpAddr,
        /// It holds from now on, or no longer.
        #[serde(default = "crate::json::yes")]
        on: bool,
        /// It ends after so many seconds, and after a year at the latest.
        #[serde(default)]
        seconds: Option<u32>,
        /// Why.
        #[serde(default)]
        why: Option<Remark>,
    },
    /// Close the hatches, or open them: no new accounts and no guests; guests who are there have to go. Operators may. Answered
    /// by `Done`.
    Hatches {
        /// They are closed from now on, until they are opened.
        closed: bool,
        /// Why.
        #[serde(default)]
        why: Option<Remark>,
    },
    /// Make an account by invitation, and sign in. Answered by `Welcome` with a token.
    SignUpInvited {
        /// The name of the account.
        name: UserName,
        /// Its password.
        password: Password,
        /// The code of the invitation.
        invitation: Secret,
    },
    /// Sign in with a password and a code. Answered by `Welcome` with a token.
    SignInWithCode {
        /// The name of the account.
        name: UserName,
        /// Its password.
        password: Password,
        /// The six digits of this moment, or a recovery code.
        code: Secret,
    },
    /// Take another password. All other sessions, the tokens of bots and webhooks end. Answered by `Done`.
    ChangePassword {
        /// The password until now.
        old: Password,
        /// From now on.
        new: Password,
    },
    /// Where I am signed in. Answered by `Sessions`.
    Sessions,
    /// End a session of mine, and sign its device out. Answered by `Done`.
    EndSession {
        /// Its number in `Sessions`.
        id: u64,
    },
    /// Begin to ask for codes at sign-in. Answered by `CodeSecret`; it holds once a code has confirmed it.
    SetUpCodes {
        /// The password of the account.
        password: Password,
    },
    /// Here is a code made with the secret: ask for them from now on. Answered by `RecoveryCodes`.
    ConfirmCodes {
        /// The six digits of this moment.
        code: Secret,
    },
    /// Ask for no more codes. Answered by `Done`.
    EndCodes {
        /// The password of the account.
        password: Password,
        /// The six digits of this moment, or a recovery code.
        code: Secret,
    },
}

impl Request {
    /// Whether there is a password in it, which nobody on the way may read.
    pub fn has_password(&self) -> bool {
        matches!(
            self,
            Self::SignUp { .. }
                | Self::SignUpInvited { .. }
                | Self::SignIn { .. }
                | Self::SignInWithCode { .. }
                | Self::ChangePassword { .. }
                | Self::SetUpCodes { .. }
                | Self::EndCodes { .. }
                | Self::Erase { .. }
        )
    }
}

/// Which part of a log: a direction from an event that is not part of the page, or the surroundings of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Page {
    /// The newest events.
    #[default]
    Newest,
    /// The events right before this one.
    Before(Seq),
    /// The events right after this one.
    After(Seq),
    /// The events around this moment, half of them before it. `more` tells whether there are any after the page.
    Around(Timestamp),
}
