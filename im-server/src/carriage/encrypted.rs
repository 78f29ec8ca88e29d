//! A TCP connection inside TLS. It owns no bytes that are not on their way: what was read is handed out before more is read,
//! and what was taken to be written is passed on before more is taken.

use std::io::{self, BufRead, IoSlice, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use rustls::ServerConnection;
use socket2::SockRef;
use tokio::net::TcpStream;

use super::Socket;

/// At most so many bytes are encrypted at once; until they are gone no more are taken.
const TAKEN_BYTES_MAX: usize = 32 * 1024;

/// So many pieces may come one after the other that hold nothing for whoever reads; then others have their turn.
const EMPTY_READS_MAX: usize = 16;

/// The server's side of an encrypted connection.
pub(crate) struct Encrypted {
    stream: TcpStream,
    tls: Mutex<Tls>,
}

struct Tls {
    connection: Box<ServerConnection>,
    /// Encrypted bytes that the system has not taken yet.
    waiting: usize,
}

/// The socket, as the library wants it.
pub(crate) struct Raw<'a>(pub(crate) &'a TcpStream);

impl Read for Raw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for Raw<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(pieces)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Tls {
    /// Passes on what waits. Whether it moved.
    fn push(&mut self, stream: &TcpStream) -> io::Result<bool> {
        let mut moved = false;
        while self.connection.wants_write() {
            match self.connection.write_tls(&mut Raw(stream)) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    moved = true;
                    self.waiting = self.waiting.saturating_sub(written).max(1);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.waiting = self.waiting.max(1);
                    return Ok(moved);
                }
                Err(error) => return Err(error),
            }
        }
        self.waiting = 0;
        Ok(moved)
    }

    /// Takes what the peer sent, until there is something to be read by whoever uses the connection.
    fn pull(&mut self, stream: &TcpStream) -> io::Result<()> {
        for _ in 0..EMPTY_READS_MAX {
            if !self.connection.wants_read() {
                return Ok(());
            }
            let read = self.connection.read_tls(&mut Raw(stream))?;
            let processed = self.connection.process_new_packets();
            // Its answer to that, or why it does not go on.
            let pushed = self.push(stream);
            processed.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            pushed?;
            if read == 0 {
                return Ok(());
            }
        }
        Err(io::ErrorKind::WouldBlock.into())
    }
}

impl Encrypted {
    /// A connection whose greeting was read.
    pub(crate) fn new(stream: TcpStream, connection: ServerConnection) -> Self {
        let mut connection = Box::new(connection);
        connection.set_buffer_limit(Some(TAKEN_BYTES_MAX));
        Self { stream, tls: Mutex::new(Tls { connection, waiting: 0 }) }
    }

    /// Sees the handshake to its end.
    pub(crate) async fn shake_hands(&self) -> io::Result<()> {
        loop {
            let waits = {
                let mut tls = self.tls();
                tls.push(&self.stream)?;
                match (tls.waiting > 0, tls.connection.is_handshaking()) {
                    (true, _) => true,
                    (false, false) => return Ok(()),
                    (false, true) => false,
                }
            };
            if waits {
                self.stream.writable().await?;
                continue;
            }
            self.stream.readable().await?;
            let mut tls = self.tls();
            let read = tls.connection.read_tls(&mut Raw(&self.stream));
            match read {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => {
                    if let Err(error) = tls.connection.process_new_packets() {
                        let _ = tls.push(&self.stream); // the alert
                        return Err(io::Error::new(io::ErrorKind::InvalidData, error));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether this was agreed to be spoken inside.
    pub(crate) fn speaks(&self, protocol: &[u8]) -> bool {
        self.tls().connection.alpn_protocol() == Some(protocol)
    }

    fn tls(&self) -> MutexGuard<'_, Tls> {
        self.tls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection below.
    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// Whether there is something to read, or nothing will come any more. What is there stays.
    pub(crate) async fn peek(&self) -> io::Result<bool> {
        loop {
            {
                let mut tls = self.tls();
                match tls.pull(&self.stream) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                    Ok(()) => return Ok(!tls.connection.reader().fill_buf()?.is_empty()),
                }
            }
            self.stream.readable().await?;
        }
    }
}

impl Socket for Encrypted {
    fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut tls = self.tls();
        loop {
            // Who ends the connection below without a word, or has it ended by somebody on the way, has not said all: that is an
            // error of the reader.
            match tls.connection.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => tls.pull(&self.stream)?,
                read => return read,
            }
        }
    }

    fn try_write(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut tls = self.tls();
        tls.push(&self.stream)?;
        if tls.waiting > 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let written = tls.connection.writer().write_vectored(pieces)?;
        tls.waiting = written;
        match tls.push(&self.stream) {
            Ok(_) => Ok(written),
            Err(error) => Err(error),
        }
    }

    fn try_flush(&self) -> io::Result<()> {
        let mut tls = self.tls();
        let moved = tls.push(&self.stream)?;
        if moved || tls.waiting == 0 { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }
    }

    fn waiting(&self) -> usize {
        self.tls().waiting
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.tls().connection.wants_read() {
            return Poll::Ready(Ok(())); // it was decrypted already, or it was the last word
        }
        self.stream.poll_read_ready(context)
    }

    fn poll_writable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.poll_write_ready(context)
    }

    fn end(&self) -> io::Result<()> {
        let mut tls = self.tls();
        tls.connection.send_close_notify();
        let _ = tls.push(&self.stream);
        SockRef::from(&self.stream).shutdown(Shutdown::Write)
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.stream.peer_addr().ok()
    }
}
