//! Cells on their way to the terminal: links as OSC 8, which takes no cells and which terminals that do not know it leave
//! out, and the cursor placed anew behind every character of several parts, because terminals differ about its width.

use std::io::{self, Write};

use im_proto::printable;
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::layout::{Position, Size};
use ratatui::style::Color;

use crate::app::links::{Links, link_of};

/// Writes cells, and what they lead to.
#[derive(Debug)]
pub struct Cells<W: Write> {
    inner: CrosstermBackend<W>,
    /// Where the numbers in the cells lead.
    pub links: Links,
}

impl<W: Write> Cells<W> {
    /// Writes them there.
    pub fn new(writer: W, links: Links) -> Self {
        Self { inner: CrosstermBackend::new(writer), links }
    }

    /// Writes cells that lead to one place, or nowhere.
    fn put(&mut self, run: &mut Vec<(u16, u16, Cell)>, link: Option<u32>) -> io::Result<()> {
        if run.is_empty() {
            return Ok(());
        }
        let to = link.and_then(|number| Some((number, self.links.address(number)?)));
        if let Some((number, to)) = &to {
            // The same id joins the parts of a link that goes over several lines.
            write!(self.inner, "\u{1b}]8;id={number:x};{to}\u{1b}\\")?;
        }
        self.inner.draw(run.iter().map(|(x, y, cell)| (*x, *y, cell)))?;
        if to.is_some() {
            write!(self.inner, "\u{1b}]8;;\u{1b}\\")?;
        }
        run.clear();
        Ok(())
    }
}

/// Whatever pane it is in, and whoever wrote it: a cell has characters that show, or a blank.
fn harmless(cell: &mut Cell) {
    let symbol = cell.symbol();
    if matches!(symbol.as_bytes(), [b' '..=b'~']) {
        return;
    }
    let shown: String = printable(symbol).chars().filter(|c| *c != '\t').collect();
    if shown != symbol {
        cell.set_symbol(if shown.is_empty() { " " } else { &shown });
    }
}

/// Whether a place is the second half of the wide character that comes last.
fn is_behind_half(run: &[(u16, u16, Cell)], x: u16, y: u16) -> bool {
    run.last().is_some_and(|(left, row, wide)| *row == y && left + 1 == x && wide.cell_width() > 1)
}

impl<W: Write> Backend for Cells<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut run: Vec<(u16, u16, Cell)> = Vec::new();
        let mut link = None;
        let mut is_apart = false;
        for (x, y, cell) in content {
            let mut drawn = cell.clone();
            drawn.underline_color = Color::Reset;
            harmless(&mut drawn);
            if is_behind_half(&run, x, y) {
                // First what is to be blank where the character turns out to be narrow: later, it would wipe it out.
                run.insert(run.len() - 1, (x, y, drawn));
                continue;
            }
            if link_of(cell) != link || is_apart {
                self.put(&mut run, link)?;
                link = link_of(cell);
            }
            is_apart = drawn.symbol().chars().nth(1).is_some();
            run.push((x, y, drawn));
        }
        self.put(&mut run, link)
    }

    fn append_lines(&mut self, lines: u16) -> io::Result<()> {
        self.inner.append_lines(lines)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}
