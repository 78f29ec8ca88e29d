//! What others say reaches the terminal as characters or not at all: the bytes of real frames, read by a real terminal.

use std::cell::RefCell;
use std::io::{self, Write};
use std::num::NonZero;
use std::rc::Rc;

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::What;
use im_client::terminal::cells::Cells;
use im_client::view::theme::Theme;
use im_client::view::view;
use im_proto::{Reply, Seq};
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::{Rect, Size};
use ratatui::{Terminal, TerminalOptions, Viewport};
use unicode_width::UnicodeWidthChar;

use crate::rig::{DEV, Rig, conversation, is_history, posted, replied};

const PARTS: [&str; 64] = [
    "word",
    "a",
    " ",
    "  ",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "你好",
    "世",
    "ﾊﾞﾟ",
    "한국어",
    "e\u{301}",
    "\u{301}",
    "\u{200d}",
    "👩‍👩‍👧",
    "👍🏽",
    "🇩🇪",
    "🇩",
    "❤️",
    "❤",
    "1️⃣",
    "🏴\u{e0067}\u{e0062}\u{e007f}",
    "\u{200b}",
    "\u{202e}",
    "\u{2066}",
    "\u{feff}",
    "\u{ad}",
    "\u{0}",
    "\u{7}",
    "\u{8}",
    "\u{7f}",
    "\u{1b}",
    "\u{1b}[2J",
    "\u{1b}[H",
    "\u{1b}[31m",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]52;c;eA==\u{7}",
    "\u{1b}]8;;https://evil.example\u{1b}\\",
    "\u{1b}P",
    "\u{1b}c",
    "\u{1b}#8",
    "\u{1b}(0",
    "\u{9b}2J",
    "\u{9d}0;x\u{9c}",
    "\u{90}",
    "\u{85}",
    "\u{2028}",
    "\u{e}",
    "\u{f}",
    "**",
    "`",
    "```rust\n",
    "\n```\n",
    "> ",
    "- ",
    "[",
    "](https://a.example/\u{1b}[2J)",
    "https://a.example/x",
    "<https://b.example>",
    "@alice",
    "#dev",
    "กำ",
    "न्\u{200d}य",
];

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn text(&mut self) -> String {
        (0..1 + self.roll(30)).map(|_| PARTS[self.roll(PARTS.len())]).chain(["."]).collect()
    }
}

#[derive(Clone, Default)]
struct Wire(Rc<RefCell<Vec<u8>>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a terminal was told besides characters, colours and where they are.
#[derive(Default)]
pub(crate) struct Told {
    strange: Vec<String>,
    links: usize,
}

impl vt100::Callbacks for Told {
    fn audible_bell(&mut self, _: &mut vt100::Screen) {
        self.strange.push("bell".to_owned());
    }

    fn set_window_title(&mut self, _: &mut vt100::Screen, title: &[u8]) {
        self.strange.push(format!("title {title:?}"));
    }

    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _: &[u8], data: &[u8]) {
        self.strange.push(format!("clipboard {data:?}"));
    }

    fn unhandled_char(&mut self, _: &mut vt100::Screen, c: char) {
        self.strange.push(format!("{c:?}"));
    }

    fn unhandled_control(&mut self, _: &mut vt100::Screen, b: u8) {
        self.strange.push(format!("control {b}"));
    }

    fn unhandled_escape(&mut self, _: &mut vt100::Screen, i1: Option<u8>, i2: Option<u8>, b: u8) {
        // The end of a link's sequence.
        if b != b'\\' {
            self.strange.push(format!("escape {i1:?} {i2:?} {b}"));
        }
    }

    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        i1: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        c: char,
    ) {
        // The colour of underlines, which this terminal does not know.
        if c != 'm' {
            self.strange.push(format!("csi {i1:?} {params:?} {c}"));
        }
    }

    fn unhandled_osc(&mut self, _: &mut vt100::Screen, params: &[&[u8]]) {
        let texts: Vec<_> = params.iter().map(|part| String::from_utf8_lossy(part)).collect();
        match texts.as_slice() {
            [eight, id, to @ ..]
                if eight == "8" && (id.starts_with("id=") || (id.is_empty() && to == [""])) =>
            {
                self.links += 1;
                let to = to.join(";");
                let places = ["", "https://a.example/x", "https://b.example", "https://evil.example"];
                if !places.contains(&&*to) && !to.starts_with("https://a.example/") {
                    self.strange.push(format!("link {to}"));
                }
            }
            _ => self.strange.push(format!("osc {texts:?}")),
        }
    }
}

/// The client's frames on their way into a terminal.
pub(crate) struct Shown {
    terminal: Terminal<Cells<Wire>>,
    wire: Wire,
    pub(crate) parser: vt100::Parser<Told>,
    size: Size,
}

impl Shown {
    pub(crate) fn new(rig: &Rig) -> Self {
        let size = rig.app.size;
        let wire = Wire::default();
        let viewport = Viewport::Fixed(Rect::from((ratatui::layout::Position::ORIGIN, size)));
        let cells = Cells::new(wire.clone(), rig.app.links.clone());
        let terminal = Terminal::with_options(cells, TerminalOptions { viewport }).unwrap();
        let cells = |count| NonZero::new(count).unwrap();
        // It is wider than it is told: this one knows no way not to break lines at its edge.
        let parser = vt100::Parser::new_with_callbacks(
            cells(size.height + 2),
            cells(size.width + 20),
            0,
            Told::default(),
        );
        Self { terminal, wire, parser, size }
    }

