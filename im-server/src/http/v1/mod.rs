//! The HTTP API: one request a call, for scripts and bots. Each route stands beside its description, from which the OpenAPI
//! document is made.

mod account;
mod document;
mod events;
mod hooks;
mod messages;
mod own;
mod requests;
mod search;
mod sessions;
mod tokens;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::node::Node;

pub(super) use self::account::{enter, signs_in, signs_up};

/// The body of somebody who has not signed in has at most so many bytes.
const BODY_BYTES_MAX_STRANGER: usize = 8 * 1024;

pub(super) fn routes() -> axum::Router<Arc<Node>> {
    let strangers = OpenApiRouter::new()
        .routes(routes!(account::sign_up))
        .routes(routes!(account::sign_in))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX_STRANGER));
    let (router, document) = document::begin()
        .merge(strangers)
        .routes(routes!(account::who, account::sign_out))
        .routes(routes!(messages::post))
        .routes(routes!(messages::history))
        .routes(routes!(search::search))
        .routes(routes!(search::mentions))
        .routes(routes!(messages::conversations))
        .routes(routes!(events::events))
        .routes(routes!(requests::ask))
        .routes(routes!(sessions::change_password))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::end))
        .routes(routes!(sessions::set_up_codes, sessions::end_codes))
        .routes(routes!(sessions::confirm_codes))
        .routes(routes!(tokens::make, tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(hooks::make, hooks::list))
        .routes(routes!(hooks::drop))
        .routes(routes!(hooks::post))
        .routes(routes!(own::export))
        .routes(routes!(own::erase))
        .split_for_parts();
    router.merge(document::route(&document))
}
