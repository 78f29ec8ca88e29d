//! Somebody who was away for a hundred thousand messages: told how many are unread, brought up in order, while the others go on.

use im_proto::{ConversationId, Reply, Seq};
use rusqlite::{Connection, params};

use crate::asks::{
    conversation, conversations, enter, events_up_to, follow, mark, open, page, posted, resume, say, sign_up,
    text, token, word,
};
use crate::harness::{Native, TestServer};

/// How much was said meanwhile.
const MISSED: u64 = 100_000;

/// After so many events that were caught up with, one more is said.
const STEP: u64 = 1000;

/// Makes a log longer as that many more posts by the author of its last one would. To say so much takes minutes in a debug
/// build; that the result is what it would be is looked at by what looks at databases.
fn said_meanwhile(server: &mut TestServer, id: ConversationId, count: u64) {
    server.stop();
    let database = Connection::open(server.folder().join("im.sqlite")).unwrap();
    let all = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
        INSERT INTO events (conversation, seq, at, author, guest, kind, posts, message, text)
        SELECT e.conversation, e.seq + i, e.at, e.author, e.guest, e.kind, e.posts + i, randomblob(16), 'missed ' || i
        FROM conversations c CROSS JOIN events e ON e.conversation = c.id AND e.seq = c.head CROSS JOIN n WHERE c.id = ?1";
    assert_eq!(database.execute(all, params![id.0, count]).unwrap() as u64, count);
    let grown = "UPDATE conversations SET head = head + ?2, posts = posts + ?2 WHERE id = ?1";
    assert_eq!(database.execute(grown, params![id.0, count]), Ok(1));
    drop(database);
    let report = im_server::check(server.folder()).unwrap();
    assert!(report.ok, "{report:?}");
    server.start_again();
}

/// How many posts are unread, as the server says.
fn unread(native: &mut Native, id: ConversationId) -> u64 {
    conversations(native).into_iter().find(|here| here.id == id).unwrap().unread
}

#[test]
fn who_was_away_for_a_hundred_thousand_messages_catches_up_while_others_go_on() {
    let mut server = TestServer::start();
    let mut keys = ["ann", "bob", "cid"].map(|name| {
        let mut native = server.native();
        let key = token(native.ask(sign_up(name)));
        assert_eq!(word(&native.ask(enter("r"))), "conversation");
        (key, native)
    });
    let id = conversation(keys[0].1.ask(open("#r"))).id;
    let had = posted(keys[1].1.ask(say("#r", 1, "the last one that ann has"))).1.0;
    assert_eq!(keys[0].1.ask(mark("#r", had)), Ok(Reply::Done));
    let keys = keys.map(|(key, _)| key);
    said_meanwhile(&mut server, id, MISSED);

    let [mut ann, mut bob, mut cid] = keys.map(|key| {
        let mut native = server.native();
        assert_eq!(word(&native.ask(resume(&key))), "welcome");
        native
    });
    assert_eq!(unread(&mut ann, id), MISSED);
    assert_eq!(cid.ask(follow(&[(id, had + MISSED)])), Ok(Reply::Done));
    assert_eq!(ann.ask(follow(&[(id, had)])), Ok(Reply::Done));
    let mut at = had;
    for number in 1..=MISSED / STEP {
        let events = events_up_to(&mut ann, id, at, at + STEP);
        assert!((at - had + 1..).zip(&events).all(|(i, event)| text(event) == Some(&format!("missed {i}"))));
        at += STEP;
        // While ann is behind, what is said is there at once for whoever is not.
        let said = posted(bob.ask(say("#r", 1 + number, "meanwhile"))).1.0;
        assert_eq!(said, had + MISSED + number);
        events_up_to(&mut cid, id, said - 1, said);
    }
    let head = had + MISSED + MISSED / STEP;
    events_up_to(&mut ann, id, at, head);
    assert_eq!(unread(&mut ann, id), MISSED + MISSED / STEP);
    assert_eq!(ann.ask(mark("#r", head - 7)), Ok(Reply::Done));
    assert_eq!(unread(&mut ann, id), 7);
    assert_eq!(page(&mut ann, "#r", im_proto::Page::Before(Seq(had + 2)), 1), (vec![had + 1], true));

    // A terminal is shown the newest, and told how many those are that it is not shown.
    let mut terminal = server.text();
    terminal.send("signin: cid\nsecret\n");
    let told = terminal.until(" earlier entries of #r are not shown");
    let left_out = told.rsplit_once(" earlier").unwrap().0.rsplit(' ').next().unwrap().parse();
    let read = conversations(&mut cid).into_iter().find(|here| here.id == id).unwrap().read.0;
    assert_eq!(left_out, Ok(head - read - 200));
}
