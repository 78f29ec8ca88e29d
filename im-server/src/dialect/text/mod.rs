//! The text spelling: typed lines to requests, and everything back to lines.
//!
//! It remembers what a terminal needs remembered: whom bare text goes to, which question waits for Y or N, that a
//! password is being asked for. The wording stands in [`goim`].

mod command;
mod goim;
mod line;
mod password;
mod questions;
mod replies;
mod screen;

use std::collections::VecDeque;

use bytes::{Buf, BytesMut};
use im_proto::{
    Address, Ask, Body, ConversationId, Notice, Refusal, Reply, Request, RoomName, UserName, command::Verb,
};

use crate::entry::{Entry, Style};

pub(crate) use self::line::LINE_BYTES_MAX;
use self::line::{Lines, Typed};
use self::password::Asking;
use self::questions::Questions;
use self::screen::Screen;
use super::{Dialect, FreshId, Input, Output, Place, Whose, telnet};

/// At most so many missed events of a conversation are shown when a session begins.
const REPLAY_EVENTS_MAX: u64 = 200;

/// Whether telnet is told to hide passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TelnetEcho {
    /// Where the line that asks for a password was ended as telnet ends lines.
    #[default]
    Auto,
    /// Never: for scripts that send CR LF and do not expect telnet's bytes.
    Never,
}

/// What was asked of the service, and what its reply is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    CheckName(password::Purpose, UserName),
    Authenticate(password::Purpose),
    SignOut,
    Follow,
    Pending,
    Dismiss(RoomName),
    Join {
        name: RoomName,
        talk: bool,
    },
    Leave(RoomName),
    History(Address),
    Who,
    /// Nothing but that all before it is answered.
    Before,
    /// Anything that is only refused or done.
    Plain(Verb),
}

/// One text session's state.
pub(crate) struct Text {
    fresh: FreshId,
    echo: TelnetEcho,
    unread: BytesMut,
    ended: bool,
    typed: VecDeque<Typed>,
    lines: Lines,
    screen: Screen,
    /// To be asked before the next line is read.
    next: VecDeque<(Asked, Request)>,
    /// Asked, and not answered yet; oldest first.
    asked: VecDeque<Asked>,
    last_tag: u32,
    user: Option<UserName>,
    password: Option<Asking>,
    target: Option<Address>,
    questions: Questions,
    /// The conversation whose kept messages are being shown.
    showing_kept: Option<ConversationId>,
    closing: bool,
}

impl Text {
    pub(crate) fn new(fresh: FreshId, echo: TelnetEcho) -> Self {
        Self {
            fresh,
            echo,
            unread: BytesMut::new(),
            ended: false,
            typed: VecDeque::new(),
            lines: Lines::default(),
            screen: Screen::default(),
            next: VecDeque::new(),
            asked: VecDeque::new(),
            last_tag: 0,
            user: None,
            password: None,
            target: None,
            questions: Questions::default(),
            showing_kept: None,
            closing: false,
        }
    }

    fn ask(&mut self, asked: Asked, request: Request) {
        self.next.push_back((asked, request));
    }

    /// The next thing that was typed, if enough bytes are there.
    fn next_typed(&mut self) -> Option<Typed> {
        while self.typed.is_empty() {
            let typed = &mut self.typed;
            if let Some(byte) = self.unread.first().copied() {
                self.unread.advance(1);
                self.lines.feed(byte, &mut |t| typed.push_back(t));
                if typed.back() == Some(&Typed::Interrupt) && self.unread.starts_with(&telnet::MARK) {
                    // Answered first, or what Ctrl-C is told would not be seen.
                    self.unread.advance(telnet::MARK.len());
                    telnet::MARK.iter().for_each(|byte| self.lines.feed(*byte, &mut |t| typed.push_front(t)));
                }
            } else if std::mem::take(&mut self.ended) {
                self.unread = BytesMut::new();
                self.lines.ended(&mut |t| typed.push_back(t));
                self.closing = true;
            } else {
                self.unread = BytesMut::new(); // an idle session owns no buffer
                return None;
            }
        }
        self.typed.pop_front()
    }

    fn act_on(&mut self, typed: Typed, out: &mut Output) {
        self.screen.set_crlf(self.lines.is_crlf());
        match typed {
            Typed::Answer(bytes) => out.put(&bytes),
            Typed::AreYouThere => self.screen.line("[yes]", out),
            Typed::TooLong => {
                self.screen.entered();
                let told = format!("that line has more than {LINE_BYTES_MAX} bytes, nothing of it was sent");
                self.screen.line(&goim::system(told), out);
            }
            Typed::Interrupt => self.interrupt(out),
            Typed::EndOfFile => self.bye(out),
            Typed::Line(line) => {
                self.screen.entered();
                self.line(&line, out);
            }
        }
    }

