//! One connection's life: what the peer asks goes to the service, what happens in its conversations goes to the peer.
//!
//! A session takes all that is ready, acts, writes once, and waits. It holds no event for longer than it takes to write
//! it: where the peer is slow, its cursors stay behind and nobody else notices.

mod asking;
mod chores;
mod following;
mod marks;
mod wire;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use im_proto::{
    Body, CONVERSATIONS_MAX, Conversation, ConversationId, Event, MessageId, Notice, PENDING_MAX, Refusal,
    Reply, Seq,
};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

use crate::dialect::{Dialect, Input, Whose};
use crate::entry::Entry;
use crate::hub::{Hub, Mailbox};
use crate::service::{Becomes, Caller, Device, Outcome, Service};

use self::asking::{Answer, Asking};
use self::chores::{Chores, Found};
use self::following::{Following, Next};
use self::marks::Marks;
use self::wire::Wire;

/// While more bytes than this wait for the peer, nothing is added: neither events nor what its requests would answer.
const OUTPUT_BYTES_MAX: usize = 64 * 1024;

/// Who has not signed in after so many seconds is sent away.
const SIGN_IN_SECONDS_MAX: u64 = 600;

/// A session that is to end has so many seconds to take what waits for it.
const CLOSE_SECONDS_MAX: u64 = 5;

/// A session, from its first byte to its last.
pub(crate) struct Session {
    service: Arc<Service>,
    hub: Arc<Hub>,
    mailbox: Arc<Mailbox>,
    dialect: Box<dyn Dialect>,
    wire: Wire,
    caller: Option<Caller>,
    /// Whether the peer asked to be sent events.
    follows: bool,
    following: Following,
    chores: Chores,
    asking: Asking,
    marks: Marks,
    /// Posts of this session whose events are still to come.
    own: HashSet<MessageId>,
    sign_in_until: Instant,
    /// Ends when all is said, or at this moment.
    closing: Option<Instant>,
    /// The peer will send nothing more.
    ended: bool,
}

/// The peer is gone, or the session is done.
struct Over;

impl Session {
    pub(crate) fn new(
        service: Arc<Service>,
        hub: Arc<Hub>,
        dialect: Box<dyn Dialect>,
        stream: TcpStream,
    ) -> Self {
        let mailbox = hub.connect();
        let device = if dialect.keeps_token() { Device::KeepsToken } else { Device::Terminal };
        Self {
            asking: Asking::new(device),
            service,
            hub,
            mailbox,
            dialect,
            wire: Wire::new(stream),
            caller: None,
            follows: false,
            following: Following::default(),
            chores: Chores::default(),
            marks: Marks::default(),
            own: HashSet::new(),
            sign_in_until: Instant::now() + Duration::from_secs(SIGN_IN_SECONDS_MAX),
            closing: None,
            ended: false,
        }
    }

    /// Lives until either side ends it. `first` are the bytes that told the dialect.
    pub(crate) async fn run(mut self, first: &[u8]) {
        self.dialect.feed(first);
        while let Ok(()) = self.round() {
            if self.wait().await.is_err() {
                break;
            }
        }
        self.depart();
        self.hub.disconnect(self.mailbox.session());
    }

    /// Acts on all that is ready, and writes once.
    fn round(&mut self) -> Result<(), Over> {
        loop {
            self.take_mail();
            self.take_answers();
            self.take_inputs();
            self.write_events();
            let was_full = !self.can_add();
            self.wire.flush().map_err(|_| Over)?;
            // Room for what was left lying: nothing else may ever wake this session.
            let made_room = was_full && self.can_add();
            let more = self.dialect.hears()
                && !self.following.is_still()
                && self.can_add()
                && self.chores.are_done();
            if !made_room && !more {
                break;
            }
        }
        let heard_all = !self.dialect.hears() || (self.chores.are_done() && self.following.is_still());
        let said_all = self.asking.is_empty() && heard_all;
        if said_all {
            self.dialect.quiet(self.wire.output());
            self.wire.flush().map_err(|_| Over)?;
        }
        match self.closing {
            Some(_) if said_all && self.wire.output().is_empty() => Err(Over),
            Some(until) if until <= Instant::now() => Err(Over),
            _ => Ok(()),
        }
    }

