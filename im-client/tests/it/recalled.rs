//! What is unsent outlives the program: what is written down and when, what becomes of what is brought back, as data.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::{Action, Change, Input, Screen, Unsent, UnsentState, What, update};
use im_proto::{Address, MessageId, Refusal, Reply, Request, Seq, Timestamp};

use crate::rig::{BOB, DEV, Rig, TEN, conversation, text, user};

fn is_post(request: &Request) -> bool {
    matches!(request, Request::Post { .. })
}

fn posts(rig: &Rig) -> Vec<(MessageId, String)> {
    let posts = rig.asked.iter().filter_map(|ask| match &ask.request {
        Request::Post { message, text, .. } => Some((*message, text.as_str().to_owned())),
        _ => None,
    });
    posts.collect()
}

/// All that was to be written down.
fn kept(rig: &Rig) -> Vec<Change> {
    let kept = rig.done.iter().filter_map(|action| match action {
        Action::Keep(changes) => Some(changes.clone()),
        _ => None,
    });
    kept.flatten().collect()
}

fn id(n: u8) -> MessageId {
    MessageId([n; 16])
}

fn left(n: u8, to: &str, said: &str, state: UnsentState) -> Unsent {
    let at = Timestamp(TEN - 60_000 + u64::from(n));
    Unsent {
        to: to.parse().unwrap(),
        message: id(n),
        text: text(said),
        reply_to: None,
        at,
        state,
        kept: true,
    }
}

fn stored(seq: u64, duplicate: bool) -> Reply {
    Reply::Posted { conversation: DEV, seq: Seq(seq), at: Timestamp(TEN), duplicate, kept: false }
}

/// Alice, without a connection, with what an earlier run left.
fn started_with(unsent: Vec<Unsent>) -> Rig {
    let mut rig = Rig::new(80, 24);
    rig.take(What::Start);
    let recall = Action::Recall { server: "im.example:1202".to_owned(), user: user("alice") };
    assert_eq!(rig.done[0], recall, "before anything else");
    rig.take(What::Recalled(unsent));
    rig
}

fn queued_by_two() -> Vec<Unsent> {
    vec![
        left(101, "#dev", "first", UnsentState::Queued),
        left(102, "@bob", "between", UnsentState::Queued),
        left(103, "#dev", "second", UnsentState::Queued),
    ]
}

#[test]
fn what_is_said_is_written_down_before_it_is_sent() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.type_text("hello");
    let what = What::Key(crossterm::event::KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE));
    let input = Input { now: rig.now, wall: Timestamp(TEN), dice: [9; 16], what };
    let actions = update(&mut rig.app, input);
    let said = Change::Said {
        to: "#dev".parse().unwrap(),
        message: id(9),
        text: text("hello"),
        reply_to: None,
        at: Timestamp(TEN),
    };
    assert_eq!(actions[0], Action::Keep(vec![said]));
    let sends = |action: &Action| matches!(action, Action::Send(ask) if is_post(&ask.request));
    assert_eq!(actions.iter().position(sends), Some(1), "{actions:?}");
}

#[test]
fn what_became_of_it_is_written_down_once() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    for said in ["stored", "refused", "too early"] {
        rig.enter(said);
    }
    let ids: Vec<MessageId> = posts(&rig).into_iter().map(|(message, _)| message).collect();
    rig.done.clear();
    rig.grant(is_post, stored(1, false));
    rig.refuse(is_post, Refusal::NotMember);
    rig.refuse(is_post, Refusal::Busy);
    let why = Refusal::NotMember.to_string();
    let expected = [Change::Gone(ids[0]), Change::Failed { message: ids[1], why }];
    assert_eq!(kept(&rig), expected);
    rig.event(own(1, ids[0], "stored"));
    assert_eq!(kept(&rig), expected, "that the server has it was written down before");
    rig.event(own(2, ids[2], "too early"));
    assert_eq!(kept(&rig)[2..], [Change::Gone(ids[2])], "it came without an answer");
}

fn own(seq: u64, message: MessageId, said: &str) -> im_proto::Event {
    im_proto::Event {
        conversation: DEV,
        seq: Seq(seq),
        at: Timestamp(TEN),
        author: crate::rig::author("alice"),
        body: im_proto::Body::Posted { message, text: text(said), reply_to: None },
    }
}

