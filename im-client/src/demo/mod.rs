//! `--demo`: a server that is not there. It answers from a sample, in memory: nothing is sent, and nothing is kept.

mod sample;

use std::collections::BTreeMap;

use im_proto::{
    Address, Ask, Author, Body, Conversation, ConversationId, Event, FOUND_MAX, Found, FromServer, Kind,
    Notice, PAGE_EVENTS_MAX, Page, Pending, Person, Refusal, Reply, Request, Role, RoomName, Seq, Timestamp,
    UserName,
};

use crate::app::{Action, What};

/// One conversation of the sample.
#[derive(Debug)]
struct Sampled {
    about: Conversation,
    log: Vec<Event>,
}

/// The sample, and what was done to it.
#[derive(Debug)]
pub struct Demo {
    me: UserName,
    conversations: BTreeMap<ConversationId, Sampled>,
    /// The dial that the client knows the connection by.
    dial: u64,
    people: Vec<Person>,
    pending: Vec<Pending>,
}

impl Demo {
    /// The sample as it is at some moment; nothing if it is broken.
    pub fn new(now: Timestamp) -> Option<Self> {
        sample::demo(now)
    }

    /// Whose client it is.
    pub fn me(&self) -> &UserName {
        &self.me
    }

    /// Does what the client wants of the world, which is only ever asked here.
    pub fn act(&mut self, action: Action, now: Timestamp) -> Vec<What> {
        match action {
            Action::Dial { dial, .. } => {
                self.dial = dial;
                vec![What::Up(dial)]
            }
            Action::Send(ask) => {
                let dial = self.dial;
                let said = self.answer(ask, now).into_iter();
                said.map(|said| What::Heard(dial, Box::new(said))).collect()
            }
            Action::Recall { .. } => vec![What::Recalled(Vec::new())],
            _ => Vec::new(),
        }
    }

    /// What a server says to a request.
    pub fn answer(&mut self, ask: Ask, now: Timestamp) -> Vec<FromServer> {
        let mut told = Vec::new();
        let result = self.asked(ask.request, now, &mut told);
        told.push(FromServer::Reply { tag: ask.tag, result });
        told
    }

    fn asked(
        &mut self,
        request: Request,
        now: Timestamp,
        told: &mut Vec<FromServer>,
    ) -> Result<Reply, Refusal> {
        Ok(match request {
            Request::Resume { .. } | Request::SignIn { .. } | Request::SignUp { .. } => {
                Reply::Welcome { user: self.me.clone(), token: None }
            }
            Request::Conversations => {
                let mut all: Vec<_> = self.conversations.values().map(|one| one.about.clone()).collect();
                all.sort_by_key(|about| std::cmp::Reverse(about.active));
                Reply::Conversations { conversations: all }
            }
            Request::Pending => Reply::Pending { pending: self.pending.clone() },
            Request::Who { of } => self.who(of.as_ref())?,
            Request::Time => Reply::Time { at: now },
            Request::Open { address } => Reply::Conversation(self.open(address, now)),
            Request::Create { group: name } | Request::Join { name, .. } => {
                Reply::Conversation(self.open(Address::Room(name), now))
            }
            Request::Answer { group, yes, .. } => {
                self.pending.retain(|pending| pending.group != group);
                told.push(FromServer::Notice(Notice::Pending { pending: self.pending.clone() }));
                if yes { Reply::Conversation(self.open(Address::Room(group), now)) } else { Reply::Done }
            }
            Request::History { of, page, limit } => self.history(&of, page, limit)?,
            Request::Post { to, message, text, reply_to } => {
                let id = self.open(to, now).id;
                let seq = self.add(id, now, Body::Posted { message, text, reply_to }, told)?;
                Reply::Posted { conversation: id, seq, at: now, duplicate: false, kept: false }
            }
            Request::Edit { of, seq, text } => self.amend(&of, now, Body::Edited { of: seq, text }, told)?,
            Request::Delete { of, seq } => {
                if let Some(event) = self.find(&of)?.log.iter_mut().find(|event| event.seq == seq) {
                    event.body = Body::Tombstone { of: None };
                }
                self.amend(&of, now, Body::Deleted { of: seq }, told)?
            }
            Request::React { of, seq, reaction, on } => {
                let body = if on {
                    Body::Reacted { of: seq, reaction }
                } else {
                    Body::Unreacted { of: seq, reaction }
                };
                self.amend(&of, now, body, told)?
            }
            Request::Search { words, of, before, limit } => {
                self.search(words.as_str(), of.as_ref(), before, limit)
            }
            Request::Mentions { before, limit, .. } => {
                self.search(&format!("@{}", self.me), None, before, limit)
            }
            Request::Mark { of, read } => {
                let about = &mut self.find(&of)?.about;
                about.read = about.read.max(read);
                (about.unread, about.mentions) = (0, 0);
                Reply::Done
            }
            _ => Reply::Done,
        })
    }

    fn find(&mut self, address: &Address) -> Result<&mut Sampled, Refusal> {
        let mut all = self.conversations.values_mut();
        all.find(|one| one.about.address == *address).ok_or(Refusal::NoSuchRoom)
    }

