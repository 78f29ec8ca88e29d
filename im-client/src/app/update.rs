//! The one way in: something happened, this is what is to be done about it.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};
use im_proto::MessageId;

use super::composer::harmless;
use super::geometry::{Geometry, Manner};
use super::jump::Jump;
use super::keys::{Deed, deed_of};
use super::{Action, App, Input, Link, Overlay, Screen, Scroll, Talk, What, scroll};

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
        What::Mouse(mouse) => {
            app.mouse(mouse);
            Vec::new()
        }
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
    };
    app.lay_out_notes();
    app.stand_in();
    app.hold_selection();
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
    let due =
        [app.link.deadline(app.now), app.toasts.deadline(), app.mark_deadline(), app.pause.deadline(app.now)];
    let due = due.into_iter().chain([app.note_deadline()]);
    due.flatten().min()
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
        let deed = deed_of(key);
        if self.overlay.is_some() {
            return self.overlay_key(key, deed);
        }
        match deed {
            Some((deed, place)) => self.act(deed, place, key, message),
            None => {
                self.type_key(key);
                Vec::new()
            }
        }
    }

    fn act(&mut self, deed: Deed, place: usize, key: KeyEvent, message: MessageId) -> Vec<Action> {
        match deed {
            Deed::Send => return self.enter(message),
            Deed::Newline => self.composer_mut().insert_newline(),
            Deed::TakeBack => {
                let is_taken = self.composer().is_empty() && (self.take_back_failed() || self.edit_newest());
                if !is_taken {
                    self.type_key(key);
                }
            }
            Deed::Jump => self.overlay = Some(Overlay::Jump(Jump::default())),
            Deed::Previous => self.open_neighbour(-1),
            Deed::Next => self.open_neighbour(1),
            Deed::Nth => self.open_nth(place),
            Deed::ScrollUp => scroll::by(self, -self.page()),
            Deed::ScrollDown => scroll::by(self, self.page()),
            Deed::Newest => self.newest(key),
            Deed::Help => self.overlay = Some(Overlay::Help(0)),
            Deed::List => self.toggle_list(),
            Deed::People => self.toggle_people(),
            Deed::Cancel if self.is_writing() => {
                self.clear_composer();
                self.stop_amending();
            }
            Deed::Cancel => self.overlay = Some(Overlay::Quit),
            Deed::Quit => return self.quit(),
            Deed::Escape => self.stop_amending(),
        }
        Vec::new()
    }

    /// There is something to clear.
    fn is_writing(&self) -> bool {
        !self.composer().is_empty() || self.talk().is_some_and(Talk::is_amending)
    }

    fn overlay_key(&mut self, key: KeyEvent, deed: Option<(Deed, usize)>) -> Vec<Action> {
        let (deed, place) = deed.unzip();
        match (&self.overlay, deed) {
            (Some(Overlay::Quit), Some(Deed::Send | Deed::Cancel | Deed::Quit)) => return vec![Action::Quit],
            (Some(Overlay::Quit), _) if matches!(key.code, KeyCode::Char('y' | 'Y')) => {
                return vec![Action::Quit];
            }
            (_, Some(Deed::Quit)) => return self.quit(),
            (_, Some(Deed::Cancel | Deed::Escape)) => self.close_overlay(),
            (Some(Overlay::Jump(_)), _) => self.jump_key(key),
            (Some(Overlay::Help(_)), _) => match (deed, key.code) {
                (Some(Deed::ScrollUp), _) => self.scroll_help(-10),
                (Some(Deed::ScrollDown), _) => self.scroll_help(10),
                (_, KeyCode::Up) => self.scroll_help(-1),
                (_, KeyCode::Down) => self.scroll_help(1),
                _ => self.close_overlay(),
            },
            (Some(Overlay::List), _) => match (deed, key.code) {
                (Some(Deed::Previous), _) | (_, KeyCode::Up) => self.open_neighbour(-1),
                (Some(Deed::Next), _) | (_, KeyCode::Down) => self.open_neighbour(1),
                (Some(Deed::Nth), _) => self.open_nth(place.unwrap_or_default()),
                _ => self.close_overlay(),
            },
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
            (Screen::Chat, Some(_)) => {}
            (Screen::Chat, None) => self.paste(pasted),
        }
    }

    /// A page less one row, which stays in sight for the eye to hold to.
    pub(super) fn page(&self) -> isize {
        let height = Geometry::of(self).messages.height;
        isize::try_from(height.saturating_sub(1).max(1)).unwrap_or(1)
    }

    /// End is for the composer, unless there is something to come back from.
    fn newest(&mut self, key: KeyEvent) {
        match self.talk_mut() {
            Some(talk) if talk.scroll != Scroll::End => talk.scroll = Scroll::End,
            _ => self.type_key(key),
        }
    }

    fn toggle_list(&mut self) {
        if Geometry::of(self).frame.is_some() {
            self.list_wanted = !self.list_wanted;
        } else {
            self.overlay = Some(Overlay::List);
        }
    }

    fn toggle_people(&mut self) {
        if Geometry::of(self).manner == Manner::Wide {
            self.people_wanted = !self.people_wanted;
        } else {
            self.overlay = Some(Overlay::People);
        }
    }
}
