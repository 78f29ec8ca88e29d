//! MQTT 3.1.1 with QoS 1: each message is acknowledged on its way in and on its way out.

use super::{Part, Speech, Stream};

const CONNECT: u8 = 0x10;
const CONNACK: u8 = 0x20;
const PUBLISH: u8 = 0x30;
const PUBACK: u8 = 0x40;
const SUBSCRIBE: u8 = 0x82;
const SUBACK: u8 = 0x90;

/// Delivered at least once, in the bits of a PUBLISH.
const ONCE_AT_LEAST: u8 = 0x02;
const DELIVERY: u8 = 0x06;

/// The name of the protocol and its level, a clean session, and no keep-alive.
const VARIABLE_HEADER: &[u8] = b"\x00\x04MQTT\x04\x02\x00\x00";

/// Who subscribes hears what they say themselves, too, where they say it.
pub(super) struct Mqtt {
    part: Part,
    heard: Vec<u8>,
    /// The number of the last packet. Never 0.
    last: u16,
}

/// A packet: its first byte, how long its head is, and how long all of it.
struct Packet {
    first: u8,
    head: usize,
    length: usize,
}

impl Mqtt {
    pub(super) fn new(part: Part) -> Self {
        Self { part, heard: Vec::new(), last: 0 }
    }
}

impl Speech for Mqtt {
    fn enter(&mut self, stream: &mut dyn Stream) -> anyhow::Result<()> {
        let connect = [VARIABLE_HEADER, &text(&self.part.name())?].concat();
        stream.write_all(&packet(CONNECT, &connect))?;
        anyhow::ensure!(matches!(answer::<4>(stream)?, [CONNACK, 2, _, 0]), "not let in");
        let topic = if self.part.is_direct() { self.part.name() } else { self.part.place() };
        let subscribe = [&[0, 1], text(&topic)?.as_slice(), &[1]].concat();
        stream.write_all(&packet(SUBSCRIBE, &subscribe))?;
        anyhow::ensure!(answer::<5>(stream)? == [SUBACK, 3, 0, 1, 1], "not subscribed");
        Ok(())
    }

    fn post(&mut self, payload: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        self.last = self.last.checked_add(1).unwrap_or(1);
        let body =
            [text(&self.part.place())?.as_slice(), &self.last.to_be_bytes(), payload.as_bytes()].concat();
        out.extend(packet(PUBLISH | ONCE_AT_LEAST, &body));
        Ok(())
    }

    fn acknowledges(&self) -> bool {
        true
    }

    fn answers(&self) -> bool {
        true
    }

    fn hear(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> anyhow::Result<u64> {
        self.heard.extend_from_slice(bytes);
        let (mut acknowledged, mut at) = (0, 0);
        while let Some(packet) = first(&self.heard[at..]) {
            let body = &self.heard[at + packet.head..at + packet.length];
            match packet.first & 0xf0 {
                PUBACK => acknowledged += 1,
                PUBLISH if packet.first & DELIVERY == ONCE_AT_LEAST => {
                    out.extend_from_slice(&[PUBACK, 2]);
                    out.extend_from_slice(number(body).ok_or_else(|| anyhow::anyhow!("no number"))?);
                }
                _ => {}
            }
            at += packet.length;
        }
        self.heard.drain(..at);
        Ok(acknowledged)
    }
}

/// A text with its length before it.
fn text(text: &str) -> anyhow::Result<Vec<u8>> {
    Ok([&u16::try_from(text.len())?.to_be_bytes(), text.as_bytes()].concat())
}

fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![first];
    let mut left = body.len();
    loop {
        let low = u8::try_from(left % 0x80).unwrap_or_default();
        left /= 0x80;
        packet.push(if left > 0 { low | 0x80 } else { low });
        if left == 0 {
            break;
        }
    }
    packet.extend_from_slice(body);
    packet
}

/// The first packet, if all of it is there.
fn first(bytes: &[u8]) -> Option<Packet> {
    let mut length = 0;
    for (at, byte) in bytes.iter().skip(1).take(4).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            let head = at + 2;
            let whole = bytes.len() >= head + length;
            return whole.then_some(Packet { first: bytes[0], head, length: head + length });
        }
    }
    None
}

/// The number of a PUBLISH, which stands behind its topic.
fn number(body: &[u8]) -> Option<&[u8]> {
    let topic = usize::from(u16::from_be_bytes(*body.first_chunk()?));
    body.get(2 + topic..4 + topic)
}

fn answer<const BYTES: usize>(stream: &mut dyn Stream) -> anyhow::Result<[u8; BYTES]> {
    let mut answer = [0; BYTES];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machinery::speech::{Place, Run};

    #[test]
    fn packets_are_acknowledged_however_the_stream_is_cut() {
        let payload = "x".repeat(300); // two bytes of length
        let body = [b"\x00\x01t\x12\x34".as_slice(), payload.as_bytes()].concat();
        let stream = [packet(PUBLISH | ONCE_AT_LEAST, &body), vec![PUBACK, 2, 0, 1]].concat();
        for cut in 0..stream.len() {
            let part = Part { run: Run::new(), number: 1, place: Place::Room(0), speaks: true };
            let (mut mqtt, mut out, mut acknowledged) = (Mqtt::new(part), Vec::new(), 0);
            for piece in [&stream[..cut], &stream[cut..]] {
                acknowledged += mqtt.hear(piece, &mut out).unwrap();
            }
            assert_eq!(
                (out.as_slice(), acknowledged),
                ([PUBACK, 2, 0x12, 0x34].as_slice(), 1),
                "cut at {cut}"
            );
        }
    }
}