    pub(crate) fn draw(&mut self, rig: &Rig) -> Buffer {
        let theme = Theme::of(&rig.app.config, &rig.app.looks);
        let frame = self.terminal.draw(|frame| view(&rig.app, &theme, frame)).unwrap();
        let drawn = frame.buffer.clone();
        let bytes = std::mem::take(&mut *self.wire.0.borrow_mut());
        self.parser.process(&bytes);
        drawn
    }

    /// The terminal shows what was drawn, and was told nothing else.
    pub(crate) fn assert_same(&self, drawn: &Buffer, of: &str) {
        let told = &self.parser.callbacks().strange;
        assert!(told.is_empty(), "{told:?} of {of:?}");
        for y in 0..self.size.height {
            let mut x = 0;
            while x < self.size.width {
                let symbol = drawn[(x, y)].symbol();
                let wide = symbol.cell_width().max(1);
                assert!(x + wide <= self.size.width, "row {y} is too wide: {of:?}");
                let halves = (x + 1..x + wide).all(|half| drawn[(half, y)].symbol() == " ");
                assert!(
                    halves,
                    "{symbol:?} at {x}, {y} is drawn over by {:?}: {of:?}",
                    drawn[(x + 1, y)].symbol()
                );
                let there = self.parser.screen().cell(y, x).unwrap();
                let mut parts = symbol.chars();
                let (first, is_one) = (parts.next(), parts.next().is_none());
                let first = first.filter(|c| *c != ' ');
                if is_one {
                    assert_eq!(there.contents().trim(), symbol.trim(), "at {x}, {y}: {of:?}");
                } else if first.and_then(UnicodeWidthChar::width).is_some_and(|width| width > 0) {
                    assert!(
                        there.contents().starts_with(first.unwrap()),
                        "{symbol:?}, not {:?} at {x}, {y}: {of:?}\n{}",
                        there.contents(),
                        self.parser.screen().contents()
                    );
                }
                x += wide;
            }
        }
    }
}

/// Alice among people and rooms with names of every width.
fn wide_names(width: u16, height: u16) -> Rig {
    let rooms = [
        "#日本語チャンネルの長い名前",
        "#e\u{301}te\u{301}",
        "#한국어방",
        "@你好",
        "@นำ้",
        "@averylongname-of-somebody",
    ];
    let rooms = rooms.iter().zip(10..).map(|(address, id)| {
        let mut room = conversation(im_proto::ConversationId(id), address, id);
        room.unread = id * 7;
        room
    });
    let mut dev = conversation(DEV, "#dev", 1);
    (dev.read, dev.unread) = (Seq(0), 1);
    let mut rig = Rig::online(width, height, [dev].into_iter().chain(rooms).collect());
    while let Some(im_proto::Request::Who { .. }) =
        rig.waits(|request| matches!(request, im_proto::Request::Who { .. }))
    {
        let names =
            ["你好", "日本語チャンネルの長い名前", "éva", "ﾊﾞﾛﾝ", "한국어", "averylongname-of-somebody"];
        let people = names.iter().map(|name| im_proto::Person {
            name: crate::rig::user(name),
            online: name.len() % 2 == 0,
            role: im_proto::Role::Owner,
            guest: false,
        });
        let people = Reply::People { people: people.collect(), online: 3, total: 6 };
        rig.grant(|request| matches!(request, im_proto::Request::Who { .. }), people);
    }
    rig
}

#[test]
fn no_text_from_the_network_moves_the_cursor_or_changes_the_terminal() {
    let mut dice = Dice(11);
    let mut links = 0;
    for (width, height) in [(120, 36), (80, 24), (61, 9), (40, 15), (23, 12)] {
        let mut rig = wide_names(width, height);
        let events = vec![posted(DEV, 1, "bob", "first")];
        rig.grant(
            is_history,
            Reply::History { conversation: DEV, events, more: false, amendments: Vec::new() },
        );
        let mut shown = Shown::new(&rig);
        let mut last = shown.draw(&rig);
        for seq in 2..60 {
            let said = dice.text();
            let name = ["bob", "～".trim_matches('～'), "~neil", "你好", "e\u{301}va"][dice.roll(5)];
            let name = if name.is_empty() { "zoe" } else { name };
            rig.event(match dice.roll(3) {
                0 => replied(DEV, seq, name, seq - 1, &said),
                _ => posted(DEV, seq, name, &said),
            });
            match dice.roll(9) {
                0 => rig.take(What::Paste(dice.text())),
                1 => rig.take(What::Trouble(dice.text())),
                2 => rig.press(KeyModifiers::CONTROL, KeyCode::Char('k')),
                3 => rig.key(KeyCode::Esc),
                4 => rig.key(KeyCode::PageUp),
                5 => rig.key(KeyCode::F(1 + u8::try_from(dice.roll(3)).unwrap())),
                6 => rig.press(KeyModifiers::CONTROL, KeyCode::Up),
                _ => {}
            }
            last = shown.draw(&rig);
            shown.assert_same(&last, &said);
        }
        // What is drawn anew from nothing is what is there.
        let mut anew = Shown::new(&rig);
        let drawn = anew.draw(&rig);
        anew.assert_same(&drawn, "anew");
        assert_eq!(drawn.content.len(), last.content.len());
        assert!(rig.app.conversations.get(DEV).is_some_and(|talk| talk.log.last() == Some(Seq(59))));
        links += shown.parser.callbacks().links;
    }
    assert!(links > 50, "the links among it are links: {links}");
}
