//! The keys. [`table`] has a row for each deed: its name, its default keys, its help. From that and the configuration a
//! [`Keymap`] is made at run time, which says what a key does and how it is shown: no text about a key is written by hand.

mod chord;
mod finding;
mod keymap;
pub mod table;

pub use chord::{Chord, Sequence};
pub use keymap::{Bound, Keymap, KeysError, Looked, Overrides, Profile};
pub use table::{Deed, Place, Row, Topic, rows};
