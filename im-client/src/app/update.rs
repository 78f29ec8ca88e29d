//! The one way in: something happened, this is what is to be done about it.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};
use im_proto::MessageId;

use super::composer::harmless;
use super::geometry::Geometry;
use super::keys::{Chord, Deed, Looked, Place};
use super::{Action, App, Input, Link, Overlay, Screen, What};

/// Takes one input; tells what is to be done. What is on the screen may have changed after any.
pub fn update(app: &mut App, input: Input) -> Vec<Action> {
    app.now = app.now.max(input.now);
    app.wall = input.wall;
    app.toasts.expire(app.now);
    app.typing.expire(app.now);
    let message = MessageId(input.dice);
    let dice = u64::from_le_bytes(std::array::from_fn(|i| input.dice[i]));
    let typed = matches!(input.what, What::Key(_) | What::Mouse(_) | What::Paste(_));
    let ending = matches!(input.what, What::Ending);
    let mut actions = app.take(input.what, message, dice);
    app.lay_out_notes();
    app.stand_in();
    app.lay_down();
    app.hold_selection();
    app.watch_end();
    actions.extend(app.keep_up());
    actions.extend(app.tell_outside());
    let ending = ending || actions.contains(&Action::Quit);
    if let Some(noted) = app.note_down(typed, ending) {
        actions.insert(0, noted);
    }
    // What is said is on the disk before it is sent, and before anybody sees it.
    let changes = app.outbox.take_changes();
    if !changes.is_empty() {
        actions.insert(0, Action::Keep(changes));
    }
    actions
}

/// When the next [`What::Deadline`] is due; never, as long as nothing else happens, if nothing.
pub fn deadline(app: &App) -> Option<Duration> {
    let due = [
        app.link.deadline(app.now),
        app.toasts.deadline(),
        app.mark_deadline(),
        app.pause.deadline(app.now),
        app.note_deadline(),
        app.kept_deadline(),
        app.search_deadline(),
        app.typing_deadline(),
    ];
    due.into_iter().flatten().min()
}

impl App {
    fn take(&mut self, what: What, message: MessageId, dice: u64) -> Vec<Action> {
        match what {
            What::Start => self.start(),
            What::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
            What::Key(key) => self.key(key, message),
            What::Mouse(mouse) => self.mouse(mouse, message),
            What::Up(dial) if dial == self.dials => self.up(),
            What::Secured(dial, secured) if dial == self.dials => self.secured(secured),
            What::Heard(dial, said) if dial == self.dials && self.link != Link::Idle => {
                self.heard_from_server(*said)
            }
            What::Down(dial, why) if dial == self.dials => self.down(why, dice),
            What::Untrusted(dial, why) if dial == self.dials => self.untrusted(why, dice),
            What::Deadline => self.link_deadline(dice),
            What::Line(line) => self.line(&line, message),
            What::Configured(read) => self.configured(read),
            what => {
                self.learn_what(what);
                Vec::new()
            }
        }
    }

    /// Takes what asks for nothing by itself.
    fn learn_what(&mut self, what: What) {
        match what {
            What::Paste(pasted) => self.pasted(&pasted),
            What::Resize(size) => self.size = size,
            What::Focus(focused) => self.focused = focused,
            What::Recalled(unsent) => self.outbox.recall(unsent),
            What::Noted(notes) => self.noted(notes),
            What::NotKept(messages, why) => self.not_kept(&messages, &why),
            What::Trouble(what) => self.toasts.complain(what, self.now),
            What::Told(what) => self.toasts.tell(what, self.now),
            What::Composed(text) => self.composed(&text),
            What::Answered => self.close_overlay(),
            What::Ground(ground) => self.looks.ground = ground,
            What::Painted(painted) => self.paints.learn(painted),
            // What is of a connection of before says nothing any more.
            What::Up(_) | What::Secured(..) | What::Heard(..) | What::Down(..) | What::Untrusted(..) => {}
            What::Start | What::Key(_) | What::Mouse(_) | What::Deadline | What::Ending | What::Line(_) => {}
            What::Configured(_) => {}
        }
    }

    fn start(&mut self) -> Vec<Action> {
        let mut actions = self.begin();
        if !self.config.mouse {
            actions.extend(self.capture_mouse());
        }
        actions
    }

    fn begin(&mut self) -> Vec<Action> {
        match &self.screen {
            Screen::Chat => {
                let mut actions = self.me.clone().map_or_else(Vec::new, |me| self.recall(&me));
                actions.extend(self.dial(1));
                actions
            }
            Screen::SignIn(form) if form.is_complete => self.submit(),
            Screen::SignIn(_) => Vec::new(),
        }
    }

