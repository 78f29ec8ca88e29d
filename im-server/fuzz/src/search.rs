//! A search: whatever is asked for is asked of SQLite as it understands it, and a word that was just said is found.

use std::cell::RefCell;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use bytes::BytesMut;
use im_proto::{
    Ask, ClientFrames, Frame, FromServer, Hello, MessageId, Password, Refusal, Reply, Request, Seq, Text,
    Words,
};
use im_server::{Config, Durability, Server};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::codec::{Decoder, Encoder};

/// The first line is searched for, the rest was said just before.
pub fn holds(bytes: &[u8]) {
    let said = String::from_utf8_lossy(bytes);
    let (words, text) = said.split_once('\n').unwrap_or((&said, &said));
    thread_local! { static SEEKER: RefCell<Seeker> = RefCell::new(Seeker::begin()); }
    SEEKER.with_borrow_mut(|seeker| {
        let posted = seeker.says(text);
        let Ok(words) = Words::parse(words) else { return };
        let found = seeker.ask(Request::Search { words: words.clone(), of: None, before: None, limit: 3 });
        let Ok(Reply::Found { found, .. }) = found else {
            assert!(!broken(&found), "{words:?}: {found:?}");
            return;
        };
        let word = words.as_str();
        let is_word = word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let was_said = text.split(|c: char| !c.is_alphanumeric()).any(|said| said == word);
        if is_word
            && was_said
            && text.is_ascii()
            && let Some(seq) = posted
        {
            assert_eq!(found.first().map(|found| found.event.seq), Some(seq), "{word:?} in {text:?}");
        }
    });
}

/// SQLite has refused a query, or something else is wrong that is nobody's fault.
fn broken(result: &Result<Reply, Refusal>) -> bool {
    matches!(result, Err(Refusal::Failed | Refusal::CannotStore | Refusal::Unreadable) | Ok(_))
}

/// Somebody on a server of their own.
struct Seeker {
    stream: TcpStream,
    unread: BytesMut,
    number: u32,
    /// Gone when this is.
    _server: (Option<Server>, Runtime, TempDir),
}

impl Seeker {
    fn begin() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = TempDir::new().expect("a folder");
        let mut config = Config::new(folder.path());
        config.addr = "127.0.0.1:0".into();
        config.durability = Durability::Process;
        let server = runtime.block_on(Server::start(config)).expect("a server");
        let mut stream = TcpStream::connect(server.address()).expect("a connection");
        stream.set_nodelay(true).expect("at once");
        stream.write_all(&Hello::OURS.to_bytes()).expect("a hello");
        stream.read_exact(&mut Hello::OURS.to_bytes()).expect("an answer");
        let _server = (Some(server), runtime, folder);
        let mut seeker = Self { stream, unread: BytesMut::new(), number: 0, _server };
        let (name, password) =
            ("seeker".parse().expect("a name"), Password::parse("secret").expect("a password"));
        assert!(matches!(seeker.ask(Request::SignUp { name, password }), Ok(Reply::Welcome { .. })));
        seeker
    }

    fn says(&mut self, text: &str) -> Option<Seq> {
        let text = Text::parse(text).ok()?;
        let message = MessageId(u128::from(self.number).to_be_bytes());
        let to = "#lobby".parse().expect("an address");
        match self.ask(Request::Post { to, message, text, reply_to: None }) {
            Ok(Reply::Posted { seq, .. }) => Some(seq),
            other => {
                assert!(!broken(&other), "{other:?}");
                None
            }
        }
    }

    fn ask(&mut self, request: Request) -> Result<Reply, Refusal> {
        self.number += 1;
        let mut codec = ClientFrames::default();
        let mut bytes = BytesMut::new();
        codec.encode(&Ask { tag: self.number, request }, &mut bytes).expect("a frame");
        self.stream.write_all(&bytes).expect("the server is there");
        loop {
            if let Some(frame) = codec.decode(&mut self.unread).expect("frames") {
                match frame {
                    Frame::Message(FromServer::Reply { tag, result }) if tag == self.number => return result,
                    Frame::Message(_) => continue,
                    Frame::Unreadable { .. } => panic!("an unreadable frame"),
                }
            }
            let mut bytes = [0; 4096];
            let read = match self.stream.read(&mut bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue, // the fuzzer's clock
                read => read.expect("the server is there"),
            };
            assert!(read > 0, "the server has closed");
            self.unread.extend_from_slice(&bytes[..read]);
        }
    }
}

impl Drop for Seeker {
    fn drop(&mut self) {
        let (server, runtime, _) = &mut self._server;
        if let Some(server) = server.take() {
            runtime.block_on(server.stop());
        }
    }
}
