//! Bodies, queries and paths that are checked as they are read; what is wrong with them is a [`Problem`].

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use im_proto::json_line;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::answer::Problem;

/// A JSON body. That of a request is read as such whatever the request calls it: `curl -d` calls everything a form. In that
/// of a response, what could act on a terminal is escaped: `curl` shows it as it is.
pub(super) struct Json<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, state).await?;
        json(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], json_line(&self.0)).into_response()
    }
}

/// Reads a body as JSON. What is wrong with it is said as people say it.
pub(super) fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let whole = error.to_string();
        // Where it stands in the one line that a program wrote helps nobody.
        let place = format!(" at line {} column {}", error.line(), error.column());
        let what = whole.strip_suffix(&place).unwrap_or(&whole);
        Problem::bad_request(match error.classify() {
            Category::Data | Category::Io => what.to_owned(),
            Category::Syntax | Category::Eof => format!("the body is not JSON: {what}"),
        })
    })
}

/// A body as HTML forms send it.
#[derive(FromRequest)]
#[from_request(via(axum::Form), rejection(Problem))]
pub(super) struct Form<T>(pub(super) T);

/// What stands behind the question mark.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(super) struct Query<T>(pub(super) T);

/// What stands in the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(super) struct Path<T>(pub(super) T);
