//! Saying things, and reading what was said.

use std::sync::Arc;

use axum::extract::State;
use im_proto::{
    Address, Conversation, Event, EventJson, MessageId, Page, Refusal, Reply, Request, Seq, Text, Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::answer::Problem;
use crate::http::body::{Json, Query};
use crate::http::caller::Signed;
use crate::node::{Node, fresh_id};
use crate::service::{Caller, Origin};

use super::document;

/// Something to say.
#[derive(Deserialize, ToSchema)]
pub(super) struct Post {
    /// Where: `#dev` a room or group, `@bob` a user.
    #[schema(value_type = String, example = "#dev")]
    to: Address,
    /// What: at most 65536 bytes of UTF-8, not blank.
    #[schema(value_type = String, example = "shipped it")]
    text: Text,
    /// 128 bits that the caller makes, as 32 hexadecimal digits or a UUID. The same id again, even days later, posts nothing
    /// again and gets the first answer again. Without one, a call that is repeated posts twice.
    #[schema(value_type = Option<String>, example = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")]
    message_id: Option<MessageId>,
    /// The message of the same conversation which it answers.
    #[schema(value_type = Option<u64>, example = 7)]
    reply_to: Option<Seq>,
}

/// What became of it. It is on disk.
#[derive(Serialize, ToSchema)]
pub(super) struct Posted {
    /// Where.
    #[schema(value_type = String, example = "#dev")]
    pub(super) conversation: Address,
    /// Which entry of that log it is.
    #[schema(value_type = u64, example = 12)]
    pub(super) seq: Seq,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(super) at: Timestamp,
    /// It was there already, from an earlier call with this message id.
    pub(super) duplicate: bool,
}

/// Says something.
#[utoipa::path(
    post, path = "/v1/post", tag = "messages", request_body = Post,
    responses((status = 200, body = Posted), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn post(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Json(Post { to, text, message_id, reply_to }): Json<Post>,
) -> Result<Json<Posted>, Problem> {
    let message = message_id.unwrap_or_else(fresh_id);
    match node.service.post(origin.peer, caller.account, to.clone(), message, text, reply_to)?.await? {
        Reply::Posted { seq, at, duplicate, .. } => Ok(Json(Posted { conversation: to, seq, at, duplicate })),
        _ => Err(Refusal::Failed.into()), // there is nothing else that could come of it
    }
}

/// Which part of a log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// Of which conversation: `#dev`, which is `%23dev` in a URL, or `@bob`.
    #[param(value_type = String, example = "#dev")]
    conversation: Address,
    /// The events right after this one. Without `after`, `before` and `around`: the newest.
    #[param(value_type = Option<u64>)]
    after: Option<Seq>,
    /// The events right before this one.
    #[param(value_type = Option<u64>)]
    before: Option<Seq>,
    /// The events around this moment, half of them before it; `more` then tells whether there are any after the page.
    #[param(value_type = Option<String>, example = "2026-11-20T14:00:00Z")]
    around: Option<Timestamp>,
    /// At most so many: 50 where nothing is said, never more than 200.
    limit: Option<u16>,
}

/// A page of a log.
#[derive(Serialize, ToSchema)]
pub(super) struct History {
    /// Oldest first.
    #[schema(value_type = Vec<document::Event>)]
    events: Vec<EventJson<Address>>,
    /// There is more in the direction that was asked for.
    more: bool,
    /// What happened to messages of this page after its last event: of each the newest edit, and what changed of the
    /// reactions; at most 500, in the order of the log. Not there where nothing did.
    #[schema(value_type = Vec<document::Event>)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amendments: Vec<EventJson<Address>>,
}

/// How many events a page has where nothing is said.
const PAGE_EVENTS: u16 = 50;

/// Reads a part of a conversation's log.
#[utoipa::path(
    get, path = "/v1/history", tag = "messages", params(Part),
    responses((status = 200, body = History), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn history(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Query(Part { conversation, after, before, around, limit }): Query<Part>,
) -> Result<Json<History>, Problem> {
    let page = match (after, before, around) {
        (None, None, None) => Page::Newest,
        (Some(seq), None, None) => Page::After(seq),
        (None, Some(seq), None) => Page::Before(seq),
        (None, None, Some(moment)) => Page::Around(moment),
        _ => return Err(Problem::bad_request("either after or before or around, not two of them")),
    };
    let request = Request::History { of: conversation.clone(), page, limit: limit.unwrap_or(PAGE_EVENTS) };
    match ask(&node, caller, origin, request).await? {
        Reply::History { events, more, amendments, .. } => {
            let named = |events: Vec<Event>| {
                events.into_iter().map(|event| event.by_address(conversation.clone())).collect()
            };
            Ok(Json(History { events: named(events), more, amendments: named(amendments) }))
        }
        _ => Err(Refusal::Failed.into()),
    }
}

/// All one is in.
#[derive(Serialize, ToSchema)]
pub(super) struct Conversations {
    /// The one with the newest event first, at most 1000.
    #[schema(value_type = Vec<document::Conversation>)]
    conversations: Vec<Conversation>,
}

/// Lists the conversations one is in, with how much is unread.
#[utoipa::path(
    get, path = "/v1/conversations", tag = "messages",
    responses((status = 200, body = Conversations), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn conversations(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
) -> Result<Json<Conversations>, Problem> {
    match ask(&node, caller, origin, Request::Conversations).await? {
        Reply::Conversations { conversations } => Ok(Json(Conversations { conversations })),
        _ => Err(Refusal::Failed.into()),
    }
}

/// Asks for somebody who has no session.
pub(super) async fn ask(
    node: &Node,
    caller: Caller,
    origin: Origin,
    request: Request,
) -> Result<Reply, Refusal> {
    Ok(node.service.ask(Some(caller), origin, request).await?.reply)
}
