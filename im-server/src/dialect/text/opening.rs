//! How a text session begins: which manner the first line tells, and who comes.

use im_proto::command::{At, Command, Line, parse};
use im_proto::{Address, Request, RoomName, TEXT_BYTES_MAX, UserName};

use super::super::Output;
use super::line::{LINE_BYTES_MAX, Typed};
use super::machat::{self, Hello, HelloReader, HelloStep};
use super::wording::Manner;
use super::{Asked, Text, tinychat};

/// What a session may still turn out to be.
#[derive(Debug)]
pub(super) enum Opening {
    /// Anything: the first line tells.
    Any,
    /// A hello of MaChat's.
    Machat(HelloReader),
    /// Its hello was whole: one end of line right behind it belongs to it.
    AfterHello { cr: bool },
    /// TinyChat's first line, or a name.
    Tinychat,
    /// Whom the one of this name wants to talk to.
    TinychatPeer(UserName),
    /// The manner is chosen.
    Chosen,
}

/// What a port is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    /// Everybody.
    Any,
    /// go-im's.
    Goim,
    /// The lobby's: whoever comes is in it.
    Lobby,
    /// MaChat's.
    Machat,
    /// MaChat's, by WebSocket.
    MachatSocket,
    /// TinyChat's.
    Tinychat,
}

impl Port {
    /// The longest line, in bytes. No terminal cuts what comes by WebSocket: there the longest text fits, and its end.
    pub(super) fn line_bytes_max(self) -> usize {
        if self == Self::MachatSocket { TEXT_BYTES_MAX } else { LINE_BYTES_MAX }
    }
}

impl Text {
    pub(super) fn open(&mut self, port: Port) {
        self.opening = match port {
            Port::Any => Opening::Any,
            Port::Machat | Port::MachatSocket => Opening::Machat(HelloReader::default()),
            Port::Tinychat => Opening::Tinychat,
            Port::Goim | Port::Lobby => Opening::Chosen,
        };
        match port {
            Port::Any | Port::Goim => {}
            Port::Lobby => {
                self.manner = Manner::Lobby;
                self.lobby_port = true;
                self.screen.set_crlf(true);
                self.come_as_guest(None);
            }
            Port::Machat | Port::MachatSocket => self.manner = Manner::Machat,
            Port::Tinychat => self.manner = Manner::Tinychat,
        }
    }

    /// Takes a byte that belongs to no line, before the manner is chosen. Whether it was taken.
    pub(super) fn opening_byte(&mut self, byte: u8, out: &mut Output) -> bool {
        let step = match &mut self.opening {
            Opening::Any if byte == b'{' && self.lines.is_at_start() => {
                self.manner = Manner::Machat;
                let mut reader = HelloReader::default();
                let step = reader.feed(byte);
                self.opening = Opening::Machat(reader);
                step
            }
            Opening::Machat(reader) if reader.is_empty() && byte.is_ascii_whitespace() => return true,
            Opening::Machat(reader) if reader.is_empty() && byte != b'{' => {
                HelloStep::Wrong(machat::WRONG_HELLO.into())
            }
            Opening::Machat(reader) => reader.feed(byte),
            Opening::AfterHello { cr } => {
                let first_cr = byte == b'\r' && !*cr;
                self.opening = if first_cr { Opening::AfterHello { cr: true } } else { Opening::Chosen };
                return first_cr || byte == b'\n';
            }
            _ => return false,
        };
        match step {
            HelloStep::More => {}
            HelloStep::Wrong(told) => self.turn_away(&told, out),
            HelloStep::Whole(Hello { name, room }) => {
                self.opening = Opening::AfterHello { cr: false };
                self.come_as_guest(Some(name));
                self.enter_at_first = Some(room.clone());
                self.target = Some(Address::Room(room));
            }
        }
        true
    }

    /// Takes the first lines, as long as they tell the manner or who comes. Whether it was taken.
    pub(super) fn opening_line(&mut self, line: &str, out: &mut Output) -> bool {
        let blank = line.trim().is_empty();
        match (&self.opening, tinychat::init(line)) {
            (Opening::Any | Opening::Tinychat | Opening::TinychatPeer(_), _) if blank => true,
            (Opening::Any | Opening::Tinychat, Some(init)) => {
                self.opening = Opening::Chosen;
                self.manner = Manner::Tinychat;
                match init {
                    Ok((me, peer)) => self.come_to_talk(me, peer),
                    Err(told) => self.turn_away(&told, out),
                }
                true
            }
            (Opening::Tinychat | Opening::TinychatPeer(_), None) if is_way_in_or_out(line) => {
                self.opening = Opening::Chosen;
                false
            }
            (Opening::Any, None) => {
                self.opening = Opening::Chosen;
                let colon = !line.trim_start().starts_with(['/', '@', '\\']);
                let command = !matches!(parse(line, At::Whispers), Ok(Line::Text(_)));
                self.manner = if colon && command { Manner::Goim } else { Manner::Lobby };
                false
            }
            (Opening::Tinychat, None) => {
                match UserName::parse(line.trim()) {
                    Ok(me) => {
                        self.opening = Opening::TinychatPeer(me);
                        self.screen.prompt(tinychat::ASK_PEER, out);
                    }
                    Err(error) => {
                        self.tell(&error.to_string(), out);
                        self.screen.prompt(tinychat::ASK_NAME, out);
                    }
                }
                true
            }
            (Opening::TinychatPeer(me), _) => {
                let me = me.clone();
                match UserName::parse(line.trim()) {
                    Ok(peer) => {
                        self.opening = Opening::Chosen;
                        self.come_to_talk(me, peer);
                    }
                    Err(error) => {
                        self.tell(&error.to_string(), out);
                        self.screen.prompt(tinychat::ASK_PEER, out);
                    }
                }
                true
            }
            (Opening::Machat(_) | Opening::AfterHello { .. } | Opening::Chosen, _) => false,
        }
    }

    fn come_to_talk(&mut self, me: UserName, peer: UserName) {
        self.come_as_guest(Some(me));
        self.await_at_first = Some(peer.clone());
        self.target = Some(Address::User(peer));
    }

    pub(super) fn come_as_guest(&mut self, name: Option<UserName>) {
        self.ask(Asked::ComeAsGuest(name.clone()), Request::ComeAsGuest { name });
    }

    /// In the lobby's manner whoever says something without being anybody comes as a guest first, and says it then.
    pub(super) fn guest_first(&mut self, line: &str) -> bool {
        let may = self.manner == Manner::Lobby && self.user.is_none() && !self.guests_refused;
        let needs = !matches!(
            parse(line, At::Whispers),
            Ok(Line::Blank | Line::Command(Command::SignUp { .. } | Command::SignIn { .. } | Command::Quit))
        );
        if !(may && needs) {
            return false;
        }
        self.typed.push_front(Typed::Line(line.to_owned()));
        self.come_as_guest(None);
        true
    }

    /// The room that everybody without another target talks in.
    pub(super) fn lobby() -> Address {
        Address::Room(RoomName::lobby())
    }

    /// One line, and the end.
    pub(super) fn turn_away(&mut self, told: &str, out: &mut Output) {
        self.screen.drop_prompt(out);
        self.screen.line(told, out);
        self.close();
    }
}

/// What somebody may say instead of a name.
fn is_way_in_or_out(line: &str) -> bool {
    let command = parse(line, At::Whispers);
    line == tinychat::QUIT
        || matches!(
            command,
            Ok(Line::Command(Command::SignUp { .. } | Command::SignIn { .. } | Command::Quit))
        )
}
