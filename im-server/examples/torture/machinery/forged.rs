//! Forged histories: the oracle has to find each lie, and nothing in what is true.

use im_proto::{
    Address, Author, Body, Conversation, ConversationId, Event, Kind, MessageId, Role, Seq, Text, Timestamp,
    UserName,
};

use super::copy::Copy;
use super::ledger::{Ledger, Target};
use super::verdict::Verdict;
use super::violation::Violation;
use super::words::PostName;

pub(super) const SEED: u64 = 5;
pub(super) const LOBBY: u64 = 1;

fn name(user: u32) -> UserName {
    UserName::parse(&format!("user{user}")).unwrap()
}

pub(super) fn event(seq: u64, user: u32, body: Body) -> Event {
    let author = Author { name: name(user), guest: false };
    Event { conversation: ConversationId(LOBBY), seq: Seq(seq), at: Timestamp(seq), author, body }
}

fn post(seq: u64, user: u32, number: u32) -> Event {
    let name = PostName { user, session: 0, number };
    let body =
        Body::Posted { message: name.id(SEED), text: Text::parse(&name.text(SEED)).unwrap(), reply_to: None };
    event(seq, user, body)
}

fn joined(seq: u64, user: u32) -> Event {
    event(seq, user, Body::Joined { by: None })
}

fn left(seq: u64, user: u32) -> Event {
    event(seq, user, Body::Left)
}

pub(super) fn told(head: u64, read: u64, unread: u64, members: u64) -> Conversation {
    Conversation {
        id: ConversationId(LOBBY),
        address: Address::Room(im_proto::RoomName::lobby()),
        kind: Kind::Room,
        role: Role::Member,
        head: Seq(head),
        active: Timestamp(head),
        read: Seq(read),
        unread,
        members,
        guest: false,
        receipts: None,
        retention_days: None,
        mentions: 0,
    }
}

/// Two users are in the lobby; the first says three things, which are acknowledged, the second reads along, and says one
/// thing that is not.
pub(super) struct Story {
    pub(super) ledger: Ledger,
    pub(super) log: Vec<Event>,
    copy: Copy,
    pub(super) told: Conversation,
}

impl Story {
    fn new() -> Self {
        let mut ledger = Ledger::new(2);
        let log =
            vec![joined(1, 0), joined(2, 1), post(3, 0, 0), post(4, 0, 1), post(5, 1, 0), post(6, 0, 2)];
        for number in 0..3 {
            assert_eq!(ledger.sent(0, Target::Named(0), true), number);
        }
        assert_eq!(ledger.sent(1, Target::Named(0), true), 0);
        for (number, seq) in [(0, 3), (1, 4), (2, 6)] {
            ledger.acknowledge((0, number), (LOBBY, seq), false).unwrap();
        }
        Self { ledger, log, copy: Copy::new(name(1)), told: told(6, 5, 1, 2) }
    }

    /// The second user is sent these.
    pub(super) fn hears(&mut self, events: &[Event]) -> Result<(), Violation> {
        for event in events {
            self.ledger.see(event)?;
            if let Some(claim) = self.copy.take(event)? {
                self.ledger.claim(claim);
            }
        }
        Ok(())
    }

    fn judge(mut self) -> Result<u64, Violation> {
        self.ledger.view(1, vec![self.told]);
        let names = [name(0), name(1)];
        let mut verdict = Verdict::new(SEED, &names, self.ledger);
        self.log.iter().try_for_each(|event| verdict.read(LOBBY, event))?;
        verdict.complete(LOBBY)?;
        verdict.end()
    }
}

/// What comes of a story that was changed.
pub(super) fn forged(change: impl FnOnce(&mut Story)) -> Result<u64, Violation> {
    let mut story = Story::new();
    change(&mut story);
    story.judge()
}

/// Numbers the log again, so that there is nothing wrong with its numbers.
fn number(log: &mut [Event]) {
    for (seq, event) in (1..).zip(log) {
        (event.seq, event.at) = (Seq(seq), Timestamp(seq));
    }
}

#[test]
fn the_truth_is_found_true() {
    assert_eq!(forged(|_| {}), Ok(4));
    let mut story = Story::new();
    let log = story.log.clone();
    story.hears(&log[1..]).unwrap();
    assert!(story.copy.reaches(LOBBY, 6, 0) && !story.copy.reaches(LOBBY, 7, 0));
    assert_eq!(story.copy.end(LOBBY, 6, 0), Ok(()));
    assert_eq!(story.judge(), Ok(4));
}

#[test]
fn a_lost_acknowledged_post_is_found() {
    let lost = forged(|story| {
        story.log.truncate(5);
        story.told = told(5, 5, 0, 2);
    });
    assert_eq!(lost, Err(Violation::Lost { user: 0, number: 2, conversation: LOBBY, seq: 6 }));
    // That it was lost may also show in another post where it was.
    let replaced = forged(|story| {
        story.log.remove(3);
        number(&mut story.log);
        story.told = told(5, 4, 1, 2);
    });
    assert_eq!(replaced, Err(Violation::Moved { user: 0, number: 2, first: (LOBBY, 6), then: (LOBBY, 5) }));
}

