//! A client under test: inputs by hand, a clock by hand, and a server that is a list of requests waiting for answers.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_client::app::looks::Looks;
use im_client::app::{Action, App, Input, Start, What, deadline, update};
use im_client::config::Config;
use im_client::view::theme::Theme;
use im_client::view::view;
use im_proto::{
    Address, Ask, Author, Body, Conversation, ConversationId, Event, FromServer, Kind, MessageId, Notice,
    Reaction, Refusal, Reply, Request, Role, Seq, Text, Timestamp, Token, UserName,
};
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Size;

/// 2026-11-21T10:00:00Z
pub(crate) const TEN: u64 = 1_795_255_200_000;

pub(crate) const DEV: ConversationId = ConversationId(2);
pub(crate) const BOB: ConversationId = ConversationId(3);

pub(crate) struct Rig {
    pub(crate) app: App,
    pub(crate) now: Duration,
    pub(crate) dice: u8,
    /// What the server was asked and has not answered.
    pub(crate) asked: Vec<Ask>,
    /// What else was to be done.
    pub(crate) done: Vec<Action>,
    pub(crate) dial: u64,
    /// The title of the window.
    pub(crate) title: String,
    /// Where others were told that one is typing.
    pub(crate) typing: Vec<Address>,
}

pub(crate) fn user(name: &str) -> UserName {
    name.parse().unwrap()
}

/// Somebody by what they look like on the screen: `bob` has an account, `~neil` is a guest.
pub(crate) fn author(shown: &str) -> Author {
    let name = shown.strip_prefix('~');
    Author { name: user(name.unwrap_or(shown)), guest: name.is_some() }
}

pub(crate) fn text(said: &str) -> Text {
    Text::parse(said).unwrap()
}

/// A conversation with a log up to `head`, read up to there.
pub(crate) fn conversation(id: ConversationId, address: &str, head: u64) -> Conversation {
    Conversation {
        id,
        address: address.parse().unwrap(),
        kind: if address.starts_with('@') { Kind::Direct } else { Kind::Room },
        role: Role::Member,
        head: Seq(head),
        active: Timestamp(TEN + id.0),
        read: Seq(head),
        unread: 0,
        members: 3,
        guest: false,
        receipts: None,
        retention_days: None,
        mentions: 0,
    }
}

pub(crate) fn posted(conversation: ConversationId, seq: u64, author: &str, said: &str) -> Event {
    Event {
        conversation,
        seq: Seq(seq),
        // A minute between messages.
        at: Timestamp(TEN + seq * 60_000),
        author: self::author(author),
        body: Body::Posted {
            message: MessageId(u128::from(conversation.0 << 32 | seq).to_be_bytes()),
            text: text(said),
            reply_to: None,
        },
    }
}

/// Something else than a post.
pub(crate) fn did(conversation: ConversationId, seq: u64, author: &str, body: Body) -> Event {
    Event { body, ..posted(conversation, seq, author, "x") }
}

pub(crate) fn edited(conversation: ConversationId, seq: u64, author: &str, of: u64, said: &str) -> Event {
    did(conversation, seq, author, Body::Edited { of: Seq(of), text: text(said) })
}

pub(crate) fn deleted(conversation: ConversationId, seq: u64, author: &str, of: u64) -> Event {
    did(conversation, seq, author, Body::Deleted { of: Seq(of) })
}

pub(crate) fn reacted(conversation: ConversationId, seq: u64, author: &str, of: u64, with: &str) -> Event {
    let reaction = Reaction::parse(with).unwrap();
    did(conversation, seq, author, Body::Reacted { of: Seq(of), reaction })
}

pub(crate) fn unreacted(conversation: ConversationId, seq: u64, author: &str, of: u64, with: &str) -> Event {
    let reaction = Reaction::parse(with).unwrap();
    did(conversation, seq, author, Body::Unreacted { of: Seq(of), reaction })
}

pub(crate) fn replied(conversation: ConversationId, seq: u64, author: &str, to: u64, said: &str) -> Event {
    let mut event = posted(conversation, seq, author, said);
    if let Body::Posted { reply_to, .. } = &mut event.body {
        *reply_to = Some(Seq(to));
    }
    event
}

