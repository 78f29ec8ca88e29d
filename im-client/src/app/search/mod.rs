//! Searching: what was said with some words, newest first. It asks the server when one stops typing, and for more when one
//! moves towards the end of what was found. The box for everywhere and the line for here are two looks at one thing.

mod everywhere;
mod excerpt;
mod here;
mod query;

use std::time::Duration;

use im_proto::{Address, Author, Found, Refusal, Request, Seq, Timestamp};

use super::asked::Purpose;
use super::emphasis::Emphasis;
use super::{Action, App, Overlay};
use query::{Meant, Query};

pub(super) use here::Origin;

/// So long after the last key a search begins, in milliseconds.
const PAUSE_MS: u64 = 200;
/// Most messages that are found.
pub const HITS_MAX: usize = 1000;
/// So near the end of what is here more is asked for.
const NEAR: usize = 10;
/// So many pages without anything that is wanted are looked through at one go.
const BARREN_PAGES_MAX: u32 = 10;
/// Most characters that are typed.
const TYPED_CHARS_MAX: usize = 200;

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

/// Which search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// What was said anywhere, in a box.
    Everywhere,
    /// What was said in the open conversation, in a line.
    Here,
    /// What mentions one, in a box.
    Mentions,
}

impl Which {
    const ALL: [Self; 3] = [Self::Everywhere, Self::Here, Self::Mentions];
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
    /// The only place where anything is looked for, whatever is typed.
    here: Option<Address>,
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
    /// Not all that the server found was wanted.
    pub fn is_narrow(&self) -> bool {
        self.query.as_ref().is_some_and(Query::is_narrow)
    }

