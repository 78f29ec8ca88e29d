//! One native connection: dialled, greeted, then frames both ways. It decides nothing and asks nothing by itself.

use std::future::Future;
use std::io;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use im_proto::{Ask, ClientFrames, Frame, FrameError, FromServer, Hello, HelloError, Refusal, printable};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio_util::codec::{FramedRead, FramedWrite};

use crate::patience::DIAL_SECONDS_MAX;
use crate::secure::{NO_PASSWORD, Secured, Untrusted};

/// The port of an address that names none.
pub const PORT: u16 = 1202;

/// Most bytes of a server's explanation that are read.
const EXPLANATION_BYTES_MAX: u64 = 1024;
/// Most bytes of a greeting before the server's hello.
const GREETING_BYTES_MAX: u64 = 4096;
/// Requests wait in memory until this many bytes are unsent; what may be unsent is bounded by whoever asks.
const UNSENT_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Why there is no connection, or no longer one.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// Nobody answers there.
    #[error("cannot reach {address}: {error}")]
    Unreachable {
        /// Where.
        address: String,
        /// What the system says.
        error: io::Error,
    },
    /// Somebody else answers there.
    #[error("{address} is not an im server")]
    NotIm {
        /// Where.
        address: String,
    },
    /// Whoever answers there is not the one it should be, or may be anybody.
    #[error(transparent)]
    Untrusted(#[from] Untrusted),
    /// A password is not sent where it could be read on the way.
    #[error("{NO_PASSWORD}")]
    Readable,
    /// The server speaks another version of the protocol, and says so.
    #[error("{error}: {said}")]
    Version {
        /// Which one.
        error: HelloError,
        /// What the server says about it.
        said: String,
    },
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// The server ended the session, and says why.
    #[error("the server does not go on: {0}")]
    Ended(Refusal),
    /// The server does not answer.
    #[error("the server does not answer any more")]
    Silent,
    /// The stream broke.
    #[error("the connection broke: {0}")]
    Broken(#[from] FrameError),
}

impl ConnectionError {
    /// Trying again changes nothing.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Untrusted(_) | Self::Readable)
    }
}

/// The half that asks.
#[derive(Debug)]
pub struct Asker<S = TcpStream>(FramedWrite<WriteHalf<S>, ClientFrames>);

/// The half that hears.
#[derive(Debug)]
pub struct Hearer<S = TcpStream> {
    frames: FramedRead<ReadHalf<S>, ClientFrames>,
    secured: Secured,
}

/// How a byte stream to an address is made.
pub trait Dial: Send + Sync {
    /// The stream.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin;

    /// Makes one.
    fn dial(&self, address: &str) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// How safe from those on the way it is.
    fn secured(&self, _: &Self::Stream) -> Secured {
        Secured::default()
    }
}

/// By TCP.
#[derive(Debug, Clone, Copy)]
pub struct Tcp;

impl Dial for Tcp {
    type Stream = TcpStream;

    async fn dial(&self, address: &str) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(with_port(address)).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// Gives an address without a port the usual one.
pub fn with_port(address: &str) -> String {
    let after_brackets = address.rsplit_once(']').map_or(address, |(_, rest)| rest);
    if after_brackets.contains(':') { address.to_owned() } else { format!("{address}:{PORT}") }
}

/// Dials an address and exchanges hellos.
pub async fn open<D: Dial>(
    by: &D,
    address: &str,
) -> Result<(Asker<D::Stream>, Hearer<D::Stream>), ConnectionError> {
    let unreachable = |error: io::Error| match error.downcast::<Untrusted>() {
        Ok(untrusted) => untrusted.into(),
        Err(error) => ConnectionError::Unreachable { address: address.to_owned(), error },
    };
    let dialled = tokio::time::timeout(Duration::from_secs(DIAL_SECONDS_MAX), async {
        let mut stream = by.dial(address).await?;
        stream.write_all(&Hello::OURS.to_bytes()).await?;
        let heard = hello_of(&mut stream).await;
        Ok::<_, io::Error>((stream, heard))
    })
    .await
    .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    .map_err(unreachable)?;
    let (mut stream, heard) = dialled;
    // Whoever hangs up in the middle of the hello is not one of ours.
    let not_im = || ConnectionError::NotIm { address: address.to_owned() };
    let theirs = heard.map_err(|_| not_im())?;
    match Hello::from_bytes(theirs) {
        Ok(_) => {}
        Err(HelloError::NotIm) => return Err(not_im()),
        Err(error @ HelloError::Version(_)) => {
            let said = explanation(&mut stream).await;
            return Err(ConnectionError::Version { error, said });
        }
    }
    let secured = by.secured(&stream);
    let (reads, writes) = tokio::io::split(stream);
    let mut asker = FramedWrite::new(writes, ClientFrames::default());
    asker.set_backpressure_boundary(UNSENT_BYTES_MAX);
    let frames = FramedRead::new(reads, ClientFrames::default());
    Ok((Asker(asker), Hearer { frames, secured }))
}

/// Reads the server's hello. A server that heard nothing for a while takes its peer for a person and sends some lines of
/// greeting first: they begin with "im " and hold no zero byte.
async fn hello_of(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<[u8; Hello::BYTES]> {
    let mut theirs = [stream.read_u8().await?; Hello::BYTES];
    if theirs[0] == b'i' {
        let mut greeting = AsyncReadExt::take(&mut *stream, GREETING_BYTES_MAX);
        while theirs[0] != 0 {
            theirs[0] = greeting.read_u8().await?;
        }
    }
    stream.read_exact(&mut theirs[1..]).await?;
    Ok(theirs)
}

/// The readable line that a server of another version sends before it closes.
async fn explanation(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut line = Vec::new();
    let mut start = stream.take(EXPLANATION_BYTES_MAX);
    let read = start.read_to_end(&mut line);
    // Cut short or late, what has come is still the best there is.
    let _ = tokio::time::timeout(Duration::from_secs(DIAL_SECONDS_MAX), read).await;
    let line = String::from_utf8_lossy(&line);
    printable(line.lines().next().unwrap_or_default()).to_string()
}

impl<S: AsyncWrite> Asker<S> {
    /// Puts a request behind those that wait to be sent.
    pub async fn feed(&mut self, ask: &Ask) -> Result<(), ConnectionError> {
        Ok(self.0.feed(ask).await?)
    }

    /// Sends all that waits. May be dropped and called again.
    pub async fn flush(&mut self) -> Result<(), ConnectionError> {
        Ok(SinkExt::<&Ask>::flush(&mut self.0).await?)
    }
}

impl<S: AsyncRead> Hearer<S> {
    /// How safe from those on the way it is.
    pub fn secured(&self) -> &Secured {
        &self.secured
    }

    /// The next thing the server says. May be dropped and called again.
    pub async fn next(&mut self) -> Result<FromServer, ConnectionError> {
        loop {
            match self.frames.next().await {
                Some(Ok(Frame::Message(message))) => return Ok(message),
                // A kind of thing that is newer than this client.
                Some(Ok(Frame::Unreadable { .. })) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err(ConnectionError::Closed),
            }
        }
    }
}
