//! What keys do now, in a few words at the edge: made from the keymap, as many as there is room for.

use crate::app::geometry::Manner;
use crate::app::keys::{Deed, Keymap};
use crate::app::select::Act;
use crate::app::{App, Overlay};

/// For the status line, at most so wide.
pub(super) fn status(app: &App, manner: Manner, width: u16) -> String {
    let keymap = &app.config.keymap;
    let hint = |(deed, does): &(Deed, &str)| Some(format!("{} {does}", keymap.short(*deed)?));
    let failed = app.talk().is_some_and(|talk| app.outbox.has_failed(&talk.about.address));
    let hints: Vec<String> = match &app.overlay {
        Some(Overlay::Jump(_)) => fixed(keymap, &["↑↓ choose", "Enter goes there", "? lists what there is"]),
        Some(_) => fixed(keymap, &[]),
        None if app.is_selecting() => selecting(app, keymap),
        None if failed && app.composer().is_empty() => {
            let mut hints: Vec<String> =
                hint(&(Deed::TakeBack, "takes the failed message back")).into_iter().collect();
            if manner == Manner::Wide {
                hints.extend(["/retry sends it again".to_owned(), "/drop".to_owned()]);
            }
            hints
        }
        // Where there is room for one, it is not the one that everybody knows.
        None if manner == Manner::Narrow => WRITING_NARROW.iter().filter_map(hint).collect(),
        None => WRITING.iter().filter_map(hint).collect(),
    };
    let mut line = String::new();
    for hint in hints {
        let longer = if line.is_empty() { hint } else { format!("{line} · {hint}") };
        // A shorter one further on may still fit.
        if crate::app::wrap::cells(&longer) < width {
            line = longer;
        }
    }
    if line.is_empty() { line } else { format!("{line} ") }
}

/// With the highlighted message, what matters most first; where the rest is stands before all.
fn selecting(app: &App, keymap: &Keymap) -> Vec<String> {
    const SEVERAL: &[(Act, &str)] =
        &[(Act::Copy, "copy"), (Act::Forward, "forward"), (Act::Several, "only one")];
    const ACTS: &[(Act, &str)] = &[
        (Act::Menu, "all"),
        (Act::Reply, "reply"),
        (Act::React, "react"),
        (Act::Copy, "copy"),
        (Act::Edit, "edit"),
        (Act::Delete, "delete"),
        (Act::Open, "open"),
        (Act::Unread, "unread"),
        (Act::Info, "info"),
        (Act::Undo, "undo"),
        (Act::Forward, "forward"),
        (Act::Several, "several"),
    ];
    let acts = if app.is_choosing_several() { SEVERAL } else { ACTS };
    acts.iter().filter_map(|(act, does)| keymap.hint(Deed::Select(*act), does)).collect()
}

/// While one writes, what matters most first.
const WRITING: &[(Deed, &str)] = &[
    (Deed::Send, "send"),
    (Deed::Newline, "newline"),
    (Deed::Escape, "select"),
    (Deed::Palette, "commands"),
    (Deed::Jump, "jump"),
    (Deed::NextUnread, "next unread"),
];

/// The same where there is little room.
const WRITING_NARROW: &[(Deed, &str)] =
    &[(Deed::Escape, "select"), (Deed::Send, "send"), (Deed::Palette, "commands"), (Deed::Jump, "jump")];

/// What cannot be configured, and how to close it.
fn fixed(keymap: &Keymap, hints: &[&str]) -> Vec<String> {
    let mut hints: Vec<String> = hints.iter().map(|hint| (*hint).to_owned()).collect();
    hints.extend(keymap.hint(Deed::Escape, "closes"));
    hints
}

/// For the title line.
pub(super) fn title(app: &App, manner: Manner) -> String {
    let keymap = &app.config.keymap;
    let (gap, with_words) = match manner {
        Manner::Wide => ("   ", true),
        Manner::Middle => ("  ", true),
        Manner::Narrow => ("  ", false),
    };
    let hint = |(deed, does)| {
        let key = keymap.short(deed)?;
        Some(if with_words { format!("{key} {does}") } else { key })
    };
    let hints: Vec<String> =
        [(Deed::Jump, "jump"), (Deed::Help, "help")].into_iter().filter_map(hint).collect();
    hints.join(gap)
}
