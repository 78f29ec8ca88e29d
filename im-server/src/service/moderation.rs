//! Keeping order: who is put out, kept out or silent, topics and slow mode; and what operators do to the whole server.

use std::net::IpAddr;

use im_proto::{
    About, Address, Body, ConversationId, Deed, Kind, Refusal, Remark, Reply, Request, Role, RoomName,
    SanctionKind, Timestamp, UserName,
};

use crate::footing::Footing;
use crate::peer::Peer;
use crate::rules::{self, Power, Target};
use crate::store::{Access, AddressBan, Facts, Standing, Step, StoreError, deed_word};

use super::{Account, Origin, Service};

impl Service {
    pub(super) async fn moderate(
        &self,
        me: Account,
        origin: Origin,
        request: Request,
    ) -> Result<Reply, Refusal> {
        rules::needs_account(me.guest)?;
        match request {
            Request::Moderate { of, user, deed, seconds, why } => {
                self.act_on(me, origin, of, (user, deed, seconds, why)).await
            }
            Request::SetTopic { of, topic } => self.set_topic(me, origin, of, topic).await,
            Request::LockTopic { of, on } => {
                let (body, deed) = (Body::TopicLocked { on }, if on { "lock-topic" } else { "unlock-topic" });
                self.settle(me, origin, of, deed, Step::LockTopic(on), body).await
            }
            Request::SetSlowMode { of, seconds } => {
                let seconds = seconds.min(rules::SLOW_SECONDS_MAX);
                let body = Body::SlowMode { seconds };
                self.settle(me, origin, of, "slow-mode", Step::Slow(seconds), body).await
            }
            Request::Sanctions { of: Some(of) } => {
                let allow = self.allow(|footing| rules::may_moderate(power_of(footing)));
                Ok(Reply::Sanctions { sanctions: self.store.sanctions(me, of, allow).await? })
            }
            Request::Sanctions { of: None } => {
                self.needs_operator(&me).await?;
                Ok(Reply::Sanctions { sanctions: self.store.address_bans(self.now()).await? })
            }
            Request::Audit { of: Some(of), before, limit } => {
                let allow = self.allow(|footing| rules::may_moderate(power_of(footing)));
                let (audit, more) = self.store.audit_of(me, of, before, limit, allow).await?;
                Ok(Reply::Audit { audit, more })
            }
            Request::Audit { of: None, before, limit } => {
                self.needs_operator(&me).await?;
                let (audit, more) = self.store.audit(before, limit).await?;
                Ok(Reply::Audit { audit, more })
            }
            Request::BanAddress { of, address, on, seconds, why } => {
                self.ban_address(Some((me, origin)), of, address, (on, seconds, why)).await?;
                Ok(Reply::Done)
            }
            Request::Hatches { closed, why } => {
                self.hatches(Some((me, origin)), closed, why).await?;
                Ok(Reply::Done)
            }
            _ => Err(Refusal::Unreadable), // is not about keeping order
        }
    }

    async fn act_on(
        &self,
        me: Account,
        origin: Origin,
        of: RoomName,
        (user, deed, seconds, why): (UserName, Deed, Option<u32>, Option<Remark>),
    ) -> Result<Reply, Refusal> {
        let now = self.now();
        // Guests are in rooms only as long as they are connected: the store knows nothing of it.
        let visits = self.visits(&of, &user).await;
        let decide = move |me: &Account, facts: &Facts| {
            facts.kind.ok_or(Refusal::NoSuchRoom)?;
            rules::may_moderate(power(&facts.actor))?;
            let (other, theirs) = facts.other.as_ref().ok_or(Refusal::NoSuchUser)?;
            let target = Target {
                role: theirs.role,
                myself: other.id == me.id,
                visits,
                banned: theirs.banned,
                muted: theirs.muted,
            };
            rules::may_act_on(power(&facts.actor), target, deed, facts.sanctions)?;
            let until = rules::holds_until(other.guest, seconds, now);
            Ok(steps(me, facts, (other, theirs), deed, (until, why.clone())))
        };
        self.change_from(&me, origin, of, Some(user), decide).await?;
        Ok(Reply::Done)
    }

