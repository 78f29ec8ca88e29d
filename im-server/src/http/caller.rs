//! Who asks: by a bearer token, or by the cookie that a browser was given. Both are the same tokens.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use im_proto::{Refusal, Token};

use crate::node::Node;
use crate::peer::Peer;
use crate::service::{Caller, Device, Origin};

use super::answer::Problem;

/// The cookie of a browser that is signed in.
const COOKIE: &str = "im_session";

/// A browser forgets who is signed in after so many seconds: 30 days.
const COOKIE_SECONDS: u32 = 30 * 24 * 60 * 60;

/// Somebody who is signed in; without them the request is refused.
pub(super) struct Signed(pub(super) Caller);

/// Somebody who is signed in, if they are.
pub(super) struct Known(pub(super) Option<Caller>);

impl FromRequestParts<Arc<Node>> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, node: &Arc<Node>) -> Result<Self, Problem> {
        let token = came_with(&parts.headers)?.ok_or(Refusal::NotSignedIn)?;
        let peer = peer_of(parts)?;
        let caller = node.service.caller_by_token(&token, peer).await?;
        node.service.may_ask(peer, Some(&caller.account))?;
        Ok(Self(caller))
    }
}

impl FromRequestParts<Arc<Node>> for Known {
    type Rejection = Problem;

    /// A bearer token must be good. A cookie may be old without anybody's doing.
    async fn from_request_parts(parts: &mut Parts, node: &Arc<Node>) -> Result<Self, Problem> {
        let Some(token) = came_with(&parts.headers)? else { return Ok(Self(None)) };
        match node.service.caller_by_token(&token, peer_of(parts)?).await {
            Ok(caller) => Ok(Self(Some(caller))),
            Err(Refusal::BadToken) if bearer(&parts.headers).is_none() => Ok(Self(None)),
            Err(refusal) => Err(refusal.into()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Problem;

    /// Each request is told by the connection where it comes from.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self { peer: peer_of(parts)?, device: Device::Program("http") })
    }
}

fn peer_of(parts: &Parts) -> Result<Peer, Refusal> {
    parts.extensions.get::<Peer>().copied().ok_or(Refusal::Failed)
}

/// The token that a request came with, if it came with one. A bearer token that cannot be one is a bad one.
fn came_with(headers: &HeaderMap) -> Result<Option<Token>, Refusal> {
    match (token(headers), bearer(headers)) {
        (None, Some(_)) => Err(Refusal::BadToken),
        (token, _) => Ok(token),
    }
}

/// The token that a request came with.
pub(super) fn token(headers: &HeaderMap) -> Option<Token> {
    Token::from_hex(bearer(headers).or_else(|| cookie(headers))?)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = said.split_once(' ').unwrap_or((said, ""));
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// The header that gives a browser its cookie. No script can read it, no other site can send it.
pub(super) fn set_cookie(token: &Token, peer: Peer) -> Option<HeaderValue> {
    let token = token.to_hex();
    cookie_header(&token, COOKIE_SECONDS, peer)
}

/// The header that takes it away.
pub(super) fn clear_cookie(peer: Peer) -> Option<HeaderValue> {
    cookie_header("", 0, peer)
}

/// What came encrypted is never sent in the clear.
fn cookie_header(value: &str, seconds: u32, peer: Peer) -> Option<HeaderValue> {
    let secure = if peer.encrypted { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}");
    HeaderValue::from_str(&cookie).ok()
}

/// Whether the request comes from a page of this server, or from no page at all. Cookies do not know ports, and loopback is
/// one site to browsers, so that this is asked of everything that a page could send unasked.
pub(super) fn is_own_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, origin)| origin);
    matches!((origin, host), (Some(origin), Some(host)) if origin.eq_ignore_ascii_case(host))
}
