//! Forged histories of edits, deletions and reactions: the oracle has to find each lie, and nothing in what is true.

use im_proto::{Body, Event, Reaction, Seq, Text};

use super::amends::{Amend, Fate};
use super::forged::{LOBBY, Story, event, forged, told};
use super::violation::Violation;

/// The first user's first post, which is event 3 of the lobby.
const POST: (u64, u64) = (LOBBY, 3);
const OF: Seq = Seq(3);

fn plus() -> Reaction {
    Reaction::parse("+1").unwrap()
}

/// Something more stands in the log, done by the first user.
fn and(story: &mut Story, body: Body) {
    let seq = story.log.len() as u64 + 1;
    story.log.push(event(seq, 0, body));
    story.told = told(seq, 5, 1, 2);
}

fn edits(story: &mut Story) -> Event {
    let (amend, text) = story.ledger.amends.sent_edit(0, POST);
    story.ledger.amends.answered(0, &amend, Fate::Done);
    event(7, 0, Body::Edited { of: OF, text: Text::parse(&text).unwrap() })
}

fn deletes(story: &mut Story) {
    let amend = story.ledger.amends.sent_delete((0, 0), POST);
    story.ledger.amends.answered(0, &amend, Fate::Done);
}

fn entombed(story: &mut Story) {
    story.log[2] = event(3, 0, Body::Tombstone { of: None });
}

fn reacts(story: &mut Story, on: bool) {
    let amend: Amend = story.ledger.amends.sent_react(0, POST, plus(), on);
    story.ledger.amends.answered(0, &amend, Fate::Done);
}

#[test]
fn what_was_done_is_found_true() {
    let all = forged(|story| {
        // Somebody has heard it all before it was taken out.
        let before = story.log[1..].to_vec();
        let edit = edits(story);
        story.hears(&before).unwrap();
        story.hears(std::slice::from_ref(&edit)).unwrap();
        deletes(story);
        entombed(story);
        and(story, Body::Tombstone { of: Some(OF) });
        and(story, Body::Deleted { of: OF });
    });
    assert_eq!(all, Ok(4));
    let reacted = forged(|story| {
        reacts(story, true);
        reacts(story, false);
        and(story, Body::Reacted { of: OF, reaction: plus() });
        and(story, Body::Unreacted { of: OF, reaction: plus() });
    });
    assert_eq!(reacted, Ok(4));
}

#[test]
fn what_was_acknowledged_and_is_lost_is_found() {
    let lost = |change: fn(&mut Story)| matches!(forged(change), Err(Violation::AmendLost { user: 0, .. }));
    assert!(lost(|story| drop(edits(story))));
    assert!(lost(deletes));
    assert!(lost(|story| reacts(story, true)));
    assert!(lost(|story| {
        reacts(story, true);
        reacts(story, false);
        and(story, Body::Reacted { of: OF, reaction: plus() });
    }));
    // A deletion that was done by half, either half.
    assert!(lost(|story| {
        deletes(story);
        and(story, Body::Deleted { of: OF });
    }));
    assert!(lost(|story| {
        deletes(story);
        entombed(story);
    }));
}

#[test]
fn what_nobody_did_or_what_was_done_twice_is_found() {
    let found = |change: fn(&mut Story)| matches!(forged(change), Err(Violation::AmendedByNobody { .. }));
    assert!(found(|story| and(story, Body::Edited { of: OF, text: Text::parse("edit 0.0").unwrap() })));
    assert!(found(|story| and(story, Body::Deleted { of: OF })));
    assert!(found(|story| and(story, Body::Reacted { of: OF, reaction: plus() })));
    assert!(found(|story| {
        let edit = edits(story);
        and(story, edit.body.clone());
        and(story, edit.body);
    }));
    assert!(found(|story| {
        reacts(story, true);
        and(story, Body::Reacted { of: OF, reaction: plus() });
        and(story, Body::Reacted { of: OF, reaction: plus() });
    }));
    // Refused, and done nevertheless.
    assert!(found(|story| {
        let (amend, text) = story.ledger.amends.sent_edit(0, POST);
        story.ledger.amends.answered(0, &amend, Fate::Refused);
        and(story, Body::Edited { of: OF, text: Text::parse(&text).unwrap() });
    }));
    let gone = forged(entombed);
    assert_eq!(gone, Err(Violation::TakenOutByNobody { conversation: LOBBY, seq: 3 }));
}
