//! Two hundred readers, twenty of whom stop reading: the others are served as before, the server grows by no more than its
//! limits say, and when the twenty read again they have it all.

use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use im_proto::{Event, Reply, Token};
use serde_json::json;

use crate::asks::{enter, follow, join, posted, resume, say, text, token, word};
use crate::harness::{Native, Peer};
use crate::web::socket::Socket;
use crate::web::talk::{Carriage, Talk};

use super::measured::Measured;

/// Readers who read, and who stop, of each kind: native, JSON by WebSocket, text.
const READING: [usize; 3] = [80, 50, 50];
const STOPPED: [usize; 3] = [16, 2, 2];

/// Posts that everybody hears, before they stop and after, each heard by all who read before the next is said.
const ROUNDS: u64 = 25;

/// What only those who stop are to hear, and one who reads.
const WAVES: u64 = 288;
const WAVES_AT_ONCE: usize = 16;
const WAVE_BYTES: usize = 64 * 1000;

/// What a reader who stopped may cost, in bytes: what waits for it, a page of the log that came when there was room for one
/// more event, and once more for a WebSocket, whose frames are written already.
const STOPPED_BYTES_MAX: u64 = 2 * (64 + 128 + 64) * 1024;

/// What the caches of the store's connections may take meanwhile, in bytes: the writer's all of it, those of the two readers half.
const CACHES_BYTES_MAX: u64 = 2 * 16 * 1024 * 1024;

/// How much longer a round may take in the middle: far more than noise, far less than what waits for somebody.
const SLOWER_MAX: u32 = 5;

enum Reader {
    Native(Box<Native>),
    Json(Box<Talk>),
    Text(Peer),
}

impl Reader {
    fn stream(&mut self) -> &std::net::TcpStream {
        match self {
            Self::Native(native) => native.peer().stream(),
            Self::Json(talk) => talk.stream(),
            Self::Text(peer) => peer.stream(),
        }
    }

    /// The next thing that was said: its first word, and its number.
    fn next(&mut self) -> (String, u64) {
        loop {
            let line = match self {
                Self::Native(native) => said(&native.event(|event| text(event).is_some())),
                Self::Json(talk) => talk.raw().expect("it is not sent away"),
                Self::Text(peer) => peer.line().expect("it is not sent away"),
            };
            for word in ["round", "wave"] {
                if let Some((_, rest)) = line.split_once(&format!("{word} "))
                    && let Some(number) = rest.get(..6).and_then(|number| number.parse().ok())
                {
                    return (word.into(), number);
                }
            }
        }
    }

    /// Hears these rounds and waves, each once and in order.
    fn hears(&mut self, mut rounds: RangeInclusive<u64>, mut waves: RangeInclusive<u64>) {
        while !rounds.is_empty() || !waves.is_empty() {
            let (word, number) = self.next();
            let due = if word == "round" { rounds.next() } else { waves.next() };
            assert_eq!(due, Some(number), "{word}");
        }
    }
}

fn said(event: &Event) -> String {
    text(event).unwrap_or_default().to_owned()
}

fn nothing() -> RangeInclusive<u64> {
    RangeInclusive::new(1, 0)
}

/// Sessions of one user by programs, and people at terminals: guests, or the same user again.
fn readers(server: &Measured, counts: [usize; 3], key: &Token, user: Option<&str>) -> Vec<Reader> {
    let native = |_| {
        let mut native = Native::connect(server.addr());
        assert_eq!(word(&native.ask(resume(key))), "welcome");
        assert_eq!(native.ask(follow(&[])), Ok(Reply::Done));
        Reader::Native(Box::new(native))
    };
    let json = |_| {
        let mut talk = Talk::new(Carriage::Socket(Box::new(Socket::open(server.addr(), "/ws"))));
        assert_eq!(talk.ask(&json!({"request": "resume", "token": key.to_hex()}))["reply"], "welcome");
        talk.done(&json!({"request": "follow"}));
        Reader::Json(Box::new(talk))
    };
    let text = |number: usize| {
        let mut peer = Peer::connect(server.addr());
        match user {
            Some(user) => peer.send(&format!("signin: {user}\nsecret\n/time\n")),
            None => peer.send(&format!("/username guest{number}\n/time\n")),
        }
        peer.until(" UTC");
        Reader::Text(peer)
    };
    let [natives, jsons, texts] = counts;
    (0..natives).map(native).chain((0..jsons).map(json)).chain((0..texts).map(text)).collect()
}

