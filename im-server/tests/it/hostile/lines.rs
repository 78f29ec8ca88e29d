//! Lines of text that are too long, broken, without what they need, or out of place.

use im_proto::command::{TABLE, Verb};

use crate::asks::{log, text};
use crate::harness::{Peer, TestServer};

/// A command that is answered in all circumstances, by one line that nothing else says.
const STILL_THERE: &str = "/help nonsense\n";
const YES: &str = "[from system] there is no command nonsense.\n";
const HINT: &str = "using [signup: foo] or [signin: foo]\n";

/// What came before the answer to [`STILL_THERE`].
#[track_caller]
fn before_the_answer(peer: &mut Peer) -> String {
    peer.send(STILL_THERE);
    let got = peer.until(YES);
    peer.until("show this, or one command\n");
    got.strip_suffix(YES).unwrap().to_owned()
}

#[test]
fn a_line_that_is_too_long_is_refused_once_and_the_next_one_works() {
    let server = TestServer::start();
    let mut reader = server.native_user("reader");
    let too_long = "[from system] that line has more than 16384 bytes, nothing of it was sent.\n";
    let long = "x".repeat(70_000);

    let mut stranger = server.goim();
    stranger.send(&format!("{long}\nhello\n"));
    stranger.expect(too_long);
    stranger.expect(HINT);

    let mut foo = server.text_user("foo");
    for line in [long.clone(), format!("signup: {long}"), "界".repeat(30_000), format!("{long}\u{8}\u{8}")] {
        foo.send(&format!("to group: lobby\n{line}\nnext\n"));
        foo.expect(too_long);
        foo.expect("[from group lobby user foo] next\n");
    }
    // Within the limit, and without an end.
    foo.send(&format!("{}\n{long}", &long[..16_000]));
    foo.half_close();
    foo.expect(&format!("[from group lobby user foo] {}\n", &long[..16_000]));
    assert_eq!(foo.to_end(), too_long);
    let said = log(&mut reader, "#lobby").iter().filter(|event| text(event).is_some()).count();
    assert_eq!(said, 5);
}

#[test]
fn bytes_that_are_no_text_are_told_so_or_shown_as_such() {
    let server = TestServer::start();
    let mut peer = server.goim();
    for (line, answer) in [
        (&b"signup: f\xc3\x28\n"[..], "[from system] invalid user name.\n"),
        (b"signup: \xf0\x9f\x91\n", "[from system] invalid user name.\n"),
        (b"\xed\xa0\x80\n", HINT),
        (b"\x00\x00\x00 \x00\n", ""), // nothing is left of it
        (b"\x80\x81\xfe\n", HINT),
        (b"sign\x00in: 1nobody\n", "[from system] invalid user name.\n"),
    ] {
        // The first byte tells the dialect: it must not be native's.
        if line[0] == 0 {
            peer.send("hello\n");
            peer.expect(HINT);
        }
        peer.send_bytes(line);
        assert_eq!(before_the_answer(&mut peer), answer, "{line:?}");
    }
    let mut foo = server.text_user("foo");
    foo.send_bytes(b"to group: lobby\nna\xefve \xff\xff \xc3\x28\n");
    foo.expect("[from group lobby user foo] na\u{fffd}ve \u{fffd} \u{fffd}(\n");
}

#[test]
fn every_command_without_its_argument_is_answered_and_does_no_harm() {
    let server = TestServer::start();
    let mut stranger = server.goim();
    for word in TABLE.iter().flat_map(|row| row.words) {
        if matches!(TABLE.iter().find(|row| row.words.contains(word)).unwrap().verb, Verb::Quit) {
            continue;
        }
        stranger.send(&format!("{word}\n"));
        let told = before_the_answer(&mut stranger);
        assert!(told.ends_with('\n') && !told.contains("enter password"), "{word}: {told:?}");
    }
    let mut foo = server.text_user("foo");
    // Not those that ask for something: a name, a password.
    let asks = [Verb::Quit, Verb::SignOut, Verb::ToUser, Verb::Password];
    for row in TABLE.iter().filter(|row| !asks.contains(&row.verb)) {
        for word in row.words {
            for line in [format!("{word}\n"), format!("{word} \n"), format!("  {word}\t\n")] {
                foo.send(&line);
                let told = before_the_answer(&mut foo);
                let silent = row.takes.starts_with('[') && told.is_empty();
                assert!(told.ends_with('\n') || silent, "{line:?}: {told:?}");
            }
        }
    }
    for word in ["/", "@", "//", "\\", "@ ", "/ x", "INIT:x", "{", "to", ":", "signup", "create"] {
        foo.send(&format!("{word}\n"));
        let told = before_the_answer(&mut foo);
        assert!(told.starts_with("[from system] "), "{word}: {told:?}");
    }
    // None of it was said to anybody.
    let mut reader = server.native_user("reader");
    assert_eq!(log(&mut reader, "#lobby").iter().filter(|event| text(event).is_some()).count(), 0);
}

#[test]
fn text_may_follow_every_command() {
    let server = TestServer::start();
    let _abc = server.text_user("abc");
    for (number, row) in TABLE.iter().enumerate() {
        if row.verb == Verb::Quit {
            continue;
        }
        let mut foo = server.text_user(&format!("foo{number}"));
        for word in row.words {
            let arguments = row.takes.replace("ROLE", "admin").replace("USER", "abc").replace(['[', ']'], "");
            let arguments = arguments.replace("GROUP", "grp").replace("@abc or #ROOM NUMBER", "#lobby 3");
            foo.send(&format!("{word} {arguments}\nand now?\n"));
            if row.verb == Verb::Password {
                foo.send_bytes(b"\x03"); // what was typed was it
            }
            let told = before_the_answer(&mut foo);
            assert!(told.ends_with('\n') || told.is_empty(), "{word}: {told:?}");
        }
    }
}

#[test]
fn an_answer_to_no_question_is_text_like_any_other() {
    let server = TestServer::start();
    let mut foo = server.goim();
    for answer in ["Y", "y", "yes", "N", "no"] {
        foo.send(&format!("{answer}\n"));
        foo.expect(HINT);
    }
    let mut foo = server.text_user("foo");
    for answer in ["Y", "y", "yes", "N", "no"] {
        foo.send(&format!("{answer}\n"));
        foo.expect("[from system] unsupported command.\n");
        foo.until("/help shows more.\n");
    }
    foo.send("to group: lobby\n");
    for answer in ["Y", "y", "yes", "N", "no"] {
        foo.send(&format!("{answer}\n"));
        foo.expect(&format!("[from group lobby user foo] {answer}\n"));
    }
}
