//! What the full-screen client knows and decides. Pure: no clock, no socket, no terminal, no randomness; all of them
//! come in with the [`Input`], and what is to be done about the world goes out as [`Action`]s.

pub mod account;
mod acts;
pub mod amended;
pub mod amending;
mod asked;
pub mod boxes;
mod clicking;
pub mod commands;
pub mod completion;
mod composer;
mod configured;
mod conversations;
pub mod debug;
pub mod dragging;
pub mod emphasis;
mod events;
pub mod failed;
pub mod first;
mod fuzzy;
pub mod geometry;
mod going;
pub mod goto;
pub mod help;
pub mod jump;
pub mod keys;
mod link;
pub mod links;
mod log;
pub mod looks;
mod marker;
mod meant;
mod mentions;
mod message;
mod mouse;
pub mod notes;
pub mod notify;
mod order;
mod outbox;
pub mod own;
pub mod paints;
pub mod pasted;
mod pause;
pub mod pending;
pub mod people;
mod receipts;
mod replies;
pub mod rich;
pub mod rows;
mod scroll;
pub mod search;
pub mod select;
pub mod sent;
pub mod sight;
pub mod sign_in;
mod sought;
mod stand_ins;
mod start;
mod talk;
mod toasts;
mod typing;
mod unread;
mod update;
mod upkeep;
pub mod when;
pub mod wrap;

use std::time::Duration;

use crossterm::event::{KeyEvent, MouseEvent};
use im_proto::{
    Address, Ask, ConversationId, FromServer, MessageId, Pending, Seq, Timestamp, Token, UserName,
};
use jiff::tz::TimeZone;
use ratatui::layout::Size;
use ratatui_textarea::TextArea;

pub use conversations::{Conversations, Group, ListRow};
pub use emphasis::Emphasis;
pub use link::Link;
pub use log::{EVENTS_MAX, Entry, Log};
pub use marker::Marker;
pub use mentions::Waiting;
pub use notes::{Draft, KeptUnread, Notes};
pub use outbox::{Change, Outbox, Unsent, UnsentState};
pub use scroll::{Anchor, Key, Scroll};
pub use sought::Goal;
pub use start::Start;
pub use talk::Talk;
pub use toasts::{Toast, Toasts};
pub use update::{deadline, update};

use crate::config::Config;
use crate::paint::Paint;
use crate::secure::{Safety, Secured};
use asked::Asked;
use geometry::Sides;
use going::Tour;
use jump::{Frecent, Jump};
use keys::Chord;
use links::Links;
use looks::{Ground, Looks};
use paints::Paints;
use people::{People, is_mine};
use search::Search;
use sign_in::SignIn;

/// Something that happened, when, and dice for whoever needs them.
#[derive(Debug)]
pub struct Input {
    /// When, counted from the start of the program.
    pub now: Duration,
    /// When, by the calendar.
    pub wall: Timestamp,
    /// Random bits, new for each input.
    pub dice: [u8; 16],
    /// What.
    pub what: What,
}

/// What may happen.
#[derive(Debug)]
pub enum What {
    /// The program begins.
    Start,
    /// A key.
    Key(KeyEvent),
    /// The mouse.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size.
    Resize(Size),
    /// The terminal got or lost the focus.
    Focus(bool),
    /// A connection was made for dial number so-and-so.
    Up(u64),
    /// How safe it is.
    Secured(u64, Secured),
    /// The server says something on the connection of that dial.
    Heard(u64, Box<FromServer>),
    /// The connection of that dial is no more, or could not be made, and why.
    Down(u64, String),
    /// None was made for that dial, because whoever answers is not to be trusted, and why.
    Untrusted(u64, String),
    /// The [`deadline`] has come.
    Deadline,
    /// What the one who is signed in left unsent earlier, as it was said, in order.
    Recalled(Vec<Unsent>),
    /// Messages could not be written down, and why.
    NotKept(Vec<MessageId>, String),
    /// Something outside went wrong that people should know.
    Trouble(String),
    /// The configuration is another, or what is wrong with it.
    Configured(Result<Box<Config>, String>),
    /// What the one who is signed in had noted down earlier.
    Noted(Notes),
    /// Something outside went well that people should know.
    Told(String),
    /// The program is to end now, whoever says so.
    Ending,
    /// What was being written was written on in an editor.
    Composed(String),
    /// A line was typed where there is no screen.
    Line(String),
    /// What was asked for was told where there is no screen to lay it over.
    Answered,
    /// What is behind the text.
    Ground(Ground),
    /// What the parts of pieces of code are.
    Painted(Vec<(u64, Paint)>),
}

