//! What is meant for oneself: badges, the box of mentions, and going from one to the next.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::Overlay;
use im_proto::{Conversation, Event, FOUND_MAX, Found, Notice, Page, Reply, Request, Seq};

use crate::log::{assert_whole, page};
use crate::rig::{BOB, DEV, Rig, conversation, posted};
use crate::search::said;

const OPS: im_proto::ConversationId = im_proto::ConversationId(4);

fn alt(rig: &mut Rig, c: char) {
    rig.press(KeyModifiers::ALT, KeyCode::Char(c));
}

fn unread(id: im_proto::ConversationId, address: &str, unread: u64, mentions: u64) -> Conversation {
    Conversation { unread, mentions, read: Seq(1_000 - unread), ..conversation(id, address, 1_000) }
}

/// Alice in #dev, where all is read; twelve in #ops of which two mention her, and three of bob's.
fn rig() -> Rig {
    let dev = Conversation { active: im_proto::Timestamp(u64::MAX / 2), ..conversation(DEV, "#dev", 9) };
    let mut rig = Rig::online(80, 24, vec![dev]);
    rig.grant_page(DEV, 9);
    rig.notice(Notice::Conversation(unread(OPS, "#ops", 12, 2)));
    rig.notice(Notice::Conversation(unread(BOB, "@bob", 3, 0)));
    rig
}

fn is_mentions(request: &Request) -> bool {
    matches!(request, Request::Mentions { .. })
}

fn found(event: Event) -> Found {
    let address = if event.conversation == OPS { "#ops" } else { "#dev" };
    Found { address: address.parse().unwrap(), position: event.seq.0 * 10, event }
}

fn mention(conversation: im_proto::ConversationId, seq: u64) -> Found {
    found(posted(conversation, seq, "bob", &format!("message {seq}, @alice")))
}

#[test]
fn what_is_meant_for_oneself_has_another_badge_than_what_is_unread() {
    let mut rig = rig();
    assert_eq!(rig.rows_with("# ops         @2").len(), 1, "{}", rig.screen());
    assert_eq!(rig.rows_with("○ bob         @3").len(), 1, "all between two people is");
    rig.notice(Notice::Mentions { conversation: OPS, head: Seq(1_001), read: Seq(988), mentions: 0 });
    assert_eq!(rig.rows_with("# ops         12").len(), 1, "{}", rig.screen());
    rig.take(im_client::app::What::Resize(ratatui::layout::Size::new(40, 15)));
    assert_eq!(rig.rows_with("@3 12").len(), 1, "{}", rig.screen());
}

#[test]
fn what_is_muted_says_so_and_its_badge_does_not_shout() {
    use ratatui::style::Modifier;
    let mut rig = rig();
    rig.enter("/mute");
    assert_eq!(rig.rows_with("# dev    (muted)").len(), 1, "{}", rig.screen());
    rig.press(KeyModifiers::ALT, KeyCode::Char('1'));
    rig.enter("/mute");
    let muted = rig.app.talk().unwrap().about.id;
    rig.press(KeyModifiers::ALT, KeyCode::Char('3'));
    assert_ne!(rig.app.open, Some(muted));
    rig.event(posted(muted, 1_001, "bob", "more"));
    let reversed = rig.words_with(Modifier::REVERSED);
    assert_eq!(reversed.iter().filter(|word| word.starts_with('@')).count(), 1, "{}", rig.screen());
    assert_eq!(rig.rows_with(" @").len(), 2);
}

#[test]
fn badges_are_told_apart_without_any_colour() {
    use ratatui::style::Modifier;
    let rig = rig();
    let reversed = rig.words_with(Modifier::REVERSED);
    assert!(reversed.contains(&"@2".to_owned()) && reversed.contains(&"@3".to_owned()), "{reversed:?}");
}

