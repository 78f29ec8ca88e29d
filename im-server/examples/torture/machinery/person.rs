//! A simulated user whose client is a program, native or JSON: their life, one session after the other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use im_proto::{
    Address, Ask, Conversation, ConversationId, Page, Password, Refusal, Request, Seq, Token, UserName,
};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::amends::Amend;
use super::copy::Copy;
use super::course::{Course, Phase};
use super::dice::Dice;
use super::violation::Violation;
use super::wire::{Spelling, Wire};
use super::words::PostName;

/// Most requests on their way; each session chooses how many of them.
const WINDOW_MAX: u64 = 40;
/// A server that is down is dialled again after at most so many milliseconds.
const DIAL_MILLISECONDS_MAX: u64 = 60;
/// Nobody stays away, or rests, for more milliseconds than this, even where nothing is posted.
const AWAY_MILLISECONDS_MAX: u64 = 3_000;
/// What one may miss while away: a share of all posts, within bounds.
const MISSED_SHARE: u64 = 25;
const MISSED_MAX: u64 = 6_000;

/// What a request was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    SignUp,
    SignIn,
    Resume,
    Follow,
    Post(u32),
    Join(u32),
    Leave(u32),
    Mark(u64, u64),
    Amend(Amend),
    Conversations,
    Pending,
    Other(&'static str),
}

pub(crate) struct Person {
    pub(super) at: u32,
    pub(super) name: UserName,
    spelling: Spelling,
    pub(super) course: Arc<Course>,
    pub(super) dice: Dice,
    phases: watch::Receiver<Phase>,
    pub(super) token: Option<Token>,
    /// The account may be there: its sign-up was sent.
    pub(super) known: bool,
    pub(super) copy: Copy,
    /// Posts without an answer, oldest first. They outlive sessions.
    pub(super) unanswered: VecDeque<u32>,
    /// Rooms and groups that one thinks to be in.
    pub(super) inside: BTreeSet<u32>,
    /// Rooms and groups that one asked to leave, and has not entered again since.
    pub(super) leaving: BTreeSet<u32>,
    /// Rooms that are still to be entered at first, or made.
    pub(super) to_enter: Vec<u32>,
    pub(super) addresses: BTreeMap<u64, Address>,
    pub(super) done: bool,
}

/// One connection.
pub(super) struct Session {
    pub(super) wire: Wire,
    pub(super) in_flight: VecDeque<(u32, Asked)>,
    tag: u32,
    /// Signed in, and following.
    pub(super) ready: bool,
    pub(super) window: usize,
    /// What is sent is not read before so many posts are acknowledged, or this moment.
    pub(super) rests: Option<(u64, Instant)>,
    pub(super) ends: bool,
    /// Where one stands, as told when all was answered.
    pub(super) view: Option<Vec<Conversation>>,
    pub(super) settled: bool,
    /// All that was said until some moment is to be here by this one, without coming anew.
    pub(super) checks_until: Option<Instant>,
    /// In which phase it began.
    pub(super) begun: Phase,
}

impl Person {
    pub(crate) fn new(at: u32, spelling: Spelling, course: &Arc<Course>) -> Result<Self, Violation> {
        let name = course.user(at)?;
        let mut dice = Dice::of(course.plan.seed, at.into());
        let own = (0..course.named()).filter(|room| course.founder(*room) == Some(at));
        let mut to_enter: Vec<_> = own.collect();
        to_enter
            .extend((0..3).map(|_| 1 + u32::try_from(dice.index(course.plan.rooms as usize)).unwrap_or(0)));
        Ok(Self {
            at,
            copy: Copy::new(name.clone()),
            name,
            spelling,
            dice,
            phases: course.phases(),
            course: Arc::clone(course),
            token: None,
            known: false,
            unanswered: VecDeque::new(),
            inside: BTreeSet::new(),
            leaving: BTreeSet::new(),
            to_enter,
            addresses: BTreeMap::new(),
            done: false,
        })
    }

    /// Lives until all is judged. What one came in with at last is returned, for reading the logs.
    pub(crate) async fn live(mut self) -> Result<Option<(u32, Token)>, Violation> {
        let addr = match self.spelling {
            Spelling::Native => self.course.native,
            Spelling::Json => self.course.json,
        };
        while !self.done {
            match Wire::dial(addr, self.spelling).await {
                Ok(wire) => {
                    self.course.reconnects.fetch_add(1, Relaxed);
                    self.session(wire).await?;
                    self.away().await;
                }
                Err(_down) => self.pause(self.course.acknowledged() + 1, DIAL_MILLISECONDS_MAX).await,
            }
        }
        Ok(self.token.map(|token| (self.at, token)))
    }

    /// Misses something, or nothing.
    async fn away(&mut self) {
        if self.course.phase() != Phase::Torture || self.dice.one_in(3) {
            return;
        }
        let missed = self.missed();
        self.pause(self.course.acknowledged() + missed, AWAY_MILLISECONDS_MAX).await;
    }

    /// How many posts pass while one is away.
    fn missed(&mut self) -> u64 {
        self.dice.below((self.course.plan.posts / MISSED_SHARE).clamp(1, MISSED_MAX))
    }

