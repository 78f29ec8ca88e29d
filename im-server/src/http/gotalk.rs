//! goTalk's routes: forms in, its JSON out, with the status that is true. What it promised and lost is kept until it was
//! taken.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use im_proto::{Address, Password, Refusal, Secret, Text, Timestamp, Token, UserId, UserName};
use serde::{Deserialize, Serialize};

use crate::node::{Node, fresh_id};
use crate::service::{Caller, Device, Origin, Unsynced};

use super::answer::Problem;
use super::body::{Form, Json};
use super::caller::{self, set_cookie};
use super::connection::Connection;
use super::{page, v1};

pub(super) fn routes() -> Router<Arc<Node>> {
    Router::new()
        .route("/register", get(page::index).post(register))
        .route("/login", get(page::index).post(sign_in))
        .route("/send", get(page::index).post(send))
        .route("/sync", post(sync))
        .route("/getuseridbyname", post(number_of).get(number_of))
        .route("/addfriend", post(add_friend))
        .route("/friendlist", post(friends))
}

/// Why a request was not done, in goTalk's shape.
struct Fault(StatusCode, String);

impl<T: Into<Problem>> From<T> for Fault {
    fn from(problem: T) -> Self {
        let Problem { status, error, .. } = problem.into();
        Self(status, error)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Body {
            err: String,
        }
        let Self(status, err) = self;
        (status, Json(Body { err })).into_response()
    }
}

fn bad(error: impl ToString) -> Fault {
    Problem::bad_request(error).into()
}

/// A user as goTalk shows them. It had their password here.
#[derive(Serialize)]
struct User {
    #[serde(rename = "Id")]
    id: UserId,
    #[serde(rename = "Name")]
    name: UserName,
    #[serde(rename = "Pwd")]
    password: &'static str,
    #[serde(rename = "SessionID")]
    session: String,
}

impl User {
    fn new(id: UserId, name: UserName, session: String) -> Self {
        Self { id, name, password: "", session }
    }
}

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
    /// Where accounts are made by invitation: its code.
    #[serde(default)]
    invitation: String,
    /// Where the account asks for codes: one.
    #[serde(default)]
    code: String,
}

impl Credentials {
    fn parse(&self) -> Result<(UserName, Password), Fault> {
        Ok((UserName::parse(&self.username).map_err(bad)?, Password::parse(&self.password).map_err(bad)?))
    }
}

/// What may be left out.
fn secret(given: &str) -> Result<Option<Secret>, Fault> {
    if given.is_empty() { Ok(None) } else { Secret::parse(given).map(Some).map_err(bad) }
}

async fn register(
    State(node): State<Arc<Node>>,
    origin: Origin,
    form: Result<Form<Credentials>, Problem>,
) -> Result<Json<User>, Fault> {
    let given = form?.0;
    let ((name, password), invitation) = (given.parse()?, secret(&given.invitation)?);
    // goTalk's registration signs nobody in.
    let origin = Origin { device: Device::None, ..origin };
    let request = v1::signs_up(name.clone(), password, invitation);
    node.service.ask(None, origin, request).await?;
    let account = node.service.user_by_name(name).await?;
    Ok(Json(User::new(account.id, account.name, String::new())))
}

async fn sign_in(
    State(node): State<Arc<Node>>,
    origin: Origin,
    form: Result<Form<Credentials>, Problem>,
) -> Result<Response, Fault> {
    let given = form?.0;
    let ((name, password), code) = (given.parse()?, secret(&given.code)?);
    let origin = Origin { device: Device::Program("browser"), ..origin };
    let token = match v1::enter(&node, origin, v1::signs_in(name, password, code)).await {
        Err(Refusal::WrongPassword) => {
            return Err(Fault(StatusCode::UNAUTHORIZED, "wrong user name or password".into()));
        }
        entered => entered?.1,
    };
    let cookie = set_cookie(&token, origin.peer).ok_or(Refusal::Failed)?;
    let Caller { account, .. } = node.service.caller_by_token(&token, origin.peer).await?;
    let user = User::new(account.id, account.name, token.to_hex());
    Ok(([(header::SET_COOKIE, cookie)], Json(user)).into_response())
}

/// Who asks, in every form that only somebody who is signed in may send.
#[derive(Deserialize)]
struct Asker {
    /// From `/login`. A page that is signed in has it as a cookie instead.
    #[serde(default)]
    token: String,
    /// Their number, which must be their own.
    #[serde(default)]
    id: String,
}

impl Asker {
    async fn caller(&self, node: &Node, origin: Origin, headers: &HeaderMap) -> Result<Caller, Fault> {
        let not_valid = || Fault(StatusCode::UNAUTHORIZED, "not valid token, please log in".into());
        let token = Token::from_hex(&self.token).or_else(|| caller::token(headers)).ok_or_else(not_valid)?;
        let caller = match node.service.caller_by_token(&token, origin.peer).await {
            Err(Refusal::BadToken) => return Err(not_valid()),
            caller => caller?,
        };
        node.service.may_ask(origin.peer, Some(&caller.account))?;
        match self.id.as_str() {
            "" => Ok(caller),
            id if number(id) == Some(caller.account.id) => Ok(caller),
            _ => Err(Fault(StatusCode::FORBIDDEN, "that id is not yours".into())),
        }
    }
}

