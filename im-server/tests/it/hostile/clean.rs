//! Whatever anybody sends, by whatever manner: what reaches others are lines that cannot move a terminal.

use std::cell::RefCell;
use std::io::Read;

use im_proto::{MessageId, Refusal, Reply, Request, RoomName, Text, UserName};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::asks::{enter, join, parsed, posted, say, sign_up, word};
use crate::harness::{Native, Peer, TestServer};
use crate::native::guests::guest;

/// Whatever could do harm on a terminal, in bytes.
const HARMFUL: &[&[u8]] = &[
    b"\x1b[2J",
    b"\x1b]0;owned\x07",
    b"\x9b31m",
    "\u{9b}31m".as_bytes(),
    "\u{85}".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{2066}".as_bytes(),
    "\u{200f}".as_bytes(),
    "\u{2028}".as_bytes(),
    b"\0",
    b"\x07",
    b"\x08",
    b"\x0b\x0c",
    b"\x0e",
    b"\x7f",
    b"\x15",
    b"\x17",
    b"\x03",
    b"\xff\xff",
    b"\xff\xf4\xff\xfd\x06",
    b"\xff\xfb\x01\xff\xfd\x03",
    b"\xff\xfa\x1f\0\xff\xff\0\xff\xf0",
    b"\xff\xf6",
    b"\xff\xf7",
    b"\xff",
    b"\xc3",
    b"\xe2\x80",
    b"\r",
    b"\r\0",
];

/// Words that make a line do something, in every manner.
const WORDS: &[&str] = &[
    "/username ",
    "/nick ",
    "@Mina ",
    "@John ",
    "@foo ",
    "@neil ",
    "@nobody ",
    "/msg matt ",
    "/all ",
    "/say ",
    "//",
    "/join ",
    "/join devroom",
    "/talk ",
    "/talk John",
    "to user: Mina",
    "to group: lobby",
    "to user: ",
    "to group: ",
    "create group: ",
    "join group: ",
    "invite group: ",
    "/leave ",
    "/list ",
    "/history #lobby ",
    "/help ",
    "/stop",
    "/time",
    "/nosuch",
    "/signup ",
    "signin: ",
    "signout",
    "INIT:",
    "{\"name\":\"",
    "\",\"room\":\"",
    "\"}",
    "\\u001b[2J",
    "\\n",
    "Y",
    "/",
    "@",
    ":",
    " ",
];

pub(crate) fn some_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => proptest::sample::select(HARMFUL).prop_map(<[u8]>::to_vec),
        4 => proptest::sample::select(WORDS).prop_map(|word| word.as_bytes().to_vec()),
        3 => Just(b"\n".to_vec()),
        1 => Just(b"\r\n".to_vec()),
        2 => "[a-z]{1,5}".prop_map(String::into_bytes),
        1 => any::<String>().prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A name of any characters that a name may hold, sometimes one that a new name may be.
pub(crate) fn some_name() -> impl Strategy<Value = UserName> {
    let raw = prop_oneof![
        "[\\p{L}][\\p{L}\\p{N}\\p{M}_.-]{0,8}",
        "[a-zà-ö][a-zà-ö0-9_.-]{0,8}",
        "[а-я]{1,8}",
        "[א-ת]{1,8}",
        "[一-龥]{1,8}",
    ];
    raw.prop_filter_map("a name", |raw| UserName::parse(&raw).ok())
}

#[derive(Debug, Clone)]
enum Sent {
    /// Bytes to the port of a manner, after what the manner begins with.
    Bytes { port: &'static str, begin: &'static str, bytes: Vec<u8>, byte_by_byte: bool },
    /// Natively, as a guest of this name, who makes this room and takes the other name.
    Native { name: UserName, room: String, other: UserName, text: String },
}

/// Which port, and what is sent there first: in the middle of which the rest comes.
const BEGINS: &[(&str, &str)] = &[
    ("any", ""),
    ("any", "hello\n"),
    ("any", "{\"name\":\"Eve\",\"room\":\"devroom\"}\n"),
    ("any", "{\"name\":\""),
    ("any", "{\"name\":\"Eve\",\"room\":\"dev"),
    ("any", "INIT:Eve:John\n"),
    ("any", "INIT:Eve:"),
    ("any", "signin: eve\nsecret\nto group: lobby\n"),
    ("any", "signup: "),
    ("goim", ""),
    ("lobby", ""),
    ("lobby", "/username "),
    ("machat", ""),
    ("machat", "{\"name\":\"Eve\",\"room\":\"devroom\"}"),
    ("tinychat", ""),
    ("tinychat", "Eve\nJohn\n"),
];

fn some_sent() -> impl Strategy<Value = Sent> {
    let bytes = (proptest::sample::select(BEGINS), some_bytes(), any::<bool>());
    let bytes = bytes.prop_map(|((port, begin), bytes, byte_by_byte)| Sent::Bytes {
        port,
        begin,
        bytes,
        byte_by_byte,
    });
    let text = some_bytes().prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let native = (some_name(), some_name(), some_name(), text);
    let native = native.prop_map(|(name, room, other, text)| Sent::Native {
        name,
        room: room.to_string(),
        other,
        text,
    });
    prop_oneof![3 => bytes, 1 => native]
}

/// Somebody by text, who keeps all that ever reached them.
pub(super) struct Listener {
    pub(super) who: &'static str,
    pub(super) peer: Peer,
    pub(super) got: Vec<u8>,
    /// How much was looked at and found clean.
    taken: usize,
}

