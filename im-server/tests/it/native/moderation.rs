//! Who keeps order, and what it comes to for those who are there: who is put out hears nothing more.

use im_proto::{Body, Deed, Notice, Refusal, Reply, Request, Role, SanctionKind};

use crate::asks::{
    People, about, ban, conversation, conversations, create, delete, edit, enter, history, invite, join,
    kick, leave, log, moderate, open, parsed, posted, react, say, set_role, set_topic, text, told, who, word,
};
use crate::harness::TestServer;

use super::guests::guest;

#[test]
fn who_may_put_out_whom_and_what_they_may_then() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid", "dan", "eve"]);
    let mute = |user| moderate("dev", user, Deed::Mute, Some(600));
    let (unban, unmute) =
        (|user| moderate("dev", user, Deed::Unban, None), |user| moderate("dev", user, Deed::Unmute, None));
    people.ask_all(vec![
        ("ann", enter("dev"), "conversation"),
        ("bob", enter("dev"), "conversation"),
        ("cid", enter("dev"), "conversation"),
        ("dan", enter("dev"), "conversation"),
        ("ann", set_role("dev", "bob", Role::Admin), "done"),
        ("cid", kick("dev", "dan"), "not-allowed"),
        ("eve", kick("dev", "dan"), "not-member"),
        ("bob", kick("dev", "ann"), "not-allowed"), // the owner
        ("bob", kick("dev", "bob"), "not-allowed"), // himself
        ("bob", kick("dev", "eve"), "they-are-not-member"),
        ("bob", kick("dev", "nobody"), "no-such-user"),
        ("bob", kick("nothere", "cid"), "no-such-room"),
        ("bob", kick("dev", "cid"), "done"),
        ("cid", say("#dev", 1, "hi"), "not-member"),
        ("cid", join("dev"), "conversation"), // may come back
        ("bob", ban("dev", "cid"), "done"),
        ("cid", join("dev"), "banned"),
        ("cid", say("#dev", 1, "hi"), "banned"),
        ("cid", open("#dev"), "banned"),
        ("cid", history("#dev", im_proto::Page::Newest, 10), "banned"),
        ("cid", who("dev"), "banned"),
        ("cid", about("#dev"), "banned"),
        ("bob", unban("dan"), "not-sanctioned"),
        ("bob", unban("cid"), "done"),
        ("cid", join("dev"), "conversation"),
        ("cid", say("#dev", 1, "hi"), "posted"),
        ("bob", mute("cid"), "done"),
        ("cid", say("#dev", 2, "ho"), "muted"),
        ("cid", edit("#dev", 1, "ho"), "muted"),
        ("cid", react("#dev", 1, "+1", true), "muted"),
        ("cid", set_topic("dev", "hi"), "muted"),
        ("cid", history("#dev", im_proto::Page::Newest, 10), "history"), // reads on
        ("bob", unmute("cid"), "done"),
        ("cid", say("#dev", 2, "ho"), "posted"),
        ("dan", set_topic("dev", "all may"), "done"),
        ("dan", Request::LockTopic { of: parsed("dev"), on: true }, "not-allowed"),
        ("ann", Request::LockTopic { of: parsed("dev"), on: true }, "done"),
        ("dan", set_topic("dev", "not now"), "topic-locked"),
        ("bob", set_topic("dev", "an admin"), "done"),
        ("ann", kick("dev", "bob"), "done"), // owners may all
        ("ann", delete("#dev", 1), "no-such-message"),
    ]);
    let lines: Vec<_> = log(people.of("ann"), "#dev").iter().map(told).collect();
    for line in ["bob put cid out", "bob banned cid", "bob lets cid come back", "bob lets cid speak again"] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:?}");
    }
    let unread: u64 = conversations(people.of("cid"))
        .iter()
        .filter(|c| c.address == parsed("#dev"))
        .map(|c| c.unread)
        .sum();
    assert_eq!(unread, 0, "what was said before one came back is read");
}

#[test]
fn groups_keep_out_whom_they_banned() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("bob", join("g"), "asked"),
        ("ann", ban("g", "bob"), "done"),
        ("bob", join("g"), "banned"),
        ("ann", invite("g", "bob"), "they-are-banned"),
        ("ann", crate::asks::answer_to("g", "bob", true), "nothing-pending"),
        ("ann", leave("g"), "done"), // the last one: the name is free again
        ("bob", create("g"), "conversation"),
    ]);
}

