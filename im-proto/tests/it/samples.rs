//! One value, or a few, for every variant that crosses a wire: what the golden bytes are made of.

use bytes::BytesMut;
use im_proto::*;
use tokio_util::codec::Encoder;

/// Something that crosses the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    Hello(Hello),
    Ask(Ask),
    FromServer(FromServer),
}

/// A value under the name that its line in `golden.txt` has.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) message: Message,
}

impl Sample {
    /// All bytes that go over the wire.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match &self.message {
            Message::Hello(hello) => hello.to_bytes().to_vec(),
            Message::Ask(ask) => {
                let mut bytes = BytesMut::new();
                ClientFrames::default().encode(ask, &mut bytes).unwrap();
                bytes.to_vec()
            }
            Message::FromServer(said) => said.to_frame().unwrap().to_vec(),
        }
    }
}

/// The names of all variants of a type. The match has no wildcard: a new variant does not compile until it has a
/// name here, and then its sample and its golden line are missed.
macro_rules! variants {
    ($list:ident, $name_of:ident, $type:ty, $prefix:literal { $($pattern:pat => $name:literal,)* }) => {
        pub(crate) const $list: &[&str] = &[$(concat!($prefix, ".", $name)),*];
        pub(crate) fn $name_of(value: &$type) -> &'static str {
            match value { $($pattern => concat!($prefix, ".", $name),)* }
        }
    };
}

