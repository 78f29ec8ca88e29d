//! The links on the screen. A cell of a frame has no room for an address: it holds a number, which the terminal's side
//! looks up here. The number is that of the address, so that a cell which leads elsewhere than before is drawn again.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use ratatui::buffer::Cell;
use ratatui::style::Color;

/// Numbers go up to here: a cell has room for no more.
const NUMBER_MAX: u32 = 0x00ff_ffff;

/// The links of the newest frame, shared by who draws it and who writes it to the terminal.
#[derive(Debug, Clone, Default)]
pub struct Links(Rc<RefCell<HashMap<u32, Rc<str>>>>);

impl Links {
    /// A frame begins.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// The number of an address that is in this frame from now on.
    pub fn number(&self, to: &Rc<str>) -> u32 {
        let mut hasher = DefaultHasher::new();
        to.hash(&mut hasher);
        let folded = hasher.finish() & u64::from(NUMBER_MAX);
        let mut number = u32::try_from(folded).unwrap_or(0);
        let mut links = self.0.borrow_mut();
        // A frame has far fewer links than there are numbers.
        while links.get(&number).is_some_and(|there| there != to) {
            number = (number + 1) & NUMBER_MAX;
        }
        links.insert(number, Rc::clone(to));
        number
    }

    /// Where a number leads.
    pub fn address(&self, number: u32) -> Option<Rc<str>> {
        self.0.borrow().get(&number).cloned()
    }
}

/// The number of the link that a cell belongs to: it has the place of the underline's colour, which we do not use.
pub fn link_of(cell: &Cell) -> Option<u32> {
    match cell.underline_color {
        Color::Rgb(high, middle, low) => Some(u32::from_be_bytes([0, high, middle, low])),
        _ => None,
    }
}

/// The place of a link's number in a style.
pub fn as_colour(number: u32) -> Color {
    let [_, high, middle, low] = number.to_be_bytes();
    Color::Rgb(high, middle, low)
}
