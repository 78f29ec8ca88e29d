//! Several messages at once, forwarding, links that are copied, and `/me`.

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::Action;
use im_proto::{Address, Conversation, Event, Reply, Request};

use crate::rig::{BOB, DEV, Rig, conversation, is_history, posted};

/// In #dev, where bob said one and two, alice three.
fn rig() -> Rig {
    let mut rig = Rig::online(100, 24, vec![conversation(DEV, "#dev", 3), conversation(BOB, "@bob", 0)]);
    let said = [("bob", "one https://a.example"), ("bob", "two\nlines"), ("alice", "three")];
    let events: Vec<Event> =
        (1..).zip(said).map(|(seq, (author, said))| posted(DEV, seq, author, said)).collect();
    rig.grant(is_history, Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() });
    rig
}

fn copied(rig: &mut Rig) -> Vec<String> {
    let done = std::mem::take(&mut rig.done).into_iter();
    done.filter_map(|action| if let Action::Copy(text) = action { Some(text) } else { None }).collect()
}

#[test]
fn from_one_message_to_another_all_are_copied_with_who_said_them() {
    let mut rig = rig();
    rig.key(KeyCode::Esc);
    rig.type_text("vkk");
    let marked =
        |rig: &Rig| ["one", "two", "lines", "three"].map(|said| rig.rows_with(said)[0].contains("│▌"));
    assert_eq!(marked(&rig), [true; 4], "{}", rig.screen());
    rig.type_text("y");
    assert_eq!(copied(&mut rig), ["bob: one https://a.example\nbob: two\nlines\nalice: three"]);
    // The other way round it is the same; and back to one.
    rig.type_text("jv");
    assert_eq!(marked(&rig), [false, true, true, false]);
    rig.type_text("vj");
    assert_eq!(marked(&rig), [false, true, true, true]);
    rig.type_text("d");
    assert!(rig.app.overlay.is_none() && rig.screen().contains("several messages are chosen"));
    rig.type_text("vy");
    assert_eq!(copied(&mut rig), ["three"]);
}

#[test]
fn what_is_forwarded_is_written_where_one_chose_and_sent_by_nobody_else() {
    let mut rig = rig();
    rig.key(KeyCode::Esc);
    rig.type_text("kvkf");
    assert!(rig.screen().contains("Forward to"), "{}", rig.screen());
    rig.enter("bob");
    assert_eq!(rig.app.open, Some(BOB));
    let quote = ["bob in #dev:", "> one https://a.example", "> two", "> lines", ""];
    assert_eq!(rig.app.composer().lines(), quote);
    assert!(rig.waits(|request| matches!(request, Request::Post { .. })).is_none());
    // What is given up is written nowhere.
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    rig.press(KeyModifiers::ALT, KeyCode::Up);
    rig.key(KeyCode::Esc);
    rig.type_text("f");
    rig.key(KeyCode::Esc);
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert!(rig.app.composer().is_empty());
}

#[test]
fn who_is_written_to_for_the_first_time_gets_it_when_the_conversation_is_there() {
    let mut rig = rig();
    let carol: Address = "@carol".parse().unwrap();
    rig.key(KeyCode::Esc);
    rig.type_text("f");
    rig.enter("@carol");
    assert!(rig.app.composer().is_empty(), "not where one still is");
    let opens = Request::Open { address: carol.clone() };
    let about = Conversation { address: carol, ..conversation(im_proto::ConversationId(9), "@bob", 0) };
    rig.grant(|request| *request == opens, Reply::Conversation(about));
    assert_eq!(rig.app.composer().lines(), ["alice in #dev:", "> three", ""]);
}

#[test]
fn a_link_is_copied_and_where_there_are_several_one_is_chosen() {
    let mut rig = rig();
    rig.event(posted(DEV, 4, "bob", "https://b.example https://c.example"));
    rig.key(KeyCode::Esc);
    rig.type_text("Y");
    assert!(rig.screen().contains("Copy which link?"), "{}", rig.screen());
    rig.type_text("b");
    rig.type_text("kkkY");
    assert_eq!(copied(&mut rig), ["https://c.example", "https://a.example"]);
}

#[test]
fn what_one_does_is_said_in_words_that_read_well_anywhere() {
    let mut rig = rig();
    rig.enter("/me waves at *them*");
    let said = rig.waits(|request| matches!(request, Request::Post { .. }));
    assert!(
        matches!(said, Some(Request::Post { text, .. }) if text.as_str() == "*alice waves at *them**"),
        "{said:?}"
    );
    assert!(rig.app.composer().is_empty());
    rig.enter("/me");
    assert!(rig.screen().contains("it goes like this: /me TEXT"), "{}", rig.screen());
}
