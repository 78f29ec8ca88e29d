//! What people say as it is shown: a subset of markdown, links, names, code; in lines that fit a width.
//!
//! The text stays as it was typed, line for line. Marks go away only where what they mean is drawn in their place, so
//! that nothing anybody says can vanish: what is no markdown of ours is shown as the characters it is.

mod inline;
mod lay;
mod read;
mod spoilers;

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

pub use spoilers::{cover, covered};

/// How one part of a line looks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// Of more weight.
    pub bold: bool,
    /// Of another tone.
    pub italic: bool,
    /// Not so any more.
    pub strike: bool,
    /// Not to be seen until somebody wants to.
    pub hidden: bool,
    /// What it is.
    pub part: Part,
}

/// What a part of a line is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Part {
    /// What somebody says.
    #[default]
    Said,
    /// What we put there: the bar of a quote, the dot of a list, where a link leads.
    Mark,
    /// Code.
    Code,
    /// It leads there.
    Link(Rc<str>),
    /// A name, without its `@`.
    Person(String),
    /// A room.
    Room,
}

/// Some characters of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// They.
    pub text: String,
    /// How they look.
    pub look: Look,
}

/// One line that fits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Its parts.
    pub pieces: Vec<Piece>,
    /// Which code it shows, if its language is told.
    pub code: Option<CodeLine>,
    /// What stood between it and the next one, if that is only there because the width ended.
    pub joint: Option<String>,
}

/// A part of a line of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLine {
    /// Of this code.
    pub code: Rc<Code>,
    /// The line.
    pub line: usize,
    /// From this byte of it on.
    pub from: usize,
}

/// Code in a language that is told.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Code {
    /// In which language, as it was told.
    pub language: String,
    /// The code.
    pub text: String,
}

impl Code {
    /// What it is known by.
    pub fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

impl Line {
    /// A line with nothing in it but words.
    pub fn plain(text: impl Into<String>) -> Self {
        let pieces = vec![Piece { text: text.into(), look: Look::default() }];
        Self { pieces, ..Self::default() }
    }

    /// Its words.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// The cells that it takes.
    pub fn cells(&self) -> u16 {
        super::wrap::cells(&self.text())
    }
}

/// The lines of one text at the width it was last shown at. Only what is seen is ever read and wrapped.
#[derive(Debug, Default)]
pub struct Wrapped(RefCell<Option<(u16, Lines)>>);

/// Lines that many may hold.
pub type Lines = Rc<[Rc<Line>]>;

impl Wrapped {
    /// The lines of `text` at a width.
    pub fn lines(&self, text: &str, width: u16, rich: bool) -> Lines {
        let mut cached = self.0.borrow_mut();
        match &*cached {
            Some((at, lines)) if *at == width => Rc::clone(lines),
            _ => {
                let lines = lines(text, width, rich);
                *cached = Some((width, Rc::clone(&lines)));
                lines
            }
        }
    }
}

/// Where the links of a text lead, in its order.
pub fn addresses(text: &str) -> Vec<Rc<str>> {
    let drafts = read::read(text, true);
    let looks = drafts.into_iter().flat_map(|draft| draft.looks);
    let links = looks.filter_map(|(_, look)| match look.part {
        Part::Link(to) => Some(to),
        _ => None,
    });
    links.collect()
}

/// A text in lines that fit a width. Where the terminal may not be able to draw what marks mean, they stay: not `rich`.
pub fn lines(text: &str, width: u16, rich: bool) -> Lines {
    let drafts = read::read(text, rich);
    drafts.iter().flat_map(|draft| lay::lay(draft, width.max(1))).map(Rc::new).collect()
}
