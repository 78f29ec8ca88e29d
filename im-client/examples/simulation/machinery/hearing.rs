//! What goes between a client and the server, as it happens, into the books.

use std::collections::BTreeMap;

use im_proto::{
    Ask, Body, ConversationId, Event, FromServer, MessageId, Notice, Refusal, Reply, Request, Seq, UserName,
};

use super::before::WORDS;
use super::course::Wrong;
use super::device::{Device, Life};
use super::oracle::{PostName, Violation};

/// What a request was, as far as its answer matters here.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Post(u32),
    Mark(ConversationId, Seq),
}

/// What goes over the connection of one dial.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    dial: u64,
    asked: BTreeMap<u32, Asked>,
    /// The newest event of each conversation that is followed.
    at: BTreeMap<ConversationId, Seq>,
}

impl Hearing {
    /// A connection begins.
    pub(super) fn dials(&mut self, dial: u64) {
        *self = Self { dial, ..Self::default() };
    }
}

fn number(message: MessageId) -> u32 {
    let [.., a, b, c, d] = message.0;
    u32::from_be_bytes([a, b, c, d])
}

impl Device {
    pub(super) fn note_asked(&mut self, life: &mut Life, ask: &Ask) -> Result<(), Wrong> {
        let asked = match &ask.request {
            Request::Post { message, .. } => {
                let number = number(*message);
                if !self.sent.insert(number) && self.course.ledger().sent_again(self.at, number).is_none() {
                    return Err(self.wrong(&format!("sends {message}, which nobody said")));
                }
                Asked::Post(number)
            }
            Request::Mark { of, read } => match life.app.conversations.named(of) {
                Some(talk) => Asked::Mark(talk.about.id, *read),
                None => return Ok(()),
            },
            Request::Follow { after } => {
                life.hearing.at = after.iter().copied().collect();
                return Ok(());
            }
            _ => return Ok(()),
        };
        life.hearing.asked.insert(ask.tag, asked);
        Ok(())
    }

    pub(super) fn note_heard(&mut self, life: &mut Life, dial: u64, said: &FromServer) -> Result<(), Wrong> {
        if dial != life.hearing.dial {
            return Ok(()); // of a connection that the client has given up
        }
        match said {
            FromServer::Event(event) => {
                self.course.ledger().see(event)?;
                self.note_in_log(event);
                let (conversation, seq) = (event.conversation, event.seq);
                if life.app.conversations.get(conversation).is_none() {
                    return Err(self.wrong(&format!("hears of {}, which it does not know", conversation.0)));
                }
                match life.hearing.at.insert(conversation, seq) {
                    Some(last) if seq != last.next() => Err(self.not_in_a_row(conversation, seq, last)),
                    _ => Ok(()),
                }
            }
            FromServer::Notice(Notice::Closing(refusal)) if *refusal != Refusal::Stopping => {
                Err(self.wrong(&format!("is sent away: {refusal}")))
            }
            FromServer::Notice(_) => Ok(()),
            FromServer::Reply { tag, result } => {
                let asked = life.hearing.asked.remove(tag);
                self.note_reply(asked, result)
            }
        }
    }

    fn note_reply(&mut self, asked: Option<Asked>, result: &Result<Reply, Refusal>) -> Result<(), Wrong> {
        let mut ledger = self.course.ledger();
        match (asked, result) {
            (Some(Asked::Post(number)), Ok(Reply::Posted { conversation, seq, duplicate, .. })) => {
                ledger.acknowledge((self.at, number), (conversation.0, seq.0), *duplicate)?;
                self.waiting.remove(&number);
                Ok(())
            }
            (Some(Asked::Post(number)), Err(Refusal::Stopping | Refusal::Busy)) => {
                ledger.refuse(self.at, number, true);
                Ok(())
            }
            (Some(Asked::Mark(conversation, seq)), Ok(Reply::Done)) => {
                ledger.has_read(self.at, conversation.0, seq.0);
                Ok(())
            }
            (None, Ok(Reply::History { events, .. })) => {
                events.iter().try_for_each(|event| ledger.see(event))?;
                drop(ledger);
                events.iter().for_each(|event| self.note_in_log(event));
                Ok(())
            }
            (None, Ok(_)) | (_, Err(Refusal::Stopping | Refusal::Busy)) => Ok(()),
            (asked, result) => Err(self.wrong(&format!("{asked:?} is answered by {result:?}"))),
        }
    }

    /// A post that has come back in a log needs no answer any more.
    fn note_in_log(&mut self, event: &Event) {
        if let Body::Posted { message, .. } = &event.body {
            let number = number(*message);
            if *message == (PostName { user: self.at, session: 0, number }).id(WORDS) {
                self.waiting.remove(&number);
            }
        }
    }

    fn not_in_a_row(&self, conversation: ConversationId, seq: Seq, last: Seq) -> Wrong {
        let Some(reader) = self.course.names.get(self.at as usize).cloned() else {
            return self.wrong("has no name");
        };
        told_out_of_row(reader, conversation.0, seq.0, last.0).into()
    }
}

fn told_out_of_row(reader: UserName, conversation: u64, seq: u64, last: u64) -> Violation {
    if seq <= last {
        Violation::CopyTwice { reader, conversation, seq, last }
    } else {
        Violation::CopyHole { reader, conversation, seq, last }
    }
}
