//! What is kept about oneself: to take it along, and to have it taken out.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use im_proto::{Password, Refusal, Request};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::answer::Problem;
use crate::http::body::Json;
use crate::http::caller::{Signed, clear_cookie};
use crate::node::Node;
use crate::service::{Next, Origin};

use super::document;

/// Everything that is kept about oneself, one JSON object a line.
///
/// First the account, with what hangs on it, each line with what it is as `export`: `account`, `token`, `webhook`, `friend`,
/// `pending`. Then each conversation one is in, an `export` of its own followed by its events in the shape of the history.
#[utoipa::path(
    get, path = "/v1/export", tag = "account",
    responses(
        (status = 200, content_type = "application/x-ndjson", body = document::Event),
        (status = "4XX", body = document::Problem),
    ),
)]
pub(super) async fn export(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
) -> Result<Response, Problem> {
    let account = caller.account;
    // What is refused is refused before anything is sent.
    let first = node.service.export(&account, Next::default()).await?;
    let rest = stream::try_unfold(first.next, move |next| {
        let (node, account) = (Arc::clone(&node), account.clone());
        async move {
            let Some(next) = next else { return Ok::<_, Refusal>(None) };
            let piece = node.service.export(&account, next).await?;
            Ok(Some((Bytes::from(piece.lines), piece.next)))
        }
    });
    let first = stream::iter([Ok(Bytes::from(first.lines))]);
    let body = Body::from_stream(futures_util::StreamExt::chain(first, rest));
    let kind = HeaderValue::from_static("application/x-ndjson");
    Ok(([(header::CONTENT_TYPE, kind)], body).into_response())
}

/// That one means it.
#[derive(Deserialize, ToSchema)]
pub(super) struct Farewell {
    /// The password of the account.
    #[schema(value_type = String, format = Password)]
    password: Password,
}

/// Takes the account out, and all that it has said. There is no way back, and nobody gets the name again.
#[utoipa::path(
    delete, path = "/v1/account", tag = "account", request_body = Farewell,
    responses((status = 204), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn erase(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Json(Farewell { password }): Json<Farewell>,
) -> Result<Response, Problem> {
    node.service.ask(Some(caller), origin, Request::Erase { password }).await?;
    let cookie = clear_cookie(origin.peer).ok_or(Refusal::Failed)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
