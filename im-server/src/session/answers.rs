//! What the peer asks, what comes of it, and what that means for the session: who it speaks for, what it follows.

use std::collections::{BTreeSet, HashMap};

use futures_util::FutureExt;
use im_proto::{CONVERSATIONS_MAX, Conversation, Notice, Reply, Seq};
use tokio::time::Instant;

use crate::dialect::Input;
use crate::limits::Limits;
use crate::metrics::End;
use crate::service::{Becomes, Caller, Device, Outcome};

use super::Session;
use super::asking::Answer;
use super::chores::Chores;
use super::marks::Marks;

impl Session {
    pub(super) fn take_inputs(&mut self) {
        if let Some(ask) = self.asking.unhold() {
            self.asking.start(ask, self.caller.as_ref(), &self.service);
        }
        while self.takes_input() {
            match self.dialect.next(self.wire.output()) {
                Some(Input::Ask(ask)) => {
                    self.whole_until = None;
                    let posted = self.asking.start(ask, self.caller.as_ref(), &self.service);
                    if self.follows && self.dialect.shows() {
                        self.own.extend(posted.map(|message| (message, None)));
                    }
                }
                Some(Input::Refused { tag, refusal }) => {
                    self.whole_until = None;
                    self.asking.refuse(tag, refusal);
                }
                Some(Input::Nothing) => {}
                Some(Input::Close) => self.end(End::Left),
                None => {
                    if self.ended && self.asking.is_empty() {
                        self.end(End::Left);
                    }
                    return;
                }
            }
        }
    }

    pub(super) fn take_answers(&mut self) {
        while self.takes_answers()
            && let Some(answer) = self.asking.next().now_or_never()
        {
            self.answer(answer);
        }
    }

    pub(super) fn answer(&mut self, answer: Answer) {
        let (tag, result) = match answer {
            Answer::Reply { tag, result } => {
                // What the request has caused was announced before its answer, and is told before it.
                self.take_mail();
                self.write_events();
                (tag, result)
            }
            Answer::Post { tag, message, result } => {
                match &result {
                    Ok(Outcome {
                        reply: Reply::Posted { duplicate: false, conversation, seq, .. }, ..
                    }) if self.following.at(*conversation).is_none_or(|at| at < *seq) => {
                        self.own.entry(message).and_modify(|said| *said = Some((*conversation, *seq)));
                    }
                    _ => drop(self.own.remove(&message)), // no event comes because of it
                }
                (tag, result)
            }
            Answer::Follow { tag, result } => {
                let reply = result.as_ref().map(|_| Reply::Done).map_err(|refusal| *refusal);
                self.dialect.reply(tag, reply, self.wire.output());
                if let Ok(followed) = result {
                    self.dialect.follows(followed.position, self.wire.output());
                    self.follow(&followed.conversations);
                    if !self.dialect.shows() {
                        let abouts = followed.abouts.into_iter().map(Notice::About);
                        abouts.for_each(|notice| self.dialect.notice(notice, self.wire.output()));
                    }
                }
                return self.take_mail();
            }
        };
        if let Err(refusal) = &result {
            self.metrics.refused(refusal.code());
        }
        let result = result.map(|Outcome { reply, session }| {
            match session {
                Becomes::Same => {}
                Becomes::SignedIn(caller) => self.arrive(caller),
                Becomes::Renamed(caller) => self.rename(caller),
                Becomes::Visits(room) => self.visit(&room),
                Becomes::Leaves(conversation) => {
                    self.visited.remove(&conversation);
                    self.following.end(conversation, &self.hub, &self.mailbox);
                }
                Becomes::SignedOut => self.depart(),
            }
            reply
        });
        if let Ok(Reply::Conversation(opened)) = &result
            && self.follows
            && !self.dialect.shows()
        {
            self.chores.about(opened.id);
        }
        self.dialect.reply(tag, result, self.wire.output());
    }

    pub(super) fn arrive(&mut self, caller: Caller) {
        // A guest who signs in: what was said around them while they typed their password is still to be shown.
        let heard = if self.dialect.shows() { self.following.rooms() } else { HashMap::new() };
        self.depart();
        self.heard = heard;
        let token = caller.token;
        self.hub.arrive(caller.account.id, &caller.account.author(), token, &self.mailbox);
        if let Some(token) = token {
            // Taken back after it was looked up and before the hub knew of this session: nobody would tell.
            self.chores.check(token);
        }
        self.caller = Some(caller);
        self.wire.trust();
    }

