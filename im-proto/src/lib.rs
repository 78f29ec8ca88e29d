//! What `im-server` and `im-client` say to each other, and what people may type.
//!
//! No sockets, no clock, no randomness and no async live here: only types that cannot hold nonsense, the bytes
//! they become, and the grammar of typed commands. The document that follows describes the wire.
#![doc = include_str!("../PROTOCOL.md")]

mod address;
pub mod command;
mod event;
pub mod fold;
mod frame;
mod hello;
mod id;
mod json;
mod limits;
mod mention;
mod moderation;
mod name;
mod printable;
mod reaction;
mod refusal;
mod remark;
mod reply;
mod request;
mod secret;
mod text;
mod wire;
mod words;

pub use address::{Address, AddressError};
pub use event::{Author, Body, Event, Role};
pub use frame::{ClientFrames, Frame, FrameCodec, FrameError, ServerFrames};
pub use hello::{CAPABILITIES, Hello, HelloError, VERSION};
pub use id::{ConversationId, MessageId, Seq, Timestamp, UserId};
pub use json::{EventJson, json_line};
pub use limits::*;
pub use mention::{Mention, mentions, mentions_user};
pub use moderation::{About, Audited, Deed, Sanction, SanctionKind};
pub use name::{NameError, RoomName, UserName, folded, look};
pub use printable::{Printable, escaped, printable, printable_lines};
pub use reaction::{Reaction, ReactionError};
pub use refusal::Refusal;
pub use remark::{Remark, RemarkError};
pub use reply::{
    Conversation, Found, FromServer, Kind, Notice, Pending, PendingKind, Person, Receipts, Reply, SignedIn,
};
pub use request::{Ask, Page, Request};
pub use secret::{Password, PasswordError, Secret, SecretError, Token};
pub use text::{Text, TextError};
pub use words::{Words, WordsError};
