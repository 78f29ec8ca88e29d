//! The text spelling: typed lines to requests, and everything back to lines.
//!
//! It remembers what a terminal needs remembered: whom bare text goes to, which question waits for Y or N, that a
//! password is being asked for. Every command of every manner works; the manner chooses the words ([`wording`]), what the
//! first line means ([`opening`]), and what bare text means.

mod amended;
mod command;
mod found;
mod goim;
mod line;
mod lobby;
mod machat;
mod moderating;
mod opening;
mod own;
mod password;
mod questions;
mod recent;
mod replies;
mod screen;
mod shown;
mod tinychat;
mod wording;

use std::collections::VecDeque;

use bytes::{Buf, BytesMut};
use im_proto::command::Verb;
use im_proto::{
    Address, Ask, ConversationId, Notice, PAGE_EVENTS_MAX, Refusal, Reply, Request, RoomName, Text as Said,
    UserName,
};

use crate::entry::Entry;

use self::line::{Lines, Typed};
use self::opening::Opening;
pub(crate) use self::opening::Port;
use self::password::Asking;
use self::questions::Questions;
use self::recent::Recent;
use self::screen::Screen;
pub(crate) use self::tinychat::ASK_NAME;
use self::wording::{Manner, Wording};
use super::{Dialect, FreshId, Input, Output, Place, Whose, telnet};

/// At most so many missed events of a conversation are shown when a session begins.
const REPLAY_EVENTS_MAX: u64 = 200;

/// A terminal that is further behind in a conversation than so many events, because it was stopped or is slow, goes on with
/// what is new: nobody reads thousands of lines that run through.
const LAG_EVENTS_MAX: u64 = 1000;

/// Most whom bare text went to before, for `/stop`.
const TARGETS_MAX: usize = 8;

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
    CheckName(UserName),
    Authenticate(password::Purpose),
    ComeAsGuest(Option<UserName>),
    Rename(UserName),
    SignOut,
    /// The welcome is told when it is done.
    Follow(Option<UserName>),
    Pending,
    Dismiss(RoomName),
    Await(UserName),
    Join {
        name: RoomName,
        talk: bool,
    },
    Leave(RoomName),
    History(Address),
    Retention(Address),
    Who,
    /// What holds in a room, and whether all of it is to be told.
    About(RoomName, bool),
    /// Keeping order there, or on the whole server.
    Moderate(Option<RoomName>),
    Time,
    /// Nothing but that all before it is answered.
    Before,
    /// Something said; a whisper is confirmed.
    Say {
        to: Address,
        whisper: Option<Said>,
    },
    /// Anything that is only refused or done.
    Plain(Verb),
}

/// One text session's state.
pub(crate) struct Text {
    fresh: FreshId,
    echo: TelnetEcho,
    opening: Opening,
    manner: Manner,
    /// nmmh/chat's own port, where whoever comes sees that they came.
    lobby_port: bool,
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
    guest: bool,
    /// The server lets no guests in.
    guests_refused: bool,
    /// The room to enter, or the person to wait for, as soon as one is somebody.
    enter_at_first: Option<RoomName>,
    await_at_first: Option<UserName>,
    password: Option<Asking>,
    /// No password is asked for, and why.
    no_passwords: Option<&'static str>,
    /// The next line says whom to talk to.
    asking_peer: bool,
    target: Option<Address>,
    /// Whom bare text went to before, the last one last.
    targets_before: VecDeque<Address>,
    questions: Questions,
    recent: Recent,
    /// The conversation whose kept messages are being shown.
    showing_kept: Option<ConversationId>,
    /// Was told that lines come too fast; and how many were not taken since.
    too_often: Option<u32>,
    closing: bool,
    /// The server stops, and asks to come back after so long.
    come_back_seconds: Option<u32>,
}

