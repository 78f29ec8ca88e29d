//! What is done about the world besides the screen: files of this device, the server, other programs.

use tokio::sync::mpsc::UnboundedSender;

use super::disk::Disk;
use super::errands::Errands;
use super::network::Order;
use super::{screen, wall};
use crate::app::{Action, What};
use crate::demo::Demo;

/// Whoever does it.
#[derive(Debug)]
pub(super) struct Outside {
    disk: Disk,
    errands: Errands,
    orders: UnboundedSender<Order>,
    /// It answers in the place of the server, and nothing is kept.
    demo: Option<Demo>,
}

impl Outside {
    /// Keeps things there, and gives orders to the task that talks to the server.
    pub(super) fn new(disk: Disk, orders: UnboundedSender<Order>, demo: Option<Demo>) -> Self {
        Self { disk, errands: Errands::new(), orders, demo }
    }

    /// Whether files may be written.
    pub(super) fn may_write(&self) -> bool {
        self.demo.is_none()
    }

    /// Does something; what is to be told about that.
    pub(super) fn act(&mut self, action: Action) -> Vec<What> {
        let action = match (&mut self.demo, action) {
            (_, action @ Action::Copy(_)) | (None, action) => action,
            (Some(demo), action) => return demo.act(action, wall()),
        };
        // The task takes orders as long as there is somebody to give them.
        let order = |order| {
            let _ = self.orders.send(order);
        };
        match action {
            Action::Dial { dial, to } => order(Order::Dial { dial, to }),
            Action::HangUp => order(Order::HangUp),
            Action::Send(ask) => order(Order::Send(ask)),
            Action::KeepToken { server, user, token } => {
                return self.disk.keep_token(&server, user, token).into_iter().collect();
            }
            Action::ForgetToken { server, user } => {
                return self.disk.forget_token(&server, &user).into_iter().collect();
            }
            Action::Recall { server, user } => return self.disk.recall(&server, &user),
            Action::Keep(changes) => return self.disk.keep(&changes).into_iter().collect(),
            Action::KeepNotes(notes) => return self.disk.keep_notes(&notes).into_iter().collect(),
            Action::PutAway => self.disk.put_away(),
            Action::KeepConfig(text) => return self.disk.keep_config(&text).into_iter().collect(),
            Action::Copy(text) => return self.errands.copy(text).into_iter().collect(),
            Action::OpenLink(link) => return self.errands.open(link).into_iter().collect(),
            Action::CaptureMouse(on) => {
                let done = screen::capture_mouse(on).err();
                return done.map(|error| What::Trouble(format!("the mouse: {error}"))).into_iter().collect();
            }
            // Those are about the screen.
            Action::Quit | Action::Suspend | Action::Compose(_) | Action::Notify(_) | Action::Title(_) => {}
        }
        Vec::new()
    }

    /// What is to be told of what was begun earlier. May be dropped and called again.
    pub(super) async fn done(&mut self) -> What {
        self.errands.done().await
    }
}
