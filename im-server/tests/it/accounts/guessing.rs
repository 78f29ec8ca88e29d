//! Ten thousand guesses of a password: few of them are looked at, and the owner comes in meanwhile.

use std::net::{IpAddr, Ipv4Addr};
use std::thread;

use im_proto::{Refusal, Reply, Request};

use crate::asks::{say, sign_in, word};
use crate::harness::{Native, TestServer};

const GUESSES: usize = 10_000;

/// As many are sent before an answer is read.
const AT_ONCE: usize = 50;

fn local(last: u16) -> IpAddr {
    let [high, low] = last.to_be_bytes();
    Ipv4Addr::new(127, 1, high, low).into()
}

/// Guesses so often. How many of them were looked at.
#[track_caller]
fn guess(native: &mut Native, name: &str, count: usize) -> usize {
    let mut looked_at = 0;
    for at in (0..count).step_by(AT_ONCE) {
        let sent = AT_ONCE.min(count - at);
        for i in 0..sent {
            native.send(sign_in(name, &format!("guess {at} {i}")));
        }
        for _ in 0..sent {
            match native.reply().1 {
                Err(Refusal::WrongPassword) => looked_at += 1,
                Err(Refusal::TriedTooOften) => {}
                other => panic!("{other:?}"),
            }
        }
    }
    looked_at
}

#[test]
fn ten_thousand_from_one_address_are_slow_and_the_owner_comes_in_meanwhile() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut guesser = Native::connect_from(local(1), server.addr());
    let mut looked_at = guess(&mut guesser, "ann", GUESSES / 2);
    // From where she was, and from elsewhere.
    for mut device in [server.native(), Native::connect_from(local(2), server.addr())] {
        assert_eq!(word(&device.ask(sign_in("ann", "secret"))), "welcome");
    }
    looked_at += guess(&mut guesser, "ann", GUESSES / 2);
    assert!((20..40).contains(&looked_at), "{looked_at}");
    assert_eq!(word(&guesser.ask(sign_in("ann", "secret"))), "tried-too-often", "not even the right one");
    assert_eq!(word(&ann.ask(Request::Ping)), "done");
}

#[test]
fn ten_thousand_from_many_addresses_are_slow_and_the_owner_comes_in_meanwhile() {
    const ADDRESSES: u16 = 200;
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let mut looked_at = 0;
    for address in 0..ADDRESSES {
        let mut guesser = Native::connect_from(local(1000 + address), server.addr());
        looked_at += guess(&mut guesser, "ann", GUESSES / usize::from(ADDRESSES));
        if address % 50 == 0 {
            assert_eq!(word(&server.native().ask(sign_in("ann", "secret"))), "welcome");
        }
    }
    assert!((90..130).contains(&looked_at), "{looked_at}");
    assert_eq!(word(&ann.ask(say("#lobby", 1, "here"))), "posted");
    // A name that nobody has is guessed as slowly.
    let mut guesser = Native::connect_from(local(1), server.addr());
    assert!((20..30).contains(&guess(&mut guesser, "nobody", 1000)));
}

#[test]
fn one_address_that_guesses_many_names_is_slow() {
    let server = TestServer::start();
    let mut guesser = Native::connect_from(local(1), server.addr());
    let looked_at: usize = (0..1000).map(|i| guess(&mut guesser, &format!("user{i}"), 1)).sum();
    assert!((90..120).contains(&looked_at), "{looked_at}");
    server.native_user("ann");
}

/// Hashes are costly, and everybody else goes on: measured by how often somebody is answered while one hash is made.
#[test]
fn a_flood_of_sign_ins_holds_up_nobody_who_is_in() {
    const STRANGERS: usize = 60;
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let addr = server.addr();
    let strangers: Vec<_> = (0..STRANGERS)
        .map(|i| {
            thread::spawn(move || {
                let mut stranger = Native::connect_from(local(u16::try_from(i).unwrap()), addr);
                guess(&mut stranger, &format!("stranger{i}"), 2)
            })
        })
        .collect();
    let mut answered = 0;
    while strangers.iter().any(|stranger| !stranger.is_finished()) {
        assert_eq!(ann.ask(Request::Ping), Ok(Reply::Done));
        answered += 1;
    }
    let hashes: usize = strangers.into_iter().map(|stranger| stranger.join().unwrap()).sum();
    assert_eq!(hashes, 2 * STRANGERS, "they are different people");
    assert!(answered > 2 * hashes, "{answered} answers during {hashes} hashes");
}

#[test]
fn deleting_and_changing_guess_too() {
    let server = TestServer::start();
    let mut ann = server.native_user("ann");
    let (wrong, new) = (crate::asks::password("wrong"), crate::asks::password("new"));
    let request = || {
        [
            Request::ChangePassword { old: wrong.clone(), new: new.clone() },
            Request::Erase { password: wrong.clone() },
            Request::SetUpCodes { password: wrong.clone() },
        ]
    };
    let answers: Vec<_> = (0..20).flat_map(|_| request()).map(|request| ann.ask(request)).collect();
    let looked_at = answers.iter().filter(|answer| word(answer) == "wrong-password").count();
    assert!((20..30).contains(&looked_at), "{looked_at}");
    assert_eq!(word(answers.last().unwrap()), "tried-too-often");
}
