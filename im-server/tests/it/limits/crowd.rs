//! Thousands of connections that drip, from many addresses, while somebody signs in and talks.

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::asks::{conversation, enter, join, posted, say, text};
use crate::harness::Peer;
use crate::hostile::measured::{Measured, until};

use super::connect_from;

/// How many, and from how many addresses.
const SLOW: u16 = 5000;
const ADDRESSES: u16 = 50;

/// What one of them may cost the server, in bytes of memory.
const SLOW_BYTES_MAX: u64 = 48 * 1024;

/// What each sends before it becomes slow, and then one byte at a time.
const BEGUN: [(&[u8], u8); 5] = [
    (b"GET /", b'a'),
    (b"GET / HTTP/1.1\r\nX-Slow: a", b'a'),
    (&[0], 0), // what hello begins with
    (b"hello", b'o'),
    (b"{\"name\": \"", b'a'),
];

fn raise_descriptors() {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    assert!(hard > 2 * u64::from(SLOW), "this machine gives no process {SLOW} connections");
    if soft < hard {
        setrlimit(Resource::RLIMIT_NOFILE, hard, hard).unwrap();
    }
}

#[test]
fn five_thousand_slow_connections_keep_nobody_out() {
    raise_descriptors();
    let server = Measured::with_settings("[limits]\ncount_loopback = true\n");
    let before = server.resident_bytes();
    let mut slow: Vec<TcpStream> = Vec::new();
    for number in 0..SLOW {
        let mut stream = connect_from(256 + number % ADDRESSES, server.addr());
        stream.write_all(BEGUN[usize::from(number) % BEGUN.len()].0).unwrap();
        slow.push(stream);
    }
    until("all of them are connected", || server.descriptors() > usize::from(SLOW));

    let (done, drips) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                for (number, stream) in slow.iter_mut().enumerate() {
                    let _ = stream.write(&[BEGUN[number % BEGUN.len()].1]); // the server may have closed it
                    drips.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        // Whatever comes of it, the others end.
        let talked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| talk(&server, &drips)));
        done.store(true, Ordering::Relaxed);
        if let Err(panic) = talked {
            std::panic::resume_unwind(panic);
        }
    });
    let grown = server.resident_bytes().saturating_sub(before);
    assert!(grown < u64::from(SLOW) * SLOW_BYTES_MAX, "{SLOW} slow connections cost {grown} bytes");
}

/// Two people come while bytes drip, and talk until each of the slow ones has sent some more.
fn talk(server: &Measured, drips: &AtomicUsize) {
    let began = drips.load(Ordering::Relaxed);
    let mut ann = server.native_user("ann");
    conversation(ann.ask(enter("r")));
    let mut bob = server.native_user("bob");
    conversation(bob.ask(join("r")));
    bob.follow();
    let mut terminal = Peer::connect(server.addr());
    terminal.send("signup: tom\nsecret\nsecret\n/join r\n");
    terminal.until("join in group r.\n");
    let mut number = 0;
    while number < 20 || drips.load(Ordering::Relaxed) < began + 2 * usize::from(SLOW) {
        number += 1;
        let said = format!("number {number}");
        posted(ann.ask(say("#r", number, &said)));
        bob.event(|event| text(event) == Some(&said));
        terminal.until(&said);
        crate::limits::paced(&mut ann, number);
    }
}