/// What is to be done about the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Drop the connection that is there, if any, and make one.
    Dial {
        /// Names the dial in all reports about it.
        dial: u64,
        /// Where to.
        to: String,
    },
    /// Drop the connection.
    HangUp,
    /// Ask the server.
    Send(Ask),
    /// Keep a token for the next start.
    KeepToken {
        /// At which server.
        server: String,
        /// Whose.
        user: UserName,
        /// The token.
        token: Token,
    },
    /// Forget the token of a user.
    ForgetToken {
        /// At which server.
        server: String,
        /// Whose.
        user: UserName,
    },
    /// Bring what a user left unsent at a server, and keep from now on what they say until it is sent.
    Recall {
        /// At which server.
        server: String,
        /// Whose.
        user: UserName,
    },
    /// Write down what became of messages. What comes after it may rely on that.
    Keep(Vec<Change>),
    /// Nobody is signed in any more: what is written down stays for whoever said it.
    PutAway,
    /// Clicks and the wheel are for this program, or for the terminal again.
    CaptureMouse(bool),
    /// End the program.
    Quit,
    /// Write down what is half written, in the place of what was written down of that before.
    KeepNotes(Notes),
    /// Stop the program until the shell lets it go on.
    Suspend,
    /// Let an editor have what is being written.
    Compose(String),
    /// Put a text on the clipboard.
    Copy(String),
    /// Tell somebody who looks elsewhere.
    Notify(notify::Notification),
    /// The title of the window.
    Title(String),
    /// Open a page, or write a mail: a link that [may be opened](select::links::may_open).
    OpenLink(String),
    /// Make the configuration file, unless there is one.
    KeepConfig(String),
}

/// What lies over the panes and takes the keys.
#[derive(Debug)]
pub enum Overlay {
    /// Keys and commands, scrolled down by so many rows.
    Help(u16),
    /// The jump box.
    Jump(Jump),
    /// Who is here, or in what was asked about.
    People,
    /// The conversations, where there is no pane for them.
    List,
    /// Really quit?
    Quit,
    /// Something about the highlighted message.
    Selected(select::Popup),
    /// What is to become of what was pasted?
    Paste(pasted::Pasted),
    /// What one has said.
    Sent(sent::Sent),
    /// A box of messages that were searched for.
    Search(search::Which),
    /// What was told in passing, scrolled down by so many rows.
    Debug(u16),
    /// The line for searching here.
    Find,
    /// Where a date is typed.
    GoTo(String),
    /// Where passwords and codes of one's own account are typed.
    Account(Box<account::Asking>),
    /// How is it to look? The last step of the first run.
    FirstLook(first::FirstLook),
    /// The most important keys.
    KeyCard,
}

/// What is on the screen beneath any overlay.
#[derive(Debug)]
pub enum Screen {
    /// Who are you?
    SignIn(Box<SignIn>),
    /// The panes.
    Chat,
}

