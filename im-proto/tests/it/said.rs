//! A sample, or a few, of every reply, event and notice.

use im_proto::*;

use crate::samples::{
    Message, Sample, body_name, kind_name, notice_name, pending_kind_name, reply_name, sanction_name,
};
use crate::values::{
    AT, RECEIPTS, bob, conversation, line, message_id, pending, reaction, remark, room, said, secret, text,
    token, user,
};

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
    let person = |name, online, role, guest| Person { name: user(name), online, role, guest };
    let people = vec![
        person("ann", true, Role::Owner, false),
        person("neil", true, Role::Member, true),
        person("bob", false, Role::Member, false),
    ];
    let kinds = [PendingKind::Invitation, PendingKind::Request, PendingKind::Rejection];
    let mut all = vec![
        reply("", Reply::Done),
        reply("", Reply::Name { taken: true }),
        reply("", Reply::Welcome { user: user("Ann"), token: Some(token()) }),
        reply("resumed", Reply::Welcome { user: user("Ann"), token: None }),
        reply(
            "",
            Reply::Conversations {
                conversations: vec![conversation(Kind::Group), conversation(Kind::Direct)],
            },
        ),
        reply("none", Reply::Conversations { conversations: Vec::new() }),
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
        reply(
            "",
            Reply::History {
                conversation: ConversationId(7),
                events: events.collect(),
                more: true,
                amendments: Vec::new(),
            },
        ),
        reply(
            "amended",
            Reply::History {
                conversation: ConversationId(7),
                events: Vec::new(),
                more: false,
                amendments: vec![posted()],
            },
        ),
        reply("", Reply::People { people, online: 2, total: 70_000 }),
        reply("", Reply::Pending { pending: kinds.map(pending).to_vec() }),
        reply("", Reply::Time { at: AT }),
        reply(
            "",
            Reply::Found {
                found: vec![Found { address: bob(), position: 70_000, event: posted() }],
                more: true,
            },
        ),
        reply("", Reply::Sessions { sessions: vec![signed_in()] }),
        reply("", Reply::CodeSecret { secret: secret(), uri: secret() }),
        reply("", Reply::RecoveryCodes { codes: vec![secret(), secret()] }),
    ];
    all.extend(moderated().map(|told| reply("", told)));
    for kind in [SanctionKind::Ban, SanctionKind::Mute] {
        let result = Ok(Reply::Sanctions { sanctions: vec![sanction(kind)] });
        all.push(said(sanction_name(&kind), FromServer::Reply { tag: 9, result }));
    }
    for kind in [Kind::Direct, Kind::Group, Kind::Room] {
        let result = Ok(Reply::Conversation(conversation(kind)));
        all.push(said(kind_name(&kind), FromServer::Reply { tag: 9, result }));
    }
    for kind in kinds {
        let result = Ok(Reply::Pending { pending: vec![pending(kind)] });
        all.push(said(pending_kind_name(&kind), FromServer::Reply { tag: 9, result }));
    }
    all
}

fn moderated() -> [Reply; 3] {
    let audited = Audited {
        position: 70_000,
        at: AT,
        by: Some(user("ann")),
        from: "192.0.2.7".parse().ok(),
        deed: "ban".to_owned(),
        user: Some(user("bob")),
        room: Some(room("dev")),
        until: Some(AT),
        why: remark("spam"),
    };
    let sanctions = vec![sanction(SanctionKind::Ban), sanction(SanctionKind::Mute)];
    [Reply::Sanctions { sanctions }, Reply::About(about()), Reply::Audit { audit: vec![audited], more: true }]
}

fn about() -> About {
    About {
        topic: remark("v0.3 on Friday"),
        topic_locked: true,
        slow_seconds: 30,
        muted: true,
        muted_until: Some(AT),
        ..About::plain(ConversationId(7))
    }
}

fn sanction(kind: SanctionKind) -> Sanction {
    let is_guest = kind == SanctionKind::Mute;
    let (by, address) = (Some(user("ann")), None);
    Sanction {
        kind,
        user: Some(user("bob")),
        is_guest,
        address,
        by,
        at: AT,
        until: Some(AT),
        why: remark("spam"),
    }
}

fn posted() -> Event {
    let author = Author { name: user("ann"), guest: false };
    let body = Body::Posted { message: message_id(), text: text("hi"), reply_to: None };
    Event { conversation: ConversationId(7), seq: Seq(301), at: AT, author, body }
}

