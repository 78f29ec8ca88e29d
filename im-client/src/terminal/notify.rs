//! Notifications and the title of the window, as the terminal understands them.

use std::env;

use im_proto::printable;

use crate::app::notify::Notification;
use crate::config::Way;

/// Rings the bell.
const BELL: &[u8] = b"\x07";

/// What a terminal is known to understand, by what it says of itself; nothing where only the bell is left, and is not wanted.
pub fn known(configured: Way, bell: bool, variable: impl Fn(&str) -> Option<String>) -> Option<Way> {
    let is = |name: &str, part: &str| variable(name).is_some_and(|value| value.contains(part));
    let way = match configured {
        Way::Auto if variable("TMUX").is_some() || is("TERM", "screen") || is("TERM", "tmux") => Way::Bell,
        Way::Auto if is("TERM", "kitty") => Way::Osc99,
        Way::Auto if ["iTerm.app", "WezTerm", "ghostty"].iter().any(|name| is("TERM_PROGRAM", name)) => {
            Way::Osc9
        }
        Way::Auto if is("TERM", "foot") || is("TERM", "rxvt-unicode") => Way::Osc777,
        Way::Auto => Way::Bell,
        way => way,
    };
    (bell || way != Way::Bell).then_some(way)
}

/// The same, of the terminal that this program runs in.
pub(super) fn here(configured: Way, bell: bool) -> Option<Way> {
    known(configured, bell, |name| env::var(name).ok())
}

/// What is written to the terminal. Nothing of it is what somebody else wrote but harmless text.
pub fn bytes(way: Way, Notification { title, body }: &Notification) -> Vec<u8> {
    let plain = |text: &str| printable(text).to_string().replace(';', ",");
    let (title, body) = (plain(title), plain(body.as_deref().unwrap_or("says something")));
    match way {
        Way::Osc99 => format!("\x1b]99;i=im:d=0;{title}\x1b\\\x1b]99;i=im:p=body;{body}\x1b\\").into_bytes(),
        Way::Osc9 => format!("\x1b]9;{title}: {body}\x1b\\").into_bytes(),
        Way::Osc777 => format!("\x1b]777;notify;{title};{body}\x1b\\").into_bytes(),
        Way::Auto | Way::Bell => BELL.to_vec(),
    }
}

/// The title of the window.
pub fn title(title: &str) -> Vec<u8> {
    format!("\x1b]2;{}\x1b\\", printable(title)).into_bytes()
}
