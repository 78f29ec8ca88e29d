//! Requests in few words, answers in one: so that a test reads as a table of who asks what and what comes of it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use im_proto::{
    Body, Conversation, ConversationId, Deed, Event, MessageId, Page, Password, Pending, Reaction, Refusal,
    Remark, Reply, Request, Role, Seq, Text, Timestamp, Token,
};

use crate::harness::Native;

/// Any checked name or address.
pub(crate) fn parsed<T: FromStr<Err: Debug>>(raw: &str) -> T {
    raw.parse().unwrap()
}

pub(crate) fn password(raw: &str) -> Password {
    Password::parse(raw).unwrap()
}

pub(crate) fn sign_up(name: &str) -> Request {
    Request::SignUp { name: parsed(name), password: password("secret") }
}

pub(crate) fn sign_in(name: &str, word: &str) -> Request {
    Request::SignIn { name: parsed(name), password: password(word) }
}

pub(crate) fn resume(token: &Token) -> Request {
    Request::Resume { token: token.clone() }
}

pub(crate) fn follow(after: &[(ConversationId, u64)]) -> Request {
    Request::Follow { after: after.iter().map(|(id, seq)| (*id, Seq(*seq))).collect() }
}

pub(crate) fn open(address: &str) -> Request {
    Request::Open { address: parsed(address) }
}

pub(crate) fn create(group: &str) -> Request {
    Request::Create { group: parsed(group) }
}

/// Enters a room or asks to be let into a group.
pub(crate) fn join(name: &str) -> Request {
    Request::Join { name: parsed(name), create: false }
}

/// The same, and a room that is not there is made.
pub(crate) fn enter(name: &str) -> Request {
    Request::Join { name: parsed(name), create: true }
}

pub(crate) fn invite(group: &str, user: &str) -> Request {
    Request::Invite { group: parsed(group), user: parsed(user) }
}

/// Answers an invitation.
pub(crate) fn answer(group: &str, yes: bool) -> Request {
    Request::Answer { group: parsed(group), user: None, yes }
}

/// Answers somebody who asks to be let in.
pub(crate) fn answer_to(group: &str, user: &str, yes: bool) -> Request {
    Request::Answer { group: parsed(group), user: Some(parsed(user)), yes }
}

pub(crate) fn leave(name: &str) -> Request {
    Request::Leave { name: parsed(name) }
}

pub(crate) fn set_role(group: &str, user: &str, role: Role) -> Request {
    Request::SetRole { group: parsed(group), user: parsed(user), role }
}

/// Says something under a message id of this number.
pub(crate) fn say(to: &str, message: u64, text: &str) -> Request {
    let message = MessageId(u128::from(message).to_be_bytes());
    Request::Post { to: parsed(to), message, text: Text::parse(text).unwrap(), reply_to: None }
}

/// The same, as the answer to a message.
pub(crate) fn reply(to: &str, message: u64, text: &str, reply_to: u64) -> Request {
    match say(to, message, text) {
        Request::Post { to, message, text, .. } => {
            Request::Post { to, message, text, reply_to: Some(Seq(reply_to)) }
        }
        other => other,
    }
}

pub(crate) fn edit(of: &str, seq: u64, text: &str) -> Request {
    Request::Edit { of: parsed(of), seq: Seq(seq), text: Text::parse(text).unwrap() }
}

pub(crate) fn delete(of: &str, seq: u64) -> Request {
    Request::Delete { of: parsed(of), seq: Seq(seq) }
}

pub(crate) fn react(of: &str, seq: u64, reaction: &str, on: bool) -> Request {
    Request::React { of: parsed(of), seq: Seq(seq), reaction: Reaction::parse(reaction).unwrap(), on }
}

pub(crate) fn history(of: &str, page: Page, limit: u16) -> Request {
    Request::History { of: parsed(of), page, limit }
}

pub(crate) fn mark(of: &str, read: u64) -> Request {
    Request::Mark { of: parsed(of), read: Seq(read) }
}