pub(crate) fn is_history(request: &Request) -> bool {
    matches!(request, Request::History { .. })
}

impl Rig {
    /// Alice, with a token, before the first input.
    pub(crate) fn new(width: u16, height: u16) -> Self {
        Self::of(Start {
            server: "im.example:1202".to_owned(),
            user: Some(user("alice")),
            token: Some(Token::new([7; 32])),
            password: None,
            zone: TimeZone::UTC,
            size: Size::new(width, height),
            looks: Looks::default(),
            config: Config::default(),
            first_run: false,
        })
    }

    pub(crate) fn of(start: Start) -> Self {
        Self {
            app: App::new(start),
            now: Duration::ZERO,
            dice: 0,
            asked: Vec::new(),
            done: Vec::new(),
            dial: 0,
            title: String::new(),
            typing: Vec::new(),
        }
    }

    /// Alice, signed in, in these conversations.
    pub(crate) fn online(width: u16, height: u16, conversations: Vec<Conversation>) -> Self {
        let mut rig = Self::new(width, height);
        rig.take(What::Start);
        rig.sign_in(conversations);
        rig
    }

    /// The dial succeeds, and the server tells what alice is in.
    pub(crate) fn sign_in(&mut self, conversations: Vec<Conversation>) {
        self.take(What::Up(self.dial));
        self.grant(
            |request| matches!(request, Request::Resume { .. }),
            Reply::Welcome { user: user("alice"), token: None },
        );
        self.now += Duration::from_millis(12);
        self.grant(|request| *request == Request::Ping, Reply::Done);
        self.grant(|request| *request == Request::Conversations, Reply::Conversations { conversations });
        self.grant(|request| matches!(request, Request::Follow { .. }), Reply::Done);
    }

    pub(crate) fn take(&mut self, what: What) {
        self.dice = self.dice.wrapping_add(1);
        let input = Input {
            now: self.now,
            wall: Timestamp(TEN + u64::try_from(self.now.as_millis()).unwrap()),
            dice: [self.dice; 16],
            what,
        };
        for action in update(&mut self.app, input) {
            match action {
                // Told by whoever types anything, and answered by nothing.
                Action::Send(Ask { request: Request::Typing { of }, .. }) => self.typing.push(of),
                Action::Send(ask) => self.asked.push(ask),
                Action::Dial { dial, .. } => {
                    self.asked.clear();
                    self.dial = dial;
                    self.done.push(action);
                }
                Action::HangUp => {
                    self.asked.clear();
                    self.done.push(action);
                }
                // Told outside, which most tests do not look at.
                Action::Title(title) => self.title = title,
                action => self.done.push(action),
            }
        }
    }

