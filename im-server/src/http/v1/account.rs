//! Signing up, in and out over HTTP.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use im_proto::{Password, Refusal, Reply, Request, Secret, Token, UserName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::answer::Problem;
use crate::http::body::Json;
use crate::http::caller::{Known, Signed, clear_cookie, set_cookie};
use crate::node::Node;
use crate::service::{Device, Origin};

use super::document;

/// Who signs up.
#[derive(Deserialize, ToSchema)]
pub(super) struct Newcomer {
    #[serde(flatten)]
    credentials: Credentials,
    /// Where accounts are made by invitation: its code.
    #[schema(value_type = Option<String>)]
    invitation: Option<Secret>,
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
pub(super) struct Comer {
    #[serde(flatten)]
    credentials: Credentials,
    /// Where the account asks for codes: the six digits of the moment, or a recovery code.
    #[schema(value_type = Option<String>)]
    code: Option<Secret>,
}

/// A name and its password.
#[derive(Deserialize, ToSchema)]
pub(super) struct Credentials {
    /// The name of the account.
    #[schema(value_type = String, example = "alice")]
    name: UserName,
    /// Its password.
    #[schema(value_type = String, format = Password)]
    password: Password,
    /// For browsers: the token comes as a cookie that no script can read, instead of in the body.
    #[serde(default)]
    cookie: bool,
}

/// Somebody who has just signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    /// The name, in the spelling of the account.
    #[schema(value_type = String, example = "alice")]
    user: UserName,
    /// Signs calls in from now on, as `Authorization: Bearer TOKEN`: 64 hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    token: Option<Token>,
}

/// Makes an account and signs in.
#[utoipa::path(
    post, path = "/v1/signup", tag = "account", request_body = Newcomer, security(()),
    responses((status = 200, body = Session), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn sign_up(
    State(node): State<Arc<Node>>,
    origin: Origin,
    Json(Newcomer { credentials, invitation }): Json<Newcomer>,
) -> Result<Response, Problem> {
    let Credentials { name, password, cookie } = credentials;
    welcome(&node, origin, signs_up(name, password, invitation), cookie).await
}

/// Signs in.
#[utoipa::path(
    post, path = "/v1/login", tag = "account", request_body = Comer, security(()),
    responses((status = 200, body = Session), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn sign_in(
    State(node): State<Arc<Node>>,
    origin: Origin,
    Json(Comer { credentials, code }): Json<Comer>,
) -> Result<Response, Problem> {
    let Credentials { name, password, cookie } = credentials;
    welcome(&node, origin, signs_in(name, password, code), cookie).await
}

/// Makes an account, with an invitation or without.
pub(in crate::http) fn signs_up(name: UserName, password: Password, invitation: Option<Secret>) -> Request {
    match invitation {
        Some(invitation) => Request::SignUpInvited { name, password, invitation },
        None => Request::SignUp { name, password },
    }
}

/// Signs in, with a code or without.
pub(in crate::http) fn signs_in(name: UserName, password: Password, code: Option<Secret>) -> Request {
    match code {
        Some(code) => Request::SignInWithCode { name, password, code },
        None => Request::SignIn { name, password },
    }
}

async fn welcome(node: &Node, origin: Origin, request: Request, cookie: bool) -> Result<Response, Problem> {
    let device = if cookie { Device::Program("browser") } else { origin.device };
    let origin = Origin { device, ..origin };
    let (user, token) = enter(node, origin, request).await?;
    if cookie {
        let cookie = set_cookie(&token, origin.peer).ok_or(Refusal::Failed)?;
        return Ok(([(header::SET_COOKIE, cookie)], Json(Session { user, token: None })).into_response());
    }
    Ok(Json(Session { user, token: Some(token) }).into_response())
}

/// Signs up or in: who it is, and their token.
pub(in crate::http) async fn enter(
    node: &Node,
    origin: Origin,
    request: Request,
) -> Result<(UserName, Token), Refusal> {
    match node.service.ask(None, origin, request).await?.reply {
        Reply::Welcome { user, token: Some(token) } => Ok((user, token)),
        _ => Err(Refusal::Failed), // there is nothing else that could come of it
    }
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct Who {
    /// Their name, or nothing.
    #[schema(required, value_type = Option<String>, example = "alice")]
    user: Option<UserName>,
}

/// Tells who is signed in, if anybody is.
#[utoipa::path(
    get, path = "/v1/session", tag = "account", security((), ("token" = [])),
    responses((status = 200, body = Who), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn who(Known(caller): Known) -> Json<Who> {
    Json(Who { user: caller.map(|caller| caller.account.name) })
}

/// Signs out: the token is void.
#[utoipa::path(
    delete, path = "/v1/session", tag = "account",
    responses((status = 204), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn sign_out(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
) -> Result<Response, Problem> {
    node.service.ask(Some(caller), origin, Request::SignOut).await?;
    let cookie = clear_cookie(origin.peer).ok_or(Refusal::Failed)?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
