//! One press of a key with what is held down, in one form for what terminals send and for what people write.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with the modifiers that matter. Shift with a letter is the other letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    modifiers: KeyModifiers,
    code: KeyCode,
}

/// Keys that are pressed one after the other; mostly one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sequence(Vec<Chord>);

const CTRL: KeyModifiers = KeyModifiers::CONTROL;
const ALT: KeyModifiers = KeyModifiers::ALT;
const SHIFT: KeyModifiers = KeyModifiers::SHIFT;

impl Chord {
    /// Terminals differ in whether they tell of Shift, and in the case of letters with Ctrl.
    pub fn new(modifiers: KeyModifiers, code: KeyCode) -> Self {
        let has_shift = modifiers.contains(SHIFT);
        let modifiers = modifiers & (CTRL | ALT | SHIFT);
        match code {
            KeyCode::Char(c) => {
                let c = match (has_shift, modifiers.contains(CTRL)) {
                    (true, _) => c.to_ascii_uppercase(),
                    (false, true) => c.to_ascii_lowercase(),
                    (false, false) => c,
                };
                Self { modifiers: modifiers - SHIFT, code: KeyCode::Char(c) }
            }
            KeyCode::Tab if has_shift => Self { modifiers: modifiers - SHIFT, code: KeyCode::BackTab },
            KeyCode::BackTab => Self { modifiers: modifiers - SHIFT, code },
            code => Self { modifiers, code },
        }
    }

    /// Where one writes, it is a character.
    pub fn is_text(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && !self.modifiers.intersects(CTRL | ALT)
    }

    /// A terminal without any extension sends it, and as nothing else: not Ctrl-I, which is Tab, nor Ctrl-S, which stops
    /// some terminals.
    pub fn is_plain(self) -> bool {
        match self.code {
            KeyCode::Char(c) if self.modifiers.contains(CTRL) => {
                c.is_ascii_lowercase() && !matches!(c, 'h' | 'i' | 'm' | 's')
            }
            KeyCode::Enter | KeyCode::Tab | KeyCode::Backspace | KeyCode::Esc => {
                !self.modifiers.intersects(CTRL | SHIFT)
            }
            _ => true,
        }
    }

    /// As short as people know it: `^K`, `F1`, `Alt-K`.
    fn short(self) -> String {
        match self.code {
            KeyCode::Char(c) if self.modifiers == CTRL => format!("^{}", c.to_ascii_uppercase()),
            _ => self.to_string(),
        }
    }
}

impl From<KeyEvent> for Chord {
    fn from(key: KeyEvent) -> Self {
        Self::new(key.modifiers, key.code)
    }
}

impl FromStr for Chord {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        let mut chars = raw.chars();
        // Alone, `Y` is not `y`.
        if let (Some(c), None) = (chars.next(), chars.next())
            && !c.is_control()
        {
            return Ok(Self::new(KeyModifiers::NONE, KeyCode::Char(c)));
        }
        let parsed = crokey::parse(raw).map_err(|_| format!("there is no key {raw:?}"))?;
        match parsed.codes {
            crokey::OneToThree::One(code) => Ok(Self::new(parsed.modifiers, code)),
            _ => Err(format!("{raw:?} is several keys at once, which no terminal tells of")),
        }
    }
}

/// As people call it: `Ctrl-K`, `Alt-Shift-A`, `PgUp`.
impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with = |held, word| if self.modifiers.contains(held) { word } else { "" };
        write!(f, "{}{}{}", with(CTRL, "Ctrl-"), with(ALT, "Alt-"), with(SHIFT, "Shift-"))?;
        match self.code {
            KeyCode::Char(' ') => f.write_str("Space"),
            // A letter with Ctrl or Alt is written large and means the small one.
            KeyCode::Char(c) if self.modifiers.is_empty() => write!(f, "{c}"),
            KeyCode::Char(c) if c.is_ascii_uppercase() => write!(f, "Shift-{c}"),
            KeyCode::Char(c) => write!(f, "{}", c.to_ascii_uppercase()),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::Delete => f.write_str("Del"),
            KeyCode::BackTab => f.write_str("Shift-Tab"),
            code => write!(f, "{code}"),
        }
    }
}

impl Sequence {
    /// All that is pressed.
    pub fn chords(&self) -> &[Chord] {
        &self.0
    }

    /// As short as people know it: `^K`, `^X ^E`.
    pub fn short(&self) -> String {
        let chords: Vec<String> = self.0.iter().map(|chord| chord.short()).collect();
        chords.join(" ")
    }

    /// Who types one may have typed the other before: they are the same, or one is how the other begins.
    pub(super) fn collides(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, other)| one == other)
    }
}

impl FromStr for Sequence {
    type Err = String;

    fn from_str(raw: &str) -> Result<Self, String> {
        let chords: Vec<Chord> = raw.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        if chords.is_empty() { Err("no key is named".to_owned()) } else { Ok(Self(chords)) }
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, chord) in self.0.iter().enumerate() {
            write!(f, "{}{chord}", if i > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}
