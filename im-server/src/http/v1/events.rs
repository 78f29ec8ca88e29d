//! What happens from now on, as server-sent events.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::carriage;
use crate::dialect::events::{Events, HEARTBEAT, Progress};
use crate::http::answer::Problem;
use crate::http::caller::Signed;
use crate::http::connection::Connection;
use crate::node::Node;
use crate::service::{Origin, Since};

use super::document;

/// Streams the events of all conversations one is in, from now on.
///
/// Each has an id. With the last one as `Last-Event-ID` the stream goes on right after it, however long that was ago, and
/// nothing is missing or comes twice. An `id` may come without an event. An event of the type `closing` says why the
/// server ends the stream.
#[utoipa::path(
    get, path = "/v1/events", tag = "messages",
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received")),
    responses(
        (status = 200, content_type = "text/event-stream", body = document::Event),
        (status = "4XX", body = document::Problem),
    ),
)]
pub(super) async fn events(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Extension(connection): Extension<Connection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let last = headers.get("last-event-id").filter(|id| !id.is_empty());
    let progress = match last.map(|id| id.to_str().ok().and_then(Progress::parse)) {
        None => None,
        Some(Some(progress)) => Some(progress),
        Some(None) => return Err(Problem::bad_request("that Last-Event-ID is none of this server's")),
    };
    let since = match progress.clone() {
        None => Since::Now,
        Some(Progress { position, further }) => {
            Since::Position { position, has: further.into_iter().collect() }
        }
    };
    let (body, pieces) = carriage::body(HEARTBEAT, connection.peer());
    let session = node.session(origin.peer, Box::new(Events::new(progress)), Box::new(body));
    let session = session.signed_in(caller).following(since);
    let abort = node.abort.clone();
    node.connections.spawn(async move { abort.run_until_cancelled(session.run(&[])).await });
    let kind = HeaderValue::from_static("text/event-stream");
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(pieces)).into_response())
}
