//! Which key does what, at run time: a profile of the table, and over it what somebody has configured.

use std::collections::BTreeMap;

use thiserror::Error;

use super::chord::{Chord, Sequence};
use super::table::{Deed, Place, Row, rows};

/// A set of default keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// What most programs in terminals do.
    #[default]
    Default,
    /// For hands that know vim.
    Vim,
    /// For hands that know emacs.
    Emacs,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Default, Self::Vim, Self::Emacs];

    /// Its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Vim => "vim",
            Self::Emacs => "emacs",
        }
    }

    /// The keys of a deed as the configuration spells them.
    pub fn keys(self, row: &Row) -> &'static [&'static str] {
        match self {
            Self::Default => row.keys,
            Self::Vim => row.vim.unwrap_or(row.keys),
            Self::Emacs => row.emacs.unwrap_or(row.keys),
        }
    }
}

/// What somebody has configured: names of deeds, and their keys instead of those of the profile.
pub type Overrides = BTreeMap<String, Vec<String>>;

/// Why there is no such keymap.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{why}")]
pub struct KeysError {
    /// The names of the deeds it is about. Not all of them need to have been configured.
    pub names: Vec<String>,
    /// What is wrong.
    pub why: String,
}

/// A deed and the keys that do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The deed.
    pub deed: Deed,
    /// Where its keys hold.
    pub place: Place,
    /// Its keys; perhaps none.
    pub keys: Vec<Sequence>,
}

/// What keys that were pressed mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// This.
    Deed(Deed),
    /// Nothing yet: they are how something longer begins.
    Begins,
    /// Nothing.
    Nothing,
}

/// Which key does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap(Vec<Bound>);

impl Default for Keymap {
    fn default() -> Self {
        Self::of(Profile::Default)
    }
}

impl Keymap {
    /// The keys of a profile as they are. That its table is sound is a test.
    pub fn of(profile: Profile) -> Self {
        let parsed = |key: &&str| key.parse().ok();
        let bound = |row: &Row| Bound {
            deed: row.deed,
            place: row.place,
            keys: profile.keys(row).iter().filter_map(parsed).collect(),
        };
        Self(rows().map(bound).collect())
    }

    /// The keys of a profile, and over them what was configured, if that makes sense.
    pub fn new(profile: Profile, overrides: &Overrides) -> Result<Self, KeysError> {
        for name in overrides.keys() {
            known(name)?;
        }
        let mut all: Vec<Bound> = Vec::new();
        for row in rows() {
            let spelled: Vec<&str> = match overrides.get(row.name) {
                Some(keys) => keys.iter().map(String::as_str).filter(|key| !key.trim().is_empty()).collect(),
                None => profile.keys(row).to_vec(),
            };
            let mut keys = Vec::new();
            for key in spelled {
                let key: Sequence = key.parse().map_err(|why| error(&[row.name], why))?;
                fits(&key, row)?;
                keys.push(key);
            }
            let bound = Bound { deed: row.deed, place: row.place, keys };
            apart(&bound, &all)?;
            all.push(bound);
        }
        Ok(Self(all))
    }

    /// Each deed, in the order of the table.
    pub fn all(&self) -> &[Bound] {
        &self.0
    }

    /// What has been pressed, at a place: while one writes, in select mode, or in an overlay.
    pub fn look(&self, at: Place, pressed: &[Chord]) -> Looked {
        let here = self.0.iter().filter(|bound| bound.place.overlaps(at));
        let mut looked = Looked::Nothing;
        for (deed, key) in here.flat_map(|bound| bound.keys.iter().map(|key| (bound.deed, key))) {
            if key.chords() == pressed {
                return Looked::Deed(deed);
            }
            if key.chords().starts_with(pressed) {
                looked = Looked::Begins;
            }
        }
        looked
    }

    /// The keys of a deed.
    pub fn keys(&self, deed: Deed) -> &[Sequence] {
        self.0.iter().find(|bound| bound.deed == deed).map_or(&[], |bound| &bound.keys)
    }

    /// All keys of a deed as people call them: `Alt-Up, Alt-P`; empty if it has none.
    pub fn shown(&self, deed: Deed) -> String {
        let keys: Vec<String> = self.keys(deed).iter().map(ToString::to_string).collect();
        keys.join(", ")
    }

    /// The first key of a deed: `Ctrl-K`.
    pub fn first(&self, deed: Deed) -> Option<String> {
        self.keys(deed).first().map(ToString::to_string)
    }

    /// The first key of a deed where there is little room: `^K`.
    pub fn short(&self, deed: Deed) -> Option<String> {
        self.keys(deed).first().map(Sequence::short)
    }

    /// A hint, if the deed has a key: `Ctrl-K jump`.
    pub fn hint(&self, deed: Deed, does: &str) -> Option<String> {
        self.first(deed).map(|key| format!("{key} {does}"))
    }
}

fn error(names: &[&str], why: String) -> KeysError {
    KeysError { names: names.iter().map(|name| (*name).to_owned()).collect(), why }
}

fn known(name: &str) -> Result<(), KeysError> {
    if rows().any(|row| row.name == name) {
        return Ok(());
    }
    let nearest = rows().map(|row| (strsim::damerau_levenshtein(name, row.name), row.name)).min();
    let meant = match nearest {
        Some((distance, nearest)) if distance <= name.len() / 2 => format!("; did you mean {nearest}?"),
        _ => String::new(),
    };
    Err(error(&[name], format!("nothing that a key does is called {name}{meant}")))
}

/// Where one writes, a letter is a letter.
fn fits(key: &Sequence, row: &Row) -> Result<(), KeysError> {
    match key.chords().first() {
        Some(first) if row.place.has_text() && first.is_text() => Err(error(
            &[row.name],
            format!("{first} is what one types, it cannot be the key of {}", row.name),
        )),
        _ => Ok(()),
    }
}

/// No key means two things at one place, and none is how another begins.
fn apart(new: &Bound, others: &[Bound]) -> Result<(), KeysError> {
    for other in others.iter().filter(|other| other.place.overlaps(new.place)) {
        for key in &new.keys {
            let Some(same) = other.keys.iter().find(|same| same.collides(key)) else {
                continue;
            };
            let name = |deed| Row::of(deed).map_or("", |row| row.name);
            let names = [name(other.deed), name(new.deed)];
            let [one, two] = names;
            let why = if same == key {
                format!("{key} is the key of both {one} and {two}")
            } else {
                format!("{same} of {one} and {key} of {two} begin alike, so that one of them cannot be typed")
            };
            return Err(error(&names, why));
        }
    }
    Ok(())
}