impl Text {
    pub(crate) fn new(port: Port, fresh: FreshId, echo: TelnetEcho) -> Self {
        let mut text = Self {
            fresh,
            echo,
            opening: Opening::Any,
            manner: Manner::Goim,
            lobby_port: false,
            unread: BytesMut::new(),
            ended: false,
            typed: VecDeque::new(),
            lines: Lines::new(port.line_bytes_max()),
            screen: Screen::default(),
            next: VecDeque::new(),
            asked: VecDeque::new(),
            last_tag: 0,
            user: None,
            guest: false,
            guests_refused: false,
            enter_at_first: None,
            await_at_first: None,
            password: None,
            no_passwords: None,
            asking_peer: false,
            target: None,
            targets_before: VecDeque::new(),
            questions: Questions::default(),
            recent: Recent::default(),
            showing_kept: None,
            too_often: None,
            closing: false,
            come_back_seconds: None,
        };
        text.open(port);
        text
    }

    /// Nobody is asked for a password here, and told why.
    pub(crate) fn without_passwords(self, why: &'static str) -> Self {
        Self { no_passwords: Some(why), ..self }
    }

    fn words(&self) -> &'static dyn Wording {
        self.manner.words()
    }

    /// Writes a line of the system's.
    fn tell(&mut self, what: &str, out: &mut Output) {
        self.screen.line(&self.words().system(what), out);
    }

    fn ask(&mut self, asked: Asked, request: Request) {
        self.next.push_back((asked, request));
    }

    /// From now on bare text goes there.
    fn talk_to(&mut self, target: Address) {
        if let Some(before) = self.target.replace(target)
            && Some(&before) != self.target.as_ref()
        {
            self.targets_before.push_back(before);
            if self.targets_before.len() > TARGETS_MAX {
                self.targets_before.pop_front();
            }
        }
    }

    /// Bare text goes where it went before.
    fn talk_to_before(&mut self) {
        self.target = self.targets_before.pop_back();
    }

    /// The next thing that was typed, if enough bytes are there.
    fn next_typed(&mut self, out: &mut Output) -> Option<Typed> {
        while self.typed.is_empty() {
            // Whoever has just said who they are comes in before they say more.
            if !self.next.is_empty() {
                return None;
            }
            if let Some(byte) = self.unread.first().copied() {
                self.unread.advance(1);
                self.byte(byte, out);
            } else if std::mem::take(&mut self.ended) {
                if self.introducing() {
                    self.turn_away(machat::WRONG_HELLO, out); // half of it
                }
                self.unread = BytesMut::new();
                let typed = &mut self.typed;
                self.lines.ended(&mut |t| typed.push_back(t));
                self.closing = true;
            } else {
                self.unread = BytesMut::new(); // an idle session owns no buffer
                return None;
            }
        }
        self.typed.pop_front()
    }

    fn byte(&mut self, byte: u8, out: &mut Output) {
        let filtered = self.lines.telnet().feed(byte);
        if let telnet::Telnet::Data(data) = filtered
            && self.opening_byte(data, out)
        {
            return;
        }
        let typed = &mut self.typed;
        self.lines.take(filtered, &mut |t| typed.push_back(t));
        if typed.back() == Some(&Typed::Interrupt) && self.unread.starts_with(&telnet::MARK) {
            // Answered first, or what Ctrl-C is told would not be seen.
            self.unread.advance(telnet::MARK.len());
            for byte in telnet::MARK {
                let filtered = self.lines.telnet().feed(byte);
                self.lines.take(filtered, &mut |t| typed.push_front(t));
            }
        }
    }

    fn act_on(&mut self, typed: Typed, out: &mut Output) {
        // MaChat ends its lines by LF, nmmh/chat by CR LF, whoever comes; everybody else is answered as they type.
        let crlf = self.lines.is_crlf() && self.manner != Manner::Machat;
        self.screen.set_crlf(crlf || self.lobby_port);
        match typed {
            Typed::Answer(bytes) => out.put(&bytes),
            Typed::AreYouThere => self.screen.line("[yes]", out),
            Typed::TooLong => {
                self.screen.entered();
                let most = self.lines.bytes_max();
                let told = format!("that line has more than {most} bytes, nothing of it was sent");
                self.tell(&told, out);
            }
            Typed::Interrupt => self.interrupt(out),
            Typed::EndOfFile => self.bye(out),
            Typed::Line(line) => {
                self.screen.entered();
                if !self.opening_line(&line, out) {
                    self.line(&line, out);
                }
            }
        }
    }

    /// Ctrl-C cancels what is being asked, and else says how to leave: in telnet it is easily hit.
    fn interrupt(&mut self, out: &mut Output) {
        if let Some(asking) = self.password.take() {
            asking.end(&mut self.lines, out);
            self.screen.drop_prompt(out);
            self.tell("cancelled", out);
        } else if std::mem::take(&mut self.asking_peer) {
            self.screen.drop_prompt(out);
            self.tell("cancelled", out);
        } else if self.screen.has_prompt() {
            self.screen.drop_prompt(out);
            self.questions.put_aside();
            self.tell("it waits, /accept or /reject answers it", out);
        } else {
            out.put(self.screen.eol().as_bytes());
            self.tell("/bye ends this", out);
        }
    }

    fn bye(&mut self, out: &mut Output) {
        self.screen.drop_prompt(out);
        if let Some(bye) = self.words().bye() {
            self.screen.line(&bye, out);
        }
        self.close();
    }

    /// Nothing more is read.
    fn close(&mut self) {
        self.closing = true;
        self.typed.clear();
        self.next.clear();
        self.unread = BytesMut::new();
    }
}

