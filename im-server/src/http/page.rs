//! The page: a few files, built into the binary. It speaks the JSON dialect like any other client.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::node::Node;

/// Nothing from anywhere else, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The path of each file, its type, and what is in it.
macro_rules! files {
    ($($path:literal, $kind:expr, $file:literal;)*) => {
        &[$(($path, $kind, include_str!(concat!("page/", $file)))),*]
    };
}

const FILES: &[(&str, &str, &str)] = files! {
    "/", HTML, "index.html";
    "/style.css", "text/css; charset=utf-8", "style.css";
    "/icon.svg", "image/svg+xml", "icon.svg";
    "/script.js", SCRIPT, "script.js";
    "/account.js", SCRIPT, "account.js";
    "/chat.js", SCRIPT, "chat.js";
    "/composer.js", SCRIPT, "composer.js";
    "/connection.js", SCRIPT, "connection.js";
    "/deeds.js", SCRIPT, "deeds.js";
    "/fold.js", SCRIPT, "fold.js";
    "/item.js", SCRIPT, "item.js";
    "/log.js", SCRIPT, "log.js";
    "/messages.js", SCRIPT, "messages.js";
    "/nodes.js", SCRIPT, "nodes.js";
    "/order.js", SCRIPT, "order.js";
    "/outbox.js", SCRIPT, "outbox.js";
    "/receipts.js", SCRIPT, "receipts.js";
    "/search.js", SCRIPT, "search.js";
    "/sides.js", SCRIPT, "sides.js";
    "/sign-in.js", SCRIPT, "sign-in.js";
};

/// The page itself, for those who look for it where goTalk had one.
pub(super) async fn index() -> impl IntoResponse {
    let (_, kind, text) = FILES[0];
    (headers(kind), text)
}

fn headers(kind: &'static str) -> [(HeaderName, HeaderValue); 3] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        // A new server has a new page.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ]
}

pub(super) fn routes() -> Router<Arc<Node>> {
    FILES.iter().fold(Router::new(), |router, (path, kind, text)| {
        router.route(path, get(async || (headers(kind), *text)))
    })
}