    async fn pause(&mut self, posts: u64, milliseconds_max: u64) {
        let at_most = Duration::from_millis(self.dice.below(milliseconds_max));
        tokio::select! {
            () = self.course.acknowledges(posts, at_most) => {}
            _ = self.phases.changed() => {}
        }
    }

    /// Begins to take nothing of what is sent.
    pub(super) fn rest(&mut self, session: &mut Session) {
        let posts = self.course.acknowledged() + self.missed();
        let milliseconds = Duration::from_millis(self.dice.below(AWAY_MILLISECONDS_MAX));
        session.rests = Some((posts, Instant::now() + milliseconds));
    }

    async fn session(&mut self, wire: Wire) -> Result<(), Violation> {
        let mut session = Session {
            wire,
            in_flight: VecDeque::new(),
            tag: u32::try_from(self.dice.below(1 << 20)).unwrap_or(0),
            ready: false,
            window: usize::try_from(self.dice.between(1, WINDOW_MAX)).unwrap_or(1),
            rests: None,
            ends: false,
            view: None,
            settled: false,
            checks_until: None,
            begun: self.course.phase(),
        };
        self.come(&mut session)?;
        loop {
            while session.rests.is_none()
                && let Some(message) = self.taken(&mut session)?
            {
                self.course.hears();
                self.hear(&mut session, message)?;
            }
            self.act(&mut session)?;
            if session.ends {
                return Ok(());
            }
            let (posts, until) = session.rests.unwrap_or((0, Instant::now()));
            let check = session.checks_until.unwrap_or_else(Instant::now);
            tokio::select! {
                moved = session.wire.moved(session.rests.is_none()) => if moved.is_err() { return Ok(()) },
                _ = self.phases.changed() => session.rests = None,
                () = sleep_until(check), if session.checks_until.is_some() => {}
                () = self.course.acknowledges(posts, until.saturating_duration_since(Instant::now())), if session.rests.is_some() => {
                    session.rests = None;
                }
            }
        }
    }

    fn taken(&self, session: &mut Session) -> Result<Option<im_proto::FromServer>, Violation> {
        session.wire.take().map_err(|what| Violation::Unreadable { reader: self.name.clone(), what })
    }

    /// Says who one is. Whoever has a token says all at once: that, what they have, and what was not answered.
    fn come(&mut self, session: &mut Session) -> Result<(), Violation> {
        let Some(token) = self.token.clone() else {
            let (name, password) = (self.name.clone(), password()?);
            return match std::mem::replace(&mut self.known, true) {
                false => self.ask(session, Asked::SignUp, Request::SignUp { name, password }),
                true => self.ask(session, Asked::SignIn, Request::SignIn { name, password }),
            };
        };
        self.ask(session, Asked::Resume, Request::Resume { token })?;
        self.follow(session)
    }

    /// From now on hears all, from after what one has; and sends again what was not answered, in order.
    pub(super) fn follow(&mut self, session: &mut Session) -> Result<(), Violation> {
        let after: Vec<(ConversationId, Seq)> = self.copy.follow();
        self.ask(session, Asked::Follow, Request::Follow { after })?;
        if self.course.phase() == Phase::Torture {
            self.ask(session, Asked::Pending, Request::Pending)?;
        }
        for number in self.unanswered.clone() {
            self.post_again(session, number)?;
        }
        Ok(())
    }

    pub(super) fn post_again(&mut self, session: &mut Session, number: u32) -> Result<(), Violation> {
        let target = self.course.ledger().sent_again(self.at, number);
        let target = target.ok_or_else(|| Violation::Torture(format!("post {number} was never sent")))?;
        let request = self.post(self.course.address(target)?, number)?;
        self.ask(session, Asked::Post(number), request)
    }

    pub(super) fn post(&self, to: Address, number: u32) -> Result<Request, Violation> {
        let (name, seed) = (PostName { user: self.at, session: 0, number }, self.course.plan.seed);
        let text =
            im_proto::Text::parse(&name.text(seed)).map_err(|error| Violation::Torture(error.to_string()))?;
        Ok(Request::Post { to, message: name.id(seed), text, reply_to: None })
    }

    pub(super) fn ask(&self, session: &mut Session, asked: Asked, request: Request) -> Result<(), Violation> {
        session.tag = session.tag.wrapping_add(1);
        session.in_flight.push_back((session.tag, asked));
        let ask = Ask { tag: session.tag, request };
        session.wire.put(&ask).map_err(|error| Violation::Torture(error.to_string()))
    }
}

/// Everybody's.
pub(super) fn password() -> Result<Password, Violation> {
    Password::parse("secret").map_err(|error| Violation::Torture(error.to_string()))
}

/// What no request here may ever get: it would mean that something is lost or broken.
pub(super) fn never(refusal: Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Unreadable
            | Refusal::TooLong
            | Refusal::NotSignedIn
            | Refusal::SignedIn
            | Refusal::LookAlike
            | Refusal::WrongPassword
            | Refusal::BadToken
            | Refusal::MessageIdUsed
            | Refusal::CannotStore
            | Refusal::Failed
    )
}

/// The newest page that one has not.
pub(super) fn page_after(of: Address, seq: u64) -> Request {
    Request::History { of, page: Page::After(Seq(seq)), limit: im_proto::PAGE_EVENTS_MAX }
}
