//! What is said is sent once, in order, whatever happens to the connection; and nothing of it is lost from sight.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::{Action, Overlay, deadline};
use im_proto::{Body, Event, MessageId, Refusal, Reply, Request, Seq, Timestamp};

use crate::rig::{DEV, Rig, TEN, author, conversation, posted, text};

fn posts(rig: &Rig) -> Vec<(MessageId, String)> {
    let posts = rig.asked.iter().filter_map(|ask| match &ask.request {
        Request::Post { message, text, .. } => Some((*message, text.as_str().to_owned())),
        _ => None,
    });
    posts.collect()
}

fn own(seq: u64, message: MessageId, said: &str) -> Event {
    Event {
        conversation: DEV,
        seq: Seq(seq),
        at: Timestamp(TEN),
        author: author("alice"),
        body: Body::Posted { message, text: text(said), reply_to: None },
    }
}

fn is_post(request: &Request) -> bool {
    matches!(request, Request::Post { .. })
}

fn posted_as(seq: u64) -> Reply {
    Reply::Posted { conversation: DEV, seq: Seq(seq), at: Timestamp(TEN), duplicate: false, kept: false }
}

#[test]
fn a_message_is_under_way_then_stored_then_in_the_log() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.enter("hello");
    let [(message, said)] = &posts(&rig)[..] else {
        panic!("{:?}", rig.asked);
    };
    assert_eq!(said, "hello");
    let message = *message;
    assert!(rig.rows_with("hello …").len() == 1);
    rig.grant(is_post, posted_as(1));
    assert!(rig.rows_with("hello ✓").len() == 1);
    rig.event(own(1, message, "hello"));
    assert!(rig.rows_with("hello ✓").len() == 1);
    assert_eq!(rig.rows_with("hello").len(), 1);
}

#[test]
fn the_event_may_come_before_the_reply() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.enter("hello");
    let message = posts(&rig)[0].0;
    rig.event(own(1, message, "hello"));
    rig.grant(is_post, posted_as(1));
    assert_eq!(rig.rows_with("hello").len(), 1);
}

#[test]
fn what_is_said_without_a_connection_goes_out_in_order_when_it_is_back() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.enter("on its way");
    let first = posts(&rig)[0].0;
    rig.down();
    rig.enter("second");
    rig.enter("third");
    assert_eq!(posts(&rig), []);
    assert_eq!(rig.rows_with("… queued").len(), 3);
    assert_eq!(rig.rows_with("↑3").len(), 1);
    rig.pass(Duration::from_secs(1));
    rig.sign_in(vec![conversation(DEV, "#dev", 0)]);
    let sent: Vec<String> = posts(&rig).into_iter().map(|(_, said)| said).collect();
    assert_eq!(sent, ["on its way", "second", "third"]);
    assert_eq!(posts(&rig)[0].0, first, "the same message keeps its id");
}

#[test]
fn what_was_stored_just_before_the_connection_broke_is_not_shown_twice() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.enter("did it arrive?");
    let message = posts(&rig)[0].0;
    rig.down();
    rig.pass(Duration::from_secs(1));
    rig.sign_in(vec![conversation(DEV, "#dev", 1)]);
    // It is sent again, and its event comes from the log.
    assert_eq!(posts(&rig), [(message, "did it arrive?".to_owned())]);
    rig.event(own(1, message, "did it arrive?"));
    rig.grant(
        is_post,
        Reply::Posted { conversation: DEV, seq: Seq(1), at: Timestamp(TEN), duplicate: true, kept: false },
    );
    assert_eq!(rig.rows_with("did it arrive?").len(), 1);
}

#[test]
fn only_so_many_are_on_their_way_at_once() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    for i in 0..40 {
        rig.enter(&format!("message {i}"));
    }
    assert_eq!(posts(&rig).len(), 16);
    rig.grant(is_post, posted_as(1));
    assert_eq!(posts(&rig).len(), 16);
    assert_eq!(posts(&rig).last().unwrap().1, "message 16");
}

#[test]
fn a_refused_message_says_why_and_can_be_taken_back() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.enter("too soon");
    rig.refuse(is_post, Refusal::CannotStore);
    assert_eq!(rig.rows_with("! the server cannot store").len(), 1);
    rig.enter("later");
    rig.grant(is_post, posted_as(1));
    rig.key(KeyCode::Up);
    assert_eq!(rig.app.composer().lines(), ["too soon"]);
    assert!(rig.rows_with("! the server").is_empty());
}

