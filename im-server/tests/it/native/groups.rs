//! Rooms and groups: who gets in, who lets in, who leaves, and what the log says of it.

use im_proto::{Address, Kind, PendingKind, Role};

use crate::asks::{
    People, answer, answer_to, conversation, create, dismiss, enter, invite, join, leave, log, open, pending,
    say, set_role, told, who, word,
};
use crate::harness::TestServer;

fn log_of(people: &mut People<'_>, who: &str, address: &str) -> Vec<String> {
    log(people.of(who), address).iter().map(told).collect()
}

#[test]
fn rooms_are_made_by_whoever_enters_first() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    let made = conversation(people.of("ann").ask(enter("Dev")));
    assert_eq!(made.address, "#Dev".parse::<Address>().unwrap());
    assert_eq!((made.kind, made.role, made.members), (Kind::Room, Role::Owner, 1));
    people.ask_all(vec![
        ("bob", join("nothere"), "no-such-room"),
        ("bob", open("#dev"), "not-member"),
        ("bob", say("#dev", 1, "hi"), "not-member"),
        ("bob", enter("DEV"), "conversation"),
        ("bob", enter("dev"), "conversation"), // once more is no more
        ("bob", join("dev"), "already-member"),
        ("bob", enter("dеv"), "look-alike"), // a Cyrillic е
        ("bob", create("dev"), "name-taken"),
        ("bob", create("dеv"), "look-alike"),
        ("bob", create("lobby"), "name-taken"),
        ("ann", invite("dev", "bob"), "open-room"),
        ("bob", leave("dev"), "done"),
        ("bob", leave("dev"), "not-member"),
        ("bob", leave("nothere"), "no-such-room"),
        ("bob", join("dev"), "conversation"),
    ]);
    let seen = conversation(people.of("bob").ask(open("#dev")));
    assert_eq!((seen.id, seen.role, seen.members), (made.id, Role::Member, 2));
    assert_eq!(log_of(&mut people, "bob", "#dev"), ["ann created", "bob joined", "bob left", "bob joined"]);
}

#[test]
fn groups_are_entered_by_invitation() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid"]);
    let made = conversation(people.of("ann").ask(create("g")));
    assert_eq!((made.kind, made.role, made.members, made.head.0), (Kind::Group, Role::Owner, 1, 1));
    people.ask_all(vec![
        ("bob", create("G"), "name-taken"),
        ("bob", answer("g", true), "nothing-pending"),
        ("bob", answer("nothere", true), "no-such-room"),
        ("ann", invite("nothere", "bob"), "no-such-room"),
        ("ann", invite("g", "nobody"), "no-such-user"),
        ("ann", invite("g", "ann"), "already-member"),
        ("bob", invite("g", "cid"), "not-member"),
        ("ann", invite("g", "bob"), "done"),
        ("ann", invite("g", "bob"), "already-asked"),
        ("bob", open("#g"), "not-member"),
        ("bob", answer("g", false), "done"),
        ("bob", answer("g", true), "nothing-pending"),
        ("ann", invite("g", "bob"), "done"),
        ("bob", answer("g", true), "conversation"),
        ("bob", answer("g", true), "nothing-pending"),
        ("ann", invite("g", "bob"), "already-member"),
        ("bob", invite("g", "cid"), "not-allowed"), // a member
        ("ann", set_role("g", "bob", Role::Admin), "done"),
        ("bob", invite("g", "cid"), "done"), // an admin
        ("cid", join("g"), "conversation"),  // to ask for what one is invited to is a yes
    ]);
    assert_eq!(
        log_of(&mut people, "cid", "#g"),
        [
            "ann created",
            "ann invited bob",
            "bob invitation-declined ann",
            "ann invited bob",
            "bob joined by ann",
            "ann role bob admin",
            "bob invited cid",
            "cid joined by bob"
        ]
    );
}

#[test]
fn groups_are_entered_by_asking() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid", "dan"]);
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("bob", join("g"), "asked"),
        ("bob", join("g"), "already-asked"),
        ("bob", enter("g"), "already-asked"),
        ("bob", answer("g", true), "nothing-pending"), // nobody lets oneself in
        ("bob", answer_to("g", "bob", true), "not-member"),
        ("ann", answer_to("g", "cid", true), "nothing-pending"),
        ("ann", answer_to("g", "nobody", true), "no-such-user"),
        ("ann", answer_to("nothere", "bob", true), "no-such-room"),
        ("ann", answer_to("g", "bob", false), "done"),
        ("ann", answer_to("g", "bob", false), "nothing-pending"),
    ]);
    // The refused one is told, until they have seen it.
    let waits = pending(people.of("bob"));
    assert_eq!(waits.len(), 1);
    assert_eq!((waits[0].kind, waits[0].by.as_str()), (PendingKind::Rejection, "ann"));
    people.ask_all(vec![
        ("bob", dismiss("nothere"), "no-such-room"),
        ("bob", dismiss("g"), "done"),
        ("bob", dismiss("g"), "nothing-pending"),
        ("ann", dismiss("g"), "nothing-pending"),
        ("bob", join("g"), "asked"),
        ("ann", answer_to("g", "bob", true), "done"),
        ("cid", join("g"), "asked"),
        ("bob", answer_to("g", "cid", true), "not-allowed"), // a member
        ("ann", invite("g", "cid"), "done"),                 // a wish and an invitation are a yes
        ("cid", open("#g"), "conversation"),
        // A rejection that was not dismissed is no hindrance.
        ("dan", join("g"), "asked"),
        ("ann", answer_to("g", "dan", false), "done"),
        ("dan", join("g"), "asked"),
        ("ann", answer_to("g", "dan", true), "done"),
    ]);
    assert_eq!(pending(people.of("dan")), []);
    assert_eq!(pending(people.of("ann")), []);
    assert_eq!(
        log_of(&mut people, "dan", "#g"),
        [
            "ann created",
            "bob asked",
            "ann request-declined bob",
            "bob asked",
            "bob joined by ann",
            "cid asked",
            "cid joined by ann",
            "dan asked",
            "ann request-declined dan",
            "dan asked",
            "dan joined by ann"
        ]
    );
}

