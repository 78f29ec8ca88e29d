//! What the server answers, each according to what the request was for.

use im_proto::{
    Address, Body, Conversation, ConversationId, Kind, MessageId, Page, Refusal, Reply, Request, RoomName,
    Seq,
};

use super::asked::Purpose;
use super::log::Got;
use super::people::Crowd;
use super::{Action, App, Overlay, UnsentState, rows, scroll};

/// With more events to catch up on than this, a log is loaded anew from its end instead.
const CATCH_UP_EVENTS_MAX: u64 = 500;

impl App {
    /// A reply has come.
    pub(super) fn replied(&mut self, tag: u32, result: Result<Reply, Refusal>) -> Vec<Action> {
        match (self.asked.answered(tag), result) {
            (Some(purpose), Ok(reply)) => self.granted(purpose, reply),
            (Some(purpose), Err(refusal)) => self.refused(purpose, refusal),
            (None, _) => Vec::new(),
        }
    }

    fn granted(&mut self, purpose: Purpose, reply: Reply) -> Vec<Action> {
        match (purpose, reply) {
            (Purpose::SignIn | Purpose::Resume, Reply::Welcome { user, token }) => {
                return self.welcomed(user, token);
            }
            (Purpose::Ping(asked), _) => self.measured(asked),
            (Purpose::Conversations, Reply::Conversations { conversations: all }) => return self.follow(all),
            (Purpose::Pending, Reply::Pending { pending }) => return self.set_pending(pending),
            (Purpose::Online, Reply::People { people, .. }) => {
                self.people.are_online(&people);
                self.recognise();
            }
            (Purpose::Members(of), Reply::People { people, online, total }) => {
                self.set_members(Crowd { of: Some(of), people, online, total });
            }
            (Purpose::Who(of), Reply::People { people, online, total }) => {
                self.people.asked_for = Some(Crowd { of, people, online, total });
                self.overlay = Some(Overlay::People);
            }
            (Purpose::Page(id, page), Reply::History { events, more, amendments, .. }) => {
                self.take_page(id, page, Got { events, more, amendments });
            }
            (Purpose::Post(message), Reply::Posted { seq, .. }) => self.posted(message, seq),
            (Purpose::Enter(_) | Purpose::Open, Reply::Conversation(about)) => self.entered(about),
            (Purpose::Retention(of), Reply::Conversation(about)) => {
                let told = match about.retention_days {
                    Some(1) => format!("what is said in {of} is kept for 1 day"),
                    Some(days) => format!("what is said in {of} is kept for {days} days"),
                    None => format!("what is said in {of} is kept for ever"),
                };
                self.toasts.tell(told, self.now);
            }
            (Purpose::Enter(name), Reply::Asked) => {
                let told = format!("asked to be let into #{name}; you will be told");
                self.toasts.tell(told, self.now);
            }
            (Purpose::OpenAt(goal), Reply::Conversation(about)) => {
                self.entered(about);
                self.seek(goal);
            }
            (Purpose::MentionsHere(of), Reply::Found { found, .. }) => self.mentions_came(of, &found),
            (Purpose::Search(which), Reply::Found { found, more }) => self.found(which, found, more),
            (Purpose::Order(of), reply) => self.order_told(Some(&of), &reply),
            (Purpose::OrderOfServer, reply) => self.order_told(None, &reply),
            (Purpose::Leave(id), _) => self.close_talk(id),
            (Purpose::Account, reply) => self.account_done(reply),
            (Purpose::Sessions, Reply::Sessions { sessions }) => self.tell_sessions(&sessions),
            (Purpose::SignOut, _) => return self.signed_out(),
            (Purpose::Time, Reply::Time { at: now }) => {
                let told = format!("server time: {}", rows::moment(now, &self.zone));
                self.toasts.tell(told, self.now);
            }
            (Purpose::Tell(told), _) => self.toasts.tell(told, self.now),
            (Purpose::Answer { group, user, yes }, reply) => {
                self.pending
                    .retain(|p| !(p.group == group && user.as_ref().is_none_or(|user| p.by == *user)));
                match reply {
                    Reply::Conversation(about) => self.entered(about),
                    _ if yes => self.toasts.tell("you said yes", self.now),
                    _ => self.toasts.tell("you said no", self.now),
                }
            }
            _ => {}
        }
        Vec::new()
    }

