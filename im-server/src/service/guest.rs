//! People without an account: a name while they are connected, rooms, and direct messages.

use std::sync::Arc;

use im_proto::{Address, Conversation, ConversationId, Refusal, Reply, Request, RoomName, UserName};

use crate::hub::Claim;
use crate::rules;
use crate::store::Step;

use super::{Account, Becomes, Caller, Origin, Outcome, Service};

impl Service {
    pub(super) async fn come_as_guest(
        &self,
        caller: Option<Caller>,
        name: Option<UserName>,
        origin: Origin,
    ) -> Result<Outcome, Refusal> {
        if caller.is_some() {
            return Err(Refusal::SignedIn);
        }
        if !self.policies.now().guests {
            return Err(Refusal::NoGuests);
        }
        let claim = match name {
            Some(name) => self.claim(&name)?,
            None => self.hub.claims.claim_anonymous(),
        };
        Ok(self.guest(claim, origin).await?.welcomed(None, Becomes::SignedIn))
    }

    pub(super) async fn rename(
        &self,
        caller: Caller,
        name: UserName,
        origin: Origin,
    ) -> Result<Outcome, Refusal> {
        if !caller.account.guest {
            return Err(Refusal::NotAllowed);
        }
        Ok(self.guest(self.claim(&name)?, origin).await?.welcomed(None, Becomes::Renamed))
    }

    /// Numbered names are given, not chosen.
    fn claim(&self, name: &UserName) -> Result<Claim, Refusal> {
        if name.is_for_guests() {
            return Err(Refusal::NameReserved);
        }
        self.hub.claims.claim(name).ok_or(Refusal::NameTaken)
    }

    async fn guest(&self, claim: Claim, origin: Origin) -> Result<Caller, Refusal> {
        self.may_be_called(claim.name()).await?;
        let (claims, site) = (&self.hub.claims, origin.peer.site());
        let (account, row, left) =
            self.store.guest(claim.name().clone(), site, self.now(), claims.take_spare()).await?;
        claims.add_spare(left);
        claim.has(row);
        Ok(Caller { account, _claim: Some(Arc::new(claim)), token: None })
    }

    /// What a guest asks: rooms are visited, not joined, and what needs an account is refused.
    pub(super) async fn ask_as_guest(
        &self,
        me: Account,
        origin: Origin,
        request: Request,
    ) -> Result<Outcome, Refusal> {
        match request {
            Request::Join { name, create } => self.visit(me, origin, name, create).await,
            Request::Open { address: Address::Room(name) } => self.visit(me, origin, name, false).await,
            Request::Leave { name } => {
                let place = self.store.find(me, Address::Room(name), self.allow(|_| Ok(()))).await?;
                rules::may_visit(place.kind, false)?; // whoever is kept out may go
                Ok(Outcome { reply: Reply::Done, session: Becomes::Leaves(place.id) })
            }
            Request::Create { .. }
            | Request::Invite { .. }
            | Request::Answer { .. }
            | Request::SetRole { .. }
            | Request::SetRetention { .. }
            | Request::Erase { .. }
            | Request::Dismiss { .. }
            | Request::ChangePassword { .. }
            | Request::Sessions
            | Request::EndSession { .. }
            | Request::SetUpCodes { .. }
            | Request::ConfirmCodes { .. }
            | Request::EndCodes { .. } => Err(Refusal::NeedsAccount),
            request => Ok(self.ask_as(me, origin, request).await?.into()),
        }
    }

    async fn visit(
        &self,
        me: Account,
        origin: Origin,
        name: RoomName,
        create: bool,
    ) -> Result<Outcome, Refusal> {
        let may_be = self.policies.now().naming.room(&name);
        let id = self
            .change_from(&me, origin, name, None, move |me, facts| match (facts.kind, create) {
                (Some(kind), _) => rules::may_visit(kind, facts.actor.banned).map(|()| Vec::new()),
                // A room that nobody owns.
                (None, true) => Ok(vec![
                    Step::Make(im_proto::Kind::Room, may_be),
                    Step::Event(me.clone(), im_proto::Body::Created),
                ]),
                (None, false) => Err(Refusal::NoSuchRoom),
            })
            .await?;
        let room = self.room(id).await?;
        Ok(Outcome { reply: Reply::Conversation(room.clone()), session: Becomes::Visits(room) })
    }

    async fn room(&self, id: ConversationId) -> Result<Conversation, Refusal> {
        Ok(self.as_kept(self.store.room(id).await?.ok_or(Refusal::NoSuchRoom)?))
    }

    /// Opens the direct conversation with somebody who may not be known yet.
    pub(super) async fn wait_for(&self, me: Account, user: UserName) -> Result<Reply, Refusal> {
        // A numbered name is the next stranger's: nothing is kept under it.
        if user.is_for_guests() && !self.hub.is_online(&user) {
            return Err(Refusal::NoSuchUser);
        }
        let may_come = self.policies.now().naming.user(&user);
        let id = self.store.open_awaited(me.id, user, may_come, self.now()).await?;
        self.conversation_reply(&me, id).await
    }
}
