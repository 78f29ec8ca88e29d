//! What a simulated user does next.

use std::time::Duration;

use im_proto::{Address, Conversation, Reaction, Request, Seq, Text};
use tokio::time::Instant;

use super::course::Phase;
use super::ledger::Target;
use super::person::{Asked, Person, Session};
use super::violation::Violation;

/// Of so many actions …
const ACTIONS: u64 = 1000;
/// … so many are each of these, and the rest are posts.
const VANISH: u64 = 7;
const REST: u64 = 6;
const JOIN: u64 = 12;
const LEAVE: u64 = 8;
const INVITE: u64 = 4;
const MARK: u64 = 20;
const POST_AGAIN: u64 = 25;
const CHECK: u64 = 4;
const EDIT: u64 = 50;
const DELETE: u64 = 20;
const REACT: u64 = 60;

/// What was said is heard within so many seconds, on whatever machine.
const CHECK_SECONDS_MAX: u64 = 60;

/// How many others one writes to.
const FRIENDS: u64 = 4;

impl Person {
    /// Does as much as the window takes.
    pub(super) fn act(&mut self, session: &mut Session) -> Result<(), Violation> {
        if !session.ready || session.ends {
            return Ok(());
        }
        if self.course.phase() != Phase::Torture {
            return self.settle(session);
        }
        while session.in_flight.len() < session.window && !session.ends {
            if session.checks_until.is_some() && !self.check(session)? {
                return Ok(());
            }
            match self.to_enter.pop() {
                Some(room) if self.course.founder(room) == Some(self.at) => self.found(session, room)?,
                Some(room) => self.join(session, room)?,
                None => self.do_something(session)?,
            }
        }
        Ok(())
    }

    fn do_something(&mut self, session: &mut Session) -> Result<(), Violation> {
        let mut thrown = self.dice.below(ACTIONS);
        let mut is = |share: u64| {
            let hit = thrown < share;
            thrown = if hit { u64::MAX } else { thrown.saturating_sub(share) };
            hit
        };
        if is(VANISH) {
            session.ends = true; // whatever is on its way either way
            Ok(())
        } else if is(REST) {
            self.rest(session);
            self.say(session)
        } else if is(JOIN) {
            let room = 1 + self.dice.index(self.course.named() as usize - 1);
            self.join(session, u32::try_from(room).unwrap_or(1))
        } else if is(LEAVE) {
            self.leave(session)
        } else if is(INVITE) {
            self.invite(session)
        } else if is(MARK) {
            self.mark(session)
        } else if is(POST_AGAIN) {
            self.say_again(session)
        } else if is(EDIT + DELETE + REACT) {
            self.amend(session)
        } else if is(CHECK) {
            session.checks_until = Some(Instant::now() + Duration::from_secs(CHECK_SECONDS_MAX));
            Ok(())
        } else {
            self.say(session)
        }
    }

    /// Makes a room or group; it does not matter how often.
    fn found(&mut self, session: &mut Session, at: u32) -> Result<(), Violation> {
        let name = self.course.room(at)?;
        if self.course.is_group(at) {
            self.ask(session, Asked::Other("create"), Request::Create { group: name })
        } else {
            self.ask(session, Asked::Join(at), Request::Join { name, create: true })
        }
    }

    fn join(&mut self, session: &mut Session, at: u32) -> Result<(), Violation> {
        let name = self.course.room(at)?;
        self.ask(session, Asked::Join(at), Request::Join { name, create: false })
    }

    /// Leaves what others have made: what one has made must not be left by all.
    fn leave(&mut self, session: &mut Session) -> Result<(), Violation> {
        let others: Vec<_> =
            self.inside.iter().filter(|at| self.course.founder(**at) != Some(self.at)).copied().collect();
        // Where one is in few, one stays.
        if others.len() < 2 {
            return self.say(session);
        }
        let at = others[self.dice.index(others.len())];
        let name = self.course.room(at)?;
        self.leaving.insert(at);
        self.ask(session, Asked::Leave(at), Request::Leave { name })
    }

    fn invite(&mut self, session: &mut Session) -> Result<(), Violation> {
        let mine = (0..self.course.named()).filter(|at| self.course.is_group(*at));
        let mine: Vec<_> = mine.filter(|at| self.course.founder(*at) == Some(self.at)).collect();
        if mine.is_empty() {
            return self.say(session);
        }
        let at = mine[self.dice.index(mine.len())];
        let user =
            self.course.user(u32::try_from(self.dice.below(self.course.programs().into())).unwrap_or(0))?;
        let group = self.course.room(at)?;
        self.ask(session, Asked::Other("invite"), Request::Invite { group, user })
    }

    fn mark(&mut self, session: &mut Session) -> Result<(), Violation> {
        let known = self.addresses.len();
        let chosen = self.addresses.iter().nth(self.dice.index(known));
        let Some((conversation, address)) = chosen.map(|(id, address)| (*id, address.clone())) else {
            return self.say(session);
        };
        let Some(last) = self.copy.last(conversation) else { return self.say(session) };
        let read = self.dice.between(1, last);
        let request = Request::Mark { of: address, read: Seq(read) };
        self.ask(session, Asked::Mark(conversation, read), request)
    }

    /// Says something new.
    fn say(&mut self, session: &mut Session) -> Result<(), Violation> {
        let target = self.target();
        let address: Address = self.course.address(target)?;
        let sure = self.is_sure(target);
        let number = self.course.ledger().sent(self.at, target, sure);
        self.unanswered.push_back(number);
        let request = self.post(address, number)?;
        self.ask(session, Asked::Post(number), request)
    }

