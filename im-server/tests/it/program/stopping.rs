//! Being told to stop: everybody hears of it, and everything is there at the next start.

use std::collections::BTreeMap;

use im_proto::{Notice, Reply, Request};
use portable_pty::CommandBuilder;

use crate::daemon::{Daemon, Home};
use crate::harness::{Native, Peer};
use crate::terminal::{CTRL_C, Terminal};

const SIGNED_UP: &str =
    "[from system] enter password:[from system] re-enter password:[from system] auth succeed.\n";
const SIGNED_IN: &str = "[from system] enter password:[from system] auth succeed.\n";
const STOPPING: &str = "[from system] the server is stopping.\n";

/// What somebody posts to the lobby, and what comes back of it.
const POSTS: &str = "one\ntwo\n你好\n";
const ECHOES: &str =
    "[from group lobby user foo] one\n[from group lobby user foo] two\n[from group lobby user foo] 你好\n";

fn post(daemon: &Daemon) -> Peer {
    let mut person = Peer::connect(daemon.addr());
    person.send(&format!("signup: foo\nsecret\nsecret\nto group: lobby\n{POSTS}"));
    person.expect(&format!("{SIGNED_UP}{ECHOES}"));
    person
}

fn everything_is_there(home: &Home) {
    let daemon = home.start(&[]);
    let mut person = Peer::connect(daemon.addr());
    person.send("signin: foo\nsecret\n/history #lobby\n");
    person.expect(SIGNED_IN);
    ECHOES.lines().for_each(|echo| assert!(person.until(echo).contains("UTC)")));
}

#[test]
fn term_and_int_stop_it_cleanly() {
    for signal in ["TERM", "INT"] {
        let home = Home::new();
        let daemon = home.start(&[]);
        let mut foo = post(&daemon);
        let mut stranger = Peer::connect(daemon.addr());
        stranger.send("signin: 1nobody\n");
        stranger.expect("[from system] invalid user name.\n");
        let ended = daemon.stop(signal);
        assert_eq!(ended.code, Some(0), "{signal}: {ended:?}");
        for peer in [&mut foo, &mut stranger] {
            peer.expect(STOPPING);
            let come_back = peer.to_end();
            assert!(come_back.starts_with("[from system] come back in "), "{come_back:?}");
        }
        everything_is_there(&home);
    }
}

#[test]
fn why_sessions_ended_is_counted_and_logged() {
    let home = Home::new();
    let daemon = home.start(&[]);
    for _ in 0..2 {
        let mut person = Peer::connect(daemon.addr());
        person.send("/username neil\n/bye\n");
        person.to_end();
    }
    let _foo = post(&daemon);
    let ended = daemon.stop("TERM");
    assert!(ended.err.contains(" ended since the start: left=2 stopping=1\n"), "{ended:?}");
}

#[test]
fn ctrl_c_on_its_terminal_stops_it() {
    let home = Home::new();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_im-server"));
    command.env_clear();
    command.args(["--addr", "127.0.0.1:0", "--data-dir"]);
    command.arg(home.path("data"));
    let mut terminal = Terminal::run(command);
    terminal.shows("im-client --addr ");
    terminal
        .until("an address", |terminal| terminal.screen().lines().any(|line| line.contains("--addr 127.")));
    terminal.press(CTRL_C);
    assert_eq!(terminal.ends(), 0);
}

/// What a client has sent when the server is told to stop is either posted or not; what has come back is posted.
#[test]
fn stopping_in_the_middle_of_posts_loses_nothing_that_was_echoed() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut foo = post(&daemon);
    let posts: String = (0..2000).map(|number| format!("number {number}\n")).collect();
    let mut stream = foo.stream().try_clone().unwrap();
    let typing = std::thread::spawn(move || {
        let _ = std::io::Write::write_all(&mut stream, posts.as_bytes());
    });
    let mut echoed = foo.until("number 100\n");
    assert_eq!(daemon.stop("TERM").code, Some(0));
    echoed += &foo.to_end();
    typing.join().unwrap();
    let count = echoed.lines().filter(|line| line.starts_with("[from group lobby user foo] number ")).count();

    let daemon = home.start(&[]);
    let mut foo = Peer::connect(daemon.addr());
    foo.send("signin: foo\nsecret\n/history #lobby 200\n");
    foo.expect(SIGNED_IN);
    foo.until(&format!("number {}\n", count - 1));
}

/// Two hundred who are sent away at once are told to come back at different times, none at once, all within the window.
#[test]
fn many_are_told_to_come_back_at_different_times() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut clients: Vec<_> = (0..200).map(|_| Native::connect(daemon.addr())).collect();
    for client in &mut clients {
        client.ask(Request::Ping).unwrap();
    }
    assert_eq!(daemon.stop("TERM").code, Some(0));
    let told: BTreeMap<u32, usize> = clients
        .iter_mut()
        .map(|client| match client.notice(|notice| matches!(notice, Notice::ComeBack { .. })) {
            Notice::ComeBack { after_milliseconds } => after_milliseconds,
            other => panic!("{other:?}"),
        })
        .fold(BTreeMap::new(), |mut told, after| {
            *told.entry(after).or_default() += 1;
            told
        });
    let (first, last) = (*told.keys().next().unwrap(), *told.keys().next_back().unwrap());
    assert!(first >= 1_000 && last < 3_000, "{first} to {last}");
    // Of eight parts of the window each has its share: 25 on average, and a tenth of that by no accident that ever happens.
    for part in 0..8 {
        let from = 1_000 + part * 250;
        let there: usize = told.range(from..from + 250).map(|(_, count)| count).sum();
        assert!(there >= 3, "{there} between {from} and {}: {told:?}", from + 250);
    }
}

/// A stream of events says it in its own way.
#[test]
fn a_stream_of_events_is_told_when_to_ask_again() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let mut foo = Native::connect(daemon.addr());
    let Ok(Reply::Welcome { token: Some(token), .. }) = foo.sign_up("foo") else { panic!() };
    let mut stream = Peer::connect(daemon.addr());
    let authorization = format!("Authorization: Bearer {}", token.to_hex());
    stream.send(&format!("GET /v1/events HTTP/1.1\r\nHost: im\r\n{authorization}\r\n\r\n"));
    stream.until("id: ");
    daemon.stop("TERM");
    let told = stream.to_end();
    let (before, after) = told.split_once("retry: ").unwrap();
    assert!(!before.contains("closing") && after.contains("event: closing"), "{told:?}");
}
