//! What a connection speaks, told by its first bytes. Whoever says nothing is a person, and is greeted.

use std::future::poll_fn;
use std::io::IoSlice;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use im_proto::Refusal;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::carriage::{Connected, Socket, Stream};
use crate::config::Manner;
use crate::dialect::Dialect;
use crate::dialect::json::Json;
use crate::dialect::native::Native;
use crate::dialect::text::{ASK_NAME, Port};
use crate::limits::Limits;
use crate::node::{Node, fresh_id};
use crate::peer::Peer;

use super::{Shared, encrypted};

/// After so many milliseconds of silence there is a person. Programs speak at once.
const GREETING_MILLISECONDS: u64 = 300;

/// Where a page is being loaded, a connection may be one that the browser will need yet. People wait for so many milliseconds more.
const BROWSER_MILLISECONDS: u64 = 1200;

/// Most bytes that are looked at: what may be the first line of an HTTP request is waited for so far.
const LOOK_BYTES_MAX: usize = 16 * 1024;

/// The greeting: nmmh/chat's usage and go-im's hint to the letter, for those who know either. It ends each line as telnet
/// does: nothing is known of the peer yet, and nothing minds.
const GREETING: &str = concat!(
    "im ",
    env!("CARGO_PKG_VERSION"),
    ": chat for everybody who has a terminal.\r\n",
    "***************** ~CHAT~ ************************\r\n",
    "* Usage:\r\n",
    "*     just type stuff and press enter to chat.\r\n",
    "*\r\n",
    "*  Cmds:\r\n",
    "*    /username blah (change username to blah)\r\n",
    "*    @blah hello (whispers \"hello\" to blah)\r\n",
    "*    /list (show user list)\r\n",
    "*    /bye (quits!)\r\n",
    "*    /help (displays this msg)\r\n",
    "*\r\n",
    "*************************************************\r\n",
    "using [signup: foo] or [signin: foo]\r\n",
);

/// What a connection turned out to speak.
enum Spoken {
    Dialect(Box<dyn Dialect>),
    Http,
    /// Something that is to be understood when it is decrypted.
    Tls,
}

/// Serves a connection from its first byte to its last.
pub(super) async fn serve(stream: TcpStream, peer: Peer, manner: Manner, shared: &Shared) {
    // Where whoever comes speaks first, the first byte can be looked at without anybody's waiting for it.
    let speaks_first = matches!(manner, Manner::Native | Manner::Json | Manner::Http | Manner::Tls);
    let looked = async { speaks_first && encrypted::begins(&stream).await };
    match (shared.node.stop.run_until_cancelled(looked).await, manner) {
        (Some(true), Manner::Tls) => serve_encrypted(stream, &[], peer, Manner::Any, shared).await,
        (Some(true), manner) => serve_encrypted(stream, &[], peer, manner, shared).await,
        (Some(false), Manner::Tls) => encrypted::tell_tls_only(&stream),
        (Some(false), manner) => serve_in_the_clear(stream, peer, manner, shared).await,
        (None, _) => {}
    }
}

async fn serve_in_the_clear(stream: TcpStream, peer: Peer, manner: Manner, shared: &Shared) {
    let may_be_browser = || shared.browsers.are_at(peer.address, std::time::Instant::now());
    match told(&stream, peer, manner, &shared.node, may_be_browser).await {
        Some((first, Spoken::Tls)) => serve_encrypted(stream, &first, peer, manner, shared).await,
        told => serve_told(Connected::Clear(stream), peer, told, shared).await,
    }
}

/// Serves what is decrypted as if it had come so.
async fn serve_encrypted(stream: TcpStream, first: &[u8], peer: Peer, manner: Manner, shared: &Shared) {
    let Some(tls) = &shared.node.tls else { return encrypted::refuse(&stream) };
    let accepted = shared.node.stop.run_until_cancelled(encrypted::accept(stream, first, tls)).await;
    let Some(stream) = accepted.flatten() else { return };
    let (stream, peer) = (Connected::Encrypted(stream), Peer { encrypted: true, ..peer });
    let may_be_browser = || shared.browsers.are_at(peer.address, std::time::Instant::now());
    let told = told(&stream, peer, manner, &shared.node, may_be_browser).await;
    Box::pin(serve_told(stream, peer, told, shared)).await;
}

