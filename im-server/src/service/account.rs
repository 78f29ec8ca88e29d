//! Signing up, in and out.

use im_proto::{Password, Refusal, Reply, Secret, Token, UserName};
use sha2::{Digest, Sha256};

use crate::peer::Peer;
use crate::policy::Registration;
use crate::store::{Admission, GivenCode, NewSession, TERMINAL, TokenHash};

use super::guesses::Guess;
use super::{Account, Becomes, Caller, Device, Origin, Outcome, Service, totp};

impl Service {
    /// Whether somebody there may give a password: nobody on the way can read it, or the policy is that it may be read.
    pub(crate) fn takes_password_of(&self, peer: Peer) -> bool {
        peer.encrypted || peer.address.is_loopback() || self.policies.now().passwords_in_plaintext
    }

    /// Whoever signs up has to know whether a name is taken: where anybody may, anybody hears it, but not of all names there are.
    pub(super) async fn check_name(&self, name: UserName, peer: Peer) -> Result<Reply, Refusal> {
        self.may_register(None).await?;
        self.lookups.take(peer.site(), self.now())?;
        let taken = self.store.user_by_name(name).await?.is_some();
        Ok(Reply::Name { taken })
    }

    /// Whether accounts are made now, by this invitation if they are made by invitation.
    async fn may_register(&self, invitation: Option<&Secret>) -> Result<Admission, Refusal> {
        match (self.policies.now().registration, invitation) {
            (Registration::Open, _) => Ok(Admission::Open),
            (Registration::Closed, _) => Err(Refusal::RegistrationClosed),
            (Registration::Invite, None) => Err(Refusal::InvitationNeeded),
            (Registration::Invite, Some(invitation)) => {
                let hash = hash_of_code(invitation);
                let good = self.store.invites(hash, self.now()).await?;
                if good { Ok(Admission::Invited(hash)) } else { Err(Refusal::BadInvitation) }
            }
        }
    }

    pub(super) async fn sign_up(
        &self,
        caller: Option<Caller>,
        (name, password): (UserName, Password),
        invitation: Option<Secret>,
        origin: Origin,
    ) -> Result<Outcome, Refusal> {
        refuse_signed_in(caller.as_ref())?;
        let site = origin.peer.site();
        self.lookups.take(site, self.now())?;
        let admission = self.may_register(invitation.as_ref()).await?;
        if name.is_for_guests() {
            return Err(Refusal::NameReserved);
        }
        // Before the costly hash; what counts is asked again in the transaction.
        if self.store.user_by_name(name.clone()).await?.is_some() {
            return Err(Refusal::NameTaken);
        }
        self.may_be_called(&name).await?;
        // A guest who has the name, or one like it, keeps it; unless it is they who sign up.
        let own = caller.is_some_and(|caller| caller.account.name == name);
        let _claim = match self.hub.claims.claim(&name) {
            None if !own => return Err(Refusal::NameTaken),
            claim => claim,
        };
        let hash = self.passwords.hash(password, self.salt(), site).await?;
        let (token, session) = self.new_session(origin);
        let account = self.store.create_user(name, hash, session, admission, self.now()).await?;
        self.guesses.knows(&account.name, site, self.now());
        Ok(signed_in(account, token, session))
    }

    /// Whether somebody new may have this name. Where it is not one for new people, and looks like somebody's, it says so.
    pub(super) async fn may_be_called(&self, name: &UserName) -> Result<(), Refusal> {
        match self.policies.now().naming.user(name) {
            Err(_) if self.store.is_look_taken(name.look()).await? => Err(Refusal::LookAlike),
            may_be => may_be,
        }
    }

    /// With a code where one is given; it is needed where the account asks for codes.
    pub(super) async fn sign_in(
        &self,
        caller: Option<Caller>,
        (name, password): (UserName, Password),
        code: Option<Secret>,
        origin: Origin,
    ) -> Result<Outcome, Refusal> {
        refuse_signed_in(caller.as_ref())?;
        let (account, hash, guess) = self.proven(name, password, origin.peer).await?;
        let code = code.map(|code| self.given_code(&account, &code)).transpose()?;
        let (token, session) = self.new_session(origin);
        let (gave_code, session) = (code.is_some(), session.ok_or(Refusal::Failed)?);
        self.store.sign_in(account.id, hash, session, code, self.now()).await?;
        if token.is_some() {
            let most = self.policies.now().limits.devices_per_user_max;
            self.store.forget_devices(account.id, most, self.hub.tokens_of(account.id))?;
        }
        guess.signs_in(self.now());
        if gave_code {
            self.guesses.right_code(&account.name);
        }
        Ok(signed_in(account, token, Some(session)))
    }