variants!(REQUESTS, request_name, Request, "request" {
    Request::Ping => "ping",
    Request::CheckName { .. } => "check-name",
    Request::SignUp { .. } => "sign-up",
    Request::SignIn { .. } => "sign-in",
    Request::Resume { .. } => "resume",
    Request::SignOut => "sign-out",
    Request::Conversations => "conversations",
    Request::Follow { .. } => "follow",
    Request::Open { .. } => "open",
    Request::Create { .. } => "create",
    Request::Join { .. } => "join",
    Request::Invite { .. } => "invite",
    Request::Answer { .. } => "answer",
    Request::Leave { .. } => "leave",
    Request::SetRole { .. } => "set-role",
    Request::Post { .. } => "post",
    Request::History { .. } => "history",
    Request::Mark { .. } => "mark",
    Request::Who { .. } => "who",
    Request::Pending => "pending",
    Request::Dismiss { .. } => "dismiss",
    Request::ComeAsGuest { .. } => "come-as-guest",
    Request::Rename { .. } => "rename",
    Request::Await { .. } => "await",
    Request::Time => "time",
    Request::Edit { .. } => "edit",
    Request::Delete { .. } => "delete",
    Request::React { .. } => "react",
    Request::Search { .. } => "search",
    Request::Received { .. } => "received",
    Request::SetRetention { .. } => "set-retention",
    Request::Erase { .. } => "erase",
    Request::Mentions { .. } => "mentions",
    Request::Typing { .. } => "typing",
    Request::Moderate { .. } => "moderate",
    Request::SetTopic { .. } => "set-topic",
    Request::LockTopic { .. } => "lock-topic",
    Request::SetSlowMode { .. } => "set-slow-mode",
    Request::Sanctions { .. } => "sanctions",
    Request::About { .. } => "about",
    Request::Audit { .. } => "audit",
    Request::BanAddress { .. } => "ban-address",
    Request::Hatches { .. } => "hatches",
    Request::SignUpInvited { .. } => "sign-up-invited",
    Request::SignInWithCode { .. } => "sign-in-with-code",
    Request::ChangePassword { .. } => "change-password",
    Request::Sessions => "sessions",
    Request::EndSession { .. } => "end-session",
    Request::SetUpCodes { .. } => "set-up-codes",
    Request::ConfirmCodes { .. } => "confirm-codes",
    Request::EndCodes { .. } => "end-codes",
});
variants!(FROM_SERVER, from_server_name, FromServer, "from-server" {
    FromServer::Reply { .. } => "reply",
    FromServer::Event(_) => "event",
    FromServer::Notice(_) => "notice",
});
variants!(REPLIES, reply_name, Reply, "reply" {
    Reply::Done => "done",
    Reply::Name { .. } => "name",
    Reply::Welcome { .. } => "welcome",
    Reply::Conversations { .. } => "conversations",
    Reply::Conversation(_) => "conversation",
    Reply::Asked => "asked",
    Reply::Posted { .. } => "posted",
    Reply::History { .. } => "history",
    Reply::People { .. } => "people",
    Reply::Pending { .. } => "pending",
    Reply::Time { .. } => "time",
    Reply::Found { .. } => "found",
    Reply::Sanctions { .. } => "sanctions",
    Reply::About(_) => "about",
    Reply::Audit { .. } => "audit",
    Reply::Sessions { .. } => "sessions",
    Reply::CodeSecret { .. } => "code-secret",
    Reply::RecoveryCodes { .. } => "recovery-codes",
});
variants!(NOTICES, notice_name, Notice, "notice" {
    Notice::Conversation(_) => "conversation",
    Notice::Pending { .. } => "pending",
    Notice::Mark { .. } => "mark",
    Notice::Presence { .. } => "presence",
    Notice::PresenceStale => "presence-stale",
    Notice::Closing(_) => "closing",
    Notice::Renamed { .. } => "renamed",
    Notice::Receipts { .. } => "receipts",
    Notice::Forgotten { .. } => "forgotten",
    Notice::Mentions { .. } => "mentions",
    Notice::Typing { .. } => "typing",
    Notice::ComeBack { .. } => "come-back",
    Notice::About(_) => "about",
});
variants!(BODIES, body_name, Body, "body" {
    Body::Created => "created",
    Body::Posted { .. } => "posted",
    Body::Joined { .. } => "joined",
    Body::Left => "left",
    Body::Invited { .. } => "invited",
    Body::Asked => "asked",
    Body::InvitationDeclined { .. } => "invitation-declined",
    Body::RequestDeclined { .. } => "request-declined",
    Body::RoleSet { .. } => "role",
    Body::Edited { .. } => "edited",
    Body::Deleted { .. } => "deleted",
    Body::Reacted { .. } => "reacted",
    Body::Unreacted { .. } => "unreacted",
    Body::Tombstone { .. } => "tombstone",
    Body::TopicSet { .. } => "topic-set",
    Body::TopicLocked { .. } => "topic-locked",
    Body::SlowMode { .. } => "slow-mode",
    Body::Kicked { .. } => "kicked",
    Body::Banned { .. } => "banned",
    Body::Unbanned { .. } => "unbanned",
    Body::Muted { .. } => "muted",
    Body::Unmuted { .. } => "unmuted",
});
variants!(DEEDS, deed_name, Deed, "deed" {
    Deed::Kick => "kick",
    Deed::Ban => "ban",
    Deed::Unban => "unban",
    Deed::Mute => "mute",
    Deed::Unmute => "unmute",
});
variants!(SANCTIONS, sanction_name, SanctionKind, "sanction" {
    SanctionKind::Ban => "ban",
    SanctionKind::Mute => "mute",
});
variants!(ROLES, role_name, Role, "role" {
    Role::Member => "member",
    Role::Admin => "admin",
    Role::Owner => "owner",
});
variants!(KINDS, kind_name, Kind, "kind" {
    Kind::Direct => "direct",
    Kind::Group => "group",
    Kind::Room => "room",
});
variants!(PENDING_KINDS, pending_kind_name, PendingKind, "pending-kind" {
    PendingKind::Invitation => "invitation",
    PendingKind::Request => "request",
    PendingKind::Rejection => "rejection",
});
variants!(PAGES, page_name, Page, "page" {
    Page::Newest => "newest",
    Page::Before(_) => "before",
    Page::After(_) => "after",
    Page::Around(_) => "around",
});
variants!(ADDRESSES, address_name, Address, "address" {
    Address::User(_) => "user",
    Address::Room(_) => "room",
});
variants!(REFUSALS, refusal_name, Refusal, "refusal" {
    Refusal::Unreadable => "unreadable",
    Refusal::TooLong => "too-long",
    Refusal::NotSignedIn => "not-signed-in",
    Refusal::SignedIn => "signed-in",
    Refusal::NameTaken => "name-taken",
    Refusal::LookAlike => "look-alike",
    Refusal::NoSuchUser => "no-such-user",
    Refusal::WrongPassword => "wrong-password",
    Refusal::BadToken => "bad-token",
    Refusal::NoSuchRoom => "no-such-room",
    Refusal::NotMember => "not-member",
    Refusal::TheyAreNotMember => "they-are-not-member",
    Refusal::AlreadyMember => "already-member",
    Refusal::NotAllowed => "not-allowed",
    Refusal::OpenRoom => "open-room",
    Refusal::AlreadyAsked => "already-asked",
    Refusal::NothingPending => "nothing-pending",
    Refusal::MessageIdUsed => "message-id-used",
    Refusal::TooMany => "too-many",
    Refusal::Busy => "busy",
    Refusal::CannotStore => "cannot-store",
    Refusal::Failed => "failed",
    Refusal::Stopping => "stopping",
    Refusal::SignInTimeout => "sign-in-timeout",
    Refusal::Stalled => "stalled",
    Refusal::NoGuests => "no-guests",
    Refusal::NeedsAccount => "needs-account",
    Refusal::NameReserved => "name-reserved",
    Refusal::KeptFull => "kept-full",
    Refusal::NoSuchToken => "no-such-token",
    Refusal::NoSuchMessage => "no-such-message",
    Refusal::TooOften => "too-often",
    Refusal::NameNotAllowed => "name-not-allowed",
    Refusal::NameScripts => "name-scripts",
    Refusal::NameKept => "name-kept",
    Refusal::Banned => "banned",
    Refusal::TheyAreBanned => "they-are-banned",
    Refusal::Muted => "muted",
    Refusal::SlowMode => "slow-mode",
    Refusal::TopicLocked => "topic-locked",
    Refusal::NotSanctioned => "not-sanctioned",
    Refusal::HatchesClosed => "hatches-closed",
    Refusal::AddressBanned => "address-banned",
    Refusal::NotEncrypted => "not-encrypted",
    Refusal::TriedTooOften => "tried-too-often",
    Refusal::InvitationNeeded => "invitation-needed",
    Refusal::BadInvitation => "bad-invitation",
    Refusal::RegistrationClosed => "registration-closed",
    Refusal::CodeNeeded => "code-needed",
    Refusal::WrongCode => "wrong-code",
    Refusal::CodesOn => "codes-on",
    Refusal::Suspended => "suspended",
    Refusal::NoSuchSession => "no-such-session",
});

