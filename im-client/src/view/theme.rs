//! The looks: which colour means what. Colour is never the only signal, so that none at all works too.

use im_proto::Author;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

use super::palette::{self, Palette};
use crate::app::looks::{Depth, Ground, Looks};
use crate::config::{Config, Look};
use crate::paint::Class;

/// One look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// What is behind everything.
    pub ground: Style,
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
    /// What went wrong, told in passing.
    pub bad_toast: Style,
    /// Code.
    pub code: Style,
    /// What leads somewhere.
    pub link: Style,
    /// Somebody, or a room, named in a text.
    pub mention: Style,
    /// Oneself, named in a text.
    pub mention_me: Style,
    /// The parts of code.
    pub syntax: Syntax,
    /// Neither box art nor ornaments.
    pub ascii: bool,
    names: &'static [u8],
    depth: Depth,
}

/// The parts of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syntax {
    /// What is said to people.
    pub comment: Style,
    /// Texts.
    pub string: Style,
    /// Words of the language.
    pub keyword: Style,
    /// Numbers and other values.
    pub number: Style,
    /// Names of types and functions.
    pub name: Style,
}

impl Theme {
    /// The one that is wanted, as far as the terminal can show it.
    pub fn of(config: &Config, looks: &Looks) -> Self {
        let dark = looks.ground == Ground::Dark;
        let palette = match (config.theme, looks.depth) {
            (Look::Mono, _) | (_, Depth::None) => None,
            (Look::Auto, _) if looks.no_colour => None,
            (Look::Light, Depth::Sixteen) => Some(&palette::SIXTEEN_LIGHT),
            (Look::Dark, Depth::Sixteen) => Some(&palette::SIXTEEN_DARK),
            (Look::HighContrast, Depth::Sixteen) => Some(&palette::SIXTEEN_CONTRAST),
            (Look::Sixteen, _) | (_, Depth::Sixteen) if dark => Some(&palette::SIXTEEN_DARK),
            (Look::Sixteen, _) | (_, Depth::Sixteen) => Some(&palette::SIXTEEN_LIGHT),
            (Look::HighContrast, _) => Some(&palette::HIGH_CONTRAST),
            (Look::ColourBlind, _) if dark => Some(&palette::COLOUR_BLIND_DARK),
            (Look::ColourBlind, _) => Some(&palette::COLOUR_BLIND_LIGHT),
            (Look::Dark, _) => Some(&palette::DARK),
            (Look::Light, _) => Some(&palette::LIGHT),
            (Look::Auto, _) if dark => Some(&palette::DARK),
            (Look::Auto, _) => Some(&palette::LIGHT),
        };
        let theme = palette.map_or_else(Self::colourless, |palette| Self::coloured(palette, looks.depth));
        Self { ascii: config.ascii, ..theme }
    }

    fn coloured(palette: &Palette, depth: Depth) -> Self {
        let fg = |index| Style::new().fg(colour(index, depth));
        let pair = |(front, behind)| fg(front).bg(colour(behind, depth));
        let bold = |index| fg(index).add_modifier(Modifier::BOLD);
        let ground = palette.ground.map_or_else(Style::new, pair);
        Self {
            ground,
            text: Style::new(),
            dim: fg(palette.dim),
            border: fg(palette.border),
            heading: bold(palette.heading),
            chosen: bold(palette.chosen),
            unread: bold(palette.unread),
            marker: fg(palette.marker),
            good: fg(palette.good),
            busy: fg(palette.busy),
            bad: bold(palette.bad),
            notice: fg(palette.notice),
            toast: pair(palette.toast),
            bad_toast: pair(palette.bad_toast).add_modifier(Modifier::BOLD),
            code: fg(palette.code),
            link: fg(palette.link).add_modifier(Modifier::UNDERLINED),
            mention: bold(palette.mention),
            mention_me: bold(palette.mention).add_modifier(Modifier::REVERSED),
            syntax: Syntax {
                comment: fg(palette.comment),
                string: fg(palette.string),
                keyword: fg(palette.keyword),
                number: fg(palette.number),
                name: fg(palette.name),
            },
            ascii: false,
            names: palette.names,
            depth,
        }
    }

    /// Without any colour, as `NO_COLOR` asks for.
    pub fn colourless() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let dim = plain.add_modifier(Modifier::DIM);
        let reversed = plain.add_modifier(Modifier::REVERSED);
        Self {
            ground: plain,
            text: plain,
            dim,
            border: dim,
            heading: bold,
            chosen: bold,
            unread: bold,
            marker: bold,
            good: plain,
            busy: plain,
            bad: bold,
            notice: bold,
            toast: reversed,
            bad_toast: reversed.add_modifier(Modifier::BOLD),
            code: plain,
            link: plain.add_modifier(Modifier::UNDERLINED),
            mention: bold,
            mention_me: bold.add_modifier(Modifier::REVERSED),
            syntax: Syntax { comment: dim, string: plain, keyword: bold, number: plain, name: plain },
            ascii: false,
            names: &[],
            depth: Depth::None,
        }
    }

    /// Puts what is behind everything behind what is drawn.
    pub(super) fn paint_ground(&self, buffer: &mut Buffer) {
        let (Some(front), Some(behind)) = (self.ground.fg, self.ground.bg) else {
            return;
        };
        for cell in &mut buffer.content {
            cell.fg = if cell.fg == Color::Reset { front } else { cell.fg };
            cell.bg = if cell.bg == Color::Reset { behind } else { cell.bg };
        }
    }

    /// The look of a part of code.
    pub fn class(&self, class: Class) -> Style {
        match class {
            Class::Plain => self.code,
            Class::Comment => self.syntax.comment,
            Class::String => self.syntax.string,
            Class::Keyword => self.syntax.keyword,
            Class::Number => self.syntax.number,
            Class::Name => self.syntax.name,
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
            Some(index) => Style::new().fg(colour(*index, self.depth)),
            None => Style::new().add_modifier(Modifier::BOLD),
        }
    }
}

/// A colour of the 256 as it is told to a terminal. Of the first sixteen only the terminal knows what they are.
fn colour(index: u8, depth: Depth) -> Color {
    if depth != Depth::True || index < 16 {
        return Color::Indexed(index);
    }
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return Color::Rgb(grey, grey, grey);
    }
    let step = |place: u8| if place == 0 { 0 } else { 55 + 40 * place };
    let place = index - 16;
    Color::Rgb(step(place / 36), step(place / 6 % 6), step(place % 6))
}
