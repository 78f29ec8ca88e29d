//! The other side: a command asks the server that runs on a data folder.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::place::Place;
use super::words::{Order, Told};

/// Longest answer, in bytes.
const ANSWER_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// An answer takes at most so many seconds: taking somebody out may take long.
const ANSWER_SECONDS_MAX: u64 = 600;

/// Why a server did not answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// No server runs on the data folder.
    #[error("no server runs there")]
    Nobody,
    /// One runs, and does not answer.
    #[error("the server did not answer: {0}")]
    Failed(#[from] io::Error),
}

/// Asks the server of a data folder.
pub(crate) fn ask(data_dir: &Path, order: &Order) -> Result<Told, AskError> {
    let connected = Place::of(data_dir).and_then(|place| UnixStream::connect(place.path()));
    let stream = match connected {
        Ok(stream) => stream,
        // Nothing there, or what a server left that was killed.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::NotADirectory
            ) =>
        {
            return Err(AskError::Nobody);
        }
        Err(error) => return Err(error.into()),
    };
    let patience = Some(Duration::from_secs(ANSWER_SECONDS_MAX));
    stream.set_read_timeout(patience)?;
    stream.set_write_timeout(patience)?;
    let mut line = im_proto::json_line(order);
    line.push(b'\n');
    (&stream).write_all(&line)?;
    let mut answer = Vec::new();
    BufReader::new(&stream).take(ANSWER_BYTES_MAX).read_until(b'\n', &mut answer)?;
    if answer.is_empty() {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()); // it has just stopped
    }
    Ok(serde_json::from_slice(&answer).map_err(io::Error::from)?)
}