    /// Ctrl-C cancels what is being asked, and else says how to leave: in telnet it is easily hit.
    fn interrupt(&mut self, out: &mut Output) {
        if let Some(asking) = self.password.take() {
            asking.end(&mut self.lines, out);
            self.screen.drop_prompt(out);
            self.screen.line(&goim::system("cancelled"), out);
        } else if self.screen.has_prompt() {
            self.screen.drop_prompt(out);
            self.questions.put_aside();
            self.screen.line(&goim::system("it waits, /accept or /reject answers it"), out);
        } else {
            out.put(self.screen.eol().as_bytes());
            self.screen.line(&goim::system("/bye ends this"), out);
        }
    }

    fn bye(&mut self, out: &mut Output) {
        self.screen.drop_prompt(out);
        self.screen.line(&goim::system("bye"), out);
        self.close();
    }

    /// Nothing more is read.
    fn close(&mut self) {
        self.closing = true;
        self.typed.clear();
        self.unread = BytesMut::new();
    }

    fn style(&self) -> Style {
        if self.lines.is_crlf() { Style::GoimCrLf } else { Style::GoimLf }
    }
}

impl Dialect for Text {
    fn feed(&mut self, bytes: &[u8]) {
        if !self.closing {
            self.unread.extend_from_slice(bytes);
        }
    }

    fn ended(&mut self) {
        self.ended = true;
    }

    fn next(&mut self, out: &mut Output) -> Option<Input> {
        loop {
            if let Some((asked, request)) = self.next.pop_front() {
                self.asked.push_back(asked);
                self.last_tag = self.last_tag.wrapping_add(1);
                return Some(Input::Ask(Ask { tag: self.last_tag, request }));
            }
            let Some(typed) = self.next_typed() else {
                return (self.closing && self.asked.is_empty()).then_some(Input::Close);
            };
            if !self.asked.is_empty() && self.waits(&typed) {
                // What it leads to must not overtake what the service has yet to answer.
                self.typed.push_front(typed);
                self.ask(Asked::Before, Request::Ping);
                continue;
            }
            self.act_on(typed, out);
            if self.next.is_empty() {
                return Some(Input::Nothing);
            }
        }
    }

    fn reply(&mut self, _: u32, result: Result<Reply, Refusal>, out: &mut Output) {
        if let Some(asked) = self.asked.pop_front() {
            self.answer(asked, result, out);
        }
    }

    fn event(&mut self, entry: &Entry, place: &Place, whose: Whose, out: &mut Output) {
        let eol = self.screen.eol();
        let shared =
            || entry.bytes(self.style(), |event| goim::event(event, &place.address, place.kind, eol));
        let event = entry.event();
        let to_myself = matches!(&place.address, Address::User(other) if Some(other) == self.user.as_ref());
        let lines = match (&event.body, &place.address, whose) {
            (Body::Left, _, Whose::ThisSession | Whose::OtherSession) => return,
            (Body::InvitationDeclined { by }, Address::Room(group), _) if Some(by) == self.user.as_ref() => {
                (goim::rejected(&event.author, group) + eol).into()
            }
            (Body::Posted { .. }, Address::User(_), Whose::ThisSession) if !to_myself => return,
            (Body::Posted { text, .. }, Address::User(_), Whose::OtherSession) if !to_myself => {
                goim::own_elsewhere(text.as_str(), &place.address, eol)
            }
            _ => shared(),
        };
        let kept = event.seq <= place.kept_until && matches!(event.body, Body::Posted { .. });
        if kept && self.showing_kept.replace(event.conversation) != Some(event.conversation) {
            let since = goim::system(format_args!("kept for you since {}", goim::moment(event.at)));
            self.screen.line(&since, out);
        }
        self.screen.lines(lines, out);
    }

    fn notice(&mut self, notice: Notice, out: &mut Output) {
        match notice {
            Notice::Pending(pending) => self.pending(pending, out),
            Notice::Closing(reason) => {
                self.screen.line(&goim::system(reason), out);
                self.close();
            }
            Notice::Conversation(_)
            | Notice::Mark { .. }
            | Notice::Presence { .. }
            | Notice::PresenceStale => {}
        }
    }

    fn quiet(&mut self, out: &mut Output) {
        if self.closing {
            return;
        }
        self.screen.settle(out);
        if self.password.is_none() && !self.screen.has_prompt() {
            self.questions.show(&mut self.screen, out);
        }
    }

    fn skipped(&mut self, place: &Place, events: u64, out: &mut Output) {
        let address = &place.address;
        let told = format!(
            "{events} earlier entries of {address} are not shown, /history {address} shows the latest"
        );
        self.screen.line(&goim::system(told), out);
    }

    fn replay(&self) -> Option<u64> {
        Some(REPLAY_EVENTS_MAX)
    }

    fn hears(&self) -> bool {
        self.password.is_none()
    }
}
