//! What a connection speaks, told by its first bytes. Whoever says nothing is a person, and is greeted.

use std::sync::Arc;
use std::time::Duration;

use im_proto::{MessageId, Refusal};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::Manner;
use crate::dialect::Dialect;
use crate::dialect::native::Native;
use crate::dialect::text::{ASK_NAME, LINE_BYTES_MAX, Port, Text};
use crate::session::Session;

use super::Shared;

/// After so many milliseconds of silence there is a person. Programs speak at once.
const GREETING_MILLISECONDS: u64 = 300;

/// Who says nothing at all for so many seconds is sent away.
const SILENCE_SECONDS_MAX: u64 = 600;

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

/// Serves a connection from its first byte to its last.
pub(super) async fn serve(stream: TcpStream, manner: Manner, shared: &Shared) {
    let (greeting, port) = match manner {
        Manner::Any => (GREETING, Port::Any),
        Manner::Tinychat => (ASK_NAME, Port::Tinychat),
        Manner::Native => return run(stream, Box::new(Native::new()), &[], shared).await,
        Manner::Goim => return run(stream, Box::new(text(Port::Goim, shared)), &[], shared).await,
        Manner::Lobby => return run(stream, Box::new(text(Port::Lobby, shared)), &[], shared).await,
        Manner::Machat => return run(stream, Box::new(text(Port::Machat, shared)), &[], shared).await,
    };
    let first = match shared.stop.run_until_cancelled(first_bytes(&stream, greeting)).await {
        Some(Some(first)) => first,
        Some(None) => return,
        None => {
            let told = format!("[from system] {}.\r\n", Refusal::Stopping);
            let _ = stream.try_write(told.as_bytes()); // and closes
            return;
        }
    };
    let native = manner == Manner::Any && first.starts_with(&[0]);
    let dialect: Box<dyn Dialect> =
        if native { Box::new(Native::new()) } else { Box::new(text(port, shared)) };
    run(stream, dialect, &first, shared).await;
}

async fn run(stream: TcpStream, dialect: Box<dyn Dialect>, first: &[u8], shared: &Shared) {
    Session::new(Arc::clone(&shared.service), Arc::clone(&shared.hub), dialect, stream).run(first).await;
}

fn text(port: Port, shared: &Shared) -> Text {
    Text::new(port, fresh_id, shared.telnet_echo)
}

fn fresh_id() -> MessageId {
    let mut id = [0; 16];
    id.copy_from_slice(&crate::random()[..16]);
    MessageId(id)
}

/// Waits for the first bytes, and greets whoever sends none.
async fn first_bytes(stream: &TcpStream, greeting: &str) -> Option<Vec<u8>> {
    let greeting_after = Duration::from_millis(GREETING_MILLISECONDS);
    let mut first = match timeout(greeting_after, read(stream)).await {
        Ok(first) => first?,
        Err(_silent) => {
            stream.try_write(greeting.as_bytes()).ok()?;
            let Ok(first) = timeout(Duration::from_secs(SILENCE_SECONDS_MAX), read(stream)).await else {
                let told = format!("[from system] {}.\r\n", Refusal::SignInTimeout);
                let _ = stream.try_write(told.as_bytes()); // and closes
                return None;
            };
            first?
        }
    };
    first.shrink_to_fit();
    Some(first)
}

/// Some bytes; nothing if the peer is gone.
async fn read(stream: &TcpStream) -> Option<Vec<u8>> {
    loop {
        stream.readable().await.ok()?;
        let mut bytes = vec![0; LINE_BYTES_MAX];
        match stream.try_read(&mut bytes) {
            Ok(0) => return None,
            Ok(read) => {
                bytes.truncate(read);
                return Some(bytes);
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
}
