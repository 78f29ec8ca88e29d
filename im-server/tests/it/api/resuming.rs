//! A stream that breaks goes on right after the last event that came whole: nothing is missing, nothing comes twice.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use bytes::BytesMut;
use im_proto::{Ask, ClientFrames, FromServer, Request};
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tokio_util::codec::Encoder;

use crate::asks::{create, enter, invite, join, posted, say};
use crate::daemon::Home;
use crate::harness::{Native, TestServer};

use super::call::{Client, PASSWORD};
use super::stream::{Opening, Stream};

/// Where everybody posts.
const PLACES: [&str; 5] = ["#one", "#two", "#three", "#g", "@ann"];

/// Where the last word is said, so that all was heard when all of them were: what peers say to ann is said in as many places.
const ENDS: [&str; 7] = ["#one", "#two", "#three", "#g", "@bob", "@cid", "@dan"];

const PEERS: [&str; 3] = ["bob", "cid", "dan"];

/// What is said and when a stream breaks.
#[derive(Debug, Clone)]
struct Plan {
    /// Of each peer, where it posts, one after the other, over and over.
    posts: [Vec<usize>; PEERS.len()],
    /// After so many bytes each; the last is not cut.
    cuts: Vec<usize>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let posts = || proptest::collection::vec(0..PLACES.len(), 30..90);
    let cut = proptest::prop_oneof![1..300_usize, 300..9000_usize];
    let cuts = proptest::collection::vec(cut, 0..40);
    (posts(), posts(), posts(), cuts).prop_map(|(a, b, c, cuts)| Plan { posts: [a, b, c], cuts })
}

fn native(addr: SocketAddr, name: &str) -> Native {
    let password = im_proto::Password::parse(PASSWORD).unwrap();
    let mut native = Native::connect(addr);
    native.ask(Request::SignIn { name: name.parse().unwrap(), password }).unwrap();
    native
}

/// Everybody is in all of it.
fn gather(addr: SocketAddr) -> Client {
    let ann = Client::sign_up(addr, "ann");
    for name in PEERS {
        Client::sign_up(addr, name);
        let mut peer = native(addr, name);
        ["one", "two", "three"].iter().for_each(|room| assert!(peer.ask(enter(room)).is_ok()));
        if name == PEERS[0] {
            peer.ask(create("g")).unwrap();
            peer.ask(invite("g", "ann")).unwrap();
            ann.ask(&json!({ "request": "answer", "group": "g", "yes": true })).done();
        } else {
            peer.ask(join("g")).unwrap();
            let mut owner = native(addr, PEERS[0]);
            owner.ask(crate::asks::answer_to("g", name, true)).unwrap();
        }
    }
    ["one", "two", "three"].iter().for_each(|room| ann.enter(room));
    ann
}

/// What a peer says at a turn of its plan, under an id of its own.
fn part(peer: usize, turn: usize, plan: &[usize]) -> Request {
    let id = (peer * 100_000 + turn) as u64;
    let text = format!("{} {turn} {}", PEERS[peer], "x".repeat(turn * 7 % 400));
    say(PLACES[plan[turn % plan.len()]], id, &text)
}

/// Each peer says its part over and over, until it is told to stop.
fn talk(addr: SocketAddr, plans: &[Vec<usize>], stop: &Arc<AtomicBool>) -> Vec<JoinHandle<()>> {
    let talks = plans.iter().enumerate().map(|(peer, plan)| {
        let (plan, stop, mut native) = (plan.clone(), Arc::clone(stop), native(addr, PEERS[peer]));
        thread::spawn(move || {
            let mut turns = 0..;
            while !stop.load(Ordering::Relaxed) {
                native.ask(part(peer, turns.next().unwrap(), &plan)).unwrap();
            }
        })
    });
    talks.collect()
}

/// Each peer says its part once, or as much of it as it can until the server is gone.
fn say_all(addr: SocketAddr, plans: &[Vec<usize>]) -> Vec<JoinHandle<()>> {
    let talks = plans.iter().enumerate().map(|(peer, plan)| {
        let (plan, mut native) = (plan.clone(), native(addr, PEERS[peer]));
        thread::spawn(move || {
            let mut bytes = BytesMut::new();
            let mut frames = ClientFrames::default();
            for tag in 0..u32::try_from(plan.len()).unwrap() {
                let request = part(peer, tag as usize, &plan);
                frames.encode(&Ask { tag, request }, &mut bytes).unwrap();
            }
            let mut stream = native.peer().stream().try_clone().unwrap();
            let writing = thread::spawn(move || stream.write_all(&bytes));
            for _ in &plan {
                match native.next() {
                    Some(FromServer::Reply { result, .. }) => drop(posted(result)),
                    None => break,
                    other => panic!("{other:?}"),
                }
            }
            drop(writing.join());
        })
    });
    talks.collect()
}

