//! What happens as lines, one after another, for screen readers, logs and terminals that can do nothing but print: the
//! other way to draw what the client knows. Nothing is drawn twice, and nothing that is printed can act on a terminal.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use im_proto::{Body, ConversationId, Event, MessageId, Seq, printable_lines};

use crate::app::rows::clock;
use crate::app::search::Progress;
use crate::app::{self, App, Overlay, Talk, Toast, UnsentState, help, pending};
use crate::headless::output::told as said_by;
use crate::wording;

/// So many of the newest messages of a conversation are told when it is opened.
const EARLIER_MAX: usize = 10;
/// So many messages of one's own are known again when they come back.
const OWN_MAX: usize = 1000;
/// Lines are as long as they are: whoever shows them wraps them.
const COLUMNS: u16 = u16::MAX;

/// What was told so far.
#[derive(Debug, Default)]
pub struct Narrator {
    /// What one says is seen as one types it, and not told again.
    is_echoed: bool,
    told: BTreeMap<ConversationId, Seq>,
    open: Option<ConversationId>,
    /// The one that is open is still to be told, from its newest messages on.
    opening: bool,
    toasts: Vec<Toast>,
    online: Option<bool>,
    own: VecDeque<MessageId>,
    states: BTreeMap<MessageId, &'static str>,
    pending: Vec<String>,
    /// Whether to quit was asked.
    asks: bool,
}

impl Narrator {
    /// Nothing was told yet. What one types is seen by itself, or not.
    pub fn new(is_echoed: bool) -> Self {
        Self { is_echoed, ..Self::default() }
    }

    /// What is new, as lines without their ends.
    pub fn lines(&mut self, app: &App) -> Vec<String> {
        let mut lines = Vec::new();
        self.link(app, &mut lines);
        self.outbox(app, &mut lines);
        self.conversations(app, &mut lines);
        self.toasts(app, &mut lines);
        let waiting: Vec<String> =
            pending::lines(app, COLUMNS, usize::MAX).into_iter().map(|(_, line)| line).collect();
        lines.extend(waiting.iter().filter(|line| !self.pending.contains(line)).map(|line| noted(line)));
        self.pending = waiting;
        let asks = matches!(app.overlay, Some(Overlay::Quit));
        // A question is asked once, and stays until it is answered.
        if !(asks && self.asks) {
            lines.extend(answer(app).unwrap_or_default());
        }
        self.asks = asks;
        lines
    }

    fn link(&mut self, app: &App, lines: &mut Vec<String>) {
        let online = app.link.is_online();
        if !app.is_chatting() || self.online == Some(online) || (self.online.is_none() && !online) {
            return;
        }
        self.online = Some(online);
        let me = app.me.as_ref().map_or_else(String::new, |me| format!(" as {me}"));
        lines.push(if online {
            noted(&format!("connected to {}{me}", app.server))
        } else {
            noted("not connected: what you say waits here, and is sent when the server is back")
        });
    }

    fn conversations(&mut self, app: &App, lines: &mut Vec<String>) {
        let is_first = self.told.is_empty();
        for talk in app.conversations.all() {
            let (id, head, unread) = (talk.about.id, talk.about.head, talk.about.unread);
            // What was unread before is counted, and told when one goes there.
            let from = if is_first { head } else { Seq(head.0.saturating_sub(unread)) };
            if let Entry::Vacant(place) = self.told.entry(id) {
                place.insert(from);
                if is_first && unread > 0 {
                    lines.push(noted(&format!("{} unread in {}", unread, app.heading_of(talk))));
                }
            }
        }
        if self.open != app.open {
            self.open = app.open;
            self.opening = true;
            let heading = app.talk().map(|talk| app.heading_of(talk));
            lines.extend(heading.map(|heading| noted(&format!("you are in {heading}"))));
        }
        // The one that is open last: what is told there is what one answers.
        let (open, others): (Vec<_>, Vec<_>) =
            app.conversations.all().partition(|talk| Some(talk.about.id) == app.open);
        for talk in others.into_iter().chain(open) {
            self.conversation(app, talk, lines);
        }
    }

