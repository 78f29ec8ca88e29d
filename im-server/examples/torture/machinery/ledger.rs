//! What was sent, what was acknowledged and what was seen, as it happens: a few bytes for each post and each event.

use std::collections::{HashMap, HashSet};

use im_proto::{Conversation, Event, FromServer};

use super::amends::{Amends, Place};
use super::copy::Claim;
use super::violation::Violation;
use super::words::PostName;

/// Where a post is meant to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// A room or group: 0 is the lobby.
    Named(u32),
    /// Another user.
    User(u32),
}

impl Target {
    /// The same for both sides of a direct conversation.
    fn place(self, author: u32) -> (u32, u32) {
        match self {
            Self::Named(at) => (u32::MAX, at),
            Self::User(other) => (author.min(other), author.max(other)),
        }
    }
}

/// What is known of one post.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) target: Target,
    /// Where it was acknowledged; 0 where it was not.
    pub(super) conversation: u32,
    pub(super) seq: u32,
    pub(super) flags: u8,
}

impl Record {
    /// Sent more than once: what an earlier session sent may still be on its way.
    pub(super) const AGAIN: u8 = 1;
    pub(super) const REFUSED: u8 = 2;
    /// Somebody saw it on a terminal.
    pub(super) const SHOWN: u8 = 4;
    /// It is in a log.
    pub(super) const FOUND: u8 = 8;
    /// When it was first sent its author was perhaps not where it was meant to go.
    pub(super) const UNSURE: u8 = 16;

    pub(super) fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// It was refused, perhaps by an earlier session that had no time to say so, and was said later on. It has no place
    /// in the order of what its author said.
    pub(super) fn is_out_of_order(&self) -> bool {
        self.is(Self::REFUSED) || (self.is(Self::UNSURE) && self.is(Self::AGAIN))
    }

    pub(super) fn acknowledged(&self) -> Option<(u64, u64)> {
        (self.seq != 0).then_some((self.conversation.into(), self.seq.into()))
    }
}

/// A post that a terminal showed after one that it should follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShownLate {
    pub(super) reader: String,
    pub(super) post: PostName,
    pub(super) last: PostName,
}

/// What a user is told at the very end.
#[derive(Debug)]
pub(super) struct View {
    pub(super) user: u32,
    pub(super) conversations: Vec<Conversation>,
}

/// The books of a run.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(super) posts: Vec<Vec<Record>>,
    /// Of each log, what was seen at each seq, as a number that tells events apart; 0 where nothing was.
    pub(super) seen: HashMap<u64, Vec<u64>>,
    /// Which conversation a place turned out to be.
    homes: HashMap<(u32, u32), u64>,
    pub(super) claims: Vec<Claim>,
    pub(super) shown_late: Vec<ShownLate>,
    pub(super) views: Vec<View>,
    pub(super) amends: Amends,
    /// How far a user has certainly read.
    pub(super) read: HashMap<(u32, u64), u64>,
    /// Users of whom a post was refused for want of room: what they sent behind it went on before it.
    pub(super) out_of_order: HashSet<u32>,
    pub(crate) acknowledged: u64,
    pub(crate) duplicates: u64,
    pub(crate) refused: u64,
    pub(crate) events: u64,
    pub(crate) shown: u64,
}

impl Ledger {
    pub(crate) fn new(users: usize) -> Self {
        Self { posts: vec![Vec::new(); users], ..Self::default() }
    }

    /// A new post, by somebody who is sure that it may be said there, or not. Its number is returned.
    pub(crate) fn sent(&mut self, user: u32, target: Target, sure: bool) -> u32 {
        let posts = &mut self.posts[user as usize];
        let flags = if sure { 0 } else { Record::UNSURE };
        posts.push(Record { target, conversation: 0, seq: 0, flags });
        u32::try_from(posts.len() - 1).unwrap_or(u32::MAX)
    }

    /// The same post once more.
    pub(crate) fn sent_again(&mut self, user: u32, number: u32) -> Option<Target> {
        let record = self.record(user, number)?;
        record.flags |= Record::AGAIN;
        Some(record.target)
    }

    pub(super) fn record(&mut self, user: u32, number: u32) -> Option<&mut Record> {
        self.posts.get_mut(user as usize)?.get_mut(number as usize)
    }

    /// Whether anybody's post was acknowledged there.
    pub(crate) fn is_home(&self, user: u32, target: Target) -> bool {
        self.homes.contains_key(&target.place(user))
    }

