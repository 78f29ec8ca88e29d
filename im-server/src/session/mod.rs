//! One connection's life: what the peer asks goes to the service, what happens in its conversations goes to the peer.
//!
//! A session takes all that is ready, acts, writes once, and waits. It holds no event for longer than it takes to write
//! it: where the peer is slow, its cursors stay behind and nobody else notices.

mod alarm;
mod answers;
mod asking;
mod chores;
mod following;
mod marks;
mod telling;
#[cfg(test)]
mod tests;
mod wire;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use im_proto::{Author, Conversation, ConversationId, MessageId, Notice, Refusal, Seq};
use tokio::time::Instant;

use crate::carriage::{Carriage, Readiness};
use crate::dialect::Dialect;
use crate::hub::{Hub, Mailbox};
use crate::limits::Limits;
use crate::metrics::{End, Metrics, Present};
use crate::peer::Peer;
use crate::policy::Policy;
use crate::service::{Caller, Device, Origin, Service, Since};

use self::alarm::Alarm;
use self::asking::Asking;
use self::chores::Chores;
use self::following::Following;
use self::marks::Marks;
use self::wire::Wire;

/// While more bytes than this wait for the peer, nothing is added: neither events nor what its requests would answer.
const OUTPUT_BYTES_MAX: usize = 64 * 1024;

/// A session that is to end has so many seconds to take what waits for it.
const CLOSE_SECONDS_MAX: u64 = 5;

/// A session, from its first byte to its last.
pub(crate) struct Session {
    service: Arc<Service>,
    hub: Arc<Hub>,
    metrics: Arc<Metrics>,
    /// It is counted among those that are there.
    present: Option<Present>,
    /// Events that were written and not counted yet.
    delivered: u64,
    mailbox: Arc<Mailbox>,
    dialect: Box<dyn Dialect>,
    wire: Wire,
    caller: Option<Caller>,
    /// Whether the peer asked to be sent events.
    follows: bool,
    following: Following,
    /// The rooms that a guest entered before the session began to follow.
    visited: BTreeMap<ConversationId, Conversation>,
    /// How far a guest who has just signed in had heard, room by room.
    heard: HashMap<ConversationId, Seq>,
    chores: Chores,
    asking: Asking,
    marks: Marks,
    /// Who went, to be told when all is written that they said.
    parting: Vec<Author>,
    /// The token that the session came with is good no longer.
    revoked: bool,
    /// Posts of this session whose events are still to come, and where, as soon as that is known.
    own: HashMap<MessageId, Option<(ConversationId, Seq)>>,
    policy: Arc<Policy>,
    sign_in_until: Instant,
    /// Rings when something may be overdue.
    alarm: Alarm,
    /// When the peer must have said who it is, once it has begun to.
    introduced_until: Option<Instant>,
    /// When a frame must be whole that has begun to come.
    whole_until: Option<Instant>,
    /// So many bytes that wait here are counted by the hub.
    counted: usize,
    /// There is no memory any more for what waits here.
    cut: bool,
    /// Ends when all is said, or at this moment; and why.
    closing: Option<(Instant, End)>,
    /// The peer will send nothing more.
    ended: bool,
}

impl Session {
    pub(crate) fn new(
        service: Arc<Service>,
        hub: Arc<Hub>,
        metrics: Arc<Metrics>,
        peer: Peer,
        dialect: Box<dyn Dialect>,
        carriage: Box<dyn Carriage>,
    ) -> Box<Self> {
        let mailbox = hub.connect_from(peer.site());
        if dialect.shows_typing() {
            mailbox.wants_typing();
        }
        let policy = service.policy();
        let limits = &policy.limits;
        let device = dialect.keeps_token().map_or(Device::Terminal, Device::Program);
        Box::new(Self {
            asking: Asking::new(Origin { peer, device }),
            present: Some(metrics.session(dialect.word())),
            delivered: 0,
            service,
            hub,
            metrics,
            mailbox,
            dialect,
            wire: Wire::new(carriage, Limits::seconds(limits.stall_seconds_max)),
            caller: None,
            follows: false,
            following: Following::default(),
            visited: BTreeMap::new(),
            heard: HashMap::new(),
            chores: Chores::default(),
            marks: Marks::default(),
            parting: Vec::new(),
            revoked: false,
            own: HashMap::new(),
            sign_in_until: Instant::now() + Limits::seconds(limits.sign_in_seconds_max),
            policy,
            alarm: Alarm::default(),
            introduced_until: None,
            whole_until: None,
            counted: 0,
            cut: false,
            closing: None,
            ended: false,
        })
    }

