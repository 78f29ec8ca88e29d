//! What is known of the highlighted message: when, by whom, how far it came, what it said before.

use im_proto::fold::Message;
use im_proto::{Body, Seq};

use super::super::geometry::Popup as Place;
use super::super::{App, Talk, Unsent, message, rows, wrap};
use super::{Selected, acts};
use crate::wording;

const COLUMNS: u16 = 64;
const ROWS_MAX: u16 = 18;
/// Before what is told of something, in columns.
const LEFT_COLUMNS: u16 = 12;

/// Where it is shown.
pub fn place(app: &App) -> Place {
    let all = app.size.width < COLUMNS + 4;
    let columns = if all { app.size.width } else { COLUMNS };
    let rows = u16::try_from(lines(app, columns).len()).unwrap_or(ROWS_MAX);
    Place::of(app.size, columns, rows.clamp(1, ROWS_MAX), all)
}

/// So many rows do not fit.
pub(super) fn rows_below(app: &App) -> u16 {
    let inner = place(app).inner;
    u16::try_from(lines(app, inner.width).len()).unwrap_or(u16::MAX).saturating_sub(inner.height)
}

/// All of it, in rows of a width.
pub fn lines(app: &App, width: u16) -> Vec<String> {
    let facts = match (app.talk(), app.selected()) {
        (Some(talk), Some(Selected::Said(seq, message))) => said(app, talk, seq, message),
        (_, Some(Selected::Unsent(unsent))) => unsent_facts(app, unsent),
        _ => Vec::new(),
    };
    let mut lines = Vec::new();
    for (what, told) in facts {
        let mut what = what;
        for line in wrap::wrap(&told, width.saturating_sub(LEFT_COLUMNS + 1)) {
            let blank = " ".repeat(usize::from((LEFT_COLUMNS - 1).saturating_sub(wrap::cells(what))));
            lines.push(format!(" {what}{blank}{line}"));
            what = "";
        }
    }
    lines
}

type Facts = Vec<(&'static str, String)>;

fn said(app: &App, talk: &Talk, seq: Seq, message: &Message) -> Facts {
    let when = |at| rows::moment(at, &app.zone);
    let mut facts = vec![
        ("from", wording::name(&message.author)),
        ("said", when(message.at)),
        ("number", format!("#{seq} of {}", talk.about.address)),
    ];
    let event = talk.log.get(seq).map(|entry| &entry.event);
    facts.extend(event.and_then(|event| acts::id_of(&event.body)).map(|id| ("id", id.to_string())));
    facts.extend(message.reply_to.map(|to| ("answers", format!("#{to}"))));
    if app.is_me(&message.author) {
        facts.push(("came", arrived(talk, seq)));
    }
    for (reaction, whose) in message.reactions() {
        let whose: Vec<String> = whose.into_iter().map(wording::name).collect();
        facts.push(("reaction", format!("{reaction} {}", whose.join(", "))));
    }
    if message.edited.is_some() {
        if let Some(Body::Posted { text, .. }) = event.map(|event| &event.body) {
            facts.push(("first", text.as_str().to_owned()));
        }
        for event in talk.log.entries().map(|entry| &entry.event) {
            if let Body::Edited { of, text } = &event.body
                && *of == seq
            {
                facts.push(("edited", when(event.at)));
                facts.push(("to", text.as_str().to_owned()));
            }
        }
        // The edits themselves may be further down than what is here.
        if facts.iter().all(|(what, _)| *what != "edited") {
            facts.extend(message.edited.map(|edit| ("edited", format!("by #{edit}"))));
            facts.extend(message.text.as_ref().map(|text| ("to", text.as_str().to_owned())));
        }
    }
    facts
}

/// How far one's own message came, in words.
fn arrived(talk: &Talk, seq: Seq) -> String {
    let other = &talk.about.address;
    match talk.about.receipts {
        Some(receipts) if receipts.read >= seq => {
            format!("stored by the server, delivered to and read by {other}")
        }
        Some(receipts) if receipts.received >= seq => format!("stored by the server, delivered to {other}"),
        Some(_) => format!("stored by the server, not delivered to {other} yet"),
        None => "stored by the server".to_owned(),
    }
}

fn unsent_facts(app: &App, unsent: &Unsent) -> Facts {
    let (_, state) = message::became(unsent);
    let kept = if unsent.kept { "kept on this device until the server has it" } else { "in memory only" };
    vec![
        ("to", unsent.to.to_string()),
        ("said", rows::moment(unsent.at, &app.zone)),
        ("id", unsent.message.to_string()),
        ("state", format!("{state} · {kept}")),
    ]
}
