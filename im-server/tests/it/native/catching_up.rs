//! Following: every event of every conversation once and in order, from wherever one was, however slow one is.

use im_proto::{Body, ConversationId, FromServer, Notice, Reply, Request};

use crate::asks::{
    conversation, enter, events_up_to, follow, join, leave, log, open, posted, resume, say, sign_in, sign_up,
    text, token, word,
};
use crate::harness::{Native, TestServer};

/// Says so many things and waits for none of the replies before all is said.
fn say_many(native: &mut Native, to: &str, from: u64, count: u64, body: &str) -> u64 {
    let mut last = 0;
    let mut waiting = 0;
    for i in from..from + count {
        native.send(say(to, i, &format!("{i} {body}")));
        waiting += 1;
        if waiting == 500 {
            for _ in 0..std::mem::take(&mut waiting) {
                last = posted(native.reply().1).1.0;
            }
        }
    }
    for _ in 0..waiting {
        last = posted(native.reply().1).1.0;
    }
    last
}

#[test]
fn following_begins_after_the_mark_or_after_what_one_has() {
    let server = TestServer::start();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    let mut bob = server.native_user("bob");
    let lobby = ConversationId(1);
    let head = say_many(&mut bob, "#lobby", 1, 10, "x");
    let mark = conversation(ann.ask(open("#lobby"))).read.0;
    ann.follow();
    events_up_to(&mut ann, lobby, mark, head);

    for after in [0, 1, 5, head - 1] {
        let mut back = server.native();
        assert_eq!(word(&back.ask(resume(&key))), "welcome");
        // Numbers of conversations that one is not in mean nothing.
        assert_eq!(back.ask(follow(&[(lobby, after), (ConversationId(99), 7)])), Ok(Reply::Done));
        let missed = events_up_to(&mut back, lobby, after, head);
        assert_eq!(missed, log(&mut back, "#lobby")[usize::try_from(after).unwrap()..]);
    }
    // Who claims to have what is still to come has what there is.
    let mut back = server.native();
    assert_eq!(word(&back.ask(resume(&key))), "welcome");
    assert_eq!(back.ask(follow(&[(lobby, u64::MAX)])), Ok(Reply::Done));
    assert_eq!(posted(bob.ask(say("#lobby", 99, "new"))).1.0, head + 1);
    events_up_to(&mut back, lobby, head, head + 1);
}

#[test]
fn who_is_thousands_behind_gets_all_while_more_is_said() {
    let server = TestServer::start();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    assert_eq!(word(&ann.ask(enter("r"))), "conversation");
    drop(ann);
    let mut bob = server.native_user("bob");
    let id = conversation(bob.ask(join("r"))).id;
    let head = say_many(&mut bob, "#r", 1, 5000, "missed");

    let mut readers: Vec<Native> = (0..3).map(|_| server.native()).collect();
    for (i, reader) in (0..).zip(&mut readers) {
        assert_eq!(word(&reader.ask(resume(&key))), "welcome");
        assert_eq!(reader.ask(follow(&[(id, i * 1000)])), Ok(Reply::Done));
    }
    // While they catch up by pages, the log grows further than a ring is long.
    let head = {
        let last = say_many(&mut bob, "#r", 10_000, 1500, "live");
        assert_eq!(last, head + 1500);
        last
    };
    let whole = log(&mut bob, "#r");
    for (i, reader) in (0..).zip(&mut readers) {
        let got = events_up_to(reader, id, i * 1000, head);
        assert!(got == whole[usize::try_from(i * 1000).unwrap()..], "reader {i}");
    }
    // And all of them are live.
    assert_eq!(posted(bob.ask(say("#r", 99_999, "and now"))).1.0, head + 1);
    for reader in &mut readers {
        events_up_to(reader, id, head, head + 1);
    }
}

#[test]
fn all_sessions_of_a_user_hear() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut desk = server.native();
    assert_eq!(word(&desk.ask(sign_in("ann", "secret"))), "welcome");
    let mut bob = server.native_user("bob");
    ann.follow();
    desk.follow();
    assert_eq!(word(&bob.ask(say("@ann", 1, "both of you"))), "posted");
    assert_eq!(word(&ann.ask(say("@bob", 2, "from my phone"))), "posted");
    for session in [&mut ann, &mut desk] {
        session.event(|event| text(event) == Some("both of you"));
        session.event(|event| text(event) == Some("from my phone"));
    }
    // A room that one session enters is entered by all.
    assert_eq!(word(&ann.ask(enter("r"))), "conversation");
    assert_eq!(word(&bob.ask(join("r"))), "conversation");
    assert_eq!(word(&bob.ask(say("#r", 3, "room"))), "posted");
    for session in [&mut ann, &mut desk] {
        session.event(|event| text(event) == Some("room"));
    }
    assert_eq!(word(&desk.ask(leave("r"))), "done");
    for session in [&mut ann, &mut desk] {
        session.event(|event| event.body == Body::Left && event.author.name.as_str() == "ann");
    }
}

