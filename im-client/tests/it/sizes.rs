//! There is no size at which anything cannot be drawn: every screen, and all that may lie over it.

use crossterm::event::{KeyCode, KeyModifiers};
use im_client::app::What;
use im_proto::ConversationId;
use ratatui::layout::Size;

use crate::rig::{Rig, conversation, posted};

/// What leads to something that lies over the panes, or takes their place, and whether it does.
type Opener = (&'static str, fn(&mut Rig));

const OPENERS: &[Opener] = &[
    ("the panes", |_| {}),
    ("help", |rig| rig.key(KeyCode::F(1))),
    ("people", |rig| rig.key(KeyCode::F(3))),
    ("the list", |rig| rig.key(KeyCode::F(2))),
    ("jump", |rig| rig.press(KeyModifiers::CONTROL, KeyCode::Char('k'))),
    ("commands", |rig| rig.press(KeyModifiers::CONTROL, KeyCode::Char('p'))),
    ("search", |rig| rig.enter("/search ship")),
    ("quit", |rig| rig.press(KeyModifiers::CONTROL, KeyCode::Char('c'))),
    ("a message", |rig| rig.key(KeyCode::Esc)),
    ("what to do with a message", |rig| {
        rig.key(KeyCode::Esc);
        rig.key(KeyCode::Enter);
    }),
    ("about a message", |rig| {
        rig.key(KeyCode::Esc);
        rig.key(KeyCode::Char('i'));
    }),
    ("reactions", |rig| {
        rig.key(KeyCode::Esc);
        rig.key(KeyCode::Char('+'));
    }),
    ("a paste", |rig| rig.take(What::Paste("你好\n".repeat(200)))),
    ("a completion", |rig| rig.type_text("hello :sm")),
    ("a date", |rig| rig.press(KeyModifiers::CONTROL, KeyCode::Char('g'))),
];

fn sizes() -> impl Iterator<Item = (u16, u16)> {
    let small = (1..=12).flat_map(|width| (1..=6).map(move |height| (width, height)));
    let edges = [0, 39, 40, 59, 60, 99, 100, 101, 200].into_iter();
    let edges = edges.flat_map(|width| [0, 1, 2, 5, 9, 15, 29, 36].map(|height| (width, height)));
    small.chain(edges).chain([(500, 200), (1, 200), (500, 1)])
}

fn busy() -> Rig {
    let mut rig = Rig::online(
        80,
        24,
        vec![conversation(ConversationId(1), "#dev", 0), conversation(ConversationId(2), "@bob", 0)],
    );
    for seq in 1..=30 {
        let said = [
            "**ship** `it` https://im.example/a/long/one",
            "你好 👩\u{200d}💻 e\u{301}\n\n```rust\nfn main() {}\n```",
        ];
        rig.event(posted(ConversationId(1), seq, "bob", said[usize::try_from(seq % 2).unwrap()]));
    }
    rig
}

#[test]
fn everything_can_be_drawn_at_every_size() {
    let mut seen = std::collections::BTreeSet::new();
    for (name, open) in OPENERS {
        let mut rig = busy();
        open(&mut rig);
        seen.insert(rig.screen());
        for (width, height) in sizes() {
            rig.take(What::Resize(Size::new(width, height)));
            rig.screen();
            // What the keys do must hold where there is next to no room, too.
            for key in [KeyCode::Down, KeyCode::PageDown, KeyCode::Up, KeyCode::PageUp] {
                rig.key(key);
            }
        }
        rig.take(What::Resize(Size::new(80, 24)));
        let back = rig.screen();
        assert!(!back.trim().is_empty(), "{name}");
    }
    // Each of them is something else: the keys still lead there.
    assert_eq!(seen.len(), OPENERS.len());
}
