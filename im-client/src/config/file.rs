//! The file as it is written: what may stand in it, and in which line something does.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{Config, Look, Notify};
use crate::app::keys::{Keymap, Overrides, Profile};

/// The word in `[keys]` that is no deed.
const PROFILE: &str = "profile";

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    server: Option<String>,
    theme: Look,
    ascii: bool,
    mouse: bool,
    notify: Notify,
    keys: BTreeMap<String, Spanned<Keys>>,
}

impl Default for File {
    fn default() -> Self {
        let Config { server, theme, ascii, mouse, profile: _, keymap: _, notify } = Config::default();
        Self { server, theme, ascii, mouse, notify, keys: BTreeMap::new() }
    }
}

/// `"ctrl-k"`, `["alt-up", "alt-p"]`, or `""` for none.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a key such as \"ctrl-k\", a list of them, or \"\" for none")]
enum Keys {
    One(String),
    Several(Vec<String>),
}

type Wrong = (Option<usize>, String);

pub(super) fn parse(text: &str) -> Result<Config, Wrong> {
    let file: File = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_of(text, &span));
        (line, error.message().replace('\n', ": "))
    })?;
    let (profile, keymap) = keys(text, &file.keys)?;
    let File { server, theme, ascii, mouse, notify, keys: _ } = file;
    Ok(Config { server, theme, ascii, mouse, profile, keymap, notify })
}

fn keys(text: &str, written: &BTreeMap<String, Spanned<Keys>>) -> Result<(Profile, Keymap), Wrong> {
    let mut profile = Profile::default();
    let mut overrides = Overrides::new();
    for (name, keys) in written {
        match keys.get_ref() {
            Keys::One(word) if name == PROFILE => {
                profile = profile_of(word).map_err(|why| at(text, keys, why))?;
            }
            Keys::Several(_) if name == PROFILE => {
                return Err(at(text, keys, "there is one profile".to_owned()));
            }
            Keys::One(key) => {
                overrides.insert(name.clone(), vec![key.clone()]);
            }
            Keys::Several(keys) => {
                overrides.insert(name.clone(), keys.clone());
            }
        }
    }
    let keymap = Keymap::new(profile, &overrides).map_err(|error| {
        // Of two deeds that clash, the one further down is the one to look at.
        let lines = error.names.iter().filter_map(|name| written.get(name));
        (lines.map(|keys| line_of(text, &keys.span())).max(), error.why)
    })?;
    Ok((profile, keymap))
}

fn profile_of(word: &str) -> Result<Profile, String> {
    let found = Profile::ALL.into_iter().find(|profile| profile.name() == word);
    found.ok_or_else(|| {
        let names = Profile::ALL.map(Profile::name).join(", ");
        format!("there is no profile {word:?}, only {names}")
    })
}

fn at(text: &str, keys: &Spanned<Keys>, why: String) -> Wrong {
    (Some(line_of(text, &keys.span())), why)
}

/// The line in which something begins, from 1.
fn line_of(text: &str, span: &Range<usize>) -> usize {
    let before = text.get(..span.start).unwrap_or(text);
    before.matches('\n').count() + 1
}