async fn serve_told(stream: Connected, peer: Peer, told: Option<(Bytes, Spoken)>, shared: &Shared) {
    let node = &*shared.node;
    match told {
        None | Some((_, Spoken::Tls)) => {}
        Some((first, Spoken::Dialect(dialect))) => {
            // In a box: what comes before it in the same task is over, and would hold its place.
            Box::pin(node.session(peer, dialect, Box::new(Stream::new(stream))).run(&first)).await;
        }
        Some((first, Spoken::Http)) => {
            shared.browsers.seen(peer.address, std::time::Instant::now());
            Box::pin(shared.http.serve(stream, peer, first, node)).await;
        }
    }
}

/// Serves a connection on which HTTP is not spoken: whoever tries that is gone at once.
pub(super) async fn serve_session(socket: impl Socket, peer: Peer, shared: &Shared) {
    let node = &*shared.node;
    if let Some((first, Spoken::Dialect(dialect))) = told(&socket, peer, Manner::Any, node, || false).await {
        node.session(peer, dialect, Box::new(Stream::new(socket))).run(&first).await;
    }
}

/// What is spoken, and the bytes that told. Nothing, if the peer is gone or has been sent away.
async fn told(
    stream: &impl Socket,
    peer: Peer,
    manner: Manner,
    node: &Node,
    may_be_browser: impl Fn() -> bool,
) -> Option<(Bytes, Spoken)> {
    let patience = Limits::seconds(node.service.policy().limits.first_line_seconds_max);
    let text = |port| Spoken::Dialect(Box::new(node.text(port, peer)));
    let (first, spoken) = match manner {
        Manner::Any | Manner::Tls => match look(stream, GREETING, node, may_be_browser).await? {
            first if first.starts_with(&[encrypted::FIRST_BYTE]) => (first, Spoken::Tls),
            first if first.starts_with(&[0]) => (first, Spoken::Dialect(Box::new(Native::new()))),
            first => match node.stop.run_until_cancelled(whole_line(stream, first, patience)).await? {
                first if is_http(&first) => (first, Spoken::Http),
                first => (first, text(Port::Any)),
            },
        },
        Manner::Tinychat => (look(stream, ASK_NAME, node, || false).await?, text(Port::Tinychat)),
        Manner::Native => (BytesMut::new(), Spoken::Dialect(Box::new(Native::new()))),
        Manner::Json => (BytesMut::new(), Spoken::Dialect(Box::new(Json::new(fresh_id, false)))),
        Manner::Http => (BytesMut::new(), Spoken::Http),
        Manner::Goim => (BytesMut::new(), text(Port::Goim)),
        Manner::Lobby => (BytesMut::new(), text(Port::Lobby)),
        Manner::Machat => (BytesMut::new(), text(Port::Machat)),
    };
    let first = Bytes::from_owner(first.into_iter().collect::<Box<[u8]>>()); // with nothing to spare
    Some((first, spoken))
}