    /// How many posts a user has sent.
    pub(crate) fn count(&self, user: u32) -> u32 {
        u32::try_from(self.posts[user as usize].len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn is_acknowledged(&self, user: u32, number: u32) -> bool {
        self.posts[user as usize].get(number as usize).is_some_and(|record| record.acknowledged().is_some())
    }

    /// Where a post is, if that is known.
    pub(super) fn place(&self, user: u32, number: u32) -> Option<Place> {
        self.posts[user as usize].get(number as usize)?.acknowledged()
    }

    /// A reply says where a post is.
    pub(crate) fn acknowledge(
        &mut self,
        (user, number): (u32, u32),
        then: (u64, u64),
        duplicate: bool,
    ) -> Result<(), Violation> {
        let Some(record) = self.record(user, number) else {
            return Err(Violation::Torture(format!(
                "a reply to post {number} of {user}, which was not sent"
            )));
        };
        if duplicate && !record.is(Record::AGAIN) {
            return Err(Violation::NoDuplicate { user, number });
        }
        let (before, target) = (record.acknowledged(), record.target);
        match before {
            Some(first) if first != then => return Err(Violation::Moved { user, number, first, then }),
            Some(_) if !duplicate => return Err(Violation::NotCalledDuplicate { user, number }),
            Some(_) => {}
            None => {
                record.conversation = narrow(then.0)?;
                record.seq = narrow(then.1)?;
                self.acknowledged += 1;
            }
        }
        self.duplicates += u64::from(duplicate);
        self.has_read(user, then.0, then.1); // who speaks has read what was said before
        self.at_home(user, number, target, then.0)
    }

    /// What is meant for one place is in one conversation, for all authors.
    pub(super) fn at_home(
        &mut self,
        user: u32,
        number: u32,
        target: Target,
        conversation: u64,
    ) -> Result<(), Violation> {
        let home = *self.homes.entry(target.place(user)).or_insert(conversation);
        if home == conversation {
            return Ok(());
        }
        let what = format!("meant for {target:?}, which is {home}, and it is in {conversation}");
        Err(Violation::Altered { user, number, what })
    }

    pub(crate) fn refuse(&mut self, user: u32, number: u32, for_want_of_room: bool) {
        self.refused += 1;
        if let Some(record) = self.record(user, number) {
            record.flags |= Record::REFUSED;
        }
        if for_want_of_room {
            self.out_of_order.insert(user);
        }
    }

    /// Somebody was sent an event.
    pub(crate) fn see(&mut self, event: &Event) -> Result<(), Violation> {
        self.events += 1;
        let (conversation, seq) = (event.conversation.0, event.seq.0);
        let seen = self.seen.entry(conversation).or_default();
        let at = usize::try_from(seq.saturating_sub(1)).unwrap_or(usize::MAX);
        if at >= seen.len() + SEEN_AHEAD_MAX {
            return Err(Violation::LogHole { conversation, wanted: seen.len() as u64 + 1, found: seq });
        }
        if at >= seen.len() {
            seen.resize(at + 1, 0);
        }
        if self.amends.is_tomb(event)? {
            return Ok(()); // others have seen what stood there
        }
        let digest = digest(event);
        if seen[at] != 0 && seen[at] != digest {
            return Err(Violation::TwoTruths { conversation, seq });
        }
        seen[at] = digest;
        Ok(())
    }

    /// Somebody was shown a post on a terminal.
    pub(crate) fn show(&mut self, post: PostName) -> Result<(), Violation> {
        self.shown += 1;
        let what = "it was shown, and never sent".to_owned();
        let altered = Violation::Altered { user: post.user, number: post.number, what };
        self.record(post.user, post.number).ok_or(altered)?.flags |= Record::SHOWN;
        Ok(())
    }

    pub(crate) fn show_late(&mut self, reader: String, post: PostName, last: PostName) {
        self.shown_late.push(ShownLate { reader, post, last });
    }

    pub(crate) fn claim(&mut self, claim: Claim) {
        self.claims.push(claim);
    }

    pub(crate) fn has_read(&mut self, user: u32, conversation: u64, seq: u64) {
        let read = self.read.entry((user, conversation)).or_default();
        *read = (*read).max(seq);
    }

    pub(crate) fn view(&mut self, user: u32, conversations: Vec<Conversation>) {
        self.views.push(View { user, conversations });
    }
}

/// Nobody is told of an event so far ahead of what others have: beyond it a number is nonsense.
const SEEN_AHEAD_MAX: usize = 1 << 24;

/// Tells events apart: FNV-1a over the bytes of the wire, never 0.
pub(super) fn digest(event: &Event) -> u64 {
    let bytes = FromServer::Event(event.clone()).to_frame().unwrap_or_default();
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, mix) | 1
}

fn narrow(number: u64) -> Result<u32, Violation> {
    u32::try_from(number).map_err(|_| Violation::Torture(format!("{number} is too large to be kept")))
}
