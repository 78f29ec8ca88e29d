//! The limits of `[limits]`: each is reached, told by its code, and everything else goes on.

mod connections;
mod counts;
#[cfg(target_os = "linux")]
mod crowd;
#[cfg(target_os = "linux")]
mod descriptors;
mod drips;
#[cfg(target_os = "linux")]
mod memory;
mod off;
mod rates;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use im_proto::{Reply, Request};

use crate::harness::Native;

/// A connection from another address of this machine: 127.0.x.y.
fn connect_from(number: u16, to: SocketAddr) -> TcpStream {
    let [high, low] = number.to_be_bytes();
    let from = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, high, low)), 0);
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&from.into()).unwrap();
    socket.connect(&to.into()).unwrap();
    socket.into()
}

/// Who has said so many things waits, once in a while, until they may say more.
#[cfg(target_os = "linux")]
fn paced(native: &mut Native, said: u64) {
    if said.is_multiple_of(20) {
        pauses(native);
    }
}

/// Somebody who posts nothing for so long that they may again: a second.
fn pauses(native: &mut Native) {
    let again = Instant::now() + Duration::from_millis(1200);
    while Instant::now() < again {
        assert_eq!(native.ask(Request::Ping), Ok(Reply::Done));
    }
}