/// The address of each conversation, and what was told of it.
#[derive(Default)]
struct Heard(BTreeMap<String, Vec<Value>>);

impl Heard {
    fn hear(&mut self, event: Value) {
        self.0.entry(event["conversation"].as_str().unwrap().to_owned()).or_default().push(event);
    }

    /// All logs from where they stood, in order, once.
    #[track_caller]
    fn is_all_of(&self, ann: &Client, since: &BTreeMap<String, u64>) {
        for (address, log) in logs(ann) {
            let since = usize::try_from(since.get(&address).copied().unwrap_or(0)).unwrap();
            let heard = self.0.get(&address).cloned().unwrap_or_default();
            let seqs: Vec<_> = heard.iter().map(|event| event["seq"].as_u64().unwrap()).collect();
            assert!(heard == log[since..], "{address} after {since} of {}: heard {seqs:?}", log.len());
        }
    }
}

fn logs(ann: &Client) -> BTreeMap<String, Vec<Value>> {
    let list = ann.get("/v1/conversations").done();
    let addresses = list["conversations"].as_array().unwrap().iter();
    let addresses = addresses.map(|row| row["address"].as_str().unwrap().to_owned());
    addresses.map(|address| (address.clone(), ann.log(&address))).collect()
}

fn heads(ann: &Client) -> BTreeMap<String, u64> {
    logs(ann).into_iter().map(|(address, log)| (address, log.len() as u64)).collect()
}

/// Reads until everything was told that is in the logs, or the stream is cut.
fn read(stream: &mut Stream, heard: &mut Heard, done: impl Fn(&Value) -> bool) -> bool {
    while let Some(block) = stream.next() {
        if let Some(event) = block.data.filter(|_| block.event.is_none()) {
            let ends = done(&event);
            heard.hear(event);
            if ends {
                return true;
            }
        }
    }
    false
}

/// Says the last word everywhere, so that there is an end to wait for.
fn is_end(event: &Value) -> bool {
    event["text"] == "the end"
}

