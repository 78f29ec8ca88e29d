//! Connections that begin with TLS: the handshake, within a time, and what those are told with whom none is spoken.

use std::io;
use std::time::Duration;

use rustls::server::{Accepted, Acceptor};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::carriage::{Encrypted, Raw};
use crate::tls::{ACME_PROTOCOL, Tls};

/// TLS begins with this byte: a record of the handshake.
pub(super) const FIRST_BYTE: u8 = 0x16;

/// A handshake is done within so many seconds.
const HANDSHAKE_SECONDS_MAX: u64 = 10;

/// What one gets who speaks TLS where none is spoken: a fatal alert, `access_denied`, which no handshake that fails for another
/// reason ends with. So it says for certain that there is no TLS here.
const NONE_HERE: [u8; 7] = [0x15, 3, 3, 0, 2, 2, 49];

/// What one gets who does not speak TLS where nothing else is spoken.
const TLS_ONLY: &[u8] = b"this port speaks TLS only: openssl s_client -quiet -connect HOST:PORT\r\n";

/// Somebody wants to speak TLS, and cannot.
pub(super) fn refuse(stream: &TcpStream) {
    let _ = stream.try_write(&NONE_HERE); // and closes
}

/// Sees a handshake to its end. `first` is what was read of it. Nothing, if it did not come to one.
pub(super) async fn accept(stream: TcpStream, first: &[u8], tls: &Tls) -> Option<Encrypted> {
    let shaken =
        timeout(Duration::from_secs(HANDSHAKE_SECONDS_MAX), Box::pin(shake_hands(stream, first, tls)));
    match shaken.await {
        Ok(Ok(encrypted)) => Some(encrypted),
        Ok(Err(error)) => {
            tracing::debug!(%error, "no TLS came about");
            None
        }
        Err(_) => {
            tracing::debug!("a TLS handshake took too long");
            None
        }
    }
}

async fn shake_hands(stream: TcpStream, first: &[u8], tls: &Tls) -> io::Result<Encrypted> {
    let accepted = hello(&stream, first).await?;
    let config = tls.config_for(&accepted.client_hello());
    let connection = match accepted.into_connection(config) {
        Ok(connection) => connection,
        Err((error, mut alert)) => {
            let _ = alert.write_all(&mut Raw(&stream));
            return Err(invalid(error));
        }
    };
    let encrypted = Encrypted::new(stream, connection);
    encrypted.shake_hands().await?;
    if encrypted.speaks(ACME_PROTOCOL) {
        return Err(io::Error::other("an authority has seen what it was to see")); // nothing is spoken in it
    }
    Ok(encrypted)
}

/// Reads the greeting. Its length is bounded by the library.
async fn hello(stream: &TcpStream, mut first: &[u8]) -> io::Result<Accepted> {
    let mut acceptor = Acceptor::default();
    loop {
        let read = if first.is_empty() {
            stream.readable().await?;
            acceptor.read_tls(&mut Raw(stream))
        } else {
            acceptor.read_tls(&mut first)
        };
        match read {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        match acceptor.accept() {
            Ok(Some(accepted)) => return Ok(accepted),
            Ok(None) => {}
            Err((error, mut alert)) => {
                let _ = alert.write_all(&mut Raw(stream));
                return Err(invalid(error));
            }
        }
    }
}

/// Whether a connection begins with TLS, as far as it says anything within some seconds. What is there stays.
pub(super) async fn begins(stream: &TcpStream) -> bool {
    let mut first = [0];
    let look = timeout(Duration::from_secs(HANDSHAKE_SECONDS_MAX), stream.peek(&mut first));
    matches!(look.await, Ok(Ok(1))) && first == [FIRST_BYTE]
}

/// Tells somebody that nothing but TLS is spoken here.
pub(super) fn tell_tls_only(stream: &TcpStream) {
    let _ = stream.try_write(TLS_ONLY); // and closes
}

fn invalid(error: rustls::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;
    use tokio::time::Instant;

    use super::*;
    use crate::config::Encryption;

    #[tokio::test(start_paused = true)]
    async fn half_a_handshake_is_waited_for_some_seconds() {
        let folder = TempDir::new().unwrap();
        let tls = Tls::new(&Encryption::Auto, None, folder.path(), "").unwrap().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut peer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        peer.write_all(&[1, 2, 0, 1]).await.unwrap();
        let began = Instant::now();
        assert!(accept(stream, &[FIRST_BYTE, 3], &tls).await.is_none());
        assert_eq!(began.elapsed().as_secs(), HANDSHAKE_SECONDS_MAX);
    }
}