#[test]
fn a_server_that_stops_refuses_nothing_for_good() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.enter("just now");
    rig.refuse(is_post, Refusal::Stopping);
    rig.down();
    assert_eq!(rig.rows_with("just now … queued").len(), 1);
}

#[test]
fn what_a_busy_server_refuses_is_said_again_after_a_growing_wait() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    let said = |rig: &Rig| -> Vec<String> { posts(rig).into_iter().map(|(_, said)| said).collect() };
    for said in ["one", "two", "three"] {
        rig.enter(said);
    }
    let first = posts(&rig)[0].0;
    for _ in 0..3 {
        rig.refuse(is_post, Refusal::Busy);
    }
    assert_eq!(rig.rows_with("… queued").len(), 3);
    assert_eq!(rig.rows_with("↑3").len(), 1);
    let mut waits = Vec::new();
    for _ in 0..4 {
        let refused = rig.now;
        while posts(&rig).is_empty() {
            let due = deadline(&rig.app).expect("it is tried again");
            rig.pass(due - rig.now);
            rig.asked.retain(|ask| is_post(&ask.request));
        }
        assert_eq!(posts(&rig), [(first, "one".to_owned())], "one is enough to see");
        waits.push(rig.now - refused);
        rig.refuse(is_post, Refusal::Busy);
    }
    assert!(waits[0] >= Duration::from_millis(250) && waits.is_sorted(), "{waits:?}");
    assert!(waits[3] >= Duration::from_secs(2), "{waits:?}");
    rig.enter("four");
    assert_eq!(said(&rig), [] as [&str; 0], "nobody overtakes");
    rig.pass(Duration::from_secs(9));
    rig.grant(is_post, posted_as(1));
    assert_eq!(said(&rig), ["two", "three", "four"]);
    assert_eq!(rig.rows_with("one ✓").len(), 1);
}

#[test]
fn what_came_too_often_waits_for_its_turn_and_is_said_again_in_order() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    for said in ["one", "two", "three"] {
        rig.enter(said);
    }
    rig.grant(is_post, posted_as(1));
    rig.refuse(is_post, Refusal::TooOften);
    let heard = rig.now;
    rig.refuse(is_post, Refusal::TooOften);
    assert_eq!(rig.rows_with("… queued").len(), 2);
    assert_eq!(rig.rows_with("!").len(), 0, "nothing has failed");
    while posts(&rig).is_empty() {
        let due = deadline(&rig.app).expect("it is tried again");
        rig.pass(due - rig.now);
        rig.asked.retain(|ask| is_post(&ask.request));
    }
    assert!(rig.now - heard >= Duration::from_secs(1), "the server wants a second without a post");
    let said = |rig: &Rig| -> Vec<String> { posts(rig).into_iter().map(|(_, said)| said).collect() };
    assert_eq!(said(&rig), ["two"]);
    rig.grant(is_post, posted_as(2));
    assert_eq!(said(&rig), ["three"]);
}

#[test]
fn quitting_asks_first_while_something_waits() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.down();
    rig.enter("wait for me");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('q'));
    assert!(matches!(rig.app.overlay, Some(Overlay::Quit)));
    assert!(!rig.done.contains(&Action::Quit));
    assert!(rig.screen().contains("One message is not sent yet"));
    rig.key(KeyCode::Char('y'));
    assert!(rig.done.contains(&Action::Quit));
}

#[test]
fn a_page_of_history_settles_what_is_in_it() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.enter("said");
    let message = posts(&rig)[0].0;
    rig.down();
    rig.pass(Duration::from_secs(1));
    // So far behind that the log is loaded anew from its end.
    rig.sign_in(vec![conversation(DEV, "#dev", 900)]);
    let mut events: Vec<Event> = (701..=899).map(|seq| posted(DEV, seq, "bob", "x")).collect();
    events.push(own(900, message, "said"));
    rig.grant(
        |request| matches!(request, Request::History { .. }),
        Reply::History { conversation: DEV, events, more: true, amendments: Vec::new() },
    );
    assert_eq!(rig.rows_with("said").len(), 1);
}