    /// A guest has another name. Where they are they stay; what was between them and others under the old name is not
    /// theirs any more.
    fn rename(&mut self, caller: Caller) {
        let (to, who) = (caller.account.id, caller.account.author());
        if let Some(before) = self.caller.replace(caller) {
            let from = before.account.id;
            let all_taken = self.wire.is_empty();
            self.marks.settle(&self.service, &before.account, all_taken);
            self.following.end_direct(&self.hub, &self.mailbox);
            self.hub.rename(from, to, &who, &self.mailbox);
            self.following.follow_as(&self.hub, to, &self.mailbox);
        }
    }

    /// A guest is in a room, from now on.
    fn visit(&mut self, room: &Conversation) {
        if !self.follows {
            self.visited.entry(room.id).or_insert_with(|| room.clone());
            return;
        }
        if self.following.contains(room.id) {
            return;
        }
        self.begin(room, room.head, room.head);
        self.chores.look_again(room.id);
        if let Some(caller) = &self.caller {
            let (user, who) = (caller.account.id, caller.account.author());
            self.hub.tell_coming(user, &who, true, &BTreeSet::from([room.id]));
        }
    }

    pub(super) fn depart(&mut self) {
        if let Some(caller) = self.caller.take() {
            // What the peer did not take was not read: it is shown again.
            let all_taken = self.wire.is_empty();
            self.marks.settle(&self.service, &caller.account, all_taken);
            self.following.end_all(&self.hub, &self.mailbox);
            self.hub.depart(caller.account.id, self.mailbox.session());
            if let (Device::Terminal, Some(token)) = (self.asking.origin().device, caller.token) {
                self.service.forget_terminal(token);
            }
            self.mailbox.forget();
        }
        self.follows = false;
        self.visited.clear();
        self.revoked = false;
        self.own = HashMap::new();
        self.parting = Vec::new();
        self.chores = Chores::default();
        self.marks = Marks::default();
        self.sign_in_until = Instant::now() + Limits::seconds(self.policy.limits.sign_in_seconds_max);
    }

    /// Begins to follow, in each conversation after an event.
    fn follow(&mut self, conversations: &[(Conversation, Seq)]) {
        let is_first = !std::mem::replace(&mut self.follows, true);
        let mut entered = self.mailbox.take_entered();
        for (i, (conversation, had)) in conversations.iter().enumerate() {
            // More than fit into the list that clients get, or too new to be in it: these are told one by one.
            let is_new_to_peer = entered.remove(&conversation.id).is_some();
            if i >= CONVERSATIONS_MAX || is_new_to_peer {
                self.dialect.notice(Notice::Conversation(conversation.clone()), self.wire.output());
            }
            let had = *had;
            // What a guest did not hear was not kept for the one who they are now.
            let heard = self.heard.remove(&conversation.id).filter(|heard| *heard < had);
            let (had, kept_until) = heard.map_or((had, conversation.head), |heard| (heard, heard));
            let oldest =
                self.dialect.replay().map_or(Seq::ZERO, |most| Seq(conversation.head.0.saturating_sub(most)));
            let from = had.max(oldest);
            let is_new = !self.following.contains(conversation.id);
            self.begin(conversation, from, kept_until);
            self.following.inside(conversation.id, conversation.head);
            if let Some(place) =
                (is_new && from > had).then(|| self.following.place(conversation.id)).flatten()
            {
                self.dialect.skipped(place, from.0 - had.0, self.wire.output());
            }
        }
        entered.into_iter().for_each(|(conversation, after)| self.chores.enter(conversation, after));
        self.heard = HashMap::new();
        if let Some(caller) = &self.caller
            && is_first
            && self.hub.is_first_to_follow(caller.account.id)
        {
            let (user, who) = (caller.account.id, caller.account.author());
            self.hub.tell_coming(user, &who, true, &conversations.iter().map(|(c, _)| c.id).collect());
        }
        // Whose events come as if they had been entered now, and what was said in them since.
        std::mem::take(&mut self.visited).values().for_each(|room| self.visit(room));
    }

    pub(super) fn begin(&mut self, conversation: &Conversation, from: Seq, kept_until: Seq) {
        if self.following.contains(conversation.id) {
            self.following.inside(conversation.id, kept_until); // they left and came back faster than it was told
        } else if let Some(caller) = &self.caller {
            self.following.begin(&self.hub, caller.account.id, &self.mailbox, conversation, from, kept_until);
        }
    }
}
