//! NATS: core publish and subscribe, which keeps nothing.

use super::{Part, Speech, Stream, converse};

pub(super) struct Nats(pub(super) Part);

impl Speech for Nats {
    fn enter(&mut self, stream: &mut dyn Stream) -> anyhow::Result<()> {
        let subject = if self.0.is_direct() { self.0.name() } else { self.0.place() };
        let hello = format!(
            "CONNECT {{\"verbose\":false,\"pedantic\":false,\"echo\":false}}\r\nSUB {subject} 1\r\nPING\r\n"
        );
        converse(stream, &hello, &["PONG\r\n"], |_| None)?;
        Ok(())
    }

    fn post(&mut self, payload: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.extend_from_slice(
            format!("PUB {} {}\r\n{payload}\r\n", self.0.place(), payload.len()).as_bytes(),
        );
        Ok(())
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> anyhow::Result<u64> {
        if bytes.windows(6).any(|word| word == b"PING\r\n") {
            out.extend_from_slice(b"PONG\r\n");
        }
        Ok(0)
    }
}
