//! What broke nmmh/chat, MaChat and TinyChat, and what people mistype, in every manner.

use std::sync::Barrier;
use std::thread;

use im_proto::command::{TABLE, Verb};

use crate::asks::{join, log, say, text, word};
use crate::harness::{Native, Peer, TestServer};
use crate::native::guests::guest;

const WRONG_HELLO: &str =
    "error: the first line must look like {\"name\": \"Mina\", \"room\": \"devroom\"}\n";
const WRONG_INIT: &str = "error: the first line must look like INIT:John:Marie\n";

/// How somebody comes in each manner, and what they see until they can speak. `NAME` is theirs.
const MANNERS: [(&str, &str, &str); 5] = [
    ("any", "/nick NAME\n", "changed username to [NAME]\n"),
    ("lobby", "/nick NAME\n", "changed username to [NAME]\r\n"),
    ("goim", "signup: NAME\nx\nx\n", "[from system] auth succeed.\n"),
    ("machat", "{\"name\":\"NAME\",\"room\":\"devroom\"}hi\n", "NAME:hi\n"),
    ("tinychat", "INIT:NAME:nobody\n/time\n", " UTC\n"),
];

fn come(server: &TestServer, (port, begin, until): (&str, &str, &str), name: &str) -> Peer {
    let mut peer = Peer::connect(server.addr_of(port));
    peer.send(&begin.replace("NAME", name));
    peer.until(&until.replace("NAME", name));
    peer
}

/// What comes before the answer to a command that is answered alike in every manner, and what that came with.
#[track_caller]
fn before_the_answer(peer: &mut Peer) -> String {
    peer.send("/help nonsense\n");
    let got = peer.until("there is no command nonsense");
    peer.until("show this, or one command");
    peer.until("\n");
    got
}

/// All that was said in the rooms, by whomever.
fn said(server: &TestServer) -> Vec<String> {
    let mut reader = guest(server, "reader");
    let mut said = Vec::new();
    for room in ["lobby", "devroom"] {
        if word(&reader.ask(join(room))) == "conversation" {
            said.extend(log(&mut reader, &format!("#{room}")).iter().filter_map(text).map(str::to_owned));
        }
    }
    said
}

#[test]
fn what_is_no_first_line_is_told_and_done_with() {
    let server = TestServer::start();
    let long_hello = format!("{{\"name\":\"{}", "x".repeat(5000));
    for (port, sent, wanted) in [
        ("any", "INIT:x\n", WRONG_INIT),
        ("any", "INIT::\n", WRONG_INIT),
        ("any", "INIT:\n", WRONG_INIT),
        ("any", "INIT:a:b:c\n", WRONG_INIT),
        ("any", "INIT:a:\n", WRONG_INIT),
        ("tinychat", "INIT:x\n", WRONG_INIT),
        ("tinychat", "INIT:a b:c\n", "error: a name holds only letters, digits, and _ - .\n"),
        ("any", "{}", WRONG_HELLO),
        ("any", "{}\nand text\n", WRONG_HELLO),
        ("any", "{\"name\":\"a\"}", WRONG_HELLO),
        ("any", "{\"name\":null,\"room\":[]}", WRONG_HELLO),
        ("any", "{nonsense}", WRONG_HELLO),
        (
            "any",
            "{\"name\":\"Mul\\nti\",\"room\":\"x\"}",
            "error: name: a name holds only letters, digits, and _ - .\n",
        ),
        (
            "any",
            "{\"name\":\"a:b\",\"room\":\"x\"}",
            "error: name: a name holds only letters, digits, and _ - .\n",
        ),
        (
            "any",
            "{\"name\":\"anonymous7\",\"room\":\"x\"}",
            "error: names like anonymous1 are kept for guests\n",
        ),
        ("any", "INIT:anonymous7:x\n", "error: names like anonymous1 are kept for guests\n"),
        ("any", &long_hello, WRONG_HELLO),
        ("machat", &long_hello, WRONG_HELLO),
        ("machat", "null", WRONG_HELLO),
        ("machat", "[1]", WRONG_HELLO),
        ("machat", "/help\n", WRONG_HELLO),
    ] {
        let mut peer = Peer::connect(server.addr_of(port));
        peer.send(sent);
        assert_eq!(peer.to_end(), wanted, "{port}: {sent:.60}");
    }
    // Half of one, and then nothing more.
    for (half, wanted) in [
        ("{", WRONG_HELLO),
        ("{\"name\":\"Mina\"", WRONG_HELLO),
        ("{\"name\":\"Mina\",\"room\":\"devroom\"", WRONG_HELLO),
        ("INIT:Mi", WRONG_INIT),
        ("INIT:Mina:", WRONG_INIT),
    ] {
        let mut peer = server.text();
        peer.send(half);
        peer.half_close();
        assert_eq!(peer.to_end(), wanted, "{half}");
    }
    let mut nothing = Peer::connect(server.addr_of("machat"));
    nothing.half_close();
    assert_eq!(nothing.to_end(), "");
    assert_eq!(said(&server), Vec::<String>::new());
    assert_eq!(word(&server.native().ask(crate::asks::sign_up("Mina"))), "welcome", "the name is free");
}

#[test]
fn every_command_without_its_argument_is_answered_in_every_manner() {
    let server = TestServer::start();
    for (number, manner) in MANNERS.into_iter().enumerate() {
        let mut peer = come(&server, manner, &format!("neil{number}"));
        let asks = [Verb::Quit, Verb::SignOut, Verb::Password];
        let rows = TABLE.iter().filter(|row| !asks.contains(&row.verb));
        for word in rows.flat_map(|row| row.words).copied().chain(["/", "@", "@ ", "/ x", "/nosuch", "\\"]) {
            for line in [word.to_owned(), format!("{word} "), format!("  {word}\t")] {
                peer.send(&format!("{line}\n"));
                let told = before_the_answer(&mut peer);
                assert!(!told.contains("neil0]>"), "{manner:?} {line:?}: {told:?}");
            }
        }
        peer.send("/bye\n");
        peer.to_end();
    }
    let said = said(&server);
    assert!(said.iter().all(|line| line == "hi"), "{said:?}");
}

