//! What a click does: on a conversation, a name, a link, a reaction, on what is new; and borders that are dragged.

use im_proto::{Address, Reaction, UserName};
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;

use super::geometry::Geometry;
use super::rich::Part;
use super::rows::{self, Row};
use super::select::links::may_open;
use super::{Action, App, ListRow, sight, wrap};

/// A border that is being dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Border {
    /// Between the conversations and the messages.
    List,
    /// Between the messages and the people.
    People,
}

impl App {
    /// The mouse was pressed.
    pub(super) fn pressed_at(&mut self, at: Position) -> Vec<Action> {
        let geometry = Geometry::of(self);
        let is_in = |area: Option<Rect>| area.filter(|area| area.contains(at));
        if let Some(border) = border_at(&geometry, at) {
            self.border = Some(border);
        } else if geometry.messages.contains(at) && self.is_marker_at(at.y, geometry.messages) {
            self.first_unread();
        } else if geometry.messages.contains(at) {
            self.begin_drag(at);
        } else if let Some(list) = is_in(geometry.list) {
            let row = self.list_rows(usize::from(list.height)).into_iter().nth(usize::from(at.y - list.y));
            if let Some(ListRow::Talk(id)) = row {
                self.open_talk(id);
            }
        } else if let Some(people) = is_in(geometry.people) {
            let person = self.person_at(usize::from(at.y - people.y), usize::from(people.height));
            return person.map_or_else(Vec::new, |person| self.talk_to(person));
        } else if is_in(geometry.status).is_some() {
            // What stands there is how much is new above, or while one looks further up, below.
            match self.new_above() {
                Some(_) => self.first_unread(),
                None => self.go_to_newest(),
            }
        }
        Vec::new()
    }

    /// The mouse moves while it is pressed.
    pub(super) fn dragged_to(&mut self, at: Position) {
        let geometry = Geometry::of(self);
        let within = |area: Option<Rect>| area.map(|area| area.width);
        match (self.border, geometry.list, geometry.people) {
            (Some(Border::List), Some(list), _) => {
                self.sides.list = Some(at.x.saturating_sub(list.x));
                // What there is no room for is not remembered.
                self.sides.list = within(Geometry::of(self).list);
            }
            (Some(Border::People), _, Some(people)) => {
                self.sides.people = Some(people.right().saturating_sub(at.x + 1));
                self.sides.people = within(Geometry::of(self).people);
            }
            (Some(_), ..) => {}
            (None, ..) => self.drag_to(at),
        }
    }

    /// The mouse is let go.
    pub(super) fn released_at(&mut self, at: Position) -> Vec<Action> {
        if self.border.take().is_some() {
            return Vec::new();
        }
        if self.is_click()
            && let Some(actions) = self.click_message(at)
        {
            self.forget_drag();
            return actions;
        }
        self.end_drag()
    }

    /// Somebody in the pane of people: one talks to them.
    pub(super) fn talk_to(&mut self, person: UserName) -> Vec<Action> {
        if self.me.as_ref() == Some(&person) {
            return Vec::new();
        }
        self.go_to(Address::User(person), None)
    }

    /// A link is opened, a name is mentioned, a reaction is given or taken back; nothing if there is none of these.
    fn click_message(&mut self, at: Position) -> Option<Vec<Action>> {
        let shape = rows::shape(self)?;
        let area = Geometry::of(self).messages;
        let seen = sight::rows(self, self.talk()?, shape);
        let top = area.bottom() - u16::try_from(seen.len()).unwrap_or(area.height).min(area.height);
        let seen = seen.into_iter().nth(usize::from(at.y.checked_sub(top)?))?;
        let (column, text) = (at.x.checked_sub(area.x)?, shape.beside());
        match seen.row {
            Row::Said { author: Some(author), .. } if column < text => self.mention(author.name.as_str()),
            Row::Head { author, .. } if column < wrap::cells(author.name.as_str()) => {
                self.mention(author.name.as_str())
            }
            Row::Said { line, .. } => {
                let mut end = text;
                let piece = line.pieces.iter().find(|piece| {
                    end += wrap::cells(&piece.text);
                    (text..end).contains(&column)
                })?;
                let is_seen = !piece.look.hidden || self.is_chosen(self.talk()?, seen.key);
                match &piece.look.part {
                    Part::Link(to) if is_seen && may_open(to) => Some(vec![Action::OpenLink(to.to_string())]),
                    _ => None,
                }
            }
            Row::Reactions(told) => {
                let reaction = Reaction::parse(reaction_at(&told, column.checked_sub(text)?)?).ok()?;
                if !self.link.is_online() {
                    self.toasts.complain("not connected", self.now);
                    return Some(Vec::new());
                }
                self.select(seen.key);
                Some(self.react(reaction))
            }
            _ => None,
        }
    }

    /// Begins what is written with a name, or goes on with it.
    fn mention(&mut self, name: &str) -> Option<Vec<Action>> {
        self.leave_select();
        self.composer_mut().insert_str(format!("@{name} "));
        Some(Vec::new())
    }
}

/// `[+1 2] [👍 1]`: the reaction in the brackets at a column.
fn reaction_at(told: &str, column: u16) -> Option<&str> {
    let mut end = 0;
    let mut at = 0;
    for character in told.graphemes(true) {
        end += wrap::cells(character);
        if column < end {
            break;
        }
        at += character.len();
    }
    let open = told.get(..=at)?.rfind('[')?;
    let within = told.get(open + 1..)?.split(']').next()?;
    let is_inside = at <= open + 1 + within.len();
    is_inside.then(|| within.rsplit_once(' ').map_or(within, |(reaction, _)| reaction))
}

/// The border at a place, if one can be dragged there.
fn border_at(geometry: &Geometry, at: Position) -> Option<Border> {
    let frame = geometry.frame.filter(|frame| frame.contains(at))?;
    // Above and below are the corners.
    if at.y == frame.y || at.y + 1 == frame.bottom() {
        return None;
    }
    let list = geometry.list.filter(|list| list.right() == at.x).map(|_| Border::List);
    list.or_else(|| geometry.people.filter(|people| people.x == at.x + 1).map(|_| Border::People))
}
