//! What the terminal can show, and whether it is dark or light. What somebody chose is in the configuration.

use crate::config::Look;

/// How many colours a terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// None.
    None,
    /// Its own sixteen.
    Sixteen,
    /// 256, most of them fixed.
    #[default]
    Many,
    /// Any.
    True,
}

/// What is behind the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ground {
    /// Something dark.
    #[default]
    Dark,
    /// Something light.
    Light,
}

/// All of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    /// Whoever looks wants no colours by themselves (`NO_COLOR`): a theme that is chosen by name has them all the same.
    pub no_colour: bool,
    /// How many colours there are.
    pub depth: Depth,
    /// What is behind the text, as far as is known.
    pub ground: Ground,
    /// The terminal is not known to be one that shows escape sequences for links as text, and knows bold from struck.
    pub rich: bool,
}

impl Default for Looks {
    fn default() -> Self {
        Self { no_colour: false, depth: Depth::default(), ground: Ground::default(), rich: true }
    }
}

/// Terminals that are known by name to show 256 colours, whose names do not say so.
const MANY_COLOURS: [&str; 9] =
    ["alacritty", "contour", "foot", "ghostty", "kitty", "rio", "st", "tmux", "wezterm"];
/// Terminals that are hardware, or behave like it.
const OLD: [&str; 5] = ["linux", "vt", "ansi", "cons", "dumb"];

impl Looks {
    /// What the environment tells, by the names of its variables.
    pub fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let term = variable("TERM").unwrap_or_default();
        let is_one_of = |names: &[&str]| {
            names.iter().any(|name| {
                let rest = term.strip_prefix("xterm-").unwrap_or(&term).strip_prefix(name);
                rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
            })
        };
        let is_set = |name| variable(name).is_some_and(|set| !set.is_empty());
        let is_true = variable("COLORTERM").is_some_and(|set| set == "truecolor" || set == "24bit");
        let depth = match term.as_str() {
            "" | "dumb" => Depth::None,
            _ if term.starts_with("vt1") => Depth::None,
            _ if is_true || term.ends_with("-direct") => Depth::True,
            _ if term.contains("256color") || is_one_of(&MANY_COLOURS) => Depth::Many,
            _ => Depth::Sixteen,
        };
        Self {
            no_colour: is_set("NO_COLOR"),
            depth,
            ground: variable("COLORFGBG").and_then(|told| ground_of(&told)).unwrap_or_default(),
            rich: !(term.is_empty() || is_one_of(&OLD)),
        }
    }

    /// It matters whether the terminal is dark or light, and asking it does no harm.
    pub fn would_ask(&self, wanted: Look) -> bool {
        self.rich && matches!(wanted, Look::Auto | Look::Sixteen | Look::ColourBlind)
    }
}

/// `15;0`: what is behind the text, as rxvt, Konsole and others tell it.
fn ground_of(told: &str) -> Option<Ground> {
    let behind: u8 = told.rsplit(';').next()?.parse().ok()?;
    Some(if behind == 7 || (9..=15).contains(&behind) { Ground::Light } else { Ground::Dark })
}
