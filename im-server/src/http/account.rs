//! Signing up, in and out over HTTP.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use im_proto::{Password, Refusal, Reply, Request, Token, UserName};
use serde::{Deserialize, Serialize};

use crate::node::Node;
use crate::service::Device;

use super::answer::Problem;
use super::body::Json;
use super::caller::{Signed, clear_cookie, set_cookie};

/// Who signs up or in.
#[derive(Deserialize)]
pub(super) struct Credentials {
    name: UserName,
    password: Password,
    /// A browser, which keeps the token where no script finds it.
    #[serde(default)]
    cookie: bool,
}

/// Who is signed in.
#[derive(Serialize)]
pub(super) struct Session {
    user: UserName,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<Token>,
}

pub(super) async fn sign_up(
    State(node): State<Arc<Node>>,
    Json(Credentials { name, password, cookie }): Json<Credentials>,
) -> Result<Response, Problem> {
    welcome(&node, Request::SignUp { name, password }, cookie).await
}

pub(super) async fn sign_in(
    State(node): State<Arc<Node>>,
    Json(Credentials { name, password, cookie }): Json<Credentials>,
) -> Result<Response, Problem> {
    welcome(&node, Request::SignIn { name, password }, cookie).await
}

async fn welcome(node: &Node, request: Request, cookie: bool) -> Result<Response, Problem> {
    let (user, token) = enter(node, request).await?;
    if cookie {
        let session = axum::Json(Session { user, token: None });
        return Ok(
            ([(header::SET_COOKIE, set_cookie(&token).ok_or(Refusal::Failed)?)], session).into_response()
        );
    }
    Ok(axum::Json(Session { user, token: Some(token) }).into_response())
}

/// Signs up or in: who it is, and their token.
pub(super) async fn enter(node: &Node, request: Request) -> Result<(UserName, Token), Refusal> {
    match node.service.ask(None, Device::KeepsToken, request).await?.reply {
        Reply::Welcome { user, token: Some(token) } => Ok((user, token)),
        _ => Err(Refusal::Failed), // there is nothing else that could come of it
    }
}

pub(super) async fn who(Signed(caller): Signed) -> axum::Json<Session> {
    axum::Json(Session { user: caller.account.name, token: None })
}

pub(super) async fn sign_out(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
) -> Result<Response, Problem> {
    node.service.ask(Some(caller), Device::KeepsToken, Request::SignOut).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, clear_cookie())]).into_response())
}
