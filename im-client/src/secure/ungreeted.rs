//! A connection to a server that may have taken us for a person: where TLS's first word takes its time on the way, the server
//! greets in the clear before it hears it. What is read begins behind that.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Most bytes of a greeting.
const GREETING_BYTES_MAX: usize = 4096;

/// The first byte of a greeting, and those of what a server says first in TLS: an alert, or its part of the handshake.
const GREETING: u8 = b'i';
const TLS: [u8; 2] = [0x15, 0x16];

/// A connection.
#[derive(Debug)]
pub(super) struct Ungreeted {
    stream: TcpStream,
    /// How much of a greeting was thrown away; nothing, once it is over.
    thrown: Option<usize>,
}

impl Ungreeted {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, thrown: Some(0) }
    }
}

/// Where what counts begins in the first bytes, or in those after some of a greeting; nothing where all of it is greeting.
fn begins(bytes: &[u8], thrown: usize) -> Option<usize> {
    if thrown == 0 && bytes.first() != Some(&GREETING) {
        return Some(0);
    }
    bytes.iter().position(|byte| TLS.contains(byte))
}

impl AsyncRead for Ungreeted {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
            let Some(thrown) = this.thrown else { return Poll::Ready(Ok(())) };
            let read = buffer.filled().len() - before;
            if read == 0 {
                return Poll::Ready(Ok(()));
            }
            if let Some(at) = begins(&buffer.filled()[before..], thrown) {
                buffer.filled_mut().copy_within(before + at.., before);
                buffer.set_filled(before + read - at);
                this.thrown = None;
                return Poll::Ready(Ok(()));
            }
            buffer.set_filled(before);
            if thrown + read > GREETING_BYTES_MAX {
                return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
            }
            this.thrown = Some(thrown + read);
        }
    }
}

impl AsyncWrite for Ungreeted {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// What is read of what a server sends in these pieces.
    async fn read_of(pieces: &[&[u8]]) -> io::Result<Vec<u8>> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut server, _) = listener.accept().await.unwrap();
        for piece in pieces {
            server.write_all(piece).await.unwrap();
            tokio::task::yield_now().await;
        }
        drop(server);
        let mut read = Vec::new();
        Ungreeted::new(stream).read_to_end(&mut read).await?;
        Ok(read)
    }

    #[tokio::test]
    async fn a_greeting_is_left_out_and_all_else_is_as_it_is() {
        let tls = b"\x16\x03\x03im\x16";
        assert_eq!(read_of(&[tls]).await.unwrap(), tls);
        assert_eq!(read_of(&[b"im 0.1: chat\r\nusing", b" [signup: foo]\r\n", tls]).await.unwrap(), tls);
        assert_eq!(read_of(&[b"im\r\n\x15\x03"]).await.unwrap(), b"\x15\x03");
        assert_eq!(read_of(&[b"SSH-2.0 im\x16"]).await.unwrap(), b"SSH-2.0 im\x16");
        assert_eq!(read_of(&[b""]).await.unwrap(), b"");
        assert!(read_of(&[&[b'i'; 2 * GREETING_BYTES_MAX]]).await.is_err());
    }
}