    /// So much time passes; every deadline in it is met.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(due) = deadline(&self.app).filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.take(What::Deadline);
        }
        self.now = until;
    }

    pub(crate) fn press(&mut self, modifiers: KeyModifiers, code: KeyCode) {
        self.take(What::Key(KeyEvent::new(code, modifiers)));
    }

    pub(crate) fn key(&mut self, code: KeyCode) {
        self.press(KeyModifiers::NONE, code);
    }

    pub(crate) fn type_text(&mut self, typed: &str) {
        for c in typed.chars() {
            self.key(KeyCode::Char(c));
        }
    }

    /// Types a line and presses Enter.
    pub(crate) fn enter(&mut self, typed: &str) {
        self.type_text(typed);
        self.key(KeyCode::Enter);
    }

    pub(crate) fn hear(&mut self, said: FromServer) {
        self.take(What::Heard(self.dial, Box::new(said)));
    }

    pub(crate) fn notice(&mut self, notice: Notice) {
        self.hear(FromServer::Notice(notice));
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.hear(FromServer::Event(event));
    }

    pub(crate) fn down(&mut self) {
        self.asked.clear();
        self.take(What::Down(self.dial, "the server closed the connection".to_owned()));
    }

    /// The oldest request of a kind, if any waits for an answer.
    pub(crate) fn waits(&self, which: impl Fn(&Request) -> bool) -> Option<&Request> {
        self.asked.iter().map(|ask| &ask.request).find(|request| which(request))
    }

    fn answer(&mut self, which: impl Fn(&Request) -> bool, result: Result<Reply, Refusal>) {
        let place = self.asked.iter().position(|ask| which(&ask.request));
        let ask = self.asked.remove(place.expect("it was asked"));
        self.hear(FromServer::Reply { tag: ask.tag, result });
    }

    pub(crate) fn grant(&mut self, which: impl Fn(&Request) -> bool, reply: Reply) {
        self.answer(which, Ok(reply));
    }

    pub(crate) fn refuse(&mut self, which: impl Fn(&Request) -> bool, refusal: Refusal) {
        self.answer(which, Err(refusal));
    }

    /// Answers the request for a page from a log of so many one-line messages of bob's.
    pub(crate) fn grant_page(&mut self, conversation: ConversationId, head: u64) {
        let Some(Request::History { page, limit, .. }) =
            self.waits(|request| matches!(request, Request::History { .. })).cloned()
        else {
            panic!("no page was asked for");
        };
        let limit = u64::from(limit);
        let (first, last) = match page {
            im_proto::Page::Newest => (head.saturating_sub(limit - 1).max(1), head),
            im_proto::Page::Before(seq) => (seq.0.saturating_sub(limit).max(1), seq.0 - 1),
            im_proto::Page::After(seq) => (seq.0 + 1, (seq.0 + limit).min(head)),
            im_proto::Page::Around(at) => {
                let reached = at.0.saturating_sub(TEN).div_ceil(60_000).clamp(1, head + 1);
                let last = (reached + limit / 2 - 1).min(head);
                ((last + 1).saturating_sub(limit).max(1), last)
            }
        };
        let more = match page {
            im_proto::Page::After(_) | im_proto::Page::Around(_) => last < head,
            _ => first > 1,
        };
        let events =
            (first..=last).map(|seq| posted(conversation, seq, "bob", &format!("message {seq}"))).collect();
        self.grant(
            |request| matches!(request, Request::History { .. }),
            Reply::History { conversation, events, more, amendments: Vec::new() },
        );
    }

    /// What is on the screen, and where the cursor is.
    pub(crate) fn screen(&self) -> String {
        shown(&self.buffer())
    }

    /// The same in cells.
    pub(crate) fn buffer(&self) -> Buffer {
        let size = self.app.size;
        let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
        let theme = Theme::of(&self.app.config, &self.app.looks);
        terminal.draw(|frame| view(&self.app, &theme, frame)).unwrap();
        terminal.backend().buffer().clone()
    }

    /// The words that stand out because they were searched for.
    pub(crate) fn marked(&self) -> Vec<String> {
        self.words_with(ratatui::style::Modifier::UNDERLINED)
    }

    /// The words that have a look.
    pub(crate) fn words_with(&self, look: ratatui::style::Modifier) -> Vec<String> {
        let size = self.app.size;
        let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
        let theme = Theme::of(&self.app.config, &self.app.looks);
        terminal.draw(|frame| view(&self.app, &theme, frame)).unwrap();
        let mut words = vec![String::new()];
        for cell in &terminal.backend().buffer().content {
            match (cell.modifier.contains(look), words.last_mut()) {
                (true, Some(word)) => word.push_str(cell.symbol()),
                _ => words.push(String::new()),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    /// The messages of a page in sight, from the top, each with its row.
    pub(crate) fn messages(&self) -> Vec<(usize, String)> {
        let screen = self.screen();
        let rows = screen.lines().enumerate();
        rows.filter_map(|(row, line)| Some((row, line[line.find("message ")?..].to_owned()))).collect()
    }

    /// The rows of the screen that hold some text.
    pub(crate) fn rows_with(&self, part: &str) -> Vec<String> {
        let screen = self.screen();
        screen.lines().filter(|line| line.contains(part)).map(ToOwned::to_owned).collect()
    }
}

fn shown(buffer: &ratatui::buffer::Buffer) -> String {
    use ratatui::buffer::CellWidth;
    let mut lines = Vec::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += symbol.cell_width().max(1);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}
