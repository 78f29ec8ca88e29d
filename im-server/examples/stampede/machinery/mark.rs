//! The mark that each message carries, in whatever spelling: who says it, and the how-manieth it is. It is all that is
//! looked for in what comes back.

/// `=S000001N000000001=`.
const BYTES: usize = 19;

/// The mark, and as much more as the message is to be long.
pub(super) fn marked(sender: usize, number: u64, bytes: usize) -> String {
    let mut text = format!("=S{sender:06}N{number:09}=");
    while text.len() < bytes {
        text.push('.');
    }
    text
}

/// Finds marks in a stream that comes in pieces.
#[derive(Default)]
pub(super) struct Marks {
    rest: Vec<u8>,
}

impl Marks {
    /// Calls for each mark whose last byte is in this piece.
    pub(super) fn find(&mut self, piece: &[u8], mut found: impl FnMut(usize, u64)) {
        if self.rest.is_empty() {
            let seen = scan(piece, &mut found);
            self.rest.extend_from_slice(&piece[seen..]);
        } else {
            self.rest.extend_from_slice(piece);
            let seen = scan(&self.rest, &mut found);
            self.rest.drain(..seen);
        }
    }
}

/// Returns how many bytes need not be looked at again.
fn scan(bytes: &[u8], found: &mut impl FnMut(usize, u64)) -> usize {
    let mut at = 0;
    while let Some(offset) = bytes[at..].iter().position(|byte| *byte == b'=') {
        let start = at + offset;
        let Some(mark) = bytes.get(start..start + BYTES) else { return start };
        match read(mark) {
            Some((sender, number)) => {
                found(sender, number);
                at = start + BYTES;
            }
            None => at = start + 1,
        }
    }
    bytes.len()
}

fn read(mark: &[u8]) -> Option<(usize, u64)> {
    let mark = std::str::from_utf8(mark).ok()?;
    let (sender, number) = mark.strip_prefix("=S")?.strip_suffix('=')?.split_once('N')?;
    Some((sender.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_however_the_stream_is_cut() {
        let stream = format!("x=y {}\r\n:s1 = PRIVMSG {}==", marked(1, 2, 40), marked(123_456, 9, 0));
        for cut in 0..stream.len() {
            let (mut marks, mut all) = (Marks::default(), Vec::new());
            for piece in [&stream.as_bytes()[..cut], &stream.as_bytes()[cut..]] {
                marks.find(piece, |sender, number| all.push((sender, number)));
            }
            assert_eq!(all, [(1, 2), (123_456, 9)], "cut at {cut}");
        }
    }
}
