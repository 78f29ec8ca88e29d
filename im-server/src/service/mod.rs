//! What may be asked, and who answers it: a table from request to function.
//!
//! A function reads the request, lets the store do it in one transaction under the rule that applies, and returns the
//! reply. Events are not announced from here: the store announces them when it commits, because only the order of the
//! commits is the order of the log.

mod account;
mod amend;
mod come_back;
mod erase;
mod export;
mod friends;
mod group;
mod guesses;
mod guest;
mod hooks;
mod lookups;
mod message;
mod moderation;
mod operator;
mod own;
mod pace;
mod password;
mod people;
mod received;
mod retention;
mod search;
mod tokens;
mod totp;
mod turns;

use std::sync::Arc;

use im_proto::{
    CONVERSATIONS_MAX, Conversation, ConversationId, PENDING_MAX, Pending, Refusal, Reply, Request, Seq,
    Timestamp, Token, UserId,
};

use crate::hub::{Claim, Hub};
use crate::limits::Meters;
use crate::peer::Peer;
use crate::policy::{Policies, Policy};
use crate::store::{EventPage, Search, Store, StoreError, TokenHash};

use self::guesses::Guesses;
use self::lookups::Lookups;
pub(crate) use self::message::PostReceipt;
use self::pace::Paces;
use self::password::Passwords;
use self::received::Unwritten;
pub(crate) use crate::store::{
    Account, Followed, HookInfo, Label, Listed, ListedMember, ListedRoom, ListedToken, ListedUser, Next,
    Since, TokenInfo, Unsynced,
};

#[cfg(test)]
mod tests;

/// Where time and randomness come from.
#[derive(Clone, Copy)]
pub(crate) struct Sources {
    /// The time.
    pub(crate) now: fn() -> Timestamp,
    /// Random bits.
    pub(crate) random: fn() -> [u8; 32],
}

/// All that answers requests.
pub(crate) struct Service {
    store: Store,
    hub: Arc<Hub>,
    passwords: Passwords,
    guesses: Guesses,
    lookups: Lookups,
    unwritten: Unwritten,
    meters: Arc<Meters>,
    paces: Paces,
    sources: Sources,
    /// Nobody came before.
    began: Timestamp,
    policies: Policies,
}

/// Who asks.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) account: Account,
    /// A guest's right to the name, which ends with the last clone of this.
    _claim: Option<Arc<Claim>>,
    /// The token that the session got or came with.
    pub(crate) token: Option<TokenHash>,
}

impl Caller {
    /// Who has just become this is welcomed, with a token that is told this once.
    fn welcomed(self, token: Option<Token>, becomes: fn(Self) -> Becomes) -> Outcome {
        Outcome { reply: Reply::Welcome { user: self.account.name.clone(), token }, session: becomes(self) }
    }
}

/// What kind of peer signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Device {
    /// A program that can keep a token, and what it is.
    Program(&'static str),
    /// A terminal, whose next user types a password.
    Terminal,
    /// None: an account is made, and nobody stays.
    None,
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) peer: Peer,
    pub(crate) device: Device,
}

/// What came of a request.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) reply: Reply,
    pub(crate) session: Becomes,
}

/// What it means for the session that asked.
#[derive(Debug, Clone)]
pub(crate) enum Becomes {
    /// Nothing.
    Same,
    /// It speaks for this account or guest from now on.
    SignedIn(Caller),
    /// It speaks for the same guest, who has another name.
    Renamed(Caller),
    /// As a guest, it is in this room from now on.
    Visits(Conversation),
    /// As a guest, it is in that room no longer.
    Leaves(ConversationId),
    /// It speaks for nobody.
    SignedOut,
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self { reply, session: Becomes::Same }
    }
}

