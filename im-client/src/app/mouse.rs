//! The mouse: the wheel scrolls what is under it; what clicks and dragging do is told where it is done.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::{Action, App, Overlay, geometry::Geometry, scroll};

/// The wheel moves by so many rows.
const WHEEL_ROWS: isize = 3;

impl App {
    pub(super) fn mouse(&mut self, mouse: MouseEvent) -> Vec<Action> {
        if !self.is_chatting() {
            return Vec::new();
        }
        let at = Position::new(mouse.column, mouse.row);
        match (mouse.kind, &self.overlay) {
            (MouseEventKind::ScrollUp, None) => self.wheel(at, -WHEEL_ROWS),
            (MouseEventKind::ScrollDown, None) => self.wheel(at, WHEEL_ROWS),
            (MouseEventKind::ScrollUp, Some(Overlay::Help(_))) => self.scroll_help(-3),
            (MouseEventKind::ScrollDown, Some(Overlay::Help(_))) => self.scroll_help(3),
            (MouseEventKind::ScrollUp, Some(Overlay::Search(which))) => self.choose_found(*which, -1),
            (MouseEventKind::ScrollDown, Some(Overlay::Search(which))) => self.choose_found(*which, 1),
            (MouseEventKind::ScrollUp, Some(Overlay::Find)) => scroll::by(self, -WHEEL_ROWS),
            (MouseEventKind::ScrollDown, Some(Overlay::Find)) => scroll::by(self, WHEEL_ROWS),
            (MouseEventKind::ScrollUp, Some(Overlay::Debug(_))) => self.scroll_debug(-3),
            (MouseEventKind::ScrollDown, Some(Overlay::Debug(_))) => self.scroll_debug(3),
            (MouseEventKind::Down(MouseButton::Left), None) => return self.pressed_at(at),
            (MouseEventKind::Drag(MouseButton::Left), None) => self.dragged_to(at),
            (MouseEventKind::Up(MouseButton::Left), _) => return self.released_at(at),
            (MouseEventKind::Down(MouseButton::Left), Some(_)) => self.close_overlay(),
            _ => {}
        }
        Vec::new()
    }

    /// What is under the pointer scrolls.
    fn wheel(&mut self, at: Position, rows: isize) {
        let geometry = Geometry::of(self);
        match geometry.list.filter(|list| list.contains(at)) {
            Some(list) => self.scroll_list(rows, usize::from(list.height)),
            // Nobody but the messages has more than what is seen.
            None => scroll::by(self, rows),
        }
    }
}
