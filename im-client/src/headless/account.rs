//! `signup`, `login`, `logout`, and what somebody does about their own account.

use im_proto::{Refusal, Reply, Request, Secret, SignedIn as Place, UserName};

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
    let with = |code: Option<Secret>| {
        let (name, password) = (name.clone(), password.clone());
        match (new, code) {
            (true, None) => Request::SignUp { name, password },
            (true, Some(invitation)) => Request::SignUpInvited { name, password, invitation },
            (false, None) => Request::SignIn { name, password },
            (false, Some(code)) => Request::SignInWithCode { name, password, code },
        }
    };
    let reply = match session.ask(with(None)).await? {
        Err(Refusal::InvitationNeeded) => session.ask(with(Some(password::code("Invitation: ")?))).await??,
        Err(Refusal::CodeNeeded) => session.ask(with(Some(password::code("Code: ")?))).await??,
        result => result?,
    };
    match reply {
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

/// Another password. Whatever else is signed in is signed out.
pub(super) async fn change_password(common: &Common, tokens: &Tokens) -> Result<(), Failure> {
    let mut session = Session::resume(common, &signed_in(common, tokens)?).await?;
    let (old, new) = password::changed(common.password_file.as_deref())?;
    session.ask(Request::ChangePassword { old, new }).await??;
    output::say("the password is changed, and all else is signed out")
}

/// Where one is signed in; or signs out there.
pub(super) async fn sessions(common: &Common, tokens: &Tokens, end: Option<u64>) -> Result<(), Failure> {
    let mut session = Session::resume(common, &signed_in(common, tokens)?).await?;
    if let Some(id) = end {
        session.ask(Request::EndSession { id }).await??;
        return output::say("it is signed out");
    }
    let Reply::Sessions { sessions } = session.ask(Request::Sessions).await?? else {
        return Err(Failure::Failed("the server gave another answer than the sessions".to_owned()));
    };
    for Place { id, device, address, current, online, .. } in sessions {
        let state = match (current, online) {
            (true, _) => " (this one)",
            (false, true) => " (connected)",
            (false, false) => "",
        };
        output::say(&format!("#{id} {device} {address}{state}"))?;
    }
    Ok(())
}

/// Asks for codes at sign-in from now on, or no more.
pub(super) async fn codes(common: &Common, tokens: &Tokens, on: bool) -> Result<(), Failure> {
    let mut session = Session::resume(common, &signed_in(common, tokens)?).await?;
    let password = password::given_or_asked(common.password_file.as_deref(), false)?;
    if !on {
        let code = password::code("Code: ")?;
        session.ask(Request::EndCodes { password, code }).await??;
        return output::say("no codes are asked for any more");
    }
    if let Reply::CodeSecret { secret, uri } = session.ask(Request::SetUpCodes { password }).await?? {
        output::say(secret.expose())?;
        output::say(uri.expose())?;
    }
    let code = password::code("The code that your authenticator shows: ")?;
    if let Reply::RecoveryCodes { codes } = session.ask(Request::ConfirmCodes { code }).await?? {
        output::say("codes are asked for from now on; each of these signs in once:")?;
        codes.iter().try_for_each(|code| output::say(code.expose()))?;
    }
    Ok(())
}
