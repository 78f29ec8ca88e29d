//! Where the log goes: each event is one line of characters that show, whatever is told in it, as text or as JSON.

use std::io::{self, Write};

use im_proto::escaped;

/// Lines on their way into a log. What could act on the terminal that shows them, or begin another line, is written as JSON
/// writes it.
#[derive(Debug)]
pub struct Logged<W>(pub W);

impl<W: Write> Write for Logged<W> {
    /// Takes one event, with its line end.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let mut line = escaped(text.strip_suffix('\n').unwrap_or(&text));
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_a_peer_sends_is_no_line_of_its_own_and_moves_nothing() {
        let kept = Kept::default();
        let writer = kept.clone();
        let log = tracing_subscriber::fmt().without_time().with_target(false);
        let log = log.with_writer(move || Logged(writer.clone())).finish();
        tracing::subscriber::with_default(log, || {
            let sent = "x\r\nINFO im-server: all is well\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\u{2028}\u{e0041}";
            tracing::warn!(%sent, debug = ?sent, "refused {sent}");
            tracing::info!("你好");
        });
        let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = log.split_terminator('\n').collect();
        assert_eq!(lines.len(), 2, "{log:?}");
        assert!(lines.iter().all(|line| im_proto::printable(line).to_string() == *line), "{log:?}");
        assert_eq!(lines[0].matches("INFO im-server: all is well").count(), 3, "{log}");
        assert!(lines[0].contains(r"\u000d\u000aINFO") && lines[1].ends_with("你好"), "{log}");
    }
}
