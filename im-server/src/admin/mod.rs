//! Running it: what `im-server user|room|token …` asks of the server that runs on the same data folder, through a socket
//! in that folder which only its owner can open. A line of JSON asks, a line of JSON answers.

mod acting;
mod asking;
mod place;
mod reach;
mod serving;
mod words;

pub(crate) use self::acting::act;
pub use self::asking::AskError;
pub use self::reach::{Operator, ReachError};
pub(crate) use self::serving::{bind, serve};
pub use self::words::{Listing, Order, Told};
