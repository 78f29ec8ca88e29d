//! A server on a free port with a folder that vanishes, and clients that wait for what they expect, never for time.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use bytes::BytesMut;
use im_proto::{Ask, ClientFrames, Event, Frame, FromServer, Hello, Notice, Refusal, Reply, Request};
use im_server::{Config, Listen, Manner, Operator, Order, Server, Told};
use socket2::{Domain, Socket, Type};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::codec::{Decoder, Encoder};

/// How long an answer may take before a test gives up, in seconds. Nothing waits this long unless it fails.
const PATIENCE_SECONDS: u64 = 30;

/// A server in this process.
pub(crate) struct TestServer {
    runtime: Runtime,
    server: Option<Server>,
    folder: TempDir,
    change: Box<dyn Fn(&mut Config) + Send + Sync>,
}

impl TestServer {
    pub(crate) fn start() -> Self {
        Self::with(|_| {})
    }

    /// A server whose configuration is changed.
    pub(crate) fn with(change: impl Fn(&mut Config) + Send + Sync + 'static) -> Self {
        let runtime = Runtime::new().unwrap();
        let mut server =
            Self { runtime, server: None, folder: TempDir::new().unwrap(), change: Box::new(change) };
        server.start_again();
        server
    }

    pub(crate) fn start_again(&mut self) {
        let mut config = Config::new(self.folder.path());
        config.addr = "127.0.0.1:0".into();
        let text = [Manner::Goim, Manner::Lobby, Manner::Machat, Manner::Tinychat];
        let others = [Manner::Native, Manner::Http, Manner::Json];
        let listen = |manner| Listen { manner, addr: "127.0.0.1:0".into() };
        config.listen = text.into_iter().chain(others).map(listen).collect();
        (self.change)(&mut config);
        self.server = Some(self.runtime.block_on(Server::start(config)).unwrap());
    }

    /// Stops as the program does, and starts on the same data.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    /// The same, with another configuration.
    pub(crate) fn restart_with(&mut self, change: fn(&mut Config)) {
        self.change = Box::new(change);
        self.restart();
    }

