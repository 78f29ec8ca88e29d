//! `tail`: what happens from now on, each event once and in order, over any number of connections. Nothing is marked as
//! read.

use std::collections::BTreeMap;
use std::time::Duration;

use im_proto::{Address, Conversation, ConversationId, Event, Kind, Notice, Reply, Request, Seq, Timestamp};

use super::history::before_moment;
use super::output::{self, Manner};
use super::session::{Heard, Session, signed_in, wait};
use crate::cli::{Common, Tail};
use crate::connection::ConnectionError;
use crate::exit::Failure;
use crate::patience::come_back_wait;
use crate::tokens::{SignedIn, Tokens};

pub(super) async fn run(common: &Common, tokens: &Tokens, tail: Tail) -> Result<(), Failure> {
    let signed_in = signed_in(common, tokens)?;
    let mut follower = Follower {
        manner: Manner::of(tail.json),
        wanted: tail.of,
        since: tail.since,
        known: BTreeMap::new(),
        has_begun: false,
        come_back: None,
    };
    let mut attempt = 1;
    loop {
        match follower.follow(common, &signed_in, &mut attempt).await {
            // What never worked is not worth waiting for; what did will come back.
            Failure::Connection(error) if !follower.has_begun || error.is_final() => return Err(error.into()),
            Failure::Connection(_) => match follower.come_back.take() {
                Some(asked) => tokio::time::sleep(asked).await,
                None => wait(attempt).await?,
            },
            failure => return Err(failure),
        }
        attempt += 1;
    }
}

/// Where a conversation stands.
struct Place {
    address: Address,
    printed: Seq,
}

struct Follower {
    manner: Manner,
    wanted: Vec<Address>,
    /// What is printed begins there, and not where it stood when it began.
    since: Option<Timestamp>,
    known: BTreeMap<ConversationId, Place>,
    has_begun: bool,
    /// The server stops, and said how long to wait.
    come_back: Option<Duration>,
}

impl Follower {
    /// Prints over one connection until that ends; tells why it did.
    async fn follow(&mut self, common: &Common, signed_in: &SignedIn, attempt: &mut u32) -> Failure {
        let mut session = match Session::resume(common, signed_in).await {
            Ok(session) => session,
            Err(failure) => return failure,
        };
        if let Err(failure) = self.begin(&mut session).await {
            return failure;
        }
        *attempt = 0;
        loop {
            let printed = match session.next().await {
                Ok(Heard::Event(event)) => self.event(&event),
                Ok(Heard::Notice(Notice::Conversation(about))) => {
                    self.learn(about, Seq::ZERO);
                    Ok(())
                }
                Ok(Heard::Notice(Notice::ComeBack { after_milliseconds })) => {
                    self.come_back = Some(come_back_wait(after_milliseconds));
                    Ok(())
                }
                Ok(Heard::Reply(_, Err(refusal))) => Err(refusal.into()),
                Ok(Heard::Notice(_) | Heard::Reply(..)) => Ok(()),
                Err(error) => Err(error.into()),
            };
            if let Err(failure) = printed {
                return failure;
            }
        }
    }

    /// Asks for what follows what has been printed; the first time for what comes from now on.
    async fn begin(&mut self, session: &mut Session) -> Result<(), Failure> {
        for address in self.wanted.clone() {
            session.ask(Request::Open { address }).await??;
        }
        let Reply::Conversations { conversations: all } = session.ask(Request::Conversations).await?? else {
            return Err(Failure::Failed("the server gave another answer".to_owned()));
        };
        let mut after = Vec::new();
        for about in all {
            let (id, head, kind) = (about.id, about.head, about.kind);
            // A direct conversation that began while the connection was away is printed from its beginning. Into a
            // group or room one goes oneself: from where is for the server to say.
            let from = match (self.known.get(&id), kind) {
                (Some(place), _) => Some(place.printed),
                (None, _) if !self.has_begun => Some(self.beginning(session, &about.address, head).await?),
                (None, Kind::Direct) => Some(Seq::ZERO),
                (None, Kind::Group | Kind::Room) => None,
            };
            self.learn(about, from.unwrap_or(Seq::ZERO));
            after.extend(from.map(|from| (id, from)));
        }
        session.send(Request::Follow { after }).await?;
        self.has_begun = true;
        Ok(())
    }

    /// What is printed of a conversation comes after this.
    async fn beginning(&self, session: &mut Session, of: &Address, head: Seq) -> Result<Seq, Failure> {
        let is_wanted = self.wanted.is_empty() || self.wanted.contains(of);
        match self.since.filter(|_| is_wanted) {
            Some(since) => Ok(before_moment(session, of, since).await?.unwrap_or(head)),
            None => Ok(head),
        }
    }

    fn learn(&mut self, about: Conversation, printed: Seq) {
        self.known.entry(about.id).or_insert(Place { address: about.address, printed });
    }

    fn event(&mut self, event: &Event) -> Result<(), Failure> {
        let Some(place) = self.known.get_mut(&event.conversation) else {
            return Ok(());
        };
        if event.seq <= place.printed {
            return Ok(());
        }
        if place.printed != Seq::ZERO && event.seq != place.printed.next() {
            // A hole is filled by asking again from where it begins.
            return Err(ConnectionError::Closed.into());
        }
        place.printed = event.seq;
        if self.wanted.is_empty() || self.wanted.contains(&place.address) {
            output::say(&self.manner.line(&place.address, event))?;
        }
        Ok(())
    }
}
