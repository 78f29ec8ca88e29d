//! What a program of a simulated user makes of what the server says.

use im_proto::{
    Address, Conversation, FromServer, Kind, Notice, Pending, PendingKind, Refusal, Reply, Request,
};

use super::amends::{Amend, Fate};
use super::course::Phase;
use super::person::{Asked, Person, Session, never};
use super::violation::Violation;

impl Person {
    pub(super) fn hear(&mut self, session: &mut Session, message: FromServer) -> Result<(), Violation> {
        match message {
            FromServer::Event(event) => {
                let mut ledger = self.course.ledger();
                ledger.see(&event)?;
                if let Some(claim) = self.copy.take(&event)? {
                    ledger.claim(claim);
                }
                Ok(())
            }
            FromServer::Notice(Notice::Conversation(conversation)) => {
                self.is_in(&conversation);
                Ok(())
            }
            FromServer::Notice(Notice::Pending { pending }) => self.answer_pending(session, pending),
            FromServer::Notice(Notice::Closing(refusal)) => {
                session.ends = true;
                if never(refusal) { Err(self.refused("the session", refusal)) } else { Ok(()) }
            }
            FromServer::Notice(_) => Ok(()),
            FromServer::Reply { tag, result } => {
                let next = session.in_flight.pop_front();
                let wanted = next.as_ref().map(|(tag, _)| *tag);
                match next {
                    Some((next, asked)) if next == tag => self.reply(session, asked, result),
                    _ => Err(Violation::Reply { reader: self.name.clone(), tag, wanted }),
                }
            }
        }
    }

    fn refused(&self, what: impl std::fmt::Debug, refusal: Refusal) -> Violation {
        Violation::Refused { reader: self.name.clone(), what: format!("{what:?}"), refusal }
    }

    fn reply(
        &mut self,
        session: &mut Session,
        asked: Asked,
        result: Result<Reply, Refusal>,
    ) -> Result<(), Violation> {
        match (asked, result) {
            (Asked::Post(number), result) => self.posted(session, number, result),
            (Asked::SignUp | Asked::SignIn, Ok(Reply::Welcome { token: Some(token), .. })) => {
                self.token = Some(token);
                self.follow(session)
            }
            // An earlier session of this user's had its way, or still has: once more.
            (Asked::SignUp, Err(Refusal::NameTaken)) => self.try_again(session, true),
            (Asked::SignIn, Err(Refusal::WrongPassword)) => self.try_again(session, false),
            (
                Asked::SignUp | Asked::SignIn | Asked::Resume | Asked::Follow,
                Err(Refusal::Busy | Refusal::Stopping),
            ) => {
                session.ends = true;
                Ok(())
            }
            (Asked::SignUp | Asked::SignIn | Asked::Resume | Asked::Follow, Err(refusal)) => {
                Err(self.refused("coming in", refusal))
            }
            (Asked::Resume, Ok(Reply::Welcome { token: None, .. })) => Ok(()),
            (Asked::Follow, Ok(Reply::Done)) => {
                session.ready = true;
                Ok(())
            }
            (Asked::Join(room), Ok(Reply::Conversation(conversation))) => {
                self.is_in(&conversation);
                if !session.in_flight.iter().any(|(_, asked)| *asked == Asked::Leave(room)) {
                    self.leaving.remove(&room);
                }
                Ok(())
            }
            (Asked::Leave(room), Ok(Reply::Done)) => {
                self.inside.remove(&room);
                Ok(())
            }
            (Asked::Mark(conversation, seq), Ok(Reply::Done)) => {
                self.course.ledger().has_read(self.at, conversation, seq);
                Ok(())
            }
            (Asked::Amend(amend), Ok(Reply::Done)) => self.amended(&amend, Fate::Done),
            (Asked::Conversations, Ok(Reply::Conversations { conversations })) => {
                session.view = Some(conversations);
                Ok(())
            }
            (Asked::Pending, Ok(Reply::Pending { pending })) => self.answer_pending(session, pending),
            (Asked::Join(_), Ok(Reply::Asked)) => Ok(()),
            (Asked::Other(_), Ok(Reply::Conversation(conversation))) => {
                self.is_in(&conversation);
                Ok(())
            }
            (Asked::Other(_), Ok(_)) => Ok(()),
            (asked, Err(refusal)) if never(refusal) => Err(self.refused(asked, refusal)),
            (Asked::Amend(amend), Err(_)) => self.amended(&amend, Fate::Refused),
            (_, Err(_)) => Ok(()),
            (asked, Ok(answer)) => Err(Violation::Answer {
                reader: self.name.clone(),
                what: format!("{asked:?}"),
                answer: format!("{answer:?}"),
            }),
        }
    }

