//! The looks: which colour means what. Colour is never the only signal, so that none at all works too.

use im_proto::Author;
use ratatui::style::{Color, Modifier, Style};

/// One look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// What people say.
    pub text: Style,
    /// What matters less: times, hints.
    pub dim: Style,
    /// Lines between panes.
    pub border: Style,
    /// What a pane is called.
    pub heading: Style,
    /// What is chosen or open.
    pub chosen: Style,
    /// What is unread.
    pub unread: Style,
    /// The line of what is new.
    pub marker: Style,
    /// What went well, and who is here.
    pub good: Style,
    /// What is under way.
    pub busy: Style,
    /// What went wrong.
    pub bad: Style,
    /// What waits for an answer.
    pub notice: Style,
    /// What is told in passing.
    pub toast: Style,
    names: &'static [Color],
}

/// Bright enough on black for a contrast of 4.5, and apart from one another.
const DARK_NAMES: &[Color] = &[
    Color::Indexed(75),
    Color::Indexed(114),
    Color::Indexed(180),
    Color::Indexed(176),
    Color::Indexed(80),
    Color::Indexed(209),
    Color::Indexed(149),
    Color::Indexed(141),
    Color::Indexed(211),
    Color::Indexed(221),
    Color::Indexed(116),
    Color::Indexed(173),
];

impl Theme {
    /// For dark terminals.
    pub fn dark() -> Self {
        let colour = |index| Style::new().fg(Color::Indexed(index));
        Self {
            text: Style::new(),
            dim: colour(245),
            border: colour(240),
            heading: colour(250).add_modifier(Modifier::BOLD),
            chosen: colour(117).add_modifier(Modifier::BOLD),
            unread: colour(229).add_modifier(Modifier::BOLD),
            marker: colour(203),
            good: colour(114),
            busy: colour(221),
            bad: colour(203).add_modifier(Modifier::BOLD),
            notice: colour(221),
            toast: Style::new().fg(Color::Indexed(255)).bg(Color::Indexed(238)),
            names: DARK_NAMES,
        }
    }

    /// Without any colour, as `NO_COLOR` asks for.
    pub fn colourless() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        Self {
            text: plain,
            dim: plain.add_modifier(Modifier::DIM),
            border: plain.add_modifier(Modifier::DIM),
            heading: bold,
            chosen: bold,
            unread: bold,
            marker: bold,
            good: plain,
            busy: plain,
            bad: bold,
            notice: bold,
            toast: plain.add_modifier(Modifier::REVERSED),
            names: &[],
        }
    }

    /// The look of somebody's name: always the same for the same name, and another for a guest of that name.
    pub fn person(&self, who: &Author) -> Style {
        // FNV-1a: steady over runs and releases, which the standard hasher does not promise.
        let bytes = who.name.key().bytes().chain(who.guest.then_some(0));
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let count = u64::try_from(self.names.len()).unwrap_or(0);
        let place = hash.checked_rem(count).and_then(|place| usize::try_from(place).ok());
        match place.and_then(|place| self.names.get(place)) {
            Some(colour) => Style::new().fg(*colour),
            None => Style::new().add_modifier(Modifier::BOLD),
        }
    }
}
