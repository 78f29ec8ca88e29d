//! What fits what is typed, the likeliest first: by how well it fits, then what waits to be read, then what was chosen
//! often and lately.

use im_proto::{Address, RoomName, UserName};

use super::super::fuzzy::Fuzzy;
use super::super::{App, Talk, commands, keys};
use super::frecent::name_of;
use super::{Goal, Kind, Row};

/// Most rows.
const ROWS_MAX: usize = 200;
/// What waits to be read fits better by so much for each step of urgency.
const URGENT_SCORE: f64 = 12.0;
/// So much better fits at most what was chosen before.
const FRECENT_SCORE_MAX: f64 = 24.0;

/// Something that may be chosen, before it is known whether it fits.
struct Candidate {
    goal: Goal,
    name: String,
    head: usize,
    right: String,
    /// What waits there.
    urgency: u8,
    /// It is where one is.
    is_here: bool,
}

impl Candidate {
    fn new(goal: Goal, name: impl Into<String>) -> Self {
        let name = name.into();
        let head = name.chars().count();
        Self { goal, name, head, right: String::new(), urgency: 0, is_here: false }
    }

    /// With what it does, and its key.
    fn described(goal: Goal, name: &str, does: &str, right: String) -> Self {
        let head = name.chars().count();
        Self { right, head, ..Self::new(goal, format!("{name}  {does}")) }
    }
}

/// The rows for what is typed.
pub fn rows(app: &App, typed: &str) -> Vec<Row> {
    let (kind, typed) = Kind::of(typed);
    let candidates = match kind {
        Kind::Places => talks(app, |_| true).chain(people(app)).collect(),
        Kind::Rooms => talks(app, |talk| matches!(talk.about.address, Address::Room(_))).collect(),
        Kind::People => {
            talks(app, |talk| matches!(talk.about.address, Address::User(_))).chain(people(app)).collect()
        }
        Kind::Deeds => deeds(app),
        Kind::Messages => return search(typed),
        Kind::Emoji => emoji(typed.is_empty()),
        Kind::Kinds => kinds(),
    };
    let mut rows = ranked(app, typed, candidates);
    rows.extend(not_here(app, kind, typed));
    rows
}

fn ranked(app: &App, typed: &str, candidates: Vec<Candidate>) -> Vec<Row> {
    let mut fuzzy = Fuzzy::new(typed);
    let scored = candidates.into_iter().filter_map(|candidate| {
        let (score, marks) = fuzzy.fits(&candidate.name)?;
        let used = name_of(app, &candidate.goal).map_or(0.0, |name| app.frecent.of(&name, app.wall));
        let Candidate { goal, name, head, right, urgency, is_here } = candidate;
        // Without anything typed one wants to be elsewhere.
        let elsewhere = !(is_here && typed.is_empty());
        let urgent =
            f64::from(urgency) * if typed.is_empty() { FRECENT_SCORE_MAX * 2.0 } else { URGENT_SCORE };
        let score = f64::from(score) + urgent + (used * 8.0).min(FRECENT_SCORE_MAX);
        let by_name = name.chars().count();
        Some((elsewhere, score, by_name, Row { goal, name, marks, head, right }))
    });
    let mut scored: Vec<_> = scored.collect();
    // Of those that are alike the first stays first; of two names that hold what is typed the shorter is likelier.
    scored.sort_by(|(elsewhere, score, length, _), (other_elsewhere, other, other_length, _)| {
        let by_score = other_elsewhere.cmp(elsewhere).then(other.total_cmp(score));
        if typed.is_empty() { by_score } else { by_score.then(length.cmp(other_length)) }
    });
    scored.into_iter().take(ROWS_MAX).map(|(.., row)| row).collect()
}

fn talks(app: &App, which: impl Fn(&Talk) -> bool) -> impl Iterator<Item = Candidate> {
    let listed = app.listed().into_iter().filter(move |(_, talk)| which(talk));
    listed.map(|(_, talk)| {
        let name = match &talk.about.address {
            Address::User(user) => app.guest_of(talk).map_or_else(|| user.to_string(), crate::wording::guest),
            Address::Room(name) => name.to_string(),
        };
        Candidate {
            urgency: app.urgency(talk),
            is_here: app.open == Some(talk.about.id),
            ..Candidate::new(Goal::Talk(talk.about.id), name)
        }
    })
}

/// People with whom there is no conversation yet.
fn people(app: &App) -> impl Iterator<Item = Candidate> {
    let strange = |user: &UserName| {
        app.me.as_ref() != Some(user) && app.conversations.named(&Address::User(user.clone())).is_none()
    };
    let known = app.people.known().into_iter().filter(strange);
    known.map(|user| {
        let shown = if app.people.is_guest(&user) == Some(true) {
            crate::wording::guest(&user)
        } else {
            user.to_string()
        };
        Candidate::new(Goal::Person(user), shown)
    })
}

fn deeds(app: &App) -> Vec<Candidate> {
    let keymap = &app.config.keymap;
    let deeds = keys::rows()
        .map(|row| Candidate::described(Goal::Deed(row.deed), row.name, row.does, keymap.shown(row.deed)));
    let words = commands::all()
        .map(|(word, usage, does)| Candidate::described(Goal::Command(word), &usage, does, String::new()));
    deeds.chain(words).collect()
}

fn search(typed: &str) -> Vec<Row> {
    if typed.is_empty() {
        return Vec::new();
    }
    let name = format!("search everywhere for “{typed}”");
    let head = name.chars().count();
    vec![Row { goal: Goal::Search(typed.to_owned()), name, marks: Vec::new(), head, right: String::new() }]
}

fn emoji(first: bool) -> Vec<Candidate> {
    // Without anything typed, those that people use; else all, by all of their names.
    let all = emojis::iter().flat_map(|emoji| emoji.shortcodes().map(move |code| (emoji, code)));
    let most = if first { ROWS_MAX } else { usize::MAX };
    let candidates = all.take(most).map(|(emoji, code)| Candidate {
        right: emoji.as_str().to_owned(),
        ..Candidate::new(Goal::Emoji(emoji.as_str()), code)
    });
    candidates.collect()
}

fn kinds() -> Vec<Candidate> {
    let shown = |prefix: &str| if prefix.is_empty() { "nothing".to_owned() } else { prefix.to_owned() };
    let kinds = Kind::ALL.iter();
    kinds
        .map(|(_, prefix, does)| {
            Candidate::described(Goal::Kind(prefix), &shown(prefix), does, String::new())
        })
        .collect()
}

/// Where one could be that is called just what is typed.
fn not_here(app: &App, kind: Kind, typed: &str) -> Option<Row> {
    let (goal, name, address) = match kind {
        Kind::Rooms => {
            let room: RoomName = typed.parse().ok()?;
            (Goal::Room(room.clone()), format!("join #{room}"), Address::Room(room))
        }
        Kind::People => {
            let user: UserName = typed.parse().ok()?;
            (Goal::Person(user.clone()), format!("talk to @{user}"), Address::User(user))
        }
        _ => return None,
    };
    let known = matches!(&goal, Goal::Person(user) if app.people.known().contains(user));
    if known || app.conversations.named(&address).is_some() {
        return None;
    }
    let head = name.chars().count();
    Some(Row { goal, name, marks: Vec::new(), head, right: String::new() })
}
