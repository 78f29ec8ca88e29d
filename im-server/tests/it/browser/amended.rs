//! What becomes of messages after they were said: edits, deletions, answers, reactions; and how far they have come.

use fantoccini::key::Key;
use im_proto::{Request, Seq};
use serde_json::Value;

use super::Driver;
use super::driver::Browser;
use crate::asks::{enter, mark, parsed, posted, received, say, text};
use crate::harness::TestServer;

fn edit(of: &str, seq: u64, text: &str) -> Request {
    Request::Edit { of: parsed(of), seq: Seq(seq), text: im_proto::Text::parse(text).unwrap() }
}

fn delete(of: &str, seq: u64) -> Request {
    Request::Delete { of: parsed(of), seq: Seq(seq) }
}

fn react(of: &str, seq: u64, reaction: &str, on: bool) -> Request {
    Request::React {
        of: parsed(of),
        seq: Seq(seq),
        reaction: im_proto::Reaction::parse(reaction).unwrap(),
        on,
    }
}

fn item(seq: u64) -> String {
    format!("#messages > [data-seq='{seq}']")
}

impl Browser<'_> {
    /// Waits until a part of a message reads so.
    #[track_caller]
    fn reads(&self, seq: u64, part: &str, wanted: &str) {
        self.says(&format!("{} {part}", item(seq)), wanted);
    }

    /// Opens the actions of a message and takes one.
    #[track_caller]
    fn does(&self, seq: u64, act: &str) {
        // The button is shown to who points there, or comes by the keys.
        self.script(&format!("{} .more", item(seq)).into(), "document.querySelector(given).click()");
        self.clicks_at_once(&format!("{} .acts [data-act={act}]", item(seq)));
    }
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn messages_read_as_they_stand_now_live_and_from_the_history() {
    let server = TestServer::start();
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap(); // 1
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    alice.enters("#dev"); // 2
    for (number, said) in (3..).zip(["first", "second", "third"]) {
        assert_eq!(posted(bob.ask(say("#dev", number, said))).1, Seq(number));
    }
    alice.hears("bob", "third");
    bob.ask(edit("#dev", 3, "first <b>again</b>")).unwrap(); // 6
    bob.ask(delete("#dev", 4)).unwrap(); // 7
    bob.ask(react("#dev", 5, "👍", true)).unwrap(); // 8
    bob.ask(react("#dev", 5, "+1", true)).unwrap(); // 9
    bob.ask(react("#dev", 5, "+1", false)).unwrap(); // 10
    let answer = Request::Post {
        to: parsed("#dev"),
        message: im_proto::MessageId([9; 16]),
        text: im_proto::Text::parse("an answer").unwrap(),
        reply_to: Some(Seq(3)),
    };
    assert_eq!(posted(bob.ask(answer)).1, Seq(11));
    let looks = |alice: &Browser<'_>| {
        alice.reads(3, ".text", "first <b>again</b>");
        alice.reads(3, ".edited", "(edited)");
        alice.reads(4, ".text", "this message was deleted");
        alice.reads(5, ".reactions", "👍 1");
        alice.reads(11, ".quote", "In reply to bob: first <b>again</b>");
        alice.shows_no(&item(7));
        let shown = alice.value("document.querySelector('#messages').innerText");
        assert!(!shown.as_str().unwrap().contains("second"), "{shown}");
    };
    alice.hears("bob", "an answer");
    looks(&alice);
    super::assert_whole(&alice.events());
    let seen = alice.events();
    alice.client(async |client| client.refresh().await);
    alice.hears("bob", "an answer");
    looks(&alice);
    assert_eq!(alice.events().len(), seen.len());
    // The quote leads to what is quoted.
    alice.clicks_at_once(&format!("{} .quote", item(11)));
    alice.until(&"3".into(), "document.activeElement.dataset.seq === given");
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn a_quote_leads_to_a_message_that_is_far_back() {
    let server = TestServer::start();
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap();
    for number in 2..=200 {
        bob.ask(say("#dev", number, &format!("message {number}"))).unwrap();
    }
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    alice.enters("#dev"); // 201
    alice.hears("bob", "message 200");
    alice.posts("/reply #3 that one"); // 202
    alice.hears("alice", "that one");
    alice.reads(202, ".quote", "In reply to an earlier message");
    // What is far back is edited while it is not held, and is read as it stands.
    bob.ask(edit("#dev", 3, "message three")).unwrap(); // 203
    alice.clicks_at_once(&format!("{} .quote", item(202)));
    alice.reads(3, ".text", "message three");
    alice.until(&"3".into(), "document.activeElement.dataset.seq === given");
    alice.clicks("#newest");
    alice.reads(202, ".quote", "In reply to bob: message three");
    super::assert_whole(&alice.events()[..3]);
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn one_edits_deletes_answers_and_reacts_by_buttons_keys_and_commands() {
    let server = TestServer::start();
    let mut bob = server.native_user("bob");
    bob.ask(enter("dev")).unwrap(); // 1
    bob.follow();
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    alice.enters("#dev"); // 2
    alice.posts("helo"); // 3
    alice.hears("alice", "helo");
    bob.ask(say("#dev", 4, "what?")).unwrap(); // 4
    alice.hears("bob", "what?");

    alice.does(3, "edit");
    alice.shows("#about");
    alice.until(&"helo".into(), "document.querySelector('#composer').value === given");
    alice.posts(" world");
    alice.reads(3, ".text", "helo world"); // 5
    alice.shows_no("#about");
    alice.until(&"".into(), "document.querySelector('#composer').value === given");
    alice.posts("/edit hello"); // 6
    alice.reads(3, ".text", "hello");
    alice.does(4, "reply");
    alice.posts("nothing"); // 7
    alice.reads(7, ".quote", "In reply to bob: what?");
    // Escape leaves what was begun, and what is written stays.
    alice.does(4, "reply");
    alice.types("#composer", "so");
    alice.presses(&char::from(Key::Escape).to_string());
    alice.shows_no("#about");
    alice.until(&"so".into(), "document.querySelector('#composer').value === given");
    alice.presses(" it is\n");
    alice.hears("alice", "so it is"); // 8
    alice.shows_no(&format!("{} .quote", item(8)));

    alice.does(4, "react"); // the first one
    alice.reads(4, ".reactions", "👍 1"); // 9
    alice.posts("/react :-)"); // 10
    alice.reads(4, ".reactions", "👍 1:-) 1");
    bob.ask(react("#dev", 4, "👍", true)).unwrap(); // 11
    alice.reads(4, ".reactions", "👍 2:-) 1");
    alice.clicks_at_once(&format!("{} .reactions [data-reaction='👍']", item(4))); // 12
    alice.reads(4, ".reactions", ":-) 1👍 1");
    alice.posts("/unreact :-)"); // 13
    alice.reads(4, ".reactions", "👍 1");

    // By the keys alone: back from where one writes, up to one's message, and into its actions.
    alice.types("#composer", "");
    let tab_back = format!("{}{}{}", char::from(Key::Shift), char::from(Key::Tab), char::from(Key::Null));
    alice.presses(&tab_back);
    alice.until(&Value::Null, "document.activeElement.matches('.more')");
    alice.presses(&char::from(Key::Up).to_string());
    alice.until(&"7".into(), "document.activeElement.closest('li').dataset.seq === given");
    alice.presses("\n");
    alice.until(&Value::Null, "document.activeElement.dataset.act === 'reply'");
    alice.presses(&char::from(Key::Escape).to_string());
    alice.until(&Value::Null, "document.activeElement.matches('.more')");
    alice.does(7, "delete");
    alice.says("#delete-what", "alice: nothing");
    alice.clicks("#delete-form .main"); // 14
    alice.reads(7, ".text", "this message was deleted");
    // What is not one's own is not to be edited, and it is said why.
    alice.posts("/edit #4 mine");
    alice.says("#error", "you may not do that here");
    alice.until(&"/edit #4 mine".into(), "document.querySelector('#composer').value !== given");
    for (seq, wanted) in [(5, "helo world"), (6, "hello")] {
        let edited =
            bob.event(|event| event.seq == Seq(seq) && matches!(event.body, im_proto::Body::Edited { .. }));
        let im_proto::Body::Edited { text, .. } = edited.body else { unreachable!() };
        assert_eq!(text.as_str(), wanted);
    }
    let own = bob.event(|event| text(event) == Some("so it is"));
    assert_eq!(own.seq, Seq(8));
}

#[test]
#[cfg_attr(not(all(has_chromium, has_chromedriver)), ignore = "apt-get install chromium chromium-driver")]
fn ticks_say_how_far_a_direct_message_has_come() {
    let server = TestServer::start();
    let mut bob = server.native_user("bob");
    bob.follow();
    let driver = Driver::start();
    let alice = driver.browser();
    alice.signs_up(server.addr(), "alice");
    alice.enters("@bob");
    for (seq, said) in [(1, "one"), (2, "two")] {
        alice.posts(said);
        alice.reads(seq, ".receipt .unseen", "sent");
    }
    let id = bob.event(|event| text(event) == Some("two")).conversation;
    bob.ask(received(&[(id, 2)])).unwrap();
    alice.reads(1, ".receipt .unseen", "delivered");
    bob.ask(mark("@alice", 1)).unwrap();
    alice.reads(1, ".receipt .unseen", "read");
    alice.reads(2, ".receipt .unseen", "delivered");
    // As it is when somebody looks anew.
    alice.client(async |client| client.refresh().await);
    alice.reads(1, ".receipt .unseen", "read");
    alice.reads(2, ".receipt .unseen", "delivered");

    // The other way: what comes is received where it is not looked at, and what was there before is fetched.
    alice.enters("#dev");
    bob.ask(say("@alice", 3, "and you?")).unwrap();
    told(&mut bob, (3, 2));
    alice.client(async |client| client.goto("about:blank").await);
    bob.ask(say("@alice", 4, "still there?")).unwrap();
    alice.client(async |client| client.goto(&format!("http://{}/#/dev", server.addr())).await);
    told(&mut bob, (4, 2));
    alice.goes_to("@bob");
    told(&mut bob, (4, 4));
}

/// Waits until bob is told that so much was received and read.
#[track_caller]
fn told(bob: &mut crate::harness::Native, (received, read): (u64, u64)) {
    bob.notice(|notice| match notice {
        im_proto::Notice::Receipts { receipts, .. } => {
            (receipts.received.0, receipts.read.0) == (received, read)
        }
        _ => false,
    });
}