#[test]
fn roles_are_given_by_owners_and_a_group_keeps_one() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid", "dan"]);
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("ann", invite("g", "bob"), "done"),
        ("bob", answer("g", true), "conversation"),
        ("ann", invite("g", "cid"), "done"),
        ("cid", answer("g", true), "conversation"),
        ("ann", set_role("nothere", "bob", Role::Admin), "no-such-room"),
        ("ann", set_role("g", "nobody", Role::Admin), "no-such-user"),
        ("ann", set_role("g", "dan", Role::Admin), "they-are-not-member"),
        ("dan", set_role("g", "bob", Role::Admin), "not-member"),
        ("bob", set_role("g", "bob", Role::Owner), "not-allowed"),
        ("ann", set_role("g", "ann", Role::Member), "not-allowed"), // the last owner
        ("ann", set_role("g", "cid", Role::Admin), "done"),
        ("cid", set_role("g", "cid", Role::Owner), "not-allowed"),
        // The heir is the highest in role, not the one who is there longest.
        ("ann", leave("g"), "done"),
        ("ann", open("#g"), "not-member"),
        ("cid", set_role("g", "bob", Role::Owner), "done"),
        ("cid", set_role("g", "cid", Role::Member), "done"), // not the last
        ("cid", leave("g"), "done"),
    ]);
    let seen = conversation(people.of("bob").ask(open("#g")));
    assert_eq!((seen.role, seen.members), (Role::Owner, 1));
    assert_eq!(
        log_of(&mut people, "bob", "#g")[5..],
        [
            "ann role cid admin",
            "ann role cid owner",
            "ann left",
            "cid role bob owner",
            "cid role cid member",
            "cid left"
        ]
    );
}

#[test]
fn who_is_there_is_known_to_those_who_are_in() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob", "cid"]);
    people.ask_all(vec![
        ("ann", create("g"), "conversation"),
        ("ann", invite("g", "cid"), "done"),
        ("cid", answer("g", true), "conversation"),
        ("bob", who("g"), "not-member"),
        ("bob", who("nothere"), "no-such-room"),
        ("ann", say("@cid", 1, "hi"), "posted"),
    ]);
    drop(people.0.remove("cid"));
    // Until the server has seen that cid is gone:
    let people_in = |native: &mut crate::harness::Native, request| match native.ask(request) {
        Ok(im_proto::Reply::People { people, online, total }) => {
            let people: Vec<_> =
                people.iter().map(|person| (person.name.to_string(), person.online, person.role)).collect();
            (people, online, total)
        }
        other => panic!("{other:?}"),
    };
    while people_in(people.of("ann"), who("g")).1 == 2 {}
    assert_eq!(
        people_in(people.of("ann"), who("G")),
        (vec![("ann".into(), true, Role::Owner), ("cid".into(), false, Role::Member)], 1, 2)
    );
    assert_eq!(
        people_in(people.of("bob"), im_proto::Request::Who { of: None }),
        (vec![("ann".into(), true, Role::Member), ("bob".into(), true, Role::Member)], 2, 2)
    );
    let (lobby, online, total) = people_in(people.of("bob"), who("lobby"));
    assert_eq!((lobby.len(), online, total), (3, 2, 3));
}

#[test]
fn direct_conversations_are_opened_by_name() {
    let server = TestServer::start();
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.ask_all(vec![
        ("ann", open("@nobody"), "no-such-user"),
        ("ann", open("#nothere"), "no-such-room"),
        ("ann", open("@bob"), "conversation"),
        ("ann", open("@ann"), "conversation"), // notes to oneself
        ("ann", say("@ann", 1, "milk"), "posted"),
    ]);
    let mine = conversation(people.of("ann").ask(open("@BOB")));
    let theirs = conversation(people.of("bob").ask(open("@ann")));
    assert_eq!(mine.id, theirs.id);
    assert_eq!(mine.address.to_string(), "@bob");
    assert_eq!(theirs.address.to_string(), "@ann");
    assert_eq!((mine.kind, mine.role, mine.members, mine.head.0), (Kind::Direct, Role::Member, 2, 0));
    let notes = conversation(people.of("ann").ask(open("@ann")));
    assert_eq!((notes.members, notes.head.0, notes.unread), (1, 1, 0));
    assert_eq!(word(&people.of("bob").ask(join("ann"))), "no-such-room");
}
