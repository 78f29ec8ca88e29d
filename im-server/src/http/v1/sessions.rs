//! The password, where one is signed in, and codes as a second factor.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use im_proto::{Password, Refusal, Reply, Request, Secret, SignedIn, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::answer::Problem;
use crate::http::body::{Json, Path};
use crate::http::caller::Signed;
use crate::node::Node;
use crate::service::{Caller, Origin};

use super::document;

async fn ask(node: &Node, caller: Caller, origin: Origin, request: Request) -> Result<Reply, Refusal> {
    Ok(node.service.ask(Some(caller), origin, request).await?.reply)
}

/// Another password.
#[derive(Deserialize, ToSchema)]
pub(super) struct Passwords {
    /// The one until now.
    #[schema(value_type = String, format = Password)]
    old: Password,
    /// The one from now on.
    #[schema(value_type = String, format = Password)]
    new: Password,
}

/// Changes the password. All other sessions end; the tokens of bots and the webhooks are void.
#[utoipa::path(
    put, path = "/v1/password", tag = "account", request_body = Passwords,
    responses((status = 204), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn change_password(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Json(Passwords { old, new }): Json<Passwords>,
) -> Result<StatusCode, Problem> {
    ask(&node, caller, origin, Request::ChangePassword { old, new }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A place where one is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct DescribedSession {
    /// Its number, to end it by.
    #[schema(example = 7)]
    id: u64,
    /// `native`, `json`, `http`, `browser` or `terminal`; empty where it is not known any more.
    #[schema(example = "browser")]
    device: String,
    /// Since when it is signed in.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// When it was here last.
    #[schema(value_type = String, format = DateTime)]
    seen: Timestamp,
    /// From which address; empty where it is not known.
    #[schema(example = "192.0.2.7")]
    address: String,
    /// It is connected now.
    online: bool,
    /// It is the one that asks.
    current: bool,
}

/// All of them.
#[derive(Serialize, ToSchema)]
pub(super) struct Sessions {
    /// Who was here last first.
    sessions: Vec<DescribedSession>,
}

/// Lists where one is signed in. The tokens of bots are listed by themselves.
#[utoipa::path(
    get, path = "/v1/sessions", tag = "account",
    responses((status = 200, body = Sessions), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn list(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
) -> Result<Json<Sessions>, Problem> {
    let Reply::Sessions { sessions } = ask(&node, caller, origin, Request::Sessions).await? else {
        return Err(Refusal::Failed.into());
    };
    let described = |SignedIn { id, device, since, seen, address, online, current }| DescribedSession {
        id,
        device,
        since,
        seen,
        address,
        online,
        current,
    };
    Ok(Json(Sessions { sessions: sessions.into_iter().map(described).collect() }))
}

/// Ends a session, and signs its device out.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", tag = "account", params(("id" = u64, Path, description = "Which session")),
    responses((status = 204), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn end(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Path(id): Path<u64>,
) -> Result<StatusCode, Problem> {
    ask(&node, caller, origin, Request::EndSession { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// That it is oneself.
#[derive(Deserialize, ToSchema)]
pub(super) struct Proof {
    /// The password of the account.
    #[schema(value_type = String, format = Password)]
    password: Password,
}

/// What makes codes. It is told this once.
#[derive(Serialize, ToSchema)]
pub(super) struct CodeSecret {
    /// In base32, to be typed.
    #[schema(value_type = String)]
    secret: Secret,
    /// As an `otpauth:` address, to be drawn as a QR code.
    #[schema(value_type = String)]
    uri: Secret,
}

/// Begins to ask for codes at sign-in. It holds once a code was confirmed.
#[utoipa::path(
    post, path = "/v1/codes", tag = "account", request_body = Proof,
    responses((status = 200, body = CodeSecret), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn set_up_codes(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Json(Proof { password }): Json<Proof>,
) -> Result<Json<CodeSecret>, Problem> {
    match ask(&node, caller, origin, Request::SetUpCodes { password }).await? {
        Reply::CodeSecret { secret, uri } => Ok(Json(CodeSecret { secret, uri })),
        _ => Err(Refusal::Failed.into()),
    }
}

/// A code.
#[derive(Deserialize, ToSchema)]
pub(super) struct GivenCode {
    /// The six digits of the moment.
    #[schema(value_type = String, example = "123456")]
    code: Secret,
}

/// For who has lost what makes codes.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryCodes {
    /// Each signs in once. They are told this once.
    #[schema(value_type = Vec<String>)]
    codes: Vec<Secret>,
}

/// Confirms that one can make codes: they are asked for from now on.
#[utoipa::path(
    post, path = "/v1/codes/confirm", tag = "account", request_body = GivenCode,
    responses((status = 200, body = RecoveryCodes), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn confirm_codes(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Json(GivenCode { code }): Json<GivenCode>,
) -> Result<Json<RecoveryCodes>, Problem> {
    match ask(&node, caller, origin, Request::ConfirmCodes { code }).await? {
        Reply::RecoveryCodes { codes } => Ok(Json(RecoveryCodes { codes })),
        _ => Err(Refusal::Failed.into()),
    }
}

/// That it is oneself, by both.
#[derive(Deserialize, ToSchema)]
pub(super) struct BothProofs {
    /// The password of the account.
    #[schema(value_type = String, format = Password)]
    password: Password,
    /// The six digits of the moment, or a recovery code.
    #[schema(value_type = String, example = "123456")]
    code: Secret,
}

/// Asks for no more codes.
#[utoipa::path(
    delete, path = "/v1/codes", tag = "account", request_body = BothProofs,
    responses((status = 204), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn end_codes(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Json(BothProofs { password, code }): Json<BothProofs>,
) -> Result<StatusCode, Problem> {
    ask(&node, caller, origin, Request::EndCodes { password, code }).await?;
    Ok(StatusCode::NO_CONTENT)
}