    /// The peer has said who it is before it came.
    pub(crate) fn signed_in(mut self: Box<Self>, caller: Caller) -> Box<Self> {
        self.arrive(caller);
        self
    }

    /// The peer, who is signed in, follows all conversations from the beginning.
    pub(crate) fn following(mut self: Box<Self>, since: Since) -> Box<Self> {
        self.asking.follow(0, since, self.caller.as_ref(), &self.service);
        self
    }

    /// Lives until either side ends it. `first` are the bytes that told the dialect. What is moved into a task lies in it twice:
    /// hence the box.
    pub(crate) async fn run(mut self: Box<Self>, first: &[u8]) {
        self.dialect.feed(first);
        let end = self.live().await;
        self.count(end);
        self.present = None;
        self.depart();
        self.hub.waits(&self.mailbox, self.counted, 0);
        self.hub.disconnect(self.mailbox.session());
        if self.closing.is_some() {
            self.wire.close().await;
        }
    }

    async fn live(&mut self) -> End {
        loop {
            if let Err(end) = self.round() {
                return end;
            }
            if let Err(end) = self.wait().await {
                return end;
            }
        }
    }

    fn count(&self, end: End) {
        let (session, count) = (self.mailbox.session().0, self.metrics.ended(end));
        let user = self.caller.as_ref().map(|caller| caller.account.name.as_str());
        match end {
            End::Closed(Refusal::Stalled) => {
                let peer = self.wire.peer().map(tracing::field::display);
                tracing::info!(session, user, peer, stalled = count, "closed: {}", Refusal::Stalled);
            }
            End::Cut => {
                let (peer, bytes) = (self.wire.peer().map(tracing::field::display), self.counted);
                tracing::info!(
                    session,
                    user,
                    peer,
                    bytes,
                    cut = count,
                    "closed: too much waits for all together"
                );
            }
            end => tracing::debug!(session, user, ?end, "ended"),
        }
    }

    /// Acts on all that is ready, and writes once.
    fn round(&mut self) -> Result<(), End> {
        loop {
            self.take_mail();
            if self.cut {
                return Err(End::Cut);
            }
            self.take_answers();
            self.end_if_revoked();
            self.take_inputs();
            self.write_events();
            self.tell_parting();
            if self.delivered > 0 {
                self.metrics.deliveries.inc_by(std::mem::take(&mut self.delivered));
            }
            let took_mail = self.takes_mail();
            self.wire.flush().map_err(|_| End::Gone)?;
            // Room for what was left lying: nothing else may ever wake this session.
            let may_take_mail = !took_mail && self.takes_mail();
            let more = self.takes_mail() && !self.following.is_still() && self.chores.are_done();
            if !may_take_mail && !more {
                break;
            }
        }
        let heard_all = !self.dialect.hears() || (self.chores.are_done() && self.following.is_still());
        let said_all = self.asking.is_empty() && heard_all;
        // What waits in the mailbox may be older than what was written.
        if said_all && !(self.dialect.hears() && self.mailbox.has_moved()) {
            self.dialect.quiet(self.wire.output());
            self.wire.flush().map_err(|_| End::Gone)?;
        }
        self.count_waiting();
        match self.closing {
            Some((_, why)) if said_all && self.wire.is_empty() => Err(why),
            Some((until, why)) if until <= Instant::now() => Err(why),
            _ => Ok(()),
        }
    }