    /// What is chosen, of what is typed.
    fn hit(&self) -> Option<&Hit> {
        self.hits.get(self.chosen).filter(|_| !self.are_of_before)
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

    fn clear(&mut self, progress: Progress) {
        self.query = None;
        self.hits.clear();
        self.chosen = 0;
        self.looked_at = 0;
        self.emphasis = Emphasis::default();
        self.progress = progress;
    }

    /// Nothing will be answered any more: what was asked is asked again.
    fn lost(&mut self) {
        self.is_asking = false;
        self.is_stale = false;
        self.wants_more = self.progress == Progress::Looking && self.due.is_none();
    }

    fn deadline(&self) -> Option<Duration> {
        self.due.filter(|_| !self.is_asking)
    }

    /// What is to be asked for now.
    fn request(&mut self, now: Duration) -> Option<Request> {
        let is_due = self.due.is_some_and(|due| due <= now);
        if self.is_asking || !(is_due || self.wants_more) {
            return None;
        }
        self.due = self.due.filter(|_| !is_due);
        self.wants_more = false;
        let request = self.query.as_ref()?.request(self.before);
        self.is_asking = true;
        Some(request)
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
        self.emphasis = query.emphasis();
        self.before = found.last().map(|found| found.position).or(self.before);
        self.looked_at += u64::try_from(found.len()).unwrap_or(u64::MAX);
        let had = self.hits.len();
        let wanted = found.into_iter().filter(|found| query.wants(found));
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
    /// One of the searches.
    pub fn searched(&self, which: Which) -> &Search {
        match which {
            Which::Everywhere => &self.search,
            Which::Here => &self.finding,
            Which::Mentions => &self.mentions,
        }
    }

    fn search_mut(&mut self, which: Which) -> &mut Search {
        match which {
            Which::Everywhere => &mut self.search,
            Which::Here => &mut self.finding,
            Which::Mentions => &mut self.mentions,
        }
    }

    /// Changes what is typed; it is searched for when one stops.
    fn retype_search(&mut self, which: Which, change: impl FnOnce(&mut String)) {
        let due = self.now + Duration::from_millis(PAUSE_MS);
        let search = self.search_mut(which);
        change(&mut search.typed);
        search.typed = search.typed.chars().take(TYPED_CHARS_MAX).collect();
        search.is_of_before = false;
        self.begin_search(which, due);
    }

    /// What is typed is to be searched for, at some moment.
    fn begin_search(&mut self, which: Which, due: Duration) {
        let by = Meant { wall: self.wall, zone: self.zone.clone() };
        let me = self.me.clone();
        let search = self.search_mut(which);
        search.is_stale = search.is_asking;
        search.are_of_before = true;
        search.wants_more = false;
        search.before = None;
        search.due = None;
        let meant = match (which, &search.here, me) {
            (Which::Here, Some(here), _) => Query::here(&search.typed, here),
            (Which::Mentions, _, Some(me)) => Query::mentions(&search.typed, &me, &by),
            _ => Query::parse(&search.typed, &by),
        };
        match meant {
            Ok(Some(query)) => {
                search.query = Some(query);
                search.due = Some(due);
                search.progress = Progress::Looking;
            }
            Ok(None) => search.clear(Progress::Nothing),
            Err(why) => search.clear(Progress::Failed(why)),
        }
    }

    /// Adds to what is typed, or begins anew after an earlier search.
    fn type_into_search(&mut self, which: Which, typed: &str) {
        let anew = self.search_mut(which).is_of_before;
        self.retype_search(which, |before| {
            if anew {
                before.clear();
            }
            before.push_str(typed);
        });
    }

    /// The first line of what was pasted is typed into whichever of the boxes is shown.
    pub(super) fn paste_into_search(&mut self, pasted: &str) {
        let line = pasted.lines().next().unwrap_or_default();
        match self.overlay {
            Some(Overlay::Search(which)) => self.type_into_search(which, line),
            Some(Overlay::Find) => self.type_into_search(Which::Here, line),
            Some(Overlay::GoTo(_)) => self.type_date(line),
            Some(Overlay::Account(_)) => self.type_secret(line),
            _ => {}
        }
    }

    /// Takes a word from the end of what is typed.
    fn shorten_search(&mut self, which: Which) {
        self.retype_search(which, |typed| {
            let kept = typed.trim_end().rfind(' ').map_or(0, |at| at + 1);
            typed.truncate(kept);
        });
    }

    /// When a search is due, where it can be asked for.
    pub(super) fn search_deadline(&self) -> Option<Duration> {
        let due = Which::ALL.into_iter().filter_map(|which| self.searched(which).deadline()).min();
        due.filter(|_| self.is_following && self.link.is_online())
    }

    /// Asks for what is due.
    pub(super) fn go_on_searching(&mut self) -> Vec<Action> {
        let now = self.now;
        let mut actions = Vec::new();
        for which in Which::ALL {
            let request = self.search_mut(which).request(now);
            actions.extend(request.map(|request| self.ask(request, Purpose::Search(which))));
        }
        actions
    }

    /// Something was found, or nothing.
    pub(super) fn found(&mut self, which: Which, found: Vec<Found>, more: bool) {
        let search = self.search_mut(which);
        search.is_asking = false;
        if std::mem::take(&mut search.is_stale) {
            return;
        }
        search.take(found, more);
        if which == Which::Here {
            self.found_here();
        }
    }

    /// The server would not look.
    pub(super) fn search_refused(&mut self, which: Which, refusal: &Refusal) {
        let search = self.search_mut(which);
        search.is_asking = false;
        if !std::mem::take(&mut search.is_stale) {
            search.clear(Progress::Failed(refusal.to_string()));
        }
    }

    /// Nothing that was asked will be answered.
    pub(super) fn searches_lost(&mut self) {
        Which::ALL.into_iter().for_each(|which| self.search_mut(which).lost());
    }

    /// The words that were searched for stand out no longer.
    pub(super) fn stop_emphasising(&mut self) {
        if let Some(talk) = self.talk_mut() {
            talk.emphasis = Emphasis::default();
        }
    }
}