    /// The account of a name with the hash of its password, if this is it. Whether nobody has that name, or its password is
    /// another, is one answer, after the same work.
    pub(super) async fn proven(
        &self,
        name: UserName,
        password: Password,
        peer: Peer,
    ) -> Result<(Account, String, Right<'_>), Refusal> {
        let guess = self.may_guess(&name, peer).await?;
        let (account, hash) = self.store.user_by_name(name).await?.unzip();
        let verified = self.passwords.verify(password, hash.clone(), peer.site()).await;
        match (verified, account.zip(hash)) {
            (Ok(()), Some((account, hash))) => Ok((account, hash, Right(Some(guess)))),
            (Ok(()), None) | (Err(Refusal::WrongPassword), _) => Err(Refusal::WrongPassword),
            (Err(refusal), _) => {
                guess.take_back();
                Err(refusal)
            }
        }
    }

    async fn may_guess(&self, name: &UserName, peer: Peer) -> Result<Guess<'_>, Refusal> {
        let site = peer.site();
        match self.guesses.begin(name, site, false, self.now()) {
            Err(refusal) => {
                let addresses = self.store.addresses(name.clone()).await?;
                let mut addresses = addresses.iter().filter_map(|address| address.parse().ok());
                let known = addresses.any(|address| Peer::new(address, false).site() == site);
                if known { self.guesses.begin(name, site, true, self.now()) } else { Err(refusal) }
            }
            may => may,
        }
    }

    /// A code as the store takes it. It counts as wrong until it is known to be right.
    pub(super) fn given_code(&self, account: &Account, code: &Secret) -> Result<GivenCode, Refusal> {
        self.guesses.begin_code(&account.name, self.now())?;
        let digits = totp::digits(code.expose());
        Ok(GivenCode { digits, recovery: hash_of_code(code), step: totp::step })
    }

    pub(super) async fn resume(
        &self,
        caller: Option<Caller>,
        token: Token,
        peer: Peer,
    ) -> Result<Outcome, Refusal> {
        refuse_signed_in(caller.as_ref())?;
        Ok(self.caller_by_token(&token, peer).await?.welcomed(None, Becomes::SignedIn))
    }

    pub(super) async fn sign_out(&self, caller: Caller) -> Result<Outcome, Refusal> {
        if let Some(token) = caller.token {
            self.store.drop_token(token).await?;
        }
        Ok(Outcome { reply: Reply::Done, session: Becomes::SignedOut })
    }

    /// A token for who signs in, and what is kept of it. Terminals are told none: theirs is for ending them.
    fn new_session(&self, origin: Origin) -> (Option<Token>, Option<NewSession>) {
        let token = self.new_token();
        let (address, hash) = (origin.peer.address, hash_of(&token));
        let session = |device| Some(NewSession { token: hash, device, address });
        match origin.device {
            Device::Program(device) => (Some(token), session(device)),
            Device::Terminal => (None, session(TERMINAL)),
            Device::None => (None, None),
        }
    }

    pub(super) fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        salt.copy_from_slice(&(self.sources.random)()[..16]);
        salt
    }
}

/// A right password. Unless it signs in, nothing is forgotten of the wrong ones before it.
pub(super) struct Right<'a>(Option<Guess<'a>>);

impl Right<'_> {
    fn signs_in(mut self, now: im_proto::Timestamp) {
        if let Some(guess) = self.0.take() {
            guess.signs_in(now);
        }
    }
}

impl Drop for Right<'_> {
    fn drop(&mut self) {
        if let Some(guess) = self.0.take() {
            guess.take_back();
        }
    }
}

/// Guests may sign up and in.
fn refuse_signed_in(caller: Option<&Caller>) -> Result<(), Refusal> {
    if caller.is_some_and(|caller| !caller.account.guest) { Err(Refusal::SignedIn) } else { Ok(()) }
}

/// Somebody who gave a password.
fn signed_in(account: Account, token: Option<Token>, session: Option<NewSession>) -> Outcome {
    let hash = session.map(|session| session.token);
    Caller { account, _claim: None, token: hash }.welcomed(token, Becomes::SignedIn)
}

/// What is kept of a token: 256 random bits need no slow hash.
pub(super) fn hash_of(token: &Token) -> TokenHash {
    Sha256::digest(token.expose()).into()
}

/// What is kept of an invitation or a recovery code: 80 random bits neither.
pub(super) fn hash_of_code(code: &Secret) -> TokenHash {
    Sha256::digest(totp::meant(code.expose())).into()
}
