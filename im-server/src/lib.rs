//! The server: whoever connects with whatever they have is understood, and everything said is kept, in order, once.
#![doc = include_str!("../ARCHITECTURE.md")]

mod admin;
mod announcement;
#[doc(hidden)]
pub mod benching;
mod carriage;
mod config;
mod dialect;
mod entry;
mod footing;
#[doc(hidden)]
pub mod fuzzing;
mod http;
mod hub;
mod limits;
mod listen;
mod machine;
mod metrics;
mod monitor;
mod naming;
mod node;
mod peer;
mod policy;
mod reload;
mod rules;
mod service;
mod session;
mod store;
mod tls;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use im_proto::{Refusal, UserName};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use crate::admin::{AskError, Listing, Operator, Order, ReachError, Told};
pub use crate::carriage::Socket;
pub use crate::config::{
    Acme, Args, BanVerb, Command, Config, ConfigError, DEFAULT_FILE, Encryption, HatchVerb, InviteVerb,
    LimitsSwitch, Listen, LogFormat, Manner, RoomVerb, TokenVerb, UserVerb,
};
pub use crate::dialect::text::TelnetEcho;
use crate::http::Http;
use crate::hub::Hub;
pub use crate::limits::Limits;
use crate::listen::Shared;
pub use crate::machine::{Machine, Work};
use crate::metrics::Metrics;
pub use crate::naming::ScriptName;
use crate::node::Node;
use crate::policy::Policies;
pub use crate::policy::Registration;
use crate::service::{Service, Sources};
use crate::store::Store;
pub use crate::store::{
    BackupError, CheckError, CheckReport, Durability, ExportError, Invariant, InvitationInfo, OpenError,
};
pub use crate::store::{ListedMember, ListedRoom, ListedToken, ListedUser};
pub use crate::tls::CertificateError;
use crate::tls::Tls;

/// When the server stops, connections have so many seconds to end by themselves.
const STOP_SECONDS_MAX: u64 = 10;

/// A writer that does not answer for so many seconds is stuck.
const ALIVE_SECONDS_MAX: u64 = 10;

/// Where connections come in.
type Listeners = Vec<(Manner, SocketAddr, TcpListener)>;

