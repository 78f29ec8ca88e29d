//! Finding what was said: by words, or because it mentions one.

use std::sync::Arc;

use axum::extract::State;
use im_proto::{Address, EventJson, FOUND_MAX, Found as FoundReply, Refusal, Reply, Request, Words};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::answer::Problem;
use crate::http::body::{Json, Query};
use crate::http::caller::Signed;
use crate::node::Node;
use crate::service::Origin;

use super::document;
use super::messages::ask;

/// What to look for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// Words that must all be there, in any order, whatever their case and accents; at most 256 bytes. One that ends with
    /// `*` is the beginning of a word. Signs other than letters and digits mean nothing.
    #[param(value_type = String, example = "shipped hel*")]
    q: Words,
    /// Only in this conversation: `#dev`, which is `%23dev` in a URL, or `@bob`.
    #[param(value_type = Option<String>)]
    conversation: Option<Address>,
    /// Only before this position: that of the last one found, for the next page.
    before: Option<u64>,
    /// At most so many: 50 where nothing is said, never more than 100.
    limit: Option<u16>,
}

/// Messages that were found.
#[derive(Serialize, ToSchema)]
pub(super) struct Page {
    /// Newest first.
    found: Vec<Found>,
    /// There are more, older ones.
    more: bool,
}

/// A message that was found.
#[derive(Serialize, ToSchema)]
pub(super) struct Found {
    /// Its place among all events of the server.
    #[schema(example = 4711)]
    position: u64,
    /// The message as it reads now.
    #[schema(value_type = document::Event)]
    event: EventJson<Address>,
}

/// How many are found where nothing is said.
const FOUND: u16 = FOUND_MAX / 2;

/// Finds messages by their words, in all of one's conversations or in one.
#[utoipa::path(
    get, path = "/v1/search", tag = "messages", params(Search),
    responses((status = 200, body = Page), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn search(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Query(Search { q, conversation, before, limit }): Query<Search>,
) -> Result<Json<Page>, Problem> {
    let request = Request::Search { words: q, of: conversation, before, limit: limit.unwrap_or(FOUND) };
    found(ask(&node, caller, origin, request).await?)
}

/// Which of the messages that mention one.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Mentions {
    /// Only before this position: that of the last one found, for the next page.
    before: Option<u64>,
    /// At most so many: 50 where nothing is said, never more than 100.
    limit: Option<u16>,
}

/// Lists the messages of rooms and groups that mention one, as `@name`.
#[utoipa::path(
    get, path = "/v1/mentions", tag = "messages", params(Mentions),
    responses((status = 200, body = Page), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn mentions(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Query(Mentions { before, limit }): Query<Mentions>,
) -> Result<Json<Page>, Problem> {
    let request = Request::Mentions { before, limit: limit.unwrap_or(FOUND) };
    found(ask(&node, caller, origin, request).await?)
}

fn found(reply: Reply) -> Result<Json<Page>, Problem> {
    match reply {
        Reply::Found { found, more } => {
            let shown = |FoundReply { address, position, event }| Found {
                position,
                event: event.by_address(address),
            };
            Ok(Json(Page { found: found.into_iter().map(shown).collect(), more }))
        }
        _ => Err(Refusal::Failed.into()),
    }
}
