//! What was before a simulation: accounts, rooms and a log of some length, made once by the real server and used by all seeds.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use im_client::connection::{self, Asker, Hearer};
use im_proto::{Address, Ask, FromServer, Password, Reply, Request, RoomName, Text, Token, UserName};
use im_server::{Config, Durability, Encryption, Server};
use tempfile::TempDir;

use super::course::{Simulated, Wrong};
use super::ends::ClientEnd;
use super::machine::machine;
use super::network::Network;
use super::oracle::{Ledger, PostName, Target};

/// Makes the texts and ids of posts, which all seeds share.
pub(super) const WORDS: u64 = 1;

/// Those who take part, device by device: the last one is the first one's other device.
const DEVICES: [&str; 6] = ["ann", "ben", "cleo", "dan", "eve", "ann"];

/// How many posts there are already, so that not everything fits a page.
const POSTS: u32 = 450;

/// Where all is when a simulation begins.
pub(super) struct Before {
    database: Vec<u8>,
    pub(super) names: Vec<UserName>,
    pub(super) tokens: Vec<Token>,
    posts: Vec<(u32, Target, (u64, u64))>,
}

impl Before {
    /// Made when it is first asked for.
    pub(super) fn get() -> &'static Self {
        static BEFORE: OnceLock<Before> = OnceLock::new();
        BEFORE.get_or_init(|| {
            let runtime = runtime();
            runtime.block_on(make()).expect("what is before all storms can be made")
        })
    }

    /// Puts the data into a folder.
    pub(super) fn lay_down(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::write(folder.join("im.sqlite"), &self.database)
    }

    /// The books so far.
    pub(super) fn ledger(&self) -> Result<Ledger, Wrong> {
        let mut ledger = Ledger::new(DEVICES.len());
        for (user, target, place) in &self.posts {
            let number = ledger.sent(*user, *target, true);
            ledger.acknowledge((*user, number), *place, false)?;
        }
        Ok(ledger)
    }
}

/// One thread, and a clock that goes on only when nothing else can.
pub(super) fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().expect("a runtime starts")
}

/// A server on this folder: nothing but its process will end, so that no disk has to be waited for.
pub(super) fn config(folder: &Path) -> Config {
    let mut config = Config::new(folder);
    "127.0.0.1:0".clone_into(&mut config.addr);
    config.durability = Durability::Process;
    config.tls = Encryption::Off; // nothing comes by a port
    config
}

async fn make() -> Result<Before, Wrong> {
    let wrong = |error: &dyn std::fmt::Display| Wrong(error.to_string());
    let folder = TempDir::new().map_err(|error| wrong(&error))?;
    let network = Network::new(0);
    let running = tokio::spawn(Arc::clone(&network).run());
    let server =
        Server::start_on(machine(0, 0), config(folder.path())).await.map_err(|error| wrong(&error))?;
    let server = Arc::new(server);
    network.serve(Some({
        let server = Arc::clone(&server);
        Arc::new(move |end| server.serve(end))
    }));
    let (mut names, mut tokens, mut posts) = (Vec::new(), Vec::<Token>::new(), Vec::new());
    for (who, name) in (0..).zip(DEVICES) {
        let name: UserName = name.parse().map_err(|error| wrong(&error))?;
        let password = Password::parse("secret").map_err(|error| wrong(&error))?;
        let mut line = Line::dial(&network, who).await?;
        let known = names.contains(&name);
        let request = match known {
            false => Request::SignUp { name: name.clone(), password },
            true => Request::SignIn { name: name.clone(), password },
        };
        let Reply::Welcome { token: Some(token), .. } = line.ask(request).await? else {
            return Err(Wrong("no token".to_owned()));
        };
        (names, tokens) = ([names, vec![name]].concat(), [tokens, vec![token]].concat());
        for room in ["r1", "r2"].into_iter().filter(|_| !known) {
            let name = room.parse().map_err(|error| wrong(&error))?;
            line.ask(Request::Join { name, create: true }).await?;
        }
        if who == 0 {
            posts = say_much(&mut line).await?;
        }
    }
    network.serve(None);
    let server = Arc::into_inner(server).ok_or_else(|| Wrong("the server is still in use".to_owned()))?;
    server.stop().await;
    running.abort();
    let database = std::fs::read(folder.path().join("im.sqlite")).map_err(|error| wrong(&error))?;
    Ok(Before { database, names, tokens, posts })
}

/// Fills a room.
async fn say_much(line: &mut Line) -> Result<Vec<(u32, Target, (u64, u64))>, Wrong> {
    let room: RoomName = "r1".parse().map_err(|_| Wrong("no name".to_owned()))?;
    let mut posts = Vec::new();
    for number in 0..POSTS {
        let name = PostName { user: 0, session: 0, number };
        let text = Text::parse(&name.text(WORDS)).map_err(|error| Wrong(error.to_string()))?;
        let request =
            Request::Post { to: Address::Room(room.clone()), message: name.id(WORDS), text, reply_to: None };
        match line.ask(request).await? {
            Reply::Posted { conversation, seq, .. } => {
                posts.push((0, Target::Named(1), (conversation.0, seq.0)));
            }
            other => return Err(Wrong(format!("not posted: {other:?}"))),
        }
    }
    Ok(posts)
}

/// A connection on which questions are asked one by one.
pub(super) struct Line {
    asker: Asker<ClientEnd>,
    hearer: Hearer<ClientEnd>,
}

impl Line {
    pub(super) async fn dial(network: &Arc<Network>, who: u32) -> Result<Self, Wrong> {
        let by = Simulated { network: Arc::clone(network), who };
        let opened = connection::open(&by, "server").await;
        let (asker, hearer) = opened.map_err(|error| Wrong(error.to_string()))?;
        Ok(Self { asker, hearer })
    }

    pub(super) async fn ask(&mut self, request: Request) -> Result<Reply, Wrong> {
        let broken = |error: connection::ConnectionError| Wrong(error.to_string());
        self.asker.feed(&Ask { tag: 1, request }).await.map_err(broken)?;
        self.asker.flush().await.map_err(broken)?;
        loop {
            match self.hearer.next().await.map_err(broken)? {
                FromServer::Reply { result: Ok(reply), .. } => return Ok(reply),
                FromServer::Reply { result: Err(refusal), .. } => return Err(Wrong(refusal.to_string())),
                _ => {}
            }
        }
    }
}