    fn conversation(&mut self, app: &App, talk: &Talk, lines: &mut Vec<String>) {
        let (id, is_open) = (talk.about.id, Some(talk.about.id) == app.open);
        let mut told = self.told.get(&id).copied().unwrap_or_default();
        if is_open && self.opening && talk.log.is_up_to_head() {
            self.opening = false;
            let newest = talk.log.entries().rev().filter(|entry| is_told(entry)).take(EARLIER_MAX);
            told = newest.last().map_or(told, |entry| told.min(Seq(entry.event.seq.0 - 1)));
        } else if is_open && self.opening {
            return;
        }
        let from = told;
        for entry in talk.log.entries().filter(|entry| entry.event.seq > from) {
            told = entry.event.seq;
            if is_told(entry) && !self.is_seen(app, &entry.event) {
                let place = if is_open { String::new() } else { format!("{} ", app.heading_of(talk)) };
                lines.push(format!("{} {place}{}", clock(entry.event.at, &app.zone), said_by(&entry.event)));
            }
        }
        self.told.insert(id, told);
    }

    /// It was typed here, where one sees what one types.
    fn is_seen(&self, app: &App, event: &Event) -> bool {
        let own = match &event.body {
            Body::Posted { message, .. } => app.is_me(&event.author) && self.own.contains(message),
            _ => false,
        };
        self.is_echoed && own
    }

    /// Of one's own messages only what did not go as one expects.
    fn outbox(&mut self, app: &App, lines: &mut Vec<String>) {
        for unsent in app.outbox.iter() {
            let known = self.states.get(&unsent.message).copied();
            if known.is_none() {
                self.own.push_back(unsent.message);
                if self.own.len() > OWN_MAX {
                    self.own.pop_front();
                }
            }
            let (state, told) = match &unsent.state {
                UnsentState::Queued if !app.link.is_online() => ("queued", Some("queued".to_owned())),
                UnsentState::Failed(why) => {
                    let told =
                        format!("not sent to {}: {why}; /retry sends it again, /drop forgets it", unsent.to);
                    ("failed", Some(told))
                }
                UnsentState::Queued | UnsentState::Sent | UnsentState::Stored(_) => ("under way", None),
            };
            if known != Some(state) {
                self.states.insert(unsent.message, state);
                lines.extend(told.map(|told| noted(&told)));
            }
        }
        let there: BTreeSet<MessageId> = app.outbox.iter().map(|unsent| unsent.message).collect();
        self.states.retain(|message, _| there.contains(message));
    }

    fn toasts(&mut self, app: &App, lines: &mut Vec<String>) {
        let now: Vec<Toast> = app.toasts.iter().cloned().collect();
        let new = now.iter().filter(|toast| !self.toasts.contains(toast));
        lines.extend(new.map(|toast| noted(&toast.text)));
        self.toasts = now;
    }
}

/// What was asked for and would lie over the panes; nothing if there is nothing, or not all of it yet.
fn answer(app: &App) -> Option<Vec<String>> {
    Some(match app.overlay.as_ref()? {
        Overlay::Help(_) => help::commands().map(|(what, does)| noted(&format!("{what}: {does}"))).collect(),
        Overlay::People => {
            let crowd = app.crowd()?;
            let people = crowd.people.iter().map(|person| {
                let name = if person.guest { wording::guest(&person.name) } else { person.name.to_string() };
                noted(&format!("{name}, {}", if person.online { "online" } else { "away" }))
            });
            [noted(&format!("{} online of {}", crowd.online, crowd.total))]
                .into_iter()
                .chain(people)
                .collect()
        }
        Overlay::Account(_) => {
            vec![noted("in a shell: im-client password, im-client codes on, im-client codes off")]
        }
        Overlay::Search(which) => match &app.searched(*which).progress {
            Progress::Looking | Progress::Nothing => return None,
            Progress::Failed(why) => vec![noted(why)],
            Progress::More | Progress::All => {
                let hits = app.searched(*which).hits.iter().rev();
                let hits = hits.map(|hit| {
                    let (at, who) = (clock(hit.at, &app.zone), wording::name(&hit.author));
                    noted(&format!("{at} {} #{} {who}: {}", hit.address, hit.seq, hit.excerpt))
                });
                hits.chain([noted(&format!("{} found", app.searched(*which).hits.len()))]).collect()
            }
        },
        Overlay::Quit => vec![noted(&format!(
            "{} not sent yet; they are kept and sent the next time. y quits, anything else stays",
            app.outbox.waiting()
        ))],
        _ => Vec::new(),
    })
}

/// What lies over the panes was told, and need not stay. A question stays until it is answered.
pub fn is_answered(app: &App) -> bool {
    !matches!(app.overlay, None | Some(Overlay::Quit)) && answer(app).is_some()
}

fn is_told(entry: &app::Entry) -> bool {
    !matches!(entry.event.body, Body::Tombstone { of: Some(_) })
}

/// `-- what it is`: not what anybody said.
fn noted(told: &str) -> String {
    let lines: Vec<String> = printable_lines(told).map(|line| line.to_string()).collect();
    format!("-- {}", lines.join(" "))
}