#[test]
fn who_left_and_came_back_while_away_hears_on() {
    let server = TestServer::start();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    let id = conversation(ann.ask(enter("r"))).id; // 1
    let mut bob = server.native_user("bob");
    assert_eq!(word(&bob.ask(join("r"))), "conversation"); // 2
    // Meanwhile, in another session:
    assert_eq!(word(&ann.ask(leave("r"))), "done"); // 3 bob is owner, 4 ann left
    assert_eq!(word(&bob.ask(say("#r", 1, "without her"))), "posted"); // 5
    assert_eq!(word(&ann.ask(join("r"))), "conversation"); // 6

    let mut back = server.native();
    assert_eq!(word(&back.ask(resume(&key))), "welcome");
    assert_eq!(back.ask(follow(&[(id, 2)])), Ok(Reply::Done));
    events_up_to(&mut back, id, 2, 6);
    assert_eq!(posted(bob.ask(say("#r", 2, "welcome back"))).1.0, 7);
    events_up_to(&mut back, id, 6, 7);
}

#[test]
fn who_was_slow_while_leaving_and_coming_back_hears_on() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let id = conversation(ann.ask(enter("r"))).id;
    let mut bob = server.native_user("bob");
    assert_eq!(word(&bob.ask(join("r"))), "conversation");
    let mut slow = server.native();
    assert_eq!(word(&slow.ask(sign_in("ann", "secret"))), "welcome");
    assert_eq!(slow.ask(follow(&[(id, 0)])), Ok(Reply::Done));
    events_up_to(&mut slow, id, 0, 2);
    // More than the system takes in for somebody who does not read.
    socket2::SockRef::from(slow.peer().stream()).set_recv_buffer_size(64 * 1024).unwrap();
    say_many(&mut bob, "#r", 1, 200, &"x".repeat(60_000));
    assert_eq!(word(&ann.ask(leave("r"))), "done");
    assert_eq!(word(&ann.ask(join("r"))), "conversation");
    let last = say_many(&mut bob, "#r", 1000, 5, "welcome back");
    // It knows that it left and is in again; what it gets has no hole.
    events_up_to(&mut slow, id, 2, last);
}

#[test]
fn who_enters_at_the_moment_of_following_hears() {
    let server = TestServer::start();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    let mut bob = server.native_user("bob");
    for round in 0..300 {
        let room = format!("r{round}");
        assert_eq!(word(&bob.ask(enter(&room))), "conversation");
        let mut phone = server.native();
        assert_eq!(word(&phone.ask(resume(&key))), "welcome");
        let tag = phone.send(follow(&[]));
        assert_eq!(word(&ann.ask(join(&room))), "conversation");
        assert_eq!(phone.reply(), (tag, Ok(Reply::Done)));
        assert_eq!(word(&bob.ask(say(&format!("#{room}"), round, &room))), "posted");
        phone.event(|event| text(event) == Some(&room));
        assert_eq!(word(&ann.ask(leave(&room))), "done");
    }
}

#[test]
fn what_is_posted_while_many_begin_to_follow_is_heard_by_all() {
    let server = TestServer::start();
    let mut ann = server.native();
    let key = token(ann.ask(sign_up("ann")));
    let mut bob = server.native_user("bob");
    let lobby = ConversationId(1);
    let had = conversation(ann.ask(open("#lobby"))).head.0;
    let mut readers = Vec::new();
    for round in 0..100 {
        let mut reader = server.native();
        assert_eq!(word(&reader.ask(resume(&key))), "welcome");
        bob.send(say("#lobby", round, "x"));
        reader.send(follow(&[(lobby, had)]));
        readers.push(reader);
    }
    let mut last = 0;
    for _ in 0..100 {
        last = posted(bob.reply().1).1.0;
    }
    for reader in &mut readers {
        reader.reply().1.unwrap();
        events_up_to(reader, lobby, had, last);
        assert_eq!(reader.ask(Request::Ping), Ok(Reply::Done));
        assert!(reader.events.is_empty(), "twice: {:?}", reader.events);
    }
}

#[test]
fn what_begins_between_the_list_and_following_is_told_before_its_events() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut bob = server.native_user("bob");
    let Ok(Reply::Conversations { conversations }) = ann.ask(Request::Conversations) else { panic!() };
    assert!(conversations.iter().all(|known| known.address.to_string() != "@bob"));
    assert_eq!(posted(bob.ask(say("@ann", 1, "psst"))).1.0, 1);
    // Ann names what she knows of; the new one is not among it.
    let known: Vec<_> = conversations.iter().map(|known| (known.id, known.head.0)).collect();
    ann.send(follow(&known));
    let mut told = None;
    loop {
        match ann.next().expect("an event comes") {
            FromServer::Notice(Notice::Conversation(new)) => told = Some((new.id, new.address.to_string())),
            FromServer::Event(event) => {
                let (id, address) = told.expect("it was told of before");
                assert_eq!((event.conversation, event.seq.0, address.as_str()), (id, 1, "@bob"));
                return;
            }
            _ => {}
        }
    }
}
