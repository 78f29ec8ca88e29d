//! Rooms and groups: making them, getting in, being let in, leaving.

use im_proto::{
    Address, Body, ConversationId, Kind, PendingKind, Refusal, Remark, Reply, Role, RoomName, UserName,
};

use crate::rules::{self, Entry, Invitation};
use crate::store::{Facts, Standing, Step, Subject, Whence};

use super::{Account, Origin, Service};

impl Service {
    /// What the client is told of a conversation it is now in.
    pub(super) async fn conversation_reply(
        &self,
        me: &Account,
        id: ConversationId,
    ) -> Result<Reply, Refusal> {
        let conversation = self.conversation(me.id, id).await?.ok_or(Refusal::NotMember)?;
        Ok(Reply::Conversation(conversation))
    }

    pub(super) async fn open(&self, me: Account, address: Address) -> Result<Reply, Refusal> {
        let id = match address {
            Address::User(other) => {
                let there = self.hub.is_online(&other);
                self.store.open_direct(me.id, other, there, self.now()).await?
            }
            address @ Address::Room(_) => {
                self.store.find(me.clone(), address, self.allow(rules::may_read)).await?.id
            }
        };
        self.conversation_reply(&me, id).await
    }

    pub(super) async fn create(&self, me: Account, group: RoomName) -> Result<Reply, Refusal> {
        let may_be = self.policies.now().naming.room(&group);
        let id = self
            .change(&me, group, None, move |me, facts| match facts.kind {
                Some(_) => Err(Refusal::NameTaken),
                None => Ok(made(Kind::Group, me, may_be)),
            })
            .await?;
        self.conversation_reply(&me, id).await
    }

    pub(super) async fn join(
        &self,
        me: Account,
        origin: Origin,
        name: RoomName,
        create: bool,
    ) -> Result<Reply, Refusal> {
        let address = Address::Room(name.clone());
        let may_be = self.policies.now().naming.room(&name);
        let id = self
            .change_from(&me, origin, name, None, move |me, facts| match (facts.kind, create) {
                (None, true) => Ok(made(Kind::Room, me, may_be)),
                (None, false) => Err(Refusal::NoSuchRoom),
                (Some(kind), _) => match may_enter(kind, &facts.actor)? {
                    Entry::In if create => Ok(Vec::new()),
                    Entry::In => Err(Refusal::AlreadyMember),
                    Entry::Open => Ok(entered(me, by(&facts.actor), &facts.actor)),
                    Entry::Ask => Ok(vec![
                        Step::Pending(me.clone(), Some((PendingKind::Request, me.clone()))),
                        Step::Event(me.clone(), Body::Asked),
                    ]),
                },
            })
            .await?;
        let place = self.store.find(me.clone(), address, self.allow(|_| Ok(()))).await?;
        if place.role.is_none() {
            return Ok(Reply::Asked);
        }
        self.conversation_reply(&me, id).await
    }

    pub(super) async fn invite(
        &self,
        me: Account,
        group: RoomName,
        user: UserName,
    ) -> Result<Reply, Refusal> {
        self.change(&me, group, Some(user), |me, facts| {
            // Who does not exist is said first, as go-im did.
            let (other, theirs) = facts.other.as_ref().ok_or(Refusal::NoSuchUser)?;
            let kind = facts.kind.ok_or(Refusal::NoSuchRoom)?;
            Ok(
                match rules::may_invite(kind, facts.actor.role, theirs.role, theirs.banned, kind_of(theirs))?
                {
                    Invitation::LetIn => entered(other, Some(me.name.clone()), theirs),
                    Invitation::Wait => vec![
                        Step::Pending(other.clone(), Some((PendingKind::Invitation, me.clone()))),
                        Step::Event(me.clone(), Body::Invited { user: other.name.clone() }),
                    ],
                },
            )
        })
        .await?;
        Ok(Reply::Done)
    }

    pub(super) async fn answer_invitation(
        &self,
        me: Account,
        group: RoomName,
        yes: bool,
    ) -> Result<Reply, Refusal> {
        let id = self
            .change(&me, group, None, move |me, facts| {
                facts.kind.ok_or(Refusal::NoSuchRoom)?;
                rules::may_answer_invitation(kind_of(&facts.actor))?;
                let inviter = by(&facts.actor);
                Ok(match (yes, inviter) {
                    (false, Some(by)) => vec![
                        Step::Pending(me.clone(), None),
                        Step::Event(me.clone(), Body::InvitationDeclined { by }),
                    ],
                    (_, inviter) => entered(me, inviter, &facts.actor),
                })
            })
            .await?;
        if yes { self.conversation_reply(&me, id).await } else { Ok(Reply::Done) }
    }

    pub(super) async fn answer_request(
        &self,
        me: Account,
        group: RoomName,
        user: UserName,
        yes: bool,
    ) -> Result<Reply, Refusal> {
        self.change(&me, group, Some(user), move |me, facts| {
            facts.kind.ok_or(Refusal::NoSuchRoom)?;
            let (other, theirs) = facts.other.as_ref().ok_or(Refusal::NoSuchUser)?;
            rules::may_answer_request(facts.actor.role, kind_of(theirs))?;
            Ok(if yes {
                entered(other, Some(me.name.clone()), theirs)
            } else {
                vec![
                    Step::Pending(other.clone(), Some((PendingKind::Rejection, me.clone()))),
                    Step::Event(me.clone(), Body::RequestDeclined { user: other.name.clone() }),
                ]
            })
        })
        .await?;
        Ok(Reply::Done)
    }

