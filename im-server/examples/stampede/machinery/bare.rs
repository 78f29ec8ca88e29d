//! The floor: an epoll loop that reads from one socket and writes the same bytes to others. No parsing, no storage, no
//! memory of anything. What a server pays beyond it is what its promises cost.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsFd;

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

/// Read at once, in bytes; and how many events are taken at once.
const READ_BYTES: usize = 64 * 1024;
const EVENTS: usize = 1024;

/// The listener's token; a connection's is its number.
const LISTENER: u64 = u64::MAX;

struct Connection {
    stream: TcpStream,
    /// What the socket did not take yet.
    waiting: VecDeque<u8>,
}

/// Serves until it is killed. Its address is its only word.
pub(crate) fn bare(group: usize) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("listening on {}", listener.local_addr()?);
    listener.set_nonblocking(true)?;
    let epoll = Epoll::new(EpollCreateFlags::empty())?;
    epoll.add(listener.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
    let mut connections: Vec<Option<Connection>> = Vec::new();
    let mut events = vec![EpollEvent::empty(); EVENTS];
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let ready = epoll.wait(&mut events, EpollTimeout::NONE)?;
        for event in &events[..ready] {
            if event.data() == LISTENER {
                accept(&listener, &epoll, &mut connections)?;
                continue;
            }
            let me = usize::try_from(event.data())?;
            if event.events().contains(EpollFlags::EPOLLOUT) {
                flush(&epoll, &mut connections, me)?;
            }
            if event.events().intersects(EpollFlags::EPOLLIN | EpollFlags::EPOLLHUP) {
                pass_on(&epoll, &mut connections, me, group, &mut buffer)?;
            }
        }
    }
}

fn accept(
    listener: &TcpListener,
    epoll: &Epoll,
    connections: &mut Vec<Option<Connection>>,
) -> anyhow::Result<()> {
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                stream.set_nonblocking(true)?;
                stream.set_nodelay(true)?;
                epoll.add(stream.as_fd(), EpollEvent::new(EpollFlags::EPOLLIN, connections.len() as u64))?;
                connections.push(Some(Connection { stream, waiting: VecDeque::new() }));
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn pass_on(
    epoll: &Epoll,
    connections: &mut [Option<Connection>],
    me: usize,
    group: usize,
    buffer: &mut [u8],
) -> anyhow::Result<()> {
    let Some(connection) = &mut connections[me] else { return Ok(()) };
    let read = match connection.stream.read(buffer) {
        Ok(read) if read > 0 => read,
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
        _ => {
            connections[me] = None; // which takes it out of the epoll, too
            return Ok(());
        }
    };
    let first = me / group * group;
    let last = connections.len().min(first + group);
    for (other, connection) in connections.iter_mut().enumerate().take(last).skip(first) {
        let Some(connection) = connection else { continue };
        if other == me {
            continue;
        }
        let was_empty = connection.waiting.is_empty();
        let written = if was_empty {
            match connection.stream.write(&buffer[..read]) {
                Ok(written) => written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
                Err(_) => read, // it is gone, which its next read tells
            }
        } else {
            0
        };
        connection.waiting.extend(&buffer[written..read]);
        if was_empty && !connection.waiting.is_empty() {
            let flags = EpollFlags::EPOLLIN | EpollFlags::EPOLLOUT;
            epoll.modify(&connection.stream, &mut EpollEvent::new(flags, other as u64))?;
        }
    }
    Ok(())
}

fn flush(epoll: &Epoll, connections: &mut [Option<Connection>], me: usize) -> anyhow::Result<()> {
    let Some(connection) = &mut connections[me] else { return Ok(()) };
    let (front, _) = connection.waiting.as_slices();
    match connection.stream.write(front) {
        Ok(written) => drop(connection.waiting.drain(..written)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        Err(_) => connection.waiting.clear(),
    }
    if connection.waiting.is_empty() {
        epoll.modify(&connection.stream, &mut EpollEvent::new(EpollFlags::EPOLLIN, me as u64))?;
    }
    Ok(())
}