#[test]
fn a_session_of_who_is_put_out_hears_that_and_nothing_more() {
    let server = TestServer::start();
    let (mut ann, mut bob, mut phone) =
        (server.native_user("ann"), server.native_user("bob"), server.native());
    let dev = conversation(ann.ask(enter("dev"))).id;
    for native in [&mut ann, &mut bob] {
        native.follow();
    }
    conversation(bob.ask(join("dev")));
    assert_eq!(word(&phone.ask(crate::asks::sign_in("bob", "secret"))), "welcome");
    phone.follow();
    assert_eq!(ann.ask(kick("dev", "bob")), Ok(Reply::Done));
    posted(ann.ask(say("#dev", 1, "behind his back")));
    posted(ann.ask(say("#lobby", 2, "before all")));
    for native in [&mut bob, &mut phone] {
        native.event(|event| matches!(event.body, Body::Kicked { .. }) && event.conversation == dev);
        let next = native.event(|_| true);
        assert_eq!((text(&next), next.conversation == dev), (Some("before all"), false));
    }
    assert!(conversations(&mut bob).iter().all(|about| about.id != dev));
    conversation(bob.ask(join("dev")));
    posted(ann.ask(say("#dev", 3, "welcome back")));
    bob.event(|event| text(event) == Some("welcome back"));
}

#[test]
fn posts_on_their_way_are_decided_when_they_are_written() {
    let server = TestServer::start();
    let (mut ann, mut bob) = (server.native_user("ann"), server.native_user("bob"));
    conversation(ann.ask(enter("dev")));
    conversation(bob.ask(join("dev")));
    // All of them are handed over before the first is answered; the ban is somewhere between them.
    let tags: Vec<u32> = (0..60).map(|i| bob.send(say("#dev", i, "again"))).collect();
    assert_eq!(ann.ask(ban("dev", "bob")), Ok(Reply::Done));
    let results: Vec<_> = tags.iter().map(|_| word(&bob.reply().1)).collect();
    let said = results.iter().filter(|result| **result == "posted").count();
    assert!(results[said..].iter().all(|result| *result == "banned"), "{results:?}");
    let events = log(&mut ann, "#dev");
    let banned = events.iter().position(|event| matches!(event.body, Body::Banned { .. })).unwrap();
    assert_eq!(events.iter().filter(|event| text(event).is_some()).count(), said);
    assert!(events[banned..].iter().all(|event| text(event).is_none()), "nothing was said after the ban");
}

#[test]
fn a_guest_is_put_out_together_with_their_address() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let dev = conversation(ann.ask(enter("dev"))).id;
    let (mut neil, mut buzz) = (guest(&server, "neil"), guest(&server, "buzz"));
    for native in [&mut neil, &mut buzz] {
        native.follow();
        conversation(native.ask(join("dev")));
    }
    assert_eq!(ann.ask(kick("dev", "nobody")), Err(Refusal::NoSuchUser));
    assert_eq!(ann.ask(kick("dev", "neil")), Ok(Reply::Done));
    neil.event(|event| matches!(event.body, Body::Kicked { is_guest: true, .. }));
    conversation(neil.ask(join("dev")));
    assert_eq!(ann.ask(ban("dev", "neil")), Ok(Reply::Done));
    posted(ann.ask(say("#dev", 1, "among us")));
    posted(ann.ask(say("@neil", 2, "to you")));
    posted(ann.ask(say("@buzz", 3, "to you")));
    for native in [&mut neil, &mut buzz] {
        native.event(|event| matches!(event.body, Body::Banned { .. }) && event.conversation == dev);
        assert_eq!(text(&native.event(|_| true)), Some("to you"), "nothing of the room");
        assert_eq!(word(&native.ask(join("dev"))), "banned");
        assert_eq!(word(&native.ask(say("#dev", 4, "hello"))), "banned");
    }
    let Ok(Reply::Sanctions { sanctions }) = ann.ask(Request::Sanctions { of: Some(parsed("dev")) }) else {
        panic!()
    };
    let listed: Vec<_> = sanctions.iter().map(|s| (s.kind, s.user.clone(), s.is_guest, s.address)).collect();
    assert_eq!(listed, [(SanctionKind::Ban, Some(parsed("neil")), true, None)]);
    posted(ann.ask(say("#dev", 5, "members stay")));
}

#[test]
fn what_holds_in_a_conversation_is_told_to_who_follows_or_opens_it() {
    let server = TestServer::start();
    let (mut ann, mut bob) = (server.native_user("ann"), server.native_user("bob"));
    let dev = conversation(ann.ask(enter("dev"))).id;
    conversation(bob.ask(join("dev")));
    assert_eq!(ann.ask(set_topic("dev", "v0.3 on Friday")), Ok(Reply::Done));
    assert_eq!(ann.ask(moderate("dev", "bob", Deed::Mute, None)), Ok(Reply::Done));
    bob.follow();
    let Notice::About(about) = bob.notice(|notice| matches!(notice, Notice::About(_))) else { panic!() };
    assert_eq!((about.conversation, about.muted, about.muted_until), (dev, true, None));
    assert_eq!(about.topic.as_ref().map(ToString::to_string).as_deref(), Some("v0.3 on Friday"));
    let mut cid = server.native_user("cid");
    cid.follow();
    conversation(cid.ask(join("dev")));
    let Notice::About(about) = cid.notice(|notice| matches!(notice, Notice::About(_))) else { panic!() };
    assert!(about.topic.is_some() && !about.muted);
    assert!(
        cid.notices.iter().all(|notice| !matches!(notice, Notice::About(_))),
        "of the lobby there is nothing to tell"
    );
}
