//! The server: whoever connects with whatever they have is understood, and everything said is kept, in order, once.
#![doc = include_str!("../ARCHITECTURE.md")]

mod announcement;
mod carriage;
mod config;
mod dialect;
mod entry;
mod http;
mod hub;
mod listen;
mod node;
mod rules;
mod service;
mod session;
mod store;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use im_proto::{Refusal, Timestamp, UserName};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use crate::config::{Args, Command, Config, ConfigError, DEFAULT_FILE, Listen, Manner};
pub use crate::dialect::text::TelnetEcho;
use crate::http::Http;
use crate::hub::Hub;
use crate::listen::Shared;
use crate::node::Node;
use crate::service::{Service, Sources};
use crate::store::Store;
pub use crate::store::{BackupError, CheckError, CheckReport, Durability, ExportError, Invariant, OpenError};

/// When the server stops, connections have so many seconds to end by themselves.
const STOP_SECONDS_MAX: u64 = 10;

/// A running server. Dropping it ends it without a word; [`stop`](Self::stop) is the way.
pub struct Server {
    addresses: Vec<(Manner, SocketAddr)>,
    service: Arc<Service>,
    hub: Arc<Hub>,
    connections: TaskTracker,
    background: TaskTracker,
    stop: CancellationToken,
    abort: CancellationToken,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// An address cannot be listened on.
    #[error("cannot listen on {addr}: {error}")]
    Listen {
        /// Which.
        addr: String,
        /// Why.
        error: std::io::Error,
    },
}

/// Why a user was not taken out.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// There is nothing to take anybody out of.
    #[error("there is no database in the data folder {}", .0.display())]
    NoDatabase(PathBuf),
    /// The data cannot be used; perhaps a server runs on it.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is no such account.
    #[error("there is no account {0}")]
    NoSuchUser(UserName),
    /// It could not be done, or not all of it: then the next start does the rest.
    #[error(transparent)]
    Refused(Refusal),
}

impl Server {
    /// Opens the data and listens. When this returns, connections are taken.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let Config {
            addr,
            listen,
            data_dir,
            telnet_echo,
            connections_max,
            database_bytes_max,
            durability,
            guests,
            retention_days,
            log: _,
        } = config;
        let main = Listen { manner: Manner::Any, addr };
        let mut listeners = Vec::new();
        for listen in std::iter::once(&main).chain(&listen) {
            let failed = |error| StartError::Listen { addr: listen.addr.clone(), error };
            for listener in listen::bind(listen).await.map_err(failed)? {
                let addr = listener.local_addr().map_err(failed)?;
                listeners.push((listen.manner, addr, listener));
            }
        }

        let hub = Arc::new(Hub::default());
        let feed = {
            let hub = Arc::clone(&hub);
            Box::new(move |announcements| hub.publish(announcements))
        };
        let store = Store::open(&data_dir, database_bytes_max, durability, feed)?;
        let service = Arc::new(
            Service::new(store, Arc::clone(&hub), Sources { now, random }, guests).keeping(retention_days),
        );
        let node = Arc::new(Node {
            service: Arc::clone(&service),
            hub: Arc::clone(&hub),
            telnet_echo,
            connections: TaskTracker::new(),
            stop: CancellationToken::new(),
            abort: CancellationToken::new(),
        });
        let server = Self {
            addresses: listeners.iter().map(|(manner, addr, _)| (*manner, *addr)).collect(),
            service,
            hub: Arc::clone(&hub),
            connections: node.connections.clone(),
            background: TaskTracker::new(),
            stop: node.stop.clone(),
            abort: node.abort.clone(),
        };
        let places = Arc::new(Semaphore::new(connections_max));
        let http = Http::new(&node);
        let shared = Arc::new(Shared::new(node, http, places));
        for (manner, _, listener) in listeners {
            server.background.spawn(listen::accept(listener, manner, Arc::clone(&shared)));
        }
        let stop = server.stop.clone();
        server.background.spawn(async move { stop.run_until_cancelled(hub.tell_presence()).await });
        let (stop, house) = (server.stop.clone(), Arc::clone(&server.service));
        server.background.spawn(async move { stop.run_until_cancelled(house.keep_house()).await });
        Ok(server)
    }

    /// The address where everybody is understood, with its real port.
    pub fn address(&self) -> SocketAddr {
        self.addresses[0].1
    }

    /// All addresses, with their real ports.
    pub fn addresses(&self) -> &[(Manner, SocketAddr)] {
        &self.addresses
    }

    /// Takes no more connections, tells everybody, lets what was handed over be stored, and closes the data.
    pub async fn stop(self) {
        self.stop.cancel();
        self.background.close();
        self.background.wait().await;
        self.hub.close_all(Refusal::Stopping);
        self.connections.close();
        if tokio::time::timeout(Duration::from_secs(STOP_SECONDS_MAX), self.connections.wait()).await.is_err()
        {
            tracing::warn!("connections that did not end by themselves are cut off");
            self.abort.cancel();
            self.connections.wait().await;
        }
        let closed = match Arc::into_inner(self.service) {
            Some(service) => tokio::task::spawn_blocking(|| service.close()).await.is_ok(),
            None => false, // somebody still holds it, which cannot be: all tasks have ended
        };
        if !closed {
            tracing::error!("the store was not closed; the next start finds all that was acknowledged");
        }
    }
}

/// Copies the database of a data folder into a new file, whether a server runs on it or not: all that was acknowledged
/// before is in it. Its size in bytes is returned. `stopped` is asked now and then whether to give up.
pub fn backup(data_dir: &Path, to: &Path, stopped: impl Fn() -> bool) -> Result<u64, BackupError> {
    store::copy(data_dir, to, stopped)
}

/// Writes all that is kept about a user into a new file, whether a server runs on the data folder or not. Its size in bytes
/// is returned. `stopped` is asked now and then whether to give up.
pub fn export(
    data_dir: &Path,
    name: &UserName,
    to: &Path,
    stopped: impl Fn() -> bool,
) -> Result<u64, ExportError> {
    store::export(data_dir, name, to, stopped)
}

/// Takes a user out of the data of a server that does not run, and all that they have said.
pub async fn erase(config: Config, name: &UserName) -> Result<(), EraseError> {
    if !store::is_there(&config.data_dir) {
        return Err(EraseError::NoDatabase(config.data_dir));
    }
    let hub = Arc::new(Hub::default());
    // Nobody is connected who could be told.
    let store = Store::open(&config.data_dir, config.database_bytes_max, config.durability, Box::new(drop))?;
    let service = Service::new(store, hub, Sources { now, random }, false);
    let erased = service.erase_account(name.clone()).await;
    service.close();
    match erased {
        Ok(()) => Ok(()),
        Err(Refusal::NoSuchUser) => Err(EraseError::NoSuchUser(name.clone())),
        Err(refusal) => Err(EraseError::Refused(refusal)),
    }
}

/// Looks whether the database of a data folder is what it must be, whether a server runs on it or not.
pub fn check(data_dir: &Path) -> Result<CheckReport, CheckError> {
    store::check(data_dir)
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Bits that nobody can guess. Without them no account is safe: there is no going on.
#[allow(clippy::expect_used, reason = "a system without randomness cannot run a server")]
fn random() -> [u8; 32] {
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).expect("the operating system has random bits");
    bits
}
