//! People without an account: whoever reads what they say sees that they are guests, whatever they call themselves.

use crossterm::event::KeyCode;
use im_client::app::What;
use im_proto::{
    Author, Body, Conversation, ConversationId, Event, MessageId, Notice, Person, Reply, Request, Role, Seq,
    Timestamp,
};
use ratatui::layout::Size;

use crate::rig::{BOB, DEV, Rig, TEN, author, conversation, posted, text, user};

const NEIL: ConversationId = ConversationId(5);

fn person(shown: &str, online: bool) -> Person {
    let Author { name, guest } = author(shown);
    Person { name, online, role: Role::Member, guest }
}

fn tell_members(rig: &mut Rig, shown: &[(&str, bool)]) {
    let people: Vec<Person> = shown.iter().map(|(shown, online)| person(shown, *online)).collect();
    let online = u64::try_from(people.iter().filter(|person| person.online).count()).unwrap();
    let total = u64::try_from(people.len()).unwrap();
    rig.grant(
        |request| matches!(request, Request::Who { of: Some(_) }),
        Reply::People { people, online, total },
    );
}

/// Alice in #dev with bob and two guests; one of them is called as she is, by a name that was free when they came.
fn with_guests(width: u16, height: u16) -> Rig {
    let there = vec![conversation(DEV, "#dev", 7), conversation(NEIL, "@neil", 0)];
    let mut rig = Rig::online(width, height, there);
    let joined = |seq, shown: &str| Event { body: Body::Joined { by: None }, ..posted(DEV, seq, shown, "-") };
    let said = |seq, shown: &str, minute: u64, said: &str| Event {
        at: Timestamp(TEN + minute * 60_000),
        ..posted(DEV, seq, shown, said)
    };
    let events = vec![
        joined(1, "bob"),
        joined(2, "~averylongname-of-somebody"),
        said(3, "~alice", 3, "I am alice"),
        said(4, "alice", 3, "no, I am"),
        said(5, "~neil", 4, "hello from the lobby"),
        said(6, "~neil", 4, "anybody here?"),
        said(7, "bob", 5, "welcome"),
    ];
    rig.grant(
        |request| matches!(request, Request::History { .. }),
        Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() },
    );
    rig.grant(
        |request| *request == Request::Who { of: None },
        Reply::People {
            people: vec![person("alice", true), person("~neil", true), person("bob", true)],
            online: 3,
            total: 3,
        },
    );
    tell_members(&mut rig, &[("alice", true), ("bob", false), ("~neil", true), ("~averylongname", true)]);
    rig
}

#[test]
fn guests_are_seen_to_be_guests_wherever_they_stand() {
    let mut rig = with_guests(120, 36);
    for (width, height) in [(120, 24), (80, 24), (40, 15)] {
        rig.take(What::Resize(Size::new(width, height)));
        insta::assert_snapshot!(format!("guests_{width}x{height}"), rig.screen());
    }
    rig.key(KeyCode::F(3));
    insta::assert_snapshot!("guests_people_40x15", rig.screen());
}

#[test]
fn a_guest_with_my_name_is_not_me() {
    let mut rig = Rig::online(80, 24, vec![conversation(DEV, "#dev", 0), conversation(BOB, "@bob", 0)]);
    rig.event(posted(DEV, 1, "alice", "mine"));
    rig.event(posted(DEV, 2, "~alice", "not mine"));
    assert!(rig.rows_with("│ mine ✓").len() == 1 && rig.rows_with("not mine ✓").is_empty());
    assert_eq!(rig.rows_with("~alice │ not mine").len(), 1, "they are no group");
    rig.event(Event { body: Body::Left, ..posted(DEV, 3, "~alice", "-") });
    assert_eq!(rig.app.open, Some(DEV), "it is not I who left");
    rig.event(posted(BOB, 1, "alice", "from another device"));
    rig.event(posted(BOB, 2, "~alice", "psst"));
    assert_eq!(rig.app.conversations.get(BOB).unwrap().about.unread, 1);
}

#[test]
fn a_guest_who_goes_is_gone_and_an_account_is_away() {
    let mut rig = with_guests(120, 36);
    let gone = |shown: &str| Notice::Presence { user: author(shown), online: false };
    assert!(rig.screen().contains("3 online · 2 members · 2 guests"));
    rig.notice(Notice::Presence { user: author("bob"), online: true });
    rig.notice(gone("bob"));
    assert!(rig.screen().contains("○ bob"));
    rig.notice(gone("neil"));
    assert!(rig.screen().contains("● ~neil"), "an account of that name is somebody else");
    rig.notice(gone("~neil"));
    assert!(!rig.screen().contains("● ~neil"));
    assert_eq!(rig.rows_with(" guest │").len(), 1, "the other one is there");
    assert!(rig.screen().contains("2 online · 2 members · 1 guest "));
    rig.notice(gone("~neil"));
    assert!(rig.screen().contains("2 online · 2 members · 1 guest "), "they went once");
}

