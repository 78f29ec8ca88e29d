//! Where one writes: many lines, pastes, what Tab offers, what one has said before, taking back what was typed.

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::{Overlay, What};
use im_proto::{Author, Notice, Request, TEXT_BYTES_MAX};

use crate::rig::{BOB, DEV, Rig, author, conversation, posted};

const OPS: im_proto::ConversationId = im_proto::ConversationId(7);

fn online() -> Rig {
    let conversations =
        vec![conversation(DEV, "#dev", 3), conversation(BOB, "@bob", 0), conversation(OPS, "#ops", 0)];
    let mut rig = Rig::online(80, 24, conversations);
    rig.grant_page(DEV, 3);
    rig.asked.clear();
    rig
}

fn paste(rig: &mut Rig, text: &str) {
    rig.take(What::Paste(text.to_owned()));
}

fn written(rig: &Rig) -> String {
    rig.app.composer().lines().join("\n")
}

/// What was said, whether or not it is on its way.
fn said(rig: &Rig) -> Vec<String> {
    rig.app.outbox.iter().map(|unsent| unsent.text.as_str().to_owned()).collect()
}

fn lines(count: usize) -> String {
    (1..=count).map(|n| format!("line {n}\n")).collect()
}

#[test]
fn it_grows_to_a_third_of_the_height_and_then_scrolls() {
    let mut rig = online();
    let height = |rig: &Rig| {
        let screen = rig.screen();
        let at = |part: &str| screen.lines().position(|line| line.contains(part)).unwrap();
        at("╰") - at("─ Message ─") - 1
    };
    for (line, rows) in [(1, 1), (2, 2), (5, 5), (8, 8), (9, 8), (20, 8)] {
        while rig.app.composer().lines().len() < line {
            rig.press(KeyModifiers::ALT, KeyCode::Enter);
        }
        rig.type_text("x");
        assert_eq!(height(&rig), rows, "{line} lines");
    }
    rig.type_text("the last");
    assert_eq!(rig.rows_with("the last").len(), 1);
}

#[test]
fn a_short_paste_is_written_and_nothing_in_it_is_done() {
    let mut rig = online();
    paste(&mut rig, "/quit\r\nsecond\u{1b}[31m\r/signout\nfour\nfive\n");
    assert_eq!(written(&rig), "/quit\nsecond[31m\n/signout\nfour\nfive");
    assert!(
        rig.app.overlay.is_none() && rig.done.iter().all(|action| *action != im_client::app::Action::Quit)
    );
}

#[test]
fn six_lines_are_asked_about_and_nothing_happens_until_somebody_answers() {
    for (key, sent, left) in [
        (KeyCode::Char('m'), vec!["so: /quit\n2\n3\n4\n5\n6"], ""),
        (KeyCode::Enter, vec!["so: /quit\n2\n3\n4\n5\n6"], ""),
        (KeyCode::Char('c'), vec!["so:\n```\n/quit\n2\n3\n4\n5\n6\n```"], ""),
        (KeyCode::Char('e'), vec![], "so: /quit\n2\n3\n4\n5\n6"),
        (KeyCode::Esc, vec![], "so: "),
    ] {
        let mut rig = online();
        rig.type_text("so: ");
        paste(&mut rig, "/quit\n2\n3\n4\n5\n6\n");
        if key == KeyCode::Esc {
            insta::assert_snapshot!("composing_paste", rig.screen());
        }
        assert_eq!((written(&rig), said(&rig).len()), ("so: ".to_owned(), 0));
        rig.key(KeyCode::Char('x'));
        assert!(matches!(rig.app.overlay, Some(Overlay::Paste(_))), "it is still asked");
        rig.key(key);
        assert!(rig.app.overlay.is_none());
        assert_eq!(said(&rig), sent, "{key:?}");
        assert_eq!(written(&rig), left, "{key:?}");
    }
}

#[test]
fn a_paste_is_sent_whole_and_an_answer_stays_one() {
    let mut rig = online();
    rig.enter("/reply #2");
    paste(&mut rig, &lines(200));
    rig.key(KeyCode::Char('m'));
    let posts: Vec<_> = rig.asked.iter().filter(|ask| matches!(ask.request, Request::Post { .. })).collect();
    let [ask] = &posts[..] else { panic!("one message") };
    let Request::Post { text, reply_to, .. } = &ask.request else { unreachable!() };
    assert_eq!(text.as_str(), lines(200).trim_end());
    assert_eq!(*reply_to, Some(im_proto::Seq(2)));
    assert!(rig.rows_with("replying").is_empty());
    // Its fence is longer than any in it.
    paste(&mut rig, "a\n```\nb\n````\nc\nd\n");
    rig.key(KeyCode::Char('c'));
    assert_eq!(said(&rig)[1], "`````\na\n```\nb\n````\nc\nd\n`````");
}