/// Says something that all hear before the next is said. How long the quickest took: what else the machine does makes any of them
/// slower, and a server that waits for somebody does it each time.
fn rounds(ann: &mut Native, readers: &mut [Reader], numbers: RangeInclusive<u64>) -> Duration {
    let took = numbers.map(|number| {
        let began = Instant::now();
        posted(ann.ask(say("#lobby", number, &format!("round {number:06}"))));
        readers.iter_mut().for_each(|reader| reader.hears(number..=number, nothing()));
        began.elapsed()
    });
    took.min().unwrap()
}

/// Says what those who stopped do not read, and one who reads does before more is said.
fn flood(ann: &mut Native, listener: &mut Reader) {
    let long = "x".repeat(WAVE_BYTES);
    for first in (1..=WAVES).step_by(WAVES_AT_ONCE) {
        let waves = first..=WAVES.min(first + WAVES_AT_ONCE as u64 - 1);
        for number in waves.clone() {
            ann.send(say("#flood", 10_000 + number, &format!("wave {number:06} {long}")));
        }
        for _ in waves.clone() {
            posted(ann.reply().1);
        }
        listener.hears(nothing(), waves);
    }
}

#[test]
fn twenty_of_two_hundred_stop_reading_and_nobody_else_notices() {
    let server = Measured::start();
    let mut ann = server.native_user("ann");
    assert_eq!(word(&ann.ask(enter("flood"))), "conversation");
    let keys = ["reader", "stopped", "listener"].map(|name| {
        let mut native = Native::connect(server.addr());
        let key = token(native.sign_up(name));
        if name != "reader" {
            assert_eq!(word(&native.ask(join("flood"))), "conversation");
        }
        (name, key)
    });
    let mut reading = readers(&server, READING, &keys[0].1, None);
    let mut stopped = readers(&server, STOPPED, &keys[1].1, Some(keys[1].0));
    let mut listener = readers(&server, [1, 0, 0], &keys[2].1, None).remove(0);
    assert_eq!(reading.len() + stopped.len(), 200);

    let before = rounds(&mut ann, &mut reading, 1..=ROUNDS);
    for reader in stopped.iter_mut().chain([&mut listener]) {
        reader.hears(1..=ROUNDS, nothing());
    }
    for reader in &mut stopped {
        // The less the system takes in, the sooner the server notices.
        socket2::SockRef::from(reader.stream()).set_recv_buffer_size(64 * 1024).unwrap();
    }
    let resident = server.resident_bytes();
    flood(&mut ann, &mut listener);
    let after = rounds(&mut ann, &mut reading, ROUNDS + 1..=2 * ROUNDS);
    let grown = server.resident_bytes().saturating_sub(resident);
    assert!(after < before * SLOWER_MAX, "a round took {before:?}, and {after:?} when some had stopped");
    let most = CACHES_BYTES_MAX + stopped.len() as u64 * STOPPED_BYTES_MAX;
    assert!(grown < most, "{} readers who stopped cost {grown} bytes, at most {most}", stopped.len());

    // They read again, all at once.
    std::thread::scope(|scope| {
        for reader in &mut stopped {
            scope.spawn(|| reader.hears(ROUNDS + 1..=2 * ROUNDS, 1..=WAVES));
        }
    });
    // And they are as live as the others.
    reading.extend(stopped);
    rounds(&mut ann, &mut reading, 2 * ROUNDS + 1..=2 * ROUNDS + 1);
}
