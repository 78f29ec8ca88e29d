//! IRC: RFC 2812 as far as it takes to say and hear something.

use super::{Part, Speech, Stream, converse};

pub(super) struct Irc(pub(super) Part);

impl Irc {
    fn target(&self) -> String {
        let place = self.0.place();
        if self.0.is_direct() { place } else { format!("#{place}") }
    }
}

impl Speech for Irc {
    fn begin(&mut self, stream: &mut dyn Stream) -> anyhow::Result<()> {
        let name = self.0.name();
        Ok(stream.write_all(format!("NICK {name}\r\nUSER {name} 0 * :{name}\r\n").as_bytes())?)
    }

    fn enter(&mut self, stream: &mut dyn Stream) -> anyhow::Result<()> {
        let mut answered = false;
        // Some servers want to see that somebody is there before they let them in.
        let pong = |heard: &str| {
            let cookie = heard.lines().find_map(|line| line.strip_prefix("PING "))?;
            (!std::mem::replace(&mut answered, true)).then(|| format!("PONG {cookie}\r\n"))
        };
        converse(stream, "", &[" 376 ", " 422 "], pong)?; // the message of the day, or that there is none
        if !self.0.is_direct() {
            converse(stream, &format!("JOIN {}\r\n", self.target()), &[" 366 "], |_| None)?;
        }
        Ok(())
    }

    fn post(&mut self, payload: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        out.extend_from_slice(format!("PRIVMSG {} :{payload}\r\n", self.target()).as_bytes());
        Ok(())
    }
}