#[test]
fn what_was_to_be_pasted_into_a_conversation_is_not_sent_to_another() {
    let mut rig = online();
    paste(&mut rig, &lines(9));
    rig.event(crate::rig::did(DEV, 4, "alice", im_proto::Body::Left));
    rig.key(KeyCode::Char('m'));
    assert_eq!(said(&rig).len(), 0);
    assert!(rig.screen().contains("not sent: #dev is not open any more"), "{}", rig.screen());
    assert_eq!(written(&rig), lines(9).trim_end(), "and is not lost");
}

#[test]
fn more_than_a_message_may_have_is_told_before_anything_is_lost_and_split_only_on_demand() {
    let long: String = (0..9000).map(|n| format!("line number {n:06}\n")).collect();
    assert!(long.len() > 2 * TEXT_BYTES_MAX && long.len() < 3 * TEXT_BYTES_MAX);
    let mut rig = online();
    paste(&mut rig, &long);
    assert_eq!(rig.rows_with("That is more than one message may have.").len(), 1);
    assert_eq!(rig.rows_with("send as 3 messages, one after the other").len(), 1);
    rig.key(KeyCode::Char('e'));
    assert_eq!(written(&rig), long.trim_end());
    rig.key(KeyCode::Enter);
    assert_eq!(said(&rig).len(), 0, "never split by itself");
    assert_eq!(rig.rows_with("send as 3 messages").len(), 1);
    rig.key(KeyCode::Esc);
    assert_eq!(written(&rig), long.trim_end(), "nothing is lost");
    rig.key(KeyCode::Enter);
    rig.key(KeyCode::Char('m'));
    let sent = said(&rig);
    assert_eq!(sent.len(), 3);
    assert_eq!(sent.join("\n"), long.trim_end(), "at line ends, and all of it");
    assert!(sent.iter().all(|part| part.len() <= TEXT_BYTES_MAX));
    let ids: std::collections::BTreeSet<_> = rig.app.outbox.iter().map(|unsent| unsent.message).collect();
    assert_eq!(ids.len(), 3);
    assert_eq!(written(&rig), "");
    // One line that is too long is broken between characters.
    let mut rig = online();
    paste(&mut rig, &"é".repeat(TEXT_BYTES_MAX));
    rig.key(KeyCode::Char('c'));
    let parts = said(&rig);
    assert_eq!(parts.len(), 3, "the fences take some room");
    assert_eq!(parts.concat().matches('é').count(), TEXT_BYTES_MAX);
    assert!(parts.iter().all(|part| part.starts_with("```\n") && part.ends_with("\n```")));
    let mut rig = online();
    paste(&mut rig, &"x".repeat(2 << 20));
    assert!(rig.screen().contains("not pasted") && rig.app.overlay.is_none());
}

#[test]
fn tab_completes_people_rooms_emoji_and_commands() {
    let mut rig = online();
    rig.notice(Notice::Presence { user: author("carol"), online: true });
    rig.notice(Notice::Presence { user: author("barbara"), online: true });
    for (typed, completed) in [
        ("hi @car", "hi @carol "),
        ("hi car", "hi @carol "),
        ("see #op", "see #ops "),
        ("go :rocke", "go 🚀 "),
        ("/retent", "/retention "),
        ("/dm caro", "/dm carol "),
        ("/role ops carol adm", "/role ops carol admin "),
        ("/react #2 :tada", "/react #2 🎉 "),
        ("/help /retent", "/help /retention "),
    ] {
        let mut rig_text = typed.to_owned();
        rig.type_text(&rig_text);
        rig.key(KeyCode::Tab);
        // What is not alone is chosen first.
        if rig.app.completion().is_some() {
            rig.key(KeyCode::Enter);
        }
        rig_text.clear();
        assert_eq!(written(&rig), completed, "{typed}");
        rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    }
    rig.type_text("xyzzyx");
    rig.key(KeyCode::Tab);
    assert_eq!(written(&rig), "xyzzyx");
    assert!(rig.screen().contains("Tab completes @name, #room, :emoji: and /command"));
}

