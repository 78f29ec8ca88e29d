//! The server: whoever connects with whatever they have is understood, and everything said is kept, in order, once.
#![doc = include_str!("../ARCHITECTURE.md")]

mod accounts;
mod announcement;
mod carriage;
mod config;
mod dialect;
mod entry;
mod http;
mod hub;
mod listen;
mod machine;
mod metrics;
mod node;
mod peer;
mod policy;
mod rules;
mod service;
mod session;
mod store;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use im_proto::{Refusal, UserName};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use crate::carriage::Socket;
pub use crate::config::{Args, Command, Config, ConfigError, DEFAULT_FILE, Listen, Manner};
pub use crate::dialect::text::TelnetEcho;
use crate::http::Http;
use crate::hub::Hub;
use crate::listen::Shared;
pub use crate::machine::{Machine, Work};
use crate::metrics::Metrics;
use crate::node::Node;
pub use crate::policy::Registration;
use crate::policy::{Policies, Policy};
use crate::service::{Service, Sources};
use crate::store::Store;
pub use crate::store::{
    BackupError, CheckError, CheckReport, Durability, ExportError, Invariant, InvitationInfo, OpenError,
    UserInfo,
};

/// When the server stops, connections have so many seconds to end by themselves.
const STOP_SECONDS_MAX: u64 = 10;

/// A running server. Dropping it ends it without a word; [`stop`](Self::stop) is the way.
pub struct Server {
    addresses: Vec<(Manner, SocketAddr)>,
    service: Arc<Service>,
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    shared: Arc<Shared>,
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
        Self::start_on(Machine::REAL, config).await
    }

    /// The same, with the time, random bits and threads of this machine.
    pub async fn start_on(machine: Machine, config: Config) -> Result<Self, StartError> {
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
            registration,
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
        let store = Store::open(&data_dir, database_bytes_max, durability, feed, machine)?;
        let sources = Sources { now: machine.now, random: machine.random };
        let registration = registration.unwrap_or_else(|| {
            let here = listeners.iter().all(|(_, addr, _)| addr.ip().to_canonical().is_loopback());
            if here { Registration::Open } else { Registration::Invite }
        });
        let retention_days = (retention_days > 0).then_some(retention_days);
        let policy = Policy { registration, guests, retention_days };
        let service = Service::new(store, Arc::clone(&hub), sources, Policies::new(policy));
        let service = Arc::new(service);
        let node = Arc::new(Node {
            service: Arc::clone(&service),
            hub: Arc::clone(&hub),
            metrics: Arc::default(),
            telnet_echo,
            connections: TaskTracker::new(),
            stop: CancellationToken::new(),
            abort: CancellationToken::new(),
        });
        let places = Arc::new(Semaphore::new(connections_max));
        let http = Http::new(&node);
        let shared = Arc::new(Shared::new(Arc::clone(&node), http, places));
        let server = Self {
            addresses: listeners.iter().map(|(manner, addr, _)| (*manner, *addr)).collect(),
            service,
            hub: Arc::clone(&hub),
            metrics: Arc::clone(&node.metrics),
            shared: Arc::clone(&shared),
            connections: node.connections.clone(),
            background: TaskTracker::new(),
            stop: node.stop.clone(),
            abort: node.abort.clone(),
        };
        for (manner, _, listener) in listeners {
            server.background.spawn(listen::accept(listener, manner, Arc::clone(&shared)));
        }
        server.start_chores();
        Ok(server)
    }

    /// What is done now and then, and for all together.
    fn start_chores(&self) {
        let (stop, hub) = (self.stop.clone(), Arc::clone(&self.hub));
        self.background.spawn(async move { stop.run_until_cancelled(hub.tell_presence()).await });
        let (stop, hub) = (self.stop.clone(), Arc::clone(&self.hub));
        self.background.spawn(async move { stop.run_until_cancelled(hub.tell_receipts()).await });
        let (stop, service) = (self.stop.clone(), Arc::clone(&self.service));
        self.background.spawn(async move { stop.run_until_cancelled(service.write_received()).await });
        let (stop, service) = (self.stop.clone(), Arc::clone(&self.service));
        self.background.spawn(async move { stop.run_until_cancelled(service.keep_house()).await });
    }

    /// The address where everybody is understood, with its real port.
    pub fn address(&self) -> SocketAddr {
        self.addresses[0].1
    }

    /// All addresses, with their real ports.
    pub fn addresses(&self) -> &[(Manner, SocketAddr)] {
        &self.addresses
    }

    /// Serves a connection that did not come by a port. What is spoken there is told by its first bytes; HTTP is not.
    pub fn serve(&self, socket: impl Socket) {
        listen::welcome_unasked(socket, &self.shared);
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
        tracing::info!("ended since the start: {}", self.metrics.ends());
        drop(self.shared);
        let closed = match Arc::into_inner(self.service) {
            Some(service) => service.close().await,
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
    let Config { data_dir, database_bytes_max, durability, .. } = config;
    let machine = Machine::REAL;
    let store = Store::open(&data_dir, database_bytes_max, durability, Box::new(drop), machine)?;
    let sources = Sources { now: machine.now, random: machine.random };
    let service = Service::new(store, hub, sources, Policies::default());
    let erased = service.erase_account(name.clone()).await;
    let closed = service.close().await;
    match erased {
        Ok(()) if closed => Ok(()),
        Ok(()) => Err(EraseError::Refused(Refusal::Failed)),
        Err(Refusal::NoSuchUser) => Err(EraseError::NoSuchUser(name.clone())),
        Err(refusal) => Err(EraseError::Refused(refusal)),
    }
}

/// Looks whether the database of a data folder is what it must be, whether a server runs on it or not.
pub fn check(data_dir: &Path) -> Result<CheckReport, CheckError> {
    store::check(data_dir)
}
