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
    let message = MessageId(input.dice);
    let dice = u64::from_le_bytes(std::array::from_fn(|i| input.dice[i]));
    let typed = matches!(input.what, What::Key(_) | What::Mouse(_) | What::Paste(_));
    let ending = matches!(input.what, What::Ending);
    let mut actions = match input.what {
        What::Start => app.start(),
        What::Key(key) if key.kind == KeyEventKind::Release => Vec::new(),
        What::Key(key) => app.key(key, message),
        What::Mouse(mouse) => app.mouse(mouse),
        What::Paste(pasted) => {
            app.pasted(&pasted);
            Vec::new()
        }
        What::Resize(size) => {
            app.size = size;
            Vec::new()
        }
        What::Focus(focused) => {
            app.focused = focused;
            Vec::new()
        }
        What::Up(dial) if dial == app.dials => app.up(),
        What::Heard(dial, said) if dial == app.dials && app.link != Link::Idle => {
            app.heard_from_server(*said)
        }
        What::Down(dial, why) if dial == app.dials => app.down(why, dice),
        What::Up(_) | What::Heard(..) | What::Down(..) => Vec::new(),
        What::Deadline => app.link_deadline(dice),
        What::Recalled(unsent) => {
            app.outbox.recall(unsent);
            Vec::new()
        }
        What::NotKept(messages, why) => {
            app.not_kept(&messages, &why);
            Vec::new()
        }
        What::Trouble(what) => {
            app.toasts.complain(what, app.now);
            Vec::new()
        }
        What::Noted(notes) => {
            app.noted(notes);
            Vec::new()
        }
        What::Told(what) => {
            app.toasts.tell(what, app.now);
            Vec::new()
        }
        What::Ending => Vec::new(),
        What::Line(line) => app.line(&line, message),
        What::Answered => {
            app.close_overlay();
            Vec::new()
        }
        What::Composed(text) => {
            app.composed(&text);
            Vec::new()
        }
        What::Ground(ground) => {
            app.looks.ground = ground;
            Vec::new()
        }
        What::Painted(painted) => {
            app.paints.learn(painted);
            Vec::new()
        }
    };
    app.lay_out_notes();
    app.stand_in();
    app.hold_selection();
    app.watch_end();
    actions.extend(app.keep_up());
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
        app.search_deadline(),
    ];
    due.into_iter().flatten().min()
}

impl App {
    fn start(&mut self) -> Vec<Action> {
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
            (Some(Overlay::Quit), _) if matches!(key.code, KeyCode::Char('y' | 'Y') | KeyCode::Enter) => {
                return vec![Action::Quit];
            }
            (_, Some(Deed::Quit)) => return self.quit(),
            (_, Some(Deed::Suspend)) => return vec![Action::Suspend],
            (_, Some(Deed::Cancel | Deed::Escape)) => self.close_overlay(),
            (Some(Overlay::Jump(_)), _) => self.jump_key(key),
            (Some(Overlay::Search), _) => return self.search_key(key),
            (Some(Overlay::Find), deed) => self.find_key(key, deed),
            (Some(Overlay::GoTo(_)), _) => self.goto_key(key),
            (Some(Overlay::Help(_)), _) => match (deed, key.code) {
                (Some(Deed::ScrollUp), _) => self.scroll_help(-10),
                (Some(Deed::ScrollDown), _) => self.scroll_help(10),
                (_, KeyCode::Up) => self.scroll_help(-1),
                (_, KeyCode::Down) => self.scroll_help(1),
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
            (Some(Overlay::Quit | Overlay::People), _) => self.close_overlay(),
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
        self.people.asked_for = None;
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
