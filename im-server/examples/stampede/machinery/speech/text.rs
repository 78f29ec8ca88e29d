//! Lines, as a terminal types them. Nothing but the sender's own line tells them that it was taken.

use super::{Part, Speech, Stream, converse};

pub(super) struct Text(pub(super) Part);

impl Speech for Text {
    fn enter(&mut self, stream: &mut dyn Stream) -> anyhow::Result<()> {
        let (name, place) = (self.0.name(), self.0.place());
        let hello = if self.0.is_direct() {
            format!("INIT:{name}:{place}\n/time\n")
        } else {
            format!("{{\"name\":\"{name}\",\"room\":\"{place}\"}}\n/time\n")
        };
        converse(stream, &hello, &["UTC"], |_| None)?;
        Ok(())
    }

    fn post(&mut self, payload: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.extend_from_slice(payload.as_bytes());
        out.push(b'\n');
        Ok(())
    }
}