/// All that the client knows.
#[derive(Debug)]
pub struct App {
    /// The size of the terminal.
    pub size: Size,
    /// For clock times and dates.
    pub zone: TimeZone,
    /// The terminal has the focus, as far as it tells.
    pub focused: bool,
    /// When the newest input came, counted from the start of the program.
    pub now: Duration,
    /// When the newest input came, by the calendar.
    pub wall: Timestamp,
    /// The server.
    pub server: String,
    /// Who one is.
    pub me: Option<UserName>,
    token: Option<Token>,
    /// What is on the screen.
    pub screen: Screen,
    /// What lies over it.
    pub overlay: Option<Overlay>,
    /// The conversations may be seen.
    pub list_wanted: bool,
    /// The people may be seen.
    pub people_wanted: bool,
    /// How it is with the server.
    pub link: Link,
    /// How safe it is from those on the way.
    pub safety: Safety,
    dials: u64,
    asked: Asked,
    /// The events of all conversations come, on this connection.
    is_following: bool,
    /// What was read before one turned away from it, and is still to be marked.
    left_read: Vec<(Address, Seq)>,
    /// What one is in.
    pub conversations: Conversations,
    /// Which of them is open.
    pub open: Option<ConversationId>,
    /// Which were open before, each once, the last one last.
    opened_before: Vec<ConversationId>,
    /// What is being written while nothing is open.
    scratch: TextArea<'static>,
    /// What was said but has not come back in a log yet.
    pub outbox: Outbox,
    /// Whose unsent messages of before were brought.
    recalled: Option<UserName>,
    pause: pause::Pause,
    notes: notes::Noting,
    undoing: select::Undoing,
    /// What is taken along to be forwarded.
    carried: Option<select::Carried>,
    /// What the mouse is selecting.
    drag: Option<dragging::Drag>,
    border: Option<clicking::Border>,
    /// So many rows of the list are above what is seen, where somebody has scrolled it.
    list_above: Option<usize>,
    /// What Tab offers.
    completion: Option<completion::Completion>,
    /// What waits for an answer of one's own.
    pub pending: Vec<Pending>,
    /// Who is here.
    pub people: People,
    /// What is searched for, or was.
    pub search: Search,
    /// The same in the open conversation.
    pub finding: Search,
    /// What was said with one's name.
    pub mentions: Search,
    /// Where one was before.
    origin: Option<search::Origin>,
    /// What is meant for oneself in the conversation one has come to.
    meant: Option<meant::Meant>,
    /// Since when the end of the open conversation is in sight.
    end_seen: Option<(ConversationId, Duration)>,
    /// What is to be told in passing.
    pub toasts: Toasts,
    /// How the screen is to look.
    pub looks: Looks,
    /// Where what is on the screen leads.
    pub links: Links,
    /// What the parts of code on the screen are.
    pub paints: Paints,
    /// What was configured: keys, looks, notifications.
    pub config: Config,
    /// Keys that mean nothing yet: how something longer begins.
    pub pressed: Vec<Chord>,
    /// What was chosen often and lately.
    pub frecent: Frecent,
    tour: Option<Tour>,
    /// Messages only.
    pub is_zen: bool,
    notifying: notify::Notifying,
    /// Who is writing.
    pub typing: typing::Typing,
    /// The server stops, and said how long to wait before dialling again.
    come_back: Option<Duration>,
    /// How wide the panes at the sides are, where somebody has said so.
    pub sides: Sides,
}

impl App {
    /// What is known at the start.
    pub fn new(start: Start) -> Self {
        let screen = if start.token.is_some() {
            Screen::Chat
        } else if start.first_run {
            Screen::SignIn(Box::new(SignIn::first(&start.server)))
        } else {
            Screen::SignIn(Box::new(SignIn::new(&start.server, start.user.as_ref(), start.password.as_ref())))
        };
        Self {
            size: start.size,
            zone: start.zone,
            focused: true,
            now: Duration::ZERO,
            wall: Timestamp(0),
            server: start.server,
            me: start.user,
            token: start.token,
            screen,
            overlay: None,
            list_wanted: true,
            people_wanted: true,
            link: Link::default(),
            safety: Safety::default(),
            dials: 0,
            asked: Asked::default(),
            is_following: false,
            left_read: Vec::new(),
            conversations: Conversations::default(),
            open: None,
            opened_before: Vec::new(),
            scratch: composer::blank(),
            outbox: Outbox::default(),
            recalled: None,
            pause: pause::Pause::default(),
            notes: notes::Noting::default(),
            undoing: select::Undoing::default(),
            carried: None,
            drag: None,
            border: None,
            list_above: None,
            completion: None,
            pending: Vec::new(),
            people: People::default(),
            search: Search::default(),
            finding: Search::default(),
            mentions: Search::default(),
            origin: None,
            meant: None,
            end_seen: None,
            toasts: Toasts::default(),
            looks: start.looks,
            links: Links::default(),
            paints: Paints::default(),
            config: start.config,
            pressed: Vec::new(),
            frecent: Frecent::default(),
            tour: None,
            is_zen: false,
            notifying: notify::Notifying::default(),
            typing: typing::Typing::default(),
            come_back: None,
            sides: Sides::default(),
        }
    }

    /// The conversation that is open.
    pub fn talk(&self) -> Option<&Talk> {
        self.conversations.get(self.open?)
    }

    fn talk_mut(&mut self) -> Option<&mut Talk> {
        self.conversations.get_mut(self.open?)
    }

    /// What is being written.
    pub fn composer(&self) -> &TextArea<'static> {
        self.talk().map_or(&self.scratch, |talk| &talk.composer)
    }

    fn composer_mut(&mut self) -> &mut TextArea<'static> {
        match self.open.and_then(|open| self.conversations.get_mut(open)) {
            Some(talk) => &mut talk.composer,
            None => &mut self.scratch,
        }
    }

    /// The server still owes an answer.
    pub fn is_asking(&self) -> bool {
        self.asked.is_any()
    }

    /// Somebody is signed in and one sees the panes.
    pub fn is_chatting(&self) -> bool {
        matches!(self.screen, Screen::Chat)
    }
}
