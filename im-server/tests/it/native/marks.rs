//! Whatever is said, amended and read, by whom and in which session: marks only grow, a user's sessions agree, and what is
//! unread, and what mentions one, is what a recount of the log finds.

use std::collections::BTreeMap;

use im_proto::fold::{Message, Messages};
use im_proto::{
    Body, Conversation, ConversationId, Event, Kind, Notice, Reply, Request, Seq, Text, mentions_user,
};
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::test_runner::{Config, TestRunner};

use crate::asks::{
    conversations, delete, edit, enter, log, mark, parsed, posted, resume, say, sign_up, text, token,
};
use crate::harness::{Native, TestServer};

const PEOPLE: [&str; 3] = ["ann", "bob", "cid"];

/// What is said: to nobody, to some, to all.
const TEXTS: [&str; 5] = ["x", "@ann", "hi @Bob!", "@cid, `@ann`, bob@cid", "@ann @bob @cid"];

/// Sessions of each of them.
const SESSIONS: usize = 2;

/// Two rooms, and what is between ann and each other one.
const PLACES: usize = 3;

#[derive(Debug, Clone, Copy)]
enum Act {
    /// One of [`TEXTS`].
    Say(usize),
    /// One's message of this seq, if it is one, into one of [`TEXTS`].
    Edit(u64, usize),
    /// What has this seq.
    Delete(u64),
    /// Up to this seq, which may be none of the log's.
    Mark(u64),
    Enter,
    Leave,
}

/// Who does something, in which session, where.
#[derive(Debug, Clone, Copy)]
struct Step {
    who: usize,
    session: usize,
    place: usize,
    act: Act,
}

fn step() -> impl Strategy<Value = Step> {
    let act = prop_oneof![
        6 => (0..TEXTS.len()).prop_map(Act::Say),
        2 => (0..25_u64, 0..TEXTS.len()).prop_map(|(seq, text)| Act::Edit(seq, text)),
        1 => (0..25_u64).prop_map(Act::Delete),
        4 => (0..25_u64).prop_map(Act::Mark),
        1 => Just(Act::Mark(u64::MAX)),
        2 => Just(Act::Enter),
        1 => Just(Act::Leave),
    ];
    (0..PEOPLE.len(), 0..SESSIONS, 0..PLACES, act).prop_map(|(who, session, place, act)| Step {
        who,
        session,
        place,
        act,
    })
}

/// What a place is called by somebody: rooms have the number of the run in their names.
fn address(run: u64, who: usize, place: usize) -> String {
    match (place, who) {
        (2, 0) => "@bob".into(),
        (2, _) => "@ann".into(),
        _ => format!("#room{place}-{run}"),
    }
}

/// How somebody's conversations look, one by address.
type View = BTreeMap<String, Conversation>;

/// What live notices have said of mentions, in each conversation.
type Told = BTreeMap<ConversationId, u64>;

/// What all sessions of a user say of these places: the same, and what a recount finds.
#[track_caller]
fn view(who: usize, sessions: &mut [Native], places: &[String]) -> View {
    let mut views = sessions.iter_mut().map(|session| {
        let all = conversations(session).into_iter().map(|here| (here.address.to_string(), here));
        all.filter(|(address, _)| places.contains(address)).collect::<View>()
    });
    let view = views.next().unwrap();
    assert!(views.all(|other| other == view), "sessions of one user differ");
    for (address, here) in &view {
        let events = log(&mut sessions[0], address);
        let recount = events.iter().filter(|event| event.seq > here.read && text(event).is_some()).count();
        assert_eq!(here.unread, recount as u64, "{here:?}");
        let mentions = mentions(events.iter(), here, PEOPLE[who]);
        let unread: Vec<_> = mentions.iter().copied().filter(|seq| *seq > here.read).collect();
        assert_eq!(here.mentions, unread.len() as u64, "{here:?}: {unread:?}");
        let listed = listed(&mut sessions[0], address);
        assert!(listed.iter().all(|seq| mentions.contains(seq)), "{listed:?} of {mentions:?}");
        assert!(unread.iter().all(|seq| listed.contains(seq)), "{unread:?} in {listed:?}");
        assert!(here.read <= here.head && here.head == events.last().unwrap().seq, "{here:?}");
    }
    view
}

/// The messages of others that mention somebody, as they read now.
fn mentions<'e>(log: impl Iterator<Item = &'e Event>, here: &Conversation, me: &str) -> Vec<Seq> {
    let mut messages = Messages::default();
    for event in log {
        messages.take(event);
    }
    let mentions = |text: &Text| mentions_user(text.as_str(), &parsed(me));
    let mine = |message: &Message| message.author.name == parsed(me);
    let found =
        messages.iter().filter(|(_, message)| !mine(message) && message.text.as_ref().is_some_and(mentions));
    let found = found.map(|(seq, _)| seq);
    if here.kind == Kind::Direct { Vec::new() } else { found.collect() }
}