pub(crate) fn events() -> Vec<Sample> {
    let (ann, bob) = (user("ann"), user("bob"));
    let bodies = [
        ("", Body::Created),
        ("", Body::Posted { message: message_id(), text: text("hi"), reply_to: None }),
        ("answer", Body::Posted { message: message_id(), text: text("hi"), reply_to: Some(Seq(300)) }),
        ("", Body::Joined { by: Some(ann.clone()) }),
        ("open-door", Body::Joined { by: None }),
        ("", Body::Left),
        ("", Body::Invited { user: bob.clone() }),
        ("", Body::Asked),
        ("", Body::InvitationDeclined { by: ann.clone() }),
        ("", Body::RequestDeclined { user: bob.clone() }),
        ("", Body::RoleSet { user: bob.clone(), role: Role::Owner }),
        ("", Body::Edited { of: Seq(300), text: text("ho") }),
        ("", Body::Deleted { of: Seq(300) }),
        ("", Body::Reacted { of: Seq(300), reaction: reaction("👍🏽") }),
        ("", Body::Unreacted { of: Seq(300), reaction: reaction("+1") }),
        ("", Body::Tombstone { of: None }),
        ("edit", Body::Tombstone { of: Some(Seq(300)) }),
        ("", Body::TopicSet { topic: remark("v0.3 on Friday") }),
        ("", Body::TopicLocked { on: true }),
        ("", Body::SlowMode { seconds: 30 }),
        ("", Body::Kicked { user: bob.clone(), is_guest: false, why: remark("spam") }),
        ("guest", Body::Kicked { user: bob.clone(), is_guest: true, why: None }),
        ("", Body::Banned { user: bob.clone(), is_guest: false, until: Some(AT), why: remark("spam") }),
        ("", Body::Unbanned { user: bob.clone(), is_guest: false }),
        ("", Body::Muted { user: bob.clone(), is_guest: false, until: Some(AT), why: None }),
        ("", Body::Unmuted { user: bob, is_guest: false }),
    ];
    let event = |author: Author, detail: &str, body: Body| {
        let event = Event { conversation: ConversationId(7), seq: Seq(301), at: AT, author, body };
        line(body_name(&event.body), detail, Message::FromServer(FromServer::Event(event)))
    };
    let by_ann = |(detail, body)| event(Author { name: ann.clone(), guest: false }, detail, body);
    let mut all: Vec<Sample> = bodies.into_iter().map(by_ann).collect();
    // A guest of the same name is somebody else.
    let guest = Author { name: ann.clone(), guest: true };
    all.push(event(guest, "guest", Body::Posted { message: message_id(), text: text("hi"), reply_to: None }));
    all
}

pub(crate) fn notices() -> Vec<Sample> {
    let author = |name, guest| Author { name: user(name), guest };
    let notices = [
        ("", Notice::Conversation(conversation(Kind::Group))),
        ("", Notice::Pending { pending: vec![pending(PendingKind::Invitation)] }),
        ("", Notice::Mark { conversation: ConversationId(7), read: Seq(300), unread: 0 }),
        ("", Notice::Presence { user: author("bob", false), online: true }),
        ("guest", Notice::Presence { user: author("neil", true), online: false }),
        ("", Notice::PresenceStale),
        ("", Notice::Closing(Refusal::Stopping)),
        ("", Notice::Renamed { from: UserName::anonymous(1), to: user("neil") }),
        ("", Notice::Receipts { conversation: ConversationId(7), receipts: RECEIPTS }),
        ("", Notice::Forgotten { conversation: ConversationId(7) }),
        (
            "",
            Notice::Mentions { conversation: ConversationId(7), head: Seq(301), read: Seq(300), mentions: 2 },
        ),
        ("", Notice::Typing { conversation: ConversationId(7), user: author("bob", false) }),
        ("", Notice::ComeBack { after_milliseconds: 1500 }),
        ("", Notice::About(about())),
    ];
    let told = |(detail, notice): (&str, Notice)| {
        line(notice_name(&notice), detail, Message::FromServer(FromServer::Notice(notice)))
    };
    notices.into_iter().map(told).collect()
}

fn signed_in() -> SignedIn {
    SignedIn {
        id: 70_000,
        device: "browser".into(),
        since: AT,
        seen: AT,
        address: "::1".into(),
        online: true,
        current: false,
    }
}
