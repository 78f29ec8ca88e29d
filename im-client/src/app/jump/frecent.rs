//! What was chosen often and lately comes first. Each choice counts one; what was counted halves in three days.

use std::collections::BTreeMap;

use im_proto::Timestamp;

use super::super::App;
use super::super::keys::Row;
use super::Goal;

/// What was counted halves in so long, in hours.
const HALF_LIFE_HOURS: f64 = 72.0;
/// Most names that are kept: the least used gives way.
const NAMES_MAX: usize = 500;

/// What was chosen, by name, with what it counted for when it was chosen last.
#[derive(Debug, Default)]
pub struct Frecent(BTreeMap<String, (f64, Timestamp)>);

impl Frecent {
    /// It was chosen.
    pub fn used(&mut self, name: String, at: Timestamp) {
        let before = self.of(&name, at);
        self.0.insert(name, (before + 1.0, at));
        if self.0.len() > NAMES_MAX {
            let now = |(name, _): &(&String, &(f64, Timestamp))| self.of(name, at);
            let least = self.0.iter().min_by(|one, other| now(one).total_cmp(&now(other)));
            if let Some(name) = least.map(|(name, _)| name.clone()) {
                self.0.remove(&name);
            }
        }
    }

    /// What something counts for now.
    pub fn of(&self, name: &str, now: Timestamp) -> f64 {
        const HOUR_MS: f64 = 3_600_000.0;
        let Some((count, at)) = self.0.get(name) else {
            return 0.0;
        };
        let age = std::time::Duration::from_millis(now.0.saturating_sub(at.0));
        count * (-(age.as_secs_f64() * 1000.0 / HOUR_MS / HALF_LIFE_HOURS)).exp2()
    }
}

/// By what name a goal is counted, if it is.
pub(super) fn name_of(app: &App, goal: &Goal) -> Option<String> {
    match goal {
        Goal::Talk(id) => app.conversations.get(*id).map(|talk| talk.about.address.to_string()),
        Goal::Person(user) => Some(format!("@{user}")),
        Goal::Room(name) => Some(format!("#{name}")),
        Goal::Deed(deed) => Row::of(*deed).map(|row| format!(">{}", row.name)),
        Goal::Command(word) => Some((*word).to_owned()),
        Goal::Emoji(emoji) => Some(format!(":{emoji}")),
        Goal::Search(_) | Goal::Kind(_) => None,
    }
}
