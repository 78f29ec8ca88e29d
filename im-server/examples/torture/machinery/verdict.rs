//! The judgement: the logs, read from their first event to their last, against the ledger.

use std::collections::{HashMap, HashSet};

use im_proto::{Body, Conversation, Event, Kind, Timestamp, UserName};

use super::copy::Claim;
use super::ledger::{Ledger, Record, digest};
use super::violation::Violation;
use super::words::PostName;

/// No post, or nobody's of whom anything is claimed.
const NOBODY: u32 = u32::MAX;

/// Holds logs against a ledger.
pub(crate) struct Verdict<'a> {
    seed: u64,
    /// The names of the users whose posts have ids, by their number.
    names: &'a [UserName],
    ledger: Ledger,
    logs: HashMap<u64, Log>,
}

/// What has to be remembered of a log that was read.
struct Log {
    /// Who posted, event by event.
    authors: Vec<u32>,
    /// When the newest event came.
    at: Timestamp,
    /// When who came in (true) and went out.
    doors: Vec<(u64, UserName, bool)>,
    members: HashSet<UserName>,
    /// The newest post of each author, by session.
    newest: HashMap<(u32, u32), u32>,
    complete: bool,
}

impl Default for Log {
    fn default() -> Self {
        let (authors, doors, members) = (Vec::new(), Vec::new(), HashSet::new());
        Self { authors, at: Timestamp(0), doors, members, newest: HashMap::new(), complete: false }
    }
}

/// The author of a post by text, whose number nothing is asked about.
const TEXT: u32 = u32::MAX - 1;

impl<'a> Verdict<'a> {
    pub(crate) fn new(seed: u64, names: &'a [UserName], ledger: Ledger) -> Self {
        Self { seed, names, ledger, logs: HashMap::new() }
    }

    /// All conversations that anybody is told of or has seen something of, each with those who may read it.
    pub(crate) fn readers(&self) -> Vec<(u64, Vec<(u32, Conversation)>)> {
        let mut readers: HashMap<u64, Vec<(u32, Conversation)>> = HashMap::new();
        for view in &self.ledger.views {
            for conversation in &view.conversations {
                readers.entry(conversation.id.0).or_default().push((view.user, conversation.clone()));
            }
        }
        self.ledger.seen.keys().for_each(|id| {
            readers.entry(*id).or_default();
        });
        let mut readers: Vec<_> = readers.into_iter().collect();
        readers.sort_unstable_by_key(|(id, _)| *id);
        readers
    }

    /// How far a log was read.
    pub(crate) fn head(&self, conversation: u64) -> u64 {
        self.logs.get(&conversation).map_or(0, |log| log.authors.len() as u64)
    }

    /// Takes the next event of a log.
    pub(crate) fn read(&mut self, conversation: u64, event: &Event) -> Result<(), Violation> {
        let log = self.logs.entry(conversation).or_default();
        let (wanted, found) = (log.authors.len() as u64 + 1, event.seq.0);
        if event.conversation.0 != conversation || found != wanted {
            return Err(Violation::LogHole { conversation, wanted, found });
        }
        if event.at < std::mem::replace(&mut log.at, event.at) {
            return Err(Violation::TimeWentBack { conversation, seq: found });
        }
        let seen = self.ledger.seen.get(&conversation).and_then(|seen| seen.get(log.authors.len()));
        let is_tomb = self.ledger.amends.is_tomb(event)?;
        if !is_tomb && seen.is_some_and(|seen| *seen != 0 && *seen != digest(event)) {
            return Err(Violation::TwoTruths { conversation, seq: found });
        }
        match &event.body {
            Body::Posted { .. } => {
                let author = self.post(event)?;
                self.logs.entry(conversation).or_default().authors.push(author);
            }
            Body::Created | Body::Joined { .. } => {
                log.authors.push(NOBODY);
                log.members.insert(event.author.name.clone());
                log.doors.push((found, event.author.name.clone(), true));
            }
            Body::Left => {
                log.authors.push(NOBODY);
                log.members.remove(&event.author.name);
                log.doors.push((found, event.author.name.clone(), false));
            }
            Body::Tombstone { of: None } => {
                let author = self.tomb(event)?;
                self.logs.entry(conversation).or_default().authors.push(author);
            }
            _ => {
                log.authors.push(NOBODY);
                let user = self.names.iter().position(|name| *name == event.author.name);
                self.ledger.amends.read(event, user.and_then(|user| u32::try_from(user).ok()))?;
            }
        }
        Ok(())
    }

