//! Where connections come in: bound addresses, the accept loop, and what each connection turns out to speak.

mod browsers;
mod descriptors;
mod encrypted;
mod sniff;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};

use crate::carriage::Socket;
use crate::config::{Listen, Manner};
use crate::http::Http;
use crate::limits::{NoPlace, Place, Places};
use crate::metrics::End;
use crate::node::Node;
use crate::peer::Peer;
use crate::tls::Tls;

use self::browsers::Browsers;
pub(crate) use self::descriptors::places;

/// A peer that vanished without a word is noticed after about this many seconds of silence.
const KEEPALIVE_SECONDS: u64 = 60;

/// How long to wait when the system has no descriptor for another connection, in milliseconds.
const ACCEPT_RETRY_MILLISECONDS: u64 = 100;

/// Connections that wait to be accepted.
const BACKLOG_MAX: i32 = 4096;

/// What every connection is served with.
pub(crate) struct Shared {
    node: Arc<Node>,
    http: Http,
    places: Arc<Places>,
    browsers: Browsers,
}

impl Shared {
    pub(crate) fn new(node: Arc<Node>, http: Http) -> Self {
        Self { node, http, places: Arc::default(), browsers: Browsers::default() }
    }

    /// A place for one more connection. That there is none is counted.
    fn place(&self, peer: Peer) -> Result<Place, NoPlace> {
        let policy = self.node.service.policy();
        let place = self.places.take(peer, policy.connections_max, &policy.limits);
        if let Err(none) = place {
            self.node.metrics.ended(match none {
                NoPlace::AtAll => End::NoPlace,
                NoPlace::ForAddress => End::NoPlaceForAddress,
            });
        }
        place
    }

    pub(crate) fn tls(&self) -> Option<&Tls> {
        self.node.tls.as_ref()
    }
}

/// Binds all addresses that a name stands for: `localhost` may be two.
pub(crate) async fn bind(listen: &Listen) -> io::Result<Vec<TcpListener>> {
    let addr = match listen.addr.strip_prefix(':') {
        Some(port) => format!("0.0.0.0:{port}"),
        None => listen.addr.clone(),
    };
    let mut bound = Vec::new();
    for addr in tokio::net::lookup_host(addr).await? {
        match bind_one(addr) {
            Ok(listener) => bound.push(listener),
            // The machine may know an address that it does not have, such as IPv6's.
            Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {}
            Err(error) => return Err(error),
        }
        if addr.port() == 0 {
            break; // one free port, not one for each address
        }
    }
    if bound.is_empty() { Err(io::ErrorKind::AddrNotAvailable.into()) } else { Ok(bound) }
}

fn bind_one(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket2::Socket::new(socket2::Domain::for_address(addr), socket2::Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    socket.listen(BACKLOG_MAX)?;
    TcpListener::from_std(socket.into())
}

/// Takes connections until the server stops.
pub(crate) async fn accept(listener: TcpListener, manner: Manner, shared: Arc<Shared>) {
    let mut short = false;
    loop {
        let accepted = tokio::select! {
            biased;
            () = shared.node.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if std::mem::take(&mut short) {
                    tracing::info!("connections are taken again");
                }
                tracing::debug!(%peer, "connected");
                shared.node.metrics.accepted.inc();
                welcome(stream, peer, manner, &shared);
            }
            Err(error) => {
                // Out of descriptors, most likely: those who are connected are served on.
                if !std::mem::replace(&mut short, true) {
                    tracing::warn!(%error, "a connection could not be taken; those that come wait");
                }
                tokio::time::sleep(Duration::from_millis(ACCEPT_RETRY_MILLISECONDS)).await;
            }
        }
    }
}

fn welcome(stream: TcpStream, peer: SocketAddr, manner: Manner, shared: &Arc<Shared>) {
    let peer = Peer::new(peer.ip(), false);
    if shared.node.service.is_banned(peer) {
        let _ = stream.try_write(format!("{}\r\n", im_proto::Refusal::AddressBanned).as_bytes()); // and closes
        return;
    }
    let place = match shared.place(peer) {
        Ok(place) => place,
        Err(none) => {
            let _ = stream.try_write(none.sentence().as_bytes()); // and closes
            return;
        }
    };
    if let Err(error) = settle(&stream) {
        tracing::debug!(%error, "a connection was gone before it began");
        return;
    }
    let connection = Arc::clone(shared);
    shared.node.connections.spawn(async move {
        let served = sniff::serve(stream, peer, manner, &connection);
        connection.node.abort.run_until_cancelled(served).await;
        drop(place);
    });
}

/// A connection that did not come by a port.
pub(crate) fn welcome_unasked(socket: impl Socket, shared: &Arc<Shared>) {
    let peer = socket.peer().map_or(Peer::HERE, |peer| Peer::new(peer.ip(), false));
    let Ok(place) = shared.place(peer) else { return }; // and closes
    let connection = Arc::clone(shared);
    shared.node.connections.spawn(async move {
        let served = sniff::serve_session(socket, peer, &connection);
        connection.node.abort.run_until_cancelled(served).await;
        drop(place);
    });
}

fn settle(stream: &TcpStream) -> io::Result<()> {
    // What is said is sent at once; gathering is done by whoever writes.
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(KEEPALIVE_SECONDS))
        .with_interval(Duration::from_secs(KEEPALIVE_SECONDS / 4))
        .with_retries(4);
    SockRef::from(stream).set_tcp_keepalive(&keepalive)
}
