//! `signup`, `login`, `logout`.

use im_proto::{Refusal, Reply, Request, UserName};

use super::output;
use super::session::{Session, signed_in};
use crate::cli::Common;
use crate::connection::ConnectionError;
use crate::exit::Failure;
use crate::password;
use crate::secure::{Fingerprint, Identity, Known};
use crate::tokens::{SignedIn, Tokens};

/// Signs this device in, and makes the account first if it is `new`.
pub(super) async fn sign_in(
    common: &Common,
    tokens: &Tokens,
    name: UserName,
    new: bool,
) -> Result<(), Failure> {
    // Before a password is asked for, it should be known that it can be used.
    let mut session = Session::open(common).await?;
    if !session.safety().takes_password() {
        return Err(ConnectionError::Readable.into()); // before it is asked for
    }
    let password = password::given_or_asked(common.password_file.as_deref(), new)?;
    let request = if new { Request::SignUp { name, password } } else { Request::SignIn { name, password } };
    match session.ask(request).await?? {
        Reply::Welcome { user, token: Some(token) } => {
            let signed_in = SignedIn { user, token };
            tokens.keep(common.server(), &signed_in).map_err(Failure::io("the sign-in cannot be kept"))?;
            output::say(&format!("signed in as {} at {}", signed_in.user, common.server()))
        }
        _ => Err(Failure::Failed("the server gave no token".to_owned())),
    }
}

/// From now on the server is known by this certificate.
pub(super) fn trust(common: &Common, fingerprint: Fingerprint) -> Result<(), Failure> {
    let known = Known::of_this_user()
        .ok_or_else(|| Failure::Failed("there is no home folder to keep it in".to_owned()))?;
    known.remember(common.server(), &Identity::Own(fingerprint)).map_err(Failure::io("it cannot be kept"))?;
    output::say(&format!("{} is known by {fingerprint}", common.server()))
}

/// Makes this device's sign-in void, at the server and here.
pub(super) async fn sign_out(common: &Common, tokens: &Tokens) -> Result<(), Failure> {
    let signed_in = signed_in(common, tokens)?;
    let mut session = Session::open(common).await?;
    let token = signed_in.token.clone();
    match session.ask(Request::Resume { token }).await? {
        Ok(_) => {
            session.ask(Request::SignOut).await??;
        }
        // It is void already.
        Err(Refusal::BadToken) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    tokens.forget(common.server(), &signed_in.user).map_err(Failure::io("the sign-in cannot be removed"))?;
    output::say(&format!("{} is signed out at {}", signed_in.user, common.server()))
}
