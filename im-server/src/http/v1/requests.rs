//! Any request of the JSON dialect, as one call.

use std::sync::Arc;

use axum::extract::State;
use im_proto::{Ask, FromServer, MessageId, Refusal, Request};

use crate::http::answer::Problem;
use crate::http::body::Json;
use crate::http::caller::Signed;
use crate::node::{Node, fresh_id};
use crate::service::Origin;

use super::document;
use super::messages;

/// Asks whatever can be asked in the JSON dialect: `{"request":"join","name":"dev","create":true}`.
///
/// Not `follow`, and nothing that says who one is: those are for connections that stay. The answer is the reply of the
/// dialect.
#[utoipa::path(
    post, path = "/v1/ask", tag = "everything else", request_body = document::Request,
    responses((status = 200, body = document::Reply), (status = "4XX", body = document::Problem)),
)]
pub(super) async fn ask(
    State(node): State<Arc<Node>>,
    Signed(caller): Signed,
    origin: Origin,
    Json(Ask { tag, request }): Json<Ask>,
) -> Result<Json<FromServer>, Problem> {
    let reply = match request {
        Request::Post { to, message, text, reply_to } => {
            let message = if message == MessageId::default() { fresh_id() } else { message };
            node.service.post(origin.peer, caller.account, to, message, text, reply_to)?.await?
        }
        Request::SignUp { .. }
        | Request::SignIn { .. }
        | Request::SignUpInvited { .. }
        | Request::SignInWithCode { .. }
        | Request::Resume { .. }
        | Request::SignOut
        | Request::Erase { .. }
        | Request::ComeAsGuest { .. }
        | Request::Rename { .. }
        | Request::Follow { .. } => return Err(Refusal::Unreadable.into()),
        request => messages::ask(&node, caller, origin, request).await?,
    };
    Ok(Json(FromServer::Reply { tag, result: Ok(reply) }))
}
