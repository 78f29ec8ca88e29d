//! Whoever replays a log, was live, came in the middle, came back, or has only pages of it: all read the same messages.

use im_proto::fold::{Message, Messages};
use im_proto::{ConversationId, Event, Page, Reply, Request, Seq, Token};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};

use crate::asks::{
    conversation, delete, edit, enter, events_up_to, follow, history, log, react, reply, resume, say,
    sign_up, token, word,
};
use crate::harness::{Native, TestServer};

const PEOPLE: [&str; 3] = ["ann", "bob", "zoe"];

/// What somebody does, to which of the entries of the log.
#[derive(Debug, Clone)]
struct Step {
    who: usize,
    does: u8,
    to: Index,
    reaction: u8,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..PEOPLE.len(), 0..8_u8, any::<Index>(), 0..3_u8)
        .prop_map(|(who, does, to, reaction)| Step { who, does, to, reaction });
    proptest::collection::vec(step, 1..40)
}

/// The messages as they read after these events.
fn read<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<(Seq, Message)> {
    let mut messages = Messages::default();
    events.into_iter().for_each(|event| {
        messages.take(event);
    });
    messages.iter().map(|(seq, message)| (seq, message.clone())).collect()
}

struct World<'s> {
    server: &'s TestServer,
    tokens: Vec<Token>,
    rooms: u64,
    messages: u64,
    refused: u64,
    done: u64,
}

impl World<'_> {
    fn signed_in(&self, who: usize) -> Native {
        let mut native = self.server.native();
        assert_eq!(word(&native.ask(resume(&self.tokens[who]))), "welcome");
        native
    }

    fn run(&mut self, steps: &[Step], middle: Index) {
        self.rooms += 1;
        let room = format!("#room{}", self.rooms);
        let mut people: Vec<Native> = (0..PEOPLE.len()).map(|who| self.signed_in(who)).collect();
        let mut id = ConversationId(0);
        for native in &mut people {
            id = conversation(native.ask(enter(&room[1..]))).id;
        }
        let [mut live, mut comes_back] = [0, 1].map(|who| {
            let mut native = self.signed_in(who);
            assert_eq!(native.ask(follow(&[(id, 0)])), Ok(Reply::Done));
            native
        });
        let mut had = Vec::new();
        let mut late = None;
        let middle = middle.index(steps.len());
        for (at, step) in steps.iter().enumerate() {
            let head = 5 + at as u64;
            let request = self.request(step, &room, head);
            match word(&people[step.who].ask(request)) {
                "done" | "posted" => self.done += 1,
                "no-such-message" | "not-allowed" => self.refused += 1,
                other => panic!("{other}: {step:?}"),
            }
            if at == middle {
                // One goes and comes back, one comes only now.
                let head = self.head(&mut people[0], &room);
                had = events_up_to(&mut comes_back, id, 0, head);
                comes_back = self.signed_in(1);
                let mut native = self.signed_in(2);
                assert_eq!(native.ask(follow(&[(id, head)])), Ok(Reply::Done));
                late = Some((native, head));
            }
        }
        let whole = log(&mut people[0], &room);
        let head = whole.len() as u64;
        let now = read(&whole);
        assert_eq!(now, read(&events_up_to(&mut live, id, 0, head)), "live");
        assert_eq!(comes_back.ask(follow(&[(id, had.len() as u64)])), Ok(Reply::Done));
        let since = events_up_to(&mut comes_back, id, had.len() as u64, head);
        assert_eq!(now, read(had.iter().chain(&since)), "came back");
        let (mut late, from) = late.unwrap();
        let since = events_up_to(&mut late, id, from, head);
        let before = pages(&mut late, &room, from);
        assert_eq!(now, read(since.iter().chain(&before)), "came late and read back");
    }

    fn request(&mut self, step: &Step, room: &str, head: u64) -> Request {
        let seq = step.to.index(usize::try_from(head).unwrap()) as u64;
        self.messages += 1;
        let text = format!("text {}", self.messages);
        let reaction = ["+1", "-1", "🎉"][usize::from(step.reaction)];
        match step.does {
            0 => reply(room, self.messages, &text, seq),
            1 | 2 => edit(room, seq, &text),
            3 => delete(room, seq),
            4 => react(room, seq, reaction, true),
            5 => react(room, seq, reaction, false),
            _ => say(room, self.messages, &text),
        }
    }

    fn head(&self, native: &mut Native, room: &str) -> u64 {
        match native.ask(history(room, Page::Newest, 1)) {
            Ok(Reply::History { events, .. }) => events.last().map_or(0, |event| event.seq.0),
            other => panic!("{other:?}"),
        }
    }
}

/// The log up to an event, by pages of three from the newest on, each with its amendments; and each of them alone reads as
/// the whole does.
fn pages(native: &mut Native, room: &str, upto: u64) -> Vec<Event> {
    let whole = read(&log(native, room));
    let mut all = Vec::new();
    let mut before = Seq(upto + 1);
    while before > Seq(1) {
        let Ok(Reply::History { events, amendments, .. }) =
            native.ask(history(room, Page::Before(before), 3))
        else {
            panic!("no page before {before}");
        };
        let page = events[0].seq..=events[events.len() - 1].seq;
        let expected: Vec<_> = whole.iter().filter(|(seq, _)| page.contains(seq)).cloned().collect();
        assert_eq!(expected, read(events.iter().chain(&amendments)), "the page {page:?} alone");
        before = events[0].seq;
        all.extend(events);
        all.extend(amendments);
    }
    all
}

#[test]
fn all_who_have_a_log_read_the_same() {
    let server = TestServer::start();
    let tokens = PEOPLE.map(|name| token(server.native().ask(sign_up(name)))).to_vec();
    let mut world = World { server: &server, tokens, rooms: 0, messages: 0, refused: 0, done: 0 };
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let cell = std::cell::RefCell::new(&mut world);
    runner
        .run(&(steps(), any::<Index>()), |(steps, middle)| {
            cell.borrow_mut().run(&steps, middle);
            Ok(())
        })
        .unwrap();
    assert!(world.done > 100 && world.refused > 50, "{} done, {} refused", world.done, world.refused);
}
