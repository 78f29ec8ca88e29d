//! The mouse: the wheel scrolls, a click on a conversation opens it, a click on a message selects it, dragging copies text.

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
            (MouseEventKind::ScrollUp, None) => scroll::by(self, -WHEEL_ROWS),
            (MouseEventKind::ScrollDown, None) => scroll::by(self, WHEEL_ROWS),
            (MouseEventKind::ScrollUp, Some(Overlay::Help(_))) => self.scroll_help(-3),
            (MouseEventKind::ScrollDown, Some(Overlay::Help(_))) => self.scroll_help(3),
            (MouseEventKind::ScrollUp, Some(Overlay::Search(which))) => self.choose_found(*which, -1),
            (MouseEventKind::ScrollDown, Some(Overlay::Search(which))) => self.choose_found(*which, 1),
            (MouseEventKind::ScrollUp, Some(Overlay::Find)) => scroll::by(self, -WHEEL_ROWS),
            (MouseEventKind::ScrollDown, Some(Overlay::Find)) => scroll::by(self, WHEEL_ROWS),
            (MouseEventKind::Down(MouseButton::Left), None) => self.click(at),
            (MouseEventKind::Drag(MouseButton::Left), None) => self.drag_to(at),
            (MouseEventKind::Up(MouseButton::Left), _) => return self.end_drag(),
            (MouseEventKind::Down(MouseButton::Left), Some(_)) => self.close_overlay(),
            _ => {}
        }
        Vec::new()
    }

    fn click(&mut self, at: Position) {
        let geometry = Geometry::of(self);
        if geometry.messages.contains(at) {
            self.begin_drag(at);
            return;
        }
        let Some(list) = geometry.list.filter(|list| list.contains(at)) else {
            return;
        };
        let row = usize::from(at.y - list.y);
        let clicked = self.list_rows(usize::from(list.height)).into_iter().nth(row);
        if let Some(super::ListRow::Talk(id)) = clicked {
            self.open_talk(id);
        }
    }
}
