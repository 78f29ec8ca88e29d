//! The page in a real browser: what people do there, and what they see.

mod accounts;
mod amended;
mod driver;
mod everybody;
mod fold;
mod reading;
mod restart;
mod search;
mod talking;
mod untrusted;
mod visit;

use std::net::SocketAddr;

use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::{Value, json};

use self::driver::{Browser, Driver};

/// Each event that is shown: `[seq, who, what]`.
const EVENTS: &str =
    "Array.from(document.querySelectorAll('#messages > li'), (li) => [Number(li.dataset.seq),
    li.querySelector('.from').textContent, li.querySelector('.text').textContent])";

/// The first that is shown of what a selector finds.
const SHOWN: &str = "Array.from(document.querySelectorAll(given)).find((node) => node.checkVisibility())";

impl Browser<'_> {
    /// Goes to the page and waits until it knows who one is.
    #[track_caller]
    fn opens(&self, addr: SocketAddr) {
        self.goes_by("http", addr);
    }

    #[track_caller]
    fn goes_by(&self, scheme: &str, addr: SocketAddr) {
        self.client(async |client| client.goto(&format!("{scheme}://{addr}/")).await);
        self.until(
            &Value::Null,
            "document.querySelector('#welcome').hidden !== document.querySelector('#chat').hidden",
        );
    }

    /// Waits until something that a selector finds is shown.
    #[track_caller]
    fn shows(&self, selector: &str) {
        self.until(&selector.into(), &format!("Boolean({SHOWN})"));
    }

    #[track_caller]
    fn shows_no(&self, selector: &str) {
        self.until(&selector.into(), &format!("!{SHOWN}"));
    }

    #[track_caller]
    fn clicks(&self, selector: &str) {
        self.shows(selector);
        self.client(async |client| client.find(Locator::Css(selector)).await?.click().await);
    }

    /// The same for what may move, or be another by then: it is found and clicked in the same moment.
    #[track_caller]
    fn clicks_at_once(&self, selector: &str) {
        let click = format!("(() => {{ const node = {SHOWN}; node?.click(); return Boolean(node); }})()");
        self.until(&selector.into(), &click);
    }

    /// Types into a field, after what is there.
    #[track_caller]
    fn types(&self, selector: &str, text: &str) {
        self.shows(selector);
        self.client(async |client| client.find(Locator::Css(selector)).await?.send_keys(text).await);
    }

    /// Presses keys, wherever the focus is.
    #[track_caller]
    fn presses(&self, keys: &str) {
        self.client(async |client| client.active_element().await?.send_keys(keys).await);
    }

    /// The text of the only thing that a selector finds.
    #[track_caller]
    fn text(&self, selector: &str) -> String {
        let text = self.script(&selector.into(), "return document.querySelector(given).textContent");
        text.as_str().unwrap().to_owned()
    }

    /// Waits until the text of something is this.
    #[track_caller]
    fn says(&self, selector: &str, text: &str) {
        self.until(
            &json!([selector, text]),
            "document.querySelector(given[0]) && document.querySelector(given[0]).textContent === given[1]",
        );
    }

    // ---- Coming in

    /// Makes an account on the card, and is in.
    #[track_caller]
    fn signs_up(&self, addr: SocketAddr, name: &str) {
        self.opens(addr);
        self.signs_up_here(name);
    }

    #[track_caller]
    fn signs_up_here(&self, name: &str) {
        self.types("#name", name);
        self.types("#password", "secret");
        self.clicks("#sign-up-button");
        self.is_in(name);
    }

    #[track_caller]
    fn signs_in(&self, name: &str, password: &str) {
        self.types("#name", name);
        self.types("#password", password);
        self.clicks("#sign-in-button");
    }

    /// Waits until they are in under this name.
    #[track_caller]
    fn is_in(&self, name: &str) {
        self.says("#me", name);
        self.is_connected();
    }

    #[track_caller]
    fn is_connected(&self) {
        self.says("#status", "connected");
    }

    // ---- Conversations

    /// Enters a room, or begins to talk to somebody (`@bob`), by the dialog.
    #[track_caller]
    fn enters(&self, address: &str) {
        self.clicks("#new");
        if address.starts_with('@') {
            self.clicks("#new-dialog [value=direct]");
        }
        self.types("#new-name", &format!("{}{}", &address[1..], char::from(Key::Enter)));
        self.is_at(address);
    }

    /// Goes to a conversation that is in the list.
    #[track_caller]
    fn goes_to(&self, address: &str) {
        self.clicks_at_once(&entry(address));
        self.is_at(address);
    }

    #[track_caller]
    fn is_at(&self, address: &str) {
        self.shows(&format!("{}[aria-current]", entry(address)));
        self.shows("#composer");
    }

    /// Types and sends.
    #[track_caller]
    fn posts(&self, text: &str) {
        self.types("#composer", &format!("{text}{}", char::from(Key::Enter)));
    }

    /// Waits until some message is shown in the open conversation.
    #[track_caller]
    fn hears(&self, from: &str, text: &str) {
        self.until(
            &json!([from, text]),
            &format!("{EVENTS}.some(([, from, text]) => from === given[0] && text === given[1])"),
        );
    }

    /// All events that are shown.
    #[track_caller]
    fn events(&self) -> Vec<(u64, String, String)> {
        serde_json::from_value(self.value(EVENTS)).unwrap()
    }

    /// How much is unread in a conversation, as the list says.
    #[track_caller]
    fn has_unread(&self, address: &str, badge: &str) {
        let link = entry(address);
        if badge.is_empty() {
            self.until(
                &link.into(),
                "document.querySelector(given) && !document.querySelector(`${given} .unread`)",
            );
        } else {
            self.says(&format!("{link} .unread"), badge);
        }
    }
}

/// The entry of a conversation in the list.
fn entry(address: &str) -> String {
    format!("#conversations [data-address='{address}']")
}

/// The seqs are 1, 2, 3 … with no hole.
#[track_caller]
fn assert_whole(events: &[(u64, String, String)]) {
    let seqs: Vec<u64> = events.iter().map(|(seq, ..)| *seq).collect();
    assert!(seqs.iter().copied().eq(1..=seqs.len() as u64), "{seqs:?}");
}
