//! A sample, or a few, of every reply, event and notice.

use im_proto::*;

use crate::samples::{Message, Sample, body_name, kind_name, notice_name, pending_kind_name, reply_name};
use crate::values::{AT, conversation, line, message_id, pending, said, text, token, user};

pub(crate) fn replies() -> Vec<Sample> {
    let reply = |detail: &str, reply: Reply| {
        let name = reply_name(&reply);
        let result = Ok(reply);
        line(name, detail, Message::FromServer(FromServer::Reply { tag: 9, result }))
    };
    let events = events().into_iter().take(2).filter_map(|sample| match sample.message {
        Message::FromServer(FromServer::Event(event)) => Some(event),
        _ => None,
    });
    let person = |name, online, role| Person { name: user(name), online, role };
    let people = vec![person("ann", true, Role::Owner), person("bob", false, Role::Member)];
    let kinds = [PendingKind::Invitation, PendingKind::Request, PendingKind::Rejection];
    let mut all = vec![
        reply("", Reply::Done),
        reply("", Reply::Name { taken: true }),
        reply("", Reply::Welcome { user: user("Ann"), token: Some(token()) }),
        reply("resumed", Reply::Welcome { user: user("Ann"), token: None }),
        reply("", Reply::Conversations(vec![conversation(Kind::Group), conversation(Kind::Direct)])),
        reply("none", Reply::Conversations(Vec::new())),
        reply("", Reply::Conversation(conversation(Kind::Room))),
        reply("", Reply::Asked),
        reply(
            "",
            Reply::Posted {
                conversation: ConversationId(7),
                seq: Seq(301),
                at: AT,
                duplicate: false,
                kept: true,
            },
        ),
        reply("", Reply::History { conversation: ConversationId(7), events: events.collect(), more: true }),
        reply("", Reply::People { people, online: 1, total: 70_000 }),
        reply("", Reply::Pending(kinds.map(pending).to_vec())),
    ];
    for kind in [Kind::Direct, Kind::Group, Kind::Room] {
        let result = Ok(Reply::Conversation(conversation(kind)));
        all.push(said(kind_name(&kind), FromServer::Reply { tag: 9, result }));
    }
    for kind in kinds {
        let result = Ok(Reply::Pending(vec![pending(kind)]));
        all.push(said(pending_kind_name(&kind), FromServer::Reply { tag: 9, result }));
    }
    all
}

pub(crate) fn events() -> Vec<Sample> {
    let (ann, bob) = (user("ann"), user("bob"));
    let bodies = [
        ("", Body::Created),
        ("", Body::Posted { message: message_id(), text: text("hi") }),
        ("", Body::Joined { by: Some(ann.clone()) }),
        ("open-door", Body::Joined { by: None }),
        ("", Body::Left),
        ("", Body::Invited { user: bob.clone() }),
        ("", Body::Asked),
        ("", Body::InvitationDeclined { by: ann.clone() }),
        ("", Body::RequestDeclined { user: bob.clone() }),
        ("", Body::RoleSet { user: bob, role: Role::Owner }),
    ];
    let event = |(detail, body): (&str, Body)| {
        let event =
            Event { conversation: ConversationId(7), seq: Seq(301), at: AT, author: ann.clone(), body };
        line(body_name(&event.body), detail, Message::FromServer(FromServer::Event(event)))
    };
    bodies.into_iter().map(event).collect()
}

pub(crate) fn notices() -> Vec<Sample> {
    [
        Notice::Conversation(conversation(Kind::Group)),
        Notice::Pending(vec![pending(PendingKind::Invitation)]),
        Notice::Mark { conversation: ConversationId(7), read: Seq(300), unread: 0 },
        Notice::Presence { user: user("bob"), online: true },
        Notice::PresenceStale,
        Notice::Closing(Refusal::Stopping),
    ]
    .into_iter()
    .map(|notice| said(notice_name(&notice), FromServer::Notice(notice)))
    .collect()
}