/// All refusals.
pub(crate) const ALL_REFUSALS: [Refusal; 53] = [
    Refusal::Unreadable,
    Refusal::TooLong,
    Refusal::NotSignedIn,
    Refusal::SignedIn,
    Refusal::NameTaken,
    Refusal::LookAlike,
    Refusal::NoSuchUser,
    Refusal::WrongPassword,
    Refusal::BadToken,
    Refusal::NoSuchRoom,
    Refusal::NotMember,
    Refusal::TheyAreNotMember,
    Refusal::AlreadyMember,
    Refusal::NotAllowed,
    Refusal::OpenRoom,
    Refusal::AlreadyAsked,
    Refusal::NothingPending,
    Refusal::MessageIdUsed,
    Refusal::TooMany,
    Refusal::Busy,
    Refusal::CannotStore,
    Refusal::Failed,
    Refusal::Stopping,
    Refusal::SignInTimeout,
    Refusal::Stalled,
    Refusal::NoGuests,
    Refusal::NeedsAccount,
    Refusal::NameReserved,
    Refusal::KeptFull,
    Refusal::NoSuchToken,
    Refusal::NoSuchMessage,
    Refusal::TooOften,
    Refusal::NameNotAllowed,
    Refusal::NameScripts,
    Refusal::NameKept,
    Refusal::Banned,
    Refusal::TheyAreBanned,
    Refusal::Muted,
    Refusal::SlowMode,
    Refusal::TopicLocked,
    Refusal::NotSanctioned,
    Refusal::HatchesClosed,
    Refusal::AddressBanned,
    Refusal::NotEncrypted,
    Refusal::TriedTooOften,
    Refusal::InvitationNeeded,
    Refusal::BadInvitation,
    Refusal::RegistrationClosed,
    Refusal::CodeNeeded,
    Refusal::WrongCode,
    Refusal::CodesOn,
    Refusal::Suspended,
    Refusal::NoSuchSession,
];