#[test]
fn without_a_server_it_is_seen_in_its_conversations() {
    let mut rig = started_with(queued_by_two());
    assert_eq!(rig.rows_with("↑3").len(), 1);
    assert_eq!(rig.rows_with("… queued").len(), 2, "{}", rig.screen());
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('n'));
    assert_eq!(rig.rows_with("between … queued").len(), 1);
    rig.enter("and this");
    assert_eq!(rig.rows_with("and this … queued").len(), 1);
    assert!(posts(&rig).is_empty());
    assert_eq!(kept(&rig).len(), 1, "what is on the disk is not written down again: {:?}", kept(&rig));
}

#[test]
fn it_is_sent_in_order_by_the_same_ids_and_its_conversation_gives_way() {
    let mut rig = started_with(queued_by_two());
    rig.type_text("a draft");
    rig.sign_in(vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0)]);
    let sent = posts(&rig);
    let expected = [(101, "first"), (102, "between"), (103, "second")];
    assert_eq!(sent, expected.map(|(n, said)| (id(n), said.to_owned())));
    assert_eq!(rig.app.conversations.all().count(), 2);
    assert_eq!(rig.app.open, Some(DEV), "one stays where one was");
    assert_eq!(rig.app.composer().lines(), ["a draft"]);
    rig.down();
    rig.pass(Duration::from_secs(1));
    rig.sign_in(vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0)]);
    assert_eq!(posts(&rig), sent, "the same again over another connection");
    let recalls = rig.done.iter().filter(|action| matches!(action, Action::Recall { .. }));
    assert_eq!(recalls.count(), 1, "once a sign-in");
}

#[test]
fn what_the_server_had_already_is_not_shown_at_the_end() {
    let mut rig = started_with(vec![left(101, "#dev", "said before", UnsentState::Queued)]);
    rig.sign_in(vec![conversation(DEV, "#dev", 900)]);
    rig.grant_page(DEV, 900);
    rig.grant(is_post, stored(3, true));
    assert!(rig.rows_with("said before").is_empty(), "it is far above");
    assert_eq!(rig.app.outbox.iter().count(), 0);
    assert_eq!(kept(&rig), [Change::Gone(id(101))]);
}

#[test]
fn what_failed_is_not_sent_by_itself_and_can_be_sent_again_or_dropped() {
    let failed = |n, said: &str| left(n, "#dev", said, UnsentState::Failed("not a member".to_owned()));
    let mut rig = started_with(vec![failed(101, "older"), failed(102, "newer")]);
    rig.sign_in(vec![conversation(DEV, "#dev", 0)]);
    assert!(posts(&rig).is_empty());
    assert_eq!(rig.rows_with("! not a member").len(), 2);
    rig.enter("/retry");
    assert_eq!(posts(&rig), [(id(102), "newer".to_owned())]);
    rig.enter("/DROP");
    assert!(rig.rows_with("older").is_empty());
    assert_eq!(kept(&rig), [Change::Again(id(102)), Change::Gone(id(101))]);
    rig.enter("/drop");
    assert_eq!(rig.rows_with("no message failed here").len(), 1);
    rig.type_text("/retry all");
    rig.key(KeyCode::Enter);
    assert_eq!(rig.rows_with("it goes like this: /retry").len(), 1);
    assert_eq!(posts(&rig).len(), 1);
    rig.grant(is_post, stored(1, false));
    assert_eq!(rig.rows_with("newer ✓").len(), 1);
}

#[test]
fn what_was_refused_by_somebody_unknown_has_a_place_until_it_is_dropped() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.enter("/msg nobody hi");
    rig.refuse(is_post, Refusal::NoSuchUser);
    assert_eq!(rig.rows_with("not said to @nobody").len(), 1);
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('n'));
    assert_eq!(rig.rows_with("! there is no such user").len(), 1, "{}", rig.screen());
    rig.enter("/drop");
    assert_eq!(rig.app.open, Some(DEV));
    assert_eq!(rig.app.conversations.all().count(), 1);
}

