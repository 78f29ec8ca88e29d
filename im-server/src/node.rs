//! What every connection of this node needs.

use std::sync::Arc;

use im_proto::MessageId;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::carriage::Carriage;
use crate::dialect::Dialect;
use crate::dialect::text::TelnetEcho;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::peer::Peer;
use crate::service::Service;
use crate::session::Session;

/// One running server, seen from a connection.
pub(crate) struct Node {
    pub(crate) service: Arc<Service>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) telnet_echo: TelnetEcho,
    /// Connections and sessions are tracked here, so that stopping waits for them.
    pub(crate) connections: TaskTracker,
    /// No more connections are taken.
    pub(crate) stop: CancellationToken,
    /// Connections that have not ended by themselves end now.
    pub(crate) abort: CancellationToken,
}

impl Node {
    /// A session that begins.
    pub(crate) fn session(
        &self,
        peer: Peer,
        dialect: Box<dyn Dialect>,
        carriage: Box<dyn Carriage>,
    ) -> Session {
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
