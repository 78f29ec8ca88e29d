//! Streams that nobody reads: they cost little and disturb nobody, and whoever reads again gets everything.

use std::path::Path;

use serde_json::json;

use crate::asks::{posted, say};
use crate::daemon::Home;
use crate::harness::Native;

use super::call::Client;
use super::stream::{Opening, Stream};

/// What is said while they do not read, in bytes.
const SAID_BYTES: usize = 16 * 1024 * 1024;

const TEXT_BYTES: usize = 60 * 1024;

/// By how much the server may grow meanwhile: the store's caches of 16 MiB each, and little for each stream.
const GROWTH_BYTES_MAX: u64 = 48 * 1024 * 1024;

/// How much memory the one process has that runs there.
fn resident_bytes(home: &Path) -> u64 {
    let field = |status: &str, name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let ours = |process: &Path| std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == home);
    let status = |process: &Path| std::fs::read_to_string(process.join("status")).ok();
    let found =
        processes.filter(|process| ours(process)).find_map(|process| field(&status(&process)?, "VmRSS:"));
    found.unwrap() * 1024
}

/// Goes on where a stream came to.
fn again(client: &Client, stream: &Stream) -> Stream {
    Stream::open(client, Opening::after(stream.last.as_deref()))
}

/// The next thing that was said, also where the server has ended the stream: who takes nothing for long is cut off.
fn said(client: &Client, stream: &mut Stream) -> String {
    loop {
        match stream.next() {
            None => *stream = again(client, stream),
            Some(block) => {
                if let Some(text) = block.data.as_ref().and_then(|data| data["text"].as_str()) {
                    return text.to_owned();
                }
            }
        }
    }
}

#[test]
fn streams_that_nobody_reads_cost_little_and_miss_nothing() {
    let home = Home::new();
    let daemon = home.start(&[]);
    let folder = home.path("");
    let ann = Client::sign_up(daemon.addr(), "ann");
    ann.enter("r");
    let mut bob = Native::connect(daemon.addr());
    bob.sign_up("bob").unwrap();
    bob.ask(crate::asks::join("r")).unwrap();
    let mut reads = Stream::now(&ann);
    let mut stopped: Vec<Stream> = (0..6).map(|_| Stream::now(&ann)).collect();
    for stream in &stopped {
        socket2::SockRef::from(stream.line().stream()).set_recv_buffer_size(64 * 1024).unwrap();
    }
    let before = resident_bytes(&folder);
    let texts = (SAID_BYTES / TEXT_BYTES) as u64;
    let line = |number: u64| format!("{number:06} {}", "x".repeat(TEXT_BYTES - 7));
    for number in 0..texts {
        posted(bob.ask(say("#r", number, &line(number))));
        // Who reads has each before the next is said.
        assert_eq!(reads.said()[..7], line(number)[..7]);
    }
    let grown = resident_bytes(&folder).saturating_sub(before);
    assert!(grown < GROWTH_BYTES_MAX, "{} streams that nobody reads cost {grown} bytes", stopped.len());
    // Half of them are gone without a word, the others read again, or go on elsewhere after the first few.
    let rest = stopped.split_off(3);
    stopped.into_iter().for_each(Stream::reset);
    for (had, mut stream) in rest.into_iter().enumerate() {
        let goes_on_after = if had == 0 { texts } else { had as u64 * 20 };
        for number in 0..texts {
            if number == goes_on_after {
                stream = again(&ann, &stream);
            }
            assert_eq!(said(&ann, &mut stream)[..7], line(number)[..7]);
        }
        bob.ask(say("#r", texts + had as u64, "and now")).unwrap();
        while said(&ann, &mut stream) != "and now" {}
    }
    assert_eq!(ann.ask(&json!({ "request": "ping" })).word(), "200");
}
