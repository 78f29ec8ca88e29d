//! Incoming webhooks: a URL that posts into one conversation, as the user who made it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use im_proto::{Address, MessageId, Refusal, Reply, Text, Timestamp, Token};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::answer::Problem;
use crate::http::body::{self, Json, Path};
use crate::http::caller::Signed;
use crate::node::{Node, fresh_id};
use crate::service::{HookInfo, Label, Origin};

use super::document;

/// What a webhook is for.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewHook {
    /// Where it posts.
    #[schema(value_type = String, example = "#dev")]
    conversation: Address,
    /// 1 to 64 characters, to know it by.
    #[schema(value_type = String, example = "builds")]
    label: Label,
}

/// A webhook that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeHook {
    #[serde(flatten)]
    described: DescribedHook,
    /// The URL to post to. Whoever knows it may post: it is told this once.
    #[schema(example = "http://127.0.0.1:1202/hooks/…")]
    url: String,
}

/// A webhook, without its URL.
#[derive(Serialize, ToSchema)]
pub(super) struct DescribedHook {
    /// Its number, to drop it by.
    #[schema(example = 7)]
    id: u64,
    /// Where it posts.
    #[schema(value_type = String, example = "#dev")]
    conversation: Address,
    /// What it is for.
    #[schema(value_type = String, example = "builds")]
    label: Label,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
}

impl From<HookInfo> for DescribedHook {
    fn from(HookInfo { id, conversation, label, created }: HookInfo) -> Self {
        Self { id, conversation, label, created }
    }
}

/// All of them.
#[derive(Serialize, ToSchema)]
pub(super) struct Hooks {
    /// Oldest first.
    webhooks: Vec<DescribedHook>,
}

/// Makes a webhook that posts as oneself into one conversation. At most 100.
#[utoipa::path(
    post, path = "/v1/webhooks", tag = "bots", request_body = NewHook,
    responses((status = 200, body = MadeHook), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn make(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    headers: HeaderMap,
    Json(NewHook { conversation, label }): Json<NewHook>,
) -> Result<Json<MadeHook>, Problem> {
    let (described, token) = node.service.make_hook(&caller.account, conversation, label).await?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let url = format!("http://{host}/hooks/{}", token.to_hex());
    Ok(Json(MadeHook { described: described.into(), url }))
}

/// Lists one's webhooks.
#[utoipa::path(
    get, path = "/v1/webhooks", tag = "bots",
    responses((status = 200, body = Hooks), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn list(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
) -> Result<Json<Hooks>, Problem> {
    let hooks = node.service.hooks(&caller.account).await?;
    Ok(Json(Hooks { webhooks: hooks.into_iter().map(DescribedHook::from).collect() }))
}

/// Drops a webhook: its URL is void.
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", tag = "bots", params(("id" = u64, Path, description = "Which webhook")),
    responses((status = 204), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn drop(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    Path(id): Path<u64>,
) -> Result<StatusCode, Problem> {
    node.service.drop_hook(&caller.account, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Something that a webhook says.
#[derive(Deserialize, ToSchema)]
pub(super) struct Said {
    /// What: at most 65536 bytes of UTF-8, not blank.
    #[schema(value_type = String, example = "build 12 is green")]
    text: Text,
    /// 32 hexadecimal digits or a UUID: the same again posts nothing again.
    #[schema(value_type = Option<String>)]
    message_id: Option<MessageId>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub(super) struct Kept {
    /// Which entry of the conversation's log it is.
    seq: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// It was there already, from an earlier call with this message id.
    duplicate: bool,
}

/// Posts by a webhook. The body is JSON, or with the type `text/plain` the text itself.
#[utoipa::path(
    post, path = "/hooks/{token}", tag = "bots", request_body = Said, security(()),
    params(("token" = String, Path, description = "The end of the webhook's URL")),
    responses((status = 200, body = Kept), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn post(
    State(node): State<Arc<Node>>,
    origin: Origin,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Kept>, Problem> {
    let token = Token::from_hex(&token).ok_or(Refusal::BadToken)?;
    let Said { text, message_id } = said(&headers, &body?)?;
    let message = message_id.unwrap_or_else(fresh_id);
    match node.service.post_by_hook(origin.peer, &token, message, text).await? {
        Reply::Posted { seq, at, duplicate, .. } => Ok(Json(Kept { seq: seq.0, at, duplicate })),
        _ => Err(Refusal::Failed.into()), // there is nothing else that could come of it
    }
}

fn said(headers: &HeaderMap, bytes: &[u8]) -> Result<Said, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("text/plain") {
        return body::json(bytes);
    }
    let text = std::str::from_utf8(bytes).map_err(Problem::bad_request)?;
    Ok(Said { text: Text::parse(text.trim_end()).map_err(Problem::bad_request)?, message_id: None })
}