#[test]
fn several_are_offered_and_typing_goes_on_choosing() {
    let mut rig = online();
    rig.event(posted(DEV, 4, "benedict", "hello"));
    let people: Vec<Author> = ["barbara", "bert", "carol"].into_iter().map(author).collect();
    for user in people {
        rig.notice(Notice::Presence { user, online: true });
    }
    rig.type_text("@b");
    rig.key(KeyCode::Tab);
    let offered = |rig: &Rig| -> Vec<String> {
        rig.app
            .completion()
            .map_or_else(Vec::new, |found| found.offered.iter().map(|one| one.written.clone()).collect())
    };
    assert_eq!(
        offered(&rig),
        ["@bob", "@benedict", "@bert", "@barbara"],
        "who is here first, each shortest first"
    );
    insta::assert_snapshot!("composing_offered", rig.screen());
    rig.type_text("ar");
    assert_eq!(offered(&rig), ["@barbara"]);
    rig.key(KeyCode::Backspace);
    rig.key(KeyCode::Backspace);
    rig.key(KeyCode::Tab);
    rig.key(KeyCode::Down);
    rig.key(KeyCode::Down);
    rig.key(KeyCode::BackTab);
    rig.key(KeyCode::Enter);
    assert_eq!(written(&rig), "@bert ");
    assert_eq!(said(&rig).len(), 0, "Enter was for what was offered");
    rig.type_text("and @b");
    rig.key(KeyCode::Tab);
    rig.key(KeyCode::Esc);
    assert!(rig.app.completion().is_none() && !rig.app.is_selecting());
    assert_eq!(written(&rig), "@bert and @b");
    rig.key(KeyCode::Tab);
    rig.type_text("zz");
    assert!(rig.app.completion().is_none(), "nothing fits any more");
    rig.key(KeyCode::Enter);
    assert_eq!(said(&rig), ["@bert and @bzz"]);
    rig.type_text("/");
    rig.key(KeyCode::Tab);
    assert!(rig.screen().contains("say one thing to somebody"), "with their help: {}", rig.screen());
}

#[test]
fn ctrl_r_finds_what_one_said() {
    let mut rig = online();
    rig.event(posted(DEV, 4, "alice", "the Build is green"));
    rig.event(posted(DEV, 5, "alice", "lunch?"));
    rig.event(posted(DEV, 6, "bob", "the build of bob"));
    rig.event(posted(DEV, 7, "alice", "the build is red"));
    rig.type_text("before");
    let ctrl_r = |rig: &mut Rig| rig.press(KeyModifiers::CONTROL, KeyCode::Char('r'));
    ctrl_r(&mut rig);
    rig.type_text("build");
    let Some(Overlay::Sent(sent)) = &rig.app.overlay else { panic!("it is open") };
    assert_eq!(sent.fitting(), ["the build is red", "the Build is green"]);
    ctrl_r(&mut rig);
    rig.key(KeyCode::Enter);
    assert_eq!(written(&rig), "the Build is green");
    assert_eq!(said(&rig).len(), 0, "it is written, and sent by another Enter");
    ctrl_r(&mut rig);
    rig.key(KeyCode::Esc);
    assert_eq!(written(&rig), "the Build is green");
    // What gave way for it is not lost.
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('_'));
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('_'));
    assert_eq!(written(&rig), "before");
}

#[test]
fn what_was_cleared_or_typed_can_be_taken_back() {
    let mut rig = online();
    rig.type_text("two");
    rig.press(KeyModifiers::ALT, KeyCode::Enter);
    rig.type_text("lines");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
    assert_eq!(written(&rig), "");
    assert!(rig.app.overlay.is_none());
    let undo = |rig: &mut Rig| rig.press(KeyModifiers::CONTROL, KeyCode::Char('7'));
    let redo = |rig: &mut Rig| rig.press(KeyModifiers::ALT, KeyCode::Char('_'));
    undo(&mut rig);
    assert_eq!(written(&rig), "two\nlines");
    undo(&mut rig);
    assert_ne!(written(&rig), "two\nlines");
    redo(&mut rig);
    assert_eq!(written(&rig), "two\nlines");
    redo(&mut rig);
    assert_eq!(written(&rig), "");
    rig.type_text("a b c");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('u'));
    assert_eq!(written(&rig), "", "to the beginning of the line, as in a shell");
    // What was sent is not brought back.
    rig.enter("said");
    undo(&mut rig);
    assert_eq!(written(&rig), "");
}

#[test]
fn what_an_editor_made_of_it_is_written_and_can_be_taken_back() {
    let mut rig = online();
    rig.type_text("begun");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('x'));
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('e'));
    assert!(rig.done.contains(&im_client::app::Action::Compose("begun".to_owned())));
    rig.take(What::Composed(format!("begun,\u{1b}[2J\n{}", lines(20))));
    assert_eq!(written(&rig), format!("begun,[2J\n{}", lines(20).trim_end()), "without a question");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('_'));
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('_'));
    assert_eq!(written(&rig), "begun");
}