    /// Waits for whatever comes first. What the server must not miss comes before what the peer would like.
    async fn wait(&mut self) -> Result<(), Over> {
        let deadline = self.deadline();
        let reads = !self.ended && self.takes_input();
        let writes = !self.wire.output().is_empty();
        tokio::select! {
            biased;
            () = self.mailbox.something() => Ok(()),
            answer = self.asking.next() => {
                self.answer(answer);
                Ok(())
            }
            found = self.chores.found() => {
                self.found(found);
                Ok(())
            }
            written = self.wire.writable(), if writes => written.map_err(|_| Over),
            ready = self.wire.readable(), if reads => {
                ready.map_err(|_| Over)?;
                self.read()
            }
            () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => self.overdue(),
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let sign_in = self.caller.is_none().then_some(self.sign_in_until);
        [sign_in, self.wire.stalls_at(), self.marks.due(), self.closing].into_iter().flatten().min()
    }

    fn overdue(&mut self) -> Result<(), Over> {
        let now = Instant::now();
        if self.wire.stalls_at().is_some_and(|at| at <= now) {
            tracing::info!(session = self.mailbox.session().0, "closed: {}", Refusal::Stalled);
            return Err(Over);
        }
        if self.marks.due().is_some_and(|at| at <= now)
            && let Some(caller) = &self.caller
        {
            self.marks.settle(&self.service, &caller.account);
        }
        if self.caller.is_none() && self.sign_in_until <= now && self.closing.is_none() {
            self.close(Refusal::SignInTimeout);
        }
        Ok(())
    }

    fn can_add(&mut self) -> bool {
        self.wire.output().len() < OUTPUT_BYTES_MAX
    }

    fn takes_input(&mut self) -> bool {
        self.closing.is_none() && self.asking.has_room() && self.can_add()
    }

    fn read(&mut self) -> Result<(), Over> {
        let dialect = &mut self.dialect;
        match self.wire.read(|bytes| dialect.feed(bytes)) {
            Ok(Some(0)) => {
                self.ended = true;
                self.dialect.ended();
                Ok(())
            }
            Ok(_) => Ok(()),
            Err(_) => Err(Over),
        }
    }

    fn take_inputs(&mut self) {
        if let Some(ask) = self.asking.unhold() {
            self.asking.start(ask, self.caller.as_ref(), &self.service);
        }
        while self.takes_input() {
            match self.dialect.next(self.wire.output()) {
                Some(Input::Ask(ask)) => {
                    let posted = self.asking.start(ask, self.caller.as_ref(), &self.service);
                    if self.follows {
                        self.own.extend(posted);
                    }
                }
                Some(Input::Unreadable { tag }) => self.asking.refuse(tag, Refusal::Unreadable),
                Some(Input::Nothing) => {}
                Some(Input::Close) => self.end(),
                None => {
                    if self.ended && self.asking.is_empty() {
                        self.end();
                    }
                    return;
                }
            }
        }
    }

    fn take_answers(&mut self) {
        while let Some(answer) = self.asking.next().now_or_never() {
            self.answer(answer);
        }
    }

    fn answer(&mut self, answer: Answer) {
        let (tag, result) = match answer {
            Answer::Reply { tag, result } => {
                // What the request has caused was announced before its answer, and is told before it.
                self.take_mail();
                self.write_events();
                (tag, result)
            }
            Answer::Post { tag, message, result } => {
                if !matches!(&result, Ok(Outcome { reply: Reply::Posted { duplicate: false, .. }, .. })) {
                    self.own.remove(&message); // no event comes because of it
                }
                (tag, result)
            }
            Answer::Follow { tag, has, result } => {
                let result = result.map(|conversations| {
                    self.follow(&has, &conversations);
                    Outcome::from(Reply::Done)
                });
                self.take_mail();
                (tag, result)
            }
        };
        let result = result.map(|Outcome { mut reply, session }| {
            match session {
                Becomes::Same => {}
                Becomes::SignedIn(caller) => self.arrive(caller),
                Becomes::SignedOut => self.depart(),
            }
            bound(&mut reply);
            reply
        });
        self.dialect.reply(tag, result, self.wire.output());
    }

    fn arrive(&mut self, caller: Caller) {
        self.hub.arrive(caller.account.id, &caller.account.name, &self.mailbox);
        self.caller = Some(caller);
    }

    fn depart(&mut self) {
        if let Some(caller) = self.caller.take() {
            self.marks.settle(&self.service, &caller.account);
            self.following.end_all(&self.hub, &self.mailbox);
            self.hub.depart(caller.account.id, self.mailbox.session());
        }
        self.follows = false;
        self.own = HashSet::new();
        self.chores = Chores::default();
        self.marks = Marks::default();
        self.sign_in_until = Instant::now() + Duration::from_secs(SIGN_IN_SECONDS_MAX);
    }

    /// Begins to follow: after what the peer has, and else after what the user has read.
    fn follow(&mut self, has: &HashMap<ConversationId, Seq>, conversations: &[Conversation]) {
        self.follows = true;
        for (i, conversation) in conversations.iter().enumerate() {
            // More than fit into the list that clients get: these are told one by one.
            if i >= CONVERSATIONS_MAX {
                self.dialect.notice(Notice::Conversation(conversation.clone()), self.wire.output());
            }
            let had = has.get(&conversation.id).copied().unwrap_or(conversation.read).min(conversation.head);
            let oldest =
                self.dialect.replay().map_or(Seq::ZERO, |most| Seq(conversation.head.0.saturating_sub(most)));
            let from = had.max(oldest);
            self.begin(conversation, from, conversation.head);
            if let Some(place) = (from > had).then(|| self.following.place(conversation.id)).flatten() {
                self.dialect.skipped(place, from.0 - had.0, self.wire.output());
            }
        }
    }

    fn begin(&mut self, conversation: &Conversation, from: Seq, kept_until: Seq) {
        if self.following.contains(conversation.id) {
            self.following.inside(conversation.id, kept_until); // they left and came back faster than it was told
        } else if let Some(caller) = &self.caller {
            self.following.begin(&self.hub, caller.account.id, &self.mailbox, conversation, from, kept_until);
        }
    }

    fn take_mail(&mut self) {
        // A peer that takes nothing is told later: what is left lies in the mailbox, where it does not grow. So is what
        // happens while it is being looked up what there is to follow, which may be too new to be found.
        let now = self.can_add() && !self.asking.is_about_to_follow();
        let mail = if now { self.mailbox.take() } else { self.mailbox.take_closing() };
        mail.moved.into_iter().for_each(|conversation| self.following.moved(conversation));
        let mut notices = Vec::new();
        if self.follows {
            mail.entered.into_iter().for_each(|(conversation, after)| self.chores.enter(conversation, after));
            if mail.pending {
                self.chores.pending();
            }
            let read = mail.read.into_iter();
            notices.extend(read.map(|(conversation, (read, unread))| Notice::Mark {
                conversation,
                read,
                unread,
            }));
            let presence = mail.presence.into_iter();
            notices.extend(presence.map(|(user, online)| Notice::Presence { user, online }));
            notices.extend(mail.presence_stale.then_some(Notice::PresenceStale));
        }
        notices.into_iter().for_each(|notice| self.dialect.notice(notice, self.wire.output()));
        if let Some(reason) = mail.closing {
            self.close(reason);
        }
    }

    fn found(&mut self, found: Found) {
        match found {
            Found::Page(conversation, Ok(page)) => {
                let reached_end = !page.more;
                for event in page.events {
                    self.write(&Entry::new(event));
                }
                self.following.paged(conversation, reached_end);
            }
            Found::Entered(after, Ok(Some(conversation))) => {
                self.dialect.notice(Notice::Conversation(conversation.clone()), self.wire.output());
                self.begin(&conversation, after, after);
            }
            Found::Changed(Ok(Some(conversation))) => {
                self.dialect.notice(Notice::Conversation(conversation), self.wire.output());
            }
            Found::Entered(_, Ok(None)) | Found::Changed(Ok(None)) => {} // left again meanwhile
            Found::Pending(Ok(mut pending)) => {
                pending.truncate(PENDING_MAX);
                self.dialect.notice(Notice::Pending(pending), self.wire.output());
            }
            Found::Page(_, Err(error))
            | Found::Entered(_, Err(error))
            | Found::Changed(Err(error))
            | Found::Pending(Err(error)) => {
                // The peer must not miss something unaware: it may come again and ask.
                self.close(error.into());
            }
        }
    }

    fn write_events(&mut self) {
        if let Some(caller) = &self.caller {
            self.chores.start(&self.service, caller.account.id);
        }
        while self.dialect.hears() && self.can_add() {
            match self.following.next(&self.mailbox) {
                None => return,
                Some(Next::Events(conversation, entries)) => {
                    for entry in &entries {
                        if !self.can_add() {
                            self.following.moved(conversation);
                            break;
                        }
                        self.write(entry);
                    }
                }
                Some(Next::Page(conversation, after)) => {
                    self.chores.page(conversation, after);
                    if let Some(caller) = &self.caller {
                        self.chores.start(&self.service, caller.account.id);
                    }
                }
            }
        }
    }

    fn write(&mut self, entry: &Entry) {
        let event = entry.event();
        let whose = self.whose(event);
        let Some(place) = self.following.advance(event.conversation, event.seq) else {
            return;
        };
        self.dialect.event(entry, place, whose, self.wire.output());
        if self.dialect.shows() {
            self.marks.shown(event.conversation, event.seq);
        }
        match &event.body {
            Body::Left if whose != Whose::Other && self.following.is_out(event.conversation, event.seq) => {
                self.following.end(event.conversation, &self.hub, &self.mailbox);
            }
            Body::RoleSet { user, .. }
                if self.caller.as_ref().is_some_and(|caller| caller.account.name == *user) =>
            {
                self.chores.change(event.conversation);
                self.chores.pending(); // one may now be asked what others were asked before
            }
            _ => {}
        }
    }

    fn whose(&mut self, event: &Event) -> Whose {
        if self.caller.as_ref().is_none_or(|caller| caller.account.name != event.author) {
            return Whose::Other;
        }
        match &event.body {
            Body::Posted { message, .. } if !self.own.remove(message) => Whose::OtherSession,
            _ => Whose::ThisSession,
        }
    }

    fn close(&mut self, reason: Refusal) {
        if self.closing.is_none() {
            self.dialect.notice(Notice::Closing(reason), self.wire.output());
            self.end();
        }
    }

    fn end(&mut self) {
        self.closing.get_or_insert_with(|| Instant::now() + Duration::from_secs(CLOSE_SECONDS_MAX));
    }
}

/// Keeps lists within what fits a frame.
fn bound(reply: &mut Reply) {
    match reply {
        Reply::Conversations(conversations) => conversations.truncate(CONVERSATIONS_MAX),
        Reply::Pending(pending) => pending.truncate(PENDING_MAX),
        _ => {}
    }
}
