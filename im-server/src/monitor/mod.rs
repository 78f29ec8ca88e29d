//! For whoever watches the server: whether it lives, whether it works, and what it has counted. On an address of its own,
//! which is on this machine only.

mod process;
mod state;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub(crate) use self::state::State;

/// A request is read and answered within so many seconds.
const REQUEST_SECONDS_MAX: u64 = 10;

/// Most requests at the same time; others wait.
const REQUESTS_MAX: usize = 16;

/// How long to wait when the system has no descriptor for another connection, in milliseconds.
const ACCEPT_RETRY_MILLISECONDS: u64 = 100;

/// The word for not listening.
const OFF: &str = "off";

/// What is written out is OpenMetrics, which Prometheus reads.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

/// Listens, on this machine only: there is no password.
pub(crate) async fn bind(addr: &str) -> io::Result<Option<(SocketAddr, TcpListener)>> {
    if addr == OFF {
        return Ok(None);
    }
    let mut found = tokio::net::lookup_host(addr).await?;
    let addr = found.next().ok_or(io::ErrorKind::AddrNotAvailable)?;
    if !addr.ip().is_loopback() {
        let why = "metrics are told to this machine only: take a loopback address, such as 127.0.0.1:9120";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let listener = TcpListener::bind(addr).await?;
    Ok(Some((listener.local_addr()?, listener)))
}

/// Answers until it is told to stop, which is after everybody else has gone.
pub(crate) async fn serve(listener: TcpListener, state: State, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(REQUESTS_MAX));
    let state = Arc::new(state);
    let mut serving = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = serving.join_next() => continue,
            next = next => next,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(ACCEPT_RETRY_MILLISECONDS)).await;
            continue;
        };
        let state = Arc::clone(&state);
        serving.spawn(async move {
            let _ = timeout(Duration::from_secs(REQUEST_SECONDS_MAX), converse(stream, state)).await;
            drop(place);
        });
    }
    serving.shutdown().await;
}

/// One request, one answer.
async fn converse(stream: TcpStream, state: Arc<State>) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let state = Arc::clone(&state);
        async move { Ok::<_, Infallible>(answer(&request, &state).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(REQUEST_SECONDS_MAX))
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "whoever watches was gone");
    }
}

async fn answer(request: &Request<Incoming>, state: &State) -> Response<String> {
    let (status, kind, body) = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/healthz") => (StatusCode::OK, PLAIN, "alive\n".to_owned()),
        (&Method::GET | &Method::HEAD, "/readyz") => match state.why_not_ready().await {
            None => (StatusCode::OK, PLAIN, "ready\n".to_owned()),
            Some(why) => (StatusCode::SERVICE_UNAVAILABLE, PLAIN, format!("{why}\n")),
        },
        (&Method::GET | &Method::HEAD, "/metrics") => match state.written() {
            Ok(metrics) => (StatusCode::OK, OPEN_METRICS, metrics),
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, PLAIN, String::new()),
        },
        _ => (StatusCode::NOT_FOUND, PLAIN, "/healthz, /readyz or /metrics\n".to_owned()),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}
