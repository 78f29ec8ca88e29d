//! What every connection of this node needs.

use std::sync::Arc;

use im_proto::MessageId;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::carriage::Carriage;
use crate::dialect::Dialect;
use crate::dialect::text::{Port, TelnetEcho, Text};
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::peer::Peer;
use crate::service::Service;
use crate::session::Session;
use crate::tls::Tls;

/// What one is told instead of being asked for a password that could be read on the way.
const NOT_ENCRYPTED: &str = "this connection is not encrypted, and a password could be read on the way: come by \
    openssl s_client -quiet -connect HOST:PORT, by im-client --addr HOST:PORT, or by https://HOST:PORT/";
const NO_ENCRYPTION: &str = "this connection is not encrypted, and a password could be read on the way: this server takes none \
    so, and speaks no TLS; whoever runs it can change either";

/// One running server, seen from a connection.
pub(crate) struct Node {
    pub(crate) service: Arc<Service>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) telnet_echo: TelnetEcho,
    /// Encryption, where it is spoken.
    pub(crate) tls: Option<Tls>,
    /// Connections and sessions are tracked here, so that stopping waits for them.
    pub(crate) connections: TaskTracker,
    /// No more connections are taken.
    pub(crate) stop: CancellationToken,
    /// Connections that have not ended by themselves end now.
    pub(crate) abort: CancellationToken,
}

impl Node {
    /// The text dialect for somebody.
    pub(crate) fn text(&self, port: Port, peer: Peer) -> Text {
        let text = Text::new(port, fresh_id, self.telnet_echo);
        match (self.service.takes_password_of(peer), &self.tls) {
            (true, _) => text,
            (false, Some(_)) => text.without_passwords(NOT_ENCRYPTED),
            (false, None) => text.without_passwords(NO_ENCRYPTION),
        }
    }

    /// A session that begins.
    pub(crate) fn session(
        &self,
        peer: Peer,
        dialect: Box<dyn Dialect>,
        carriage: Box<dyn Carriage>,
    ) -> Box<Session> {
        let (service, hub) = (Arc::clone(&self.service), Arc::clone(&self.hub));
        Session::new(service, hub, Arc::clone(&self.metrics), peer, dialect, carriage)
    }
}

/// The id of a post, for peers that make none.
pub(crate) fn fresh_id() -> MessageId {
    let mut id = [0; 16];
    id.copy_from_slice(&crate::machine::random()[..16]);
    MessageId(id)
}
