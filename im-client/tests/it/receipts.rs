//! Who has what of a direct conversation: shown at one's own messages, and told about those of others.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use im_proto::{Conversation, ConversationId, Notice, Receipts, Refusal, Reply, Request, Seq};

use crate::rig::{BOB, DEV, Rig, conversation, is_history, posted};

fn receipts(received: u64, read: u64) -> Receipts {
    Receipts { received: Seq(received), read: Seq(read) }
}

/// Each request under way that tells what is here.
fn told(rig: &Rig) -> Vec<Vec<(u64, u64)>> {
    let told = rig.asked.iter().filter_map(|ask| match &ask.request {
        Request::Received { upto } => Some(upto.iter().map(|(id, seq)| (id.0, seq.0)).collect()),
        _ => None,
    });
    told.collect()
}

fn is_received(request: &Request) -> bool {
    matches!(request, Request::Received { .. })
}

fn with_bob() -> Rig {
    let about = Conversation { receipts: Some(receipts(2, 1)), ..conversation(BOB, "@bob", 4) };
    let mut rig = Rig::online(80, 24, vec![about]);
    let events = (1..=4).map(|seq| posted(BOB, seq, "alice", &format!("message {seq}"))).collect();
    let reply = Reply::History { conversation: BOB, events, more: false, amendments: Vec::new() };
    rig.grant(is_history, reply);
    rig
}

/// What is told behind each message.
fn states(rig: &Rig) -> Vec<String> {
    let said = rig.messages().into_iter().map(|(_, said)| said.trim_end_matches(['│', ' ']).to_owned());
    said.map(|said| said.splitn(3, ' ').nth(2).unwrap_or_default().to_owned()).collect()
}

#[test]
fn ones_own_messages_show_how_far_they_came() {
    let mut rig = with_bob();
    assert_eq!(states(&rig), ["✓✓ read", "✓ delivered", "✓", "✓"]);
    rig.notice(Notice::Receipts { conversation: BOB, receipts: receipts(4, 3) });
    assert_eq!(states(&rig), ["✓✓ read", "✓✓ read", "✓✓ read", "✓ delivered"]);
    // What is told late takes nothing back.
    rig.notice(Notice::Receipts { conversation: BOB, receipts: receipts(3, 2) });
    let about = Conversation { receipts: Some(receipts(2, 1)), ..conversation(BOB, "@bob", 4) };
    rig.notice(Notice::Conversation(about));
    assert_eq!(states(&rig), ["✓✓ read", "✓✓ read", "✓✓ read", "✓ delivered"]);
    rig.event(posted(BOB, 5, "bob", "message 5"));
    assert_eq!(states(&rig)[4], "", "the others' have none");
}

#[test]
fn what_came_of_direct_conversations_is_told_one_request_at_a_time() {
    let there = vec![
        conversation(DEV, "#dev", 0),
        conversation(BOB, "@bob", 0),
        conversation(ConversationId(5), "@zoe", 0),
    ];
    let mut rig = Rig::online(80, 24, there);
    assert!(told(&rig).is_empty());
    rig.event(posted(DEV, 1, "bob", "in a room"));
    assert!(told(&rig).is_empty());
    rig.event(posted(BOB, 1, "bob", "one"));
    assert_eq!(told(&rig), [[(3, 1)]]);
    for seq in 2..=9 {
        rig.event(posted(BOB, seq, "bob", "more"));
    }
    rig.event(posted(ConversationId(5), 1, "zoe", "psst"));
    assert_eq!(told(&rig), [[(3, 1)]], "the rest waits for the answer");
    rig.grant(is_received, Reply::Done);
    assert_eq!(told(&rig), [vec![(3, 9), (5, 1)]]);
    rig.refuse(is_received, Refusal::Failed);
    assert!(told(&rig).is_empty(), "it is not asked over and over");
    rig.event(posted(BOB, 10, "alice", "my own"));
    assert!(told(&rig).is_empty(), "what one has said oneself is no news");
    rig.event(posted(BOB, 11, "bob", "and this"));
    assert_eq!(told(&rig), [[(3, 11)]]);
}

#[test]
fn what_was_told_over_a_connection_that_broke_is_told_again() {
    let there = || vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0)];
    let mut rig = Rig::online(80, 24, there());
    rig.event(posted(BOB, 1, "bob", "one"));
    rig.down();
    rig.pass(Duration::from_secs(1));
    let unread = Conversation { unread: 1, read: Seq(0), ..conversation(BOB, "@bob", 1) };
    rig.sign_in(vec![conversation(DEV, "#dev", 0), unread]);
    assert_eq!(told(&rig), [[(3, 1)]]);
}

#[test]
fn what_is_unread_of_a_direct_conversation_is_fetched_before_one_looks() {
    let behind = |head, read, unread| {
        let bob = Conversation { read: Seq(read), unread, ..conversation(BOB, "@bob", head) };
        let dev = Conversation { read: Seq(40), unread: 1, ..conversation(DEV, "#dev", 50) };
        vec![dev, bob]
    };
    for (there, from) in [(behind(9, 6, 3), 6), (behind(9, 9, 0), 9), (behind(900, 6, 800), 900)] {
        let mut rig = Rig::new(80, 24);
        rig.take(im_client::app::What::Start);
        rig.take(im_client::app::What::Up(rig.dial));
        let welcome = Reply::Welcome { user: crate::rig::user("alice"), token: None };
        rig.grant(|request| matches!(request, Request::Resume { .. }), welcome);
        rig.grant(
            |request| *request == Request::Conversations,
            Reply::Conversations { conversations: there },
        );
        let Some(Request::Follow { after }) = rig.waits(|request| matches!(request, Request::Follow { .. }))
        else {
            panic!("nothing is followed")
        };
        assert_eq!(*after, [(DEV, Seq(50)), (BOB, Seq(from))]);
    }
    let mut rig = Rig::online(80, 24, behind(9, 6, 3));
    for seq in 7..=9 {
        rig.event(posted(BOB, seq, "bob", &format!("message {seq}")));
    }
    assert_eq!(told(&rig), [[(3, 9)]]);
    assert_eq!(rig.app.conversations.get(BOB).unwrap().about.unread, 3);
    rig.asked.clear();
    rig.press(KeyModifiers::ALT, KeyCode::Down);
    assert_eq!(rig.app.open, Some(BOB));
    assert_eq!(rig.messages().len(), 3);
    assert_eq!(rig.rows_with("── 3 new since 10:07 ─").len(), 1);
}