/// Waits for the first bytes, and greets whoever sends none, a little later where that may be a browser. Nothing, if the peer
/// is gone or has been sent away.
async fn look(
    stream: &impl Socket,
    greeting: &str,
    node: &Node,
    may_be_browser: impl Fn() -> bool,
) -> Option<BytesMut> {
    let mut first = BytesMut::new();
    let at_once = async {
        let soon = timeout(Duration::from_millis(GREETING_MILLISECONDS), read(stream, &mut first)).await;
        if soon.is_ok() || !may_be_browser() {
            return soon;
        }
        timeout(Duration::from_millis(BROWSER_MILLISECONDS), read(stream, &mut first)).await
    };
    // Whoever is not greeted yet may be a browser, which would take any word for a broken answer.
    if let Ok(read) = node.stop.run_until_cancelled(at_once).await? {
        return read.then_some(first);
    }
    stream.try_write(&[IoSlice::new(greeting.as_bytes())]).ok()?;
    let patience = Limits::seconds(node.service.policy().limits.silence_seconds_max);
    let later = timeout(patience, read(stream, &mut first));
    let why = match node.stop.run_until_cancelled(later).await {
        Some(Ok(read)) => return read.then_some(first),
        Some(Err(_silent)) => Refusal::SignInTimeout,
        None => Refusal::Stopping,
    };
    let told = format!("[from system] {why}.\r\n");
    let _ = stream.try_write(&[IoSlice::new(told.as_bytes())]); // and closes
    None
}

/// Where an HTTP request may have begun, waits until its first line is whole.
async fn whole_line(stream: &impl Socket, mut first: BytesMut, patience: Duration) -> BytesMut {
    let until = Instant::now() + patience;
    while may_become_http(&first) && first.len() < LOOK_BYTES_MAX {
        match timeout_at(until, read(stream, &mut first)).await {
            Ok(true) => {}
            Ok(false) | Err(_) => break,
        }
    }
    first
}

/// A line has begun as a request's does, with a method in capitals, and has not ended.
fn may_become_http(first: &[u8]) -> bool {
    let method = first.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let after_method = first.get(method);
    method > 0 && matches!(after_method, None | Some(b' ')) && !first.contains(&b'\n')
}

/// The first line is a request's: a method, a path or address, and ` HTTP/1.` with a digit at its end.
fn is_http(first: &[u8]) -> bool {
    let Some(end) = first.iter().position(|byte| *byte == b'\n') else { return false };
    let mut words = first[..end].trim_ascii_end().split(|byte| *byte == b' ');
    let (method, target, version) = (words.next(), words.next(), words.next());
    method.is_some_and(|method| !method.is_empty() && method.iter().all(u8::is_ascii_uppercase))
        && target
            .is_some_and(|target| target.starts_with(b"/") || target.starts_with(b"http") || target == b"*")
        && matches!(version, Some(b"HTTP/1.0" | b"HTTP/1.1"))
        && words.next().is_none()
}

/// Appends some bytes. False, if the peer is gone.
async fn read(stream: &impl Socket, bytes: &mut BytesMut) -> bool {
    loop {
        if poll_fn(|context| stream.poll_readable(context)).await.is_err() {
            return false;
        }
        let mut buffer = [0; LOOK_BYTES_MAX];
        match stream.try_read(&mut buffer) {
            Ok(read) => {
                bytes.extend_from_slice(&buffer[..read]);
                return read > 0;
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_request_is_told_from_talk() {
        for (line, may_become, is) in [
            ("G", true, false),
            ("GET", true, false),
            ("GET / HTTP/1.1", true, false),
            ("GET / HTTP/1.1\r\n", false, true),
            ("GET / HTTP/1.0\nHost: x\n", false, true),
            ("DELETE /v1/session HTTP/1.1\r\n\r\n", false, true),
            ("GET OUT OF HERE\n", false, false),
            ("OPTIONS * HTTP/1.1\r\n", false, true),
            ("GET / x HTTP/1.1\n", false, false),
            ("GET / HTTP/2.0\r\n", false, false),
            ("HTTP/1.1\n", false, false),
            ("I like HTTP/1.1\n", false, false),
            ("get / http/1.1\n", false, false),
            ("INIT:John:Marie\n", false, false),
            ("INIT", true, false),
            ("INIT:", false, false),
            ("{\"name\": \"Mina\"", false, false),
            ("\u{ff}\u{fb}", false, false),
            ("", false, false),
        ] {
            assert_eq!(
                (may_become_http(line.as_bytes()), is_http(line.as_bytes())),
                (may_become, is),
                "{line:?}"
            );
        }
    }
}