    /// A log was read to its end.
    pub(crate) fn complete(&mut self, conversation: u64) -> Result<(), Violation> {
        let log = self.logs.entry(conversation).or_default();
        log.complete = true;
        let seen = self.ledger.seen.get(&conversation).map_or(0, Vec::len);
        if seen > log.authors.len() {
            return Err(Violation::SeenAndGone { conversation, seq: seen as u64 });
        }
        Ok(())
    }

    /// A post in a log: once, as it was said, where it was meant to go and where it was acknowledged.
    fn post(&mut self, event: &Event) -> Result<u32, Violation> {
        let (conversation, seq) = (event.conversation.0, event.seq.0);
        let nobodys = |what: &str| Violation::NobodysPost { conversation, seq, what: what.to_owned() };
        let Body::Posted { message, text, .. } = &event.body else { return Ok(NOBODY) };
        let Some((_, name)) = PostName::find(text.as_str()) else { return Err(nobodys(text.as_str())) };
        let PostName { user, session, number } = name;
        let Some(record) = self.ledger.record(user, number) else { return Err(nobodys(text.as_str())) };
        let (before, target) = (*record, record.target);
        record.flags |= Record::FOUND;
        if before.is(Record::FOUND) {
            return Err(Violation::Twice { user, number, conversation, seq });
        }
        let altered = |what: String| Violation::Altered { user, number, what };
        if text.as_str() != name.text(self.seed) {
            return Err(altered(format!("its text is {:?}", text.as_str())));
        }
        let has_id = session == 0;
        if has_id && (*message != name.id(self.seed) || Some(&event.author.name) != self.name(user)) {
            return Err(altered(format!("its id is {message}, its author {}", event.author.name)));
        }
        match before.acknowledged() {
            Some(first) if first != (conversation, seq) => {
                return Err(Violation::Moved { user, number, first, then: (conversation, seq) });
            }
            _ => {}
        }
        if before.is(Record::REFUSED) && !before.is(Record::AGAIN) {
            return Err(Violation::RefusedYetSaid { user, number });
        }
        if has_id {
            self.ledger.at_home(user, number, target, conversation)?;
        }
        if !before.is_out_of_order() && !self.ledger.out_of_order.contains(&user) {
            let newest = &mut self.logs.entry(conversation).or_default().newest;
            if let Some(later) = newest.insert((user, session), number)
                && later > number
            {
                return Err(Violation::Order { conversation, user, earlier: number, later });
            }
        }
        Ok(if has_id { user } else { TEXT })
    }

    /// What is left of a post that was taken out: it is where it was, and still its author's.
    fn tomb(&mut self, event: &Event) -> Result<u32, Violation> {
        let (conversation, seq) = (event.conversation.0, event.seq.0);
        let nobodys = Violation::TakenOutByNobody { conversation, seq };
        let Some((user, number)) = self.ledger.amends.entombed((conversation, seq)) else {
            return Err(nobodys);
        };
        if self.name(user) != Some(&event.author.name) {
            let what = format!("its author is {}", event.author.name);
            return Err(Violation::Altered { user, number, what });
        }
        if let Some(record) = self.ledger.record(user, number) {
            record.flags |= Record::FOUND;
        }
        Ok(user)
    }

    fn name(&self, user: u32) -> Option<&UserName> {
        self.names.get(user as usize)
    }

    /// All logs were read. How many posts are in them.
    pub(crate) fn end(mut self) -> Result<u64, Violation> {
        let (mut posts, mut user) = (0, 0);
        for records in &self.ledger.posts {
            for (number, record) in (0..).zip(records) {
                posts += u64::from(record.is(Record::FOUND));
                if record.is(Record::FOUND) {
                    continue;
                }
                if let Some((conversation, seq)) = record.acknowledged() {
                    return Err(Violation::Lost { user, number, conversation, seq });
                }
                if record.is(Record::SHOWN) {
                    return Err(Violation::TakenBack { user, number });
                }
            }
            user += 1;
        }
        let views = std::mem::take(&mut self.ledger.views);
        for view in &views {
            let Some(reader) = self.name(view.user) else { continue };
            for conversation in &view.conversations {
                self.view(view.user, reader, conversation)?;
            }
            self.memberships(reader, &view.conversations)?;
        }
        self.ledger.amends.end()?;
        self.ledger.claims.iter().try_for_each(|claim| self.claim(claim))?;
        self.shown_late()?;
        Ok(posts)
    }

