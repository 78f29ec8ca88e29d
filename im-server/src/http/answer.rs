//! How requests are refused: a status, and one JSON body with the stable code and the sentence.

use axum::extract::rejection::{BytesRejection, FormRejection, PathRejection, QueryRejection};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use im_proto::Refusal;
use serde::Serialize;

use super::body::Json;

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) error: String,
}

/// Its body.
#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    error: &'a str,
}

impl Problem {
    /// The request itself is wrong.
    #[expect(clippy::needless_pass_by_value, reason = "errors come so from map_err")]
    pub(super) fn bad_request(error: impl ToString) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: Refusal::Unreadable.code(), error: error.to_string() }
    }

    /// It comes from a page of somebody else.
    pub(super) fn foreign_origin() -> Self {
        let error = "requests from pages of other servers are not taken".into();
        Self { status: StatusCode::FORBIDDEN, code: "foreign-origin", error }
    }

    /// There is nothing at that path.
    pub(super) fn no_such_path() -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "no-such-path", error: "there is nothing here".into() }
    }

    /// Not by that method.
    pub(super) fn no_such_method() -> Self {
        let error = "that cannot be done here".into();
        Self { status: StatusCode::METHOD_NOT_ALLOWED, code: "no-such-method", error }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self { status: status(refusal), code: refusal.code(), error: refusal.to_string() }
    }
}

fn status(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::Unreadable | Refusal::OpenRoom | Refusal::NameNotAllowed | Refusal::NameScripts => {
            StatusCode::BAD_REQUEST
        }
        Refusal::NotSignedIn
        | Refusal::WrongPassword
        | Refusal::BadToken
        | Refusal::CodeNeeded
        | Refusal::WrongCode => StatusCode::UNAUTHORIZED,
        Refusal::NotMember
        | Refusal::TheyAreNotMember
        | Refusal::NotAllowed
        | Refusal::NoGuests
        | Refusal::InvitationNeeded
        | Refusal::BadInvitation
        | Refusal::RegistrationClosed
        | Refusal::Suspended
        | Refusal::Banned
        | Refusal::TheyAreBanned
        | Refusal::Muted
        | Refusal::TopicLocked
        | Refusal::HatchesClosed
        | Refusal::AddressBanned
        | Refusal::NotEncrypted
        | Refusal::NeedsAccount => StatusCode::FORBIDDEN,
        Refusal::NoSuchUser
        | Refusal::NoSuchRoom
        | Refusal::NoSuchToken
        | Refusal::NoSuchSession
        | Refusal::NoSuchMessage
        | Refusal::NotSanctioned
        | Refusal::NothingPending => StatusCode::NOT_FOUND,
        Refusal::SignInTimeout | Refusal::Stalled => StatusCode::REQUEST_TIMEOUT,
        Refusal::SignedIn
        | Refusal::NameTaken
        | Refusal::LookAlike
        | Refusal::AlreadyMember
        | Refusal::AlreadyAsked
        | Refusal::MessageIdUsed
        | Refusal::CodesOn
        | Refusal::NameReserved
        | Refusal::NameKept => StatusCode::CONFLICT,
        Refusal::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::TooMany
        | Refusal::KeptFull
        | Refusal::TooOften
        | Refusal::TriedTooOften
        | Refusal::SlowMode => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        Refusal::Busy | Refusal::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::CannotStore => StatusCode::INSUFFICIENT_STORAGE,
    }
}

/// What axum could not make of a request.
macro_rules! from_rejections {
    ($($rejection:ty),*) => {$(
        impl From<$rejection> for Problem {
            fn from(rejection: $rejection) -> Self {
                let (status, code) = match rejection.status() {
                    status @ StatusCode::PAYLOAD_TOO_LARGE => (status, Refusal::TooLong.code()),
                    // A form is read like anything else.
                    StatusCode::UNPROCESSABLE_ENTITY => (StatusCode::BAD_REQUEST, Refusal::Unreadable.code()),
                    status => (status, Refusal::Unreadable.code()),
                };
                Self { status, code, error: rejection.body_text() }
            }
        }
    )*};
}

from_rejections!(BytesRejection, FormRejection, PathRejection, QueryRejection);

/// Stands at a response: the code of what it refused.
#[derive(Clone, Copy)]
pub(super) struct RefusedBy(pub(super) &'static str);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, code, error } = self;
        let mut response = (status, Json(Body { code, error: &error })).into_response();
        let retries = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE];
        if retries.contains(&status) {
            // Whoever is sent away because the server stops does not come back in the same moment as all others.
            let spread = if code == Refusal::Stopping.code() { crate::machine::random()[0] % 10 } else { 0 };
            response.headers_mut().insert(header::RETRY_AFTER, (1 + u16::from(spread)).into());
        }
        response.extensions_mut().insert(RefusedBy(code));
        response
    }
}