/// A number as goTalk took them: decimal, or hexadecimal after `0x`.
fn number(raw: &str) -> Option<UserId> {
    let parsed = match raw.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => raw.parse(),
    };
    parsed.ok().map(UserId)
}

#[derive(Deserialize)]
struct Message {
    #[serde(flatten)]
    asker: Asker,
    /// A number, or a name.
    #[serde(rename = "sendToId")]
    to: String,
    content: String,
}

async fn send(
    State(node): State<Arc<Node>>,
    origin: Origin,
    headers: HeaderMap,
    form: Result<Form<Message>, Problem>,
) -> Result<Json<&'static str>, Fault> {
    let Message { asker, to, content } = form?.0;
    let caller = asker.caller(&node, origin, &headers).await?;
    let text = Text::parse(&content).map_err(bad)?;
    let to = match number(&to) {
        Some(number) => node.service.name_of(number).await?,
        None => UserName::parse(&to).map_err(bad)?,
    };
    node.service.post(origin.peer, caller.account, Address::User(to), fresh_id(), text, None)?.await?;
    Ok(Json("message received"))
}

#[derive(Deserialize)]
struct Sync {
    #[serde(flatten)]
    asker: Asker,
    /// All up to this number was received.
    ack: Option<String>,
}

/// A message that waits, as goTalk shows them; the last four keys are ours.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Waiting {
    content: Text,
    user_id_send: UserId,
    user_id_receive: UserId,
    /// Grows from message to message. Who has seen it already drops the repeat.
    number: u64,
    from: UserName,
    /// The sender had no account.
    guest: bool,
    at: Timestamp,
}

async fn sync(
    State(node): State<Arc<Node>>,
    origin: Origin,
    Extension(connection): Extension<Connection>,
    headers: HeaderMap,
    form: Result<Form<Sync>, Problem>,
) -> Result<Response, Fault> {
    let Sync { asker, ack } = form?.0;
    let me = asker.caller(&node, origin, &headers).await?.account;
    if let Some(ack) = ack.filter(|ack| !ack.is_empty()) {
        node.service.confirm_synced(&me, ack.parse().map_err(bad)?).await?;
    }
    let unsynced = node.service.unsynced(&me).await?;
    let Some(last) = unsynced.last().map(|last| last.position) else {
        return Ok(Json("no message").into_response());
    };
    let waiting = |unsynced: Unsynced| Waiting {
        content: unsynced.text,
        user_id_send: unsynced.from,
        user_id_receive: me.id,
        number: unsynced.position,
        from: unsynced.name,
        guest: unsynced.guest,
        at: unsynced.at,
    };
    let waiting: Vec<Waiting> = unsynced.into_iter().map(waiting).collect();
    // Whoever loses the answer gets it again.
    let service = Arc::clone(&node.service);
    connection.when_taken(Box::pin(async move {
        if let Err(refusal) = service.confirm_synced(&me, last).await {
            tracing::warn!(%refusal, "what was synced is handed out again");
        }
    }));
    Ok(Json(waiting).into_response())
}

#[derive(Deserialize)]
struct Named {
    #[serde(flatten)]
    asker: Asker,
    username: String,
}

async fn number_of(
    State(node): State<Arc<Node>>,
    origin: Origin,
    headers: HeaderMap,
    form: Result<Form<Named>, Problem>,
) -> Result<Json<User>, Fault> {
    let Named { asker, username } = form?.0;
    asker.caller(&node, origin, &headers).await?;
    let name = UserName::parse(&username).map_err(bad)?;
    let account = node.service.user_by_name(name).await?;
    Ok(Json(User::new(account.id, account.name, String::new())))
}

#[derive(Deserialize)]
struct Befriended {
    #[serde(flatten)]
    asker: Asker,
    friendid: String,
}

/// Somebody in somebody's list of friends.
#[derive(Serialize)]
struct Friendship {
    #[serde(rename = "Id")]
    id: u64,
    #[serde(rename = "UserId1")]
    user: UserId,
    #[serde(rename = "UserId2")]
    friend: UserId,
}

async fn add_friend(
    State(node): State<Arc<Node>>,
    origin: Origin,
    headers: HeaderMap,
    form: Result<Form<Befriended>, Problem>,
) -> Result<Json<Friendship>, Fault> {
    let Befriended { asker, friendid } = form?.0;
    let me = asker.caller(&node, origin, &headers).await?.account;
    let friend = number(&friendid).ok_or(Refusal::NoSuchUser)?;
    let id = node.service.add_friend(&me, friend).await?;
    Ok(Json(Friendship { id, user: me.id, friend }))
}

/// The numbers of one's friends, or `null`.
async fn friends(
    State(node): State<Arc<Node>>,
    origin: Origin,
    headers: HeaderMap,
    form: Result<Form<Asker>, Problem>,
) -> Result<Json<Option<Vec<UserId>>>, Fault> {
    let me = form?.0.caller(&node, origin, &headers).await?.account;
    let friends = node.service.friends(&me).await?;
    Ok(Json((!friends.is_empty()).then_some(friends)))
}