    fn key(&mut self, key: KeyEvent, message: MessageId) -> Vec<Action> {
        if !self.is_chatting() {
            return self.sign_in_key(key);
        }
        if self.overlay.is_none() && self.completion_key(key) {
            return Vec::new();
        }
        let deed = match self.deed_of(key) {
            Looked::Deed(deed) => Some(deed),
            Looked::Begins => return Vec::new(),
            Looked::Nothing => None,
        };
        if self.overlay.is_some() {
            return self.overlay_key(key, deed, message);
        }
        match deed {
            Some(deed) => {
                self.completion = None;
                self.act(deed, Some(key), message)
            }
            None => {
                self.leave_select();
                self.type_key(key);
                Vec::new()
            }
        }
    }

    fn overlay_key(&mut self, key: KeyEvent, deed: Option<Deed>, message: MessageId) -> Vec<Action> {
        match (&self.overlay, deed) {
            (Some(Overlay::Quit), Some(Deed::Cancel | Deed::Quit)) => return vec![Action::Quit],
            (Some(Overlay::FirstLook(_)), deed) if !matches!(deed, Some(Deed::Quit | Deed::Suspend)) => {
                return self.first_look_key(key);
            }
            (Some(Overlay::Quit), _) if matches!(key.code, KeyCode::Char('y' | 'Y') | KeyCode::Enter) => {
                return vec![Action::Quit];
            }
            (_, Some(Deed::Quit)) => return self.quit(),
            (_, Some(Deed::Suspend)) => return vec![Action::Suspend],
            (_, Some(Deed::Cancel | Deed::Escape)) => self.close_overlay(),
            (_, Some(deed @ (Deed::Jump | Deed::Palette))) => {
                self.close_overlay();
                return self.act(deed, Some(key), message);
            }
            (Some(Overlay::Jump(_)), _) => return self.jump_key(key, deed, message),
            (Some(Overlay::Search(which)), _) => return self.search_key(*which, key),
            (Some(Overlay::Find), deed) => self.find_key(key, deed),
            (Some(Overlay::GoTo(_)), _) => self.goto_key(key),
            (Some(Overlay::Account(_)), _) => return self.account_key(key),
            (Some(Overlay::Help(_)), _) => match (deed, key.code) {
                (Some(Deed::ScrollUp), _) => self.scroll_help(-10),
                (Some(Deed::ScrollDown), _) => self.scroll_help(10),
                (_, KeyCode::Up) => self.scroll_help(-1),
                (_, KeyCode::Down) => self.scroll_help(1),
                _ => self.close_overlay(),
            },
            (Some(Overlay::Debug(_)), _) => match (deed, key.code) {
                (Some(Deed::ScrollUp), _) => self.scroll_debug(-10),
                (Some(Deed::ScrollDown), _) => self.scroll_debug(10),
                (_, KeyCode::Up) => self.scroll_debug(-1),
                (_, KeyCode::Down) => self.scroll_debug(1),
                _ => self.close_overlay(),
            },
            (Some(Overlay::List), _) => match (deed, key.code) {
                (_, KeyCode::Up) => self.open_neighbour(-1),
                (_, KeyCode::Down) => self.open_neighbour(1),
                (Some(deed @ (Deed::Previous | Deed::Next | Deed::Nth(_))), _) => {
                    return self.act(deed, Some(key), message);
                }
                _ => self.close_overlay(),
            },
            (Some(Overlay::Selected(_)), _) => return self.popup_key(key),
            (Some(Overlay::Paste(_)), _) => return self.paste_key(key, message),
            (Some(Overlay::Sent(_)), _) => {
                let is_again = self.config.keymap.look(Place::Composer, &[Chord::from(key)]);
                self.sent_key(key, is_again == Looked::Deed(Deed::SearchSent));
            }
            (Some(Overlay::People), deed) => self.people_key(key, deed),
            (Some(Overlay::Quit | Overlay::FirstLook(_) | Overlay::KeyCard), _) => self.close_overlay(),
            (None, _) => {}
        }
        Vec::new()
    }

    /// Ends, or asks first if something would be lost.
    pub(super) fn quit(&mut self) -> Vec<Action> {
        if self.outbox.waiting() > 0 {
            self.overlay = Some(Overlay::Quit);
            return Vec::new();
        }
        vec![Action::Quit]
    }

    pub(super) fn close_overlay(&mut self) {
        if matches!(self.overlay, Some(Overlay::Find)) {
            self.leave_find();
        }
        self.overlay = None;
        self.carried = None;
        self.people.asked_no_more();
    }

    fn pasted(&mut self, pasted: &str) {
        match (&self.screen, &self.overlay) {
            (Screen::SignIn(_), _) => self.sign_in_paste(pasted),
            (Screen::Chat, Some(Overlay::Jump(_))) => {
                let line = harmless(pasted);
                self.retype(|typed| typed.push_str(line.lines().next().unwrap_or_default()));
            }
            (Screen::Chat, Some(_)) => self.paste_into_search(&harmless(pasted)),
            (Screen::Chat, None) => {
                self.leave_select();
                self.completion = None;
                self.paste(pasted);
            }
        }
    }

    /// A page less one row, which stays in sight for the eye to hold to.
    pub(super) fn page(&self) -> isize {
        let height = Geometry::of(self).messages.height;
        isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1)
    }
}
