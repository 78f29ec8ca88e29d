//! What stands on the terminal of a text session: whole lines, and perhaps one prompt after them.

use bytes::Bytes;
use im_proto::printable;

use super::super::Output;

/// Keeps a prompt at the bottom: what comes unasked goes above it, and the prompt is shown again after.
#[derive(Debug, Default)]
pub(super) struct Screen {
    prompt: Option<String>,
    /// Something was written after the prompt.
    broken: bool,
    crlf: bool,
}

impl Screen {
    /// How the peer ends its lines is how lines are ended for it.
    pub(super) fn set_crlf(&mut self, crlf: bool) {
        self.crlf = crlf;
    }

    pub(super) fn is_crlf(&self) -> bool {
        self.crlf
    }

    pub(super) fn eol(&self) -> &'static str {
        if self.crlf { "\r\n" } else { "\n" }
    }

    pub(super) fn has_prompt(&self) -> bool {
        self.prompt.is_some()
    }

    /// The peer pressed Enter: its cursor is on a new line.
    pub(super) fn entered(&mut self) {
        self.prompt = None;
        self.broken = false;
    }

    /// The prompt is not wanted any more, but the cursor still stands behind it.
    pub(super) fn drop_prompt(&mut self, out: &mut Output) {
        if self.prompt.take().is_some() && !self.broken {
            out.put(self.eol().as_bytes());
        }
        self.broken = false;
    }

    pub(super) fn prompt(&mut self, prompt: &str, out: &mut Output) {
        self.drop_prompt(out);
        let prompt = printable(prompt).to_string();
        out.put(prompt.as_bytes());
        self.prompt = Some(prompt);
    }

    /// Writes one line: whoever worded it, it is characters that show.
    pub(super) fn line(&mut self, line: &str, out: &mut Output) {
        self.make_room(out);
        out.put(printable(line).to_string().as_bytes());
        out.put(self.eol().as_bytes());
    }

    /// Writes whole lines that are shared with other sessions, each of which was made of characters that show.
    pub(super) fn lines(&mut self, lines: &Bytes, out: &mut Output) {
        if !lines.is_empty() {
            self.make_room(out);
            out.push(lines);
        }
    }

    fn make_room(&mut self, out: &mut Output) {
        if self.prompt.is_some() && !self.broken {
            out.put(self.eol().as_bytes());
            self.broken = true;
        }
    }

    /// Shows the prompt again if something was written over it.
    pub(super) fn settle(&mut self, out: &mut Output) {
        if std::mem::take(&mut self.broken)
            && let Some(prompt) = &self.prompt
        {
            out.put(prompt.as_bytes());
        }
    }
}
