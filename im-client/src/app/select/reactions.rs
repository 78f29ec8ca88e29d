//! Which reaction: those used lately, by a digit, or any emoji by a part of its name.

use im_proto::Reaction;

use super::super::{App, fuzzy};

/// So many of those used lately have a digit.
pub const RECENT_MAX: usize = 6;
/// Most that are listed at once.
const LISTED_MAX: usize = 200;
/// What people use who have used none yet.
const USUAL: [&str; RECENT_MAX] = ["👍", "❤️", "😂", "🎉", "😮", "👀"];

/// What is typed, and which of the fitting is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picker {
    /// What is typed.
    pub typed: String,
    /// Which of those that fit.
    pub chosen: usize,
}

/// One that may be picked, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The reaction.
    pub reaction: Reaction,
    /// Its name.
    pub name: String,
}

/// Those used lately, filled up with the usual ones.
pub fn recent(app: &App) -> Vec<Offered> {
    let usual = USUAL.iter().filter_map(|usual| Reaction::parse(usual).ok());
    let mut recent = app.notes.reactions.clone();
    recent.extend(usual.filter(|usual| !app.notes.reactions.contains(usual)));
    let offered = recent.into_iter().take(RECENT_MAX).map(|reaction| {
        let name = emojis::get(reaction.as_str()).map_or(String::new(), named);
        Offered { reaction, name }
    });
    offered.collect()
}

/// What fits what is typed: without anything typed, those used lately and then all. A word that is no emoji can be a
/// reaction too.
pub fn fitting(app: &App, typed: &str) -> Vec<Offered> {
    let typed = typed.trim().trim_matches(':');
    let offered = |emoji: &'static emojis::Emoji| {
        let reaction = Reaction::parse(emoji.as_str()).ok()?;
        Some(Offered { reaction, name: named(emoji) })
    };
    if typed.is_empty() {
        let recent = recent(app);
        let others = emojis::iter().filter_map(offered).filter(|one| !recent.contains(one));
        return recent.iter().cloned().chain(others).take(LISTED_MAX).collect();
    }
    let all = emojis::iter().filter_map(|emoji| Some((offered(emoji)?, words(emoji))));
    let mut fitting = fuzzy::best(typed, all, LISTED_MAX);
    if let Ok(reaction) = Reaction::parse(typed)
        && fitting.iter().all(|one| one.reaction != reaction)
    {
        fitting.push(Offered { reaction, name: "as a word".to_owned() });
    }
    fitting
}

/// What an emoji is called: as it is typed between colons, or else its name.
fn named(emoji: &emojis::Emoji) -> String {
    emoji.shortcode().map_or_else(|| emoji.name().to_owned(), ToOwned::to_owned)
}

/// All by which it is found.
pub fn words(emoji: &emojis::Emoji) -> String {
    let mut words: Vec<&str> = emoji.shortcodes().collect();
    words.push(emoji.name());
    words.join(" ")
}

impl App {
    /// A reaction was used: it is the first to be offered the next time.
    pub(super) fn used(&mut self, reaction: &Reaction) {
        let recent = &mut self.notes.reactions;
        recent.retain(|known| known != reaction);
        recent.insert(0, reaction.clone());
        recent.truncate(RECENT_MAX);
    }
}
