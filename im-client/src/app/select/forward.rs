//! Forwarding: what is chosen is taken along to another conversation, and written there as quotes, to be sent or not.

use im_proto::Address;

use super::super::jump::Goal;
use super::super::{App, Overlay};
use super::acts::Done;
use super::several::Chosen;
use crate::wording;

/// What is taken along, and where to as soon as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Carried {
    text: String,
    to: Option<Address>,
}

impl App {
    /// What is chosen is taken along; where to is asked.
    pub(super) fn forward(&mut self) -> Done {
        let Some(from) = self.talk().map(|talk| talk.about.address.clone()) else {
            return Ok(Vec::new());
        };
        let text = quoted(&self.chosen()?, &from);
        self.leave_select();
        self.open_jump("");
        self.carried = Some(Carried { text, to: None });
        Ok(Vec::new())
    }

    /// The box asks where to forward something.
    pub fn is_forwarding(&self) -> bool {
        self.carried.is_some() && matches!(self.overlay, Some(Overlay::Jump(_)))
    }

    /// Something was chosen in the box; what is no place takes nothing along.
    pub(in super::super) fn carry_to(&mut self, goal: &Goal) {
        let to = match goal {
            Goal::Talk(id) => self.conversations.get(*id).map(|talk| talk.about.address.clone()),
            Goal::Person(user) => Some(Address::User(user.clone())),
            Goal::Room(name) => Some(Address::Room(name.clone())),
            // It stays for what is chosen then.
            Goal::Kind(_) => return,
            Goal::Deed(_) | Goal::Command(_) | Goal::Search(_) | Goal::Emoji(_) => None,
        };
        self.carried = self.carried.take().filter(|_| to.is_some()).map(|carried| Carried { to, ..carried });
    }

    /// Where it was meant for is open: it is written there, behind what is written already.
    pub(in super::super) fn lay_down(&mut self) {
        let open = self.talk().map(|talk| &talk.about.address);
        let is_there =
            self.carried.as_ref().is_some_and(|carried| carried.to.as_ref() == open && open.is_some());
        if !is_there {
            return;
        }
        if let Some(carried) = self.carried.take() {
            let composer = self.composer_mut();
            composer.move_cursor(ratatui_textarea::CursorMove::Bottom);
            composer.move_cursor(ratatui_textarea::CursorMove::End);
            let gap = if composer.is_empty() { "" } else { "\n" };
            composer.insert_str(format!("{gap}{}", carried.text));
        }
    }
}

/// `bob in #dev:`, and below it what was said as a quote.
fn quoted(chosen: &[Chosen], from: &Address) -> String {
    let place = match from {
        Address::Room(_) => format!(" in {from}"),
        Address::User(_) => String::new(),
    };
    let mut text = String::new();
    let mut by = None;
    for one in chosen {
        if by != Some(&one.by) {
            text.push_str(&format!("{}{place}:\n", wording::name(&one.by)));
            by = Some(&one.by);
        }
        for line in one.text.lines() {
            text.push_str(&format!("> {line}\n"));
        }
    }
    text
}
