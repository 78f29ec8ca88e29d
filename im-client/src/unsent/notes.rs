//! What is half written, and where somebody wants to read again: a file beside the journal of the same run, under the same
//! lock. It is small and always written whole, in the place of the one before: there is no moment without it.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use im_proto::{Reaction, Seq, Timestamp};

use super::journal::sync_folder_of;
use super::line::{escaped, unescaped};
use crate::app::amending::Writing;
use crate::app::notify::KeptLevel;
use crate::app::{Draft, KeptUnread, Notes};
use crate::config::Level;
use crate::private;

/// Reads notes; those that are not there say nothing. A line that makes no sense is of a later version, and left out.
pub(super) fn read(path: &Path) -> io::Result<Notes> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Notes::default()),
        Err(error) => return Err(error),
    };
    let mut notes = Notes::default();
    for line in String::from_utf8_lossy(&bytes).lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "open" => notes.open = rest.parse().ok(),
            "draft" => notes.drafts.extend(draft(rest)),
            "unread" => notes.unread.extend(unread(rest)),
            "level" => notes.levels.extend(level(rest)),
            "reaction" => notes.reactions.extend(Reaction::parse(rest)),
            _ => {}
        }
    }
    Ok(notes)
}

/// Puts notes in the place of those that are there. Nothing to note is no file.
pub(super) fn write(path: &Path, notes: &Notes) -> io::Result<()> {
    if *notes == Notes::default() {
        return match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let aside = path.with_extension("notes-new");
    let mut file = private::create(&aside)?;
    file.write_all(lines(notes).as_bytes())?;
    file.sync_all()?;
    fs::rename(&aside, path)?;
    sync_folder_of(path)
}

/// The notes of two runs as one. Where something is half written in both, both are kept.
pub(super) fn merged(one: Notes, other: Notes) -> Notes {
    let mut all = one;
    all.open = all.open.or(other.open);
    for draft in other.drafts {
        if !all.drafts.contains(&draft) {
            all.drafts.push(draft);
        }
    }
    for kept in other.unread {
        match all.unread.iter_mut().find(|known| known.of == kept.of) {
            Some(known) if known.after <= kept.after => {}
            Some(known) => *known = kept,
            None => all.unread.push(kept),
        }
    }
    for kept in other.levels {
        if !all.levels.iter().any(|known| known.of == kept.of) {
            all.levels.push(kept);
        }
    }
    for reaction in other.reactions {
        if !all.reactions.contains(&reaction) {
            all.reactions.push(reaction);
        }
    }
    all
}

fn lines(notes: &Notes) -> String {
    let mut lines = String::new();
    if let Some(open) = &notes.open {
        lines.push_str(&format!("open {open}\n"));
    }
    for Draft { to, writing, text } in &notes.drafts {
        let writing = match writing {
            Writing::New => "new".to_owned(),
            Writing::Editing(seq) => format!("edit#{seq}"),
            Writing::Replying(seq) => format!("reply#{seq}"),
        };
        lines.push_str(&format!("draft {to} {writing} {}\n", escaped(text)));
    }
    for KeptUnread { of, after, posts } in &notes.unread {
        lines.push_str(&format!("unread {of} {after} {posts}\n"));
    }
    for KeptLevel { of, level, until } in &notes.levels {
        let level = match level {
            Level::All => "all",
            Level::Mentions => "mentions",
            Level::None => "none",
        };
        let until = until.map_or(String::new(), |until| format!(" {}", until.0));
        lines.push_str(&format!("level {of} {level}{until}\n"));
    }
    for reaction in &notes.reactions {
        lines.push_str(&format!("reaction {reaction}\n"));
    }
    lines
}

fn draft(line: &str) -> Option<Draft> {
    let mut parts = line.splitn(3, ' ');
    let to = parts.next()?.parse().ok()?;
    let writing = match parts.next()?.split_once('#') {
        None => Writing::New,
        Some(("edit", seq)) => Writing::Editing(Seq(seq.parse().ok()?)),
        Some(("reply", seq)) => Writing::Replying(Seq(seq.parse().ok()?)),
        Some(_) => return None,
    };
    Some(Draft { to, writing, text: unescaped(parts.next()?)? })
}

fn unread(line: &str) -> Option<KeptUnread> {
    let mut parts = line.split(' ');
    let (of, after, posts) = (parts.next()?, parts.next()?, parts.next()?);
    Some(KeptUnread { of: of.parse().ok()?, after: Seq(after.parse().ok()?), posts: posts.parse().ok()? })
}

fn level(line: &str) -> Option<KeptLevel> {
    let mut parts = line.split(' ');
    let of = parts.next()?.parse().ok()?;
    let level = match parts.next()? {
        "all" => Level::All,
        "mentions" => Level::Mentions,
        "none" => Level::None,
        _ => return None,
    };
    let until = match parts.next() {
        Some(until) => Some(Timestamp(until.parse().ok()?)),
        None => None,
    };
    Some(KeptLevel { of, level, until })
}