/// My device has so much of these conversations.
pub(crate) fn received(upto: &[(ConversationId, u64)]) -> Request {
    Request::Received { upto: upto.iter().map(|(id, seq)| (*id, Seq(*seq))).collect() }
}

pub(crate) fn who(of: &str) -> Request {
    Request::Who { of: Some(parsed(of)) }
}

pub(crate) fn moderate(of: &str, user: &str, deed: Deed, seconds: Option<u32>) -> Request {
    Request::Moderate { of: parsed(of), user: parsed(user), deed, seconds, why: None }
}

pub(crate) fn kick(of: &str, user: &str) -> Request {
    moderate(of, user, Deed::Kick, None)
}

pub(crate) fn ban(of: &str, user: &str) -> Request {
    moderate(of, user, Deed::Ban, None)
}

pub(crate) fn set_topic(of: &str, topic: &str) -> Request {
    Request::SetTopic { of: parsed(of), topic: Remark::parse(topic).ok() }
}

pub(crate) fn about(of: &str) -> Request {
    Request::About { of: parsed(of) }
}

pub(crate) fn dismiss(group: &str) -> Request {
    Request::Dismiss { group: parsed(group) }
}

/// An answer in one word: what kind of reply, or the code of the refusal.
pub(crate) fn word(result: &Result<Reply, Refusal>) -> &'static str {
    match result {
        Ok(Reply::Done) => "done",
        Ok(Reply::Name { taken: true }) => "taken",
        Ok(Reply::Name { taken: false }) => "free",
        Ok(Reply::Welcome { .. }) => "welcome",
        Ok(Reply::Conversations { .. }) => "conversations",
        Ok(Reply::Conversation(_)) => "conversation",
        Ok(Reply::Asked) => "asked",
        Ok(Reply::Posted { duplicate: false, .. }) => "posted",
        Ok(Reply::Posted { duplicate: true, .. }) => "duplicate",
        Ok(Reply::History { .. }) => "history",
        Ok(Reply::People { .. }) => "people",
        Ok(Reply::Pending { .. }) => "pending",
        Ok(Reply::Time { .. }) => "time",
        Ok(Reply::Found { .. }) => "found",
        Ok(Reply::Sanctions { .. }) => "sanctions",
        Ok(Reply::About(_)) => "about",
        Ok(Reply::Audit { .. }) => "audit",
        Ok(Reply::Sessions { .. }) => "sessions",
        Ok(Reply::CodeSecret { .. }) => "code-secret",
        Ok(Reply::RecoveryCodes { .. }) => "recovery-codes",
        Err(refusal) => refusal.code(),
    }
}

/// People by name, and what each asks in turn.
pub(crate) struct People<'a>(pub(crate) BTreeMap<&'a str, Native>);