#[test]
fn a_post_that_is_there_twice_is_found() {
    let twice = forged(|story| story.log.push(post(7, 1, 0)));
    assert_eq!(twice, Err(Violation::Twice { user: 1, number: 0, conversation: LOBBY, seq: 7 }));
}

#[test]
fn a_hole_and_a_number_twice_are_found() {
    let hole = forged(|story| {
        story.log.remove(4);
    });
    assert_eq!(hole, Err(Violation::LogHole { conversation: LOBBY, wanted: 5, found: 6 }));
    let double = forged(|story| story.log.insert(2, joined(2, 1)));
    assert_eq!(double, Err(Violation::LogHole { conversation: LOBBY, wanted: 3, found: 2 }));
    let back_in_time = forged(|story| story.log[4].at = Timestamp(3));
    assert_eq!(back_in_time, Err(Violation::TimeWentBack { conversation: LOBBY, seq: 5 }));
}

#[test]
fn what_was_swapped_is_found() {
    // Where both were not acknowledged: else it shows by their places.
    let swap = |story: &mut Story| {
        story.ledger.sent(1, Target::Named(0), true);
        story.log[4] = post(5, 1, 1);
        story.log.push(post(7, 1, 0));
        story.told = told(7, 7, 0, 2);
    };
    let order = Err(Violation::Order { conversation: LOBBY, user: 1, earlier: 0, later: 1 });
    assert_eq!(forged(swap), order);
    // Sent again, it still has its place, unless it may have been refused at first.
    let again = |sure| {
        forged(|story| {
            swap(story);
            story.ledger.posts[1].clear();
            story.ledger.sent(1, Target::Named(0), sure);
            story.ledger.sent(1, Target::Named(0), true);
            story.ledger.sent_again(1, 0);
        })
    };
    assert_eq!(again(true), order);
    assert_eq!(again(false), Ok(5));
    let moved = forged(|story| {
        story.log.swap(2, 3);
        number(&mut story.log);
    });
    assert!(matches!(moved, Err(Violation::Moved { number: 1, .. })), "{moved:?}");
}

#[test]
fn wrong_counts_and_marks_are_found() {
    type IsFound = fn(&Violation) -> bool;
    let cases: [(Conversation, IsFound); 6] = [
        (told(6, 5, 2, 2), |v| matches!(v, Violation::Unread { told: 2, counted: 1, .. })),
        (told(6, 6, 1, 2), |v| matches!(v, Violation::Unread { told: 1, counted: 0, .. })),
        (told(6, 7, 0, 2), |v| matches!(v, Violation::Unread { read: 7, .. })),
        (told(7, 5, 1, 2), |v| matches!(v, Violation::Head { told: 7, head: 6, .. })),
        (told(6, 5, 1, 3), |v| matches!(v, Violation::Membership { members: 2, .. })),
        (told(6, 4, 2, 2), |v| matches!(v, Violation::MarkFell { marked: 5, read: 4, .. })),
    ];
    for (view, is_found) in cases {
        let found = forged(|story| {
            story.ledger.has_read(1, LOBBY, 5);
            story.told = view.clone();
        });
        assert!(found.as_ref().is_err_and(is_found), "{view:?}: {found:?}");
    }
    let out = forged(|story| {
        story.log.push(left(7, 1));
        story.told = told(7, 5, 1, 1);
    });
    assert!(matches!(out, Err(Violation::Membership { inside: false, .. })), "{out:?}");
}

#[test]
fn answers_that_contradict_themselves_are_found() {
    let mut story = Story::new();
    let mut answer = |number, seq, duplicate| story.ledger.acknowledge((0, number), (LOBBY, seq), duplicate);
    let (user, number) = (0, 1);
    assert_eq!(answer(1, 4, true), Err(Violation::NoDuplicate { user, number }));
    assert_eq!(answer(1, 4, false), Err(Violation::NotCalledDuplicate { user, number }));
    story.ledger.sent_again(0, 1);
    assert_eq!(story.ledger.acknowledge((0, 1), (LOBBY, 4), true), Ok(()));
    let moved = story.ledger.acknowledge((0, 1), (LOBBY, 5), true);
    assert_eq!(moved, Err(Violation::Moved { user, number, first: (LOBBY, 4), then: (LOBBY, 5) }));
    let elsewhere = story.ledger.acknowledge((1, 0), (2, 9), false);
    assert!(matches!(elsewhere, Err(Violation::Altered { .. })), "one room, two logs: {elsewhere:?}");
}