#[test]
fn the_box_of_mentions_lists_them_all_and_goes_there() {
    let mut rig = rig();
    alt(&mut rig, 'm');
    assert_eq!(rig.waits(is_mentions), Some(&Request::Mentions { before: None, limit: FOUND_MAX }));
    let all = vec![mention(OPS, 998), mention(DEV, 4), mention(OPS, 300)];
    rig.grant(is_mentions, Reply::Found { found: all, more: true });
    insta::assert_snapshot!("mentions_80x24", rig.screen());
    // So few that more are asked for at once.
    assert_eq!(rig.waits(is_mentions), Some(&Request::Mentions { before: Some(3_000), limit: FOUND_MAX }));
    rig.grant(is_mentions, Reply::Found { found: vec![mention(OPS, 20)], more: false });
    assert_eq!(rig.rows_with("4 found").len(), 1);
    for _ in 0..2 {
        rig.key(KeyCode::Down);
    }
    rig.key(KeyCode::Enter);
    assert_eq!((rig.app.open, page(&rig)), (Some(OPS), Some(Page::After(Seq(299)))));
    // By its name it is the same.
    rig.enter("/mentions");
    assert!(matches!(rig.app.overlay, Some(Overlay::Search(_))));
    assert!(rig.waits(is_mentions).is_some());
}

#[test]
fn what_is_typed_in_the_box_narrows_the_mentions_down() {
    let mut rig = rig();
    alt(&mut rig, 'm');
    rig.grant(is_mentions, Reply::Found { found: vec![mention(OPS, 998)], more: false });
    for (typed, left) in [("in:ops 99", "2"), ("8", "1"), (" from:zoe", "nothing")] {
        rig.type_text(typed);
        rig.pass(Duration::from_millis(200));
        let hers = found(posted(OPS, 991, "zoe", "message 991, @alice"));
        let all = vec![mention(OPS, 998), mention(DEV, 995), hers, mention(OPS, 300)];
        rig.grant(is_mentions, Reply::Found { found: all, more: false });
        let told = format!("{left} of 4 mentions");
        assert_eq!(rig.rows_with(&told).len(), 1, "{told}: {}", rig.screen());
    }
}

#[test]
fn going_to_what_is_meant_for_oneself_stops_at_each_mention() {
    let mut rig = rig();
    // Bob has waited longer than #ops.
    alt(&mut rig, 'a');
    assert_eq!(rig.app.open, Some(BOB));
    assert!(rig.waits(is_mentions).is_none(), "between two people there is nothing to look for");
    alt(&mut rig, 'a');
    assert_eq!(rig.app.open, Some(OPS));
    let load = |rig: &mut Rig| {
        while page(rig).is_some() {
            let of = rig.app.open.unwrap();
            rig.grant_page(of, 1_000);
            assert_whole(rig);
        }
    };
    rig.asked.retain(|ask| !matches!(&ask.request, Request::History { of, .. } if of.to_string() == "@bob"));
    load(&mut rig);
    let page = vec![mention(OPS, 997), mention(DEV, 996), mention(OPS, 990), mention(OPS, 500)];
    rig.grant(is_mentions, Reply::Found { found: page, more: true });
    load(&mut rig);
    let spot = |rig: &Rig| rig.app.talk().unwrap().spot;
    assert_eq!(spot(&rig), Some(Seq(990)), "the oldest that is unread");
    assert!(said(&rig).iter().any(|(_, text)| text == "message 990"), "{}", rig.screen());
    alt(&mut rig, 'a');
    assert_eq!(spot(&rig), Some(Seq(997)));
    alt(&mut rig, 'a');
    assert_eq!(rig.app.open, Some(DEV), "nothing is left: back to where one began");
}

#[test]
fn who_looks_around_already_is_not_taken_away() {
    let mut rig = rig();
    alt(&mut rig, 'a');
    alt(&mut rig, 'a');
    rig.asked.retain(|ask| !matches!(&ask.request, Request::History { of, .. } if of.to_string() == "@bob"));
    rig.grant_page(OPS, 1_000);
    rig.key(KeyCode::PageUp);
    let before = rig.messages();
    rig.grant(is_mentions, Reply::Found { found: vec![mention(OPS, 999)], more: false });
    assert_eq!(rig.messages(), before);
}
