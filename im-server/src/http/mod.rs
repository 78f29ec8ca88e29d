//! HTTP: the page, the API, and what becomes a WebSocket. A request that is no upgrade has no session: it is read, asked of
//! the service, and answered.

mod answer;
mod body;
mod caller;
mod connection;
mod gotalk;
mod link;
mod page;
mod upgrade;
mod v1;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use im_proto::{Refusal, TEXT_BYTES_MAX};
use tokio::time::timeout;
use tower_http::timeout::TimeoutLayer;

use crate::carriage::{self, Connected, WebSocket};
use crate::hub::Waiting;
use crate::limits::Limits;
use crate::metrics::{End, Metrics};
use crate::node::Node;
use crate::peer::Peer;

use self::answer::{Problem, RefusedBy};
use self::connection::{Connection, Upgrade};
use self::link::Link;

/// A request's head has at most so many bytes and headers.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;

/// A body has at most so many bytes: the longest text, each byte of it escaped as JSON may, and room for what is around it.
const BODY_BYTES_MAX: usize = 6 * TEXT_BYTES_MAX + 8 * 1024;

/// When the server stops, a request that was begun has so many seconds to be whole and answered.
const CLOSE_SECONDS_MAX: u64 = 5;

/// All that is served, for all connections.
#[derive(Clone)]
pub(crate) struct Http {
    router: Router,
}

impl Http {
    pub(crate) fn new(node: &Arc<Node>) -> Self {
        let (limiting, waiting) = (Arc::clone(node), Arc::clone(&node.hub.waiting));
        let metrics = Arc::clone(&node.metrics);
        let router = Router::new()
            .merge(page::routes())
            .merge(v1::routes())
            .merge(gotalk::routes())
            .route("/ws", upgrade::json())
            .route("/mychat", upgrade::machat())
            .fallback(async || Problem::no_such_path())
            .method_not_allowed_fallback(async || Problem::no_such_method())
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .layer(from_fn(own_pages_only))
            .layer(TimeoutLayer::with_status_code(
                StatusCode::REQUEST_TIMEOUT,
                Limits::seconds(node.service.policy().limits.http_request_seconds_max),
            ))
            .layer(from_fn(move |request, next| limit(Arc::clone(&limiting), request, next)))
            .layer(from_fn(move |request, next| bound(Arc::clone(&waiting), request, next)))
            .layer(from_fn(settle))
            .layer(from_fn(move |request, next| count(Arc::clone(&metrics), request, next)))
            .with_state(Arc::clone(node));
        Self { router }
    }

    /// Serves a connection to its end. `first` are the bytes that told that it is HTTP.
    pub(crate) async fn serve(&self, stream: Connected, peer: Peer, first: Bytes, node: &Node) {
        let stream = Arc::new(stream);
        let connection = Connection::new(&stream);
        let router = TowerToHyperService::new(self.router.clone());
        let answer = {
            let connection = connection.clone();
            service_fn(move |mut request: hyper::Request<Incoming>| {
                request.extensions_mut().insert(connection.clone());
                request.extensions_mut().insert(peer);
                router.call(request)
            })
        };
        let policy = node.service.policy();
        let limits = &policy.limits;
        let patience = Limits::seconds(limits.stall_seconds_max);
        let link = TokioIo::new(Link::new(first, Arc::clone(&stream), patience, connection.clone()));
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .half_close(true) // as `nc -N` does when it has sent its request
            .header_read_timeout(Limits::seconds(limits.http_head_seconds_max))
            .max_header_size(HEAD_BYTES_MAX)
            .max_headers(HEADERS_MAX)
            .serve_connection(link, answer)
            .with_upgrades();
        tokio::pin!(serving);
        let served = tokio::select! {
            biased;
            () = node.stop.cancelled() => {
                serving.as_mut().graceful_shutdown();
                match timeout(Duration::from_secs(CLOSE_SECONDS_MAX), serving).await {
                    Ok(served) => served,
                    Err(_half_a_request) => return,
                }
            }
            served = &mut serving => served,
        };
        match &served {
            Err(error) if link::has_stalled(error) => {
                let stalled = node.metrics.ended(End::Closed(Refusal::Stalled));
                tracing::info!(peer = %peer.address, stalled, "HTTP closed: {}", Refusal::Stalled);
            }
            Err(error) => tracing::debug!(peer = %peer.address, %error, "HTTP ended"),
            Ok(()) => {}
        }
        if let Some(upgrade) = connection.upgrade() {
            drop(stream);
            go_on(upgrade, peer, node).await;
        } else if carriage::close(&*stream).await && served.is_ok() {
            connection.ended(&stream).await;
        }
    }
}

/// Goes on as a WebSocket.
async fn go_on(upgrade: Upgrade, peer: Peer, node: &Node) {
    let Upgrade { upgraded, framing, dialect, caller } = upgrade;
    let Ok(upgraded) = upgraded.await else { return };
    let Ok(parts) = upgraded.downcast::<TokioIo<Link>>() else { return };
    let Some(stream) = parts.io.into_inner().into_stream() else { return };
    let socket = Box::new(WebSocket::new(stream, &parts.read_buf, framing));
    let mut session = node.session(peer, dialect, socket);
    if let Some(caller) = caller {
        session = session.signed_in(caller);
    }
    session.run(&[]).await;
}

/// Counts answers, and what they refused.
async fn count(metrics: Arc<Metrics>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    metrics.responded(response.status().as_u16());
    if let Some(RefusedBy(code)) = response.extensions().get() {
        metrics.refused(code);
    }
    response
}

/// Turns away who asks too often.
async fn limit(node: Arc<Node>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    match peer.map_or(Ok(()), |peer| node.service.may_ask(peer, None)) {
        Ok(()) => next.run(request).await,
        Err(refusal) => Problem::from(refusal).into_response(),
    }
}

/// What a request and its response keep in memory counts, and where there is no room for it, it has to come again.
async fn bound(waiting: Arc<Waiting>, request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<Connection>().cloned();
    let bytes = request.body().size_hint().upper().and_then(|bytes| usize::try_from(bytes).ok());
    let Some(_held) = waiting.hold(bytes.unwrap_or(BODY_BYTES_MAX).min(BODY_BYTES_MAX)) else {
        return Problem::from(Refusal::Busy).into_response();
    };
    let response = next.run(request).await;
    let bytes = response.body().size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok());
    if let (Some(connection), Some(bytes)) = (connection, bytes) {
        connection.writes(waiting.hold_anyway(bytes));
    }
    response
}

/// Pages of other servers change nothing here, whatever cookies the browser sends with their requests.
async fn own_pages_only(request: Request, next: Next) -> Response {
    if !request.method().is_safe() && !caller::is_own_origin(request.headers()) {
        return Problem::foreign_origin().into_response();
    }
    next.run(request).await
}

/// What every response says, and that the one before it has been taken.
async fn settle(request: Request, next: Next) -> Response {
    const ALWAYS: [(HeaderName, &str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    if let Some(connection) = request.extensions().get::<Connection>() {
        connection.next_request().await;
    }
    let mut response = next.run(request).await;
    for (name, value) in ALWAYS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
