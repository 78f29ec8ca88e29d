//! Connections that nobody on the way can read: whether one is made, to whom it leads, and what is known of servers.

mod known;
mod ungreeted;
mod verify;

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use clap::ValueEnum;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, ClientConfig};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use self::ungreeted::Ungreeted;
use self::verify::{Seen, Verifier};
use crate::connection::{Dial, Tcp, with_port};

pub use self::known::{Fingerprint, Identity, Known};

/// When connections are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Mode {
    /// Where the server can, but not within this machine.
    #[default]
    Auto,
    /// Or there is none.
    Always,
    /// Never, whoever may read it.
    Off,
}

/// How safe from those on the way it is what is said on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Safety {
    /// It does not leave this machine.
    #[default]
    Local,
    /// It is encrypted.
    Encrypted,
    /// It can be read, and one has said that it may.
    Allowed,
    /// It can be read, and nobody has said that it may.
    Readable,
}

impl Safety {
    /// Somebody on the way can read it.
    pub fn is_readable(self) -> bool {
        matches!(self, Self::Allowed | Self::Readable)
    }

    /// A password may be said.
    pub fn takes_password(self) -> bool {
        self != Self::Readable
    }
}

/// What one is told who is about to give a password that could be read.
pub const NO_PASSWORD: &str = "the server speaks no TLS, and a password could be read on the way: none is sent (--tls off sends it all the same)";

/// How it is with a connection that was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Secured {
    /// How safe it is.
    pub safety: Safety,
    /// What is to be told about that, once.
    pub news: Option<String>,
}

/// The server is not the one it should be, or is not told to be. Trying again changes nothing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Untrusted(pub String);

/// Makes connections.
#[derive(Debug, Clone)]
pub struct Dialer {
    mode: Mode,
    known: Option<Known>,
}

/// A connection.
#[derive(Debug)]
pub struct Stream {
    way: Way,
    secured: Secured,
}

#[derive(Debug)]
enum Way {
    Clear(TcpStream),
    Encrypted(Box<TlsStream<Ungreeted>>),
}

impl Dialer {
    /// With what is known of servers, if there is a place for that.
    pub fn new(mode: Mode, known: Option<Known>) -> Self {
        Self { mode, known }
    }

    async fn clear(address: &str, safety: Safety, news: Option<String>) -> io::Result<Stream> {
        let way = Way::Clear(Tcp.dial(address).await?);
        Ok(Stream { way, secured: Secured { safety, news } })
    }

    async fn encrypted(&self, address: &str, known: Option<Identity>) -> io::Result<Stream> {
        let name = ServerName::try_from(host(address).to_owned()).map_err(io::Error::other)?;
        let verifier = Arc::new(Verifier::new(address, known.clone()));
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .dangerous() // as the library calls it: the verifier is our own
            .with_custom_certificate_verifier(Arc::clone(&verifier) as _)
            .with_no_client_auth();
        // Last of all: the server waits for the first word.
        let stream = Ungreeted::new(Tcp.dial(address).await?);
        let shaken = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        match (shaken, verifier.seen()) {
            (Ok(stream), seen) => {
                let news = self.remember(address, &seen)?;
                let secured = Secured { safety: Safety::Encrypted, news };
                Ok(Stream { way: Way::Encrypted(Box::new(stream)), secured })
            }
            (Err(_), Seen::Refused(why)) => Err(io::Error::other(Untrusted(why))),
            (Err(error), _) if !says_that_there_is_none(&error) => Err(error),
            (Err(_), _) if known.is_some() => {
                let told = format!(
                    "{address} was encrypted before and is not now: somebody may be listening. --tls off goes on all the same"
                );
                Err(io::Error::other(Untrusted(told)))
            }
            (Err(_), _) if self.mode == Mode::Always => {
                Err(io::Error::other(Untrusted(format!("{address} speaks no TLS"))))
            }
            (Err(_), _) => {
                let news = format!("{address} speaks no TLS: this connection is NOT ENCRYPTED");
                Self::clear(address, Safety::Readable, Some(news)).await
            }
        }
    }

    /// Keeps what was seen of a server for the next time.
    fn remember(&self, address: &str, seen: &Seen) -> io::Result<Option<String>> {
        let (identity, news) = match seen {
            Seen::New(print) => {
                let news = format!(
                    "{address} is new here and shows a certificate of its own: {print} (compare it with what the server printed when it started)"
                );
                (Identity::Own(*print), Some(news))
            }
            Seen::Public { is_new: true } => (Identity::Public, None),
            _ => return Ok(None),
        };
        match &self.known {
            Some(known) => known.remember(address, &identity)?,
            None => return Ok(news.map(|news| news + "; it cannot be kept for the next time")),
        }
        Ok(news)
    }
}

/// The alert by which a server says that it has no TLS, and that means nothing else there.
fn says_that_there_is_none(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::AlertReceived(AlertDescription::AccessDenied)))
}

/// The host of an address.
fn host(address: &str) -> String {
    let whole = with_port(address);
    let host = whole.rsplit_once(':').map_or(whole.as_str(), |(host, _)| host);
    host.trim_matches(['[', ']']).to_owned()
}

/// Whether what is said to an address stays on this machine, as far as it says so itself.
fn is_local(address: &str) -> bool {
    let host = host(address);
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl Dial for Dialer {
    type Stream = Stream;

    async fn dial(&self, address: &str) -> io::Result<Stream> {
        let local = is_local(address);
        if self.mode == Mode::Off {
            let safety = if local { Safety::Local } else { Safety::Allowed };
            return Self::clear(address, safety, None).await;
        }
        let known = self.known.as_ref().map_or(Ok(None), |known| known.find(address))?;
        if local && self.mode == Mode::Auto && known.is_none() {
            return Self::clear(address, Safety::Local, None).await;
        }
        self.encrypted(address, known).await
    }

    fn secured(&self, stream: &Stream) -> Secured {
        stream.secured.clone()
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.get_mut().way {
            Way::Clear(stream) => Pin::new(stream).poll_read(context, buffer),
            Way::Encrypted(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().way {
            Way::Clear(stream) => Pin::new(stream).poll_write(context, bytes),
            Way::Encrypted(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().way {
            Way::Clear(stream) => Pin::new(stream).poll_flush(context),
            Way::Encrypted(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().way {
            Way::Clear(stream) => Pin::new(stream).poll_shutdown(context),
            Way::Encrypted(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_on_this_machine_is_told_by_the_address_alone() {
        for (address, local) in [
            ("127.0.0.1:1202", true),
            ("127.9.9.9", true),
            ("localhost:7", true),
            ("[::1]:1202", true),
            ("10.0.0.1:1202", false),
            ("chat.example.org", false),
            ("localhost.example.org:1202", false),
            ("[2001:db8::1]:1202", false),
        ] {
            assert_eq!(is_local(address), local, "{address}");
        }
    }
}
