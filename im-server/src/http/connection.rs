//! What the requests of one connection share: what it becomes, and whether the last response was taken.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt};
use hyper::upgrade::OnUpgrade;
use tokio::time::timeout;

use crate::carriage::{Connected, Framing};
use crate::dialect::Dialect;
use crate::hub::Held;
use crate::service::Caller;

/// A peer that closed before it took the last response is heard of within so many milliseconds.
const RESET_MILLISECONDS: u64 = 300;

/// One connection, for the requests that come by it.
#[derive(Clone)]
pub(super) struct Connection {
    state: Arc<Mutex<State>>,
    stream: Weak<Connected>,
}

#[derive(Default)]
struct State {
    upgrade: Option<Upgrade>,
    taken: Option<BoxFuture<'static, ()>>,
    /// The response that is being written.
    held: Option<Held>,
}

/// A WebSocket that a connection becomes.
pub(super) struct Upgrade {
    pub(super) upgraded: OnUpgrade,
    pub(super) framing: Framing,
    pub(super) dialect: Box<dyn Dialect>,
    /// Who has signed in already.
    pub(super) caller: Option<Caller>,
}

impl Connection {
    pub(super) fn new(stream: &Arc<Connected>) -> Self {
        Self { state: Arc::default(), stream: Arc::downgrade(stream) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection becomes something else when the response is written.
    pub(super) fn becomes(&self, upgrade: Upgrade) {
        self.state().upgrade = Some(upgrade);
    }

    pub(super) fn upgrade(&self) -> Option<Upgrade> {
        self.state().upgrade.take()
    }

    /// A response is about to be written which keeps so much.
    pub(super) fn writes(&self, held: Held) {
        self.state().held = Some(held);
    }

    /// All was written.
    pub(super) fn written(&self) {
        self.state().held = None;
    }

    /// Something to be done as soon as the response is known to have been taken: by the next request on the connection, or by
    /// its orderly end. A connection that breaks confirms nothing.
    pub(super) fn when_taken(&self, act: BoxFuture<'static, ()>) {
        self.state().taken = Some(act);
    }

    /// What is seen of the peer while a response goes on: an item when it will send nothing more, and the end when it takes
    /// nothing more either. That a peer is gone shows only when something is sent to it.
    pub(super) fn peer(&self) -> BoxStream<'static, ()> {
        let Some(stream) = self.stream.upgrade() else { return stream::empty().boxed() };
        let next = async |stream: Arc<Connected>, ended| {
            if ended {
                stream.gone().await;
                return None;
            }
            match stream.peek().await {
                Ok(false) => Some(()),
                Ok(true) => pending().await, // it asks for something else already
                Err(_) => None,
            }
        };
        stream::unfold(false, move |ended| {
            let stream = Arc::clone(&stream);
            async move { next(stream, ended).await.map(|()| ((), true)) }
        })
        .boxed()
    }

    /// The peer asks for something else: it has taken the last response.
    pub(super) async fn next_request(&self) {
        let taken = self.state().taken.take();
        if let Some(taken) = taken {
            taken.await;
        }
    }

    /// The connection has ended, and the peer's side of it in an orderly way.
    pub(super) async fn ended(&self, stream: &Connected) {
        let taken = self.state().taken.take();
        if let Some(taken) = taken {
            // A peer that closed too early answers the response with a reset.
            let reset = timeout(Duration::from_millis(RESET_MILLISECONDS), stream.gone());
            if reset.await.is_err() {
                taken.await;
            }
        }
    }
}
