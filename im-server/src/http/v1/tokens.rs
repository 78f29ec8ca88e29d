//! Tokens for bots: made, listed and revoked by the user as whom they speak.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use im_proto::{Timestamp, Token};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::answer::Problem;
use crate::http::body::{Json, Path};
use crate::http::caller::Signed;
use crate::node::Node;
use crate::service::{Label, TokenInfo};

use super::document;

/// What a token is for.
#[derive(Deserialize, ToSchema)]
pub(super) struct NewToken {
    /// 1 to 64 characters, to know it by.
    #[schema(value_type = String, example = "deploy bot")]
    label: Label,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeToken {
    #[serde(flatten)]
    described: DescribedToken,
    /// The token itself: 64 hexadecimal digits. It is told this once.
    #[schema(value_type = String)]
    token: Token,
}

/// A token, without the token.
#[derive(Serialize, ToSchema)]
pub(super) struct DescribedToken {
    /// Its number, to revoke it by.
    #[schema(example = 7)]
    id: u64,
    /// What it is for.
    #[schema(value_type = String, example = "deploy bot")]
    label: Label,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
}

impl From<TokenInfo> for DescribedToken {
    fn from(TokenInfo { id, label, created }: TokenInfo) -> Self {
        Self { id, label, created }
    }
}

/// All of them.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    /// Oldest first.
    tokens: Vec<DescribedToken>,
}

/// Makes a token for a bot, which then speaks as oneself. At most 100.
#[utoipa::path(
    post, path = "/v1/tokens", tag = "bots", request_body = NewToken,
    responses((status = 200, body = MadeToken), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn make(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    Json(NewToken { label }): Json<NewToken>,
) -> Result<Json<MadeToken>, Problem> {
    let (described, token) = node.service.make_token(&caller.account, label).await?;
    Ok(Json(MadeToken { described: described.into(), token }))
}

/// Lists one's bots' tokens.
#[utoipa::path(
    get, path = "/v1/tokens", tag = "bots",
    responses((status = 200, body = Tokens), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn list(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
) -> Result<Json<Tokens>, Problem> {
    let tokens = node.service.tokens(&caller.account).await?;
    Ok(Json(Tokens { tokens: tokens.into_iter().map(DescribedToken::from).collect() }))
}

/// Revokes a bot's token. Connections that came with it are ended.
#[utoipa::path(
    delete, path = "/v1/tokens/{id}", tag = "bots", params(("id" = u64, Path, description = "Which token")),
    responses((status = 204), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn revoke(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    Path(id): Path<u64>,
) -> Result<StatusCode, Problem> {
    node.service.revoke_token(&caller.account, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
