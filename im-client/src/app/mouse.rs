//! The mouse: the wheel scrolls what is under it; what clicks and dragging do is told where it is done.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use im_proto::MessageId;
use ratatui::layout::{Position, Rect};

use super::{Action, App, geometry::Geometry, scroll};

/// The wheel moves by so many rows.
const WHEEL_ROWS: isize = 3;

impl App {
    pub(super) fn mouse(&mut self, mouse: MouseEvent, message: MessageId) -> Vec<Action> {
        if !self.is_chatting() {
            return Vec::new();
        }
        let at = Position::new(mouse.column, mouse.row);
        match (mouse.kind, &self.overlay) {
            (MouseEventKind::ScrollUp, None) => self.wheel(at, -WHEEL_ROWS),
            (MouseEventKind::ScrollDown, None) => self.wheel(at, WHEEL_ROWS),
            (MouseEventKind::ScrollUp, Some(_)) => return self.wheel_box(-WHEEL_ROWS, message),
            (MouseEventKind::ScrollDown, Some(_)) => return self.wheel_box(WHEEL_ROWS, message),
            (MouseEventKind::Down(MouseButton::Left), None) => return self.pressed_at(at),
            (MouseEventKind::Drag(MouseButton::Left), None) => self.dragged_to(at),
            (MouseEventKind::Up(MouseButton::Left), _) => return self.released_at(at),
            (MouseEventKind::Down(MouseButton::Left), Some(_)) => return self.click_box(at, message),
            _ => {}
        }
        Vec::new()
    }

    /// What is under the pointer scrolls.
    fn wheel(&mut self, at: Position, rows: isize) {
        let geometry = Geometry::of(self);
        let under =
            |pane: Option<Rect>| pane.filter(|pane| pane.contains(at)).map(|pane| usize::from(pane.height));
        match (under(geometry.list), under(geometry.people)) {
            (Some(height), _) => self.scroll_list(rows, height),
            (_, Some(height)) => self.scroll_people(rows, height),
            (None, None) => scroll::by(self, rows),
        }
    }
}
