//! The search box: what was said with some words, newest first, wherever one may read it. It asks the server when one
//! stops typing, and for more when one moves towards the end of what was found.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_proto::{Address, Author, FOUND_MAX, Found, Refusal, Request, Seq, Timestamp};

use super::asked::Purpose;
use super::emphasis::Emphasis;
use super::query::Query;
use super::sought::Goal;
use super::{Action, App, Overlay, excerpt};

/// So long after the last key a search begins, in milliseconds.
const PAUSE_MS: u64 = 200;
/// Most messages in the box.
pub const HITS_MAX: usize = 1000;
/// So near the end of what is here more is asked for.
const NEAR: usize = 10;
/// So many pages without anything that is wanted are looked through at one go.
const BARREN_PAGES_MAX: u32 = 10;
/// Most characters that are typed.
const TYPED_CHARS_MAX: usize = 200;
/// Up and down by a page goes so far.
const PAGE: usize = 8;

/// One message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub address: Address,
    /// Which.
    pub seq: Seq,
    /// Who said it.
    pub author: Author,
    /// When.
    pub at: Timestamp,
    /// A part of it with the words, on one line, fit to be shown.
    pub excerpt: String,
}

/// How far a search is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Progress {
    /// Nothing was typed yet.
    #[default]
    Nothing,
    /// It begins, or goes on, at once or when one stops typing.
    Looking,
    /// So much was found, and there may be more further back.
    More,
    /// That is all.
    All,
    /// It cannot be done, and why.
    Failed(String),
}

/// What is typed, and what was found.
#[derive(Debug, Default)]
pub struct Search {
    /// What is typed.
    pub typed: String,
    /// The next key begins anew.
    pub is_of_before: bool,
    /// What was found, newest first.
    pub hits: Vec<Hit>,
    /// Which of it is chosen.
    pub chosen: usize,
    /// How far it is.
    pub progress: Progress,
    /// So many messages with the words were looked at.
    pub looked_at: u64,
    /// Its words, to show them.
    pub emphasis: Emphasis,
    /// What the hits are of.
    query: Option<Query>,
    /// Where the next page begins.
    before: Option<u64>,
    /// What was typed is searched for then.
    due: Option<Duration>,
    /// An answer is under way.
    is_asking: bool,
    /// It is not wanted any more.
    is_stale: bool,
    /// So many pages brought nothing.
    barren: u32,
    /// The hits are of what was typed before.
    are_of_before: bool,
    /// More is wanted than is here.
    wants_more: bool,
}

impl Search {
    fn retype(&mut self, now: Duration, change: impl FnOnce(&mut String)) {
        change(&mut self.typed);
        self.typed = self.typed.chars().take(TYPED_CHARS_MAX).collect();
        self.is_of_before = false;
        self.begin(now + Duration::from_millis(PAUSE_MS));
    }

    /// What is typed is to be searched for, at some moment.
    fn begin(&mut self, due: Duration) {
        self.is_stale = self.is_asking;
        self.are_of_before = true;
        self.wants_more = false;
        self.before = None;
        self.due = None;
        match Query::parse(&self.typed) {
            Ok(Some(query)) => {
                self.query = Some(query);
                self.due = Some(due);
                self.progress = Progress::Looking;
            }
            Ok(None) => self.clear(Progress::Nothing),
            Err(why) => self.clear(Progress::Failed(why)),
        }
    }

    fn clear(&mut self, progress: Progress) {
        self.query = None;
        self.hits.clear();
        self.chosen = 0;
        self.looked_at = 0;
        self.progress = progress;
    }

    /// What it was asked for may not be what was typed, but some of it.
    pub fn is_narrow(&self) -> bool {
        self.query.as_ref().is_some_and(Query::is_narrow)
    }

    /// Nothing will be answered any more: what was asked is asked again.
    pub(super) fn lost(&mut self) {
        self.is_asking = false;
        self.is_stale = false;
        self.wants_more = self.progress == Progress::Looking && self.due.is_none();
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.due.filter(|_| !self.is_asking)
    }

    fn choose(&mut self, place: usize) {
        self.chosen = place.min(self.hits.len().saturating_sub(1));
        if self.progress == Progress::More && self.chosen + NEAR >= self.hits.len() {
            self.look_further();
        }
    }

    fn look_further(&mut self) {
        self.wants_more = true;
        self.barren = 0;
        self.progress = Progress::Looking;
    }

    fn take(&mut self, found: Vec<Found>, more: bool) {
        if std::mem::take(&mut self.are_of_before) {
            self.hits.clear();
            self.chosen = 0;
            self.looked_at = 0;
            self.barren = 0;
        }
        let Some(query) = &self.query else {
            return;
        };
        self.emphasis = Emphasis::of(query.words.as_str());
        self.before = found.last().map(|found| found.position).or(self.before);
        self.looked_at += u64::try_from(found.len()).unwrap_or(u64::MAX);
        let had = self.hits.len();
        let wanted = found.into_iter().filter(|found| query.wants(&found.event));
        self.hits.extend(wanted.map(|found| hit(found, &self.emphasis)));
        self.hits.truncate(HITS_MAX);
        self.barren = if self.hits.len() == had { self.barren + 1 } else { 0 };
        self.progress = if more { Progress::More } else { Progress::All };
        if self.hits.len() >= HITS_MAX {
            self.progress = Progress::All;
        } else if more && self.chosen + NEAR >= self.hits.len() && self.barren < BARREN_PAGES_MAX {
            self.wants_more = true;
            self.progress = Progress::Looking;
        }
    }
}