    fn refused(&mut self, purpose: Purpose, refusal: Refusal) -> Vec<Action> {
        match purpose {
            Purpose::SignIn => return self.sign_in_refused(refusal),
            Purpose::Account => self.account_refused(refusal),
            Purpose::Resume => return self.resume_refused(refusal),
            Purpose::Post(message) => match refusal {
                // It waits for a server that is there again.
                Refusal::Stopping => self.outbox.set(message, UnsentState::Sent),
                Refusal::Busy | Refusal::TooOften => self.post_later(message, refusal),
                refusal => self.post_refused(message, refusal),
            },
            Purpose::Page(id, _) => {
                if let Some(talk) = self.conversations.get_mut(id) {
                    talk.log.loading = false;
                    talk.log.refused = true;
                    talk.sought = None;
                    talk.log.outdated = false;
                    talk.log.early = 0;
                }
                self.complain(refusal);
            }
            Purpose::Answer { group, .. } => {
                if refusal == Refusal::NothingPending {
                    self.pending.retain(|p| p.group != group);
                }
                self.complain(refusal);
            }
            Purpose::Edit { conversation, seq, text } => {
                self.give_back_edit(conversation, seq, &text);
                self.complain(refusal);
            }
            Purpose::Search(which) => self.search_refused(which, &refusal),
            Purpose::Hint | Purpose::Received | Purpose::Ping(_) | Purpose::Online | Purpose::Members(_) => {}
            _ => self.complain(refusal),
        }
        Vec::new()
    }

    /// The server has no room for it now.
    fn post_later(&mut self, message: MessageId, refusal: Refusal) {
        // The id came from dice.
        let dice = u64::from_le_bytes(std::array::from_fn(|i| message.0[i]));
        self.pause.refused(self.now, dice);
        if refusal == Refusal::TooOften {
            self.pause.lasts(self.now, dice);
        }
        self.outbox.set(message, UnsentState::Queued);
    }

    /// It stands under its text; where one does not see that, it is told.
    fn post_refused(&mut self, message: MessageId, refusal: Refusal) {
        let to = self.outbox.get(message).map(|unsent| unsent.to.clone());
        let open = self.talk().map(|talk| &talk.about.address);
        if let Some(to) = to.filter(|to| Some(to) != open) {
            self.toasts.complain(format!("not said to {to}: {refusal}"), self.now);
        }
        let why = self.why_not(message, refusal);
        self.outbox.set(message, UnsentState::Failed(why));
    }

    pub(super) fn complain(&mut self, refusal: Refusal) {
        self.toasts.complain(refusal.to_string(), self.now);
    }

    /// All that one is in: from where on each log is to come.
    fn follow(&mut self, all: Vec<Conversation>) -> Vec<Action> {
        let ids: Vec<ConversationId> = all.iter().map(|about| about.id).collect();
        let first = first_to_open(&all);
        self.conversations.keep_only(&ids);
        let mut after = Vec::new();
        for about in all {
            let (id, head) = (about.id, about.head);
            self.settle_stand_in(&about);
            let known = self.conversations.get(id).and_then(|talk| {
                let last = talk.log.last()?;
                let gap = head.0.saturating_sub(last.0);
                (talk.log.is_up_to_head() && !talk.log.stale && gap <= CATCH_UP_EVENTS_MAX).then_some(last)
            });
            let address = about.address.clone();
            let from = known.unwrap_or_else(|| super::receipts::from(&about));
            if let Some(talk) = self.conversations.get_mut(id) {
                talk.mentions_anew();
                // What still holds is told after this.
                talk.holding = im_proto::About::plain(id);
            }
            let talk = self.conversations.learn(about);
            if known.is_none() {
                talk.missed(self.open == Some(id));
                talk.log.goes_up_to(head);
            }
            self.outbox.forget_stored(&address, from);
            after.push((id, from));
        }
        self.is_following = true;
        if self.open.is_some_and(|open| self.conversations.get(open).is_none()) {
            self.open = None;
        }
        if let (None, Some(first)) = (self.open, first) {
            let written = std::mem::replace(&mut self.scratch, super::composer::blank());
            self.open_talk(first);
            if !written.is_empty() {
                *self.composer_mut() = written;
            }
        }
        vec![self.ask(Request::Follow { after }, Purpose::Hint)]
    }