/// Those that the server lists, of one conversation.
#[track_caller]
fn listed(session: &mut Native, address: &str) -> Vec<Seq> {
    let (mut seqs, mut before) = (Vec::new(), None);
    loop {
        let Ok(Reply::Found { found, more }) = session.ask(Request::Mentions { before, limit: 7 }) else {
            panic!()
        };
        let here = found.iter().filter(|found| found.address == parsed(address));
        seqs.extend(here.map(|found| found.event.seq));
        before = found.last().map(|found| found.position);
        if !more {
            return seqs;
        }
    }
}

/// Takes what a session was told, as a client does: one's own post marks too.
fn hear(session: &mut Native, me: &str, told: &mut Told) {
    for notice in session.notices.drain(..) {
        match notice {
            Notice::Conversation(about) => drop(told.insert(about.id, about.mentions)),
            Notice::Mentions { conversation, mentions, .. } => drop(told.insert(conversation, mentions)),
            _ => {}
        }
    }
    for event in session.events.drain(..) {
        if matches!(event.body, Body::Posted { .. }) && event.author.name == parsed(me) {
            told.insert(event.conversation, 0);
        }
    }
}

/// A mark that moved is told to the user's other sessions.
#[track_caller]
fn is_told(other: &mut Native, now: &Conversation) {
    assert_eq!(other.ask(Request::Ping), Ok(Reply::Done));
    let mut marks = other.notices.iter().filter_map(|notice| match notice {
        Notice::Mark { conversation, read, unread } if *conversation == now.id => Some((*read, *unread)),
        _ => None,
    });
    assert_eq!(marks.next_back(), Some((now.read, now.unread)));
}

struct People {
    sessions: Vec<Vec<Native>>,
    /// What each of them was told.
    told: Vec<Vec<Told>>,
    said: u64,
}

impl People {
    /// Does one step, and looks what everybody sees after it.
    fn step(&mut self, run: u64, Step { who, session, place, act }: Step, before: &mut [View]) {
        let to = address(run, who, place);
        let request = match act {
            Act::Say(text) => {
                self.said += 1;
                say(&to, self.said, TEXTS[text])
            }
            Act::Edit(seq, text) => edit(&to, seq, TEXTS[text]),
            Act::Delete(seq) => delete(&to, seq),
            Act::Mark(seq) => mark(&to, seq),
            Act::Enter if place < 2 => enter(&to[1..]),
            Act::Leave if place < 2 => Request::Leave { name: parsed(&to[1..]) },
            Act::Enter | Act::Leave => Request::Ping, // nobody leaves what is between two
        };
        let result = self.sessions[who][session].ask(request);
        for (person, before) in before.iter_mut().enumerate() {
            let places: Vec<_> = (0..PLACES).map(|place| address(run, person, place)).collect();
            let now = view(person, &mut self.sessions[person], &places);
            for (address, here) in &now {
                let earlier = before.get(address).map_or(Seq::ZERO, |before| before.read);
                let mine = person == who && *address == to && result.is_ok();
                let wanted = match act {
                    Act::Say(_) if mine => posted(result.clone()).1,
                    Act::Mark(seq) if mine => earlier.max(Seq(seq).min(here.head)),
                    Act::Enter if mine => earlier.max(here.read), // where one begins is another test's
                    _ => earlier,
                };
                let is_new = !before.contains_key(address);
                assert!(here.read == wanted || is_new, "{here:?}: {wanted:?} after {act:?}");
                if mine && matches!(act, Act::Mark(_)) && here.read > earlier {
                    is_told(&mut self.sessions[person][(session + 1) % SESSIONS], here);
                }
            }
            for (session, told) in self.sessions[person].iter_mut().zip(&mut self.told[person]) {
                hear(session, PEOPLE[person], told);
                for here in now.values() {
                    let told = told.get(&here.id).copied().unwrap_or_default();
                    assert_eq!(told, here.mentions, "{} was told of {here:?} after {act:?}", PEOPLE[person]);
                }
            }
            *before = now;
        }
    }
}

#[test]
fn marks_grow_and_unread_is_a_recount_whatever_happens() {
    let server = TestServer::start();
    let sessions = PEOPLE.map(|name| {
        let mut first = server.native();
        let key = token(first.ask(sign_up(name)));
        let mut all = vec![first];
        all.resize_with(SESSIONS, || server.native());
        all[1..].iter_mut().for_each(|session| drop(session.ask(resume(&key)).unwrap()));
        all.iter_mut().for_each(Native::follow);
        all
    });
    let told = vec![vec![Told::new(); SESSIONS]; PEOPLE.len()];
    let people = std::cell::RefCell::new((People { sessions: sessions.into(), told, said: 0 }, 0));
    let config = Config { cases: 10, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    TestRunner::new(config)
        .run(&proptest::collection::vec(step(), 10..40), |steps| {
            let (people, run) = &mut *people.borrow_mut();
            *run += 1;
            // All are in both rooms, mostly.
            let mut before = vec![View::new(); PEOPLE.len()];
            for (who, place) in [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1)] {
                people.step(*run, Step { who, session: 0, place, act: Act::Enter }, &mut before);
            }
            for step in steps {
                people.step(*run, step, &mut before);
            }
            Ok(())
        })
        .unwrap();
}