impl Service {
    pub(crate) fn new(store: Store, hub: Arc<Hub>, sources: Sources, policies: Policies) -> Self {
        let (passwords, unwritten) = (Passwords::default(), Unwritten::default());
        let (guesses, lookups) = (Guesses::default(), Lookups::default());
        let meters = Arc::<Meters>::default();
        let paces = Paces::new(&meters, &policies);
        let limits = policies.clone();
        let store = store.bounded(move || pace::most(&limits.now().limits));
        let began = (sources.now)();
        Self { store, hub, passwords, guesses, lookups, unwritten, meters, paces, sources, began, policies }
    }

    /// What holds now.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        self.policies.now()
    }

    /// Does all that was handed over, and closes the store. Whether that went well.
    pub(crate) async fn close(self) -> bool {
        self.write_the_rest();
        self.store.close().await
    }

    /// Answers one request. Posts come by [`Service::post`] instead, so that many of a session can be on their way.
    pub(crate) async fn ask(
        &self,
        caller: Option<Caller>,
        origin: Origin,
        request: Request,
    ) -> Result<Outcome, Refusal> {
        if self.is_banned(origin.peer) {
            return Err(Refusal::AddressBanned);
        }
        if request.has_password() && !self.takes_password_of(origin.peer) {
            return Err(Refusal::NotEncrypted);
        }
        let outcome = match request {
            Request::Ping => return Ok(Reply::Done.into()),
            Request::CheckName { name } => self.check_name(name, origin.peer).await?,
            Request::SignUp { name, password } => {
                return self.sign_up(caller, (name, password), None, origin).await;
            }
            Request::SignUpInvited { name, password, invitation } => {
                return self.sign_up(caller, (name, password), Some(invitation), origin).await;
            }
            Request::SignIn { name, password } => {
                return self.sign_in(caller, (name, password), None, origin).await;
            }
            Request::SignInWithCode { name, password, code } => {
                return self.sign_in(caller, (name, password), Some(code), origin).await;
            }
            Request::Resume { token } => return self.resume(caller, token, origin.peer).await,
            Request::ComeAsGuest { name } => return self.come_as_guest(caller, name, origin).await,
            request => {
                let caller = caller.ok_or(Refusal::NotSignedIn)?;
                match request {
                    Request::SignOut => return self.sign_out(caller).await,
                    Request::Rename { name } => return self.rename(caller, name, origin).await,
                    Request::Erase { password } if !caller.account.guest => {
                        return self.erase(caller, password, origin.peer).await;
                    }
                    request if !caller.account.guest && Self::is_about_oneself(&request) => {
                        self.ask_about_oneself(caller, origin.peer, request).await?
                    }
                    request if caller.account.guest => {
                        return self.ask_as_guest(caller.account, origin, request).await;
                    }
                    request => self.ask_as(caller.account, origin, request).await?,
                }
            }
        };
        Ok(outcome.into())
    }

    async fn ask_as(&self, me: Account, origin: Origin, request: Request) -> Result<Reply, Refusal> {
        match request {
            Request::Conversations => {
                let mut conversations = self.conversations(me.id).await?;
                conversations.truncate(CONVERSATIONS_MAX); // more would not fit a frame
                Ok(Reply::Conversations { conversations })
            }
            Request::Open { address } => self.open(me, address).await,
            Request::Create { group } => self.create(me, group).await,
            Request::Join { name, create } => self.join(me, origin, name, create).await,
            Request::Invite { group, user } => self.invite(me, group, user).await,
            Request::Answer { group, user: Some(user), yes } => {
                self.answer_request(me, group, user, yes).await
            }
            Request::Answer { group, user: None, yes } => self.answer_invitation(me, group, yes).await,
            Request::Leave { name } => self.leave(me, name).await,
            Request::SetRole { group, user, role } => self.set_role(me, origin, group, user, role).await,
            Request::History { of, page, limit } => self.history(me, of, page, limit).await,
            Request::Mark { of, read } => self.mark(me, of, read).await,
            Request::Who { of } => self.who(me, of).await,
            Request::Pending => Ok(Reply::Pending { pending: self.pending(me.id).await? }),
            Request::Dismiss { group } => self.dismiss(me, group).await,
            Request::Await { user } => self.wait_for(me, user).await,
            Request::Received { upto } => self.received(&me, &upto),
            Request::Search { words, of, before, limit } => {
                self.search(me, Search { words, of, before, limit }).await
            }
            Request::Mentions { before, limit } => self.mentions(me, before, limit).await,
            Request::Typing { of } => self.typing(me, of).await,
            Request::SetRetention { of, days } => self.set_retention(me, of, days).await,
            Request::Time => Ok(Reply::Time { at: self.now() }),
            Request::Edit { of, seq, text } => self.edit(me, of, seq, text).await,
            Request::Delete { of, seq } => self.delete(me, origin, of, seq).await,
            Request::React { of, seq, reaction, on } => self.react(me, of, seq, reaction, on).await,
            Request::About { of } => self.about(me, of).await,
            Request::Moderate { .. }
            | Request::SetTopic { .. }
            | Request::LockTopic { .. }
            | Request::SetSlowMode { .. }
            | Request::Sanctions { .. }
            | Request::Audit { .. }
            | Request::BanAddress { .. }
            | Request::Hatches { .. } => self.moderate(me, origin, request).await,
            // The rest is the session's, or was answered before it came here.
            Request::Ping
            | Request::CheckName { .. }
            | Request::SignUp { .. }
            | Request::SignIn { .. }
            | Request::Resume { .. }
            | Request::SignOut
            | Request::ComeAsGuest { .. }
            | Request::Rename { .. }
            | Request::Erase { .. }
            | Request::Follow { .. }
            | Request::Post { .. }
            | Request::SignUpInvited { .. }
            | Request::SignInWithCode { .. }
            | Request::ChangePassword { .. }
            | Request::Sessions
            | Request::EndSession { .. }
            | Request::SetUpCodes { .. }
            | Request::ConfirmCodes { .. }
            | Request::EndCodes { .. } => Err(Refusal::Unreadable),
        }
    }

    /// All conversations of a user, for a session that begins to follow them, and where to begin in each.
    pub(crate) async fn followed(&self, user: UserId, since: Since) -> Result<Followed, StoreError> {
        let Followed { conversations, position, abouts } = self.store.followed(user, since).await?;
        let conversations =
            conversations.into_iter().map(|(about, seq)| (self.as_kept(about), seq)).collect();
        Ok(Followed { conversations, position, abouts })
    }

    async fn conversations(&self, user: UserId) -> Result<Vec<Conversation>, StoreError> {
        Ok(self.store.conversations(user).await?.into_iter().map(|about| self.as_kept(about)).collect())
    }

    /// One conversation as its member sees it.
    pub(crate) async fn conversation(
        &self,
        user: UserId,
        id: ConversationId,
    ) -> Result<Option<Conversation>, StoreError> {
        Ok(self.store.conversation(user, id).await?.map(|about| self.as_kept(about)))
    }

    /// The same, or a room as a guest sees it who is there.
    pub(crate) async fn seen_by(
        &self,
        user: UserId,
        guest: bool,
        id: ConversationId,
    ) -> Result<Option<Conversation>, StoreError> {
        let found = match self.store.conversation(user, id).await? {
            None if guest && !self.store.is_kept_out(user, id, self.now()).await? => {
                self.store.room(id).await?
            }
            found => found,
        };
        Ok(found.map(|about| self.as_kept(about)))
    }

    /// The events after one, for a session that follows the conversation.
    pub(crate) async fn after(
        &self,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<EventPage, StoreError> {
        self.store.after(conversation, seq).await
    }

    /// What waits longest for an answer of a user: all of it, or as much as fits a frame.
    pub(crate) async fn pending(&self, user: UserId) -> Result<Vec<Pending>, StoreError> {
        let mut pending = self.store.pending(user).await?;
        pending.truncate(PENDING_MAX);
        Ok(pending)
    }

    fn now(&self) -> Timestamp {
        (self.sources.now)()
    }
}