    /// Whether what one says there cannot be refused.
    fn is_sure(&self, target: Target) -> bool {
        match target {
            Target::Named(0) => true,
            Target::Named(at) => self.inside.contains(&at) && !self.leaving.contains(&at),
            Target::User(_) => self.course.ledger().is_home(self.at, target),
        }
    }

    /// Says once more what was acknowledged long ago, or just now.
    fn say_again(&mut self, session: &mut Session) -> Result<(), Violation> {
        let count = self.course.ledger().count(self.at);
        let number = u32::try_from(self.dice.below(count.into())).unwrap_or(0);
        if count == 0 || !self.course.ledger().is_acknowledged(self.at, number) {
            return self.say(session);
        }
        self.post_again(session, number)
    }

    /// Does something to a post of one's own that was acknowledged.
    fn amend(&mut self, session: &mut Session) -> Result<(), Violation> {
        let count = self.course.ledger().count(self.at);
        let number = u32::try_from(self.dice.below(count.into())).unwrap_or(0);
        let place = if count == 0 { None } else { self.course.ledger().place(self.at, number) };
        let Some((place, of)) = place.and_then(|place| Some((place, self.addresses.get(&place.0)?.clone())))
        else {
            return self.say(session);
        };
        let (seq, thrown) = (Seq(place.1), self.dice.below(EDIT + DELETE + REACT));
        let broken = |error: &dyn std::fmt::Display| Violation::Torture(error.to_string());
        let (amend, request) = if thrown < EDIT {
            let (amend, text) = self.course.ledger().amends.sent_edit(self.at, place);
            let text = Text::parse(&text).map_err(|error| broken(&error))?;
            (amend, Request::Edit { of, seq, text })
        } else if thrown < EDIT + DELETE {
            (self.course.ledger().amends.sent_delete((self.at, number), place), Request::Delete { of, seq })
        } else {
            let (reaction, on) = (["+1", "🎉"][self.dice.index(2)], !self.dice.one_in(3));
            let reaction = Reaction::parse(reaction).map_err(|error| broken(&error))?;
            let amend = self.course.ledger().amends.sent_react(self.at, place, reaction.clone(), on);
            (amend, Request::React { of, seq, reaction, on })
        };
        self.ask(session, Asked::Amend(amend), request)
    }

    fn target(&mut self) -> Target {
        let thrown = self.dice.below(100);
        if thrown < 4 || self.inside.is_empty() {
            Target::Named(0)
        } else if thrown < 22 {
            let other = u64::from(self.at) + 1 + self.dice.below(FRIENDS);
            Target::User(u32::try_from(other % u64::from(self.course.plan.users)).unwrap_or(0))
        } else if thrown < 24 {
            // Perhaps one is not in it: then it is refused.
            Target::Named(u32::try_from(self.dice.below(self.course.named().into())).unwrap_or(0))
        } else {
            let at = self.inside.iter().nth(self.dice.index(self.inside.len()));
            Target::Named(at.copied().unwrap_or(0))
        }
    }

    /// Says nothing until all is heard that there is. Where nothing else is said, nothing else would show that a session
    /// was not woken. Whether it is.
    fn check(&mut self, session: &mut Session) -> Result<bool, Violation> {
        if !session.in_flight.is_empty() {
            return Ok(false);
        }
        let Some(view) = &session.view else {
            self.ask(session, Asked::Conversations, Request::Conversations)?;
            return Ok(false);
        };
        let Some(lagging) = self.lagging(view) else {
            (session.view, session.checks_until) = (None, None);
            return Ok(true);
        };
        if session.checks_until.is_none_or(|until| Instant::now() < until) {
            return Ok(false);
        }
        let (reader, conversation, head) = (self.name.clone(), lagging.id.0, lagging.head.0);
        let last = self.copy.last(conversation).unwrap_or_default();
        Err(Violation::CopyEnd { reader, conversation, last, head })
    }

    /// A conversation of which not all has come.
    fn lagging<'a>(&self, view: &'a [Conversation]) -> Option<&'a Conversation> {
        view.iter().find(|told| !self.copy.reaches(told.id.0, told.head.0, told.read.0))
    }

    /// Waits until all is answered and heard; and at the very end hands over where one stands.
    fn settle(&mut self, session: &mut Session) -> Result<(), Violation> {
        let phase = self.course.phase();
        if phase == Phase::Judge && session.begun != phase {
            session.ends = true; // where one stands is asked of the server that was started last
            return Ok(());
        }
        if session.settled || !session.in_flight.is_empty() {
            return Ok(());
        }
        let Some(view) = &session.view else {
            self.course.waits(self.at, Some("its answers".into()));
            return self.ask(session, Asked::Conversations, Request::Conversations);
        };
        if let Some(lagging) = self.lagging(view) {
            let (id, last) = (lagging.id.0, self.copy.last(lagging.id.0));
            let what = format!("{id} up to {}, it has it up to {last:?}", lagging.head);
            self.course.waits(self.at, Some(what));
            return Ok(());
        }
        session.settled = true;
        if phase == Phase::Judge {
            for conversation in view {
                self.copy.end(conversation.id.0, conversation.head.0, conversation.read.0)?;
            }
            self.course.ledger().view(self.at, view.clone());
            (self.done, session.ends) = (true, true);
        }
        self.course.settle(self.at);
        Ok(())
    }
}
