//! All sample values together, and the small values that they are made of.

use im_proto::*;

use crate::asked::{parts_of_requests, requests};
use crate::said::{events, notices, replies};
use crate::samples::{ALL_REFUSALS, Message, Sample, refusal_name};

/// Every variant of everything that crosses the wire.
pub(crate) fn samples() -> Vec<Sample> {
    let mut all = vec![Sample { name: "hello".to_owned(), message: Message::Hello(Hello::OURS) }];
    all.extend(requests());
    all.extend(parts_of_requests());
    all.extend(replies());
    all.extend(events());
    all.extend(notices());
    all.extend(
        ALL_REFUSALS
            .into_iter()
            .map(|refusal| said(refusal_name(&refusal), FromServer::Reply { tag: 9, result: Err(refusal) })),
    );
    all
}

pub(crate) fn user(name: &str) -> UserName {
    name.parse().unwrap()
}
pub(crate) fn room(name: &str) -> RoomName {
    name.parse().unwrap()
}
pub(crate) fn text(said: &str) -> Text {
    Text::parse(said).unwrap()
}
pub(crate) fn password() -> Password {
    Password::parse("open sesame").unwrap()
}
pub(crate) fn secret() -> Secret {
    Secret::parse("123456").unwrap()
}
pub(crate) fn token() -> Token {
    Token::new(std::array::from_fn(|i| i as u8))
}
pub(crate) fn message_id() -> MessageId {
    MessageId(std::array::from_fn(|i| 0xf0 | i as u8))
}
pub(crate) fn reaction(given: &str) -> Reaction {
    Reaction::parse(given).unwrap()
}
pub(crate) fn words(sought: &str) -> Words {
    Words::parse(sought).unwrap()
}
pub(crate) fn remark(said: &str) -> Option<Remark> {
    Some(Remark::parse(said).unwrap())
}
pub(crate) const RECEIPTS: Receipts = Receipts { received: Seq(300), read: Seq(250) };
pub(crate) const AT: Timestamp = Timestamp(1_795_255_200_000);
pub(crate) fn bob() -> Address {
    Address::User(user("bob"))
}
pub(crate) fn dev() -> Address {
    Address::Room(room("dev"))
}
pub(crate) fn conversation(kind: Kind) -> Conversation {
    Conversation {
        id: ConversationId(7),
        address: if kind == Kind::Direct { bob() } else { dev() },
        kind,
        role: Role::Member,
        head: Seq(300),
        active: AT,
        read: Seq(250),
        unread: 42,
        members: 251,
        guest: kind == Kind::Direct,
        receipts: (kind == Kind::Direct).then_some(RECEIPTS),
        retention_days: (kind == Kind::Room).then_some(90),
        mentions: if kind == Kind::Direct { 0 } else { 3 },
    }
}
pub(crate) fn pending(kind: PendingKind) -> Pending {
    Pending { group: room("dev"), kind, by: user("ann"), at: AT }
}

/// A line of the golden file for the variant of this name, with a detail where the variant has several lines.
pub(crate) fn line(variant: &str, detail: &str, message: Message) -> Sample {
    Sample {
        name: if detail.is_empty() { variant.to_owned() } else { format!("{variant}.{detail}") },
        message,
    }
}
pub(crate) fn said(name: &str, from_server: FromServer) -> Sample {
    line(name, "", Message::FromServer(from_server))
}
