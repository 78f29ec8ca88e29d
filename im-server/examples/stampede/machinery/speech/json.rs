//! im's JSON, an object a line.

use super::{Part, Speech, Stream, converse};

const POSTED: &[u8] = b"\"reply\":\"posted\"";

pub(super) struct Json {
    part: Part,
    /// The end of what was heard, where the beginning of the word may stand.
    rest: Vec<u8>,
}

impl Json {
    pub(super) fn new(part: Part) -> Self {
        Self { part, rest: Vec::new() }
    }

    fn address(&self) -> String {
        let place = self.part.place();
        if self.part.is_direct() { format!("@{place}") } else { format!("#{place}") }
    }
}

impl Speech for Json {
    fn enter(&mut self, stream: &mut dyn Stream) -> anyhow::Result<()> {
        let come = format!("{{\"tag\":1,\"request\":\"come-as-guest\",\"name\":\"{}\"}}\n", self.part.name());
        converse(stream, &come, &["\"tag\":1"], |_| None)?;
        if !self.part.is_direct() {
            let join = format!(
                "{{\"tag\":2,\"request\":\"join\",\"name\":\"{}\",\"create\":true}}\n",
                self.part.place()
            );
            converse(stream, &join, &["\"tag\":2"], |_| None)?;
        }
        converse(stream, "{\"tag\":3,\"request\":\"follow\"}\n", &["\"tag\":3"], |_| None)?;
        Ok(())
    }

    fn post(&mut self, payload: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let to = self.address();
        out.extend_from_slice(
            format!("{{\"tag\":4,\"request\":\"post\",\"to\":\"{to}\",\"text\":\"{payload}\"}}\n").as_bytes(),
        );
        Ok(())
    }

    fn acknowledges(&self) -> bool {
        true
    }

    fn hear(&mut self, bytes: &[u8], _: &mut Vec<u8>) -> anyhow::Result<u64> {
        self.rest.extend_from_slice(bytes);
        let acknowledged = self.rest.windows(POSTED.len()).filter(|word| *word == POSTED).count();
        let seen = self.rest.len().saturating_sub(POSTED.len() - 1);
        self.rest.drain(..seen);
        Ok(acknowledged as u64)
    }
}
