//! The boxes over the panes that list something: where each is, what of it is in sight, and what the mouse does there.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use im_proto::MessageId;
use ratatui::layout::{Position, Rect, Size};

use super::geometry::{Geometry, Manner, Popup};
use super::keys::Deed;
use super::select::{self, links, reactions};
use super::{Action, App, ListRow, Overlay, jump};

/// A message that was found takes so many rows.
pub const HIT_ROWS: u16 = 2;
/// With fewer columns around it the box of what was found takes all there is.
const SEARCH_COLUMNS_MIN: u16 = 60;
const SEARCH_COLUMNS_MAX: u16 = 100;
const JUMP_COLUMNS: u16 = 72;
const JUMP_ROWS: u16 = 16;
const ACT_COLUMNS: u16 = 48;
const ACT_ROWS: u16 = 12;
const SENT_COLUMNS: u16 = 60;
const SENT_ROWS: u16 = 12;
const SIDE_COLUMNS: u16 = 36;

/// The box of what was found.
pub fn search(size: Size) -> Popup {
    let columns = SEARCH_COLUMNS_MAX.min(size.width.saturating_sub(8));
    Popup::of(size, columns, size.height.saturating_sub(6), size.width < SEARCH_COLUMNS_MIN)
}

/// The box for going somewhere.
pub fn jump(size: Size) -> Popup {
    Popup::of(size, JUMP_COLUMNS, JUMP_ROWS, size.width < JUMP_COLUMNS + 4)
}

/// A box about the highlighted message, with so many rows at most.
pub fn act(size: Size, rows: usize) -> Popup {
    let rows = u16::try_from(rows).unwrap_or(ACT_ROWS).clamp(1, ACT_ROWS);
    Popup::of(size, ACT_COLUMNS, rows, size.width < ACT_COLUMNS + 4)
}

/// The box of what one has said.
pub fn sent(size: Size) -> Popup {
    Popup::of(size, SENT_COLUMNS, SENT_ROWS, size.width < SENT_COLUMNS + 4)
}

/// The conversations, or the people, where there is no pane for them.
pub fn side(app: &App, rows: u16) -> Popup {
    let most = app.size.height.saturating_sub(4).max(1);
    let narrow = Geometry::of(app).manner == Manner::Narrow;
    Popup::of(app.size, SIDE_COLUMNS, rows.clamp(1, most), narrow)
}

/// The first that is in sight, where so many are and what is chosen is one of them.
pub fn first_in_sight(chosen: usize, room: usize) -> usize {
    (chosen + 1).saturating_sub(room)
}

/// What is listed in a box.
struct Listed {
    place: Popup,
    /// Where in it.
    rows: Rect,
    /// Rows for one.
    each: u16,
    /// Which is the first in sight.
    first: usize,
    count: usize,
}

impl Listed {
    /// Below the line where one types.
    fn typed(place: Popup, chosen: usize, count: usize) -> Self {
        let rows = Rect { y: place.inner.y + 1, height: place.inner.height.saturating_sub(1), ..place.inner };
        let first = first_in_sight(chosen.min(count.saturating_sub(1)), usize::from(rows.height));
        Self { place, rows, each: 1, first, count }
    }

    fn at(&self, at: Position) -> Option<usize> {
        let row = at.y.checked_sub(self.rows.y).filter(|_| self.rows.contains(at))?;
        Some(self.first + usize::from(row / self.each)).filter(|place| *place < self.count)
    }
}

impl App {
    /// What the box over the panes lists, if it lists anything to choose from.
    fn box_rows(&self) -> Option<Listed> {
        let size = self.size;
        Some(match self.overlay.as_ref()? {
            Overlay::Jump(jump) => {
                Listed::typed(self::jump(size), jump.chosen, jump::rows(self, &jump.typed).len())
            }
            Overlay::Sent(sent) => Listed::typed(self::sent(size), sent.chosen, sent.fitting().len()),
            Overlay::Search(which) => {
                let (place, search) = (self::search(size), self.searched(*which));
                let height = place.inner.height.saturating_sub(2) / HIT_ROWS * HIT_ROWS;
                let rows = Rect { y: place.inner.y + 1, height, ..place.inner };
                let first = first_in_sight(search.chosen, usize::from(height / HIT_ROWS));
                Listed { place, rows, each: HIT_ROWS, first, count: search.hits.len() }
            }
            Overlay::Selected(select::Popup::React(picker)) => {
                let count = reactions::fitting(self, &picker.typed).len();
                Listed::typed(act(size, usize::MAX), picker.chosen, count)
            }
            Overlay::Selected(select::Popup::Menu(chosen)) => {
                let count = select::menu().count();
                let place = act(size, count);
                let first = first_in_sight(*chosen, usize::from(place.inner.height));
                Listed { place, rows: place.inner, each: 1, first, count }
            }
            Overlay::Selected(select::Popup::Links(found, _)) => {
                let place = act(size, found.len());
                Listed { place, rows: place.inner, each: 1, first: 0, count: found.len() }
            }
            Overlay::List => {
                let place = side(self, u16::MAX);
                let count = self.list_rows(usize::from(place.inner.height)).len();
                Listed { place, rows: place.inner, each: 1, first: 0, count }
            }
            Overlay::People => {
                let place = side(self, self.people_rows_wanted());
                let count = usize::from(place.inner.height);
                Listed { place, rows: place.inner, each: 1, first: 0, count }
            }
            _ => return None,
        })
    }

