//! Editing, answering, deleting and reacting: by commands and in the composer; what is asked, and what becomes of what was
//! written when it cannot be done.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::{Change, Unsent, UnsentState, What};
use im_proto::{Event, MessageId, Reaction, Refusal, Reply, Request, Seq, Timestamp};
use ratatui::layout::Size;

use crate::rig::{DEV, Rig, TEN, conversation, is_history, posted, text};

/// In #dev, where bob said one, alice two, and bob three.
fn online() -> Rig {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 3)]);
    let said = [("bob", "one"), ("alice", "two"), ("bob", "three")];
    let events: Vec<Event> =
        (1..).zip(said).map(|(seq, (author, said))| posted(DEV, seq, author, said)).collect();
    let reply = Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() };
    rig.grant(is_history, reply);
    rig.asked.clear();
    rig
}

fn dev() -> im_proto::Address {
    "#dev".parse().unwrap()
}

fn edit(seq: u64, said: &str) -> Request {
    Request::Edit { of: dev(), seq: Seq(seq), text: text(said) }
}

fn react(seq: u64, with: &str, on: bool) -> Request {
    Request::React { of: dev(), seq: Seq(seq), reaction: Reaction::parse(with).unwrap(), on }
}

/// What was asked, without what is asked by itself.
fn asked(rig: &Rig) -> Vec<Request> {
    let asked = rig.asked.iter().map(|ask| ask.request.clone());
    asked.filter(|request| !matches!(request, Request::Mark { .. } | Request::Ping)).collect()
}

fn is_edit(request: &Request) -> bool {
    matches!(request, Request::Edit { .. })
}

/// What answers what, of all that is on its way.
fn replies(rig: &Rig) -> Vec<(String, Option<Seq>)> {
    let posts = rig.asked.iter().filter_map(|ask| match &ask.request {
        Request::Post { text, reply_to, .. } => Some((text.as_str().to_owned(), *reply_to)),
        _ => None,
    });
    posts.collect()
}

#[test]
fn each_command_asks_for_its_thing_of_the_newest_or_the_named_message() {
    for (typed, request) in [
        ("/edit zwei", edit(2, "zwei")),
        ("/edit #2 #3 and more", edit(2, "#3 and more")),
        ("/delete", Request::Delete { of: dev(), seq: Seq(2) }),
        ("/delete #1", Request::Delete { of: dev(), seq: Seq(1) }),
        ("/react +1", react(3, "+1", true)),
        ("/react #1 👍", react(1, "👍", true)),
        ("/unreact #9 👍", react(9, "👍", false)),
    ] {
        let mut rig = online();
        rig.enter(typed);
        assert_eq!(asked(&rig), [request], "{typed}");
        assert!(rig.app.composer().is_empty());
        rig.grant(|request| !matches!(request, Request::Ping), Reply::Done);
        rig.down();
        rig.enter(typed);
        assert_eq!(asked(&rig), []);
        assert_eq!(rig.app.composer().lines(), [typed], "what was not done can be done again");
        assert!(rig.screen().contains("not connected"));
    }
    let mut rig = online();
    rig.enter("/edit two");
    assert_eq!(asked(&rig), [], "it says that already");
    rig.enter("/delete");
    rig.refuse(|request| matches!(request, Request::Delete { .. }), Refusal::NoSuchMessage);
    assert!(rig.screen().contains("there is no such message"));
}

#[test]
fn a_reply_goes_where_messages_go_and_outlives_the_connection_and_the_program() {
    let mut rig = online();
    rig.enter("/reply to three");
    rig.enter("/reply #1 to one");
    assert_eq!(replies(&rig), [("to three".to_owned(), Some(Seq(3))), ("to one".to_owned(), Some(Seq(1)))]);
    assert_eq!(rig.rows_with("┌ bob: three").len(), 1);
    let kept = rig.done.iter().filter_map(|action| match action {
        im_client::app::Action::Keep(changes) => Some(changes.clone()),
        _ => None,
    });
    let kept: Vec<Option<Seq>> = kept
        .flatten()
        .filter_map(|change| match change {
            Change::Said { reply_to, .. } => Some(reply_to),
            _ => None,
        })
        .collect();
    assert_eq!(kept, [Some(Seq(3)), Some(Seq(1))]);
    rig.down();
    rig.pass(Duration::from_secs(1));
    rig.sign_in(vec![conversation(DEV, "#dev", 3)]);
    assert_eq!(replies(&rig).len(), 2);
    assert_eq!(replies(&rig)[1].1, Some(Seq(1)), "sent again it answers the same");

    let mut rig = Rig::new(80, 24);
    rig.take(What::Start);
    let message = MessageId([9; 16]);
    let (to, reply_to) = (dev(), Some(Seq(2)));
    let state = UnsentState::Queued;
    let left = Unsent { to, message, text: text("later"), reply_to, at: Timestamp(TEN), state, kept: true };
    rig.take(What::Recalled(vec![left]));
    rig.sign_in(vec![conversation(DEV, "#dev", 3)]);
    assert_eq!(replies(&rig), [("later".to_owned(), Some(Seq(2)))]);
}