#[test]
fn a_guest_who_comes_is_looked_for() {
    let mut rig = with_guests(120, 36);
    rig.asked.clear();
    let came = Notice::Presence { user: author("~neil"), online: true };
    rig.notice(came.clone());
    assert!(rig.asked.is_empty(), "they are known to be here");
    rig.notice(Notice::Presence { user: author("bob"), online: true });
    assert!(rig.asked.is_empty(), "members are known");
    // Where a guest came to, the notice does not say.
    rig.notice(Notice::Presence { user: author("~zoe"), online: true });
    assert!(rig.rows_with("~zoe").is_empty());
    tell_members(&mut rig, &[("alice", true), ("~zoe", true)]);
    assert_eq!(rig.rows_with("● ~zoe").len(), 1);
}

#[test]
fn a_guest_who_takes_another_name_is_told_of_where_they_were_heard() {
    let mut rig = with_guests(120, 36);
    rig.notice(Notice::Renamed { from: user("averylongname"), to: user("shorty") });
    assert_eq!(rig.rows_with("● ~shorty    guest").len(), 1);
    assert!(!rig.screen().contains("is now"), "they have said nothing by that name");
    rig.notice(Notice::Renamed { from: user("neil"), to: user("niall") });
    assert!(rig.screen().contains("~neil is now ~niall"));
    assert_eq!(rig.rows_with("● ~niall").len(), 1);
    assert_eq!(rig.rows_with("○ ~neil").len(), 1, "what was said to the old name is not theirs");
    rig.notice(Notice::Presence { user: author("~niall"), online: false });
    assert!(rig.rows_with("● ~niall").is_empty());
}

#[test]
fn a_conversation_with_a_guest_says_so_for_good() {
    let mut rig = with_guests(120, 36);
    rig.enter("/dm neil");
    assert_eq!(rig.app.open, Some(NEIL));
    assert_eq!(rig.rows_with("─ ~neil ─").len(), 1);
    assert_eq!(rig.rows_with("▌● ~neil").len(), 1);
    assert_eq!(rig.rows_with("● ~neil      guest").len(), 1);
    rig.event(posted(NEIL, 1, "~neil", "hi"));
    rig.notice(Notice::Presence { user: author("~neil"), online: false });
    assert_eq!(rig.rows_with("▌○ ~neil").len(), 1, "their last word tells it");
    // Somebody makes an account of the name.
    rig.notice(Notice::Presence { user: author("neil"), online: true });
    assert_eq!(rig.rows_with("▌● neil").len(), 1);
    assert_eq!(rig.rows_with("~neil │ hi").len(), 1);
}

#[test]
fn a_guest_who_is_away_is_shown_as_one_from_the_start() {
    let with_neil = Conversation { guest: true, ..conversation(NEIL, "@neil", 3) };
    let there = vec![conversation(DEV, "#dev", 9), with_neil, conversation(BOB, "@bob", 0)];
    let mut rig = Rig::online(120, 36, there);
    assert_eq!(rig.rows_with("○ ~neil").len(), 1);
    assert_eq!(rig.rows_with("○ bob").len(), 1);
    // Somebody made an account of the name while nobody looked.
    rig.notice(Notice::Conversation(conversation(NEIL, "@neil", 3)));
    assert_eq!(rig.rows_with("○ neil").len(), 1);
}

#[test]
fn what_cannot_be_said_to_somebody_elsewhere_is_told() {
    let mut rig = with_guests(80, 24);
    rig.enter("/msg niall are you there?");
    let post = |request: &Request| matches!(request, Request::Post { .. });
    let said = Request::Post {
        to: "@niall".parse().unwrap(),
        message: MessageId([rig.dice; 16]),
        text: text("are you there?"),
        reply_to: None,
    };
    assert_eq!(rig.waits(post), Some(&said));
    rig.refuse(post, im_proto::Refusal::NoSuchUser);
    assert!(rig.screen().contains("not said to @niall: there is no such user"));
    rig.enter("here");
    rig.refuse(post, im_proto::Refusal::CannotStore);
    assert!(!rig.screen().contains("not said to #dev"), "it stands under the text");
    assert_eq!(rig.app.conversations.get(DEV).unwrap().log.head(), Seq(7));
}