#[test]
fn text_may_follow_every_command_in_every_manner() {
    let server = TestServer::start();
    let _abc = server.text_user("abc");
    for (manner_number, manner) in MANNERS.into_iter().enumerate() {
        for (number, row) in TABLE.iter().enumerate().filter(|(_, row)| row.verb != Verb::Quit) {
            let mut peer = come(&server, manner, &format!("p{manner_number}x{number}"));
            for word in row.words {
                let arguments =
                    row.takes.replace("ROLE", "admin").replace("USER", "abc").replace(['[', ']'], "");
                let arguments = arguments.replace("GROUP", "grp").replace("@abc or #ROOM NUMBER", "#lobby 3");
                peer.send(&format!("{word} {arguments}\nand now?\n"));
                // Where a password is asked for, the text was it.
                let asks = matches!(row.verb, Verb::SignUp | Verb::SignIn | Verb::Password);
                if asks {
                    peer.send_bytes(b"\x03");
                }
                let told = before_the_answer(&mut peer);
                assert!(!told.contains("the server failed"), "{manner:?} {word}: {told:?}");
            }
            peer.send("/bye\n");
            peer.to_end();
        }
    }
}

#[test]
fn a_yes_to_nothing_is_text_in_every_manner() {
    let server = TestServer::start();
    for (number, manner) in MANNERS.into_iter().enumerate() {
        let mut peer = come(&server, manner, &format!("neil{number}"));
        peer.send("/join devroom\n/talk nobody\nto group: devroom\nY\nno\n");
        before_the_answer(&mut peer);
        peer.send("/accept\n/reject\n/accept g1\n/accept g1 abc\n");
        before_the_answer(&mut peer);
    }
    let said: Vec<_> = said(&server).into_iter().filter(|line| line != "hi").collect();
    assert_eq!(said, ["Y", "no"].repeat(MANNERS.len()));
}

#[test]
fn all_who_join_in_the_same_moment_have_a_name_and_hear_each_other() {
    const CROWD: usize = 40;
    let server = TestServer::start();
    let (any, lobby) = (server.addr(), server.addr_of("lobby"));
    let barrier = Barrier::new(CROWD);
    let names: Vec<String> = thread::scope(|scope| {
        let join = |number: usize| {
            let barrier = &barrier;
            scope.spawn(move || {
                barrier.wait();
                let mut peer = Peer::connect(if number.is_multiple_of(2) { any } else { lobby });
                peer.send("/time\n");
                peer.until(" UTC");
                // All are there before anybody says something.
                barrier.wait();
                peer.send(&format!("i am number {number}.\n"));
                let mut heard = vec![number];
                while heard.len() < CROWD {
                    let line = peer.until("\n");
                    if let Some((_, other)) = line.split_once("]> i am number ") {
                        heard.push(other.trim().trim_end_matches('.').parse().unwrap());
                    }
                }
                heard.sort_unstable();
                assert!(heard.iter().copied().eq(0..CROWD), "{number} heard {heard:?}");
                peer.send("/username\n");
                peer.until(" * ");
                let told = peer.until(" failed to change username to \"\"");
                barrier.wait();
                told.rsplit(' ').nth(6).map(str::to_owned).unwrap_or_default()
            })
        };
        let threads: Vec<_> = (0..CROWD).map(join).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut numbers: Vec<usize> =
        names.iter().map(|name| name.strip_prefix("anonymous").unwrap().parse().unwrap()).collect();
    numbers.sort_unstable();
    assert!(numbers.iter().copied().eq(0..CROWD), "{numbers:?}");
}

#[test]
fn who_never_reads_does_not_keep_the_lobby_from_talking() {
    let server = TestServer::start();
    let mut deaf: Vec<Peer> =
        MANNERS.into_iter().zip(["a", "b", "c", "d", "e"]).map(|(m, n)| come(&server, m, n)).collect();
    for peer in &mut deaf {
        peer.send("/join devroom\n/talk nobody\n");
        socket2::SockRef::from(peer.stream()).set_recv_buffer_size(64 * 1024).unwrap();
    }
    let mut neil: Native = guest(&server, "neil");
    let mut matt = come(&server, MANNERS[1], "matt");
    assert_eq!(word(&neil.ask(crate::asks::enter("devroom"))), "conversation");
    assert_eq!(word(&neil.ask(join("lobby"))), "conversation");
    let long = "x".repeat(16_000);
    for number in 0..150 {
        for room in ["#lobby", "#devroom"] {
            assert_eq!(word(&neil.ask(say(room, number * 2 + u64::from(room == "#lobby"), &long))), "posted");
        }
        let line = matt.until("\n");
        assert!(line.ends_with(&format!("[neil]> {long}\r\n")) || line.contains("connected"), "{line:.80}");
    }
    // And gets all of it after all.
    assert_eq!(word(&neil.ask(say("#devroom", 9999, "the end"))), "posted");
    for (peer, end) in deaf.iter_mut().zip([
        "#devroom]> the end",
        "#devroom]> the end",
        "user neil] the end",
        "neil:the end",
        "#devroom: the end",
    ]) {
        let mut heard = 0;
        loop {
            let line = peer.until("\n");
            if line.trim_end().ends_with(end) {
                break;
            }
            heard += usize::from(line.trim_end().ends_with(&long));
        }
        assert!(heard >= 150, "{end}: {heard}");
    }
}
