//! What people make and keep: rooms, members, invitations, devices. One more than may be is refused, or the oldest makes room.

use im_proto::{Notice, Refusal, Request};

use crate::asks::{
    People, answer, create, enter, invite, join, leave, pending, resume, say, sign_in, token, word,
};
use crate::harness::{Native, TestServer};
use crate::native::guests::guest;

#[test]
fn rooms_are_bounded_in_all_and_for_each_who_makes_them() {
    let server = TestServer::with(|config| {
        let limits = &mut config.limits;
        (limits.rooms_max, limits.rooms_of_guests_max, limits.rooms_per_user_max) = (6, 1, 3);
    });
    let mut people = People::sign_up(&server, &["ann", "bob"]);
    people.ask_all(vec![
        ("ann", enter("a1"), "conversation"),
        ("ann", enter("a2"), "conversation"),
        ("ann", create("a3"), "conversation"),
        ("ann", enter("a4"), "too-many"),
        ("ann", create("a4"), "too-many"),
        ("ann", enter("a1"), "conversation"), // it is there
        ("bob", enter("a1"), "conversation"),
    ]);
    assert_eq!(word(&guest(&server, "neil").ask(enter("n1"))), "conversation");
    let mut mina = guest(&server, "mina");
    assert_eq!(word(&mina.ask(enter("m1"))), "too-many");
    assert_eq!(word(&mina.ask(join("n1"))), "conversation");
    // With the lobby there are five.
    people.ask_all(vec![
        ("bob", enter("b1"), "conversation"),
        ("bob", enter("b2"), "too-many"),
        ("ann", leave("a3"), "done"), // nobody is left in it
        ("ann", create("a4"), "conversation"),
        ("bob", enter("b2"), "too-many"),
        ("bob", say("#b1", 1, "all else goes on"), "posted"),
    ]);
}

#[test]
fn a_room_has_so_many_members_and_the_lobby_everybody() {
    let server = TestServer::with(|config| config.limits.members_per_room_max = 2);
    let mut people = People::sign_up(&server, &["ann", "bob", "eve"]);
    people.ask_all(vec![
        ("ann", enter("r"), "conversation"),
        ("bob", join("r"), "conversation"),
        ("eve", join("r"), "too-many"),
        ("eve", say("#r", 1, "x"), "not-member"),
        ("bob", enter("r"), "conversation"),
        ("bob", leave("r"), "done"),
        ("eve", join("r"), "conversation"),
        ("eve", leave("lobby"), "done"),
        ("eve", join("lobby"), "conversation"),
        ("ann", create("g"), "conversation"),
        ("ann", invite("g", "bob"), "done"),
        ("ann", invite("g", "eve"), "done"),
        ("bob", answer("g", true), "conversation"),
        ("eve", answer("g", true), "too-many"),
        ("bob", leave("g"), "done"),
        ("eve", answer("g", true), "conversation"), // it has waited
    ]);
}

#[test]
fn invitations_wait_for_somebody_up_to_a_bound_and_of_somebody_too() {
    let server = TestServer::with(|config| config.limits.invitations_per_user_max = 2);
    let mut people = People::sign_up(&server, &["ann", "eve", "bob", "zoe"]);
    people.ask_all(vec![
        ("ann", create("g1"), "conversation"),
        ("ann", create("g2"), "conversation"),
        ("eve", create("g3"), "conversation"),
        ("ann", invite("g1", "zoe"), "done"),
        ("ann", invite("g2", "zoe"), "done"),
        ("ann", invite("g2", "bob"), "too-many"), // of ann
        ("eve", invite("g3", "zoe"), "too-many"), // for zoe
        ("zoe", answer("g1", false), "done"),
        ("ann", invite("g2", "bob"), "done"),
        ("eve", invite("g3", "zoe"), "done"),
        ("bob", join("g3"), "asked"),
        ("bob", join("g1"), "too-many"), // what one asks for waits, too
    ]);
    assert_eq!(pending(people.of("zoe")).len(), 2);
}

#[test]
fn the_device_that_signed_in_longest_ago_makes_room_and_first_one_that_is_not_here() {
    let server = TestServer::with(|config| config.limits.devices_per_user_max = 3);
    let signs_in = || {
        let mut native = server.native();
        let key = token(native.ask(sign_in("ann", "secret")));
        (native, key)
    };
    let mut first = server.native();
    let first_key = token(first.sign_up("ann"));
    let (second, second_key) = signs_in();
    drop(second);
    let (third, third_key) = signs_in();
    let mut here = vec![signs_in()];
    // The second is not connected; whether its end was noticed yet does not matter to what must hold.
    let mut watch = server.native_user("bob");
    let is_good = |key: &im_proto::Token| word(&Native::connect(server.addr()).ask(resume(key))) == "welcome";
    assert_eq!(word(&first.ask(Request::Time)), "time");
    assert!(is_good(&third_key) && is_good(&here[0].1));
    assert_ne!(is_good(&first_key), is_good(&second_key), "one of them made room");
    // All who are here: the oldest goes, and is told.
    drop(third);
    here.push(signs_in());
    here.push(signs_in());
    here.push(signs_in());
    assert!(!is_good(&first_key) && !is_good(&second_key) && !is_good(&third_key));
    here[0].0.notice(|notice| *notice == Notice::Closing(Refusal::BadToken));
    assert_eq!(word(&here[3].0.ask(Request::Time)), "time");
    assert_eq!(word(&watch.ask(Request::Time)), "time");
}