impl Listener {
    pub(super) fn begin(
        server: &TestServer,
        who: &'static str,
        port: &str,
        begin: &str,
        until: &str,
    ) -> Self {
        let mut peer = Peer::connect(server.addr_of(port));
        peer.send(begin);
        if !until.is_empty() {
            peer.until(until);
        }
        Self { who, peer, got: Vec::new(), taken: 0 }
    }

    /// Reads until there is this line, or to the end.
    pub(super) fn until(&mut self, wanted: Option<&str>) {
        let mut bytes = [0; 4096];
        loop {
            let found =
                wanted.is_some_and(|wanted| self.got.windows(wanted.len()).any(|w| w == wanted.as_bytes()));
            if found {
                return;
            }
            match self.peer.stream().read(&mut bytes).unwrap() {
                0 if wanted.is_none() => return,
                0 => panic!("{} was sent away: {:?}", self.who, String::from_utf8_lossy(&self.got)),
                read => self.got.extend_from_slice(&bytes[..read]),
            }
        }
    }
}

/// What is wrong with what somebody got, if anything is.
pub(crate) use crate::fuzz::bodies::escapes::harm;

/// Takes telnet's own answers out.
pub(crate) fn without_telnet(got: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = got;
    while let Some((first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (255, [251..=254, _, tail @ ..]) => tail,
            _ => {
                out.push(*first);
                tail
            }
        };
    }
    out
}

fn send(server: &TestServer, sent: &Sent) -> Result<(), TestCaseError> {
    match sent {
        Sent::Bytes { port, begin, bytes, byte_by_byte } => {
            let peer = Peer::connect(server.addr_of(port));
            let mut eve = Listener { who: "eve", peer, got: Vec::new(), taken: 0 };
            let all = [begin.as_bytes(), bytes, b"\nand on\n"].concat();
            // They may be sent away in the middle of it.
            let mut stream = eve.peer.stream();
            let mut write = |bytes: &[u8]| std::io::Write::write_all(&mut stream, bytes);
            let written = if *byte_by_byte { all.chunks(1).try_for_each(write) } else { write(&all) };
            let _ = written.and_then(|()| eve.peer.stream().shutdown(std::net::Shutdown::Write));
            let mut rest = [0; 4096];
            while let Ok(read @ 1..) = eve.peer.stream().read(&mut rest) {
                eve.got.extend_from_slice(&rest[..read]);
            }
            // A native hello is answered natively.
            if !all.starts_with(&[0]) {
                prop_assert_eq!(harm(&without_telnet(&eve.got)), None, "to eve");
            }
        }
        Sent::Native { name, room, other, text } => {
            let mut eve = server.native();
            let _ = eve.ask(Request::ComeAsGuest { name: Some(name.clone()) });
            eve.follow_if_may();
            let room: RoomName = parsed(room);
            let _ = eve.ask(Request::Join { name: room, create: true });
            for (number, to) in (0..).zip(["#lobby", "#devroom", "@neil", "@matt", "@foo", "@Mina", "@John"])
            {
                if let Ok(text) = Text::parse(text) {
                    let message = MessageId([number; 16]);
                    let _ = eve.ask(Request::Post { to: parsed(to), message, text, reply_to: None });
                }
            }
            let _ = eve.ask(Request::Rename { name: other.clone() });
            let _ = eve.ask(say("#lobby", 77, "under another name"));
        }
    }
    Ok(())
}

impl Native {
    fn follow_if_may(&mut self) {
        let followed = self.ask(Request::Follow { after: Vec::new() });
        assert!(matches!(followed, Ok(Reply::Done) | Err(Refusal::NotSignedIn)), "{followed:?}");
    }
}

#[test]
fn nothing_that_moves_a_terminal_reaches_anybody() {
    let server = TestServer::start();
    assert_eq!(word(&server.native().ask(sign_up("eve"))), "welcome");
    let mut bell = guest(&server, "bell");
    for room in [enter("devroom"), join("lobby")] {
        assert_eq!(word(&bell.ask(room)), "conversation");
    }
    let mut listeners = [
        Listener::begin(&server, "neil", "any", "/username neil\n/join devroom\n/all here\n", "in devroom\n"),
        Listener::begin(&server, "matt", "lobby", "/nick matt\r\n/join devroom\r\n", "in devroom\r\n"),
        Listener::begin(&server, "foo", "any", "signup: foo\nx\nx\n/join devroom\n", "group devroom.\n"),
        Listener::begin(
            &server,
            "Mina",
            "machat",
            "{\"name\":\"Mina\",\"room\":\"devroom\"}hi\n",
            "Mina:hi\n",
        ),
        Listener::begin(&server, "John", "tinychat", "INIT:John:Eve\n/join devroom\n", "in devroom\n"),
    ];
    let config = Config { cases: 200, failure_persistence: None, max_shrink_iters: 100, ..Config::default() };
    let world = RefCell::new((bell, &mut listeners, 0));
    let result = TestRunner::new(config).run(&some_sent(), |sent| {
        let (bell, listeners, rung) = &mut *world.borrow_mut();
        send(&server, &sent)?;
        // When all have heard the bell they have heard what was sent before, but for what has no order.
        *rung += 1;
        let sound = format!("bell {rung}");
        posted(bell.ask(say("#devroom", *rung, &sound)));
        for listener in listeners.iter_mut() {
            listener.until(Some(&sound));
            let got = std::mem::take(&mut listener.got);
            prop_assert_eq!(harm(&got), None, "to {}", listener.who);
            listener.taken += got.len();
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    for mut listener in listeners {
        listener.peer.send("/bye\n");
        listener.until(None);
        assert_eq!(harm(&listener.got), None, "to {}", listener.who);
        // They did hear something.
        assert!(listener.taken > 10_000, "{} has heard {} bytes", listener.who, listener.taken);
    }
}
