//! The configuration, while the program runs: a new one takes the place of the old at once, a wrong one is told of and
//! changes nothing.

use super::{Action, App};
use crate::config::Config;

impl App {
    pub(super) fn configured(&mut self, read: Result<Box<Config>, String>) -> Vec<Action> {
        let config = match read {
            Ok(config) => *config,
            Err(why) => {
                self.toasts.complain(format!("{why} (what held before holds on)"), self.now);
                return Vec::new();
            }
        };
        let before = std::mem::replace(&mut self.config, config);
        self.pressed.clear();
        self.toasts.tell("the configuration is read again", self.now);
        if before.server != self.config.server {
            self.toasts.tell("the server is another one at the next start", self.now);
        }
        if before.mouse == self.config.mouse { Vec::new() } else { self.capture_mouse() }
    }

    /// Has the terminal send clicks and the wheel, or not.
    pub(super) fn capture_mouse(&self) -> Vec<Action> {
        vec![Action::CaptureMouse(self.config.mouse)]
    }
}