    fn take_page(&mut self, id: ConversationId, page: Page, got: Got) {
        let open = self.open == Some(id);
        let Some(talk) = self.conversations.get_mut(id) else {
            return;
        };
        for event in &got.events {
            if let Body::Posted { message, .. } = event.body
                && self.outbox.came(message)
            {
                talk.stored(message, event.seq);
            }
        }
        let sought = talk.sought.filter(|goal| goal.page() == page);
        let reached = sought.and_then(|goal| goal.within(&got.events));
        let in_sight = reached.or(talk.in_sight());
        talk.log.take_page(page, got, in_sight);
        if !open {
            talk.closed();
        }
        if let Some(seq) = reached.filter(|seq| open && talk.log.get(*seq).is_some()) {
            self.look_at(seq);
            return;
        }
        if sought.is_some() && reached.is_none() {
            talk.sought = None;
        }
        let is_here = talk.log.last().is_some();
        if in_sight.is_some_and(|seq| is_here && talk.log.get(seq).is_none()) {
            talk.scroll = super::Scroll::End;
        }
        if open {
            scroll::fill(self);
        }
    }

    fn set_members(&mut self, crowd: Crowd) {
        // One may have turned to another conversation meanwhile.
        let open = self.talk().map(|talk| talk.about.address.clone());
        if open == crowd.of.clone().map(Address::Room) {
            self.people.set_members(crowd);
            self.recognise();
        }
    }

    fn posted(&mut self, message: MessageId, seq: Seq) {
        self.pause.taken(self.now);
        self.outbox.set(message, UnsentState::Stored(seq));
        // Said by an earlier run, and answered in this one: its event is of before.
        let to = self.outbox.get(message).map(|unsent| unsent.to.clone());
        if let Some(talk) = to.and_then(|to| self.conversations.named(&to))
            && seq <= talk.log.head()
        {
            self.outbox.came(message);
        }
    }

    /// One is in a conversation, and wants to see it.
    fn entered(&mut self, about: Conversation) {
        let id = about.id;
        self.learn(about);
        self.open_talk(id);
    }

    fn resume_refused(&mut self, refusal: Refusal) -> Vec<Action> {
        if matches!(refusal, Refusal::Stopping | Refusal::Busy | Refusal::TooOften) {
            // The connection ends by itself; the next attempt may do better.
            return vec![Action::HangUp];
        }
        let mut actions = self.forget_token();
        self.link_lost();
        self.link = super::Link::Idle;
        self.show_sign_in(Some(refusal.to_string()));
        actions.extend([Action::PutAway, Action::HangUp]);
        actions
    }

    fn signed_out(&mut self) -> Vec<Action> {
        let mut actions = self.forget_token();
        self.link_lost();
        self.link = super::Link::Idle;
        self.show_sign_in(None);
        actions.extend([Action::PutAway, Action::HangUp]);
        actions
    }

    fn forget_token(&mut self) -> Vec<Action> {
        let server = self.server.clone();
        let user = self.me.clone();
        user.map(|user| Action::ForgetToken { server, user }).into_iter().collect()
    }
}

/// What is opened at the start, of conversations that come with the most recently active first: where something is
/// unread, else where something was said, else the lobby.
fn first_to_open(all: &[Conversation]) -> Option<ConversationId> {
    let lobby = Address::Room(RoomName::lobby());
    let unread = all.iter().find(|about| about.unread > 0);
    let said = || all.iter().find(|about| has_posts(about));
    let at_least = || all.iter().find(|about| about.address == lobby).or(all.first());
    unread.or_else(said).or_else(at_least).map(|about| about.id)
}

/// As far as can be told without its log, which begins with how it was made and how each member came.
fn has_posts(about: &Conversation) -> bool {
    let others = if about.kind == Kind::Direct { 0 } else { about.members + 1 };
    about.head.0 > others
}
