//! What the hot paths cost, counted in instructions by `valgrind`: the same on a fast machine, a slow one and a busy one. A
//! server with few posts is held against one with more, so that starting and coming in does not count.
//!
//! The build is the one that all tests have, without optimisation: the numbers are large, and it is their growth that is
//! looked for. Whoever makes something cheaper takes the limit down with it.

use std::ops::Range;
use std::path::Path;
use std::process::Command;

use im_proto::{Body, MessageId, Reply, Request, Text};
use sha2::{Digest, Sha256};

use crate::child::Ended;
use crate::daemon::{Daemon, Home};
use crate::harness::{Native, Peer};

/// A post that is committed alone and heard by nobody else may take so many.
const POST_INSTRUCTIONS_MAX: u64 = 815_000;

/// And each who hears it so many more.
const TEXT_DELIVERY_INSTRUCTIONS_MAX: u64 = 57_500;
const NATIVE_DELIVERY_INSTRUCTIONS_MAX: u64 = 44_800;

/// So many hear a post, in rooms where it is heard.
const RECEIVERS: u64 = 20;

/// So many posts go to each room before those that are counted.
const WARM_UP: u64 = 5;

/// So many are counted.
const POSTS: u64 = 100;

/// A room whose people all hear by one dialect.
struct Room {
    name: &'static str,
    receivers: Vec<Receiver>,
}

enum Receiver {
    Text(Peer),
    Native(Box<Native>),
}

impl Receiver {
    fn text(room: &str, number: u64, daemon: &Daemon) -> Self {
        let mut peer = Peer::connect(daemon.addr());
        peer.send(&format!("{{\"name\":\"reader{number}\",\"room\":\"{room}\"}}\n/time\n"));
        peer.until("UTC");
        Self::Text(peer)
    }

    fn native(room: &str, number: u64, daemon: &Daemon) -> Self {
        let mut native = guest(&format!("program{number}"), daemon);
        enter(&mut native, room);
        native.follow();
        Self::Native(Box::new(native))
    }

    /// Waits for one of the posts.
    fn hears(&mut self, text: &str) {
        match self {
            Self::Text(peer) => drop(peer.until(text)),
            Self::Native(native) => {
                let is_it =
                    |body: &Body| matches!(body, Body::Posted { text: said, .. } if said.as_str() == text);
                native.event(|event| is_it(&event.body));
            }
        }
    }
}

fn guest(name: &str, daemon: &Daemon) -> Native {
    let mut native = Native::connect(daemon.addr());
    native.ask(Request::ComeAsGuest { name: Some(name.parse().unwrap()) }).unwrap();
    native
}

fn enter(native: &mut Native, room: &str) {
    native.ask(Request::Join { name: room.parse().unwrap(), create: true }).unwrap();
}

/// The server under `valgrind`, which lets one of its threads run at a time.
fn counted(home: &Home) -> Daemon {
    // The disk is not what is counted.
    let server = home.serving(&["--limits", "off", "--tls", "off", "--durability", "process"]);
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind", "--callgrind-out-file=counted"]);
    command.arg(server.get_program()).args(server.get_args());
    // With several workers it would hang on chance which of them looks for work in vain, and how often.
    command
        .env_clear()
        .env("HOME", home.path(""))
        .env("TOKIO_WORKER_THREADS", "1")
        .current_dir(home.path(""));
    Daemon::start(command)
}

/// All instructions of a server with three rooms, when so many posts were counted in one of them. Each post goes out when all
/// have heard the one before.
fn instructions(counts: Option<usize>) -> u64 {
    let home = Home::new();
    let daemon = counted(&home);
    let mut speaker = guest("speaker", &daemon);
    let mut rooms = ["silence", "readers", "programs"].map(|name| Room { name, receivers: Vec::new() });
    for room in &rooms {
        enter(&mut speaker, room.name);
    }
    speaker.follow();
    rooms[1].receivers = (0..RECEIVERS).map(|number| Receiver::text("readers", number, &daemon)).collect();
    rooms[2].receivers = (0..RECEIVERS).map(|number| Receiver::native("programs", number, &daemon)).collect();
    for room in &mut rooms {
        say(&mut speaker, room, 0..WARM_UP);
    }
    if let Some(room) = counts {
        say(&mut speaker, &mut rooms[room], WARM_UP..WARM_UP + POSTS);
    }
    // They go before it stops, so that it waits for nobody.
    drop((speaker, rooms));
    let Ended { code, err, .. } = daemon.stop("TERM");
    assert_eq!(code, Some(0), "{err}");
    total(&home.path("counted"))
}

fn say(speaker: &mut Native, room: &mut Room, numbers: Range<u64>) {
    for number in numbers {
        let text = format!("post {number:04} of those that are counted, in {}", room.name);
        let post = Request::Post {
            to: format!("#{}", room.name).parse().unwrap(),
            message: MessageId(Sha256::digest(&text)[..16].try_into().unwrap()),
            text: Text::parse(&text).unwrap(),
            reply_to: None,
        };
        assert!(matches!(speaker.ask(post), Ok(Reply::Posted { duplicate: false, .. })));
        room.receivers.iter_mut().for_each(|receiver| receiver.hears(&text));
    }
}

/// The sum of what `callgrind` has counted.
fn total(counted: &Path) -> u64 {
    let counted = std::fs::read_to_string(counted).unwrap();
    let line = counted.lines().rev().find_map(|line| line.strip_prefix("totals: "));
    line.expect("totals").trim().parse().unwrap()
}

#[test]
#[cfg_attr(not(has_valgrind), ignore = "apt-get install valgrind")]
fn posting_and_hearing_take_no_more_instructions_than_they_did() {
    let before = instructions(None);
    let [alone, text, native] = [0, 1, 2].map(|room| (instructions(Some(room)) - before) / POSTS);
    let [text, native] = [text, native].map(|heard| (heard - alone) / RECEIVERS);
    let counted = format!("{alone} for a post, {text} for each who hears it by text, {native} natively");
    eprintln!("{counted}");
    for (counted_now, most) in [
        (alone, POST_INSTRUCTIONS_MAX),
        (text, TEXT_DELIVERY_INSTRUCTIONS_MAX),
        (native, NATIVE_DELIVERY_INSTRUCTIONS_MAX),
    ] {
        assert!(counted_now <= most, "more than {most}: {counted}");
        // A limit that is far from what is counted would hold nothing.
        assert!(counted_now > most / 2, "take the limit of {most} down: {counted}");
    }
}
