//! WebSockets: `/ws` speaks the JSON dialect, `/mychat` is MaChat's.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use hyper::upgrade::OnUpgrade;
use tungstenite::handshake::server::create_response_with_body;

use crate::carriage::Framing;
use crate::dialect::json::Json;
use crate::dialect::text::Port;
use crate::node::{Node, fresh_id};
use crate::peer::Peer;

use super::answer::Problem;
use super::caller::{Known, is_own_origin};
use super::connection::{Connection, Upgrade};

/// The JSON dialect. Who comes with a good token or cookie is signed in from the first moment.
pub(super) fn json() -> MethodRouter<Arc<Node>> {
    get(async |Known(caller): Known, Extension(connection): Extension<Connection>, request: Request| {
        upgrade(request, |upgraded| {
            let dialect = Box::new(Json::new(fresh_id, caller.is_some()));
            let framing = Framing::MessageIsLine;
            connection.becomes(Upgrade { upgraded, framing, dialect, caller });
        })
    })
}

/// MaChat's way: its hello, then lines.
pub(super) fn machat() -> MethodRouter<Arc<Node>> {
    get(
        async |State(node): State<Arc<Node>>,
               Extension(connection): Extension<Connection>,
               Extension(peer): Extension<Peer>,
               request: Request| {
            upgrade(request, |upgraded| {
                let dialect = Box::new(node.text(Port::MachatSocket, peer));
                connection.becomes(Upgrade { upgraded, framing: Framing::Stream, dialect, caller: None });
            })
        },
    )
}

/// Checks the handshake. A browser does not ask its user before it lets any page open a WebSocket to anywhere, so who comes from
/// a page of somebody else is sent away.
fn upgrade(mut request: Request, becomes: impl FnOnce(OnUpgrade)) -> Result<Response, Problem> {
    if !is_own_origin(request.headers()) {
        return Err(Problem::foreign_origin());
    }
    let upgraded = request.extensions_mut().remove::<OnUpgrade>();
    let request = request.map(|_| ());
    let response = create_response_with_body(&request, Body::empty).map_err(Problem::bad_request)?;
    let upgraded = upgraded.ok_or_else(|| Problem::bad_request("this connection cannot be upgraded"))?;
    becomes(upgraded);
    Ok(response)
}