    /// What a user is told of a conversation: its head, what they have not read, who is in it.
    fn view(&self, user: u32, reader: &UserName, told: &Conversation) -> Result<(), Violation> {
        let (conversation, reader) = (told.id.0, reader.clone());
        let Some(log) = self.logs.get(&conversation) else {
            return Err(Violation::Torture(format!("the log of {conversation} was not read")));
        };
        let (head, read) = (log.authors.len() as u64, told.read.0);
        if told.head.0 != head {
            return Err(Violation::Head { reader, conversation, told: told.head.0, head });
        }
        let after = usize::try_from(read).unwrap_or(usize::MAX).min(log.authors.len());
        let counted = log.authors[after..].iter().filter(|author| **author != NOBODY).count() as u64;
        if told.unread != counted || read > head {
            return Err(Violation::Unread { reader, conversation, read, told: told.unread, counted });
        }
        let marked = self.ledger.read.get(&(user, conversation)).copied().unwrap_or_default();
        if read < marked {
            return Err(Violation::MarkFell { reader, conversation, marked, read });
        }
        let (members, inside) = (log.members.len() as u64, log.members.contains(&reader));
        if told.kind != Kind::Direct && (told.members != members || !inside) {
            return Err(Violation::Membership {
                reader,
                conversation,
                members,
                inside,
                told: Some(told.members),
            });
        }
        Ok(())
    }

    /// Who is in by the log is told so.
    fn memberships(&self, reader: &UserName, told: &[Conversation]) -> Result<(), Violation> {
        let told: HashSet<u64> = told.iter().map(|conversation| conversation.id.0).collect();
        let missing = self.logs.iter().find(|(id, log)| log.members.contains(reader) && !told.contains(id));
        let Some((conversation, log)) = missing else { return Ok(()) };
        let (conversation, members, reader) = (*conversation, log.members.len() as u64, reader.clone());
        Err(Violation::Membership { reader, conversation, members, inside: true, told: None })
    }

    /// What a copy does not have was none of its reader's business.
    fn claim(&self, claim: &Claim) -> Result<(), Violation> {
        match claim {
            Claim::Begins { reader, conversation, at } => {
                let log = self.logs.get(conversation).filter(|log| log.complete);
                let before = usize::try_from(at.saturating_sub(2)).unwrap_or(usize::MAX);
                let author = log.and_then(|log| log.authors.get(before)).copied().unwrap_or(NOBODY);
                if self.name(author) == Some(reader) {
                    return Ok(());
                }
                let (reader, conversation) = (reader.clone(), *conversation);
                Err(Violation::CopyHole { reader, conversation, seq: *at, last: 0 })
            }
            Claim::WasOut { reader, conversation, last, next } => {
                let between = |(seq, who, comes): &(u64, UserName, bool)| {
                    !comes && who == reader && last < seq && seq < next
                };
                // An own departure that was sent is the last event that there is.
                let at_last =
                    |(seq, who, comes): &(u64, UserName, bool)| !comes && who == reader && seq == last;
                let doors = self.logs.get(conversation).map(|log| log.doors.as_slice()).unwrap_or_default();
                if doors.iter().any(|door| between(door) || at_last(door)) {
                    return Ok(());
                }
                let (reader, conversation) = (reader.clone(), *conversation);
                Err(Violation::CopyHole { reader, conversation, seq: *next, last: *last })
            }
        }
    }

    fn shown_late(&mut self) -> Result<(), Violation> {
        let late = std::mem::take(&mut self.ledger.shown_late);
        for shown in late {
            let excused = [shown.post, shown.last].into_iter().any(|post| {
                let out = self.ledger.out_of_order.contains(&post.user);
                out || self
                    .ledger
                    .record(post.user, post.number)
                    .is_some_and(|record| record.is_out_of_order())
            });
            if !excused {
                let (what, last) = (format!("{:?}", shown.post), format!("{:?}", shown.last));
                return Err(Violation::ShownOutOfOrder { reader: shown.reader, what, last });
            }
        }
        Ok(())
    }
}