    /// Waits for whatever comes first. What the server must not miss comes before what the peer would like.
    async fn wait(&mut self) -> Result<(), End> {
        if self.dialect.introducing() {
            let patience = self.policy.limits.introduction_seconds_max;
            let until = || Instant::now() + Limits::seconds(patience);
            self.introduced_until.get_or_insert_with(until);
        } else {
            self.introduced_until = None;
        }
        let read = !self.ended && self.takes_input();
        self.watch_frame(read);
        self.alarm.set(self.deadline());
        let of_interest = Readiness { write: !self.wire.is_empty(), read };
        let takes_answers = self.takes_answers();
        tokio::select! {
            biased;
            () = self.mailbox.something() => Ok(()),
            answer = self.asking.next(), if takes_answers => {
                self.answer(answer);
                Ok(())
            }
            found = self.chores.found() => {
                self.found(found);
                Ok(())
            }
            ready = self.wire.ready(of_interest) => match ready {
                Ok(Readiness { read: true, .. }) => self.read(),
                Ok(_) => Ok(()),
                Err(_) => Err(End::Gone),
            },
            () = self.alarm.rings() => self.overdue(),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        // Who is being sent away is not sent away for anything else: that moment would be over, and nothing be done in it.
        let stays = self.closing.is_none();
        let sign_in = (stays && self.caller.is_none()).then_some(self.sign_in_until);
        let introduced = self.introduced_until.filter(|_| stays);
        let whole = self.whole_until.filter(|_| stays);
        let closing = self.closing.map(|(until, _)| until);
        let ends = [sign_in, introduced, whole, self.wire.stalls_at(), self.marks.due(), closing];
        ends.into_iter().flatten().min()
    }

    fn overdue(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if self.wire.stalls_at().is_some_and(|at| at <= now) {
            return Err(End::Closed(Refusal::Stalled));
        }
        if self.marks.due().is_some_and(|at| at <= now)
            && let Some(caller) = &self.caller
        {
            // What still waits for the peer was not read yet.
            let all_taken = self.wire.is_empty();
            self.marks.settle(&self.service, &caller.account, all_taken);
        }
        let introduced_late = self.introduced_until.is_some_and(|until| until <= now);
        let signed_in_late = self.caller.is_none() && self.sign_in_until <= now;
        if (introduced_late || signed_in_late) && self.closing.is_none() {
            self.close(Refusal::SignInTimeout);
        }
        if self.whole_until.is_some_and(|until| until <= now) {
            self.close(Refusal::Stalled);
        }
        Ok(())
    }

    /// What a program has begun to send is whole some time later, as long as it is read.
    fn watch_frame(&mut self, read: bool) {
        let begun = (self.dialect.is_program() && self.dialect.buffered() > 0) || self.wire.buffered() > 0;
        if read && begun {
            let patience = self.policy.limits.frame_seconds_max;
            self.whole_until.get_or_insert_with(|| Instant::now() + Limits::seconds(patience));
        } else {
            self.whole_until = None;
        }
    }

    /// Lets the hub know how much waits here. Nothing does where the peer takes what it is sent.
    fn count_waiting(&mut self) {
        let waiting = self.wire.waiting() + self.wire.buffered() + self.dialect.buffered();
        if waiting != self.counted {
            self.hub.waits(&self.mailbox, self.counted, waiting);
            self.counted = waiting;
        }
    }

    fn can_add(&self) -> bool {
        self.wire.waiting() < OUTPUT_BYTES_MAX && (self.wire.is_empty() || !self.hub.waiting.is_tight())
    }

    /// Whether the peer may be told something unasked.
    fn takes_mail(&self) -> bool {
        self.dialect.hears() && self.can_add()
    }

    /// Whether an answer may be written: a person sees what happened before it first.
    fn takes_answers(&self) -> bool {
        let caught_up = self.chores.are_done() && self.following.is_still();
        caught_up || !self.dialect.shows() || !self.dialect.hears()
    }

    fn takes_input(&self) -> bool {
        self.closing.is_none() && self.asking.has_room() && self.can_add()
    }

    fn read(&mut self) -> Result<(), End> {
        let dialect = &mut self.dialect;
        match self.wire.read(|bytes| dialect.feed(bytes)) {
            Ok(Some(0)) => {
                self.ended = true;
                self.dialect.ended();
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(_) => Err(End::Gone),
        }
    }

    fn close(&mut self, reason: Refusal) {
        if self.closing.is_none() {
            if reason == Refusal::Stopping {
                let after_milliseconds = self.service.come_back_after_milliseconds();
                self.dialect.notice(Notice::ComeBack { after_milliseconds }, self.wire.output());
            }
            self.dialect.notice(Notice::Closing(reason), self.wire.output());
            self.end(End::Closed(reason));
        }
    }

    /// Ends the session whose token was taken back; but not the one that has just asked to sign out with it.
    fn end_if_revoked(&mut self) {
        if self.revoked && !self.asking.is_about_to_sign_out() {
            self.close(Refusal::BadToken);
            self.depart();
        }
    }

    fn end(&mut self, why: End) {
        let until = || Instant::now() + Duration::from_secs(CLOSE_SECONDS_MAX);
        self.closing.get_or_insert_with(|| (until(), why));
    }
}
