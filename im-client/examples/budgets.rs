//! Prints how fast the client is, and how little it does when nothing happens; it judges nothing: machines differ.
//! `cargo build --release -p im-client && cargo run --release -p im-client --example budgets`

#![allow(clippy::print_stdout, reason = "it prints")]
#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_client::app::looks::Looks;
use im_client::app::{Action, App, Input, Start, What, update};
use im_client::config::Config;
use im_client::view::theme::Theme;
use im_client::view::view;
use im_proto::{
    Ask, Author, Body, Conversation, ConversationId, Event, FromServer, Kind, MessageId, Page, Reply,
    Request, Role, Seq, Text, Timestamp, Token,
};
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;

const MESSAGES: u64 = 1_000_000;
const ROOMS: u64 = 50;
const PRESSES: usize = 2000;

struct Bench {
    app: App,
    terminal: Terminal<TestBackend>,
    began: Instant,
}

fn event(conversation: ConversationId, seq: u64) -> Event {
    let said = [
        "short",
        "a line that is as long as lines usually are, with `code` and **bold**",
        "你好 👋 https://im.example/x",
    ];
    let text = Text::parse(said[usize::try_from(seq % 3).unwrap()]).unwrap();
    Event {
        conversation,
        seq: Seq(seq),
        at: Timestamp(1_700_000_000_000 + seq * 60_000),
        author: Author {
            name: ["bob", "zoe"][usize::try_from(seq % 2).unwrap()].parse().unwrap(),
            guest: false,
        },
        body: Body::Posted { message: MessageId(u128::from(seq).to_le_bytes()), text, reply_to: None },
    }
}

fn room(id: u64) -> Conversation {
    Conversation {
        id: ConversationId(id),
        address: format!("#room-{id}").parse().unwrap(),
        kind: Kind::Room,
        role: Role::Member,
        head: Seq(MESSAGES),
        active: Timestamp(1_700_000_000_000 + id),
        read: Seq(MESSAGES),
        unread: 0,
        mentions: 0,
        members: 3,
        guest: false,
        receipts: None,
        retention_days: None,
    }
}

fn answer(ask: Ask) -> FromServer {
    let reply = match ask.request {
        Request::Resume { .. } => Reply::Welcome { user: "alice".parse().unwrap(), token: None },
        Request::Conversations => Reply::Conversations { conversations: (1..=ROOMS).map(room).collect() },
        Request::Pending => Reply::Pending { pending: Vec::new() },
        Request::Who { .. } => Reply::People { people: Vec::new(), online: 0, total: 0 },
        Request::History { of, page, limit } => {
            let limit = u64::from(limit);
            let (first, last) = match page {
                Page::Before(seq) => (seq.0.saturating_sub(limit).max(1), seq.0 - 1),
                Page::After(seq) => (seq.0 + 1, (seq.0 + limit).min(MESSAGES)),
                Page::Newest | Page::Around(_) => (MESSAGES - limit, MESSAGES),
            };
            let id: u64 = of.to_string().trim_start_matches("#room-").parse().unwrap();
            let conversation = ConversationId(id);
            let events = (first..=last).map(|seq| event(conversation, seq)).collect();
            Reply::History { conversation, events, more: first > 1, amendments: Vec::new() }
        }
        _ => Reply::Done,
    };
    FromServer::Reply { tag: ask.tag, result: Ok(reply) }
}

impl Bench {
    fn new() -> Self {
        let began = Instant::now();
        let app = App::new(Start {
            server: "im.example".to_owned(),
            user: Some("alice".parse().unwrap()),
            token: Some(Token::new([7; 32])),
            password: None,
            zone: TimeZone::UTC,
            size: Size::new(120, 36),
            looks: Looks::default(),
            first_run: false,
            config: Config::default(),
        });
        let terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
        let mut bench = Self { app, terminal, began };
        bench.take(What::Start);
        bench
    }

    /// Takes an input, and all that follows from it.
    fn take(&mut self, what: What) {
        let mut inputs = VecDeque::from([what]);
        while let Some(what) = inputs.pop_front() {
            let now = self.began.elapsed();
            let input = Input { now, wall: Timestamp(1_800_000_000_000), dice: [1; 16], what };
            for action in update(&mut self.app, input) {
                match action {
                    Action::Dial { dial, .. } => inputs.push_back(What::Up(dial)),
                    Action::Send(ask) => inputs.push_back(What::Heard(1, Box::new(answer(ask)))),
                    _ => {}
                }
            }
        }
    }

    fn draw(&mut self) {
        let theme = Theme::of(&self.app.config, &self.app.looks);
        self.terminal.draw(|frame| view(&self.app, &theme, frame)).unwrap();
    }

    fn press(&mut self, code: KeyCode) -> Duration {
        let began = Instant::now();
        self.take(What::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        self.draw();
        began.elapsed()
    }
}

fn tell(what: &str, budget: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!("{what:<36}p50 {:>9.3?}   p99 {:>9.3?}   budget {budget}", at(50), at(99));
}

/// A number of the kernel's about this process.
fn of_this_process(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn main() {
    let began = Instant::now();
    let mut bench = Bench::new();
    bench.draw();
    println!("{:<36}{:>13.3?}   budget 50 ms, with the process's own start", "first frame", began.elapsed());

    let keys = (0..PRESSES).map(|n| if n % 60 == 59 { KeyCode::Backspace } else { KeyCode::Char('x') });
    tell("key to frame", "p99 8 ms", keys.map(|key| bench.press(key)).collect());

    let came = (1..=1000).map(|n| {
        let began = Instant::now();
        let event = event(ConversationId(ROOMS), MESSAGES + n);
        bench.take(What::Heard(1, Box::new(FromServer::Event(event))));
        bench.draw();
        began.elapsed()
    });
    tell("message to frame", "16 ms", came.collect());

    let pages = (0..PRESSES).map(|_| bench.press(KeyCode::PageUp)).collect();
    tell("a page up through 1,000,000 messages", "p99 5 ms", pages);
    let memory = of_this_process("VmHWM:").map_or_else(String::new, |kib| format!("{} MB", kib / 1024));
    println!("{:<36}{memory:>13}   budget 40 MB, with {ROOMS} rooms", "memory, at most");
}