impl<'a> People<'a> {
    pub(crate) fn sign_up(server: &crate::harness::TestServer, names: &[&'a str]) -> Self {
        Self(names.iter().map(|name| (*name, server.native_user(name))).collect())
    }

    pub(crate) fn of(&mut self, name: &str) -> &mut Native {
        self.0.get_mut(name).unwrap()
    }

    /// Each asks, and gets the answer of that word.
    #[track_caller]
    pub(crate) fn ask_all(&mut self, table: Vec<(&str, Request, &str)>) {
        for (row, (who, request, wanted)) in table.into_iter().enumerate() {
            let shown = format!("row {}: {who} {request:?}", row + 1);
            let got = self.of(who).ask(request);
            assert_eq!(word(&got), wanted, "{shown}: {got:?}");
        }
    }
}

/// Where a post is now, and whether it was there before.
#[track_caller]
pub(crate) fn posted(result: Result<Reply, Refusal>) -> (ConversationId, Seq, Timestamp, bool) {
    match result {
        Ok(Reply::Posted { conversation, seq, at, duplicate, .. }) => (conversation, seq, at, duplicate),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(crate) fn conversation(result: Result<Reply, Refusal>) -> Conversation {
    match result {
        Ok(Reply::Conversation(conversation)) => conversation,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(crate) fn conversations(native: &mut Native) -> Vec<Conversation> {
    match native.ask(Request::Conversations) {
        Ok(Reply::Conversations { conversations }) => conversations,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(crate) fn pending(native: &mut Native) -> Vec<Pending> {
    match native.ask(Request::Pending) {
        Ok(Reply::Pending { pending }) => pending,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
pub(crate) fn token(result: Result<Reply, Refusal>) -> Token {
    match result {
        Ok(Reply::Welcome { token: Some(token), .. }) => token,
        other => panic!("{other:?}"),
    }
}

/// One page: the seqs on it, and whether there is more.
#[track_caller]
pub(crate) fn page(native: &mut Native, of: &str, page: Page, limit: u16) -> (Vec<u64>, bool) {
    match native.ask(history(of, page, limit)) {
        Ok(Reply::History { events, more, .. }) => (events.iter().map(|event| event.seq.0).collect(), more),
        other => panic!("{other:?}"),
    }
}

/// The whole log, by pages from the first event on.
#[track_caller]
pub(crate) fn log(native: &mut Native, of: &str) -> Vec<Event> {
    let mut all: Vec<Event> = Vec::new();
    loop {
        let after = all.last().map_or(Seq::ZERO, |event| event.seq);
        match native.ask(history(of, Page::After(after), u16::MAX)) {
            Ok(Reply::History { events, more, .. }) => {
                all.extend(events);
                if !more {
                    return all;
                }
            }
            other => panic!("{other:?}"),
        }
    }
}

/// An event in a few words: who, and what they did.
pub(crate) fn told(event: &Event) -> String {
    let author = &event.author;
    match &event.body {
        Body::Posted { text, .. } => format!("{author}: {}", text.as_str()),
        Body::Joined { by: Some(by) } => format!("{author} joined by {by}"),
        Body::Invited { user } | Body::RequestDeclined { user } => {
            format!("{author} {} {user}", event.body.kind())
        }
        Body::InvitationDeclined { by } => format!("{author} {} {by}", event.body.kind()),
        Body::RoleSet { user, role } => format!("{author} role {user} {}", role.word()),
        Body::Edited { of, text } => format!("{author} edited {of}: {}", text.as_str()),
        Body::Deleted { of } => format!("{author} deleted {of}"),
        Body::Reacted { of, reaction } => format!("{author} reacted to {of}: {reaction}"),
        Body::Unreacted { of, reaction } => format!("{author} took back from {of}: {reaction}"),
        Body::Tombstone { of: Some(of) } => format!("{author}'s edit of {of} was taken out"),
        Body::Tombstone { of: None } => format!("{author}'s was taken out"),
        Body::TopicSet { .. }
        | Body::TopicLocked { .. }
        | Body::SlowMode { .. }
        | Body::Kicked { .. }
        | Body::Banned { .. }
        | Body::Unbanned { .. }
        | Body::Muted { .. }
        | Body::Unmuted { .. } => event.body.moderation(author.name.as_str()).unwrap(),
        Body::Created | Body::Joined { by: None } | Body::Left | Body::Asked => {
            format!("{author} {}", event.body.kind())
        }
    }
}

/// What was said, and nothing else.
pub(crate) fn text(event: &Event) -> Option<&str> {
    match &event.body {
        Body::Posted { text, .. } => Some(text.as_str()),
        _ => None,
    }
}

/// Waits for the event of this seq and checks that all before it, from the one after `after` on, came once and in order.
#[track_caller]
pub(crate) fn events_up_to(native: &mut Native, id: ConversationId, after: u64, last: u64) -> Vec<Event> {
    let mut got: Vec<Event> = Vec::new();
    while got.last().map_or(after, |event| event.seq.0) < last {
        let event = native.event(|event| event.conversation == id);
        assert_eq!(event.seq.0, got.last().map_or(after, |event: &Event| event.seq.0) + 1, "{event:?}");
        got.push(event);
    }
    got
}