    async fn set_topic(
        &self,
        me: Account,
        origin: Origin,
        of: RoomName,
        topic: Option<Remark>,
    ) -> Result<Reply, Refusal> {
        self.change_from(&me, origin, of, None, move |me, facts| {
            facts.kind.ok_or(Refusal::NoSuchRoom)?;
            rules::may_set_topic(power(&facts.actor), facts.actor.muted, facts.topic_locked)?;
            let body = Body::TopicSet { topic: topic.clone() };
            Ok(vec![
                Step::Topic(topic.clone()),
                Step::Event(me.clone(), body),
                Step::Audit("topic", None, None, topic.clone()),
            ])
        })
        .await?;
        Ok(Reply::Done)
    }

    /// Something that holds for all who are there from now on.
    async fn settle(
        &self,
        me: Account,
        origin: Origin,
        of: RoomName,
        deed: &'static str,
        step: Step,
        body: Body,
    ) -> Result<Reply, Refusal> {
        self.change_from(&me, origin, of, None, move |me, facts| {
            facts.kind.ok_or(Refusal::NoSuchRoom)?;
            rules::may_moderate(power(&facts.actor))?;
            let exactly = match &body {
                Body::SlowMode { seconds } => Remark::parse(&format!("{seconds} s")).ok(),
                _ => None,
            };
            Ok(vec![
                step.clone(),
                Step::Event(me.clone(), body.clone()),
                Step::Audit(deed, None, None, exactly),
            ])
        })
        .await?;
        Ok(Reply::Done)
    }

    /// What holds in a conversation.
    pub(super) async fn about(&self, me: Account, of: Address) -> Result<Reply, Refusal> {
        let allow = self.allow(|footing| {
            rules::may_read(footing).or_else(|no| rules::may_moderate(power_of(footing)).map_err(|_| no))
        });
        Ok(Reply::About(self.store.about(me, of, allow).await?))
    }

    /// The same of a conversation that somebody is in, who is told unasked.
    pub(crate) async fn about_here(&self, me: Account, id: ConversationId) -> Result<About, StoreError> {
        self.store.about_here(me, id, self.now()).await
    }

    /// Keeps an address out of the server or of one room, or no longer; nobody does it on the machine itself.
    pub(crate) async fn ban_address(
        &self,
        by: Option<(Account, Origin)>,
        of: Option<RoomName>,
        address: IpAddr,
        (on, seconds, why): (bool, Option<u32>, Option<Remark>),
    ) -> Result<(), Refusal> {
        let (peer, at) = (Peer::new(address, false), self.now());
        // Whoever stands before the server, and the operator at the machine, come from there.
        if on && peer.address.is_loopback() && (peer.site() == Peer::HERE.address || peer.address.is_ipv6()) {
            return Err(Refusal::NotAllowed);
        }
        let until = if on { rules::holds_until(true, seconds, at) } else { None };
        let by = by.map(|(me, origin)| (me, origin.peer.address));
        let (allow, one_more) =
            (rules::needs_operator as fn(bool) -> _, rules::may_ban_address as fn(u64) -> _);
        let ban = AddressBan { by, of, site: peer.site(), until, why, at, allow, one_more };
        Ok(self.store.ban_address(ban).await?)
    }

    /// Closes the hatches, or opens them; nobody does it on the machine itself.
    pub(crate) async fn hatches(
        &self,
        by: Option<(Account, Origin)>,
        closed: bool,
        why: Option<Remark>,
    ) -> Result<(), Refusal> {
        let by = by.map(|(me, origin)| (me, origin.peer.address));
        Ok(self.store.hatches(by, closed, why, self.now(), rules::needs_operator).await?)
    }

