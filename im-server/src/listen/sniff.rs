//! What a connection speaks, told by its first bytes. Whoever says nothing is a person, and is greeted.

use std::sync::Arc;
use std::time::Duration;

use im_proto::{MessageId, Refusal};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::config::Manner;
use crate::dialect::Dialect;
use crate::dialect::native::Native;
use crate::dialect::text::{LINE_BYTES_MAX, Text};
use crate::session::Session;

use super::Shared;

/// After so many milliseconds of silence there is a person. Programs speak at once.
const GREETING_MILLISECONDS: u64 = 300;

/// Who says nothing at all for so many seconds is sent away.
const SILENCE_SECONDS_MAX: u64 = 600;

/// The greeting. It ends each line as telnet does: nothing is known of the peer yet, and nothing minds.
const GREETING: &str = concat!(
    "im ",
    env!("CARGO_PKG_VERSION"),
    ": chat for everybody who has a terminal.\r\n",
    "  signup: NAME   make an account        to user: NAME    talk to somebody\r\n",
    "  signin: NAME   sign in                to group: lobby  talk to everybody\r\n",
    "  /help          all commands           /bye             end\r\n",
    "using [signup: foo] or [signin: foo]\r\n",
);

/// Serves a connection from its first byte to its last.
pub(super) async fn serve(stream: TcpStream, manner: Manner, shared: &Shared) {
    let mut first = Vec::new();
    let dialect: Box<dyn Dialect> = match manner {
        Manner::Native => Box::new(Native::new()),
        Manner::Goim => Box::new(text(shared)),
        Manner::Any => {
            first = match shared.stop.run_until_cancelled(first_bytes(&stream)).await {
                Some(Some(first)) => first,
                Some(None) => return,
                None => {
                    let told = format!("[from system] {}.\r\n", Refusal::Stopping);
                    let _ = stream.try_write(told.as_bytes()); // and closes
                    return;
                }
            };
            if first.starts_with(&[0]) { Box::new(Native::new()) } else { Box::new(text(shared)) }
        }
    };
    Session::new(Arc::clone(&shared.service), Arc::clone(&shared.hub), dialect, stream).run(&first).await;
}

fn text(shared: &Shared) -> Text {
    Text::new(fresh_id, shared.telnet_echo)
}

fn fresh_id() -> MessageId {
    let [id, ..] = *crate::random().as_chunks::<16>().0 else {
        return MessageId([0; 16]);
    };
    MessageId(id)
}

/// Waits for the first bytes, and greets whoever sends none.
async fn first_bytes(stream: &TcpStream) -> Option<Vec<u8>> {
    let greeting_after = Duration::from_millis(GREETING_MILLISECONDS);
    let mut first = match timeout(greeting_after, read(stream)).await {
        Ok(first) => first?,
        Err(_silent) => {
            stream.try_write(GREETING.as_bytes()).ok()?;
            timeout(Duration::from_secs(SILENCE_SECONDS_MAX), read(stream)).await.ok()??
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