    pub(super) async fn leave(&self, me: Account, name: RoomName) -> Result<Reply, Refusal> {
        self.change(&me, name, None, left).await?;
        Ok(Reply::Done)
    }

    pub(super) async fn set_role(
        &self,
        me: Account,
        origin: Origin,
        group: RoomName,
        user: UserName,
        role: Role,
    ) -> Result<Reply, Refusal> {
        self.change_from(&me, origin, group, Some(user), move |me, facts| {
            facts.kind.ok_or(Refusal::NoSuchRoom)?;
            let (other, theirs) = facts.other.as_ref().ok_or(Refusal::NoSuchUser)?;
            rules::may_set_role(facts.actor.role, theirs.role, role, facts.owners)?;
            Ok(vec![
                Step::Member(other.clone(), Some(role)),
                Step::Event(me.clone(), Body::RoleSet { user: other.name.clone(), role }),
                Step::Audit("role", Some(other.clone()), None, Remark::parse(role.word()).ok()),
            ])
        })
        .await?;
        Ok(Reply::Done)
    }

    pub(super) async fn dismiss(&self, me: Account, group: RoomName) -> Result<Reply, Refusal> {
        self.change(&me, group, None, |me, facts| {
            facts.kind.ok_or(Refusal::NoSuchRoom)?;
            match kind_of(&facts.actor) {
                Some(PendingKind::Rejection) => Ok(vec![Step::Pending(me.clone(), None)]),
                _ => Err(Refusal::NothingPending),
            }
        })
        .await?;
        Ok(Reply::Done)
    }

    pub(super) async fn change(
        &self,
        me: &Account,
        name: RoomName,
        other: Option<UserName>,
        decide: impl Fn(&Account, &Facts) -> Result<Vec<Step>, Refusal> + Send + 'static,
    ) -> Result<ConversationId, Refusal> {
        let subject = Subject { name, actor: me.clone(), other, at: self.now(), from: None };
        self.change_about(subject, decide).await
    }

    /// The same, where it matters from where somebody acts.
    pub(super) async fn change_from(
        &self,
        me: &Account,
        origin: Origin,
        name: RoomName,
        other: Option<UserName>,
        decide: impl Fn(&Account, &Facts) -> Result<Vec<Step>, Refusal> + Send + 'static,
    ) -> Result<ConversationId, Refusal> {
        let from = Whence { address: origin.peer.address, site: origin.peer.site() };
        let subject = Subject { name, actor: me.clone(), other, at: self.now(), from: Some(from) };
        self.change_about(subject, decide).await
    }

    async fn change_about(
        &self,
        subject: Subject,
        decide: impl Fn(&Account, &Facts) -> Result<Vec<Step>, Refusal> + Send + 'static,
    ) -> Result<ConversationId, Refusal> {
        let me = subject.actor.clone();
        Ok(self.store.change(subject, move |facts| decide(&me, facts)).await?)
    }
}

/// The steps that make a room or group, if it may be called so.
fn made(kind: Kind, me: &Account, may_be: Result<(), Refusal>) -> Vec<Step> {
    vec![
        Step::Make(kind, may_be),
        Step::Member(me.clone(), Some(Role::Owner)),
        Step::Event(me.clone(), Body::Created),
    ]
}

/// The steps that let somebody out.
pub(super) fn left(me: &Account, facts: &Facts) -> Result<Vec<Step>, Refusal> {
    let kind = facts.kind.ok_or(Refusal::NoSuchRoom)?;
    let role = facts.actor.role.ok_or(Refusal::NotMember)?;
    let mut steps = Vec::new();
    if rules::needs_heir(role, facts.owners)
        && let Some(heir) = &facts.heir
    {
        let body = Body::RoleSet { user: heir.name.clone(), role: Role::Owner };
        steps.push(Step::Member(heir.clone(), Some(Role::Owner)));
        steps.push(Step::Event(me.clone(), body));
    }
    steps.push(Step::Member(me.clone(), None));
    steps.push(Step::Event(me.clone(), Body::Left));
    // Rooms wait for whoever comes next; a group without anybody could let nobody in ever again.
    if kind == Kind::Group && facts.heir.is_none() {
        steps.push(Step::Retire);
    }
    Ok(steps)
}

/// The steps that let somebody in.
fn entered(who: &Account, by: Option<UserName>, standing: &Standing) -> Vec<Step> {
    let mut steps = vec![Step::Member(who.clone(), Some(Role::Member))];
    if standing.pending.is_some() {
        steps.push(Step::Pending(who.clone(), None));
    }
    steps.push(Step::Event(who.clone(), Body::Joined { by }));
    steps
}

fn may_enter(kind: Kind, standing: &Standing) -> Result<Entry, Refusal> {
    rules::may_enter(kind, standing.role, standing.banned, kind_of(standing))
}

fn kind_of(standing: &Standing) -> Option<PendingKind> {
    standing.pending.as_ref().map(|(kind, _)| *kind)
}

fn by(standing: &Standing) -> Option<UserName> {
    standing.pending.as_ref().map(|(_, by)| by.name.clone())
}