    /// Learns what held for the whole server before it started.
    pub(crate) async fn begin(&self) -> Result<(), Refusal> {
        self.hub.hatches(self.store.hatches_closed().await?);
        for (site, until) in self.store.banned_sites(self.now()).await? {
            self.hub.outcasts.put(site, Some(until));
        }
        Ok(())
    }

    /// Whether nobody is let in from where a peer is.
    pub(crate) fn is_banned(&self, peer: Peer) -> bool {
        self.hub.outcasts.has(peer.site(), || self.now())
    }

    /// A connection may have been there before its address was banned.
    pub(super) fn let_in(&self, peer: Peer) -> Result<(), Refusal> {
        if self.is_banned(peer) { Err(Refusal::AddressBanned) } else { Ok(()) }
    }

    /// A rule, asked now.
    pub(super) fn allow(&self, rule: fn(&Footing) -> Result<(), Refusal>) -> Access {
        Access { rule, now: self.now() }
    }

    async fn needs_operator(&self, me: &Account) -> Result<(), Refusal> {
        rules::needs_operator(self.store.is_operator(me.id).await?)
    }

    async fn visits(&self, of: &RoomName, user: &UserName) -> bool {
        match self.store.named(of.clone()).await {
            Ok(Some(room)) => self.hub.guests_in(room).contains(user),
            _ => false,
        }
    }
}

/// The steps of a deed that may be done.
fn steps(
    me: &Account,
    facts: &Facts,
    (other, theirs): (&Account, &Standing),
    deed: Deed,
    (until, why): (Option<Timestamp>, Option<Remark>),
) -> Vec<Step> {
    let (user, is_guest) = (other.name.clone(), other.guest);
    let mut steps = match deed {
        Deed::Kick | Deed::Ban => put_out(me, facts, other, theirs),
        _ => Vec::new(),
    };
    let (until, body) = match deed {
        Deed::Kick => (None, Body::Kicked { user, is_guest, why: why.clone() }),
        Deed::Ban => {
            steps.push(Step::Sanction(SanctionKind::Ban, other.clone(), until, why.clone()));
            if theirs.pending.is_some() {
                steps.push(Step::Pending(other.clone(), None));
            }
            (until, Body::Banned { user, is_guest, until, why: why.clone() })
        }
        Deed::Mute => {
            steps.push(Step::Sanction(SanctionKind::Mute, other.clone(), until, why.clone()));
            (until, Body::Muted { user, is_guest, until, why: why.clone() })
        }
        Deed::Unban => {
            steps.push(Step::Lift(SanctionKind::Ban, other.clone()));
            (None, Body::Unbanned { user, is_guest })
        }
        Deed::Unmute => {
            steps.push(Step::Lift(SanctionKind::Mute, other.clone()));
            (None, Body::Unmuted { user, is_guest })
        }
    };
    steps.push(Step::Event(me.clone(), body));
    let nobody_left = facts.heir_of_other.is_none() && theirs.role.is_some();
    if matches!(deed, Deed::Kick | Deed::Ban) && facts.kind == Some(Kind::Group) && nobody_left {
        steps.push(Step::Retire);
    }
    steps.push(Step::Audit(deed_word(deed), Some(other.clone()), until, why));
    steps
}

/// Somebody is a member no longer; if they were the last owner, somebody else is.
fn put_out(me: &Account, facts: &Facts, other: &Account, theirs: &Standing) -> Vec<Step> {
    let Some(role) = theirs.role else { return Vec::new() };
    let mut steps = Vec::new();
    if rules::needs_heir(role, facts.owners)
        && let Some(heir) = &facts.heir_of_other
    {
        let body = Body::RoleSet { user: heir.name.clone(), role: Role::Owner };
        steps.push(Step::Member(heir.clone(), Some(Role::Owner)));
        steps.push(Step::Event(me.clone(), body));
    }
    steps.push(Step::Member(other.clone(), None));
    steps
}

fn power(standing: &Standing) -> Power {
    Power { role: standing.role, operator: standing.operator }
}

fn power_of(footing: &Footing) -> Power {
    Power { role: footing.role, operator: footing.operator }
}