#[test]
fn what_alice_left_is_not_bobs() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.enter("alice's");
    rig.refuse(is_post, Refusal::Busy);
    rig.enter("/signout");
    rig.done.clear();
    rig.grant(|request| *request == Request::SignOut, Reply::Done);
    assert!(rig.done.contains(&Action::PutAway));
    assert_eq!(kept(&rig), [], "it stays on the disk as it is");
    let told = "one unsent message is kept for the next sign-in of alice";
    let Screen::SignIn(form) = &rig.app.screen else { panic!("signed out") };
    assert_eq!(form.error.as_deref(), Some(told));
    assert_eq!(rig.app.outbox.iter().count(), 0);
    // The form has alice's name; it is the server that says who one is.
    rig.type_text("pw");
    rig.key(KeyCode::Enter);
    rig.take(What::Up(rig.dial));
    let welcome = Reply::Welcome { user: user("bob"), token: None };
    rig.grant(|request| matches!(request, Request::SignIn { .. }), welcome);
    let recall = Action::Recall { server: "im.example:1202".to_owned(), user: user("bob") };
    assert!(rig.done.contains(&recall));
    let told = Reply::Conversations { conversations: vec![conversation(DEV, "#dev", 0)] };
    rig.grant(|request| *request == Request::Conversations, told);
    assert!(posts(&rig).is_empty());
}

#[test]
fn what_cannot_be_kept_is_said_all_the_same_and_told() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.down();
    rig.enter("kept");
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('q'));
    assert_eq!(rig.rows_with("It is kept and sent the next time").len(), 1, "{}", rig.screen());
    rig.key(KeyCode::Esc);
    rig.enter("not kept");
    let Some(Change::Said { message, .. }) = kept(&rig).pop() else { panic!("it was to be kept") };
    rig.take(What::NotKept(vec![message], "the disk is full".to_owned()));
    assert_eq!(rig.rows_with("cannot be kept on this device").len(), 1);
    rig.press(KeyModifiers::CONTROL, KeyCode::Char('q'));
    assert_eq!(rig.rows_with("1 cannot be kept and would be lost").len(), 1, "{}", rig.screen());
    rig.key(KeyCode::Esc);
    rig.pass(Duration::from_secs(1));
    rig.sign_in(vec![conversation(DEV, "#dev", 0)]);
    assert_eq!(posts(&rig).len(), 2);
}

#[test]
fn beyond_the_bounds_the_text_stays_where_it_was_written() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    rig.down();
    let to: Address = "#dev".parse().unwrap();
    let many = |count: u16, said: &str| -> Vec<Unsent> {
        let one = |n: u16| Unsent {
            to: to.clone(),
            message: MessageId(u128::from(n).to_be_bytes()),
            text: text(said),
            reply_to: None,
            at: Timestamp(TEN),
            state: UnsentState::Queued,
            kept: true,
        };
        (0..count).map(one).collect()
    };
    let long = "x".repeat(64 * 1024);
    for (unsent, written, told) in [
        (many(1000, "x"), "one more", "1000 messages are not sent yet"),
        (many(1000, "x"), "/msg bob one more", "1000 messages are not sent yet"),
        (many(64, &long), "one more", "4 MiB of text are not sent yet"),
    ] {
        let count = unsent.len();
        rig.take(What::Recalled(unsent));
        rig.done.clear();
        rig.enter(written);
        assert_eq!(rig.rows_with(told).len(), 1, "{}", rig.screen());
        assert_eq!(rig.app.composer().lines(), [written]);
        assert_eq!((rig.app.outbox.waiting(), kept(&rig).len()), (count, 0));
        rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'));
        rig.pass(Duration::from_secs(6));
    }
    rig.take(What::Recalled(many(999, "x")));
    rig.enter("the last one");
    assert_eq!(rig.app.outbox.waiting(), 1000);
}

#[test]
fn the_help_has_what_can_be_done_about_what_failed() {
    let rows = im_client::app::help::rows(&im_client::app::keys::Keymap::default(), 76);
    let has = |word: &str| rows.iter().any(|row| format!("{row:?}").contains(word));
    assert!(has("/retry") && has("/drop"));
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0)]);
    for asked in ["/help retry", "/help /retry"] {
        rig.enter(asked);
        assert_eq!(rig.rows_with("/retry: send the newest message").len(), 1, "{}", rig.screen());
        rig.pass(Duration::from_secs(6));
    }
}