    /// The mouse was pressed while a box is there: what is listed is chosen, and beside the box it closes.
    pub(super) fn click_box(&mut self, at: Position, message: MessageId) -> Vec<Action> {
        let Some(listed) = self.box_rows() else {
            // What is asked there is answered by keys.
            if !matches!(self.overlay, Some(Overlay::FirstLook(_) | Overlay::Paste(_))) {
                self.close_overlay();
            }
            return Vec::new();
        };
        if !listed.place.outer.contains(at) {
            self.close_overlay();
            return Vec::new();
        }
        let (Some(place), height) = (listed.at(at), usize::from(listed.rows.height)) else {
            return Vec::new();
        };
        let key = |code| KeyEvent::new(code, KeyModifiers::NONE);
        let enter = key(KeyCode::Enter);
        match &mut self.overlay {
            Some(Overlay::Jump(jump)) => {
                jump.chosen = place;
                self.jump_key(enter, None, message)
            }
            Some(Overlay::Sent(sent)) => {
                sent.chosen = place;
                self.sent_key(enter, false);
                Vec::new()
            }
            Some(Overlay::Search(which)) => {
                let which = *which;
                self.choose_hit(which, place);
                self.search_key(which, enter)
            }
            Some(Overlay::Selected(select::Popup::React(picker))) => {
                picker.chosen = place;
                self.popup_key(enter)
            }
            Some(Overlay::Selected(select::Popup::Menu(chosen))) => {
                *chosen = place;
                self.popup_key(enter)
            }
            Some(Overlay::Selected(select::Popup::Links(..))) => match links::letter(place) {
                Some(letter) => self.popup_key(key(KeyCode::Char(letter))),
                None => Vec::new(),
            },
            Some(Overlay::List) => {
                if let Some(ListRow::Talk(id)) = self.list_rows(height).into_iter().nth(place) {
                    self.close_overlay();
                    self.open_talk(id);
                }
                Vec::new()
            }
            Some(Overlay::People) => {
                let person = self.person_at(place, height);
                self.close_overlay();
                person.map_or_else(Vec::new, |person| self.talk_to(person))
            }
            _ => Vec::new(),
        }
    }

    /// A key while the people lie over the panes: what scrolls does, any other closes.
    pub(super) fn people_key(&mut self, key: KeyEvent, deed: Option<Deed>) {
        let height = usize::from(side(self, self.people_rows_wanted()).inner.height);
        let page = isize::try_from(height).unwrap_or(isize::MAX);
        match (deed, key.code) {
            (Some(Deed::ScrollUp), _) => self.scroll_people(-page, height),
            (Some(Deed::ScrollDown), _) => self.scroll_people(page, height),
            (_, KeyCode::Up) => self.scroll_people(-1, height),
            (_, KeyCode::Down) => self.scroll_people(1, height),
            _ => self.close_overlay(),
        }
    }

    /// The wheel over a box: in what is listed it goes up or down.
    pub(super) fn wheel_box(&mut self, rows: isize, message: MessageId) -> Vec<Action> {
        let code = if rows < 0 { KeyCode::Up } else { KeyCode::Down };
        let key = KeyEvent::new(code, KeyModifiers::NONE);
        match &self.overlay {
            Some(Overlay::Help(_)) => self.scroll_help(if rows < 0 { -3 } else { 3 }),
            Some(Overlay::Debug(_)) => self.scroll_debug(if rows < 0 { -3 } else { 3 }),
            Some(Overlay::Search(which)) => self.choose_found(*which, rows.signum()),
            Some(Overlay::Find) => super::scroll::by(self, rows),
            Some(Overlay::Jump(_)) => return self.jump_key(key, None, message),
            Some(Overlay::Sent(_)) => {
                // The oldest is the last there.
                self.sent_key(
                    KeyEvent::new(if rows < 0 { KeyCode::Down } else { KeyCode::Up }, key.modifiers),
                    false,
                );
            }
            Some(Overlay::Selected(
                select::Popup::Menu(_) | select::Popup::React(_) | select::Popup::Info(_),
            )) => return self.popup_key(key),
            Some(Overlay::List) => {
                let height = usize::from(side(self, u16::MAX).inner.height);
                self.scroll_list(rows, height);
            }
            Some(Overlay::People) => {
                let height = usize::from(side(self, self.people_rows_wanted()).inner.height);
                self.scroll_people(rows, height);
            }
            _ => {}
        }
        Vec::new()
    }
}
