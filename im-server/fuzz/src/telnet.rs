//! Telnet and the text dialect: the filter is what RFC 854 says, it answers each option once, the borders of packets do not matter,
//! and what is written is lines and telnet's own three bytes.

use std::collections::BTreeSet;

use im_proto::Ask;
use im_server::fuzzing;

use super::escapes::harm;

const IAC: u8 = 255;

pub fn holds(bytes: &[u8]) {
    let (data, answers) = fuzzing::telnet(bytes);
    assert_eq!(data, plain(bytes), "what is left is what was typed");
    let refused: Vec<_> = answers.iter().filter(|answer| answer[2] != 6).collect();
    assert_eq!(refused.iter().collect::<BTreeSet<_>>().len(), refused.len(), "an option is refused once");
    // Two of us would not answer each other for ever: what was refused is not answered.
    let (nothing, more) = fuzzing::telnet(&refused.iter().flat_map(|answer| **answer).collect::<Vec<u8>>());
    assert_eq!((nothing, more), (Vec::new(), Vec::new()));

    let Some((port, typed)) = bytes.split_first() else { return };
    let whole = heard(*port, &[typed]);
    assert_eq!(harm(&whole.1), None);
    let cut = usize::from(*port) % (typed.len() + 1);
    let parts: Vec<&[u8]> = typed.chunks(1).collect();
    assert_eq!(heard(*port, &parts), whole, "byte by byte");
    assert_eq!(heard(*port, &[&typed[..cut], &typed[cut..]]), whole, "cut at {cut}");
}

/// What is asked, what is shown, and what telnet is answered, in whatever order: a mark that comes in one packet with Ctrl-C is answered before
/// anything is said about it.
fn heard(port: u8, parts: &[&[u8]]) -> (Vec<Ask>, Vec<u8>, Vec<[u8; 3]>, bool) {
    let heard = fuzzing::text(port, parts);
    let (shown, mut answers) = without_telnet(&heard.written);
    answers.sort_unstable();
    (heard.asked, shown, answers, heard.closes)
}

/// The data of a stream, as RFC 854 and 855 have it: written a second time, in another way.
fn plain(mut bytes: &[u8]) -> Vec<u8> {
    let mut data = Vec::new();
    while let [first, rest @ ..] = bytes {
        bytes = match (*first, rest) {
            (IAC, [IAC, rest @ ..]) => {
                data.push(IAC);
                rest
            }
            (IAC, [251..=254, _, rest @ ..]) | (IAC, [0..=249, rest @ ..]) => rest,
            (IAC, [250, rest @ ..]) => after_subnegotiation(rest),
            (IAC, _) => &[], // half a command
            (byte, rest) => {
                data.push(byte);
                rest
            }
        };
    }
    data
}

fn after_subnegotiation(mut bytes: &[u8]) -> &[u8] {
    loop {
        bytes = match bytes {
            [IAC, 240, rest @ ..] => return rest,
            [IAC, _, rest @ ..] | [_, rest @ ..] => rest,
            [] => return &[],
        };
    }
}

/// What a terminal is shown, and what its telnet takes out.
fn without_telnet(written: &[u8]) -> (Vec<u8>, Vec<[u8; 3]>) {
    let (mut shown, mut answers, mut rest) = (Vec::new(), Vec::new(), written);
    while let [first, tail @ ..] = rest {
        rest = match (*first, tail) {
            (IAC, [verb @ 251..=254, option, tail @ ..]) => {
                answers.push([IAC, *verb, *option]);
                tail
            }
            (byte, tail) => {
                shown.push(byte);
                tail
            }
        };
    }
    (shown, answers)
}