#[test]
fn what_was_refused_or_never_said_is_not_there() {
    let refused = forged(|story| story.ledger.refuse(1, 0, false));
    assert_eq!(refused, Err(Violation::RefusedYetSaid { user: 1, number: 0 }));
    // An earlier session of the same user may have had its way.
    let by_an_earlier_session = forged(|story| {
        story.ledger.sent_again(1, 0);
        story.ledger.refuse(1, 0, false);
    });
    assert_eq!(by_an_earlier_session, Ok(4));
    let invented = forged(|story| story.log.push(post(7, 1, 1)));
    assert!(matches!(invented, Err(Violation::NobodysPost { seq: 7, .. })), "{invented:?}");
    let other_text = forged(|story| {
        let text = format!("{} and more", PostName { user: 1, session: 0, number: 0 }.text(SEED));
        let message = PostName { user: 1, session: 0, number: 0 }.id(SEED);
        story.log[4] =
            event(5, 1, Body::Posted { message, text: Text::parse(&text).unwrap(), reply_to: None });
    });
    assert!(matches!(other_text, Err(Violation::Altered { .. })), "{other_text:?}");
    let other_id = forged(|story| {
        if let Body::Posted { message, .. } = &mut story.log[4].body {
            *message = MessageId([7; 16]);
        }
    });
    assert!(matches!(other_id, Err(Violation::Altered { .. })), "{other_id:?}");
    let other_author = forged(|story| story.log[4].author.name = name(0));
    assert!(matches!(other_author, Err(Violation::Altered { .. })), "{other_author:?}");
}

#[test]
fn what_a_crash_takes_back_is_found() {
    // A program has seen it …
    let seen = forged(|story| {
        let log = story.log.clone();
        story.hears(&log[1..]).unwrap();
        story.hears(&[joined(7, 0)]).unwrap();
    });
    assert_eq!(seen, Err(Violation::SeenAndGone { conversation: LOBBY, seq: 7 }));
    // … or another event in its place …
    let another = forged(|story| story.hears(&[joined(2, 1), post(3, 0, 1)]).unwrap());
    assert_eq!(another, Err(Violation::TwoTruths { conversation: LOBBY, seq: 3 }));
    // … or somebody at a terminal.
    let shown = forged(|story| {
        story.ledger.sent(1, Target::Named(0), true);
        story.ledger.show(PostName { user: 1, session: 0, number: 1 }).unwrap();
    });
    assert_eq!(shown, Err(Violation::TakenBack { user: 1, number: 1 }));
    let late = forged(|story| {
        let post = |number| PostName { user: 0, session: 0, number };
        story.ledger.show_late("typist".into(), post(0), post(1));
    });
    assert!(matches!(late, Err(Violation::ShownOutOfOrder { .. })), "{late:?}");
}

#[test]
fn two_readers_who_are_sent_different_events_are_found() {
    let mut ledger = Ledger::new(2);
    ledger.see(&joined(1, 0)).unwrap();
    ledger.see(&joined(1, 0)).unwrap();
    assert_eq!(ledger.see(&joined(1, 1)), Err(Violation::TwoTruths { conversation: LOBBY, seq: 1 }));
}

#[test]
fn a_hole_or_a_double_in_a_readers_copy_is_found() {
    let mut story = Story::new();
    let log = story.log.clone();
    story.hears(&log[1..4]).unwrap();
    let (reader, conversation, last) = (name(1), LOBBY, 4);
    assert_eq!(
        story.copy.take(&log[3]),
        Err(Violation::CopyTwice { reader: reader.clone(), conversation, seq: 4, last })
    );
    assert_eq!(
        story.copy.take(&log[5]),
        Err(Violation::CopyHole { reader: reader.clone(), conversation, seq: 6, last })
    );
    // Nor is there an excuse in a new session.
    assert_eq!(story.copy.follow(), [(ConversationId(LOBBY), Seq(4))]);
    assert!(matches!(story.copy.take(&log[3]), Err(Violation::CopyTwice { .. })));
    assert!(matches!(story.copy.take(&log[5]), Err(Violation::CopyHole { .. })));
    assert_eq!(
        story.copy.end(conversation, 6, 0),
        Err(Violation::CopyEnd { reader, conversation, last, head: 6 })
    );
}

#[test]
fn who_was_out_for_a_while_has_a_hole_and_nobody_else() {
    let out_and_in = |really: bool| {
        let mut story = Story::new();
        let log = story.log.clone();
        story.hears(&log[1..4]).unwrap();
        story.copy.follow();
        let departure = if really { left(7, 1) } else { joined(7, 0) };
        story.log.extend([departure, joined(8, 1)]);
        story.told = told(8, 8, 0, 2);
        story.hears(&[joined(8, 1)]).unwrap();
        story.judge()
    };
    assert_eq!(out_and_in(true), Ok(4));
    assert!(matches!(out_and_in(false), Err(Violation::CopyHole { seq: 8, last: 4, .. })));
}

#[test]
fn a_copy_begins_where_its_reader_came_in_or_spoke() {
    let begins = |at: usize| {
        let mut story = Story::new();
        let log = story.log.clone();
        story.hears(&log[at - 1..]).unwrap();
        story.judge()
    };
    assert_eq!(begins(1), Ok(4));
    assert_eq!(begins(2), Ok(4));
    assert_eq!(begins(6), Ok(4), "after an own post, which marks what came before as read");
    assert!(matches!(begins(4), Err(Violation::CopyHole { seq: 4, .. })));
}
