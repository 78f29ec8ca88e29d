//! The OpenAPI document: what stands in it beside the routes.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::get;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, OpenApi as Document};
use utoipa::{Modify, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;

use crate::node::Node;

/// Where the document is.
const PATH: &str = "/v1/openapi.json";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "im",
        description = "Chat for everybody who has a terminal, for scripts. Requests and answers are JSON in UTF-8. \
                       A body has at most 400 KiB, 8 KiB before signing in; a request is read and answered within 30 \
                       seconds; one address may make 2000 requests at once and 1000 a second.",
        license(name = "MIT", identifier = "MIT"),
    ),
    security(("token" = [])),
    modifiers(&Token),
)]
struct Api;

/// How calls are signed in.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_with(Components::default);
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token from signing in, or one that was made for a bot"))
            .build();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// A router whose routes describe themselves.
pub(super) fn begin() -> OpenApiRouter<Arc<Node>> {
    OpenApiRouter::with_openapi(Api::openapi())
}

/// The route that serves the description of all others.
pub(super) fn route(document: &Document) -> Router<Arc<Node>> {
    let text: Arc<str> = serde_json::to_string(document).unwrap_or_default().into();
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Router::new().route(PATH, get(async move || (headers, text.to_string())))
}

/// Why something was not done. Nothing has changed.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a description")]
pub(super) struct Problem {
    /// For programs; the codes of PROTOCOL.md, and `foreign-origin`, `no-such-path`, `no-such-method`.
    #[schema(example = "not-signed-in")]
    code: String,
    /// For people.
    #[schema(example = "sign in first")]
    error: String,
}

/// One entry of a conversation's log.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a description")]
pub(super) struct Event {
    /// Which conversation: `#dev` a room or group, `@bob` the one with bob.
    #[schema(example = "#dev")]
    conversation: String,
    /// Which entry of that log it is: 1, 2, 3 … with no hole.
    #[schema(example = 12)]
    seq: u64,
    /// When the server took it.
    #[schema(format = DateTime, example = "2026-11-21T10:00:00.000Z")]
    at: String,
    /// Who did it.
    #[schema(example = "bob")]
    from: String,
    /// They had no account.
    guest: Option<bool>,
    /// What they did: `posted`, `joined`, `left`, `created`, `invited`, `asked`, `invitation-declined`, `request-declined`,
    /// `role`, `edited`, `deleted`, `reacted`, `unreacted`, `tombstone`; there may be others. A tombstone is what is left of
    /// a message, or of an edit (then it has `of`), that was taken out.
    #[schema(example = "posted")]
    kind: String,
    /// `posted`: the id that the author's client gave it.
    message: Option<String>,
    /// `posted`, `edited`: what was said, or is to be read from now on.
    #[schema(example = "hi")]
    text: Option<String>,
    /// `posted`: the message that it answers.
    reply_to: Option<u64>,
    /// `edited`, `deleted`, `reacted`, `unreacted`: which message it is about.
    of: Option<u64>,
    /// `reacted`, `unreacted`: an emoji, or a short word.
    reaction: Option<String>,
    /// `joined`, `invitation-declined`: who had invited them, or said yes to them.
    by: Option<String>,
    /// `invited`, `request-declined`, `role`: whom it is about.
    user: Option<String>,
    /// `role`: `member`, `admin` or `owner`.
    role: Option<String>,
}

/// A conversation as one of its members sees it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a description")]
pub(super) struct Conversation {
    /// Its number.
    #[schema(example = "3")]
    id: String,
    /// Its name.
    #[schema(example = "#dev")]
    address: String,
    /// `direct`, `group` or `room`.
    #[schema(example = "room")]
    kind: String,
    /// `member`, `admin` or `owner`.
    #[schema(example = "member")]
    role: String,
    /// The newest event.
    head: u64,
    /// When the newest event came.
    #[schema(format = DateTime)]
    active: String,
    /// The newest event that one has read.
    read: u64,
    /// How many posts came after that.
    unread: u64,
    /// How many members it has.
    members: u64,
    /// The other side of a direct conversation is a guest.
    guest: bool,
    /// How much the other side of a direct conversation has of it.
    #[schema(nullable = false)]
    receipts: Option<Receipts>,
    /// What is said here is kept for so many days only.
    retention_days: Option<u16>,
    /// How many of the unread posts mention one, as `@name`.
    mentions: u64,
}

/// How much somebody has of a conversation. Both only grow.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a description")]
pub(super) struct Receipts {
    /// A device of theirs has everything up to this event.
    received: u64,
    /// They have read everything up to this event.
    read: u64,
}

/// A request of the JSON dialect, see PROTOCOL.md. Its own fields stand beside `request`.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a description")]
pub(super) struct Request {
    /// Comes back with the reply; 0 where nothing is said.
    tag: Option<u32>,
    /// Which request.
    #[schema(example = "pending")]
    request: String,
}

/// A reply of the JSON dialect, see PROTOCOL.md. Its own fields stand beside `reply`.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a description")]
pub(super) struct Reply {
    /// The tag of the request.
    tag: u32,
    /// Which reply.
    #[schema(example = "pending")]
    reply: String,
}