fn hit(found: Found, emphasis: &Emphasis) -> Hit {
    let Found { address, event, .. } = found;
    let excerpt = excerpt::of(&event.body, emphasis);
    Hit { address, seq: event.seq, author: event.author, at: event.at, excerpt }
}

impl App {
    /// Shows the box; with words they are searched for at once, without them it is as it was left.
    pub(super) fn open_search(&mut self, words: Option<&str>) {
        if let Some(words) = words {
            self.search.typed = words.chars().take(TYPED_CHARS_MAX).collect();
            self.search.begin(self.now);
        }
        self.search.is_of_before = words.is_none() && !self.search.typed.is_empty();
        self.overlay = Some(Overlay::Search);
    }

    /// A key while the box is open.
    pub(super) fn search_key(&mut self, key: KeyEvent) -> Vec<Action> {
        let now = self.now;
        let search = &mut self.search;
        match (key.modifiers, key.code) {
            (_, KeyCode::Enter) => return self.open_found(),
            (_, KeyCode::Up) => search.choose(search.chosen.saturating_sub(1)),
            (_, KeyCode::Down) => search.choose(search.chosen + 1),
            (_, KeyCode::PageUp) => search.choose(search.chosen.saturating_sub(PAGE)),
            (_, KeyCode::PageDown) => search.choose(search.chosen + PAGE),
            (_, KeyCode::Home) => search.choose(0),
            (_, KeyCode::End) => search.choose(usize::MAX),
            (_, KeyCode::Backspace) => search.retype(now, |typed| {
                typed.pop();
            }),
            (KeyModifiers::CONTROL, KeyCode::Char('u')) => search.retype(now, String::clear),
            (KeyModifiers::CONTROL, KeyCode::Char('w')) => search.retype(now, |typed| {
                let kept = typed.trim_end().rfind(' ').map_or(0, |at| at + 1);
                typed.truncate(kept);
            }),
            (KeyModifiers::NONE | KeyModifiers::SHIFT, KeyCode::Char(c)) => {
                self.type_into_search(c.encode_utf8(&mut [0; 4]));
            }
            _ => {}
        }
        Vec::new()
    }

    /// Adds to what is typed, or begins anew after an earlier search.
    pub(super) fn type_into_search(&mut self, typed: &str) {
        let anew = self.search.is_of_before;
        self.search.retype(self.now, |before| {
            if anew {
                before.clear();
            }
            before.push_str(typed);
        });
    }

    /// Opens the conversation of what is chosen, at that message.
    fn open_found(&mut self) -> Vec<Action> {
        let search = &mut self.search;
        if search.due.is_some() {
            // What is here is not what is typed.
            search.due = Some(self.now);
            return Vec::new();
        }
        let Some(hit) = search.hits.get(search.chosen).filter(|_| !search.are_of_before) else {
            return Vec::new();
        };
        let (address, goal) = (hit.address.clone(), Goal::Event(hit.seq));
        self.overlay = None;
        let actions = self.go_to(address.clone(), Some(goal));
        let emphasis = self.search.emphasis.clone();
        if let Some(talk) = self.talk_mut().filter(|talk| talk.about.address == address) {
            talk.emphasis = emphasis;
        }
        actions
    }

    /// The words that were searched for stand out no longer.
    pub(super) fn stop_emphasising(&mut self) {
        if let Some(talk) = self.talk_mut() {
            talk.emphasis = Emphasis::default();
        }
    }

    /// When a search is due, where it can be asked for.
    pub(super) fn search_deadline(&self) -> Option<Duration> {
        self.search.deadline().filter(|_| self.link.is_online())
    }

    /// Asks for what is due.
    pub(super) fn go_on_searching(&mut self) -> Option<Action> {
        let now = self.now;
        let search = &mut self.search;
        let is_due = search.due.is_some_and(|due| due <= now);
        if search.is_asking || !(is_due || search.wants_more) {
            return None;
        }
        search.due = search.due.filter(|_| !is_due);
        search.wants_more = false;
        let Query { words, of, .. } = search.query.clone()?;
        search.is_asking = true;
        let request = Request::Search { words, of, before: search.before, limit: FOUND_MAX };
        Some(self.ask(request, Purpose::Search))
    }

    /// Something was found, or nothing.
    pub(super) fn found(&mut self, found: Vec<Found>, more: bool) {
        self.search.is_asking = false;
        if !std::mem::take(&mut self.search.is_stale) {
            self.search.take(found, more);
        }
    }

    /// The server would not look.
    pub(super) fn search_refused(&mut self, refusal: &Refusal) {
        self.search.is_asking = false;
        if !std::mem::take(&mut self.search.is_stale) {
            self.search.clear(Progress::Failed(refusal.to_string()));
        }
    }
}