    fn try_again(&mut self, session: &mut Session, known: bool) -> Result<(), Violation> {
        self.known = known;
        session.ends = true;
        Ok(())
    }

    fn posted(
        &mut self,
        session: &mut Session,
        number: u32,
        result: Result<Reply, Refusal>,
    ) -> Result<(), Violation> {
        let is_first_answer = self.unanswered.front() == Some(&number);
        if is_first_answer {
            self.unanswered.pop_front();
        }
        let mut ledger = self.course.ledger();
        match result {
            Ok(Reply::Posted { conversation, seq, duplicate, .. }) => {
                ledger.acknowledge((self.at, number), (conversation.0, seq.0), duplicate)?;
                let acknowledged = ledger.acknowledged;
                drop(ledger);
                self.course.set_acknowledged(acknowledged);
                Ok(())
            }
            Err(
                refusal @ (Refusal::NotMember
                | Refusal::NoSuchRoom
                | Refusal::NoSuchUser
                | Refusal::Busy
                | Refusal::Stopping),
            ) => {
                let for_want_of_room = matches!(refusal, Refusal::Busy | Refusal::Stopping);
                if is_first_answer {
                    ledger.refuse(self.at, number, for_want_of_room);
                    return Ok(());
                }
                // It was acknowledged before, and is there whoever asks.
                if for_want_of_room { Ok(()) } else { Err(self.refused(("post again", number), refusal)) }
            }
            Err(refusal) => Err(self.refused(("post", number), refusal)),
            Ok(answer) => {
                session.ends = true;
                let (what, answer) = (format!("post {number}"), format!("{answer:?}"));
                Err(Violation::Answer { reader: self.name.clone(), what, answer })
            }
        }
    }

    #[allow(clippy::unnecessary_wraps, reason = "as its neighbours")]
    fn amended(&self, amend: &Amend, fate: Fate) -> Result<(), Violation> {
        self.course.ledger().amends.answered(self.at, amend, fate);
        Ok(())
    }

    fn is_in(&mut self, conversation: &Conversation) {
        self.addresses.insert(conversation.id.0, conversation.address.clone());
        if conversation.kind != Kind::Direct
            && let Address::Room(room) = &conversation.address
            && let Ok(at) = room.as_str()[1..].parse()
        {
            self.inside.insert(at);
        }
    }

    /// Says yes, mostly, to whoever asks or invites.
    fn answer_pending(&mut self, session: &mut Session, pending: Vec<Pending>) -> Result<(), Violation> {
        if self.course.phase() != Phase::Torture || !session.ready {
            return Ok(()); // it is asked for again in the next session
        }
        for Pending { group, kind, by, .. } in pending {
            let yes = !self.dice.one_in(5);
            let (what, request) = match kind {
                PendingKind::Invitation => ("yes or no", Request::Answer { group, user: None, yes }),
                PendingKind::Request => ("let in or not", Request::Answer { group, user: Some(by), yes }),
                PendingKind::Rejection => ("seen", Request::Dismiss { group }),
            };
            self.ask(session, Asked::Other(what), request)?;
        }
        Ok(())
    }
}