impl Dialect for Text {
    fn word(&self) -> &'static str {
        "text"
    }

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
            let Some(typed) = self.next_typed(out) else {
                if !self.next.is_empty() {
                    continue;
                }
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
            if result.is_ok() && !matches!(asked, Asked::Before) {
                self.taken_again(out);
            }
            self.answer(asked, result, out);
        }
    }

    fn event(&mut self, entry: &Entry, place: &Place, whose: Whose, out: &mut Output) {
        self.remember(entry, place, whose);
        self.show(entry, place, whose, out);
        self.leave_if_put_out(entry.event(), place);
    }

    fn notice(&mut self, notice: Notice, out: &mut Output) {
        let line = match notice {
            Notice::Pending { pending } => return self.pending(pending, out),
            Notice::Closing(reason) => {
                self.tell(&reason.to_string(), out);
                if let Some(seconds) = self.come_back_seconds {
                    self.tell(&format!("come back in {seconds} seconds"), out);
                }
                return self.close();
            }
            // Told behind the reason.
            Notice::ComeBack { after_milliseconds } => {
                self.come_back_seconds = Some(after_milliseconds.div_ceil(1000));
                None
            }
            // That one has come oneself is news only where it is what one sees first.
            Notice::Presence { user, .. } if !self.lobby_port && Some(&user.name) == self.user.as_ref() => {
                None
            }
            Notice::Presence { user, online } => self.words().presence(&user, online),
            Notice::Renamed { from, to } => self.words().renamed(&from, &to, false),
            Notice::Conversation(_)
            | Notice::Mark { .. }
            | Notice::PresenceStale
            | Notice::Receipts { .. }
            | Notice::Forgotten { .. }
            | Notice::Mentions { .. }
            | Notice::Typing { .. }
            | Notice::About(_) => None,
        };
        if let Some(line) = line {
            self.screen.line(&line, out);
        }
    }

    fn quiet(&mut self, out: &mut Output) {
        if self.closing {
            return;
        }
        self.screen.settle(out);
        if self.password.is_none() && !self.screen.has_prompt() {
            self.questions.show(self.words(), &mut self.screen, out);
        }
    }

    fn skipped(&mut self, place: &Place, events: u64, out: &mut Output) {
        let address = &place.address;
        self.tell(
            &format!(
                "{events} earlier entries of {address} are not shown, /history {address} shows the latest"
            ),
            out,
        );
    }

    fn lag(&self) -> Option<u64> {
        Some(LAG_EVENTS_MAX)
    }

    fn lagged(&mut self, place: &Place, events: u64, out: &mut Output) {
        let (address, most) = (&place.address, PAGE_EVENTS_MAX);
        let told =
            format!("{events} entries of {address} were skipped, /history {address} {most} shows the latest");
        self.tell(&told, out);
    }

    fn replay(&self) -> Option<u64> {
        Some(REPLAY_EVENTS_MAX)
    }

    fn introducing(&self) -> bool {
        matches!(&self.opening, Opening::Machat(reader) if !reader.is_empty())
    }

    fn buffered(&self) -> usize {
        self.unread.len() + self.lines.begun()
    }

    fn hears(&self) -> bool {
        self.password.is_none()
    }
}