    /// The conversation with an address, which is made if it is not there.
    fn open(&mut self, address: Address, now: Timestamp) -> Conversation {
        if let Ok(there) = self.find(&address) {
            return there.about.clone();
        }
        let id = ConversationId(self.conversations.keys().last().map_or(1, |last| last.0 + 1));
        let kind = if matches!(address, Address::User(_)) { Kind::Direct } else { Kind::Room };
        let about = Conversation {
            id,
            address,
            kind,
            role: Role::Owner,
            head: Seq::ZERO,
            active: now,
            read: Seq::ZERO,
            unread: 0,
            mentions: 0,
            members: if kind == Kind::Direct { 2 } else { 1 },
            guest: false,
            receipts: None,
            retention_days: None,
        };
        self.conversations.insert(id, Sampled { about: about.clone(), log: Vec::new() });
        about
    }

    /// Adds an event of one's own, which is told as any other.
    fn add(
        &mut self,
        id: ConversationId,
        at: Timestamp,
        body: Body,
        told: &mut Vec<FromServer>,
    ) -> Result<Seq, Refusal> {
        let author = Author { name: self.me.clone(), guest: false };
        let one = self.conversations.get_mut(&id).ok_or(Refusal::NoSuchRoom)?;
        let seq = one.about.head.next();
        let event = Event { conversation: id, seq, at, author, body };
        (one.about.head, one.about.read, one.about.active) = (seq, seq, at);
        one.log.push(event.clone());
        told.push(FromServer::Event(event));
        Ok(seq)
    }

    fn amend(
        &mut self,
        of: &Address,
        now: Timestamp,
        body: Body,
        told: &mut Vec<FromServer>,
    ) -> Result<Reply, Refusal> {
        let id = self.find(of)?.about.id;
        self.add(id, now, body, told)?;
        Ok(Reply::Done)
    }

    fn who(&mut self, of: Option<&RoomName>) -> Result<Reply, Refusal> {
        let total = match of {
            Some(name) => self.find(&Address::Room(name.clone()))?.about.members,
            None => u64::try_from(self.people.len()).unwrap_or(u64::MAX),
        };
        let people: Vec<Person> =
            self.people.iter().take(usize::try_from(total).unwrap_or(usize::MAX)).cloned().collect();
        let online = people.iter().filter(|person| person.online).count();
        Ok(Reply::People { people, online: u64::try_from(online).unwrap_or(u64::MAX), total })
    }

    fn history(&mut self, of: &Address, page: Page, limit: u16) -> Result<Reply, Refusal> {
        let one = self.find(of)?;
        let (log, limit) = (&one.log, usize::from(limit.min(PAGE_EVENTS_MAX)));
        let (from, to) = match page {
            Page::Newest => (log.len().saturating_sub(limit), log.len()),
            Page::Before(seq) => {
                let end = log.partition_point(|event| event.seq < seq);
                (end.saturating_sub(limit), end)
            }
            Page::After(seq) => {
                let from = log.partition_point(|event| event.seq <= seq);
                (from, (from + limit).min(log.len()))
            }
            Page::Around(at) => {
                let from = log.partition_point(|event| event.at < at).saturating_sub(limit / 2);
                (from, (from + limit).min(log.len()))
            }
        };
        let events = log[from..to].to_vec();
        let more = match page {
            Page::Newest | Page::Before(_) => from > 0,
            Page::After(_) | Page::Around(_) => to < log.len(),
        };
        let here = events.first().map(|event| event.seq).zip(events.last().map(|event| event.seq));
        let about_here = |event: &&Event| {
            let of = match &event.body {
                Body::Edited { of, .. } | Body::Reacted { of, .. } | Body::Unreacted { of, .. } => *of,
                _ => return false,
            };
            here.is_some_and(|(first, last)| (first..=last).contains(&of))
        };
        let amendments = log[to..].iter().filter(about_here).cloned().collect();
        Ok(Reply::History { conversation: one.about.id, events, more, amendments })
    }

    /// All words must be there; the place of an event among all is its time.
    fn search(&self, words: &str, of: Option<&Address>, before: Option<u64>, limit: u16) -> Reply {
        let words: Vec<String> =
            words.split_whitespace().map(|word| word.trim_end_matches('*').to_lowercase()).collect();
        let mut found = Vec::new();
        for one in self.conversations.values().filter(|one| of.is_none_or(|of| one.about.address == *of)) {
            for event in &one.log {
                let Body::Posted { text, .. } = &event.body else {
                    continue;
                };
                let said = text.as_str().to_lowercase();
                let position = event.at.0;
                if words.iter().all(|word| said.contains(word))
                    && before.is_none_or(|before| position < before)
                {
                    found.push(Found { address: one.about.address.clone(), position, event: event.clone() });
                }
            }
        }
        found.sort_by_key(|found| std::cmp::Reverse(found.position));
        let limit = usize::from(limit.min(FOUND_MAX));
        let more = found.len() > limit;
        found.truncate(limit);
        Reply::Found { found, more }
    }
}