/// A running server. Dropping it ends it without a word; [`stop`](Self::stop) is the way.
pub struct Server {
    addresses: Vec<(Manner, SocketAddr)>,
    service: Arc<Service>,
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    /// Where whoever watches is answered, and what ends that.
    watchers: Option<(SocketAddr, CancellationToken, tokio::task::JoinHandle<()>)>,
    started_with: Config,
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
    /// There is no certificate for TLS.
    #[error("TLS: {0}")]
    Certificate(#[from] CertificateError),
    /// There is a port for TLS, which is switched off.
    #[error("{0}: a port for TLS, which is off")]
    NoTls(Listen),
    /// What holds for the whole server cannot be read.
    #[error("cannot read what holds for the server: {0}")]
    Begin(Refusal),
    /// An address cannot be listened on.
    #[error("cannot listen on {addr}: {error}")]
    Listen {
        /// Which.
        addr: String,
        /// Why.
        error: std::io::Error,
    },
    /// Without limits only those of this machine may come.
    #[error("--limits off is for load tests on this machine: {addr} is not a loopback address")]
    Unlimited {
        /// Where others could come.
        addr: SocketAddr,
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
        Self::start_from(machine, config, Vec::new()).await
    }

    /// The same on sockets that listen already, instead of the addresses that the configuration names.
    pub async fn start_with(
        config: Config,
        sockets: Vec<(Manner, std::net::TcpListener)>,
    ) -> Result<Self, StartError> {
        Self::start_from(Machine::REAL, config, sockets).await
    }

    async fn start_from(
        machine: Machine,
        config: Config,
        sockets: Vec<(Manner, std::net::TcpListener)>,
    ) -> Result<Self, StartError> {
        let started_with = config.clone();
        let Config {
            addr,
            listen,
            data_dir,
            telnet_echo,
            database_bytes_max,
            durability,
            limits_switch,
            metrics: watch,
            acme,
            ..
        } = config;
        let listeners = if sockets.is_empty() {
            bind_all(addr, &listen).await?
        } else {
            take_over(sockets)
                .map_err(|error| StartError::Listen { addr: "a socket that was given".into(), error })?
        };

        if limits_switch == LimitsSwitch::Off {
            on_loopback_only(&listeners)?;
        }
        let watch = monitor::bind(&watch).await.map_err(|error| StartError::Listen { addr: watch, error })?;

        let hub = Arc::new(Hub::default());
        let feed = {
            let hub = Arc::clone(&hub);
            Box::new(move |announcements| hub.publish(announcements))
        };
        let store = Store::open(&data_dir, database_bytes_max, durability, feed, machine)?;
        let tls = begin_tls(&started_with)?;
        let sources = Sources { now: machine.now, random: machine.random };
        let policy = reload::policy(&started_with, listeners.iter().map(|(_, addr, _)| *addr));
        hub.waiting.allow(policy.limits.waiting_bytes_max);
        let service = Arc::new(Service::new(store, Arc::clone(&hub), sources, Policies::new(policy)));
        service.begin().await.map_err(StartError::Begin)?;
        let node = Arc::new(Node {
            service: Arc::clone(&service),
            hub: Arc::clone(&hub),
            metrics: Arc::new(Metrics::new(service.commits())),
            telnet_echo,
            tls,
            connections: TaskTracker::new(),
            stop: CancellationToken::new(),
            abort: CancellationToken::new(),
        });
        let shared = Arc::new(Shared::new(Arc::clone(&node), Http::new(&node)));
        let mut server = Self {
            addresses: listeners.iter().map(|(manner, addr, _)| (*manner, *addr)).collect(),
            service,
            hub: Arc::clone(&hub),
            metrics: Arc::clone(&node.metrics),
            watchers: None,
            started_with,
            shared,
            connections: node.connections.clone(),
            background: TaskTracker::new(),
            stop: node.stop.clone(),
            abort: node.abort.clone(),
        };
        server.begin(listeners, watch, &data_dir);
        server.get_certificates(acme, data_dir, machine);
        Ok(server)
    }

    /// Takes connections, and does what is done beside that.
    fn begin(&mut self, listeners: Listeners, watch: Option<(SocketAddr, TcpListener)>, data_dir: &Path) {
        for (manner, _, listener) in listeners {
            self.background.spawn(listen::accept(listener, manner, Arc::clone(&self.shared)));
        }
        self.listen_to_operators(data_dir);
        self.listen_to_watchers(watch, data_dir);
        self.start_chores();
    }

    /// Certificates are got, and got anew.
    fn get_certificates(&self, acme: Option<Acme>, data_dir: PathBuf, machine: Machine) {
        let Some(acme) = acme else { return };
        let (stop, shared) = (self.stop.clone(), Arc::clone(&self.shared));
        self.background.spawn(async move {
            let Some(tls) = shared.tls() else { return };
            let getting = Box::pin(tls::acme::run(tls, &acme, &data_dir, machine));
            stop.run_until_cancelled(getting).await;
        });
    }

    fn listen_to_watchers(&mut self, bound: Option<(SocketAddr, TcpListener)>, data_dir: &Path) {
        let Some((addr, listener)) = bound else { return };
        let (metrics, service) = (Arc::clone(&self.metrics), Arc::clone(&self.service));
        let (connections, stopping) = (self.connections.clone(), self.stop.clone());
        let state = monitor::State::new(metrics, service, connections, stopping, data_dir);
        let stop = CancellationToken::new();
        let serving = tokio::spawn(monitor::serve(listener, state, stop.clone()));
        self.watchers = Some((addr, stop, serving));
    }

    /// Without it everything else works, and no command reaches this server.
    fn listen_to_operators(&self, data_dir: &Path) {
        match admin::bind(data_dir) {
            Ok(bound) => {
                let serving = admin::serve(bound, Arc::clone(&self.service), self.stop.clone());
                self.background.spawn(serving);
            }
            Err(error) => tracing::error!(%error, "there is no socket for commands"),
        }
    }

    /// What is done now and then, and for all together.
    fn start_chores(&self) {
        let (stop, hub) = (self.stop.clone(), Arc::clone(&self.hub));
        self.background.spawn(async move { stop.run_until_cancelled(hub.tell_presence()).await });
        let (stop, hub) = (self.stop.clone(), Arc::clone(&self.hub));
        self.background.spawn(async move { stop.run_until_cancelled(hub.tell_receipts()).await });
        let (stop, hub) = (self.stop.clone(), Arc::clone(&self.hub));
        self.background.spawn(async move { stop.run_until_cancelled(hub.bound_waiting()).await });
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

    /// By what people can tell that it is this server: SHA-256 of the certificate. Nothing where no TLS is spoken.
    pub fn fingerprint(&self) -> Option<String> {
        self.shared.tls().map(Tls::fingerprint)
    }

    /// Reads the files of the certificate again. Connections that are there stay; if the files are wrong, so does the
    /// certificate.
    pub fn reload_certificate(&self) -> Result<(), CertificateError> {
        self.shared.tls().map_or(Ok(()), Tls::reload)
    }

    /// Whether what is handed over for storing is stored still, or at least refused, within some seconds.
    pub async fn is_alive(&self) -> bool {
        let answers = self.service.writer_answers();
        tokio::time::timeout(Duration::from_secs(ALIVE_SECONDS_MAX), answers).await.is_ok()
    }

    /// Where it is told how the server does, if it is.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.watchers.as_ref().map(|(addr, ..)| *addr)
    }

    /// Serves a connection that did not come by a port. What is spoken there is told by its first bytes; HTTP is not.
    pub fn serve(&self, socket: impl Socket) {
        listen::welcome_unasked(socket, &self.shared);
    }

    /// Makes an account an operator of the server, or an operator an account like any other.
    pub async fn set_operator(&self, name: &UserName, on: bool) -> Result<(), Refusal> {
        self.service.set_operator(name.clone(), on).await
    }

    /// What moderators and operators did before a row of the audit log, newest first; and whether there is more.
    pub async fn audit(&self, before: Option<u64>) -> Result<(Vec<im_proto::Audited>, bool), Refusal> {
        self.service.audit_log(before).await
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
        if let Some((_, stop, serving)) = self.watchers {
            stop.cancel();
            let _ = serving.await; // it does not panic
        }
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

/// What TLS is spoken with. A port for it is one where it is spoken.
fn begin_tls(config: &Config) -> Result<Option<Tls>, StartError> {
    let tls = Tls::new(&config.tls, config.acme.as_ref(), &config.data_dir, host(&config.addr))?;
    match config.listen.iter().find(|listen| listen.manner == Manner::Tls && tls.is_none()) {
        Some(listen) => Err(StartError::NoTls(listen.clone())),
        None => Ok(tls),
    }
}

/// The host of an address to listen on.
fn host(addr: &str) -> &str {
    addr.rsplit_once(':').map_or(addr, |(host, _)| host).trim_matches(['[', ']'])
}

/// By what people can tell that it is this server: SHA-256 of the certificate. Nothing where no TLS is spoken, or where there
/// is no certificate yet.
pub fn fingerprint(config: &Config) -> Result<Option<String>, CertificateError> {
    tls::fingerprint_of(&config.tls, config.acme.as_ref(), &config.data_dir)
}

/// Listens on all that is configured.
async fn bind_all(addr: String, listen: &[Listen]) -> Result<Listeners, StartError> {
    let main = Listen { manner: Manner::Any, addr };
    let mut listeners = Vec::new();
    for listen in std::iter::once(&main).chain(listen) {
        let failed = |error| StartError::Listen { addr: listen.addr.clone(), error };
        for listener in listen::bind(listen).await.map_err(failed)? {
            let addr = listener.local_addr().map_err(failed)?;
            listeners.push((listen.manner, addr, listener));
        }
    }
    Ok(listeners)
}

/// Takes connections where somebody else has begun to listen.
fn take_over(sockets: Vec<(Manner, std::net::TcpListener)>) -> std::io::Result<Listeners> {
    let take = |(manner, socket): (Manner, std::net::TcpListener)| {
        socket.set_nonblocking(true)?;
        Ok((manner, socket.local_addr()?, TcpListener::from_std(socket)?))
    };
    sockets.into_iter().map(take).collect()
}

/// Nobody comes from elsewhere to any of them.
fn on_loopback_only(listeners: &Listeners) -> Result<(), StartError> {
    match listeners.iter().find(|(_, addr, _)| !addr.ip().to_canonical().is_loopback()) {
        Some((_, addr, _)) => Err(StartError::Unlimited { addr: *addr }),
        None => Ok(()),
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