#[test]
fn a_reply_is_written_in_the_composer_until_esc() {
    let mut rig = online();
    rig.enter("/reply #1");
    assert_eq!(rig.rows_with("─ Message · replying to bob · Esc cancels ─").len(), 1);
    rig.type_text("first line");
    rig.press(KeyModifiers::ALT, KeyCode::Enter);
    rig.enter("second");
    assert_eq!(replies(&rig), [("first line\nsecond".to_owned(), Some(Seq(1)))]);
    assert!(rig.rows_with("replying").is_empty());
    rig.enter("not an answer");
    assert_eq!(replies(&rig)[1].1, None);
    rig.enter("/reply");
    rig.type_text("on second thoughts");
    rig.key(KeyCode::Esc);
    assert!(rig.rows_with("replying").is_empty());
    rig.key(KeyCode::Enter);
    assert_eq!(replies(&rig)[2], ("on second thoughts".to_owned(), None), "what was written stays");
}

#[test]
fn a_refused_reply_comes_back_as_one() {
    let mut rig = online();
    rig.enter("/reply #1 too late");
    rig.refuse(|request| matches!(request, Request::Post { .. }), Refusal::NoSuchMessage);
    assert_eq!(rig.rows_with("too late ! there is no such message").len(), 1);
    rig.key(KeyCode::Up);
    assert_eq!(rig.app.composer().lines(), ["too late"]);
    assert_eq!(rig.rows_with("replying to bob").len(), 1);
}

#[test]
fn up_edits_ones_newest_message_and_esc_lets_it_be() {
    let mut rig = online();
    rig.event(posted(DEV, 4, "alice", "four\nand a line"));
    rig.event(posted(DEV, 5, "bob", "five"));
    rig.key(KeyCode::Up);
    assert_eq!(rig.app.composer().lines(), ["four", "and a line"]);
    assert_eq!(rig.rows_with("─ Message · editing · Esc cancels ─").len(), 1);
    rig.key(KeyCode::Esc);
    assert!(rig.app.composer().is_empty() && rig.rows_with("editing").is_empty());
    rig.asked.clear();
    rig.key(KeyCode::Up);
    rig.enter(", more");
    assert_eq!(asked(&rig), [edit(4, "four\nand a line, more")]);
    assert!(rig.app.composer().is_empty() && rig.rows_with("editing").is_empty());
    rig.enter("not sent yet");
    rig.key(KeyCode::Up);
    assert!(rig.app.composer().is_empty() && rig.rows_with("your newest message is not sent yet").len() == 1);
    // Something written is what Up is for.
    rig.type_text("x");
    rig.key(KeyCode::Up);
    assert_eq!(rig.app.composer().lines(), ["x"]);
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    rig.enter("/edit #2");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    assert!(rig.app.composer().is_empty() && rig.rows_with("editing").is_empty());
    assert!(rig.app.overlay.is_none());
}

#[test]
fn an_older_message_is_edited_by_its_number() {
    let mut rig = online();
    for (typed, told) in [("/edit #1", "#1 is not yours"), ("/edit #77", "#77 is no message that is here")] {
        rig.enter(typed);
        assert!(rig.screen().contains(told), "{told}");
        assert_eq!(rig.app.composer().lines(), [typed]);
        rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    }
    rig.enter("/edit #2");
    assert_eq!(rig.app.composer().lines(), ["two"]);
    rig.enter("!");
    assert_eq!(asked(&rig), [edit(2, "two!")]);
}

#[test]
fn an_edit_that_was_not_made_is_written_still() {
    for broken in [false, true] {
        let mut rig = online();
        rig.key(KeyCode::Up);
        rig.enter(" and a half");
        assert_eq!(asked(&rig), [edit(2, "two and a half")]);
        if broken {
            rig.down();
            rig.pass(Duration::from_secs(1));
            rig.sign_in(vec![conversation(DEV, "#dev", 3)]);
            rig.asked.clear();
        } else {
            rig.refuse(is_edit, Refusal::Busy);
        }
        assert_eq!(rig.app.composer().lines(), ["two and a half"], "broken: {broken}");
        assert_eq!(rig.rows_with("editing").len(), 1);
        rig.key(KeyCode::Enter);
        assert_eq!(asked(&rig), [edit(2, "two and a half")]);
        rig.type_text("meanwhile");
        rig.refuse(is_edit, Refusal::Busy);
        assert_eq!(rig.app.composer().lines(), ["meanwhile"], "nothing that is being written is lost for it");
    }
}

#[test]
fn what_would_be_taken_for_a_command_is_edited_as_the_text_it_is() {
    for said in ["/quit", "//twice", "\\back", "signout", "to user: bob", "  two blanks", "@bob look"] {
        let mut rig = online();
        rig.event(posted(DEV, 4, "alice", said));
        rig.asked.clear();
        rig.key(KeyCode::Up);
        rig.enter(".");
        assert_eq!(asked(&rig), [edit(4, &format!("{said}."))]);
    }
}

#[test]
fn a_command_that_may_name_a_message_shows_what_they_are_called() {
    let mut rig = online();
    for (typed, shown) in
        [("/re", false), ("/reply", true), ("/reply ", true), ("/reply #1", true), ("/reply a", false)]
    {
        rig.type_text(typed);
        let of_two = rig.rows_with(" two ✓").remove(0);
        assert_eq!(of_two.contains("│ #2 "), shown, "{typed}: {of_two}");
        rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    }
    rig.take(What::Resize(Size::new(40, 15)));
    rig.type_text("/react #");
    assert_eq!(rig.rows_with("  two ✓ #2").len(), 1);
    // A long one takes from the room of the name, and moves nothing.
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 1_234_567)]);
    rig.grant_page(DEV, 1_234_567);
    let before = rig.messages();
    rig.type_text("/delete");
    assert_eq!(rig.rows_with(" #1234567").len(), 1);
    assert_eq!(rig.messages(), before);
}
