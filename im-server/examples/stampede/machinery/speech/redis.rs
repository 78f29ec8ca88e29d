//! Redis: publish and subscribe, which keeps nothing. Who subscribes says nothing else: one who speaks does not hear.

use super::{Part, Speech, Stream, converse};

pub(super) struct Redis(pub(super) Part);

impl Speech for Redis {
    fn enter(&mut self, stream: &mut dyn Stream) -> anyhow::Result<()> {
        let subject = if self.0.is_direct() { self.0.name() } else { self.0.place() };
        let hello = if self.0.speaks { "PING\r\n".to_owned() } else { format!("SUBSCRIBE {subject}\r\n") };
        converse(stream, &hello, &["PONG", ":1\r\n"], |_| None)?;
        Ok(())
    }

    fn post(&mut self, payload: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.extend_from_slice(format!("PUBLISH {} {payload}\r\n", self.0.place()).as_bytes());
        Ok(())
    }
}