#[test]
fn streams_cut_anywhere_tell_each_log_once() {
    let config = Config { cases: 8, failure_persistence: None, ..Config::default() };
    let plans = (plan(), any::<bool>());
    TestRunner::new(config)
        .run(&plans, |(plan, cut_first)| {
            let server = TestServer::start();
            let ann = gather(server.addr());
            let since = heads(&ann);
            let mut heard = Heard::default();
            let mut last = Stream::now(&ann).last;
            let stop = Arc::new(AtomicBool::new(false));
            let talks = talk(server.addr(), &plan.posts, &stop);
            for (i, bytes_max) in plan.cuts.iter().enumerate() {
                let opening = Opening { last, bytes_max: if cut_first { 1 + i } else { *bytes_max } };
                let mut stream = Stream::open(&ann, opening);
                read(&mut stream, &mut heard, |_| false);
                last = stream.last;
            }
            stop.store(true, Ordering::Relaxed);
            talks.into_iter().for_each(|talk| talk.join().unwrap());
            let mut stream = Stream::open(&ann, Opening { last, bytes_max: usize::MAX });
            // The last words go everywhere; who has heard all of them has heard all.
            for place in ENDS {
                ann.say(place, "the end");
            }
            let mut ends = 0;
            while ends < ENDS.len() {
                assert!(read(&mut stream, &mut heard, is_end));
                ends += 1;
            }
            heard.is_all_of(&ann, &since);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_server_that_is_killed_loses_no_event_of_a_stream() {
    let home = Home::new();
    let mut daemon = home.start(&[]);
    let mut ann = gather(daemon.addr());
    let since = heads(&ann);
    let mut heard = Heard::default();
    let mut last = Stream::now(&ann).last;
    let posts: Vec<Vec<usize>> =
        (0..3).map(|peer| (0..400).map(|i| (i * 7 + peer * 3 + i / 5) % PLACES.len()).collect()).collect();
    for kill_after in [1, 40, 150] {
        let talks = say_all(daemon.addr(), &posts);
        let mut stream = Stream::open(&ann, Opening { last, bytes_max: usize::MAX });
        let mut left = kill_after;
        while left > 0 && read(&mut stream, &mut heard, |_| true) {
            left -= 1;
        }
        assert_eq!(daemon.stop("KILL").code, None);
        read(&mut stream, &mut heard, |_| false);
        last = stream.last;
        talks.into_iter().for_each(|talk| drop(talk.join()));
        daemon = home.start(&[]);
        ann = ann.at(daemon.addr());
    }
    // All that was said is said again under the same ids: what was lost is posted, the rest is not.
    say_all(daemon.addr(), &posts).into_iter().for_each(|talk| talk.join().unwrap());
    let mut stream = Stream::open(&ann, Opening { last, bytes_max: usize::MAX });
    for place in ENDS {
        ann.say(place, "the end");
    }
    for _ in ENDS {
        assert!(read(&mut stream, &mut heard, is_end));
    }
    heard.is_all_of(&ann, &since);
    let said: usize = heard.0.values().flatten().filter(|event| event["kind"] == "posted").count();
    assert_eq!(said, 3 * 400 + ENDS.len());
}

#[test]
fn a_thousand_missed_events_in_twenty_conversations_come_in_order() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut bob = server.native_user("bob");
    let rooms: Vec<String> = (0..20).map(|number| format!("room{number}")).collect();
    for room in &rooms {
        bob.ask(enter(room)).unwrap();
        ann.enter(room);
    }
    let since = heads(&ann);
    let stream = Stream::now(&ann);
    let last = stream.last.clone();
    drop(stream);
    for number in 0..1000 {
        let room = &rooms[number * 13 % 20];
        posted(bob.ask(say(&format!("#{room}"), number as u64, &format!("{number}"))));
    }
    // In one go, and in pieces.
    for bytes_max in [usize::MAX, 7000] {
        let (mut heard, mut last) = (Heard::default(), last.clone());
        let mut missing = heads(&ann).values().sum::<u64>() - since.values().sum::<u64>();
        while missing > 0 {
            let mut stream = Stream::open(&ann, Opening { last, bytes_max });
            while missing > 0 && read(&mut stream, &mut heard, |_| true) {
                missing -= 1;
            }
            last = stream.last;
        }
        heard.is_all_of(&ann, &since);
        // And nothing more until something happens.
        let mut stream = Stream::open(&ann, Opening { last, bytes_max: usize::MAX });
        ann.say("@bob", "now");
        assert_eq!(stream.said(), "now");
        ann.say("@bob", "and now");
        assert_eq!(stream.said(), "and now");
    }
}

#[test]
fn each_id_is_a_place_to_go_on_from_however_often_and_whenever() {
    let mut server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut bob = server.native_user("bob");
    for room in ["one", "two"] {
        bob.ask(enter(room)).unwrap();
        ann.enter(room);
    }
    let mut stream = Stream::now(&ann);
    let mut ids = vec![stream.last.clone()];
    for number in 0..20 {
        bob.ask(say(["#one", "#two", "@ann"][number % 3], number as u64, &format!("{number}"))).unwrap();
    }
    for _ in 0..20 {
        stream.said();
        ids.push(stream.last.clone());
    }
    drop((stream, bob));
    let texts = |client: &Client, id: &Option<String>, count: usize| {
        let mut stream = Stream::open(client, Opening { last: id.clone(), bytes_max: usize::MAX });
        let mut texts: Vec<u32> = (0..count).map(|_| stream.said().parse().unwrap()).collect();
        texts.sort_unstable();
        texts
    };
    for _ in 0..2 {
        let ann = ann.at(server.addr());
        let mut heard = Vec::new();
        for (had, id) in ids.iter().enumerate().rev() {
            let rest = texts(&ann, id, 20 - had);
            assert!(heard.iter().all(|number| rest.contains(number)), "{id:?}: {rest:?} after {heard:?}");
            heard = rest;
        }
        assert_eq!(heard, (0..20).collect::<Vec<_>>());
        server.restart();
    }
}

#[test]
fn what_happened_while_one_was_away_is_told_also_of_places_that_are_new() {
    let server = TestServer::start();
    let ann = Client::sign_up(server.addr(), "ann");
    let mut bob = server.native_user("bob");
    let last = Stream::now(&ann).last;
    bob.ask(enter("dev")).unwrap();
    ann.enter("dev");
    bob.ask(say("#dev", 1, "in dev")).unwrap();
    bob.ask(say("@ann", 2, "psst")).unwrap();
    let mut stream = Stream::open(&ann, Opening { last: last.clone(), bytes_max: usize::MAX });
    let mut heard = Heard::default();
    while heard.0.values().flatten().filter(|event| event["kind"] == "posted").count() < 2 {
        heard.hear(stream.event());
    }
    assert_eq!(heard.0["#dev"].last().unwrap()["text"], "in dev");
    assert_eq!(heard.0["@bob"], ann.log("@bob"));
    // What one has left is not told any more.
    ann.ask(&json!({ "request": "leave", "name": "dev" })).done();
    bob.ask(say("#dev", 3, "without ann")).unwrap();
    let mut stream = Stream::open(&ann, Opening { last, bytes_max: usize::MAX });
    ann.say("@ann", "the end");
    let mut heard = Heard::default();
    assert!(read(&mut stream, &mut heard, is_end));
    assert!(!heard.0.contains_key("#dev"), "{:?}", heard.0);
}