    pub(crate) fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.stop());
        }
    }

    /// What comes of an operator's order, through the socket in the data folder.
    pub(crate) fn order(&self, order: Order) -> Told {
        let config = Config::new(self.folder.path());
        self.runtime.block_on(async { Operator::begin(config, order).await.unwrap().1 })
    }

    /// Where it keeps everything.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.server.as_ref().unwrap().address()
    }

    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.server.as_ref().unwrap().addresses().iter().map(|(_, addr)| *addr).collect()
    }

    /// The address of the port of a manner, by its word.
    pub(crate) fn addr_of(&self, manner: &str) -> SocketAddr {
        let addresses = self.server.as_ref().unwrap().addresses();
        addresses.iter().find(|(found, _)| found.word() == manner).unwrap().1
    }

    pub(crate) fn text(&self) -> Peer {
        Peer::connect(self.addr())
    }

    /// A peer on the port for go-im's manner, where nobody is a guest.
    pub(crate) fn goim(&self) -> Peer {
        Peer::connect(self.addr_of("goim"))
    }

    /// Somebody with an account, signed in by text.
    pub(crate) fn text_user(&self, name: &str) -> Peer {
        let mut peer = self.text();
        peer.send(&format!("signup: {name}\nsecret\nsecret\n"));
        peer.expect(
            "[from system] enter password:[from system] re-enter password:[from system] auth succeed.\n",
        );
        peer
    }

    pub(crate) fn native(&self) -> Native {
        Native::connect(self.addr())
    }

    /// Somebody with an account, signed in natively.
    pub(crate) fn native_user(&self, name: &str) -> Native {
        let mut native = self.native();
        native.sign_up(name).unwrap();
        native
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A plain connection.
pub(crate) struct Peer {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Peer {
    pub(crate) fn connect(addr: SocketAddr) -> Self {
        Self::of(TcpStream::connect(addr).unwrap())
    }

    /// The same from another address of this machine.
    pub(crate) fn connect_from(from: IpAddr, addr: SocketAddr) -> Self {
        let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::new(from, 0).into()).unwrap();
        socket.connect(&addr.into()).unwrap();
        Self::of(socket.into())
    }

    pub(crate) fn of(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(Duration::from_secs(PATIENCE_SECONDS))).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, unread: Vec::new() }
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub(crate) fn send(&mut self, text: &str) {
        self.send_bytes(text.as_bytes());
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Says that nothing more will be sent.
    pub(crate) fn half_close(&self) {
        self.stream.shutdown(Shutdown::Write).unwrap();
    }

    /// Takes exactly these bytes, the next that come.
    #[track_caller]
    pub(crate) fn expect(&mut self, wanted: &str) {
        self.expect_bytes(wanted.as_bytes());
    }

    #[track_caller]
    pub(crate) fn expect_bytes(&mut self, wanted: &[u8]) {
        while self.unread.len() < wanted.len() && self.unread == wanted[..self.unread.len()] && self.more() {}
        let got = &self.unread[..self.unread.len().min(wanted.len())];
        assert!(
            got == wanted,
            "expected {:?}\n     got {:?}",
            String::from_utf8_lossy(wanted),
            String::from_utf8_lossy(&self.unread)
        );
        self.unread.drain(..wanted.len());
    }

    /// Takes everything up to and including some text.
    #[track_caller]
    pub(crate) fn until(&mut self, wanted: &str) -> String {
        loop {
            let text = String::from_utf8_lossy(&self.unread).into_owned();
            if let Some(at) = text.find(wanted) {
                let taken = text[..at + wanted.len()].to_owned();
                self.unread.drain(..taken.len().min(self.unread.len()));
                return taken;
            }
            assert!(self.more(), "waited for {wanted:?}, got {text:?}");
        }
    }

    /// Takes the next so many bytes.
    #[track_caller]
    pub(crate) fn take(&mut self, count: usize) -> Vec<u8> {
        while self.unread.len() < count {
            assert!(self.more(), "waited for {count} bytes, got {:?}", String::from_utf8_lossy(&self.unread));
        }
        self.unread.drain(..count).collect()
    }

    /// The next line without its end. Nothing: the other side has closed.
    #[track_caller]
    pub(crate) fn line(&mut self) -> Option<String> {
        let mut searched = 0;
        loop {
            let new = self.unread[searched..].iter().position(|byte| *byte == b'\n');
            if let Some(end) = new.map(|at| searched + at) {
                let line = self.take(end + 1);
                return Some(String::from_utf8(line[..end].to_vec()).unwrap());
            }
            searched = self.unread.len();
            if !self.more() {
                assert!(self.unread.is_empty(), "half a line: {:?}", String::from_utf8_lossy(&self.unread));
                return None;
            }
        }
    }

    /// Everything up to the end of the stream.
    #[allow(clippy::wrong_self_convention, reason = "it reads on, to the end")]
    pub(crate) fn to_end(&mut self) -> String {
        while self.more() {}
        String::from_utf8_lossy(&std::mem::take(&mut self.unread)).into_owned()
    }

    /// Reads what comes next. Nothing: the other side has closed.
    #[track_caller]
    pub(crate) fn more(&mut self) -> bool {
        let mut bytes = [0; 4096];
        loop {
            match self.stream.read(&mut bytes) {
                Ok(read) => {
                    self.unread.extend_from_slice(&bytes[..read]);
                    return read > 0;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                    return false;
                }
                Err(error) => {
                    panic!("nothing came ({error}); unread: {:?}", String::from_utf8_lossy(&self.unread))
                }
            }
        }
    }
}

/// A native client.
pub(crate) struct Native {
    peer: Peer,
    codec: ClientFrames,
    buffer: BytesMut,
    last_tag: u32,
    /// Events and notices that came while a reply was waited for.
    pub(crate) events: Vec<Event>,
    pub(crate) notices: Vec<Notice>,
}

impl Native {
    pub(crate) fn connect(addr: SocketAddr) -> Self {
        Self::over(Peer::connect(addr))
    }

    /// The same from another address of this machine.
    pub(crate) fn connect_from(from: IpAddr, addr: SocketAddr) -> Self {
        Self::over(Peer::connect_from(from, addr))
    }

    fn over(mut peer: Peer) -> Self {
        peer.send_bytes(&Hello::OURS.to_bytes());
        peer.expect_bytes(&Hello::OURS.to_bytes());
        let codec = ClientFrames::default();
        Self { peer, codec, buffer: BytesMut::new(), last_tag: 0, events: Vec::new(), notices: Vec::new() }
    }

    pub(crate) fn peer(&mut self) -> &mut Peer {
        &mut self.peer
    }

    /// Sends a request and does not wait. The tag of its reply is returned.
    pub(crate) fn send(&mut self, request: Request) -> u32 {
        self.last_tag += 1;
        let mut bytes = BytesMut::new();
        self.codec.encode(&Ask { tag: self.last_tag, request }, &mut bytes).unwrap();
        self.peer.send_bytes(&bytes);
        self.last_tag
    }

    /// The next message; nothing when the server has closed.
    #[track_caller]
    pub(crate) fn next(&mut self) -> Option<FromServer> {
        loop {
            self.buffer.extend_from_slice(&std::mem::take(&mut self.peer.unread));
            match self.codec.decode(&mut self.buffer).unwrap() {
                Some(Frame::Message(message)) => return Some(message),
                Some(unreadable) => panic!("{unreadable:?}"),
                None if self.peer.more() => {}
                None => return None,
            }
        }
    }

    /// Sends a request and waits for its reply, keeping what else comes.
    #[track_caller]
    pub(crate) fn ask(&mut self, request: Request) -> Result<Reply, Refusal> {
        let sent = self.send(request);
        let (tag, result) = self.reply();
        assert_eq!(tag, sent);
        result
    }

    /// The next reply, keeping what else comes.
    #[track_caller]
    pub(crate) fn reply(&mut self) -> (u32, Result<Reply, Refusal>) {
        loop {
            match self.next().expect("a reply") {
                FromServer::Reply { tag, result } => return (tag, result),
                FromServer::Event(event) => self.events.push(event),
                FromServer::Notice(notice) => self.notices.push(notice),
            }
        }
    }

    /// Waits until an event was seen, now or before, and takes all up to it.
    #[track_caller]
    pub(crate) fn event(&mut self, wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            if let Some(at) = self.events.iter().position(&wanted) {
                return self.events.drain(..=at).next_back().unwrap();
            }
            match self.next().expect("an event") {
                FromServer::Event(event) => self.events.push(event),
                FromServer::Notice(notice) => self.notices.push(notice),
                FromServer::Reply { .. } => panic!("a reply that was not asked for"),
            }
        }
    }

    /// Waits until a notice was seen, now or before, and takes it.
    #[track_caller]
    pub(crate) fn notice(&mut self, wanted: impl Fn(&Notice) -> bool) -> Notice {
        loop {
            if let Some(at) = self.notices.iter().position(&wanted) {
                return self.notices.remove(at);
            }
            match self.next().expect("a notice") {
                FromServer::Event(event) => self.events.push(event),
                FromServer::Notice(notice) => self.notices.push(notice),
                FromServer::Reply { .. } => panic!("a reply that was not asked for"),
            }
        }
    }

    pub(crate) fn sign_up(&mut self, name: &str) -> Result<Reply, Refusal> {
        let password = im_proto::Password::parse("secret").unwrap();
        self.ask(Request::SignUp { name: name.parse().unwrap(), password })
    }

    pub(crate) fn follow(&mut self) {
        assert_eq!(self.ask(Request::Follow { after: Vec::new() }), Ok(Reply::Done));
    }
}
